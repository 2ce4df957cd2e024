// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * instruction.c - target: sequences of instructions with registers and storage from the input. The
 * oracles are in execute.c, device.c and check.c.
 */
#include "fuzz.h"
#include "zpci/util/instruction.h"

#include <string.h>

#include <zpci/clp.h>

const char fuzz_name[] = "instruction";

/* The request register of most instructions: handle, space, length. */
static uint64_t request(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t handle = fuzz_handle(fuzz, input);
	uint64_t space = fuzz_take(input, 1);

	return handle << 32 | (space & 0xff) << 16 | (fuzz_number(input) & 0xffff);
}

static void set_register(struct fuzz *fuzz, struct fuzz_input *input, unsigned kind)
{
	unsigned number = fuzz_choose(input, 16);
	uint64_t *gr = &fuzz->cpu.gr[number];

	switch (kind) {
	case 0:
		*gr = request(fuzz, input);
		break;
	case 1:
		*gr = fuzz_address(input);
		break;
	default:
		*gr = fuzz_number(input);
		break;
	}
}

static void write_storage(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t address = fuzz_address(input);
	size_t length = fuzz_choose(input, 128), got;
	const uint8_t *bytes = fuzz_bytes(input, length, &got);

	zpci_ram_ops()->write_absolute(fuzz->ram, address, bytes, got);
}

/* Besides bytes: a handle or a number. */
static void write_number(struct fuzz *fuzz, struct fuzz_input *input, bool handle)
{
	uint64_t address = fuzz_address(input);
	uint8_t bytes[8];

	zpci_put_be(bytes, handle ? 4 : 8, handle ? fuzz_handle(fuzz, input) : fuzz_number(input));
	zpci_ram_ops()->write_absolute(fuzz->ram, address, bytes, handle ? 4 : 8);
}

static void write_clp(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t address = fuzz_address(input);
	uint8_t block[64] = { 0 };

	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, fuzz_choose(input, 8));
	zpci_put_be(block + 16, 4, fuzz_handle(fuzz, input));
	zpci_put_be(block + 22, 2, fuzz_take(input, 2));
	zpci_put_be(block + 32, 2, fuzz_choose(input, 64) * 8u);
	zpci_ram_ops()->write_absolute(fuzz->ram, address, block, sizeof(block));
}

static const uint16_t opcodes[] = {
	OP_CLP,	  OP_PCISTG, OP_PCILG,	 OP_RPCIT, OP_PCISTB, OP_MPCIFC,  OP_STPCIFC,
	OP_SERVC, OP_CHSC,   OP_PCISTGI, OP_PCIWB, OP_PCILGI, OP_PCISTBI, /* mapped I/O */
};

static void execute_known(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned opcode = opcodes[fuzz_choose(input, sizeof(opcodes) / sizeof(opcodes[0]))];
	uint8_t bytes[6] = { (uint8_t)(opcode >> 8), 0, 0, 0, 0, (uint8_t)opcode };

	if (!is_displaced(opcode >> 8)) {
		bytes[1] = (uint8_t)opcode;
		bytes[3] = (uint8_t)fuzz_take(input, 1);
		bytes[2] = (uint8_t)fuzz_take(input, 1);
		bytes[5] = 0;
	} else {
		bytes[1] = (uint8_t)fuzz_take(input, 1);
		bytes[2] = (uint8_t)fuzz_take(input, 1);
		bytes[3] = (uint8_t)fuzz_take(input, 1);
		bytes[4] = (uint8_t)fuzz_take(input, 1);
	}
	fuzz_execute(fuzz, bytes);
}

static void execute_any(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint8_t bytes[6];

	zpci_put_be(bytes, 6, fuzz_take(input, 6));
	fuzz_execute(fuzz, bytes);
}

static void set_mode(struct fuzz *fuzz, struct fuzz_input *input)
{
	static const uint64_t modes[] = {
		ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING,
		ZPCI_PSW_BASIC_ADDRESSING,
		0,
		ZPCI_PSW_EXTENDED_ADDRESSING,
	};
	unsigned how = fuzz_choose(input, 8);

	fuzz->cpu.psw_mask = modes[how & 3] | (how & 4 ? ZPCI_PSW_PROBLEM_STATE : 0);
	fuzz->cpu.prefix = fuzz_address(input) & ~0x1fffull;
}

static void step(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = fuzz_choose(input, 16);

	switch (what) {
	case 0:
	case 1:
	case 2:
		set_register(fuzz, input, what);
		break;
	case 3:
		write_storage(fuzz, input);
		break;
	case 4:
	case 5:
		write_number(fuzz, input, what == 4);
		break;
	case 6:
		write_clp(fuzz, input);
		break;
	case 7:
		execute_any(fuzz, input);
		break;
	case 8:
		set_mode(fuzz, input);
		break;
	case 9:
		fuzz_poison(fuzz, input);
		break;
	case 10:
		fuzz_host(fuzz, input);
		break;
	default:
		execute_known(fuzz, input);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct fuzz *fuzz = fuzz_setup(fuzz_choose(&input, FUZZ_KINDS));

	fuzz_add(fuzz, 1, 0, false);
	fuzz_add(fuzz, 0, 3, false);
	fuzz_add(fuzz, 2, 4, false);
	fuzz_add(fuzz, 3, 1, true);
	fuzz_enable(fuzz, 1);
	while (fuzz_more(&input))
		step(fuzz, &input);
	fuzz_check(fuzz);
	fuzz_check_events(fuzz);
	fuzz_teardown(fuzz);
	return 0;
}
