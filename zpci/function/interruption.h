/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interruption.h - from a message to AIBV, AISB and adapter interruption.
 */
#ifndef ZPCI_FUNCTION_INTERRUPTION_H
#define ZPCI_FUNCTION_INTERRUPTION_H

#include <zpci/fib.h>

#include "zpci/function/function.h"

/* MPCIFC 2 and 3, with lock held: cc 1 status, or 0. */
uint8_t zpci_interruption_register(struct zpci_function *function, const struct zpci_fib *fib);
uint8_t zpci_interruption_deregister(struct zpci_function *function);
/* An MSI message to our group's address: sets the bits for @number, with interruption.lock held.
 * Returns the mask of ISCs (bit n: ISC n) to present afterwards. */
uint8_t zpci_interruption_signal(struct zpci_function *function, uint32_t number);
/* Returns when no thread that saw the gate open is setting an indicator bit. */
void zpci_interruption_drain(struct zpci_function *function);

#endif
