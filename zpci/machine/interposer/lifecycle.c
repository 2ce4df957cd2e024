// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lifecycle.c - resets and stops, as KVM's interface shows them.
 *
 * Theory of operation. KVM has no "the machine resets" and no "the machine stops". A hypervisor
 * does both by requests that each mean something smaller.
 *
 * Resets. When the guest asks, KVM_RUN ends with KVM_EXIT_S390_RESET (DIAGNOSE 308 subcodes 3 and
 * 4), or it is the instruction itself that exits (subcodes 0 and 1, as kexec does). Other vCPUs run
 * until the hypervisor has got them out of KVM_RUN, and may enable functions until then. A person
 * can ask the hypervisor, too. Then, with all vCPUs out of KVM_RUN, the hypervisor clears the FLIC
 * (KVM_DEV_FLIC_CLEAR_IRQS) and the vCPUs (KVM_S390_CLEAR_RESET), and writes its kernel image into
 * guest storage again. So the firmware is reset
 *
 *	at the guest's exit             devices stop as early as they can
 *	when the FLIC is cleared        it is cleared again, so that nothing of ours is in it
 *	before a vCPU that has run      for a hypervisor without a FLIC
 *	  since the last reset is cleared
 *
 * QEMU 7.2 to 11.1 clears the FLIC at each of these resets. It writes its images later: they are
 * registered last of all (rom_check_and_register_reset()), and 10.0 and later reset the FLIC
 * before everything else. A vCPU that is plugged is cleared as well, but it has not run. A guest
 * resets single CPUs by SIGNAL PROCESSOR; these are other requests, KVM_S390_INITIAL_RESET and
 * KVM_S390_NORMAL_RESET.
 *
 * Stops. When QEMU stops the machine, it gets all vCPUs out of KVM_RUN and then reads the guest's
 * TOD clock (hw/s390x/tod-kvm.c), which it sets again when the machine goes on. So a reader of the
 * clock, while no vCPU is in KVM_RUN, has stopped the machine, and the devices stand still until
 * the next KVM_RUN. If it has not, nothing is lost. A hypervisor that does not read the clock
 * stops its CPUs alone, and devices finish what they were told to do.
 */
#include <stdlib.h>

#include "interposer.h"
#include "zpci/machine/kvm/internal.h"

/* --- resets --------------------------------------------------------------------------------- */

static void reset(struct zpci_interposer_vm *vm, enum zpci_reset kind)
{
	zpci_loaded_reset(&vm->loaded, kind);
	zpci_kvm_forget_reports(vm->kvm);
}

#define DIAGNOSE 0x83
#define DIAGNOSE_IPL 0x308

/* DIAGNOSE 308 with subcode 0 (modified clear) or 1 (load normal); Linux: arch/s390/include/asm/
 * diag.h, ipl.h. KVM has checked the problem state. */
static bool is_subsystem_reset(const struct layout_run *run)
{
	unsigned base = run->sieic.ipb >> 28, displacement = run->sieic.ipb >> 16 & 0xfff;
	uint64_t code = (base ? run->regs.gprs[base] : 0) + displacement;

	return run->exit_reason == LAYOUT_EXIT_SIEIC &&
	       run->sieic.icptcode == LAYOUT_ICPT_INSTRUCTION && run->sieic.ipa >> 8 == DIAGNOSE &&
	       (code & 0xffff) == DIAGNOSE_IPL && run->regs.gprs[run->sieic.ipa & 15] <= 1;
}

void zpci_interposer_asked(struct zpci_interposer_vcpu *vcpu)
{
	enum zpci_reset kind;

	if (vcpu->run->exit_reason == LAYOUT_EXIT_RESET)
		kind = ZPCI_RESET_SYSTEM;
	else if (is_subsystem_reset(vcpu->run))
		kind = ZPCI_RESET_SUBSYSTEM;
	else
		return;
	atomic_store(&vcpu->vm->asked, kind);
	reset(vcpu->vm, kind);
}

void zpci_interposer_machine_reset(struct zpci_interposer_vm *vm)
{
	int kind;

	/* Who closes the VM meanwhile leaves the firmware as it is. */
	atomic_fetch_add(&vm->inside, 1);
	if (zpci_interposer_vm_acts(vm)) {
		kind = atomic_exchange(&vm->asked, -1);
		reset(vm, kind < 0 ? ZPCI_RESET_SYSTEM : kind);
	}
	atomic_fetch_sub(&vm->inside, 1);
	for (struct zpci_interposer_object *object = zpci_interposer_first(); object;
	     object = object->next)
		if (object->kind == ZPCI_INTERPOSER_VCPU && object->vm == vm)
			atomic_store(&object->vcpu->ran, false);
}

void zpci_interposer_vcpu_reset(struct zpci_interposer_vcpu *vcpu)
{
	if (atomic_load(&vcpu->ran))
		zpci_interposer_machine_reset(vcpu->vm);
}

/* --- stops ---------------------------------------------------------------------------------- */

/* A vCPU that enters is counted first, and then looks at @stopped. Here it is the other way round,
 * so that at least one of the two sees the other. */
void zpci_interposer_clock_read(struct zpci_interposer_vm *vm)
{
	if (!zpci_interposer_vm_acts(vm))
		return;
	pthread_mutex_lock(&vm->lock);
	if (!atomic_exchange(&vm->stopped, true)) {
		if (atomic_load(&vm->running))
			atomic_store(&vm->stopped, false);
		else
			zpci_firmware_quiesce(vm->loaded.firmware);
	}
	pthread_mutex_unlock(&vm->lock);
}

static void go_on(struct zpci_interposer_vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	if (!atomic_load(&vm->ended) && atomic_exchange(&vm->stopped, false))
		zpci_firmware_resume(vm->loaded.firmware);
	pthread_mutex_unlock(&vm->lock);
}

void zpci_interposer_enter(struct zpci_interposer_vm *vm)
{
	atomic_fetch_add(&vm->running, 1);
	if (atomic_load(&vm->stopped))
		go_on(vm);
}

void zpci_interposer_leave(struct zpci_interposer_vm *vm)
{
	atomic_fetch_sub(&vm->running, 1);
}
