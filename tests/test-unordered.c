// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each call after each other call, on two threads, for the thread sanitizer. It reports what two
 * threads access without an order. The test gives them none: the second thread learns by a relaxed
 * access that the first call has returned. A machine could order them by its own locks, so this
 * machine has none. What remains are the locks and atomics of the library. Without the sanitizer
 * the test only shows that all these calls return.
 */
#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "zpci/firmware/internal.h"

#define PAGE 4096u
#define RELAXED_GROUP 2u
#define PENDING 2u /* a vector that is masked */

/* --- a machine without locks ----------------------------------------------------------------- */

#define TIMERS 32

struct zpci_timer {
	_Atomic bool there;
	void (*expired)(void *opaque);
	void *opaque;
};

static struct zpci_timer timers[TIMERS];
static _Atomic unsigned created;
static unsigned before; /* timers that were made before the two calls: these run out */

static struct zpci_timer *create_timer(void *machine, void (*expired)(void *opaque), void *opaque)
{
	struct zpci_timer *timer =
		&timers[atomic_fetch_add_explicit(&created, 1, memory_order_relaxed)];

	(void)machine;
	assert_true(timer < timers + TIMERS);
	timer->expired = expired;
	timer->opaque = opaque;
	atomic_store_explicit(&timer->there, true, memory_order_relaxed);
	return timer;
}

static void set_timer(struct zpci_timer *timer, uint64_t nanoseconds)
{
	(void)timer;
	(void)nanoseconds;
}

static void cancel_timer(struct zpci_timer *timer)
{
	(void)timer;
}

static void destroy_timer(struct zpci_timer *timer)
{
	atomic_store_explicit(&timer->there, false, memory_order_relaxed);
}

static uint64_t stand_still(void *machine)
{
	(void)machine;
	return 1;
}

static void present(void *machine, unsigned isc)
{
	(void)machine;
	(void)isc;
}

static void report(void *machine)
{
	(void)machine;
}

static int or_relaxed(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	*old = __atomic_fetch_or(zpci_ram_storage(machine) + address, bits, __ATOMIC_RELAXED);
	return 0;
}

static int set_up(void **state)
{
	struct zpci_machine_ops ops = *zpci_ram_ops();

	ops.timer_create = create_timer;
	ops.timer_set = set_timer;
	ops.timer_cancel = cancel_timer;
	ops.timer_destroy = destroy_timer;
	ops.clock = stand_still;
	ops.adapter_interruption = present;
	ops.channel_report = report;
	ops.or_absolute = or_relaxed;
	return fixture_setup_on(state, &ops);
}

/* --- calls ----------------------------------------------------------------------------------- */

/* VF 1 is in use, VF 2 is disabled, VF 3 can be added. */
static struct fixture *fixture;
static const struct zpci_services *services;
static uint32_t handle, disabled;
static uint64_t dma;

static void write_dma(void)
{
	uint64_t value = 1;

	services->dma_write(services->function, dma, &value, sizeof(value), NULL);
}

static void refused_dma(void)
{
	uint8_t byte;

	services->dma_read(services->function, 0, &byte, 1, NULL);
}

static void raise_vector(void)
{
	services->raise_vector(services->function, 1);
}

static void raise_masked_vector(void)
{
	services->raise_vector(services->function, PENDING);
}

static void report_error(void)
{
	services->error(services->function, ZPCI_PEC_SERVICE_ACTION);
}

static void timers_run_out(void)
{
	for (unsigned i = 0; i < before; i++)
		if (atomic_load_explicit(&timers[i].there, memory_order_relaxed))
			timers[i].expired(timers[i].opaque);
}

static void load(unsigned space, uint64_t offset)
{
	uint64_t value;

	zpci_load(fixture->firmware, handle, space, offset, 4, &value);
}

static void load_bar(void)
{
	load(0, 0x40);
}

static void load_config(void)
{
	load(ZPCI_SPACE_CONFIG, BENCH_MSIX_CAPABILITY);
}

static void load_msix_entry(void)
{
	load(BENCH_MSIX_BAR, BENCH_MSIX_TABLE + 16);
}

static void load_pending_bits(void)
{
	load(BENCH_MSIX_BAR, BENCH_MSIX_PBA);
}

/* On a CPU of its own. The firmware says why. */
static void refused_load(void)
{
	struct fixture other = { .ram = fixture->ram, .firmware = fixture->firmware };

	zpci_ram_cpu_init(other.ram, &other.cpu);
	guest_load(&other, handle, ZPCI_SPACE_CONFIG, 3, 2, NULL);
}

/* @value is the register image, so a little-endian field is swapped. */
static void store(unsigned space, uint64_t offset, unsigned length, uint64_t value)
{
	zpci_store(fixture->firmware, handle, space, offset, length, value);
}

static void mask_vector(void)
{
	store(BENCH_MSIX_BAR, BENCH_MSIX_TABLE + 16 + 12, 4, 0x01000000);
}

static void unmask_vector(void)
{
	store(BENCH_MSIX_BAR, BENCH_MSIX_TABLE + 16 * PENDING + 12, 4, 0);
}

static void disable_msix(void)
{
	store(ZPCI_SPACE_CONFIG, BENCH_MSIX_CAPABILITY + 2, 2, 0);
}

static void clear_bus_master(void)
{
	store(ZPCI_SPACE_CONFIG, 4, 2, 0);
}

static void level_reset(void)
{
	store(ZPCI_SPACE_CONFIG, BENCH_EXPRESS_CAPABILITY + 8, 2, 0x0080);
}

static void refresh(void)
{
	zpci_refresh(fixture->firmware, handle, dma, PAGE);
}

static void control(unsigned control)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.pba, dma);
	zpci_be64_put(&fib.pal, dma + 0xffff);
	zpci_be64_put(&fib.iota, fixture->iota);
	zpci_be32_put(&fib.interruption,
		      2u << ZPCI_FIB_INT_ISC_SHIFT | BENCH_VECTORS << ZPCI_FIB_INT_NOI_SHIFT);
	zpci_be64_put(&fib.aibv, AIBV);
	zpci_modify_controls(fixture->firmware, handle, 0, control, &fib);
}

static void reregister_ioat(void)
{
	control(ZPCI_MPCIFC_REREG_IOAT);
}

static void deregister_ioat(void)
{
	control(ZPCI_MPCIFC_DEREG_IOAT);
}

static void deregister_int(void)
{
	control(ZPCI_MPCIFC_DEREG_INT);
}

static void register_int_again(void)
{
	control(ZPCI_MPCIFC_DEREG_INT);
	control(ZPCI_MPCIFC_REG_INT);
}

static void stop_measurement(void)
{
	control(ZPCI_MPCIFC_SET_MEASURE);
}

static void store_controls(void)
{
	struct zpci_fib fib;
	bool bit;

	zpci_store_controls(fixture->firmware, handle, 0, &fib, &bit);
}

/* CLP with a block that is not in storage. */
static void clp(unsigned command, uint32_t of, unsigned operation, unsigned length)
{
	uint8_t block[32 + 384] = { 0 };

	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, command);
	zpci_put_be(block + 16, 4, of);
	zpci_put_be(block + 20, 4, operation << 8 | 1);
	zpci_put_be(block + 32, 2, length);
	zpci_clp(fixture->firmware, ZPCI_CLP_LPS_PCI, block, 32, length);
}

static void list(void)
{
	clp(ZPCI_CLP_LIST, 0, 0, 32 + 4 * sizeof(struct zpci_clp_list_entry));
}

static void query(void)
{
	clp(ZPCI_CLP_QUERY_FUNCTION, handle, 0, 384);
}

/* The group of the function that add() adds. */
static void query_group(void)
{
	clp(ZPCI_CLP_QUERY_GROUP, RELAXED_GROUP, 0, 32);
}

static void disable(void)
{
	clp(ZPCI_CLP_SET_FUNCTION, handle, ZPCI_CLP_SET_DISABLE, 160);
}

static void enable(void)
{
	clp(ZPCI_CLP_SET_FUNCTION, disabled, ZPCI_CLP_SET_ENABLE, 160);
}

static void deconfigure(void)
{
	zpci_sclp_configure(fixture->firmware, FID + 1, false);
}

/* Looks among the removed ones. */
static void configure_unknown(void)
{
	zpci_sclp_configure(fixture->firmware, FID + 9, true);
}

static void fetch_event(void)
{
	uint8_t response[4080];

	zpci_events_fetch(fixture->firmware, response, sizeof(response));
}

static void look_for_events(void)
{
	zpci_events_pending(fixture->firmware);
}

static void first_clp_after_a_reset(void)
{
	zpci_events_reset_is_over(fixture->firmware);
}

static void announce(void)
{
	zpci_firmware_announce(fixture->firmware, FID + 2);
}

static void inject_error(void)
{
	zpci_firmware_inject_error(fixture->firmware, FID + 1, ZPCI_PEC_SERVICE_ACTION);
}

static void read_info(void)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	zpci_firmware_info(fixture->firmware, FID + 1, &info);
}

static void read_new_info(void)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	zpci_firmware_info(fixture->firmware, FID + 3, &info);
}

static void read_device_config(void)
{
	uint8_t byte;

	zpci_firmware_device_config(fixture->firmware, FID + 1, 0, &byte, 1);
}

static void add(void)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;

	fixture_options(fixture, 3, "lpar", &options);
	zpci_platform_relaxed(&platform);
	options.platform = &platform;
	zpci_firmware_add(fixture->firmware, &options);
}

static void remove_used(void)
{
	zpci_firmware_remove(fixture->firmware, FID + 1);
}

static void remove_disabled(void)
{
	zpci_firmware_remove(fixture->firmware, FID + 2);
}

static void quiesce(void)
{
	zpci_firmware_quiesce(fixture->firmware);
}

static void resume(void)
{
	zpci_firmware_resume(fixture->firmware);
}

static void reset(void)
{
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
}

static const struct call {
	const char *name;
	void (*run)(void);
	enum {
		ANY,
		SERVICE, /* the device makes it, so not after its removal */
		STOPPED	 /* the machine stands still before */
	} kind;
} calls[] = {
	{ "DMA", write_dma, SERVICE },
	{ "refused DMA", refused_dma, SERVICE },
	{ "vector", raise_vector, SERVICE },
	{ "masked vector", raise_masked_vector, SERVICE },
	{ "error", report_error, SERVICE },
	{ "timers run out", timers_run_out, ANY },
	{ "load of a BAR", load_bar, ANY },
	{ "load of config space", load_config, ANY },
	{ "load of an MSI-X entry", load_msix_entry, ANY },
	{ "load of pending bits", load_pending_bits, ANY },
	{ "load that is refused", refused_load, ANY },
	{ "vector is masked", mask_vector, ANY },
	{ "vector is unmasked", unmask_vector, ANY },
	{ "MSI-X off", disable_msix, ANY },
	{ "Bus Master off", clear_bus_master, ANY },
	{ "function-level reset", level_reset, ANY },
	{ "RPCIT", refresh, ANY },
	{ "REREG_IOAT", reregister_ioat, ANY },
	{ "DEREG_IOAT", deregister_ioat, ANY },
	{ "DEREG_INT", deregister_int, ANY },
	{ "DEREG_INT, REG_INT", register_int_again, ANY },
	{ "SET_MEASURE", stop_measurement, ANY },
	{ "STPCIFC", store_controls, ANY },
	{ "List", list, ANY },
	{ "Query", query, ANY },
	{ "Query of a new group", query_group, ANY },
	{ "disable", disable, ANY },
	{ "enable", enable, ANY },
	{ "deconfigure", deconfigure, ANY },
	{ "configure of an unknown FID", configure_unknown, ANY },
	{ "event is fetched", fetch_event, ANY },
	{ "is there an event", look_for_events, ANY },
	{ "first CLP after a reset", first_clp_after_a_reset, ANY },
	{ "announcement", announce, ANY },
	{ "injected error", inject_error, ANY },
	{ "info", read_info, ANY },
	{ "info of a new function", read_new_info, ANY },
	{ "device's config space", read_device_config, ANY },
	{ "add", add, ANY },
	{ "removal", remove_used, ANY },
	{ "removal of another", remove_disabled, ANY },
	{ "quiesce", quiesce, ANY },
	{ "resume", resume, STOPPED },
	{ "reset", reset, ANY },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* --- two of them ----------------------------------------------------------------------------- */

static void use_vf_1(bool stopped)
{
	struct bench_device *device;
	struct zpci_fib fib;

	handle = fixture_interrupting(fixture, &device);
	services = device->services;
	guest_bar_write(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_TABLE + 16 * PENDING + 12, 4,
			1);
	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffff), CC(0));
	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.fmb, FMB);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib), CC(0));
	fixture_add(fixture, 2, "lpar");
	disabled = fixture_handle(fixture, FID + 2);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	fixture->firmware->explain = true;
	if (stopped)
		zpci_firmware_quiesce(fixture->firmware);
}

static _Atomic bool returned;

static void *call_first(void *opaque)
{
	const struct call *call = opaque;

	call->run();
	atomic_store_explicit(&returned, true, memory_order_relaxed);
	return NULL;
}

static void call_both(const struct call *first, const struct call *second)
{
	pthread_t thread;
	void *state;

	created = 0;
	set_up(&state);
	fixture = state;
	use_vf_1(first->kind == STOPPED || second->kind == STOPPED);
	before = created;
	returned = false;
	assert_int_equal(pthread_create(&thread, NULL, call_first, (void *)first), 0);
	while (!atomic_load_explicit(&returned, memory_order_relaxed))
		sched_yield();
	second->run();
	pthread_join(thread, NULL);
	fixture_teardown(&state);
}

static void test_after(void **state)
{
	const struct call *first = *state;

	for (unsigned i = 0; i < CALLS; i++)
		if (first->run != remove_used || calls[i].kind != SERVICE)
			call_both(first, &calls[i]);
}

int main(void)
{
	struct CMUnitTest tests[CALLS];

	for (unsigned i = 0; i < CALLS; i++)
		tests[i] = (struct CMUnitTest){ .name = calls[i].name,
						.test_func = test_after,
						.initial_state = (void *)&calls[i] };
	return _cmocka_run_group_tests("each call after this one", tests, CALLS, NULL, NULL);
}
