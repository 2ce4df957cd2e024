// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * missing.c - see missing.h
 *
 * A kernel does not show its configuration unless it has CONFIG_IKCONFIG_PROC, so we look at what
 * an option brings: a file, a symbol, an answer of vfio. A file that we may not open is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "missing.h"
#include "zpci/inspect/kernel/kcore.h"

#define KALLSYMS "/proc/kallsyms"
#define CONTAINER "/dev/vfio/vfio"

static bool has_file(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

/* Without the container there is nobody to ask. */
static bool has_type1(void)
{
	int fd = open(CONTAINER, O_RDWR | O_CLOEXEC);
	bool has = fd < 0 || ioctl(fd, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) > 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void need(struct missing *missing, const char *option, bool has)
{
	if (!has)
		missing->options[missing->count++] = option;
}

static void find_memory(struct missing *missing, const char *btf)
{
	need(missing, "CONFIG_DEBUG_INFO_BTF", has_file(btf));
	need(missing, "CONFIG_PROC_KCORE", has_file("/proc/kcore"));
	need(missing, "CONFIG_KALLSYMS_ALL", kallsyms_has(KALLSYMS, "pci_root_buses"));
}

/* The class is made by the code of groups (Linux drivers/vfio/group.c). */
static void find_vfio(struct missing *missing)
{
	need(missing, "CONFIG_PRINTK", has_file("/dev/kmsg"));
	if (!has_file("/sys/bus/pci/drivers/vfio-pci")) {
		need(missing, "CONFIG_VFIO_PCI", false);
		return;
	}
	need(missing, "CONFIG_VFIO_GROUP", has_file("/sys/class/vfio"));
	need(missing, "CONFIG_VFIO_CONTAINER", has_file(CONTAINER));
	need(missing, "CONFIG_VFIO_IOMMU_TYPE1", has_type1());
}

void missing_find(struct missing *missing, const struct missing_request *request)
{
	missing->count = 0;
	need(missing, "CONFIG_PCI", has_file("/sys/bus/pci"));
	if (missing->count)
		return;
	/* This function makes the slots (Linux drivers/pci/hotplug/s390_pci_hpc.c). */
	if (request->slots)
		need(missing, "CONFIG_HOTPLUG_PCI_S390", kallsyms_has(KALLSYMS, "zpci_init_slot"));
	if (request->memory)
		find_memory(missing, request->btf);
	if (request->vfio)
		find_vfio(missing);
	/* This function adds the capability (Linux drivers/vfio/pci/vfio_pci_zdev.c). */
	if (request->zpci_base)
		need(missing, "CONFIG_VFIO_PCI_ZDEV_KVM",
		     kallsyms_has(KALLSYMS, "vfio_pci_info_zdev_add_caps"));
}
