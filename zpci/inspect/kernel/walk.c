// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.c - see walk.h
 *
 * pci_root_buses is a list of struct pci_bus, linked by their member `node`. A bus has a list of
 * the buses below it in `children`, and in `devices` a list of its devices, linked by `bus_list`
 * of struct pci_dev (Linux include/linux/pci.h). The offsets come from the kernel's BTF.
 *
 * We hold no lock of the kernel, which may add and remove devices while we read. So each step is
 * checked: an element must point back to the one before it, and a device must name the bus that
 * has it in its list. The numbers of buses and devices are bounded, so that a list that has
 * become a circle ends. A list is inconsistent only for an instant: when a check fails, the walk
 * starts again, a few times. The caller compares vendor and device ID with those in sysfs before
 * it uses the rest.
 *
 * The domain number is in struct pci_bus if the kernel has CONFIG_PCI_DOMAINS_GENERIC. If not, it
 * is where the architecture keeps it: s390 has it in struct zpci_bus, to which `sysdata` of the
 * bus points (Linux arch/s390/pci/pci.c pci_domain_nr()).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"
#include "walk.h"

#define MAX_BUSES 8192
#define MAX_DEVICES 65536
#define MAX_DEPTH 256 /* bus numbers are 8 bit, so a path of buses cannot be longer */
#define ATTEMPTS 3

enum {
	NODE,
	CHILDREN,
	DEVICES,
	NUMBER,
	BUS_DOMAIN, /* a kernel has this one or ZBUS_DOMAIN; the other's width is 0 */
	SYSDATA,
	ZBUS_DOMAIN,
	BUS_LIST,
	BUS,
	DEVFN,
	VENDOR_ID,
	DEVICE_ID,
	NO_COMMAND_MEMORY,
	FIELDS
};

static const struct {
	const char *structure;
	const char *member;
} names[FIELDS] = {
	[NODE] = { "pci_bus", "node" },
	[CHILDREN] = { "pci_bus", "children" },
	[DEVICES] = { "pci_bus", "devices" },
	[NUMBER] = { "pci_bus", "number" },
	[BUS_DOMAIN] = { "pci_bus", "domain_nr" },
	[SYSDATA] = { "pci_bus", "sysdata" },
	[ZBUS_DOMAIN] = { "zpci_bus", "domain_nr" },
	[BUS_LIST] = { "pci_dev", "bus_list" },
	[BUS] = { "pci_dev", "bus" },
	[DEVFN] = { "pci_dev", "devfn" },
	[VENDOR_ID] = { "pci_dev", "vendor" },
	[DEVICE_ID] = { "pci_dev", "device" },
	[NO_COMMAND_MEMORY] = { "pci_dev", "no_command_memory" },
};

struct walker {
	const struct kernel_memory *memory;
	struct btf_field fields[FIELDS];
	struct walk *walk;
	struct problem *problem;
	size_t buses;
	size_t room; /* for devices in `walk` */
};

static int find_fields(struct walker *w, const struct btf *btf)
{
	for (int i = 0; i < FIELDS; i++) {
		if (i == BUS_DOMAIN || i == ZBUS_DOMAIN)
			continue;
		if (btf_find_field(btf, names[i].structure, names[i].member, &w->fields[i],
				   w->problem))
			return -1;
	}
	if (btf_find_field(btf, "pci_bus", "domain_nr", &w->fields[BUS_DOMAIN], NULL) == 0)
		return 0;
	return btf_find_field(btf, "zpci_bus", "domain_nr", &w->fields[ZBUS_DOMAIN], w->problem);
}

/* The value of the field @which in the structure at @address. */
static int read_field(struct walker *w, uint64_t address, int which, uint64_t *value)
{
	const struct btf_field *field = &w->fields[which];
	size_t size = btf_field_size(field);
	uint8_t bytes[16];

	address += btf_field_offset(field);
	if (!size || size > sizeof(bytes))
		return problem_set(w->problem, "BTF: struct %s's %s is no integer",
				   names[which].structure, names[which].member);
	if (w->memory->read(w->memory->opaque, address, bytes, size))
		return problem_set(w->problem,
				   "kernel memory at 0x%" PRIx64
				   " (%s of a struct %s) cannot be read",
				   address, names[which].member, names[which].structure);
	*value = btf_field_value(field, bytes);
	return 0;
}

/* The element after @at in a list; it must point back to @at. */
static int next_element(struct walker *w, uint64_t at, uint64_t *next)
{
	const struct kernel_memory *memory = w->memory;
	uint8_t link[16]; /* struct list_head: next, prev */
	uint64_t address;

	if (memory->read(memory->opaque, at, link, sizeof(link)))
		return problem_set(w->problem,
				   "kernel memory at 0x%" PRIx64 " (a list) cannot be read", at);
	address = order_get(link, 8, memory->big_endian);
	if (address % 8 || !address || memory->read(memory->opaque, address, link, sizeof(link)) ||
	    order_get(link + 8, 8, memory->big_endian) != at)
		return problem_set(w->problem,
				   "the kernel's list of PCI devices at 0x%" PRIx64
				   " is not whole: it changes, or BTF does not fit this kernel",
				   at);
	*next = address;
	return 0;
}

static int bus_domain(struct walker *w, uint64_t bus, uint32_t *domain)
{
	uint64_t sysdata, value;

	if (w->fields[BUS_DOMAIN].bits) {
		if (read_field(w, bus, BUS_DOMAIN, &value))
			return -1;
	} else if (read_field(w, bus, SYSDATA, &sysdata) ||
		   read_field(w, sysdata, ZBUS_DOMAIN, &value)) {
		return -1;
	}
	*domain = (uint32_t)value;
	return 0;
}

static struct walk_device *new_device(struct walker *w)
{
	struct walk *walk = w->walk;

	if (walk->count == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		void *devices = room > MAX_DEVICES
					? NULL
					: realloc(walk->devices, room * sizeof(*walk->devices));

		if (!devices) {
			problem_set(w->problem, "more than %zu PCI devices", walk->count);
			return NULL;
		}
		walk->devices = devices;
		w->room = room;
	}
	return &walk->devices[walk->count++];
}

static int add_device(struct walker *w, uint64_t at, uint64_t bus, uint32_t domain, uint8_t number)
{
	uint64_t owner, devfn, vendor_id, device_id, bit;
	struct walk_device *d;

	if (read_field(w, at, BUS, &owner) || read_field(w, at, DEVFN, &devfn) ||
	    read_field(w, at, VENDOR_ID, &vendor_id) || read_field(w, at, DEVICE_ID, &device_id) ||
	    read_field(w, at, NO_COMMAND_MEMORY, &bit))
		return -1;
	if (owner != bus || devfn > 0xff)
		return problem_set(w->problem,
				   "the kernel's struct pci_dev at 0x%" PRIx64
				   " does not belong to its bus: BTF does not fit this kernel",
				   at);
	d = new_device(w);
	if (!d)
		return -1;
	*d = (struct walk_device){
		.domain = domain,
		.bus = number,
		.devfn = (uint8_t)devfn,
		.vendor_id = (uint16_t)vendor_id,
		.device_id = (uint16_t)device_id,
		.no_command_memory = bit != 0,
	};
	return 0;
}

static int walk_bus(struct walker *w, uint64_t bus)
{
	uint64_t head = bus + btf_field_offset(&w->fields[DEVICES]), at = head, number;
	uint32_t domain;

	if (read_field(w, bus, NUMBER, &number) || bus_domain(w, bus, &domain))
		return -1;
	for (;;) {
		if (next_element(w, at, &at))
			return -1;
		if (at == head)
			return 0;
		if (add_device(w, at - btf_field_offset(&w->fields[BUS_LIST]), bus, domain,
			       (uint8_t)number))
			return -1;
	}
}

/* Read the buses of the list whose head is at @head, and the buses below them. */
static int walk_buses(struct walker *w, uint64_t head, int depth)
{
	uint64_t at = head;

	if (depth > MAX_DEPTH)
		return problem_set(w->problem, "PCI buses below each other without end");
	for (;;) {
		uint64_t bus;

		if (next_element(w, at, &at))
			return -1;
		if (at == head)
			return 0;
		if (++w->buses > MAX_BUSES)
			return problem_set(w->problem, "more than %d PCI buses", MAX_BUSES);
		bus = at - btf_field_offset(&w->fields[NODE]);
		if (walk_bus(w, bus) ||
		    walk_buses(w, bus + btf_field_offset(&w->fields[CHILDREN]), depth + 1))
			return -1;
	}
}

int walk_devices(const struct btf *btf, const struct kernel_memory *memory, uint64_t roots,
		 struct walk *walk, struct problem *problem)
{
	struct walker w = { .memory = memory, .walk = walk, .problem = problem };

	memset(walk, 0, sizeof(*walk));
	if (find_fields(&w, btf))
		return -1;
	for (int i = 0; i < ATTEMPTS; i++) {
		w.buses = 0;
		walk->count = 0;
		if (walk_buses(&w, roots, 0) == 0)
			return 0;
	}
	walk_free(walk);
	return -1;
}

void walk_free(struct walk *walk)
{
	free(walk->devices);
	memset(walk, 0, sizeof(*walk));
}
