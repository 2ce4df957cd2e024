/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * view.h - config space as the profile shows it to the guest.
 */
#ifndef ZPCI_FUNCTION_VIEW_H
#define ZPCI_FUNCTION_VIEW_H

#include "zpci/function/function.h"

/* Of a device just opened: learns where its config space has what the view must know. */
void zpci_view_init(struct zpci_function *function);
void zpci_view_reset(struct zpci_function *function);
/* Offset of the device's capability @id (PCI_CAP_ID_*), or 0. */
unsigned zpci_view_capability(struct zpci_function *function, uint8_t id);
/* Whose the bits of one byte of config space are. Constant while the function is plugged. */
struct zpci_config_origin zpci_view_origin(const struct zpci_function *function, unsigned offset);
/* With lock held. */
void zpci_view_read(struct zpci_function *function, unsigned offset, void *data, unsigned length);
void zpci_view_write(struct zpci_function *function, unsigned offset, const void *data,
		     unsigned length);

/* Whether the BAR exists for the guest. */
static inline bool zpci_view_has_bar(const struct zpci_function *function, unsigned bar)
{
	return bar < ZPCI_BARS && function->view.profile.bars && function->identity.bars[bar].size;
}

/* Who the function is for the guest; constant, no lock is needed. */
uint16_t zpci_view_vfn(const struct zpci_function *function);
uint16_t zpci_view_vendor_id(const struct zpci_function *function);
uint16_t zpci_view_device_id(const struct zpci_function *function);

#endif
