// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel_bit.c - see kernel_bit.h
 *
 * sysfs and kernel memory are matched by PCI address. The bit is used only if the struct pci_dev
 * that has it also has the vendor and device ID that sysfs shows. With a wrong offset that would
 * not be so.
 */
#include "kernel_bit.h"

static bool same_ids(const struct function *f, const struct walk_device *d)
{
	const struct item *vendor_id = &f->items[ITEM_VENDOR_ID],
			  *device_id = &f->items[ITEM_DEVICE_ID];

	return vendor_id->state == ITEM_KNOWN && device_id->state == ITEM_KNOWN &&
	       d->vendor_id == vendor_id->value && d->device_id == device_id->value;
}

static void add(struct function *f, const struct kernel *kernel)
{
	struct item *item = &f->items[ITEM_NO_COMMAND_MEMORY];
	const struct walk_device *d;
	struct problem why;

	if (!kernel->read) {
		item_set_unread(item, &kernel->problem);
		return;
	}
	d = kernel_find(kernel, f->pci.domain, f->pci.bus, f->pci.devfn);
	if (!d) {
		problem_set(&why, "%s is not among the %zu devices found in kernel memory",
			    f->address, kernel->walk.count);
		item_set_unread(item, &why);
	} else if (!same_ids(f, d)) {
		problem_set(&why,
			    "%s is %04x:%04x in kernel memory and not so in sysfs: what was "
			    "read is not believed",
			    f->address, d->vendor_id, d->device_id);
		item_set_unread(item, &why);
	} else {
		item_set(item, d->no_command_memory);
	}
}

void kernel_bit_add(struct inventory *inventory, const struct kernel *kernel)
{
	for (size_t i = 0; i < inventory->count; i++) {
		if (inventory->functions[i].has_device)
			add(&inventory->functions[i], kernel);
	}
}
