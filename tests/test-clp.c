// SPDX-License-Identifier: GPL-2.0-or-later
/* CALL LOGICAL PROCESSOR: lists in several calls, lives of a handle, two firmwares (ref 2.1 and
 * 3). */
#include "fixture.h"

#include <string.h>

#define FUNCTIONS 8

/* --- blocks --------------------------------------------------------------------------- */

static void test_response_never_exceeds_the_offered_length(void **state)
{
	struct fixture *fixture = *state;
	static const unsigned commands[] = { ZPCI_CLP_LIST, ZPCI_CLP_QUERY_FUNCTION,
					     ZPCI_CLP_QUERY_GROUP, ZPCI_CLP_SET_FUNCTION, 0xff };
	uint8_t behind[512], expected[512];

	fixture_add(fixture, 1, "lpar");
	memset(expected, 0x5a, sizeof(expected));
	for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		for (unsigned room = 8; room <= 384; room += 8) {
			guest_clp_begin(fixture, commands[i], 32, room);
			guest_put(fixture, BLOCK + 16, 4, fixture_handle(fixture, FID + 1));
			guest_fill(fixture, BLOCK + 32 + room, 0x5a, sizeof(expected));
			guest_clp(fixture, ZPCI_CLP_LPS_PCI);
			guest_read(fixture, BLOCK + 32 + room, behind, sizeof(behind));
			assert_memory_equal(behind, expected, sizeof(behind));
		}
	}
}

/* --- List ----------------------------------------------------------------------------- */

static void test_list_without_functions_is_empty(void **state)
{
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0;
	unsigned entries = 99;

	assert_int_equal(guest_list(*state, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 0);
	assert_int_equal(token, 0);
}

static void add_all(struct fixture *fixture)
{
	for (unsigned vf = 1; vf <= FUNCTIONS; vf++)
		fixture_add(fixture, vf, "lpar");
}

static void test_list_in_parts(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[FUNCTIONS];
	unsigned entries, calls = 0, seen = 0;
	uint64_t token = 0;

	add_all(fixture);
	do {
		assert_int_equal(guest_list(fixture, &token, 3, list, &entries), ZPCI_CLP_OK);
		calls++;
		for (unsigned i = 0; i < entries; i++)
			seen |= 1u << (zpci_be32_get(list[i].fid) - FID);
		assert_true(calls <= FUNCTIONS);
	} while (token);
	assert_int_equal(calls, 3);
	assert_int_equal(seen, 0x1fe);

	/* A list that fits exactly ends with token 0. */
	assert_int_equal(guest_list(fixture, &token, FUNCTIONS, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, FUNCTIONS);
	assert_int_equal(token, 0);
}

/* A token stays valid when functions are removed. Each of the others is listed once. */
static void test_list_token_survives_removal(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[FUNCTIONS];
	unsigned entries, counts[FUNCTIONS + 1] = { 0 };
	uint64_t token = 0;

	add_all(fixture);
	assert_int_equal(guest_list(fixture, &token, 3, list, &entries), ZPCI_CLP_OK);
	for (unsigned i = 0; i < entries; i++)
		counts[zpci_be32_get(list[i].fid) - FID]++;
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 8), 0);
	assert_int_equal(guest_list(fixture, &token, FUNCTIONS, list, &entries), ZPCI_CLP_OK);
	for (unsigned i = 0; i < entries; i++)
		counts[zpci_be32_get(list[i].fid) - FID]++;
	assert_int_equal(token, 0);
	for (unsigned vf = 1; vf < FUNCTIONS; vf++)
		assert_int_equal(counts[vf], 1);
	assert_int_equal(counts[FUNCTIONS], 0);
}

/* --- Query ---------------------------------------------------------------------------- */

static void test_query_of_a_vf(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response response;
	static const uint8_t sizes[6] = { 16, 0, 14, 12, 20, 0 };
	static const uint32_t flags[6] = { 0x4, 0, 0x8, 0, 0xc, 0 };
	uint64_t sdma, edma;

	fixture_add(fixture, 3, "lpar");
	assert_int_equal(guest_query_function(fixture, fixture_handle(fixture, FID + 3), &response),
			 ZPCI_CLP_OK);
	assert_int_equal(zpci_be16_get(response.header.length), 384);
	assert_int_equal(zpci_be16_get(response.vfn), 3);
	assert_int_equal(
		response.flags & (ZPCI_CLP_QF_RID | ZPCI_CLP_QF_PHYSICAL | ZPCI_CLP_QF_MIO), 0);
	assert_int_equal(zpci_be32_get(response.fid), FID + 3);
	assert_int_equal(zpci_be32_get(response.uid), UID + 3);
	assert_int_equal(zpci_be16_get(response.pchid), PCHID);
	assert_int_equal(response.pft, 0);
	assert_true(response.fmb_length * 4 <= 128);
	assert_memory_equal(response.bar_size, sizes, 6);
	for (unsigned bar = 0; bar < 6; bar++)
		assert_int_equal(zpci_le32_get(response.bar[bar]) & 0xf, flags[bar]);
	sdma = zpci_be64_get(response.sdma);
	edma = zpci_be64_get(response.edma);
	assert_true(sdma < edma);
	assert_int_equal(sdma & 0xfff, 0);
	assert_int_equal(edma & 0xfff, 0xfff);
}

/* In EBCDIC, filled up with blanks (ref 3.5). */
static void test_query_shows_the_utility_string(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response response;
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;
	static const uint8_t expected[] = { 0xc1, 0xa9, 0x40, 0xf9, 0x4b, 0x6d, 0x7e };

	fixture_options(fixture, 1, "lpar", &options);
	platform.given = ZPCI_PLATFORM_UTILITY_STRING;
	strcpy(platform.utility_string, "Az 9._=");
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	fixture_add(fixture, 2, "lpar");
	guest_query_function(fixture, fixture_handle(fixture, FID + 1), &response);
	assert_true(response.flags & ZPCI_CLP_QF_UTILITY_STRING);
	assert_memory_equal(response.utility_string, expected, sizeof(expected));
	for (unsigned i = sizeof(expected); i < sizeof(response.utility_string); i++)
		assert_int_equal(response.utility_string[i], 0x40);
	guest_query_function(fixture, fixture_handle(fixture, FID + 2), &response);
	assert_false(response.flags & ZPCI_CLP_QF_UTILITY_STRING);
}

static void test_list_says_that_uid_checking_is_off(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_firmware_options options = { .size = sizeof(options), .no_uid_checking = true };
	struct zpci_function_options function;

	zpci_firmware_destroy(fixture->firmware);
	assert_int_equal(
		zpci_firmware_create(zpci_ram_ops(), fixture->ram, &options, &fixture->firmware),
		0);
	for (unsigned vf = 1; vf <= 2; vf++) {
		fixture_options(fixture, vf, "lpar", &function);
		function.uid = 0;
		assert_int_equal(fixture_add_options(fixture, &function), 0);
	}
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 64);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	assert_int_equal(guest_get(fixture, BLOCK + 32 + 30, 1), 0);
}

/* --- Set ------------------------------------------------------------------------------ */

static void test_enable_gives_a_new_handle(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = fixture_add(fixture, 1, "lpar");
	uint32_t disabled = fixture_handle(fixture, FID + 1);
	uint32_t enabled = guest_enable(fixture, disabled);
	uint32_t result = 0;

	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(fixture_handle(fixture, FID + 1), enabled);
	assert_int_equal(guest_set_function(fixture, disabled, ZPCI_CLP_SET_ENABLE, 1, &result),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_set_function(fixture, enabled, ZPCI_CLP_SET_ENABLE, 1, &result),
			 ZPCI_CLP_INVALID_FOR_HANDLE);

	assert_int_equal(guest_set_function(fixture, enabled, ZPCI_CLP_SET_DISABLE, 0, &result),
			 ZPCI_CLP_OK);
	assert_false(result & 0x80000000);
	assert_int_equal(fixture_handle(fixture, FID + 1), result);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	/* A guest resets a device by a disable (ref 3.9). */
	assert_true(device->resets >= 1);
	assert_int_equal(guest_set_function(fixture, result, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_load(fixture, enabled, ZPCI_SPACE_CONFIG, 0, 4, NULL), CC(3));

	/* And the handle from before the disable stays void. */
	assert_int_not_equal(guest_enable(fixture, result), enabled);
	assert_int_equal(guest_load(fixture, enabled, ZPCI_SPACE_CONFIG, 0, 4, NULL), CC(3));
}

/* --- beside another firmware ---------------------------------------------------------- */

static void test_shared_leaves_foreign_handles_to_the_machine(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	/* A handle of QEMU's layout (ref 4.1), and QEMU's default group. */
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_FUNCTION, 32, 384);
	guest_put(fixture, BLOCK + 16, 4, 0x00020000);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), NOT_OURS);
	guest_clp_begin(fixture, ZPCI_CLP_SET_FUNCTION, 32, 160);
	guest_put(fixture, BLOCK + 16, 4, 0x00020000);
	guest_put(fixture, BLOCK + 23, 1, 1);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), NOT_OURS);
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_GROUP, 32, 64);
	guest_put(fixture, BLOCK + 19, 1, 0xff);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), NOT_OURS);
	assert_int_equal(guest_load(fixture, 0x80020000, ZPCI_SPACE_CONFIG, 0, 4, NULL), NOT_OURS);
	assert_int_equal(guest_modify(fixture, 0x80020000, 0, ZPCI_MPCIFC_DEREG_INT, NULL),
			 NOT_OURS);
	assert_int_equal(guest_refresh(fixture, 0x80020000, 0, 4096), NOT_OURS);
	/* A handle of our own form is answered, also when no function has it. */
	assert_int_equal(guest_load(fixture, fixture_handle(fixture, FID + 1) ^ 0x80000fff,
				    ZPCI_SPACE_CONFIG, 0, 4, NULL),
			 CC(3));
}

/* Our functions come first in the list. Their last token is not 0, and the machine gets the call
 * with this token. */
static void test_shared_list_continues_in_the_machine(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[FUNCTIONS];
	unsigned entries, ours = 0, calls = 0;
	uint64_t token = 0;

	add_all(fixture);
	while (calls++ < FUNCTIONS) {
		guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 32 + 16 * 3);
		guest_put(fixture, BLOCK + 16, 8, token);
		if (guest_clp(fixture, ZPCI_CLP_LPS_PCI) == NOT_OURS)
			break;
		assert_int_equal(guest_list(fixture, &token, 3, list, &entries), ZPCI_CLP_OK);
		for (unsigned i = 0; i < entries; i++)
			ours += zpci_be32_get(list[i].fid) > FID;
		assert_int_not_equal(token, 0);
	}
	assert_int_equal(ours, FUNCTIONS);
	assert_true(calls < FUNCTIONS);
}

#define SHARED_TEST(test)                                                                          \
	cmocka_unit_test_setup_teardown(test, fixture_setup_shared, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_response_never_exceeds_the_offered_length),
		FIXTURE_TEST(test_list_without_functions_is_empty),
		FIXTURE_TEST(test_list_in_parts),
		FIXTURE_TEST(test_list_token_survives_removal),
		FIXTURE_TEST(test_query_of_a_vf),
		FIXTURE_TEST(test_query_shows_the_utility_string),
		FIXTURE_TEST(test_list_says_that_uid_checking_is_off),
		FIXTURE_TEST(test_enable_gives_a_new_handle),
		SHARED_TEST(test_shared_leaves_foreign_handles_to_the_machine),
		SHARED_TEST(test_shared_list_continues_in_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
