// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reset.c - resets from below (reference 4.3): of the system, and of the I/O subsystem as DIAGNOSE
 * 308 causes it, before the next kernel starts.
 *
 * The operation of these rows is the reset. Its answer is the state that List has of the
 * function afterwards.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

static int listed(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	trial->judged = false;
	if (!guest_list_entry(trial, trial->target->fid, &entry))
		return 0;
	if (zpci_be32_get(entry.handle) >> 31)
		return LEFT_IN(ENABLED);
	return zpci_be32_get(entry.configuration) ? LEFT_IN(DISABLED) : LEFT_IN(STANDBY);
}

static int system_reset(struct trial *trial)
{
	trial->player->reset(trial->player, true);
	return listed(trial);
}

static int subsystem_reset(struct trial *trial)
{
	trial->player->reset(trial->player, false);
	return listed(trial);
}

static void enable(struct trial *trial)
{
	trial_want(trial, "Set enable",
		   (uint64_t)guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1),
		   RESPONSE(ZPCI_CLP_OK));
}

static void expect_no_event(struct trial *trial)
{
	struct zpci_ccdf event;

	trial_want(trial, "event", guest_event(trial, &event), 0);
}

/* The handle from before is void, and nothing is left of the registrations. */
static void expect_fresh(struct trial *trial)
{
	expect_no_event(trial);
	trial_want(trial, "the old handle",
		   (uint64_t)guest_load(trial, trial->handle, CONFIG, 0, 4, NULL), CC(3));
	enable(trial);
	trial_want(trial, "function controls", guest_controls(trial), ZPCI_FIB_FC_ENABLED);
	trial_want(trial, "REG_INT", (uint64_t)guest_register_int(trial, guest_handle(trial)),
		   CC(0));
}

static void expect_usable(struct trial *trial)
{
	expect_no_event(trial);
	if (trial->state == STANDBY)
		guest_configure(trial, ZPCI_SCLP_CONFIGURE);
	enable(trial);
	trial_want(trial, "function controls", guest_controls(trial), ZPCI_FIB_FC_ENABLED);
}

static void fail_unheard(struct trial *trial)
{
	guest_fail(trial, 0);
}

static void make_dirty(struct trial *trial)
{
	guest_msix(trial);
	guest_bus_master(trial);
	probe_put(trial, ZPCI_PROBE_REG_SCRATCH64, 8, 0x1234567812345678ull);
	probe_put(trial, ZPCI_PROBE_MEMORY, 8, 0x1234567812345678ull);
}

static void expect_new_device(struct trial *trial)
{
	enable(trial);
	trial_want(trial, "Command", guest_config_get(trial, 4, 2) & 4, 0);
	trial_want(trial, "MSI-X control",
		   guest_config_get(trial, trial->target->msix + 2, 2) & 0xc000, 0);
	trial_want(trial, "scratch register", probe_get(trial, ZPCI_PROBE_REG_SCRATCH64, 8), 0);
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8), 0);
}

/* A doorbell and a transfer that have not ended when the reset comes. */
#define DELAY 20000 /* microseconds */
#define PAUSES 5000 /* of 20 microseconds at least */
#define FILLER 0x6666666666666666ull

static void start_work(struct trial *trial)
{
	memset(trial_bytes(trial, PAGES), 0x66, 8192);
	guest_msix(trial);
	guest_bus_master(trial);
	probe_put(trial, ZPCI_PROBE_REG_DELAY, 4, DELAY);
	probe_put(trial, ZPCI_PROBE_REG_DOORBELL_LATER, 4, 5);
	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x1111111111111111ull);
	probe_put(trial, ZPCI_PROBE_REG_DMA_DESTINATION, 8, guest_dma_start(trial));
	probe_put(trial, ZPCI_PROBE_REG_DMA_LENGTH, 8, 4096);
	probe_put(trial, ZPCI_PROBE_REG_DMA_COMMAND, 4, ZPCI_PROBE_DMA_FILL);
}

/* From the reset on the page is the next kernel's. */
static int work_then(struct trial *trial, bool whole_system)
{
	trial->player->reset(trial->player, whole_system);
	memset(trial_bytes(trial, PAGES), 0x66, 8192);
	trial_put(trial, AIBV, 8, 0);
	trial_put(trial, AISB, 8, 0);
	for (unsigned i = 0; i < PAUSES; i++)
		trial->player->pause(trial->player);
	for (unsigned i = 0; i < 8192; i += 8)
		trial_want(trial, "storage", trial_get(trial, PAGES + i, 8), FILLER);
	trial_want(trial, "AIBV", trial_get(trial, AIBV, 8), 0);
	trial_want(trial, "AISB", trial_get(trial, AISB, 8), 0);
	trial_want(trial, "interruptions", trial->player->interruptions(trial->player, 2), 0);
	return listed(trial);
}

static int work_then_system(struct trial *trial)
{
	return work_then(trial, true);
}

static int work_then_subsystem(struct trial *trial)
{
	return work_then(trial, false);
}

#define OFF LEFT_IN(DISABLED)
#define AFTERWARDS                                                                                 \
	{                                                                                          \
		[STANDBY] = LEFT_IN(STANDBY), [DISABLED] = OFF, [ENABLED] = OFF, [BLOCKED] = OFF,  \
		[UNBLOCKED] = OFF, [PERMANENT] = OFF                                               \
	}
#define ROWS(needs_, work)                                                                         \
	{ .condition = "any",                                                                      \
	  .needs = (needs_),                                                                       \
	  .in = AFTERWARDS,                                                                        \
	  .check = expect_usable,                                                                  \
	  .effect = "disabled (standby stays), usable, no event",                                  \
	  .source = "ref 4.3" },                                                                   \
		{ .condition = "everything registered",                                            \
		  .needs = (needs_),                                                               \
		  .has = IOAT | INT | MEASURE,                                                     \
		  .answer = LEFT_IN(DISABLED),                                                     \
		  .check = expect_fresh,                                                           \
		  .effect = "the old handle is void, nothing is registered",                       \
		  .source = "ref 4.3, 10.3" },                                                     \
		{ .condition = "device in use",                                                    \
		  .needs = (needs_) | NEEDS_PROBE,                                                 \
		  .prepare = make_dirty,                                                           \
		  .answer = LEFT_IN(DISABLED),                                                     \
		  .check = expect_new_device,                                                      \
		  .effect = "device, MSI-X and Command are as after power on",                     \
		  .source = "ref 4.3" },                                                           \
	{                                                                                          \
		.condition = "a vector and a transfer under way", .needs = (needs_) | NEEDS_PROBE, \
		.has = IOAT | INT, .prepare = start_work, .act = (work),                           \
		.answer = LEFT_IN(DISABLED),                                                       \
		.effect = "no byte of storage changes afterwards, no interruption comes",          \
		.source = "ref 4.3"                                                                \
	}

static const struct row system_resets[] = {
	ROWS(NEEDS_HOST, work_then_system),
	{ .condition = "an error event that was not fetched",
	  .needs = NEEDS_HOST,
	  .prepare = fail_unheard,
	  .answer = LEFT_IN(DISABLED),
	  .check = expect_no_event,
	  .effect = "the event is dropped",
	  .source = "ref 4.3" },
};

static const struct row subsystem_resets[] = {
	ROWS(NEEDS_RESET, work_then_subsystem),
	{ .condition = "an error event that was not fetched",
	  .needs = NEEDS_RESET,
	  .prepare = fail_unheard,
	  .answer = LEFT_IN(DISABLED),
	  .check = expect_no_event,
	  .effect = "the event is dropped: the next List says what there is",
	  .source = "ref 4.3",
	  .qemu = LEFT_IN(DISABLED) | OTHERWISE,
	  .reason = "QEMU keeps the event for the next kernel, with a handle that is void" },
};

const struct family answers_reset[] = {
	FAMILY("system reset", system_reset, system_resets),
	FAMILY("DIAGNOSE 308 reset", subsystem_reset, subsystem_resets),
	{ NULL },
};
