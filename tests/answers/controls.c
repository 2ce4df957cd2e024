// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * controls.c - MPCIFC (reference 2.5, 5.2 to 5.5, 6.2, 7).
 *
 * A program interruption on MPCIFC kills a Linux guest (reference 2.0.5). So there is one only for
 * what a correct guest does not do: an operand that is not aligned or not in storage, a format or
 * an operation that does not exist. Everything else is a status.
 */
#include "fib.h"

#include <string.h>

#define PAGE 4096u

/* --- what came of it -------------------------------------------------------------------------- */

/* The registration of .has. */
static void expect_first_int(struct trial *trial)
{
	guest_int_fib(trial);
	fib_expect_int(trial);
}

static void expect_first_ioat(struct trial *trial)
{
	guest_tables(trial);
	fib_expect_ioat(trial);
}

static void expect_state(struct trial *trial, unsigned controls)
{
	trial_want(trial, "function controls", guest_controls(trial) & ~ZPCI_FIB_FC_DMA, controls);
}

static void expect_enabled(struct trial *trial)
{
	expect_state(trial, ZPCI_FIB_FC_ENABLED);
}

static void expect_unblocked(struct trial *trial)
{
	expect_state(trial, ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR);
}

static void expect_measured(struct trial *trial)
{
	fib_store(trial);
	fib_expect_field(trial, "FMB", FIB_FMB, trial_get(trial, FIB_FMB, 8));
}

static void expect_not_measured(struct trial *trial)
{
	fib_store(trial);
	fib_expect_field(trial, "FMB", FIB_FMB, 0);
}

static void expect_key_event(struct trial *trial)
{
	struct zpci_ccdf event;

	trial_want(trial, "event's PEC", guest_event(trial, &event), ZPCI_PEC_FMB_KEY);
	expect_enabled(trial);
	expect_not_measured(trial);
}

/* Where the row is about several states: in those in which it is done. */
static bool is_done(const struct trial *trial)
{
	return trial->row->in[trial->state] == CC(0);
}

static void expect_int_if_done(struct trial *trial)
{
	if (is_done(trial))
		fib_expect_int(trial);
}

static void expect_ioat_if_done(struct trial *trial)
{
	if (is_done(trial))
		fib_expect_ioat(trial);
}

static void expect_measured_if_done(struct trial *trial)
{
	if (is_done(trial))
		expect_measured(trial);
}

static void expect_enabled_if_done(struct trial *trial)
{
	if (is_done(trial))
		expect_enabled(trial);
}

static void expect_unblocked_if_done(struct trial *trial)
{
	if (is_done(trial))
		expect_unblocked(trial);
}

static void expect_ioat_and_enabled(struct trial *trial)
{
	expect_enabled(trial);
	expect_first_ioat(trial);
}

static void expect_int_and_enabled(struct trial *trial)
{
	expect_enabled(trial);
	expect_first_int(trial);
}

static void expect_all_and_unblocked(struct trial *trial)
{
	expect_unblocked(trial);
	expect_first_int(trial);
	expect_first_ioat(trial);
}

/* --- the operations in each state ------------------------------------------------------------- */

#define NOT_THERE [RESERVED] = CC(3), [STANDBY] = CC(3), [DISABLED] = CC(3), [PERMANENT] = CC(3)
#define SOURCE_STATES .source = "ref 2.5, 4.4", .prepare = fib_usual

static const struct row reg_int[] = {
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_REG_INT },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = CC(0), [BLOCKED] = CC(0), [UNBLOCKED] = CC(0) },
	  .check = expect_int_if_done },
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_REG_INT },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .effect = "STPCIFC tells it",
	  .source = "ref 5.2" },
	{ .condition = "registered",
	  .has = INT,
	  .with = { .control = ZPCI_MPCIFC_REG_INT },
	  .in = { [ENABLED] = STATUS(24), [BLOCKED] = STATUS(24), [UNBLOCKED] = STATUS(24) },
	  .check = expect_first_int,
	  .effect = "the first registration stays",
	  .source = "ref 5.2, 6.2",
	  .prepare = fib_usual },
};

static const struct row dereg_int[] = {
	{ .condition = "registered",
	  .has = INT,
	  .with = { .control = ZPCI_MPCIFC_DEREG_INT },
	  .prepare = fib_usual,
	  .source = "ref 2.5, 4.4",
	  .in = { [ENABLED] = CC(0), [BLOCKED] = CC(0), [UNBLOCKED] = CC(0) },
	  .check = fib_expect_no_int,
	  .effect = "not registered" },
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_DEREG_INT },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = STATUS(24), [BLOCKED] = STATUS(24),
		  [UNBLOCKED] = STATUS(24) } },
};

#define RECOVERY                                                                                   \
	.qemu_in = { [BLOCKED] = CC(0) },                                                          \
	.reason = "QEMU lets it register; LPAR answers 40, which Linux tolerates (ref 5.5)"

static const struct row reg_ioat[] = {
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT },
	  SOURCE_STATES,
	  RECOVERY,
	  .in = { NOT_THERE, [ENABLED] = CC(0), [BLOCKED] = STATUS(40), [UNBLOCKED] = CC(0) },
	  .check = expect_ioat_if_done },
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .effect = "STPCIFC tells it",
	  .source = "ref 5.2" },
	{ .condition = "registered",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT },
	  .prepare = fib_usual,
	  .answer = STATUS(24),
	  .check = expect_first_ioat,
	  .effect = "the first registration stays",
	  .source = "ref 5.2" },
	{ .condition = "registered",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT },
	  .prepare = fib_usual,
	  .state = UNBLOCKED,
	  .answer = STATUS(24),
	  .source = "ref 5.2" },
	{ .condition = "DMA space 1",
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT, .space = 1 },
	  .prepare = fib_usual,
	  .answer = STATUS(28),
	  .source = "ref 5.2",
	  .check = fib_expect_no_ioat },
	{ .condition = "DMA space 0xff",
	  .source = "ref 5.2",
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT, .space = 0xff },
	  .prepare = fib_usual,
	  .answer = STATUS(28) },
	{ .condition = "DMA space 1, registered: the space counts",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REG_IOAT, .space = 1 },
	  .prepare = fib_usual,
	  .answer = STATUS(28),
	  .source = "ref 5.2" },
};

static const struct row dereg_ioat[] = {
	{ .condition = "registered",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_DEREG_IOAT },
	  .prepare = fib_usual,
	  .source = "ref 2.5, 4.4",
	  .in = { [ENABLED] = CC(0), [BLOCKED] = CC(0), [UNBLOCKED] = CC(0) },
	  .check = fib_expect_no_ioat,
	  .effect = "not registered" },
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_DEREG_IOAT },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = STATUS(24), [BLOCKED] = STATUS(24),
		  [UNBLOCKED] = STATUS(24) } },
	{ .condition = "DMA space 1",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_DEREG_IOAT, .space = 1 },
	  .prepare = fib_usual,
	  .answer = STATUS(28),
	  .check = expect_first_ioat,
	  .source = "ref 5.2" },
};

/* Another aperture than that of .has. */
static void smaller_fib(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_PAL, 8, guest_dma_start(trial) + 0xffffff);
}

static void impossible_fib(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_PAL, 8, UINT64_MAX);
}

static const struct row rereg_ioat[] = {
	{ .condition = "registered",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REREG_IOAT },
	  .prepare = smaller_fib,
	  .source = "ref 5.9, 4.4",
	  RECOVERY,
	  .in = { [ENABLED] = CC(0), [BLOCKED] = STATUS(40), [UNBLOCKED] = CC(0) },
	  .check = expect_ioat_if_done },
	{ .condition = "registered",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REREG_IOAT },
	  .prepare = smaller_fib,
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .effect = "the new registration counts",
	  .source = "ref 5.9" },
	{ .condition = "not registered",
	  .with = { .control = ZPCI_MPCIFC_REREG_IOAT },
	  .in = { NOT_THERE, [ENABLED] = STATUS(24), [UNBLOCKED] = STATUS(24) },
	  .check = NULL,
	  SOURCE_STATES },
	{ .condition = "DMA space 1",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REREG_IOAT, .space = 1 },
	  .prepare = smaller_fib,
	  .answer = STATUS(28),
	  .check = expect_first_ioat,
	  .source = "ref 5.2" },
	{ .condition = "registered, new aperture too large",
	  .has = IOAT,
	  .with = { .control = ZPCI_MPCIFC_REREG_IOAT },
	  .prepare = impossible_fib,
	  .answer = STATUS(16),
	  .check = expect_first_ioat,
	  .effect = "the old registration stays",
	  .source = "ref 5.9",
	  .qemu = PGM(OPERAND) | OTHERWISE,
	  .reason = "QEMU's program interruption kills Linux, and it has deregistered already" },
};

static const struct row reset_error[] = {
	{ .condition = "FIB of zeros",
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = STATUS(24), [BLOCKED] = CC(0), [UNBLOCKED] = CC(0) },
	  .effect = NULL,
	  .check = expect_enabled_if_done },
	{ .condition = "from error blocked",
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR },
	  .state = BLOCKED,
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .effect = "enabled",
	  .source = "ref 4.3" },
	{ .condition = "from error unblocked",
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR },
	  .state = UNBLOCKED,
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .effect = "enabled",
	  .source = "ref 4.3" },
	{ .condition = "translation registered",
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR },
	  .state = BLOCKED,
	  .has = IOAT,
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .effect = "it stays registered",
	  .source = "ref 8.9 step 7",
	  .check = expect_ioat_and_enabled },
	{ .condition = "interruptions registered",
	  .state = BLOCKED,
	  .has = INT,
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .effect = "they stay registered",
	  .source = "ref 8.9 step 7",
	  .check = expect_int_and_enabled },
	{ .condition = "DMA space 1: not looked at",
	  .state = BLOCKED,
	  .with = { .control = ZPCI_MPCIFC_RESET_ERROR, .space = 1 },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.2" },
};

static const struct row reset_block[] = {
	{ .condition = "FIB of zeros",
	  .with = { .control = ZPCI_MPCIFC_RESET_BLOCK },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = STATUS(24), [BLOCKED] = CC(0), [UNBLOCKED] = STATUS(24) },
	  .check = expect_unblocked_if_done },
	{ .condition = "from error blocked",
	  .with = { .control = ZPCI_MPCIFC_RESET_BLOCK },
	  .state = BLOCKED,
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = expect_unblocked,
	  .effect = "error unblocked",
	  .source = "ref 4.3" },
	{ .condition = "registrations",
	  .with = { .control = ZPCI_MPCIFC_RESET_BLOCK },
	  .state = BLOCKED,
	  .has = IOAT | INT,
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .effect = "they stay",
	  .source = "ref 8.9 step 5",
	  .check = expect_all_and_unblocked },
	{ .condition = "DMA space 1: not looked at",
	  .state = BLOCKED,
	  .with = { .control = ZPCI_MPCIFC_RESET_BLOCK, .space = 1 },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .source = "ref 5.2",
	  .check = expect_unblocked },
};

static void no_block(struct trial *trial)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
}

static void block_with_key(struct trial *trial)
{
	no_block(trial);
	trial_put(trial, FIB_FMB, 8, trial_address(trial, FMB) | 0x08);
}

static void block_nowhere(struct trial *trial)
{
	no_block(trial);
	trial_put(trial, FIB_FMB, 8, trial->player->end);
}

static void moved_block(struct trial *trial)
{
	no_block(trial);
	trial_put(trial, FIB_FMB, 8, trial_address(trial, FMB + 0x800));
}

static const struct row set_measure[] = {
	{ .condition = "a block",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  SOURCE_STATES,
	  .in = { NOT_THERE, [ENABLED] = CC(0), [BLOCKED] = CC(0), [UNBLOCKED] = CC(0) },
	  .check = expect_measured_if_done },
	{ .condition = "a block",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .check = expect_measured,
	  .effect = "STPCIFC tells it",
	  .source = "ref 7" },
	{ .condition = "address 0, measured",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .has = MEASURE,
	  .prepare = no_block,
	  .answer = CC(0),
	  .check = expect_not_measured,
	  .effect = "measurement ends",
	  .source = "ref 7" },
	{ .condition = "address 0, not measured",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .prepare = no_block,
	  .answer = CC(0),
	  .check = expect_not_measured,
	  .source = "ref 7" },
	{ .condition = "another block",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .has = MEASURE,
	  .prepare = moved_block,
	  .answer = CC(0),
	  .check = expect_measured,
	  .effect = "the block moves",
	  .source = "ref 7" },
	{ .condition = "key bits",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .has = MEASURE,
	  .prepare = block_with_key,
	  .answer = STATUS(0),
	  .check = expect_key_event,
	  .effect = "measurement ends, event 002C",
	  .source = "ref 7" },
	{ .condition = "block behind the end of storage",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE },
	  .prepare = block_nowhere,
	  .answer = CC(0),
	  .effect = "found out by the first update",
	  .source = "ref 7" },
	{ .condition = "DMA space 1: not looked at",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE, .space = 1 },
	  .prepare = fib_usual,
	  .answer = CC(0),
	  .source = "ref 5.2",
	  .check = expect_measured },
};

/* --- the instruction -------------------------------------------------------------------------- */

static int at(struct trial *trial, uint64_t address)
{
	return guest_modify(trial, trial->handle, 0, trial->with->control, address);
}

static int fib_nowhere(struct trial *trial)
{
	return at(trial, trial->player->end);
}

static int fib_across_the_end(struct trial *trial)
{
	return at(trial, trial->player->end - 72);
}

static int fib_at_the_end(struct trial *trial)
{
	memset(trial->player->storage(trial->player, trial->player->end - 80), 0, 80);
	return at(trial, trial->player->end - 80);
}

static int fib_across_pages(struct trial *trial)
{
	memset(trial_bytes(trial, DATA + PAGE - 40), 0, 80);
	return at(trial, trial_address(trial, DATA + PAGE - 40));
}

static int fib_invalid(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FIB), 0);
	answer = at(trial, trial_address(trial, FIB));
	guest_translation_off(trial, answer, trial_address(trial, FIB));
	return answer;
}

static int fib_protected(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, 0, trial_address(trial, FIB));
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

static int with_operand(struct trial *trial, unsigned index, unsigned base, uint64_t value,
			int32_t displacement)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(trial->handle, 0, trial->with->control);
	if (base)
		trial->cpu.gr[base] = value;
	if (index)
		trial->cpu.gr[index] = 0x1000;
	encode_displaced(bytes, OP_MPCIFC, R_REQUEST, index, base, displacement);
	return guest_execute(trial, bytes, &effects);
}

static int indexed(struct trial *trial)
{
	return with_operand(trial, 3, R_BASE, trial_address(trial, FIB) - 0x1000 + 8, -8);
}

/* Absolute storage at 0x1400 is nobody's. */
static int index_alone(struct trial *trial)
{
	memset(trial->player->storage(trial->player, 0x1400), 0, sizeof(struct zpci_fib));
	return with_operand(trial, 3, 0, 0, 0x400);
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

/* Other bits than 56 to 63 are no part of the operation control. */
static int wide_control(struct trial *trial)
{
	return guest_modify(trial, trial->handle, 0, 0xab00 | trial->with->control,
			    trial_address(trial, FIB));
}

static void format_1(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_FORMAT, 1, 1);
}

static void format_255(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_FORMAT, 1, 255);
}

#define MEASURE_OFF .with = { .control = ZPCI_MPCIFC_SET_MEASURE }
#define ASSERTS .qemu = ENDS_QEMU, .reason = "QEMU 11.1 ends on an assertion when translation is on"
#define NO_OPERATION(number)                                                                       \
	{                                                                                          \
		.condition = "operation control " #number, .with = { .control = (number) },        \
		.answer = PGM(OPERAND), .source = "ref 2.5 check 7"                                \
	}

static const struct row instruction[] = {
	NO_OPERATION(0),
	NO_OPERATION(1),
	NO_OPERATION(8),
	NO_OPERATION(11),
	NO_OPERATION(16),
	NO_OPERATION(17),
	NO_OPERATION(255),
	{ .condition = "unknown operation in the error state",
	  .state = BLOCKED,
	  .with = { .control = 1 },
	  .answer = PGM(OPERAND),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "unknown operation, disabled: the state counts",
	  .state = DISABLED,
	  .with = { .control = 1 },
	  .answer = CC(3),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "other bits beside the operation control",
	  MEASURE_OFF,
	  .act = wide_control,
	  .answer = CC(0),
	  .effect = "they are not looked at",
	  .source = "ref 2.5",
	  .prepare = no_block,
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "FIB of format 1, directed interruptions",
	  .with = { .control = ZPCI_MPCIFC_REG_INT },
	  .prepare = format_1,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.5 check 6",
	  .check = fib_expect_no_int },
	{ .condition = "FIB of format 255",
	  MEASURE_OFF,
	  .prepare = format_255,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.5 check 6" },
	{ .condition = "FIB of format 1, disabled: the state counts",
	  MEASURE_OFF,
	  .state = DISABLED,
	  .prepare = format_1,
	  .answer = CC(3),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "FIB not aligned",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE, .address = 4 },
	  .source = "ref 2.5 check 2",
	  .in = { [DISABLED] = PGM(SPECIFICATION),
		  [ENABLED] = PGM(SPECIFICATION),
		  [BLOCKED] = PGM(SPECIFICATION) } },
	{ .condition = "FIB at an odd address",
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE, .address = 1 },
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.5 check 2" },
	{ .condition = "FIB not aligned, handle of nobody: alignment counts",
	  .handle = NO_INDEX,
	  .with = { .control = ZPCI_MPCIFC_SET_MEASURE, .address = 4 },
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "FIB behind the end of storage",
	  MEASURE_OFF,
	  .act = fib_nowhere,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.5 check 5" },
	{ .condition = "FIB across the end of storage",
	  MEASURE_OFF,
	  .act = fib_across_the_end,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.5 check 5" },
	{ .condition = "FIB at the end of storage",
	  MEASURE_OFF,
	  .act = fib_at_the_end,
	  .answer = CC(0),
	  .source = "ref 2.5",
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "FIB behind the end of storage, handle of nobody: the handle counts",
	  MEASURE_OFF,
	  .act = fib_nowhere,
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "FIB behind the end of storage, disabled: the state counts",
	  MEASURE_OFF,
	  .act = fib_nowhere,
	  .state = DISABLED,
	  .answer = CC(3),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "FIB across pages",
	  MEASURE_OFF,
	  .act = fib_across_pages,
	  .answer = CC(0),
	  .source = "ref 2.5",
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "FIB on a page that is invalid",
	  MEASURE_OFF,
	  .act = fib_invalid,
	  .answer = PGM(PAGE_TRANSLATION),
	  .needs = NEEDS_DAT,
	  .source = "ref 2.5 check 5",
	  ASSERTS },
	{ .condition = "FIB at an address without a segment",
	  .act = fib_without_segment,
	  MEASURE_OFF,
	  .needs = NEEDS_DAT,
	  .answer = PGM(SEGMENT_TRANSLATION),
	  .source = "ref 2.5 check 5",
	  ASSERTS },
	{ .condition = "FIB at an address above the address space",
	  .act = fib_above,
	  MEASURE_OFF,
	  .needs = NEEDS_DAT,
	  .answer = PGM(ASCE_TYPE),
	  .source = "ref 2.5 check 5",
	  ASSERTS },
	{ .condition = "FIB on a page that is protected",
	  MEASURE_OFF,
	  .act = fib_protected,
	  .answer = CC(0),
	  .needs = NEEDS_DAT,
	  .source = "ref 2.5: a fetch",
	  .prepare = no_block,
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "base, index and a negative displacement",
	  MEASURE_OFF,
	  .act = indexed,
	  .answer = CC(0),
	  .source = "ref 11.1",
	  .prepare = no_block,
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "index alone, no base",
	  MEASURE_OFF,
	  .act = index_alone,
	  .answer = CC(0),
	  .effect = "0x1400 is the address",
	  .source = "ref 13 trap 31",
	  .has = MEASURE,
	  .check = expect_not_measured },
	{ .condition = "problem state",
	  MEASURE_OFF,
	  .act = problem,
	  .source = "ref 2.5 check 1",
	  .in = { [DISABLED] = PGM(PRIVILEGED), [ENABLED] = PGM(PRIVILEGED) } },
	{ .condition = "problem state, FIB not aligned: the state counts",
	  MEASURE_OFF,
	  .act = problem_unaligned,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.5 order of checks" },
	{ .condition = "the handle's enable bit turned",
	  MEASURE_OFF,
	  .handle = OTHER_ENABLE,
	  .in = { NOT_THERE, [ENABLED] = CC(3), [BLOCKED] = CC(3), [UNBLOCKED] = CC(3) },
	  .source = "ref 2.5 check 3" },
	{ .condition = "enabled handle from before a disable and an enable",
	  MEASURE_OFF,
	  .handle = EARLIER,
	  .answer = CC(3),
	  .qemu = CC(0),
	  .source = "ref 4.1",
	  .reason = "QEMU does not count instances: a handle becomes current again" },
	{ .condition = "handle with an index that nobody has",
	  MEASURE_OFF,
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.5 check 3" },
	{ .condition = "handle 0",
	  MEASURE_OFF,
	  .handle = ZERO,
	  .answer = CC(3),
	  .source = "ref 4.1" },
	{ .condition = "handle of ones",
	  MEASURE_OFF,
	  .handle = ONES,
	  .answer = CC(3),
	  .source = "ref 4.1" },
};

const struct family answers_controls[] = {
	FAMILY("MPCIFC", fib_modify, instruction),
	FAMILY("MPCIFC 2 REG_INT", fib_modify, reg_int),
	FAMILY("MPCIFC 3 DEREG_INT", fib_modify, dereg_int),
	FAMILY("MPCIFC 4 REG_IOAT", fib_modify, reg_ioat),
	FAMILY("MPCIFC 5 DEREG_IOAT", fib_modify, dereg_ioat),
	FAMILY("MPCIFC 6 REREG_IOAT", fib_modify, rereg_ioat),
	FAMILY("MPCIFC 7 RESET_ERROR", fib_modify, reset_error),
	FAMILY("MPCIFC 9 RESET_BLOCK", fib_modify, reset_block),
	FAMILY("MPCIFC 10 SET_MEASURE", fib_modify, set_measure),
	{ NULL },
};
