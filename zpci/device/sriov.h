/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sriov.h - what a PF says about its VFs.
 *
 * Internal to zpci/device.
 */
#ifndef ZPCI_DEVICE_SRIOV_H
#define ZPCI_DEVICE_SRIOV_H

#include <zpci/device.h>

/* How to reach the config space of a PF; as zpci_model.config_read and .config_write. */
struct zpci_config_access {
	void (*read)(void *config, unsigned offset, void *data, unsigned length);
	void (*write)(void *config, unsigned offset, const void *data, unsigned length);
	void *config;
};

/* What all VFs of a PF have in common. */
struct zpci_sriov {
	uint16_t vendor_id;
	uint16_t vf_device_id;
	uint32_t class_code;
	uint8_t revision;
	uint16_t vfs; /* Total VFs */
	uint8_t pf_devfn;
	uint16_t offset; /* First VF Offset */
	uint16_t stride; /* VF Stride */
	struct zpci_bar bars[ZPCI_BARS];
};

/*
 * zpci_sriov_read - learn about VFs from the PF's config space.
 * @pf:       the PF; its VF BARs are written to size them, and restored: the VFs must not be in use
 * @pf_devfn: where the PF is on its bus
 * Returns 0; -ENOENT (no SR-IOV capability); -EINVAL (a VF BAR that is not memory of at least
 * 4 KiB, or a capability list that does not end).
 */
int zpci_sriov_read(const struct zpci_config_access *pf, uint8_t pf_devfn,
		    struct zpci_sriov *sriov);

/* Routing ID within the bus of VF @vf (from 1); above 0xff: it has none. */
uint32_t zpci_sriov_rid(const struct zpci_sriov *sriov, unsigned vf);

/*
 * zpci_sriov_identity - what VF @vf (from 1) is.
 * Returns 0; -EINVAL (no such VF); -ERANGE (its routing ID lies beyond devfn 255: s390 has one
 * bus per adapter).
 */
int zpci_sriov_identity(const struct zpci_sriov *sriov, unsigned vf,
			struct zpci_identity *identity);

#endif
