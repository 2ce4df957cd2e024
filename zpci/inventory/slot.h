/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slot.h - hotplug slots, which functions in standby have as well. A slot's name is the FID in
 * eight hexadecimal digits (Linux drivers/pci/hotplug/s390_pci_hpc.c).
 */
#ifndef ZPCI_INVENTORY_SLOT_H
#define ZPCI_INVENTORY_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "function.h"

bool slot_name_parse(const char *name, uint32_t *fid);
/* The address in the slot @name; false if there is none that can be read. */
bool slot_read_address(const char *name, struct pci_address *pci);
/* Fill @f from the slot @name: the state, and the address unless it has one. */
void slot_read(struct function *f, const char *name);

#endif
