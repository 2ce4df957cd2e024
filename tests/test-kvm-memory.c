// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine on KVM: its memory slots, accesses to them, and what waits for what.
 *
 * A test stops a thread in the middle of an access: the page that it touches is protected, and the
 * handler of the signal parks the thread.
 */
#include "fixture.h"
#include "kvm-rig.h"
#include "park.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 0x1000ull
#define SLOT 0x100000ull

static const struct zpci_machine_ops *ops;

static struct zpci_kvm_slot slot_at(uint32_t number, uint64_t absolute, uint64_t length, void *host)
{
	return (struct zpci_kvm_slot){
		.size = sizeof(struct zpci_kvm_slot),
		.slot = number,
		.absolute = absolute,
		.length = length,
		.host = host,
		.file = -1,
	};
}

static int set(struct rig *rig, uint32_t number, uint64_t absolute, uint64_t length, void *host)
{
	struct zpci_kvm_slot slot = slot_at(number, absolute, length, host);

	return zpci_kvm_memory(rig->kvm, rig->firmware, &slot);
}

/* Replaces the rig's one slot by others, all of which are in its 16 MiB of the host:
 *
 *	slot 0   absolute 0          host +0         1 MiB
 *	slot 5   absolute 1 MiB      host +8 MiB     1 MiB, adjoins
 *	slot 3   absolute 4 MiB      host +4 MiB     1 MiB, read-only
 *	slot 4   absolute 5 MiB      host +2 MiB     1 MiB, adjoins
 */
static int setup(void **state)
{
	struct zpci_kvm_slot read_only;
	struct rig *rig;

	ops = zpci_kvm_ops();
	rig_setup(state);
	rig = *state;
	assert_int_equal(set(rig, 0, 0, 0, NULL), 0);
	assert_int_equal(set(rig, 5, SLOT, SLOT, rig->storage + 8 * SLOT), 0);
	assert_int_equal(set(rig, 4, 5 * SLOT, SLOT, rig->storage + 2 * SLOT), 0);
	assert_int_equal(set(rig, 0, 0, SLOT, rig->storage), 0);
	read_only = slot_at(3, 4 * SLOT, SLOT, rig->storage + 4 * SLOT);
	read_only.read_only = true;
	assert_int_equal(zpci_kvm_memory(rig->kvm, rig->firmware, &read_only), 0);
	return 0;
}

/* --- which slots there can be --------------------------------------------------------------- */

static void test_slots_that_are_refused(void **state)
{
	struct rig *rig = *state;
	uint8_t *host = rig->storage;
	struct zpci_kvm_slot slot;

	assert_int_equal(set(rig, 9, 0x10000001, SLOT, host), -EINVAL);
	assert_int_equal(set(rig, 9, 0x10000000, SLOT + 1, host), -EINVAL);
	assert_int_equal(set(rig, 9, 0x10000000, SLOT, host + 1), -EINVAL);
	assert_int_equal(set(rig, 9, 0x10000000, SLOT, NULL), -EINVAL);
	assert_int_equal(set(rig, 9, -PAGE, 2 * PAGE, host), -EINVAL);
	assert_int_equal(set(rig, 9, 0x10000000, -PAGE, host), -EINVAL);
	assert_int_equal(set(rig, 9, SLOT - PAGE, PAGE, host), -EEXIST);
	assert_int_equal(set(rig, 9, 2 * SLOT - PAGE, SLOT, host), -EEXIST);
	assert_int_equal(set(rig, 9, 3 * SLOT, 8 * SLOT, host), -EEXIST);
	assert_int_equal(set(rig, 9, 0, 0, NULL), -ENOENT);
	slot = slot_at(9, 0x10000000, SLOT, host);
	slot.file = 3;
	slot.offset = 1;
	assert_int_equal(zpci_kvm_memory(rig->kvm, rig->firmware, &slot), -EINVAL);
	slot.size = 8;
	assert_int_equal(zpci_kvm_memory(rig->kvm, rig->firmware, &slot), -EINVAL);
	assert_int_equal(rig->messages[ZPCI_LOG_ERROR], 12);
	/* All is as before. */
	assert_int_equal(ops->read_absolute(rig->kvm, SLOT, &slot, 1), 0);
	assert_int_equal(ops->read_absolute(rig->kvm, 0x10000000, &slot, 1), -EFAULT);
}

/* Up to the last byte of all addresses, and without a firmware. */
static void test_slot_at_the_end(void **state)
{
	struct rig *rig = *state;
	struct zpci_kvm_slot slot = slot_at(9, -2 * PAGE, PAGE, rig->storage);
	uint8_t byte;

	assert_int_equal(zpci_kvm_memory(rig->kvm, NULL, &slot), 0);
	assert_int_equal(ops->read_absolute(rig->kvm, -PAGE - 1, &byte, 1), 0);
	assert_int_equal(ops->read_absolute(rig->kvm, -PAGE - 1, &byte, 2), -EFAULT);
	assert_int_equal(ops->read_absolute(rig->kvm, -PAGE - 1, &byte, -1), -EFAULT);
}

/* As KVM moves one: the old place is gone. */
static void test_slot_moves(void **state)
{
	struct rig *rig = *state;
	uint8_t byte = 0;

	rig->storage[8 * SLOT] = 0x77;
	assert_int_equal(set(rig, 5, 2 * SLOT, SLOT, rig->storage + 8 * SLOT), 0);
	assert_int_equal(ops->read_absolute(rig->kvm, SLOT, &byte, 1), -EFAULT);
	assert_int_equal(ops->read_absolute(rig->kvm, 2 * SLOT, &byte, 1), 0);
	assert_int_equal(byte, 0x77);
	/* Over its own old place. */
	assert_int_equal(set(rig, 5, 2 * SLOT - PAGE, SLOT, rig->storage + 8 * SLOT), 0);
	assert_int_equal(ops->read_absolute(rig->kvm, 2 * SLOT - PAGE, &byte, 1), 0);
	assert_int_equal(byte, 0x77);
}

static void count_region(void *opaque, const struct zpci_storage_region *region)
{
	struct zpci_storage_region *all = opaque;
	unsigned i = 0;

	while (all[i].length)
		i++;
	all[i] = *region;
}

static void test_regions(void **state)
{
	struct rig *rig = *state;
	struct zpci_storage_region all[8] = { 0 };
	struct zpci_kvm_slot file = slot_at(7, 8 * SLOT, 2 * PAGE, rig->storage + 6 * SLOT);

	file.file = 9;
	file.offset = 5 * PAGE;
	assert_int_equal(zpci_kvm_memory(rig->kvm, rig->firmware, &file), 0);
	ops->regions(rig->kvm, count_region, all);
	assert_int_equal(all[5].length, 0);
	assert_int_equal(all[1].absolute, SLOT);
	assert_int_equal(all[1].length, SLOT);
	assert_ptr_equal(all[1].host, rig->storage + 8 * SLOT);
	assert_int_equal(all[1].file, -1);
	assert_true(all[1].written_behind);
	assert_int_equal(all[2].absolute, 4 * SLOT);
	assert_false(all[2].written_behind);
	assert_int_equal(all[4].file, 9);
	assert_int_equal(all[4].offset, 5 * PAGE);
	assert_int_equal(all[4].length, 2 * PAGE);
}

/* --- accesses ------------------------------------------------------------------------------- */

static void test_which_accesses_work(void **state)
{
	static const struct {
		uint64_t address;
		size_t length;
		int read, write;
	} rows[] = {
		{ 0, 8, 0, 0 },
		{ SLOT - 1, 1, 0, 0 },
		{ SLOT - 4, 8, 0, 0 },	      /* two slots */
		{ SLOT - 1, SLOT + 1, 0, 0 }, /* the second one whole */
		{ 2 * SLOT - 4, 4, 0, 0 },
		{ 2 * SLOT - 4, 5, -EFAULT, -EFAULT },
		{ SLOT - 1, SLOT + 2, -EFAULT, -EFAULT },
		{ 2 * SLOT, 1, -EFAULT, -EFAULT },
		{ 4 * SLOT - 1, 2, -EFAULT, -EFAULT },
		{ 4 * SLOT, 8, 0, -EFAULT },	  /* read-only */
		{ 5 * SLOT - 8, 16, 0, -EFAULT }, /* half of it */
		{ 5 * SLOT, 8, 0, 0 },
		{ 6 * SLOT, 1, -EFAULT, -EFAULT },
		{ -1ull, 1, -EFAULT, -EFAULT },
		{ -1ull, 2, -EFAULT, -EFAULT },
		{ 0, 0, 0, 0 },
	};
	struct rig *rig = *state;
	struct zpci_kvm_cpu cpu = { .vcpu = SCRIPT_VCPU, .run = rig->run };
	uint8_t *buffer = malloc(2 * SLOT);
	uint8_t old;

	assert_non_null(buffer);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(rig->storage, 0x11, 10 * SLOT);
		memset(buffer, 0x22, 2 * SLOT);
		assert_int_equal(
			ops->write_absolute(rig->kvm, rows[i].address, buffer, rows[i].length),
			rows[i].write);
		if (rows[i].write) /* nothing has moved */
			for (unsigned at = 0; at < 10 * SLOT; at += SLOT / 2) {
				assert_int_equal(rig->storage[at], 0x11);
				assert_int_equal(rig->storage[at + SLOT / 2 - 1], 0x11);
			}
		assert_int_equal(
			ops->read_absolute(rig->kvm, rows[i].address, buffer, rows[i].length),
			rows[i].read);
		if (!rows[i].read && rows[i].length)
			assert_int_equal(buffer[rows[i].length - 1], rows[i].write ? 0x11 : 0x22);
		if (rows[i].read)
			assert_int_equal(buffer[0], 0x22);
		rig->run->regs.prefix = 0x40000000; /* far away */
		if (rows[i].address >= 0x2000)
			assert_int_equal(ops->read_real(rig->kvm, &cpu, rows[i].address, buffer,
							rows[i].length),
					 rows[i].read);
		if (rows[i].length == 1)
			assert_int_equal(ops->or_absolute(rig->kvm, rows[i].address, 1, &old),
					 rows[i].write);
	}
	assert_int_equal(ops->or_absolute(rig->kvm, 4 * SLOT, 1, &old), -EFAULT);
	free(buffer);
}

static void test_bytes_are_where_they_belong(void **state)
{
	struct rig *rig = *state;
	uint8_t bytes[8], old = 0;

	memcpy(rig->storage + SLOT - 4, "abcd", 4);
	memcpy(rig->storage + 8 * SLOT, "efgh", 4);
	assert_int_equal(ops->read_absolute(rig->kvm, SLOT - 4, bytes, 8), 0);
	assert_memory_equal(bytes, "abcdefgh", 8);
	assert_int_equal(ops->write_absolute(rig->kvm, SLOT - 3, "12345", 5), 0);
	assert_memory_equal(rig->storage + SLOT - 4, "a123", 4);
	assert_memory_equal(rig->storage + 8 * SLOT, "45gh", 4);
	assert_int_equal(ops->or_absolute(rig->kvm, SLOT + 2, 0x18, &old), 0);
	assert_int_equal(old, 'g');
	assert_int_equal(rig->storage[8 * SLOT + 2], 'g' | 0x18);
}

/* Prefixing exchanges two areas of 8 KiB. */
static void test_real_addresses(void **state)
{
	struct rig *rig = *state;
	struct zpci_kvm_cpu cpu = { .vcpu = SCRIPT_VCPU, .run = rig->run };
	uint8_t bytes[4];

	rig->run->regs.prefix = 0x6000;
	assert_int_equal(ops->get_prefix(rig->kvm, &cpu), 0x6000);
	for (unsigned page = 0; page < 12; page++)
		memset(rig->storage + page * PAGE, (int)page, PAGE);
	for (unsigned page = 0; page < 11; page++) {
		static const uint8_t absolute[] = { 6, 7, 2, 3, 4, 5, 0, 1, 8, 9, 10, 11 };
		const uint8_t expected[4] = { absolute[page], absolute[page], absolute[page + 1],
					      absolute[page + 1] };

		assert_int_equal(ops->read_real(rig->kvm, &cpu, (page + 1) * PAGE - 2, bytes, 4),
				 0);
		assert_memory_equal(bytes, expected, 4);
	}
	assert_int_equal(ops->write_real(rig->kvm, &cpu, 0x1ffe, "wxyz", 4), 0);
	assert_memory_equal(rig->storage + 0x7ffe, "wx", 2);
	assert_memory_equal(rig->storage + 0x2000, "yz", 2);
	/* Into storage that is not there: nothing moves. */
	assert_int_equal(ops->write_real(rig->kvm, &cpu, 2 * SLOT - 2, "wxyz", 4), -EFAULT);
	assert_int_equal(rig->storage[9 * SLOT - 2], 0);
	rig->run->regs.prefix = 0x40000000;
	assert_int_equal(ops->read_real(rig->kvm, &cpu, 0x1000, bytes, 4), -EFAULT);
	assert_int_equal(ops->write_real(rig->kvm, &cpu, 0x1fff, bytes, 2), -EFAULT);
}

/* --- what waits for what -------------------------------------------------------------------- */

/* The page on which a thread stops. */
static uint8_t *trap;
static struct park park;

static void trapped(int number, siginfo_t *info, void *context)
{
	(void)context;
	if ((uintptr_t)info->si_addr / PAGE != (uintptr_t)trap / PAGE) {
		signal(number, SIG_DFL);
		return;
	}
	pass(&park);
	mprotect(trap, PAGE, PROT_READ | PROT_WRITE);
}

static void set_trap(uint8_t *page)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO, .sa_sigaction = trapped };

	trap = page;
	park.closed = true;
	assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
	assert_int_equal(mprotect(page, PAGE, PROT_NONE), 0);
}

/* One access on a thread of its own. */
static struct {
	struct rig *rig;
	void (*access)(struct rig *rig);
	_Atomic bool done;
} worker;

static void *work(void *unused)
{
	(void)unused;
	worker.access(worker.rig);
	worker.done = true;
	return NULL;
}

static void read_there(struct rig *rig)
{
	uint8_t bytes[64];

	assert_int_equal(ops->read_absolute(rig->kvm, SLOT + 0x100, bytes, sizeof(bytes)), 0);
}

static void write_there(struct rig *rig)
{
	static const uint8_t bytes[64] = { 1 };

	assert_int_equal(ops->write_absolute(rig->kvm, SLOT + 0x100, bytes, sizeof(bytes)), 0);
}

static void or_there(struct rig *rig)
{
	uint8_t old;

	assert_int_equal(ops->or_absolute(rig->kvm, SLOT + 0x100, 1, &old), 0);
}

static void read_real_there(struct rig *rig)
{
	struct zpci_kvm_cpu cpu = { .vcpu = SCRIPT_VCPU, .run = rig->run };
	uint8_t bytes[64];

	assert_int_equal(ops->read_real(rig->kvm, &cpu, SLOT + 0x100, bytes, sizeof(bytes)), 0);
}

static void write_real_there(struct rig *rig)
{
	static const uint8_t bytes[64] = { 1 };
	struct zpci_kvm_cpu cpu = { .vcpu = SCRIPT_VCPU, .run = rig->run };

	assert_int_equal(ops->write_real(rig->kvm, &cpu, SLOT + 0x100, bytes, sizeof(bytes)), 0);
}

static void visit_there(void *unused, const struct zpci_storage_region *region)
{
	(void)unused;
	if (region->absolute == SLOT)
		*(volatile uint8_t *)region->host;
}

/* The slots that it goes through move in their table. */
static void regions_there(struct rig *rig)
{
	ops->regions(rig->kvm, visit_there, NULL);
}

static void *remove_slot(void *opaque)
{
	struct rig *rig = opaque;

	assert_int_equal(set(rig, 5, 0, 0, NULL), 0);
	worker.done = true;
	return NULL;
}

static void test_a_slot_goes_when_no_access_is_under_way(void **state)
{
	static void (*const accesses[])(struct rig * rig) = {
		read_there, write_there, or_there, read_real_there, write_real_there, regions_there,
	};
	struct rig *rig = *state;
	pthread_t accessing, removing;

	worker.rig = rig;
	for (unsigned i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		worker.access = accesses[i];
		set_trap(rig->storage + 8 * SLOT);
		assert_int_equal(pthread_create(&accessing, NULL, work, NULL), 0);
		wait_for(&park.here);
		worker.done = false;
		assert_int_equal(pthread_create(&removing, NULL, remove_slot, rig), 0);
		give_chances();
		assert_false(worker.done);
		park.closed = false;
		pthread_join(accessing, NULL);
		pthread_join(removing, NULL);
		assert_int_equal(set(rig, 5, SLOT, SLOT, rig->storage + 8 * SLOT), 0);
	}
	signal(SIGSEGV, SIG_DFL);
}

#ifdef __GLIBC__ /* others have no such lock */

static void *read_elsewhere(void *opaque)
{
	struct rig *rig = opaque;
	uint8_t byte;

	assert_int_equal(ops->read_absolute(rig->kvm, 0, &byte, 1), 0);
	worker.done = true;
	return NULL;
}

/* Else a busy device could hold a slot back for ever. */
static void test_new_accesses_come_behind_a_slot_that_goes(void **state)
{
	struct rig *rig = *state;
	pthread_t accessing, removing, reading;

	worker.rig = rig;
	worker.access = read_there;
	set_trap(rig->storage + 8 * SLOT);
	assert_int_equal(pthread_create(&accessing, NULL, work, NULL), 0);
	wait_for(&park.here);
	assert_int_equal(pthread_create(&removing, NULL, remove_slot, rig), 0);
	give_chances();
	worker.done = false;
	assert_int_equal(pthread_create(&reading, NULL, read_elsewhere, rig), 0);
	give_chances();
	assert_false(worker.done);
	park.closed = false;
	pthread_join(accessing, NULL);
	pthread_join(removing, NULL);
	pthread_join(reading, NULL);
	signal(SIGSEGV, SIG_DFL);
}

#endif

/* --- a device that accesses storage by itself ------------------------------------------------ */

/* What it has mapped, in storage of this process. */
static struct {
	struct zpci_model model;
	uint8_t *host; /* NULL: nothing */
	struct park unmapping;
} device;

static int dma_map(void *opaque, const struct zpci_dma_mapping *mapping)
{
	(void)opaque;
	device.host = mapping->host;
	return 0;
}

static void dma_unmap(void *opaque, uint64_t address, uint64_t length)
{
	(void)opaque;
	(void)address;
	(void)length;
	pass(&device.unmapping);
	device.host = NULL;
}

#define THIRD_TABLE 0x10000ull
#define SEGMENT_TABLE 0x14000ull

/* Lets VF 1 of an adapter of such devices map the first megabyte of its DMA addresses to slot 5. */
static void map_for_device(struct rig *rig)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_fib fib = { 0 };
	uint64_t start;

	device.model = bench_model;
	device.model.name = "mapping";
	device.model.dma_map = dma_map;
	device.model.dma_unmap = dma_unmap;
	zpci_adapter_unref(rig->adapter);
	assert_int_equal(zpci_adapter_create(&device.model, PCHID, &options, &rig->adapter), 0);
	rig_enabled(rig);
	assert_int_equal(zpci_firmware_platform(rig->firmware, FID + 1, &platform, NULL), 0);
	start = platform.dma_start;
	for (unsigned i = 0; i < 2048; i++) {
		zpci_put_be(rig->storage + THIRD_TABLE + 8ul * i, 8, ZPCI_IOTE_INVALID);
		zpci_put_be(rig->storage + SEGMENT_TABLE + 8ul * i, 8, ZPCI_IOTE_INVALID);
	}
	zpci_put_be(rig->storage + THIRD_TABLE + 8 * (start >> 31 & 0x7ff), 8,
		    SEGMENT_TABLE | ZPCI_IOTE_LENGTH | ZPCI_IOTA_DT_RT);
	zpci_put_be(rig->storage + SEGMENT_TABLE + 8 * (start >> 20 & 0x7ff), 8,
		    SLOT | ZPCI_IOTE_FORMAT_CONTROL);
	zpci_be64_put(&fib.pba, start);
	zpci_be64_put(&fib.pal, start + SLOT - 1);
	zpci_be64_put(&fib.iota, THIRD_TABLE | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	assert_int_equal(
		zpci_modify_controls(rig->firmware, rig->handle, 0, ZPCI_MPCIFC_REG_IOAT, &fib).cc,
		0);
	assert_int_equal(zpci_refresh(rig->firmware, rig->handle, start, SLOT).cc, 0);
	assert_ptr_equal(device.host, rig->storage + 8 * SLOT);
}

static void test_a_slot_goes_when_no_device_has_mapped_it(void **state)
{
	struct rig *rig = *state;
	pthread_t removing;
	bool early;

	map_for_device(rig);
	device.unmapping.closed = true;
	worker.done = false;
	assert_int_equal(pthread_create(&removing, NULL, remove_slot, rig), 0);
	while (!device.unmapping.here && !worker.done)
		sched_yield();
	give_chances();
	early = worker.done;
	device.unmapping.closed = false;
	pthread_join(removing, NULL);
	assert_false(early);
	assert_null(device.host);
}

/* --- many threads --------------------------------------------------------------------------- */

static _Atomic bool stop;

static void *access_for_long(void *opaque)
{
	struct rig *rig = opaque;
	uint8_t bytes[64], old;

	/* Either all of it is there or nothing. */
	while (!stop) {
		ops->read_absolute(rig->kvm, SLOT - 32, bytes, sizeof(bytes));
		ops->write_absolute(rig->kvm, SLOT + 32, bytes, sizeof(bytes));
		ops->or_absolute(rig->kvm, SLOT, 1, &old);
	}
	return NULL;
}

#define CHANGES 300

/* While it is gone, its storage cannot be touched: a thread that did would end the test. */
static void test_slots_come_and_go_under_accesses(void **state)
{
	struct rig *rig = *state;
	pthread_t threads[3];

	stop = false;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, access_for_long, rig), 0);
	for (unsigned i = 0; i < CHANGES; i++) {
		assert_int_equal(set(rig, 5, 0, 0, NULL), 0);
		assert_int_equal(mprotect(rig->storage + 8 * SLOT, SLOT, PROT_NONE), 0);
		sched_yield();
		assert_int_equal(mprotect(rig->storage + 8 * SLOT, SLOT, PROT_READ | PROT_WRITE),
				 0);
		assert_int_equal(set(rig, 5, SLOT, SLOT, rig->storage + 8 * SLOT), 0);
	}
	stop = true;
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

#define SLOT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SLOT_TEST(test_slots_that_are_refused),
		SLOT_TEST(test_slot_at_the_end),
		SLOT_TEST(test_slot_moves),
		SLOT_TEST(test_regions),
		SLOT_TEST(test_which_accesses_work),
		SLOT_TEST(test_bytes_are_where_they_belong),
		SLOT_TEST(test_real_addresses),
		SLOT_TEST(test_a_slot_goes_when_no_access_is_under_way),
#ifdef __GLIBC__
		SLOT_TEST(test_new_accesses_come_behind_a_slot_that_goes),
#endif
		SLOT_TEST(test_a_slot_goes_when_no_device_has_mapped_it),
		SLOT_TEST(test_slots_come_and_go_under_accesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
