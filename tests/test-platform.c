// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The platform of a function: the source of each fact, what Query tells the guest, and the effects
 * (ref 3.5, 3.6, 5.3 to 5.7, 6.1, 7).
 */
#include "fixture.h"

#include <errno.h>
#include <string.h>

/* All facts, each different from its default. */
static const struct zpci_platform all = {
	.size = sizeof(all),
	.given = ZPCI_PLATFORM_ALL,
	.pft = 0x0b,
	.port = 15,
	.pfip = { 1, 2, 3, 4 },
	.has_tid = true,
	.tid = 0xabcd,
	.report_error = true,
	.dma_start = 0x200000000,
	.dma_end = 0x2ffffffff,
	.group = {
		.id = 0x33,
		.version = 7,
		.designations = ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS,
		.refresh = true,
		.vectors = 9,
		.store_block = 256,
		.fmb_interval = 1234,
		.msi_address = 0x300000000,
		.dma_spaces = 0x123456789abcdef0,
	},
	.has_utility_ebcdic = true,
	.utility_ebcdic = { 0xc1, 0x00, 0xff },
	.pchid = 0x7ffe,
	.fidparm = 0x5a,
};

static int add(struct fixture *fixture, unsigned vf, const struct zpci_platform *platform)
{
	struct zpci_function_options options;

	fixture_options(fixture, vf, "lpar", &options);
	options.platform = platform;
	return fixture_add_options(fixture, &options);
}

/* @from, of which only the facts @facts are given. */
static struct zpci_platform some_of(const struct zpci_platform *from, uint32_t facts)
{
	struct zpci_platform platform = *from;

	platform.given = facts;
	return platform;
}

/* Query tells the facts of @all. */
static void expect_all(const struct zpci_clp_query_function_response *function,
		       const struct zpci_clp_query_group_response *group)
{
	assert_int_equal(function->flags, ZPCI_CLP_QF_TID | ZPCI_CLP_QF_UTILITY_STRING);
	assert_int_equal(function->pfgid, 0x33);
	assert_int_equal(function->pft, 0x0b);
	assert_int_equal(function->port, 15);
	assert_memory_equal(function->pfip, all.pfip, 4);
	assert_int_equal(function->fmb_length, 0);
	assert_int_equal(zpci_be16_get(function->tid), 0xabcd);
	assert_int_equal(zpci_be64_get(function->sdma), 0x200000000);
	assert_int_equal(zpci_be64_get(function->edma), 0x2ffffffff);
	assert_memory_equal(function->utility_string, all.utility_ebcdic, 64);
	assert_int_equal(zpci_be16_get(function->pchid), 0x7ffe);
	assert_int_equal(function->fidparm, 0x5a);
	assert_int_equal(zpci_be16_get(group->noi), 9);
	assert_int_equal(group->version, 7);
	assert_int_equal(group->flags, ZPCI_CLP_QG_REFRESH);
	assert_int_equal(zpci_be16_get(group->maxstbl), 256);
	assert_int_equal(zpci_be16_get(group->mui), 1234);
	assert_int_equal(group->dtsm, 0x60);
	assert_int_equal(zpci_be64_get(group->dasm), 0x123456789abcdef0);
	assert_int_equal(zpci_be64_get(group->msia), 0x300000000);
}

static void ask(struct fixture *fixture, unsigned vf,
		struct zpci_clp_query_function_response *function,
		struct zpci_clp_query_group_response *group)
{
	assert_int_equal(guest_query_function(fixture, fixture_handle(fixture, FID + vf), function),
			 ZPCI_CLP_OK);
	assert_int_equal(guest_query_group(fixture, function->pfgid, group), ZPCI_CLP_OK);
}

/* --- sources of facts ------------------------------------------------------------------------- */

static void test_configured_facts_are_told(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	struct zpci_platform platform = { .size = sizeof(platform) };
	uint32_t delivered = 1;

	assert_int_equal(add(fixture, 1, &all), 0);
	ask(fixture, 1, &function, &group);
	expect_all(&function, &group);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 1, &platform, &delivered),
			 0);
	assert_memory_equal(&platform, &all, sizeof(all));
	assert_int_equal(delivered, 0);
}

static void test_facts_of_the_device_are_told(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	struct zpci_platform mine = all, platform = { .size = sizeof(platform) };
	uint32_t delivered = 0;

	fixture->bench->platform = &mine;
	assert_int_equal(add(fixture, 1, NULL), 0);
	/* The options are read once. */
	memset(&mine, 0xff, sizeof(mine));
	ask(fixture, 1, &function, &group);
	expect_all(&function, &group);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 1, &platform, &delivered),
			 0);
	assert_int_equal(delivered, ZPCI_PLATFORM_ALL);
	assert_int_equal(platform.given, 0);
	assert_true(platform.report_error);
}

/* For each fact the configuration comes first, then the device, then the default. */
static void test_each_fact_has_its_own_source(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform configured = { .size = sizeof(configured),
					    .given = ZPCI_PLATFORM_PORT | ZPCI_PLATFORM_TOPOLOGY,
					    .port = 3,
					    .pft = 0x77,
					    .tid = 0x77 };
	const struct zpci_platform mine =
		some_of(&all, ZPCI_PLATFORM_PORT | ZPCI_PLATFORM_TOPOLOGY | ZPCI_PLATFORM_TYPE);
	struct zpci_platform platform = { .size = sizeof(platform) };
	uint32_t delivered;

	fixture->bench->platform = &mine;
	assert_int_equal(add(fixture, 1, &configured), 0);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 1, &platform, &delivered),
			 0);
	assert_int_equal(platform.given, ZPCI_PLATFORM_PORT | ZPCI_PLATFORM_TOPOLOGY);
	assert_int_equal(delivered, ZPCI_PLATFORM_TYPE);
	assert_int_equal(platform.port, 3);
	assert_false(platform.has_tid);
	assert_int_equal(platform.pft, 0x0b);
	assert_int_equal(platform.group.id, 0x01);
	assert_int_equal(platform.dma_end, 0x3ffffffffff);
	assert_int_equal(platform.fmb_length, 64);
	assert_string_equal(platform.utility_string, "");
}

/* No caller is older than the first release. */
static void test_structures_without_a_fact_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform some = { .size = offsetof(struct zpci_platform, fidparm) };

	assert_int_equal(add(fixture, 1, &some), -EINVAL);
	some.size = sizeof(some);
	assert_int_equal(add(fixture, 1, &some), 0);
}

static void test_shorter_structures_are_accepted(void **state)
{
	struct fixture *fixture = *state;
	union {
		struct zpci_platform platform;
		uint8_t bytes[sizeof(struct zpci_platform)];
	} some;

	assert_int_equal(add(fixture, 1, &all), 0);
	memset(&some, 0xee, sizeof(some));
	some.platform.size = offsetof(struct zpci_platform, port);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 1, &some.platform, NULL),
			 0);
	assert_int_equal(some.platform.pft, 0x0b);
	assert_int_equal(some.platform.port, 0xee);
	assert_int_equal(some.platform.size, offsetof(struct zpci_platform, port));
	zpci_platform_default(&some.platform);
	assert_int_equal(some.platform.pft, 0);
	assert_int_equal(some.platform.port, 0xee);
	assert_int_equal(zpci_firmware_platform(fixture->firmware, FID + 2, &some.platform, NULL),
			 -ENOENT);
}

/* --- groups ----------------------------------------------------------------------------------- */

static void test_first_function_defines_the_group(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_group_response group;
	struct zpci_platform other = all;

	assert_int_equal(guest_query_group(fixture, 0x33, &group), ZPCI_CLP_UNKNOWN_GROUP);
	assert_int_equal(add(fixture, 1, &all), 0);
	assert_int_equal(add(fixture, 2, &all), 0);
	/* Facts outside of the group may differ. */
	other.dma_end = 0x20000ffff;
	other.pft = 0x02;
	assert_int_equal(add(fixture, 3, &other), 0);
	other.group.vectors++;
	assert_int_equal(add(fixture, 4, &other), -EEXIST);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 2), 0);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 3), 0);
	assert_int_equal(guest_query_group(fixture, 0x33, &group), ZPCI_CLP_OK);
	assert_int_equal(add(fixture, 4, &other), -EEXIST);
	/* After a refusal the device was given back. */
	assert_int_equal(add(fixture, 4, &all), 0);
}

/* Group 1 of a host's platform replaces our default. */
static void test_platform_replaces_the_default_group(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_group_response group;
	struct zpci_platform one = some_of(&all, ZPCI_PLATFORM_GROUP);

	one.group.id = 0x01;
	one.group.msi_address = 0xfe00000000000000;
	assert_int_equal(guest_query_group(fixture, 0x01, &group), ZPCI_CLP_OK);
	assert_int_equal(zpci_be16_get(group.noi), 2048);
	assert_int_equal(add(fixture, 1, &one), 0);
	assert_int_equal(guest_query_group(fixture, 0x01, &group), ZPCI_CLP_OK);
	assert_int_equal(zpci_be16_get(group.noi), 9);
	assert_int_equal(add(fixture, 2, NULL), -EEXIST);
}

static void test_groups_of_the_machine_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_group_response group;
	struct zpci_platform platform = all;

	platform.group.id = 0xf0;
	assert_int_equal(add(fixture, 1, &platform), -EINVAL);
	platform.group.id = 0xff;
	assert_int_equal(add(fixture, 1, &platform), -EINVAL);
	platform.group.id = 0xef;
	/* The group is left to the machine until a function of ours is in it. */
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_GROUP, 32, sizeof(group));
	guest_put(fixture, BLOCK + 19, 1, 0xef);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), NOT_OURS);
	assert_int_equal(add(fixture, 1, &platform), 0);
	assert_int_equal(guest_query_group(fixture, 0xef, &group), ZPCI_CLP_OK);
}

static void test_all_groups_are_free_without_machine_functions(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_group_response group;
	struct zpci_platform platform = all;

	platform.group.id = 0xff;
	assert_int_equal(add(fixture, 1, &platform), 0);
	assert_int_equal(guest_query_group(fixture, 0xff, &group), ZPCI_CLP_OK);
}

/* --- effects ---------------------------------------------------------------------------------- */

static uint32_t enabled(struct fixture *fixture, const struct zpci_platform *platform)
{
	uint32_t handle;

	assert_int_equal(add(fixture, 1, platform), 0);
	handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	guest_set_master(fixture, handle);
	return handle;
}

static int dma_read(struct fixture *fixture, uint64_t address)
{
	const struct zpci_services *services = fixture->bench->devices[1]->services;
	uint8_t byte;

	return services->dma_read(services->function, address, &byte, 1, NULL);
}

static int register_tables(struct fixture *fixture, uint32_t handle, uint64_t start, uint64_t last,
			   uint64_t iota)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.pba, start);
	zpci_be64_put(&fib.pal, last);
	zpci_be64_put(&fib.iota, iota);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL);
	return guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_IOAT, &fib);
}

static void test_dma_addresses_bound_the_aperture(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = enabled(fixture, &all);

	guest_map(fixture, 0x200000000, PAGES, 0);
	guest_map(fixture, 0x2fffff000, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, 0x1fffff000, 0x2ffffffff),
			 STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(guest_register_ioat(fixture, handle, 0x200000000, 0x300000fff),
			 STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(guest_register_ioat(fixture, handle, 0x200000000, 0x2ffffffff), CC(0));
	assert_int_equal(dma_read(fixture, 0x200000000), 0);
	assert_int_equal(dma_read(fixture, 0x2ffffffff), 0);
}

/* Linux registers a page behind the last address (ref 5.3). */
static void test_ism_has_one_more_page(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform ism = all;
	uint32_t handle;

	ism.pft = ZPCI_FUNCTION_TYPE_ISM;
	ism.group.msi_address = 0x300001000;
	handle = enabled(fixture, &ism);
	guest_map(fixture, 0x300000000, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, 0x200000000, 0x300001000),
			 STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(guest_register_ioat(fixture, handle, 0x200000000, 0x300000fff), CC(0));
	assert_int_equal(dma_read(fixture, 0x300000fff), 0);
}

/* The last page of the address space: no address follows it. */
static void test_dma_addresses_reach_the_last_page(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform ism = all;
	uint32_t handle;

	ism.pft = ZPCI_FUNCTION_TYPE_ISM;
	ism.dma_end = UINT64_MAX;
	ism.group.msi_address = 0;
	handle = enabled(fixture, &ism);
	guest_map(fixture, 0x200000000, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, 0x200000000, UINT64_MAX), CC(0));
	assert_int_equal(dma_read(fixture, 0x200000000), 0);
}

/* Makes a table of type @type whose entry 0 is the table @below. Returns its designation. */
static uint64_t put_in_front(struct fixture *fixture, uint64_t table, uint64_t below, uint64_t type)
{
	for (unsigned i = 0; i < 2048; i++)
		guest_put(fixture, table + 8 * i, 8, ZPCI_IOTE_INVALID);
	guest_put(fixture, table, 8, (below & ZPCI_IOTA_ORIGIN) | ZPCI_IOTE_LENGTH | type);
	return table | ZPCI_IOTA_TRANSLATE | type;
}

/* Returns the accepted tables as bits: region-third 1, -second 2, -first 4. */
static unsigned accepted(struct fixture *fixture, uint8_t designations)
{
	struct zpci_platform platform = some_of(&all, ZPCI_PLATFORM_GROUP | ZPCI_PLATFORM_DMA);
	static unsigned vf;
	uint64_t iotas[3];
	unsigned types = 0;
	uint32_t handle;

	vf++;
	platform.group.id = (uint8_t)(0x40 + vf);
	platform.group.designations = designations;
	assert_int_equal(add(fixture, vf, &platform), 0);
	handle = guest_enable(fixture, fixture_handle(fixture, FID + vf));
	guest_map(fixture, 0x200000000, PAGES, 0);
	iotas[0] = fixture->iota;
	iotas[1] = put_in_front(fixture, 0x800000, iotas[0], ZPCI_IOTA_DT_RS);
	iotas[2] = put_in_front(fixture, 0x804000, iotas[1], ZPCI_IOTA_DT_RF);
	for (unsigned i = 0; i < 3; i++)
		if (register_tables(fixture, handle, 0x200000000, 0x2ffffffff, iotas[i]) == CC(0))
			types |= 1u << i;
	/* Segment tables, direct mapping and unknown types are always refused. */
	for (uint64_t type = 0; type < 0x20; type += 4)
		if (!type || type > ZPCI_IOTA_DT_RF)
			assert_int_equal(register_tables(fixture, handle, 0x200000000, 0x2ffffffff,
							 0x800000 | ZPCI_IOTA_TRANSLATE | type),
					 STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(register_tables(fixture, handle, 0x200000000, 0x2ffffffff, 0),
			 STATUS(ZPCI_STATUS_RESOURCES));
	return types;
}

static void test_designations_decide_about_tables(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(accepted(fixture, 0x40), 1);
	assert_int_equal(accepted(fixture, 0x60), 3);
	assert_int_equal(accepted(fixture, 0x50), 5);
	assert_int_equal(accepted(fixture, 0x70), 7);
	assert_int_equal(accepted(fixture, 0x7c), 7);
}

/* Each type of tables translates as many bits as it has. Higher addresses do not wrap. */
static void test_tables_reach_as_far_as_their_bits(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform platform = some_of(&all, ZPCI_PLATFORM_GROUP | ZPCI_PLATFORM_DMA);
	const uint64_t start = 0x200000000;
	uint64_t iotas[3];
	uint32_t handle;

	platform.dma_end = 0x7fffffffffffffff;
	platform.group.designations = 0x7c;
	platform.group.msi_address = 0xfe00000000000000;
	handle = enabled(fixture, &platform);
	guest_map(fixture, start, PAGES, 0);
	iotas[0] = fixture->iota;
	iotas[1] = put_in_front(fixture, 0x800000, iotas[0], ZPCI_IOTA_DT_RS);
	iotas[2] = put_in_front(fixture, 0x804000, iotas[1], ZPCI_IOTA_DT_RF);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(
			register_tables(fixture, handle, start, platform.dma_end, iotas[i]), CC(0));
		assert_int_equal(dma_read(fixture, start), 0);
		for (unsigned beyond = 42; beyond < 63; beyond++) {
			struct zpci_chsc_sei_response event;
			/* Within the reach of the tables an entry is missing; beyond it no entry
			 * can be. */
			unsigned pec = beyond < 42 + 11 * i ? ZPCI_PEC_DMA_TRANSLATION
							    : ZPCI_PEC_DMA_RANGE;

			assert_int_equal(dma_read(fixture, start + (1ull << beyond)), -EFAULT);
			assert_int_equal(guest_sei(fixture, &event), CC(0));
			assert_int_equal(zpci_be16_get(event.ccdf.pec), pec);
			assert_int_equal(
				guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL),
				CC(0));
		}
	}
}

static void test_store_block_length_is_checked(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = enabled(fixture, &all);

	assert_int_equal(guest_store_block(fixture, handle, 0, 0, DATA, 256), CC(0));
	assert_int_equal(guest_store_block(fixture, handle, 0, 0, DATA, 264),
			 PGM(ZPCI_PGM_SPECIFICATION));
	assert_int_equal(guest_store_block(fixture, handle, 0, 4, DATA, 256),
			 PGM(ZPCI_PGM_SPECIFICATION));
}

static void test_short_store_block_is_warned_about(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform platform = all;

	platform.group.store_block = ZPCI_STORE_BLOCK_LINUX;
	assert_int_equal(add(fixture, 1, &platform), 0);
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 0);
	platform.group.id++;
	platform.group.store_block -= 8;
	assert_int_equal(add(fixture, 2, &platform), 0);
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 1);
}

static void set_measurement(struct fixture *fixture, uint32_t handle, uint64_t address,
			    int expected)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.fmb, address);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib), expected);
}

/* Linux registers a block whatever it was told (ref 7). */
static void test_missing_measurement_block_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;
	uint32_t handle = enabled(fixture, &all);
	struct zpci_fib fib;

	guest_fill(fixture, FMB, 0xee, 64);
	set_measurement(fixture, handle, FMB, STATUS(0));
	set_measurement(fixture, handle, FMB | 1, STATUS(0));
	set_measurement(fixture, handle, 0, CC(0));
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_NO_EVENT);
	assert_int_equal(guest_store_controls(fixture, handle, &fib), CC(0));
	assert_int_equal(zpci_be64_get(fib.fmb), 0);
	zpci_ram_advance(fixture->ram, 100000000000);
	assert_int_equal(guest_get(fixture, FMB, 8), 0xeeeeeeeeeeeeeeee);
}

static void test_measurement_interval_is_used(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_platform platform = some_of(&all, ZPCI_PLATFORM_GROUP);
	uint32_t handle;

	platform.group.msi_address = 0;
	handle = enabled(fixture, &platform);
	set_measurement(fixture, handle, FMB, CC(0));
	zpci_ram_advance(fixture->ram, 1233999999);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 0);
	zpci_ram_advance(fixture->ram, 1);
	assert_int_equal(guest_get(fixture, FMB + 4, 4), 1);
}

static void test_msi_address_is_used(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = enabled(fixture, &all);
	const struct zpci_services *services = fixture->bench->devices[1]->services;

	assert_int_equal(guest_register_int(fixture, handle, 2, BENCH_VECTORS, 0, 0), CC(0));
	for (unsigned i = 0; i < 2; i++) {
		guest_msix_entry(fixture, handle, i, i);
		guest_bar_write(fixture, handle, BENCH_MSIX_BAR, BENCH_MSIX_TABLE + 16 * i, 8,
				i ? 0x300000000 : 0xfe00000000000000);
	}
	guest_msix_enable(fixture, handle);
	services->raise_vector(services->function, 0);
	assert_int_equal(zpci_ram_interruptions(fixture->ram, 2), 0);
	services->raise_vector(services->function, 1);
	assert_int_equal(zpci_ram_interruptions(fixture->ram, 2), 1);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_configured_facts_are_told),
		FIXTURE_TEST(test_facts_of_the_device_are_told),
		FIXTURE_TEST(test_each_fact_has_its_own_source),
		FIXTURE_TEST(test_structures_without_a_fact_are_refused),
		FIXTURE_TEST(test_shorter_structures_are_accepted),
		FIXTURE_TEST(test_first_function_defines_the_group),
		FIXTURE_TEST(test_platform_replaces_the_default_group),
		cmocka_unit_test_setup_teardown(test_groups_of_the_machine_are_refused,
						fixture_setup_shared, fixture_teardown),
		FIXTURE_TEST(test_all_groups_are_free_without_machine_functions),
		FIXTURE_TEST(test_dma_addresses_bound_the_aperture),
		FIXTURE_TEST(test_ism_has_one_more_page),
		FIXTURE_TEST(test_dma_addresses_reach_the_last_page),
		FIXTURE_TEST(test_designations_decide_about_tables),
		FIXTURE_TEST(test_tables_reach_as_far_as_their_bits),
		FIXTURE_TEST(test_store_block_length_is_checked),
		FIXTURE_TEST(test_short_store_block_is_warned_about),
		FIXTURE_TEST(test_missing_measurement_block_is_refused),
		FIXTURE_TEST(test_measurement_interval_is_used),
		FIXTURE_TEST(test_msi_address_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
