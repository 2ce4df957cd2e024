/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bind.h - binds a function to vfio-pci, and puts its old driver back. */
#ifndef INSPECT_BIND_H
#define INSPECT_BIND_H

#include <stdbool.h>

#include "zpci/inventory/problem.h"
#include "zpci/inventory/sysfs.h"

struct binding {
	char address[PCI_ADDRESS_SIZE]; /* "": there is nothing to put back */
	char old_driver[64];		/* "": none */
	char old_override[64];		/* "": none */
	bool override_changed;
	bool unbound; /* from the old driver */
};

/* Bind the function at @address to vfio-pci. Call binding_restore() even if this failed. */
int binding_take(struct binding *binding, const char *address, struct problem *problem);

/* Bind the function again after the kernel has made a new device of it, which has no driver. */
int binding_renew(struct binding *binding, struct problem *problem);

/* Put everything back. It goes on after an error, and reports the first one. */
int binding_restore(struct binding *binding, struct problem *problem);

#endif
