// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "fragment.h"
#include "missing.h"

size_t kernel_missing_print(const struct kernel_tree *tree)
{
	struct fragment_option option = { .next = NULL };
	char loss[sizeof(option.loss)] = "";
	size_t count = 0;

	while (fragment_next(&option)) {
		if (kconfig_get(&tree->config, option.name) != 'n')
			continue;
		if (strcmp(option.loss, loss))
			fprintf(stderr, "  %s\n", option.loss);
		memcpy(loss, option.loss, sizeof(loss));
		fprintf(stderr, "    %s\n", option.name);
		count++;
	}
	return count;
}
