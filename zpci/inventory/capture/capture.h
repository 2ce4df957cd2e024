/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - writes the functions of this Linux as a configuration, zpci.conf(5), which gives the
 * same functions to a guest: zpci-replica(7).
 */
#ifndef ZPCI_INVENTORY_CAPTURE_H
#define ZPCI_INVENTORY_CAPTURE_H

#include <stdio.h>

#include "zpci/inventory/inventory.h"

struct capture_options {
	const struct function *const *functions; /* those to capture, which are in the inventory */
	size_t count;				 /* 0: all */
	bool anonymous;				 /* nothing that names a machine */
};

/* Write the configuration to @out. Returns 0, or -1 and the problem: no storage. */
int capture_write(FILE *out, const struct inventory *inventory,
		  const struct capture_options *options, struct problem *problem);

#endif
