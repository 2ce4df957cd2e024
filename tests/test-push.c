// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device accesses guest storage by itself: what is mapped for it, and when (ref 5.8).
 *
 * The device is the tests' own behind an IOMMU as hosts have: it keeps a limited number of
 * mappings, and refuses a mapping that overlaps another one and an unmapping that cuts one. The
 * tests compare its mappings with their own walk of the guest's tables.
 */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000ull
#define SEGMENT 0x100000ull
#define APERTURE 0x1000000ull /* 16 MiB from the first DMA address */
#define FRAME PAGES

/* --- the host's IOMMU ----------------------------------------------------------------------- */

#define ROOM 8192u

static struct {
	struct zpci_dma_mapping mapping[ROOM];
	unsigned count;
	unsigned room;
	unsigned maps, unmaps; /* calls */
	int error;	       /* result of the next dma_map() */
	bool reset;	       /* reset() was called */
} iommu;

static bool overlaps(const struct zpci_dma_mapping *mapping, uint64_t start, uint64_t last)
{
	return mapping->address <= last && mapping->address + mapping->length - 1 >= start;
}

static int dma_map(void *device, const struct zpci_dma_mapping *mapping)
{
	int error = iommu.error;

	(void)device;
	iommu.maps++;
	iommu.error = 0;
	assert_int_equal(mapping->address % PAGE, 0);
	assert_int_equal(mapping->length % PAGE, 0);
	assert_true(mapping->length > 0);
	for (unsigned i = 0; i < iommu.count; i++)
		assert_false(overlaps(&iommu.mapping[i], mapping->address,
				      mapping->address + mapping->length - 1));
	if (error)
		return error;
	if (iommu.count == iommu.room)
		return -ENOSPC;
	iommu.mapping[iommu.count++] = *mapping;
	return 0;
}

static void dma_unmap(void *device, uint64_t address, uint64_t length)
{
	uint64_t last = address + length - 1;
	unsigned kept = 0;

	(void)device;
	iommu.unmaps++;
	assert_true(last >= address);
	for (unsigned i = 0; i < iommu.count; i++) {
		struct zpci_dma_mapping *mapping = &iommu.mapping[i];

		if (!overlaps(mapping, address, last)) {
			iommu.mapping[kept++] = *mapping;
			continue;
		}
		assert_true(mapping->address >= address);
		assert_true(mapping->address + mapping->length - 1 <= last);
	}
	assert_true(kept < iommu.count);
	iommu.count = kept;
}

static void reset(void *device)
{
	iommu.reset = true;
	bench_model.reset(device);
}

static void close_device(void *device)
{
	assert_int_equal(iommu.count, 0);
	bench_model.close(device);
}

/* The mapping that has DMA address @address. */
static const struct zpci_dma_mapping *mapped(uint64_t address)
{
	for (unsigned i = 0; i < iommu.count; i++)
		if (overlaps(&iommu.mapping[i], address, address))
			return &iommu.mapping[i];
	return NULL;
}

/* --- the machine ---------------------------------------------------------------------------- */

/* Its storage in up to two regions, which a test changes. */
static struct zpci_storage_region region[2];
static unsigned regions;
static unsigned fetches;

static void name_regions(void *machine,
			 void (*visit)(void *opaque, const struct zpci_storage_region *region),
			 void *opaque)
{
	(void)machine;
	for (unsigned i = 0; i < regions; i++)
		visit(opaque, &region[i]);
}

static int read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	fetches++;
	return zpci_ram_ops()->read_absolute(machine, address, buffer, length);
}

static void keep_region(void *opaque, const struct zpci_storage_region *found)
{
	*(struct zpci_storage_region *)opaque = *found;
}

static struct zpci_model model;
static uint32_t handle;
static uint64_t dma;

static int register_tables(struct fixture *fixture)
{
	return guest_register_ioat(fixture, handle, dma, dma + APERTURE - 1);
}

static int setup(void **state)
{
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = 8 };
	struct zpci_firmware_options options = { .size = sizeof(options) };
	struct zpci_machine_ops ops = *zpci_ram_ops();
	struct fixture *fixture;

	assert_int_equal(fixture_setup(state), 0);
	fixture = *state;
	memset(&iommu, 0, sizeof(iommu));
	iommu.room = ROOM;
	ops.regions = name_regions;
	ops.read_absolute = read_absolute;
	zpci_ram_ops()->regions(fixture->ram, keep_region, &region[0]);
	region[0].file = 77; /* passed on to the device */
	region[0].offset = 0x40000000;
	regions = 1;
	zpci_firmware_destroy(fixture->firmware);
	zpci_adapter_unref(fixture->adapter);
	options.logger = adapter.logger = fixture_logger(fixture);
	assert_int_equal(zpci_firmware_create(&ops, fixture->ram, &options, &fixture->firmware), 0);
	model = bench_model;
	model.name = "mapping";
	model.reset = reset;
	model.close = close_device;
	model.dma_map = dma_map;
	model.dma_unmap = dma_unmap;
	assert_int_equal(zpci_adapter_create(&model, PCHID, &adapter, &fixture->adapter), 0);
	fixture->bench = bench_last;
	handle = fixture_enabled(fixture, 1, "lpar");
	dma = guest_dma_start(fixture, handle);
	/* Makes a table for each segment, for tests that write entries. */
	for (uint64_t at = 0; at < APERTURE; at += SEGMENT)
		guest_map(fixture, dma + at, 0, ZPCI_IOTE_PAGE_INVALID);
	assert_int_equal(register_tables(fixture), CC(0));
	assert_int_equal(iommu.count, 0);
	return 0;
}

#define PUSH_TEST(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

/* --- expected mappings ---------------------------------------------------------------------- */

struct page {
	bool valid, write;
	uint64_t absolute;
};

/* The page at @address in the guest's tables, by a walk written from the reference. */
static struct page look(struct fixture *fixture, uint64_t address)
{
	uint64_t third =
		guest_get(fixture, (fixture->iota & ~0x3fffull) + 8 * (address >> 31 & 0x7ff), 8);
	uint64_t segment, entry;
	struct page page = { .valid = false };

	if (third & 0x20)
		return page;
	segment = guest_get(fixture, (third & ~0x3fffull) + 8 * (address >> 20 & 0x7ff), 8);
	if (segment & 0x20)
		return page;
	page.write = !((third | segment) & 0x200);
	if (segment & 0x400) {
		page.valid = true;
		page.absolute = (segment & ~0xfffffull) | (address & 0xff000);
		return page;
	}
	entry = guest_get(fixture, (segment & ~0x7ffull) + 8 * (address >> 12 & 0xff), 8);
	page.valid = !(entry & 0x400);
	page.write = page.write && !(entry & 0x200);
	page.absolute = entry & ~0xfffull;
	return page;
}

static bool same(const struct page *a, const struct page *b)
{
	return a->valid == b->valid &&
	       (!a->valid || (a->write == b->write && a->absolute == b->absolute));
}

/* The mapping of the page at @address. */
static struct page pushed(struct fixture *fixture, uint64_t address)
{
	const struct zpci_dma_mapping *mapping = mapped(address);
	struct page page = { .valid = mapping };

	if (!mapping)
		return page;
	page.write = mapping->write;
	page.absolute = (uint64_t)((uint8_t *)mapping->host - zpci_ram_storage(fixture->ram)) +
			(address - mapping->address);
	return page;
}

/* The mapped pages from @start are those of the tables, with the same frames and protection. */
static void expect_all(struct fixture *fixture, uint64_t start, uint64_t length)
{
	for (uint64_t at = start; at < start + length; at += PAGE) {
		struct page wanted = look(fixture, at), found = pushed(fixture, at);

		assert_true(same(&wanted, &found));
	}
}

static void map_pages(struct fixture *fixture, uint64_t at, unsigned pages, uint64_t frame,
		      uint64_t flags)
{
	for (unsigned i = 0; i < pages; i++)
		guest_map(fixture, dma + at + i * PAGE, frame + i * PAGE, flags);
}

static void unmap_pages(struct fixture *fixture, uint64_t at, unsigned pages)
{
	map_pages(fixture, at, pages, 0, ZPCI_IOTE_PAGE_INVALID);
}

static int refresh(struct fixture *fixture, uint64_t at, unsigned pages)
{
	return guest_refresh(fixture, handle, dma + at, pages * PAGE);
}

static int refresh_all(struct fixture *fixture)
{
	return guest_refresh(fixture, handle, dma, 0x3ff00000000);
}

static void expect_error(struct fixture *fixture, uint16_t pec, uint64_t address)
{
	struct zpci_chsc_sei_response event;

	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), pec);
	assert_int_equal(zpci_be64_get(event.ccdf.address) & ~0xfffull, address);
}

/* --- runs ----------------------------------------------------------------------------------- */

static void test_group_publishes_refresh(void **state)
{
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;
	struct fixture *fixture = *state;

	assert_int_equal(guest_query_function(fixture, handle, &function), ZPCI_CLP_OK);
	assert_int_equal(function.pfgid, 0x03);
	assert_int_equal(guest_query_group(fixture, 0x03, &group), ZPCI_CLP_OK);
	assert_int_equal(group.flags, ZPCI_CLP_QG_REFRESH);
	assert_int_equal(guest_query_group(fixture, 0x01, &group), ZPCI_CLP_OK);
	assert_int_equal(group.flags, 0);
	/* A group without refresh is refused: its guests do not report new translations. */
	fixture_options(fixture, 2, "lpar", &options);
	zpci_platform_relaxed(&platform);
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), -EINVAL);
	platform.group.id = 0x04;
	platform.group.refresh = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
}

static void test_model_needs_both_operations(void **state)
{
	struct zpci_model half = model;
	struct zpci_adapter *adapter;

	(void)state;
	half.dma_unmap = NULL;
	assert_int_equal(zpci_adapter_create(&half, 0x1c1, NULL, &adapter), -EINVAL);
}

static void test_pages_become_runs(void **state)
{
	struct fixture *fixture = *state;
	const struct zpci_dma_mapping *mapping;

	map_pages(fixture, 0x5000, 3, FRAME, 0);
	map_pages(fixture, 0x8000, 1, FRAME + 0x10000, 0);
	map_pages(fixture, 0x9000, 2, FRAME + 0x11000, ZPCI_IOTE_PROTECT);
	/* Pages that it was not told of are not mapped. */
	assert_int_equal(iommu.maps, 0);
	assert_int_equal(refresh(fixture, 0x5000, 8), CC(0));
	assert_int_equal(iommu.count, 3);
	expect_all(fixture, dma, APERTURE);
	mapping = mapped(dma + 0x6000);
	assert_int_equal(mapping->address, dma + 0x5000);
	assert_int_equal(mapping->length, 3 * PAGE);
	assert_ptr_equal(mapping->host, zpci_ram_storage(fixture->ram) + FRAME);
	assert_int_equal(mapping->file, 77);
	assert_int_equal(mapping->offset, 0x40000000 + FRAME);
	assert_true(mapping->write);
	assert_false(mapped(dma + 0xa000)->write);

	/* A mapping that did not change is left alone. */
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.maps, 3);
	assert_int_equal(iommu.unmaps, 0);

	/* One page of a run is unmapped; the rest, which the guest did not name, stays mapped. */
	unmap_pages(fixture, 0x6000, 1);
	assert_int_equal(refresh(fixture, 0x6000, 1), CC(0));
	assert_int_equal(iommu.count, 4);
	expect_all(fixture, dma, APERTURE);
	assert_int_equal(iommu.unmaps, 1);

	/* One page is mapped again, to another frame; one may be written now. */
	map_pages(fixture, 0x6000, 1, FRAME + 0x40000, 0);
	map_pages(fixture, 0x9000, 1, FRAME + 0x11000, 0);
	assert_int_equal(refresh_all(fixture), CC(0));
	expect_all(fixture, dma, APERTURE);

	unmap_pages(fixture, 0, 16);
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.count, 0);
}

static void test_frame_of_1_mib_is_one_run(void **state)
{
	struct fixture *fixture = *state;
	uint64_t entry = guest_entry(fixture, dma + 2 * SEGMENT, 2);
	uint64_t table = guest_get(fixture, entry, 8);

	map_pages(fixture, 3 * SEGMENT, 2, PAGES + SEGMENT, 0);
	guest_put(fixture, entry, 8, PAGES | 0x400);
	assert_int_equal(refresh(fixture, 2 * SEGMENT - PAGE, 1024), CC(0));
	assert_int_equal(iommu.count, 1);
	expect_all(fixture, dma, APERTURE);
	/* The guest names a part of the run, and the whole run changes. */
	guest_put(fixture, entry, 8, table);
	assert_int_equal(refresh(fixture, 2 * SEGMENT + 0x7000, 1), CC(0));
	assert_int_equal(iommu.count, 1);
	expect_all(fixture, dma, APERTURE);
}

static void test_range_is_cut_to_the_aperture(void **state)
{
	struct fixture *fixture = *state;

	/* A page behind the registered aperture, in the same tables. */
	guest_map(fixture, dma + APERTURE, FRAME, 0);
	map_pages(fixture, APERTURE - PAGE, 1, FRAME + PAGE, 0);
	assert_int_equal(guest_refresh(fixture, handle, 0, UINT64_MAX), CC(0));
	assert_int_equal(iommu.count, 1);
	assert_int_equal(iommu.mapping[0].address, dma + APERTURE - PAGE);
	assert_int_equal(iommu.mapping[0].length, PAGE);
	/* A page before it. */
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	map_pages(fixture, 0x1000, 2, FRAME, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma + 0x2000, dma + APERTURE - 1),
			 CC(0));
	assert_int_equal(guest_refresh(fixture, handle, 0, UINT64_MAX), CC(0));
	assert_int_equal(iommu.count, 2);
	assert_null(mapped(dma + 0x1000));
}

/* --- no room -------------------------------------------------------------------------------- */

static void test_missing_room_is_reported(void **state)
{
	struct fixture *fixture = *state;

	iommu.room = 4;
	for (unsigned i = 0; i < 4; i++) {
		map_pages(fixture, i * 0x2000, 1, FRAME + i * PAGE, 0);
		assert_int_equal(refresh(fixture, i * 0x2000, 1), CC(0));
	}
	/* As Linux does: it unmaps two buffers without a refresh, a new buffer has no room, and it
	 * refreshes everything. */
	unmap_pages(fixture, 0x2000, 1);
	unmap_pages(fixture, 0x4000, 1);
	map_pages(fixture, 0x20000, 2, FRAME + 0x10000, 0);
	assert_int_equal(refresh(fixture, 0x20000, 2), STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(iommu.count, 4);
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.count, 3);
	expect_all(fixture, dma, APERTURE);

	/* If no mapping can be freed, it fails each time and leaks nothing. */
	for (unsigned i = 0; i < 4; i++)
		map_pages(fixture, 0x40000 + i * 0x2000, 1, FRAME + i * PAGE, 0);
	assert_int_equal(refresh_all(fixture), STATUS(ZPCI_STATUS_RESOURCES));
	assert_int_equal(refresh_all(fixture), STATUS(ZPCI_STATUS_RESOURCES));
	unmap_pages(fixture, 0x40000, 5);
	iommu.error = -ENOMEM;
	map_pages(fixture, 0x50000, 1, FRAME, 0);
	assert_int_equal(refresh_all(fixture), STATUS(ZPCI_STATUS_RESOURCES));
	unmap_pages(fixture, 0, 256);
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.count, 0);
}

/* Without a table 2^31 bytes are one step; without a page table 2^20. */
static void test_invalid_entries_are_skipped(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	map_pages(fixture, 0x5000, 1, FRAME, 0);
	fetches = 0;
	assert_int_equal(guest_register_ioat(fixture, handle, dma, 0x3ffffffffff), CC(0));
	assert_int_equal(iommu.count, 1);
	/* One for each region, two for each segment of one region, four for each page of 16
	 * segments. */
	assert_true(fetches >= 2048 && fetches <= 2048 + 2 * 2048 + 4 * 16 * 256 + 100);
}

/* All entries lead to one page table: 2^30 pages. */
static void test_work_is_bounded(void **state)
{
	struct fixture *fixture = *state;
	uint64_t third = guest_get(fixture, guest_entry(fixture, dma, 3), 8);
	uint64_t segment = guest_get(fixture, guest_entry(fixture, dma, 2), 8);

	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	for (unsigned i = 0; i < 2048; i++) {
		guest_put(fixture, (fixture->iota & ~0x3fffull) + 8 * i, 8, third);
		guest_put(fixture, (third & ~0x3fffull) + 8 * i, 8, segment);
	}
	fetches = 0;
	assert_int_equal(guest_register_ioat(fixture, handle, dma, 0x3ffffffffff),
			 STATUS(ZPCI_STATUS_RESOURCES));
	assert_true(fetches < 80000000);
	/* The registration was refused. A smaller one succeeds. */
	assert_int_equal(register_tables(fixture), CC(0));
	map_pages(fixture, 0, 1, FRAME, 0);
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.count, 16);
	expect_all(fixture, dma, APERTURE);
}

/* Addresses behind the reach of the tables have no translation and do not wrap. */
static void test_range_beyond_the_tables_is_not_mapped(void **state)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options;
	struct fixture *fixture = *state;

	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	zpci_platform_default(&platform);
	platform.given = ZPCI_PLATFORM_DMA;
	platform.dma_end = 0x7fffffffffffffff;
	fixture_options(fixture, 2, "lpar", &options);
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	handle = guest_enable(fixture, fixture_handle(fixture, FID + 2));
	map_pages(fixture, 0x5000, 2, FRAME, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, platform.dma_end), CC(0));
	assert_int_equal(iommu.count, 1);
	assert_int_equal(iommu.mapping[0].address, dma + 0x5000);
	assert_int_equal(guest_refresh(fixture, handle, dma + (1ull << 42), 0x10000), CC(0));
	assert_int_equal(guest_refresh(fixture, handle, dma, platform.dma_end), CC(0));
	assert_int_equal(iommu.count, 1);
}

/* --- when everything is unmapped ------------------------------------------------------------ */

static void two_runs(struct fixture *fixture)
{
	map_pages(fixture, 0x5000, 2, FRAME, 0);
	map_pages(fixture, 0x105000, 2, FRAME + 0x2000, 0);
	assert_int_equal(refresh_all(fixture), CC(0));
	assert_int_equal(iommu.count, 2);
	iommu.unmaps = 0;
	iommu.maps = 0;
}

static void test_end_of_a_registration_unmaps(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_fib fib = { .format = 0 };

	two_runs(fixture);
	zpci_be64_put(&fib.pba, dma);
	zpci_be64_put(&fib.pal, dma + SEGMENT - 1);
	zpci_be64_put(&fib.iota, fixture->iota | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REREG_IOAT, &fib), CC(0));
	/* All old mappings are gone; the valid pages of the new tables are mapped. */
	assert_int_equal(iommu.unmaps, 1);
	assert_int_equal(iommu.count, 1);
	expect_all(fixture, dma, SEGMENT);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	assert_int_equal(iommu.count, 0);
	assert_int_equal(register_tables(fixture), CC(0));
	assert_int_equal(iommu.count, 2);
}

static void test_disable_and_reset_unmap(void **state)
{
	struct fixture *fixture = *state;
	uint32_t disabled;

	two_runs(fixture);
	iommu.reset = false;
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &disabled),
			 ZPCI_CLP_OK);
	assert_int_equal(iommu.count, 0);
	assert_true(iommu.reset);
	handle = guest_enable(fixture, disabled);
	assert_int_equal(register_tables(fixture), CC(0));
	assert_int_equal(iommu.count, 2);
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	assert_int_equal(iommu.count, 0);
	handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
	assert_int_equal(register_tables(fixture), CC(0));
	assert_int_equal(iommu.count, 2);
	/* close() checks that no mapping is left. */
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	assert_int_equal(iommu.count, 0);
}

/* A refresh during recovery unmaps, as it does for a device without an IOMMU. */
static void test_refresh_in_error_unmaps(void **state)
{
	struct fixture *fixture = *state;

	two_runs(fixture);
	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a), 0);
	unmap_pages(fixture, 0x5000, 2);
	assert_int_equal(refresh(fixture, 0x5000, 2), STATUS(ZPCI_STATUS_RECOVERY));
	assert_int_equal(iommu.count, 1);
	expect_all(fixture, dma, APERTURE);
	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3b), 0);
	unmap_pages(fixture, 0x105000, 2);
	assert_int_equal(refresh(fixture, 0x105000, 2), CC(3));
	assert_int_equal(iommu.count, 0);
}

/* --- errors --------------------------------------------------------------------------------- */

static void test_failure_of_the_device_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	iommu.error = -EIO;
	map_pages(fixture, 0x5000, 1, FRAME, 0);
	assert_int_equal(refresh(fixture, 0x5000, 1), STATUS(ZPCI_STATUS_IN_ERROR));
	expect_error(fixture, ZPCI_PEC_DMA_STORAGE, dma + 0x5000);
}

static void test_storage_outside_of_regions_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	/* Two regions of the host: a run in both is mapped in two parts. */
	region[1] = region[0];
	region[0].length = FRAME + 0x2000;
	region[1].absolute = FRAME + 0x2000;
	region[1].host = (uint8_t *)region[0].host + FRAME + 0x2000;
	region[1].offset += FRAME + 0x2000;
	region[1].length = 0x2000;
	regions = 2;
	map_pages(fixture, 0x5000, 4, FRAME, 0);
	assert_int_equal(refresh(fixture, 0x5000, 4), CC(0));
	assert_int_equal(iommu.count, 2);
	expect_all(fixture, dma, APERTURE);
	assert_int_equal(mapped(dma + 0x7000)->offset, region[1].offset);
	map_pages(fixture, 0x15000, 1, FRAME + 0x4000, 0);
	assert_int_equal(refresh(fixture, 0x15000, 1), STATUS(ZPCI_STATUS_IN_ERROR));
	expect_error(fixture, ZPCI_PEC_DMA_STORAGE, dma + 0x15000);
	assert_int_equal(iommu.count, 2);
}

static void test_storage_with_watched_writes_is_not_mapped(void **state)
{
	struct fixture *fixture = *state;

	region[0].written_behind = false;
	map_pages(fixture, 0x5000, 1, FRAME, ZPCI_IOTE_PROTECT);
	assert_int_equal(refresh(fixture, 0x5000, 1), CC(0));
	assert_int_equal(iommu.count, 1);
	map_pages(fixture, 0x6000, 1, FRAME, 0);
	assert_int_equal(refresh(fixture, 0x6000, 1), STATUS(ZPCI_STATUS_IN_ERROR));
	expect_error(fixture, ZPCI_PEC_DMA_STORAGE, dma + 0x6000);
	assert_int_equal(iommu.count, 1);
}

static void test_wrong_tables_are_an_error(void **state)
{
	struct fixture *fixture = *state;
	uint64_t entry = guest_entry(fixture, dma + SEGMENT, 2);

	guest_put(fixture, entry, 8, guest_get(fixture, entry, 8) | 0x4);
	assert_int_equal(refresh_all(fixture), STATUS(ZPCI_STATUS_IN_ERROR));
	expect_error(fixture, ZPCI_PEC_DMA_TABLE_TYPE, dma + SEGMENT);
}

/* --- storage that changes ------------------------------------------------------------------- */

static void test_changed_regions_are_mapped_again(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *elsewhere = region[0].host;

	two_runs(fixture);
	/* A region beside it is added: mappings that are in use stay. */
	region[1] = region[0];
	region[1].absolute = region[0].length;
	regions = 2;
	zpci_firmware_storage_changed(fixture->firmware);
	assert_int_equal(iommu.maps + iommu.unmaps, 0);
	/* It has another address in the host. */
	regions = 1;
	region[0].host = elsewhere + SEGMENT;
	zpci_firmware_storage_changed(fixture->firmware);
	assert_int_equal(iommu.count, 2);
	assert_ptr_equal(mapped(dma + 0x5000)->host, elsewhere + SEGMENT + FRAME);
	/* The region ends within a run. The part before is mapped, then the function fails. */
	region[0].length = FRAME + 0x1000;
	zpci_firmware_storage_changed(fixture->firmware);
	assert_int_equal(iommu.count, 1);
	assert_int_equal(mapped(dma + 0x5000)->length, PAGE);
	expect_error(fixture, ZPCI_PEC_DMA_STORAGE, dma + 0x6000);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
	/* It is not mapped any more. */
	regions = 0;
	zpci_firmware_storage_changed(fixture->firmware);
	assert_int_equal(iommu.count, 0);
	expect_error(fixture, ZPCI_PEC_DMA_STORAGE, dma + 0x5000);
}

/* --- random changes -------------------------------------------------------------------------- */

#define CHANGES 6000u
#define WORLD (2 * SEGMENT) /* range with tables */

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void change_tables(struct fixture *fixture, const uint64_t tables[2])
{
	uint64_t at = draw(WORLD / PAGE) * PAGE, entry = guest_entry(fixture, dma + at, 2);
	unsigned pages = 1 + draw(40);

	if (at + pages * PAGE > WORLD)
		pages = 1;
	switch (draw(12)) {
	case 0:
		guest_put(fixture, entry, 8, 0x20);
		break;
	case 1:
		guest_put(fixture, entry, 8, (PAGES + draw(4) * SEGMENT) | 0x400 | draw(2) * 0x200);
		break;
	case 2:
	case 3:
		guest_put(fixture, entry, 8, tables[at / SEGMENT] | (draw(4) ? 0 : 0x200));
		break;
	default:
		for (unsigned i = 0; i < pages; i++) {
			uint64_t place = (at + i * PAGE) / PAGE;
			uint64_t frame = PAGES + (draw(8) ? place : draw(512)) * PAGE;

			guest_put(fixture, (tables[place / 256] & ~0x7ffull) + 8 * (place % 256), 8,
				  draw(3) ? frame | (draw(10) ? 0 : 0x200) : 0x400);
		}
	}
}

/* After RPCIT of a range its pages are mapped as in the tables, or not mapped if there was no room.
 * Other pages are as before, or as in the tables. */
static void check_refresh(struct fixture *fixture, const struct page *before, uint64_t at,
			  uint64_t length, bool all)
{
	for (uint64_t page = 0; page < WORLD / PAGE; page++) {
		struct page now = look(fixture, dma + page * PAGE);
		struct page found = pushed(fixture, dma + page * PAGE);
		bool inside = page * PAGE >= at && page * PAGE < at + length;

		if (same(&found, &now) || (!inside && same(&found, &before[page])))
			continue;
		assert_false(all);
		assert_false(found.valid);
	}
}

static void test_random_changes_are_mapped(void **state)
{
	static struct page before[WORLD / PAGE];
	struct fixture *fixture = *state;
	uint64_t tables[2];
	unsigned full = 0;

	seed = 20261128;
	for (unsigned i = 0; i < 2; i++)
		tables[i] = guest_get(fixture, guest_entry(fixture, dma + i * SEGMENT, 2), 8);
	for (unsigned i = 0; i < CHANGES; i++) {
		uint64_t at = draw(4) ? draw(WORLD / PAGE) * PAGE : 0;
		uint64_t length = at ? (1 + draw(64)) * PAGE : WORLD;
		int answer;

		for (unsigned changes = draw(4); changes; changes--)
			change_tables(fixture, tables);
		if (!draw(50))
			iommu.room = draw(2) ? ROOM : iommu.count + draw(8);
		for (uint64_t page = 0; page < WORLD / PAGE; page++)
			before[page] = pushed(fixture, dma + page * PAGE);
		answer = guest_refresh(fixture, handle, dma + at, length);
		assert_true(answer == CC(0) || answer == STATUS(ZPCI_STATUS_RESOURCES));
		full += answer != CC(0);
		check_refresh(fixture, before, at, length, answer == CC(0));
	}
	assert_true(full >= 10 && full <= CHANGES / 2);
	iommu.room = ROOM;
	assert_int_equal(refresh_all(fixture), CC(0));
	expect_all(fixture, dma, APERTURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PUSH_TEST(test_group_publishes_refresh),
		PUSH_TEST(test_model_needs_both_operations),
		PUSH_TEST(test_pages_become_runs),
		PUSH_TEST(test_frame_of_1_mib_is_one_run),
		PUSH_TEST(test_range_is_cut_to_the_aperture),
		PUSH_TEST(test_missing_room_is_reported),
		PUSH_TEST(test_invalid_entries_are_skipped),
		PUSH_TEST(test_work_is_bounded),
		PUSH_TEST(test_range_beyond_the_tables_is_not_mapped),
		PUSH_TEST(test_end_of_a_registration_unmaps),
		PUSH_TEST(test_disable_and_reset_unmap),
		PUSH_TEST(test_refresh_in_error_unmaps),
		PUSH_TEST(test_failure_of_the_device_is_an_error),
		PUSH_TEST(test_storage_outside_of_regions_is_an_error),
		PUSH_TEST(test_storage_with_watched_writes_is_not_mapped),
		PUSH_TEST(test_wrong_tables_are_an_error),
		PUSH_TEST(test_changed_regions_are_mapped_again),
		PUSH_TEST(test_random_changes_are_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
