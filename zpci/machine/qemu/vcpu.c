// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vcpu.c - QEMU has made a guest CPU: finds its registers, and what of the machine only the thread
 * of a CPU can find.
 */
#include <stdlib.h>
#include <string.h>

#include "binding.h"

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
	if (vcpu) { /* thread=single: only the plugin interface knows which CPU runs */
		if (vcpu->direct.general)
			zpci_loaded_log(
				&binding->loaded, ZPCI_LOG_INFO,
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
		zpci_loaded_log(&binding->loaded, ZPCI_LOG_ERROR,
				"QEMU does not offer register %s of CPU %u to plugins; its PCI "
				"instructions are left to QEMU; use QEMU 11.1 or later",
				missing, vcpu_index);
		return;
	}
	vcpu->current = zpci_qemu_current_cpu();
	zpci_qemu_registers_find(vcpu, vcpu_index);
	zpci_qemu_set_this_vcpu(vcpu);
}
