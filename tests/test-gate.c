// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The gate between a device and the guest, and which call waits for which: a device raises vectors
 * and makes DMA from open() on; a device waits for its host when it is reset, stopped or removed;
 * an operation on one function causes an interruption of another one. See <zpci/device.h>.
 *
 * A test stops a thread inside of a call as park.h says, and checks whether another call waits for
 * it.
 */
#include "fixture.h"
#include "park.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#define ISC 2

static struct park write_park, or_park, close_park;

static int parking_write(void *machine, uint64_t address, const void *buffer, size_t length)
{
	if (address >= PAGES)
		pass(&write_park);
	return zpci_ram_ops()->write_absolute(machine, address, buffer, length);
}

static int parking_or(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	pass(&or_park);
	return zpci_ram_ops()->or_absolute(machine, address, bits, old);
}

/* --- setting up ---------------------------------------------------------------------------- */

static void (*presenting)(void); /* called when the machine presents an interruption */

static void present(void *machine, unsigned isc)
{
	if (presenting)
		presenting();
	zpci_ram_ops()->adapter_interruption(machine, isc);
}

static int set_up(void **state)
{
	struct zpci_machine_ops ops = *zpci_ram_ops();

	ops.write_absolute = parking_write;
	ops.or_absolute = parking_or;
	ops.adapter_interruption = present;
	memset(&write_park, 0, sizeof(write_park));
	memset(&or_park, 0, sizeof(or_park));
	memset(&close_park, 0, sizeof(close_park));
	presenting = NULL;
	memset(&bench_hooks, 0, sizeof(bench_hooks));
	return fixture_setup_on(state, &ops);
}

static int tear_down(void **state)
{
	write_park.closed = or_park.closed = close_park.closed = false;
	return fixture_teardown(state);
}

#define GATE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static uint64_t dma; /* first DMA address; means PAGES */

/* VF 1 with everything registered. */
static uint32_t in_use(struct fixture *fixture, struct bench_device **device)
{
	uint32_t handle = fixture_interrupting(fixture, device);

	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffff), CC(0));
	return handle;
}

static int write_dma(const struct bench_device *device)
{
	const struct zpci_services *services = device->services;
	const uint64_t value = UINT64_MAX;
	uint64_t failed;

	return services->dma_write(services->function, dma, &value, sizeof(value), &failed);
}

static void raise_vector(const struct bench_device *device, unsigned vector)
{
	device->services->raise_vector(device->services->function, vector);
}

static void set_error(const struct bench_device *device, uint16_t pec)
{
	device->services->error(device->services->function, pec);
}

/* --- a thread that does one thing ----------------------------------------------------------- */

struct errand {
	struct fixture fixture; /* a CPU of its own */
	struct fixture *of;
	struct bench_device *device;
	uint32_t handle;
	void (*run)(struct errand *errand);
	pthread_t thread;
	int rc;
	_Atomic bool done;
};

static void *run(void *opaque)
{
	struct errand *errand = opaque;

	errand->run(errand);
	errand->done = true;
	return NULL;
}

static void start(struct errand *errand, struct fixture *fixture,
		  void (*what)(struct errand *errand))
{
	errand->of = fixture;
	errand->fixture.ram = fixture->ram;
	errand->fixture.firmware = fixture->firmware;
	zpci_ram_cpu_init(fixture->ram, &errand->fixture.cpu);
	errand->run = what;
	errand->done = false;
	assert_int_equal(pthread_create(&errand->thread, NULL, run, errand), 0);
}

static void finish(struct errand *errand)
{
	pthread_join(errand->thread, NULL);
	assert_true(errand->done);
}

static void do_dma(struct errand *errand)
{
	errand->rc = write_dma(errand->device);
}

static void do_raise(struct errand *errand)
{
	raise_vector(errand->device, 3);
}

static void do_disable(struct errand *errand)
{
	/* Without a CLP block in storage: that one belongs to the fixture. */
	struct zpci_clp_set_function_request request = { .operation = ZPCI_CLP_SET_DISABLE };
	uint8_t block[sizeof(request) + sizeof(struct zpci_clp_set_function_response)] = { 0 };

	zpci_be16_put(&request.header.length, sizeof(request));
	zpci_be16_put(&request.header.code, ZPCI_CLP_SET_FUNCTION);
	zpci_be32_put(&request.handle, errand->handle);
	memcpy(block, &request, sizeof(request));
	zpci_clp(errand->of->firmware, ZPCI_CLP_LPS_PCI, block, sizeof(request),
		 sizeof(block) - sizeof(request));
	errand->rc = (int)zpci_get_be(block + sizeof(request) + 2, 2);
}

static void do_level_reset(struct errand *errand)
{
	guest_config_write(&errand->fixture, errand->handle, BENCH_EXPRESS_CAPABILITY + 8, 2,
			   0x8000);
}

static void do_refresh(struct errand *errand)
{
	errand->rc = guest_refresh(&errand->fixture, errand->handle, dma, 0x1000);
}

static void do_deregister(struct errand *errand)
{
	errand->rc =
		guest_modify(&errand->fixture, errand->handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL);
}

static void do_register_others(struct errand *errand)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.pba, dma);
	zpci_be64_put(&fib.pal, dma + 0xffff);
	zpci_be64_put(&fib.iota, errand->of->iota);
	errand->rc =
		guest_modify(&errand->fixture, errand->handle, 0, ZPCI_MPCIFC_REREG_IOAT, &fib);
}

static void do_bus_master_off(struct errand *errand)
{
	guest_config_write(&errand->fixture, errand->handle, 4, 1, 0);
}

static void do_quiesce(struct errand *errand)
{
	zpci_firmware_quiesce(errand->of->firmware);
}

static void do_remove(struct errand *errand)
{
	errand->rc = zpci_firmware_remove(errand->of->firmware, FID + 1);
}

/* --- closing the gate waits for threads inside ----------------------------------------------- */

/* @reset closes the gate. It waits for the device's thread inside of a service, and only then calls
 * the device's reset() and returns to the guest. */
static void closes_after_dma(struct fixture *fixture, void (*reset)(struct errand *errand))
{
	struct errand mover = { 0 }, resetter = { 0 };

	resetter.handle = in_use(fixture, &mover.device);
	write_park.closed = true;
	start(&mover, fixture, do_dma);
	wait_for(&write_park.here);
	start(&resetter, fixture, reset);
	give_chances();
	assert_false(resetter.done);
	assert_int_equal(mover.device->resets, 0);
	assert_int_equal(guest_get(fixture, PAGES, 8), 0);
	write_park.closed = false;
	finish(&mover);
	finish(&resetter);
	assert_int_equal(mover.rc, 0);
	assert_int_equal(guest_get(fixture, PAGES, 8), UINT64_MAX);
}

static void test_disable_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_disable);
}

static void test_level_reset_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_level_reset);
}

/* The same for operations that end translations or the right to use them, without a reset. */
static void test_refresh_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_refresh);
}

static void fail_and_refresh(struct errand *errand)
{
	assert_int_equal(
		zpci_firmware_inject_error(errand->of->firmware, FID + 1, ZPCI_PEC_SERVICE_ACTION),
		0);
	do_refresh(errand);
}

static void test_refresh_in_error_waits_for_dma(void **state)
{
	closes_after_dma(*state, fail_and_refresh);
}

static void test_deregister_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_deregister);
}

static void test_reregister_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_register_others);
}

static void test_bus_master_off_waits_for_dma(void **state)
{
	closes_after_dma(*state, do_bus_master_off);
}

static void test_disable_waits_for_an_indicator(void **state)
{
	struct fixture *fixture = *state;
	struct errand raiser = { 0 }, resetter = { 0 };

	resetter.handle = in_use(fixture, &raiser.device);
	or_park.closed = true;
	start(&raiser, fixture, do_raise);
	wait_for(&or_park.here);
	start(&resetter, fixture, do_disable);
	give_chances();
	assert_false(resetter.done);
	assert_int_equal(raiser.device->resets, 0);
	or_park.closed = false;
	finish(&raiser);
	finish(&resetter);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x10);
}

/* What a device's thread does after the gate was closed and before reset(). */
static void raise_late(struct bench_device *device)
{
	raise_vector(device, 3);
	assert_int_equal(write_dma(device), -ECANCELED);
}

static void test_gate_is_closed_before_the_device_is_reset(void **state)
{
	struct fixture *fixture = *state;
	struct errand resetter = { 0 };
	struct bench_device *device;

	resetter.handle = in_use(fixture, &device);
	bench_hooks.resetting = raise_late;
	start(&resetter, fixture, do_level_reset);
	finish(&resetter);
	assert_int_equal(device->resets, 1);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0);
}

/* --- a device that waits for its host --------------------------------------------------------- */

static void cannot_reach_the_guest(struct fixture *fixture, struct bench_device *device)
{
	uint64_t pages = guest_get(fixture, PAGES, 8), bits = guest_get(fixture, AIBV, 8);
	struct zpci_chsc_sei_response event;
	uint64_t failed = 0, value = 0x11;

	assert_int_equal(
		device->services->dma_write(device->services->function, dma, &value, 8, &failed),
		-ECANCELED);
	assert_int_equal(failed, dma);
	assert_int_equal(
		device->services->dma_read(device->services->function, dma, &value, 8, NULL),
		-ECANCELED);
	raise_vector(device, 1);
	set_error(device, ZPCI_PEC_SERVICE_ACTION);
	assert_int_equal(guest_get(fixture, PAGES, 8), pages);
	assert_int_equal(guest_get(fixture, AIBV, 8), bits);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_NO_EVENT);
}

/* The neighbour does all that a guest does, as if there were no other function. */
static void works(struct fixture *fixture, uint32_t *handle)
{
	uint32_t disabled;

	guest_bar_write(fixture, *handle, 0, 0x40, 8, 0x0123456789abcdef);
	assert_int_equal(guest_bar_read(fixture, *handle, 0, 0x40, 8), 0x0123456789abcdef);
	assert_int_equal(guest_set_function(fixture, *handle, ZPCI_CLP_SET_DISABLE, 0, &disabled),
			 ZPCI_CLP_OK);
	*handle = guest_enable(fixture, disabled);
}

static void test_enable_is_busy_until_drained(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device;
	uint32_t handle = in_use(fixture, &device), result;
	uint32_t neighbour = fixture_enabled(fixture, 2, "plain");

	device->busy = true;
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle),
			 ZPCI_CLP_OK);
	assert_int_equal(device->resets, 1);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(
			guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &result),
			ZPCI_CLP_BUSY);
		assert_int_equal(fixture_handle(fixture, FID + 1), handle);
		cannot_reach_the_guest(fixture, device);
		works(fixture, &neighbour);
	}
	device->busy = false;
	handle = guest_enable(fixture, handle);
	guest_bar_write(fixture, handle, 0, 0x40, 8, 1);
	assert_int_equal(guest_bar_read(fixture, handle, 0, 0x40, 8), 1);
	/* "Not enabled" and "no Bus Master" are other answers than "canceled". */
	assert_int_equal(write_dma(device), -ENODEV);
}

/* As a PCI function that is not ready: reads give ones, writes are lost. Registrations stay, and
 * are in force again when the function answers. */
static void test_function_does_not_answer_until_drained(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device;
	uint32_t handle = in_use(fixture, &device);

	device->busy = true;
	guest_config_write(fixture, handle, BENCH_EXPRESS_CAPABILITY + 8, 2, 0x8000);
	assert_int_equal(guest_config_read(fixture, handle, 0x04, 4), 0xffffffff);
	assert_int_equal(guest_config_read(fixture, handle, 0x00, 4), 0xffffffff);
	assert_int_equal(guest_bar_read(fixture, handle, 0, 0, 8), UINT64_MAX);
	assert_int_equal(guest_bar_read(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_TABLE, 8),
			 UINT64_MAX);
	guest_config_write(fixture, handle, 0x04, 2, 0x0004);
	guest_bar_write(fixture, handle, 0, 0x40, 8, 1);
	cannot_reach_the_guest(fixture, device);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	device->busy = false;
	assert_int_equal(guest_config_read(fixture, handle, 0x04, 2), 0);
	assert_int_equal(guest_bar_read(fixture, handle, 0, 0x40, 8), 0);
	guest_set_master(fixture, handle);
	assert_int_equal(write_dma(device), 0);
}

static void test_system_reset_does_not_wait(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device;
	uint32_t handle = in_use(fixture, &device), result;

	device->busy = true;
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &result),
			 ZPCI_CLP_BUSY);
	cannot_reach_the_guest(fixture, device);
	/* Another reset does not change that, and neither does a disable. */
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1, NULL), CC(0));
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, NULL), CC(0));
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &result),
			 ZPCI_CLP_BUSY);
	device->busy = false;
	guest_enable(fixture, handle);
}

/* Both devices are told to stop first. Then quiesce waits for each without a function's lock. */
static void test_quiesce_waits_without_a_lock(void **state)
{
	struct fixture *fixture = *state;
	struct errand stopper = { 0 };
	struct bench_device *device, *other;
	uint32_t handle = in_use(fixture, &device);

	other = fixture_add(fixture, 2, "plain");
	device->busy = true;
	start(&stopper, fixture, do_quiesce);
	wait_for(&device->waiting);
	assert_true(device->quiet);
	assert_true(other->quiet);
	give_chances();
	assert_false(stopper.done);
	guest_bar_write(fixture, handle, 0, 0x40, 8, 7);
	assert_int_equal(guest_bar_read(fixture, handle, 0, 0x40, 8), 7);
	/* The gate is open: the device may finish its work. */
	assert_int_equal(write_dma(device), 0);
	device->busy = false;
	finish(&stopper);
	zpci_firmware_resume(fixture->firmware);
}

/* The stop of the machine waits for devices that stay; a removal comes after it. */
static void test_removal_waits_for_the_end_of_quiesce(void **state)
{
	struct fixture *fixture = *state;
	struct errand stopper = { 0 }, remover = { 0 };
	struct bench_device *device;

	in_use(fixture, &device);
	device->busy = true;
	start(&stopper, fixture, do_quiesce);
	wait_for(&device->waiting);
	start(&remover, fixture, do_remove);
	give_chances();
	assert_false(remover.done);
	assert_ptr_equal(fixture->bench->devices[1], device);
	device->busy = false;
	finish(&stopper);
	finish(&remover);
	assert_null(fixture->bench->devices[1]);
	zpci_firmware_resume(fixture->firmware);
}

static void park_in_close(struct bench_device *device)
{
	if (device->vf == 1)
		pass(&close_park);
}

static void test_removal_waits_without_a_lock(void **state)
{
	struct fixture *fixture = *state;
	struct errand remover = { 0 };
	struct bench_device *device;
	uint32_t handle = in_use(fixture, &device), result;
	uint32_t neighbour = fixture_enabled(fixture, 2, "plain");
	struct zpci_clp_list_entry list[4];
	struct zpci_chsc_sei_response event;
	uint64_t token = 0, value;
	unsigned entries;

	bench_hooks.closing = park_in_close;
	close_park.closed = true;
	start(&remover, fixture, do_remove);
	wait_for(&close_park.here);
	/* The event comes before the device is closed. */
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), ZPCI_PEC_DECONFIGURED);
	cannot_reach_the_guest(fixture, device);
	works(fixture, &neighbour);
	/* It is gone for the guest, and for a CPU that uses a handle from before. */
	assert_int_equal(guest_load(fixture, handle, 0, 0, 8, &value), CC(3));
	assert_int_equal(
		guest_set_function(fixture, handle & ~0x80000000u, ZPCI_CLP_SET_ENABLE, 1, &result),
		ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 1);
	assert_false(remover.done);
	close_park.closed = false;
	finish(&remover);
	assert_int_equal(remover.rc, 0);
}

/* --- services from open() on ------------------------------------------------------------------ */

static _Atomic bool stop;
static _Atomic unsigned canceled, moved;
static pthread_t eager;

static void *work(void *opaque)
{
	struct bench_device *device = opaque;

	while (!stop) {
		int rc;

		for (unsigned vector = 0; vector < 2 * BENCH_VECTORS; vector++)
			raise_vector(device, vector);
		rc = write_dma(device);
		canceled += rc == -ECANCELED;
		moved += rc == 0;
	}
	return NULL;
}

/* The device's thread calls services before open() returns: all are refused. */
static void start_work(struct bench_device *device)
{
	stop = false;
	canceled = moved = 0;
	assert_int_equal(pthread_create(&eager, NULL, work, device), 0);
	wait_for(&canceled);
}

static void end_work(struct bench_device *device)
{
	(void)device;
	stop = true;
	pthread_join(eager, NULL);
}

static void test_services_from_open_to_close(void **state)
{
	struct fixture *fixture = *state;
	uint64_t seen = zpci_ram_interruptions(fixture->ram, ISC);
	unsigned before;
	uint32_t handle;

	dma = 0x100000000ull;
	bench_hooks.opened = start_work;
	bench_hooks.closing = end_work;
	/* Bus Master last: with it, DMA without tables is an error. */
	handle = fixture_enabled(fixture, 1, "lpar");
	guest_map(fixture, dma, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffff), CC(0));
	for (unsigned vector = 0; vector < BENCH_VECTORS; vector++)
		guest_msix_entry(fixture, handle, vector, vector);
	assert_int_equal(guest_register_int(fixture, handle, ISC, BENCH_VECTORS, 0, 0), CC(0));
	guest_msix_enable(fixture, handle);
	wait_for(&moved);
	while (zpci_ram_interruptions(fixture->ram, ISC) == seen)
		sched_yield();
	assert_int_equal(guest_get(fixture, PAGES, 8), UINT64_MAX);
	/* The thread calls services through all resets and the removal. */
	for (unsigned i = 0; i < 100; i++)
		guest_config_write(fixture, handle, BENCH_EXPRESS_CAPABILITY + 8, 2, 0x8000);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	before = moved;
	give_chances();
	assert_int_equal(moved, before);
}

/* --- errors and VFs of a device --------------------------------------------------------------- */

static void test_device_reports_errors(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;
	struct bench_device *device;
	uint32_t handle = in_use(fixture, &device);

	set_error(device, ZPCI_PEC_SERVICE_ACTION);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
	assert_int_equal(write_dma(device), -ENODEV);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), ZPCI_PEC_SERVICE_ACTION);
	assert_int_equal(zpci_be32_get(event.ccdf.handle), handle);
	set_error(device, ZPCI_PEC_PERMANENT_ERROR);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_PERMANENT);
}

/* Each round is another moment. The thread sanitizer compares what was locked and not who was
 * first, and takes ten times as long. */
#ifdef __SANITIZE_THREAD__
#define ROUNDS 5000u
#else
#define ROUNDS 50000u
#endif
static _Atomic unsigned rounds, failures;

static void fail_each_round(struct errand *errand)
{
	while (failures < ROUNDS) {
		if (rounds == failures) {
			sched_yield();
			continue;
		}
		set_error(errand->device, ZPCI_PEC_PERMANENT_ERROR);
		failures++;
	}
}

/* A permanent error at the same time as an enable hits the function before or after it. It is not
 * lost. */
static void test_permanent_error_while_it_is_enabled(void **state)
{
	struct fixture *fixture = *state;
	struct errand errand = { .device = fixture_add(fixture, 1, "lpar") };
	volatile unsigned delay;
	uint32_t handle;

	rounds = failures = 0;
	start(&errand, fixture, fail_each_round);
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned code;

		handle = fixture_handle(fixture, FID + 1);
		rounds++;
		for (delay = i * 7 % 400; delay; delay--)
			;
		code = guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &handle);
		while (failures != rounds)
			sched_yield();
		assert_true(code == ZPCI_CLP_OK || code == ZPCI_CLP_PERMANENT_ERROR);
		assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_PERMANENT);
		handle = fixture_handle(fixture, FID + 1);
		assert_int_equal(handle >> 31, code == ZPCI_CLP_OK);
		assert_int_equal(
			guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle),
			ZPCI_CLP_OK);
	}
	finish(&errand);
}

static unsigned vfs_enabled(struct fixture *fixture, uint32_t fid)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	assert_int_equal(zpci_firmware_info(fixture->firmware, fid, &info), 0);
	return info.vfs_enabled;
}

static void test_pf_reports_its_vfs(void **state)
{
	struct fixture *fixture = *state;
	const struct zpci_services *pf = fixture_add(fixture, 0, "plain")->services;
	const struct zpci_services *vf = fixture_add(fixture, 1, "lpar")->services;

	assert_int_equal(vfs_enabled(fixture, FID), 0);
	pf->vfs_changed(pf->function, 8);
	assert_int_equal(vfs_enabled(fixture, FID), 8);
	pf->vfs_changed(pf->function, ZPCI_VFS_MAX + 1);
	assert_int_equal(vfs_enabled(fixture, FID), 8);
	vf->vfs_changed(vf->function, 3);
	assert_int_equal(vfs_enabled(fixture, FID + 1), 0);
}

/* The gate is closed then; the answer of the device counts. */
static void take_vfs_away(struct bench_device *device)
{
	device->services->vfs_changed(device->services->function, 0);
}

static void test_reset_ends_vfs(void **state)
{
	struct fixture *fixture = *state;
	const struct zpci_services *pf = fixture_add(fixture, 0, "plain")->services;

	bench_hooks.resetting = take_vfs_away;
	pf->vfs_changed(pf->function, 8);
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
	assert_int_equal(vfs_enabled(fixture, FID), 0);
}

static void test_services_say_their_size(void **state)
{
	const struct bench_device *device = fixture_add(*state, 1, "lpar");

	assert_int_equal(device->services->size, sizeof(struct zpci_services));
}

/* --- interruptions are presented without a function's lock
 * ------------------------------------- */

static struct errand bystander;
static struct bench_device *partner;
static uint32_t partner_handle;

static void raise_partner(struct bench_device *device, unsigned vector)
{
	if (device != partner)
		raise_vector(partner, vector);
}

static void look_at_first(struct errand *errand)
{
	uint64_t value;

	errand->rc = guest_load(&errand->fixture, errand->handle, 0, 0x40, 8, &value);
}

/* If the lock were held, a CPU that uses the first function meanwhile would wait for ever. */
static void use_first(void)
{
	start(&bystander, bystander.of, look_at_first);
	finish(&bystander);
}

static void test_interruption_of_another_function(void **state)
{
	struct fixture *fixture = *state;
	uint32_t first;

	in_use(fixture, &partner);
	first = fixture_enabled(fixture, 2, "plain");
	bench_hooks.rung = raise_partner;
	bystander = (struct errand){ .of = fixture, .handle = first };
	presenting = use_first;
	guest_bar_write(fixture, first, 0, BENCH_DOORBELL, 1, 3);
	assert_true(bystander.done);
	assert_int_equal(bystander.rc, CC(0));
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x10);
	assert_int_equal(zpci_ram_interruptions(fixture->ram, ISC), 1);
}

/* A model may call the firmware for its partner. Then the partner's lock is the second one. */
static void store_to_partner(struct bench_device *device, unsigned vector)
{
	struct zpci_outcome outcome;

	if (device == partner) {
		raise_vector(device, vector);
		return;
	}
	outcome = zpci_store(bystander.of->firmware, partner_handle, 0, BENCH_DOORBELL, 1, vector);
	assert_int_equal(outcome.cc, 0);
}

static void test_interruption_from_a_second_operation(void **state)
{
	struct fixture *fixture = *state;
	uint32_t first;

	partner_handle = in_use(fixture, &partner);
	first = fixture_enabled(fixture, 2, "plain");
	bench_hooks.rung = store_to_partner;
	bystander = (struct errand){ .of = fixture, .handle = first };
	presenting = use_first;
	guest_bar_write(fixture, first, 0, BENCH_DOORBELL, 1, 3);
	assert_true(bystander.done);
	assert_int_equal(bystander.rc, CC(0));
	assert_int_equal(zpci_ram_interruptions(fixture->ram, ISC), 1);
}

/* Another machine's firmware may be destroyed as soon as our operation has left its device. So its
 * timer presents the interruption: destroying waits for the timer. */
static void test_interruption_of_another_machine(void **state)
{
	struct fixture *fixture = *state, *other;
	void *other_state;
	uint32_t handle;

	assert_int_equal(fixture_setup(&other_state), 0);
	other = other_state;
	in_use(other, &partner);
	handle = fixture_enabled(fixture, 2, "plain");
	bench_hooks.rung = raise_partner;
	guest_bar_write(fixture, handle, 0, BENCH_DOORBELL, 1, 3);
	assert_int_equal(guest_get(other, AIBV, 1), 0x10);
	assert_int_equal(zpci_ram_interruptions(other->ram, ISC), 0);
	zpci_ram_advance(other->ram, 0);
	assert_int_equal(zpci_ram_interruptions(other->ram, ISC), 1);
	assert_int_equal(zpci_ram_interruptions(fixture->ram, ISC), 0);

	/* An interruption that waits when the machine stops is presented when it goes on. A reset
	 * drops it. */
	guest_put(other, AISB, 8, 0);
	guest_bar_write(fixture, handle, 0, BENCH_DOORBELL, 1, 4);
	zpci_firmware_quiesce(other->firmware);
	zpci_ram_advance(other->ram, 1000);
	assert_int_equal(zpci_ram_interruptions(other->ram, ISC), 1);
	zpci_firmware_resume(other->firmware);
	zpci_ram_advance(other->ram, 0);
	assert_int_equal(zpci_ram_interruptions(other->ram, ISC), 2);
	guest_put(other, AISB, 8, 0);
	guest_bar_write(fixture, handle, 0, BENCH_DOORBELL, 1, 5);
	zpci_firmware_reset(other->firmware, ZPCI_RESET_SYSTEM);
	zpci_ram_advance(other->ram, 0);
	assert_int_equal(zpci_ram_interruptions(other->ram, ISC), 2);
	fixture_teardown(&other_state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GATE_TEST(test_disable_waits_for_dma),
		GATE_TEST(test_level_reset_waits_for_dma),
		GATE_TEST(test_refresh_waits_for_dma),
		GATE_TEST(test_refresh_in_error_waits_for_dma),
		GATE_TEST(test_deregister_waits_for_dma),
		GATE_TEST(test_reregister_waits_for_dma),
		GATE_TEST(test_bus_master_off_waits_for_dma),
		GATE_TEST(test_disable_waits_for_an_indicator),
		GATE_TEST(test_gate_is_closed_before_the_device_is_reset),
		GATE_TEST(test_enable_is_busy_until_drained),
		GATE_TEST(test_function_does_not_answer_until_drained),
		GATE_TEST(test_system_reset_does_not_wait),
		GATE_TEST(test_quiesce_waits_without_a_lock),
		GATE_TEST(test_removal_waits_for_the_end_of_quiesce),
		GATE_TEST(test_removal_waits_without_a_lock),
		GATE_TEST(test_services_from_open_to_close),
		GATE_TEST(test_device_reports_errors),
		GATE_TEST(test_permanent_error_while_it_is_enabled),
		GATE_TEST(test_pf_reports_its_vfs),
		GATE_TEST(test_reset_ends_vfs),
		GATE_TEST(test_services_say_their_size),
		GATE_TEST(test_interruption_of_another_function),
		GATE_TEST(test_interruption_from_a_second_operation),
		GATE_TEST(test_interruption_of_another_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
