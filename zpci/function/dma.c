/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device's accesses to guest storage, and the registration that allows them.
 *
 * The gate is a readers-writer lock. DMA runs as reader, in pieces of at most 64 KiB, copy
 * included; who takes translations away (RPCIT, DEREG, REREG, disable, reset) does it as writer,
 * so that none of its old accesses is still running when it returns. Writers are preferred: a
 * device that never stops must not keep the guest waiting.
 *
 * Without Bus Master in the Command register a function makes no accesses at all: the device is
 * told so, and no event is queued.
 *
 * The gate of <zpci/device.h> is looked at inside of it.
 *
 * A refused access puts the function into the error state and queues one error event
 * (reference 8.5). The device learns that too and sees the address.
 */
#define _GNU_SOURCE /* pthread_rwlockattr_setkind_np */
#include "zpci/function/function.h"

#include <errno.h>
#include <stdlib.h>

#include <zpci/event.h>

#define PIECE 65536u
#define PAGE 4096u

int zpci_dma_init(struct zpci_dma *dma)
{
	const uintptr_t mask = sizeof(*dma->ioat.cache) - 1;
	struct zpci_ioat *ioat = &dma->ioat;
	pthread_rwlockattr_t attributes;

	/* Zeroed by the system: a function that makes no DMA costs no memory. */
	ioat->memory = calloc(ZPCI_IOAT_CACHE + 1, sizeof(*ioat->cache));
	if (!ioat->memory)
		return -ENOMEM;
	ioat->cache = (struct zpci_ioat_entry *)(((uintptr_t)ioat->memory + mask) & ~mask);
	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&dma->gate, &attributes);
	pthread_rwlockattr_destroy(&attributes);
	return 0;
}

void zpci_dma_release(struct zpci_dma *dma)
{
	free(dma->ioat.memory);
	dma->ioat.memory = NULL;
	dma->ioat.cache = NULL;
}

void zpci_dma_fini(struct zpci_dma *dma)
{
	zpci_dma_release(dma);
	pthread_rwlock_destroy(&dma->gate);
}

/* One transfer, its direction in @write; @buffer is only read then. */
struct transfer {
	struct zpci_function *function;
	uint64_t address;
	uint8_t *buffer;
	size_t length;
	bool write;
};

static int move_in_page(struct transfer *transfer, size_t length, uint16_t *pec)
{
	const struct zpci_function_parent *parent = transfer->function->parent;
	const struct zpci_machine_ops *ops = &parent->machine_ops;
	uint64_t absolute;
	int rc;

	*pec = zpci_ioat_translate(transfer->function, transfer->address, transfer->write,
				   &absolute);
	if (*pec)
		return -EFAULT;
	if (transfer->write)
		rc = ops->write_absolute(parent->machine, absolute, transfer->buffer, length);
	else
		rc = ops->read_absolute(parent->machine, absolute, transfer->buffer, length);
	if (rc)
		*pec = ZPCI_PEC_DMA_STORAGE;
	return rc ? -EFAULT : 0;
}

/* Moves up to a piece inside the gate, leaving @transfer at what comes next. */
static int move_piece(struct transfer *transfer, uint16_t *pec)
{
	size_t left = transfer->length < PIECE ? transfer->length : PIECE;
	int rc = 0;

	if (zpci_function_is_closed(transfer->function))
		return -ECANCELED;
	if (zpci_function_state(transfer->function) != ZPCI_STATE_ENABLED ||
	    !atomic_load(&transfer->function->bus_master))
		return -ENODEV;
	while (left && !rc) {
		size_t length = PAGE - transfer->address % PAGE;

		if (length > left)
			length = left;
		rc = move_in_page(transfer, length, pec);
		if (rc)
			break;
		zpci_fmb_count(&transfer->function->fmb,
			       transfer->write ? ZPCI_COUNT_DMA_WRITTEN : ZPCI_COUNT_DMA_READ,
			       length);
		transfer->address += length;
		transfer->buffer += length;
		transfer->length -= length;
		left -= length;
	}
	return rc;
}

static int move(struct transfer *transfer, uint64_t *failed)
{
	struct zpci_dma *dma = &transfer->function->dma;
	uint16_t pec = 0;
	int rc = 0;

	while (transfer->length && !rc) {
		pthread_rwlock_rdlock(&dma->gate);
		rc = move_piece(transfer, &pec);
		/* Inside, so that who closes the gate or drains it waits for the event as well. */
		if (pec)
			zpci_function_fail(transfer->function, pec, transfer->address);
		pthread_rwlock_unlock(&dma->gate);
	}
	if (rc && failed)
		*failed = transfer->address;
	return rc;
}

int zpci_dma_read(void *function, uint64_t address, void *buffer, size_t length, uint64_t *failed)
{
	struct transfer transfer = { function, address, buffer, length, false };

	return move(&transfer, failed);
}

int zpci_dma_write(void *function, uint64_t address, const void *buffer, size_t length,
		   uint64_t *failed)
{
	struct transfer transfer = { function, address, (uint8_t *)buffer, length, true };

	return move(&transfer, failed);
}

void zpci_dma_drain(struct zpci_function *function)
{
	pthread_rwlock_wrlock(&function->dma.gate);
	pthread_rwlock_unlock(&function->dma.gate);
}

/* A range and an anchor that we walk: what the group publishes, one region-third table. Others
 * are refused with a status, not a program interruption: Linux does not survive one here. */
static bool acceptable(const struct zpci_function *function, uint64_t pba, uint64_t pal,
		       uint64_t iota)
{
	const struct zpci_group *group = function->group;

	return pba <= pal && pba >= group->dma_start && pal <= group->dma_end &&
	       (iota & ZPCI_IOTA_TRANSLATE) && (iota & ZPCI_IOTA_DT_MASK) == ZPCI_IOTA_DT_RT;
}

static void set(struct zpci_ioat *ioat, uint64_t pba, uint64_t pal, uint64_t iota)
{
	ioat->registered = true;
	ioat->pba = pba;
	ioat->pal = pal;
	ioat->iota = iota;
}

static uint8_t change(struct zpci_function *function, bool registered, uint64_t pba, uint64_t pal,
		      uint64_t iota)
{
	struct zpci_dma *dma = &function->dma;
	uint8_t status = 0;

	pba &= ~(uint64_t)(PAGE - 1);
	pal |= PAGE - 1;
	pthread_rwlock_wrlock(&dma->gate);
	if (dma->ioat.registered != registered) {
		status = ZPCI_STATUS_SEQUENCE;
	} else if (!acceptable(function, pba, pal, iota)) {
		status = ZPCI_STATUS_RESOURCES;
	} else {
		zpci_ioat_invalidate(&dma->ioat, 0, UINT64_MAX);
		set(&dma->ioat, pba, pal, iota);
	}
	pthread_rwlock_unlock(&dma->gate);
	return status;
}

uint8_t zpci_dma_register(struct zpci_function *function, uint64_t pba, uint64_t pal, uint64_t iota)
{
	return change(function, false, pba, pal, iota);
}

uint8_t zpci_dma_reregister(struct zpci_function *function, uint64_t pba, uint64_t pal,
			    uint64_t iota)
{
	return change(function, true, pba, pal, iota);
}

uint8_t zpci_dma_deregister(struct zpci_function *function)
{
	struct zpci_dma *dma = &function->dma;
	bool was;

	pthread_rwlock_wrlock(&dma->gate);
	was = dma->ioat.registered;
	dma->ioat.registered = false;
	zpci_ioat_invalidate(&dma->ioat, 0, UINT64_MAX);
	pthread_rwlock_unlock(&dma->gate);
	return was ? 0 : ZPCI_STATUS_SEQUENCE;
}

/* Last byte of a refresh. */
static uint64_t last_of(uint64_t start, uint64_t length)
{
	uint64_t last = length ? start + length - 1 : start;

	return last < start ? UINT64_MAX : last; /* wrapped: to the end of the address space */
}

uint8_t zpci_dma_refresh(struct zpci_function *function, uint64_t start, uint64_t length)
{
	struct zpci_dma *dma = &function->dma;
	struct zpci_ioat *ioat = &dma->ioat;
	uint64_t last = last_of(start, length);
	uint8_t status = 0;

	pthread_rwlock_wrlock(&dma->gate);
	if (!ioat->registered)
		status = ZPCI_STATUS_DMA_SPACE;
	else if (last < ioat->pba || start > ioat->pal)
		status = ZPCI_STATUS_RANGE;
	else
		zpci_ioat_invalidate(ioat, start, last);
	pthread_rwlock_unlock(&dma->gate);
	return status;
}

void zpci_dma_forget(struct zpci_function *function, uint64_t start, uint64_t length)
{
	struct zpci_dma *dma = &function->dma;

	pthread_rwlock_wrlock(&dma->gate);
	zpci_ioat_invalidate(&dma->ioat, start, last_of(start, length));
	pthread_rwlock_unlock(&dma->gate);
}
