// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * execute.c - executes an instruction and checks its effects.
 *
 * For all operands: an instruction ends in one of a condition code, a program interruption, or is
 * left to the machine. It changes only the registers of its description, and only with cc 0. It
 * stores only into its operand, within the length that the guest offered.
 */
#include "fuzz.h"
#include "zpci/util/instruction.h"

#include <string.h>

#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>

enum kind {
	OTHER,
	SERVC,
	CHSC,
	CLP,
	PCISTG,
	PCILG,
	RPCIT,
	PCISTB,
	MPCIFC,
	STPCIFC,
};

static enum kind kind_of(const uint8_t *bytes)
{
	switch (decode_opcode(bytes)) {
	case OP_SERVC:
		return SERVC;
	case OP_CHSC:
		return CHSC;
	case OP_CLP:
		return CLP;
	case OP_PCISTG:
		return PCISTG;
	case OP_PCILG:
		return PCILG;
	case OP_RPCIT:
		return RPCIT;
	case OP_PCISTB:
		return PCISTB;
	case OP_MPCIFC:
		return MPCIFC;
	case OP_STPCIFC:
		return STPCIFC;
	default:
		return OTHER;
	}
}

struct step {
	struct fuzz *fuzz;
	const uint8_t *bytes;
	enum kind kind;
	unsigned r1, r2; /* r2 of RRE instructions */
	struct zpci_ram_cpu before;
	enum zpci_disposition disposition;
	size_t request, response; /* lengths in a CLP block, before the instruction */
};

static bool is_rre(enum kind kind)
{
	return kind < PCISTB;
}

/* Second operand of RSY and RXY instructions. */
static uint64_t second_operand(const struct step *step)
{
	const uint8_t *bytes = step->bytes;
	unsigned base = bytes[2] >> 4;
	unsigned index = step->kind == PCISTB ? 0 : bytes[1] & 15;
	int64_t displacement = (int8_t)bytes[4] * 4096ll + (bytes[2] & 15) * 256 + bytes[3];
	uint64_t address = (uint64_t)displacement;
	uint64_t mode = step->before.psw_mask;

	address += base ? step->before.gr[base] : 0;
	address += index ? step->before.gr[index] : 0;
	if (!(mode & ZPCI_PSW_BASIC_ADDRESSING))
		return address & 0xffffff;
	return mode & ZPCI_PSW_EXTENDED_ADDRESSING ? address : address & 0x7fffffff;
}

static size_t length_at(struct step *step, uint64_t address)
{
	struct zpci_ram_cpu copy = step->before;
	uint8_t bytes[2];

	if (zpci_ram_ops()->read_logical(step->fuzz->ram, &copy, address, 0, bytes, 2))
		return 0;
	return (size_t)zpci_get_be(bytes, 2);
}

static bool is_immediate(const struct step *step)
{
	return step->kind == CLP && step->bytes[2] & ZPCI_CLP_IMMEDIATE;
}

static void begin(struct step *step)
{
	step->kind = kind_of(step->bytes);
	step->r1 = is_rre(step->kind) ? step->bytes[3] >> 4 : step->bytes[1] >> 4;
	step->r2 = step->bytes[3] & 15;
	step->before = step->fuzz->cpu;
	if (step->kind != CLP)
		return;
	step->request = length_at(step, step->before.gr[step->r2]);
	step->response = length_at(step, step->before.gr[step->r2] + step->request);
}

/* --- its end --------------------------------------------------------------------------------- */

static void check_end(const struct step *step)
{
	const struct zpci_ram_cpu *cpu = &step->fuzz->cpu;

	fuzz_must(zpci_instruction_known(step->bytes) || step->disposition == ZPCI_NOT_OURS);
	if (step->disposition == ZPCI_NOT_OURS) {
		fuzz_must(!cpu->cc_set && !cpu->program_interruption);
		/* If the machine has no own functions, all PCI instructions are ours. */
		fuzz_must(step->fuzz->shared || step->kind < CLP);
		return;
	}
	fuzz_must(cpu->cc_set != (cpu->program_interruption != 0));
	fuzz_must(!cpu->cc_set || (cpu->cc <= 3 && cpu->cc != 2));
	if (step->before.psw_mask & ZPCI_PSW_PROBLEM_STATE)
		fuzz_must(cpu->program_interruption == ZPCI_PGM_PRIVILEGED ||
			  cpu->program_interruption == ZPCI_PGM_OPERATION);
}

/* Bits of register @number that may change. */
static uint64_t changeable(const struct step *step, unsigned number)
{
	const struct zpci_ram_cpu *cpu = &step->fuzz->cpu;

	if (step->disposition == ZPCI_NOT_OURS || !cpu->cc_set || cpu->cc == 3)
		return 0;
	switch (step->kind) {
	case PCILG:
	case PCISTG:
		if (cpu->cc == 1)
			return number == step->r2 ? 0xff000000 : 0;
		return number == step->r1 && step->kind == PCILG ? UINT64_MAX : 0;
	case RPCIT:
	case PCISTB:
	case MPCIFC:
		return cpu->cc == 1 && number == step->r1 ? 0xff000000 : 0;
	case STPCIFC:
		if (number != step->r1)
			return 0;
		return cpu->cc == 1 ? 0xff000000 : 1ull << 63;
	case CLP:
		return is_immediate(step) && number == step->r1 ? UINT64_MAX : 0;
	default:
		return 0;
	}
}

static void check_registers(const struct step *step)
{
	const struct zpci_ram_cpu *cpu = &step->fuzz->cpu;

	for (unsigned i = 0; i < 16; i++)
		fuzz_must(!((cpu->gr[i] ^ step->before.gr[i]) & ~changeable(step, i)));
	fuzz_must(cpu->psw_mask == step->before.psw_mask && cpu->prefix == step->before.prefix);
}

/* --- its stores ------------------------------------------------------------------------------ */

static bool spans(const struct fuzz_write *write, uint64_t address, size_t length)
{
	return write->address == address && write->length == length;
}

/* The whole response; and in a shared machine the token of a List that continues in the machine. */
static bool is_clp_store(const struct step *step, const struct fuzz_write *write)
{
	uint64_t block = step->before.gr[step->r2];

	if (is_immediate(step))
		return false;
	if (step->disposition == ZPCI_NOT_OURS)
		return spans(write, block + 16, 8);
	return spans(write, block + step->request, step->response);
}

static bool is_operand(const struct step *step, const struct fuzz_write *write)
{
	switch (step->kind) {
	case CLP:
		return write->way == FUZZ_LOGICAL && is_clp_store(step, write);
	case CHSC:
		return write->way == FUZZ_LOGICAL &&
		       spans(write, step->before.gr[step->r1] + 16, 4080);
	case STPCIFC:
		return write->way == FUZZ_LOGICAL && spans(write, second_operand(step), 80);
	case SERVC:
		return write->way == FUZZ_REAL && spans(write, step->before.gr[step->r2] + 6, 2);
	default:
		return false;
	}
}

static void check_writes(const struct step *step)
{
	const struct fuzz *fuzz = step->fuzz;
	bool presents = step->kind == PCISTG || step->kind == PCISTB;

	for (unsigned i = 0; i < fuzz->write_count; i++) {
		const struct fuzz_write *write = &fuzz->writes[i];

		/* Indicator bits: a store may ring, or unmask a pending vector. */
		fuzz_must(is_operand(step, write) || (presents && write->way == FUZZ_OR));
		fuzz_must(!fuzz->cpu.program_interruption || !write->changed || presents);
	}
	fuzz_check_presented(fuzz);
}

/* A response tells its length, which is at most the offered one. */
static void check_response(struct step *step)
{
	const struct zpci_ram_cpu *cpu = &step->fuzz->cpu;

	if (step->kind != CLP || is_immediate(step) || step->disposition == ZPCI_NOT_OURS ||
	    !cpu->cc_set || cpu->cc)
		return;
	fuzz_must(step->request + step->response <= ZPCI_CLP_BLOCK_MAX);
	fuzz_must(length_at(step, step->before.gr[step->r2] + step->request) <= step->response);
}

/* --- effects on the targets
 * -------------------------------------------------------------------- */

static void forget(const struct step *step)
{
	struct fuzz *fuzz = step->fuzz;
	uint32_t handle = (uint32_t)(step->before.gr[step->r1] >> 32);
	uint64_t start = step->before.gr[step->r2], length = step->before.gr[(step->r2 + 1) & 15];
	uint64_t last = length ? start + length - 1 : start;

	if (step->kind != RPCIT || !fuzz->cpu.cc_set || fuzz->cpu.cc)
		return;
	if (last < start)
		last = UINT64_MAX;
	for (unsigned vf = 0; vf <= FUZZ_VFS; vf++)
		if (fuzz_handle_of(fuzz, vf) == handle)
			fuzz_forget(&fuzz->devices[vf], start, last);
}

enum zpci_disposition fuzz_execute(struct fuzz *fuzz, const uint8_t instruction[6])
{
	struct step step = { .fuzz = fuzz, .bytes = instruction };

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	begin(&step);
	step.disposition = zpci_ram_execute(&fuzz->cpu, fuzz->firmware, instruction);
	check_end(&step);
	check_registers(&step);
	check_writes(&step);
	check_response(&step);
	forget(&step);
	fuzz_leave(fuzz);
	fuzz_drain(fuzz);
	return step.disposition;
}
