/* SPDX-License-Identifier: GPL-2.0-or-later */
/* function.h - one PCI function of this Linux, also one in standby. */
#ifndef ZPCI_INVENTORY_FUNCTION_H
#define ZPCI_INVENTORY_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "item.h"
#include "surroundings.h"
#include "sysfs.h"

enum function_kind {
	KIND_UNKNOWN,
	KIND_PLAIN, /* neither PF nor VF */
	KIND_PF,
	KIND_VF_LINKED,	  /* a VF whose PF the kernel knows */
	KIND_VF_DETACHED, /* a VF without a PF in this Linux */
	KINDS
};

extern const char *const kind_names[KINDS];

enum function_state {
	STATE_UNKNOWN,
	STATE_CONFIGURED,
	STATE_STANDBY,
	STATES
};

extern const char *const state_names[STATES];

/* Names of drivers and the like are names of files. */
#define FUNCTION_NAME_SIZE 256
#define UTILITY_STRING_SIZE 65
#define UTILITY_BYTES (UTILITY_STRING_SIZE - 1)

struct function {
	struct item items[ITEMS];
	bool has_device; /* the kernel has a struct pci_dev */
	bool has_bus;	 /* it has the bus that the address names, so it looked for a device */
	bool has_slot;
	bool listed;		   /* in CLP's list */
	enum function_state state; /* CLP's; else the slot's, or configured if it has a device */
	bool has_address;
	struct pci_address pci;
	char address[PCI_ADDRESS_SIZE];
	char driver[FUNCTION_NAME_SIZE];	  /* "" = none */
	char driver_override[FUNCTION_NAME_SIZE]; /* "" = none */
	char physfn[FUNCTION_NAME_SIZE];	  /* address of the PF, "" = no link */
	char utility_string[UTILITY_STRING_SIZE]; /* "" = none; characters that are not the same in
						     all EBCDIC code pages are '?' */
	uint8_t utility_bytes[UTILITY_BYTES];	  /* the same as it is read, then zeros */
	struct problem utility_problem;		  /* "" = none */
	struct problem override_problem;	  /* "" = none */
	struct problem slot_problem; /* why the slot does not say the state; "" = none */
	enum function_kind kind;
	struct surroundings surroundings;
};

/* What Linux's documentation calls the function type @pft; NULL: it says nothing of it. */
const char *function_type_name(uint64_t pft);

static inline bool function_has(const struct function *f, enum item_name name)
{
	return f->items[name].state == ITEM_KNOWN;
}

/* False: the number is not known. */
static inline bool function_number(const struct function *f, enum item_name name, uint64_t *value)
{
	*value = f->items[name].value;
	return function_has(f, name);
}

#endif
