/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.h - a list of names, such as those of network devices, in the order of their characters. */
#ifndef ZPCI_INVENTORY_NAMES_H
#define ZPCI_INVENTORY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* sysfs is not trusted: a list has at most so many names. */
#define NAMES_MAX 1024

struct names {
	char **items;
	size_t count;
	bool more; /* there are more than NAMES_MAX, or no storage for them */
};

/* Add a copy of @name, unless it is there already. */
void names_add(struct names *names, const char *name);
bool names_have(const struct names *names, const char *name);
void names_free(struct names *names);

#endif
