// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several CPUs at once, also for the thread sanitizer, while functions are added, removed and
 * reset. Each answer must be possible in some order.
 */
#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#define CPUS 3
#define ROUNDS 300

/* A CPU on the same machine. Blocks in storage are the fixture's. */
struct cpu {
	struct fixture fixture;
	_Atomic uint32_t *handle;
	_Atomic unsigned *lives; /* lives of the function */
	_Atomic bool *stop;
	unsigned number;
	_Atomic unsigned done;
	const char *complaint;
};

static void start_cpu(struct cpu *cpu, const struct fixture *fixture)
{
	cpu->fixture.ram = fixture->ram;
	cpu->fixture.firmware = fixture->firmware;
	zpci_ram_cpu_init(fixture->ram, &cpu->fixture.cpu);
}

/* Handles repeat after so many enables. A CPU that slept meanwhile may see
 * anything. */
#define LIVES 126

/* Each CPU has its own bytes of the BAR. It loads what it stored, as long as the handle is the same
 * and no reset came. */
static void *access_bar(void *opaque)
{
	struct cpu *cpu = opaque;
	uint64_t offset = 0x100 * (cpu->number + 1), value;

	for (uint64_t i = 1; !*cpu->stop; i++) {
		unsigned lives = *cpu->lives;
		uint32_t handle = *cpu->handle;
		int stored = guest_store(&cpu->fixture, handle, 0, offset, 8, i);
		int loaded = guest_load(&cpu->fixture, handle, 0, offset, 8, &value);

		if ((stored != CC(0) && stored != CC(3)) || (loaded != CC(0) && loaded != CC(3)))
			cpu->complaint = "a condition code other than 0 and 3";
		if (*cpu->lives - lives > LIVES)
			continue;
		/* The handle was valid before and after, so it was valid in between. */
		if (stored == CC(0) && loaded == CC(0) && value != i)
			cpu->complaint = "a load gives another value than was stored";
		if (stored == CC(3) && loaded == CC(0))
			cpu->complaint = "an unknown handle became valid again";
		cpu->done += loaded == CC(0);
	}
	return NULL;
}

static void test_cpus_against_enable_and_disable(void **state)
{
	struct fixture *fixture = *state;
	struct cpu cpus[CPUS] = { 0 };
	pthread_t threads[CPUS];
	_Atomic uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	_Atomic unsigned lives = 0;
	_Atomic bool stop = false;
	uint32_t disabled;

	for (unsigned i = 0; i < CPUS; i++) {
		start_cpu(&cpus[i], fixture);
		cpus[i].handle = &handle;
		cpus[i].lives = &lives;
		cpus[i].stop = &stop;
		cpus[i].number = i;
		assert_int_equal(pthread_create(&threads[i], NULL, access_bar, &cpus[i]), 0);
	}
	for (unsigned i = 0; i < ROUNDS || !cpus[0].done || !cpus[CPUS - 1].done; i++) {
		sched_yield();
		assert_int_equal(
			guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &disabled),
			ZPCI_CLP_OK);
		lives++;
		handle = guest_enable(fixture, disabled);
	}
	stop = true;
	for (unsigned i = 0; i < CPUS; i++) {
		pthread_join(threads[i], NULL);
		assert_null(cpus[i].complaint);
	}
}

/* Lists and queries take no lock of a function: they must not see one that is half made. */
static void *plug_and_unplug(void *opaque)
{
	struct cpu *cpu = opaque;
	struct zpci_function_options options = { .size = sizeof(options),
						 .adapter = cpu->fixture.adapter,
						 .vf = 2,
						 .fid = FID + 2,
						 .uid = UID + 2,
						 .profile = zpci_profile_find("lpar")->profile };

	while (!*cpu->stop) {
		if (zpci_firmware_add(cpu->fixture.firmware, &options))
			cpu->complaint = "a function could not be added";
		zpci_firmware_announce(cpu->fixture.firmware, FID + 2);
		if (zpci_firmware_remove(cpu->fixture.firmware, FID + 2))
			cpu->complaint = "a function could not be removed";
		cpu->done++;
	}
	return NULL;
}

static void look_at(struct fixture *fixture, const struct zpci_clp_list_entry *entry)
{
	struct zpci_clp_query_function_response function;
	uint32_t handle = zpci_be32_get(entry->handle);
	unsigned code;

	assert_int_equal(zpci_be16_get(entry->vendor_id), BENCH_VENDOR);
	assert_int_equal(zpci_be16_get(entry->device_id), BENCH_VF_DEVICE);
	code = guest_query_function(fixture, handle, &function);
	if (code != ZPCI_CLP_OK)
		assert_int_equal(code, ZPCI_CLP_INVALID_HANDLE);
	else
		assert_int_equal(zpci_be32_get(function.fid), zpci_be32_get(entry->fid));
}

static void test_list_against_hot_plug(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[4];
	struct cpu cpu = { 0 };
	_Atomic bool stop = false;
	pthread_t thread;

	fixture_add(fixture, 1, "lpar");
	start_cpu(&cpu, fixture);
	cpu.fixture.adapter = fixture->adapter;
	cpu.stop = &stop;
	assert_int_equal(pthread_create(&thread, NULL, plug_and_unplug, &cpu), 0);
	for (unsigned i = 0; i < ROUNDS || cpu.done < ROUNDS; i++) {
		uint64_t token = 0;
		unsigned entries;

		assert_int_equal(guest_list(fixture, &token, 4, list, &entries), ZPCI_CLP_OK);
		assert_true(entries == 1 || entries == 2);
		for (unsigned n = 0; n < entries; n++)
			look_at(fixture, &list[n]);
		guest_sei(fixture, NULL);
	}
	stop = true;
	pthread_join(thread, NULL);
	assert_null(cpu.complaint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_cpus_against_enable_and_disable),
		FIXTURE_TEST(test_list_against_hot_plug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
