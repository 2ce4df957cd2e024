// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * surroundings.c - see surroundings.h
 *
 * /sys/class/net, block and infiniband have a link for each device, and its target has the address
 * of the PCI function that the device is on: ../../devices/pci0200:00/0200:00:00.0/net/eno200. The
 * last address counts, as a function can be behind a bridge. Whatever is in between does not
 * matter, such as virtio3.
 *
 * The disk of an NVMe namespace can belong to a subsystem instead of a controller (Linux
 * drivers/nvme/host/multipath.c). Then the controllers are links in the subsystem's folder, and the
 * disks of the single paths are hidden.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "surroundings.h"

/* No folder is read further. */
#define ENTRIES_MAX 65536

enum device_class {
	CLASS_NET,
	CLASS_BLOCK,
	CLASS_INFINIBAND,
	CLASSES
};

static const char *const folders[CLASSES] = {
	[CLASS_NET] = "class/net",
	[CLASS_BLOCK] = "class/block",
	[CLASS_INFINIBAND] = "class/infiniband",
};

struct mapped_device {
	enum device_class class;
	struct pci_address pci;
	char *name;
};

struct device_map {
	struct mapped_device *devices;
	size_t count;
	struct problem problem;
};

/* --- the map --------------------------------------------------------------------------------- */

static void add(struct device_map *map, enum device_class class, const char *name,
		const struct pci_address *pci)
{
	struct mapped_device *devices = realloc(map->devices, (map->count + 1) * sizeof(*devices));
	char *copy = strdup(name);

	if (devices)
		map->devices = devices;
	if (!devices || !copy) {
		free(copy);
		problem_set(&map->problem, "%s: out of memory", folders[class]);
		return;
	}
	devices[map->count++] = (struct mapped_device){ class, *pci, copy };
}

/* The text of the link at @path; false if it is none. */
static bool read_target(const char *path, char *target, size_t size)
{
	ssize_t n = readlink(path, target, size - 1);

	if (n < 0 || (size_t)n == size - 1)
		return false;
	target[n] = '\0';
	return true;
}

/* The last PCI address in the target of the link at @path. */
static bool find_address(const char *path, struct pci_address *pci)
{
	char target[4096], *part, *rest = NULL;
	bool found = false;

	if (!read_target(path, target, sizeof(target)))
		return false;
	for (part = strtok_r(target, "/", &rest); part; part = strtok_r(NULL, "/", &rest))
		found |= pci_address_parse(part, pci);
	return found;
}

/* The disk @name of the subsystem in the folder that the link at @path shows is on the functions
 * of all controllers there. */
static void add_subsystem_disk(struct device_map *map, const char *name, const char *path)
{
	char target[4096], folder[SYSFS_PATH_SIZE], controller[SYSFS_PATH_SIZE], *part;
	struct dirent *entry;
	DIR *dir;

	if (!read_target(path, target, sizeof(target)))
		return;
	part = strstr(target, "/nvme-subsystem/");
	if (!part)
		return;
	part += strlen("/nvme-subsystem/");
	part[strcspn(part, "/")] = '\0';
	sysfs_path(folder, "class/nvme-subsystem/%s", part);
	dir = opendir(folder);
	if (!dir)
		return;
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		struct pci_address pci;

		if (strncmp(entry->d_name, "nvme", 4))
			continue;
		sysfs_path(controller, "class/nvme/%s", entry->d_name);
		if (find_address(controller, &pci))
			add(map, CLASS_BLOCK, name, &pci);
	}
	closedir(dir);
}

/* Partitions, and disks that cannot be opened, are no disks here. */
static bool is_disk(const char *name)
{
	char path[SYSFS_PATH_SIZE];
	uint64_t hidden;

	sysfs_path(path, "class/block/%s/partition", name);
	if (access(path, F_OK) == 0)
		return false;
	sysfs_path(path, "class/block/%s/hidden", name);
	return sysfs_read_number(path, 1, &hidden, NULL) || !hidden;
}

static void add_entry(struct device_map *map, enum device_class class, const char *name)
{
	char path[SYSFS_PATH_SIZE];
	struct pci_address pci;

	if (name[0] == '.' || (class == CLASS_BLOCK && !is_disk(name)))
		return;
	sysfs_path(path, "%s/%s", folders[class], name);
	if (find_address(path, &pci))
		add(map, class, name, &pci);
	else if (class == CLASS_BLOCK)
		add_subsystem_disk(map, name, path);
}

/* A kernel without this kind of devices has no such folder. */
static void read_class(struct device_map *map, enum device_class class)
{
	char path[SYSFS_PATH_SIZE];
	struct dirent *entry;
	int i = 0;
	DIR *dir;

	sysfs_path(path, "%s", folders[class]);
	dir = opendir(path);
	if (!dir) {
		if (errno != ENOENT)
			problem_set(&map->problem, "%s: %s", path, strerror(errno));
		return;
	}
	while ((entry = readdir(dir)) && ++i <= ENTRIES_MAX)
		add_entry(map, class, entry->d_name);
	if (entry)
		problem_set(&map->problem, "%s: more than %d devices", path, ENTRIES_MAX);
	closedir(dir);
}

struct device_map *device_map_read(void)
{
	struct device_map *map = calloc(1, sizeof(*map));

	for (int i = 0; map && i < CLASSES; i++)
		read_class(map, i);
	return map;
}

void device_map_free(struct device_map *map)
{
	if (!map)
		return;
	while (map->count)
		free(map->devices[--map->count].name);
	free(map->devices);
	free(map);
}

/* --- one function ---------------------------------------------------------------------------- */

static void read_peers(struct surroundings *s, const struct pci_address *pci, const char *group)
{
	char path[SYSFS_PATH_SIZE], own[PCI_ADDRESS_SIZE];
	struct pci_address peer;
	struct dirent *entry;
	DIR *dir;

	sysfs_path(path, "kernel/iommu_groups/%s/devices", group);
	dir = opendir(path);
	if (!dir) {
		problem_set(&s->problem, "%s: %s", path, strerror(errno));
		return;
	}
	pci_address_print(pci, own);
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		/* What is no PCI function is in the way as well. */
		if (entry->d_name[0] == '.' ||
		    (pci_address_parse(entry->d_name, &peer) && !strcmp(entry->d_name, own)))
			continue;
		names_add(&s->peers, entry->d_name);
	}
	closedir(dir);
}

void surroundings_read(struct surroundings *s, const struct device_map *map,
		       const struct pci_address *pci, const char *group)
{
	s->problem = map->problem;
	for (size_t i = 0; i < map->count; i++) {
		const struct mapped_device *device = &map->devices[i];

		if (!pci_address_same(&device->pci, pci))
			continue;
		names_add(device->class == CLASS_NET	 ? &s->net
			  : device->class == CLASS_BLOCK ? &s->block
							 : &s->infiniband,
			  device->name);
	}
	if (group)
		read_peers(s, pci, group);
}

void surroundings_free(struct surroundings *s)
{
	names_free(&s->net);
	names_free(&s->block);
	names_free(&s->infiniband);
	names_free(&s->peers);
}
