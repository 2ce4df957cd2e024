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

#include "device.h"
#include "inventory.h"
#include "slot.h"

/* sysfs is not trusted: no more functions than CLP can list. */
#define FUNCTIONS_MAX 65536

/* NULL: out of memory, or there are too many. */
static struct function *new_function(struct inventory *inventory)
{
	struct function *f = NULL;

	if (inventory->count < FUNCTIONS_MAX)
		f = realloc(inventory->functions, (inventory->count + 1) * sizeof(*f));
	if (!f)
		return NULL;
	inventory->functions = f;
	f += inventory->count++;
	memset(f, 0, sizeof(*f));
	return f;
}

static int no_room(struct inventory *inventory)
{
	return problem_set(&inventory->problem, "no room for more than %zu functions",
			   inventory->count);
}

/* The bus is there even if no device was found on it. */
static bool has_bus(const struct function *f)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_path(path, "class/pci_bus/%04x:%02x", f->pci.domain, f->pci.bus);
	return f->has_address && access(path, F_OK) == 0;
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
		device_read(f);
	}
	closedir(dir);
	return entry ? no_room(inventory) : 0;
}

static struct function *find_fid(const struct inventory *inventory, uint32_t fid)
{
	for (size_t i = 0; i < inventory->count; i++) {
		struct function *f = &inventory->functions[i];

		if (function_has(f, ITEM_FID) && f->items[ITEM_FID].value == fid)
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

/* The function of the slot @name; a new one if there is none. A device whose FID could not be read
 * is known by its address. NULL: out of memory. */
static struct function *find_or_add_slot(struct inventory *inventory, const char *name,
					 uint32_t fid)
{
	struct function *f = find_fid(inventory, fid);
	struct pci_address pci;

	if (f || !slot_read_address(name, &pci))
		return f ? f : find_or_add_fid(inventory, fid);
	for (size_t i = 0; i < inventory->count; i++) {
		f = &inventory->functions[i];
		if (item_failed(&f->items[ITEM_FID]) && pci_address_same(&f->pci, &pci)) {
			item_set(&f->items[ITEM_FID], fid);
			return f;
		}
	}
	return find_or_add_fid(inventory, fid);
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
		uint32_t fid;

		if (!slot_name_parse(entry->d_name, &fid))
			continue;
		f = find_or_add_slot(inventory, entry->d_name, fid);
		if (!f)
			break;
		slot_read(f, entry->d_name);
	}
	closedir(dir);
	return entry ? no_room(inventory) : 0;
}

static void add_entry(struct function *f, const struct clp_entry *entry, int fd)
{
	struct clp_function c;
	struct problem why;

	f->listed = true;
	f->state = entry->configured ? STATE_CONFIGURED : STATE_STANDBY;
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
	int fd, rc = 0;

	if (!sysfs_is_own()) {
		problem_set(&inventory->clp_problem, "CLP: /dev/clp is not of that Linux");
		return 0;
	}
	fd = clp_open(&inventory->clp_problem);
	if (fd < 0)
		return 0;
	inventory->clp_read = clp_list(fd, &list, &inventory->clp_problem) == 0;
	inventory->uid_checking = list.uid_checking;
	for (size_t i = 0; i < list.count && inventory->clp_read; i++) {
		struct function *f = find_or_add_fid(inventory, list.entries[i].fid);

		if (!f) {
			rc = no_room(inventory);
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

static int read_surroundings(struct inventory *inventory)
{
	struct device_map *map = device_map_read();

	if (!map)
		return problem_set(&inventory->problem, "out of memory");
	for (size_t i = 0; i < inventory->count; i++) {
		struct function *f = &inventory->functions[i];
		char group[ITEM_TEXT_SIZE];

		item_text(&f->items[ITEM_IOMMU_GROUP], ITEM_IOMMU_GROUP, group);
		if (f->has_device)
			surroundings_read(&f->surroundings, map, &f->pci,
					  function_has(f, ITEM_IOMMU_GROUP) ? group : NULL);
	}
	device_map_free(map);
	return 0;
}

int inventory_read(struct inventory *inventory)
{
	char path[SYSFS_PATH_SIZE];

	memset(inventory, 0, sizeof(*inventory));
	if (read_devices(inventory) || read_slots(inventory) || read_clp(inventory) ||
	    read_surroundings(inventory))
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
	for (size_t i = 0; i < inventory->count; i++)
		surroundings_free(&inventory->functions[i].surroundings);
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

uint64_t inventory_count_vfs(const struct inventory *inventory, const struct function *pf)
{
	uint64_t count = 0;

	for (size_t i = 0; i < inventory->count; i++) {
		if (pf->has_address && !strcmp(inventory->functions[i].physfn, pf->address))
			count++;
	}
	if (function_has(pf, ITEM_NUM_VFS) && pf->items[ITEM_NUM_VFS].value > count)
		count = pf->items[ITEM_NUM_VFS].value;
	return count;
}
