// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions are added and removed. A new function gets the slot of a removed one, but nothing else
 * of it: no handle, event, FID, registration or setting.
 */
#include "fixture.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#define CYCLES 70000u /* more than there are slots */
#define LIVES 126u
#define INDEX 0xffffu
#define ENABLED 0x80000000u

static void add(struct fixture *fixture, unsigned vf, uint32_t fid)
{
	struct zpci_function_options options;

	fixture_options(fixture, vf, "lpar", &options);
	options.fid = fid;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
}

static void take(struct fixture *fixture, uint32_t fid)
{
	assert_int_equal(zpci_firmware_remove(fixture->firmware, fid), 0);
}

static unsigned slot_of(struct fixture *fixture, uint32_t fid)
{
	return fixture_handle(fixture, fid) & INDEX;
}

static unsigned sclp_configure(struct fixture *fixture, uint32_t fid)
{
	uint16_t response;

	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, fid, &response), CC(0));
	return response;
}

/* An adapter of the model `null`, whose devices open quickly. */
static struct zpci_adapter *use_null(struct fixture *fixture)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 2 };
	struct zpci_adapter *bench = fixture->adapter;

	assert_int_equal(zpci_adapter_create(zpci_model_find("null"), PCHID + 1, &options,
					     &fixture->adapter),
			 0);
	return bench;
}

static void use_bench_again(struct fixture *fixture, struct zpci_adapter *bench)
{
	zpci_adapter_unref(fixture->adapter);
	fixture->adapter = bench;
}

/* Allocated bytes of this process; 0 with a sanitizer. */
static size_t in_use(void)
{
	struct mallinfo2 all = mallinfo2();

	return all.uordblks + all.hblkhd;
}

/* Each cycle has another FID. A reset now and then drops the guest's events. */
static void test_adding_and_removing_leaks_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_adapter *bench = use_null(fixture);
	size_t before = 0;

	for (uint32_t i = 0; i < CYCLES; i++) {
		add(fixture, 1, i);
		assert_int_equal(slot_of(fixture, i), 0);
		take(fixture, i);
		if (i % 64 == 0)
			zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
		if (i == CYCLES / 10)
			before = in_use();
	}
	assert_true(in_use() <= before + 4096);
	use_bench_again(fixture, bench);
}

static void expect_unknown(struct fixture *fixture, uint32_t handle)
{
	struct zpci_clp_query_function_response function;
	struct zpci_fib fib;
	uint32_t result;

	memset(&fib, 0, sizeof(fib));
	assert_int_equal(guest_load(fixture, handle, 0, 0, 8, NULL), CC(3));
	assert_int_equal(guest_store(fixture, handle, ZPCI_SPACE_CONFIG, 4, 2, 0), CC(3));
	assert_int_equal(guest_refresh(fixture, handle, 0, 4096), CC(3));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, &fib), CC(3));
	assert_int_equal(guest_store_controls(fixture, handle, &fib), CC(3));
	assert_int_equal(guest_query_function(fixture, handle, &function), ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &result),
			 ZPCI_CLP_INVALID_HANDLE);
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &result),
			 ZPCI_CLP_INVALID_HANDLE);
}

/* Handles of one life of a slot; the last LIVES lives are kept. */
struct life {
	uint32_t disabled;
	uint32_t enabled;
};

static void expect_all_unknown(struct fixture *fixture, const struct life *lives, unsigned but)
{
	for (unsigned i = 0; i < LIVES; i++) {
		if (i == but)
			continue;
		expect_unknown(fixture, lives[i].disabled);
		expect_unknown(fixture, lives[i].enabled);
		expect_unknown(fixture, lives[i].enabled & ~ENABLED);
	}
}

/* A life has a disabled and an enabled handle, and ends with or without a disable. The test runs
 * through all instance numbers. */
static void test_handles_of_former_lives_are_unknown(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_adapter *bench = use_null(fixture);
	struct life lives[LIVES];
	uint32_t result;

	for (unsigned n = 0; n < 4 * LIVES; n++) {
		struct life *life = &lives[n % LIVES];
		bool looks = n >= LIVES && n % 13 == 0;

		add(fixture, 1, FID);
		if (looks)
			expect_all_unknown(fixture, lives, LIVES);
		life->disabled = fixture_handle(fixture, FID);
		life->enabled = guest_enable(fixture, life->disabled);
		if (looks)
			expect_all_unknown(fixture, lives, n % LIVES);
		if (n % 2)
			assert_int_equal(guest_set_function(fixture, life->enabled,
							    ZPCI_CLP_SET_DISABLE, 0, &result),
					 ZPCI_CLP_OK);
		take(fixture, FID);
		expect_unknown(fixture, life->enabled);
		expect_unknown(fixture, life->enabled & ~ENABLED);
	}
	use_bench_again(fixture, bench);
}

/* STPCIFC with a former handle of the same life answers for the function. */
static void test_former_handles_of_this_life_are_known(void **state)
{
	struct fixture *fixture = *state;
	uint32_t first, second, result;
	struct zpci_fib fib;

	fixture_enabled(fixture, 1, "lpar");
	take(fixture, FID + 1);
	first = fixture_enabled(fixture, 1, "lpar");
	assert_int_equal(guest_set_function(fixture, first, ZPCI_CLP_SET_DISABLE, 0, &result),
			 ZPCI_CLP_OK);
	assert_int_equal(guest_store_controls(fixture, first & ~ENABLED, &fib), CC(0));
	second = guest_enable(fixture, result);
	assert_int_not_equal(second, first);
	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(guest_store_controls(fixture, first, &fib), CC(0));
		assert_int_equal(fib.controls, ZPCI_FIB_FC_ENABLED);
		assert_int_equal(
			guest_set_function(fixture, second, ZPCI_CLP_SET_DISABLE, 0, &result),
			ZPCI_CLP_OK);
		second = guest_enable(fixture, result);
	}
}

static void test_longest_empty_slot_is_next(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned vf = 1; vf <= 4; vf++) {
		fixture_add(fixture, vf, "lpar");
		assert_int_equal(slot_of(fixture, FID + vf), vf - 1);
	}
	take(fixture, FID + 3);
	take(fixture, FID + 1);
	take(fixture, FID + 2);
	add(fixture, 1, 0x7001);
	add(fixture, 2, 0x7002);
	take(fixture, 0x7001);
	add(fixture, 1, 0x7003);
	add(fixture, 3, 0x7004);
	add(fixture, 5, 0x7005);
	assert_int_equal(slot_of(fixture, 0x7002), 0);
	assert_int_equal(slot_of(fixture, 0x7003), 1);
	assert_int_equal(slot_of(fixture, 0x7004), 2);
	assert_int_equal(slot_of(fixture, FID + 4), 3);
	assert_int_equal(slot_of(fixture, 0x7005), 4);
}

static void test_refused_function_takes_no_slot(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	struct zpci_services services = { .dma_read = NULL };
	struct zpci_identity identity;
	uint32_t handle;
	void *device;

	/* The order in which slots are used stays the same as well. */
	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 4, "lpar");
	take(fixture, FID + 1);
	take(fixture, FID + 4);
	assert_int_equal(zpci_adapter_borrow(fixture->adapter, 2, &services, &identity, &device),
			 0);
	fixture_options(fixture, 2, "lpar", &options);
	for (unsigned i = 0; i < 11; i++)
		assert_int_equal(fixture_add_options(fixture, &options), -EBUSY);
	zpci_adapter_give_back(fixture->adapter, 2, device);
	handle = fixture_enabled(fixture, 3, "lpar");
	assert_int_equal(handle & INDEX, 0);
	assert_int_equal(guest_config_read(fixture, handle, 0, 2), BENCH_VENDOR);
}

/* 4.3: a function that was removed is in the reserved state, whatever has its slot. */
static void test_fids_of_removed_functions_are_remembered(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_adapter *bench = use_null(fixture);

	for (uint32_t fid = 0; fid < 5000; fid++) {
		add(fixture, 1, fid);
		take(fixture, fid);
		/* A function that comes and goes again and again takes its own slot. */
		add(fixture, 1, 0xffff0000);
		take(fixture, 0xffff0000);
	}
	assert_int_equal(sclp_configure(fixture, 0xffff0000), ZPCI_SCLP_RESERVED_STATE);
	for (uint32_t fid = 5000 - 4095; fid < 5000; fid++)
		assert_int_equal(sclp_configure(fixture, fid), ZPCI_SCLP_RESERVED_STATE);
	assert_int_equal(sclp_configure(fixture, 5000), ZPCI_SCLP_UNKNOWN_ADAPTER);
	/* A function that comes back to the oldest slot makes that slot the last in order. */
	for (uint32_t fid = 10000; fid < 10000 + 4096; fid++) {
		add(fixture, 1, fid);
		take(fixture, fid);
	}
	add(fixture, 1, 10000);
	take(fixture, 10000);
	add(fixture, 1, 20000);
	take(fixture, 20000);
	assert_int_equal(sclp_configure(fixture, 10000), ZPCI_SCLP_RESERVED_STATE);
	assert_int_equal(sclp_configure(fixture, 10001), ZPCI_SCLP_UNKNOWN_ADAPTER);
	use_bench_again(fixture, bench);
}

static void test_events_keep_their_function(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response sei;
	uint32_t handle;

	handle = fixture_enabled(fixture, 1, "lpar");
	take(fixture, FID + 1);
	fixture_enabled(fixture, 2, "lpar");
	assert_int_equal(slot_of(fixture, FID + 2), handle & INDEX);
	assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + 2), 0);
	assert_int_equal(guest_sei(fixture, &sei), CC(0));
	assert_int_equal(zpci_be16_get(sei.ccdf.pec), ZPCI_PEC_DECONFIGURED);
	assert_int_equal(zpci_be32_get(sei.ccdf.fid), FID + 1);
	assert_int_equal(zpci_be32_get(sei.ccdf.handle), handle & ~ENABLED);
	assert_int_equal(guest_sei(fixture, &sei), CC(0));
	assert_int_equal(zpci_be16_get(sei.ccdf.pec), ZPCI_PEC_CONFIGURED);
	assert_int_equal(zpci_be32_get(sei.ccdf.fid), FID + 2);
	assert_int_equal(zpci_be32_get(sei.ccdf.handle), fixture_handle(fixture, FID + 2));
}

/* A new function takes a slot that a list in parts has passed. The list shows no function twice and
 * leaves none out. */
static void test_list_continues_after_a_new_function(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[4];
	uint64_t token = 0;
	unsigned entries;

	for (unsigned vf = 1; vf <= 4; vf++)
		fixture_add(fixture, vf, "lpar");
	assert_int_equal(guest_list(fixture, &token, 2, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 2);
	take(fixture, FID + 1);
	take(fixture, FID + 3);
	add(fixture, 1, 0x7001);
	assert_int_equal(guest_list(fixture, &token, 2, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 1);
	assert_int_equal(zpci_be32_get(list[0].fid), FID + 4);
	assert_int_equal(token, 0);
}

/* --- what the next function of a slot finds
 * ----------------------------------------------------- */

static void use_all(struct fixture *fixture, uint32_t handle)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	guest_set_master(fixture, handle);
	guest_msix_enable(fixture, handle);
	guest_msix_entry(fixture, handle, 1, 1);
	assert_int_equal(guest_register_int(fixture, handle, 2, BENCH_VECTORS, 0, 0), CC(0));
	fixture->iota = 0;
	guest_map(fixture, guest_dma_start(fixture, handle), PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, handle, guest_dma_start(fixture, handle),
					     guest_dma_start(fixture, handle) + 0xffffff),
			 CC(0));
	zpci_be64_put(&fib.fmb, FMB);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib), CC(0));
}

static void expect_works(struct fixture *fixture, uint32_t handle, unsigned vf)
{
	const struct zpci_services *services = fixture->bench->devices[vf]->services;
	uint64_t start = guest_dma_start(fixture, handle);
	uint64_t interruptions = zpci_ram_interruptions(fixture->ram, 2);
	uint64_t value = 0x1122334455667788;

	guest_fill(fixture, AIBV, 0, 0x100);
	guest_fill(fixture, AISB, 0, 8);
	guest_fill(fixture, FMB, 0, 64);
	assert_int_equal(services->dma_write(services->function, start, &value, 8, NULL), 0);
	services->raise_vector(services->function, 1);
	assert_int_equal(zpci_ram_interruptions(fixture->ram, 2), interruptions + 1);
	assert_int_equal(guest_get(fixture, AIBV, 1), 0x40);
	zpci_ram_advance(fixture->ram, 5000000000ull);
	assert_int_equal(guest_get(fixture, FMB + 56, 8), 8);
}

#define GROUP 0x01 /* the default group */
#define RELAXED_GROUP 0x02

static void fill_platform(struct zpci_platform *platform, bool relaxed, const char *utility_string)
{
	*platform = (struct zpci_platform){ .size = sizeof(*platform) };
	if (relaxed)
		zpci_platform_relaxed(platform);
	if (!utility_string)
		return;
	platform->given |= ZPCI_PLATFORM_UTILITY_STRING;
	strcpy(platform->utility_string, utility_string);
}

static void test_next_function_inherits_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_function_options options;
	struct zpci_platform platform;
	struct zpci_fib fib;
	uint32_t handle, old, result;

	fixture_options(fixture, 1, "lpar", &options);
	fill_platform(&platform, true, "THE FIRST");
	options.platform = &platform;
	for (unsigned life = 0; life < 3; life++) {
		assert_int_equal(fixture_add_options(fixture, &options), 0);
		handle = guest_enable(fixture, fixture_handle(fixture, FID + 1));
		use_all(fixture, handle);
		expect_works(fixture, handle, 1);
		old = handle;
		zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
		take(fixture, FID + 1);

		/* The next function was not reset, so the answer is not "already". */
		handle = fixture_enabled(fixture, 2, "plain");
		assert_int_equal(handle & INDEX, old & INDEX);
		assert_int_equal(guest_set_function(fixture, old, ZPCI_CLP_SET_DISABLE, 0, &result),
				 ZPCI_CLP_INVALID_HANDLE);
		assert_int_equal(guest_query_function(fixture, handle, &function), ZPCI_CLP_OK);
		assert_int_equal(function.flags & ZPCI_CLP_QF_UTILITY_STRING, 0);
		assert_int_equal(function.pfgid, GROUP);
		assert_int_equal(zpci_be16_get(function.vfn), 0);
		assert_int_equal(guest_store_controls(fixture, handle, &fib), CC(0));
		assert_int_equal(fib.controls, ZPCI_FIB_FC_ENABLED);
		assert_int_equal(zpci_be64_get(fib.fmb), 0);
		assert_int_equal(guest_config_read(fixture, handle, 4, 2), 0);
		assert_int_equal(
			guest_config_read(fixture, handle, BENCH_MSIX_CAPABILITY + 2, 2) >> 14, 0);
		take(fixture, FID + 2);
	}
}

/* --- readers without a lock
 * --------------------------------------------------------------------- */

/* Functions that get one slot in turn. All facts about them differ. */
static const struct kind {
	uint32_t fid, uid;
	unsigned vf;
	const char *profile;
	bool relaxed;
	const char *utility_string;
} kinds[] = {
	{ 0x11111111, 0x1111, 1, "lpar", false,
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
	{ 0x22222222, 0x2222, 2, "plain", true,
	  "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
	{ 0x33333333, 0x3333, 3, "raw", false, NULL },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define CHANGES 6000

struct looker {
	struct fixture fixture;
	_Atomic bool *stop;
	_Atomic unsigned *changes;
	_Atomic unsigned seen;
	const char *complaint;
};

static const struct kind *kind_of(uint32_t fid)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (kinds[i].fid == fid)
			return &kinds[i];
	return NULL;
}

static bool raw(const struct kind *kind)
{
	return !strcmp(kind->profile, "raw");
}

static bool query_agrees(const struct kind *kind,
			 const struct zpci_clp_query_function_response *function)
{
	uint8_t letter = kind->utility_string ? (uint8_t)(0xc1 + kind->utility_string[0] - 'A') : 0;

	for (unsigned i = 0; kind->utility_string && i < strlen(kind->utility_string); i++)
		if (function->utility_string[i] != letter)
			return false;
	return zpci_be32_get(function->uid) == kind->uid &&
	       !(function->flags & ZPCI_CLP_QF_UTILITY_STRING) == !kind->utility_string &&
	       function->pfgid == (kind->relaxed ? RELAXED_GROUP : GROUP) &&
	       zpci_be16_get(function->vfn) == (!strcmp(kind->profile, "plain") ? 0 : kind->vf) &&
	       !function->bar_size[0] == raw(kind) && !zpci_le32_get(function->bar[0]) == raw(kind);
}

static bool info_agrees(const struct kind *kind, const struct zpci_function_info *info)
{
	return info->uid == kind->uid && info->vf == kind->vf && info->rid == kind->vf &&
	       info->group == (kind->relaxed ? RELAXED_GROUP : GROUP) &&
	       !strcmp(zpci_profile_name(&info->profile), kind->profile);
}

static bool platform_agrees(const struct kind *kind, const struct zpci_platform *platform)
{
	return platform->group.relaxed_store_block == kind->relaxed &&
	       !strcmp(platform->utility_string, kind->utility_string ? kind->utility_string : "");
}

/* What is told of a handle that was listed. After very many enables a handle repeats. */
static void look_closer(struct looker *looker, uint32_t handle, const struct kind *kind,
			unsigned changes)
{
	struct zpci_clp_query_function_response function;

	if (guest_query_function(&looker->fixture, handle, &function) != ZPCI_CLP_OK ||
	    *looker->changes - changes > LIVES)
		return;
	if (zpci_be32_get(function.fid) != kind->fid || !query_agrees(kind, &function))
		looker->complaint = "Query mixes two functions";
}

/* A handle and a FID that were told together belong together, or the handle is void. */
static void look_once(struct looker *looker)
{
	struct fixture *fixture = &looker->fixture;
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_clp_list_entry list[2];
	struct zpci_config_origin origin;
	unsigned changes = *looker->changes;
	const struct kind *kind;
	uint64_t token = 0;
	unsigned entries;
	uint32_t fid;

	if (guest_list(fixture, &token, 2, list, &entries) != ZPCI_CLP_OK || entries > 1)
		looker->complaint = "List fails, or has too many entries";
	if (entries) {
		kind = kind_of(zpci_be32_get(list[0].fid));
		if (!kind || (zpci_be16_get(list[0].vendor_id) == 0xffff) != raw(kind))
			looker->complaint = "an entry of List mixes two functions";
		else
			look_closer(looker, zpci_be32_get(list[0].handle), kind, changes);
	}
	if (zpci_firmware_fid(fixture->firmware, 0, &fid))
		return;
	kind = kind_of(fid);
	if (!kind)
		looker->complaint = "a FID that no function has";
	else if (!zpci_firmware_info(fixture->firmware, fid, &info) &&
		 (info.fid != fid || !info_agrees(kind, &info)))
		looker->complaint = "zpci_firmware_info() mixes two functions";
	else if (!zpci_firmware_platform(fixture->firmware, fid, &platform, NULL) &&
		 !platform_agrees(kind, &platform))
		looker->complaint = "zpci_firmware_platform() mixes two functions";
	else if (!zpci_firmware_config_origin(fixture->firmware, fid, 0, &origin, 1) &&
		 !origin.emulated != raw(kind))
		looker->complaint = "the origins are another function's";
	looker->seen++;
}

static void *look(void *opaque)
{
	struct looker *looker = opaque;

	while (!*looker->stop)
		look_once(looker);
	return NULL;
}

static void change(struct fixture *fixture, const struct kind *kind)
{
	struct zpci_function_options options;
	struct zpci_platform platform;

	fixture_options(fixture, kind->vf, kind->profile, &options);
	options.fid = kind->fid;
	options.uid = kind->uid;
	fill_platform(&platform, kind->relaxed, kind->utility_string);
	options.platform = &platform;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	sched_yield();
	take(fixture, kind->fid);
}

static void test_readers_never_mix_two_functions(void **state)
{
	struct fixture *fixture = *state;
	struct looker looker = { .complaint = NULL };
	_Atomic unsigned changes = 0;
	_Atomic bool stop = false;
	pthread_t thread;

	looker.fixture.ram = fixture->ram;
	looker.fixture.firmware = fixture->firmware;
	zpci_ram_cpu_init(fixture->ram, &looker.fixture.cpu);
	looker.stop = &stop;
	looker.changes = &changes;
	assert_int_equal(pthread_create(&thread, NULL, look, &looker), 0);
	while (changes < CHANGES || looker.seen < CHANGES / 10) {
		change(fixture, &kinds[changes % KINDS]);
		changes++;
	}
	stop = true;
	pthread_join(thread, NULL);
	if (looker.complaint)
		fail_msg("%s", looker.complaint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_adding_and_removing_leaks_nothing),
		FIXTURE_TEST(test_handles_of_former_lives_are_unknown),
		FIXTURE_TEST(test_former_handles_of_this_life_are_known),
		FIXTURE_TEST(test_longest_empty_slot_is_next),
		FIXTURE_TEST(test_refused_function_takes_no_slot),
		FIXTURE_TEST(test_fids_of_removed_functions_are_remembered),
		FIXTURE_TEST(test_events_keep_their_function),
		FIXTURE_TEST(test_list_continues_after_a_new_function),
		FIXTURE_TEST(test_next_function_inherits_nothing),
		FIXTURE_TEST(test_readers_never_mix_two_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
