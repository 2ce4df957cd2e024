/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_list.h - for those that fill a struct guests; guests.h is for those that look at it. */
#ifndef ZPCI_TOOL_HOST_GUEST_LIST_H
#define ZPCI_TOOL_HOST_GUEST_LIST_H

#include "guests.h"

/* The guest of this name, which is added if it is not there. NULL: out of memory. It stays valid
 * until the next guest is added. */
struct guest *guests_add(struct guests *guests, const char *name);

/* Adds @function, whose strings the guest takes; or takes note that the function, which it has
 * already, is in another place too. Returns 0, or -1 and the problem: then @function is still the
 * caller's. */
int guest_add_function(struct guest *guest, struct guest_function *function,
		       struct problem *problem);
/* Frees the strings. */
void guest_function_clear(struct guest_function *function);

void guests_sort(struct guests *guests);

#endif
