// SPDX-License-Identifier: GPL-2.0-or-later
/* CALL LOGICAL PROCESSOR: blocks, lists, queries, enabling and disabling (ref 2.1 and 3). */
#include "fixture.h"

#include <string.h>

#define FUNCTIONS 8

/* --- immediate commands, SLPC --------------------------------------------------------- */

static void test_immediate_lists_processors_0_and_2(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	encode_clp(instruction, ZPCI_CLP_IMMEDIATE, 4, 5);
	fixture->cpu.gr[5] = ZPCI_CLP_IMMEDIATE_LIST_LPS;
	fixture->cpu.gr[4] = 0;
	assert_int_equal(guest_execute(fixture, instruction, 4), CC(0));
	assert_int_equal(fixture->cpu.gr[4], 0xa000000000000000);
}

static void test_slpc_on_both_processors(void **state)
{
	struct fixture *fixture = *state;
	uint8_t response[128], zero[124] = { 0 };

	for (unsigned lps = 0; lps <= 2; lps += 2) {
		guest_clp_begin(fixture, ZPCI_CLP_SLPC, 16, 128);
		assert_int_equal(guest_clp(fixture, lps), CC(0));
		guest_read(fixture, BLOCK + 16, response, sizeof(response));
		assert_int_equal(zpci_get_be(response, 2), 128);
		assert_int_equal(zpci_get_be(response + 2, 2), ZPCI_CLP_OK);
		assert_memory_equal(response + 4, zero, 124);
	}
}

/* --- blocks --------------------------------------------------------------------------- */

static int clp_with_lengths(struct fixture *fixture, unsigned request, unsigned response)
{
	guest_fill(fixture, BLOCK, 0, ZPCI_CLP_BLOCK_MAX);
	guest_put(fixture, BLOCK, 2, request);
	guest_put(fixture, BLOCK + 2, 2, ZPCI_CLP_LIST);
	guest_put(fixture, BLOCK + request, 2, response);
	return guest_clp(fixture, ZPCI_CLP_LPS_PCI);
}

static void test_block_lengths_out_of_bounds(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(clp_with_lengths(fixture, 8, 64), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 30, 64), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 8192, 64), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 32, 0), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 32, 36), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 32, 8184), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 4096, 4104), PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(clp_with_lengths(fixture, 32, 64), CC(0));
}

static void test_block_that_is_not_in_storage(void **state)
{
	struct fixture *fixture = *state;

	/* Request header, response header, the end of the response. */
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 4064);
	zpci_ram_poison(fixture->ram, BLOCK, 8);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), PGM(ZPCI_PGM_ADDRESSING));
	zpci_ram_poison(fixture->ram, BLOCK + 32, 1);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), PGM(ZPCI_PGM_ADDRESSING));
	zpci_ram_poison(fixture->ram, BLOCK + 4095, 1);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), PGM(ZPCI_PGM_ADDRESSING));
	zpci_ram_poison(fixture->ram, BLOCK + 4096, 1);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
}

static void test_unknown_command_and_wrong_request_length(void **state)
{
	struct fixture *fixture = *state;

	guest_clp_begin(fixture, 0x00ff, 32, 64);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_UNKNOWN_COMMAND);

	guest_clp_begin(fixture, ZPCI_CLP_QUERY_GROUP, 40, 64);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	assert_int_equal(guest_get(fixture, BLOCK + 40 + 2, 2), ZPCI_CLP_LENGTH);
}

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

static void test_list_of_nothing(void **state)
{
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0;
	unsigned entries = 99;

	assert_int_equal(guest_list(*state, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 0);
	assert_int_equal(token, 0);
}

static void test_list_header_fields(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_response response;

	fixture_add(fixture, 1, "lpar");
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 4064);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	guest_read(fixture, BLOCK + 32, &response, sizeof(response));
	assert_int_equal(zpci_be16_get(response.header.length), 48);
	assert_int_equal(zpci_be16_get(response.header.code), ZPCI_CLP_OK);
	assert_int_equal(zpci_be64_get(response.token), 0);
	assert_int_equal(zpci_be32_get(response.handle_mask), 0x00ff0000);
	assert_true(zpci_be16_get(response.max_functions) >= 1);
	assert_int_equal(response.flags, ZPCI_CLP_LIST_UID_CHECKING);
	assert_int_equal(response.entry_size, 16);
}

/* A VF's own IDs read as ones; the list tells the effective ones (ref 3.4, 9.2). */
static void test_list_entry_of_a_vf(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0;
	unsigned entries;

	fixture_add(fixture, 3, "lpar");
	assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 1);
	assert_int_equal(zpci_be16_get(list[0].vendor_id), BENCH_VENDOR);
	assert_int_equal(zpci_be16_get(list[0].device_id), BENCH_VF_DEVICE);
	assert_int_equal(zpci_be32_get(list[0].configuration), ZPCI_CLP_CONFIGURED);
	assert_int_equal(zpci_be32_get(list[0].fid), FID + 3);
	assert_int_equal(zpci_be32_get(list[0].handle), fixture_handle(fixture, FID + 3));
	assert_int_not_equal(zpci_be32_get(list[0].handle), 0);
	assert_false(zpci_be32_get(list[0].handle) & 0x80000000);
	guest_enable(fixture, zpci_be32_get(list[0].handle));
	token = 0;
	assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_true(zpci_be32_get(list[0].handle) & 0x80000000);
}

static void test_list_shows_standby_as_not_configured(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0;
	unsigned entries;

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 1);
	assert_int_equal(zpci_be32_get(list[0].configuration), 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_STANDBY);
}

static void add_all(struct fixture *fixture)
{
	for (unsigned vf = 1; vf <= FUNCTIONS; vf++)
		fixture_add(fixture, vf, "lpar");
}

static void test_list_in_pages(void **state)
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

/* A token survives what is plugged and unplugged meanwhile: the others are listed once. */
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

static void test_list_refuses(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0xdeadbeef00000000;
	unsigned entries;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_RESUME_TOKEN);

	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 40);
	guest_clp(fixture, ZPCI_CLP_LPS_PCI);
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_NEEDS_8K);
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 56);
	guest_clp(fixture, ZPCI_CLP_LPS_PCI);
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_LENGTH);

	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 64);
	guest_put(fixture, BLOCK + 4, 4, 0x10000000);
	guest_clp(fixture, ZPCI_CLP_LPS_PCI);
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_FORMAT);
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 64);
	guest_put(fixture, BLOCK + 24, 8, 1);
	guest_clp(fixture, ZPCI_CLP_LPS_PCI);
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_RESERVED_NOT_ZERO);
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

static void test_query_tells_the_rid_if_asked_to(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response response;
	struct zpci_function_options options;

	fixture_options(fixture, 3, "lpar", &options);
	options.publish_rid = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	guest_query_function(fixture, fixture_handle(fixture, FID + 3), &response);
	assert_true(response.flags & ZPCI_CLP_QF_RID);
	assert_int_equal(zpci_be16_get(response.rid), 3);
}

static void test_query_works_in_every_state_and_not_for_old_handles(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response response;
	struct zpci_function_options options;
	uint32_t handle, enabled;

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(guest_query_function(fixture, handle, &response), ZPCI_CLP_OK);

	fixture_add(fixture, 2, "lpar");
	handle = fixture_handle(fixture, FID + 2);
	assert_int_equal(guest_query_function(fixture, handle, &response), ZPCI_CLP_OK);
	enabled = guest_enable(fixture, handle);
	assert_int_equal(guest_query_function(fixture, enabled, &response), ZPCI_CLP_OK);
	assert_int_equal(guest_query_function(fixture, handle, &response), ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_query_function(fixture, enabled ^ 0xff, &response),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_query_function(fixture, 0, &response), ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 2, 0x3a), 0);
	assert_int_equal(guest_query_function(fixture, enabled, &response), ZPCI_CLP_OK);
}

/* In EBCDIC, filled up with blanks (ref 3.5). */
static void test_query_tells_the_utility_string(void **state)
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

static void test_list_without_uid_checking(void **state)
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

static void test_relaxed_group(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;

	fixture_options(fixture, 1, "lpar", &options);
	zpci_platform_relaxed(&platform);
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	guest_query_function(fixture, fixture_handle(fixture, FID + 1), &function);
	assert_int_equal(function.pfgid, 0x02);
	assert_int_equal(guest_query_group(fixture, function.pfgid, &group), ZPCI_CLP_OK);
	assert_int_equal(group.flags, ZPCI_CLP_QG_RELAXED_ALIGNMENT);
	assert_int_equal(zpci_be16_get(group.maxstbl), 4096);
	assert_int_equal(guest_query_group(fixture, 0x01, &group), ZPCI_CLP_OK);
	assert_int_equal(group.flags, 0);
}

static void test_query_group(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	uint64_t msia;

	fixture_add(fixture, 1, "lpar");
	guest_query_function(fixture, fixture_handle(fixture, FID + 1), &function);
	assert_int_equal(guest_query_group(fixture, function.pfgid, &group), ZPCI_CLP_OK);
	assert_int_equal(zpci_be16_get(group.header.length), 64);
	assert_true((zpci_be16_get(group.noi) & 0xfff) >= BENCH_VECTORS);
	assert_int_equal(zpci_be16_get(group.maxstbl) & 0x1fff, ZPCI_STORE_BLOCK_LINUX);
	/* Region-third tables alone, and no identity mapping, are offered (ref 3.6). */
	assert_int_equal(group.dtsm, 0x40);
	assert_int_equal(group.flags & ZPCI_CLP_QG_RELAXED_TRANSLATION, 0);
	msia = zpci_be64_get(group.msia);
	assert_true(msia < zpci_be64_get(function.sdma) || msia > zpci_be64_get(function.edma));
	/* QEMU's own groups are out of the way. */
	assert_true(function.pfgid < 0xf0);

	assert_int_equal(guest_query_group(fixture, function.pfgid ^ 0x55, &group),
			 ZPCI_CLP_UNKNOWN_GROUP);
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
	/* Disabling is the guest's way to reset a device (ref 3.9). */
	assert_true(device->resets >= 1);
	assert_int_equal(guest_set_function(fixture, result, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_load(fixture, enabled, ZPCI_SPACE_CONFIG, 0, 4, NULL), CC(3));

	/* And a handle of an earlier life stays dead. */
	assert_int_not_equal(guest_enable(fixture, result), enabled);
	assert_int_equal(guest_load(fixture, enabled, ZPCI_SPACE_CONFIG, 0, 4, NULL), CC(3));
}

static void test_set_refuses(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	uint32_t handle, standby;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 0, NULL),
			 ZPCI_CLP_DMA_SPACES);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 2, NULL),
			 ZPCI_CLP_RESOURCES);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE_MIO, 1, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE_MIO, 0, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle, 77, 1, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle + 1, ZPCI_CLP_SET_ENABLE, 1, NULL),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	assert_int_equal(fixture_handle(fixture, FID + 1), handle);

	fixture_options(fixture, 2, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	standby = fixture_handle(fixture, FID + 2);
	assert_int_equal(guest_set_function(fixture, standby, ZPCI_CLP_SET_ENABLE, 1, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
}

static void test_disable_leaves_error(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar"), result = 0;

	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a), 0);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, NULL),
			 ZPCI_CLP_INVALID_FOR_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &result),
			 ZPCI_CLP_OK);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	guest_enable(fixture, result);
}

/* --- beside another firmware ---------------------------------------------------------- */

static void test_shared_leaves_what_is_not_ours(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	/* QEMU's handle layout (ref 4.1), and its default group. */
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
	/* Our own handle form is answered, also when nobody has it. */
	assert_int_equal(guest_load(fixture, fixture_handle(fixture, FID + 1) ^ 0x80000fff,
				    ZPCI_SPACE_CONFIG, 0, 4, NULL),
			 CC(3));
}

/* The list begins with ours and then hands over: the last token of ours is not 0, and the call
 * that carries on belongs to the machine. */
static void test_shared_list_continues_with_the_machines(void **state)
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
		FIXTURE_TEST(test_immediate_lists_processors_0_and_2),
		FIXTURE_TEST(test_slpc_on_both_processors),
		FIXTURE_TEST(test_block_lengths_out_of_bounds),
		FIXTURE_TEST(test_block_that_is_not_in_storage),
		FIXTURE_TEST(test_unknown_command_and_wrong_request_length),
		FIXTURE_TEST(test_response_never_exceeds_the_offered_length),
		FIXTURE_TEST(test_list_of_nothing),
		FIXTURE_TEST(test_list_header_fields),
		FIXTURE_TEST(test_list_entry_of_a_vf),
		FIXTURE_TEST(test_list_shows_standby_as_not_configured),
		FIXTURE_TEST(test_list_in_pages),
		FIXTURE_TEST(test_list_token_survives_removal),
		FIXTURE_TEST(test_list_refuses),
		FIXTURE_TEST(test_query_of_a_vf),
		FIXTURE_TEST(test_query_tells_the_rid_if_asked_to),
		FIXTURE_TEST(test_query_works_in_every_state_and_not_for_old_handles),
		FIXTURE_TEST(test_query_tells_the_utility_string),
		FIXTURE_TEST(test_list_without_uid_checking),
		FIXTURE_TEST(test_query_group),
		FIXTURE_TEST(test_relaxed_group),
		FIXTURE_TEST(test_enable_gives_a_new_handle),
		FIXTURE_TEST(test_set_refuses),
		FIXTURE_TEST(test_disable_leaves_error),
		SHARED_TEST(test_shared_leaves_what_is_not_ours),
		SHARED_TEST(test_shared_list_continues_with_the_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
