// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load_store.c - PCILG and PCISTG (reference 2.2).
 *
 * Both check the same things in the same order, so most rows are tried with both. We are more
 * liberal than QEMU on purpose: Linux issues 8-byte accesses at offsets that are only 4-aligned
 * (since 6.8, arch/s390/include/asm/pci_io.h, zpci_get_max_io_size()), and accesses across 4 KiB
 * of a BAR (the same helper looks at the address of the data instead). We are stricter where
 * QEMU drops bits of the request register or does not look where a BAR ends.
 */
#include "answers.h"

#define PAGE 4096u

/* --- memory with a pattern -------------------------------------------------------------------- */

static uint8_t pattern(uint64_t offset)
{
	return (uint8_t)(0x31 + offset * 7);
}

static uint64_t pattern_at(uint64_t offset, unsigned length)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < length; i++)
		value = value << 8 | pattern(offset + i);
	return value;
}

/* 16 bytes around the operand, by aligned stores, which every device takes. Without it the contents
 * are not looked at. */
static void fill_memory(struct trial *trial)
{
	const struct target *target = trial->target;
	uint64_t start = trial->with->offset & ~7ull;

	trial->note[0] = true;
	for (unsigned i = 0; i < 16 && start + i < target->memory_length; i += 8)
		trial_want(trial, "the BAR's memory cannot be filled",
			   guest_store(trial, guest_handle(trial), target->memory_bar,
				       target->memory + start + i, 8, pattern_at(start + i, 8)),
			   CC(0));
}

static unsigned space_of(const struct trial *trial)
{
	return trial->with->space == MEMORY ? trial->target->memory_bar : trial->with->space;
}

static uint64_t offset_of(const struct trial *trial)
{
	return trial->with->offset + (trial->with->space == MEMORY ? trial->target->memory : 0);
}

/* --- the two operations ----------------------------------------------------------------------- */

static int load(struct trial *trial)
{
	const struct operands *with = trial->with;
	uint64_t value = 0;
	int answer = guest_load(trial, trial->handle, space_of(trial), offset_of(trial),
				(unsigned)with->length, &value);

	if (answer == CC(0) && trial->note[0])
		trial_want(trial, "value loaded", value,
			   pattern_at(with->offset, (unsigned)with->length));
	else if (answer == CC(0) && with->length < 8)
		trial_want(trial, "R1 is extended by zeros", value >> 8 * with->length, 0);
	return answer;
}

#define STORED 0x8877665544332211ull

static uint8_t stored_byte(uint64_t index, unsigned length)
{
	return (uint8_t)(STORED >> 8 * (length - 1 - index));
}

/* The bytes stored are there, right-aligned in the register as they were, and no others changed. */
static void look_at_stored(struct trial *trial)
{
	const struct operands *with = trial->with;
	const struct target *target = trial->target;
	uint64_t start = with->offset & ~7ull, value = 0;

	for (unsigned i = 0; i < 16 && start + i < target->memory_length; i++) {
		uint64_t offset = start + i;
		uint8_t wanted = pattern(offset);

		if (i % 8 == 0)
			guest_load(trial, guest_handle(trial), target->memory_bar,
				   target->memory + offset, 8, &value);
		if (offset >= with->offset && offset < with->offset + with->length)
			wanted = stored_byte(offset - with->offset, (unsigned)with->length);
		trial_want(trial, "byte stored", value >> (56 - i % 8 * 8) & 0xff, wanted);
	}
}

static int store(struct trial *trial)
{
	const struct operands *with = trial->with;
	uint64_t value = 0;
	int answer = guest_store(trial, trial->handle, space_of(trial), offset_of(trial),
				 (unsigned)with->length, STORED);

	if (answer == CC(0) && trial->note[0]) {
		trial->judged = false;
		look_at_stored(trial);
	} else if (answer == CC(0) && with->space == MEMORY && with->length == 8) {
		trial->judged = false;
		guest_load(trial, trial->handle, space_of(trial), offset_of(trial), 8, &value);
		trial_want(trial, "value stored", value, STORED);
	}
	return answer;
}

/* --- rows for both ---------------------------------------------------------------------------- */

#define MEMORY_ROW(bytes, where)                                                                   \
	.with = { .space = MEMORY, .offset = (where), .length = (bytes) }, .prepare = fill_memory, \
	.effect = "bytes in address order, right-aligned in R1"
#define DOUBLEWORD_RULE                                                                            \
	.qemu = PGM(OPERAND),                                                                      \
	.reason = "QEMU lets no access cross a doubleword; Linux needs it (memcpy_toio since 6.8)"

#define ACCESS_STATES                                                                              \
	{                                                                                          \
		[RESERVED] = CC(3), [STANDBY] = CC(3), [DISABLED] = CC(3), [ENABLED] = CC(0),      \
		[BLOCKED] = STATUS(12), [UNBLOCKED] = CC(0), [PERMANENT] = STATUS(12)              \
	}

static const struct row both[] = {
	{ .condition = "config space",
	  .in = ACCESS_STATES,
	  .source = "ref 2.2, 4.4",
	  .with = { .space = CONFIG, .offset = 4, .length = 2 } },
	{ .condition = "BAR",
	  .in = ACCESS_STATES,
	  .source = "ref 2.2, 4.4",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "BAR, the handle's enable bit turned",
	  .handle = OTHER_ENABLE,
	  .in = { [RESERVED] = CC(3),
		  [STANDBY] = CC(3),
		  [DISABLED] = CC(3),
		  [ENABLED] = CC(3),
		  [BLOCKED] = CC(3),
		  [UNBLOCKED] = CC(3),
		  [PERMANENT] = CC(3) },
	  .source = "ref 2.2 checks 3 and 4",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "enabled handle from before a disable and an enable",
	  .handle = EARLIER,
	  .answer = CC(3),
	  .qemu = CC(0),
	  .source = "ref 4.1",
	  .reason = "QEMU does not count instances: a handle becomes current again",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "enabled handle from before a disable",
	  .handle = EARLIER,
	  .state = DISABLED,
	  .answer = CC(3),
	  .source = "ref 2.2 check 4",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "handle with an index that nobody has",
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.2 check 4",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "handle with hypervisor bits that nobody has",
	  .handle = NO_KIND,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "handle 0",
	  .handle = ZERO,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "handle of ones",
	  .handle = ONES,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  .with = { .space = MEMORY, .length = 8 } },
	{ .condition = "wrong handle and bad length: the handle counts",
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = MEMORY, .length = 0 } },
	{ .condition = "bad length in the error state: the state counts",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = MEMORY, .length = 0 } },
	{ .condition = "bad space in the error state: the state counts",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = 6, .length = 4 } },

	/* Address spaces. */
	{ .condition = "address space 6",
	  .answer = STATUS(20),
	  .source = "ref 2.2 check 6c",
	  .with = { .space = 6, .length = 4 } },
	{ .condition = "address space 14",
	  .answer = STATUS(20),
	  .source = "ref 2.2 check 6c",
	  .with = { .space = 14, .length = 4 } },
	{ .condition = "address space 14 and length 0: the space counts",
	  .answer = STATUS(20),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = 14, .length = 0 } },
	{ .condition = "address space 0x1f",
	  .answer = STATUS(20),
	  .qemu = CC(0),
	  .source = "ref 2.0.2",
	  .reason = "QEMU looks at four of the eight bits: config space",
	  .with = { .space = 0x1f, .offset = 4, .length = 2 } },
	{ .condition = "address space 0xff",
	  .answer = STATUS(20),
	  .qemu = CC(0),
	  .source = "ref 2.0.2",
	  .reason = "QEMU looks at four of the eight bits: config space",
	  .with = { .space = 0xff, .offset = 4, .length = 2 } },

	/* Lengths and alignment in a BAR. */
	{ .condition = "BAR, length 0",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6a",
	  .with = { .space = MEMORY, .length = 0 } },
	{ .condition = "BAR, 1 byte",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(1, 0),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 1 byte at 7",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(1, 7),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 2 bytes",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(2, 0),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 3 bytes",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(3, 0),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 4 bytes", .answer = CC(0), .source = "ref 2.2", MEMORY_ROW(4, 0) },
	{ .condition = "BAR, 4 bytes at 4",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(4, 4) },
	{ .condition = "BAR, 5 bytes",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(5, 0),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 6 bytes at 1",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(6, 1),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 7 bytes at 1",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  MEMORY_ROW(7, 1),
	  .needs = NEEDS_PROBE },
	{ .condition = "BAR, 8 bytes", .answer = CC(0), .source = "ref 2.2", MEMORY_ROW(8, 0) },
	{ .condition = "BAR, 8 bytes at 4, as Linux's memcpy_toio does",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(8, 4),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 2 bytes at 7",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(2, 7),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 4 bytes at 5",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(4, 5),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 7 bytes at 2",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(7, 2),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 8 bytes at 1",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(8, 1),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 8 bytes at 7",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 1",
	  MEMORY_ROW(8, 7),
	  DOUBLEWORD_RULE },
	{ .condition = "BAR, 8 bytes across 4 KiB, as Linux's memcpy_toio may do",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 2",
	  MEMORY_ROW(8, PAGE - 4),
	  .needs = NEEDS_ROOM },
	{ .condition = "BAR, 2 bytes across 4 KiB",
	  .answer = CC(0),
	  .source = "ref 2.2 conflict 2",
	  MEMORY_ROW(2, PAGE - 1),
	  .needs = NEEDS_ROOM },
	{ .condition = "BAR, length 9",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6a",
	  .with = { .space = MEMORY, .length = 9 } },
	{ .condition = "BAR, length 16",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6a",
	  .with = { .space = MEMORY, .length = 16 } },
	{ .condition = "BAR, length 0x1004",
	  .answer = PGM(OPERAND),
	  .qemu = CC(0),
	  .source = "ref 2.0.2",
	  .reason = "QEMU looks at four of the sixteen bits: length 4",
	  .with = { .space = MEMORY, .length = 0x1004 } },

	/* Where a BAR ends. */
	{ .condition = "BAR, last 8 bytes",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  .needs = NEEDS_PROBE,
	  MEMORY_ROW(8, 0x7ff8) },
	{ .condition = "behind the end of a BAR",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen: QEMU does not look, Linux survives this",
	  .with = { .space = MEMORY, .offset = 0x8000, .length = 4 } },
	{ .condition = "across the end of a BAR",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen",
	  .with = { .space = MEMORY, .offset = 0x7ffc, .length = 8 } },
	{ .condition = "BAR offset 2^63",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen",
	  .with = { .offset = 1ull << 63, .length = 4 } },
	{ .condition = "BAR offset 2^64 - 1, so that offset and length wrap",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen",
	  .with = { .offset = UINT64_MAX, .length = 8 } },
	{ .condition = "BAR offset 2^32: not taken for 0",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen",
	  .with = { .offset = 1ull << 32, .length = 4 } },
	{ .condition = "BAR that is absent",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, chosen: no check in QEMU",
	  .with = { .space = 5, .length = 4 } },
	{ .condition = "upper half of a 64-bit BAR",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.2, 3.5, chosen",
	  .with = { .space = 1, .length = 4 } },
	{ .condition = "BAR of a device that has none",
	  .of = BARE,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2, chosen",
	  .with = { .space = 3, .length = 4 } },
	{ .condition = "BAR, Command Memory bit emulated and 0",
	  .of = PLAIN,
	  .answer = CC(0),
	  .source = "ref 13 trap 27: not a condition of BAR access",
	  .with = { .space = MEMORY, .length = 8 } },

	/* Lengths and alignment in config space. */
	{ .condition = "config space, length 0",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .length = 0 } },
	{ .condition = "config space, length 3",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .length = 3 } },
	{ .condition = "config space, length 5",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .length = 5 } },
	{ .condition = "config space, length 8",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .length = 8 } },
	{ .condition = "config space, length 0x1002",
	  .answer = PGM(OPERAND),
	  .qemu = CC(0),
	  .source = "ref 2.0.2",
	  .reason = "QEMU looks at four of the sixteen bits: length 2",
	  .with = { .space = CONFIG, .length = 0x1002 } },
	{ .condition = "config space, 1 byte at 3",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  .with = { .space = CONFIG, .offset = 3, .length = 1 } },
	{ .condition = "config space, 2 bytes at 1, in a word",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  .with = { .space = CONFIG, .offset = 1, .length = 2 } },
	{ .condition = "config space, 2 bytes at 3",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .offset = 3, .length = 2 } },
	{ .condition = "config space, 4 bytes at 2",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 check 6b",
	  .with = { .space = CONFIG, .offset = 2, .length = 4 } },
	{ .condition = "config space, last word",
	  .answer = CC(0),
	  .source = "ref 9.7",
	  .with = { .space = CONFIG, .offset = 4092, .length = 4 } },
	{ .condition = "config space of a function without extended one, offset 0x100",
	  .of = BARE,
	  .answer = CC(0),
	  .source = "ref 13 trap 28",
	  .with = { .space = CONFIG, .offset = 0x100, .length = 4 } },
	{ .condition = "config space, offset 4096",
	  .answer = CC(0),
	  .source = "ref 2.2",
	  .with = { .space = CONFIG, .offset = 4096, .length = 4 } },
	{ .condition = "config space, bad length behind its end",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = CONFIG, .offset = 4096, .length = 3 } },
	{ .condition = "config space, bad length in the error state",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.2 order of checks",
	  .with = { .space = CONFIG, .length = 3 } },
};

/* --- registers -------------------------------------------------------------------------------- */

static int with_registers(struct trial *trial, unsigned opcode, unsigned r1, unsigned r2)
{
	const struct effects effects = { .status = r2,
					 .result = opcode == OP_PCILG ? r1 : NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[r2] = request(trial->handle, CONFIG, 4);
	trial->cpu.gr[(r2 + 1) & 15] = trial->with->offset;
	encode_rre(bytes, opcode, r1, r2);
	return guest_execute(trial, bytes, &effects);
}

static int load_odd(struct trial *trial)
{
	return with_registers(trial, OP_PCILG, 4, 9);
}

static int store_odd(struct trial *trial)
{
	return with_registers(trial, OP_PCISTG, 4, 9);
}

static int load_problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return with_registers(trial, OP_PCILG, 4, 8);
}

static int store_problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return with_registers(trial, OP_PCISTG, 4, 8);
}

static int load_problem_odd(struct trial *trial)
{
	trial->cpu.problem = true;
	return with_registers(trial, OP_PCILG, 4, 9);
}

static int store_problem_odd(struct trial *trial)
{
	trial->cpu.problem = true;
	return with_registers(trial, OP_PCISTG, 4, 9);
}

/* IDs at 0 as a big-endian register has them: little-endian in config space. */
static uint64_t ids(const struct trial *trial)
{
	uint8_t bytes[4];

	zpci_put_le(bytes, 2, trial->target->vendor);
	zpci_put_le(bytes + 2, 2, trial->target->device);
	return zpci_get_be(bytes, 4);
}

static int load_ids(struct trial *trial)
{
	int answer = with_registers(trial, OP_PCILG, 4, 8);

	trial_want(trial, "R1", trial->cpu.gr[4], ids(trial));
	return answer;
}

static int load_over_request(struct trial *trial)
{
	int answer = with_registers(trial, OP_PCILG, 8, 8);

	trial_want(trial, "R1", trial->cpu.gr[8], ids(trial));
	return answer;
}

static int load_over_offset(struct trial *trial)
{
	int answer = with_registers(trial, OP_PCILG, 9, 8);

	trial_want(trial, "R1", trial->cpu.gr[9], ids(trial));
	return answer;
}

static int load_last_pair(struct trial *trial)
{
	int answer = with_registers(trial, OP_PCILG, 0, 14);

	trial_want(trial, "R1", trial->cpu.gr[0], ids(trial));
	return answer;
}

/* Bits 32 to 39 of the request hold a status from before. */
static int load_old_status(struct trial *trial)
{
	const struct effects effects = { .status = R_REQUEST, .result = R_DATA };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(trial->handle, CONFIG, 4) | 0x5a000000;
	trial->cpu.gr[R_REQUEST + 1] = 0;
	encode_rre(bytes, OP_PCILG, R_DATA, R_REQUEST);
	return guest_execute(trial, bytes, &effects);
}

static int load_ones(struct trial *trial)
{
	uint64_t value = 0;
	int answer = guest_load(trial, trial->handle, CONFIG, trial->with->offset,
				(unsigned)trial->with->length, &value);

	trial_want(trial, "value loaded", value,
		   UINT64_MAX >> (64 - 8 * (unsigned)trial->with->length));
	return answer;
}

/* The instruction is the target of an EXECUTE: 44 0 X2 B2 D2, base register alone. */
static int executed(struct trial *trial, unsigned r2)
{
	const struct effects effects = { .status = r2, .result = 4 };
	uint8_t bytes[6] = { 0x44, 0, R_BASE << 4, 0, 0, 0 };

	encode_rre(trial_bytes(trial, DATA), OP_PCILG, 4, r2);
	guest_registers(trial);
	trial->cpu.gr[r2] = request(trial->handle, CONFIG, 4);
	trial->cpu.gr[r2 + 1] = 0;
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	return guest_execute(trial, bytes, &effects);
}

static int load_executed(struct trial *trial)
{
	int answer = executed(trial, 8);

	trial_want(trial, "R1", trial->cpu.gr[4], ids(trial));
	return answer;
}

static int load_executed_odd(struct trial *trial)
{
	return executed(trial, 9);
}

static const struct row loads[] = {
	{ .condition = "target of an EXECUTE",
	  .act = load_executed,
	  .answer = CC(0),
	  .needs = NEEDS_SIGNAL,
	  .effect = "as by itself",
	  .source = "Principles of Operation, chapter 7" },
	{ .condition = "target of an EXECUTE, R2 odd",
	  .act = load_executed_odd,
	  .answer = PGM(SPECIFICATION),
	  .needs = NEEDS_SIGNAL,
	  .source = "ref 2.2 check 2" },
	{ .condition = "R2 odd",
	  .act = load_odd,
	  .source = "ref 2.2 check 2",
	  .in = { [STANDBY] = PGM(SPECIFICATION),
		  [DISABLED] = PGM(SPECIFICATION),
		  [ENABLED] = PGM(SPECIFICATION),
		  [BLOCKED] = PGM(SPECIFICATION) } },
	{ .condition = "R2 odd, handle of nobody: the register counts",
	  .act = load_odd,
	  .handle = NO_INDEX,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.2 order of checks" },
	{ .condition = "problem state",
	  .act = load_problem,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.2 check 1" },
	{ .condition = "problem state, R2 odd: the state counts",
	  .act = load_problem_odd,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.2 order of checks" },
	{ .condition = "IDs, 4 bytes at 0 of config space",
	  .act = load_ids,
	  .answer = CC(0),
	  .effect = "R1: little-endian bytes in address order, zero-extended to 64 bits",
	  .source = "ref 2.2, 13 trap 1" },
	{ .condition = "R1 is R2",
	  .act = load_over_request,
	  .answer = CC(0),
	  .effect = "R1 gets the value",
	  .source = "ref 2.2" },
	{ .condition = "R1 is R2 + 1",
	  .act = load_over_offset,
	  .answer = CC(0),
	  .effect = "R1 gets the value",
	  .source = "ref 2.2" },
	{ .condition = "registers 0, 14 and 15",
	  .act = load_last_pair,
	  .answer = CC(0),
	  .effect = "R1 gets the value",
	  .source = "ref 2.2" },
	{ .condition = "an old status in the request",
	  .act = load_old_status,
	  .answer = CC(0),
	  .effect = "it stays: a status comes with cc 1 alone",
	  .source = "ref 2.0.2" },
	{ .condition = "config space, offset 4096",
	  .act = load_ones,
	  .answer = CC(0),
	  .effect = "R1: ones",
	  .source = "ref 2.2",
	  .with = { .offset = 4096, .length = 4 } },
	{ .condition = "config space, offset 2^32: not taken for 0",
	  .act = load_ones,
	  .answer = CC(0),
	  .effect = "R1: ones",
	  .source = "ref 2.2",
	  .with = { .offset = 1ull << 32, .length = 2 },
	  .qemu = CC(0) | OTHERWISE,
	  .reason = "QEMU passes 32 bits of the offset on" },
	{ .condition = "config space, offset 2^64 - 4",
	  .act = load_ones,
	  .answer = CC(0),
	  .effect = "R1: ones",
	  .source = "ref 2.2",
	  .with = { .offset = UINT64_MAX - 3, .length = 4 } },
};

/* Sizing of the memory's BAR: ones go in, the size comes out. */
static int size_bar(struct trial *trial)
{
	unsigned bar = trial->target->memory_bar;
	uint32_t size = 1u << trial->target->query.bar_size[bar];
	uint64_t value = 0;
	uint8_t bytes[4];
	int answer;

	guest_store(trial, trial->handle, CONFIG, 0x10 + 4 * bar, 4, 0xffffffff);
	answer = guest_load(trial, trial->handle, CONFIG, 0x10 + 4 * bar, 4, &value);
	zpci_put_be(bytes, 4, value);
	trial_want(trial, "BAR register", zpci_get_le(bytes, 4) & ~0xfull, (uint32_t) ~(size - 1));
	return answer;
}

static int store_ids(struct trial *trial)
{
	uint64_t value = 0;
	int answer = guest_store(trial, trial->handle, CONFIG, 0, 4, 0x12345678);

	guest_load(trial, trial->handle, CONFIG, 0, 4, &value);
	trial_want(trial, "IDs", value, ids(trial));
	return answer;
}

/* The Memory bit of a VF is hard-wired 0 and says nothing; a PF has it, 0 at first. */
static int store_memory_bit(struct trial *trial)
{
	uint64_t before = 0, after = 0;
	int answer;

	guest_load(trial, trial->handle, CONFIG, 4, 2, &before);
	answer = guest_store(trial, trial->handle, CONFIG, 4, 2, 0x0200);
	guest_load(trial, trial->handle, CONFIG, 4, 2, &after);
	trial_want(trial, "Command, Memory, at first", before & 0x0200, 0);
	trial_want(trial, "Command, Memory", after & 0x0200, trial->with->value);
	return answer;
}

static int store_master(struct trial *trial)
{
	uint64_t value = 0;
	int answer = guest_store(trial, trial->handle, CONFIG, 4, 2, 0x0400);

	guest_load(trial, trial->handle, CONFIG, 4, 2, &value);
	trial_want(trial, "Command, Bus Master", value & 0x0400, 0x0400);
	return answer;
}

static const struct row stores[] = {
	{ .condition = "R2 odd",
	  .act = store_odd,
	  .source = "ref 2.2 check 2",
	  .in = { [STANDBY] = PGM(SPECIFICATION),
		  [DISABLED] = PGM(SPECIFICATION),
		  [ENABLED] = PGM(SPECIFICATION),
		  [BLOCKED] = PGM(SPECIFICATION) } },
	{ .condition = "R2 odd, handle of nobody: the register counts",
	  .act = store_odd,
	  .handle = NO_INDEX,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.2 order of checks" },
	{ .condition = "problem state",
	  .act = store_problem,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.2 check 1" },
	{ .condition = "problem state, R2 odd: the state counts",
	  .act = store_problem_odd,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.2 order of checks" },
	{ .condition = "ones into a BAR register, which Linux does to size it",
	  .act = size_bar,
	  .answer = CC(0),
	  .effect = "reads back the size's mask",
	  .source = "ref 9.8" },
	{ .condition = "a read-only register of config space",
	  .act = store_ids,
	  .answer = CC(0),
	  .effect = "nothing",
	  .source = "ref 10.3" },
	{ .condition = "Memory into the Command register of a VF",
	  .act = store_memory_bit,
	  .answer = CC(0),
	  .needs = NEEDS_OURS,
	  .effect = "reads back 0",
	  .source = "ref 9.7, 13 trap 27" },
	{ .condition = "Memory into the Command register of a PF, profile plain",
	  .of = PLAIN,
	  .act = store_memory_bit,
	  .with = { .value = 0x0200 },
	  .answer = CC(0),
	  .effect = "reads back 1",
	  .source = "ref 9.7" },
	{ .condition = "Bus Master into the Command register",
	  .act = store_master,
	  .answer = CC(0),
	  .effect = "reads back 1",
	  .source = "ref 2.2" },
};

const struct family answers_load_store[] = {
	FAMILY("PCILG", load, both),
	FAMILY("PCISTG", store, both),
	FAMILY("PCILG", load, loads),
	FAMILY("PCISTG", store, stores),
	{ NULL },
};
