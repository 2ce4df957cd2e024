// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_controls.c - STPCIFC (reference 2.6).
 *
 * Its order of checks is its own: the DMA space comes first, and the function is found by the index
 * in its handle alone, so that a guest can ask with a handle from before what became of it.
 */
#include "answers.h"

#include <string.h>

#define PAGE 4096u

static int store(struct trial *trial)
{
	memset(trial_bytes(trial, FIB), 0xee, sizeof(struct zpci_fib));
	return guest_store_controls(trial, trial->handle, trial->with->space,
				    trial_address(trial, FIB) + trial->with->address);
}

/* The FIB as it was stored: .with.value are the function controls, and bit 0 of R1 as
 * .with.control says. */
static void expect_fib(struct trial *trial, const struct zpci_fib *wanted)
{
	const uint8_t *stored = trial_bytes(trial, FIB);
	const uint8_t *bytes = (const uint8_t *)wanted;

	for (unsigned i = 0; i < sizeof(*wanted); i++)
		trial_want(trial, "byte of the FIB", i << 8 | stored[i], i << 8 | bytes[i]);
}

static void expect_controls(struct trial *trial, uint8_t controls)
{
	struct zpci_fib wanted;

	memset(&wanted, 0, sizeof(wanted));
	wanted.controls = controls;
	expect_fib(trial, &wanted);
}

static void look(struct trial *trial)
{
	static const uint8_t controls[STATES] = {
		[ENABLED] = 0x80, [BLOCKED] = 0xe0, [UNBLOCKED] = 0xc0
	};

	if (trial->state == PERMANENT || trial->state == STANDBY || trial->state == RESERVED)
		return;
	expect_controls(trial, controls[trial->state]);
	trial_want(trial, "bit 0 of R1", trial->cpu.gr[R_REQUEST] >> 63, trial->state != DISABLED);
}

static void look_at_registrations(struct trial *trial)
{
	static const uint8_t controls[STATES] = {
		[ENABLED] = 0x90, [BLOCKED] = 0xf0, [UNBLOCKED] = 0xd0
	};
	struct zpci_fib wanted;

	if (trial->state == PERMANENT)
		return;
	memset(&wanted, 0, sizeof(wanted));
	wanted.controls = controls[trial->state];
	zpci_be64_put(&wanted.pba, guest_dma_start(trial));
	zpci_be64_put(&wanted.pal, guest_dma_start(trial) + 0x3fffffff);
	zpci_be64_put(&wanted.iota,
		      trial_address(trial, RT_TABLE) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	zpci_be32_put(&wanted.interruption, 0x20100080);
	zpci_be64_put(&wanted.aibv, trial_address(trial, AIBV));
	zpci_be64_put(&wanted.aisb, trial_address(trial, AISB));
	zpci_be64_put(&wanted.fmb, trial_address(trial, FMB));
	expect_fib(trial, &wanted);
}

static void look_at_ioat(struct trial *trial)
{
	trial_want(trial, "function controls", trial_get(trial, FIB + 8, 1), 0x90);
	trial_want(trial, "interrupt word", trial_get(trial, FIB + 40, 4), 0);
	trial_want(trial, "FMB", trial_get(trial, FIB + 64, 8), 0);
}

static void look_at_int(struct trial *trial)
{
	trial_want(trial, "function controls", trial_get(trial, FIB + 8, 1), 0x80);
	trial_want(trial, "interrupt word", trial_get(trial, FIB + 40, 4), 0x20100080);
	trial_want(trial, "IOTA", trial_get(trial, FIB + 32, 8), 0);
}

/* --- operands --------------------------------------------------------------------------------- */

static int at(struct trial *trial, uint64_t address)
{
	return guest_store_controls(trial, trial->handle, trial->with->space, address);
}

static int nowhere(struct trial *trial)
{
	return at(trial, trial->player->end);
}

static int across_the_end(struct trial *trial)
{
	uint8_t *last = trial->player->storage(trial->player, trial->player->end - 72);
	int answer;

	memset(last, 0x77, 72);
	answer = at(trial, trial->player->end - 72);
	for (unsigned i = 0; i < 72; i++)
		trial_want(trial, "storage before its end", last[i], 0x77);
	return answer;
}

static int at_the_end(struct trial *trial)
{
	uint64_t where = trial->player->end - 80;
	int answer = at(trial, where);

	trial_want(trial, "function controls", trial->player->storage(trial->player, where)[8],
		   0x80);
	return answer;
}

static int across_pages(struct trial *trial)
{
	int answer = at(trial, trial_address(trial, DATA + PAGE - 40));

	trial_want(trial, "function controls", trial_get(trial, DATA + PAGE - 32, 1), 0x80);
	return answer;
}

static int protected_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, 0, trial_address(trial, FIB));
	answer = at(trial, trial_address(trial, FIB));
	guest_translation_off(trial, answer, trial_address(trial, FIB));
	return answer;
}

static int invalid_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FIB), 0);
	answer = at(trial, trial_address(trial, FIB));
	guest_translation_off(trial, answer, trial_address(trial, FIB));
	return answer;
}

static int fib_translated(struct trial *trial, uint64_t address)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FMB), 0);
	answer = at(trial, address);
	guest_translation_off(trial, answer, address);
	return answer;
}

static int fib_without_segment(struct trial *trial)
{
	return fib_translated(trial, NO_SEGMENT_ADDRESS);
}

static int fib_above(struct trial *trial)
{
	return fib_translated(trial, NO_ADDRESS);
}

static int across_to(struct trial *trial, bool invalid)
{
	uint64_t second = trial_address(trial, DATA + PAGE);
	int answer;

	trial->player->protect(trial->player, invalid ? second : 0, invalid ? 0 : second);
	answer = at(trial, second - 40);
	guest_translation_off(trial, answer, second);
	return answer;
}

static int across_to_protected_page(struct trial *trial)
{
	return across_to(trial, false);
}

static int across_to_invalid_page(struct trial *trial)
{
	return across_to(trial, true);
}

static int problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return at(trial, trial_address(trial, FIB));
}

static int problem_unaligned(struct trial *trial)
{
	trial->cpu.problem = true;
	return at(trial, trial_address(trial, FIB) + 4);
}

#define ASSERTS .qemu = ENDS_QEMU, .reason = "QEMU 11.1 ends on an assertion when translation is on"

static const struct row rows[] = {
	{ .condition = "nothing registered",
	  .check = look,
	  .source = "ref 2.6, 4.4",
	  .effect = "80 bytes: fc, all else 0; bit 0 of R1 on if it is enabled",
	  .in = { [RESERVED] = CC(3),
		  [STANDBY] = CC(3),
		  [DISABLED] = CC(0),
		  [ENABLED] = CC(0),
		  [BLOCKED] = CC(0),
		  [UNBLOCKED] = CC(0),
		  [PERMANENT] = STATUS(8) } },
	{ .condition = "everything registered",
	  .has = IOAT | INT | MEASURE,
	  .check = look_at_registrations,
	  .source = "ref 2.6, 5.1",
	  .effect = "80 bytes: fc with 0x10, what was registered",
	  .in = { [ENABLED] = CC(0),
		  [BLOCKED] = CC(0),
		  [UNBLOCKED] = CC(0),
		  [PERMANENT] = STATUS(8) } },
	{ .condition = "translation registered",
	  .has = IOAT,
	  .check = look_at_ioat,
	  .answer = CC(0),
	  .effect = "no field of the others",
	  .source = "ref 2.6" },
	{ .condition = "interruptions registered",
	  .has = INT,
	  .check = look_at_int,
	  .answer = CC(0),
	  .effect = "no field of the others",
	  .source = "ref 2.6" },
	{ .condition = "handle without the enable bit of an enabled function",
	  .handle = OTHER_ENABLE,
	  .check = look,
	  .effect = "bit 0 of R1 is set",
	  .source = "ref 2.6",
	  .in = { [ENABLED] = CC(0),
		  [BLOCKED] = CC(0),
		  [UNBLOCKED] = CC(0),
		  [PERMANENT] = STATUS(8) } },
	{ .condition = "handle with the enable bit of a disabled function",
	  .handle = OTHER_ENABLE,
	  .source = "ref 2.6",
	  .in = { [RESERVED] = CC(3), [STANDBY] = CC(3), [DISABLED] = CC(3) } },
	{ .condition = "enabled handle from before a disable and an enable",
	  .handle = EARLIER,
	  .check = look,
	  .answer = CC(0),
	  .effect = "as with the current one",
	  .source = "ref 2.6: by index only" },
	{ .condition = "enabled handle from before a disable",
	  .handle = EARLIER,
	  .state = DISABLED,
	  .answer = CC(3),
	  .source = "ref 2.6" },
	{ .condition = "handle with an index that nobody has",
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.6" },
	{ .condition = "handle with hypervisor bits that nobody has",
	  .handle = NO_KIND,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  .qemu = CC(0),
	  .reason = "QEMU looks at the index alone; two firmwares in one guest need more" },
	{ .condition = "handle of ones", .handle = ONES, .answer = CC(3), .source = "ref 2.6" },

	{ .condition = "DMA space 1",
	  .with = { .space = 1 },
	  .source = "ref 2.6",
	  .in = { [RESERVED] = STATUS(28),
		  [STANDBY] = STATUS(28),
		  [DISABLED] = STATUS(28),
		  [ENABLED] = STATUS(28),
		  [BLOCKED] = STATUS(28),
		  [UNBLOCKED] = STATUS(28),
		  [PERMANENT] = STATUS(28) } },
	{ .condition = "DMA space 0xff",
	  .with = { .space = 0xff },
	  .answer = STATUS(28),
	  .source = "ref 2.6" },
	{ .condition = "DMA space 1, handle of nobody: the space counts",
	  .handle = NO_INDEX,
	  .with = { .space = 1 },
	  .answer = STATUS(28),
	  .source = "ref 2.6 order of checks" },
	{ .condition = "DMA space 1, FIB not aligned: the space counts",
	  .with = { .space = 1, .address = 4 },
	  .answer = STATUS(28),
	  .source = "ref 2.6 order of checks" },
	{ .condition = "FIB not aligned",
	  .with = { .address = 4 },
	  .source = "ref 2.6",
	  .in = { [STANDBY] = PGM(SPECIFICATION),
		  [DISABLED] = PGM(SPECIFICATION),
		  [ENABLED] = PGM(SPECIFICATION),
		  [RESERVED] = PGM(SPECIFICATION),
		  [UNBLOCKED] = PGM(SPECIFICATION),
		  [PERMANENT] = PGM(SPECIFICATION),
		  [BLOCKED] = PGM(SPECIFICATION) } },
	{ .condition = "FIB not aligned, handle of nobody: alignment counts",
	  .handle = NO_INDEX,
	  .with = { .address = 4 },
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.6 order of checks" },
	{ .condition = "FIB behind the end of storage",
	  .act = nowhere,
	  .source = "ref 2.6",
	  .answer = PGM(ADDRESSING) },
	{ .condition = "FIB across the end of storage",
	  .act = across_the_end,
	  .source = "ref 2.6",
	  .answer = PGM(ADDRESSING),
	  .effect = "nothing is stored" },
	{ .condition = "FIB at the end of storage",
	  .act = at_the_end,
	  .source = "ref 2.6",
	  .answer = CC(0) },
	{ .condition = "FIB behind the end of storage, standby: the state counts",
	  .act = nowhere,
	  .state = STANDBY,
	  .answer = CC(3),
	  .source = "ref 2.6 order of checks" },
	{ .condition = "FIB across pages",
	  .act = across_pages,
	  .answer = CC(0),
	  .source = "ref 2.6" },
	{ .condition = "FIB on a page that is protected",
	  .act = protected_page,
	  .answer = PGM(PROTECTION),
	  .needs = NEEDS_DAT,
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "FIB on a page that is invalid",
	  .act = invalid_page,
	  .answer = PGM(PAGE_TRANSLATION),
	  .needs = NEEDS_DAT,
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "FIB at an address without a segment",
	  .act = fib_without_segment,
	  .needs = NEEDS_DAT,
	  .answer = PGM(SEGMENT_TRANSLATION),
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "FIB at an address above the address space",
	  .act = fib_above,
	  .needs = NEEDS_DAT,
	  .answer = PGM(ASCE_TYPE),
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "FIB across to a page that is protected",
	  .act = across_to_protected_page,
	  .answer = PGM(PROTECTION),
	  .needs = NEEDS_DAT,
	  .effect = "nothing is stored",
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "FIB across to a page that is invalid",
	  .act = across_to_invalid_page,
	  .answer = PGM(PAGE_TRANSLATION),
	  .needs = NEEDS_DAT,
	  .effect = "nothing is stored",
	  .source = "ref 2.6",
	  ASSERTS },
	{ .condition = "problem state",
	  .act = problem,
	  .source = "ref 2.6",
	  .in = { [DISABLED] = PGM(PRIVILEGED), [ENABLED] = PGM(PRIVILEGED) } },
	{ .condition = "problem state, FIB not aligned: the state counts",
	  .act = problem_unaligned,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.6 order of checks" },
};

const struct family answers_store_controls[] = {
	FAMILY("STPCIFC", store, rows),
	{ NULL },
};
