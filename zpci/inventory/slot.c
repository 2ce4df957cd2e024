// SPDX-License-Identifier: GPL-2.0-or-later
/* slot.c - see slot.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slot.h"

bool slot_name_parse(const char *name, uint32_t *fid)
{
	if (strlen(name) != 8 || strspn(name, "0123456789abcdefABCDEF") != 8)
		return false;
	*fid = (uint32_t)strtoul(name, NULL, 16);
	return true;
}

/* The slot's file `address` has domain, bus, and the slot's number, which on s390 is the devfn
 * (Linux arch/s390/pci/pci_bus.c, drivers/pci/hotplug/s390_pci_hpc.c). */
bool slot_read_address(const char *name, struct pci_address *pci)
{
	unsigned int domain, bus, devfn;
	char path[SYSFS_PATH_SIZE], text[64], rest;

	sysfs_path(path, "bus/pci/slots/%.8s/address", name);
	if (sysfs_read_text(path, text, sizeof(text), NULL) ||
	    sscanf(text, "%8x:%2x:%2x%c", &domain, &bus, &devfn, &rest) != 3)
		return false;
	*pci = (struct pci_address){ domain, (uint8_t)bus, (uint8_t)devfn };
	return true;
}

static void read_power(struct function *f, const char *name)
{
	char path[SYSFS_PATH_SIZE];
	uint64_t power;

	sysfs_path(path, "bus/pci/slots/%.8s/power", name);
	if (sysfs_read_number(path, 1, &power, &f->slot_problem) == 0)
		f->state = power ? STATE_CONFIGURED : STATE_STANDBY;
}

void slot_read(struct function *f, const char *name)
{
	f->has_slot = true;
	read_power(f, name);
	if (f->has_device || !slot_read_address(name, &f->pci))
		return;
	f->has_address = true;
	pci_address_print(&f->pci, f->address);
}
