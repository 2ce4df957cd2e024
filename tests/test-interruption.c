// SPDX-License-Identifier: GPL-2.0-or-later
/* From a device's vector to indicator bits and an adapter interruption (ref 6). */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#define ISC 2

static struct bench_device *device;
static uint32_t handle;

static void raise_vector(unsigned vector)
{
	device->services->raise_vector(device->services->function, vector);
}

/* Bits are numbered from the left: MSB-0 (ref 6.3). */
static unsigned bit(struct fixture *fixture, uint64_t vector, unsigned number)
{
	return (unsigned)guest_get(fixture, vector + number / 8, 1) >> (7 - number % 8) & 1;
}

static unsigned bits_set(struct fixture *fixture, uint64_t vector, unsigned bytes)
{
	unsigned count = 0;

	for (unsigned i = 0; i < bytes * 8; i++)
		count += bit(fixture, vector, i);
	return count;
}

static uint64_t presented(struct fixture *fixture)
{
	return zpci_ram_interruptions(fixture->ram, ISC);
}

static void register_int(struct fixture *fixture, unsigned isc, unsigned noi, unsigned offset,
			 int summary)
{
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL);
	assert_int_equal(guest_register_int(fixture, handle, isc, noi, offset, summary), CC(0));
}

/* --- dropped vectors ------------------------------------------------------------------ */

static void expect_nothing(struct fixture *fixture)
{
	assert_int_equal(bits_set(fixture, AIBV, 64), 0);
	assert_int_equal(bits_set(fixture, AISB, 64), 0);
	assert_int_equal(presented(fixture), 0);
}

static void test_number_beyond_the_vector_is_dropped(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	register_int(fixture, ISC, 4, 0, 0);
	raise_vector(4);
	raise_vector(7);
	guest_msix_entry(fixture, handle, 0, 0xffffffff);
	raise_vector(0);
	guest_msix_entry(fixture, handle, 1, 0x10001);
	raise_vector(1);
	expect_nothing(fixture);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	raise_vector(3);
	assert_int_equal(presented(fixture), 1);
}

static void test_vector_beyond_the_table_is_dropped(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	raise_vector(BENCH_VECTORS);
	raise_vector(2047);
	raise_vector(~0u);
	expect_nothing(fixture);
}

static void test_vector_without_registration_is_dropped(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL), CC(0));
	raise_vector(0);
	expect_nothing(fixture);
	register_int(fixture, ISC, 8, 0, 0);
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	raise_vector(0);
	expect_nothing(fixture);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL);
	raise_vector(0);
	expect_nothing(fixture);
	guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle);
	raise_vector(0);
	expect_nothing(fixture);
}

/* --- masks and pending bits ----------------------------------------------------------- */

static unsigned pending(struct fixture *fixture)
{
	return (unsigned)guest_bar_read(fixture, handle, 2, BENCH_MSIX_PBA, 8);
}

static void mask_entry(struct fixture *fixture, unsigned vector, unsigned mask)
{
	guest_bar_write(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * vector + 12, 4, mask);
}

static void test_masked_vector_waits(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	mask_entry(fixture, 6, 1);
	raise_vector(6);
	raise_vector(6);
	expect_nothing(fixture);
	assert_int_equal(pending(fixture), 1 << 6);
	raise_vector(5);
	assert_int_equal(presented(fixture), 1);
	guest_fill(fixture, AISB, 0, 1);
	mask_entry(fixture, 6, 0);
	assert_int_equal(pending(fixture), 0);
	assert_int_equal(bit(fixture, AIBV, 6), 1);
	assert_int_equal(presented(fixture), 2);
	/* It arrives once. */
	mask_entry(fixture, 6, 1);
	mask_entry(fixture, 6, 0);
	assert_int_equal(presented(fixture), 2);
}

static void test_function_mask_keeps_vectors_pending(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	guest_config_write(fixture, handle, BENCH_MSIX_CAPABILITY + 2, 2, 0xc000);
	raise_vector(1);
	raise_vector(2);
	expect_nothing(fixture);
	assert_int_equal(pending(fixture), 0x6);
	guest_msix_enable(fixture, handle);
	assert_int_equal(pending(fixture), 0);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x60);
	assert_int_equal(presented(fixture), 1);
}

static void test_vectors_wait_for_bus_master(void **state)
{
	struct fixture *fixture = *state;

	handle = fixture_interrupting(fixture, &device);
	guest_config_write(fixture, handle, 0x04, 2, 0);
	raise_vector(3);
	expect_nothing(fixture);
	assert_int_equal(pending(fixture), 1 << 3);
	guest_set_master(fixture, handle);
	assert_int_equal(pending(fixture), 0);
	assert_int_equal(bit(fixture, AIBV, 3), 1);
	assert_int_equal(presented(fixture), 1);
}

/* --- threads -------------------------------------------------------------------------- */

#define ROUNDS 2000

static pthread_barrier_t acknowledged;

static void *raise_when_acknowledged(void *opaque)
{
	(void)opaque;
	for (unsigned i = 0; i < ROUNDS; i++) {
		raise_vector(i % BENCH_VECTORS);
		pthread_barrier_wait(&acknowledged);
	}
	return NULL;
}

/* The guest acknowledges each before the device sends the next one. All arrive. The guest clears as
 * Linux does: summary, then vector, atomically. */
static void test_each_vector_arrives(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *storage = zpci_ram_storage(fixture->ram);
	pthread_t thread;

	handle = fixture_interrupting(fixture, &device);
	pthread_barrier_init(&acknowledged, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, raise_when_acknowledged, NULL), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		assert_int_equal(zpci_ram_wait_interruption(fixture->ram, ISC, i, 60000), i + 1);
		assert_int_equal(__atomic_exchange_n(&storage[AISB], 0, __ATOMIC_SEQ_CST), 0x80);
		assert_int_equal(__atomic_exchange_n(&storage[AIBV], 0, __ATOMIC_SEQ_CST),
				 0x80 >> i % BENCH_VECTORS);
		pthread_barrier_wait(&acknowledged);
	}
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&acknowledged);
}

static _Atomic bool stop;

static void *raise_all_the_time(void *opaque)
{
	(void)opaque;
	while (!stop)
		raise_vector(0);
	return NULL;
}

/* After DEREG_INT the guest may use the indicator's storage for something else. */
static void test_deregistration_waits_for_vectors(void **state)
{
	struct fixture *fixture = *state;
	pthread_t thread;

	handle = fixture_interrupting(fixture, &device);
	stop = false;
	assert_int_equal(pthread_create(&thread, NULL, raise_all_the_time, NULL), 0);
	for (unsigned i = 0; i < 200; i++) {
		assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL),
				 CC(0));
		guest_fill(fixture, AIBV, 0, 1);
		for (unsigned look = 0; look < 20; look++)
			assert_int_equal(guest_get(fixture, AIBV, 1), 0);
		assert_int_equal(guest_register_int(fixture, handle, ISC, 8, 0, 0), CC(0));
	}
	stop = true;
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_number_beyond_the_vector_is_dropped),
		FIXTURE_TEST(test_vector_beyond_the_table_is_dropped),
		FIXTURE_TEST(test_vector_without_registration_is_dropped),
		FIXTURE_TEST(test_masked_vector_waits),
		FIXTURE_TEST(test_function_mask_keeps_vectors_pending),
		FIXTURE_TEST(test_vectors_wait_for_bus_master),
		FIXTURE_TEST(test_each_vector_arrives),
		FIXTURE_TEST(test_deregistration_waits_for_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
