// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - KVM_RUN.
 *
 * An exit that is ours is executed here, and KVM_RUN called again: the hypervisor does not see it.
 * All others, and all errors, are returned as they are. If the hypervisor wants its vCPU back while
 * we execute, it sets immediate_exit in the shared page, or has a signal pending in the mask of
 * KVM_SET_SIGNAL_MASK. KVM_RUN looks at both before it enters the guest, and returns EINTR. The
 * instruction is over then, and its results are in the shared page and in KVM.
 */
#include <errno.h>
#include <sys/mman.h>

#include "interposer.h"
#include "zpci/machine/kvm/internal.h"

static enum zpci_disposition execute(void *opaque, void *cpu, const uint8_t instruction[6])
{
	struct zpci_interposer_vcpu *vcpu = opaque;

	return zpci_loaded_execute(&vcpu->vm->loaded, cpu, vcpu->number, instruction);
}

static void look(struct zpci_interposer_vcpu *vcpu)
{
	atomic_fetch_add(&vcpu->vm->inside, 1);
	if (!atomic_load(&vcpu->vm->ended))
		zpci_interposer_check_answer(vcpu);
	atomic_fetch_sub(&vcpu->vm->inside, 1);
}

/* What zpci_kvm_exit() returns. */
static int exited(struct zpci_interposer_vcpu *vcpu)
{
	struct zpci_interposer_vm *vm = vcpu->vm;
	int rc = 0;

	atomic_fetch_add(&vm->inside, 1);
	if (!atomic_load(&vm->ended)) {
		rc = zpci_kvm_exit_by(vm->kvm, execute, vcpu, vcpu->fd,
				      (struct kvm_run *)vcpu->run);
		if (!rc) {
			zpci_interposer_asked(vcpu);
			zpci_interposer_clp_left(vcpu);
		}
	}
	atomic_fetch_sub(&vm->inside, 1);
	return rc;
}

void zpci_interposer_put_vcpu(struct zpci_interposer_vcpu *vcpu)
{
	if (atomic_fetch_sub(&vcpu->users, 1) == 1)
		munmap(vcpu->run, vcpu->vm->run_size);
}

/* Another thread has closed the vCPU's descriptor when there are no users any more. */
static bool get_vcpu(struct zpci_interposer_vcpu *vcpu)
{
	unsigned users = atomic_load(&vcpu->users);

	while (users)
		if (atomic_compare_exchange_weak(&vcpu->users, &users, users + 1))
			return true;
	return false;
}

int zpci_interposer_run(struct zpci_interposer_vcpu *vcpu, unsigned long request, void *argument)
{
	int rc, executed;

	/* A hypervisor without a FLIC. */
	if (zpci_interposer_vm_start(vcpu->vm)) {
		errno = ECANCELED;
		return -1;
	}
	if (!get_vcpu(vcpu)) {
		errno = EBADF;
		return -1;
	}
	atomic_store_explicit(&vcpu->ran, true, memory_order_relaxed);
	zpci_interposer_enter(vcpu->vm);
	if (vcpu->clp_left)
		look(vcpu);
	do {
		rc = zpci_next_ioctl(vcpu->fd, request, argument);
		executed = rc ? 0 : exited(vcpu);
	} while (executed > 0);
	zpci_interposer_leave(vcpu->vm);
	zpci_interposer_put_vcpu(vcpu);
	if (executed < 0) {
		errno = -executed;
		return -1;
	}
	return rc;
}
