/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fmb.h - the function measurement block.
 */
#ifndef ZPCI_FUNCTION_FMB_H
#define ZPCI_FUNCTION_FMB_H

#include "zpci/function/function.h"

/* Length of the block in bytes: format 0. */
#define ZPCI_FMB_LENGTH 64

void zpci_fmb_init(struct zpci_measurement *fmb);
void zpci_fmb_fini(struct zpci_measurement *fmb);
/* As those of DMA. @paused: the machine is quiesced. */
int zpci_fmb_provide(struct zpci_function *function, bool paused);
void zpci_fmb_release(struct zpci_function *function);
/* MPCIFC 10: @address is the FIB's; 0 ends measurement. False: the address carries a key. */
bool zpci_fmb_set(struct zpci_function *function, uint64_t address);
/* Stores nothing until resumed. */
void zpci_fmb_quiesce(struct zpci_function *function);
void zpci_fmb_resume(struct zpci_function *function);
/* The address as given, 0: off. */
uint64_t zpci_fmb_address(struct zpci_function *function);

/* Counts, while a block is registered. */
static inline void zpci_fmb_count(struct zpci_measurement *fmb, enum zpci_counter counter,
				  uint64_t amount)
{
	if (atomic_load_explicit(&fmb->address, memory_order_relaxed))
		atomic_fetch_add_explicit(&fmb->counters[counter], amount, memory_order_relaxed);
}

#endif
