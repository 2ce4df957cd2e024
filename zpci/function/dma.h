/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dma.h - a device's accesses to guest storage.
 */
#ifndef ZPCI_FUNCTION_DMA_H
#define ZPCI_FUNCTION_DMA_H

#include "zpci/function/function.h"

void zpci_dma_init(struct zpci_dma *dma);
void zpci_dma_fini(struct zpci_dma *dma);
/* Gets what a plugged function needs: 0 or -ENOMEM. */
int zpci_dma_provide(struct zpci_dma *dma);
/* Gives it back, also if there is nothing. */
void zpci_dma_release(struct zpci_dma *dma);
/* The services of the same names (zpci/device.h). */
int zpci_dma_read(void *function, uint64_t address, void *buffer, size_t length, uint64_t *failed);
int zpci_dma_write(void *function, uint64_t address, const void *buffer, size_t length,
		   uint64_t *failed);
int zpci_dma_readv(void *function, const struct zpci_dma_segment *segments, size_t count,
		   uint64_t *failed);
int zpci_dma_writev(void *function, const struct zpci_dma_segment *segments, size_t count,
		    uint64_t *failed);
/* MPCIFC 4 to 6, with the function's lock held: cc 1 status, or 0. When one returns, no access that
 * used the old tables is still under way. */
uint8_t zpci_dma_register(struct zpci_function *function, uint64_t pba, uint64_t pal,
			  uint64_t iota);
uint8_t zpci_dma_reregister(struct zpci_function *function, uint64_t pba, uint64_t pal,
			    uint64_t iota);
uint8_t zpci_dma_deregister(struct zpci_function *function);
/* Returns when no access that was under way still is. */
void zpci_dma_drain(struct zpci_function *function);
/* RPCIT, with the function's lock held: cc 1 status, or 0. */
uint8_t zpci_dma_refresh(struct zpci_function *function, uint64_t start, uint64_t length);
/* The same for a function in error, where the answer is known before. */
void zpci_dma_forget(struct zpci_function *function, uint64_t start, uint64_t length);

#endif
