// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Everything at once, also for the thread sanitizer: some CPUs drive their functions as Linux does,
 * others do anything to all functions. The host plugs, resets, stops and injects errors. The
 * devices' threads do DMA and raise vectors. In any order:
 *
 *	- after an unmapped page was refreshed by RPCIT, it does not change;
 *	- no page or indicator changes after a disable, after a reset, and while the machine stands
 *	  still;
 *	- a pending event was reported;
 *	- each function works at the end.
 *
 * Each thread does a fixed number of things. The owners go on until each function has worked often
 * enough. alarm() ends a hang.
 */
#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zpci/probe.h>

#define OWNERS 3
#define STRANGERS 2
#define GUESTS (OWNERS + STRANGERS + 1) /* the last guest fetches events */
#define PLUGGED (OWNERS + 1)		/* this VF is plugged and removed */
#define SECONDS_MAX 300

#define OWNER_ROUNDS 200
#define WORKED 20 /* rounds that must succeed */
#define STRANGER_ROUNDS 30000
#define HOST_ROUNDS 3000
#define EVENT_ROUNDS 10000

/* Each guest has blocks of its own, each function its tables, pages and indicators. */
#define AREA(guest) (0x20000ull + 0x8000 * (guest))
#define AREA_FIB 0x2000
#define AREA_DATA 0x3000
#define AREA_SCCB 0x4000
#define AREA_CHSC 0x5000
#define TABLES_OF(owner) (0x100000ull + 0x10000 * (owner))
#define PAGES_OF(owner) (0x200000ull + 0x10000 * (owner))
#define AIBV_OF(owner) (0x10000ull + 0x40 * (owner))
#define AISB_OF(owner) (0x11000ull + 0x40 * (owner))
#define FMB_OF(owner) (0x12000ull + 0x80 * (owner))
#define PAGE_COUNT 8u
#define PAGE 4096u
/* Each is mapped many times, so that a transfer takes long. */
#define DMA 0x100000000ull
#define SEGMENTS 2u
#define DMA_LENGTH (SEGMENTS * 0x100000ull)
#define DMA_LAST 0x3ffffffffffull

struct stress {
	struct zpci_ram *ram;
	struct zpci_firmware *firmware;
	struct zpci_adapter *adapter;
	pthread_rwlock_t running; /* readers: CPUs; writer: stops them */
	_Atomic unsigned busy;	  /* threads that still make trouble */
	unsigned msix;		  /* offset of its capability */
};

/* One CPU and its function. */
struct guest {
	struct fixture fixture;
	struct stress *stress;
	unsigned number;
	uint64_t area;
	uint64_t random;
	uint64_t reports; /* channel reports that were seen */
	bool called;	  /* a report came: it must fetch */
	unsigned worked;  /* successful DMA */
	unsigned watched; /* pages that did not change */
	const char *complaint;
};

static void complain(struct guest *guest, const char *complaint)
{
	if (!guest->complaint)
		guest->complaint = complaint;
}

/* xorshift64 (Marsaglia 2003), seeded by the thread's number. */
static uint64_t any(struct guest *guest)
{
	guest->random ^= guest->random << 13;
	guest->random ^= guest->random >> 7;
	guest->random ^= guest->random << 17;
	return guest->random >> 16;
}

/* Between two instructions a CPU can be stopped. */
static void step(struct guest *guest)
{
	pthread_rwlock_unlock(&guest->stress->running);
	sched_yield();
	pthread_rwlock_rdlock(&guest->stress->running);
}

static struct zpci_function_info info_of(struct stress *stress, uint32_t fid)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	if (zpci_firmware_info(stress->firmware, fid, &info))
		info.state = ZPCI_STATE_RESERVED;
	return info;
}

/* --- instructions ----------------------------------------------------------------------------- */

static int modify(struct guest *guest, uint32_t handle, unsigned control,
		  const struct zpci_fib *fib)
{
	struct fixture *fixture = &guest->fixture;
	uint8_t instruction[6];

	guest_write(fixture, guest->area + AREA_FIB, fib, sizeof(*fib));
	encode_displaced(instruction, OP_MPCIFC, 6, 0, 1, 0);
	fixture->cpu.gr[6] = (uint64_t)handle << 32 | control;
	fixture->cpu.gr[1] = guest->area + AREA_FIB;
	return guest_execute(fixture, instruction, 6);
}

static int control(struct guest *guest, uint32_t handle, unsigned control)
{
	const struct zpci_fib none = { 0 };

	return modify(guest, handle, control, &none);
}

static int store_fib(struct guest *guest, uint32_t handle)
{
	struct fixture *fixture = &guest->fixture;
	uint8_t instruction[6];

	encode_displaced(instruction, OP_STPCIFC, 6, 0, 1, 0);
	fixture->cpu.gr[6] = (uint64_t)handle << 32;
	fixture->cpu.gr[1] = guest->area + AREA_FIB;
	return guest_execute(fixture, instruction, 6);
}

/* CLP with a request of 32 bytes; @operand is at byte 16. Returns the response code. */
static unsigned clp(struct guest *guest, unsigned command, uint64_t operand, unsigned length)
{
	struct fixture *fixture = &guest->fixture;
	uint8_t instruction[6];

	guest_put(fixture, guest->area, 8, (uint64_t)32 << 48 | (uint64_t)command << 32);
	guest_put(fixture, guest->area + 8, 8, 0);
	guest_put(fixture, guest->area + 16, 8, operand);
	guest_put(fixture, guest->area + 24, 8, 0);
	guest_put(fixture, guest->area + 32, 8, (uint64_t)length << 48);
	encode_clp(instruction, ZPCI_CLP_LPS_PCI, 2, 3);
	fixture->cpu.gr[3] = guest->area;
	if (guest_execute(fixture, instruction, 2) != CC(0))
		complain(guest, "CLP did not end with cc 0");
	return (unsigned)guest_get(fixture, guest->area + 34, 2);
}

static unsigned set_function(struct guest *guest, uint32_t handle, unsigned operation)
{
	return clp(guest, ZPCI_CLP_SET_FUNCTION, (uint64_t)handle << 32 | operation << 8 | 1, 160);
}

static void configure(struct guest *guest, uint32_t fid, uint32_t command)
{
	struct fixture *fixture = &guest->fixture;
	uint64_t sccb = guest->area + AREA_SCCB;
	uint8_t instruction[6];

	guest_put(fixture, sccb, 8, (uint64_t)4096 << 48);
	guest_put(fixture, sccb + 8, 8, (uint64_t)ZPCI_SCLP_ADAPTER_PCI << 56 | fid);
	encode_rre(instruction, OP_SERVC, 1, 2);
	fixture->cpu.gr[1] = command;
	fixture->cpu.gr[2] = sccb;
	if (guest_execute(fixture, instruction, 1) != CC(0))
		complain(guest, "SERVC did not end with cc 0");
}

static void store_le(struct guest *guest, uint32_t handle, unsigned space, uint64_t offset,
		     unsigned length, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	guest_store(&guest->fixture, handle, space, offset, length, zpci_get_be(bytes, length));
}

/* --- an owner: brings its function up from any state
 * ------------------------------------------- */

static uint32_t fid_of(const struct guest *guest)
{
	return FID + 1 + guest->number;
}

/* All DMA addresses of the page. */
static void map(struct guest *guest, unsigned page, bool valid)
{
	uint64_t table = TABLES_OF(guest->number) + 0x8000;
	uint64_t frame = PAGES_OF(guest->number) + page * PAGE;

	for (unsigned i = page; i < 256; i += PAGE_COUNT)
		guest_put(&guest->fixture, table + 8 * i, 8,
			  frame | (valid ? 0 : ZPCI_IOTE_PAGE_INVALID));
}

static void make_tables(struct guest *guest)
{
	uint64_t root = TABLES_OF(guest->number);

	for (unsigned i = 0; i < 4096; i++)
		guest_put(&guest->fixture, root + 8 * i, 8, ZPCI_IOTE_INVALID);
	guest_put(&guest->fixture, root + 8 * (DMA >> 31), 8, (root + 0x4000) | 0x7);
	for (unsigned i = 0; i < SEGMENTS; i++)
		guest_put(&guest->fixture, root + 0x4000 + 8 * i, 8, root + 0x8000);
	for (unsigned page = 0; page < PAGE_COUNT; page++)
		map(guest, page, true);
}

static void register_all(struct guest *guest, uint32_t handle)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.pba, DMA);
	zpci_be64_put(&fib.pal, DMA_LAST);
	zpci_be64_put(&fib.iota, TABLES_OF(guest->number) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	zpci_be32_put(&fib.interruption, 2u << 28 | 16u << 16 | ZPCI_FIB_INT_SUM);
	zpci_be64_put(&fib.aibv, AIBV_OF(guest->number));
	zpci_be64_put(&fib.aisb, AISB_OF(guest->number));
	zpci_be64_put(&fib.fmb, FMB_OF(guest->number));
	modify(guest, handle, ZPCI_MPCIFC_REG_IOAT, &fib);
	modify(guest, handle, ZPCI_MPCIFC_REG_INT, &fib);
	modify(guest, handle, ZPCI_MPCIFC_SET_MEASURE, &fib);
}

/* Bus Master, MSI-X with vector 1 as number 1. */
static void set_up_device(struct guest *guest, uint32_t handle)
{
	store_le(guest, handle, ZPCI_SPACE_CONFIG, 0x04, 2, 0x0004);
	store_le(guest, handle, ZPCI_PROBE_MSIX_BAR, 16, 8, 0xfe00000000000000ull);
	store_le(guest, handle, ZPCI_PROBE_MSIX_BAR, 24, 8, 1);
	store_le(guest, handle, ZPCI_SPACE_CONFIG, guest->stress->msix + 2, 2, 0x8000);
}

/* One round of bringing the function up. Others may undo it at any time. */
static uint32_t bring_up(struct guest *guest)
{
	struct zpci_function_info info = info_of(guest->stress, fid_of(guest));

	switch (info.state) {
	case ZPCI_STATE_STANDBY:
		configure(guest, fid_of(guest), ZPCI_SCLP_CONFIGURE);
		break;
	case ZPCI_STATE_DISABLED:
		set_function(guest, info.handle, ZPCI_CLP_SET_ENABLE);
		break;
	case ZPCI_STATE_ERROR:
		control(guest, info.handle, ZPCI_MPCIFC_RESET_BLOCK);
		control(guest, info.handle, ZPCI_MPCIFC_RESET_ERROR);
		break;
	case ZPCI_STATE_UNBLOCKED: /* another CPU did the first step */
		control(guest, info.handle, ZPCI_MPCIFC_RESET_ERROR);
		break;
	case ZPCI_STATE_PERMANENT:
		set_function(guest, info.handle, ZPCI_CLP_SET_DISABLE);
		break;
	default:
		break;
	}
	info = info_of(guest->stress, fid_of(guest));
	if (info.state != ZPCI_STATE_ENABLED)
		return 0;
	register_all(guest, info.handle);
	set_up_device(guest, info.handle);
	return info.handle;
}

/* The device fills all pages with @pattern, then raises vector 1. */
static void start_dma(struct guest *guest, uint32_t handle, uint64_t pattern)
{
	store_le(guest, handle, 0, ZPCI_PROBE_REG_DMA_DESTINATION, 8, DMA);
	store_le(guest, handle, 0, ZPCI_PROBE_REG_DMA_LENGTH, 8, DMA_LENGTH);
	store_le(guest, handle, 0, ZPCI_PROBE_REG_DMA_PATTERN, 8, pattern);
	store_le(guest, handle, 0, ZPCI_PROBE_REG_DMA_COMMAND, 4,
		 ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT |
			 1u << ZPCI_PROBE_DMA_VECTOR_SHIFT);
}

/* STATUS of the DMA; 0 if it cannot be read. */
static uint32_t dma_status(struct guest *guest, uint32_t handle)
{
	uint64_t value;
	uint8_t bytes[4];

	if (guest_load(&guest->fixture, handle, 0, ZPCI_PROBE_REG_DMA_STATUS, 4, &value) != CC(0))
		return 0;
	zpci_put_be(bytes, 4, value);
	return (uint32_t)zpci_get_le(bytes, 4);
}

/* --- storage that must not change
 * --------------------------------------------------------------- */

#define CANARY 0xc0ffee00c0ffee00ull

/* Whether @length bytes at @address stay as this thread wrote them, while others run. */
static void watch(struct guest *guest, uint64_t address, unsigned length, uint64_t value,
		  const char *complaint)
{
	for (unsigned i = 0; i < length; i += 8)
		guest_put(&guest->fixture, address + i, 8, value);
	for (unsigned turn = 0; turn < 4; turn++) {
		step(guest);
		for (unsigned i = 0; i < length; i += 8)
			if (guest_get(&guest->fixture, address + i, 8) != value)
				complain(guest, complaint);
	}
	guest->watched++;
}

/* RPCIT, all at once or page by page. False: the handle is void by now (cc 3), and
 * nothing is promised. */
static bool refresh(struct guest *guest, uint32_t handle, unsigned page)
{
	uint64_t step_size = PAGE_COUNT * PAGE;

	if (any(guest) % 2)
		return guest_refresh(&guest->fixture, handle, DMA, DMA_LENGTH) != CC(3);
	for (uint64_t at = page * PAGE; at < DMA_LENGTH; at += step_size)
		if (guest_refresh(&guest->fixture, handle, DMA + at, PAGE) == CC(3))
			return false;
	return true;
}

/* Unmaps a page while the device fills it. */
static void unmap_one(struct guest *guest, uint32_t handle)
{
	unsigned page = any(guest) % PAGE_COUNT;

	map(guest, page, false);
	if (refresh(guest, handle, page))
		watch(guest, PAGES_OF(guest->number) + page * PAGE, PAGE, CANARY + page,
		      "a page changed after RPCIT");
	map(guest, page, true);
}

static void disable(struct guest *guest, uint32_t handle)
{
	unsigned code = set_function(guest, handle, ZPCI_CLP_SET_DISABLE);

	if (code != ZPCI_CLP_OK && code != ZPCI_CLP_ALREADY)
		return;
	watch(guest, PAGES_OF(guest->number) + any(guest) % PAGE_COUNT * PAGE, PAGE, CANARY,
	      "a page changed after disable");
	watch(guest, AIBV_OF(guest->number), 8, 0, "an indicator came after disable");
}

/* --- threads
 * ------------------------------------------------------------------------------------ */

/* One DMA that is disturbed: waits a while for its end. */
static void owner_round(struct guest *guest)
{
	uint32_t handle = bring_up(guest);
	uint32_t status;

	if (!handle)
		return;
	start_dma(guest, handle, any(guest));
	if (any(guest) % 2)
		unmap_one(guest, handle);
	for (unsigned i = 0; i < 200 || !guest->stress->busy; i++) {
		status = dma_status(guest, handle);
		if (!(status & ZPCI_PROBE_STATUS_BUSY))
			break;
		step(guest);
	}
	guest->worked += (status & ZPCI_PROBE_STATUS_DONE) != 0;
	if (any(guest) % 4 == 0)
		disable(guest, handle);
}

static void *own(void *opaque)
{
	struct guest *guest = opaque;

	pthread_rwlock_rdlock(&guest->stress->running);
	/* Without trouble all rounds succeed. */
	for (unsigned i = 0; i < OWNER_ROUNDS || guest->worked < WORKED; i++) {
		owner_round(guest);
		step(guest);
	}
	pthread_rwlock_unlock(&guest->stress->running);
	return NULL;
}

/* What any CPU may do to a function of another CPU. It registers nothing: where DMA goes is
 * the owner's to say. */
static void interfere(struct guest *guest, uint32_t handle)
{
	static const uint8_t controls[] = { ZPCI_MPCIFC_DEREG_INT, ZPCI_MPCIFC_RESET_ERROR,
					    ZPCI_MPCIFC_RESET_BLOCK, ZPCI_MPCIFC_SET_MEASURE,
					    ZPCI_MPCIFC_DEREG_IOAT };
	struct fixture *fixture = &guest->fixture;
	uint64_t memory = ZPCI_PROBE_MEMORY + any(guest) % 0x1000 * 8;

	switch (any(guest) % 12) {
	case 0:
		guest_load(fixture, handle, ZPCI_SPACE_CONFIG, any(guest) % 64 * 4, 4, NULL);
		break;
	case 1:
		guest_load(fixture, handle, 0, any(guest) % 24 * 8, 8, NULL);
		break;
	case 2:
		guest_store(fixture, handle, 0, memory, 8, any(guest));
		break;
	case 3:
		guest_store_block(fixture, handle, 0, ZPCI_PROBE_MEMORY + any(guest) % 512 * 8,
				  guest->area + AREA_DATA, 128);
		break;
	case 4:
		store_le(guest, handle, 0,
			 any(guest) % 2 ? ZPCI_PROBE_REG_DOORBELL_NOW
					: ZPCI_PROBE_REG_DOORBELL_LATER,
			 4, 1);
		break;
	case 5:
		guest_refresh(fixture, handle, DMA, DMA_LAST - DMA + 1);
		break;
	case 6:
		control(guest, handle, controls[any(guest) % sizeof(controls)]);
		break;
	case 7:
		store_fib(guest, handle);
		break;
	case 8:
		clp(guest, ZPCI_CLP_QUERY_FUNCTION, (uint64_t)handle << 32, 384);
		break;
	case 9:
		clp(guest, ZPCI_CLP_LIST, 0, 96);
		break;
	case 10:
		store_le(guest, handle, ZPCI_PROBE_MSIX_BAR, 28, 4, any(guest) % 2);
		break;
	default:
		store_le(guest, handle, 0, ZPCI_PROBE_REG_DMA_COMMAND, 4, ZPCI_PROBE_DMA_FILL);
		break;
	}
}

/* And now and then something that makes the handle void. */
static void end_life(struct guest *guest, uint32_t fid, uint32_t handle)
{
	switch (any(guest) % 4) {
	case 0:
		set_function(guest, handle, ZPCI_CLP_SET_DISABLE);
		break;
	case 1:
		configure(guest, fid, ZPCI_SCLP_DECONFIGURE);
		configure(guest, fid, ZPCI_SCLP_CONFIGURE);
		break;
	case 2: /* PCI Express capability, Device Control: function-level reset */
		store_le(guest, handle, ZPCI_SPACE_CONFIG, 0x48, 2, 0x8000);
		break;
	default:
		set_function(guest, handle, ZPCI_CLP_SET_ENABLE);
		break;
	}
}

static void *trouble(void *opaque)
{
	struct guest *guest = opaque;

	pthread_rwlock_rdlock(&guest->stress->running);
	for (unsigned i = 0; i < STRANGER_ROUNDS; i++) {
		uint32_t fid = FID + 1 + (uint32_t)(any(guest) % PLUGGED);
		struct zpci_function_info info = info_of(guest->stress, fid);

		if (any(guest) % 64)
			interfere(guest, info.handle);
		else
			end_life(guest, fid, info.handle);
		if (i % 8 == 0)
			step(guest);
	}
	pthread_rwlock_unlock(&guest->stress->running);
	guest->stress->busy--;
	return NULL;
}

/* Store event information: the response code. */
static unsigned fetch_event(struct guest *guest)
{
	struct fixture *fixture = &guest->fixture;
	uint64_t block = guest->area + AREA_CHSC;
	uint8_t instruction[6];

	guest_put(fixture, block, 8, 0x0010000e00000000ull);
	guest_put(fixture, block + 8, 8, ZPCI_CHSC_NT2);
	encode_rre(instruction, OP_CHSC, 2, 0);
	fixture->cpu.gr[2] = block;
	if (guest_execute(fixture, instruction, 2) != CC(0))
		complain(guest, "CHSC did not end with cc 0");
	return (unsigned)guest_get(fixture, block + 18, 2);
}

/* As Linux does: after a report fetches one event at a time until the queue is empty. */
static void listen(struct guest *guest)
{
	uint64_t reports = zpci_ram_channel_reports(guest->stress->ram);

	guest->called |= reports != guest->reports;
	guest->reports = reports;
	if (guest->called)
		guest->called = fetch_event(guest) == ZPCI_CHSC_OK &&
				guest_get(&guest->fixture, guest->area + AREA_CHSC + 24, 1) &
					ZPCI_CHSC_SEI_MORE;
}

static void *fetch_events(void *opaque)
{
	struct guest *guest = opaque;

	pthread_rwlock_rdlock(&guest->stress->running);
	for (unsigned i = 0; i < EVENT_ROUNDS; i++) {
		listen(guest);
		step(guest);
	}
	pthread_rwlock_unlock(&guest->stress->running);
	guest->stress->busy--;
	return NULL;
}

/* --- the host
 * ----------------------------------------------------------------------------------- */

/* All pages and indicators must stay as they are. */
static uint64_t fingerprint(struct guest *guest)
{
	uint64_t sum = 0;

	for (unsigned owner = 0; owner < OWNERS; owner++) {
		for (unsigned i = 0; i < PAGE_COUNT * PAGE; i += 8)
			sum = sum * 31 + guest_get(&guest->fixture, PAGES_OF(owner) + i, 8);
		sum = sum * 31 + guest_get(&guest->fixture, AIBV_OF(owner), 8);
		sum = sum * 31 + guest_get(&guest->fixture, AISB_OF(owner), 8);
	}
	return sum;
}

static void see_no_change(struct guest *guest, const char *complaint)
{
	uint64_t before = fingerprint(guest);

	for (unsigned turn = 0; turn < 20; turn++)
		sched_yield();
	if (fingerprint(guest) != before)
		complain(guest, complaint);
}

/* Stops the CPUs and resets or quiesces. No device may go on. */
static void stop(struct guest *guest)
{
	struct stress *stress = guest->stress;
	bool reset = any(guest) % 2;

	pthread_rwlock_wrlock(&stress->running);
	if (reset) {
		zpci_firmware_reset(stress->firmware, ZPCI_RESET_SYSTEM);
		see_no_change(guest, "storage changed after a reset");
		for (uint32_t fid = FID + 1; fid <= FID + OWNERS; fid++)
			if (info_of(stress, fid).state > ZPCI_STATE_DISABLED)
				complain(guest, "a function is in use after a reset");
	} else {
		zpci_firmware_quiesce(stress->firmware);
		see_no_change(guest, "storage changed while the machine stood still");
		zpci_firmware_resume(stress->firmware);
	}
	pthread_rwlock_unlock(&stress->running);
}

static int plug(struct stress *stress, unsigned vf)
{
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = stress->adapter,
		.vf = vf,
		.fid = FID + vf,
		.uid = UID + vf,
		.profile = zpci_profile_find("lpar")->profile,
	};

	return zpci_firmware_add(stress->firmware, &options);
}

static void hot_plug(struct guest *guest)
{
	struct stress *stress = guest->stress;

	if (zpci_firmware_remove(stress->firmware, FID + PLUGGED))
		complain(guest, "a function could not be removed");
	if (plug(stress, PLUGGED))
		complain(guest, "a function could not be added");
	zpci_firmware_announce(stress->firmware, FID + PLUGGED);
}

/* A reset while CPUs run: a machine does not do this, but the library must bear it. */
static void *host(void *opaque)
{
	struct guest *guest = opaque;
	struct stress *stress = guest->stress;

	for (unsigned i = 0; i < HOST_ROUNDS; i++) {
		uint32_t fid = FID + 1 + (uint32_t)(any(guest) % PLUGGED);

		switch (any(guest) % 16) {
		case 0:
			stop(guest);
			break;
		case 1:
			zpci_firmware_reset(stress->firmware, ZPCI_RESET_SUBSYSTEM);
			break;
		case 2:
		case 3:
			hot_plug(guest);
			break;
		case 4:
			zpci_firmware_inject_error(stress->firmware, fid,
						   any(guest) % 4 ? ZPCI_PEC_SERVICE_ACTION
								  : ZPCI_PEC_PERMANENT_ERROR);
			break;
		default:
			zpci_ram_advance(stress->ram, any(guest) % 2 * 1000000000);
			break;
		}
		sched_yield();
	}
	stress->busy--;
	return NULL;
}

/* --- the test
 * ----------------------------------------------------------------------------------- */

static void make_guest(struct guest *guest, struct stress *stress, unsigned number)
{
	guest->fixture.ram = stress->ram;
	guest->fixture.firmware = stress->firmware;
	zpci_ram_cpu_init(stress->ram, &guest->fixture.cpu);
	guest->stress = stress;
	guest->number = number;
	guest->area = AREA(number);
	guest->random = 0x9e3779b97f4a7c15ull * (number + 1);
	if (number < OWNERS)
		make_tables(guest);
}

/* The function works: DMA to all pages, its interruption, and no effect of earlier operations. */
static void check_works(struct guest *guest)
{
	uint64_t pattern = 0x0123456789abcdefull + guest->number, seen;
	uint32_t handle;

	disable(guest, info_of(guest->stress, fid_of(guest)).handle);
	while (!(handle = bring_up(guest)))
		;
	seen = zpci_ram_interruptions(guest->stress->ram, 2);
	guest_put(&guest->fixture, AISB_OF(guest->number), 8, 0);
	start_dma(guest, handle, pattern);
	assert_true(zpci_ram_wait_interruption(guest->stress->ram, 2, seen, SECONDS_MAX * 1000) >
		    seen);
	assert_true(dma_status(guest, handle) & ZPCI_PROBE_STATUS_DONE);
	assert_int_equal(guest_get(&guest->fixture, AIBV_OF(guest->number), 1), 0x40);
	for (unsigned i = 0; i < PAGE_COUNT * PAGE; i += 8) {
		uint8_t bytes[8];

		guest_read(&guest->fixture, PAGES_OF(guest->number) + i, bytes, 8);
		assert_int_equal(zpci_get_le(bytes, 8), pattern);
	}
}

/* A guest that follows the reports has all events; and after the last one a new one is reported. */
static void check_events(struct guest *guest)
{
	struct stress *stress = guest->stress;
	uint64_t reports;

	zpci_ram_advance(stress->ram, 0);
	do {
		listen(guest);
	} while (guest->called);
	assert_int_equal(fetch_event(guest), ZPCI_CHSC_NO_EVENT);
	reports = zpci_ram_channel_reports(stress->ram);
	assert_int_equal(zpci_firmware_announce(stress->firmware, FID + 1), 0);
	zpci_ram_advance(stress->ram, 0);
	assert_int_equal(zpci_ram_channel_reports(stress->ram), reports + 1);
	assert_int_equal(fetch_event(guest), ZPCI_CHSC_OK);
}

static void set_up(struct stress *stress)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = PLUGGED };

	memset(stress, 0, sizeof(*stress));
	stress->ram = zpci_ram_create(0x400000);
	assert_non_null(stress->ram);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), stress->ram, NULL, &stress->firmware),
			 0);
	assert_int_equal(
		zpci_adapter_create(zpci_model_find("probe"), PCHID, &options, &stress->adapter),
		0);
	for (unsigned vf = 1; vf <= PLUGGED; vf++)
		assert_int_equal(plug(stress, vf), 0);
	pthread_rwlock_init(&stress->running, NULL);
	stress->busy = STRANGERS + 2;
}

/* The MSI-X capability is the one after PCI Express in the device's list. */
static unsigned find_msix(struct stress *stress)
{
	uint8_t next = 0x34, header[2];

	zpci_firmware_device_config(stress->firmware, FID + 1, next, &next, 1);
	for (unsigned hops = 0; next && hops < 48; hops++) {
		zpci_firmware_device_config(stress->firmware, FID + 1, next, header, 2);
		if (header[0] == 0x11)
			return next;
		next = header[1];
	}
	fail_msg("the probe has no MSI-X");
	return 0;
}

static void tear_down(struct stress *stress)
{
	zpci_firmware_quiesce(stress->firmware);
	zpci_firmware_destroy(stress->firmware);
	zpci_adapter_unref(stress->adapter);
	zpci_ram_destroy(stress->ram);
	pthread_rwlock_destroy(&stress->running);
}

static void test_everything_at_once(void **state)
{
	static struct guest guests[GUESTS + 1]; /* the last one is the host */
	static struct stress stress;
	pthread_t threads[GUESTS + 1];

	(void)state;
	alarm(SECONDS_MAX);
	set_up(&stress);
	stress.msix = find_msix(&stress);
	for (unsigned i = 0; i <= GUESTS; i++)
		make_guest(&guests[i], &stress, i);
	for (unsigned i = 0; i <= GUESTS; i++) {
		void *(*run)(void *) = i < OWNERS		? own
				       : i < OWNERS + STRANGERS ? trouble
				       : i < GUESTS		? fetch_events
								: host;

		assert_int_equal(pthread_create(&threads[i], NULL, run, &guests[i]), 0);
	}
	for (unsigned i = 0; i <= GUESTS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i <= GUESTS; i++) {
		if (guests[i].complaint)
			fail_msg("guest %u: %s", i, guests[i].complaint);
		if (i < OWNERS)
			printf("function 0x%x: DMA succeeded %u times, %u pages did not change\n",
			       fid_of(&guests[i]), guests[i].worked, guests[i].watched);
	}
	pthread_rwlock_rdlock(&stress.running);
	for (unsigned i = 0; i < OWNERS; i++) {
		check_works(&guests[i]);
		assert_null(guests[i].complaint);
	}
	check_events(&guests[GUESTS - 1]);
	pthread_rwlock_unlock(&stress.running);
	tear_down(&stress);
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
