// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A machine that stands still: each device gets one quiesce() and one resume(), also if it is added
 * meanwhile. Measurement stops as well.
 */
#include "fixture.h"

#include <string.h>

/* Calls of each device's operations, in order. */
enum call {
	OPEN,
	CLOSE,
	QUIESCE,
	RESUME,
	OTHER
};
static struct {
	enum call calls[64];
	unsigned count;
} seen[ZPCI_VFS_MAX + 1];

static void note(unsigned vf, enum call call)
{
	/* OTHER is noted once in a row. */
	if (call == OTHER && seen[vf].count && seen[vf].calls[seen[vf].count - 1] == OTHER)
		return;
	assert_true(seen[vf].count < 64);
	seen[vf].calls[seen[vf].count++] = call;
}

static int noting_open(void *adapter, unsigned vf, const struct zpci_services *services,
		       struct zpci_identity *identity, void **device)
{
	note(vf, OPEN);
	return bench_model.open(adapter, vf, services, identity, device);
}

static unsigned vf_of(void *device)
{
	return ((struct bench_device *)device)->vf;
}

static void noting_close(void *device)
{
	note(vf_of(device), CLOSE);
	bench_model.close(device);
}

static struct zpci_platform *forgotten; /* a device's platform, until its next operation */

static void noting_quiesce(void *device)
{
	note(vf_of(device), QUIESCE);
	if (forgotten)
		memset(forgotten, 0, sizeof(*forgotten));
	bench_model.quiesce(device);
}

static void noting_resume(void *device)
{
	note(vf_of(device), RESUME);
	bench_model.resume(device);
}

static void noting_config_read(void *device, unsigned offset, void *data, unsigned length)
{
	note(vf_of(device), OTHER);
	bench_model.config_read(device, offset, data, length);
}

static int setup(void **state)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	struct zpci_model model = bench_model;
	static struct zpci_model noting;
	struct fixture *fixture;

	fixture_setup(state);
	fixture = *state;
	model.open = noting_open;
	model.close = noting_close;
	model.quiesce = noting_quiesce;
	model.resume = noting_resume;
	model.config_read = noting_config_read;
	noting = model;
	zpci_adapter_unref(fixture->adapter);
	assert_int_equal(zpci_adapter_create(&noting, PCHID, &options, &fixture->adapter), 0);
	fixture->bench = bench_last;
	memset(seen, 0, sizeof(seen));
	forgotten = NULL;
	return 0;
}

#define QUIESCE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

#define EXPECT(vf, ...)                                                                            \
	expect((vf), (const enum call[]){ __VA_ARGS__ },                                           \
	       sizeof((const enum call[]){ __VA_ARGS__ }) / sizeof(enum call))

static void expect(unsigned vf, const enum call *calls, size_t count)
{
	assert_int_equal(seen[vf].count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(seen[vf].calls[i], calls[i]);
	seen[vf].count = 0;
}

static void take(struct fixture *fixture, unsigned vf)
{
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + vf), 0);
}

/* quiesce() is the first operation: an opened device may work already. */
static void test_function_added_meanwhile_is_stopped_at_once(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	EXPECT(1, OPEN, OTHER);
	zpci_firmware_quiesce(fixture->firmware);
	EXPECT(1, QUIESCE);
	fixture_add(fixture, 2, "lpar");
	EXPECT(2, OPEN, QUIESCE, OTHER);
	zpci_firmware_resume(fixture->firmware);
	EXPECT(1, RESUME);
	EXPECT(2, RESUME);
	fixture_add(fixture, 3, "lpar");
	EXPECT(3, OPEN, OTHER);
}

/* The device's platform is valid until its next operation, here quiesce(). */
static void test_platform_is_read_before_quiesce(void **state)
{
	struct zpci_platform mine = { .size = sizeof(mine),
				      .given = ZPCI_PLATFORM_PORT,
				      .port = 7 };
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct fixture *fixture = *state;
	uint32_t delivered;

	fixture->bench->platform = &mine;
	forgotten = &mine;
	zpci_firmware_quiesce(fixture->firmware);
	fixture_add(fixture, 1, "lpar");
	EXPECT(1, OPEN, QUIESCE, OTHER);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 1, &platform, &delivered),
			 0);
	assert_int_equal(delivered, ZPCI_PLATFORM_PORT);
	assert_int_equal(platform.port, 7);
}

static void test_function_removed_meanwhile_is_closed(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_quiesce(fixture->firmware);
	seen[1].count = 0;
	take(fixture, 1);
	EXPECT(1, CLOSE);
	/* Another function gets its slot; the same is tried with that one. */
	fixture_add(fixture, 3, "lpar");
	take(fixture, 3);
	EXPECT(3, OPEN, QUIESCE, OTHER, CLOSE);
	fixture_add(fixture, 1, "lpar");
	EXPECT(1, OPEN, QUIESCE, OTHER);
	seen[2].count = 0;
	zpci_firmware_resume(fixture->firmware);
	EXPECT(1, RESUME);
	EXPECT(2, RESUME);
	assert_int_equal(seen[3].count, 0);
}

/* Stop and resume are not counted: one resume is enough after several stops. */
static void test_quiesce_and_resume_are_not_counted(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_resume(fixture->firmware);
	EXPECT(1, OPEN, OTHER);
	zpci_firmware_quiesce(fixture->firmware);
	zpci_firmware_quiesce(fixture->firmware);
	EXPECT(1, QUIESCE);
	zpci_firmware_resume(fixture->firmware);
	zpci_firmware_resume(fixture->firmware);
	EXPECT(1, RESUME);
	zpci_firmware_quiesce(fixture->firmware);
	EXPECT(1, QUIESCE);
}

static void measure(struct fixture *fixture, uint32_t handle)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	zpci_be64_put(&fib.fmb, FMB);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib), CC(0));
}

static unsigned samples(struct fixture *fixture)
{
	return (unsigned)guest_get(fixture, FMB + 4, 4);
}

#define INTERVAL 4000000000ull

static void test_measurement_stands_still(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	measure(fixture, handle);
	zpci_ram_advance(fixture->ram, INTERVAL);
	assert_int_equal(samples(fixture), 1);
	zpci_firmware_quiesce(fixture->firmware);
	zpci_ram_advance(fixture->ram, 3 * INTERVAL);
	assert_int_equal(samples(fixture), 1);
	zpci_firmware_resume(fixture->firmware);
	zpci_ram_advance(fixture->ram, INTERVAL);
	assert_int_equal(samples(fixture), 2);
}

/* A block that is registered while the machine stands still waits until it goes on. */
static void test_measurement_that_begins_meanwhile_waits(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	zpci_firmware_quiesce(fixture->firmware);
	measure(fixture, handle);
	zpci_ram_advance(fixture->ram, 3 * INTERVAL);
	assert_int_equal(samples(fixture), 0);
	zpci_firmware_resume(fixture->firmware);
	zpci_ram_advance(fixture->ram, INTERVAL);
	assert_int_equal(samples(fixture), 1);
}

static void test_measurement_of_a_function_added_meanwhile_waits(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle;

	fixture_add(fixture, 2, "lpar");
	take(fixture, 2);
	zpci_firmware_quiesce(fixture->firmware);
	handle = fixture_enabled(fixture, 1, "lpar");
	measure(fixture, handle);
	zpci_ram_advance(fixture->ram, 3 * INTERVAL);
	assert_int_equal(samples(fixture), 0);
	zpci_firmware_resume(fixture->firmware);
	zpci_ram_advance(fixture->ram, INTERVAL);
	assert_int_equal(samples(fixture), 1);
	/* A block that is registered afterwards, in the same slot, does not wait. */
	take(fixture, 1);
	handle = fixture_enabled(fixture, 1, "lpar");
	guest_fill(fixture, FMB, 0, 64);
	measure(fixture, handle);
	zpci_ram_advance(fixture->ram, INTERVAL);
	assert_int_equal(samples(fixture), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUIESCE_TEST(test_function_added_meanwhile_is_stopped_at_once),
		QUIESCE_TEST(test_platform_is_read_before_quiesce),
		QUIESCE_TEST(test_function_removed_meanwhile_is_closed),
		QUIESCE_TEST(test_quiesce_and_resume_are_not_counted),
		QUIESCE_TEST(test_measurement_stands_still),
		QUIESCE_TEST(test_measurement_that_begins_meanwhile_waits),
		QUIESCE_TEST(test_measurement_of_a_function_added_meanwhile_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
