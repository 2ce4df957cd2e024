/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * software.h - what the adapters of all software models have in common.
 *
 * Internal to zpci/device. described.c calls these functions for a model that has describe();
 * probe calls them itself, so that an access to its registers is one call less.
 */
#ifndef ZPCI_DEVICE_SOFTWARE_H
#define ZPCI_DEVICE_SOFTWARE_H

#include "zpci/device/config_space.h"

/* For zpci_model.create. @description is copied. 0, -ENOMEM, or -EINVAL and a
 * message for a description that makes no sense or a VF whose RID is beyond 0xff. */
int zpci_software_create(const struct zpci_pci_description *description,
			 const struct zpci_adapter_options *options, void **adapter);
/* Is a zpci_model.destroy. */
void zpci_software_destroy(void *adapter);
/* For zpci_model.open: config space and identity of function @vf. Any thread. */
void zpci_software_open(void *adapter, unsigned vf, struct zpci_config_space *config,
			struct zpci_identity *identity);

#endif
