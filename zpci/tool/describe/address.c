/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI address that Linux gives to a function at boot, and whether it finds a device there.
 *
 * The domain is the UID. Functions share a bus if they have the same topology ID or, without one,
 * the same PCHID, have a routing ID, and are not told to be VFs. They are at their routing IDs, in
 * the domain of the one with the lowest. All others, VFs listed beside their PF included, have a
 * bus of their own and are function 0 of it. That is Linux 6.12 and later (reference 9.3); 6.1 puts
 * a lone VF at its routing ID.
 *
 * The bus is scanned as any other: what has no vendor is no device, and where function 0 of a slot
 * is there without the multi-function bit, the others of that slot are not looked for.
 * (source: drivers/pci/probe.c, pci_bus_generic_read_dev_vendor_id() and next_fn())
 */
#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "describe.h"

static bool shares_bus(const struct description *item)
{
	return item->info.rid_published && !item->info.vfn;
}

/* Topology IDs and PCHIDs are the same to Linux, so that they can meet. */
static unsigned int bus_of(const struct description *item)
{
	return item->platform.has_tid ? item->platform.tid : item->info.pchid;
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
	unsigned int vendor = (unsigned int)zpci_get_le(item->guest + PCI_VENDOR_ID, 2);
	unsigned int device = (unsigned int)zpci_get_le(item->guest + PCI_DEVICE_ID, 2);

	return (vendor != 0 && vendor != 0xffff) || (device != 0 && device != 0xffff);
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
	if (first && !(first->guest[PCI_HEADER_TYPE] & 0x80))
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
