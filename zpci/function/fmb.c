// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The function measurement block (reference section 7), format 0.
 *
 * While the guest has one registered, a timer stores the counters there, once in each interval of
 * the group: first the time with the update bit set, then the values, then the time with the bit
 * clear. So a reader can tell a block that is half written. The counters count from the
 * registration on; a second registration only moves the block. The timer is the machine's and runs
 * on any thread. @lock orders it against changes of the address: when zpci_fmb_set() returns,
 * nothing is stored to the old address any more.
 */
#include "zpci/function/fmb.h"

#include <assert.h>
#include <errno.h>

#include <zpci/bytes.h>
#include <zpci/event.h>

#include "zpci/function/state.h"

#define KEY_MASK 0xfull
#define UPDATE_IN_PROGRESS 1ull
#define MILLISECOND 1000000ull

/* Layout of format 0. */
struct block {
	uint8_t format;
	uint8_t indicators; /* DMA_VALID */
	uint8_t reserved[2];
	zpci_be32 samples;
	zpci_be64 updated;
	zpci_be64 counters[ZPCI_COUNTERS];
};
#define DMA_VALID 0x80
static_assert(sizeof(struct block) == ZPCI_FMB_LENGTH, "FMB format 0");

static int store(struct zpci_function *function, size_t offset, const void *data, size_t length)
{
	const struct zpci_function_parent *parent = function->parent;

	return parent->machine_ops.write_absolute(parent->machine, function->fmb.address + offset,
						  data, length);
}

static int store_block(struct zpci_function *function)
{
	const struct zpci_function_parent *parent = function->parent;
	struct zpci_measurement *fmb = &function->fmb;
	struct block block = { .indicators = DMA_VALID };
	uint64_t time = parent->machine_ops.clock(parent->machine) << 1;
	int rc;

	zpci_be64_put(&block.updated, time | UPDATE_IN_PROGRESS);
	zpci_be32_put(&block.samples, ++fmb->samples);
	for (unsigned i = 0; i < ZPCI_COUNTERS; i++)
		zpci_be64_put(&block.counters[i], atomic_load(&fmb->counters[i]));
	rc = store(function, offsetof(struct block, updated), &block.updated,
		   sizeof(block.updated));
	if (!rc)
		rc = store(function, 0, &block, sizeof(block));
	zpci_be64_put(&block.updated, time & ~UPDATE_IN_PROGRESS);
	if (!rc)
		rc = store(function, offsetof(struct block, updated), &block.updated,
			   sizeof(block.updated));
	return rc;
}

/* With fmb.lock held. */
static void update(struct zpci_function *function)
{
	struct zpci_measurement *fmb = &function->fmb;

	if (store_block(function)) {
		fmb->address = 0;
		zpci_function_fail(function, ZPCI_PEC_FMB_STORAGE, 0);
	} else {
		function->parent->machine_ops.timer_set(fmb->timer, function->group->fmb_interval *
									    MILLISECOND);
	}
}

static void expired(void *opaque)
{
	struct zpci_function *function = opaque;
	struct zpci_measurement *fmb = &function->fmb;

	pthread_mutex_lock(&fmb->lock);
	if (fmb->address && !fmb->paused)
		update(function);
	pthread_mutex_unlock(&fmb->lock);
}

void zpci_fmb_init(struct zpci_measurement *fmb)
{
	pthread_mutex_init(&fmb->lock, NULL);
}

void zpci_fmb_fini(struct zpci_measurement *fmb)
{
	pthread_mutex_destroy(&fmb->lock);
}

int zpci_fmb_provide(struct zpci_function *function, bool paused)
{
	const struct zpci_function_parent *parent = function->parent;

	function->fmb.timer = parent->machine_ops.timer_create(parent->machine, expired, function);
	function->fmb.paused = paused;
	return function->fmb.timer ? 0 : -ENOMEM;
}

void zpci_fmb_release(struct zpci_function *function)
{
	if (function->fmb.timer)
		function->parent->machine_ops.timer_destroy(function->fmb.timer);
	function->fmb.timer = NULL;
}

/* For a new registration; with fmb.lock held. */
static void begin(struct zpci_function *function)
{
	struct zpci_measurement *fmb = &function->fmb;

	fmb->samples = 0;
	for (unsigned i = 0; i < ZPCI_COUNTERS; i++)
		atomic_store(&fmb->counters[i], 0);
	function->parent->machine_ops.timer_set(fmb->timer,
						function->group->fmb_interval * MILLISECOND);
}

bool zpci_fmb_set(struct zpci_function *function, uint64_t address)
{
	const struct zpci_machine_ops *ops = &function->parent->machine_ops;
	struct zpci_measurement *fmb = &function->fmb;
	bool usable = !(address & KEY_MASK), was;

	zpci_function_assert_locked(function);
	pthread_mutex_lock(&fmb->lock);
	was = fmb->address;
	fmb->address = usable ? address : 0;
	if (fmb->address && !was)
		begin(function);
	pthread_mutex_unlock(&fmb->lock);
	/* Only saves time: without an address a timer that runs out stores nothing. */
	if (!address || !usable)
		ops->timer_cancel(fmb->timer);
	return usable;
}

/* Waits for a block that is being stored, by taking the lock. A timer that runs out later stores
 * nothing. */
void zpci_fmb_quiesce(struct zpci_function *function)
{
	struct zpci_measurement *fmb = &function->fmb;

	zpci_function_assert_locked(function);
	pthread_mutex_lock(&fmb->lock);
	fmb->paused = true;
	pthread_mutex_unlock(&fmb->lock);
}

void zpci_fmb_resume(struct zpci_function *function)
{
	struct zpci_measurement *fmb = &function->fmb;

	zpci_function_assert_locked(function);
	pthread_mutex_lock(&fmb->lock);
	fmb->paused = false;
	if (fmb->address)
		function->parent->machine_ops.timer_set(fmb->timer, function->group->fmb_interval *
									    MILLISECOND);
	pthread_mutex_unlock(&fmb->lock);
}

uint64_t zpci_fmb_address(struct zpci_function *function)
{
	return atomic_load(&function->fmb.address);
}
