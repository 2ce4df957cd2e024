// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake-run.c - the fake's rules of KVM_RUN, its threads and resets, each broken once.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "guest.h"
#include "layout.h"

/* --- KVM_RUN ---------------------------------------------------------------------------------- */

static void an_exit_has_its_own_fields_alone(void **state)
{
	const struct fake_exit reset = { .reason = FAKE_RESET, .flags = 0x1c };

	(void)state;
	script(pcistb, &somewhere);
	memset(host.run + RUN_UNION, 0, RUN_UNION_SIZE);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_SIEIC);
	assert_int_equal(get(host.run, RUN_ICPTCODE, 1), FAKE_INSTRUCTION);
	assert_int_equal(get(host.run, RUN_IPA, 2), 0xeb58);
	assert_int_equal(get(host.run, RUN_IPB, 4), 0xb00000d4);
	assert_int_equal(get(host.run, RUN_UNION + 1, 1), 0xa5);
	assert_int_equal(get(host.run, RUN_UNION + 8, 8), 0xa5a5a5a5a5a5a5a5);
	assert_int_equal(get(host.run, RUN_PSW_MASK, 8), PSW_64);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0x10004);
	assert_int_equal(get(host.run, RUN_GPRS + 16, 8), 2);
	assert_int_equal(get(host.run, RUN_ACRS + 8, 4), 9);
	assert_int_equal(get(host.run, RUN_CRS + 8, 8), 0x1003);
	assert_int_equal(get(host.run, RUN_PREFIX, 8), 0x8000);
	fake_exit(host.vcpu, &reset);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_RESET);
	assert_int_equal(get(host.run, RUN_RESET_FLAGS, 8), 0x1c);
	assert_int_equal(get(host.run, RUN_UNION + 8, 8), 0xa5a5a5a5a5a5a5a5);
}

static void what_is_behind_a_short_instruction_is_random(void **state)
{
	uint64_t first;

	(void)state;
	script(pcilg, &somewhere);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	first = get(host.run, RUN_IPB, 4);
	assert_int_equal(first >> 16, 0x0042);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_IPB, 4) >> 16, 0x0042);
	assert_int_not_equal(get(host.run, RUN_IPB, 4), first);
}

/* The PSW, general and access registers are taken as they are; others with their bit alone. */
static void dirty_bits_count(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_PSW_ADDRESS, 8, 0x20000);
	put(host.run, RUN_GPRS + 8, 8, 0x99);
	put(host.run, RUN_ACRS + 4, 4, 0x98);
	put(host.run, RUN_CRS + 8, 8, 0x97);
	put(host.run, RUN_PREFIX, 8, 0xa000);
	put(host.run, RUN_CKC, 8, 0x96);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.psw_address, 0x20000);
	assert_int_equal(cpu.gr[1], 0x99);
	assert_int_equal(cpu.ar[1], 0x98);
	assert_int_equal(cpu.cr[1], 0x1003);
	assert_int_equal(cpu.prefix, 0x8000);
	assert_int_equal(get(host.run, RUN_CRS + 8, 8), 0x1003);
	assert_int_equal(get(host.run, RUN_CKC, 8), 0);
	put(host.run, RUN_CRS + 8, 8, 0x97);
	put(host.run, RUN_PREFIX, 8, 0xa000);
	put(host.run, RUN_CKC, 8, 0x96);
	put(host.run, RUN_DIRTY_REGS, 8, SYNC_CRS | SYNC_PREFIX | SYNC_ARCH0);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.cr[1], 0x97);
	assert_int_equal(cpu.prefix, 0xa000);
	assert_int_equal(get(host.run, RUN_CKC, 8), 0x96);
	assert_int_equal(get(host.run, RUN_DIRTY_REGS, 8), 0);
}

static void unknown_registers_are_refused(void **state)
{
	(void)state;
	script_signal();
	put(host.run, RUN_VALID_REGS, 8, SYNC_ALL + 1);
	assert_int_equal(enter(), -EINVAL);
	put(host.run, RUN_VALID_REGS, 8, SYNC_ALL);
	put(host.run, RUN_DIRTY_REGS, 8, 1ull << 63);
	assert_int_equal(enter(), -EINVAL);
	put(host.run, RUN_DIRTY_REGS, 8, 0);
	assert_int_equal(call_number(host.vcpu, RUN, 1), -EINVAL);
	assert_int_equal(enter(), -EINTR);
}

static void a_stopped_vcpu_does_not_run(void **state)
{
	(void)state;
	script_signal();
	assert_int_equal(set_state(host.vcpu, 6), -ENXIO);
	assert_int_equal(set_state(host.vcpu, 8), -ENXIO);
	assert_int_equal(set_state(host.vcpu, MP_STOPPED), 0);
	assert_int_equal(enter(), -EINVAL);
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	assert_int_equal(enter(), -EINTR);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_INTR);
}

/* Nothing is taken from kvm_run. */
static void immediate_exit_comes_first(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_GPRS + 8, 8, 0x99);
	script_signal();
	host.run[RUN_IMMEDIATE_EXIT] = 1;
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.gr[1], 1);
	host.run[RUN_IMMEDIATE_EXIT] = 0;
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.gr[1], 0x99);
}

static void errors_are_scripted(void **state)
{
	const struct fake_exit again = { .error = EAGAIN, .times = 2 };

	(void)state;
	fake_exit(host.vcpu, &again);
	assert_int_equal(enter(), -EAGAIN);
	assert_int_equal(enter(), -EAGAIN);
}

static void tsch_needs_its_capability(void **state)
{
	const struct fake_exit tsch = { .reason = FAKE_TSCH, .times = 2 };

	(void)state;
	fake_exit(host.vcpu, &tsch);
	assert_int_equal(enter(), 0);
	assert_finding("TSCH");
	assert_int_equal(enable_capability(host.vcpu, CAP_S390_CSS_SUPPORT, 0), 0);
	assert_int_equal(enter(), 0);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *run_elsewhere(void *rc)
{
	*(int *)rc = enter();
	return NULL;
}

static void a_vcpu_keeps_its_thread(void **state)
{
	pthread_t thread;
	int rc;

	(void)state;
	script_signal();
	script_signal();
	assert_int_equal(enter(), -EINTR);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	assert_finding("another thread");
}

static void wait_until_it_runs(void)
{
	while (!fake_running(host.vcpu))
		sched_yield();
}

static void empty_handler(int number)
{
	(void)number;
}

static void a_signal_ends_the_wait(void **state)
{
	struct sigaction action = { .sa_handler = empty_handler };
	pthread_t thread;
	int rc;

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	__atomic_store_n(&host.run[RUN_IMMEDIATE_EXIT], 1, __ATOMIC_SEQ_CST);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	host.run[RUN_IMMEDIATE_EXIT] = 0;
}

static void *wait_and_end(void *unused)
{
	(void)unused;
	while (!strstr(fake_finding(), "kick"))
		sched_yield();
	script_signal();
	return NULL;
}

static void other_ioctls_wait_for_the_run(void **state)
{
	pthread_t thread, ender;
	int rc;

	(void)state;
	fake_patience(1);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	assert_int_equal(inject(host.vcpu, INT_RESTART, 0), 0); /* does not wait */
	pthread_create(&ender, NULL, wait_and_end, NULL);
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	pthread_join(ender, NULL);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	assert_finding("kick");
	fake_patience(5000);
}

static void a_stop_ends_the_run(void **state)
{
	pthread_t thread;
	int rc;

	(void)state;
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 2), -EINVAL);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), 0);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), -EBUSY);
	pthread_join(thread, NULL);
	assert_int_equal(rc, 0);
	assert_int_equal(get(host.run, RUN_ICPTCODE, 1), FAKE_STOP);
	assert_int_equal(set_state(host.vcpu, MP_STOPPED), 0);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), 0);
}

/* --- resets ----------------------------------------------------------------------------------- */

static void resets_clear_more_and_more(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(call_number(host.vcpu, S390_NORMAL_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0x10004);
	assert_int_equal(call_number(host.vcpu, S390_INITIAL_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0);
	assert_int_equal(get(host.run, RUN_CRS, 8), 0xe0);
	assert_int_equal(get(host.run, RUN_CRS + 8 * 14, 8), 0xc2000000);
	assert_int_equal(get(host.run, RUN_GPRS + 8, 8), 1);
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_GPRS + 8, 8), 0);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.prefix, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_exit_has_its_own_fields_alone),
		TEST(what_is_behind_a_short_instruction_is_random),
		TEST(dirty_bits_count),
		TEST(unknown_registers_are_refused),
		TEST(a_stopped_vcpu_does_not_run),
		TEST(immediate_exit_comes_first),
		TEST(errors_are_scripted),
		TEST(tsch_needs_its_capability),
		TEST(a_vcpu_keeps_its_thread),
		TEST(a_signal_ends_the_wait),
		TEST(other_ioctls_wait_for_the_run),
		TEST(a_stop_ends_the_run),
		TEST(resets_clear_more_and_more),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm: KVM_RUN", tests, NULL, NULL);
}
