/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.h - can a function be given to a guest, and what will surprise there? zpci host check
 * prints it, zpci host attach refuses by it, and the hook of libvirt looks at a part of it.
 *
 *	check_facts	what the answer depends on. Who asks collects it.
 *	host_check()	all checks, none of which hides another
 *	check_report	what they found: result.h
 *
 * A check looks at its facts alone, and so is the same in a test. zpci-host-check(1) describes each
 * by its id.
 */
#ifndef ZPCI_TOOL_HOST_CHECK_CHECK_H
#define ZPCI_TOOL_HOST_CHECK_CHECK_H

#include <stdint.h>

#include "host_facts.h"
#include "result.h"
#include "zpci/inventory/inventory.h"
#include "zpci/inventory/use.h"
#include "zpci/tool/host/guests/guests.h"

struct check_facts {
	const struct inventory *inventory;
	const struct function *function;
	const struct function_use *use;
	bool enabled; /* a driver has enabled the function */
	const struct host_facts *host;
	const struct guests *guests; /* of libvirt; NULL: it was not asked */
	const char *guests_why;	     /* why not; NULL otherwise */

	/* The guest that will have it; NULL: none is chosen, and what needs one is left out. */
	const struct guest *guest;
	unsigned int where;    /* GUEST_LIVE and GUEST_CONFIG: where it will have it */
	const char *guest_uid; /* as for guest_ids_choose() */
	const char *guest_fid;
};

/* All checks. Returns 0, or -1 without storage; the report must be freed in both cases. */
int host_check(struct check_report *report, const struct check_facts *facts);
/* Those alone that ask no libvirt, for the moment before it starts a guest. */
int host_check_start(struct check_report *report, const struct check_facts *facts);

#endif
