/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/replica.h - a description of functions of another machine, for the device model replica.
 *
 * The model replica shows a guest the functions that it was told about: their config space, IDs,
 * class, BARs. They do nothing else. The BARs read as zero and ignore writes, but for the MSI-X
 * table; there is no DMA, and no interrupt. So a guest's kernel finds the topology of a machine
 * that is not there, and a driver that binds to a function fails.
 *
 * A config space is bytes in address order, as Linux shows it in sysfs. What software or events
 * had set there is set aside, so that a function is as after a reset: Command, Status, the
 * addresses in BARs, the expansion ROM, messages, power state, VF Enable, Number of VFs. What a
 * guest can write follows PCI's rules for the header and for the standard capabilities: power
 * management, VPD (which reads as zero), MSI, PCI Express, MSI-X, error reporting, SR-IOV. All else
 * is read-only.
 */
#ifndef ZPCI_REPLICA_H
#define ZPCI_REPLICA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest BAR: Linux on s390 has 48 bits for the offset in one (arch/s390/include/asm/pci_io.h,
 * ZPCI_IOMAP_SHIFT). */
#define ZPCI_REPLICA_BAR_MAX 0x800000000000ull

/* One function. */
struct zpci_replica_function {
	size_t size;	/* sizeof(struct zpci_replica_function); it follows the rule of
			      struct zpci_adapter_options */
	unsigned vf;	/* VF counted from 1; 0: the PF */
	bool physical;	/* it is a PF with VFs, also if its config space does not show that */
	bool has_devfn; /* @devfn is given. Else it is 0 for the PF, and for a VF what the
			      SR-IOV capability of the PF says, or the number of the VF */
	uint8_t devfn;	/* routing ID within the adapter's bus */
	/* The size is not to be seen in a config space. At most ZPCI_REPLICA_BAR_MAX, below 4 GiB
	 * if it is not a 64-bit BAR. */
	struct zpci_bar bars[ZPCI_BARS];
	struct zpci_bar vf_bars[ZPCI_BARS]; /* of a PF with an SR-IOV capability: those of a VF */
	const uint8_t *config;		    /* config space; at least the header's first 64 bytes */
	size_t config_length;		    /* 64 to ZPCI_CONFIG_SIZE; what is behind reads as 0 */
};

/* What zpci_adapter_options.description is for the model replica. All is copied. */
struct zpci_replica {
	size_t size; /* sizeof(struct zpci_replica); the same rule */
	/* The functions that can be borrowed, in any order. The adapter has as many VFs as
	 * zpci_adapter_options.vfs says. */
	const struct zpci_replica_function *const *functions;
	size_t count;
};

#ifdef __cplusplus
}
#endif

#endif
