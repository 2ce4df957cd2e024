// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zpci/util/options.h"

#include <errno.h>
#include <string.h>

#include "zpci/util/log.h"

/* Index of the first byte from @start on that is not 0, or @size. */
static size_t first_used(const void *data, size_t start, size_t size)
{
	const unsigned char *byte = data;

	while (start < size && !byte[start])
		start++;
	return start;
}

int zpci_options_take(void *to, size_t known, const void *from, size_t first,
		      const struct zpci_logger *logger, const char *whose)
{
	const struct zpci_logger silent = { 0 };
	size_t size, used;

	if (!logger)
		logger = &silent;
	memcpy(&size, from, sizeof(size));
	if (size < first) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "%s: its options have size 0x%zx, at least 0x%zx are needed; set size to "
			 "that of the structure",
			 whose, size, first);
		return -EINVAL;
	}
	used = first_used(from, known, size);
	if (used < size) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "%s: its options are not 0 at byte 0x%zx, this library knows 0x%zx bytes; "
			 "leave the newer ones out or use a newer library",
			 whose, used, known);
		return -EINVAL;
	}
	memset(to, 0, known);
	memcpy(to, from, size < known ? size : known);
	memcpy(to, &known, sizeof(known));
	return 0;
}

void zpci_size_fill(void *to, const void *from, size_t known)
{
	size_t size;

	memcpy(&size, to, sizeof(size));
	memcpy(to, from, size < known ? size : known);
	memcpy(to, &size, sizeof(size));
}
