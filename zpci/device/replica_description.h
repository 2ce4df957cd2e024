/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replica_description.h - what a replica's functions are: a checked copy of <zpci/replica.h>.
 *
 * Internal to zpci/device.
 */
#ifndef ZPCI_DEVICE_REPLICA_DESCRIPTION_H
#define ZPCI_DEVICE_REPLICA_DESCRIPTION_H

#include <zpci/device.h>
#include <zpci/replica.h>

#include "zpci/util/registers.h"

/* A function; constant after zpci_replica_take(). */
struct zpci_replica_own {
	unsigned vf;
	bool physical;
	uint8_t devfn;
	struct zpci_bar bars[ZPCI_BARS];
	uint8_t initial[ZPCI_CONFIG_SIZE]; /* after a reset */
	struct zpci_registers registers;   /* its BARs included */
};

struct zpci_replica_adapter {
	size_t count;
	struct zpci_replica_own functions[];
};

/* Takes @options->description. 0 and *@adapter, which free() frees; -ENOMEM; or -EINVAL after a
 * message. */
int zpci_replica_take(const struct zpci_adapter_options *options,
		      struct zpci_replica_adapter **adapter);
/* The function @vf; NULL: it is not described. */
const struct zpci_replica_own *zpci_replica_find(const struct zpci_replica_adapter *adapter,
						 unsigned vf);

#endif
