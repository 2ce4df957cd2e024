/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - a whole file at once. */
#ifndef ZPCI_INVENTORY_FILE_H
#define ZPCI_INVENTORY_FILE_H

#include <stddef.h>

/* The content of the file at @path, of *@size bytes and a NUL behind them; the caller frees it.
 * NULL with errno, which is EFBIG if the file has more than @max bytes. The kernel's files do not
 * tell their size before they are read. */
char *file_read(const char *path, size_t max, size_t *size);

#endif
