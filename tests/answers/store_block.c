// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_block.c - PCISTB (reference 2.3).
 *
 * A block may cross 4 KiB of its BAR with us: Linux can issue such ones (conflict 2 of reference
 * 2.2), and refusing would be a driver's failure. In a group with relaxed rules, where ISM's driver
 * stores any number of bytes, that border is the one rule left.
 */
#include "answers.h"

#define PAGE 4096u
#define FIRST 0x5b

/* What is stored lies at DATA, or wherever the row says. */
static void fill_data(struct trial *trial)
{
	trial_fill(trial, DATA, FIRST, 2 * PAGE);
}

static uint64_t address_of(const struct trial *trial)
{
	return trial_address(trial, DATA) + trial->with->address;
}

static unsigned space_of(const struct trial *trial)
{
	return trial->with->space == MEMORY ? trial->target->memory_bar : trial->with->space;
}

static uint64_t offset_of(const struct trial *trial)
{
	return trial->with->offset + (trial->with->space == MEMORY ? trial->target->memory : 0);
}

/* Each byte of the BAR is that of storage, in the same order. Words, which every device has. */
static void look_at_stored(struct trial *trial, const uint8_t *data)
{
	unsigned length = (unsigned)trial->with->length, piece = length % 4 ? 1 : 4;

	for (unsigned i = 0; i < length; i += piece) {
		uint64_t value = 0;

		guest_load(trial, trial->handle, space_of(trial), offset_of(trial) + i, piece,
			   &value);
		trial_want(trial, "bytes stored", value, zpci_get_be(data + i, piece));
	}
}

/* Without a look at what was stored. */
static int store_block_alone(struct trial *trial)
{
	return guest_store_block(trial, trial->handle, space_of(trial), offset_of(trial),
				 address_of(trial), (unsigned)trial->with->length);
}

static int store_block(struct trial *trial)
{
	int answer = store_block_alone(trial);

	if (answer == CC(0)) {
		trial->judged = false;
		look_at_stored(trial, trial->player->storage(trial->player, address_of(trial)));
	}
	return answer;
}

#define BLOCK_OF(bytes) .prepare = fill_data, .with = { .space = MEMORY, .length = (bytes) }
#define STORES .effect = "bytes in address order"
/* On hosts of that order. QEMU executes a block as stores of doublewords in host order. */
#define REVERSES                                                                                   \
	.qemu = CC(0) | OTHERWISE,                                                                 \
	.reason = "QEMU reverses the bytes of each doubleword on little-endian hosts",             \
	.on_little_endian_hosts = true

static const struct row rows[] = {
	{ .condition = "16 bytes",
	  BLOCK_OF(16),
	  .qemu_in = { [ENABLED] = CC(0) | OTHERWISE, [UNBLOCKED] = CC(0) | OTHERWISE },
	  .reason = "QEMU reverses the bytes of each doubleword on little-endian hosts",
	  .on_little_endian_hosts = true,
	  .source = "ref 2.3, 4.4",
	  .in = { [RESERVED] = CC(3),
		  [STANDBY] = CC(3),
		  [DISABLED] = CC(3),
		  [ENABLED] = CC(0),
		  [BLOCKED] = STATUS(12),
		  [UNBLOCKED] = CC(0),
		  [PERMANENT] = STATUS(12) } },
	{ .condition = "the handle's enable bit turned",
	  .handle = OTHER_ENABLE,
	  BLOCK_OF(16),
	  .in = { [RESERVED] = CC(3),
		  [STANDBY] = CC(3),
		  [DISABLED] = CC(3),
		  [ENABLED] = CC(3),
		  [BLOCKED] = CC(3),
		  [UNBLOCKED] = CC(3),
		  [PERMANENT] = CC(3) },
	  .source = "ref 2.3 check 2" },
	{ .condition = "enabled handle from before a disable and an enable",
	  .act = store_block_alone,
	  .handle = EARLIER,
	  BLOCK_OF(16),
	  .answer = CC(3),
	  .qemu = CC(0),
	  .source = "ref 4.1",
	  .reason = "QEMU does not count instances: a handle becomes current again" },
	{ .condition = "handle with an index that nobody has",
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.3 check 2",
	  BLOCK_OF(16) },
	{ .condition = "handle 0",
	  .handle = ZERO,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  BLOCK_OF(16) },
	{ .condition = "handle of ones",
	  .handle = ONES,
	  .answer = CC(3),
	  .source = "ref 4.1",
	  BLOCK_OF(16) },
	{ .condition = "wrong handle and bad length: the handle counts",
	  .handle = NO_INDEX,
	  .answer = CC(3),
	  .source = "ref 2.3 order of checks",
	  BLOCK_OF(0) },
	{ .condition = "bad length in the error state: the state counts",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.3 order of checks",
	  BLOCK_OF(0) },
	{ .condition = "bad space in the error state: the state counts",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.3 order of checks",
	  .with = { .space = 15, .length = 16 } },

	{ .condition = "address space 6",
	  .answer = STATUS(20),
	  .source = "ref 2.3 check 4",
	  .with = { .space = 6, .length = 16 } },
	{ .condition = "config space",
	  .answer = STATUS(20),
	  .source = "ref 2.3 check 4",
	  .with = { .space = CONFIG, .length = 16 } },
	{ .condition = "address space 0xff",
	  .answer = STATUS(20),
	  .source = "ref 2.3 check 4",
	  .with = { .space = 0xff, .length = 16 } },
	{ .condition = "bad space, offset and length: the space counts",
	  .answer = STATUS(20),
	  .source = "ref 2.3 order of checks",
	  .with = { .space = 6, .offset = 1, .length = 3 } },

	{ .condition = "length 0",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(0) },
	{ .condition = "length 4",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(4) },
	{ .condition = "length 8, the least that is not enough",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(8) },
	{ .condition = "length 12",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(12) },
	{ .condition = "length 17",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(17) },
	{ .condition = "length 24",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  BLOCK_OF(24) },
	{ .condition = "length 32",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  BLOCK_OF(32) },
	{ .condition = "length 64, a doorbell of some drivers",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  BLOCK_OF(64) },
	{ .condition = "length 120",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  BLOCK_OF(120) },
	{ .condition = "length 128, maxstbl",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  BLOCK_OF(128) },
	{ .condition = "length 136, above maxstbl",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(136) },
	{ .condition = "length 4096",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 6",
	  BLOCK_OF(4096) },
	{ .condition = "length 0x2010",
	  .act = store_block_alone,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.0.2",
	  .qemu = CC(0),
	  .reason = "QEMU looks at 13 of the 16 bits: length 16",
	  .with = { .space = MEMORY, .length = 0x2010 } },
	{ .condition = "offset 1",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 5",
	  .with = { .space = MEMORY, .offset = 1, .length = 16 } },
	{ .condition = "offset 4",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 5",
	  .with = { .space = MEMORY, .offset = 4, .length = 16 } },
	{ .condition = "offset 8",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = 8, .length = 16 } },
	{ .condition = "data at an odd address",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 8",
	  .with = { .space = MEMORY, .length = 16, .address = 1 } },
	{ .condition = "data at an address that is only 4-aligned",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 check 8",
	  .with = { .space = MEMORY, .length = 16, .address = 4 } },
	{ .condition = "data across a page of storage",
	  .answer = CC(0),
	  REVERSES,
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .length = 32, .address = PAGE - 16 } },
	{ .condition = "across 4 KiB of the BAR",
	  .answer = CC(0),
	  .needs = NEEDS_ROOM,
	  .source = "ref 2.2 conflict 2: QEMU answers 0x0006",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = PAGE - 8, .length = 16 } },
	{ .condition = "up to 4 KiB of the BAR",
	  .answer = CC(0),
	  .needs = NEEDS_ROOM,
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = PAGE - 128, .length = 128 } },
	{ .condition = "the end of the BAR",
	  .answer = CC(0),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = 0x7ff0, .length = 16 } },
	{ .condition = "across the end of the BAR",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.3 check 9",
	  .with = { .space = MEMORY, .offset = 0x7ff8, .length = 16 } },
	{ .condition = "offset 2^64 - 8, so that offset and length wrap",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.3 check 9",
	  .with = { .offset = UINT64_MAX - 7, .length = 16 } },
	{ .condition = "BAR that is absent",
	  .answer = PGM(OPERAND),
	  .needs = NEEDS_PROBE,
	  .source = "ref 2.3 check 9",
	  .with = { .space = 5, .length = 16 } },
	{ .condition = "BAR of a device that has none",
	  .of = BARE,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.3 check 9",
	  .with = { .space = 3, .length = 16 } },
};

/* --- the operand in storage ------------------------------------------------------------------- */

static void expect_nothing(struct trial *trial)
{
	uint64_t value = 1;

	guest_load(trial, guest_handle(trial), trial->target->memory_bar, trial->target->memory, 4,
		   &value);
	trial_want(trial, "BAR's memory", value, trial->note[1]);
}

static void remember_memory(struct trial *trial)
{
	guest_load(trial, guest_handle(trial), trial->target->memory_bar, trial->target->memory, 4,
		   &trial->note[1]);
}

static int store_from(struct trial *trial, uint64_t address, unsigned length)
{
	return guest_store_block(trial, trial->handle, trial->target->memory_bar,
				 trial->target->memory, address, length);
}

static int from_nowhere(struct trial *trial)
{
	return store_from(trial, trial->player->end, 16);
}

static int across_the_end(struct trial *trial)
{
	return store_from(trial, trial->player->end - 8, 16);
}

static int from_nowhere_unaligned(struct trial *trial)
{
	return store_from(trial, trial->player->end + 4, 16);
}

static int from_nowhere_bad_length(struct trial *trial)
{
	return store_from(trial, trial->player->end, 12);
}

static int from_invalid_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, DATA), 0);
	answer = store_from(trial, trial_address(trial, DATA), 16);
	guest_translation_off(trial, answer, trial_address(trial, DATA));
	return answer;
}

/* Storing to a device is no store to storage. */
static int from_protected_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, 0, trial_address(trial, DATA));
	answer = store_from(trial, trial_address(trial, DATA), 16);
	guest_translation_off(trial, answer, trial_address(trial, DATA));
	return answer;
}

static int data_translated(struct trial *trial, uint64_t address)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FMB), 0);
	answer = store_from(trial, address, 16);
	guest_translation_off(trial, answer, address);
	return answer;
}

static int data_without_segment(struct trial *trial)
{
	return data_translated(trial, NO_SEGMENT_ADDRESS);
}

static int data_above(struct trial *trial)
{
	return data_translated(trial, NO_ADDRESS);
}

/* The second of two pages. */
static int across_to_invalid_page(struct trial *trial)
{
	uint64_t second = trial_address(trial, DATA + PAGE);
	int answer;

	trial->player->protect(trial->player, second, 0);
	answer = store_from(trial, second - 8, 16);
	guest_translation_off(trial, answer, second);
	return answer;
}

/* An operand D2(B2) with everything given. */
static int displaced(struct trial *trial, unsigned base, uint64_t value, int32_t displacement)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(trial->handle, trial->target->memory_bar, 16);
	trial->cpu.gr[R_DATA] = trial->target->memory;
	if (base)
		trial->cpu.gr[base] = value;
	encode_displaced(bytes, OP_PCISTB, R_REQUEST, R_DATA, base, displacement);
	return guest_execute(trial, bytes, &effects);
}

/* The 16 bytes at @address of storage are in the BAR. */
static int stored_from(struct trial *trial, int answer, uint64_t address)
{
	const uint8_t *data = trial->player->storage(trial->player, address);

	trial->judged = false;
	for (unsigned i = 0; i < 16 && answer == CC(0); i += 4) {
		uint64_t value = 0;

		guest_load(trial, trial->handle, trial->target->memory_bar,
			   trial->target->memory + i, 4, &value);
		trial_want(trial, "bytes stored", value, zpci_get_be(data + i, 4));
	}
	return answer;
}

static int from_the_end(struct trial *trial)
{
	uint64_t data = trial->player->end - 16;

	for (unsigned i = 0; i < 16; i++)
		trial->player->storage(trial->player, data)[i] = (uint8_t)(i * 3 + 7);
	return stored_from(trial, store_from(trial, data, 16), data);
}

static int forward(struct trial *trial)
{
	uint64_t data = trial_address(trial, DATA + 0x108);

	return stored_from(trial, displaced(trial, R_BASE, data - 0x7fff8, 0x7fff8), data);
}

static int backward(struct trial *trial)
{
	uint64_t data = trial_address(trial, DATA + 0x110);

	return stored_from(trial, displaced(trial, R_BASE, data + 0x80000, -0x80000), data);
}

/* Absolute storage at 0x1400 is nobody's: neither the CPU's nor the players'. */
#define LOW 0x1400

static int no_base(struct trial *trial)
{
	for (unsigned i = 0; i < 16; i++)
		trial->player->storage(trial->player, LOW)[i] = (uint8_t)(i * 5 + 1);
	return stored_from(trial, displaced(trial, 0, 0, LOW), LOW);
}

static int in_mode(struct trial *trial, enum addressing mode, uint64_t garbage)
{
	uint64_t data = trial_address(trial, DATA + 0x208);

	trial->cpu.mode = mode;
	return stored_from(trial, displaced(trial, R_BASE, data | garbage, 0), data);
}

static int in_31_bits(struct trial *trial)
{
	return in_mode(trial, MODE_31, 0xdeadbeef80000000ull);
}

static int in_problem_state(struct trial *trial)
{
	trial->cpu.problem = true;
	return displaced(trial, R_BASE, trial_address(trial, DATA), 0);
}

#define NOT_STORED                                                                                 \
	.prepare = remember_memory, .check = expect_nothing, .effect = "nothing is stored"
#define ASSERTS .qemu = ENDS_QEMU, .reason = "QEMU 11.1 ends on an assertion when translation is on"

static const struct row operands[] = {
	{ .condition = "problem state",
	  .act = in_problem_state,
	  .source = "ref 2.3 check 1",
	  .in = { [DISABLED] = PGM(PRIVILEGED), [ENABLED] = PGM(PRIVILEGED) } },
	{ .condition = "data behind the end of storage",
	  .act = from_nowhere,
	  .answer = PGM(ADDRESSING),
	  NOT_STORED,
	  .source = "ref 2.3 check 10" },
	{ .condition = "data at the end of storage",
	  .act = from_the_end,
	  .answer = CC(0),
	  .source = "ref 2.3",
	  REVERSES },
	{ .condition = "data across the end of storage",
	  .act = across_the_end,
	  .answer = PGM(ADDRESSING),
	  NOT_STORED,
	  .source = "ref 2.3 check 10" },
	{ .condition = "data not in storage and not aligned: alignment counts",
	  .act = from_nowhere_unaligned,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 order of checks" },
	{ .condition = "data not in storage and bad length: length counts",
	  .act = from_nowhere_bad_length,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3 order of checks" },
	{ .condition = "data not in storage in the error state: the state counts",
	  .act = from_nowhere,
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 2.3 order of checks" },
	{ .condition = "data on a page that is invalid",
	  .act = from_invalid_page,
	  .answer = PGM(PAGE_TRANSLATION),
	  NOT_STORED,
	  .source = "ref 2.3 check 10",
	  .needs = NEEDS_DAT,
	  ASSERTS },
	{ .condition = "data at an address without a segment",
	  .act = data_without_segment,
	  .needs = NEEDS_DAT,
	  .answer = PGM(SEGMENT_TRANSLATION),
	  .source = "ref 2.3 check 10",
	  ASSERTS },
	{ .condition = "data at an address above the address space",
	  .act = data_above,
	  .needs = NEEDS_DAT,
	  .answer = PGM(ASCE_TYPE),
	  .source = "ref 2.3 check 10",
	  ASSERTS },
	{ .condition = "data across to a page that is invalid",
	  .act = across_to_invalid_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PAGE_TRANSLATION),
	  NOT_STORED,
	  .source = "ref 2.3 check 10",
	  ASSERTS },
	{ .condition = "data on a page that is protected",
	  .act = from_protected_page,
	  .answer = CC(0),
	  .source = "ref 2.3: a fetch",
	  .needs = NEEDS_DAT },
	{ .condition = "largest displacement",
	  .act = forward,
	  .answer = CC(0),
	  .prepare = fill_data,
	  REVERSES,
	  .source = "ref 13 trap 31",
	  STORES },
	{ .condition = "smallest displacement",
	  .act = backward,
	  .answer = CC(0),
	  .prepare = fill_data,
	  REVERSES,
	  .source = "ref 13 trap 31",
	  STORES },
	{ .condition = "base register 0",
	  .act = no_base,
	  .answer = CC(0),
	  .effect = "the displacement is the address",
	  REVERSES,
	  .source = "ref 13 trap 31" },
	{ .condition = "31-bit addressing, other bits in the base",
	  .act = in_31_bits,
	  .answer = CC(0),
	  .prepare = fill_data,
	  .effect = "they are not looked at",
	  REVERSES,
	  .source = "Principles of Operation, chapter 5" },
};

/* --- relaxed rules ---------------------------------------------------------------------------- */

static const struct row relaxed[] = {
	{ .of = RELAXED,
	  .condition = "1 byte",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  BLOCK_OF(1) },
	{ .of = RELAXED,
	  .condition = "7 bytes",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  BLOCK_OF(7) },
	{ .of = RELAXED,
	  .condition = "8 bytes, ISM's command",
	  .answer = CC(0),
	  .source = "ref 12",
	  STORES,
	  BLOCK_OF(8) },
	{ .of = RELAXED,
	  .condition = "136 bytes",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  BLOCK_OF(136) },
	{ .of = RELAXED,
	  .condition = "4095 bytes",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  BLOCK_OF(4095) },
	{ .of = RELAXED,
	  .condition = "4096 bytes, maxstbl",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  BLOCK_OF(4096) },
	{ .of = RELAXED,
	  .condition = "length 0",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3, 3.6",
	  BLOCK_OF(0) },
	{ .of = RELAXED,
	  .condition = "4097 bytes",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3, 3.6",
	  BLOCK_OF(4097) },
	{ .of = RELAXED,
	  .condition = "offset 3, data at 5",
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = 3, .length = 21, .address = 5 } },
	{ .of = RELAXED,
	  .condition = "up to 4 KiB of the BAR",
	  .answer = CC(0),
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .offset = PAGE - 3, .length = 3 } },
	{ .of = RELAXED,
	  .condition = "across 4 KiB of the BAR",
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3",
	  .with = { .space = MEMORY, .offset = PAGE - 3, .length = 4 } },
	{ .of = RELAXED,
	  .condition = "data across a page of storage",
	  .answer = CC(0),
	  .source = "ref 2.3",
	  STORES,
	  .prepare = fill_data,
	  .with = { .space = MEMORY, .length = 100, .address = PAGE - 3 } },
	{ .of = RELAXED,
	  .condition = "config space",
	  .answer = STATUS(20),
	  .source = "ref 2.3 check 4",
	  .with = { .space = CONFIG, .length = 3 } },
	{ .of = RELAXED,
	  .condition = "behind the end of a BAR",
	  .answer = PGM(OPERAND),
	  .source = "ref 2.3 check 9",
	  .with = { .space = 2, .offset = 0x4000, .length = 1 } },
	{ .of = RELAXED,
	  .condition = "error state",
	  .state = BLOCKED,
	  .answer = STATUS(12),
	  .source = "ref 4.4",
	  BLOCK_OF(3) },
};

const struct family answers_store_block[] = {
	FAMILY("PCISTB", store_block, rows),
	FAMILY("PCISTB", store_block, operands),
	FAMILY("PCISTB, relaxed group", store_block, relaxed),
	{ NULL },
};
