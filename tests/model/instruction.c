// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Operands of the instructions and the order of their checks (section 2).
 */
#include "model.h"

static unsigned r1_of(const uint8_t *code)
{
	return code[0] == 0xe3 || code[0] == 0xeb ? code[1] >> 4 : code[3] >> 4;
}

static unsigned r2_of(const uint8_t *code)
{
	return code[3] & 15;
}

/* D(X,B) or D(B): register 0 means 0. The displacement has a sign and 20 bits, the low 12 first. */
static uint64_t operand_address(const struct model_cpu *cpu, const uint8_t *code, unsigned index)
{
	unsigned base = code[2] >> 4;
	uint64_t displacement = (uint64_t)code[4] << 12 | (uint64_t)(code[2] & 15) << 8 | code[3];
	uint64_t address = displacement - (displacement >= 0x80000 ? 0x100000 : 0);

	if (base)
		address += cpu->gr[base];
	if (index)
		address += cpu->gr[index];
	if (cpu->psw_mask & 1ull << 32)
		return address;
	return address & (cpu->psw_mask & 1ull << 31 ? 0x7fffffff : 0xffffff);
}

static void finish(struct model_cpu *cpu, unsigned cc)
{
	cpu->cc = cc;
	cpu->cc_set = true;
}

/* The status replaces a part of the handle. */
static void conclude(struct model_cpu *cpu, struct model_end end, unsigned number)
{
	if (end.program_interruption) {
		cpu->program_interruption = end.program_interruption;
		return;
	}
	if (end.cc == 1) {
		cpu->gr[number] &= ~0xff000000ull;
		cpu->gr[number] |= (uint64_t)end.status << 24;
	}
	finish(cpu, end.cc);
}

static bool is_done(struct model_end end)
{
	return !end.program_interruption && !end.cc;
}

/* --- CLP ------------------------------------------------------------------------------------- */

static bool length_fits(uint64_t length, uint64_t least, uint64_t most)
{
	return length % 8 == 0 && length >= least && length <= most;
}

/* False: not ours. */
static bool clp_block(struct model *model, struct model_cpu *cpu, unsigned lps, uint64_t address)
{
	uint8_t block[8192];
	uint64_t request, response;
	bool restart;

	if (!model_read_logical(model, cpu, address, block, 2))
		return true;
	request = model_get_be(block, 2);
	if (!length_fits(request, 16, 8184)) {
		cpu->program_interruption = 0x15;
		return true;
	}
	if (!model_read_logical(model, cpu, address + request, block + request, 2))
		return true;
	response = model_get_be(block + request, 2);
	if (!length_fits(response, 8, 8176) || request + response > 8192) {
		cpu->program_interruption = 0x15;
		return true;
	}
	if (!model_read_logical(model, cpu, address, block, request + response))
		return true;
	if (model_clp_is_foreign(model, lps, block, request, &restart)) {
		model_put_be(block, 8, 0);
		return restart && !model_write_logical(model, cpu, address + 16, block, 8);
	}
	if (!model_clp(model, lps, block, request, response)) {
		finish(cpu, 3);
		return true;
	}
	model_write_logical(model, cpu, address + request, block + request, response);
	finish(cpu, 0);
	return true;
}

static bool clp(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	uint64_t operand = cpu->gr[r2_of(code)];

	model_runs(model);
	if (!(code[2] & 0x80))
		return clp_block(model, cpu, code[2] & 0x3f, operand);
	if (operand == 1)
		cpu->gr[r1_of(code)] = 0xa000000000000000ull;
	finish(cpu, operand == 1 ? 0 : 3);
	return true;
}

/* --- the PCI instructions -------------------------------------------------------------------- */

static void load_store(struct model *model, struct model_cpu *cpu, const uint8_t *code, bool store)
{
	unsigned r1 = r1_of(code), r2 = r2_of(code);
	uint64_t request = cpu->gr[r2], value = 0;
	uint32_t handle = (uint32_t)(request >> 32);
	unsigned space = request >> 16 & 0xff, length = request & 0xffff;
	struct model_end end;

	if (r2 % 2) {
		cpu->program_interruption = 0x06;
		return;
	}
	if (store) {
		end = model_store(model, handle, space, cpu->gr[r2 + 1], length, cpu->gr[r1]);
	} else {
		end = model_load(model, handle, space, cpu->gr[r2 + 1], length, &value);
		if (is_done(end))
			cpu->gr[r1] = value;
	}
	conclude(cpu, end, r2);
}

static bool is_relaxed(struct model *model, uint32_t handle)
{
	return model_by_handle(model, handle)->plug.platform->flags & 0x08;
}

static void store_block(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	unsigned r1 = r1_of(code);
	uint64_t request = cpu->gr[r1], offset = cpu->gr[code[1] & 15];
	uint64_t address = operand_address(cpu, code, 0);
	uint32_t handle = (uint32_t)(request >> 32);
	unsigned space = request >> 16 & 0xff, length = request & 0xffff;
	struct model_end end = model_check_block(model, handle, space, offset, length);
	uint8_t data[4096];

	if (is_done(end) && address % 8 && !is_relaxed(model, handle))
		end = MODEL_PGM(0x06);
	if (is_done(end)) {
		if (!model_read_logical(model, cpu, address, data, length))
			return;
		end = model_store_block(model, handle, space, offset, data, length);
	}
	conclude(cpu, end, r1);
}

static void refresh(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	unsigned r1 = r1_of(code), r2 = r2_of(code);

	if (r2 % 2) {
		cpu->program_interruption = 0x06;
		return;
	}
	conclude(cpu,
		 model_refresh(model, (uint32_t)(cpu->gr[r1] >> 32), cpu->gr[r2], cpu->gr[r2 + 1]),
		 r1);
}

static void modify(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	unsigned r1 = r1_of(code);
	uint64_t request = cpu->gr[r1];
	uint64_t address = operand_address(cpu, code, code[1] & 15);
	struct model_function *function = model_by_handle(model, (uint32_t)(request >> 32));
	struct model_end end = MODEL_CC3;
	uint8_t fib[80];

	if (address % 8) {
		cpu->program_interruption = 0x06;
		return;
	}
	if (function && model_controllable(function)) {
		if (!model_read_logical(model, cpu, address, fib, sizeof(fib)))
			return;
		end = model_modify(model, function, request >> 16 & 0xff, request & 0xff, fib);
	}
	conclude(cpu, end, r1);
}

static void store_controls(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	unsigned r1 = r1_of(code), space = cpu->gr[r1] >> 16 & 0xff;
	uint64_t address = operand_address(cpu, code, code[1] & 15);
	uint8_t fib[80];
	bool handle_bit;
	struct model_end end =
		model_store_fib(model, (uint32_t)(cpu->gr[r1] >> 32), space, fib, &handle_bit);

	if (!space && address % 8)
		end = MODEL_PGM(0x06);
	if (is_done(end) && !model_write_logical(model, cpu, address, fib, sizeof(fib)))
		return;
	if (is_done(end) && handle_bit)
		cpu->gr[r1] |= 1ull << 63;
	conclude(cpu, end, r1);
}

/* --- all of them ----------------------------------------------------------------------------- */

static unsigned opcode(const uint8_t *code)
{
	return (unsigned)code[0] << 8 | (code[0] == 0xe3 || code[0] == 0xeb ? code[5] : code[1]);
}

/* In a shared machine: the handle does not have our layout. */
static bool is_foreign(const struct model *model, const struct model_cpu *cpu, const uint8_t *code)
{
	unsigned op = opcode(code);
	unsigned number = op == 0xb9d0 || op == 0xb9d2 ? r2_of(code) : r1_of(code);

	if (!model->shared || op == 0xb9a0 || op == 0xb220 || op == 0xb25f)
		return false;
	return (cpu->gr[number] >> 32 & 0x00ff0000) != 0x00100000;
}

static bool execute(struct model *model, struct model_cpu *cpu, const uint8_t *code)
{
	if (is_foreign(model, cpu, code))
		return false;
	switch (opcode(code)) {
	case 0xb9a0:
		return clp(model, cpu, code);
	case 0xb9d0:
		load_store(model, cpu, code, true);
		return true;
	case 0xb9d2:
		load_store(model, cpu, code, false);
		return true;
	case 0xb9d3:
		refresh(model, cpu, code);
		return true;
	case 0xebd0:
		store_block(model, cpu, code);
		return true;
	case 0xe3d0:
		modify(model, cpu, code);
		return true;
	case 0xe3d4:
		store_controls(model, cpu, code);
		return true;
	case 0xb220:
		return model_servc(model, cpu, r1_of(code), r2_of(code));
	default:
		return model_chsc(model, cpu, r1_of(code));
	}
}

static bool is_known(unsigned code)
{
	return code == 0xb220 || code == 0xb25f || code == 0xb9a0 || code == 0xb9d0 ||
	       code == 0xb9d2 || code == 0xb9d3 || code == 0xe3d0 || code == 0xe3d4 ||
	       code == 0xebd0;
}

/* Mapped I/O is not installed. */
static bool is_mapped_io(unsigned code)
{
	return code == 0xb9d4 || code == 0xb9d5 || code == 0xb9d6 || code == 0xebd4;
}

bool model_execute(struct model *model, struct model_cpu *cpu, const uint8_t instruction[6])
{
	unsigned code = opcode(instruction);
	bool ours;

	cpu->cc_set = false;
	cpu->program_interruption = 0;
	if (is_mapped_io(code)) {
		cpu->program_interruption = 0x01;
		return true;
	}
	if (!is_known(code))
		return false;
	if (cpu->psw_mask & 1ull << 48) {
		cpu->program_interruption = 0x02;
		return true;
	}
	model->in_instruction = true;
	ours = execute(model, cpu, instruction);
	model->in_instruction = false;
	return ours;
}
