// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine in memory itself, on which all other tests rely (include/zpci/ram.h, machine.h). */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "fixture.h"

#define SIZE 0x100000u

static const struct zpci_machine_ops *ops;

static int setup(void **state)
{
	ops = zpci_ram_ops();
	*state = zpci_ram_create(SIZE);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	zpci_ram_destroy(*state);
	return 0;
}

#define RAM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void test_size_must_be_pages(void **state)
{
	(void)state;
	assert_null(zpci_ram_create(0));
	assert_null(zpci_ram_create(4097));
}

static void test_storage_is_zeroed_and_bounded(void **state)
{
	struct zpci_ram *ram = *state;
	uint8_t bytes[16];

	assert_int_equal(zpci_ram_size(ram), SIZE);
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(zpci_ram_storage(ram)[i], 0);
	assert_int_equal(ops->read_absolute(ram, SIZE - 16, bytes, 16), 0);
	assert_int_equal(ops->read_absolute(ram, SIZE - 15, bytes, 16), -EFAULT);
	assert_int_equal(ops->write_absolute(ram, SIZE - 15, bytes, 16), -EFAULT);
	assert_int_equal(ops->read_absolute(ram, UINT64_MAX - 7, bytes, 16), -EFAULT);
	assert_int_equal(ops->or_absolute(ram, SIZE, 1, bytes), -EFAULT);
}

static void keep_region(void *opaque, const struct zpci_storage_region *region)
{
	struct zpci_storage_region *kept = opaque;

	assert_int_equal(kept->length, 0);
	*kept = *region;
}

/* Who maps the file sees the guest's storage, and the guest sees what is written there. */
static void test_region_is_a_file(void **state)
{
	struct zpci_storage_region region = { .length = 0 }, own = { .length = 0 };
	struct zpci_ram *ram = zpci_ram_create_file(SIZE);
	uint8_t *mapped, byte = 0x37;

	assert_null(zpci_ram_create_file(4097));
	ops->regions(*state, keep_region, &own);
	assert_int_equal(own.file, -1);
	assert_int_equal(own.length, SIZE);
	assert_ptr_equal(own.host, zpci_ram_storage(*state));
	assert_non_null(ram);
	ops->regions(ram, keep_region, &region);
	assert_int_equal(region.absolute, 0);
	assert_int_equal(region.length, SIZE);
	assert_ptr_equal(region.host, zpci_ram_storage(ram));
	assert_true(region.written_behind);
	mapped = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, region.file,
		      (off_t)(region.offset + 0x3000));
	assert_true(mapped != MAP_FAILED);
	assert_int_equal(ops->write_absolute(ram, 0x3123, &byte, 1), 0);
	assert_int_equal(mapped[0x123], 0x37);
	mapped[0x124] = 0x38;
	assert_int_equal(ops->read_absolute(ram, 0x3124, &byte, 1), 0);
	assert_int_equal(byte, 0x38);
	munmap(mapped, 0x1000);
	zpci_ram_destroy(ram);
}

static void test_every_length_and_alignment(void **state)
{
	struct zpci_ram *ram = *state;
	uint8_t from[40], to[40];

	for (unsigned i = 0; i < sizeof(from); i++)
		from[i] = (uint8_t)(i + 1);
	for (unsigned offset = 0; offset < 8; offset++) {
		for (unsigned length = 0; length <= 32; length++) {
			memset(zpci_ram_storage(ram), 0x5a, 64);
			memset(to, 0xa5, sizeof(to));
			assert_int_equal(ops->write_absolute(ram, 8 + offset, from, length), 0);
			assert_memory_equal(zpci_ram_storage(ram) + 8 + offset, from, length);
			assert_int_equal(zpci_ram_storage(ram)[8 + offset - 1], 0x5a);
			assert_int_equal(zpci_ram_storage(ram)[8 + offset + length], 0x5a);
			assert_int_equal(ops->read_absolute(ram, 8 + offset, to, length), 0);
			assert_memory_equal(to, from, length);
			assert_int_equal(to[length], 0xa5);
		}
	}
}

static void test_or_gives_the_old_byte(void **state)
{
	struct zpci_ram *ram = *state;
	uint8_t old = 0xee;

	zpci_ram_storage(ram)[0x123] = 0x41;
	assert_int_equal(ops->or_absolute(ram, 0x123, 0x83, &old), 0);
	assert_int_equal(old, 0x41);
	assert_int_equal(zpci_ram_storage(ram)[0x123], 0xc3);
	assert_int_equal(zpci_ram_storage(ram)[0x122], 0);
	assert_int_equal(zpci_ram_storage(ram)[0x124], 0);
}

static void test_prefixing_swaps_two_blocks(void **state)
{
	struct zpci_ram *ram = *state;
	struct zpci_ram_cpu cpu;
	uint8_t bytes[0x4000];

	zpci_ram_cpu_init(ram, &cpu);
	cpu.prefix = 0x8000;
	assert_int_equal(ops->get_prefix(ram, &cpu), 0x8000);
	memset(zpci_ram_storage(ram) + 0x0000, 1, 0x2000);
	memset(zpci_ram_storage(ram) + 0x2000, 2, 0x2000);
	memset(zpci_ram_storage(ram) + 0x8000, 3, 0x2000);
	memset(zpci_ram_storage(ram) + 0xa000, 4, 0x2000);

	/* Across the end of the first block, and across that of the prefix area. */
	assert_int_equal(ops->read_real(ram, &cpu, 0x1ffe, bytes, 4), 0);
	assert_memory_equal(bytes, "\3\3\2\2", 4);
	assert_int_equal(ops->read_real(ram, &cpu, 0x9ffe, bytes, 4), 0);
	assert_memory_equal(bytes, "\1\1\4\4", 4);
	assert_int_equal(ops->read_absolute(ram, 0x1ffe, bytes, 4), 0);
	assert_memory_equal(bytes, "\1\1\2\2", 4);

	assert_int_equal(ops->write_real(ram, &cpu, 0x1ffe, "abcd", 4), 0);
	assert_memory_equal(zpci_ram_storage(ram) + 0x9ffe, "ab", 2);
	assert_memory_equal(zpci_ram_storage(ram) + 0x2000, "cd", 2);
	assert_int_equal(ops->read_real(ram, &cpu, SIZE - 2, bytes, 4), -EFAULT);
}

static void test_logical_addresses_wrap_as_the_mode_says(void **state)
{
	struct zpci_ram *ram = *state;
	struct zpci_ram_cpu cpu;
	uint8_t bytes[4];

	zpci_ram_cpu_init(ram, &cpu);
	memcpy(zpci_ram_storage(ram) + 0x40, "wxyz", 4);

	cpu.psw_mask = 0; /* 24 bit */
	assert_int_equal(ops->read_logical(ram, &cpu, 0x1000040, 0, bytes, 4), 0);
	assert_memory_equal(bytes, "wxyz", 4);
	cpu.psw_mask = ZPCI_PSW_BASIC_ADDRESSING; /* 31 bit */
	assert_int_equal(ops->read_logical(ram, &cpu, 0xffff000080000040, 0, bytes, 4), 0);
	assert_memory_equal(bytes, "wxyz", 4);
	assert_int_equal(ops->read_logical(ram, &cpu, 0x1000040, 0, bytes, 4),
			 ZPCI_EXCEPTION_DELIVERED);
	cpu.psw_mask |= ZPCI_PSW_EXTENDED_ADDRESSING; /* 64 bit */
	assert_int_equal(ops->read_logical(ram, &cpu, 0x80000040, 0, bytes, 4),
			 ZPCI_EXCEPTION_DELIVERED);
}

/* An access that begins at the last addresses of a mode goes on at 0. */
static void test_logical_access_across_the_wrap(void **state)
{
	struct zpci_ram *ram = zpci_ram_create(0x1000000);
	struct zpci_ram_cpu cpu;
	uint8_t bytes[4];

	(void)state;
	assert_non_null(ram);
	zpci_ram_cpu_init(ram, &cpu);
	cpu.psw_mask = 0;
	assert_int_equal(ops->write_logical(ram, &cpu, 0xfffffe, 0, "abcd", 4), 0);
	assert_memory_equal(zpci_ram_storage(ram) + 0xfffffe, "ab", 2);
	assert_memory_equal(zpci_ram_storage(ram), "cd", 2);
	assert_int_equal(ops->read_logical(ram, &cpu, 0xfffffe, 0, bytes, 4), 0);
	assert_memory_equal(bytes, "abcd", 4);
	zpci_ram_destroy(ram);
}

static void test_poison_fails_accesses_that_touch_it(void **state)
{
	struct zpci_ram *ram = *state;
	struct zpci_ram_cpu cpu;
	uint8_t bytes[16] = { 0 };

	zpci_ram_cpu_init(ram, &cpu);
	zpci_ram_poison(ram, 0x3000, 0x10);
	assert_int_equal(ops->read_absolute(ram, 0x2ff0, bytes, 16), 0);
	assert_int_equal(ops->read_absolute(ram, 0x2ff1, bytes, 16), -EFAULT);
	assert_int_equal(ops->read_absolute(ram, 0x300f, bytes, 1), -EFAULT);
	assert_int_equal(ops->read_absolute(ram, 0x3010, bytes, 1), 0);
	assert_int_equal(ops->or_absolute(ram, 0x3004, 1, bytes), -EFAULT);
	assert_int_equal(ops->read_real(ram, &cpu, 0x3000, bytes, 1), -EFAULT);
	assert_int_equal(cpu.program_interruption, 0);

	/* A logical access delivers; a write that fails at its end wrote nothing at its start. */
	memset(bytes, 0x77, sizeof(bytes));
	assert_int_equal(ops->write_logical(ram, &cpu, 0x2ff8, 0, bytes, 16),
			 ZPCI_EXCEPTION_DELIVERED);
	assert_int_equal(cpu.program_interruption, ZPCI_PGM_ADDRESSING);
	assert_int_equal(zpci_ram_storage(ram)[0x2ff8], 0);

	/* So does a check whether an access would work. */
	for (unsigned write = 0; write < 2; write++) {
		cpu.program_interruption = 0;
		assert_int_equal(ops->check_logical(ram, &cpu, 0x2ff0, 0, 16, write), 0);
		assert_int_equal(cpu.program_interruption, 0);
		assert_int_equal(ops->check_logical(ram, &cpu, 0x2ff1, 0, 16, write),
				 ZPCI_EXCEPTION_DELIVERED);
		assert_int_equal(cpu.program_interruption, ZPCI_PGM_ADDRESSING);
	}
	assert_int_equal(ops->check_logical(ram, &cpu, SIZE - 1, 0, 2, false),
			 ZPCI_EXCEPTION_DELIVERED);

	zpci_ram_poison(ram, 0, 0);
	assert_int_equal(ops->read_absolute(ram, 0x3000, bytes, 16), 0);
}

/* --- from several threads ------------------------------------------------------------- */

#define ROUNDS 20000

static void *store_patterns(void *ram)
{
	static const uint64_t patterns[] = { 0, UINT64_MAX };

	for (unsigned i = 0; i < ROUNDS; i++)
		ops->write_absolute(ram, 0x800, &patterns[i % 2], 8);
	return NULL;
}

static void test_aligned_accesses_are_in_one_piece(void **state)
{
	struct zpci_ram *ram = *state;
	pthread_t writer;
	uint64_t value;

	assert_int_equal(pthread_create(&writer, NULL, store_patterns, ram), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		assert_int_equal(ops->read_absolute(ram, 0x800, &value, 8), 0);
		assert_true(value == 0 || value == UINT64_MAX);
	}
	pthread_join(writer, NULL);
}

struct setter {
	struct zpci_ram *ram;
	unsigned bit;
	unsigned won;
};

/* For each byte, the thread that sets its bit first sees 0. */
static void *set_bits(void *opaque)
{
	struct setter *setter = opaque;
	uint8_t old;

	for (unsigned i = 0; i < ROUNDS; i++) {
		ops->or_absolute(setter->ram, i, (uint8_t)(1 << setter->bit), &old);
		if (!old)
			setter->won++;
	}
	return NULL;
}

static void test_or_is_atomic(void **state)
{
	struct setter setters[2] = { { *state, 0, 0 }, { *state, 1, 0 } };
	pthread_t threads[2];

	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, set_bits, &setters[i]), 0);
	for (unsigned i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(setters[0].won + setters[1].won, ROUNDS);
	for (unsigned i = 0; i < ROUNDS; i++)
		assert_int_equal(zpci_ram_storage(*state)[i], 3);
}

/* --- interruptions -------------------------------------------------------------------- */

static void test_suppression(void **state)
{
	struct zpci_ram *ram = *state;

	/* ALL, as after reset (ref 6.6). */
	ops->adapter_interruption(ram, 2);
	ops->adapter_interruption(ram, 2);
	assert_int_equal(zpci_ram_interruptions(ram, 2), 2);

	/* SINGLE: one, then none until SIC; those are discarded, not queued. */
	zpci_ram_set_mode(ram, 2, 1);
	ops->adapter_interruption(ram, 2);
	ops->adapter_interruption(ram, 2);
	ops->adapter_interruption(ram, 2);
	assert_int_equal(zpci_ram_interruptions(ram, 2), 3);
	zpci_ram_set_mode(ram, 2, 1);
	assert_int_equal(zpci_ram_interruptions(ram, 2), 3);
	ops->adapter_interruption(ram, 2);
	ops->adapter_interruption(ram, 2);
	assert_int_equal(zpci_ram_interruptions(ram, 2), 4);

	/* Other subclasses are not concerned; ALL ends it. */
	ops->adapter_interruption(ram, 3);
	ops->adapter_interruption(ram, 3);
	assert_int_equal(zpci_ram_interruptions(ram, 3), 2);
	zpci_ram_set_mode(ram, 2, 0);
	ops->adapter_interruption(ram, 2);
	ops->adapter_interruption(ram, 2);
	assert_int_equal(zpci_ram_interruptions(ram, 2), 6);
}

static void *interrupt(void *ram)
{
	ops->adapter_interruption(ram, 5);
	return NULL;
}

static void test_waiting_for_an_interruption(void **state)
{
	struct zpci_ram *ram = *state;
	pthread_t thread;

	assert_int_equal(zpci_ram_wait_interruption(ram, 5, 0, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, interrupt, ram), 0);
	assert_int_equal(zpci_ram_wait_interruption(ram, 5, 0, 60000), 1);
	pthread_join(thread, NULL);
	assert_int_equal(zpci_ram_wait_interruption(ram, 5, 0, 60000), 1);
}

/* --- channel reports, completions ----------------------------------------------------- */

/* The firmware knows when the guest needs one. */
static void test_each_report_is_presented(void **state)
{
	struct zpci_ram *ram = *state;

	assert_int_equal(zpci_ram_channel_reports(ram), 0);
	ops->channel_report(ram);
	ops->channel_report(ram);
	assert_int_equal(zpci_ram_channel_reports(ram), 2);
}

static void test_completions(void **state)
{
	uint32_t sccb = 0;

	assert_int_equal(zpci_ram_completions(*state, NULL), 0);
	ops->sclp_completion(*state, 0x5000);
	ops->sclp_completion(*state, 0x7000);
	assert_int_equal(zpci_ram_completions(*state, &sccb), 2);
	assert_int_equal(sccb, 0x7000);
}

/* --- time ----------------------------------------------------------------------------- */

struct alarm {
	struct zpci_ram *ram;
	struct zpci_timer *timer;
	uint64_t again; /* set again by this, while it is not 0 */
	unsigned runs;
	uint64_t last;	 /* clock at the last run */
	unsigned *order; /* counts runs of several */
	unsigned position;
};

static void ring(void *opaque)
{
	struct alarm *alarm = opaque;

	alarm->runs++;
	alarm->last = ops->clock(alarm->ram);
	if (alarm->order)
		alarm->position = ++*alarm->order;
	if (alarm->again)
		ops->timer_set(alarm->timer, alarm->again);
}

static void test_clock_stands_until_moved(void **state)
{
	uint64_t start = ops->clock(*state);

	assert_int_equal(ops->clock(*state), start);
	zpci_ram_advance(*state, 1000);
	/* Bit 51 counts microseconds: 4096 units each. */
	assert_int_equal(ops->clock(*state) - start, 4096);
	zpci_ram_advance(*state, 3600 * 1000000000ull);
	assert_int_equal(ops->clock(*state) - start, 4096 * (1 + 3600 * 1000000ull));
}

static void test_timers_run_in_order_at_their_time(void **state)
{
	unsigned order = 0;
	struct alarm late = { .ram = *state, .order = &order };
	struct alarm early = { .ram = *state, .order = &order };
	uint64_t start = ops->clock(*state);

	late.timer = ops->timer_create(*state, ring, &late);
	early.timer = ops->timer_create(*state, ring, &early);
	ops->timer_set(late.timer, 2000);
	ops->timer_set(early.timer, 1000);
	zpci_ram_advance(*state, 999);
	assert_int_equal(order, 0);
	zpci_ram_advance(*state, 5000);
	assert_int_equal(early.position, 1);
	assert_int_equal(late.position, 2);
	assert_int_equal(early.last - start, 4096);
	assert_int_equal(late.last - start, 2 * 4096);
	zpci_ram_advance(*state, 5000);
	assert_int_equal(order, 2);
	ops->timer_destroy(late.timer);
	ops->timer_destroy(early.timer);
}

static void test_setting_again_replaces_and_repeats(void **state)
{
	struct alarm alarm = { .ram = *state };

	alarm.timer = ops->timer_create(*state, ring, &alarm);
	ops->timer_set(alarm.timer, 1000);
	ops->timer_set(alarm.timer, 5000);
	zpci_ram_advance(*state, 4000);
	assert_int_equal(alarm.runs, 0);
	alarm.again = 1000;
	zpci_ram_advance(*state, 4000); /* due at 5, 6, 7 and 8 microseconds */
	assert_int_equal(alarm.runs, 4);
	ops->timer_cancel(alarm.timer);
	zpci_ram_advance(*state, 4000);
	assert_int_equal(alarm.runs, 4);
	ops->timer_destroy(alarm.timer);
}

/* A callback that waits until the other thread is about to cancel. */
struct slow {
	pthread_barrier_t entered;
	_Atomic bool returned;
};

static void ring_slowly(void *opaque)
{
	struct slow *slow = opaque;

	pthread_barrier_wait(&slow->entered);
	for (unsigned i = 0; i < 1000; i++)
		sched_yield();
	slow->returned = true;
}

static void *advance(void *ram)
{
	zpci_ram_advance(ram, 1000);
	return NULL;
}

static void test_cancel_waits_for_a_running_callback(void **state)
{
	struct slow slow = { .returned = false };
	struct zpci_timer *timer = ops->timer_create(*state, ring_slowly, &slow);
	pthread_t thread;

	pthread_barrier_init(&slow.entered, NULL, 2);
	ops->timer_set(timer, 1000);
	assert_int_equal(pthread_create(&thread, NULL, advance, *state), 0);
	pthread_barrier_wait(&slow.entered);
	ops->timer_cancel(timer);
	assert_true(slow.returned);
	pthread_join(thread, NULL);
	ops->timer_destroy(timer);
	pthread_barrier_destroy(&slow.entered);
}

/* --- CPU ------------------------------------------------------------------------------ */

static void test_cpu_registers(void **state)
{
	struct zpci_ram_cpu cpu;

	zpci_ram_cpu_init(*state, &cpu);
	assert_int_equal(ops->get_psw_mask(*state, &cpu),
			 ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING);
	for (unsigned i = 0; i < 16; i++)
		ops->set_register(*state, &cpu, i, 0x8000000000000000 | i);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(ops->get_register(*state, &cpu, i), 0x8000000000000000 | i);
	assert_false(cpu.cc_set);
	ops->set_condition_code(*state, &cpu, 3);
	assert_true(cpu.cc_set);
	assert_int_equal(cpu.cc, 3);
	ops->program_interruption(*state, &cpu, ZPCI_PGM_OPERAND);
	assert_int_equal(cpu.program_interruption, ZPCI_PGM_OPERAND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size_must_be_pages),
		RAM_TEST(test_storage_is_zeroed_and_bounded),
		RAM_TEST(test_region_is_a_file),
		RAM_TEST(test_every_length_and_alignment),
		RAM_TEST(test_or_gives_the_old_byte),
		RAM_TEST(test_prefixing_swaps_two_blocks),
		RAM_TEST(test_logical_addresses_wrap_as_the_mode_says),
		RAM_TEST(test_logical_access_across_the_wrap),
		RAM_TEST(test_poison_fails_accesses_that_touch_it),
		RAM_TEST(test_aligned_accesses_are_in_one_piece),
		RAM_TEST(test_or_is_atomic),
		RAM_TEST(test_suppression),
		RAM_TEST(test_waiting_for_an_interruption),
		RAM_TEST(test_each_report_is_presented),
		RAM_TEST(test_completions),
		RAM_TEST(test_clock_stands_until_moved),
		RAM_TEST(test_timers_run_in_order_at_their_time),
		RAM_TEST(test_setting_again_replaces_and_repeats),
		RAM_TEST(test_cancel_waits_for_a_running_callback),
		RAM_TEST(test_cpu_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
