// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * operand.c - operands of instructions that are left to QEMU.
 *
 * Theory of operation. QEMU 11.1 ends on an assertion when CHSC or one of its zPCI instructions
 * meets a translation or protection exception: its function for such operands notes the exception
 * in one place, and the code that delivers it compares that with another place. A guest, or a
 * program in it that has the right device file, must not be able to end QEMU. So before the plugin
 * leaves such an instruction to QEMU it checks the operand, in QEMU's order of checks, and delivers
 * the exception as if QEMU had found it.
 *
 * QEMU delivers addressing and translation-specification exceptions correctly, so these are left to
 * it. Two things are not known here. Only QEMU knows whether a handle is one of its functions: a
 * guest that gives an unknown handle and an operand that it cannot access gets the exception first.
 * And another CPU can change translation tables between the check and the access.
 *
 * Sources: QEMU hw/s390x/s390-pci-inst.c, target/s390x/ioinst.c, mmu_helper.c, tcg/excp_helper.c.
 */
#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>

#include "binding.h"
#include "zpci/util/instruction.h"

#define PGM_TRANSLATION_SPECIFICATION 0x12

#define CLP_HEADER 4u

/* What QEMU takes of the request register. */
#define STORE_LENGTH 0x1fff
#define STORE_UNIT 8u
#define DMA_SPACE(request) ((request) >> 16 & 0xff)

static bool can(struct zpci_qemu_vcpu *vcpu, uint64_t address, size_t length, bool write)
{
	return !zpci_qemu_check_logical(vcpu->binding, vcpu, address, 0, length, write);
}

static bool read_halfword(struct zpci_qemu_vcpu *vcpu, uint64_t address, unsigned *value)
{
	uint8_t bytes[2];

	if (zpci_qemu_read_logical(vcpu->binding, vcpu, address, 0, bytes, sizeof(bytes)))
		return false;
	*value = (unsigned)zpci_get_be(bytes, sizeof(bytes));
	return true;
}

static bool length_ok(unsigned length, unsigned minimum, unsigned maximum)
{
	return length >= minimum && length <= maximum && length % 8 == 0;
}

/* Request, then a response of any length up to the end of the block. */
static bool chsc_operand_is_there(struct zpci_qemu_vcpu *vcpu, uint64_t address)
{
	unsigned length;

	if (address % ZPCI_CHSC_BLOCK)
		return true;
	if (!read_halfword(vcpu, address, &length))
		return false;
	return !length_ok(length, 16, ZPCI_CHSC_BLOCK - 8) ||
	       can(vcpu, address + length, ZPCI_CHSC_BLOCK - length, true);
}

/* Request and response. QEMU stores both, and its headers are length and code. */
static bool clp_operand_is_there(struct zpci_qemu_vcpu *vcpu, uint64_t address)
{
	unsigned request, response;

	if (!can(vcpu, address, CLP_HEADER, false) || !read_halfword(vcpu, address, &request))
		return false;
	if (!length_ok(request, ZPCI_CLP_REQUEST_MIN, ZPCI_CLP_REQUEST_MAX))
		return true;
	if (!can(vcpu, address, request + CLP_HEADER, false) ||
	    !read_halfword(vcpu, address + request, &response))
		return false;
	if (!length_ok(response, ZPCI_CLP_RESPONSE_MIN, ZPCI_CLP_RESPONSE_MAX) ||
	    request + response > ZPCI_CLP_BLOCK_MAX)
		return true;
	return can(vcpu, address, request + response, false) &&
	       can(vcpu, address, request + response, true);
}

/* QEMU takes the whole register for the address, in each addressing mode. */
static bool rre_operand_is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	uint64_t mask = vcpu->mask;
	bool there = true;

	vcpu->mask |= ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING;
	if (decode_opcode(bytes) == OP_CHSC)
		there = chsc_operand_is_there(vcpu, zpci_qemu_read_general(vcpu, rre_r1(bytes)));
	else if (decode_opcode(bytes) == OP_CLP)
		there = clp_operand_is_there(vcpu, zpci_qemu_read_general(vcpu, rre_r2(bytes)));
	vcpu->mask = mask;
	return there;
}

/* Base, index if there is one, and displacement. */
static uint64_t displaced(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6], unsigned index)
{
	uint64_t address = (uint64_t)(int64_t)displaced_by(bytes);

	if (displaced_base(bytes))
		address += zpci_qemu_read_general(vcpu, displaced_base(bytes));
	if (index)
		address += zpci_qemu_read_general(vcpu, index);
	return zpci_qemu_wrap(vcpu->mask, address);
}

static bool fib_is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	uint64_t request = zpci_qemu_read_general(vcpu, displaced_r1(bytes));
	uint64_t address = displaced(vcpu, bytes, displaced_third(bytes));
	bool stores = decode_opcode(bytes) == OP_STPCIFC;

	if (address % 8 || (stores && DMA_SPACE(request)))
		return true;
	return can(vcpu, address, sizeof(struct zpci_fib), stores);
}

static bool store_block_is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	unsigned length = zpci_qemu_read_general(vcpu, displaced_r1(bytes)) & STORE_LENGTH;
	uint64_t address = displaced(vcpu, bytes, 0);

	if (address % STORE_UNIT || length <= STORE_UNIT || length % STORE_UNIT)
		return true;
	return can(vcpu, address, length, false);
}

static bool is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	if (!is_displaced(bytes[0]))
		return rre_operand_is_there(vcpu, bytes);
	if (bytes[0] == OP_PCISTB >> 8)
		return store_block_is_there(vcpu, bytes);
	return fib_is_there(vcpu, bytes);
}

bool zpci_qemu_operand_is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	if (is_there(vcpu, bytes))
		return true;
	if (vcpu->program_interruption != ZPCI_PGM_ADDRESSING &&
	    vcpu->program_interruption != PGM_TRANSLATION_SPECIFICATION)
		return false;
	vcpu->program_interruption = 0;
	return true;
}
