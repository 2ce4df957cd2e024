// SPDX-License-Identifier: GPL-2.0-or-later
/* driver.c - see driver.h */
#define _GNU_SOURCE 1

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "driver.h"
#include "program.h"
#include "zpci/inventory/sysfs.h"

/* --- binding --------------------------------------------------------------------------------- */

static int write_device(const struct function *f, const char *file, const char *text,
			struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, f->address, file);
	return sysfs_write(path, text, problem);
}

static bool read_driver(const struct function *f, char driver[FUNCTION_NAME_SIZE])
{
	return sysfs_read_link(f->address, "driver", driver, FUNCTION_NAME_SIZE);
}

/* Lets go of the driver of now, and lets the kernel look for one; "\n" as @override is none. */
static int rebind(const struct function *f, const char *override, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE], driver[FUNCTION_NAME_SIZE];

	if (write_device(f, "driver_override", override, problem))
		return -1;
	if (read_driver(f, driver) && write_device(f, "driver/unbind", f->address, problem))
		return -1;
	sysfs_path(path, "bus/pci/drivers_probe");
	return sysfs_write(path, f->address, problem);
}

/* The module, which the kernel does not load for a driver_override. */
static int load_vfio(struct problem *problem)
{
	static const char *const argv[] = { "modprobe", "vfio-pci", NULL };
	char path[SYSFS_PATH_SIZE];
	struct stat info;

	sysfs_path(path, "bus/pci/drivers/vfio-pci");
	if (stat(path, &info) == 0 || !sysfs_is_own())
		return 0;
	return host_program_run(argv, problem);
}

int host_driver_vfio(const struct function *f, struct problem *problem)
{
	char driver[FUNCTION_NAME_SIZE] = "";

	if (load_vfio(problem))
		return -1;
	if (rebind(f, "vfio-pci\n", problem) == 0) {
		if (read_driver(f, driver) && !strcmp(driver, "vfio-pci"))
			return 0;
		problem_set(problem, "the kernel did not bind %s to vfio-pci; see dmesg",
			    f->address);
	}
	rebind(f, "\n", NULL);
	return -1;
}

int host_driver_default(const struct function *f, char driver[FUNCTION_NAME_SIZE],
			struct problem *problem)
{
	*driver = '\0';
	if (rebind(f, "\n", problem))
		return -1;
	/* udev loads the modules of a device that is announced; the driver's may be none of them
	 * yet. */
	if (!read_driver(f, driver)) {
		*driver = '\0';
		write_device(f, "uevent", "add", NULL);
	}
	return 0;
}

/* --- who has it open ------------------------------------------------------------------------- */

/* A VFIO group has a character device, and from Linux 6.6 on the function may have one as well. */
#define NODES 2

struct nodes {
	dev_t numbers[NODES];
	size_t count;
};

static void add_node(struct nodes *nodes, const char *path)
{
	unsigned int major_number, minor_number;
	char text[32], rest;

	if (sysfs_read_text(path, text, sizeof(text), NULL) == 0 &&
	    sscanf(text, "%u:%u%c", &major_number, &minor_number, &rest) == 2 &&
	    nodes->count < NODES)
		nodes->numbers[nodes->count++] = makedev(major_number, minor_number);
}

static void find_nodes(const struct function *f, struct nodes *nodes)
{
	char path[SYSFS_PATH_SIZE], name[64];
	struct dirent *entry;
	DIR *folder;

	if (function_has(f, ITEM_IOMMU_GROUP)) {
		sysfs_path(path, "class/vfio/%" PRIu64 "/dev", f->items[ITEM_IOMMU_GROUP].value);
		add_node(nodes, path);
	}
	sysfs_device_path(path, f->address, "vfio-dev");
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "vfio", 4) || strlen(entry->d_name) > 20)
			continue;
		snprintf(name, sizeof(name), "vfio-dev/%.20s/dev", entry->d_name);
		sysfs_device_path(path, f->address, name);
		add_node(nodes, path);
	}
	if (folder)
		closedir(folder);
}

static bool is_node(const struct nodes *nodes, int folder, const char *file)
{
	struct stat info;
	size_t i;

	/* Through the link, as the process may see another /dev than we do. */
	if (fstatat(folder, file, &info, 0) || !S_ISCHR(info.st_mode))
		return false;
	for (i = 0; i < nodes->count; i++)
		if (info.st_rdev == nodes->numbers[i])
			return true;
	return false;
}

static bool has_open(const struct nodes *nodes, const char *pid)
{
	char path[SYSFS_PATH_SIZE];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder)))
		found = is_node(nodes, dirfd(folder), entry->d_name);
	if (folder)
		closedir(folder);
	return found;
}

pid_t host_vfio_user(const struct function *f, char name[HOST_PROCESS_NAME_SIZE])
{
	struct nodes nodes = { .count = 0 };
	char path[SYSFS_PATH_SIZE];
	struct dirent *entry;
	pid_t pid = 0;
	DIR *folder;

	*name = '\0';
	if (!f->has_device || !sysfs_is_own())
		return 0;
	find_nodes(f, &nodes);
	folder = nodes.count ? opendir("/proc") : NULL;
	while (folder && !pid && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]) || !has_open(&nodes, entry->d_name))
			continue;
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (sysfs_read_text(path, name, HOST_PROCESS_NAME_SIZE, NULL))
			*name = '\0';
	}
	if (folder)
		closedir(folder);
	return pid;
}
