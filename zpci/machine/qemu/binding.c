// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * binding.c - what belongs to one virtual machine, from before QEMU makes the machine until it
 * ends.
 */
#include <stddef.h>
#include <stdlib.h>

#include "binding.h"

static void thread_begins(struct zpci_loaded *loaded)
{
	zpci_qemu_thread_enter(
		(struct zpci_qemu_binding *)((char *)loaded -
					     offsetof(struct zpci_qemu_binding, loaded)));
}

struct zpci_qemu_binding *zpci_qemu_binding_new(int vcpus)
{
	struct zpci_qemu_binding *binding = calloc(1, sizeof(*binding));

	if (!binding)
		return NULL;
	binding->direct = true;
	binding->loaded.name = "zpci-qemu";
	binding->loaded.thread_begins = thread_begins;
	binding->vcpus = vcpus > 0 ? (unsigned)vcpus : 1;
	binding->vcpu = calloc(binding->vcpus, sizeof(*binding->vcpu));
	if (zpci_loaded_init(&binding->loaded) || !binding->vcpu) {
		zpci_qemu_binding_free(binding);
		return NULL;
	}
	for (unsigned i = 0; i < binding->vcpus; i++)
		binding->vcpu[i].binding = binding;
	return binding;
}

int zpci_qemu_binding_start(struct zpci_qemu_binding *binding)
{
	binding->timers = zpci_timers_new();
	if (!binding->timers) {
		zpci_loaded_log(&binding->loaded, ZPCI_LOG_ERROR, "no memory or thread for timers");
		return -1;
	}
	return zpci_loaded_start(&binding->loaded, &zpci_qemu_machine_ops, binding);
}

void zpci_qemu_binding_end(struct zpci_qemu_binding *binding)
{
	zpci_loaded_end(&binding->loaded);
	zpci_timers_free(binding->timers);
}

void zpci_qemu_binding_free(struct zpci_qemu_binding *binding)
{
	zpci_qemu_binding_end(binding);
	zpci_loaded_fini(&binding->loaded);
	free(binding->vcpu);
	free(binding);
}
