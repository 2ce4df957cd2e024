/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk_device.h - the device of desk.h as a zpci_model of the library.
 */
#ifndef TESTS_MODEL_DESK_DEVICE_H
#define TESTS_MODEL_DESK_DEVICE_H

#include <zpci/device.h>

#include "desk.h"

struct desk_device {
	struct desk *desk;
	unsigned vf;
	const struct zpci_services *services;
	uint8_t config[ZPCI_CONFIG_SIZE];
	uint8_t bar0[DESK_BAR0_SIZE];
	uint8_t bar2[DESK_BAR2_SIZE];
};

/* Its adapter; NULL: that function is not open. */
struct desk {
	struct desk_device *devices[DESK_VFS + 1];
};

extern const struct zpci_model desk_model;

/* Its newest adapter. */
extern struct desk *desk_last;

/* One DMA as the descriptor in BAR 0 says, from any thread. */
void desk_engine(struct desk_device *device);

#endif
