// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PCI address that Linux gives to a function at boot, and whether it finds a device there.
 *
 * The domain is the UID. Functions share a bus if each has a routing ID, none is told to be a VF,
 * and all have the same topology ID, or without one the same PCHID. On such a bus each function is
 * at its routing ID, and the domain is the UID of the function with the lowest one. Every other
 * function is function 0 of its own bus; this includes a VF that is listed beside its PF. Linux
 * 6.12 and later does this (reference 9.3); 6.1 puts a lone VF at its routing ID.
 *
 * Linux scans these buses like all others. A function without a vendor is not a device. If function
 * 0 of a slot has no multi-function bit, Linux does not look for the others of the slot.
 * (source: drivers/pci/probe.c, pci_bus_generic_read_dev_vendor_id() and next_fn())
 */
#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "describe.h"

static bool shares_bus(const struct description *item)
{
	return item->info.rid_published && !item->info.vfn;
}

/* Linux uses both as one number, so a topology ID can equal the PCHID of another adapter. */
static unsigned int bus_of(const struct description *item)
{
	return item->platform.has_tid ? item->platform.tid : item->platform.pchid;
}

static bool share_bus(const struct description *one, const struct description *other)
{
	return shares_bus(one) && shares_bus(other) && bus_of(one) == bus_of(other);
}

static unsigned int domain_of(const struct descriptions *descriptions,
			      const struct description *item)
{
	const struct description *first = item;

	for (size_t i = 0; i < descriptions->count; i++) {
		const struct description *other = &descriptions->items[i];

		if (share_bus(item, other) && other->info.rid < first->info.rid)
			first = other;
	}
	return first->info.uid & 0xffff;
}

static bool has_ids(const struct description *item)
{
	unsigned int vendor_id = (unsigned int)zpci_get_le(item->guest_config + PCI_VENDOR_ID, 2);
	unsigned int device_id = (unsigned int)zpci_get_le(item->guest_config + PCI_DEVICE_ID, 2);

	return (vendor_id != 0 && vendor_id != 0xffff) || (device_id != 0 && device_id != 0xffff);
}

/* Function 0 of the slot that @item is in; NULL: not there, or @item itself. */
static const struct description *function_0(const struct descriptions *descriptions,
					    const struct description *item)
{
	for (size_t i = 0; i < descriptions->count; i++) {
		const struct description *other = &descriptions->items[i];

		if (other != item && share_bus(item, other) &&
		    other->info.rid == (item->info.rid & ~7u) && has_ids(other))
			return other;
	}
	return NULL;
}

static const char *no_device(const struct descriptions *descriptions,
			     const struct description *item)
{
	const struct description *first = NULL;

	if (!has_ids(item))
		return "its IDs read as ones";
	if (shares_bus(item))
		first = function_0(descriptions, item);
	if (first && !(first->guest_config[PCI_HEADER_TYPE] & 0x80))
		return "function 0 of its slot has no multi-function bit";
	return NULL;
}

void describe_addresses(struct descriptions *descriptions)
{
	for (size_t i = 0; i < descriptions->count; i++) {
		struct description *item = &descriptions->items[i];
		unsigned int devfn = shares_bus(item) ? item->info.rid & 0xff : 0;

		snprintf(item->address, sizeof(item->address), "%04x:00:%02x.%x",
			 domain_of(descriptions, item), devfn >> 3, devfn & 7);
		item->no_device = no_device(descriptions, item);
	}
}
