// SPDX-License-Identifier: GPL-2.0-or-later
/* DMA through the guest's translation tables: which pages a device reaches (ref 5.3 to 5.8,
 * 8.5). */
#include "fixture.h"
#include "strike.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "zpci/firmware/internal.h"
#include "zpci/function/ioat.h"

#define APERTURE 0x1000000ull /* 16 MiB from the first DMA address */

static struct bench_device *device;
static uint32_t handle;
static uint64_t dma; /* first DMA address */

/* Pages [0] and [1] are mapped in reverse order, [2] is read-only, [3] is not mapped. */
static void translated(struct fixture *fixture)
{
	handle = fixture_enabled(fixture, 1, "lpar");
	guest_set_master(fixture, handle);
	device = fixture->bench->devices[1];
	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES + 0x1000, 0);
	guest_map(fixture, dma + 0x1000, PAGES, 0);
	guest_map(fixture, dma + 0x2000, PAGES + 0x2000, ZPCI_IOTE_PROTECT);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + APERTURE - 1), CC(0));
}

static int dma_read(uint64_t address, void *data, size_t length, uint64_t *failed)
{
	return device->services->dma_read(device->services->function, address, data, length,
					  failed);
}

static int dma_write(uint64_t address, const void *data, size_t length, uint64_t *failed)
{
	return device->services->dma_write(device->services->function, address, data, length,
					   failed);
}

/* The next event is the error event @pec of the function, at DMA address @address. */
static void expect_error(struct fixture *fixture, uint16_t pec, uint64_t address)
{
	struct zpci_chsc_sei_response event;

	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_OK);
	assert_int_equal(event.content, ZPCI_CHSC_CC_ERROR);
	assert_int_equal(zpci_be16_get(event.ccdf.pec), pec);
	assert_int_equal(zpci_be32_get(event.ccdf.fid), FID + 1);
	assert_int_equal(zpci_be32_get(event.ccdf.handle), handle);
	assert_int_equal(zpci_be64_get(event.ccdf.address) & ~0xfffull, address & ~0xfffull);
	assert_false(event.flags & ZPCI_CHSC_SEI_MORE);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
}

static void expect_refused(struct fixture *fixture, uint64_t address, uint16_t pec)
{
	uint64_t failed = 0;
	uint8_t byte;

	assert_int_equal(dma_read(address, &byte, 1, &failed), -EFAULT);
	assert_int_equal(failed, address);
	expect_error(fixture, pec, address);
}

/* --- translation ---------------------------------------------------------------------- */

static void test_pages_are_mapped_in_any_order(void **state)
{
	struct fixture *fixture = *state;
	uint8_t data[0x2000], back[0x2000];

	translated(fixture);
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 13 + i / 256);
	assert_int_equal(dma_write(dma, data, sizeof(data), NULL), 0);
	guest_read(fixture, PAGES + 0x1000, back, 0x1000);
	assert_memory_equal(back, data, 0x1000);
	guest_read(fixture, PAGES, back, 0x1000);
	assert_memory_equal(back, data + 0x1000, 0x1000);
	assert_int_equal(dma_read(dma + 0xff3, back, 26, NULL), 0);
	assert_memory_equal(back, data + 0xff3, 26);
	assert_int_equal(dma_read(dma, NULL, 0, NULL), 0);
}

static void test_protected_page_is_not_written(void **state)
{
	struct fixture *fixture = *state;
	uint64_t failed = 0;
	uint8_t data[16];

	translated(fixture);
	guest_fill(fixture, PAGES + 0x2000, 0x33, 16);
	assert_int_equal(dma_read(dma + 0x2000, data, 16, NULL), 0);
	assert_int_equal(data[15], 0x33);
	memset(data, 0x77, sizeof(data));
	assert_int_equal(dma_write(dma + 0x1ff8, data, 16, &failed), -EFAULT);
	assert_int_equal(failed, dma + 0x2000);
	assert_int_equal(guest_get(fixture, PAGES + 0x2000, 1), 0x33);
	expect_error(fixture, ZPCI_PEC_DMA_TRANSLATION, dma + 0x2000);
}

static void test_malformed_entries_are_errors(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		unsigned level;
		uint64_t clear, set;
		uint16_t pec;
	} cases[] = {
		{ 3, ZPCI_IOTE_TYPE, 0x8, ZPCI_PEC_DMA_TABLE_TYPE },
		{ 3, ZPCI_IOTE_LENGTH, 0x2, ZPCI_PEC_DMA_TABLE_LENGTH },
		{ 3, 0, 0x40, ZPCI_PEC_DMA_TABLE_LENGTH },
		{ 2, 0, 0x4, ZPCI_PEC_DMA_TABLE_TYPE },
		{ 3, ZPCI_IOTE_TABLE_ORIGIN, STORAGE_SIZE, ZPCI_PEC_DMA_STORAGE },
		{ 2, ZPCI_IOTE_PAGE_TABLE_ORIGIN, STORAGE_SIZE, ZPCI_PEC_DMA_STORAGE },
		{ 1, ZPCI_IOTE_FRAME, STORAGE_SIZE, ZPCI_PEC_DMA_STORAGE },
		{ 1, ZPCI_IOTE_FRAME, ZPCI_IOTE_FRAME, ZPCI_PEC_DMA_STORAGE },
	};

	translated(fixture);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t entry = guest_entry(fixture, dma, cases[i].level);
		uint64_t value = guest_get(fixture, entry, 8);

		guest_put(fixture, entry, 8, (value & ~cases[i].clear) | cases[i].set);
		expect_refused(fixture, dma + 0x100, cases[i].pec);
		guest_put(fixture, entry, 8, value);
	}
}

/* --- the aperture --------------------------------------------------------------------- */

static void test_dma_outside_the_aperture_is_refused(void **state)
{
	struct fixture *fixture = *state;
	uint8_t data[16];
	uint64_t failed = 0;

	translated(fixture);
	guest_map(fixture, dma + APERTURE - 0x1000, PAGES, 0);
	guest_map(fixture, dma + APERTURE, PAGES, 0);
	assert_int_equal(dma_read(dma + APERTURE - 16, data, 16, NULL), 0);
	assert_int_equal(dma_read(dma + APERTURE - 8, data, 16, &failed), -EFAULT);
	assert_int_equal(failed, dma + APERTURE);
	expect_error(fixture, ZPCI_PEC_DMA_RANGE, dma + APERTURE);
	expect_refused(fixture, dma - 1, ZPCI_PEC_DMA_RANGE);
	expect_refused(fixture, 0, ZPCI_PEC_DMA_RANGE);
	expect_refused(fixture, UINT64_MAX, ZPCI_PEC_DMA_RANGE);
}

static void test_dma_does_not_wrap(void **state)
{
	struct fixture *fixture = *state;
	uint8_t data[16];

	translated(fixture);
	assert_int_equal(dma_read(UINT64_MAX - 3, data, 16, NULL), -EFAULT);
}

/* The bounds are rounded outwards to pages (ref 5.3). */
static void test_aperture_is_rounded_to_pages(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte;

	translated(fixture);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL);
	assert_int_equal(guest_register_ioat(fixture, handle, dma + 0x800, dma + 0x900), CC(0));
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(dma_read(dma + 0xfff, &byte, 1, NULL), 0);
	assert_int_equal(dma_read(dma + 0x1000, &byte, 1, NULL), -EFAULT);
}

/* A region-third table spans 2^42 bytes. Addresses above must not wrap into it. */
static void test_addresses_above_the_tables_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	uint64_t beyond, failed;
	uint8_t byte;

	translated(fixture);
	guest_query_function(fixture, handle, &function);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL);
	guest_register_ioat(fixture, handle, dma, zpci_be64_get(function.edma));
	beyond = dma + (1ull << 42);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(dma_read(beyond, &byte, 1, &failed), -EFAULT);
	assert_int_equal(failed, beyond);
}

static void test_dma_of_a_disabled_function_is_refused(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte;

	translated(fixture);
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), -ENODEV);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_BLOCK, NULL);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), -ENODEV);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), -ENODEV);
}

/* --- RPCIT ---------------------------------------------------------------------------- */

static void test_refresh_makes_changes_visible(void **state)
{
	struct fixture *fixture = *state;
	uint64_t entry, ranges[][2] = { { 0, 0x1000 }, { 0, APERTURE }, { 0, 1ull << 40 } };
	uint8_t byte;

	translated(fixture);
	guest_fill(fixture, PAGES, 0x11, 1);
	guest_fill(fixture, PAGES + 0x1000, 0x22, 1);
	entry = guest_entry(fixture, dma, 1);
	/* A page, the aperture, and the range that a guest with terabytes flushes. */
	for (unsigned i = 0; i < 3; i++) {
		guest_put(fixture, entry, 8, PAGES);
		assert_int_equal(guest_refresh(fixture, handle, dma, ranges[i][1]), CC(0));
		assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
		assert_int_equal(byte, 0x11);
		guest_put(fixture, entry, 8, PAGES + 0x1000);
		assert_int_equal(guest_refresh(fixture, handle, dma, ranges[i][1]), CC(0));
		assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
		assert_int_equal(byte, 0x22);
	}
	guest_put(fixture, entry, 8, ZPCI_IOTE_PAGE_INVALID);
	assert_int_equal(guest_refresh(fixture, handle, dma, 0x1000), CC(0));
	expect_refused(fixture, dma, ZPCI_PEC_DMA_TRANSLATION);
}

static void test_refresh_does_not_touch_other_pages(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte;

	translated(fixture);
	assert_int_equal(dma_read(dma + 0x1000, &byte, 1, NULL), 0);
	assert_int_equal(guest_refresh(fixture, handle, dma, 1), CC(0));
	assert_int_equal(dma_read(dma + 0x1000, &byte, 1, NULL), 0);
	/* A refresh of a part of a page refreshes the page. */
	guest_put(fixture, guest_entry(fixture, dma + 0x1000, 1), 8, ZPCI_IOTE_PAGE_INVALID);
	assert_int_equal(guest_refresh(fixture, handle, dma + 0x1ffe, 1), CC(0));
	assert_int_equal(dma_read(dma + 0x1000, &byte, 1, NULL), -EFAULT);
}

/* New tables are used at once, and the old translations are gone. */
static void test_registering_again_uses_new_tables(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte;

	translated(fixture);
	guest_fill(fixture, PAGES + 0x1000, 0x22, 1);
	guest_fill(fixture, PAGES + 0x5000, 0x55, 1);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0x22);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_IOAT, NULL), CC(0));
	expect_refused(fixture, dma, ZPCI_PEC_DMA_NOT_REGISTERED);
	fixture->iota = 0;
	guest_map(fixture, dma, PAGES + 0x5000, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + APERTURE - 1), CC(0));
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0x55);
}

static void test_reregistering_uses_new_tables(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_fib fib = { 0 };
	uint8_t byte;

	translated(fixture);
	guest_fill(fixture, PAGES + 0x1000, 0x22, 1);
	guest_fill(fixture, PAGES + 0x5000, 0x55, 1);
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0x22);
	fixture->iota = 0;
	guest_map(fixture, dma, PAGES + 0x5000, 0);
	zpci_be64_put(&fib.pba, dma);
	zpci_be64_put(&fib.pal, dma + APERTURE - 1);
	zpci_be64_put(&fib.iota, fixture->iota);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REREG_IOAT, &fib), CC(0));
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0x55);
}

/* --- while a device makes DMA --------------------------------------------------------- */

#define SWITCHES 300

static _Atomic bool stop;

static void *write_all_the_time(void *opaque)
{
	uint64_t count = 0;

	(void)opaque;
	while (!stop) {
		count++;
		if (dma_write(dma + 0x800, &count, sizeof(count), NULL))
			return (void *)"a write failed";
	}
	return NULL;
}

/* After RPCIT no DMA reaches the old page any more: the guest may use it for something else. */
static void test_refresh_waits_for_accesses_in_flight(void **state)
{
	struct fixture *fixture = *state;
	static const uint64_t frames[] = { PAGES, PAGES + 0x1000 };
	uint64_t entry, poison = 0x5a5a5a5a5a5a5a5a;
	void *complaint = NULL;
	pthread_t writer;

	translated(fixture);
	entry = guest_entry(fixture, dma, 1);
	stop = false;
	assert_int_equal(pthread_create(&writer, NULL, write_all_the_time, NULL), 0);
	for (unsigned i = 0; i < SWITCHES; i++) {
		uint64_t old = frames[i % 2] + 0x800;

		guest_put(fixture, entry, 8, frames[(i + 1) % 2]);
		assert_int_equal(guest_refresh(fixture, handle, dma, 0x1000), CC(0));
		guest_put(fixture, old, 8, poison);
		for (unsigned look = 0; look < 20; look++)
			assert_int_equal(guest_get(fixture, old, 8), poison);
	}
	stop = true;
	pthread_join(writer, &complaint);
	assert_null(complaint);
}

/* The group does not publish refresh: the guest need not tell what a page allows in addition. */
static void test_protection_ends_without_refresh(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte = 0x77;

	translated(fixture);
	guest_map(fixture, dma, PAGES, ZPCI_IOTE_PROTECT);
	assert_int_equal(guest_refresh(fixture, handle, dma, 0x1000), CC(0));
	assert_int_equal(dma_read(dma, &byte, 1, NULL), 0);
	guest_map(fixture, dma, PAGES, 0);
	byte = 0x77;
	assert_int_equal(dma_write(dma, &byte, 1, NULL), 0);
	assert_int_equal(guest_get(fixture, PAGES, 1), 0x77);
}

/* A driver unmaps during recovery, when Linux ignores the answer of RPCIT. */
static void test_refresh_in_error_ends_translations(void **state)
{
	struct fixture *fixture = *state;
	uint8_t byte = 1;

	translated(fixture);
	assert_int_equal(dma_write(dma, &byte, 1, NULL), 0);
	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a), 0);
	guest_map(fixture, dma, 0, ZPCI_IOTE_PAGE_INVALID);
	assert_int_equal(guest_refresh(fixture, handle, dma, 0x1000), STATUS(ZPCI_STATUS_RECOVERY));
	assert_int_equal(guest_sei(fixture, NULL), CC(0));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
	expect_refused(fixture, dma, ZPCI_PEC_DMA_TRANSLATION);
}

/* --- the cache ------------------------------------------------------------------------------- */

#define OTHER ((uint64_t)ZPCI_IOAT_CACHE * 0x1000) /* has the same entry in the cache */
#define STEPS 30000u

static struct zpci_ioat_entry *entry;
static volatile bool filling, other;
static volatile unsigned steps;

/* Another thread caches the one page, then the other one. Each signal is half of the work. */
static void fill_further(int signal)
{
	uint32_t sequence = entry->sequence;

	(void)signal;
	if (!filling && sequence & 1)
		return; /* the test's thread is at it */
	if (filling)
		entry->frame = PAGES + (other ? 0x3000 : 0x1000);
	entry->sequence = sequence + 1;
	if (!filling)
		entry->page = (dma + (other ? 0 : OTHER)) | 1;
	if (!filling)
		other = !other;
	filling = !filling;
	steps++;
}

/* At any moment of an access another thread may change the entry that it looks at. */
static void test_cache_never_mixes_two_pages(void **state)
{
	struct fixture *fixture = *state;
	unsigned wrong = 0;
	uint8_t byte;

	strike_or_skip();
	translated(fixture);
	guest_map(fixture, dma + OTHER, PAGES + 0x3000, 0);
	guest_fill(fixture, PAGES + 0x1000, 0x11, 1);
	guest_fill(fixture, PAGES + 0x3000, 0x33, 1);
	entry = &zpci_list_find_fid(fixture->firmware, FID + 1)
			 ->dma.ioat.cache[dma / 0x1000 % ZPCI_IOAT_CACHE];
	filling = other = false;
	steps = 0;
	strike_begin(fill_further);
	for (unsigned i = 0; steps < STEPS; i++) {
		assert_int_equal(dma_read(dma + i % 2 * OTHER, &byte, 1, NULL), 0);
		wrong += byte != (i % 2 ? 0x33 : 0x11);
	}
	strike_end();
	if (filling)
		fill_further(0);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_pages_are_mapped_in_any_order),
		FIXTURE_TEST(test_protected_page_is_not_written),
		FIXTURE_TEST(test_malformed_entries_are_errors),
		FIXTURE_TEST(test_dma_outside_the_aperture_is_refused),
		FIXTURE_TEST(test_dma_does_not_wrap),
		FIXTURE_TEST(test_aperture_is_rounded_to_pages),
		FIXTURE_TEST(test_addresses_above_the_tables_are_refused),
		FIXTURE_TEST(test_dma_of_a_disabled_function_is_refused),
		FIXTURE_TEST(test_refresh_makes_changes_visible),
		FIXTURE_TEST(test_refresh_in_error_ends_translations),
		FIXTURE_TEST(test_protection_ends_without_refresh),
		FIXTURE_TEST(test_refresh_does_not_touch_other_pages),
		FIXTURE_TEST(test_registering_again_uses_new_tables),
		FIXTURE_TEST(test_reregistering_uses_new_tables),
		FIXTURE_TEST(test_refresh_waits_for_accesses_in_flight),
		FIXTURE_TEST(test_cache_never_mixes_two_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
