/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * instruction.h - opcodes and formats of the instructions of zPCI and of its surroundings
 * (reference 2.0.1 and 2.1 to 2.9).
 *
 * For who executes them (the library, the QEMU plugin) and for who makes them (tests, bare-metal
 * programs, `zpci describe`). There is no code behind this header, and it needs no operating
 * system.
 *
 *	RRE         opcode  opcode  control     R1 R2
 *	displaced   opcode  R1 R3   B2 DL DL    DL DL   DH DH   opcode     RSY; RXY: X2 for R3
 */
#ifndef ZPCI_UTIL_INSTRUCTION_H
#define ZPCI_UTIL_INSTRUCTION_H

#include <stdint.h>
#include <string.h>

/* RRE: the first two bytes. Displaced: the first and the last byte. */
enum opcode {
	OP_SERVC = 0xb220,
	OP_STCRW = 0xb239, /* format S: B2 and 12 bits of displacement in the last two bytes */
	OP_CHSC = 0xb25f,
	OP_CLP = 0xb9a0,
	OP_PCISTG = 0xb9d0,
	OP_PCILG = 0xb9d2,
	OP_RPCIT = 0xb9d3,
	OP_PCISTGI = 0xb9d4,
	OP_PCIWB = 0xb9d5,
	OP_PCILGI = 0xb9d6,
	OP_MPCIFC = 0xe3d0,  /* RXY */
	OP_STPCIFC = 0xe3d4, /* RXY */
	OP_PCISTB = 0xebd0,  /* RSY */
	OP_SIC = 0xebd1,     /* RSY */
	OP_PCISTBI = 0xebd4, /* RSY */
};

/* Whether an instruction is displaced, by the first byte of its opcode. */
static inline int is_displaced(unsigned first)
{
	return first == 0xe3 || first == 0xeb;
}

/* --- decoding -------------------------------------------------------------------------------- */

/* enum opcode, or another number. */
static inline unsigned decode_opcode(const uint8_t bytes[6])
{
	return (unsigned)bytes[0] << 8 | (is_displaced(bytes[0]) ? bytes[5] : bytes[1]);
}

static inline unsigned rre_r1(const uint8_t bytes[6])
{
	return bytes[3] >> 4;
}

static inline unsigned rre_r2(const uint8_t bytes[6])
{
	return bytes[3] & 15;
}

static inline unsigned displaced_r1(const uint8_t bytes[6])
{
	return bytes[1] >> 4;
}

/* R3 or X2. */
static inline unsigned displaced_third(const uint8_t bytes[6])
{
	return bytes[1] & 15;
}

static inline unsigned displaced_base(const uint8_t bytes[6])
{
	return bytes[2] >> 4;
}

/* 20 bits with a sign; the low 12 come first. */
static inline int32_t displaced_by(const uint8_t bytes[6])
{
	int32_t bits = (int32_t)bytes[4] << 12 | (bytes[2] & 15) << 8 | bytes[3];

	return (bits ^ 0x80000) - 0x80000;
}

/* --- encoding -------------------------------------------------------------------------------- */

/* As initialisers of uint8_t[6]. @control of CLP: logical processor, or bits
 * (ZPCI_CLP_IMMEDIATE). */
#define RRE_WITH(control, opcode, r1, r2)                                                          \
	{                                                                                          \
		(uint8_t)((opcode) >> 8), (uint8_t)((opcode)&0xff), (uint8_t)(control),            \
			(uint8_t)((r1) << 4 | (r2))                                                \
	}
#define RRE(opcode, r1, r2) RRE_WITH(0, opcode, r1, r2)
#define RRE_CLP(control, r1, r2) RRE_WITH(control, OP_CLP, r1, r2)
/* Without displacement. */
#define DISPLACED(opcode, r1, third, base)                                                         \
	{                                                                                          \
		(uint8_t)((opcode) >> 8), (uint8_t)((r1) << 4 | (third)), (uint8_t)((base) << 4),  \
			0, 0, (uint8_t)((opcode)&0xff)                                             \
	}

static inline void encode_rre(uint8_t bytes[6], unsigned opcode, unsigned r1, unsigned r2)
{
	const uint8_t code[6] = RRE(opcode, r1, r2);

	memcpy(bytes, code, sizeof(code));
}

static inline void encode_clp(uint8_t bytes[6], unsigned control, unsigned r1, unsigned r2)
{
	const uint8_t code[6] = RRE_CLP(control, r1, r2);

	memcpy(bytes, code, sizeof(code));
}

/* @third: R3 or X2. @displacement: -0x80000 to 0x7ffff. */
static inline void encode_displaced(uint8_t bytes[6], unsigned opcode, unsigned r1, unsigned third,
				    unsigned base, int32_t displacement)
{
	const uint8_t code[6] = DISPLACED(opcode, r1, third, base);

	memcpy(bytes, code, sizeof(code));
	bytes[2] |= (uint8_t)(displacement >> 8 & 15);
	bytes[3] = (uint8_t)displacement;
	bytes[4] = (uint8_t)(displacement >> 12);
}

#endif
