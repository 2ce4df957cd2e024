/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reasons.h - says why there are question marks in a table. */
#ifndef ZPCI_TOOL_HOST_REASONS_H
#define ZPCI_TOOL_HOST_REASONS_H

#include "zpci/inventory/inventory.h"
#include "zpci/inventory/use.h"

/* What @f lacks of the numbers in @items, and of its names. Lines to standard error; what this
 * kernel does not show is said once for all functions. */
struct reasons {
	const enum item_name *items;
	size_t item_count;
	size_t unknown[ITEMS]; /* functions that lack it, as this kernel does not show it */
	const struct function *first[ITEMS];
	size_t count;
};

void reasons_add(struct reasons *reasons, const struct function *f, const struct function_use *use);
/* Says the rest. */
void reasons_end(const struct reasons *reasons);

#endif
