// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI load, store and store block: config space, BARs, the MSI-X table (ref 2.2, 2.3, 13). */
#include "fixture.h"

#include <string.h>

static uint32_t handle;

static struct bench_device *enabled(struct fixture *fixture)
{
	handle = fixture_enabled(fixture, 1, "lpar");
	return fixture->bench->devices[1];
}

/* --- config space --------------------------------------------------------------------- */

static void test_config_bytes_appear_in_address_order(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint64_t value;

	/* The example of ref 13 trap 1: little-endian 0x15b31014 appears as 0x1410b315. */
	zpci_put_le(device->config + 0xa0, 4, 0x15b31014);
	fixture->cpu.gr[5] = UINT64_MAX;
	assert_int_equal(guest_load(fixture, handle, 15, 0xa0, 4, &value), CC(0));
	assert_int_equal(value, 0x1410b315);
	assert_int_equal(guest_load(fixture, handle, 15, 0xa2, 2, &value), CC(0));
	assert_int_equal(value, 0xb315);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(guest_load(fixture, handle, 15, 0xa0 + i, 1, &value), CC(0));
		assert_int_equal(value, 0x1410b315 >> 8 * (3 - i) & 0xff);
	}
}

static void test_config_shows_the_identity(void **state)
{
	struct fixture *fixture = *state;

	enabled(fixture);
	assert_int_equal(guest_config_read(fixture, handle, 0, 4),
			 BENCH_VF_DEVICE << 16 | BENCH_VENDOR);
	assert_int_equal(guest_config_read(fixture, handle, 8, 4),
			 BENCH_CLASS << 8 | BENCH_REVISION);
	assert_int_equal(guest_config_read(fixture, handle, 0x34, 1), BENCH_MSIX_CAPABILITY);
	/* There is extended config space (trap 28). */
	assert_int_equal(guest_config_read(fixture, handle, 0x100, 4), 0x00010003);
	assert_int_equal(guest_config_read(fixture, handle, 0xffc, 4), 0);
}

static void test_config_writes_reach_writable_bits(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);

	guest_config_write(fixture, handle, 0x3c, 1, 0x5a);
	assert_int_equal(device->config[0x3c], 0x5a);
	guest_config_write(fixture, handle, 0x0, 4, 0x11111111);
	assert_int_equal(guest_config_read(fixture, handle, 0, 2), BENCH_VENDOR);
	/* Bus master is the device's own bit. */
	guest_config_write(fixture, handle, 0x4, 2, 0x0004);
	assert_int_equal(guest_config_read(fixture, handle, 4, 2), 0x0004);
}

/* --- BARs ----------------------------------------------------------------------------- */

static void test_bar_accesses_of_every_length_and_alignment(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint64_t pattern = 0x8877665544332211, value, mask;

	/* Also across doublewords and across a 4 KiB boundary (ref 2.2, conflicts 1 and 2). */
	for (uint64_t base = 0xff0; base < 0x1008; base++) {
		for (unsigned length = 1; length <= 8; length++) {
			uint8_t expected[8];

			mask = UINT64_MAX >> (64 - 8 * length);
			memset(device->bars[0] + 0xfe0, 0, 0x40);
			assert_int_equal(guest_store(fixture, handle, 0, base, length, pattern),
					 CC(0));
			zpci_put_be(expected, length, pattern);
			assert_memory_equal(device->bars[0] + base, expected, length);
			assert_int_equal(device->bars[0][base - 1], 0);
			assert_int_equal(device->bars[0][base + length], 0);
			fixture->cpu.gr[5] = UINT64_MAX;
			assert_int_equal(guest_load(fixture, handle, 0, base, length, &value),
					 CC(0));
			assert_int_equal(value, pattern & mask);
		}
	}
}

static void test_bar_access_does_not_need_the_memory_bit(void **state)
{
	struct fixture *fixture = *state;
	static const char *const profiles[] = { "lpar", "vfio", "silent", "plain" };

	for (unsigned i = 0; i < 4; i++) {
		uint32_t enabled_handle = fixture_enabled(fixture, i + 1, profiles[i]);

		guest_config_write(fixture, enabled_handle, 4, 2, 0);
		guest_bar_write(fixture, enabled_handle, 0, 0x20, 8, 0x1234);
		assert_int_equal(guest_bar_read(fixture, enabled_handle, 0, 0x20, 8), 0x1234);
	}
}

/* --- store block ---------------------------------------------------------------------- */

static void test_block_arrives_whole_and_unswapped(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint8_t data[128];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 1);
	guest_write(fixture, DATA, data, sizeof(data));
	for (size_t length = 16; length <= 128; length += 8) {
		memset(device->bars[0], 0, 256);
		device->bar_writes = 0;
		device->longest_write = 0;
		assert_int_equal(guest_store_block(fixture, handle, 0, 0x40, DATA, length), CC(0));
		assert_memory_equal(device->bars[0] + 0x40, data, length);
		assert_int_equal(device->bars[0][0x40 + length], 0);
		/* The block is one transaction: drivers ring doorbells of 64 bytes this way (ref
		 * 2.3). */
		assert_int_equal(device->bar_writes, 1);
		assert_int_equal(device->longest_write, length);
	}
}

/* The part that the function owns is cut out; each part beside it arrives in one piece
 * (zpci/device.h). */
static void test_block_is_cut_around_the_msix_table(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint8_t block[128];

	memset(block, 0xa5, sizeof(block));
	guest_write(fixture, DATA, block, sizeof(block));
	assert_int_equal(
		guest_store_block(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_TABLE - 32, DATA, 64),
		CC(0));
	assert_int_equal(device->bar_writes, 1);
	assert_int_equal(device->longest_write, 32);
	assert_memory_equal(device->bars[BENCH_MSIX_BAR] + BENCH_MSIX_TABLE - 32, block, 32);
	assert_int_equal(device->bars[BENCH_MSIX_BAR][BENCH_MSIX_TABLE], 0);
	assert_int_equal(guest_bar_read(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_TABLE, 8),
			 0xa5a5a5a5a5a5a5a5);
	/* The read-only pending bits are 8 bytes in the middle. */
	assert_int_equal(
		guest_store_block(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_PBA - 48, DATA, 128),
		CC(0));
	assert_int_equal(device->bar_writes, 3);
	assert_int_equal(device->longest_write, 72);
	assert_int_equal(guest_bar_read(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_PBA, 8), 0);
}

/* The group of relaxed store blocks has only the rule of the 4 KiB border (ref 2.3, 12). */
static void test_relaxed_block_needs_no_alignment(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;
	struct bench_device *device;
	static uint8_t data[4097];

	fixture_options(fixture, 1, "lpar", &options);
	zpci_platform_relaxed(&platform);
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	device = fixture->bench->devices[1];
	handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 5 + 1);
	guest_write(fixture, DATA + 3, data, 4096);

	assert_int_equal(guest_store_block(fixture, handle, 0, 0x1000, DATA + 3, 4096), CC(0));
	assert_memory_equal(device->bars[0] + 0x1000, data, 4096);
	assert_int_equal(device->longest_write, 4096);
	assert_int_equal(guest_store_block(fixture, handle, 0, 0x2ffd, DATA + 3, 3), CC(0));
	assert_memory_equal(device->bars[0] + 0x2ffd, data, 3);
	assert_int_equal(guest_store_block(fixture, handle, 0, 0x3001, DATA + 3, 1), CC(0));
	assert_int_equal(device->bars[0][0x3001], data[0]);

	assert_int_equal(guest_store_block(fixture, handle, 0, 0x2ffd, DATA, 4),
			 PGM(ZPCI_PGM_SPECIFICATION));
	assert_int_equal(guest_store_block(fixture, handle, 0, 0x1000, DATA, 0),
			 PGM(ZPCI_PGM_SPECIFICATION));
	assert_int_equal(guest_store_block(fixture, handle, 0, 0x1000, DATA, 4097),
			 PGM(ZPCI_PGM_SPECIFICATION));
}

/* --- the MSI-X table and pending bits ------------------------------------------------- */

static void test_table_is_masked_at_first(void **state)
{
	struct fixture *fixture = *state;

	enabled(fixture);
	for (unsigned i = 0; i < BENCH_VECTORS; i++)
		assert_int_equal(
			guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * i + 12, 4) & 1,
			1);
}

static void test_table_belongs_to_the_function(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint8_t block[64], zero[BENCH_VECTORS * 16] = { 0 };

	memset(block, 0, sizeof(block));
	for (unsigned i = 0; i < sizeof(block); i += 16)
		zpci_put_le(block + i + 8, 4, 0x100 + i);
	guest_write(fixture, DATA, block, sizeof(block));
	assert_int_equal(guest_store_block(fixture, handle, 2, BENCH_MSIX_TABLE, DATA, 64), CC(0));
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(
			guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * i + 8, 4),
			0x100 + 16 * i);
		assert_int_equal(
			guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * i + 12, 4), 0);
	}
	guest_bar_write(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * 7, 8, 0x1122334455667788);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE + 16 * 7 + 4, 4),
			 0x11223344);
	assert_int_equal(device->bar_writes, 0);
	assert_memory_equal(device->bars[2] + BENCH_MSIX_TABLE, zero, sizeof(zero));
}

/* An access across the table's border is divided. */
static void test_access_across_the_table_is_divided(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);
	uint64_t end = BENCH_MSIX_TABLE + 16 * BENCH_VECTORS;

	guest_bar_write(fixture, handle, 2, BENCH_MSIX_TABLE - 4, 8, 0xaaaaaaa0bbbbbbbb);
	assert_int_equal(zpci_get_le(device->bars[2] + BENCH_MSIX_TABLE - 4, 4), 0xbbbbbbbb);
	assert_int_equal(zpci_get_le(device->bars[2] + BENCH_MSIX_TABLE, 4), 0);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE, 4), 0xaaaaaaa0);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_TABLE - 4, 8),
			 0xaaaaaaa0bbbbbbbb);

	guest_bar_write(fixture, handle, 2, end - 4, 8, 0xccccccccull << 32);
	assert_int_equal(zpci_get_le(device->bars[2] + end, 4), 0xcccccccc);
	assert_int_equal(guest_bar_read(fixture, handle, 2, end - 4, 8) & 1, 0);
}

static void test_pending_bits_are_read_only(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device = enabled(fixture);

	guest_bar_write(fixture, handle, 2, BENCH_MSIX_PBA, 8, UINT64_MAX);
	assert_int_equal(guest_bar_read(fixture, handle, 2, BENCH_MSIX_PBA, 8), 0);
	assert_int_equal(device->bar_writes, 0);
}

static void test_message_control_has_two_writable_bits(void **state)
{
	struct fixture *fixture = *state;
	unsigned control = BENCH_MSIX_CAPABILITY + 2;

	enabled(fixture);
	assert_int_equal(guest_config_read(fixture, handle, control, 2), BENCH_VECTORS - 1);
	guest_config_write(fixture, handle, control, 2, 0xc000);
	assert_int_equal(guest_config_read(fixture, handle, control, 2),
			 0xc000 | (BENCH_VECTORS - 1));
	guest_config_write(fixture, handle, control, 2, 0xffff);
	assert_int_equal(guest_config_read(fixture, handle, control, 2),
			 0xc000 | (BENCH_VECTORS - 1));
	guest_config_write(fixture, handle, control + 1, 1, 0x80);
	assert_int_equal(guest_config_read(fixture, handle, BENCH_MSIX_CAPABILITY, 4),
			 0x80000000 | (BENCH_VECTORS - 1) << 16 | BENCH_EXPRESS_CAPABILITY << 8 |
				 0x11);
	guest_config_write(fixture, handle, control, 2, 0);
	assert_int_equal(guest_config_read(fixture, handle, control, 2), BENCH_VECTORS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_config_bytes_appear_in_address_order),
		FIXTURE_TEST(test_config_shows_the_identity),
		FIXTURE_TEST(test_config_writes_reach_writable_bits),
		FIXTURE_TEST(test_bar_accesses_of_every_length_and_alignment),
		FIXTURE_TEST(test_bar_access_does_not_need_the_memory_bit),
		FIXTURE_TEST(test_block_arrives_whole_and_unswapped),
		FIXTURE_TEST(test_block_is_cut_around_the_msix_table),
		FIXTURE_TEST(test_relaxed_block_needs_no_alignment),
		FIXTURE_TEST(test_table_is_masked_at_first),
		FIXTURE_TEST(test_table_belongs_to_the_function),
		FIXTURE_TEST(test_access_across_the_table_is_divided),
		FIXTURE_TEST(test_pending_bits_are_read_only),
		FIXTURE_TEST(test_message_control_has_two_writable_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
