/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_bit.h - no_command_memory of each function, from kernel memory. */
#ifndef INSPECT_KERNEL_BIT_H
#define INSPECT_KERNEL_BIT_H

#include "zpci/inspect/kernel/kernel.h"
#include "zpci/inventory/inventory.h"

/* Set ITEM_NO_COMMAND_MEMORY of each function that has a device. */
void kernel_bit_add(struct inventory *inventory, const struct kernel *kernel);

#endif
