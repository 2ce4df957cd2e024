// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resets during work: probe devices copy in their threads, doorbells wait, CPUs ring them, the
 * measurement block is stored all the time. After the reset no byte that the guest gave to the
 * functions changes, and each function is disabled. A function-level reset leaves it enabled, with
 * its registrations.
 *
 * Source and window are mapped many times, so that one operation passes over the window 1024 times.
 * Every page that it copies differs from the one that it overwrites. Unlike on a real machine the
 * CPUs go on: what they do after the reset must have no effect.
 */
#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include <zpci/probe.h>

#define FUNCTIONS 2u
#define ROUNDS 30u
#define ROUNDS_MAX 3000u
#define ENOUGH (ROUNDS * FUNCTIONS / 2) /* resets that met a copy */
#define PAGE 4096u
#define SOURCE_PAGES 32u
#define WINDOW_PAGES 8u
#define OPERATION_PAGES 8192u
#define DELAY_MAX 1000u /* of doorbells, microseconds */
#define ISC 2

/* Guest storage of function @n. The device may write all but the source. */
#define PLACE(n) (PAGES + (n)*0x100000u)
#define PLACE_SIZE ((SOURCE_PAGES + WINDOW_PAGES + 1) * PAGE)
#define WINDOW_OF(n) (PLACE(n) + SOURCE_PAGES * PAGE)
#define CONTROLS_OF(n) (WINDOW_OF(n) + WINDOW_PAGES * PAGE)
#define AIBV_OF(n) CONTROLS_OF(n)
#define AISB_OF(n) (CONTROLS_OF(n) + 0x100)
#define FMB_OF(n) (CONTROLS_OF(n) + 0x200)

/* What a CPU does. */
enum order {
	PAUSE,
	WORK,
	STOP
};

struct worker {
	struct fixture fixture; /* a CPU on the same machine */
	unsigned number;
	pthread_t thread;
	_Atomic enum order order;
	_Atomic bool paused;
	_Atomic unsigned turns;
};

static struct worker workers[FUNCTIONS + 1]; /* the last one lets time pass */
static struct zpci_adapter *adapter;
static _Atomic uint32_t handles[FUNCTIONS];
static uint64_t dma; /* first DMA address */
static unsigned flying;

/* --- the guest's side ----------------------------------------------------------------------- */

/* A CPU starts DMA and rings both doorbells. Its answers do not matter. */
static void keep_busy(struct worker *worker)
{
	struct fixture *fixture = &worker->fixture;
	uint32_t handle = handles[worker->number];
	unsigned vector = worker->turns % 32;
	/* Little-endian words, for PCISTG. */
	uint64_t command = __builtin_bswap32(ZPCI_PROBE_DMA_COPY | ZPCI_PROBE_DMA_INTERRUPT);

	guest_store(fixture, handle, 0, ZPCI_PROBE_REG_DMA_COMMAND, 4, command);
	guest_store(fixture, handle, 0, ZPCI_PROBE_REG_DOORBELL_NOW, 4, __builtin_bswap32(vector));
	guest_store(fixture, handle, 0, ZPCI_PROBE_REG_DELAY, 4,
		    __builtin_bswap32(vector * DELAY_MAX / 32));
	guest_store(fixture, handle, 0, ZPCI_PROBE_REG_DOORBELL_LATER, 4,
		    __builtin_bswap32(vector + 32));
}

static void *run(void *opaque)
{
	const struct timespec nap = { .tv_nsec = 100000 };
	struct worker *worker = opaque;
	enum order order;

	while ((order = worker->order) != STOP) {
		worker->paused = order == PAUSE;
		if (order == PAUSE)
			nanosleep(&nap, NULL);
		else if (worker->number == FUNCTIONS)
			zpci_ram_advance(worker->fixture.ram, 4000000000ull);
		else
			keep_busy(worker);
		worker->turns++;
	}
	return NULL;
}

static void tell(enum order order)
{
	for (unsigned i = 0; i <= FUNCTIONS; i++)
		workers[i].order = order;
}

static void pause_cpus(void)
{
	for (unsigned i = 0; i < FUNCTIONS; i++) {
		workers[i].order = PAUSE;
		while (!workers[i].paused)
			sched_yield();
	}
}

static uint64_t microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Each thread had time for what it must not do, and each doorbell that waited is due. */
static void let_them_try(void)
{
	uint64_t until = microseconds() + 2 * DELAY_MAX;
	unsigned seen[FUNCTIONS + 1];

	for (unsigned i = 0; i <= FUNCTIONS; i++)
		seen[i] = workers[i].turns;
	for (unsigned i = 0; i <= FUNCTIONS; i++)
		while (workers[i].turns - seen[i] < 50 || microseconds() < until)
			sched_yield();
}

/* --- setting up ------------------------------------------------------------------------------ */

static void fill_source(struct fixture *fixture, unsigned n)
{
	for (uint64_t at = 0; at < SOURCE_PAGES * PAGE; at += 8)
		guest_put(fixture, PLACE(n) + at, 8, (uint64_t)(n + 1) << 32 | (at + 8));
}

static uint64_t source_address(unsigned n)
{
	return dma + n * 2ull * OPERATION_PAGES * PAGE;
}

static uint64_t window_address(unsigned n)
{
	return source_address(n) + OPERATION_PAGES * PAGE;
}

static void map(struct fixture *fixture, unsigned n)
{
	for (uint64_t i = 0; i < OPERATION_PAGES; i++) {
		guest_map(fixture, source_address(n) + i * PAGE, PLACE(n) + i % SOURCE_PAGES * PAGE,
			  0);
		guest_map(fixture, window_address(n) + i * PAGE,
			  WINDOW_OF(n) + i % WINDOW_PAGES * PAGE, 0);
	}
}

static unsigned find_capability(struct fixture *fixture, uint32_t handle, unsigned id)
{
	unsigned at = guest_config_read(fixture, handle, 0x34, 1);

	while (at && guest_config_read(fixture, handle, at, 1) != id)
		at = guest_config_read(fixture, handle, at + 1, 1);
	assert_int_not_equal(at, 0);
	return at;
}

static void set_up_vectors(struct fixture *fixture, uint32_t handle, uint64_t address)
{
	for (unsigned i = 0; i < ZPCI_PROBE_VECTORS; i++) {
		uint64_t entry = ZPCI_PROBE_MSIX_TABLE + 16 * i;

		guest_bar_write(fixture, handle, ZPCI_PROBE_MSIX_BAR, entry, 8, address);
		guest_bar_write(fixture, handle, ZPCI_PROBE_MSIX_BAR, entry + 8, 4, i);
		guest_bar_write(fixture, handle, ZPCI_PROBE_MSIX_BAR, entry + 12, 4, 0);
	}
	guest_config_write(fixture, handle, find_capability(fixture, handle, 0x11) + 2, 2, 0x8000);
}

static void register_all(struct fixture *fixture, unsigned n, uint32_t handle)
{
	struct zpci_fib interruption = { 0 }, measurement = { 0 };

	zpci_be32_put(&interruption.interruption,
		      ISC << ZPCI_FIB_INT_ISC_SHIFT | ZPCI_PROBE_VECTORS << ZPCI_FIB_INT_NOI_SHIFT |
			      ZPCI_FIB_INT_SUM | n);
	zpci_be64_put(&interruption.aibv, AIBV_OF(n));
	zpci_be64_put(&interruption.aisb, AISB_OF(n));
	zpci_be64_put(&measurement.fmb, FMB_OF(n));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_INT, &interruption),
			 CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &measurement),
			 CC(0));
	assert_int_equal(guest_register_ioat(fixture, handle, dma,
					     dma + FUNCTIONS * 2ull * OPERATION_PAGES * PAGE - 1),
			 CC(0));
}

static void set_up_device(struct fixture *fixture, unsigned n)
{
	uint32_t handle = handles[n];

	set_up_vectors(fixture, handle, 0xfe00000000000000ull);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_SOURCE, 8, source_address(n));
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_DESTINATION, 8, window_address(n));
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_LENGTH, 8, OPERATION_PAGES * PAGE);
	guest_set_master(fixture, handle);
}

static bool at_work(struct fixture *fixture, unsigned n)
{
	return guest_get(fixture, WINDOW_OF(n), 8) && guest_get(fixture, AIBV_OF(n), 4) &&
	       guest_get(fixture, AIBV_OF(n) + 4, 4) && guest_get(fixture, AISB_OF(n), 1) &&
	       guest_get(fixture, FMB_OF(n) + 4, 4);
}

/* Returns when a page, an indicator and the block of each function have changed in this round. */
static void start_work(struct fixture *fixture)
{
	for (unsigned n = 0; n < FUNCTIONS; n++)
		guest_fill(fixture, WINDOW_OF(n), 0, (WINDOW_PAGES + 1) * PAGE);
	for (unsigned n = 0; n < FUNCTIONS; n++)
		set_up_device(fixture, n);
	tell(WORK);
	for (unsigned n = 0; n < FUNCTIONS; n++)
		while (!at_work(fixture, n))
			sched_yield();
}

static void enable_all(struct fixture *fixture)
{
	for (unsigned n = 0; n < FUNCTIONS; n++) {
		handles[n] = guest_enable(fixture, fixture_handle(fixture, FID + n));
		register_all(fixture, n, handles[n]);
	}
}

static void add_function(struct fixture *fixture, unsigned n)
{
	struct zpci_function_options options;

	fixture_options(fixture, n + 1, "lpar", &options);
	options.adapter = adapter;
	options.fid = FID + n;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	dma = guest_dma_start(fixture, fixture_handle(fixture, FID + n));
	fill_source(fixture, n);
	map(fixture, n);
}

static void start_worker(struct fixture *fixture, unsigned number)
{
	struct worker *worker = &workers[number];

	memset(worker, 0, sizeof(*worker));
	worker->fixture.ram = fixture->ram;
	worker->fixture.firmware = fixture->firmware;
	zpci_ram_cpu_init(fixture->ram, &worker->fixture.cpu);
	worker->number = number;
	assert_int_equal(pthread_create(&worker->thread, NULL, run, worker), 0);
}

static int set_up(void **state)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = FUNCTIONS };
	struct fixture *fixture;

	assert_int_equal(fixture_setup(state), 0);
	fixture = *state;
	options.logger = fixture_logger(fixture);
	assert_int_equal(
		zpci_adapter_create(zpci_model_find("probe"), PCHID + 1, &options, &adapter), 0);
	for (unsigned n = 0; n < FUNCTIONS; n++)
		add_function(fixture, n);
	for (unsigned i = 0; i <= FUNCTIONS; i++)
		start_worker(fixture, i);
	flying = 0;
	return 0;
}

static int tear_down(void **state)
{
	int rc;

	tell(STOP);
	for (unsigned i = 0; i <= FUNCTIONS; i++)
		pthread_join(workers[i].thread, NULL);
	rc = fixture_teardown(state);
	zpci_adapter_unref(adapter);
	return rc;
}

/* --- looking --------------------------------------------------------------------------------- */

static void look(struct fixture *fixture, uint8_t *at, size_t size)
{
	for (unsigned n = 0; n < FUNCTIONS; n++)
		guest_read(fixture, PLACE(n), at + n * size, size);
}

/* A page of the window is a page of the source, or was never written. */
static void expect_whole_pages(const uint8_t *place)
{
	for (unsigned i = 0; i < WINDOW_PAGES; i++) {
		const uint8_t *page = place + (SOURCE_PAGES + i) * PAGE;
		uint64_t source = ((zpci_get_be(page, 8) & 0xffffffff) - 8) / PAGE;

		if (!zpci_get_be(page, 8))
			source = SOURCE_PAGES - 1 - (SOURCE_PAGES - 1 - i) % WINDOW_PAGES;
		else
			assert_memory_equal(page, place + source * PAGE, PAGE);
		assert_int_equal(source % WINDOW_PAGES, i);
	}
}

/* @size bytes of each function must not change. */
static void expect_silence(struct fixture *fixture, size_t size)
{
	static uint8_t first[FUNCTIONS * PLACE_SIZE], second[FUNCTIONS * PLACE_SIZE];

	look(fixture, first, size);
	let_them_try();
	look(fixture, second, size);
	assert_memory_equal(first, second, FUNCTIONS * size);
	for (unsigned n = 0; n < FUNCTIONS; n++)
		expect_whole_pages(first + n * size);
}

/* The device's status says that a reset ended a copy. */
static void count_flying(struct fixture *fixture, uint32_t handle)
{
	const unsigned ended = ZPCI_PROBE_STATUS_ERROR | ZPCI_PROBE_CODE_RESET
								 << ZPCI_PROBE_STATUS_CODE_SHIFT;

	flying += guest_bar_read(fixture, handle, 0, ZPCI_PROBE_REG_DMA_STATUS, 4) == ended;
}

static void expect_disabled(struct fixture *fixture)
{
	for (unsigned n = 0; n < FUNCTIONS; n++) {
		uint64_t value;

		assert_int_equal(fixture_state(fixture, FID + n), ZPCI_STATE_DISABLED);
		assert_int_equal(guest_load(fixture, handles[n], 0, 0, 4, &value), CC(3));
	}
	expect_silence(fixture, PLACE_SIZE);
	pause_cpus();
	enable_all(fixture);
	for (unsigned n = 0; n < FUNCTIONS; n++)
		count_flying(fixture, handles[n]);
}

/* Another round: a number of them, and more until enough resets met a copy. On a host that has
 * little time for the device's threads, few do. */
static bool another(unsigned round)
{
	return round < ROUNDS || (flying < ENOUGH && round < ROUNDS_MAX);
}

static void expect_flying(void)
{
	print_message("%u resets met a copy\n", flying);
	assert_true(flying >= ENOUGH);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void test_system_reset_ends_all_work(void **state)
{
	struct fixture *fixture = *state;

	enable_all(fixture);
	for (unsigned i = 0; another(i); i++) {
		start_work(fixture);
		zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
		expect_disabled(fixture);
	}
	expect_flying();
}

static void test_subsystem_reset_ends_all_work(void **state)
{
	struct fixture *fixture = *state;

	enable_all(fixture);
	for (unsigned i = 0; another(i); i++) {
		start_work(fixture);
		zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
		expect_disabled(fixture);
	}
	expect_flying();
}

static void test_disable_ends_all_work(void **state)
{
	struct fixture *fixture = *state;

	enable_all(fixture);
	for (unsigned i = 0; another(i); i++) {
		start_work(fixture);
		for (unsigned n = 0; n < FUNCTIONS; n++)
			assert_int_equal(guest_set_function(fixture, handles[n],
							    ZPCI_CLP_SET_DISABLE, 0, NULL),
					 ZPCI_CLP_OK);
		expect_disabled(fixture);
	}
	expect_flying();
}

/* Measurement goes on. The CPUs pause first, because they may start the device again. */
static void test_function_level_reset_ends_all_work(void **state)
{
	struct fixture *fixture = *state;

	enable_all(fixture);
	for (unsigned i = 0; another(i); i++) {
		start_work(fixture);
		pause_cpus();
		for (unsigned n = 0; n < FUNCTIONS; n++) {
			unsigned express = find_capability(fixture, handles[n], 0x10);

			guest_config_write(fixture, handles[n], express + 8, 2, 0x8000);
			count_flying(fixture, handles[n]);
		}
		expect_silence(fixture, FMB_OF(0) - PLACE(0));
		for (unsigned n = 0; n < FUNCTIONS; n++)
			assert_int_equal(fixture_state(fixture, FID + n), ZPCI_STATE_ENABLED);
	}
	assert_true(flying > 0);
}

#define IN_FLIGHT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FLIGHT(test_system_reset_ends_all_work),
		IN_FLIGHT(test_subsystem_reset_ends_all_work),
		IN_FLIGHT(test_disable_ends_all_work),
		IN_FLIGHT(test_function_level_reset_ends_all_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
