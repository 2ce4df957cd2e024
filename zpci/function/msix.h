/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * msix.h - the MSI-X table and the pending bits.
 */
#ifndef ZPCI_FUNCTION_MSIX_H
#define ZPCI_FUNCTION_MSIX_H

#include "zpci/function/function.h"

/* The first three with the gate closed. For a device just opened, whose capability is at
 * @capability (0: none). 0; -EINVAL, after a message: its table does not fit into its BAR;
 * -ENOMEM. */
int zpci_msix_init(struct zpci_function *function, unsigned capability);
void zpci_msix_fini(struct zpci_function *function);
void zpci_msix_reset(struct zpci_function *function);
/* Bits of the upper byte of Message Control that live here: Enable and Function Mask. */
#define ZPCI_MSIX_CONTROL_OWN 0xc0
/* Their values; the other bits are 0. */
uint8_t zpci_msix_control(const struct zpci_function *function);
void zpci_msix_set_control(struct zpci_function *function, uint8_t value);
/* The guest set or cleared Bus Master, which counts for messages and for DMA. */
void zpci_msix_set_bus_master(struct zpci_function *function, bool bus_master);

/* Whether the function owns a part of @bar. */
static inline bool zpci_msix_has_bar(const struct zpci_function *function, unsigned bar)
{
	const struct zpci_msix *msix = &function->msix;

	return msix->capability && (bar == msix->bar || bar == msix->pba_bar);
}

/* Length of the run of bytes from @offset of @bar (at most @length) that are all the function's
 * own (then *@own) or all the device's. */
size_t zpci_msix_run(const struct zpci_function *function, unsigned bar, uint64_t offset,
		     size_t length, bool *own);
void zpci_msix_read(struct zpci_function *function, unsigned bar, uint64_t offset, uint8_t *data,
		    size_t length);
void zpci_msix_write(struct zpci_function *function, unsigned bar, uint64_t offset,
		     const uint8_t *data, size_t length);
void zpci_msix_raise(struct zpci_function *function, unsigned vector);

#endif
