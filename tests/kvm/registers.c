// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * registers.c - a vCPU's registers: what KVM_RUN takes from kvm_run and leaves there, resets, and
 * the ioctls from before kvm_run had registers.
 *
 * Linux: sync_regs() and store_regs(). General and access registers are used where they are in
 * kvm_run. The PSW is taken always. All else is taken only if its bit is set.
 */
#include "internal.h"

#define REGS 128
#define SREGS_ACRS 64
#define SREGS 192
#define FPU 136
#define FPU_REGISTERS 128

/* todpr, cputm, ckc, pp, gbea: neighbours in kvm_run. */
#define ARCH0_BYTES (RUN_GBEA + 8 - RUN_TODPR)

void registers_take(struct vcpu *vcpu)
{
	struct fake_cpu *cpu = &vcpu->cpu;
	uint64_t dirty = get64(vcpu->run, RUN_DIRTY_REGS);

	cpu->psw_mask = get64(vcpu->run, RUN_PSW_MASK);
	cpu->psw_address = get64(vcpu->run, RUN_PSW_ADDRESS);
	memcpy(cpu->gr, vcpu->run + RUN_GPRS, sizeof(cpu->gr));
	memcpy(cpu->ar, vcpu->run + RUN_ACRS, sizeof(cpu->ar));
	if (dirty & SYNC_CRS)
		memcpy(cpu->cr, vcpu->run + RUN_CRS, sizeof(cpu->cr));
	if (dirty & SYNC_PREFIX)
		cpu->prefix = (uint32_t)get64(vcpu->run, RUN_PREFIX) & 0x7fffe000;
	if (dirty & SYNC_ARCH0)
		memcpy(vcpu->arch0, vcpu->run + RUN_TODPR, ARCH0_BYTES);
	put64(vcpu->run, RUN_DIRTY_REGS, 0);
}

void registers_leave(struct vcpu *vcpu)
{
	const struct fake_cpu *cpu = &vcpu->cpu;

	put64(vcpu->run, RUN_PSW_MASK, cpu->psw_mask);
	put64(vcpu->run, RUN_PSW_ADDRESS, cpu->psw_address);
	memcpy(vcpu->run + RUN_GPRS, cpu->gr, sizeof(cpu->gr));
	memcpy(vcpu->run + RUN_ACRS, cpu->ar, sizeof(cpu->ar));
	memcpy(vcpu->run + RUN_CRS, cpu->cr, sizeof(cpu->cr));
	put64(vcpu->run, RUN_PREFIX, cpu->prefix);
	memcpy(vcpu->run + RUN_TODPR, vcpu->arch0, ARCH0_BYTES);
}

/* --- resets ----------------------------------------------------------------------------------- */

/* Linux: kvm_arch_vcpu_ioctl_normal_reset(), ..._initial_reset(), ..._clear_reset(). */
static void reset(struct vcpu *vcpu, unsigned request)
{
	struct fake_cpu *cpu = &vcpu->cpu;

	vcpu->program_pending = vcpu->stop_pending = false;
	if (!atomic_load(&vcpu->vm->user_controls_state))
		vcpu->stopped = true;
	if (request == S390_NORMAL_RESET)
		return;
	cpu->psw_mask = cpu->psw_address = 0;
	cpu->prefix = 0;
	memset(cpu->cr, 0, sizeof(cpu->cr));
	cpu->cr[0] = CR0_INITIAL;
	cpu->cr[14] = CR14_INITIAL;
	memset(vcpu->arch0, 0, ARCH0_BYTES);
	put64(vcpu->arch0, RUN_GBEA - RUN_TODPR, 1);
	put64(vcpu->run, RUN_PSW_MASK, 0);
	put64(vcpu->run, RUN_PSW_ADDRESS, 0);
	memcpy(vcpu->run + RUN_CRS, cpu->cr, sizeof(cpu->cr));
	memcpy(vcpu->run + RUN_TODPR, vcpu->arch0, ARCH0_BYTES);
	put32(vcpu->run, RUN_FPC, 0);
	if (request == S390_INITIAL_RESET)
		return;
	memset(vcpu->run + RUN_GPRS, 0, sizeof(cpu->gr));
	memset(vcpu->run + RUN_ACRS, 0, sizeof(cpu->ar));
	memset(vcpu->run + RUN_VRS, 0, RUN_FPC - RUN_VRS);
}

void registers_reset(struct vcpu *vcpu, unsigned request)
{
	pthread_mutex_lock(&vcpu->lock);
	reset(vcpu, request);
	pthread_mutex_unlock(&vcpu->lock);
}

/* --- older ioctls ----------------------------------------------------------------------------- */

/* Linux: kvm_arch_vcpu_ioctl_set_sregs(): a PREFIX of kvm_run is not among them. */
static int special(struct vcpu *vcpu, bool set, uint64_t argument)
{
	uint8_t block[SREGS];

	memcpy(block, vcpu->run + RUN_ACRS, SREGS_ACRS);
	memcpy(block + SREGS_ACRS, vcpu->cpu.cr, sizeof(vcpu->cpu.cr));
	if (!set)
		return to_user(argument, block, sizeof(block)) ? 0 : -EFAULT;
	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	memcpy(vcpu->run + RUN_ACRS, block, SREGS_ACRS);
	memcpy(vcpu->cpu.cr, block + SREGS_ACRS, sizeof(vcpu->cpu.cr));
	return 0;
}

static int general(struct vcpu *vcpu, bool set, uint64_t argument)
{
	if (set)
		return from_user(vcpu->run + RUN_GPRS, argument, REGS) ? 0 : -EFAULT;
	return to_user(argument, vcpu->run + RUN_GPRS, REGS) ? 0 : -EFAULT;
}

static int floating_point(struct vcpu *vcpu, bool set, uint64_t argument)
{
	uint8_t block[FPU] = { 0 };

	put32(block, 0, get32(vcpu->run, RUN_FPC));
	memcpy(block + 8, vcpu->run + RUN_VRS, FPU_REGISTERS);
	if (!set)
		return to_user(argument, block, sizeof(block)) ? 0 : -EFAULT;
	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	put32(vcpu->run, RUN_FPC, get32(block, 0));
	memcpy(vcpu->run + RUN_VRS, block + 8, FPU_REGISTERS);
	return 0;
}

int registers_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument)
{
	switch (request) {
	case GET_REGS:
	case SET_REGS:
		return general(vcpu, request == SET_REGS, argument);
	case GET_SREGS:
	case SET_SREGS:
		return special(vcpu, request == SET_SREGS, argument);
	case GET_FPU:
	case SET_FPU:
		return floating_point(vcpu, request == SET_FPU, argument);
	default:
		return -ENOTTY;
	}
}
