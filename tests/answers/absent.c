// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * absent.c - instructions that are not there, or not ours: mapped I/O (reference 2.8, facility 153)
 * and SIC (reference 2.7), which belongs to the machine.
 */
#include "answers.h"

#include <string.h>

/* .with.value is the opcode. Operands as mapped I/O would have them; they may not be looked at. */
static int mapped(struct trial *trial)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	unsigned opcode = (unsigned)trial->with->value;
	uint8_t bytes[6];

	guest_registers(trial);
	if (is_displaced(opcode >> 8))
		encode_displaced(bytes, opcode, R_DATA, R_REQUEST, R_BASE, 0);
	else if (opcode == OP_PCIWB)
		encode_rre(bytes, opcode, 0, 0);
	else
		encode_rre(bytes, opcode, R_DATA, R_REQUEST);
	return guest_execute(trial, bytes, &effects);
}

static int mapped_in_problem_state(struct trial *trial)
{
	trial->cpu.problem = true;
	return mapped(trial);
}

/* An odd register would be a specification exception, were the instruction there. */
static int mapped_odd(struct trial *trial)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	encode_rre(bytes, (unsigned)trial->with->value, R_DATA, R_REQUEST + 1);
	return guest_execute(trial, bytes, &effects);
}

static const struct row pcistgi[] = {
	{ .condition = "anything",
	  .with = { .value = OP_PCISTGI },
	  .source = "ref 2.8",
	  .in = { [STANDBY] = PGM(OPERATION),
		  [DISABLED] = PGM(OPERATION),
		  [ENABLED] = PGM(OPERATION),
		  [BLOCKED] = PGM(OPERATION) } },
	{ .condition = "problem state",
	  .with = { .value = OP_PCISTGI },
	  .act = mapped_in_problem_state,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
	{ .condition = "R2 odd",
	  .with = { .value = OP_PCISTGI },
	  .act = mapped_odd,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
};

static const struct row pciwb[] = {
	{ .condition = "no operands",
	  .with = { .value = OP_PCIWB },
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
	{ .condition = "problem state",
	  .with = { .value = OP_PCIWB },
	  .act = mapped_in_problem_state,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
};

static const struct row pcilgi[] = {
	{ .condition = "anything",
	  .with = { .value = OP_PCILGI },
	  .source = "ref 2.8",
	  .in = { [STANDBY] = PGM(OPERATION),
		  [DISABLED] = PGM(OPERATION),
		  [ENABLED] = PGM(OPERATION),
		  [BLOCKED] = PGM(OPERATION) } },
	{ .condition = "problem state",
	  .with = { .value = OP_PCILGI },
	  .act = mapped_in_problem_state,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
	{ .condition = "R2 odd",
	  .with = { .value = OP_PCILGI },
	  .act = mapped_odd,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
};

static const struct row pcistbi[] = {
	{ .condition = "anything",
	  .with = { .value = OP_PCISTBI },
	  .source = "ref 2.8",
	  .in = { [STANDBY] = PGM(OPERATION),
		  [DISABLED] = PGM(OPERATION),
		  [ENABLED] = PGM(OPERATION),
		  [BLOCKED] = PGM(OPERATION) } },
	{ .condition = "problem state",
	  .with = { .value = OP_PCISTBI },
	  .act = mapped_in_problem_state,
	  .answer = PGM(OPERATION),
	  .source = "ref 2.8" },
};

/* --- SIC -------------------------------------------------------------------------------------- */

#define ISC 2

/* Operation .with.value; the block is not looked at. It sets no condition code. */
static int sic(struct trial *trial)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint8_t bytes[6];
	int answer;

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = trial->with->value;
	trial->cpu.gr[R_DATA] = ISC << 27;
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	encode_displaced(bytes, OP_SIC, R_REQUEST, R_DATA, R_BASE, 0);
	answer = guest_execute(trial, bytes, &effects);
	return answer & CC(0) ? CC(0) : answer;
}

static int sic_in_problem_state(struct trial *trial)
{
	trial->cpu.problem = true;
	return sic(trial);
}

#define SIC_ROW(number, result)                                                                    \
	{                                                                                          \
		.condition = "operation " #number, .with = { .value = (number) }, .state = ANY,    \
		.needs = NEEDS_SIGNAL, .answer = (result), .source = "ref 2.7"                     \
	}

static const struct row sics[] = {
	SIC_ROW(0, CC(0)),
	SIC_ROW(1, CC(0)),
	SIC_ROW(2, PGM(OPERAND)),
	SIC_ROW(4, PGM(OPERAND)),
	SIC_ROW(16, PGM(OPERAND)),
	SIC_ROW(17, PGM(OPERAND)),
	SIC_ROW(18, PGM(OPERAND)),
	{ .condition = "problem state",
	  .with = { .value = 1 },
	  .act = sic_in_problem_state,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.7" },
};

const struct family answers_absent[] = {
	FAMILY("PCISTGI", mapped, pcistgi), FAMILY("PCIWB", mapped, pciwb),
	FAMILY("PCILGI", mapped, pcilgi),   FAMILY("PCISTBI", mapped, pcistbi),
	FAMILY("SIC", sic, sics),	    { NULL },
};
