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
#include "problem.h"
#include "sysfs.h"

enum item_state {
	ITEM_ABSENT, /* does not exist, such as the Command register of a function in standby */
	ITEM_KNOWN,
	ITEM_UNREAD, /* exists, but could not be read: `why` */
};

struct item {
	enum item_state state;
	uint64_t value;
	struct problem why;
};

/* What can be known of a function. */
enum item_name {
	ITEM_FID,
	ITEM_UID,
	ITEM_PCHID,
	ITEM_VFN,
	ITEM_PFGID,
	ITEM_PFT,
	ITEM_PORT,
	ITEM_HANDLE, /* from CLP */
	ITEM_SYSFS_HANDLE,
	ITEM_COMMAND, /* the register in configuration space */
	ITEM_VENDOR_ID,
	ITEM_DEVICE_ID,
	ITEM_NO_COMMAND_MEMORY, /* the bit in the kernel's struct pci_dev; only zpci-inspect can
				   read it */
	ITEMS
};

struct item_info {
	const char *name; /* in JSON and in messages */
	int digits;	  /* hexadecimal; 0: a decimal number; -1: yes or no */
};

extern const struct item_info item_infos[ITEMS];

void item_set(struct item *item, uint64_t value);
void item_set_unread(struct item *item, const struct problem *why);

enum function_kind {
	KIND_UNKNOWN,
	KIND_PLAIN, /* neither PF nor VF */
	KIND_PF,
	KIND_VF_LINKED,	  /* a VF whose PF the kernel knows */
	KIND_VF_DETACHED, /* a VF without a PF in this Linux */
	KINDS
};

extern const char *const kind_names[KINDS];

struct function {
	struct item items[ITEMS];
	bool has_device; /* the kernel has a struct pci_dev */
	bool has_bus;	 /* it has the bus that the address names, so it looked for a device */
	bool has_slot;
	bool listed;	 /* in CLP's list */
	bool configured; /* valid if listed */
	bool has_address;
	struct pci_address pci;
	char address[PCI_ADDRESS_SIZE];
	char driver[64]; /* "" = none */
	char physfn[64]; /* address of the PF, "" = no link */
	enum function_kind kind;
};

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

/* Whether any item of any function is ITEM_UNREAD. */
bool inventory_incomplete(const struct inventory *inventory);

#endif
