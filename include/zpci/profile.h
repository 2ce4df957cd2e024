/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/profile.h - emulation profiles: what of a PCI function the layer below the guest emulates.
 *
 * The profile alone decides how what the guest sees differs from what the device shows. Two facts
 * are kept apart. A program can ask for both, and a guest sees only the second one:
 *
 *	command_memory     emulated or absent    what is true
 *	no_command_memory  announced or not      what the guest's kernel concludes, because vfn is
 *	                                         published and not 0
 *
 * The Command register's I/O bit and the interrupt pin are hard-wired 0 in all profiles, unless the
 * device shows its pin (zpci_identity.interrupt_pin). BAR accesses never depend on the Memory bit.
 */
#ifndef ZPCI_PROFILE_H
#define ZPCI_PROFILE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* PCI_COMMAND_MEMORY (bit 1 of the Command register) as the guest sees it. */
enum zpci_command_memory {
	ZPCI_COMMAND_MEMORY_ABSENT, /* hard-wired 0 */
	ZPCI_COMMAND_MEMORY_OFF,    /* emulated: readable and writable, 0 after reset */
	ZPCI_COMMAND_MEMORY_ON,	    /* emulated: readable and writable, 1 after reset */
};

/* What is emulated; zpci.conf(5) says what each combination stands for. */
struct zpci_profile {
	bool ids;	  /* vendor and device ID are emulated where the device shows none */
	bool bars;	  /* BARs are emulated: sizable, with the identity's sizes and flags */
	bool publish_vfn; /* Query PCI function tells the VF number; else 0 */
	enum zpci_command_memory command_memory; /* Command, bit 1 */
};

/* A profile that has a name; the table is in design order, @name and @help never NULL. */
struct zpci_named_profile {
	const char *name;	     /* as in a configuration */
	const char *help;	     /* what it stands for */
	struct zpci_profile profile; /* its switches */
};

/* The named profiles, by @index from 0; NULL behind the last. All here is constant: any thread. */
const struct zpci_named_profile *zpci_profile_get(unsigned index);
/* The one called @name (case counts), or NULL. */
const struct zpci_named_profile *zpci_profile_find(const char *name);
/* Name of the named profile equal to @profile, or "custom". Never NULL; static, as the next. */
const char *zpci_profile_name(const struct zpci_profile *profile);
/* "absent", "off" or "on"; "unknown" for any other number. */
const char *zpci_command_memory_name(enum zpci_command_memory command_memory);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
