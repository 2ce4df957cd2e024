/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * described.h - devices whose config space the library keeps.
 *
 * Internal to zpci/device.
 */
#ifndef ZPCI_DEVICE_DESCRIBED_H
#define ZPCI_DEVICE_DESCRIBED_H

#include <zpci/device.h>

/* Replaces the operations of @model, which has describe, by those that keep a config space. */
void zpci_described_wrap(struct zpci_model *model);

/* As zpci_model.open, for a device with the operations above. @own: the model as it was, valid
 * until close; @adapter: what its create() made; @software: by zpci_software_create(). */
int zpci_described_open(const struct zpci_model *own, void *adapter, void *software, unsigned vf,
			const struct zpci_services *services, struct zpci_identity *identity,
			void **device);

#endif
