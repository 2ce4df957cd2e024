// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call that ends something waits for it: after its return nothing that was under way writes to
 * the guest's storage, sets an indicator or reports anything. Each test fails if its lock or wait
 * is deleted from the library.
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

#include "zpci/firmware/internal.h"
#include "zpci/function/facts.h"

#define PIECE 0x10000u
#define PAGE 4096u

static struct park dma_park, measure_park, indicator_park, post_park, report_park;
static struct park open_park, close_park, reset_park, bar_park, quiesce_park, cancel_park;

/* Called for each page of DMA that is written. */
static void (*writing)(uint64_t address);
static _Atomic bool measure_fails;

static int parking_write(void *machine, uint64_t address, const void *buffer, size_t length)
{
	if (address >= PAGES && writing)
		writing(address);
	if (address >= PAGES)
		pass(&dma_park);
	if (address >= FMB && address < FMB + 64) {
		pass(&measure_park);
		if (measure_fails)
			return -EFAULT;
	}
	return zpci_ram_ops()->write_absolute(machine, address, buffer, length);
}

static int parking_or(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	pass(&indicator_park);
	return zpci_ram_ops()->or_absolute(machine, address, bits, old);
}

static void parking_report(void *machine)
{
	pass(&report_park);
	zpci_ram_ops()->channel_report(machine);
}

/* A report timer without delay: an event was queued. */
static void parking_timer_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
	if (!nanoseconds)
		pass(&post_park);
	zpci_ram_ops()->timer_set(timer, nanoseconds);
}

static void parking_timer_cancel(struct zpci_timer *timer)
{
	pass(&cancel_park);
	zpci_ram_ops()->timer_cancel(timer);
}

static bool opens_busy;			    /* devices are busy when they are opened */
static struct bench_device *_Atomic opened; /* the last one */

static int parking_open(void *adapter, unsigned vf, const struct zpci_services *services,
			struct zpci_identity *identity, void **device)
{
	int rc = bench_model.open(adapter, vf, services, identity, device);

	if (!rc)
		((struct bench_device *)*device)->busy = opens_busy;
	opened = rc ? NULL : *device;
	pass(&open_park);
	return rc;
}

static void parking_close(void *device)
{
	pass(&close_park);
	bench_model.close(device);
}

static void parking_reset(void *device)
{
	pass(&reset_park);
	bench_model.reset(device);
}

static void parking_quiesce(void *device)
{
	pass(&quiesce_park);
	bench_model.quiesce(device);
}

static int parking_bar_write(void *device, unsigned bar, uint64_t offset, const void *data,
			     size_t length)
{
	pass(&bar_park);
	return bench_model.bar_write(device, bar, offset, data, length);
}

/* --- setting up ---------------------------------------------------------------------------- */

static struct zpci_model parking_model;

static void open_all(void)
{
	struct park *const parks[] = { &dma_park,  &measure_park, &indicator_park, &report_park,
				       &post_park, &open_park,	  &close_park,	   &reset_park,
				       &bar_park,  &quiesce_park, &cancel_park };

	for (size_t i = 0; i < sizeof(parks) / sizeof(parks[0]); i++)
		parks[i]->closed = false;
	writing = NULL;
	opens_busy = false;
	measure_fails = false;
}

static int set_up(void **state)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	struct zpci_machine_ops ops = *zpci_ram_ops();
	struct fixture *fixture;

	fixture_setup(state);
	fixture = *state;
	zpci_firmware_destroy(fixture->firmware);
	zpci_adapter_unref(fixture->adapter);
	ops.write_absolute = parking_write;
	ops.or_absolute = parking_or;
	ops.channel_report = parking_report;
	ops.timer_set = parking_timer_set;
	ops.timer_cancel = parking_timer_cancel;
	assert_int_equal(zpci_firmware_create(&ops, fixture->ram, NULL, &fixture->firmware), 0);
	parking_model = bench_model;
	parking_model.open = parking_open;
	parking_model.close = parking_close;
	parking_model.reset = parking_reset;
	parking_model.quiesce = parking_quiesce;
	parking_model.bar_write = parking_bar_write;
	assert_int_equal(zpci_adapter_create(&parking_model, PCHID, &options, &fixture->adapter),
			 0);
	fixture->bench = bench_last;
	open_all();
	return 0;
}

static int tear_down(void **state)
{
	open_all();
	return fixture_teardown(state);
}

#define ORDER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* --- a thread that does one thing ----------------------------------------------------------- */

/* What a thread does, on a CPU of its own, and its answer. */
struct errand {
	struct fixture fixture;
	uint32_t handle;
	const struct zpci_services *services;
	uint64_t dma; /* first DMA address; means PAGES */
	int (*run)(struct errand *errand);
	int rc;
	_Atomic unsigned done;
	pthread_t thread;
};

static void *run(void *opaque)
{
	struct errand *errand = opaque;

	errand->rc = errand->run(errand);
	errand->done = 1;
	return NULL;
}

static void start(struct errand *errand, const struct errand *like,
		  int (*function)(struct errand *))
{
	*errand = *like;
	errand->run = function;
	errand->done = 0;
	zpci_ram_cpu_init(errand->fixture.ram, &errand->fixture.cpu);
	assert_int_equal(pthread_create(&errand->thread, NULL, run, errand), 0);
}

static int finish(struct errand *errand)
{
	pthread_join(errand->thread, NULL);
	return errand->rc;
}

/* --- work under way -------------------------------------------------------------------------- */

static int transfer(struct errand *errand)
{
	uint64_t value = UINT64_MAX, failed;

	return errand->services->dma_write(errand->services->function, errand->dma, &value,
					   sizeof(value), &failed);
}

static int raise_vector(struct errand *errand)
{
	errand->services->raise_vector(errand->services->function, 1);
	return 0;
}

/* Longer than an interval of measurement. */
static int let_time_pass(struct errand *errand)
{
	zpci_ram_advance(errand->fixture.ram, 5000000000ull);
	return 0;
}

/* Its measurement block cannot be stored. */
static int fail_to_measure(struct errand *errand)
{
	measure_fails = true;
	return let_time_pass(errand);
}

static int report_error(struct errand *errand)
{
	errand->services->error(errand->services->function, ZPCI_PEC_SERVICE_ACTION);
	return 0;
}

/* Outside of the aperture. */
static int fail_to_transfer(struct errand *errand)
{
	uint64_t value;

	return errand->services->dma_read(errand->services->function, 0, &value, sizeof(value),
					  NULL) +
	       EFAULT;
}

static int inject_error(struct errand *errand)
{
	return zpci_firmware_inject_error(errand->fixture.firmware, FID + 1,
					  ZPCI_PEC_SERVICE_ACTION);
}

static int announce(struct errand *errand)
{
	zpci_firmware_announce(errand->fixture.firmware, FID + 1);
	return let_time_pass(errand);
}

/* --- calls that end it
 * ------------------------------------------------------------------------- */

static int control(struct errand *errand, unsigned control)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.pba, errand->dma);
	zpci_be64_put(&fib.pal, errand->dma + 0xffffff);
	zpci_be64_put(&fib.iota, errand->fixture.iota | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	return guest_modify(&errand->fixture, errand->handle, 0, control, &fib);
}

static int refresh_page(struct errand *errand)
{
	return guest_refresh(&errand->fixture, errand->handle, errand->dma, PAGE);
}

static int deregister_ioat(struct errand *errand)
{
	return control(errand, ZPCI_MPCIFC_DEREG_IOAT);
}

static int reregister_ioat(struct errand *errand)
{
	return control(errand, ZPCI_MPCIFC_REREG_IOAT);
}

static int deregister_int(struct errand *errand)
{
	return control(errand, ZPCI_MPCIFC_DEREG_INT);
}

static int stop_measurement(struct errand *errand)
{
	return control(errand, ZPCI_MPCIFC_SET_MEASURE);
}

/* The guest may use the old block for something else afterwards. */
static int move_block(struct errand *errand)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.fmb, FMB + 0x100);
	return guest_modify(&errand->fixture, errand->handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib);
}

/* PCI promises that no access follows. */
static int clear_bus_master(struct errand *errand)
{
	return guest_store(&errand->fixture, errand->handle, ZPCI_SPACE_CONFIG, 4, 2, 0);
}

static int disable_msix(struct errand *errand)
{
	return guest_store(&errand->fixture, errand->handle, ZPCI_SPACE_CONFIG,
			   BENCH_MSIX_CAPABILITY + 2, 2, 0);
}

static int mask_vector(struct errand *errand)
{
	return guest_store(&errand->fixture, errand->handle, BENCH_MSIX_BAR,
			   BENCH_MSIX_TABLE + 16 + 12, 4, 0x01000000);
}

/* A bit that is not pending any more was sent. */
static int load_pending_bits(struct errand *errand)
{
	return guest_load(&errand->fixture, errand->handle, BENCH_MSIX_BAR, BENCH_MSIX_PBA, 8,
			  NULL);
}

static int disable(struct errand *errand)
{
	uint32_t result;

	return (int)guest_set_function(&errand->fixture, errand->handle, ZPCI_CLP_SET_DISABLE, 0,
				       &result) -
	       ZPCI_CLP_OK;
}

static int deconfigure(struct errand *errand)
{
	uint16_t response;

	guest_servc(&errand->fixture, ZPCI_SCLP_DECONFIGURE, FID + 1, &response);
	return response - ZPCI_SCLP_OK;
}

static int reset(struct errand *errand)
{
	zpci_firmware_reset(errand->fixture.firmware, ZPCI_RESET_SYSTEM);
	return 0;
}

static int take_away(struct errand *errand)
{
	return zpci_firmware_remove(errand->fixture.firmware, FID + 1);
}

static int quiesce(struct errand *errand)
{
	zpci_firmware_quiesce(errand->fixture.firmware);
	return 0;
}

static int resume(struct errand *errand)
{
	zpci_firmware_resume(errand->fixture.firmware);
	return 0;
}

/* --- the table ------------------------------------------------------------------------------- */

static const struct wait {
	const char *name;
	int (*under_way)(struct errand *errand);
	struct park *park; /* where the work stops */
	int (*ends)(struct errand *errand);
} waits[] = {
	{ "RPCIT waits for DMA", transfer, &dma_park, refresh_page },
	{ "DEREG_IOAT waits for DMA", transfer, &dma_park, deregister_ioat },
	{ "REREG_IOAT waits for DMA", transfer, &dma_park, reregister_ioat },
	{ "Bus Master off waits for DMA", transfer, &dma_park, clear_bus_master },
	{ "disable waits for DMA", transfer, &dma_park, disable },
	{ "deconfigure waits for DMA", transfer, &dma_park, deconfigure },
	{ "a reset waits for DMA", transfer, &dma_park, reset },
	{ "removal waits for DMA", transfer, &dma_park, take_away },
	{ "DEREG_INT waits for an indicator", raise_vector, &indicator_park, deregister_int },
	{ "Bus Master off waits for an indicator", raise_vector, &indicator_park,
	  clear_bus_master },
	{ "MSI-X off waits for an indicator", raise_vector, &indicator_park, disable_msix },
	{ "a mask waits for an indicator", raise_vector, &indicator_park, mask_vector },
	{ "a load of pending bits waits for an indicator", raise_vector, &indicator_park,
	  load_pending_bits },
	{ "disable waits for an indicator", raise_vector, &indicator_park, disable },
	{ "deconfigure waits for an indicator", raise_vector, &indicator_park, deconfigure },
	{ "a reset waits for an indicator", raise_vector, &indicator_park, reset },
	{ "removal waits for an indicator", raise_vector, &indicator_park, take_away },
	{ "SET_MEASURE waits for measurement", let_time_pass, &measure_park, stop_measurement },
	{ "moving the block waits for measurement", let_time_pass, &measure_park, move_block },
	{ "disable waits for measurement", let_time_pass, &measure_park, disable },
	{ "deconfigure waits for measurement", let_time_pass, &measure_park, deconfigure },
	{ "a reset waits for measurement", let_time_pass, &measure_park, reset },
	{ "removal waits for measurement", let_time_pass, &measure_park, take_away },
	{ "SET_MEASURE waits for an error of measurement", fail_to_measure, &post_park,
	  stop_measurement },
	{ "disable waits for an error of measurement", fail_to_measure, &post_park, disable },
	{ "disable waits for an error of the device", report_error, &post_park, disable },
	{ "disable waits for an error of DMA", fail_to_transfer, &post_park, disable },
	{ "disable waits for an injected error", inject_error, &post_park, disable },
	{ "disable waits for an announcement", announce, &post_park, disable },
	{ "quiesce waits for measurement", let_time_pass, &measure_park, quiesce },
	{ "quiesce waits for a channel report", announce, &report_park, quiesce },
};
#define WAITS (sizeof(waits) / sizeof(waits[0]))

/* VF 1 with everything registered: DMA of 1 MiB means PAGES and what follows. */
static void use(struct fixture *fixture, struct errand *errand)
{
	struct bench_device *device;
	struct zpci_fib fib;

	memset(errand, 0, sizeof(*errand));
	errand->handle = fixture_interrupting(fixture, &device);
	errand->services = device->services;
	errand->dma = guest_dma_start(fixture, errand->handle);
	for (unsigned i = 0; i < 256; i++)
		guest_map(fixture, errand->dma + i * PAGE, PAGES + i * PAGE, 0);
	assert_int_equal(
		guest_register_ioat(fixture, errand->handle, errand->dma, errand->dma + 0xffffff),
		CC(0));
	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.fmb, FMB);
	assert_int_equal(guest_modify(fixture, errand->handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib),
			 CC(0));
	errand->fixture = *fixture;
}

static void test_wait(void **state)
{
	const struct wait *wait = *state;
	struct errand like, first, second;
	void *fixture;
	bool early;

	set_up(&fixture);
	use(fixture, &like);
	wait->park->closed = true;
	start(&first, &like, wait->under_way);
	wait_for(&wait->park->here);
	start(&second, &like, wait->ends);
	give_chances();
	early = second.done;
	wait->park->closed = false;
	assert_int_equal(finish(&first), 0);
	assert_int_equal(finish(&second), 0);
	assert_false(early);
	tear_down(&fixture);
}

/* Before disable waits it closes the gate. Else what begins meanwhile would not be waited for. */
static void test_gate_is_closed_before_the_wait(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, first, second;
	struct zpci_function *function;
	bool closed;

	use(fixture, &like);
	function = zpci_list_find_fid(fixture->firmware, FID + 1);
	dma_park.closed = true;
	start(&first, &like, transfer);
	wait_for(&dma_park.here);
	start(&second, &like, disable);
	/* While a writer waits, no reader gets in. */
	while (!pthread_rwlock_tryrdlock(&function->dma.lock)) {
		pthread_rwlock_unlock(&function->dma.lock);
		sched_yield();
	}
	closed = zpci_function_is_closed(function);
	dma_park.closed = false;
	assert_int_equal(finish(&first), 0);
	assert_int_equal(finish(&second), 0);
	assert_true(closed);
}

/* --- a writer gets in
 * -------------------------------------------------------------------------- */

static int transfer_much(struct errand *errand)
{
	static const uint8_t much[16 * PIECE];
	uint64_t failed;

	return errand->services->dma_write(errand->services->function, errand->dma, much,
					   sizeof(much), &failed);
}

static struct errand *refreshing;
static bool got_in; /* before the last piece */

/* Gives a waiting CPU many chances before each piece but the first. Before the last piece it must
 * have been served. */
static void give_chances_in_pieces(uint64_t address)
{
	if (address == PAGES || address % PIECE)
		return;
	for (unsigned i = 0; i < PARK_CHANCES && !refreshing->done; i++)
		sched_yield();
	if (address == PAGES + 15 * PIECE)
		got_in = refreshing->done;
}

/* A long transfer does not make a CPU wait until its end. */
static void test_rpcit_gets_in_between_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, device, cpu = { .done = 0 };

	use(fixture, &like);
	refreshing = &cpu;
	got_in = false;
	dma_park.closed = true;
	writing = give_chances_in_pieces;
	start(&device, &like, transfer_much);
	wait_for(&dma_park.here);
	start(&cpu, &like, refresh_page);
	give_chances();
	assert_false(cpu.done);
	dma_park.closed = false;
	assert_int_equal(finish(&device), 0);
	assert_int_equal(finish(&cpu), CC(0));
	assert_true(got_in);
}

/* A device that always has one more transfer does not either: the CPU that waits is next. */
static void test_rpcit_gets_in_before_the_next_transfer(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, first, second, cpu;
	unsigned inside;

	use(fixture, &like);
	dma_park.closed = true;
	start(&first, &like, transfer);
	wait_for(&dma_park.here);
	start(&cpu, &like, refresh_page);
	give_chances();
	start(&second, &like, transfer);
	give_chances();
	inside = dma_park.here;
	dma_park.closed = false;
	assert_int_equal(finish(&first), 0);
	assert_int_equal(finish(&second), 0);
	assert_int_equal(finish(&cpu), CC(0));
	assert_int_equal(inside, 1);
}

/* --- adapters
 * ---------------------------------------------------------------------------------- */

static void *device_to_give_back;

static int give_back(struct errand *errand)
{
	zpci_adapter_give_back(errand->fixture.adapter, 1, device_to_give_back);
	return 0;
}

/* While a device closes it is not opened again: it may use a host device that exists once. */
static void test_closing_device_cannot_be_opened(void **state)
{
	struct zpci_services services = { .dma_read = NULL };
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, errand;
	struct zpci_identity identity;
	void *device;

	assert_int_equal(zpci_adapter_borrow(fixture->adapter, 1, &services, &identity,
					     &device_to_give_back),
			 0);
	close_park.closed = true;
	start(&errand, &like, give_back);
	wait_for(&close_park.here);
	assert_int_equal(zpci_adapter_borrow(fixture->adapter, 1, &services, &identity, &device),
			 -EBUSY);
	close_park.closed = false;
	finish(&errand);
	assert_int_equal(zpci_adapter_borrow(fixture->adapter, 1, &services, &identity, &device),
			 0);
	zpci_adapter_give_back(fixture->adapter, 1, device);
}

/* --- the list
 * ---------------------------------------------------------------------------------- */

static int store_bar(struct errand *errand)
{
	return guest_store(&errand->fixture, errand->handle, 0, 0, 8, 0);
}

static int add_with_fid(struct errand *errand, unsigned vf, uint32_t fid)
{
	struct zpci_function_options options;

	fixture_options(&errand->fixture, vf, "lpar", &options);
	options.fid = fid;
	return zpci_firmware_add(errand->fixture.firmware, &options);
}

static int add_first(struct errand *errand)
{
	return add_with_fid(errand, 1, FID + 1);
}

static int add_second(struct errand *errand)
{
	return add_with_fid(errand, 2, FID + 1);
}

/* From the checks until the function is there no other add runs. */
static void test_only_one_of_two_threads_adds_a_fid(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, first, second;
	int one, other;

	open_park.closed = true;
	start(&first, &like, add_first);
	wait_for(&open_park.here);
	start(&second, &like, add_second);
	give_chances();
	assert_false(second.done);
	open_park.closed = false;
	one = finish(&first);
	other = finish(&second);
	assert_int_equal(one, 0);
	assert_int_equal(other, -EEXIST);
}

/* Both calls found the function before it was removed. */
static void test_only_one_of_two_threads_removes(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, cpu, first, second;

	use(fixture, &like);
	bar_park.closed = true;
	start(&cpu, &like, store_bar);
	wait_for(&bar_park.here);
	start(&first, &like, take_away);
	start(&second, &like, take_away);
	give_chances();
	bar_park.closed = false;
	assert_int_equal(finish(&cpu), CC(0));
	assert_int_equal(finish(&first) + finish(&second), -ENOENT);
}

/* This does not depend on how long its device takes to close. */
static void test_removed_function_is_gone_at_once(void **state)
{
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_clp_query_function_response function;
	struct zpci_clp_list_entry list[2];
	struct fixture *fixture = *state;
	struct errand like, errand;
	uint64_t token = 0;
	unsigned entries;
	uint16_t response;
	uint32_t fid;

	use(fixture, &like);
	close_park.closed = true;
	start(&errand, &like, take_away);
	wait_for(&close_park.here);
	assert_int_equal(guest_list(fixture, &token, 2, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 0);
	assert_int_equal(guest_query_function(fixture, like.handle & 0x7fffffff, &function),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(zpci_firmware_info(fixture->firmware, FID + 1, &info), -ENOENT);
	assert_int_equal(zpci_firmware_fid(fixture->firmware, 0, &fid), -ENOENT);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, &response), CC(0));
	assert_int_equal(response, ZPCI_SCLP_RESERVED_STATE);
	close_park.closed = false;
	assert_int_equal(finish(&errand), 0);
}

/* What a guest asks with a handle of the function that had the slot before. */
static int use_former_handles(struct errand *errand)
{
	struct zpci_fib fib;
	uint32_t result, disabled = errand->handle & 0x7fffffff;

	return guest_store_controls(&errand->fixture, errand->handle, &fib) == CC(3) &&
	       guest_store_controls(&errand->fixture, disabled, &fib) == CC(3) &&
	       guest_refresh(&errand->fixture, disabled, 0, PAGE) == CC(3) &&
	       guest_set_function(&errand->fixture, errand->handle, ZPCI_CLP_SET_DISABLE, 0,
				  &result) == ZPCI_CLP_INVALID_HANDLE;
}

/* A CPU and a reset do not wait for a device that takes long to open. */
static void test_nothing_waits_for_a_function_that_is_being_added(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, adder, cpu, resetter;

	use(fixture, &like);
	assert_int_equal(take_away(&like), 0);
	open_park.closed = true;
	start(&adder, &like, add_second);
	wait_for(&open_park.here);
	/* They return while the park is there; otherwise they would wait for ever. */
	start(&cpu, &like, use_former_handles);
	assert_true(finish(&cpu));
	start(&resetter, &like, reset);
	finish(&resetter);
	open_park.closed = false;
	assert_int_equal(finish(&adder), 0);
}

/* A reset does wait for a function that is being removed, while its device can reach the guest. */
static void test_reset_waits_for_a_function_that_is_being_removed(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, timer, remover, resetter;

	use(fixture, &like);
	measure_park.closed = true;
	start(&timer, &like, let_time_pass);
	wait_for(&measure_park.here);
	start(&remover, &like, take_away);
	give_chances();
	start(&resetter, &like, reset);
	give_chances();
	assert_false(resetter.done);
	measure_park.closed = false;
	finish(&timer);
	assert_int_equal(finish(&remover), 0);
	finish(&resetter);
}

/* A device that is being opened is stopped together with all others. */
static void test_quiesce_stops_a_function_that_is_being_added(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, first, second;

	open_park.closed = true;
	start(&first, &like, add_first);
	wait_for(&open_park.here);
	start(&second, &like, quiesce);
	give_chances();
	open_park.closed = false;
	assert_int_equal(finish(&first), 0);
	finish(&second);
	assert_true(fixture->bench->devices[1]->quiet);
	assert_int_equal(fixture->bench->devices[1]->quiesces, 1);
}

/* A function is added during quiesce, in a slot that quiesce has passed: it is stopped too. */
static void test_function_added_during_quiesce_is_stopped(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, first, second;

	fixture_add(fixture, 3, "lpar");
	fixture_add(fixture, 2, "lpar");
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 3), 0);
	quiesce_park.closed = true;
	start(&first, &like, quiesce);
	wait_for(&quiesce_park.here);
	start(&second, &like, add_first);
	give_chances();
	quiesce_park.closed = false;
	finish(&first);
	assert_int_equal(finish(&second), 0);
	assert_true(fixture->bench->devices[1]->quiet);
}

/* A resume during a stop wins: all devices go on. */
static void test_resume_during_quiesce_wins(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, first, second;

	fixture_add(fixture, 1, "lpar");
	cancel_park.closed = true;
	start(&first, &like, quiesce);
	wait_for(&cancel_park.here);
	start(&second, &like, resume);
	give_chances();
	cancel_park.closed = false;
	finish(&first);
	finish(&second);
	assert_false(fixture->bench->devices[1]->quiet);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	zpci_ram_advance(fixture->ram, 0);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 1);
}

/* Added while the machine stands still: add waits until the work that open() began has ended. */
static void test_adding_to_a_stopped_machine_waits_for_drain(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, errand;
	bool early;

	zpci_firmware_quiesce(fixture->firmware);
	opens_busy = true;
	opened = NULL;
	start(&errand, &like, add_first);
	while (!errand.done && !(opened && opened->waiting))
		sched_yield();
	early = errand.done;
	opened->busy = false;
	assert_int_equal(finish(&errand), 0);
	assert_false(early);
}

/* --- searches for a FID ---------------------------------------------------------------------- */

/* FIDs with this distance are mostly in the same chain: zpci/firmware/list.c multiplies them by the
 * golden ratio. */
#define SAME_CHAIN 0x1b5acu

static int look_for_fid(struct errand *errand)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	return zpci_firmware_info(errand->fixture.firmware, FID + 1, &info);
}

/* While a search is on its way through a chain, a slot of that chain can get another function. The
 * search then ends in another chain. The function that it has missed is found with the lock. */
static void test_missed_fid_is_searched_again_with_the_lock(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_firmware *firmware = fixture->firmware;
	struct errand like = { .fixture = *fixture }, errand;
	struct zpci_function *first;
	bool early;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(add_with_fid(&like, 2, FID + 1 + SAME_CHAIN), 0);
	first = zpci_list_find_fid(firmware, FID + 1 + SAME_CHAIN);
	assert_ptr_equal(first->next_of_fid, zpci_list_find_fid(firmware, FID + 1));
	pthread_mutex_lock(&firmware->fids_lock);
	first->next_of_fid = NULL;
	start(&errand, &like, look_for_fid);
	give_chances();
	early = errand.done;
	first->next_of_fid = zpci_list_slot(firmware, 0);
	pthread_mutex_unlock(&firmware->fids_lock);
	assert_int_equal(finish(&errand), 0);
	assert_false(early);
}

/* No function leaves its chain while a search has the lock. */
static void test_removal_waits_for_a_search_with_the_lock(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, errand;
	bool early;

	fixture_add(fixture, 1, "lpar");
	pthread_mutex_lock(&fixture->firmware->fids_lock);
	start(&errand, &like, take_away);
	give_chances();
	early = errand.done;
	pthread_mutex_unlock(&fixture->firmware->fids_lock);
	assert_int_equal(finish(&errand), 0);
	assert_false(early);
}

/* The removal has begun, and its event is not there yet. */
static void test_removed_fid_is_in_reserved_state_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, errand;
	uint16_t response;

	fixture_add(fixture, 1, "lpar");
	post_park.closed = true;
	start(&errand, &like, take_away);
	wait_for(&post_park.here);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, &response), CC(0));
	assert_int_equal(response, ZPCI_SCLP_RESERVED_STATE);
	post_park.closed = false;
	assert_int_equal(finish(&errand), 0);
}

/* --- after the wait for a lock the function is checked again
 * --------------------------------------- */

static int load_bar(struct errand *errand)
{
	return guest_load(&errand->fixture, errand->handle, 0, 0, 8, NULL);
}

/* The handle is valid when the call begins to wait, and void when it goes on. */
static void test_handle_that_ends_during_the_wait_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct errand like, first, second;

	use(fixture, &like);
	reset_park.closed = true;
	start(&first, &like, disable);
	wait_for(&reset_park.here);
	start(&second, &like, load_bar);
	give_chances();
	assert_false(second.done);
	reset_park.closed = false;
	assert_int_equal(finish(&first), 0);
	assert_int_equal(finish(&second), CC(3));
}

static int look_at_config(struct errand *errand)
{
	uint8_t byte;

	return zpci_firmware_device_config(errand->fixture.firmware, FID + 1, 0, &byte, 1);
}

/* The same by FID: the slot may have another function. The call waits for a lock that the test has,
 * and the function's life ends meanwhile. */
static void test_fid_that_ends_during_the_wait_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct errand like = { .fixture = *fixture }, errand;
	struct zpci_function *function;

	fixture_add(fixture, 1, "lpar");
	function = zpci_list_find_fid(fixture->firmware, FID + 1);
	zpci_function_lock(function);
	start(&errand, &like, look_at_config);
	give_chances();
	zpci_facts_withdraw(function);
	zpci_function_unlock(function);
	assert_int_equal(finish(&errand), -ENOENT);
	zpci_function_lock(function);
	zpci_facts_publish(function);
	zpci_function_unlock(function);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ORDER_TEST(test_gate_is_closed_before_the_wait),
		ORDER_TEST(test_rpcit_gets_in_between_pieces),
		ORDER_TEST(test_rpcit_gets_in_before_the_next_transfer),
		ORDER_TEST(test_closing_device_cannot_be_opened),
		ORDER_TEST(test_only_one_of_two_threads_adds_a_fid),
		ORDER_TEST(test_only_one_of_two_threads_removes),
		ORDER_TEST(test_removed_function_is_gone_at_once),
		ORDER_TEST(test_nothing_waits_for_a_function_that_is_being_added),
		ORDER_TEST(test_reset_waits_for_a_function_that_is_being_removed),
		ORDER_TEST(test_quiesce_stops_a_function_that_is_being_added),
		ORDER_TEST(test_function_added_during_quiesce_is_stopped),
		ORDER_TEST(test_resume_during_quiesce_wins),
		ORDER_TEST(test_adding_to_a_stopped_machine_waits_for_drain),
		ORDER_TEST(test_missed_fid_is_searched_again_with_the_lock),
		ORDER_TEST(test_removal_waits_for_a_search_with_the_lock),
		ORDER_TEST(test_removed_fid_is_in_reserved_state_at_once),
		ORDER_TEST(test_handle_that_ends_during_the_wait_is_refused),
		ORDER_TEST(test_fid_that_ends_during_the_wait_is_refused),
	};
	struct CMUnitTest rows[WAITS];

	for (size_t i = 0; i < WAITS; i++)
		rows[i] = (struct CMUnitTest){ .name = waits[i].name,
					       .test_func = test_wait,
					       .initial_state = (void *)&waits[i] };
	return _cmocka_run_group_tests("a call that ends something waits for it", rows, WAITS, NULL,
				       NULL) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
