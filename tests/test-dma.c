// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How DMA accesses the machine: the pieces and their order. test-ioat.c checks where DMA may go.
 *
 * Each access of a device to the machine in memory is noted.
 */
#include "fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#define PAGE 4096u
#define MAPPED 64u /* pages with frames in order, if a test does not change that */
#define NOTES 512u

struct access {
	bool write;
	uint64_t address;
	size_t length;
};

static struct access notes[NOTES];
static unsigned noted;
static bool noting; /* while the test's thread calls a service */
static struct fixture *current;
/* At this access, counted from 1, another thread of the device makes the function fail; 0: none. */
static unsigned fail_at;

static struct bench_device *device;
static uint32_t handle;
static uint64_t dma;

static void *fail_function(void *opaque)
{
	(void)opaque;
	assert_int_equal(zpci_firmware_inject_error(current->firmware, FID + 1, 0x3a), 0);
	return NULL;
}

static void note(bool write, uint64_t address, size_t length)
{
	/* Tables are below the pages. */
	if (!noting || address < PAGES)
		return;
	assert_true(noted < NOTES);
	notes[noted++] = (struct access){ write, address, length };
	if (noted == fail_at) {
		pthread_t other;

		/* From another thread: a machine's operation must not call the library. */
		assert_int_equal(pthread_create(&other, NULL, fail_function, NULL), 0);
		pthread_join(other, NULL);
	}
}

static int read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	note(false, address, length);
	return zpci_ram_ops()->read_absolute(machine, address, buffer, length);
}

static int write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	note(true, address, length);
	return zpci_ram_ops()->write_absolute(machine, address, buffer, length);
}

static int setup(void **state)
{
	struct zpci_machine_ops ops = *zpci_ram_ops();
	struct zpci_firmware_options options = { .size = sizeof(options) };
	struct fixture *fixture;

	assert_int_equal(fixture_setup(state), 0);
	current = fixture = *state;
	ops.read_absolute = read_absolute;
	ops.write_absolute = write_absolute;
	zpci_firmware_destroy(fixture->firmware);
	options.logger = fixture_logger(fixture);
	assert_int_equal(zpci_firmware_create(&ops, fixture->ram, &options, &fixture->firmware), 0);
	handle = fixture_enabled(fixture, 1, "lpar");
	guest_set_master(fixture, handle);
	device = fixture->bench->devices[1];
	dma = guest_dma_start(fixture, handle);
	for (unsigned i = 0; i < MAPPED; i++)
		guest_map(fixture, dma + i * PAGE, PAGES + i * PAGE, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, dma, dma + 0xffffff), CC(0));
	fail_at = 0;
	return 0;
}

#define DMA_TEST(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

static uint64_t failed;

static int move(bool write, const struct zpci_dma_segment *segments, size_t count)
{
	const struct zpci_services *services = device->services;
	int rc;

	failed = 0;
	noted = 0;
	noting = true;
	rc = write ? services->dma_writev(services->function, segments, count, &failed)
		   : services->dma_readv(services->function, segments, count, &failed);
	noting = false;
	return rc;
}

static int move_one(bool write, uint64_t address, void *buffer, size_t length)
{
	const struct zpci_dma_segment segment = { address, buffer, length };

	return move(write, &segment, 1);
}

static void expect_note(unsigned index, uint64_t address, size_t length)
{
	assert_true(index < noted);
	assert_int_equal(notes[index].address, address);
	assert_int_equal(notes[index].length, length);
}

static uint8_t buffer[MAPPED * PAGE];

static void fill_buffer(unsigned seed)
{
	for (size_t i = 0; i < sizeof(buffer); i++)
		buffer[i] = (uint8_t)(i * 7 + i / 253 + seed);
}

/* --- runs and pieces ------------------------------------------------------------------------ */

static void test_contiguous_frames_are_one_access(void **state)
{
	struct fixture *fixture = *state;

	fill_buffer(1);
	assert_int_equal(move_one(true, dma + 0x234, buffer, 5 * PAGE), 0);
	assert_int_equal(noted, 1);
	expect_note(0, PAGES + 0x234, 5 * PAGE);
	assert_memory_equal(zpci_ram_storage(fixture->ram) + PAGES + 0x234, buffer, 5 * PAGE);

	/* A page whose frame is elsewhere ends the run. */
	guest_map(fixture, dma + 2 * PAGE, PAGES + 40 * PAGE, 0);
	assert_int_equal(guest_refresh(fixture, handle, dma + 2 * PAGE, PAGE), CC(0));
	fill_buffer(2);
	assert_int_equal(move_one(true, dma + 0x800, buffer, 4 * PAGE), 0);
	assert_int_equal(noted, 3);
	expect_note(0, PAGES + 0x800, 2 * PAGE - 0x800);
	expect_note(1, PAGES + 40 * PAGE, PAGE);
	expect_note(2, PAGES + 3 * PAGE, PAGE + 0x800);
	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(move_one(false, dma + 0x800, buffer, 4 * PAGE), 0);
	assert_int_equal(noted, 3);
	assert_memory_equal(zpci_ram_storage(fixture->ram) + PAGES + 40 * PAGE,
			    buffer + 2 * PAGE - 0x800, PAGE);
}

static void test_pieces_have_64_kib(void **state)
{
	struct fixture *fixture = *state;

	fill_buffer(3);
	assert_int_equal(move_one(true, dma + 0x10, buffer, 40 * PAGE), 0);
	assert_int_equal(noted, 3);
	expect_note(0, PAGES + 0x10, 0x10000);
	expect_note(1, PAGES + 0x10010, 0x10000);
	expect_note(2, PAGES + 0x20010, 0x8000);
	assert_memory_equal(zpci_ram_storage(fixture->ram) + PAGES + 0x10, buffer, 40 * PAGE);
}

/* The machine refuses a run as a whole. Then DMA moves page by page, and the address is that of the
 * first refused page. */
static void test_refused_run_moves_page_by_page(void **state)
{
	struct fixture *fixture = *state;

	fill_buffer(4);
	zpci_ram_poison(fixture->ram, PAGES + 3 * PAGE + 0x100, 1);
	assert_int_equal(move_one(true, dma + 0x800, buffer, 8 * PAGE), -EFAULT);
	assert_int_equal(failed, dma + 3 * PAGE);
	zpci_ram_poison(fixture->ram, 0, 0);
	assert_memory_equal(zpci_ram_storage(fixture->ram) + PAGES + 0x800, buffer,
			    3 * PAGE - 0x800);
	assert_int_equal(zpci_ram_storage(fixture->ram)[PAGES + 3 * PAGE], 0);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ERROR);
}

/* --- vectors -------------------------------------------------------------------------------- */

static void test_segments_are_moved_in_order(void **state)
{
	struct fixture *fixture = *state;
	const uint8_t *storage = zpci_ram_storage(fixture->ram);
	const struct zpci_dma_segment segments[] = {
		{ dma + 0x100, buffer, 0x80 },		{ 0, NULL, 0 },
		{ dma + 0xff0, buffer + 0x1000, 0x20 }, { dma + 9 * PAGE, buffer + 0x3000, 3 },
		{ dma + 0x100, buffer + 0x4000, 1 },	{ UINT64_MAX, NULL, 0 },
	};

	fill_buffer(5);
	assert_int_equal(move(true, segments, 6), 0);
	assert_int_equal(noted, 4);
	assert_memory_equal(storage + PAGES + 0x101, buffer + 1, 0x7f);
	assert_memory_equal(storage + PAGES + 0xff0, buffer + 0x1000, 0x20);
	assert_memory_equal(storage + PAGES + 9 * PAGE, buffer + 0x3000, 3);
	assert_int_equal(storage[PAGES + 0x100], buffer[0x4000]);

	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(move(false, segments, 6), 0);
	assert_memory_equal(storage + PAGES + 0x100, buffer, 0x80);
	assert_memory_equal(storage + PAGES + 9 * PAGE, buffer + 0x3000, 3);
	assert_int_equal(move(true, NULL, 0), 0);
	assert_int_equal(move(true, segments + 5, 1), 0);
	assert_int_equal(noted, 0);
}

static void test_refused_segment_ends_the_transfer(void **state)
{
	struct fixture *fixture = *state;
	const struct zpci_dma_segment segments[] = { { dma + PAGE, buffer, 0x10 },
						     { dma + (MAPPED - 1) * PAGE + 0xff0, buffer,
						       0x20 },
						     { dma, buffer, 0x10 } };
	const uint8_t *storage = zpci_ram_storage(fixture->ram);

	fill_buffer(6);
	assert_int_equal(move(true, segments, 3), -EFAULT);
	assert_int_equal(failed, dma + MAPPED * PAGE);
	assert_memory_equal(storage + PAGES + PAGE, buffer, 0x10);
	assert_memory_equal(storage + PAGES + MAPPED * PAGE - 0x10, buffer, 0x10);
	assert_int_equal(storage[PAGES + 1], 0);
	/* The function is in error: the address is that of the first segment with bytes. */
	assert_int_equal(move(true, (struct zpci_dma_segment[]){ { 7, NULL, 0 }, segments[0] }, 2),
			 -ENODEV);
	assert_int_equal(failed, dma + PAGE);
	assert_int_equal(noted, 0);
}

/* After a failure DMA ends at the next entry into the gate. So the test sees how much one entry
 * moves: 64 KiB, in up to 256 segments. */
static void test_segments_of_a_piece_enter_the_gate_once(void **state)
{
	static struct zpci_dma_segment segments[400];
	struct fixture *fixture = *state;

	for (unsigned i = 0; i < 20; i++)
		segments[i] = (struct zpci_dma_segment){ dma, buffer, PAGE };
	fail_at = 1;
	assert_int_equal(move(true, segments, 20), -ENODEV);
	assert_int_equal(noted, 0x10000 / PAGE);

	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL), CC(0));
	for (unsigned i = 0; i < 400; i++)
		segments[i] = (struct zpci_dma_segment){ dma + i, buffer, 1 };
	assert_int_equal(move(true, segments, 400), -ENODEV);
	assert_int_equal(noted, 256);
	assert_int_equal(failed, dma + 256);
}

/* --- one piece, and in order ---------------------------------------------------------------- */

/* The end of a piece does not cut a small segment. */
static void test_small_segment_is_not_cut(void **state)
{
	const struct zpci_dma_segment segments[] = { { dma, buffer, 0x10000 - 3 },
						     { dma + 20 * PAGE, buffer, 8 } };

	(void)state;
	assert_int_equal(move(true, segments, 2), 0);
	assert_int_equal(noted, 2);
	expect_note(1, PAGES + 20 * PAGE, 8);
	assert_int_equal(move(false, segments, 2), 0);
	assert_int_equal(noted, 2);
	expect_note(1, PAGES + 20 * PAGE, 8);
}

#define TURNS 20000u
#define DATA_AT 0x1000u
#define SAID_AT 0x2000u
#define HEARD_AT 0x2100u

/* A device writes data and then a word, and waits until the guest has read both. */
static void *give(void *opaque)
{
	const struct zpci_services *services = device->services;
	uint64_t data[16], heard = 0;

	(void)opaque;
	for (uint64_t turn = 1; turn <= TURNS; turn++) {
		const struct zpci_dma_segment segments[] = { { dma + DATA_AT, data, sizeof(data) },
							     { dma + SAID_AT, &turn, 8 } };

		for (unsigned i = 0; i < 16; i++)
			data[i] = turn;
		/* In one service and in two, by turns. */
		if (turn % 2)
			services->dma_writev(services->function, segments, 2, NULL);
		else if (!services->dma_write(services->function, dma + DATA_AT, data, sizeof(data),
					      NULL))
			services->dma_write(services->function, dma + SAID_AT, &turn, 8, NULL);
		while (heard != turn)
			services->dma_read(services->function, dma + HEARD_AT, &heard, 8, NULL);
	}
	return NULL;
}

/* The guest's CPU. Only its accesses to the two words are atomic. */
static void test_data_arrives_before_the_word_that_follows(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *storage = zpci_ram_storage(fixture->ram) + PAGES;
	const uint64_t *data = (const uint64_t *)(storage + DATA_AT);
	unsigned old = 0;
	pthread_t giver;

	assert_int_equal(pthread_create(&giver, NULL, give, NULL), 0);
	for (uint64_t turn = 1; turn <= TURNS; turn++) {
		while (__atomic_load_n((uint64_t *)(storage + SAID_AT), __ATOMIC_ACQUIRE) != turn)
			sched_yield();
		for (unsigned i = 0; i < 16; i++)
			old += data[i] != turn;
		__atomic_store_n((uint64_t *)(storage + HEARD_AT), turn, __ATOMIC_RELEASE);
	}
	pthread_join(giver, NULL);
	assert_int_equal(old, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DMA_TEST(test_contiguous_frames_are_one_access),
		DMA_TEST(test_pieces_have_64_kib),
		DMA_TEST(test_refused_run_moves_page_by_page),
		DMA_TEST(test_segments_are_moved_in_order),
		DMA_TEST(test_refused_segment_ends_the_transfer),
		DMA_TEST(test_segments_of_a_piece_enter_the_gate_once),
		DMA_TEST(test_small_segment_is_not_cut),
		DMA_TEST(test_data_arrives_before_the_word_that_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
