/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_space.h - the config space of a software device.
 *
 * Internal to zpci/device. A real device has a config space of its own and needs nothing of this.
 */
#ifndef ZPCI_DEVICE_CONFIG_SPACE_H
#define ZPCI_DEVICE_CONFIG_SPACE_H

#include <zpci/device.h>

/*
 * The registers as bytes, in address order:
 *
 *	byte     what is read now
 *	writable bits that a write changes; all others are read-only
 *	initial  what a reset puts back
 *
 * No lock: config operations of one device are called one at a time.
 */
struct zpci_config_space {
	uint8_t byte[ZPCI_CONFIG_SIZE];
	uint8_t writable[ZPCI_CONFIG_SIZE];
	uint8_t initial[ZPCI_CONFIG_SIZE];
};

/* The config space of a PF at devfn 0; @vfs 0: without SR-IOV capability. */
void zpci_config_space_init_pf(struct zpci_config_space *space,
			       const struct zpci_pci_description *description, unsigned vfs);
/* The config space of a VF as hardware has it: see ZPCI_DEVICE_RAW. */
void zpci_config_space_init_vf(struct zpci_config_space *space,
			       const struct zpci_pci_description *description);

/* As zpci_model.config_read and .config_write. A write returns true if it asks for a function
 * level reset: the device then resets itself, this config space included. */
void zpci_config_space_read(const struct zpci_config_space *space, unsigned offset, void *data,
			    unsigned length);
bool zpci_config_space_write(struct zpci_config_space *space, unsigned offset, const void *data,
			     unsigned length);
/* All registers as after init. */
void zpci_config_space_reset(struct zpci_config_space *space);

#endif
