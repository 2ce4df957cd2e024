/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mounts.h - which block devices are mounted, or hold swap space, from /proc. */
#ifndef ZPCI_INVENTORY_MOUNTS_H
#define ZPCI_INVENTORY_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"

/* What /proc/self/mountinfo and /proc/swaps say. */
struct mounts {
	char *mountinfo; /* NULL: not read */
	char *swaps;
};

/* @problem says what was not read, and is "" if all was. The mounts must be freed. */
void mounts_read(struct mounts *mounts, struct problem *problem);
void mounts_free(struct mounts *mounts);

/*
 * Calls @found with each place where the block device @name, whose number is @number ("259:0"), is
 * mounted.
 */
void mounts_find(const struct mounts *mounts, const char *name, const char *number,
		 void (*found)(void *opaque, const char *place), void *opaque);
bool mounts_swap(const struct mounts *mounts, const char *name);

#endif
