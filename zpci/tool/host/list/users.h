/* SPDX-License-Identifier: GPL-2.0-or-later */
/* users.h - the guests that have a function of this host, for list and show. */
#ifndef ZPCI_TOOL_HOST_USERS_H
#define ZPCI_TOOL_HOST_USERS_H

#include <stdbool.h>

#include "zpci/tool/host/guests/guests.h"
#include "zpci/inventory/inventory.h"
#include "zpci/tool/options.h"
#include "zpci/util/json.h"

struct users {
	bool read; /* libvirt answered; else @problem, "" if it was not asked */
	struct guests guests;
	struct problem problem;
};

/*
 * Asks libvirt, unless --no-libvirt says not to. If --sysfs has a copy of another machine's
 * functions, the libvirt of this one is not asked, but one that --connect names. The users must be
 * freed.
 */
void users_read(struct users *users, const struct tool_options *options);
void users_free(struct users *users);

/* "web1 (live and definition), db (definition)"; "-" = none, "?" = not known. Allocated; NULL: out
 * of memory. */
char *users_text(const struct users *users, const struct function *f);
/* The member "guests", an array; null if it is not known. */
void users_json(struct json *j, const struct users *users, const struct function *f);

#endif
