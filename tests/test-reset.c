// SPDX-License-Identifier: GPL-2.0-or-later
/* System reset, subsystem reset, disable and function-level reset end all activity; also
 * stopping for a while (ref 4.3, 10.3, traps 12 and 30). */
#include "fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

static struct bench_device *device;
static uint32_t handle;
static uint64_t dma;

/* A function with everything registered. */
static void busy(struct fixture *fixture, const char *profile)
{
	struct zpci_fib fib = { 0 };

	handle = fixture_enabled(fixture, 1, profile);
	device = fixture->bench->devices[1];
	for (unsigned vector = 0; vector < BENCH_VECTORS; vector++)
		guest_msix_entry(fixture, handle, vector, vector);
	guest_msix_enable(fixture, handle);
	guest_register_int(fixture, handle, 2, BENCH_VECTORS, 0, 0);
	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES, 0);
	guest_register_ioat(fixture, handle, dma, dma + 0xffff);
	zpci_be64_put(&fib.fmb, FMB);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib);
	guest_config_write(fixture, handle, 0x10, 4, 0xabcd0000);
	guest_config_write(fixture, handle, 0x04, 2, 0x0006);
	device->resets = 0;
}

/* The function is as new, with another handle. */
static void expect_as_new(struct fixture *fixture, uint16_t command)
{
	uint32_t old = handle;
	uint8_t byte;

	assert_true(device->resets >= 1);
	assert_int_equal(guest_load(fixture, old, 15, 0, 4, NULL), CC(3));
	assert_int_equal(
		device->services->dma_read(device->services->function, dma, &byte, 1, NULL),
		-ENODEV);
	device->services->raise_vector(device->services->function, 0);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0);
	zpci_ram_advance(fixture->ram, 60 * 1000000000ull);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);

	handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	assert_int_not_equal(handle, old);
	assert_int_equal(guest_config_read(fixture, handle, BENCH_MSIX_CAPABILITY + 2, 2),
			 BENCH_VECTORS - 1);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE + 12, 4), 1);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE, 8), 0);
	assert_int_equal(guest_config_read(fixture, handle, 0x10, 4), 0x4);
	assert_int_equal(guest_config_read(fixture, handle, 0x04, 2), command);
	/* All registrations have ended: each can be made again. */
	assert_int_equal(guest_register_int(fixture, handle, 2, 8, 0, 0), CC(0));
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffff), CC(0));
}

static void test_system_reset_ends_everything(void **state)
{
	struct fixture *fixture = *state;

	busy(fixture, "lpar");
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	expect_as_new(fixture, 0);
}

static void test_subsystem_reset_ends_everything(void **state)
{
	struct fixture *fixture = *state;

	busy(fixture, "vfio");
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	expect_as_new(fixture, 0x0002);
}

static void test_disable_ends_everything(void **state)
{
	struct fixture *fixture = *state;

	busy(fixture, "plain");
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_OK);
	expect_as_new(fixture, 0);
}

/* Disable with the handle that a reset took away is answered with "already" (ref 3.9). */
static void test_disable_after_a_reset_says_already(void **state)
{
	struct fixture *fixture = *state;
	uint32_t old;

	handle = old = fixture_enabled(fixture, 1, "lpar");
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	assert_int_equal(guest_set_function(fixture, old, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_ALREADY);
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	assert_int_equal(guest_set_function(fixture, old, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_ALREADY);
	handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	assert_int_equal(guest_set_function(fixture, old, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
}

/* A reset drops events. The next List tells which functions there are; an event from before the
 * reset could make the guest remove one of them. */
static void test_reset_drops_pending_events(void **state)
{
	static const enum zpci_reset resets[] = { ZPCI_RESET_SUBSYSTEM, ZPCI_RESET_SYSTEM };
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;
	int answer;

	fixture_add(fixture, 1, "lpar");
	for (unsigned i = 0; i < 2; i++) {
		zpci_firmware_announce(fixture->firmware, FID + 1);
		zpci_firmware_reset(fixture->firmware, resets[i]);
		answer = guest_sei(fixture, &event);
		assert_true(answer == NOT_OURS || zpci_be16_get(event.code) == ZPCI_CHSC_NO_EVENT);
	}
}

/* A function-level reset goes through config space: handle and registrations stay (ref 8.9). */
static void test_function_level_reset_keeps_registrations(void **state)
{
	struct fixture *fixture = *state;

	busy(fixture, "plain");
	guest_config_write(fixture, handle, BENCH_EXPRESS_CAPABILITY + 8, 2, 0x8000);
	assert_int_equal(guest_config_read(fixture, handle, BENCH_MSIX_CAPABILITY + 2, 2),
			 BENCH_VECTORS - 1);
	assert_int_equal(guest_config_read(fixture, handle, 0x10, 4), 0x4);
	assert_int_equal(guest_config_read(fixture, handle, 0x04, 2) & 0x2, 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(guest_register_int(fixture, handle, 2, 8, 0, 0),
			 STATUS(ZPCI_STATUS_SEQUENCE));
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffff),
			 STATUS(ZPCI_STATUS_SEQUENCE));
}

static void test_quiesce_and_resume_keep_state(void **state)
{
	struct fixture *fixture = *state;

	busy(fixture, "lpar");
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_quiesce(fixture->firmware);
	assert_true(fixture->bench->devices[1]->quiet);
	assert_true(fixture->bench->devices[2]->quiet);
	zpci_firmware_resume(fixture->firmware);
	assert_false(fixture->bench->devices[1]->quiet);
	assert_false(fixture->bench->devices[2]->quiet);
	device->services->raise_vector(device->services->function, 0);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x80);
	assert_int_equal(device->resets, 0);
}

/* --- with a device at work ------------------------------------------------------------- */

enum {
	PAUSE,
	PAUSED,
	WORK,
	STOP
};

static _Atomic int order;

static void *work_as_told(void *opaque)
{
	const struct zpci_services *services = device->services;
	uint64_t count = 0;
	int told;

	(void)opaque;
	while ((told = order) != STOP) {
		if (told == PAUSE)
			order = PAUSED;
		if (told != WORK) {
			sched_yield();
			continue;
		}
		count++;
		services->dma_write(services->function, dma + 0x10, &count, 8, NULL);
		services->raise_vector(services->function, count % BENCH_VECTORS);
	}
	return NULL;
}

/* DMA before REG_IOAT would be an error of the function. */
static void pause_device(void)
{
	order = PAUSE;
	while (order != PAUSED)
		sched_yield();
}

/* After a reset no DMA is in flight: the storage belongs to the next kernel. */
static void test_nothing_in_flight_after_reset(void **state)
{
	struct fixture *fixture = *state;
	pthread_t thread;

	handle = fixture_enabled(fixture, 1, "lpar");
	device = fixture->bench->devices[1];
	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES, 0);
	order = PAUSED;
	assert_int_equal(pthread_create(&thread, NULL, work_as_told, NULL), 0);
	for (unsigned i = 0; i < 100; i++) {
		guest_register_int(fixture, handle, 2, BENCH_VECTORS, 0, 0);
		guest_register_ioat(fixture, handle, dma, dma + 0xffff);
		for (unsigned vector = 0; vector < BENCH_VECTORS; vector++)
			guest_msix_entry(fixture, handle, vector, vector);
		guest_msix_enable(fixture, handle);
		order = WORK;
		while (!guest_get(fixture, PAGES + 0x10, 8))
			sched_yield();
		zpci_firmware_reset(fixture->firmware,
				    i % 2 ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
		guest_fill(fixture, AIBV, 0, 8);
		guest_put(fixture, PAGES + 0x10, 8, 0);
		for (unsigned look = 0; look < 10; look++) {
			assert_int_equal(guest_get(fixture, AIBV, 8), 0);
			assert_int_equal(guest_get(fixture, PAGES + 0x10, 8), 0);
		}
		pause_device();
		handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	}
	order = STOP;
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_system_reset_ends_everything),
		FIXTURE_TEST(test_subsystem_reset_ends_everything),
		FIXTURE_TEST(test_disable_ends_everything),
		FIXTURE_TEST(test_disable_after_a_reset_says_already),
		FIXTURE_TEST(test_reset_drops_pending_events),
		FIXTURE_TEST(test_function_level_reset_keeps_registrations),
		FIXTURE_TEST(test_quiesce_and_resume_keep_state),
		FIXTURE_TEST(test_nothing_in_flight_after_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
