/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remedy.h - the command that ends a use of a function by this Linux. */
#ifndef ZPCI_TOOL_HOST_REMEDY_H
#define ZPCI_TOOL_HOST_REMEDY_H

#include <stdbool.h>

#include "word.h"
#include "zpci/inventory/use.h"

#define HOST_REMEDY_SIZE (2 * HOST_WORD_SIZE + 32)

/* Returns false, and "", if there is none: LVM, RAID and others each have a command of their own. */
bool host_remedy(const struct use *use, char command[HOST_REMEDY_SIZE]);

#endif
