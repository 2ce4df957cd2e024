/* SPDX-License-Identifier: GPL-2.0-or-later */
/* item.h - numbers that sysfs or CLP say of a function, and why one of them is not known. */
#ifndef ZPCI_INVENTORY_ITEM_H
#define ZPCI_INVENTORY_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

enum item_state {
	ITEM_ABSENT, /* does not exist, such as the Command register of a function in standby */
	ITEM_KNOWN,
	ITEM_UNREAD,  /* exists, but could not be read: `why` */
	ITEM_UNKNOWN, /* this kernel does not show it: `why` */
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
	ITEM_UID_IS_UNIQUE,
	ITEM_CLASS,
	ITEM_MIO_ENABLED,
	ITEM_FIDPARM,
	ITEM_PFIP,	/* four segments of a byte, the first one on the left */
	ITEM_TOTAL_VFS, /* of a PF */
	ITEM_NUM_VFS,
	ITEM_IOMMU_GROUP,
	ITEMS
};

struct item_info {
	const char *name; /* in JSON and in messages */
	int digits;	  /* hexadecimal; 0: a decimal number; -1: yes or no */
};

extern const struct item_info item_infos[ITEMS];

#define ITEM_TEXT_SIZE 24

void item_set(struct item *item, uint64_t value);
/* Set a value unless a better source already gave one. */
void item_set_if_unknown(struct item *item, uint64_t value);
void item_set_unread(struct item *item, const struct problem *why);
/* Whether there is a value that is not known: `why` says the reason. */
bool item_failed(const struct item *item);
/* The value as Linux prints it; "-" if there is none, "?" if it is not known. */
void item_text(const struct item *item, enum item_name name, char text[ITEM_TEXT_SIZE]);

#endif
