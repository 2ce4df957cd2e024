// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plugin in a fake QEMU (fake-qemu.h). Threads are stopped at moments that a real QEMU shows
 * too seldom. The tests are the life of one virtual machine and run in this order.
 *
 * If a lock or a wait is missing, a thread goes on that must wait; some tests check for a moment
 * that it does not. If there is one too many, the program hangs, and an alarm ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>
#include <zpci/machine.h>
#include <zpci/probe.h>

#include "fake-qemu.h"
#include "zpci/machine/qemu/binding.h"
#include "zpci/util/instruction.h"

#define FID 0x1021u
#define CODE 0x8000u /* where instructions are */
#define BLOCK 0x10000u
#define FIB 0x13000u
#define AIBV 0x14000u
#define AISB 0x14800u
#define TABLES 0x20000u /* four pages each */

#define ALARM 60 /* seconds until a program that hangs ends */

#define EXTENDED (ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING)
#define PSW_DAT 0x0400000000000000u
#define PSW_WAIT 0x0002000000000000u
#define PROGRAM_CODE 0x8e
#define PROGRAM_NEW 0x1d0
#define HANDLER 0x9000u

/* For all threads. After a failure a test cannot go on. */
#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			print_error("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);        \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static uint64_t get(uint64_t address, unsigned length)
{
	return zpci_get_be(fake_storage + address, length);
}

static void put(uint64_t address, unsigned length, uint64_t value)
{
	zpci_put_be(fake_storage + address, length, value);
}

/* --- CPUs: a thread each ---------------------------------------------------------------------- */

struct cpu {
	pthread_t thread;
	sem_t begin, end;
	void (*job)(void);
};

static struct cpu cpus[FAKE_CPUS];

static void *run_jobs(void *opaque)
{
	struct cpu *cpu = opaque;

	for (;;) {
		sem_wait(&cpu->begin);
		if (!cpu->job)
			return NULL;
		cpu->job();
		sem_post(&cpu->end);
	}
}

static void start_on(unsigned index, void (*job)(void))
{
	cpus[index].job = job;
	sem_post(&cpus[index].begin);
}

static void wait_for_cpu(unsigned index)
{
	while (sem_wait(&cpus[index].end))
		;
}

static void run_on(unsigned index, void (*job)(void))
{
	start_on(index, job);
	wait_for_cpu(index);
}

/* Whether @semaphore is posted within a moment: long enough for a thread that does not wait. */
static bool comes(sem_t *semaphore)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 200000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return !sem_timedwait(semaphore, &until);
}

/* --- instructions ----------------------------------------------------------------------------- */

static uint32_t handle;

static void rre(unsigned cpu, unsigned opcode)
{
	uint8_t bytes[6] = RRE(opcode, 1, 2);

	fake_cpus[cpu].psw_mask = EXTENDED;
	must(fake_execute(cpu, bytes, CODE));
}

static unsigned condition_code(unsigned cpu)
{
	return fake_cpus[cpu].psw_mask >> 44 & 3;
}

static void clp(unsigned cpu)
{
	uint8_t bytes[6] = RRE_CLP(ZPCI_CLP_LPS_PCI, 1, 2);

	fake_cpus[cpu].psw_mask = EXTENDED;
	fake_cpus[cpu].gr[2] = BLOCK;
	must(fake_execute(cpu, bytes, CODE));
	must(fake_cpus[cpu].psw_address == CODE + 4);
	must(condition_code(cpu) == 0);
}

static void find(unsigned cpu)
{
	memset(fake_storage + BLOCK, 0, 0x1000);
	put(BLOCK, 2, 32);
	put(BLOCK + 2, 2, ZPCI_CLP_LIST);
	put(BLOCK + 32, 2, 48);
	clp(cpu);
	must(get(BLOCK + 34, 2) == ZPCI_CLP_OK);
	must(get(BLOCK + 64 + 8, 4) == FID);
	handle = (uint32_t)get(BLOCK + 64 + 12, 4);
}

static void set(unsigned cpu, unsigned operation)
{
	memset(fake_storage + BLOCK, 0, 0x1000);
	put(BLOCK, 2, 32);
	put(BLOCK + 2, 2, ZPCI_CLP_SET_FUNCTION);
	put(BLOCK + 16, 4, handle);
	put(BLOCK + 22, 1, operation);
	put(BLOCK + 23, 1, 1);
	put(BLOCK + 32, 2, 160);
	clp(cpu);
	must(get(BLOCK + 34, 2) == ZPCI_CLP_OK);
	handle = (uint32_t)get(BLOCK + 48, 4);
}

/* @value is a little-endian register's. */
static void store(unsigned cpu, unsigned space, uint64_t offset, unsigned length, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	fake_cpus[cpu].gr[1] = zpci_get_be(bytes, length);
	fake_cpus[cpu].gr[2] = (uint64_t)handle << 32 | space << 16 | length;
	fake_cpus[cpu].gr[3] = offset;
	rre(cpu, OP_PCISTG);
	must(condition_code(cpu) == 0);
}

static uint64_t load(unsigned cpu, unsigned space, uint64_t offset, unsigned length)
{
	uint8_t bytes[8];

	fake_cpus[cpu].gr[2] = (uint64_t)handle << 32 | space << 16 | length;
	fake_cpus[cpu].gr[3] = offset;
	rre(cpu, OP_PCILG);
	must(condition_code(cpu) == 0);
	zpci_put_be(bytes, length, fake_cpus[cpu].gr[1]);
	return zpci_get_le(bytes, length);
}

#define CONFIG ZPCI_SPACE_CONFIG

static void register_interruptions(unsigned cpu)
{
	const uint8_t bytes[6] = DISPLACED(OP_MPCIFC, 1, 0, 4);

	memset(fake_storage + FIB, 0, sizeof(struct zpci_fib));
	memset(fake_storage + AIBV, 0, 0x1000);
	put(FIB + offsetof(struct zpci_fib, interruption), 4,
	    2u << ZPCI_FIB_INT_ISC_SHIFT | 1u << ZPCI_FIB_INT_NOI_SHIFT | ZPCI_FIB_INT_SUM);
	put(FIB + offsetof(struct zpci_fib, aibv), 8, AIBV);
	put(FIB + offsetof(struct zpci_fib, aisb), 8, AISB);
	fake_cpus[cpu].gr[1] = (uint64_t)handle << 32 | ZPCI_MPCIFC_REG_INT;
	fake_cpus[cpu].gr[4] = FIB;
	fake_cpus[cpu].psw_mask = EXTENDED;
	must(fake_execute(cpu, bytes, CODE));
	must(condition_code(cpu) == 0);
}

static void prepare_vectors(unsigned cpu)
{
	unsigned msix = (unsigned)load(cpu, CONFIG, 0x34, 1);

	while (load(cpu, CONFIG, msix, 1) != 0x11)
		msix = (unsigned)load(cpu, CONFIG, msix + 1, 1);
	register_interruptions(cpu);
	store(cpu, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE, 8, 0xfe00000000000000);
	store(cpu, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE + 8, 8, 0);
	store(cpu, CONFIG, msix + 2, 2, 0x8000);
	store(cpu, CONFIG, 4, 2, 6);
}

/* --- the tests -------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	char *arguments[] = { "function=probe:vf=1:fid=0x1021" };

	(void)state;
	alarm(ALARM);
	/* Enhanced DAT 1 and 2. */
	fake_facilities[1] = 0x80;
	fake_facilities[9] = 0x02;
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		sem_init(&cpus[i].begin, 0, 0);
		sem_init(&cpus[i].end, 0, 0);
		pthread_create(&cpus[i].thread, NULL, run_jobs, &cpus[i]);
	}
	put(PROGRAM_NEW, 8, EXTENDED);
	put(PROGRAM_NEW + 8, 8, HANDLER);
	return fake_install(arguments, 1);
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		start_on(i, NULL);
		pthread_join(cpus[i].thread, NULL);
	}
	return 0;
}

static void reset(void)
{
	fake_lock();
	fake_reset();
	fake_unlock();
}

static void enable(void)
{
	find(0);
	set(0, ZPCI_CLP_SET_ENABLE);
	prepare_vectors(0);
}

static void ring_later(void)
{
	store(0, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_LATER, 4, 0);
}

/* The doorbell's thread waits for the big lock, to present an interruption. */
static void hold_a_device(void)
{
	reset();
	run_on(0, enable);
	fake_lock();
	run_on(0, ring_later);
	while (!atomic_load(&fake_waiting))
		sched_yield();
}

static void expect_disabled(void)
{
	find(0);
	must(handle >> 31 == 0);
}

static void test_reset_lets_go_of_the_big_lock(void **state)
{
	(void)state;
	hold_a_device();
	fake_reset();
	fake_unlock();
	run_on(0, expect_disabled);
}

static void test_stopping_lets_go_of_the_big_lock(void **state)
{
	(void)state;
	hold_a_device();
	fake_change_state(false);
	fake_change_state(true);
	fake_unlock();
	reset();
}

/* --- DIAGNOSE 308 ----------------------------------------------------------------------------- */

static sem_t parked, release;
static atomic_bool parks;

static void park(uint64_t address, uint64_t length)
{
	(void)address;
	(void)length;
	if (!atomic_exchange(&parks, false))
		return;
	sem_post(&parked);
	while (sem_wait(&release))
		;
}

static void enable_on_1(void)
{
	set(1, ZPCI_CLP_SET_ENABLE);
}

static bool diagnosed;

static void diagnose(void)
{
	const uint8_t bytes[6] = { 0x83, 0x24, 0x03, 0x08 };

	fake_cpus[0].psw_mask = EXTENDED;
	fake_cpus[0].gr[4] = 1;
	diagnosed = !fake_execute(0, bytes, CODE);
}

static void find_on_0(void)
{
	find(0);
}

static uint64_t sent_to;

/* A load with an unknown handle: cc 3 if it is executed. */
static void load_on_1(void)
{
	const uint8_t bytes[6] = RRE(OP_PCILG, 1, 2);

	fake_cpus[1].psw_mask = EXTENDED;
	fake_cpus[1].gr[2] = (uint64_t)(handle | 0x80000000) << 32 | 4;
	must(fake_execute(1, bytes, CODE));
	sent_to = fake_cpus[1].psw_address;
}

static void test_subsystem_reset_waits_for_the_other_cpu(void **state)
{
	(void)state;
	sem_init(&parked, 0, 0);
	sem_init(&release, 0, 0);
	run_on(0, find_on_0);
	atomic_store(&parks, true);
	fake_on_write = park;
	start_on(1, enable_on_1);
	sem_wait(&parked);
	start_on(0, diagnose);
	must(!comes(&cpus[0].end));
	sem_post(&release);
	wait_for_cpu(1);
	wait_for_cpu(0);
	fake_on_write = NULL;
	/* It is left to QEMU then. */
	must(diagnosed);
	must(handle >> 31 == 1);
}

/* Until the first CPU goes on, the other one begins nothing. */
static void test_the_other_cpu_is_kept_out_after_it(void **state)
{
	(void)state;
	run_on(1, load_on_1);
	must(sent_to == CODE);
	run_on(0, expect_disabled);
	run_on(1, load_on_1);
	must(sent_to == CODE + 4);
}

/* --- program interruptions -------------------------------------------------------------------- */

static void odd_register(void)
{
	const uint8_t bytes[6] = RRE(OP_PCILG, 1, 3);

	fake_cpus[0].psw_mask = EXTENDED;
	fake_cpus[0].gr[3] = (uint64_t)handle << 32;
	must(fake_execute(0, bytes, CODE));
}

static void configure(void)
{
	memset(fake_storage + BLOCK, 0, 0x1000);
	put(BLOCK, 2, 16);
	put(BLOCK + 8, 1, ZPCI_SCLP_ADAPTER_PCI);
	put(BLOCK + 12, 4, FID);
	fake_cpus[0].gr[1] = ZPCI_SCLP_CONFIGURE;
	fake_cpus[0].gr[2] = BLOCK;
	rre(0, OP_SERVC);
}

/* In this and in the next test the fake QEMU asserts that its lock is held. */
static void test_service_signal(void **state)
{
	(void)state;
	run_on(0, configure);
	must(get(BLOCK + 6, 2) == ZPCI_SCLP_NO_ACTION);
	must(fake_service_signals == 1);
}

static void test_new_psw_that_waits(void **state)
{
	(void)state;
	put(PROGRAM_NEW, 8, EXTENDED | PSW_WAIT);
	run_on(0, odd_register);
	must(get(PROGRAM_CODE, 2) == ZPCI_PGM_SPECIFICATION);
	must(fake_cpus[0].psw_address == HANDLER);
	must(fake_cpus[0].psw_mask == (EXTENDED | PSW_WAIT));
	put(PROGRAM_NEW, 8, EXTENDED);
}

/* --- translation with enhanced DAT, which QEMU 11.1's CPUs do not have ------------------------ */

#define LEVELS 5u
#define TABLE(level) (TABLES + (level)*0x1000u)
#define ENTRY_PROTECT 0x200u
#define ENTRY_FORMAT 0x400u

/* Address 0 through five levels, page table first, to the page at FIB. */
static void make_tables(void)
{
	put(TABLE(0), 8, FIB);
	for (unsigned level = 1; level < LEVELS; level++)
		put(TABLE(level), 8, TABLE(level - 1) | (level - 1) << 2);
	fake_cpus[0].cr[1] = TABLE(LEVELS - 1) | 3 << 2;
	fake_cpus[0].cr[0] = 0x00800000;
}

/* Stores the FIB at @address. Returns the program interruption, or 0. */
static unsigned store_controls(uint64_t address)
{
	const uint8_t bytes[6] = DISPLACED(OP_STPCIFC, 1, 0, 4);

	put(PROGRAM_CODE, 2, 0);
	fake_cpus[0].psw_mask = EXTENDED | PSW_DAT;
	fake_cpus[0].gr[1] = (uint64_t)handle << 32;
	fake_cpus[0].gr[4] = address;
	must(fake_execute(0, bytes, CODE));
	return (unsigned)get(PROGRAM_CODE, 2);
}

static void protect_each_level(void)
{
	find(0);
	set(0, ZPCI_CLP_SET_ENABLE);
	make_tables();
	must(store_controls(0) == 0);
	for (unsigned level = 0; level < LEVELS; level++) {
		put(TABLE(level), 8, get(TABLE(level), 8) | ENTRY_PROTECT);
		must(store_controls(0) == ZPCI_PGM_PROTECTION);
		/* Only with the control register's bit; of segments and pages always. */
		fake_cpus[0].cr[0] = 0;
		must(store_controls(0) == (level < 2 ? ZPCI_PGM_PROTECTION : 0));
		make_tables();
	}
}

static void use_frames(void)
{
	make_tables();
	memset(fake_storage + FIB, 0, sizeof(struct zpci_fib));
	put(TABLE(1), 8, ENTRY_FORMAT);
	must(store_controls(FIB) == 0);
	must(fake_storage[FIB + 8] & 0x80);
	put(TABLE(1), 8, ENTRY_FORMAT | ENTRY_PROTECT);
	must(store_controls(FIB) == ZPCI_PGM_PROTECTION);
	make_tables();
	memset(fake_storage + FIB, 0, sizeof(struct zpci_fib));
	put(TABLE(2), 8, ENTRY_FORMAT | 1 << 2);
	must(store_controls(FIB) == 0);
	must(fake_storage[FIB + 8] & 0x80);
	put(TABLE(2), 8, ENTRY_FORMAT | ENTRY_PROTECT | 1 << 2);
	must(store_controls(FIB) == ZPCI_PGM_PROTECTION);
	fake_cpus[0].cr[0] = 0;
}

static void test_protection_counts_on_the_whole_way(void **state)
{
	(void)state;
	run_on(0, protect_each_level);
}

static void test_frames(void **state)
{
	(void)state;
	run_on(0, use_frames);
}

/* --- timers ----------------------------------------------------------------------------------- */

struct timed {
	struct zpci_timer *timer;
	sem_t parked, release;
	atomic_uint runs;
	bool again;
};

static void expired(void *opaque)
{
	struct timed *timed = opaque;

	sem_post(&timed->parked);
	while (sem_wait(&timed->release))
		;
	if (timed->again)
		zpci_timers_set(timed->timer, 0);
	atomic_fetch_add(&timed->runs, 1);
}

static struct timed timed;
static sem_t canceled;

static void *cancel(void *opaque)
{
	(void)opaque;
	zpci_timers_cancel(timed.timer);
	sem_post(&canceled);
	return NULL;
}

static void *destroy(void *opaque)
{
	(void)opaque;
	zpci_timers_destroy(timed.timer);
	sem_post(&canceled);
	return NULL;
}

static void count(void *opaque)
{
	sem_post(opaque);
}

/* Whoever stops a timer waits for its function, which may set it again. */
static void stop_while_it_runs(void *(*stop)(void *opaque), bool again)
{
	struct zpci_qemu_binding binding = { .timers = zpci_timers_new() };
	struct zpci_timer *later;
	pthread_t thread;
	sem_t ran;

	sem_init(&timed.parked, 0, 0);
	sem_init(&timed.release, 0, 0);
	sem_init(&canceled, 0, 0);
	sem_init(&ran, 0, 0);
	timed.runs = 0;
	timed.again = again;
	timed.timer = zpci_qemu_timer_create(&binding, expired, &timed);
	zpci_timers_set(timed.timer, 0);
	sem_wait(&timed.parked);
	pthread_create(&thread, NULL, stop, NULL);
	must(!comes(&canceled));
	sem_post(&timed.release);
	pthread_join(thread, NULL);
	must(timed.runs == 1);
	/* A timer that is set now runs out later than that one would. */
	later = zpci_qemu_timer_create(&binding, count, &ran);
	zpci_timers_set(later, 0);
	sem_post(&timed.release);
	sem_wait(&ran);
	must(timed.runs == 1);
	zpci_timers_destroy(later);
	if (stop != destroy)
		zpci_timers_destroy(timed.timer);
	zpci_timers_free(binding.timers);
}

static void test_cancel_waits(void **state)
{
	(void)state;
	stop_while_it_runs(cancel, false);
	stop_while_it_runs(cancel, true);
}

static void test_destroy_waits(void **state)
{
	(void)state;
	stop_while_it_runs(destroy, false);
	stop_while_it_runs(destroy, true);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void execute_after_the_end(void)
{
	const uint8_t bytes[6] = RRE(OP_PCILG, 1, 2);

	fake_cpus[0].psw_mask = EXTENDED;
	must(!fake_execute(0, bytes, CODE));
}

static void test_end(void **state)
{
	(void)state;
	hold_a_device();
	fake_end();
	fake_unlock();
	/* Every thread that was registered has been unregistered. */
	must(fake_rcu_in != 0);
	must(fake_rcu_in == fake_rcu_out);
	run_on(0, execute_after_the_end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_lets_go_of_the_big_lock),
		cmocka_unit_test(test_stopping_lets_go_of_the_big_lock),
		cmocka_unit_test(test_subsystem_reset_waits_for_the_other_cpu),
		cmocka_unit_test(test_the_other_cpu_is_kept_out_after_it),
		cmocka_unit_test(test_service_signal),
		cmocka_unit_test(test_new_psw_that_waits),
		cmocka_unit_test(test_protection_counts_on_the_whole_way),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_cancel_waits),
		cmocka_unit_test(test_destroy_waits),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
