// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "fragment.h"

#define LOSS "# without: "

const char fragment_text[] =
#include "zpci/tool/kernel/fragment.inc"
	;

/* The part of a line up to one of the bytes @end; a longer one is cut. */
static void copy_part(char *to, size_t size, const char *from, const char *end)
{
	size_t length = strcspn(from, end);

	if (length >= size)
		length = size - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

bool fragment_next(struct fragment_option *option)
{
	const char *line = option->next ? option->next : fragment_text;

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (!strncmp(line, LOSS, strlen(LOSS)))
			copy_part(option->loss, sizeof(option->loss), line + strlen(LOSS), "\n");
		if (strncmp(line, "CONFIG_", strlen("CONFIG_")))
			continue;
		copy_part(option->name, sizeof(option->name), line, "=\n");
		option->next = line + strcspn(line, "\n");
		return true;
	}
	return false;
}
