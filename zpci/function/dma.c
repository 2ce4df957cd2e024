// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A device's accesses to guest storage, and the registration that allows them.
 *
 * dma.lock is a readers-writer lock. A device's thread takes it for reading, for a piece of at most
 * 64 KiB, copy included. Operations that take translations away (RPCIT, DEREG, REREG, disable,
 * reset) take it for writing, so that no access by an old translation is still running when they
 * return. Writers are preferred: a device that never stops must not keep the guest waiting.
 *
 *	transfer   of some segments, each with a DMA address and a buffer
 *	  piece    with the lock held: up to 64 KiB, parts of any number of segments
 *	    run    one access of the machine: pages of a segment whose frames follow each other
 *
 * So long DMA costs little more than its copy, and many short segments share one taking of the
 * lock. Each run costs time beside that of its bytes, so the number of runs in a piece is bounded,
 * too.
 *
 * Without Bus Master in the Command register a function makes no accesses at all. The device is
 * told so, and no event is queued.
 *
 * A refused access puts the function into the error state and queues one error event (reference
 * 8.5). The device is told as well, with the address.
 */
#define _GNU_SOURCE /* pthread_rwlockattr_setkind_np */
#include "zpci/function/dma.h"

#include <errno.h>
#include <stdlib.h>

#include <zpci/event.h>

#include "zpci/function/fmb.h"
#include "zpci/function/ioat.h"
#include "zpci/function/platform.h"
#include "zpci/function/push.h"
#include "zpci/function/state.h"

/* At most so many bytes and runs make a piece. */
#define PIECE 65536u
#define RUNS 256u
/* The end of a piece does not cut a segment up to this length, which may have to be moved at
 * once. */
#define SINGLE 8u
#define PAGE 4096u

void zpci_dma_init(struct zpci_dma *dma)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&dma->lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

int zpci_dma_provide(struct zpci_dma *dma)
{
	const uintptr_t mask = sizeof(*dma->ioat.cache) - 1;
	struct zpci_ioat *ioat = &dma->ioat;

	/* The system gives zeroed pages when they are touched: a function without DMA needs
	 * none. */
	ioat->memory = calloc(ZPCI_IOAT_CACHE + 1, sizeof(*ioat->cache));
	if (!ioat->memory)
		return -ENOMEM;
	ioat->cache = (struct zpci_ioat_entry *)(((uintptr_t)ioat->memory + mask) & ~mask);
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
	pthread_rwlock_destroy(&dma->lock);
}

/* A transfer: where it is, and the segments that follow. With @write, @buffer is only read. */
struct transfer {
	struct zpci_function *function;
	uint64_t address;
	uint8_t *buffer;
	size_t length; /* left of this segment; 0: the transfer is over */
	const struct zpci_dma_segment *next, *end;
	bool write;
};

/* If this segment is done, goes on to the next one that is not empty. */
static void next_segment(struct transfer *transfer)
{
	while (!transfer->length && transfer->next != transfer->end) {
		transfer->address = transfer->next->address;
		transfer->buffer = transfer->next->buffer;
		transfer->length = transfer->next->length;
		transfer->next++;
	}
}

static size_t left_in_page(const struct transfer *transfer)
{
	return PAGE - transfer->address % PAGE;
}

/* Cuts *@length to what lies in storage without a gap, and says where that begins. If a page behind
 * the first cannot be translated, the run ends before it; the next run finds the error. */
static uint16_t find_run(struct transfer *transfer, size_t *length, uint64_t *absolute)
{
	struct zpci_function *function = transfer->function;
	size_t run = left_in_page(transfer);
	uint16_t pec;
	uint64_t next;

	pec = zpci_ioat_translate(function, transfer->address, transfer->write, absolute);
	if (pec)
		return pec;
	for (; run < *length; run += PAGE)
		if (zpci_ioat_translate(function, transfer->address + run, transfer->write,
					&next) ||
		    next != *absolute + run)
			break;
	if (*length > run)
		*length = run;
	return 0;
}

static int access_storage(const struct transfer *transfer, uint64_t absolute, size_t length)
{
	const struct zpci_function_parent *parent = transfer->function->parent;
	const struct zpci_machine_ops *ops = &parent->machine_ops;

	return transfer->write
		       ? ops->write_absolute(parent->machine, absolute, transfer->buffer, length)
		       : ops->read_absolute(parent->machine, absolute, transfer->buffer, length);
}

/* Moves one run of at most @most bytes; *@moved: its length. If the machine refuses a run, its
 * first page is tried alone, so that in the end the first page that the machine refuses is
 * found. */
static uint16_t move_run(struct transfer *transfer, size_t most, size_t *moved)
{
	uint64_t absolute;
	size_t length = most;
	uint16_t pec = find_run(transfer, &length, &absolute);
	int rc;

	if (pec)
		return pec;
	rc = access_storage(transfer, absolute, length);
	if (rc && length > left_in_page(transfer)) {
		length = left_in_page(transfer);
		rc = access_storage(transfer, absolute, length);
	}
	if (rc)
		return ZPCI_PEC_DMA_STORAGE;
	zpci_fmb_count(&transfer->function->fmb,
		       transfer->write ? ZPCI_COUNT_DMA_WRITTEN : ZPCI_COUNT_DMA_READ, length);
	*moved = length;
	return 0;
}

/* Moves up to a piece; @transfer is then at what comes next. With the lock held. */
static int move_piece(struct transfer *transfer, uint16_t *pec)
{
	size_t left = PIECE, moved;

	if (zpci_function_is_closed(transfer->function))
		return -ECANCELED;
	if (zpci_function_state(transfer->function) != ZPCI_STATE_ENABLED ||
	    !atomic_load(&transfer->function->bus_master))
		return -ENODEV;
	for (unsigned run = 0; run < RUNS && left && transfer->length; run++) {
		if (transfer->length > left && transfer->length <= SINGLE)
			break;
		*pec = move_run(transfer, transfer->length < left ? transfer->length : left,
				&moved);
		if (*pec)
			return -EFAULT;
		transfer->address += moved;
		transfer->buffer += moved;
		transfer->length -= moved;
		left -= moved;
		next_segment(transfer);
	}
	return 0;
}

static int move(struct transfer *transfer, uint64_t *failed)
{
	struct zpci_dma *dma = &transfer->function->dma;
	uint16_t pec = 0;
	int rc = 0;

	next_segment(transfer);
	while (transfer->length && !rc) {
		pthread_rwlock_rdlock(&dma->lock);
		rc = move_piece(transfer, &pec);
		/* Before the lock is given back, so that a drain waits for the event as well. */
		if (pec)
			zpci_function_fail(transfer->function, pec, transfer->address);
		pthread_rwlock_unlock(&dma->lock);
	}
	if (rc && failed)
		*failed = transfer->address;
	return rc;
}

int zpci_dma_readv(void *function, const struct zpci_dma_segment *segments, size_t count,
		   uint64_t *failed)
{
	struct transfer transfer = { .function = function,
				     .next = segments,
				     .end = segments + count };

	return move(&transfer, failed);
}

int zpci_dma_writev(void *function, const struct zpci_dma_segment *segments, size_t count,
		    uint64_t *failed)
{
	struct transfer transfer = {
		.function = function, .write = true, .next = segments, .end = segments + count
	};

	return move(&transfer, failed);
}

int zpci_dma_read(void *function, uint64_t address, void *buffer, size_t length, uint64_t *failed)
{
	struct transfer transfer = {
		.function = function, .address = address, .buffer = buffer, .length = length
	};

	return move(&transfer, failed);
}

int zpci_dma_write(void *function, uint64_t address, const void *buffer, size_t length,
		   uint64_t *failed)
{
	struct transfer transfer = { .function = function,
				     .address = address,
				     .buffer = (void *)buffer,
				     .length = length,
				     .write = true };

	return move(&transfer, failed);
}

void zpci_dma_drain(struct zpci_function *function)
{
	pthread_rwlock_wrlock(&function->dma.lock);
	pthread_rwlock_unlock(&function->dma.lock);
}

/* Whether the group offers the tables that @iota designates. Its mask has a bit for each
 * designation type, from the most significant bit on; types above region-first are no tables. */
static bool is_offered(const struct zpci_group *group, uint64_t iota)
{
	uint64_t type = iota & ZPCI_IOTA_DT_MASK;

	return (iota & ZPCI_IOTA_TRANSLATE) && type <= ZPCI_IOTA_DT_RF &&
	       group->designations & 0x80 >> (type >> 2);
}

/* Whether the range and the tables are ones that were published. Others are refused with a status:
 * Linux does not survive a program interruption here. */
static bool acceptable(const struct zpci_function *function, uint64_t pba, uint64_t pal,
		       uint64_t iota)
{
	const struct zpci_platform *platform = &function->platform;

	return pba <= pal && pba >= platform->dma_start &&
	       pal <= zpci_platform_dma_limit(platform) && is_offered(&platform->group, iota);
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

	zpci_function_assert_locked(function);
	pba &= ~(uint64_t)(PAGE - 1);
	pal |= PAGE - 1;
	pthread_rwlock_wrlock(&dma->lock);
	if (dma->ioat.registered != registered) {
		status = ZPCI_STATUS_SEQUENCE;
	} else if (!acceptable(function, pba, pal, iota)) {
		status = ZPCI_STATUS_RESOURCES;
	} else {
		zpci_ioat_invalidate(&dma->ioat, 0, UINT64_MAX);
		set(&dma->ioat, pba, pal, iota);
	}
	pthread_rwlock_unlock(&dma->lock);
	return status;
}

/* A device may use what is valid in the tables from their registration on: what a device that maps
 * may use is mapped now. */
static uint8_t push_all(struct zpci_function *function)
{
	uint8_t status = zpci_push_refresh(function, 0, UINT64_MAX);

	if (status != ZPCI_STATUS_RESOURCES)
		return 0;
	zpci_dma_deregister(function);
	return status;
}

uint8_t zpci_dma_register(struct zpci_function *function, uint64_t pba, uint64_t pal, uint64_t iota)
{
	uint8_t status = change(function, false, pba, pal, iota);

	return status ? status : push_all(function);
}

uint8_t zpci_dma_reregister(struct zpci_function *function, uint64_t pba, uint64_t pal,
			    uint64_t iota)
{
	uint8_t status = change(function, true, pba, pal, iota);

	if (status)
		return status;
	zpci_push_drop(function);
	return push_all(function);
}

uint8_t zpci_dma_deregister(struct zpci_function *function)
{
	struct zpci_dma *dma = &function->dma;
	bool was;

	zpci_function_assert_locked(function);
	pthread_rwlock_wrlock(&dma->lock);
	was = dma->ioat.registered;
	dma->ioat.registered = false;
	zpci_ioat_invalidate(&dma->ioat, 0, UINT64_MAX);
	pthread_rwlock_unlock(&dma->lock);
	zpci_push_drop(function);
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

	zpci_function_assert_locked(function);
	pthread_rwlock_wrlock(&dma->lock);
	if (!ioat->registered)
		status = ZPCI_STATUS_DMA_SPACE;
	else if (last < ioat->pba || start > ioat->pal)
		status = ZPCI_STATUS_RANGE;
	else
		zpci_ioat_invalidate(ioat, start, last);
	pthread_rwlock_unlock(&dma->lock);
	return status;
}

void zpci_dma_forget(struct zpci_function *function, uint64_t start, uint64_t length)
{
	struct zpci_dma *dma = &function->dma;

	zpci_function_assert_locked(function);
	pthread_rwlock_wrlock(&dma->lock);
	zpci_ioat_invalidate(&dma->ioat, start, last_of(start, length));
	pthread_rwlock_unlock(&dma->lock);
}
