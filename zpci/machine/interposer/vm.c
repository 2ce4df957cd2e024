// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm.c - what belongs to one virtual machine, from KVM_CREATE_VM until its descriptor or that of
 * its FLIC is closed, or the process ends.
 *
 * Settings are checked when a VM is made. The rest, which leaves traces (threads, a socket, a file,
 * adapters in the FLIC), is made when the FLIC is there: a hypervisor that only looks what KVM can
 * do makes none. QEMU makes it before the guest runs, and its errors end QEMU.
 *
 * The functions are those of one VM at a time, as they are written down once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interposer.h"

static const char *const settings[ZPCI_SETTINGS] = {
	[ZPCI_SETTING_CONFIG] = "ZPCI_CONFIG",	 [ZPCI_SETTING_FUNCTION] = "ZPCI_FUNCTION",
	[ZPCI_SETTING_RECORD] = "ZPCI_RECORD",	 [ZPCI_SETTING_CONTROL] = "ZPCI_CONTROL",
	[ZPCI_SETTING_VERBOSE] = "ZPCI_VERBOSE", [ZPCI_SETTING_DEBUG] = "ZPCI_DEBUG",
};

/* The VM that has the functions. */
static _Atomic(struct zpci_interposer_vm *) owner;

/* --- settings ------------------------------------------------------------------------------- */

#define BLANKS " \t\n"

/* Several, separated by blanks. */
static int set_functions(struct zpci_loaded *loaded, const char *value)
{
	char *text = strdup(value), *rest = NULL, *function;
	int rc = text ? 0 : -1;

	for (function = text ? strtok_r(text, BLANKS, &rest) : NULL; function && !rc;
	     function = strtok_r(NULL, BLANKS, &rest))
		rc = zpci_loaded_set(loaded, ZPCI_SETTING_FUNCTION, function);
	free(text);
	return rc;
}

/* One that is empty counts as absent. */
static const char *value_of(enum zpci_setting setting)
{
	const char *value = getenv(settings[setting]);

	return value && *value ? value : NULL;
}

bool zpci_interposer_wants_functions(void)
{
	return value_of(ZPCI_SETTING_CONFIG) || value_of(ZPCI_SETTING_FUNCTION) ||
	       value_of(ZPCI_SETTING_CONTROL);
}

static int take_settings(struct zpci_loaded *loaded)
{
	for (int i = ZPCI_SETTINGS - 1; i >= 0; i--) {
		const char *value = value_of(i);
		int rc = 0;

		if (value)
			rc = i == ZPCI_SETTING_FUNCTION ? set_functions(loaded, value)
							: zpci_loaded_set(loaded, i, value);
		if (rc)
			return -1;
	}
	return zpci_loaded_check(loaded);
}

/* --- the VM --------------------------------------------------------------------------------- */

struct zpci_interposer_vm *zpci_interposer_vm_new(int fd, unsigned run_size)
{
	struct zpci_interposer_vm *vm = calloc(1, sizeof(*vm));

	if (!vm)
		return NULL;
	vm->process = getpid();
	vm->fd = fd;
	vm->flic = -1;
	vm->run_size = run_size;
	vm->asked = -1;
	vm->loaded.name = "zpci-kvm";
	memcpy(vm->loaded.setting, settings, sizeof(settings));
	pthread_mutex_init(&vm->lock, NULL);
	if (!zpci_loaded_init(&vm->loaded) && !take_settings(&vm->loaded))
		return vm;
	zpci_interposer_vm_free(vm);
	return NULL;
}

void zpci_interposer_vm_free(struct zpci_interposer_vm *vm)
{
	zpci_loaded_fini(&vm->loaded);
	pthread_mutex_destroy(&vm->lock);
	free(vm->slots);
	free(vm);
}

bool zpci_interposer_vm_acts(struct zpci_interposer_vm *vm)
{
	return atomic_load(&vm->started) && !atomic_load(&vm->ended);
}

/* --- memory --------------------------------------------------------------------------------- */

static void remember_slot(struct zpci_interposer_vm *vm, const struct zpci_kvm_slot *memory)
{
	struct zpci_kvm_slot *slots;
	size_t i = 0;

	while (i < vm->count && vm->slots[i].slot != memory->slot)
		i++;
	if (i == vm->count) {
		slots = realloc(vm->slots, (vm->count + 1) * sizeof(*slots));
		if (!slots) {
			zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
					"memory slot 0x%x: no memory; the functions cannot access "
					"this storage",
					memory->slot);
			return;
		}
		vm->slots = slots;
		vm->count++;
	}
	if (memory->length)
		vm->slots[i] = *memory;
	else
		vm->slots[i] = vm->slots[--vm->count];
}

static void tell_slot(struct zpci_interposer_vm *vm, const struct zpci_kvm_slot *memory)
{
	int rc = zpci_kvm_memory(vm->kvm, vm->loaded.firmware, memory);

	if (rc)
		zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
				"memory slot 0x%x: %s; the functions cannot access this storage",
				memory->slot, strerror(-rc));
}

void zpci_interposer_vm_memory(struct zpci_interposer_vm *vm, const struct zpci_kvm_slot *memory)
{
	pthread_mutex_lock(&vm->lock);
	if (!atomic_load(&vm->started))
		remember_slot(vm, memory);
	else if (!atomic_load(&vm->ended))
		tell_slot(vm, memory);
	pthread_mutex_unlock(&vm->lock);
}

/* --- start and end -------------------------------------------------------------------------- */

static int create_machine(struct zpci_interposer_vm *vm)
{
	struct zpci_kvm_options options = {
		.size = sizeof(options),
		.logger = vm->loaded.logger,
		.vm = vm->fd,
		.flic = vm->flic,
	};
	int rc = zpci_kvm_create(&options, &vm->kvm);

	if (rc == -ENOMEM)
		zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR, "no memory or thread for a machine");
	if (rc)
		return -1;
	for (size_t i = 0; i < vm->count; i++)
		tell_slot(vm, &vm->slots[i]);
	return 0;
}

/* Undoes what was started, and closes the files. */
static void destroy(struct zpci_interposer_vm *vm)
{
	zpci_loaded_end(&vm->loaded);
	zpci_kvm_destroy(vm->kvm);
	vm->kvm = NULL;
	atomic_store(&owner, NULL);
}

/* The lock is held. */
static int start(struct zpci_interposer_vm *vm)
{
	struct zpci_interposer_vm *nobody = NULL;

	if (!atomic_compare_exchange_strong(&owner, &nobody, vm)) {
		zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
				"this process has a second virtual machine, and the functions are "
				"those of the first; run one in each process");
		return -1;
	}
	if (create_machine(vm) || zpci_loaded_start(&vm->loaded, zpci_kvm_ops(), vm->kvm) ||
	    zpci_control_start(&vm->loaded)) {
		destroy(vm);
		return -1;
	}
	free(vm->slots);
	vm->slots = NULL;
	vm->count = 0;
	atomic_store(&vm->started, true);
	return 0;
}

int zpci_interposer_vm_start(struct zpci_interposer_vm *vm)
{
	int rc;

	if (atomic_load(&vm->started))
		return 0;
	pthread_mutex_lock(&vm->lock);
	if (!atomic_load(&vm->started) && !vm->failed)
		vm->failed = start(vm);
	rc = vm->failed ? -1 : 0;
	pthread_mutex_unlock(&vm->lock);
	return rc;
}

/* A vCPU is counted as inside first, and then looks whether the machine has ended. Here it is the
 * other way round, so that at least one of the two sees the other. */
void zpci_interposer_vm_end(struct zpci_interposer_vm *vm)
{
	if (!atomic_load(&vm->started) || atomic_exchange(&vm->ended, true))
		return;
	zpci_control_stop(&vm->loaded);
	pthread_mutex_lock(&vm->lock);
	if (!atomic_exchange(&vm->stopped, true))
		zpci_firmware_quiesce(vm->loaded.firmware);
	if (!atomic_load(&vm->inside))
		destroy(vm);
	pthread_mutex_unlock(&vm->lock);
}
