// SPDX-License-Identifier: GPL-2.0-or-later
/* Emulation profiles: what a guest sees of a VF that behaves as hardware (profile.h). */
#include "fixture.h"

#include <errno.h>
#include <string.h>

/* The effects of each profile that a guest sees. */
static const struct expectation {
	const char *name;
	bool ids;
	bool bars;
	bool vfn;
	bool memory_writable;
	bool memory_at_first;
} expectations[] = {
	{ "lpar", true, true, true, false, false },    { "vfio", true, true, true, true, true },
	{ "silent", true, true, false, false, false }, { "plain", true, true, false, true, false },
	{ "raw", false, false, true, false, false },
};

#define PROFILES (sizeof(expectations) / sizeof(expectations[0]))

static void check_ids(struct fixture *fixture, uint32_t handle, bool emulated)
{
	struct zpci_clp_list_entry list[2];
	uint64_t token = 0;
	unsigned entries;

	assert_int_equal(guest_config_read(fixture, handle, 0, 4),
			 emulated ? BENCH_VF_DEVICE << 16 | BENCH_VENDOR : 0xffffffff);
	assert_int_equal(guest_list(fixture, &token, 2, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 1);
	assert_int_equal(zpci_be16_get(list[0].vendor_id), emulated ? BENCH_VENDOR : 0xffff);
	assert_int_equal(zpci_be16_get(list[0].device_id), emulated ? BENCH_VF_DEVICE : 0xffff);
	/* The class is not emulated: it is the VF's. */
	assert_int_equal(guest_config_read(fixture, handle, 9, 1), BENCH_CLASS & 0xff);
}

/* Sizes a BAR as pci_read_bases() does: write ones, read back. */
static uint32_t size_bar(struct fixture *fixture, uint32_t handle, unsigned bar)
{
	uint32_t saved = guest_config_read(fixture, handle, 0x10 + 4 * bar, 4), mask;

	guest_config_write(fixture, handle, 0x10 + 4 * bar, 4, 0xffffffff);
	mask = guest_config_read(fixture, handle, 0x10 + 4 * bar, 4);
	guest_config_write(fixture, handle, 0x10 + 4 * bar, 4, saved);
	assert_int_equal(guest_config_read(fixture, handle, 0x10 + 4 * bar, 4), saved);
	return mask;
}

static void check_bars(struct fixture *fixture, uint32_t handle, bool emulated)
{
	static const uint32_t masks[6] = {
		~(BENCH_BAR0_SIZE - 1) | 0x4, 0xffffffff,
		~(BENCH_BAR2_SIZE - 1) | 0x8, ~(BENCH_BAR3_SIZE - 1),
		~(BENCH_BAR4_SIZE - 1) | 0xc, 0xffffffff,
	};
	static const uint8_t sizes[6] = { 16, 0, 14, 12, 20, 0 };
	struct zpci_clp_query_function_response response;

	assert_int_equal(guest_query_function(fixture, handle, &response), ZPCI_CLP_OK);
	for (unsigned bar = 0; bar < 6; bar++) {
		assert_int_equal(response.bar_size[bar], emulated ? sizes[bar] : 0);
		assert_int_equal(size_bar(fixture, handle, bar), emulated ? masks[bar] : 0);
	}
}

static void check_command(struct fixture *fixture, uint32_t handle,
			  const struct expectation *expected)
{
	assert_int_equal(guest_config_read(fixture, handle, 4, 2),
			 expected->memory_at_first ? 0x0002 : 0);
	/* I/O is hard-wired to 0. Bus Master is the device's. */
	guest_config_write(fixture, handle, 4, 2, 0x0007);
	assert_int_equal(guest_config_read(fixture, handle, 4, 2),
			 expected->memory_writable ? 0x0006 : 0x0004);
	guest_config_write(fixture, handle, 4, 1, 0x0000);
	assert_int_equal(guest_config_read(fixture, handle, 4, 2), 0);
}

static void check_info(struct fixture *fixture, const struct expectation *expected)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	assert_int_equal(zpci_firmware_info(fixture->firmware, FID + 1, &info), 0);
	assert_int_equal(info.command_memory, expected->memory_writable);
	assert_int_equal(info.no_command_memory, expected->vfn);
	assert_int_equal(info.vfn, expected->vfn ? 1 : 0);
	assert_int_equal(info.vf, 1);
	assert_int_equal(info.vendor_id, expected->ids ? BENCH_VENDOR : 0xffff);
	assert_string_equal(zpci_profile_name(&info.profile), expected->name);
	assert_string_equal(info.model, "bench");
}

static void check_profile(struct fixture *fixture, const struct expectation *expected)
{
	struct zpci_clp_query_function_response response;
	uint32_t handle = fixture_enabled(fixture, 1, expected->name);

	guest_query_function(fixture, handle, &response);
	assert_int_equal(zpci_be16_get(response.vfn), expected->vfn ? 1 : 0);
	check_ids(fixture, handle, expected->ids);
	check_bars(fixture, handle, expected->bars);
	check_command(fixture, handle, expected);
	assert_int_equal(guest_config_read(fixture, handle, 0x3d, 1), 0);
	check_info(fixture, expected);
}

/* One test per row, so that a failure names its profile. */
static void test_profile_lpar(void **state)
{
	check_profile(*state, &expectations[0]);
}

static void test_profile_vfio(void **state)
{
	check_profile(*state, &expectations[1]);
}

static void test_profile_silent(void **state)
{
	check_profile(*state, &expectations[2]);
}

static void test_profile_plain(void **state)
{
	check_profile(*state, &expectations[3]);
}

static void test_profile_raw(void **state)
{
	check_profile(*state, &expectations[4]);
}

/* Each switch changes only its column. */
static void test_each_switch_changes_its_column(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	struct expectation expected;

	for (unsigned flip = 0; flip < 5; flip++) {
		expected = expectations[0];
		fixture_options(fixture, 1, "lpar", &options);
		if (flip == 0)
			options.profile.ids = expected.ids = false;
		if (flip == 1)
			options.profile.bars = expected.bars = false;
		if (flip == 2)
			options.profile.publish_vfn = expected.vfn = false;
		if (flip == 3)
			options.profile.command_memory = ZPCI_COMMAND_MEMORY_OFF;
		if (flip == 4)
			options.profile.command_memory = ZPCI_COMMAND_MEMORY_ON;
		expected.memory_writable = flip >= 3;
		expected.memory_at_first = flip == 4;

		struct zpci_clp_query_function_response response;
		uint32_t handle;

		assert_int_equal(fixture_add_options(fixture, &options), 0);
		handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
		guest_query_function(fixture, handle, &response);
		assert_int_equal(zpci_be16_get(response.vfn), expected.vfn ? 1 : 0);
		check_ids(fixture, handle, expected.ids);
		check_bars(fixture, handle, expected.bars);
		check_command(fixture, handle, &expected);
		assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	}
}

/* BARs that are not shown cannot be accessed, like VF BARs that a guest does not know. */
static void test_raw_bar_cannot_be_loaded(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "raw");

	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, NULL), PGM(ZPCI_PGM_OPERAND));
}

/* A 64-bit BAR holds any address that is a multiple of its size, in both halves. */
static void test_bar_registers_hold_addresses(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	struct zpci_clp_query_function_response response;

	guest_config_write(fixture, handle, 0x10, 4, 0x12345678);
	guest_config_write(fixture, handle, 0x14, 4, 0x9abcdef0);
	assert_int_equal(guest_config_read(fixture, handle, 0x10, 4), 0x12340004);
	assert_int_equal(guest_config_read(fixture, handle, 0x14, 4), 0x9abcdef0);
	/* The same by bytes. */
	guest_config_write(fixture, handle, 0x13, 1, 0xee);
	assert_int_equal(guest_config_read(fixture, handle, 0x12, 2), 0xee34);
	guest_query_function(fixture, handle, &response);
	assert_int_equal(zpci_le32_get(response.bar[0]), 0xee340004);
	assert_int_equal(zpci_le32_get(response.bar[1]), 0x9abcdef0);
}

/* A PF shows its own config space, with the rules for all functions. */
static void test_pf_works_with_plain_profile(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response response;
	uint32_t handle = fixture_enabled(fixture, 0, "plain");

	assert_int_equal(guest_config_read(fixture, handle, 0, 4),
			 BENCH_PF_DEVICE << 16 | BENCH_VENDOR);
	check_bars(fixture, handle, true);
	check_command(fixture, handle, &expectations[3]);
	assert_int_equal(guest_config_read(fixture, handle, 0x3d, 1), 0);
	guest_query_function(fixture, handle, &response);
	assert_int_equal(zpci_be16_get(response.vfn), 0);
}

static void test_publishing_vfn_needs_a_vf(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;

	fixture_options(fixture, 0, "lpar", &options);
	assert_int_equal(fixture_add_options(fixture, &options), -EINVAL);
	assert_int_not_equal(fixture->messages[ZPCI_LOG_ERROR], 0);
}

/* The Memory bit is missing, and the guest sees that: allowed with a warning. */
static void test_visible_missing_memory_bit_is_warned_about(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 2, "plain");
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 0);
	fixture_add(fixture, 3, "silent");
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 1);
}

static void test_profiles_have_names(void **state)
{
	struct zpci_profile custom = zpci_profile_find("lpar")->profile;
	const struct zpci_named_profile *named;
	unsigned number = 0;

	(void)state;
	for (; (named = zpci_profile_get(number)); number++) {
		assert_string_equal(named->name, expectations[number].name);
		assert_non_null(named->help);
		assert_ptr_equal(zpci_profile_find(named->name), named);
		assert_string_equal(zpci_profile_name(&named->profile), named->name);
	}
	assert_int_equal(number, PROFILES);
	assert_null(zpci_profile_find("LPAR"));
	assert_null(zpci_profile_find(""));
	custom.ids = false;
	assert_string_equal(zpci_profile_name(&custom), "custom");
	assert_string_equal(zpci_command_memory_name(ZPCI_COMMAND_MEMORY_ABSENT), "absent");
	assert_string_equal(zpci_command_memory_name(ZPCI_COMMAND_MEMORY_OFF), "off");
	assert_string_equal(zpci_command_memory_name(ZPCI_COMMAND_MEMORY_ON), "on");
}

/* An unknown number has a name as well, so that callers need no check before they print it. */
static void test_unknown_numbers_have_names(void **state)
{
	(void)state;
	assert_string_equal(zpci_command_memory_name((enum zpci_command_memory)3), "unknown");
	assert_string_equal(zpci_state_name((enum zpci_state)7), "unknown");
	assert_string_equal(zpci_state_name((enum zpci_state)1000), "unknown");
	assert_string_equal(zpci_state_name(ZPCI_STATE_PERMANENT), "permanent error");
	assert_null(zpci_profile_get(PROFILES));
	assert_null(zpci_model_get(~0u));
	assert_null(zpci_model_find("Probe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profiles_have_names),
		cmocka_unit_test(test_unknown_numbers_have_names),
		FIXTURE_TEST(test_profile_lpar),
		FIXTURE_TEST(test_profile_vfio),
		FIXTURE_TEST(test_profile_silent),
		FIXTURE_TEST(test_profile_plain),
		FIXTURE_TEST(test_profile_raw),
		FIXTURE_TEST(test_each_switch_changes_its_column),
		FIXTURE_TEST(test_raw_bar_cannot_be_loaded),
		FIXTURE_TEST(test_bar_registers_hold_addresses),
		FIXTURE_TEST(test_pf_works_with_plain_profile),
		FIXTURE_TEST(test_publishing_vfn_needs_a_vf),
		FIXTURE_TEST(test_visible_missing_memory_bit_is_warned_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
