/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * use.h - what uses a function in this Linux, so that it cannot be taken away without harm.
 *
 * It is read anew with each call, as it changes at any time. A function without network devices and
 * disks, such as one for SMC-D or RDMA alone, has users that the kernel does not show.
 */
#ifndef ZPCI_INVENTORY_USE_H
#define ZPCI_INVENTORY_USE_H

#include <stddef.h>

#include "function.h"
#include "problem.h"

enum use_kind {
	USE_NET_UP,	 /* @device is up */
	USE_NET_ADDRESS, /* it has the address @by, such as 10.1.2.3/24 */
	USE_NET_MASTER,	 /* it is a part of @by: a bond, a bridge */
	USE_NET_UPPER,	 /* @by is on top of it: a VLAN, a macvlan */
	USE_BLOCK_MOUNT, /* @device, a disk or a partition, is mounted at @by */
	USE_BLOCK_SWAP,	 /* there is swap space on it */
	USE_BLOCK_HOLD,	 /* @by holds it: LVM, RAID */
	USE_KINDS
};

#define USE_NAME_SIZE 256

struct use {
	enum use_kind kind;
	char device[USE_NAME_SIZE];
	char by[USE_NAME_SIZE]; /* "" where the kind needs none; a long path is cut */
};

#define USES_MAX 1024

struct function_use {
	struct use *uses;
	size_t count;
	bool more; /* there are more than USES_MAX, or no storage for them */
	struct problem
		problem; /* what could not be read, so that `uses` may lack some; "" = none */
};

/* @use must be freed. */
void function_use_read(const struct function *f, struct function_use *use);
void function_use_free(struct function_use *use);

/* "eno200 is up", "nvme0n1p1 is mounted at /srv". */
#define USE_TEXT_SIZE (2 * USE_NAME_SIZE + 32)
void use_text(const struct use *use, char text[USE_TEXT_SIZE]);

#endif
