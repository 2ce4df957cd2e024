// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DMA by a device that accesses guest storage itself: hardware of the host behind an IOMMU, or
 * another process. A software device asks for each access by its services. Such a device cannot, so
 * it is told beforehand which storage is at which DMA addresses.
 *
 * The group of such a function publishes refresh, so that the guest executes RPCIT for new
 * translations as well as for old ones. What RPCIT does (reference 5.8):
 *
 *	1. What is mapped in the range, but is not the same in the tables any more, is unmapped.
 *	2. What is in the tables of the range, but is not mapped, is mapped.
 *
 * The unit of both is a run: DMA addresses, storage, and the host's addresses of that storage, each
 * without a gap and with the same right to write. A run that is still the same is left alone, since
 * the device may be using it. A run is never changed or cut, because IOMMUs of hosts can do
 * neither. If one of its pages goes, the whole run is unmapped, and step 2 maps what is left of it.
 * Meanwhile the device can be refused an access to that. To make this rare, a run never grows over
 * what was mapped before: so runs are the guest's own buffers, and guests mostly unmap as they
 * mapped.
 *
 * A device has room for a certain number of runs, and so have we. When there is no more, RPCIT ends
 * with status 16, and what was mapped stays. Linux then refreshes the whole aperture, and goes on
 * if there is room for everything that is valid by then.
 *
 * An invalid table entry is skipped with all that is below it. A guest could still make us look at
 * 2^30 pages, by tables that it uses many times in one tree. So the steps of one RPCIT are counted.
 * When there are too many, it ends as if there were no room, and runs that were not looked at are
 * unmapped.
 *
 * A page is mapped if the machine names a region of storage for it. It is an error of the function
 * if storage is in no region, as if it did not exist, or if a page may be written and its region
 * must not be written behind the machine's back. When regions change, everything is looked at
 * again, and runs whose storage is elsewhere in the host are unmapped.
 *
 * All of this is under the function's lock. dma.lock is not needed, as no other thread looks at
 * runs.
 *
 * Limit: a function in error, or without Bus Master, keeps what is mapped. The device must stop by
 * itself: it sees the Command register, and the guest resets it after an error.
 */
#include "zpci/function/push.h"

#include <errno.h>
#include <stdlib.h>

#include <zpci/event.h>

#include "zpci/function/ioat.h"
#include "zpci/function/state.h"

#define PAGE 4096ull

/* Runs of one function, at most. */
#define RUNS_MAX 262144u
/* Entries of tables that are looked at by one RPCIT: 64 GiB in pages, about half a second. */
#define STEPS_MAX (1u << 24)

/* Runs are kept in a treap: a search tree by address that is also a heap by @priority. Priorities
 * are random, so whatever the guest does, the tree is about as deep as a random one. */
struct zpci_run {
	struct zpci_run *lower, *higher;
	uint32_t priority;
	bool write;
	uint64_t address;
	uint64_t last; /* DMA address of its last byte */
	uint64_t absolute;
	const void *host;
};

/* --- the tree ------------------------------------------------------------------------------- */

/* Parts the runs that begin before @address from the others. */
static void split(struct zpci_run *run, uint64_t address, struct zpci_run **lower,
		  struct zpci_run **higher)
{
	while (run) {
		if (run->address < address) {
			*lower = run;
			lower = &run->higher;
		} else {
			*higher = run;
			higher = &run->lower;
		}
		run = run->address < address ? run->higher : run->lower;
	}
	*lower = NULL;
	*higher = NULL;
}

/* All runs of @lower lie before all of @higher. */
static struct zpci_run *join(struct zpci_run *lower, struct zpci_run *higher)
{
	struct zpci_run *root, **at = &root;

	while (lower && higher) {
		if (lower->priority > higher->priority) {
			*at = lower;
			at = &lower->higher;
			lower = lower->higher;
		} else {
			*at = higher;
			at = &higher->lower;
			higher = higher->lower;
		}
	}
	*at = lower ? lower : higher;
	return root;
}

/* The run that @address is in, else the first one behind it, or NULL. */
static struct zpci_run *run_from(const struct zpci_push *push, uint64_t address)
{
	struct zpci_run *run = push->runs, *found = NULL;

	while (run) {
		if (run->last >= address)
			found = run;
		run = run->last >= address ? run->lower : run->higher;
	}
	return found;
}

/* xorshift (Marsaglia 2003). */
static uint32_t next_random(struct zpci_push *push)
{
	uint32_t random = push->random ? push->random : 0x9e3779b9u ^ (uint32_t)(uintptr_t)push;

	random ^= random << 13;
	random ^= random >> 17;
	random ^= random << 5;
	return push->random = random;
}

static void insert(struct zpci_push *push, struct zpci_run *run)
{
	struct zpci_run *lower, *higher;

	run->priority = next_random(push);
	split(push->runs, run->address, &lower, &higher);
	push->runs = join(join(lower, run), higher);
	push->count++;
}

static void take_out(struct zpci_push *push, const struct zpci_run *run)
{
	struct zpci_run *lower, *rest, *self, *higher;

	split(push->runs, run->address, &lower, &rest);
	split(rest, run->address + 1, &self, &higher);
	push->runs = join(lower, higher);
	push->count--;
}

/* --- regions -------------------------------------------------------------------------------- */

struct search {
	uint64_t absolute;
	struct zpci_storage_region region; /* found; length 0: none */
};

static void visit(void *opaque, const struct zpci_storage_region *region)
{
	struct search *search = opaque;

	if (search->absolute >= region->absolute &&
	    search->absolute - region->absolute < region->length)
		search->region = *region;
}

/* The region that @absolute is in, from there on. False: there is none, or it is not for
 * writing. */
static bool find_region(const struct zpci_function *function, uint64_t absolute, bool write,
			struct zpci_storage_region *region)
{
	const struct zpci_function_parent *parent = function->parent;
	struct search search = { .absolute = absolute };
	uint64_t before;

	if (parent->machine_ops.regions)
		parent->machine_ops.regions(parent->machine, visit, &search);
	if (!search.region.length || (write && !search.region.written_behind))
		return false;
	*region = search.region;
	before = absolute - region->absolute;
	region->absolute += before;
	region->host = (uint8_t *)region->host + before;
	region->offset += before;
	region->length -= before;
	return true;
}

/* --- one refresh ---------------------------------------------------------------------------- */

struct refresh {
	struct zpci_function *function;
	uint64_t start, last;
	unsigned steps;
	uint64_t failed; /* DMA address of an error */
	uint16_t pec;	 /* of that error, or 0 */
};

/* What the tables say of @address: 0, a PEC, or TOO_MANY steps. *@last: up to where they say so. */
#define TOO_MANY 0xffff
static uint16_t look(struct refresh *refresh, uint64_t address, uint64_t *frame, uint64_t *last)
{
	uint64_t span = PAGE; /* of a table that cannot be fetched */
	uint16_t pec;

	if (refresh->steps == STEPS_MAX)
		return TOO_MANY;
	refresh->steps++;
	pec = zpci_ioat_walk(refresh->function, address, frame, &span);
	*last = address | (span - 1);
	return pec;
}

/* --- 1: what is not the same any more ------------------------------------------------------- */

static bool is_same(struct refresh *refresh, const struct zpci_run *run, uint64_t address,
		    uint64_t *last)
{
	uint64_t frame;

	if (look(refresh, address, &frame, last))
		return false;
	return (frame & ~(PAGE - 1)) == run->absolute + (address - run->address) &&
	       !(frame & ZPCI_IOAT_WRITABLE) == !run->write;
}

static bool is_there(const struct refresh *refresh, const struct zpci_run *run)
{
	struct zpci_storage_region region;

	return find_region(refresh->function, run->absolute, run->write, &region) &&
	       region.host == run->host && region.length > run->last - run->address;
}

/* Whether @run can stay, judged by the part of it that is in the range. */
static bool stays(struct refresh *refresh, const struct zpci_run *run)
{
	uint64_t address = run->address > refresh->start ? run->address : refresh->start;
	uint64_t end = run->last < refresh->last ? run->last : refresh->last, last;

	if (!is_there(refresh, run))
		return false;
	do {
		if (!is_same(refresh, run, address, &last))
			return false;
		address = last + 1;
	} while (last < end);
	return true;
}

static void unmap(struct zpci_function *function, struct zpci_run *run)
{
	function->model->dma_unmap(function->device, run->address, run->last - run->address + 1);
	take_out(&function->push, run);
	free(run);
}

/* The range grows over runs that are unmapped, so that what is left of them is mapped again. */
static void unmap_old(struct refresh *refresh)
{
	uint64_t start = refresh->start, last = refresh->last, address = start, end;
	struct zpci_run *run;

	do {
		run = run_from(&refresh->function->push, address);
		if (!run || run->address > refresh->last)
			break;
		end = run->last;
		if (!stays(refresh, run)) {
			if (run->address < start)
				start = run->address;
			if (end > last)
				last = end;
			unmap(refresh->function, run);
		}
		address = end + 1;
	} while (end < refresh->last);
	refresh->start = start;
	refresh->last = last;
}

/* --- 2: what is new ------------------------------------------------------------------------- */

/* What will be mapped when its end is found. */
struct pending {
	uint64_t address;
	uint64_t length; /* 0: nothing */
	uint64_t absolute;
	bool write;
};

static int map(struct zpci_function *function, const struct zpci_dma_mapping *mapping,
	       uint64_t absolute)
{
	struct zpci_push *push = &function->push;
	struct zpci_run *run = push->count < RUNS_MAX ? calloc(1, sizeof(*run)) : NULL;
	int rc;

	if (!run)
		return -ENOMEM;
	rc = function->model->dma_map(function->device, mapping);
	if (rc) {
		free(run);
		return rc;
	}
	run->write = mapping->write;
	run->address = mapping->address;
	run->last = mapping->address + mapping->length - 1;
	run->absolute = absolute;
	run->host = mapping->host;
	insert(push, run);
	return 0;
}

/* Maps @pending, in one part for each region that it lies in. */
static int map_pending(struct refresh *refresh, struct pending *pending)
{
	while (pending->length) {
		struct zpci_storage_region region;
		struct zpci_dma_mapping mapping;
		int rc = -EFAULT;

		if (find_region(refresh->function, pending->absolute, pending->write, &region)) {
			mapping = (struct zpci_dma_mapping){
				.address = pending->address,
				.length = pending->length < region.length ? pending->length
									  : region.length,
				.host = region.host,
				.file = region.file,
				.offset = region.offset,
				.write = pending->write,
			};
			rc = map(refresh->function, &mapping, pending->absolute);
		}
		if (rc) {
			refresh->failed = pending->address;
			return rc;
		}
		pending->address += mapping.length;
		pending->absolute += mapping.length;
		pending->length -= mapping.length;
	}
	return 0;
}

/* [@address, @last] is the storage at @frame. */
static int add(struct refresh *refresh, struct pending *pending, uint64_t address, uint64_t last,
	       uint64_t frame)
{
	bool write = frame & ZPCI_IOAT_WRITABLE;
	uint64_t absolute = frame & ~(PAGE - 1);
	int rc;

	if (!pending->length || pending->address + pending->length != address ||
	    pending->absolute + pending->length != absolute || pending->write != write) {
		rc = map_pending(refresh, pending);
		if (rc)
			return rc;
		*pending = (struct pending){ .address = address,
					     .absolute = absolute,
					     .write = write };
	}
	pending->length += last - address + 1;
	return 0;
}

/* One entry at @address; nothing is mapped up to *@last, which becomes the end of the entry. */
static int map_entry(struct refresh *refresh, struct pending *pending, uint64_t address,
		     uint64_t *last)
{
	uint64_t frame, end;
	uint16_t pec = look(refresh, address, &frame, &end);

	if (pec == TOO_MANY)
		return -ENOSPC;
	if (pec && pec != ZPCI_PEC_DMA_TRANSLATION) {
		refresh->pec = pec;
		refresh->failed = address;
		return -EFAULT;
	}
	if (end < *last)
		*last = end;
	return pec ? 0 : add(refresh, pending, address, *last, frame);
}

static int map_new(struct refresh *refresh)
{
	struct zpci_push *push = &refresh->function->push;
	struct zpci_run *run = run_from(push, refresh->start);
	uint64_t address = refresh->start, last;
	struct pending pending = { .length = 0 };
	int rc = 0;

	for (;; address = last + 1) {
		if (run && run->last < address)
			run = run_from(push, address);
		last = refresh->last;
		if (run && run->address <= address)
			last = run->last;
		else if (run && run->address - 1 < last)
			last = run->address - 1;
		if (!run || run->address > address)
			rc = map_entry(refresh, &pending, address, &last);
		if (rc || last >= refresh->last)
			break;
	}
	return rc ? rc : map_pending(refresh, &pending);
}

/* --- entry points --------------------------------------------------------------------------- */

/* Cuts the range to what is registered and in reach of the tables. False: nothing is left. */
static bool clip(struct refresh *refresh)
{
	const struct zpci_ioat *ioat = &refresh->function->dma.ioat;

	refresh->start &= ~(PAGE - 1);
	refresh->last |= PAGE - 1;
	if (refresh->start < ioat->pba)
		refresh->start = ioat->pba;
	if (refresh->last > ioat->pal)
		refresh->last = ioat->pal;
	if (refresh->last > zpci_ioat_reach(ioat->iota))
		refresh->last = zpci_ioat_reach(ioat->iota);
	return ioat->registered && refresh->start <= refresh->last;
}

uint8_t zpci_push_refresh(struct zpci_function *function, uint64_t start, uint64_t length)
{
	struct refresh refresh = { .function = function, .start = start };
	int rc;

	zpci_function_assert_locked(function);
	if (!function->model->dma_map)
		return 0;
	refresh.last = start + (length ? length - 1 : 0);
	if (refresh.last < start)
		refresh.last = UINT64_MAX; /* wrapped: to the end of the address space */
	if (!clip(&refresh))
		return 0;
	unmap_old(&refresh);
	rc = map_new(&refresh);
	if (!rc)
		return 0;
	if (rc == -ENOSPC || rc == -ENOMEM)
		return ZPCI_STATUS_RESOURCES;
	zpci_function_fail(function, refresh.pec ? refresh.pec : ZPCI_PEC_DMA_STORAGE,
			   refresh.failed);
	return ZPCI_STATUS_IN_ERROR;
}

void zpci_push_drop(struct zpci_function *function)
{
	struct zpci_push *push = &function->push;
	struct zpci_run *run = run_from(push, 0);
	uint64_t start = run ? run->address : 0, last = 0;

	zpci_function_assert_locked(function);
	while ((run = push->runs)) {
		push->runs = join(run->lower, run->higher);
		if (run->last > last)
			last = run->last;
		free(run);
	}
	if (push->count)
		function->model->dma_unmap(function->device, start, last - start + 1);
	push->count = 0;
}
