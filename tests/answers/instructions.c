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

static bool is_done(int answer)
{
	return answer == CC(0) || answer == RESPONSE(ZPCI_CLP_OK) ||
	       answer == RESPONSE(ZPCI_SCLP_OK) || answer == RESPONSE(ZPCI_CHSC_OK);
}

bool trial_is_done(const struct trial *trial)
{
	return is_done(trial->answer);
}

bool trial_is_done_as_wanted(const struct trial *trial)
{
	return is_done(trial->answer) && is_done(trial->row_answer);
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
			 cpu->interruption == PAGE_TRANSLATION ||
			 cpu->interruption == ALEN_TRANSLATION || cpu->interruption == ASCE_TYPE;

	if (!cpu->interruption || !cpu->length)
		return;
	trial_want(trial, "instruction length code", cpu->length, length_of(bytes));
	trial_want(trial, "old PSW behind the instruction", cpu->advance,
		   nullified ? 0 : length_of(bytes));
}

/* Puts @bytes where an EXECUTE, 44 0 X2 B2 D2, finds them by its base register. */
static const uint8_t *executed(struct trial *trial, const uint8_t bytes[6])
{
	static const uint8_t execute[6] = { 0x44, 0, R_BASE << 4, 0 };

	memcpy(trial_bytes(trial, DATA), bytes, 4);
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	return execute;
}

int guest_execute(struct trial *trial, const uint8_t bytes[6], const struct effects *effects)
{
	static uint8_t storage[WATCHED];
	const uint8_t *code = trial->form.executed ? executed(trial, bytes) : bytes;
	struct cpu before = trial->cpu;
	bool watched = trial->judged && !trial->unwatched;

	if (watched)
		memcpy(storage, trial_bytes(trial, 0), WATCHED);
	trial->player->execute(trial->player, code, &trial->cpu);
	if (watched)
		compare_storage(trial, storage, effects);
	if (trial->judged) {
		compare_registers(trial, &before, effects);
		look_at_interruption(trial, bytes);
	}
	if (effects->result < REGISTERS)
		trial->result = trial->cpu.gr[effects->result];
	trial->answer = answer_of(&trial->cpu, effects);
	return trial->answer;
}

/* An access exception names the page that the row expects. */
static void look_at_page(struct trial *trial, int answer)
{
	if (answer == PGM(PAGE_TRANSLATION) || answer == PGM(PROTECTION) ||
	    answer == PGM(SEGMENT_TRANSLATION) || answer == PGM(ASCE_TYPE))
		trial_want(trial, "page of the exception", trial->cpu.page,
			   trial->page & ~0xfffull);
}

void trial_usual_cpu(struct trial *trial, int answer)
{
	if (trial->page) {
		trial->player->protect(trial->player, 0, 0);
		look_at_page(trial, answer);
		trial->page = 0;
	}
	if (trial->translated)
		trial->player->protect(trial->player, 0, 0);
	trial->translated = false;
	memset(&trial->form, 0, sizeof(trial->form));
	trial->cpu.problem = false;
	trial->cpu.mode = MODE_64;
	trial->cpu.space = trial->cpu.key = 0;
	memset(trial->cpu.ar, 0, sizeof(trial->cpu.ar));
	trial->cpu.prefix = 0;
}

/* --- each of them ----------------------------------------------------------------------------- */

static unsigned first_register(const struct trial *trial)
{
	return trial->form.registers ? trial->form.r1 : R_DATA;
}

static unsigned second_register(const struct trial *trial)
{
	return trial->form.registers ? trial->form.r2 : R_REQUEST;
}

static void put_request(struct trial *trial, unsigned number, uint32_t handle, unsigned space,
			unsigned low)
{
	trial->cpu.gr[number] = request(handle, space, low) | trial->form.request_bits;
}

/* The operand at @address, by the form's base, index and displacement; @third is the instruction's
 * own third register, or else the index. */
static void encode_operand(struct trial *trial, uint8_t bytes[6], unsigned opcode, unsigned third,
			   uint64_t address)
{
	const struct form *form = &trial->form;
	uint64_t displacement = form->displacement;

	if (form->index)
		trial->cpu.gr[form->index] = form->index_value;
	if (form->no_base)
		displacement = address - form->index_value;
	else
		trial->cpu.gr[R_BASE] =
			(address - form->index_value - displacement) | form->base_bits;
	encode_displaced(bytes, opcode, R_REQUEST, form->index ? form->index : third,
			 form->no_base ? 0 : R_BASE, (int32_t)displacement);
}

/* PCILG and PCISTG: R1 is the data, R2 and R2 + 1 are request and offset. */
static int load_or_store(struct trial *trial, unsigned opcode, uint64_t request_register,
			 uint64_t offset, uint64_t value)
{
	unsigned r1 = first_register(trial), r2 = second_register(trial);
	const struct effects effects = { .status = r2,
					 .result = opcode == OP_PCILG ? r1 : NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	if (opcode == OP_PCISTG)
		trial->cpu.gr[r1] = value;
	trial->cpu.gr[r2] = request_register | trial->form.request_bits;
	trial->cpu.gr[(r2 + 1) & 15] = offset;
	encode_rre(bytes, opcode, r1, r2);
	return guest_execute(trial, bytes, &effects);
}

int guest_load(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
	       unsigned length, uint64_t *value)
{
	int answer = load_or_store(trial, OP_PCILG, request(handle, space, length), offset, 0);

	if (value)
		*value = trial->result;
	return answer;
}

int guest_store(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		unsigned length, uint64_t value)
{
	return load_or_store(trial, OP_PCISTG, request(handle, space, length), offset, value);
}

int guest_store_block(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		      uint64_t address, unsigned length)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	put_request(trial, R_REQUEST, handle, space, length);
	trial->cpu.gr[R_DATA] = offset;
	encode_operand(trial, bytes, OP_PCISTB, R_DATA, address);
	return guest_execute(trial, bytes, &effects);
}

int guest_refresh(struct trial *trial, uint32_t handle, uint64_t start, uint64_t length)
{
	unsigned r1 = first_register(trial), r2 = second_register(trial);
	const struct effects effects = { .status = r1, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	put_request(trial, r1, handle, 0, 0);
	trial->cpu.gr[r2 & 14] = start;
	trial->cpu.gr[r2 | 1] = length;
	encode_rre(bytes, OP_RPCIT, r1, r2);
	return guest_execute(trial, bytes, &effects);
}

int guest_modify(struct trial *trial, uint32_t handle, unsigned space, unsigned control,
		 uint64_t address)
{
	const struct effects effects = { .status = R_REQUEST, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	put_request(trial, R_REQUEST, handle, space, control);
	encode_operand(trial, bytes, OP_MPCIFC, 0, address);
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
	put_request(trial, R_REQUEST, handle, space, 0);
	encode_operand(trial, bytes, OP_STPCIFC, 0, address);
	return guest_execute(trial, bytes, &effects);
}

/* With cc 0 the answer is the response code at @code of the work area. */
static int answer_in(struct trial *trial, int answer, uint64_t code)
{
	if (answer == CC(0))
		trial->answer = RESPONSE((int)trial_get(trial, code, 2));
	return trial->answer;
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
	return effects.length ? answer_in(trial, answer, effects.offset + 2) : answer;
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
	return effects.length ? answer_in(trial, answer, effects.offset) : answer;
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
	return effects.length ? answer_in(trial, answer, effects.offset + 2) : answer;
}
