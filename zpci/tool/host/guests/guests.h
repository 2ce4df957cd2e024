/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guests.h - libvirt's guests, and the PCI functions in them.
 *
 *	guests		all guests of a libvirt (guests_read), or the one of a domain's XML
 *	                (guests_parse, for a hook, which must not ask libvirt)
 *	 guest		its name, whether it runs, ...
 *	  guest_function	a PCI function that it has while it runs, or in its definition:
 *			one of this host (it has a @source), or one that QEMU emulates. The IDs of
 *			both must differ, so that both are here.
 *
 * A build without libvirt and libxml2 has all of this as well. There, guests_read() and
 * guests_parse() fail with a sentence that says what is missing.
 */
#ifndef ZPCI_TOOL_HOST_GUESTS_H
#define ZPCI_TOOL_HOST_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "zpci/inventory/problem.h"
#include "zpci/inventory/sysfs.h"

/* Where a guest has a function. */
#define GUEST_LIVE 1u	/* in the guest that runs */
#define GUEST_CONFIG 2u /* in its definition, for the next start */

struct guest_function {
	unsigned int where; /* GUEST_LIVE and GUEST_CONFIG; both if it is the same in both */
	char *element;	 /* of the domain's XML: "hostdev", "interface", "rng", "qemu:arg", ... */
	char *alias;	 /* libvirt's or the user's; NULL: none */
	bool has_source; /* it is a function of this host, with this address */
	struct pci_address source;
	char address[PCI_ADDRESS_SIZE]; /* @source as text */
	bool managed;			/* libvirt gives it back to its driver */
	char *driver;			/* such as "vfio"; NULL: libvirt chooses */
	bool has_uid;			/* the guest's, unlike the host's */
	bool has_fid;
	uint16_t uid;
	uint32_t fid;
};

struct guest {
	char *name;
	char *uuid; /* NULL: the XML has none */
	bool running;
	bool persistent; /* it has a definition */
	uint64_t memory; /* bytes; 0: not known */
	struct guest_function *functions;
	size_t count;
};

struct guests {
	struct guest *guests;
	size_t count;
};

/* All guests of the libvirt @uri (NULL: libvirt's choice), sorted by name. Returns 0, or -1 and the
 * problem; must be freed in both cases. */
int guests_read(struct guests *guests, const char *uri, struct problem *problem);

/* Adds the guest of the XML in @text, of @size bytes, to @guests, which is zero before the first
 * call. @where: what the XML describes, GUEST_LIVE or GUEST_CONFIG. If @guests has a guest of this
 * name, its functions are added there. Asks no libvirt. Returns 0, or -1 and the problem, which
 * names domain and element; @guests must be freed in both cases. */
int guests_parse(struct guests *guests, const char *text, size_t size, unsigned int where,
		 struct problem *problem);

void guests_free(struct guests *guests);

/* The guest with this name or UUID, or NULL. */
const struct guest *guests_find(const struct guests *guests, const char *name);

/* The first function of @guest that has this in one of @where, or NULL. */
const struct guest_function *guest_find_source(const struct guest *guest, unsigned int where,
					       const struct pci_address *source);
const struct guest_function *guest_find_uid(const struct guest *guest, unsigned int where,
					    uint32_t uid);
const struct guest_function *guest_find_fid(const struct guest *guest, unsigned int where,
					    uint32_t fid);

/* The first guest from the @from-th on that has the host's function @source in any place, but not
 * @except, which may be NULL; *@index is its number. NULL: no more. */
const struct guest *guests_find_user(const struct guests *guests, const struct pci_address *source,
				     const struct guest *except, size_t from, size_t *index);

/* Prints the name of a guest. libvirt allows all characters but a line's end in it, and makes a
 * line's end of some. */
void guest_put_name(FILE *to, const char *name);

/* How a message names a function in a guest: "hostdev0 (0200:00:00.0)", "rng", ... */
#define GUEST_LABEL 96
void guest_function_label(const struct guest_function *function, char text[GUEST_LABEL]);
/* "live", "definition" or "live and definition" */
const char *guest_where_name(unsigned int where);

#endif
