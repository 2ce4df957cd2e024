// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How DMA is done: by which accesses of the machine, in what pieces, in which order. Where it may
 * go is in test-ioat.c.
 *
 * The machine is the one in memory; each access that a device causes is noted on its way there.
 */
#include "fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#define PAGE 4096u
#define MAPPED 64u /* pages, their frames in order but for some that a test moves */
#define NOTES 512u

struct access {
	bool write;
	uint64_t address;
	size_t length;
};

static struct access notes[NOTES];
static unsigned noted;
static bool noting; /* set while the test's one thread calls a service */
static struct fixture *current;
/* The access, counted from 1, at which the function fails, as a device's other thread could make
 * it; 0: none. */
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

		/* A machine's operation does not call the library itself. */
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

	/* The third page goes elsewhere, and the run is over; so does one that can only be read. */
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

/* The machine refuses a run as a whole. What it would take of it is moved all the same, page by
 * page, and the address is that of the first that it does not take. */
static void test_run_that_storage_refuses(void **state)
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

static void test_segments_in_order(void **state)
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

static void test_segment_that_is_refused(void **state)
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
	/* The function is in error now, and the first address that has something is the one. */
	assert_int_equal(move(true, (struct zpci_dma_segment[]){ { 7, NULL, 0 }, segments[0] }, 2),
			 -ENODEV);
	assert_int_equal(failed, dma + PAGE);
	assert_int_equal(noted, 0);
}

/* A function that fails is not served any more, from the next entry into the gate on. So it can be
 * seen what one entry moves: 64 KiB, however many segments that are, but no endless number. */
static void test_segments_of_a_piece_enter_once(void **state)
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

/* The end of a piece does not cut what must be moved at once. */
static void test_small_segment_at_the_end_of_a_piece(void **state)
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

/* A device that gives data to the guest, says so, and waits until it was read. */
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
		/* By turns in one service and in two. */
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

/* The guest's CPU, whose own accesses are plain but for the two that are looked at. */
static void test_data_before_the_word_that_says_so(void **state)
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
		DMA_TEST(test_run_that_storage_refuses),
		DMA_TEST(test_segments_in_order),
		DMA_TEST(test_segment_that_is_refused),
		DMA_TEST(test_segments_of_a_piece_enter_once),
		DMA_TEST(test_small_segment_at_the_end_of_a_piece),
		DMA_TEST(test_data_before_the_word_that_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
