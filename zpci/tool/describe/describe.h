/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - the parts of `zpci describe`, zpci-describe(1).
 *
 *	subcommand.c   the subcommand: configuration -> firmware in memory -> descriptions -> print
 *	look.c         plays the guest: executes the instructions that a kernel would
 *	address.c      the address that Linux gives to each function
 *	fields.c       CLP blocks as fields with a name and a meaning
 *	registers.c    config space as registers, and where the bits of each come from
 *	platform.c     the platform's facts, and where each comes from
 *	interpretation.c   what a host that interpreted the function would bypass
 *	text.c json.c lspci.c    three ways to print it
 *	description.c  what these three have in common
 *
 * If the firmware can be asked for a fact about a function, it is asked, and nothing is computed
 * here. So what is printed is what a guest would have been answered, and what the library
 * publishes.
 */
#ifndef ZPCI_TOOL_DESCRIBE_H
#define ZPCI_TOOL_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <zpci/clp.h>
#include <zpci/firmware.h>

#include "zpci/config/config.h"

/* One function. */
struct description {
	struct zpci_function_info info; /* before the guest did anything */
	struct zpci_platform platform;	/* @given has the facts from the configuration */
	uint32_t delivered;		/* the facts from the device */
	struct zpci_config_model model;
	char address[24];      /* DDDD:BB:DD.F */
	const char *no_device; /* why Linux finds no device there; NULL: it does */
	/* What a guest was answered, in this order. */
	struct zpci_clp_list_entry entry;
	struct zpci_clp_query_function_response query;
	struct zpci_clp_query_group_response group;
	struct zpci_clp_set_function_response enable;
	uint8_t guest_config[ZPCI_CONFIG_SIZE]; /* config space as loaded */
	/* The same as the device shows it, before the profile; and where the bits come from. */
	uint8_t device_config[ZPCI_CONFIG_SIZE];
	struct zpci_config_origin origin[ZPCI_CONFIG_SIZE];
};

struct descriptions {
	struct zpci_clp_list_response list;
	struct description *items;
	size_t count;
};

/* --- description.c --------------------------------------------------------------------------- */

/* The Memory bit is missing, and the guest is not told so: describe_warning, in a sentence. */
bool describe_is_unannounced(const struct description *description);
extern const char describe_warning[];
/* "PF" or "VF n". */
void describe_kind(const struct description *description, char text[16]);

/* --- look.c ----------------------------------------------------------------------------------- */

struct zpci_ram;

/* Lets a guest on machine @ram look at all functions of @firmware. Returns 0, or -1 after a
 * message. The caller frees @items in any case. */
int describe_look(struct zpci_ram *ram, struct zpci_firmware *firmware,
		  struct descriptions *descriptions);

/* --- address.c -------------------------------------------------------------------------------- */

/* After describe_look(): fills in @address and @no_device. */
void describe_addresses(struct descriptions *descriptions);

/* --- fields.c --------------------------------------------------------------------------------- */

struct describe_field {
	const char *name; /* as in Linux and QEMU */
	unsigned short offset;
	unsigned short size;
	bool little; /* as PCI is; else big-endian */
	const char *help;
	/* Writes what this value means; NULL: the value says it all. */
	void (*say)(char *text, size_t size, uint64_t value);
};

/* Tables that end with a NULL name; their offsets count from the start of the response (or of
 * the entry). */
extern const struct describe_field describe_list_fields[];
extern const struct describe_field describe_entry_fields[];
extern const struct describe_field describe_function_fields[];
extern const struct describe_field describe_group_fields[];
extern const struct describe_field describe_enable_fields[];

#define DESCRIBE_VALUE (2 * 128 + 1)
#define DESCRIBE_MEANING 160

/* The field of @block: @value in hex, without 0x; @meaning may be empty. */
void describe_field_text(const struct describe_field *field, const void *block,
			 char value[DESCRIBE_VALUE], char meaning[DESCRIBE_MEANING]);
/* A size in bytes for a person: 64 KiB. */
void describe_size(char *text, size_t size, uint64_t bytes);

/* --- platform.c ------------------------------------------------------------------------------- */

struct describe_fact {
	const char *name; /* as in <zpci/platform.h> */
	uint32_t fact;
	const char *help;
	/* Writes the value; nothing if there is none. */
	void (*put)(char *text, size_t size, const struct zpci_platform *platform);
};

/* Ends with a NULL name. */
extern const struct describe_fact describe_facts[];

/* Its value, empty if there is none. */
void describe_fact_text(const struct describe_fact *fact, const struct description *description,
			char value[DESCRIBE_VALUE]);
/* "configuration", "device" or "default". */
const char *describe_fact_origin(const struct describe_fact *fact,
				 const struct description *description);

/* --- interpretation.c ------------------------------------------------------------------------- */

struct describe_loss {
	const char *name;
	const char *help;				    /* what would be instead */
	bool (*has)(const struct description *description); /* does our emulation do it? */
};

/* Ends with a NULL name. */
extern const struct describe_loss describe_losses[];

/* --- registers.c ------------------------------------------------------------------------------ */

/* A register, or some bits of the one before. Values are shifted down to bit 0. */
struct describe_register {
	const char *name;
	unsigned int offset;
	unsigned int size; /* 1 to 4 bytes */
	uint32_t bits;	   /* 0: all of it */
	uint32_t device;
	uint32_t guest;
	uint32_t emulated;
	uint32_t hard_wired;
	uint32_t hidden;
};

typedef void describe_visitor(void *opaque, const struct describe_register *entry);

/* Calls @visit for the registers of the header, for those of the capabilities that the guest
 * finds, and for each other byte that is not passed. So all bytes without a visit are passed. */
void describe_registers(const struct description *description, describe_visitor *visit,
			void *opaque);

#define DESCRIBE_PASSED 1u
#define DESCRIBE_EMULATED 2u
#define DESCRIBE_HARD_WIRED 4u
#define DESCRIBE_HIDDEN 8u

/* Where its bits come from: a set of DESCRIBE_*. */
unsigned int describe_origins(const struct describe_register *entry);
/* The word for one of them. */
const char *describe_origin_name(unsigned int origin);

/* --- printing -------------------------------------------------------------------------------- */

void describe_text(FILE *to, const struct descriptions *descriptions);
void describe_json(FILE *to, const struct descriptions *descriptions);
void describe_lspci(FILE *to, const struct descriptions *descriptions);

#endif
