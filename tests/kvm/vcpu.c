// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vcpu.c - the descriptor of a vCPU: its life, its mutex, what a test scripts for it.
 */
#include "internal.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic unsigned patience = 5000;

void fake_patience(unsigned milliseconds)
{
	atomic_store(&patience, milliseconds);
}

/* --- life ------------------------------------------------------------------------------------- */

static void init(struct vcpu *vcpu, struct vm *vm, unsigned id)
{
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->last = &vcpu->first;
	vcpu->stopped = true;
	vcpu->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&vcpu->mutex, NULL);
	pthread_mutex_init(&vcpu->lock, NULL);
	if (vcpu->event < 0)
		abort();
}

/* Linux: kvm_vm_ioctl_create_vcpu(). */
int vcpu_create(struct vm *vm, uint64_t id)
{
	struct vcpu *vcpu;
	int fd;

	if (id >= VCPUS)
		return -EINVAL;
	if (vm->vcpus[id])
		return -EEXIST;
	vcpu = calloc(1, sizeof(*vcpu));
	if (!vcpu)
		abort();
	init(vcpu, vm, (unsigned)id);
	fd = object_create(VCPU, vm, vcpu, RUN_SIZE);
	vcpu->run = fd < 0 ? NULL : object_map(fd, RUN_SIZE);
	if (!vcpu->run)
		abort();
	registers_reset(vcpu, S390_CLEAR_RESET);
	vm->vcpus[id] = vcpu;
	vm->vcpu_fds[id] = fd;
	vm->created_vcpus++;
	return fd;
}

void vcpu_destroy(struct vcpu *vcpu)
{
	struct scripted *next;

	for (struct scripted *each = vcpu->first; each; each = next) {
		next = each->next;
		free(each);
	}
	munmap(vcpu->run, RUN_SIZE);
	real_close(vcpu->event);
	pthread_mutex_destroy(&vcpu->mutex);
	pthread_mutex_destroy(&vcpu->lock);
	free(vcpu);
}

/* --- the script ------------------------------------------------------------------------------- */

void vcpu_wake(struct vcpu *vcpu)
{
	uint64_t one = 1;

	if (vcpu->waits && write(vcpu->event, &one, sizeof(one)) != sizeof(one))
		abort();
}

void fake_exit(int vcpu, const struct fake_exit *exit)
{
	struct scripted *scripted = calloc(1, sizeof(*scripted));
	struct vcpu *of = object_vcpu(vcpu);

	if (!scripted)
		abort();
	scripted->exit = *exit;
	if (!scripted->exit.times)
		scripted->exit.times = 1;
	if (exit->cpu) {
		scripted->cpu = *exit->cpu;
		scripted->exit.cpu = &scripted->cpu;
	}
	pthread_mutex_lock(&of->lock);
	*of->last = scripted;
	of->last = &scripted->next;
	vcpu_wake(of);
	pthread_mutex_unlock(&of->lock);
}

bool fake_running(int vcpu)
{
	struct vcpu *of = object_vcpu(vcpu);
	bool waits;

	pthread_mutex_lock(&of->lock);
	waits = of->waits;
	pthread_mutex_unlock(&of->lock);
	return waits;
}

void fake_guest(int vcpu, struct fake_cpu *cpu)
{
	struct vcpu *of = object_vcpu(vcpu);

	pthread_mutex_lock(&of->lock);
	*cpu = of->cpu;
	pthread_mutex_unlock(&of->lock);
}

bool fake_program(int vcpu, struct fake_program *program)
{
	struct vcpu *of = object_vcpu(vcpu);
	bool delivered;

	pthread_mutex_lock(&of->lock);
	delivered = of->delivered;
	of->delivered = false;
	*program = of->program_delivered;
	pthread_mutex_unlock(&of->lock);
	return delivered;
}

/* --- ioctls ----------------------------------------------------------------------------------- */

/* Linux: kvm_vcpu_ioctl_enable_cap(). */
static int enable_capability(struct vcpu *vcpu, uint64_t argument)
{
	uint8_t block[CAP_BYTES];

	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	if (get32(block, CAP_FLAGS) || get32(block, CAP_NUMBER) != CAP_S390_CSS_SUPPORT)
		return -EINVAL;
	reserved(block + CAP_ARGS, CAP_BYTES - CAP_ARGS, "ENABLE_CAP of a vCPU, arguments");
	vcpu->vm->css = true;
	return 0;
}

/* Linux: kvm_arch_vcpu_ioctl_set_mpstate(). */
static int set_state(struct vcpu *vcpu, uint64_t argument)
{
	uint32_t state;

	if (!from_user(&state, argument, sizeof(state)))
		return -EFAULT;
	atomic_store(&vcpu->vm->user_controls_state, true);
	if (state != MP_STOPPED && state != MP_OPERATING)
		return -ENXIO;
	pthread_mutex_lock(&vcpu->lock);
	vcpu->stopped = state == MP_STOPPED;
	if (vcpu->stopped)
		vcpu->stop_pending = false;
	pthread_mutex_unlock(&vcpu->lock);
	return 0;
}

/* Linux: kvm_arch_vcpu_ioctl_get_mpstate(). The state is the result, and nothing is stored. */
static int get_state(const struct vcpu *vcpu)
{
	return vcpu->stopped ? MP_STOPPED : MP_OPERATING;
}

static int memop(struct vcpu *vcpu, uint64_t argument)
{
	uint8_t block[MEMOP_BYTES];

	return from_user(block, argument, sizeof(block)) ? memop_vcpu(vcpu, block) : -EFAULT;
}

/* Linux: kvm_vcpu_ioctl(), kvm_arch_vcpu_ioctl(). */
static int locked_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument)
{
	switch (request) {
	case RUN:
		return argument ? -EINVAL : run(vcpu);
	case ENABLE_CAP:
		return enable_capability(vcpu, argument);
	case SET_MP_STATE:
		return set_state(vcpu, argument);
	case GET_MP_STATE:
		return get_state(vcpu);
	case S390_MEM_OP:
		return memop(vcpu, argument);
	case S390_NORMAL_RESET:
	case S390_INITIAL_RESET:
	case S390_CLEAR_RESET:
		registers_reset(vcpu, request);
		return 0;
	default:
		return registers_ioctl(vcpu, request, argument);
	}
}

/* Linux waits without end for a vCPU that is inside of KVM_RUN. */
static void lock(struct vcpu *vcpu, unsigned request)
{
	unsigned milliseconds = atomic_load(&patience);
	struct timespec until;

	if (pthread_mutex_trylock(&vcpu->mutex) == 0)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += milliseconds % 1000 * 1000000L;
	until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	if (pthread_mutex_timedlock(&vcpu->mutex, &until) == 0)
		return;
	finding("ioctl 0x%x of vCPU %u waits for its KVM_RUN: kick it first", request, vcpu->id);
	pthread_mutex_lock(&vcpu->mutex);
}

/* The two that do not wait for the vCPU. Linux: kvm_arch_vcpu_async_ioctl(). */
static int unlocked_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument)
{
	uint8_t block[IRQ_BYTES];
	bool irq = request == S390_IRQ;

	if (!from_user(block, argument, irq ? IRQ_BYTES : INTERRUPT_BYTES))
		return -EFAULT;
	return irq ? inject_irq(vcpu, block) : inject_interrupt(vcpu, block);
}

int vcpu_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument)
{
	int rc;

	if (REQUEST_TYPE(request) != TYPE_OF_KVM)
		return -EINVAL;
	if (request == S390_IRQ || request == S390_INTERRUPT)
		return unlocked_ioctl(vcpu, request, argument);
	lock(vcpu, request);
	rc = locked_ioctl(vcpu, request, argument);
	pthread_mutex_unlock(&vcpu->mutex);
	return rc;
}
