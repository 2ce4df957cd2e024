// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * instruction.c - runs one instruction with chosen values of all registers.
 *
 * It is put into its own page, followed by SVC. The handler of SVC saves the registers. SVC needs
 * no register, and also leaves problem state.
 */
#include "internal.h"

static unsigned length_of(const uint8_t *code)
{
	return code[0] < 0x40 ? 2 : code[0] < 0xc0 ? 4 : 6;
}

static void run(struct bare_run *run)
{
	uint64_t mask = PSW_64BIT | (bare_dat_is_on ? PSW_DAT : 0);
	unsigned length = length_of(run->code);

	memcpy(bare_slot, run->code, length);
	bare_slot[length] = 0x0a; /* SVC 0 */
	bare_slot[length + 1] = 0;
	memcpy(lowcore(LC_RUN_GPR), run->gpr, sizeof(run->gpr));
	set_psw(LC_RUN_PSW, (mask | run->psw_mask) & ~run->psw_off, (uintptr_t)bare_slot);
	bare_run_slot();
	__asm__ volatile("" : : : "memory");
	memcpy(run->gpr, lowcore(LC_RUN_GPR_OUT), sizeof(run->gpr));
	run->cc = lowcore_get(LC_SVC_OLD, 8) >> PSW_CC_SHIFT & 3;
}

static void try_run(void *argument)
{
	run(argument);
}

int bare_run(struct bare_run *it)
{
	int code = bare_try(try_run, it);

	if (code) {
		memcpy(it->gpr, bare_pgm.gpr, sizeof(it->gpr));
		it->cc = bare_pgm.cc;
	}
	return code;
}

/* --- by name: registers 1 to 4 are the operands ---------------------------------------------- */

unsigned bare_pcilg(uint64_t *data, uint64_t *request, uint64_t offset)
{
	struct bare_run it = { .code = RRE(OP_PCILG, 1, 2) };

	it.gpr[1] = *data;
	it.gpr[2] = *request;
	it.gpr[3] = offset;
	run(&it);
	*data = it.gpr[1];
	*request = it.gpr[2];
	return it.cc;
}

unsigned bare_pcistg(uint64_t data, uint64_t *request, uint64_t offset)
{
	struct bare_run it = { .code = RRE(OP_PCISTG, 1, 2) };

	it.gpr[1] = data;
	it.gpr[2] = *request;
	it.gpr[3] = offset;
	run(&it);
	*request = it.gpr[2];
	return it.cc;
}

unsigned bare_pcistb(uint64_t *request, uint64_t offset, const void *block)
{
	struct bare_run it = { .code = DISPLACED(OP_PCISTB, 1, 3, 4) };

	it.gpr[1] = *request;
	it.gpr[3] = offset;
	it.gpr[4] = (uintptr_t)block;
	run(&it);
	*request = it.gpr[1];
	return it.cc;
}

unsigned bare_rpcit(uint64_t *handle, uint64_t start, uint64_t length)
{
	struct bare_run it = { .code = RRE(OP_RPCIT, 1, 2) };

	it.gpr[1] = *handle;
	it.gpr[2] = start;
	it.gpr[3] = length;
	run(&it);
	*handle = it.gpr[1];
	return it.cc;
}

static unsigned with_fib(enum opcode opcode, uint64_t *request, const void *fib)
{
	struct bare_run it = { .code = DISPLACED(opcode, 1, 0, 4) };

	it.gpr[1] = *request;
	it.gpr[4] = (uintptr_t)fib;
	run(&it);
	*request = it.gpr[1];
	return it.cc;
}

unsigned bare_mpcifc(uint64_t *request, const struct zpci_fib *fib)
{
	return with_fib(OP_MPCIFC, request, fib);
}

unsigned bare_stpcifc(uint64_t *request, struct zpci_fib *fib)
{
	return with_fib(OP_STPCIFC, request, fib);
}

unsigned bare_clp(uint8_t control, uint64_t block, uint64_t *result)
{
	struct bare_run it = { .code = RRE_CLP(control, 1, 2) };

	it.gpr[2] = block;
	run(&it);
	if (result)
		*result = it.gpr[1];
	return it.cc;
}

unsigned bare_servc(uint32_t command, void *sccb)
{
	struct bare_run it = { .code = RRE(OP_SERVC, 1, 2) };

	it.gpr[1] = command;
	it.gpr[2] = (uintptr_t)sccb;
	run(&it);
	return it.cc;
}

unsigned bare_chsc(void *block)
{
	struct bare_run it = { .code = RRE(OP_CHSC, 1, 0) };

	it.gpr[1] = (uintptr_t)block;
	run(&it);
	return it.cc;
}

unsigned bare_stcrw(uint32_t *report)
{
	struct bare_run it = { .code = { OP_STCRW >> 8, OP_STCRW & 0xff, 0x40 } }; /* S: B2 is 4 */

	it.gpr[4] = (uintptr_t)report;
	run(&it);
	return it.cc;
}

void bare_sic(unsigned operation, unsigned isc, const void *block)
{
	struct bare_run it = { .code = DISPLACED(OP_SIC, 1, 3, 4) };

	it.gpr[1] = operation;
	it.gpr[3] = (uint64_t)isc << 27;
	it.gpr[4] = (uintptr_t)block;
	run(&it);
}

uint64_t bare_diag308(uint64_t *address, unsigned subcode)
{
	struct bare_run it = { .code = { 0x83, 0x24, 0x03, 0x08 } }; /* R1 2, R3 4 */

	it.gpr[2] = *address;
	it.gpr[4] = subcode;
	run(&it);
	*address = it.gpr[2];
	return it.gpr[3];
}

void bare_reset(unsigned subcode)
{
	bare_diagnose_reset(subcode);
	bare_dat_is_on = false;
	bare_set_new_psws(false);
}
