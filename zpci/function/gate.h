/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate.h - the gate between a device and the guest (<zpci/device.h>).
 */
#ifndef ZPCI_FUNCTION_GATE_H
#define ZPCI_FUNCTION_GATE_H

#include "zpci/function/function.h"

/* With lock held. */

/* When it returns, no service that found the gate open still touches the guest. */
void zpci_gate_close(struct zpci_function *function);
/* Opens it if the device has drained, without waiting for the host. True: it is open. */
bool zpci_gate_open(struct zpci_function *function);

/* Whether the guest reaches the device: not while it drains after a function-level reset. Then it
 * reads ones, as of a PCI function that does not answer yet, and its writes are lost. Linux polls
 * for that (drivers/pci/pci.c pci_dev_wait()). */
static inline bool zpci_gate_answers(struct zpci_function *function)
{
	return !zpci_function_is_closed(function) || zpci_gate_open(function);
}

#endif
