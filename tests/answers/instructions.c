// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * instructions.c - executing instructions, and watching what they change.
 *
 * An instruction changes what its answer says and nothing else. So of each one that is judged all
 * registers and the operands' storage are compared with what they were before, apart from what
 * the instruction may change with that answer.
 */
#include "answers.h"

#include <string.h>

#define REGISTERS 16

/* --- trial ------------------------------------------------------------------------------------ */

void trial_want(struct trial *trial, const char *what, uint64_t got, uint64_t wanted)
{
	if (got == wanted || trial->complaint)
		return;
	trial->complaint = what;
	trial->got = got;
	trial->wanted = wanted;
}

uint64_t trial_address(const struct trial *trial, uint64_t offset)
{
	return trial->player->work + offset;
}

uint8_t *trial_bytes(const struct trial *trial, uint64_t offset)
{
	return trial->player->storage(trial->player, trial_address(trial, offset));
}

void trial_put(struct trial *trial, uint64_t offset, unsigned length, uint64_t value)
{
	zpci_put_be(trial_bytes(trial, offset), length, value);
}

uint64_t trial_get(struct trial *trial, uint64_t offset, unsigned length)
{
	return zpci_get_be(trial_bytes(trial, offset), length);
}

/* Each byte differs from its neighbours. */
void trial_fill(struct trial *trial, uint64_t offset, uint8_t first, unsigned length)
{
	uint8_t *byte = trial_bytes(trial, offset);

	for (unsigned i = 0; i < length; i++)
		byte[i] = (uint8_t)(first + i);
}

/* --- formats (reference 2.0.1) ---------------------------------------------------------------- */

uint64_t request(uint32_t handle, unsigned space, unsigned low)
{
	return (uint64_t)handle << 32 | (uint64_t)(space & 0xff) << 16 | (low & 0xffff);
}

/* --- executing -------------------------------------------------------------------------------- */

void guest_registers(struct trial *trial)
{
	for (unsigned i = 0; i < REGISTERS; i++)
		trial->cpu.gr[i] = 0xc0de0000a5a5a500ull + i;
}

/* The bits of register @number that the instruction may have changed. */
static uint64_t changeable(const struct cpu *cpu, const struct effects *effects, unsigned number)
{
	uint64_t mask = 0;

	if (cpu->interruption)
		return 0;
	if (cpu->cc == 1 && number == effects->status)
		mask |= 0xff000000;
	if (cpu->cc == 0 && number == effects->result)
		mask |= effects->result_mask ? effects->result_mask : UINT64_MAX;
	return mask;
}

static void compare_registers(struct trial *trial, const struct cpu *before,
			      const struct effects *effects)
{
	for (unsigned i = 0; i < REGISTERS; i++) {
		uint64_t fixed = ~changeable(&trial->cpu, effects, i);

		trial_want(trial, "a general register that may not change",
			   trial->cpu.gr[i] & fixed, before->gr[i] & fixed);
	}
}

/* Where what is fixed differs: its offset, or WATCHED. */
static unsigned changed(const uint8_t *now, const uint8_t *before, unsigned from, unsigned to)
{
	if (from >= to || !memcmp(now + from, before + from, to - from))
		return WATCHED;
	while (now[from] == before[from])
		from++;
	return from;
}

static void compare_storage(struct trial *trial, const uint8_t *before,
			    const struct effects *effects)
{
	const uint8_t *now = trial_bytes(trial, 0);
	unsigned start = WATCHED, length = 0;
	unsigned where;

	if (!trial->cpu.interruption && !trial->cpu.cc && effects->length &&
	    effects->offset < WATCHED) {
		start = (unsigned)effects->offset;
		length = effects->length;
	}
	where = changed(now, before, 0, start);
	if (where == WATCHED && length)
		where = changed(now, before, start + length, WATCHED);
	trial_want(trial, "first byte of storage that may not change", where, WATCHED);
}

static int answer_of(const struct cpu *cpu, const struct effects *effects)
{
	if (cpu->left)
		return MACHINE;
	if (cpu->interruption)
		return PGM(cpu->interruption);
	if (cpu->cc == 1 && effects->status != NO_REGISTER)
		return STATUS((int)(cpu->gr[effects->status] >> 24 & 0xff));
	return CC((int)cpu->cc);
}

static unsigned length_of(const uint8_t bytes[6])
{
	return bytes[0] < 0x40 ? 2 : bytes[0] < 0xc0 ? 4 : 6;
}

/* A translation exception nullifies: the old PSW is at the instruction, not behind it. */
static void look_at_interruption(struct trial *trial, const uint8_t bytes[6])
{
	const struct cpu *cpu = &trial->cpu;
	bool nullified = cpu->interruption == SEGMENT_TRANSLATION ||
			 cpu->interruption == PAGE_TRANSLATION || cpu->interruption == ASCE_TYPE;

	if (!cpu->interruption || !cpu->length)
		return;
	trial_want(trial, "instruction length code", cpu->length, length_of(bytes));
	trial_want(trial, "old PSW behind the instruction", cpu->advance,
		   nullified ? 0 : length_of(bytes));
}

int guest_execute(struct trial *trial, const uint8_t bytes[6], const struct effects *effects)
{
	static uint8_t storage[WATCHED];
	struct cpu before = trial->cpu;
	bool watched = trial->judged && !trial->unwatched;

	if (watched)
		memcpy(storage, trial_bytes(trial, 0), WATCHED);
	trial->player->execute(trial->player, bytes, &trial->cpu);
	if (watched)
		compare_storage(trial, storage, effects);
	if (trial->judged) {
		compare_registers(trial, &before, effects);
		look_at_interruption(trial, bytes);
	}
	return answer_of(&trial->cpu, effects);
}

void guest_translation_off(struct trial *trial, int answer, uint64_t address)
{
	trial->player->protect(trial->player, 0, 0);
	if (answer == PGM(PAGE_TRANSLATION) || answer == PGM(PROTECTION) ||
	    answer == PGM(SEGMENT_TRANSLATION) || answer == PGM(ASCE_TYPE))
		trial_want(trial, "page of the exception", trial->cpu.page, address & ~0xfffull);
}

/* --- each of them ----------------------------------------------------------------------------- */

int guest_load(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
	       unsigned length, uint64_t *value)
{
	const struct effects effects = { .status = R_REQUEST, .result = R_DATA };
	uint8_t bytes[6];
	int answer;

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(handle, space, length);
	trial->cpu.gr[R_REQUEST + 1] = offset;
	encode_rre(bytes, OP_PCILG, R_DATA, R_REQUEST);
	answer = guest_execute(trial, bytes, &effects);
	if (value)
		*value = trial->cpu.gr[R_DATA];
	return answer;
}

int guest_store(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		unsigned length, uint64_t value)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(handle, space, length);
	trial->cpu.gr[R_REQUEST + 1] = offset;
	trial->cpu.gr[R_DATA] = value;
	encode_rre(bytes, OP_PCISTG, R_DATA, R_REQUEST);
	return guest_execute(trial, bytes, &effects);
}

int guest_store_block(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		      uint64_t address, unsigned length)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(handle, space, length);
	trial->cpu.gr[R_DATA] = offset;
	trial->cpu.gr[R_BASE] = address;
	encode_displaced(bytes, OP_PCISTB, R_REQUEST, R_DATA, R_BASE, 0);
	return guest_execute(trial, bytes, &effects);
}

int guest_refresh(struct trial *trial, uint32_t handle, uint64_t start, uint64_t length)
{
	const struct effects effects = { .status = R_DATA, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_DATA] = request(handle, 0, 0);
	trial->cpu.gr[R_REQUEST] = start;
	trial->cpu.gr[R_REQUEST + 1] = length;
	encode_rre(bytes, OP_RPCIT, R_DATA, R_REQUEST);
	return guest_execute(trial, bytes, &effects);
}

int guest_modify(struct trial *trial, uint32_t handle, unsigned space, unsigned control,
		 uint64_t address)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(handle, space, control);
	trial->cpu.gr[R_BASE] = address;
	encode_displaced(bytes, OP_MPCIFC, R_REQUEST, 0, R_BASE, 0);
	return guest_execute(trial, bytes, &effects);
}

/* The enable bit of the handle may be set in the register that brought it (reference 2.6). */
int guest_store_controls(struct trial *trial, uint32_t handle, unsigned space, uint64_t address)
{
	const struct effects effects = {
		.status = R_REQUEST,
		.result = R_REQUEST,
		.result_mask = 1ull << 63,
		.offset = address - trial->player->work,
		.length = sizeof(struct zpci_fib),
	};
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = request(handle, space, 0);
	trial->cpu.gr[R_BASE] = address;
	encode_displaced(bytes, OP_STPCIFC, R_REQUEST, 0, R_BASE, 0);
	return guest_execute(trial, bytes, &effects);
}

/* With a block only the response may change, no more of it than the guest offered. R1 is an
 * output that nobody relies on. */
int guest_clp(struct trial *trial, unsigned control, uint64_t address)
{
	struct effects effects = { .status = NO_REGISTER, .result = R_DATA };
	bool immediate = control & ZPCI_CLP_IMMEDIATE;
	uint64_t offset = address - trial->player->work;
	uint8_t bytes[6];
	int answer;

	if (!immediate && offset < WATCHED) {
		effects.offset = offset + trial_get(trial, offset, 2);
		effects.length = (unsigned)trial_get(trial, effects.offset, 2);
	}
	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = address;
	encode_rre(bytes, OP_CLP, R_DATA, R_REQUEST);
	bytes[2] = (uint8_t)control;
	answer = guest_execute(trial, bytes, &effects);
	if (answer == CC(0) && effects.length)
		return RESPONSE((int)trial_get(trial, effects.offset + 2, 2));
	return answer;
}

int guest_service(struct trial *trial, uint32_t command, uint64_t sccb)
{
	struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint64_t offset = sccb - trial->player->work;
	uint8_t bytes[6];
	int answer;

	if (offset < WATCHED) {
		effects.offset = offset + offsetof(struct zpci_sclp_configure, response);
		effects.length = sizeof(zpci_be16);
	}
	guest_registers(trial);
	trial->cpu.gr[R_DATA] = command;
	trial->cpu.gr[R_REQUEST] = sccb;
	encode_rre(bytes, OP_SERVC, R_DATA, R_REQUEST);
	answer = guest_execute(trial, bytes, &effects);
	if (answer == CC(0) && effects.length)
		return RESPONSE((int)trial_get(trial, effects.offset, 2));
	return answer;
}

int guest_subsystem(struct trial *trial, uint64_t address)
{
	struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint64_t offset = address - trial->player->work;
	uint8_t bytes[6];
	int answer;

	if (offset < WATCHED) {
		effects.offset = offset + sizeof(struct zpci_chsc_sei_request);
		effects.length = ZPCI_CHSC_BLOCK - sizeof(struct zpci_chsc_sei_request);
	}
	guest_registers(trial);
	trial->cpu.gr[R_DATA] = address;
	encode_rre(bytes, OP_CHSC, R_DATA, 0);
	answer = guest_execute(trial, bytes, &effects);
	if (answer == CC(0) && effects.length)
		return RESPONSE((int)trial_get(trial, effects.offset + 2, 2));
	return answer;
}
