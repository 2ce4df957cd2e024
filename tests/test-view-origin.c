// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zpci_firmware_config_origin() and zpci_firmware_device_config() are compared with what a guest
 * reads and writes (firmware.h, profile.h), in every combination of the profile's switches.
 */
#include "fixture.h"

#include <errno.h>
#include <string.h>

#include <zpci/replica.h>

/* The config space of one function: the guest's, the device's, the origins. */
struct views {
	uint32_t fid;
	uint32_t handle;
	struct zpci_config_origin origin[ZPCI_CONFIG_SIZE];
	uint8_t device[ZPCI_CONFIG_SIZE];
	uint8_t guest[ZPCI_CONFIG_SIZE];
};

static uint8_t not_passed(const struct zpci_config_origin *origin)
{
	return origin->emulated | origin->hard_wired | origin->hidden;
}

static void look(struct fixture *fixture, uint32_t fid, uint32_t handle, struct views *views)
{
	views->fid = fid;
	views->handle = handle;
	assert_int_equal(zpci_firmware_config_origin(fixture->firmware, fid, 0, views->origin,
						     ZPCI_CONFIG_SIZE),
			 0);
	assert_int_equal(zpci_firmware_device_config(fixture->firmware, fid, 0, views->device,
						     ZPCI_CONFIG_SIZE),
			 0);
	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++)
		views->guest[i] = (uint8_t)guest_config_read(fixture, handle, i, 1);
}

/* The promises of each origin, for every byte. */
static void check_promises(const struct views *views)
{
	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++) {
		const struct zpci_config_origin *origin = &views->origin[i];
		uint8_t hidden = i < 4 ? origin->hidden : 0;

		assert_int_equal(origin->emulated & origin->hard_wired, 0);
		assert_int_equal(origin->emulated & origin->hidden, 0);
		assert_int_equal(origin->hidden & origin->hard_wired, 0);
		assert_int_equal((views->guest[i] ^ views->device[i]) & ~not_passed(origin) & 0xff,
				 0);
		assert_int_equal(views->guest[i] & origin->hard_wired, 0);
		assert_int_equal(views->guest[i] & origin->hidden, hidden);
	}
}

/* Calls @check for each combination of the switches that VF or PF may have. */
static void for_each_profile(bool vf,
			     void (*check)(void *opaque, const struct zpci_profile *profile),
			     void *opaque)
{
	for (unsigned i = 0; i < 24; i++) {
		struct zpci_profile profile = {
			.ids = i & 1,
			.bars = i & 2,
			.publish_vfn = i & 4,
			.command_memory = (enum zpci_command_memory)(i / 8),
		};

		if (vf || !profile.publish_vfn)
			check(opaque, &profile);
	}
}

/* --- the bench device ------------------------------------------------------------------------- */

struct subject {
	struct fixture *fixture;
	unsigned vf;
};

/* The device changes its bytes: the guest sees this in the passed bits only. */
static void check_device_changes(struct fixture *fixture, const struct views *before)
{
	struct bench_device *device = fixture->bench->devices[before->fid - FID];
	struct views after;

	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++)
		device->config[i] ^= 0xff;
	look(fixture, before->fid, before->handle, &after);
	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++) {
		assert_int_equal(after.device[i], before->device[i] ^ 0xff);
		assert_int_equal(after.guest[i] ^ before->guest[i],
				 ~not_passed(&before->origin[i]) & 0xff);
	}
	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++)
		device->config[i] ^= 0xff;
}

/* A guest's writes change only emulated and passed bits, and of the emulated ones only Memory, BARs
 * and MSI-X. Origins do not change. */
static void check_guest_writes(struct fixture *fixture, const struct views *before)
{
	struct views after;

	for (unsigned i = 0; i < 0x100; i++)
		if (i != BENCH_EXPRESS_CAPABILITY + 9) /* it would reset the function */
			guest_config_write(fixture, before->handle, i, 1, before->guest[i] ^ 0xff);
	look(fixture, before->fid, before->handle, &after);
	check_promises(&after);
	assert_memory_equal(after.origin, before->origin, sizeof(after.origin));
	assert_memory_equal(after.guest, before->guest, 4);
	assert_int_equal((after.guest[4] ^ before->guest[4]) & 2, before->origin[4].emulated);
	assert_int_equal((after.guest[0x12] ^ before->guest[0x12]) & before->origin[0x12].emulated,
			 before->origin[0x12].emulated & ~(BENCH_BAR0_SIZE - 1) >> 16);
	assert_int_equal(after.guest[BENCH_MSIX_CAPABILITY + 3] ^
				 before->guest[BENCH_MSIX_CAPABILITY + 3],
			 0xc0);
}

/* The expected origins, written from profile.h and device.h and not from view.c. */
static void check_origins(const struct views *views, const struct zpci_profile *profile, bool vf)
{
	bool absent = profile->command_memory == ZPCI_COMMAND_MEMORY_ABSENT;
	uint8_t emulated, hidden;

	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++) {
		bool id = i < 4, bar = i >= 0x10 && i < 0x28;
		bool wanted = id ? profile->ids : profile->bars;

		emulated = (id || bar) && vf && wanted ? 0xff : 0;
		hidden = (id || bar) && !vf && !wanted ? 0xff : 0;
		if (i == 4)
			emulated = absent ? 0 : 0x02;
		if (i == BENCH_MSIX_CAPABILITY + 3)
			emulated = 0xc0;
		assert_int_equal(views->origin[i].emulated, emulated);
		assert_int_equal(views->origin[i].hidden, hidden);
		assert_int_equal(views->origin[i].hard_wired,
				 i == 4 ? (absent ? 0x03 : 0x01) : (i == 0x3d ? 0xff : 0));
	}
}

static void check_bench(void *opaque, const struct zpci_profile *profile)
{
	struct subject *subject = opaque;
	struct fixture *fixture = subject->fixture;
	uint32_t fid = FID + subject->vf;
	struct zpci_function_options options;
	struct views views;

	fixture_options(fixture, subject->vf, "plain", &options);
	options.profile = *profile;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	look(fixture, fid, guest_enable(fixture, fixture_handle(fixture, fid)), &views);
	check_origins(&views, profile, subject->vf);
	check_promises(&views);
	check_device_changes(fixture, &views);
	check_guest_writes(fixture, &views);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, fid), 0);
}

static void test_origins_of_a_vf_in_every_profile(void **state)
{
	struct subject subject = { *state, 1 };

	for_each_profile(true, check_bench, &subject);
}

static void test_origins_of_a_pf_in_every_profile(void **state)
{
	struct subject subject = { *state, 0 };

	for_each_profile(false, check_bench, &subject);
}

/* --- the models that come with the library --------------------------------------------------- */

struct model_subject {
	struct fixture *fixture;
	struct zpci_adapter *adapter;
	unsigned vf;
};

static void check_model(void *opaque, const struct zpci_profile *profile)
{
	struct model_subject *subject = opaque;
	struct fixture *fixture = subject->fixture;
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = subject->adapter,
		.vf = subject->vf,
		.fid = FID,
		.uid = UID,
		.profile = *profile,
	};
	struct zpci_function_info info = { .size = sizeof(info) };
	struct views views;

	assert_int_equal(zpci_firmware_add(fixture->firmware, &options), 0);
	look(fixture, FID, guest_enable(fixture, fixture_handle(fixture, FID)), &views);
	check_promises(&views);
	assert_int_equal(zpci_firmware_info(fixture->firmware, FID, &info), 0);
	assert_int_equal(info.command_memory, views.origin[4].emulated == 2);
	assert_int_equal(info.no_command_memory, subject->vf && profile->publish_vfn);
	assert_int_equal(views.guest[0] == 0xff, !profile->ids);
	assert_int_equal(views.guest[0x10], profile->bars ? 0x04 : 0);
	guest_config_write(fixture, views.handle, 4, 2, 0x0007);
	assert_int_equal(guest_config_read(fixture, views.handle, 4, 2),
			 info.command_memory ? 0x0006 : 0x0004);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID), 0);
}

/* For the model that must be told what to be: a PF and two VFs, each with one BAR. */
static const struct zpci_replica *description(void)
{
	static const uint8_t config[64] = { [0] = 0x34, [1] = 0x12, [2] = 0x01 };
	static struct zpci_replica_function functions[3];
	static const struct zpci_replica_function *list[3];
	static const struct zpci_replica replica = { sizeof(replica), list, 3 };

	for (unsigned i = 0; i < 3; i++) {
		functions[i] = (struct zpci_replica_function){
			.size = sizeof(functions[i]),
			.vf = i,
			.bars = { { 4096, ZPCI_BAR_64BIT } },
			.config = config,
			.config_length = sizeof(config),
		};
		list[i] = &functions[i];
	}
	return &replica;
}

static void test_origins_of_every_model_in_every_profile(void **state)
{
	struct zpci_adapter_options options = { .size = sizeof(options),
						.vfs = 2,
						.description = description() };
	struct model_subject subject = { .fixture = *state };
	const struct zpci_model *model;
	unsigned number = 0;

	for (; (model = zpci_model_get(number)); number++) {
		assert_int_equal(zpci_adapter_create(model, PCHID + 1, &options, &subject.adapter),
				 0);
		for (subject.vf = 0; subject.vf <= 2; subject.vf++)
			for_each_profile(subject.vf, check_model, &subject);
		zpci_adapter_unref(subject.adapter);
	}
	assert_true(number >= 3);
}

/* --- arguments ------------------------------------------------------------------------------- */

/* Pieces have the same bytes as the whole. */
static void test_pieces_equal_the_whole(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_config_origin origin[7];
	struct views views;
	uint8_t data[7];

	look(fixture, FID + 1, fixture_enabled(fixture, 1, "vfio"), &views);
	for (size_t i = 0; i + 7 <= ZPCI_CONFIG_SIZE; i += 3) {
		assert_int_equal(
			zpci_firmware_config_origin(fixture->firmware, FID + 1, i, origin, 7), 0);
		assert_memory_equal(origin, views.origin + i, sizeof(origin));
		assert_int_equal(
			zpci_firmware_device_config(fixture->firmware, FID + 1, i, data, 7), 0);
		assert_memory_equal(data, views.device + i, sizeof(data));
	}
}

static void test_function_in_standby_has_origins(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	struct zpci_config_origin origin;
	uint8_t ids[2];

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	assert_int_equal(zpci_firmware_config_origin(fixture->firmware, FID + 1, 0, &origin, 1), 0);
	assert_int_equal(origin.emulated, 0xff);
	assert_int_equal(zpci_firmware_device_config(fixture->firmware, FID + 1, 0, ids, 2), 0);
	assert_int_equal(zpci_get_le(ids, 2), 0xffff);
}

static void check_refused(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
			  size_t length, int expected)
{
	static struct zpci_config_origin origin[ZPCI_CONFIG_SIZE + 1];
	static uint8_t data[ZPCI_CONFIG_SIZE + 1];

	memset(data, 0x5a, sizeof(data));
	assert_int_equal(zpci_firmware_config_origin(firmware, fid, offset, origin, length),
			 expected);
	assert_int_equal(zpci_firmware_device_config(firmware, fid, offset, data, length),
			 expected);
	for (size_t i = 0; expected && i < sizeof(data); i++)
		assert_int_equal(data[i], 0x5a);
}

static void test_wrong_arguments_are_refused(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	check_refused(fixture->firmware, FID + 2, 0, 4, -ENOENT);
	check_refused(fixture->firmware, FID + 1, 0, ZPCI_CONFIG_SIZE + 1, -EINVAL);
	check_refused(fixture->firmware, FID + 1, 1, ZPCI_CONFIG_SIZE, -EINVAL);
	check_refused(fixture->firmware, FID + 1, ZPCI_CONFIG_SIZE, 1, -EINVAL);
	check_refused(fixture->firmware, FID + 1, SIZE_MAX, 2, -EINVAL);
	check_refused(fixture->firmware, FID + 1, 2, SIZE_MAX, -EINVAL);
	check_refused(fixture->firmware, FID + 1, ZPCI_CONFIG_SIZE, 0, 0);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	check_refused(fixture->firmware, FID + 1, 0, 4, -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_origins_of_a_vf_in_every_profile),
		FIXTURE_TEST(test_origins_of_a_pf_in_every_profile),
		FIXTURE_TEST(test_origins_of_every_model_in_every_profile),
		FIXTURE_TEST(test_pieces_equal_the_whole),
		FIXTURE_TEST(test_function_in_standby_has_origins),
		FIXTURE_TEST(test_wrong_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
