// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-refusals.c - what is refused when a firmware is made and functions are plugged. Each failure
 * has one message, which names the thing, the value and the owner.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zpci/firmware.h>
#include <zpci/ram.h>

#include "zpci/device/sriov.h"

static unsigned messages;
static char last[512];

static void log_message(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	assert_int_equal(level, ZPCI_LOG_ERROR);
	messages++;
	strncpy(last, message, sizeof(last) - 1);
}

/* There was one message since the last call, and it begins with @beginning. */
static void said(const char *expected)
{
	if (messages != 1 || strncmp(last, expected, strlen(expected)) != 0)
		fail_msg("%u messages, the last one: %s", messages, last);
	messages = 0;
}

static const struct zpci_logger logger = { .log = log_message };

static const struct zpci_firmware_options firmware_options = {
	.size = sizeof(firmware_options),
	.logger = { .log = log_message },
};

struct made {
	struct zpci_ram *ram;
	struct zpci_firmware *firmware;
	struct zpci_adapter *adapter, *other; /* 0x01c0 with 2 VFs; the same PCHID again */
	struct zpci_function_options options; /* VF 1, not added yet */
};

static struct zpci_adapter *create_adapter(void)
{
	const struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 2 };
	struct zpci_adapter *adapter;

	assert_int_equal(zpci_adapter_create(zpci_model_find("null"), 0x1c0, &options, &adapter),
			 0);
	return adapter;
}

static int setup(void **state)
{
	static struct made made;

	messages = 0;
	made.ram = zpci_ram_create(4096);
	made.adapter = create_adapter();
	made.other = create_adapter();
	assert_int_equal(
		zpci_firmware_create(zpci_ram_ops(), made.ram, &firmware_options, &made.firmware),
		0);
	made.options = (struct zpci_function_options){
		.size = sizeof(made.options),
		.adapter = made.adapter,
		.vf = 1,
		.fid = 0x1021,
		.uid = 0x20111,
		.profile = zpci_profile_find("lpar")->profile,
	};
	*state = &made;
	return 0;
}

static int teardown(void **state)
{
	struct made *made = *state;

	zpci_firmware_destroy(made->firmware);
	zpci_adapter_unref(made->adapter);
	zpci_adapter_unref(made->other);
	zpci_ram_destroy(made->ram);
	return 0;
}

static void refused(struct made *made, const struct zpci_function_options *options, int rc,
		    const char *message)
{
	assert_int_equal(zpci_firmware_add(made->firmware, options), rc);
	said(message);
}

static void machine_without_an_operation_is_refused(void **state)
{
	struct zpci_machine_ops ops = *zpci_ram_ops();
	struct zpci_firmware *firmware;

	(void)state;
	ops.or_absolute = NULL;
	assert_int_equal(zpci_firmware_create(&ops, NULL, &firmware_options, &firmware), -EINVAL);
	said("machine ram: it lacks the operation or_absolute");
	ops = *zpci_ram_ops();
	ops.size = offsetof(struct zpci_machine_ops, timer_destroy);
	assert_int_equal(zpci_firmware_create(&ops, NULL, &firmware_options, &firmware), -EINVAL);
	said("machine ram: it lacks the operation timer_destroy");
}

static void firmware_options_of_a_wrong_size_are_refused(void **state)
{
	struct made *made = *state;
	struct {
		struct zpci_firmware_options known;
		uint8_t unknown[8];
	} later = { .known = firmware_options, .unknown = { 0, 0, 0, 1 } };
	struct zpci_firmware *firmware;

	later.known.size = sizeof(later);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &later.known, &firmware),
			 -EINVAL);
	said("machine ram: its options are not 0 at byte 0x23");
	later.unknown[3] = 0;
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &later.known, &firmware),
			 0);
	zpci_firmware_destroy(firmware);
	later.known.size = offsetof(struct zpci_firmware_options, explain);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &later.known, &firmware),
			 -EINVAL);
	said("machine ram: its options have size 0x1a");
	later.known.size = offsetof(struct zpci_firmware_options, shared);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &later.known, &firmware),
			 -EINVAL);
	said("machine ram: its options have size 0x18");
	later.known.size = 0; /* too short for its logger */
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &later.known, &firmware),
			 -EINVAL);
	assert_int_equal(messages, 0);
}

static void function_options_of_a_wrong_size_are_refused(void **state)
{
	struct made *made = *state;
	struct {
		struct zpci_function_options known;
		uint8_t unknown[8];
	} later = { .known = made->options, .unknown = { 1 } };

	later.known.size = sizeof(later);
	refused(made, &later.known, -EINVAL, "function 0x00001021: its options are not 0 at byte");
	later.unknown[0] = 0;
	later.known.size = offsetof(struct zpci_function_options, publish_rid);
	refused(made, &later.known, -EINVAL, "function 0x00001021: its options have size");
	later.known.size = offsetof(struct zpci_function_options, values);
	refused(made, &later.known, -EINVAL, "function 0x00001021: its options have size");
	later.known.size = sizeof(size_t);
	refused(made, &later.known, -EINVAL, "function: its options have size 0x8,");
	later.known.size = sizeof(later);
	assert_int_equal(zpci_firmware_add(made->firmware, &later.known), 0);
	assert_int_equal(messages, 0);
}

static void shared_machine_needs_uid_checking(void **state)
{
	struct made *made = *state;
	struct zpci_firmware_options options = firmware_options;
	struct zpci_firmware *firmware;

	options.shared = options.no_uid_checking = true;
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), made->ram, &options, &firmware),
			 -EINVAL);
	said("machine ram: UID checking cannot be off");
}

static void wrong_utility_strings_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options = made->options;

	options.platform = &platform;
	platform.given = ZPCI_PLATFORM_UTILITY_STRING;
	strcpy(platform.utility_string, "Gr\xfc"
					"n");
	refused(made, &options, -EINVAL,
		"function 0x00001021: its utility string is wrong from character 3 on");
	memset(platform.utility_string, 'x', sizeof(platform.utility_string));
	refused(made, &options, -EINVAL,
		"function 0x00001021: its utility string is wrong from character 65 on");
	platform.utility_string[ZPCI_UTILITY_STRING_MAX] = '\0';
	platform.has_utility_ebcdic = true;
	refused(made, &options, -EINVAL,
		"function 0x00001021: its utility string is given as text and in EBCDIC");
	platform.has_utility_ebcdic = false;
	assert_int_equal(zpci_firmware_add(made->firmware, &options), 0);
}

/* Impossible facts, one by one. */
static void impossible_platforms_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_platform good = { .size = sizeof(good) }, bad;
	struct zpci_function_options options = made->options;

	options.platform = &bad;
	zpci_platform_default(&good);
	good.given = ZPCI_PLATFORM_ALL;
#define REFUSED(field, value, message)                                                             \
	do {                                                                                       \
		bad = good;                                                                        \
		bad.field = (value);                                                               \
		refused(made, &options, -EINVAL, "function 0x00001021: " message);                 \
	} while (0)
	REFUSED(size, offsetof(struct zpci_platform, group),
		"the platform of its options: its options have size");
	REFUSED(given, 0x800, "the platform of its options gives the facts 0x800, and");
	REFUSED(port, 16, "its port is 16; give 0 to 15");
	REFUSED(fmb_length, 128, "its measurement block has 128 bytes; give 64, or 0");
	REFUSED(dma_start, 0x40000000000, "its DMA addresses are 0x40000000000 to 0x3ffffffffff;");
	REFUSED(dma_start, 0x100000800, "its DMA addresses are 0x100000800 to 0x3ffffffffff;");
	REFUSED(dma_end, 0x200000000, "its DMA addresses are 0x100000000 to 0x200000000;");
	REFUSED(group.vectors, 0, "its group 0x01 has 0 vectors; give 1 to 2048");
	REFUSED(group.vectors, 2049, "its group 0x01 has 2049 vectors;");
	REFUSED(group.store_block, 0, "its group 0x01 has store blocks of 0 bytes;");
	REFUSED(group.store_block, 100, "its group 0x01 has store blocks of 100 bytes;");
	REFUSED(group.store_block, 4104, "its group 0x01 has store blocks of 4104 bytes;");
	REFUSED(group.fmb_interval, 0, "its group 0x01 has a measurement interval of 0;");
	REFUSED(group.msi_address, 0xfe00000000000002,
		"its group 0x01 has MSI address 0xfe00000000000002; give a multiple of 4");
	REFUSED(group.msi_address, 0x100000000,
		"the MSI address 0x100000000 of its group 0x01 is among its DMA addresses,");
	REFUSED(group.msi_address, 0x3fffffffffc, "the MSI address 0x3fffffffffc of its group");
	REFUSED(group.designations, 0x20, "its group 0x01 has designation types 0x20;");
	REFUSED(group.designations, 0xc0, "its group 0x01 has designation types 0xc0;");
	REFUSED(group.designations, 0x68, "its group 0x01 has designation types 0x68;");
	REFUSED(group.designations, 0x72, "its group 0x01 has designation types 0x72;");
	REFUSED(group.reserved[3], 1, "its group 0x01 has a reserved field");
#undef REFUSED
	/* ISM also has the page behind the last DMA address. */
	bad = good;
	bad.pft = ZPCI_FUNCTION_TYPE_ISM;
	bad.group.msi_address = 0x40000000ffc;
	refused(made, &options, -EINVAL, "function 0x00001021: the MSI address 0x40000000ffc of ");
	bad.group.msi_address = 0x40000001000;
	assert_int_equal(zpci_firmware_add(made->firmware, &options), 0);
	assert_int_equal(messages, 0);
}

/* Two functions of one group that differ in one field. */
static void differing_groups_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_platform first = { .size = sizeof(first) }, second;
	struct zpci_function_options options = made->options;

	zpci_platform_relaxed(&first);
	first.group.id = 0x33;
	options.platform = &first;
	assert_int_equal(zpci_firmware_add(made->firmware, &options), 0);
	options.fid++;
	options.uid++;
	options.vf = 2;
	options.platform = &second;
#define DIFFERS(field, value, name)                                                                \
	do {                                                                                       \
		second = first;                                                                    \
		second.group.field = (value);                                                      \
		refused(made, &options, -EEXIST,                                                   \
			"function 0x00001022: its group 0x33 has another " name                    \
			" than for function 0x00001021, ");                                        \
	} while (0)
	DIFFERS(version, 2, "version");
	DIFFERS(designations, 0x60, "designation types");
	DIFFERS(relaxed_store_block, false, "alignment of store blocks");
	DIFFERS(refresh, true, "refresh");
	DIFFERS(vectors, 1, "number of vectors");
	DIFFERS(store_block, 128, "longest store block");
	DIFFERS(fmb_interval, 1, "measurement interval");
	DIFFERS(msi_address, 0, "MSI address");
	DIFFERS(dma_spaces, 1, "mask of DMA address spaces");
#undef DIFFERS
	second = first;
	assert_int_equal(zpci_firmware_add(made->firmware, &options), 0);
	assert_int_equal(messages, 0);
	/* The group is still that of the first function. */
	options.fid++;
	options.uid++;
	options.vf = 0;
	options.profile = zpci_profile_find("plain")->profile;
	second.group.version++;
	refused(made, &options, -EEXIST,
		"function 0x00001023: its group 0x33 has another version than for function "
		"0x00001021, ");
}

static void wrong_function_options_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_function_options options = made->options;

	options.adapter = NULL;
	refused(made, &options, -EINVAL, "function 0x00001021: it has no adapter");
	options = made->options;
	options.uid = 0x20000;
	refused(made, &options, -EINVAL, "function 0x00001021: the low 16 bits of UID 0x00020000 ");
	options = made->options;
	options.vf = 0;
	refused(made, &options, -EINVAL, "function 0x00001021: the PF of adapter 0x01c0 ");
	options = made->options;
	options.vf = 3;
	refused(made, &options, -EINVAL,
		"function 0x00001021: adapter 0x01c0 has no VF 3; it has 2");
}

static void ids_of_another_function_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_function_options options = made->options;

	assert_int_equal(zpci_firmware_add(made->firmware, &options), 0);
	refused(made, &options, -EEXIST, "function 0x00001021: this FID is taken by VF 1 ");
	options.fid++;
	options.uid = 0x111;
	refused(made, &options, -EEXIST,
		"function 0x00001022: the low 16 bits of UID 0x00000111 name the PCI domain of "
		"function 0x00001021 with UID 0x00020111;");
	options.uid++;
	refused(made, &options, -EBUSY,
		"function 0x00001022: VF 1 (0 is the PF) of adapter 0x01c0 is function "
		"0x00001021;");
	options.vf = 2;
	options.publish_rid = true;
	refused(made, &options, -EINVAL,
		"function 0x00001022: function 0x00001021 of the same adapter 0x01c0 does not ");
	options.adapter = made->other;
	refused(made, &options, -EEXIST,
		"function 0x00001022: PCHID 0x01c0 is taken by the adapter of function "
		"0x00001021;");
}

static void functions_of_another_firmware_are_refused(void **state)
{
	struct made *made = *state;
	const struct zpci_services services = { .logger = logger };
	struct zpci_identity identity = { .size = sizeof(identity) };
	void *device;

	assert_int_equal(zpci_adapter_borrow(made->adapter, 1, &services, &identity, &device), 0);
	refused(made, &made->options, -EBUSY,
		"function 0x00001021: VF 1 (0 is the PF) of adapter 0x01c0 is lent already;");
	zpci_adapter_give_back(made->adapter, 1, device);
}

static void missing_functions_are_refused(void **state)
{
	struct made *made = *state;
	struct zpci_function_info info = { .size = sizeof(info) };
	uint32_t fid;

	assert_int_equal(zpci_firmware_announce(made->firmware, 0x1021), -ENOENT);
	said("function 0x00001021: there is no such function to announce");
	assert_int_equal(zpci_firmware_remove(made->firmware, 0x1021), -ENOENT);
	said("function 0x00001021: there is no such function to remove");
	assert_int_equal(zpci_firmware_inject_error(made->firmware, 0x1021, 0x3a), -ENOENT);
	said("function 0x00001021: there is no such function to put into error");
	assert_int_equal(zpci_firmware_add(made->firmware, &made->options), 0);
	assert_int_equal(zpci_firmware_inject_error(made->firmware, 0x1021, 0x3a), -EINVAL);
	said("function 0x00001021: it is disabled");
	/* queries are silent */
	assert_int_equal(zpci_firmware_info(made->firmware, 0x1, &info), -ENOENT);
	assert_int_equal(zpci_firmware_fid(made->firmware, 1, &fid), -ENOENT);
	assert_int_equal(messages, 0);
}

static void routing_id_beyond_the_bus_is_refused(void **state)
{
	const struct zpci_sriov sriov = { .vfs = 128, .offset = 4, .stride = 2 };
	struct zpci_identity identity;

	(void)state;
	assert_int_equal(zpci_sriov_rid(&sriov, 126), 0xfe);
	assert_int_equal(zpci_sriov_identity(&sriov, 126, &identity), 0);
	assert_int_equal(zpci_sriov_rid(&sriov, 127), 0x100);
	assert_int_equal(zpci_sriov_identity(&sriov, 127, &identity), -ERANGE);
}

#define REFUSAL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REFUSAL(machine_without_an_operation_is_refused),
		REFUSAL(firmware_options_of_a_wrong_size_are_refused),
		REFUSAL(function_options_of_a_wrong_size_are_refused),
		REFUSAL(shared_machine_needs_uid_checking),
		REFUSAL(wrong_utility_strings_are_refused),
		REFUSAL(impossible_platforms_are_refused),
		REFUSAL(differing_groups_are_refused),
		REFUSAL(wrong_function_options_are_refused),
		REFUSAL(ids_of_another_function_are_refused),
		REFUSAL(functions_of_another_firmware_are_refused),
		REFUSAL(missing_functions_are_refused),
		cmocka_unit_test(routing_id_beyond_the_bus_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
