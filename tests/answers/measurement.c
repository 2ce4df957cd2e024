// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measurement.c - the function measurement block (reference section 7).
 *
 * The operation of these rows is the passing of the group's interval. It takes a clock that the
 * player can move. The answer is the number of samples in the block.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

#define INTERVAL 4000 /* milliseconds, mui */
#define SAMPLES(number) COUNT(number)

/* Offsets in the block, format 0. */
#define SAMPLE_COUNT 4
#define UPDATED 8
#define LOADS 16
#define STORES 24
#define STORE_BLOCKS 32
#define REFRESHES 40
#define DMA_READ 48
#define DMA_WRITTEN 56
#define LENGTH 64

static int samples(struct trial *trial)
{
	trial->judged = false;
	return SAMPLES((int)trial_get(trial, FMB + SAMPLE_COUNT, 4));
}

static int pass(struct trial *trial)
{
	trial->player->advance(trial->player, trial->with->value);
	return samples(trial);
}

static void expect_counters(struct trial *trial, uint64_t loads, uint64_t stores, uint64_t blocks,
			    uint64_t refreshes)
{
	trial_want(trial, "format", trial_get(trial, FMB, 1), 0);
	trial_want(trial, "indicators", trial_get(trial, FMB + 1, 3), 0x800000);
	trial_want(trial, "update in progress", trial_get(trial, FMB + UPDATED, 8) & 1, 0);
	trial_want(trial, "time", !trial_get(trial, FMB + UPDATED, 8), 0);
	trial_want(trial, "loads", trial_get(trial, FMB + LOADS, 8), loads);
	trial_want(trial, "stores", trial_get(trial, FMB + STORES, 8), stores);
	trial_want(trial, "store blocks", trial_get(trial, FMB + STORE_BLOCKS, 8), blocks);
	trial_want(trial, "refreshes", trial_get(trial, FMB + REFRESHES, 8), refreshes);
}

static void expect_zeros(struct trial *trial)
{
	expect_counters(trial, 0, 0, 0, 0);
	for (unsigned i = LENGTH; i < 256; i++)
		trial_want(trial, "byte behind the block", trial_get(trial, FMB + i, 1), 0);
}

static void expect_untouched(struct trial *trial)
{
	for (unsigned i = 0; i < LENGTH; i++)
		trial_want(trial, "byte of the block", trial_get(trial, FMB + i, 1), 0);
}

static void some_accesses(struct trial *trial)
{
	uint32_t handle = guest_handle(trial);

	for (unsigned i = 0; i < 5; i++)
		guest_load(trial, handle, CONFIG, 0, 4, NULL);
	for (unsigned i = 0; i < 3; i++)
		guest_store(trial, handle, trial->target->memory_bar, trial->target->memory, 8, i);
	guest_store_block(trial, handle, trial->target->memory_bar, trial->target->memory,
			  trial_address(trial, DATA), 16);
	for (unsigned i = 0; i < 2; i++)
		guest_refresh(trial, handle, guest_dma_start(trial), 4096);
}

static void expect_accesses(struct trial *trial)
{
	expect_counters(trial, 5, 3, 1, 2);
}

static void refused_accesses(struct trial *trial)
{
	uint32_t handle = guest_handle(trial);

	guest_load(trial, handle, CONFIG, 0, 3, NULL);
	guest_load(trial, handle, 6, 0, 4, NULL);
	guest_store(trial, handle, trial->target->memory_bar, 0, 9, 0);
	guest_store_block(trial, handle, CONFIG, 0, trial_address(trial, DATA), 16);
	guest_load(trial, handle ^ 0x80000000u, CONFIG, 0, 4, NULL);
}

static void some_dma(struct trial *trial)
{
	guest_bus_master(trial);
	probe_dma(trial, ZPCI_PROBE_DMA_FILL, 0, guest_dma_start(trial), 100);
	probe_dma(trial, ZPCI_PROBE_DMA_READ, guest_dma_start(trial), 0, 60);
}

static void expect_dma(struct trial *trial)
{
	trial_want(trial, "bytes read", trial_get(trial, FMB + DMA_READ, 8), 60);
	trial_want(trial, "bytes written", trial_get(trial, FMB + DMA_WRITTEN, 8), 100);
}

static void set_block(struct trial *trial, uint64_t address)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_put(trial, FIB + 64, 8, address);
	trial_want(trial, "SET_MEASURE",
		   (uint64_t)guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_SET_MEASURE,
					  trial_address(trial, FIB)),
		   CC(0));
}

/* What was counted before does not count. */
static void accesses_then_block(struct trial *trial)
{
	some_accesses(trial);
	set_block(trial, trial_address(trial, FMB));
}

static void switch_off(struct trial *trial)
{
	set_block(trial, 0);
}

static void move_block(struct trial *trial)
{
	set_block(trial, trial_address(trial, FMB + 0x800));
}

static void expect_moved(struct trial *trial)
{
	expect_untouched(trial);
	trial_want(trial, "samples in the new block",
		   trial_get(trial, FMB + 0x800 + SAMPLE_COUNT, 4), 1);
}

static void disable(struct trial *trial)
{
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
}

static void fail(struct trial *trial)
{
	guest_fail(trial, 0);
}

static void break_block(struct trial *trial)
{
	trial->player->poison(trial->player, trial_address(trial, FMB), LENGTH);
}

static void block_nowhere(struct trial *trial)
{
	set_block(trial, trial->player->end);
}

/* Reported, the function goes on; measurement has ended. */
static void expect_storage_event(struct trial *trial)
{
	struct zpci_ccdf event;

	trial->player->poison(trial->player, 0, 0);
	trial_want(trial, "event's PEC", guest_event(trial, &event), ZPCI_PEC_FMB_STORAGE);
	trial_want(trial, "event's FID", zpci_be32_get(event.fid), trial->target->fid);
	trial_want(trial, "function controls", guest_controls(trial), ZPCI_FIB_FC_ENABLED);
	trial->player->advance(trial->player, 10 * INTERVAL);
	trial_want(trial, "next event", guest_event(trial, &event), 0);
	expect_untouched(trial);
}

static void reset(struct trial *trial)
{
	trial->player->reset(trial->player, true);
}

#define AFTER(milliseconds) .with = { .value = (milliseconds) }, .needs = NEEDS_HOST
#define MEASURED .has = MEASURE

static const struct row rows[] = {
	{ .condition = "less than the interval",
	  MEASURED,
	  AFTER(INTERVAL - 1),
	  .answer = SAMPLES(0),
	  .check = expect_untouched,
	  .source = "ref 7" },
	{ .condition = "the interval",
	  MEASURED,
	  AFTER(INTERVAL),
	  .answer = SAMPLES(1),
	  .check = expect_zeros,
	  .effect = "64 bytes of format 0",
	  .source = "ref 7" },
	{ .condition = "five intervals",
	  MEASURED,
	  AFTER(5 * INTERVAL),
	  .answer = SAMPLES(5),
	  .check = expect_zeros,
	  .source = "ref 7" },
	{ .condition = "accesses and refreshes",
	  .has = MEASURE | IOAT,
	  AFTER(INTERVAL),
	  .prepare = some_accesses,
	  .answer = SAMPLES(1),
	  .check = expect_accesses,
	  .effect = "each is counted",
	  .source = "ref 7" },
	{ .condition = "accesses that were refused",
	  MEASURED,
	  AFTER(INTERVAL),
	  .prepare = refused_accesses,
	  .answer = SAMPLES(1),
	  .check = expect_zeros,
	  .effect = "they are not counted",
	  .source = "ref 7" },
	{ .condition = "DMA",
	  .has = MEASURE | IOAT,
	  AFTER(INTERVAL),
	  .prepare = some_dma,
	  .answer = SAMPLES(1),
	  .check = expect_dma,
	  .effect = "its bytes are counted",
	  .source = "ref 7" },
	{ .condition = "accesses from before the block was registered",
	  .has = IOAT,
	  AFTER(INTERVAL),
	  .prepare = accesses_then_block,
	  .answer = SAMPLES(1),
	  .check = expect_zeros,
	  .effect = "they are not counted",
	  .source = "ref 7, chosen" },
	{ .condition = "no block",
	  AFTER(2 * INTERVAL),
	  .answer = SAMPLES(0),
	  .check = expect_untouched,
	  .source = "ref 7" },
	{ .condition = "after SET_MEASURE 0",
	  MEASURED,
	  AFTER(2 * INTERVAL),
	  .prepare = switch_off,
	  .answer = SAMPLES(0),
	  .check = expect_untouched,
	  .source = "ref 7" },
	{ .condition = "after another block was set",
	  MEASURED,
	  AFTER(INTERVAL),
	  .prepare = move_block,
	  .answer = SAMPLES(0),
	  .check = expect_moved,
	  .effect = "the other one is stored",
	  .source = "ref 7" },
	{ .condition = "after disable",
	  MEASURED,
	  AFTER(2 * INTERVAL),
	  .prepare = disable,
	  .answer = SAMPLES(0),
	  .check = expect_untouched,
	  .source = "ref 7" },
	{ .condition = "after a system reset",
	  MEASURED,
	  AFTER(2 * INTERVAL),
	  .prepare = reset,
	  .answer = SAMPLES(0),
	  .check = expect_untouched,
	  .source = "ref 4.3" },
	{ .condition = "error blocked",
	  MEASURED,
	  AFTER(INTERVAL),
	  .prepare = fail,
	  .answer = SAMPLES(1),
	  .effect = "measurement goes on",
	  .source = "ref 7, chosen" },
	{ .condition = "block cannot be stored",
	  MEASURED,
	  AFTER(INTERVAL),
	  .prepare = break_block,
	  .answer = SAMPLES(0),
	  .check = expect_storage_event,
	  .effect = "event 002A, measurement ends, the function goes on",
	  .source = "ref 7" },
	{ .condition = "block behind the end of storage",
	  AFTER(INTERVAL),
	  .prepare = block_nowhere,
	  .answer = SAMPLES(0),
	  .check = expect_storage_event,
	  .effect = "event 002A, measurement ends, the function goes on",
	  .source = "ref 7" },
};

const struct family answers_measurement[] = {
	FAMILY("measurement interval: samples", pass, rows),
	{ NULL },
};
