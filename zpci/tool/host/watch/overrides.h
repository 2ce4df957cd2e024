/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overrides.h - notices when somebody writes to a function's driver_override, of which the kernel
 * sends no event. inotify sees such writes, as they are made through the file.
 */
#ifndef ZPCI_TOOL_HOST_OVERRIDES_H
#define ZPCI_TOOL_HOST_OVERRIDES_H

#include <stdbool.h>
#include <stddef.h>

#include "zpci/inventory/inventory.h"

struct overrides {
	int fd; /* readable after a write */
	int *watches;
	size_t count;
};

int overrides_open(struct overrides *overrides, struct problem *problem);
/* Watch the functions of @inventory, and no others. Returns whether there are new ones: what was
 * read of them before can be out of date. */
bool overrides_watch(struct overrides *overrides, const struct inventory *inventory);
/* Whether one was written. */
bool overrides_take(struct overrides *overrides);
void overrides_close(struct overrides *overrides);

#endif
