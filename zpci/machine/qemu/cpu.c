// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpu.c - registers and PSW of one guest CPU.
 *
 * An access by the plugin interface costs some 25 ns. So the frequent ones are made where QEMU has
 * the registers, if registers.c found that; and the PSW's mask is read once per instruction
 * (execute.c), and condition code and program interruption are only noted.
 */
#include <stdlib.h>
#include <string.h>

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

/* --- life time ------------------------------------------------------------------------------ */

/* @name as PREFIX and a number below 16, or -1. */
static int numbered(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);
	unsigned long number;
	char *end;

	if (strncmp(name, prefix, length) || name[length] < '0' || name[length] > '9')
		return -1;
	number = strtoul(name + length, &end, 10);
	return *end || number > 15 ? -1 : (int)number;
}

static void take_register(struct zpci_qemu_vcpu *vcpu, const qemu_plugin_reg_descriptor *found)
{
	int number;

	if (!strcmp(found->name, "pswm"))
		vcpu->psw_mask = found->handle;
	else if (!strcmp(found->name, "prefix"))
		vcpu->prefix = found->handle;
	else if ((number = numbered(found->name, "r")) >= 0)
		vcpu->general[number] = found->handle;
	else if ((number = numbered(found->name, "cr")) >= 0)
		vcpu->control[number] = found->handle;
}

/* The name of a register that QEMU does not offer, or NULL. */
static const char *missing_register(const struct zpci_qemu_vcpu *vcpu)
{
	for (unsigned i = 0; i < 16; i++)
		if (!vcpu->general[i] || !vcpu->control[i])
			return vcpu->general[i] ? "cr0 to cr15" : "r0 to r15";
	if (!vcpu->psw_mask)
		return "pswm";
	return vcpu->prefix ? NULL : "prefix";
}

static const char *find_registers(struct zpci_qemu_vcpu *vcpu)
{
	GArray *registers = qemu_plugin_get_registers();

	for (unsigned i = 0; i < registers->len; i++)
		take_register(vcpu, &g_array_index(registers, qemu_plugin_reg_descriptor, i));
	g_array_free(registers, TRUE);
	return missing_register(vcpu);
}

void zpci_qemu_vcpu_init(unsigned vcpu_index, void *opaque)
{
	struct zpci_qemu_binding *binding = opaque;
	struct zpci_qemu_vcpu *vcpu;
	const char *missing;

	zpci_qemu_thread_is_qemus();
	if (vcpu_index >= binding->vcpus || atomic_load(&binding->ended))
		return;
	vcpu = zpci_qemu_this_vcpu();
	if (vcpu) { /* thread=single: which CPU runs is known to the plugin interface alone */
		if (vcpu->direct.general)
			zpci_qemu_log(binding, ZPCI_LOG_INFO,
				      "one thread runs several CPUs: their registers are accessed "
				      "by the plugin interface, which is slower");
		vcpu->direct.general = NULL;
		return;
	}
	vcpu = &binding->vcpu[vcpu_index];
	zpci_qemu_storage_find(binding);
	zpci_qemu_dat_find(binding);
	zpci_qemu_refuse_saving(binding);
	if (!vcpu->buffer)
		vcpu->buffer = g_byte_array_sized_new(16);
	missing = find_registers(vcpu);
	if (missing) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "QEMU does not offer register %s of CPU %u to plugins; its PCI "
			      "instructions are left to QEMU; use QEMU 11.1",
			      missing, vcpu_index);
		return;
	}
	vcpu->current = zpci_qemu_current_cpu();
	zpci_qemu_registers_find(vcpu, vcpu_index);
	zpci_qemu_set_this_vcpu(vcpu);
}
