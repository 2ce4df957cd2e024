// SPDX-License-Identifier: GPL-2.0-or-later
/* Modify PCI function controls in sequence, errors and measurement (ref 2.5, 4.4, 5). Single
 * answers are rows of tests/answers. */
#include "fixture.h"

#include <errno.h>
#include <string.h>

#define SEQUENCE STATUS(ZPCI_STATUS_SEQUENCE)

static uint32_t with_tables(struct fixture *fixture, uint64_t *start)
{
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	*start = guest_dma_start(fixture, handle);
	guest_map(fixture, *start, PAGES, 0);
	return handle;
}

/* --- interruptions, DMA: sequences ---------------------------------------------------- */

static void test_interruptions_are_registered_in_sequence(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL), SEQUENCE);
	assert_int_equal(guest_register_int(fixture, handle, 2, 8, 0, 0), CC(0));
	assert_int_equal(guest_register_int(fixture, handle, 2, 8, 0, 0), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL), CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL), SEQUENCE);
	assert_int_equal(guest_register_int(fixture, handle, 2, 8, 0, 0), CC(0));
}

static void test_tables_are_registered_in_sequence(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_fib fib = { 0 };
	uint64_t start;
	uint32_t handle = with_tables(fixture, &start);

	zpci_be64_put(&fib.pba, start);
	zpci_be64_put(&fib.pal, start + 0xffff);
	zpci_be64_put(&fib.iota, fixture->iota);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REREG_IOAT, &fib), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_IOAT, &fib), CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_IOAT, &fib), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REREG_IOAT, &fib), CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), SEQUENCE);
}

/* --- errors --------------------------------------------------------------------------- */

static void test_reset_block_and_error(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), SEQUENCE);

	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL), CC(0));
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_UNBLOCKED);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL), SEQUENCE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);

	/* From the blocked state in one step. */
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(fixture_handle(fixture, FID + 1), handle);
}

/* It stops a function in each configured state, once until the next disable (ref 4.3). */
static void test_permanent_error_in_every_state(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_firmware *firmware = fixture->firmware;
	struct zpci_function_options options;
	uint32_t handle;

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, ZPCI_PEC_PERMANENT_ERROR),
			 -EINVAL);
	guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, NULL);
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, ZPCI_PEC_PERMANENT_ERROR),
			 0);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, NULL),
			 ZPCI_CLP_PERMANENT_ERROR);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_OK);
	handle = guest_enable(fixture, handle);
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, 0x3a), 0);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL), CC(0));
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, ZPCI_PEC_PERMANENT_ERROR),
			 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_PERMANENT);
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, ZPCI_PEC_PERMANENT_ERROR),
			 -EINVAL);
}

/* A function in error can have further errors. Each blocks it again. */
static void test_error_during_recovery_blocks_again(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_firmware *firmware = fixture->firmware;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, 0x04), 0);
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, 0x3a), 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL), CC(0));
	assert_int_equal(zpci_firmware_inject_error(firmware, FID + 1, 0x3a), 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
}

/* Reference 8.5: a guest only logs some errors, and gives up on some. From all others it
 * recovers. */
static enum zpci_state state_after(unsigned pec)
{
	switch (pec) {
	case 0x2a:
	case 0x2b:
	case 0x2c:
		return ZPCI_STATE_ENABLED;
	case 0x3b:
	case 0x40:
		return ZPCI_STATE_PERMANENT;
	default:
		return ZPCI_STATE_ERROR;
	}
}

static void test_what_each_error_does(void **state)
{
	struct fixture *fixture = *state;
	unsigned known = 0;

	fixture_enabled(fixture, 1, "lpar");
	for (unsigned pec = 0; pec <= 0xffff; pec++) {
		const char *name = zpci_pec_name((uint16_t)pec);
		uint32_t handle = fixture_handle(fixture, FID + 1);

		assert_int_equal(
			zpci_firmware_inject_error(fixture->firmware, FID + 1, (uint16_t)pec),
			name ? 0 : -EINVAL);
		assert_int_equal(fixture_state(fixture, FID + 1),
				 name ? state_after(pec) : ZPCI_STATE_ENABLED);
		if (!name)
			continue;
		known++;
		guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle);
		guest_enable(fixture, handle);
	}
	assert_int_equal(known, 22);
}

/* --- measurement ---------------------------------------------------------------------- */

static int measure(struct fixture *fixture, uint32_t handle, uint64_t address)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.fmb, address);
	return guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib);
}

static uint64_t interval(struct fixture *fixture, uint32_t handle)
{
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;

	guest_query_function(fixture, handle, &function);
	guest_query_group(fixture, function.pfgid, &group);
	return zpci_be16_get(group.mui) * 1000000ull;
}

static void test_measurement_counts(void **state)
{
	struct fixture *fixture = *state;
	uint64_t start, period, first;
	uint32_t handle = with_tables(fixture, &start);

	period = interval(fixture, handle);
	assert_int_equal(guest_register_ioat(fixture, handle, start, start + 0xffff), CC(0));
	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	for (unsigned i = 0; i < 5; i++)
		guest_load(fixture, handle, 0, 0, 4, NULL);
	for (unsigned i = 0; i < 3; i++)
		guest_store(fixture, handle, 0, 0, 4, 0);
	guest_store_block(fixture, handle, 0, 0, DATA, 32);
	guest_refresh(fixture, handle, start, 4096);
	guest_refresh(fixture, handle, start, 4096);
	zpci_ram_advance(fixture->ram, period);

	assert_int_equal(guest_get(fixture, FMB, 1), 0);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 1);
	first = guest_get(fixture, FMB + 8, 8);
	assert_int_equal(first & 1, 0); /* no update in progress */
	assert_int_not_equal(first, 0);
	assert_int_equal(guest_get(fixture, FMB + 16, 8), 5);
	assert_int_equal(guest_get(fixture, FMB + 24, 8), 3);
	assert_int_equal(guest_get(fixture, FMB + 32, 8), 1);
	assert_int_equal(guest_get(fixture, FMB + 40, 8), 2);

	zpci_ram_advance(fixture->ram, period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 2);
	assert_true(guest_get(fixture, FMB + 8, 8) > first);
}

static void test_measurement_moves_and_ends(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint64_t period = interval(fixture, handle);

	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	/* A second SET_MEASURE moves the block and keeps the counters (ref 7). */
	guest_load(fixture, handle, 0, 0, 4, NULL);
	zpci_ram_advance(fixture->ram, period / 2);
	assert_int_equal(measure(fixture, handle, FMB + 256), CC(0));
	zpci_ram_advance(fixture->ram, period / 2);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	assert_int_equal(guest_get(fixture, FMB + 256 + 4, 4), 1);
	assert_int_equal(guest_get(fixture, FMB + 256 + 16, 8), 1);
	assert_int_equal(measure(fixture, handle, 0), CC(0));
	guest_fill(fixture, FMB + 256, 0, 64);
	zpci_ram_advance(fixture->ram, 3 * period);
	assert_int_equal(guest_get(fixture, FMB + 256 + 4, 4), 0);

	/* A disable ends measurement (ref 7). */
	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle);
	zpci_ram_advance(fixture->ram, 3 * period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	assert_int_equal(measure(fixture, handle, 0), CC(3));
}

static void test_measurement_pauses_during_quiesce(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint64_t period = interval(fixture, handle);

	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	zpci_firmware_quiesce(fixture->firmware);
	zpci_ram_advance(fixture->ram, 2 * period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	/* It stays so when a CPU that was not stopped registers the block once more. */
	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	zpci_ram_advance(fixture->ram, 2 * period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	zpci_firmware_resume(fixture->firmware);
	zpci_ram_advance(fixture->ram, period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 1);
}

static void test_measurement_refuses_a_key(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(measure(fixture, handle, FMB + 1) & ~0xff, STATUS(0));
	zpci_ram_advance(fixture->ram, 3 * interval(fixture, handle));
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
}

/* Measurement goes on until the guest disables the function, and so do its error events. */
static void test_measurement_goes_on_after_a_permanent_error(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint64_t period = interval(fixture, handle);

	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	assert_int_equal(
		zpci_firmware_inject_error(fixture->firmware, FID + 1, ZPCI_PEC_PERMANENT_ERROR),
		0);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	zpci_ram_advance(fixture->ram, period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 1);
	zpci_ram_poison(fixture->ram, FMB, 64);
	zpci_ram_advance(fixture->ram, period);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), ZPCI_PEC_FMB_STORAGE);
	assert_int_equal(zpci_be32_get(event.ccdf.handle), handle);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_PERMANENT);
}

static void test_measurement_block_outside_of_storage(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint64_t period = interval(fixture, handle);

	zpci_ram_poison(fixture->ram, FMB, 64);
	assert_int_equal(measure(fixture, handle, FMB), CC(0));
	zpci_ram_advance(fixture->ram, period);
	/* The event is only reported, and once; then measurement is off. */
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), 0x002a);
	assert_false(event.flags & ZPCI_CHSC_SEI_MORE);
	zpci_ram_poison(fixture->ram, 0, 0);
	zpci_ram_advance(fixture->ram, 3 * period);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_interruptions_are_registered_in_sequence),
		FIXTURE_TEST(test_tables_are_registered_in_sequence),
		FIXTURE_TEST(test_reset_block_and_error),
		FIXTURE_TEST(test_permanent_error_in_every_state),
		FIXTURE_TEST(test_error_during_recovery_blocks_again),
		FIXTURE_TEST(test_what_each_error_does),
		FIXTURE_TEST(test_measurement_counts),
		FIXTURE_TEST(test_measurement_moves_and_ends),
		FIXTURE_TEST(test_measurement_pauses_during_quiesce),
		FIXTURE_TEST(test_measurement_refuses_a_key),
		FIXTURE_TEST(test_measurement_goes_on_after_a_permanent_error),
		FIXTURE_TEST(test_measurement_block_outside_of_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
