// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bind.c - see bind.h
 *
 * `driver_override` in sysfs decides which driver a function gets; if it is not set, the
 * function's IDs do (Linux Documentation/ABI/testing/sysfs-bus-pci). To take a function: set the
 * override to vfio-pci, unbind the old driver, bind vfio-pci. To put it back: unbind vfio-pci,
 * restore the old override (usually none), and bind the old driver if there was one. If there was
 * none, the function stays without: a probe by the kernel might find one that was not there.
 */
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bind.h"

#define VFIO_PCI "vfio-pci"
#define DRIVERS "/sys/bus/pci/drivers"

static void current_driver(const char *address, char *driver, size_t size)
{
	driver[0] = '\0';
	sysfs_read_link(address, "driver", driver, size);
}

/* Load the module unless the driver is there. */
static int load_vfio_pci(struct problem *problem)
{
	char *argv[] = { "modprobe", VFIO_PCI, NULL };
	char *envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int status;
	pid_t pid;

	if (access(DRIVERS "/" VFIO_PCI, F_OK) == 0)
		return 0;
	if (posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, envp) == 0)
		waitpid(pid, &status, 0);
	if (access(DRIVERS "/" VFIO_PCI, F_OK) == 0)
		return 0;
	return problem_set(problem, "the kernel has no driver vfio-pci, and modprobe does not load "
				    "it (Debian's 6.1 for s390x has none; 6.12 has)");
}

static int driver_write(const char *driver, const char *file, const char *address,
			struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	snprintf(path, sizeof(path), DRIVERS "/%s/%s", driver, file);
	return sysfs_write(path, address, problem);
}

static int override(struct binding *b, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, b->address, "driver_override");
	if (sysfs_read_text(path, b->old_override, sizeof(b->old_override), problem))
		return -1;
	if (strcmp(b->old_override, "(null)") == 0) /* how sysfs prints none */
		b->old_override[0] = '\0';
	if (sysfs_write(path, VFIO_PCI, problem))
		return -1;
	b->override_changed = true;
	return 0;
}

int binding_take(struct binding *b, const char *address, struct problem *problem)
{
	memset(b, 0, sizeof(*b));
	if (load_vfio_pci(problem))
		return -1;
	snprintf(b->address, sizeof(b->address), "%s", address);
	current_driver(address, b->old_driver, sizeof(b->old_driver));
	if (strcmp(b->old_driver, VFIO_PCI) == 0)
		return 0;
	if (override(b, problem))
		return -1;
	if (b->old_driver[0]) {
		if (driver_write(b->old_driver, "unbind", address, problem))
			return -1;
		b->unbound = true;
	}
	return driver_write(VFIO_PCI, "bind", address, problem);
}

int binding_renew(struct binding *b, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE], driver[64];

	sysfs_device_path(path, b->address, "driver_override");
	if (sysfs_write(path, VFIO_PCI, problem))
		return -1;
	current_driver(b->address, driver, sizeof(driver));
	return strcmp(driver, VFIO_PCI) == 0 ? 0
					     : driver_write(VFIO_PCI, "bind", b->address, problem);
}

int binding_restore(struct binding *b, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE], driver[64];
	int rc = 0;

	if (!b->address[0] || strcmp(b->old_driver, VFIO_PCI) == 0)
		return 0;
	current_driver(b->address, driver, sizeof(driver));
	if (strcmp(driver, VFIO_PCI) == 0)
		rc = driver_write(VFIO_PCI, "unbind", b->address, problem);
	if (b->override_changed) {
		sysfs_device_path(path, b->address, "driver_override");
		if (sysfs_write(path, b->old_override[0] ? b->old_override : "\n",
				rc ? NULL : problem))
			rc = -1;
	}
	if (b->unbound && driver_write(b->old_driver, "bind", b->address, rc ? NULL : problem))
		rc = -1;
	b->address[0] = '\0';
	return rc;
}
