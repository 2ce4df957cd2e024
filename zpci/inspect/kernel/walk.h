/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk.h - the PCI devices that a running kernel has, out of its memory. */
#ifndef INSPECT_WALK_H
#define INSPECT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "kcore.h"
#include "zpci/inventory/problem.h"

/* One struct pci_dev, as the kernel has it. */
struct walk_device {
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn;
	uint16_t vendor_id;
	uint16_t device_id;
	bool no_command_memory;
};

struct walk {
	struct walk_device *devices;
	size_t count;
};

/*
 * Read all devices of all buses. @roots is the address of the list's head, the kernel's
 * pci_root_buses. Returns 0; or -1 and the problem, and then there is nothing to free.
 */
int walk_devices(const struct btf *btf, const struct kernel_memory *memory, uint64_t roots,
		 struct walk *walk, struct problem *problem);
void walk_free(struct walk *walk);

#endif
