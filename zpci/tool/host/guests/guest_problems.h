/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_problems.h - what is wrong with the functions of guests. libvirt says it when a guest
 * starts, or not at all.
 */
#ifndef ZPCI_TOOL_HOST_GUEST_PROBLEMS_H
#define ZPCI_TOOL_HOST_GUEST_PROBLEMS_H

#include "guests.h"
#include "zpci/inventory/inventory.h"

enum guest_problem_kind {
	GUEST_PROBLEM_SHARED,	 /* two guests have the same function of the host */
	GUEST_PROBLEM_DANGLING,	 /* the host has no function at this address */
	GUEST_PROBLEM_DUPLICATE, /* one guest has a UID or FID twice */
	GUEST_PROBLEMS
};

/* In JSON. */
extern const char *const guest_problem_names[GUEST_PROBLEMS];

/* Called with one sentence that names the guest and the IDs. @guest and @function belong to the
 * guests. */
typedef void (*guest_problem_report)(void *opaque, enum guest_problem_kind kind,
				     const struct guest *guest,
				     const struct guest_function *function, const char *text);

/* Reports the problems of all @guests. Returns their number. */
size_t guests_check(const struct guests *guests, const struct inventory *inventory,
		    guest_problem_report report, void *opaque);

#endif
