/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inventory.h - the PCI functions of this Linux, from sysfs and CLP. zpci-inspect and `zpci host`
 * have no other reader.
 */
#ifndef ZPCI_INVENTORY_INVENTORY_H
#define ZPCI_INVENTORY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clp.h"
#include "function.h"
#include "item.h"
#include "problem.h"
#include "sysfs.h"

struct inventory {
	struct function *functions;
	size_t count;
	bool has_btf;	   /* the kernel shows its types */
	bool has_vfio_pci; /* the driver is there */
	bool clp_read;
	bool uid_checking; /* valid if clp_read */
	struct problem clp_problem;
	struct problem problem; /* valid if inventory_read() failed */
};

/* Read all. Returns 0; or -1 if sysfs shows no PCI at all, and then `problem` is valid. The
 * inventory must be freed in both cases. */
int inventory_read(struct inventory *inventory);
void inventory_free(struct inventory *inventory);

const struct function *inventory_find(const struct inventory *inventory, const char *address);
const struct function *inventory_find_fid(const struct inventory *inventory, uint32_t fid);

/* How many VFs of @pf are in this Linux: those that it made, which sriov_numvfs counts, or those
 * that the machine's firmware configured beside their PF, which it does not. */
uint64_t inventory_count_vfs(const struct inventory *inventory, const struct function *pf);

#endif
