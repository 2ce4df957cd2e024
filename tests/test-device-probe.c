// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-device-probe.c - the contract of the probe device: registers, doorbells, DMA, reset and
 * quiesce. The test is the device's function: it has the services, flat guest memory and a record
 * of raised vectors.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <zpci/bytes.h>
#include <zpci/device.h>
#include <zpci/probe.h>

#define PAGE 4096u
#define BASE 0x100000000u /* DMA address of @memory */
#define MEMORY (64 * PAGE)
#define PATIENCE 60 /* seconds; a longer wait fails */
#define RECORD 1024
#define VF 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

/* All is under @lock. */
static uint8_t memory[MEMORY];
static uint64_t refused;  /* DMA address of a refused page */
static uint64_t canceled; /* DMA address of a page that closes the gate */
static unsigned vectors[RECORD];
static unsigned raised;
static unsigned transfers;
static bool block;	   /* transfers wait until it is false */
static bool stop_in_raise; /* the same for vectors */
static bool blocked;	   /* one waits */
static bool in_service;
static pthread_t raiser;

static const struct zpci_model *model;
static struct zpci_adapter *adapter;
static struct zpci_identity identity = { .size = sizeof(identity) };
static void *device;

/* --- the function's side ------------------------------------------------------------------- */

static void wait_changed(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	if (!pthread_cond_timedwait(&changed, &lock, &until))
		return;
	pthread_mutex_unlock(&lock); /* for teardown */
	fail_msg("no change for %u seconds", PATIENCE);
}

/* A service waits here for the test. Then it gives the operation that must wait for it many chances
 * to return too early. */
static void meet(const bool *wanted)
{
	if (!*wanted)
		return;
	blocked = true;
	pthread_cond_broadcast(&changed);
	while (*wanted)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	for (unsigned i = 0; i < 1000; i++)
		sched_yield();
	pthread_mutex_lock(&lock);
	blocked = false;
}

static int transfer(uint64_t address, uint8_t *buffer, size_t length, bool out, uint64_t *failed)
{
	int rc = 0;

	pthread_mutex_lock(&lock);
	transfers++;
	in_service = true;
	meet(&block);
	for (size_t i = 0; i < length && !rc; i++, address++) {
		if (address / PAGE == canceled / PAGE) {
			*failed = address;
			rc = -ECANCELED;
		} else if (address < BASE || address >= BASE + MEMORY ||
			   address / PAGE == refused / PAGE) {
			*failed = address;
			rc = -EFAULT;
		} else if (out) {
			memory[address - BASE] = buffer[i];
		} else {
			buffer[i] = memory[address - BASE];
		}
	}
	in_service = false;
	pthread_mutex_unlock(&lock);
	return rc;
}

static int dma_read(void *function, uint64_t address, void *buffer, size_t length, uint64_t *failed)
{
	assert_ptr_equal(function, memory);
	return transfer(address, buffer, length, false, failed);
}

static int dma_write(void *function, uint64_t address, const void *buffer, size_t length,
		     uint64_t *failed)
{
	uint8_t copy[ZPCI_PROBE_DMA_CHUNK];

	assert_ptr_equal(function, memory);
	assert_true(length <= sizeof(copy));
	memcpy(copy, buffer, length);
	return transfer(address, copy, length, true, failed);
}

static void raise_vector(void *function, unsigned vector)
{
	assert_ptr_equal(function, memory);
	pthread_mutex_lock(&lock);
	in_service = true;
	meet(&stop_in_raise);
	in_service = false;
	if (raised < RECORD)
		vectors[raised] = vector;
	raised++;
	raiser = pthread_self();
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static const struct zpci_services services = {
	.size = sizeof(services),
	.dma_read = dma_read,
	.dma_write = dma_write,
	.raise_vector = raise_vector,
	.function = memory,
};

static void wait_raised(unsigned count)
{
	pthread_mutex_lock(&lock);
	while (raised < count)
		wait_changed();
	pthread_mutex_unlock(&lock);
}

static unsigned count_raised(void)
{
	unsigned count;

	pthread_mutex_lock(&lock);
	count = raised;
	pthread_mutex_unlock(&lock);
	return count;
}

static void wait_blocked(void)
{
	pthread_mutex_lock(&lock);
	while (!blocked)
		wait_changed();
	pthread_mutex_unlock(&lock);
}

static void set(bool *flag, bool value)
{
	pthread_mutex_lock(&lock);
	*flag = value;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static bool is(const bool *flag)
{
	bool value;

	pthread_mutex_lock(&lock);
	value = *flag;
	pthread_mutex_unlock(&lock);
	return value;
}

/* --- the guest's side ---------------------------------------------------------------------- */

static uint64_t load(uint64_t offset, size_t length)
{
	uint8_t data[8];

	assert_int_equal(model->bar_read(device, ZPCI_PROBE_BAR, offset, data, length), 0);
	return zpci_get_le(data, length);
}

static void store(uint64_t offset, size_t length, uint64_t value)
{
	uint8_t data[8];

	zpci_put_le(data, length, value);
	assert_int_equal(model->bar_write(device, ZPCI_PROBE_BAR, offset, data, length), 0);
}

static void command(uint32_t operation, uint64_t source, uint64_t destination, uint64_t length)
{
	store(ZPCI_PROBE_REG_DMA_SOURCE, 8, source);
	store(ZPCI_PROBE_REG_DMA_DESTINATION, 8, destination);
	store(ZPCI_PROBE_REG_DMA_LENGTH, 8, length);
	store(ZPCI_PROBE_REG_DMA_COMMAND, 4, operation);
}

/* With completion interrupt 7. Returns the final status. */
static uint32_t run(uint32_t operation, uint64_t source, uint64_t destination, uint64_t length)
{
	unsigned before = count_raised();

	command(operation | ZPCI_PROBE_DMA_INTERRUPT | 7 << ZPCI_PROBE_DMA_VECTOR_SHIFT, source,
		destination, length);
	wait_raised(before + 1);
	assert_int_equal(vectors[before], 7);
	return (uint32_t)load(ZPCI_PROBE_REG_DMA_STATUS, 4);
}

static uint32_t error(unsigned code)
{
	return ZPCI_PROBE_STATUS_ERROR | code << ZPCI_PROBE_STATUS_CODE_SHIFT;
}

/* Bytes that differ from all nearby. */
static uint8_t sample(uint64_t i)
{
	return (uint8_t)(i * 167 + (i >> 8) * 13 + 5);
}

static int setup(void **state)
{
	const struct zpci_adapter_options options = { .size = sizeof(options), .vfs = VF };

	(void)state;
	raised = transfers = 0;
	refused = canceled = 0;
	block = blocked = in_service = stop_in_raise = false;
	for (size_t i = 0; i < MEMORY; i++)
		memory[i] = sample(i);
	model = zpci_model_find("probe");
	return zpci_adapter_create(model, 1, &options, &adapter) ||
	       zpci_adapter_borrow(adapter, VF, &services, &identity, &device);
}

static int teardown(void **state)
{
	(void)state;
	/* Also after a failed test. */
	set(&block, false);
	set(&stop_in_raise, false);
	zpci_adapter_give_back(adapter, VF, device);
	zpci_adapter_unref(adapter);
	return 0;
}

/* --- registers ------------------------------------------------------------------------------ */

static void identity_is_that_of_the_vf(void **state)
{
	(void)state;
	assert_int_equal(identity.vendor_id, ZPCI_PROBE_VENDOR_ID);
	assert_int_equal(identity.device_id, ZPCI_PROBE_VF_DEVICE_ID);
	assert_int_equal(identity.devfn, VF);
	assert_int_equal(identity.bars[0].size, ZPCI_PROBE_BAR_SIZE);
	assert_int_equal(identity.bars[2].size, ZPCI_PROBE_MSIX_BAR_SIZE);
	assert_int_equal(load(ZPCI_PROBE_REG_VERSION, 4), ZPCI_PROBE_VERSION);
	assert_int_equal(load(ZPCI_PROBE_REG_VF, 4), VF);
	assert_int_equal(load(ZPCI_PROBE_REG_VECTORS, 4), ZPCI_PROBE_VECTORS);
}

static void id_is_these_bytes(void **state)
{
	uint8_t data[4];

	(void)state;
	assert_int_equal(model->bar_read(device, 0, 0, data, 4), 0);
	assert_memory_equal(data, "pzpb", 4);
	store(ZPCI_PROBE_REG_ID, 8, 0);
	assert_int_equal(load(ZPCI_PROBE_REG_ID, 4), ZPCI_PROBE_ID);
}

static void any_piece_of_a_register_can_be_accessed(void **state)
{
	const uint64_t value = 0x0102030405060708;

	(void)state;
	for (size_t length = 1; length <= 8; length++) {
		for (size_t at = 0; at + length <= 8; at++) {
			uint64_t mask = UINT64_MAX >> (64 - 8 * length);

			store(ZPCI_PROBE_REG_SCRATCH64, 8, value);
			assert_true(load(ZPCI_PROBE_REG_SCRATCH64 + at, length) ==
				    (value >> (8 * at) & mask));
			store(ZPCI_PROBE_REG_SCRATCH64 + at, length, UINT64_MAX);
			assert_true(load(ZPCI_PROBE_REG_SCRATCH64, 8) ==
				    (value | mask << (8 * at)));
		}
	}
}

static void counters_count_after_they_are_read(void **state)
{
	(void)state;
	assert_int_equal(load(ZPCI_PROBE_REG_LOADS, 8), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_LOADS, 8), 1);
	store(ZPCI_PROBE_REG_STORES, 8, 77);
	assert_int_equal(load(ZPCI_PROBE_REG_STORES, 8), 1);
	assert_int_equal(load(ZPCI_PROBE_REG_LOADS, 4), 3);
	assert_int_equal(load(ZPCI_PROBE_REG_INTERRUPTS, 8), 0);
}

static void gaps_and_table_bar_read_zero(void **state)
{
	uint8_t data[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	static const uint8_t zeros[8];

	(void)state;
	store(0x14, 4, UINT32_MAX);
	assert_int_equal(load(0x14, 4), 0);
	store(0x100, 8, UINT64_MAX);
	assert_int_equal(load(0x100, 8), 0);
	assert_int_equal(model->bar_write(device, 2, 0x1000, data, 8), 0);
	assert_int_equal(model->bar_read(device, 2, 0x1000, data, 8), 0);
	assert_memory_equal(data, zeros, 8);
}

static void accesses_outside_of_bars_are_refused(void **state)
{
	uint8_t data[8] = { 0 };

	(void)state;
	assert_int_equal(model->bar_read(device, 0, ZPCI_PROBE_BAR_SIZE - 7, data, 8), -EIO);
	assert_int_equal(model->bar_read(device, 0, ZPCI_PROBE_BAR_SIZE - 8, data, 8), 0);
	assert_int_equal(model->bar_write(device, 0, UINT64_MAX, data, 8), -EIO);
	assert_int_equal(model->bar_write(device, 2, ZPCI_PROBE_MSIX_BAR_SIZE, data, 1), -EIO);
	assert_int_equal(model->bar_read(device, 1, 0, data, 4), -EIO);
	assert_int_equal(model->bar_read(device, 6, 0, data, 4), -EIO);
}

static void store_block_reaches_device_memory(void **state)
{
	uint8_t block_data[PAGE];

	(void)state;
	for (size_t i = 0; i < PAGE; i++)
		block_data[i] = sample(i);
	assert_int_equal(model->bar_write(device, 0, 0xf000, block_data, PAGE), 0);
	for (size_t i = 0; i < PAGE; i++)
		assert_int_equal(load(0xf000 + i, 1), sample(i));
	assert_int_equal(model->bar_write(device, 0, 0x7ff8, block_data, 16), 0);
	assert_true(load(0x7ffc, 8) == zpci_get_le(block_data + 8, 4) << 32);
}

/* --- doorbells ------------------------------------------------------------------------------ */

static void doorbell_now_raises_in_the_storing_thread(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 4, 63);
	assert_int_equal(raised, 1);
	assert_int_equal(vectors[0], 63);
	assert_true(pthread_equal(raiser, pthread_self()));
	assert_int_equal(load(ZPCI_PROBE_REG_DOORBELL_NOW, 4), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_INTERRUPTS, 8), 1);
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 4, 64);
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 4, UINT32_MAX);
	assert_int_equal(raised, 1);
}

static void doorbell_needs_its_last_byte(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 1, 9);
	store(ZPCI_PROBE_REG_DOORBELL_NOW + 1, 2, 0);
	store(ZPCI_PROBE_REG_DOORBELL_NOW - 5, 8, 9ull << 40);
	assert_int_equal(raised, 0);
	store(ZPCI_PROBE_REG_DOORBELL_NOW + 3, 1, 0);
	assert_int_equal(raised, 1);
	assert_int_equal(vectors[0], 9);
	store(ZPCI_PROBE_REG_DOORBELL_NOW + 3, 1, 0);
	assert_int_equal(vectors[1], 0);
}

static void doorbells_later_are_ordered_by_time(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DELAY, 4, 60000);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 3);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 4);
	store(ZPCI_PROBE_REG_DELAY, 4, 30000);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 2);
	store(ZPCI_PROBE_REG_DELAY, 4, 0);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	wait_raised(4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(vectors[i], i + 1);
	assert_false(pthread_equal(raiser, pthread_self()));
	assert_int_equal(load(ZPCI_PROBE_REG_INTERRUPTS, 8), 4);
}

static void doorbell_later_waits_for_its_delay(void **state)
{
	struct timespec before, after;
	int64_t passed;

	(void)state;
	store(ZPCI_PROBE_REG_DELAY, 4, 20000);
	clock_gettime(CLOCK_MONOTONIC, &before);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 5);
	wait_raised(1);
	clock_gettime(CLOCK_MONOTONIC, &after);
	passed = (after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec - before.tv_nsec;
	assert_true(passed >= 20000000);
}

static void full_queue_drops_and_counts_doorbells(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DELAY, 4, UINT32_MAX);
	for (unsigned i = 0; i < ZPCI_PROBE_QUEUE + 3; i++)
		store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 5);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 64);
	assert_int_equal(load(ZPCI_PROBE_REG_DROPPED, 4), 3);
	model->reset(device);
	assert_int_equal(model->drain(device, true), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_DROPPED, 4), 0);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 6);
	wait_raised(1);
	assert_int_equal(vectors[0], 6);
}

static void one_store_can_ring_both_doorbells(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 8, 12ull << 32 | 11);
	wait_raised(2);
	assert_int_equal(vectors[0] + vectors[1], 23);
}

/* --- DMA ------------------------------------------------------------------------------------- */

static void dma_reads_into_device_memory(void **state)
{
	(void)state;
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE + 5, 3, 10001), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_DONE, 8), 10001);
	assert_int_equal(load(ZPCI_PROBE_MEMORY + 2, 1), 0);
	for (unsigned i = 0; i < 10001; i++)
		assert_int_equal(load(ZPCI_PROBE_MEMORY + 3 + i, 1), sample(5 + i));
	assert_int_equal(load(ZPCI_PROBE_MEMORY + 3 + 10001, 1), 0);
	assert_int_equal(transfers, 3);
}

static void dma_writes_device_memory(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4104; i++)
		store(ZPCI_PROBE_MEMORY + 1 + i, 1, sample(3 * i));
	assert_int_equal(run(ZPCI_PROBE_DMA_WRITE, 1, BASE + 7, 4100), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(memory[6], sample(6));
	for (unsigned i = 0; i < 4100; i++)
		assert_int_equal(memory[7 + i], sample(3 * i));
	assert_int_equal(memory[7 + 4100], sample(7 + 4100));
}

static void dma_copies_at_odd_addresses(void **state)
{
	const unsigned length = 20 * PAGE + 13;

	(void)state;
	assert_int_equal(run(ZPCI_PROBE_DMA_COPY, BASE + 11, BASE + 30 * PAGE + 2, length),
			 ZPCI_PROBE_STATUS_DONE);
	for (unsigned i = 0; i < length; i++)
		assert_int_equal(memory[30 * PAGE + 2 + i], sample(11 + i));
	assert_int_equal(memory[30 * PAGE + 2 + length], sample(30 * PAGE + 2 + length));
}

static void dma_fills_with_pattern_bytes_in_order(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x8877665544332211);
	assert_int_equal(run(ZPCI_PROBE_DMA_FILL, 0, BASE + 3, 9000), ZPCI_PROBE_STATUS_DONE);
	for (unsigned i = 0; i < 9000; i++)
		assert_int_equal(memory[3 + i], (i % 8 + 1) * 0x11);
	assert_int_equal(memory[9003], sample(9003));
}

static void refused_dma_reports_its_address(void **state)
{
	(void)state;
	refused = BASE + 2 * PAGE;
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE + 100, 0, 3 * PAGE),
			 error(ZPCI_PROBE_CODE_DMA));
	assert_true(load(ZPCI_PROBE_REG_DMA_FAILED, 8) == refused);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_DONE, 8), PAGE);
	assert_int_equal(run(ZPCI_PROBE_DMA_COPY, BASE, UINT64_MAX, 1), error(ZPCI_PROBE_CODE_DMA));
	assert_true(load(ZPCI_PROBE_REG_DMA_FAILED, 8) == UINT64_MAX);
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0, 1), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_FAILED, 8), 0);
}

static void dma_lengths_are_checked(void **state)
{
	const uint32_t wrong = error(ZPCI_PROBE_CODE_LENGTH);

	(void)state;
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 1, ZPCI_PROBE_MEMORY_SIZE), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, UINT64_MAX, 2), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_WRITE, 0x7fff, BASE, 2), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_WRITE, 0, UINT64_MAX, 2), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_COPY, UINT64_MAX - 1, BASE, 3), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_FILL, 0, BASE, ZPCI_PROBE_DMA_MAX + 1), wrong);
	assert_int_equal(run(ZPCI_PROBE_DMA_FILL, 0, BASE, UINT64_MAX), wrong);
	assert_int_equal(transfers, 0);
	assert_int_equal(run(ZPCI_PROBE_DMA_FILL, 0, BASE, 0), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0x8000, 0), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(transfers, 0);
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0, ZPCI_PROBE_MEMORY_SIZE),
			 ZPCI_PROBE_STATUS_DONE);
}

static void dma_commands_are_checked(void **state)
{
	const uint32_t wrong = error(ZPCI_PROBE_CODE_COMMAND);

	(void)state;
	assert_int_equal(run(0, BASE, BASE, 1), wrong);
	assert_int_equal(run(5, BASE, BASE, 1), wrong);
	assert_int_equal(run(0x80000000 | ZPCI_PROBE_DMA_FILL, BASE, BASE, 1), wrong);
	command(ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT | 64 << ZPCI_PROBE_DMA_VECTOR_SHIFT,
		0, BASE, 1);
	while (load(ZPCI_PROBE_REG_DMA_STATUS, 4) & ZPCI_PROBE_STATUS_BUSY)
		sched_yield();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), wrong);
	assert_int_equal(transfers, 0);
	assert_int_equal(raised, 3);
}

static void dma_command_during_dma_is_an_overrun(void **state)
{
	(void)state;
	set(&block, true);
	command(ZPCI_PROBE_DMA_READ | ZPCI_PROBE_DMA_INTERRUPT, BASE, 0, 1);
	wait_blocked();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), ZPCI_PROBE_STATUS_BUSY);
	command(ZPCI_PROBE_DMA_FILL, BASE, BASE, 100);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4),
			 ZPCI_PROBE_STATUS_BUSY | ZPCI_PROBE_STATUS_OVERRUN);
	set(&block, false);
	wait_raised(1);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4),
			 ZPCI_PROBE_STATUS_DONE | ZPCI_PROBE_STATUS_OVERRUN);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_DONE, 8), 1);
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0, 1), ZPCI_PROBE_STATUS_DONE);
}

/* --- reset, quiesce, close ------------------------------------------------------------------ */

/* In two steps, as the function does it. */
static void reset_and_drain(void)
{
	model->reset(device);
	assert_int_equal(model->drain(device, false), 0);
}

static void reset_ends_the_transfer_and_drain_waits_for_it(void **state)
{
	(void)state;
	set(&block, true);
	store(ZPCI_PROBE_REG_SCRATCH32, 4, 1);
	store(ZPCI_PROBE_MEMORY, 4, 1);
	command(ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT, 0, BASE, 10 * PAGE);
	wait_blocked();
	/* Returns while the thread still waits in a service. */
	model->reset(device);
	assert_true(is(&in_service));
	set(&block, false);
	assert_int_equal(model->drain(device, false), 0);
	assert_false(is(&in_service));
	assert_int_equal(load(ZPCI_PROBE_REG_STORES, 8), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), error(ZPCI_PROBE_CODE_RESET));
	/* Resets come in groups; what they leave is seen after the last one. */
	reset_and_drain();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), error(ZPCI_PROBE_CODE_RESET));
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_DONE, 8), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_LENGTH, 8), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_SCRATCH32, 4), 0);
	assert_int_equal(load(ZPCI_PROBE_MEMORY, 4), 0);
	/* If it had continued, its vector would have come before this one. */
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0, 1), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(transfers, 2);
	assert_int_equal(raised, 1);
	reset_and_drain();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), 0);
}

/* The last chunk was in work: what becomes of it has no effect any more. */
static void reset_ends_the_last_chunk(void **state)
{
	(void)state;
	set(&block, true);
	command(ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT, 0, BASE, PAGE);
	wait_blocked();
	model->reset(device);
	set(&block, false);
	assert_int_equal(model->drain(device, false), 0);
	/* The same thread: the vector of this one comes after one of the other. */
	assert_int_equal(run(ZPCI_PROBE_DMA_READ, BASE, 0, 1), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(raised, 1);
}

/* A reset closes the gate before the device's reset(). The interruption is lost there as well. A
 * driver must still see that its data did not arrive. */
static void dma_canceled_by_the_gate_ends_as_by_a_reset(void **state)
{
	(void)state;
	canceled = BASE;
	command(ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT, 0, BASE, PAGE);
	while (load(ZPCI_PROBE_REG_DMA_STATUS, 4) & ZPCI_PROBE_STATUS_BUSY)
		sched_yield();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), error(ZPCI_PROBE_CODE_RESET));
	reset_and_drain();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), error(ZPCI_PROBE_CODE_RESET));
	assert_int_equal(raised, 0);
}

static void function_level_reset_resets_registers(void **state)
{
	const uint8_t level_reset[2] = { 0x00, 0x80 };
	const uint8_t master = 0x04;
	uint8_t value = 0xff;

	(void)state;
	store(ZPCI_PROBE_REG_SCRATCH32, 4, 1);
	model->config_write(device, 4, &master, 1);
	model->config_write(device, 0x48, level_reset, 2);
	assert_int_equal(load(ZPCI_PROBE_REG_SCRATCH32, 4), 0);
	model->config_read(device, 4, &value, 1);
	assert_int_equal(value, 0);
}

static void quiesce_stops_and_resume_goes_on(void **state)
{
	unsigned before;

	(void)state;
	set(&block, true);
	command(ZPCI_PROBE_DMA_COPY | ZPCI_PROBE_DMA_INTERRUPT, BASE, BASE + 20 * PAGE, 10 * PAGE);
	wait_blocked();
	model->quiesce(device);
	assert_true(is(&in_service));
	set(&block, false);
	assert_int_equal(model->drain(device, true), 0);
	assert_false(is(&in_service));
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_DONE, 8), PAGE);
	before = count_raised();
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	store(ZPCI_PROBE_REG_DOORBELL_NOW, 4, 2);
	for (unsigned i = 0; i < 1000; i++)
		sched_yield();
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), ZPCI_PROBE_STATUS_BUSY);
	assert_int_equal(count_raised(), before);
	model->resume(device);
	/* Two doorbells and the completion. */
	wait_raised(before + 3);
	assert_int_equal(load(ZPCI_PROBE_REG_DMA_STATUS, 4), ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(load(ZPCI_PROBE_REG_INTERRUPTS, 8), before + 3);
	assert_memory_equal(memory, memory + 20 * PAGE, 10 * PAGE);
}

static void drain_waits_for_a_vector(void **state)
{
	(void)state;
	set(&stop_in_raise, true);
	store(ZPCI_PROBE_REG_SCRATCH32, 4, 1);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 2);
	wait_blocked();
	model->reset(device);
	assert_true(is(&in_service));
	set(&stop_in_raise, false);
	assert_int_equal(model->drain(device, false), 0);
	assert_false(is(&in_service));
	assert_int_equal(count_raised(), 1);
	assert_int_equal(load(ZPCI_PROBE_REG_INTERRUPTS, 8), 0);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 3);
	wait_raised(2);
	assert_int_equal(vectors[1], 3);
}

static void close_ends_all_work(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DELAY, 4, ZPCI_PROBE_DELAY_MAX);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	set(&block, true);
	command(ZPCI_PROBE_DMA_FILL, 0, BASE, 10 * PAGE);
	wait_blocked();
	set(&block, false);
	zpci_adapter_give_back(adapter, VF, device);
	assert_false(in_service);
	assert_int_equal(raised, 0);
	assert_int_equal(zpci_adapter_borrow(adapter, VF, &services, &identity, &device), 0);
	assert_int_equal(load(ZPCI_PROBE_REG_STORES, 8), 0);
}

/* CPUs, one at a time as the function calls, and the device's thread. */
static void registers_can_be_used_while_dma_runs(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		unsigned before = count_raised();

		command(ZPCI_PROBE_DMA_READ | ZPCI_PROBE_DMA_INTERRUPT, BASE, 0, 8 * PAGE);
		while (load(ZPCI_PROBE_REG_DMA_STATUS, 4) & ZPCI_PROBE_STATUS_BUSY) {
			store(ZPCI_PROBE_MEMORY + 0x7ff8, 8, round);
			load(ZPCI_PROBE_REG_DMA_DONE, 8);
			store(ZPCI_PROBE_REG_DOORBELL_NOW, 4, 1);
		}
		wait_raised(before + 1);
	}
	assert_int_equal(load(ZPCI_PROBE_MEMORY + 0x7000, 1), sample(0x7000));
}

/* While a doorbell waits for its time, the thread does not keep the lock that the guest needs. */
static void registers_can_be_used_while_a_doorbell_waits(void **state)
{
	(void)state;
	store(ZPCI_PROBE_REG_DELAY, 4, ZPCI_PROBE_DELAY_MAX);
	store(ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	for (unsigned i = 0; i < 1000; i++)
		sched_yield();
	load(ZPCI_PROBE_REG_INTERRUPTS, 8);
	assert_int_equal(count_raised(), 0);
}

/* --- for the thread sanitizer ----------------------------------------------------------------
 * The device's thread is in a service, and a call of the function follows. The test orders the two
 * by nothing: it learns of the service by a relaxed access. What remains is the device's lock. */

static atomic_bool served;
static sigset_t masked; /* in the device's thread */

static int unordered_write(void *function, uint64_t address, const void *buffer, size_t length,
			   uint64_t *failed)
{
	(void)function, (void)address, (void)buffer, (void)length, (void)failed;
	pthread_sigmask(SIG_BLOCK, NULL, &masked);
	atomic_store_explicit(&served, true, memory_order_relaxed);
	return 0;
}

static void load_status(void)
{
	load(ZPCI_PROBE_REG_DMA_STATUS, 4);
}

static void store_memory(void)
{
	store(ZPCI_PROBE_MEMORY, 8, 1);
}

static void reset(void)
{
	model->reset(device);
}

static void drain(void)
{
	model->drain(device, true);
}

static void quiesce(void)
{
	model->quiesce(device);
}

static void resume(void)
{
	model->resume(device);
}

static void nothing(void)
{
	/* The device is closed next. */
}

static void each_call_is_ordered_after_the_thread(void **state)
{
	static const struct zpci_services unordered = { .size = sizeof(unordered),
							.dma_write = unordered_write };
	static void (*const calls[])(void) = { load_status, store_memory, reset,  drain,
					       quiesce,	    resume,	  nothing };
	void *ordered = device;

	(void)state;
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		atomic_store_explicit(&served, false, memory_order_relaxed);
		assert_int_equal(zpci_adapter_borrow(adapter, 1, &unordered, &identity, &device),
				 0);
		command(ZPCI_PROBE_DMA_FILL, 0, BASE, 10 * PAGE);
		while (!atomic_load_explicit(&served, memory_order_relaxed))
			sched_yield();
		calls[i]();
		zpci_adapter_give_back(adapter, 1, device);
		/* Signals are for the threads of the program. */
		assert_true(sigismember(&masked, SIGTERM) && sigismember(&masked, SIGALRM));
	}
	device = ordered;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identity_is_that_of_the_vf),
		TEST(id_is_these_bytes),
		TEST(any_piece_of_a_register_can_be_accessed),
		TEST(counters_count_after_they_are_read),
		TEST(gaps_and_table_bar_read_zero),
		TEST(accesses_outside_of_bars_are_refused),
		TEST(store_block_reaches_device_memory),
		TEST(doorbell_now_raises_in_the_storing_thread),
		TEST(doorbell_needs_its_last_byte),
		TEST(doorbells_later_are_ordered_by_time),
		TEST(doorbell_later_waits_for_its_delay),
		TEST(full_queue_drops_and_counts_doorbells),
		TEST(one_store_can_ring_both_doorbells),
		TEST(dma_reads_into_device_memory),
		TEST(dma_writes_device_memory),
		TEST(dma_copies_at_odd_addresses),
		TEST(dma_fills_with_pattern_bytes_in_order),
		TEST(refused_dma_reports_its_address),
		TEST(dma_lengths_are_checked),
		TEST(dma_commands_are_checked),
		TEST(dma_command_during_dma_is_an_overrun),
		TEST(reset_ends_the_transfer_and_drain_waits_for_it),
		TEST(reset_ends_the_last_chunk),
		TEST(function_level_reset_resets_registers),
		TEST(quiesce_stops_and_resume_goes_on),
		TEST(drain_waits_for_a_vector),
		TEST(dma_canceled_by_the_gate_ends_as_by_a_reset),
		TEST(close_ends_all_work),
		TEST(registers_can_be_used_while_dma_runs),
		TEST(registers_can_be_used_while_a_doorbell_waits),
		TEST(each_call_is_ordered_after_the_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
