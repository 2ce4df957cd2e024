// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - KVM_RUN: what Linux looks at, takes, delivers and leaves. In place of a CPU there is the
 * test's list of exits.
 */
#define _GNU_SOURCE /* ppoll */

#include "internal.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define POISON 0xa5

/* --- what there is to return ------------------------------------------------------------------ */

static bool is_due(const struct vcpu *vcpu)
{
	return vcpu->first || vcpu->stop_pending;
}

/* Takes one from the list. */
static bool take(struct vcpu *vcpu, struct scripted *next)
{
	struct scripted *first = vcpu->first;

	if (!first)
		return false;
	*next = *first;
	if (next->exit.cpu)
		next->exit.cpu = &next->cpu;
	if (--first->exit.times)
		return true;
	vcpu->first = first->next;
	if (!vcpu->first)
		vcpu->last = &vcpu->first;
	free(first);
	return true;
}

/* Waits until something is due. Signals are blocked from before the look at immediate_exit until
 * the wait itself, so that a kick cannot fall between the two. False: a signal came. The caller has
 * the vCPU's lock. */
static bool wait_for_exit(struct vcpu *vcpu)
{
	struct pollfd event = { .fd = vcpu->event, .events = POLLIN };
	sigset_t all, before;
	bool signalled = false;
	uint64_t count;

	if (is_due(vcpu))
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (!is_due(vcpu) && !signalled) {
		vcpu->waits = true;
		pthread_mutex_unlock(&vcpu->lock);
		if (__atomic_load_n(&vcpu->run[RUN_IMMEDIATE_EXIT], __ATOMIC_SEQ_CST) ||
		    (ppoll(&event, 1, NULL, &before) < 0 && errno == EINTR))
			signalled = true;
		pthread_mutex_lock(&vcpu->lock);
		vcpu->waits = false;
		while (read(vcpu->event, &count, sizeof(count)) > 0)
			;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_due(vcpu);
}

/* --- leaving ---------------------------------------------------------------------------------- */

static uint32_t scramble(void)
{
	static _Atomic uint32_t state = 0x2545f491;
	uint32_t value = atomic_load_explicit(&state, memory_order_relaxed);

	value ^= value << 13;
	value ^= value >> 17;
	value ^= value << 5;
	atomic_store_explicit(&state, value, memory_order_relaxed);
	return value;
}

static unsigned length_of(uint8_t opcode)
{
	return opcode < 0x40 ? 2 : opcode < 0xc0 ? 4 : 6;
}

/* ipa and ipb are numbers; what the instruction does not have is whatever was behind it. */
static void leave_instruction(struct vcpu *vcpu, const struct fake_exit *exit)
{
	unsigned length = length_of(exit->instruction[0]);
	uint32_t random = scramble();
	uint8_t bytes[6];

	for (unsigned i = 0; i < 6; i++)
		bytes[i] = i < length ? exit->instruction[i] : (uint8_t)(random >> 8 * (i - 2));
	put16(vcpu->run, RUN_IPA, (uint16_t)(bytes[0] << 8 | bytes[1]));
	put32(vcpu->run, RUN_IPB,
	      (uint32_t)bytes[2] << 24 | (uint32_t)bytes[3] << 16 | (uint32_t)bytes[4] << 8 |
		      bytes[5]);
	vcpu->last_length = exit->executed ? 4 : length;
}

static void leave_tsch(struct vcpu *vcpu, const struct fake_exit *exit)
{
	if (!vcpu->vm->css)
		finding("script: TSCH exits without KVM_CAP_S390_CSS_SUPPORT");
	put16(vcpu->run, RUN_TSCH_ID, (uint16_t)(exit->flags >> 32));
	put16(vcpu->run, RUN_TSCH_NR, (uint16_t)(exit->flags >> 16));
	put32(vcpu->run, RUN_TSCH_PARM, 0);
	put32(vcpu->run, RUN_TSCH_WORD, 0);
	put32(vcpu->run, RUN_TSCH_IPB, 0);
	vcpu->run[RUN_TSCH_DEQUEUED] = exit->flags & 1;
}

/* The fields of the exit, and poison in all others. */
static void leave(struct vcpu *vcpu, const struct fake_exit *exit)
{
	memset(vcpu->run + RUN_UNION, POISON, RUN_UNION_SIZE);
	put32(vcpu->run, RUN_EXIT_REASON, exit->reason);
	vcpu->last_icptcode = exit->reason == EXIT_SIEIC ? exit->icptcode : 0;
	vcpu->last_length = 0;
	switch (exit->reason) {
	case EXIT_SIEIC:
		vcpu->run[RUN_ICPTCODE] = exit->icptcode;
		if (exit->icptcode == FAKE_INSTRUCTION)
			leave_instruction(vcpu, exit);
		break;
	case EXIT_RESET:
		put64(vcpu->run, RUN_RESET_FLAGS, exit->flags);
		break;
	case EXIT_TSCH:
		leave_tsch(vcpu, exit);
		break;
	default:
		break;
	}
	registers_leave(vcpu);
}

static int interrupted(struct vcpu *vcpu)
{
	static const struct fake_exit intr = { .reason = EXIT_INTR };

	leave(vcpu, &intr);
	return -EINTR;
}

static int stopped(struct vcpu *vcpu)
{
	static const struct fake_exit stop = { .reason = EXIT_SIEIC, .icptcode = FAKE_STOP };

	leave(vcpu, &stop);
	return 0;
}

static int scripted(struct vcpu *vcpu, const struct scripted *next)
{
	if (next->exit.error == EINTR)
		return interrupted(vcpu);
	if (next->exit.error)
		return -next->exit.error;
	if (next->exit.cpu)
		vcpu->cpu = *next->exit.cpu;
	leave(vcpu, &next->exit);
	return 0;
}

/* --- entering --------------------------------------------------------------------------------- */

/* Linux allows any thread. A hypervisor that changes it has a bug. */
static void check_thread(struct vcpu *vcpu)
{
	if (vcpu->ran && !pthread_equal(vcpu->thread, pthread_self()))
		finding("KVM_RUN of vCPU %u on another thread than before", vcpu->id);
	vcpu->ran = true;
	vcpu->thread = pthread_self();
}

/* Linux: the beginning of kvm_arch_vcpu_ioctl_run(). */
static int check(struct vcpu *vcpu)
{
	if (__atomic_load_n(&vcpu->run[RUN_IMMEDIATE_EXIT], __ATOMIC_SEQ_CST))
		return -EINTR;
	if (get64(vcpu->run, RUN_VALID_REGS) & ~(uint64_t)SYNC_ALL ||
	    get64(vcpu->run, RUN_DIRTY_REGS) & ~(uint64_t)SYNC_ALL)
		return -EINVAL;
	if (!atomic_load(&vcpu->vm->user_controls_state))
		vcpu->stopped = false;
	return vcpu->stopped ? -EINVAL : 0;
}

/* What the exits are, or a signal. */
static int guest(struct vcpu *vcpu)
{
	struct scripted next;

	if (!wait_for_exit(vcpu))
		return interrupted(vcpu);
	if (vcpu->stop_pending)
		return stopped(vcpu);
	take(vcpu, &next);
	return scripted(vcpu, &next);
}

int run(struct vcpu *vcpu)
{
	int rc;

	check_thread(vcpu);
	pthread_mutex_lock(&vcpu->vm->lock);
	pthread_mutex_lock(&vcpu->lock);
	rc = check(vcpu);
	if (!rc) {
		registers_take(vcpu);
		inject_deliver(vcpu);
	}
	pthread_mutex_unlock(&vcpu->vm->lock);
	if (!rc)
		rc = guest(vcpu);
	pthread_mutex_unlock(&vcpu->lock);
	return rc;
}
