// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpu.c - registers and PSW of one guest CPU.
 *
 * An access by the plugin interface takes about 25 ns. So frequent accesses go to where QEMU has
 * the registers, if registers.c has found that. The PSW's mask is read once for each instruction
 * (execute.c), and condition code and program interruption are only noted.
 */
#include <zpci/bytes.h>

#include "binding.h"

/* Condition code in the PSW mask: bits 18 and 19 (source: Principles of Operation, chapter 4). */
#define CC_SHIFT 44
#define CC_MASK (UINT64_C(3) << CC_SHIFT)

uint64_t zpci_qemu_read_register(struct zpci_qemu_vcpu *vcpu, struct qemu_plugin_register *which)
{
	g_byte_array_set_size(vcpu->buffer, 0);
	if (!qemu_plugin_read_register(which, vcpu->buffer) || vcpu->buffer->len > 8 ||
	    vcpu->buffer->len < 1)
		return 0;
	return zpci_get_be(vcpu->buffer->data, vcpu->buffer->len);
}

void zpci_qemu_write_register(struct zpci_qemu_vcpu *vcpu, struct qemu_plugin_register *which,
			      uint64_t value)
{
	g_byte_array_set_size(vcpu->buffer, 8);
	zpci_put_be(vcpu->buffer->data, 8, value);
	qemu_plugin_write_register(which, vcpu->buffer);
}

uint64_t zpci_qemu_wrap(uint64_t mask, uint64_t address)
{
	if (mask & ZPCI_PSW_EXTENDED_ADDRESSING)
		return address;
	return address & (mask & ZPCI_PSW_BASIC_ADDRESSING ? 0x7fffffff : 0x00ffffff);
}

uint64_t zpci_qemu_read_general(struct zpci_qemu_vcpu *vcpu, unsigned number)
{
	if (vcpu->direct.general)
		return vcpu->direct.general[number];
	return zpci_qemu_read_register(vcpu, vcpu->general[number]);
}

uint64_t zpci_qemu_read_mask(struct zpci_qemu_vcpu *vcpu)
{
	if (vcpu->direct.general)
		return *vcpu->direct.psw_mask;
	return zpci_qemu_read_register(vcpu, vcpu->psw_mask);
}

void zpci_qemu_write_condition_code(struct zpci_qemu_vcpu *vcpu)
{
	if (vcpu->direct.general)
		*vcpu->direct.condition_code = (uint32_t)vcpu->cc;
	else
		zpci_qemu_write_register(vcpu, vcpu->psw_mask,
					 (vcpu->mask & ~CC_MASK) | (uint64_t)vcpu->cc << CC_SHIFT);
}

/* --- operations ----------------------------------------------------------------------------- */

uint64_t zpci_qemu_get_register(void *machine, void *cpu, unsigned number)
{
	struct zpci_qemu_vcpu *vcpu = cpu;

	(void)machine;
	return zpci_qemu_read_general(vcpu, number & 15);
}

void zpci_qemu_set_register(void *machine, void *cpu, unsigned number, uint64_t value)
{
	struct zpci_qemu_vcpu *vcpu = cpu;

	(void)machine;
	if (vcpu->direct.general)
		vcpu->direct.general[number & 15] = value;
	else
		zpci_qemu_write_register(vcpu, vcpu->general[number & 15], value);
}

uint64_t zpci_qemu_get_prefix(void *machine, void *cpu)
{
	struct zpci_qemu_vcpu *vcpu = cpu;

	(void)machine;
	return zpci_qemu_read_register(vcpu, vcpu->prefix);
}

uint64_t zpci_qemu_get_psw_mask(void *machine, void *cpu)
{
	(void)machine;
	return ((struct zpci_qemu_vcpu *)cpu)->mask;
}

void zpci_qemu_set_condition_code(void *machine, void *cpu, unsigned cc)
{
	(void)machine;
	((struct zpci_qemu_vcpu *)cpu)->cc = cc & 3;
}

void zpci_qemu_program_interruption(void *machine, void *cpu, uint16_t code)
{
	(void)machine;
	((struct zpci_qemu_vcpu *)cpu)->program_interruption = code;
}
