/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect.h - the facts that checks look at, from sysfs and from the Linux that runs here. */
#ifndef ZPCI_TOOL_HOST_CHECK_COLLECT_H
#define ZPCI_TOOL_HOST_CHECK_COLLECT_H

#include <sys/utsname.h>

#include "check.h"

struct check_facts_storage {
	struct function_use use;
	struct host_facts host;
	struct utsname name;
};

/*
 * Fills @facts for @function, but for what is of guests: there are none, and `guests_why` has to be
 * set; and but for the kernel's configuration, on which no failure depends. Facts of the Linux that
 * runs here count only if sysfs is its own. Free @storage after the last use of @facts.
 */
void check_facts_collect(struct check_facts *facts, struct check_facts_storage *storage,
			 const struct inventory *inventory, const struct function *function);
void check_facts_free(struct check_facts_storage *storage);

#endif
