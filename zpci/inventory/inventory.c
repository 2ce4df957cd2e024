// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inventory.c - see inventory.h
 *
 * There are two sources. sysfs has a directory for each function that the kernel enumerated,
 * and a slot for each that it knows, also in standby; a slot's name is the FID in eight
 * hexadecimal digits (Linux drivers/pci/hotplug/s390_pci_hpc.c). CLP lists the functions that the
 * firmware offers. Functions of both are matched by FID, the only name that a function always
 * keeps.
 *
 * Devices are read first, then slots without a device, then functions that only CLP has. An item
 * that sysfs does not have, for want of a device, is taken from CLP's answer to a query.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inventory.h"

const struct item_info item_infos[ITEMS] = {
	[ITEM_FID] = { "fid", 8 },
	[ITEM_UID] = { "uid", 4 },
	[ITEM_PCHID] = { "pchid", 4 },
	[ITEM_VFN] = { "vfn", 0 },
	[ITEM_PFGID] = { "pfgid", 2 },
	[ITEM_PFT] = { "pft", 2 },
	[ITEM_PORT] = { "port", 0 },
	[ITEM_HANDLE] = { "handle", 8 },
	[ITEM_SYSFS_HANDLE] = { "sysfs_handle", 8 },
	[ITEM_COMMAND] = { "command", 4 },
	[ITEM_VENDOR_ID] = { "vendor", 4 },
	[ITEM_DEVICE_ID] = { "device", 4 },
	[ITEM_NO_COMMAND_MEMORY] = { "no_command_memory", -1 },
};

const char *const kind_names[KINDS] = {
	[KIND_UNKNOWN] = "unknown",
	[KIND_PLAIN] = "plain",
	[KIND_PF] = "PF",
	[KIND_VF_LINKED] = "VF linked",
	[KIND_VF_DETACHED] = "VF detached",
};

/* The items that are attributes of a device in sysfs. */
static const struct {
	enum item_name item;
	const char *attribute;
	uint64_t max;
} attributes[] = {
	{ ITEM_FID, "function_id", UINT32_MAX },
	{ ITEM_UID, "uid", UINT32_MAX },
	{ ITEM_PCHID, "pchid", UINT16_MAX },
	{ ITEM_VFN, "vfn", UINT16_MAX },
	{ ITEM_PFGID, "pfgid", UINT8_MAX },
	{ ITEM_PFT, "pft", UINT8_MAX },
	{ ITEM_PORT, "port", UINT8_MAX },
	{ ITEM_SYSFS_HANDLE, "function_handle", UINT32_MAX },
	{ ITEM_VENDOR_ID, "vendor", UINT16_MAX },
	{ ITEM_DEVICE_ID, "device", UINT16_MAX },
};

void item_set(struct item *item, uint64_t value)
{
	item->state = ITEM_KNOWN;
	item->value = value;
}

/* Set a value unless a better source already gave one. */
static void item_set_if_unknown(struct item *item, uint64_t value)
{
	if (item->state != ITEM_KNOWN)
		item_set(item, value);
}

void item_set_unread(struct item *item, const struct problem *why)
{
	item->state = ITEM_UNREAD;
	item->why = *why;
}

static struct function *new_function(struct inventory *inventory)
{
	struct function *f = realloc(inventory->functions, (inventory->count + 1) * sizeof(*f));

	if (!f)
		return NULL;
	inventory->functions = f;
	f += inventory->count++;
	memset(f, 0, sizeof(*f));
	return f;
}

/* The bus is there even if no device was found on it. */
static bool has_bus(const struct function *f)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_path(path, "class/pci_bus/%04x:%02x", f->pci.domain, f->pci.bus);
	return f->has_address && access(path, F_OK) == 0;
}

static void read_attributes(struct function *f)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		struct item *item = &f->items[attributes[i].item];
		char path[SYSFS_PATH_SIZE];
		struct problem why;
		uint64_t value;

		sysfs_device_path(path, f->address, attributes[i].attribute);
		if (sysfs_read_number(path, attributes[i].max, &value, &why) == 0)
			item_set(item, value);
		else
			item_set_unread(item, &why);
	}
}

static void read_device(struct function *f)
{
	char path[SYSFS_PATH_SIZE];
	struct problem why;
	uint64_t value;

	f->has_device = true;
	f->has_address = true;
	pci_address_print(&f->pci, f->address);
	read_attributes(f);
	if (sysfs_read_config(f->address, 4, 2, &value, &why) == 0)
		item_set(&f->items[ITEM_COMMAND], value);
	else
		item_set_unread(&f->items[ITEM_COMMAND], &why);
	sysfs_read_link(f->address, "driver", f->driver, sizeof(f->driver));
	sysfs_device_path(path, f->address, "sriov_totalvfs");
	if (sysfs_read_link(f->address, "physfn", f->physfn, sizeof(f->physfn)))
		f->kind = KIND_VF_LINKED;
	else if (access(path, F_OK) == 0)
		f->kind = KIND_PF;
}

static int read_devices(struct inventory *inventory)
{
	char path[SYSFS_PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	sysfs_path(path, "bus/pci/devices");
	dir = opendir(path);
	if (!dir)
		return problem_set(
			&inventory->problem, "%s: %s%s", path, strerror(errno),
			errno == ENOENT ? " (kernel without PCI, or sysfs is not mounted)" : "");
	while ((entry = readdir(dir))) {
		struct pci_address pci;
		struct function *f;

		if (!pci_address_parse(entry->d_name, &pci))
			continue;
		f = new_function(inventory);
		if (!f)
			break;
		f->pci = pci;
		read_device(f);
	}
	closedir(dir);
	return entry ? problem_set(&inventory->problem, "out of memory") : 0;
}

static struct function *find_fid(const struct inventory *inventory, uint32_t fid)
{
	for (size_t i = 0; i < inventory->count; i++) {
		struct function *f = &inventory->functions[i];

		if (f->items[ITEM_FID].state == ITEM_KNOWN && f->items[ITEM_FID].value == fid)
			return f;
	}
	return NULL;
}

const struct function *inventory_find_fid(const struct inventory *inventory, uint32_t fid)
{
	return find_fid(inventory, fid);
}

/* The function with this FID; a new one if there is none. NULL: out of memory. */
static struct function *find_or_add_fid(struct inventory *inventory, uint32_t fid)
{
	struct function *f = find_fid(inventory, fid);

	if (!f) {
		f = new_function(inventory);
		if (f)
			item_set(&f->items[ITEM_FID], fid);
	}
	return f;
}

/* The slot's file `address` has domain, bus, and the slot's number, which on s390 is the devfn
 * (Linux arch/s390/pci/pci_bus.c, drivers/pci/hotplug/s390_pci_hpc.c). */
static void read_slot_address(struct function *f, const char *path)
{
	unsigned int domain, bus, devfn;
	char text[64], rest;

	if (sysfs_read_text(path, text, sizeof(text), NULL) ||
	    sscanf(text, "%8x:%2x:%2x%c", &domain, &bus, &devfn, &rest) != 3)
		return;
	f->pci = (struct pci_address){ domain, (uint8_t)bus, (uint8_t)devfn };
	f->has_address = true;
	pci_address_print(&f->pci, f->address);
}

static int read_slots(struct inventory *inventory)
{
	char path[SYSFS_PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	sysfs_path(path, "bus/pci/slots");
	dir = opendir(path);
	if (!dir)
		return 0; /* a kernel without CONFIG_HOTPLUG_PCI_S390 */
	while ((entry = readdir(dir))) {
		struct function *f;
		char *end;
		unsigned long fid = strtoul(entry->d_name, &end, 16);

		if (strlen(entry->d_name) != 8 || *end)
			continue;
		f = find_or_add_fid(inventory, (uint32_t)fid);
		if (!f)
			break;
		f->has_slot = true;
		if (f->has_device)
			continue;
		sysfs_path(path, "bus/pci/slots/%.8s/address", entry->d_name);
		read_slot_address(f, path);
	}
	closedir(dir);
	return entry ? problem_set(&inventory->problem, "out of memory") : 0;
}

static void add_entry(struct function *f, const struct clp_entry *entry, int fd)
{
	struct clp_function c;
	struct problem why;

	f->listed = true;
	f->configured = entry->configured;
	item_set(&f->items[ITEM_HANDLE], entry->handle);
	item_set_if_unknown(&f->items[ITEM_VENDOR_ID], entry->vendor_id);
	item_set_if_unknown(&f->items[ITEM_DEVICE_ID], entry->device_id);
	if (clp_query(fd, entry->handle, &c, &why) ||
	    (c.fid != entry->fid &&
	     problem_set(&why, "CLP Query PCI function: handle 0x%08x is FID 0x%08x now",
			 entry->handle, c.fid))) {
		for (int i = ITEM_UID; i <= ITEM_PORT; i++) {
			if (f->items[i].state == ITEM_ABSENT)
				item_set_unread(&f->items[i], &why);
		}
		return;
	}
	item_set_if_unknown(&f->items[ITEM_UID], c.uid);
	item_set_if_unknown(&f->items[ITEM_PCHID], c.pchid);
	item_set_if_unknown(&f->items[ITEM_VFN], c.vfn);
	item_set_if_unknown(&f->items[ITEM_PFGID], c.pfgid);
	item_set_if_unknown(&f->items[ITEM_PFT], c.pft);
	item_set_if_unknown(&f->items[ITEM_PORT], c.port);
	if (c.physical && f->kind == KIND_UNKNOWN)
		f->kind = KIND_PF;
}

static int read_clp(struct inventory *inventory)
{
	struct clp_list list = { 0 };
	int fd = clp_open(&inventory->clp_problem), rc = 0;

	if (fd < 0)
		return 0;
	inventory->clp_read = clp_list(fd, &list, &inventory->clp_problem) == 0;
	inventory->uid_checking = list.uid_checking;
	for (size_t i = 0; i < list.count && inventory->clp_read; i++) {
		struct function *f = find_or_add_fid(inventory, list.entries[i].fid);

		if (!f) {
			rc = problem_set(&inventory->problem, "out of memory");
			break;
		}
		add_entry(f, &list.entries[i], fd);
	}
	clp_list_free(&list);
	close(fd);
	return rc;
}

/* What follows from all sources together. */
static void conclude(struct function *f, const struct inventory *inventory)
{
	struct item *vfn = &f->items[ITEM_VFN];
	struct problem why;

	if (f->kind == KIND_UNKNOWN && vfn->state == ITEM_KNOWN)
		f->kind = vfn->value ? KIND_VF_DETACHED : KIND_PLAIN;
	if (f->listed)
		return;
	if (inventory->clp_read)
		problem_set(&why, "CLP lists no function with this FID");
	item_set_unread(&f->items[ITEM_HANDLE],
			inventory->clp_read ? &why : &inventory->clp_problem);
}

static int compare(const void *left, const void *right)
{
	const struct function *a = left, *b = right;

	if (a->has_address != b->has_address)
		return a->has_address ? -1 : 1;
	if (a->pci.domain != b->pci.domain)
		return a->pci.domain < b->pci.domain ? -1 : 1;
	if (a->pci.bus != b->pci.bus)
		return a->pci.bus - b->pci.bus;
	if (a->pci.devfn != b->pci.devfn)
		return a->pci.devfn - b->pci.devfn;
	return a->items[ITEM_FID].value < b->items[ITEM_FID].value ? -1 : 1;
}

int inventory_read(struct inventory *inventory)
{
	char path[SYSFS_PATH_SIZE];

	memset(inventory, 0, sizeof(*inventory));
	if (read_devices(inventory) || read_slots(inventory) || read_clp(inventory))
		return -1;
	sysfs_path(path, "kernel/btf/vmlinux");
	inventory->has_btf = access(path, F_OK) == 0;
	sysfs_path(path, "bus/pci/drivers/vfio-pci");
	inventory->has_vfio_pci = access(path, F_OK) == 0;
	for (size_t i = 0; i < inventory->count; i++) {
		inventory->functions[i].has_bus = has_bus(&inventory->functions[i]);
		conclude(&inventory->functions[i], inventory);
	}
	if (inventory->count)
		qsort(inventory->functions, inventory->count, sizeof(struct function), compare);
	return 0;
}

void inventory_free(struct inventory *inventory)
{
	free(inventory->functions);
	inventory->functions = NULL;
	inventory->count = 0;
}

const struct function *inventory_find(const struct inventory *inventory, const char *address)
{
	for (size_t i = 0; i < inventory->count; i++) {
		const struct function *f = &inventory->functions[i];

		if (f->has_device && strcmp(f->address, address) == 0)
			return f;
	}
	return NULL;
}

bool inventory_incomplete(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++) {
		for (int n = 0; n < ITEMS; n++) {
			if (inventory->functions[i].items[n].state == ITEM_UNREAD)
				return true;
		}
	}
	return false;
}
