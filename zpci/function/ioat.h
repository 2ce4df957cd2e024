/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ioat.h - I/O address translation.
 */
#ifndef ZPCI_FUNCTION_IOAT_H
#define ZPCI_FUNCTION_IOAT_H

#include "zpci/function/function.h"

/* Bit 0 of a frame: the device may write to it. */
#define ZPCI_IOAT_WRITABLE 1ull

/* Result of a translation: 0, or the PEC (enum zpci_pec) of an access to it. With dma.lock held. */
uint16_t zpci_ioat_translate(struct zpci_function *function, uint64_t address, bool write,
			     uint64_t *absolute);
/* Last DMA address that the tables at @iota have an entry for. */
uint64_t zpci_ioat_reach(uint64_t iota);
/* What the tables say of the page of @address, which they reach, without the cache, and also
 * outside of the registered range: 0 and its @frame, or the PEC of an access. *@span: length of the
 * block around @address, a multiple of its length, that has one entry: a frame of that size, or an
 * invalid entry. With the function's lock held, or dma.lock. */
uint16_t zpci_ioat_walk(struct zpci_function *function, uint64_t address, uint64_t *frame,
			uint64_t *span);
/* Takes [@start, @last] out of the cache. With dma.lock held for writing. */
void zpci_ioat_invalidate(struct zpci_ioat *ioat, uint64_t start, uint64_t last);

#endif
