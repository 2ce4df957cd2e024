// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The meaning of a record. Its first byte chooses the step. The others are operands in the order in
 * which the step takes them, from tables of likely values with a few bad ones.
 */
#include "differential.h"
#include "zpci/util/instruction.h"

#include <string.h>

struct choice {
	const uint8_t *record;
	unsigned at;
};

/* The next @length bytes as a number; 0 behind the end. */
static uint64_t take(struct choice *choice, unsigned length)
{
	uint64_t value = 0;

	for (; length; length--, choice->at++)
		value = value << 8 | (choice->at < RECORD ? choice->record[choice->at] : 0);
	return value;
}

#define CHOOSE(choice, table) ((table)[take(choice, 1) % (sizeof(table) / sizeof((table)[0]))])

/* --- functions and handles ------------------------------------------------------------------- */

static struct model_function *nth_live(struct model *model, unsigned n)
{
	unsigned live = 0;

	for (unsigned i = 0; i < model->slots; i++)
		live += model->functions[i].state != MODEL_RESERVED;
	for (unsigned i = 0; live && i < model->slots; i++)
		if (model->functions[i].state != MODEL_RESERVED && n-- % live == 0)
			return &model->functions[i];
	return NULL;
}

/* A plugged function, or NULL. */
static struct model_function *take_live(struct pair *pair, struct choice *choice)
{
	unsigned n = (unsigned)take(choice, 1);
	unsigned live = 0;

	for (unsigned i = 0; i < pair->model->slots; i++)
		live += pair->model->functions[i].state != MODEL_RESERVED;
	return live ? nth_live(pair->model, n % live) : NULL;
}

static uint32_t take_handle(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	unsigned way = (unsigned)take(choice, 1);
	uint32_t handle;

	if (!function || way % 32 == 31)
		function = &pair->model->functions[way / 32 % pair->model->slots];
	handle = function->handle;
	/* After a reset a guest may still use the old handle. */
	if (function->last_enabled && way % 4 == 0)
		return function->last_enabled;
	switch (way % 32) {
	case 25:
		return handle ^ 0x80000000;
	case 26:
		return handle + 0x01000000;
	case 27:
		return pair->former[way / 32 + choice->record[RECORD - 2] % 8 * 2];
	case 28:
		return ~handle;
	case 29:
		return handle ^ 0x00010000;
	case 30:
		return handle & 0xffff;
	default:
		return handle;
	}
}

/* --- instructions ---------------------------------------------------------------------------- */

/* Mostly as a kernel in 64-bit mode; now and then not. */
static void execute(struct pair *pair, const struct choice *choice, const uint8_t code[6])
{
	static const uint64_t modes[4] = { 1ull << 48 | 3ull << 31, 1ull << 31, 0, 1ull << 31 };
	unsigned way = choice->record[RECORD - 1];
	uint64_t usual = pair->cpu.psw_mask, mode = way < 8 ? modes[way % 4] : usual;

	pair->cpu.psw_mask = pair->model_cpu.psw_mask = mode;
	pair_execute(pair, code);
	pair->cpu.psw_mask = pair->model_cpu.psw_mask = usual;
}

static void execute_rre(struct pair *pair, const struct choice *choice, unsigned opcode,
			unsigned r1, unsigned r2)
{
	const uint8_t code[6] = RRE(opcode, r1, r2);

	execute(pair, choice, code);
}

/* The operand is at @address: base register 12 plus a displacement. */
static void execute_displaced(struct pair *pair, struct choice *choice, unsigned opcode,
			      unsigned r1, unsigned third, uint64_t address)
{
	static const uint32_t displacements[] = { 0, 0, 0, 8, 0xffff8, 0x7ffff, 0x80000, 0x123 };
	uint32_t displacement = CHOOSE(choice, displacements);
	int64_t signed_one = (int64_t)displacement - (displacement & 0x80000 ? 0x100000 : 0);
	uint8_t code[6];

	encode_displaced(code, opcode, r1, third, 12, (int32_t)signed_one);
	pair_set_register(pair, 12, address - (uint64_t)signed_one);
	execute(pair, choice, code);
}

static uint64_t request(uint32_t handle, unsigned space, unsigned low)
{
	return (uint64_t)handle << 32 | space << 16 | low;
}

/* --- load, store, store block ---------------------------------------------------------------- */

static uint64_t config_offset(struct choice *choice)
{
	static const uint16_t places[] = {
		0x00, 0x02, 0x04, 0x04, 0x04,  0x06,  0x08,  0x10,  0x14,   0x18,   0x1c,
		0x20, 0x24, 0x34, 0x3c, 0x40,  0x42,  0x42,  0x42,  0x44,   0x60,   0x64,
		0x68, 0x69, 0x68, 0x69, 0x100, 0x104, 0xffc, 0xfff, 0x1000, 0x1001,
	};
	unsigned way = (unsigned)take(choice, 1);

	if (way < 200)
		return places[way % (sizeof(places) / sizeof(places[0]))];
	return way < 250 ? take(choice, 2) % 4096 : take(choice, 8);
}

static uint64_t bar_offset(struct choice *choice, unsigned bar)
{
	static const uint64_t of_2[] = { 0xfb8,	 0xfc0,	 0xfc4,	 0xfcc,	 0xff8,	 0xffc,
					 0x1000, 0x1008, 0x100c, 0x1010, 0x1014, 0x1018,
					 0xfbc,	 0x1ff8, 0x2000, 0 };
	static const uint64_t of_4[] = { 0,	      0xfffffff8,  0x100000000, 0x1fffffff8,
					 0x1fffffffc, 0x200000000, 0xffc,	0x123456789 };
	static const uint64_t of_others[] = {
		0,	8,	0xff8,	0xffc,	0x1000, 0x2ff8, 0x3000,
		0x3010, 0x3018, 0x3020, 0x3ff8, 0x3ffc, 0x4000, 0xfffffffffffffff8,
		0x2ffc, 0x3028
	};
	unsigned way = (unsigned)take(choice, 1);

	if (way >= 250)
		return take(choice, 8);
	if (way >= 160)
		return take(choice, 2) % 0x4010;
	if (bar == 2)
		return of_2[way % 16] + way / 16 % 4 * 4;
	return bar == 4 ? of_4[way % 8] : of_others[way % 16];
}

static unsigned take_space(struct choice *choice)
{
	static const uint8_t spaces[] = { 15, 15, 15, 15, 15, 0, 0, 0, 0, 2,  2,  2,
					  2,  2,  4,  4,  3,  1, 5, 6, 7, 14, 16, 0x80 };

	return CHOOSE(choice, spaces);
}

static unsigned take_length(struct choice *choice)
{
	static const uint16_t lengths[] = { 1, 2, 4, 8, 4, 2, 1, 8, 4, 4, 2, 2,
					    3, 5, 6, 7, 0, 9, 4, 8, 4, 8, 1, 0x8004 };

	return CHOOSE(choice, lengths);
}

static void access_space(struct pair *pair, struct choice *choice, bool store)
{
	uint32_t handle = take_handle(pair, choice);
	unsigned space = take_space(choice), length = take_length(choice);
	uint64_t offset = space == 15 ? config_offset(choice) : bar_offset(choice, space);
	unsigned registers = (unsigned)take(choice, 1);
	unsigned r1 = registers >> 4, r2 = registers & (registers % 16 == 15 ? 15 : 14);
	uint64_t value = take(choice, 1);

	if (value < 96)
		value = value << (choice->record[RECORD - 2] % 8 * 8);
	else if (value < 192)
		value = (value ^ choice->record[RECORD - 2]) * 0x0101010101010101ull;
	else
		value = value < 224 ? ~0ull : take(choice, 8);
	pair_set_register(pair, r1, value);
	pair_set_register(pair, r2, request(handle, space, length));
	pair_set_register(pair, (r2 + 1) % 16, offset);
	execute_rre(pair, choice, store ? OP_PCISTG : OP_PCILG, r1, r2);
}

static void load(struct pair *pair, struct choice *choice)
{
	access_space(pair, choice, false);
}

/* Mostly reads the same place afterwards. */
static void store(struct pair *pair, struct choice *choice)
{
	struct choice again = *choice;

	access_space(pair, choice, true);
	if (choice->record[RECORD - 3] % 4)
		access_space(pair, &again, false);
}

static uint64_t take_operand(struct choice *choice, uint64_t usual)
{
	static const uint64_t places[] = { 4, 8, 1, 0x1000 - 8, 0xff8 };
	unsigned way = (unsigned)take(choice, 1);

	if (way < 220)
		return usual;
	if (way < 245)
		return usual + places[way % 5];
	return way < 252 ? MODEL_STORAGE - 40 : take(choice, 8);
}

static void store_block(struct pair *pair, struct choice *choice)
{
	static const uint16_t lengths[] = { 16, 24, 32, 64,  120, 128,	16,   128, 136, 8,
					    15, 1,  7,	200, 512, 4096, 4097, 0,   100, 256 };
	uint32_t handle = take_handle(pair, choice);
	unsigned space = take_space(choice), length = CHOOSE(choice, lengths);
	uint64_t offset = bar_offset(choice, space) & (take(choice, 1) < 200 ? ~7ull : ~0ull);
	uint64_t address = take_operand(choice, AT_DATA);

	space = space == 15 && choice->record[RECORD - 2] % 8 ? 2 : space;
	for (unsigned i = 0; i < 256; i += 8)
		pair_set_storage(pair, AT_DATA + i, 8,
				 (choice->record[RECORD - 2] + i) * 0x0101010101010101ull);
	pair_set_register(pair, 2, request(handle, space, length));
	pair_set_register(pair, 3, offset);
	execute_displaced(pair, choice, OP_PCISTB, 2, 3, address);
}

/* Programs one vector as Linux does: address, data, then the mask. */
static void set_vector(struct pair *pair, struct choice *choice)
{
	uint32_t handle = take_handle(pair, choice);
	unsigned vector = (unsigned)take(choice, 1) % DESK_VECTORS;
	unsigned data = (unsigned)take(choice, 1), mask = (unsigned)take(choice, 1);
	const struct model_function *function = model_by_handle(pair->model, handle);
	uint64_t address = function ? function->plug.platform->msia : 0;

	pair_set_register(pair, 4, request(handle, 2, 8));
	pair_set_register(pair, 5, DESK_TABLE + vector * 16);
	/* Little-endian: only the first byte of these addresses has bits. */
	pair_set_register(pair, 6, data == 0xee ? 0x1234 : address >> 56);
	execute_rre(pair, choice, OP_PCISTG, 6, 4);
	pair_set_register(pair, 5, DESK_TABLE + vector * 16 + 8);
	pair_set_register(pair, 6, (uint64_t)(data % 16) << 56 | (mask % 4 ? 0 : 1ull << 24));
	pair_set_register(pair, 4, request(handle, 2, 8));
	execute_rre(pair, choice, OP_PCISTG, 6, 4);
}

/* --- DMA ------------------------------------------------------------------------------------- */

static uint64_t take_dma(struct choice *choice)
{
	unsigned way = (unsigned)take(choice, 1);
	uint64_t within = take(choice, 1) % 16 * 0x1000 + (take(choice, 1) * 17 & 0xff8);

	switch (way % 16) {
	case 0:
		return (way < 128 ? 0 : 1ull << 42) + DMA_START + 0x80000000 + within;
	case 1:
		return (way < 128 ? 0 : 1ull << 53) + DMA_START + 0x100000 + within;
	case 2:
		return DMA_START + 0x200000 + within;
	case 3:
		return DMA_START + 0x300000 + within;
	case 4:
		return DMA_START + 0x100000 - 0x800 + within % 0x1000;
	case 5:
		return way < 128 ? DMA_START - 0x800 + within : take(choice, 8);
	case 6:
		return DMA_START + 0x4000000000 + within;
	default:
		return DMA_START + within;
	}
}

static void refresh(struct pair *pair, struct choice *choice)
{
	static const uint64_t lengths[] = {
		0x1000, 0x1000, 0x2000,	       0x10000, 0x100000,	   1,
		0,	0xfff,	0x3ff00000000, ~0ull,	0x8000000000000000
	};
	uint32_t handle = take_handle(pair, choice);
	uint64_t length = CHOOSE(choice, lengths);
	uint64_t start = length > 0x100000 ? DMA_START : take_dma(choice);
	unsigned registers = (unsigned)take(choice, 1);
	unsigned r2 = registers % 16 == 15 ? 5 : 4;

	pair_set_register(pair, 7, request(handle, 0, 0));
	pair_set_register(pair, r2, start);
	pair_set_register(pair, r2 + 1, length);
	execute_rre(pair, choice, OP_RPCIT, registers < 250 ? 7 : r2, r2);
}

/* The right value of each entry, to restore it. */
static uint64_t proper_entry(uint64_t address)
{
	unsigned i = (unsigned)(address - AT_PAGE_TABLES) / 8;

	if (address == AT_ROOT + 16)
		return AT_SEGMENTS | 7;
	if (address == AT_ROOT + 24)
		return (AT_SEGMENTS + 0x4000) | 7;
	if (address < AT_PAGE_TABLES)
		return address % 0x4000 < 16 ? AT_PAGE_TABLES + address % 0x4000 / 8 * 0x800
					     : 0x400;
	return AT_PAGES + i % 32 * 0x1000;
}

static uint64_t take_entry(struct choice *choice, uint64_t address)
{
	static const uint64_t flips[] = { 0x20, 0x400, 0x200, 0x08, 0x04, 0x01, 0x40, 0x80, 0x02 };
	unsigned way = (unsigned)take(choice, 1);

	if (way < 90)
		return proper_entry(address);
	if (way < 200)
		return proper_entry(address) ^ CHOOSE(choice, flips);
	if (way < 230)
		return AT_PAGES + take(choice, 1) % 32 * 0x1000;
	if (way < 245)
		return 0x1000000 | (proper_entry(address) & 0xfff);
	return take(choice, 8);
}

/* Changes a table, mostly with RPCIT. */
static void set_entry(struct pair *pair, struct choice *choice)
{
	static const uint32_t tables[] = { AT_ROOT + 16,
					   AT_ROOT + 24,
					   AT_SEGMENTS,
					   AT_SEGMENTS + 8,
					   AT_SEGMENTS + 16,
					   AT_SEGMENTS + 0x4000,
					   AT_PAGE_TABLES,
					   AT_PAGE_TABLES,
					   AT_PAGE_TABLES + 0x800,
					   AT_PAGE_TABLES + 0x1000,
					   AT_PAGE_TABLES,
					   AT_PAGE_TABLES };
	uint64_t address = CHOOSE(choice, tables);

	if (address >= AT_PAGE_TABLES)
		address += take(choice, 1) % 17 * 8;
	pair_set_storage(pair, address, 8, take_entry(choice, address));
	pair_say(pair, "    entry at 0x%x is %llx\n", (unsigned)address,
		 (unsigned long long)model_get_be(pair->model->storage + address, 8));
	if (take(choice, 1) < 200)
		refresh(pair, choice);
}

/* The engine's next access may use an old or a new translation. */
static bool is_open(struct pair *pair, struct model_function *function)
{
	const uint8_t *descriptor = function->bar0 + DESK_DESCRIPTOR;

	return model_dma_open(pair->model, function, model_get_le(descriptor, 8),
			      DESK_MEMORY < model_get_le(descriptor + 8, 2)
				      ? DESK_MEMORY
				      : (size_t)model_get_le(descriptor + 8, 2));
}

static void describe_access(struct pair *pair, struct model_function *function,
			    struct choice *choice)
{
	static const uint16_t lengths[] = { 1, 8, 64, 0x1000, 0x1800, 0x2004, 0, 0x100, 0x3000, 7 };
	uint8_t descriptor[13] = { 0 };

	model_put_le(descriptor, 8, take_dma(choice));
	model_put_le(descriptor + 8, 2, CHOOSE(choice, lengths));
	model_put_le(descriptor + 10, 2, take(choice, 2) % 0x400);
	descriptor[12] = (uint8_t)take(choice, 1);
	memcpy(function->bar0 + DESK_DESCRIPTOR, descriptor, sizeof(descriptor));
	memcpy(pair_device(pair, function)->bar0 + DESK_DESCRIPTOR, descriptor, sizeof(descriptor));
	pair_say(pair, "    function 0x%x %s 0x%llx, %llu bytes\n", function->plug.fid,
		 descriptor[12] & 1 ? "writes to" : "reads from",
		 (unsigned long long)model_get_le(descriptor, 8),
		 (unsigned long long)model_get_le(descriptor + 8, 2));
}

static void device_access(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	bool by_guest = take(choice, 1) % 4 == 0;

	if (!function)
		return;
	describe_access(pair, function, choice);
	if (is_open(pair, function))
		return;
	if (!by_guest) {
		pair_engine(pair, function);
		return;
	}
	pair_set_register(pair, 2, request(function->handle, 0, 1));
	pair_set_register(pair, 3, DESK_ENGINE);
	execute_rre(pair, choice, OP_PCISTG, 1, 2);
}

/* A page is used, its entry changes, RPCIT, and the page is used again: each time as in the
 * tables. */
static void remap(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	unsigned page = (unsigned)take(choice, 1) % 16, pages = (unsigned)take(choice, 1) % 3 + 1;
	uint64_t entry = AT_PAGE_TABLES + 8 * page;

	if (!function)
		return;
	for (unsigned round = 0; round < 2; round++) {
		describe_access(pair, function, &(struct choice){ choice->record, RECORD - 6 });
		model_put_le(function->bar0 + DESK_DESCRIPTOR, 8, DMA_START + 0x1000 * page);
		model_put_le(pair_device(pair, function)->bar0 + DESK_DESCRIPTOR, 8,
			     DMA_START + 0x1000 * page);
		if (!is_open(pair, function))
			pair_engine(pair, function);
		if (round)
			return;
		pair_set_storage(pair, entry, 8, take_entry(choice, entry));
		pair_set_register(pair, 7, request(function->handle, 0, 0));
		pair_set_register(pair, 4, DMA_START + 0x1000 * (page + 1 - pages));
		pair_set_register(pair, 5, 0x1000 * pages);
		execute_rre(pair, choice, OP_RPCIT, 7, 4);
	}
}

static void raise_vector(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	unsigned vector = (unsigned)take(choice, 1) % (DESK_VECTORS + 1);
	const struct desk_device *device;

	if (!function)
		return;
	pair_say(pair, "    function 0x%x vector %u\n", function->plug.fid, vector);
	if (take(choice, 1) % 3) {
		device = pair_device(pair, function);
		device->services->raise_vector(device->services->function, vector);
		model_vector(pair->model, function, vector);
		return;
	}
	pair_set_register(pair, 1, vector);
	pair_set_register(pair, 2, request(function->handle, 0, 1));
	pair_set_register(pair, 3, DESK_DOORBELL);
	execute_rre(pair, choice, OP_PCISTG, 1, 2);
}

/* --- controls -------------------------------------------------------------------------------- */

static void fill_translation(struct pair *pair, struct choice *choice)
{
	static const uint64_t starts[] = {
		DMA_START,     DMA_START,	  DMA_START, DMA_START + 0x2000,
		DMA_START - 1, DMA_START + 0x801, 0,	     ~0ull
	};
	static const uint64_t ends[] = { 0x3ffffffffff,
					 0x3ffffffffff,
					 DMA_START + 0x100fff,
					 DMA_START + 0x5000,
					 DMA_START,
					 DMA_START + 0x1fffff,
					 DMA_START + 0x200fff,
					 DMA_START + 0x201fff,
					 0x3fffffffffffffff,
					 0x3fffffffffffffff,
					 0x40000000000,
					 0,
					 ~0ull };
	static const uint64_t anchors[] = { AT_ROOT | 0x804,   AT_ROOT | 0x804,	  AT_ROOT | 0x804,
					    AT_ROOT | 0xa04,   AT_ROOT | 0x004,	  AT_ROOT | 0x808,
					    AT_ROOT | 0x80c,   AT_ROOT | 0x800,	  0x1000804,
					    AT_LARGER | 0x808, AT_LARGER | 0x80c, AT_LARGER | 0x80c,
					    AT_LARGER | 0x810, AT_ROOT | 0x814,	  0x0c000804,
					    AT_ROOT | 0x807 };

	pair_set_storage(pair, AT_FIB + 16, 8, CHOOSE(choice, starts));
	pair_set_storage(pair, AT_FIB + 24, 8, CHOOSE(choice, ends));
	pair_set_storage(pair, AT_FIB + 32, 8, CHOOSE(choice, anchors));
}

static void fill_interruption(struct pair *pair, struct choice *choice)
{
	static const uint64_t vectors[] = { AT_AIBV,	       AT_AIBV,	      AT_AIBV + 8,
					    MODEL_STORAGE - 1, MODEL_STORAGE, ~0ull,
					    AT_AIBV + 0xfff,   AT_AIBV };
	static const uint64_t summaries[] = { AT_AISB,		 AT_AISB,	AT_AISB + 8,
					      MODEL_STORAGE - 4, MODEL_STORAGE, AT_AISB };
	static const uint16_t numbers[] = { 5, 5, 16, 3, 1, 0, 0xfff, 64 };
	unsigned word = (unsigned)take(choice, 1) % 4 << 28 | (unsigned)CHOOSE(choice, numbers)
								      << 16;

	word |= (unsigned)take(choice, 1) % 70 % 64 << 8 | (unsigned)take(choice, 1);
	pair_set_storage(pair, AT_FIB + 40, 4, word | (word & 1 ? 0x80000040 : 0));
	pair_set_storage(pair, AT_FIB + 48, 8, CHOOSE(choice, vectors));
	pair_set_storage(pair, AT_FIB + 56, 8, CHOOSE(choice, summaries));
}

static void fill_measurement(struct pair *pair, struct choice *choice)
{
	static const uint64_t blocks[] = { AT_FMB,
					   AT_FMB,
					   AT_FMB + 0x80,
					   0,
					   AT_FMB + 4,
					   MODEL_STORAGE - 16,
					   MODEL_STORAGE,
					   AT_FMB + 0x10,
					   0 };

	pair_set_storage(pair, AT_FIB + 64, 8, CHOOSE(choice, blocks));
}

static void modify(struct pair *pair, struct choice *choice)
{
	static const uint16_t controls[] = { 2, 3, 4, 5, 6, 7, 9, 10, 2,  4,	 10,  7,
					     9, 2, 4, 4, 0, 1, 8, 16, 17, 0x104, 0xff };
	uint32_t handle = take_handle(pair, choice);
	unsigned control = CHOOSE(choice, controls);
	unsigned way = (unsigned)take(choice, 1);

	pair_set_storage(pair, AT_FIB, 8, way == 255 ? 1ull << 56 : 0);
	fill_translation(pair, choice);
	fill_interruption(pair, choice);
	fill_measurement(pair, choice);
	pair_set_register(pair, 2, request(handle, way % 16 == 15 ? way : 0, control));
	execute_displaced(pair, choice, OP_MPCIFC, 2, 0, take_operand(choice, AT_FIB));
}

static void store_controls(struct pair *pair, struct choice *choice)
{
	uint32_t handle = take_handle(pair, choice);
	unsigned way = (unsigned)take(choice, 1);

	pair_set_register(pair, 2, request(handle, way % 16 == 15 ? way : 0, 0));
	pair_set_register(pair, 9, 0x80);
	execute_displaced(pair, choice, OP_STPCIFC, 2, way % 8 ? 0 : 9,
			  take_operand(choice, AT_FIB));
}

/* --- CLP ------------------------------------------------------------------------------------- */

/* A block at AT_CLP with these headers, sometimes a little wrong. */
static void begin_block(struct pair *pair, struct choice *choice, unsigned command,
			unsigned request_length, unsigned response_length)
{
	static const uint16_t lengths[] = { 0,	8,  15,	 16,   24,   32,   40,	 48,
					    56, 64, 160, 4064, 8160, 8176, 8184, 0xfff8 };
	unsigned way = (unsigned)take(choice, 1);

	if (way >= 250)
		request_length = CHOOSE(choice, lengths);
	if (way >= 190 && way < 250)
		response_length = CHOOSE(choice, lengths);
	pair_set_storage(pair, AT_CLP, 8, (uint64_t)request_length << 48 | (uint64_t)command << 32);
	for (unsigned i = 8; i < 32; i += 8)
		pair_set_storage(pair, AT_CLP + i, 8, 0);
	pair_set_storage(pair, AT_CLP + request_length, 8, (uint64_t)response_length << 48 | 0x77);
	if (way == 180)
		pair_set_storage(pair, AT_CLP + 7, 1, 1);
	if (way == 181)
		pair_set_storage(pair, AT_CLP + 8, 1, 1);
	if (way == 182)
		pair_set_storage(pair, AT_CLP + 31, 1, 1);
}

static void execute_clp(struct pair *pair, struct choice *choice)
{
	static const uint8_t controls[] = { 2, 2, 2, 2, 2, 2,	 2, 2,	  2,
					    2, 2, 2, 2, 0, 0x42, 1, 0x82, 3 };
	uint8_t code[6] = RRE_CLP(CHOOSE(choice, controls), 2, 3);

	pair_set_register(pair, 3, take_operand(choice, AT_CLP));
	execute(pair, choice, code);
}

static void list(struct pair *pair, struct choice *choice)
{
	static const uint16_t rooms[] = { 48, 64, 80, 4064, 96, 40, 32, 8160 };
	unsigned way = (unsigned)take(choice, 1);

	begin_block(pair, choice, 2, 32, CHOOSE(choice, rooms));
	if (way % 4)
		pair_set_storage(pair, AT_CLP + 16, 8,
				 way < 240 ? pair->token : 0x8000000000000001ull + way);
	execute_clp(pair, choice);
}

static void query_function(struct pair *pair, struct choice *choice)
{
	static const uint16_t rooms[] = { 384, 384, 384, 16, 192, 8, 4064, 136 };

	begin_block(pair, choice, 3, 32, CHOOSE(choice, rooms));
	pair_set_storage(pair, AT_CLP + 16, 4, take_handle(pair, choice));
	execute_clp(pair, choice);
}

static void query_group(struct pair *pair, struct choice *choice)
{
	static const uint16_t rooms[] = { 64, 64, 16, 40, 8, 512 };

	begin_block(pair, choice, 4, 32, CHOOSE(choice, rooms));
	pair_set_storage(pair, AT_CLP + 19, 1, take(choice, 1) % 4);
	execute_clp(pair, choice);
}

static void set_function(struct pair *pair, struct choice *choice)
{
	static const uint16_t rooms[] = { 160, 160, 160, 160, 32, 16, 8 };
	static const uint8_t spaces[] = { 1, 1, 1, 1, 1, 1, 0, 2, 255 };
	static const uint8_t operations[] = { 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 255 };
	uint32_t handle = take_handle(pair, choice);
	unsigned operation = CHOOSE(choice, operations);

	/* A guest that uses an old handle. */
	if (operation == 1 && choice->record[RECORD - 2] % 4 == 0)
		handle = pair->former[choice->record[RECORD - 3] % FORMERS];
	begin_block(pair, choice, 5, 32, CHOOSE(choice, rooms));
	pair_set_storage(pair, AT_CLP + 16, 4, handle);
	pair_set_storage(pair, AT_CLP + 22, 1, operation);
	pair_set_storage(pair, AT_CLP + 23, 1, CHOOSE(choice, spaces));
	execute_clp(pair, choice);
}

static void other_command(struct pair *pair, struct choice *choice)
{
	static const uint16_t commands[] = { 1, 1, 1, 0, 6, 7, 0x0100, 0xffff };

	begin_block(pair, choice, CHOOSE(choice, commands), take(choice, 1) % 3 ? 16 : 32,
		    take(choice, 1) % 2 ? 128 : 64);
	execute_clp(pair, choice);
}

static void immediate(struct pair *pair, struct choice *choice)
{
	uint8_t code[6] = RRE_CLP(0x80 | take(choice, 1), 2, 3);

	pair_set_register(pair, 3, take(choice, 1) % 4);
	execute(pair, choice, code);
}

/* --- SERVC, CHSC ----------------------------------------------------------------------------- */

/* Also SCCBs that prefixing moves. */
static void configure(struct pair *pair, struct choice *choice)
{
	static const uint64_t places[] = { AT_SCCB,
					   AT_SCCB,
					   AT_SCCB,
					   AT_SCCB,
					   0x100,
					   AT_PREFIX + 0x200,
					   AT_SCCB + 0xff8,
					   AT_SCCB + 4,
					   AT_SCCB + 0x100000000,
					   MODEL_STORAGE,
					   MODEL_STORAGE - 8 };
	static const uint16_t lengths[] = { 4096, 4096, 16, 16, 32, 8, 0, 4097 };
	struct model_function *function = take_live(pair, choice);
	uint64_t address = CHOOSE(choice, places);
	unsigned way = (unsigned)take(choice, 1), length = CHOOSE(choice, lengths);
	uint64_t absolute = address < 0x2000		   ? address + AT_PREFIX
			    : address - AT_PREFIX < 0x2000 ? address - AT_PREFIX
							   : address;
	uint32_t fid = function ? function->plug.fid : FID + 9;

	pair_set_storage(pair, absolute, 8, (uint64_t)length << 48);
	pair_set_storage(pair, absolute + 8, 8,
			 (uint64_t)(way % 16 ? 2 : 3) << 56 | (way % 32 == 17 ? FID + 9 : fid));
	pair_set_register(pair, 1, (way & 0x80 ? 0x001a0001 : 0x001b0001) + (way % 32 == 18));
	pair_set_register(pair, 2, address);
	execute_rre(pair, choice, OP_SERVC, 1, 2);
}

static void fetch_event(struct pair *pair, struct choice *choice)
{
	unsigned way = (unsigned)take(choice, 1);

	pair_set_storage(pair, AT_CHSC, 8, way == 1 ? 0x0020000e00000000 : 0x0010000e00000000);
	if (way == 2)
		pair_set_storage(pair, AT_CHSC + 2, 2, 0x0002);
	pair_set_storage(pair, AT_CHSC + 8, 8, way == 3 ? 1ull << 63 : 0xa000000000000000);
	pair_set_register(pair, 6, take_operand(choice, AT_CHSC));
	execute_rre(pair, choice, OP_CHSC, 6, way < 8 ? 6 : 0);
}

/* --- steps without an order ------------------------------------------------------------------- */

static uint64_t take_register(struct pair *pair, struct choice *choice)
{
	static const uint64_t places[] = { AT_CLP, AT_FIB,     AT_DATA, AT_CHSC,    AT_SCCB,   0, 1,
					   8,	   DESK_TABLE, 0x1010,	0x001a0001, 0x001b0001 };
	unsigned way = (unsigned)take(choice, 1);

	if (way < 100)
		return request(take_handle(pair, choice), take_space(choice), take_length(choice));
	if (way < 200)
		return CHOOSE(choice, places);
	return way < 220 ? take_dma(choice) : take(choice, 8);
}

/* Any opcode with any registers. */
static void raw(struct pair *pair, struct choice *choice)
{
	static const uint16_t opcodes[] = { OP_SERVC, OP_CHSC,	 OP_CLP,     OP_PCISTG, OP_PCILG,
					    OP_RPCIT, OP_MPCIFC, OP_STPCIFC, OP_PCISTB, OP_PCISTGI,
					    OP_PCIWB, OP_PCILGI, OP_PCISTBI, 0xb9d1,	OP_SIC,
					    0xe3d2,   OP_STCRW };
	unsigned opcode = CHOOSE(choice, opcodes);
	uint8_t code[6] = { (uint8_t)(opcode >> 8), (uint8_t)opcode, 0, 0, 0, 0 };
	unsigned first = (unsigned)take(choice, 1) % 16;

	code[2] = (uint8_t)take(choice, 1);
	code[3] = (uint8_t)take(choice, 1);
	if (opcode >> 12 == 0xe) {
		code[1] = (uint8_t)take(choice, 1);
		code[5] = (uint8_t)opcode;
	}
	for (unsigned i = 0; i < 3; i++)
		pair_set_register(pair, (first + i) % 16, take_register(pair, choice));
	execute(pair, choice, code);
}

/* The next step of a driver, so that deep states are reached often. */
static void drive(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	unsigned control = 0;

	if (!function)
		return;
	if (function->state == MODEL_STANDBY) {
		pair_set_storage(pair, AT_SCCB, 8, 4096ull << 48);
		pair_set_storage(pair, AT_SCCB + 8, 8, 2ull << 56 | function->plug.fid);
		pair_set_register(pair, 1, 0x001a0001);
		pair_set_register(pair, 2, AT_SCCB);
		execute_rre(pair, choice, OP_SERVC, 1, 2);
		return;
	}
	if (function->state == MODEL_DISABLED || function->state == MODEL_PERMANENT) {
		begin_block(pair, &(struct choice){ (const uint8_t[RECORD]){ 0 }, 0 }, 5, 32, 160);
		pair_set_storage(pair, AT_CLP + 16, 4, function->handle);
		pair_set_storage(pair, AT_CLP + 20, 4,
				 function->state == MODEL_DISABLED ? 0x00000001 : 0x00000100);
		pair_set_register(pair, 3, AT_CLP);
		execute(pair, choice, (const uint8_t[6])RRE_CLP(2, 2, 3));
		return;
	}
	if (function->state == MODEL_ERROR || function->state == MODEL_UNBLOCKED) {
		control = function->state == MODEL_ERROR && take(choice, 1) % 2 ? 9 : 7;
	} else if (!function->bus_master || !function->msix_enabled) {
		pair_set_register(pair, 1, function->bus_master ? 0x0080 : 0x0600);
		pair_set_register(pair, 2, request(function->handle, 15, 2));
		pair_set_register(pair, 3, function->bus_master ? DESK_MSIX + 2 : 4);
		execute_rre(pair, choice, OP_PCISTG, 1, 2);
		return;
	} else {
		control = !function->dma_registered ? 4 : !function->int_registered ? 2 : 10;
	}
	for (unsigned i = 0; i < 80; i += 8)
		pair_set_storage(pair, AT_FIB + i, 8, 0);
	pair_set_storage(pair, AT_FIB + 16, 8, DMA_START);
	pair_set_storage(pair, AT_FIB + 24, 8, function->plug.platform->edma);
	pair_set_storage(pair, AT_FIB + 32, 8,
			 function->plug.platform->dtsm == 0x7c ? AT_LARGER | 0x808
							       : AT_ROOT | 0x804);
	pair_set_storage(pair, AT_FIB + 40, 4, 0x20100000 | (unsigned)take(choice, 1));
	pair_set_storage(pair, AT_FIB + 48, 8, AT_AIBV);
	pair_set_storage(pair, AT_FIB + 56, 8, AT_AISB);
	pair_set_storage(pair, AT_FIB + 64, 8, AT_FMB + 0x80 * (function->plug.fid % 8));
	pair_set_register(pair, 2, request(function->handle, 0, control));
	execute_displaced(pair, choice, OP_MPCIFC, 2, 0, AT_FIB);
}

/* --- the host -------------------------------------------------------------------------------- */

static void plug(struct pair *pair, struct choice *choice)
{
	unsigned who = (unsigned)take(choice, 1), profile = (unsigned)take(choice, 1);
	unsigned flags = (unsigned)take(choice, 1);

	pair_plug(pair, who % ADAPTERS, who / ADAPTERS % (DESK_VFS + 1), profile, flags & 1,
		  (flags >> 1 & 1) | (flags >> 2 & 2), flags & 4);
}

static void unplug(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);

	if (!function || take(choice, 1) % 3)
		return;
	pair_say(pair, "    function 0x%x\n", function->plug.fid);
	pair_unplug(pair, function->plug.fid);
}

static void announce(struct pair *pair, struct choice *choice)
{
	struct model_function *function = take_live(pair, choice);
	uint32_t fid = function ? function->plug.fid : FID + 9;
	bool library = zpci_firmware_announce(pair->firmware, fid) == 0;

	if (library != model_announce(pair->model, fid))
		pair_differ(pair, "announcement of 0x%x: the library's answer is %d", fid, library);
}

static void inject(struct pair *pair, struct choice *choice)
{
	static const uint16_t codes[] = {
		0x3a, 0x3a, 0x3b, 0x04, 0x2a, 0x0b, 0x10, 0x40, 0x2c, 0x0c
	};
	struct model_function *function = take_live(pair, choice);
	uint32_t fid = function ? function->plug.fid : FID + 9;
	uint16_t code = CHOOSE(choice, codes);
	bool library = zpci_firmware_inject_error(pair->firmware, fid, code) == 0;

	pair_say(pair, "    function 0x%x error 0x%02x\n", fid, code);
	if (library != model_inject(pair->model, fid, code))
		pair_differ(pair, "error 0x%02x of 0x%x: the library's answer is %d", code, fid,
			    library);
}

static void reset(struct pair *pair, struct choice *choice)
{
	if (take(choice, 1) % 2)
		return;
	zpci_firmware_reset(pair->firmware,
			    take(choice, 1) % 2 ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
	model_reset(pair->model);
}

/* The machine stands still for a while; an event or an error may come. */
static void stand_still(struct pair *pair, struct choice *choice)
{
	unsigned way = (unsigned)take(choice, 1);

	zpci_firmware_quiesce(pair->firmware);
	model_quiesce(pair->model);
	if (way % 4 == 1)
		announce(pair, choice);
	if (way % 4 == 2)
		inject(pair, choice);
	pair_advance(pair, take(choice, 2) * 200000);
	zpci_firmware_resume(pair->firmware);
	model_resume(pair->model);
}

static void advance(struct pair *pair, struct choice *choice)
{
	pair_advance(pair, take(choice, 2) * 200000);
}

static void set_mode(struct pair *pair, struct choice *choice)
{
	unsigned isc = (unsigned)take(choice, 1) % 4;
	bool single = take(choice, 1) % 2;

	pair_say(pair, "    subclass %u %s\n", isc, single ? "single" : "all");
	zpci_ram_set_mode(pair->ram, isc, single);
	model_set_mode(pair->model, isc, single);
}

/* The guest clears its indicators, or writes any bytes anywhere. */
static void write_storage(struct pair *pair, struct choice *choice)
{
	static const uint32_t places[] = { AT_AIBV, AT_AISB, AT_AIBV + 8, AT_AISB, AT_FMB, AT_CLP };
	unsigned way = (unsigned)take(choice, 1);

	if (way < 220)
		pair_set_storage(pair, CHOOSE(choice, places), 8, 0);
	else
		pair_set_storage(pair, take(choice, 3) % MODEL_STORAGE & ~7u, 8, take(choice, 8));
}

static void poison(struct pair *pair, struct choice *choice)
{
	static const uint32_t places[] = { AT_AIBV,	    AT_AISB,	    AT_CLP + 0x20,
					   AT_FIB + 16,	    AT_SCCB,	    AT_PAGES,
					   AT_ROOT,	    AT_PAGE_TABLES, AT_FMB,
					   AT_CHSC + 0x800, AT_DATA,	    AT_SEGMENTS,
					   AT_AISB + 4,	    AT_FMB + 0x88 };
	static const uint32_t lengths[] = { 1, 8, 0x1000, 0x800, 0, 0, 0, 0, 0, 0 };
	uint64_t length = CHOOSE(choice, lengths), start = CHOOSE(choice, places);

	pair_say(pair, "    0x%x, 0x%x bytes\n", (unsigned)start, (unsigned)length);
	zpci_ram_poison(pair->ram, start, length);
	pair->model->bad_start = start;
	pair->model->bad_length = length;
}

/* --- all of them ----------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(struct pair *pair, struct choice *choice);
	unsigned weight; /* of 256 */
} steps[] = {
	{ "drive", drive, 49 },
	{ "load", load, 20 },
	{ "store", store, 22 },
	{ "store block", store_block, 12 },
	{ "set vector", set_vector, 10 },
	{ "refresh", refresh, 8 },
	{ "set entry", set_entry, 8 },
	{ "remap", remap, 6 },
	{ "device access", device_access, 22 },
	{ "raise vector", raise_vector, 16 },
	{ "modify controls", modify, 16 },
	{ "store controls", store_controls, 6 },
	{ "list", list, 6 },
	{ "query function", query_function, 5 },
	{ "query group", query_group, 2 },
	{ "set function", set_function, 7 },
	{ "other command", other_command, 2 },
	{ "immediate command", immediate, 1 },
	{ "configure", configure, 4 },
	{ "fetch event", fetch_event, 7 },
	{ "raw", raw, 6 },
	{ "plug", plug, 3 },
	{ "unplug", unplug, 2 },
	{ "announce", announce, 2 },
	{ "inject", inject, 2 },
	{ "reset", reset, 2 },
	{ "stand still", stand_still, 1 },
	{ "advance", advance, 3 },
	{ "set mode", set_mode, 2 },
	{ "write storage", write_storage, 2 },
	{ "poison", poison, 2 },
};

static unsigned step_of(const uint8_t *record)
{
	unsigned place = record[0], step = 0;

	while (place >= steps[step].weight && step + 1 < sizeof(steps) / sizeof(steps[0]))
		place -= steps[step++].weight;
	return step;
}

/* Remembers enabled handles, for guests that use an old one. */
static void note_handles(struct pair *pair)
{
	for (unsigned i = 0; i < pair->model->slots; i++) {
		uint32_t handle = pair->model->functions[i].handle;

		if (!(handle & 0x80000000) || handle == pair->latest[i])
			continue;
		pair->latest[i] = handle;
		pair->former[pair->formers++ % FORMERS] = handle;
	}
}

const char *step_name(const uint8_t record[RECORD])
{
	return steps[step_of(record)].name;
}

void step_run(struct pair *pair, const uint8_t record[RECORD])
{
	struct choice choice = { record, 1 };

	steps[step_of(record)].run(pair, &choice);
	note_handles(pair);
	if (!pair->model->open)
		pair_advance(pair, 0);
}
