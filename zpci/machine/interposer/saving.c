// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * saving.c - what would lose the functions, or keep them from working: refused, as far as requests
 * of KVM can be refused without harm to the guest.
 *
 * Migration and snapshots begin with KVM's dirty log in a memory slot. A hypervisor does not expect
 * that this fails: QEMU ends then. So it is let pass, with a message. Later requests may fail:
 *
 *	KVM_S390_VM_MIGRATION_START   where guest and host use CMMA: QEMU gives up the migration,
 *	                              and the guest goes on
 *	KVM_S390_GET_SKEYS            QEMU marks what it saves as broken, and whoever would load it
 *	                              refuses it: the guest goes on where it is
 *
 * QEMU asks for one storage key first, whether there are any. It is told that there are, since
 * without them nothing would be marked. All this is while the dirty log is on. At other times a
 * person looks at storage keys (dump-skeys), and gets them from KVM.
 *
 * KVM does not see a request that is refused, so it is asked another one about the same address.
 *
 * Protected guests (KVM_PV_ENABLE) encrypt their storage, and leave SIE in another way. QEMU tells
 * the guest that it cannot become one.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "interposer.h"

static bool refuse(struct zpci_interposer_vm *vm, int *rc, const char *why)
{
	zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR, "%s", why);
	errno = EPERM;
	*rc = -1;
	return true;
}

/* Whether KVM can read the beginning of a request's argument. This one reads it, and has no effect,
 * whatever it reads. */
static bool is_there(const struct zpci_interposer_vm *vm, void *argument)
{
	_Static_assert(offsetof(struct layout_skeys, flags) <= sizeof(struct layout_attr),
		       "what is read of it lies at its beginning");

	return !zpci_next_ioctl(vm->fd, LAYOUT_HAS_DEVICE_ATTR, argument) || errno != EFAULT;
}

/* A storage key 0, if it can be stored: the kernel tries. */
static int store_key(uint64_t address)
{
	uint8_t *key = (uint8_t *)(uintptr_t)address;

	if (getrandom(key, sizeof(*key), 0) != sizeof(*key))
		return -1;
	*key = 0;
	return 0;
}

static bool refuse_keys(struct zpci_interposer_vm *vm, const struct layout_skeys *keys, int *rc)
{
	if (!atomic_load(&vm->dirty_log))
		return false;
	if (keys->count == 1) {
		*rc = store_key(keys->skeydata_addr);
		return true;
	}
	return refuse(vm, rc,
		      "the state of the PCI functions cannot be saved, so storage keys are not "
		      "given out, and what is being saved cannot be loaded; shut the guest down "
		      "instead");
}

bool zpci_interposer_refuses(struct zpci_interposer_vm *vm, uint32_t request, void *argument,
			     int *rc)
{
	const struct layout_attr *attr = argument;
	const struct layout_pv_command *command = argument;

	if (request != LAYOUT_GET_SKEYS && request != LAYOUT_PV_COMMAND &&
	    request != LAYOUT_SET_DEVICE_ATTR)
		return false;
	if (!zpci_interposer_vm_acts(vm) || !is_there(vm, argument))
		return false;
	if (request == LAYOUT_GET_SKEYS)
		return refuse_keys(vm, argument, rc);
	if (request == LAYOUT_PV_COMMAND && command->cmd == LAYOUT_PV_ENABLE)
		return refuse(vm, rc,
			      "a protected guest cannot have these PCI functions, which could not "
			      "access its storage; take them away");
	if (request == LAYOUT_SET_DEVICE_ATTR && attr->group == LAYOUT_VM_MIGRATION &&
	    attr->attr == LAYOUT_VM_MIGRATION_START)
		return refuse(vm, rc,
			      "migration is refused, as the state of the PCI functions cannot be "
			      "saved; shut the guest down instead");
	return false;
}

void zpci_interposer_slot_flags(struct zpci_interposer_vm *vm, uint32_t slot, uint32_t flags)
{
	if (!zpci_interposer_vm_acts(vm))
		return;
	if (!(flags & LAYOUT_MEM_LOG_DIRTY_PAGES)) {
		if (atomic_load(&vm->dirty_log_slot) == slot)
			atomic_store(&vm->dirty_log, false);
		return;
	}
	atomic_store(&vm->dirty_log_slot, slot);
	if (!atomic_exchange(&vm->dirty_log, true))
		zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
				"a migration or a snapshot has begun, and will not have the PCI "
				"functions; cancel it, and shut the guest down instead");
}
