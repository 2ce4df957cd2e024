/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * surroundings.h - what the kernel has made of functions: network devices and disks, and the other
 * functions of an IOMMU group.
 */
#ifndef ZPCI_INVENTORY_SURROUNDINGS_H
#define ZPCI_INVENTORY_SURROUNDINGS_H

#include "names.h"
#include "problem.h"
#include "sysfs.h"

struct surroundings {
	struct names net;
	struct names block; /* whole disks; an NVMe namespace is one */
	struct names infiniband;
	struct names peers;	/* addresses of the other functions of the IOMMU group */
	struct problem problem; /* what could not be read; "" = nothing */
};

/* All devices of sysfs that are on PCI functions: read once, for all functions. */
struct device_map;

struct device_map *device_map_read(void); /* NULL: out of memory */
void device_map_free(struct device_map *map);

/* Fill @s for the function at @pci. @group is the number of its IOMMU group, or NULL. */
void surroundings_read(struct surroundings *s, const struct device_map *map,
		       const struct pci_address *pci, const char *group);
void surroundings_free(struct surroundings *s);

#endif
