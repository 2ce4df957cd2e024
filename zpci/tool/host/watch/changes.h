/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changes.h - what is different between two readings of the inventory, a line for each change. */
#ifndef ZPCI_TOOL_HOST_CHANGES_H
#define ZPCI_TOOL_HOST_CHANGES_H

#include <stdbool.h>

#include "zpci/inventory/inventory.h"

/* Functions of @inventory as they are; lines to standard output. */
void changes_print_present(const struct inventory *inventory, bool json);
/* Whether two readings, one after the other, found the same. */
bool changes_none(const struct inventory *old, const struct inventory *inventory);
/* What must have happened since @old; nothing if both are the same. What cannot be read now did not
 * change: @inventory gets it from @old. */
void changes_print(const struct inventory *old, struct inventory *inventory, bool json);

#endif
