// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-model.c - a model of somebody else's: what its shared object exports is checked, its options
 * reach it, and the library keeps the config spaces of functions that it describes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>
#include <zpci/firmware.h>
#include <zpci/model.h>
#include <zpci/ram.h>

#define PCHID 0x1c0

static char said[512];

static void keep(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	if (level == ZPCI_LOG_ERROR)
		snprintf(said, sizeof(said), "%s", message);
}

static const struct zpci_logger logger = { .log = keep };

/* --- the model -------------------------------------------------------------------------------- */

/* What its operations were told. */
static struct zpci_pci_description description;
static uint64_t adapter_number, function_number;
static unsigned destroys, closes, resets, pauses, drains, maps;
static int open_rc;
static char device_of_model;

static int create(const struct zpci_adapter_options *options, void **adapter)
{
	adapter_number = zpci_option_number(options->values, "number", 7);
	*adapter = &description;
	return 0;
}

static void destroy(void *adapter)
{
	assert_ptr_equal(adapter, &description);
	destroys++;
}

static const struct zpci_pci_description *describe(void *adapter)
{
	return adapter;
}

static const struct zpci_pci_description *describe_nothing(void *adapter)
{
	(void)adapter;
	return NULL;
}

static int open_device(void *adapter, unsigned vf, const struct zpci_services *services,
		       struct zpci_identity *identity, void **device)
{
	assert_ptr_equal(adapter, &description);
	assert_int_equal(identity->vfn, vf);
	assert_int_equal(identity->vendor_id, 0x1234);
	function_number = zpci_option_number(services->values, "size", 7);
	*device = &device_of_model;
	return open_rc;
}

static void count_close(void *device)
{
	assert_ptr_equal(device, &device_of_model);
	closes++;
}

static void count_reset(void *device)
{
	assert_ptr_equal(device, &device_of_model);
	resets++;
}

static void count_pause(void *device)
{
	assert_ptr_equal(device, &device_of_model);
	pauses++;
}

static int count_drain(void *device, bool wait)
{
	assert_ptr_equal(device, &device_of_model);
	drains++;
	return wait ? 0 : -EBUSY;
}

static int bar_read(void *device, unsigned bar, uint64_t offset, void *data, size_t length)
{
	assert_ptr_equal(device, &device_of_model);
	memset(data, (int)(0x10 * bar + offset), length);
	return 0;
}

static int bar_write(void *device, unsigned bar, uint64_t offset, const void *data, size_t length)
{
	assert_ptr_equal(device, &device_of_model);
	(void)bar, (void)offset, (void)data;
	return length == 8 ? 0 : -EIO;
}

static int count_map(void *device, const struct zpci_dma_mapping *mapping)
{
	assert_ptr_equal(device, &device_of_model);
	maps++;
	return mapping->write ? 0 : -ENOSPC;
}

static void count_unmap(void *device, uint64_t address, uint64_t length)
{
	assert_ptr_equal(device, &device_of_model);
	(void)address, (void)length;
	maps++;
}

static struct zpci_option number, size, word, text;
static const struct zpci_option *options[ZPCI_OPTIONS_MAX + 2];
static struct zpci_model model;
static struct zpci_model_export exported;

static bool parse_anything(const char *given, uint64_t *parsed)
{
	(void)given, (void)parsed;
	return true;
}

/* All as it should be; a test breaks one thing. */
static int setup(void **state)
{
	static const char *const words[] = { "no", "yes", NULL };

	(void)state;
	description = (struct zpci_pci_description){
		.size = sizeof(description),
		.vendor_id = 0x1234,
		.device_id = 0x5678,
		.vf_device_id = 0x9abc,
		.class_code = 0x020000,
		.bars = { [2] = { 0x4000, ZPCI_BAR_64BIT }, [4] = { 0x1000, 0 } },
		.vf_bars = { [2] = { 0x4000, ZPCI_BAR_64BIT }, [4] = { 0x1000, 0 } },
		.msix = { .vectors = 3, .table_bar = 4, .pba_bar = 4, .pba = 0x800 },
	};
	number = (struct zpci_option){ .size = sizeof(number),
				       .name = "number",
				       .help = "n",
				       .kind = ZPCI_OPTION_NUMBER,
				       .high = 9 };
	size = (struct zpci_option){ .size = sizeof(size),
				     .name = "size",
				     .help = "s",
				     .kind = ZPCI_OPTION_SIZE,
				     .function = true,
				     .high = 9 };
	word = (struct zpci_option){ .size = sizeof(word),
				     .name = "word",
				     .help = "w",
				     .kind = ZPCI_OPTION_WORD,
				     .words = words };
	text = (struct zpci_option){ .size = sizeof(text),
				     .name = "text",
				     .help = "t",
				     .kind = ZPCI_OPTION_TEXT,
				     .parse = parse_anything,
				     .allowed = "anything" };
	memset(options, 0, sizeof(options));
	options[0] = &number;
	options[1] = &size;
	options[2] = &word;
	options[3] = &text;
	model = (struct zpci_model){
		.size = sizeof(model),
		.name = "own",
		.help = "A model of somebody else's.",
		.create = create,
		.destroy = destroy,
		.open = open_device,
		.close = count_close,
		.bar_read = bar_read,
		.bar_write = bar_write,
		.reset = count_reset,
		.quiesce = count_pause,
		.resume = count_pause,
		.drain = count_drain,
		.dma_map = count_map,
		.dma_unmap = count_unmap,
		.options = options,
		.describe = describe,
	};
	exported = (struct zpci_model_export){ ZPCI_MODEL_MAGIC, ZPCI_MODEL_VERSION, 0, &model };
	destroys = closes = resets = pauses = drains = maps = 0;
	open_rc = 0;
	said[0] = '\0';
	return 0;
}

/* --- what is exported ------------------------------------------------------------------------- */

static void a_complete_model_is_taken(void **state)
{
	const struct zpci_model *found = NULL;

	(void)state;
	assert_int_equal(zpci_model_check(&exported, &logger, &found), 0);
	assert_ptr_equal(found, &model);
	assert_string_equal(said, "");
	model.describe = NULL;
	assert_int_equal(zpci_model_check(&exported, NULL, &found), -EINVAL);
}

static void refuse(const char *words)
{
	const struct zpci_model *found = NULL;

	said[0] = '\0';
	assert_int_equal(zpci_model_check(&exported, &logger, &found), -EINVAL);
	assert_null(found);
	if (!strstr(said, words))
		fail_msg("no '%s' in: %s", words, said);
	setup(NULL);
}

static void another_version_is_refused(void **state)
{
	(void)state;
	exported.magic++;
	refuse("ZPCI_MODEL_EXPORT");
	exported.version++;
	refuse("version 2 of device models, and this zpci has version 1");
	exported.version = 0;
	refuse("version 0 of device models");
	exported.reserved = 1;
	refuse("headers of this zpci");
	exported.model = NULL;
	refuse("unknown");
	model.size = 8;
	refuse("size");
	/* What reads its options would read behind it. */
	model.size = offsetof(struct zpci_model, options);
	model.describe = NULL;
	model.config_read = zpci_model_find("probe")->config_read;
	model.config_write = zpci_model_find("probe")->config_write;
	refuse("its size is too small");
}

static void incomplete_options_are_refused(void **state)
{
	(void)state;
	size.size = 8;
	refuse("another size than struct zpci_option");
	size.name = NULL;
	refuse("name of an option");
	size.name = "Size";
	refuse("name of an option");
	size.name = "123456789-123456789-123456789-123";
	refuse("name of an option");
	size.name = "number";
	refuse("the same name");
	word.help = NULL;
	refuse("no help");
	word.words = NULL;
	refuse("no words");
	word.kind = ZPCI_OPTION_FILE + 1;
	refuse("no kind");
	text.allowed = NULL;
	refuse("does not say what is allowed");
	text.kind = ZPCI_OPTION_NUMBER;
	refuse("parse is no text");
	for (unsigned i = 0; i <= ZPCI_OPTIONS_MAX; i++)
		options[i] = &number;
	refuse("the same name");
	for (unsigned i = 0; i <= ZPCI_OPTIONS_MAX; i++) {
		static struct zpci_option many[ZPCI_OPTIONS_MAX + 1];
		static char names[ZPCI_OPTIONS_MAX + 1][4];

		many[i] = number;
		snprintf(names[i], sizeof(names[i]), "n%u", i);
		many[i].name = names[i];
		options[i] = &many[i];
	}
	refuse("more than 32 options");
}

static void a_config_space_has_one_keeper(void **state)
{
	(void)state;
	model.describe = NULL;
	refuse("needs describe, or config_read and config_write");
	model.config_read = zpci_model_find("probe")->config_read;
	refuse("needs describe, or config_read and config_write");
}

/* --- what is described ------------------------------------------------------------------------ */

static int make(unsigned vfs, struct zpci_adapter **adapter)
{
	const struct zpci_adapter_options asked = { .size = sizeof(asked),
						    .vfs = vfs,
						    .logger = logger };

	said[0] = '\0';
	return zpci_adapter_create(&model, PCHID, &asked, adapter);
}

static void refuse_description(unsigned vfs, const char *words)
{
	struct zpci_adapter *adapter;
	unsigned before = destroys;

	assert_int_equal(make(vfs, &adapter), -EINVAL);
	if (!strstr(said, words))
		fail_msg("no '%s' in: %s", words, said);
	assert_int_equal(destroys, before + 1);
	setup(NULL);
}

static void impossible_descriptions_are_refused(void **state)
{
	(void)state;
	model.describe = describe_nothing;
	refuse_description(0, "describes nothing");
	description.size = 4;
	refuse_description(0, "its description");
	description.bars[4].size = 0x1800;
	refuse_description(0, "a BAR that cannot be");
	description.bars[4].size = 0x800;
	refuse_description(0, "a BAR that cannot be");
	description.bars[4].size = 1ull << 32;
	refuse_description(0, "a BAR that cannot be");
	description.bars[4].flags = 1;
	refuse_description(0, "a BAR that cannot be");
	description.bars[3].size = 0x1000;
	refuse_description(0, "a BAR that cannot be");
	description.bars[5] = (struct zpci_bar){ 0x1000, ZPCI_BAR_64BIT };
	refuse_description(0, "a BAR that cannot be");
	description.vf_bars[4].size = 0x1800;
	refuse_description(1, "a BAR of a VF that cannot be");
	description.msix.vectors = 2049;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.table = 0xfd8;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.table_bar = 3;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.table_bar = ZPCI_BARS;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.pba = 0x804;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.pba = 0xffffffe0;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.pba = 0x28;
	refuse_description(0, "the MSI-X table that cannot be");
	description.msix.pba = 0x18;
	description.msix.table = 0x20;
	description.msix.vectors = 65; /* pending bits of 16 bytes */
	refuse_description(0, "the MSI-X table that cannot be");
	description.vf_bars[4].size = 0;
	refuse_description(1, "the MSI-X table of a VF that cannot be");
}

/* What the library needs of a VF is checked for VFs alone. */
static void a_pf_needs_no_description_of_vfs(void **state)
{
	struct zpci_adapter *adapter;

	(void)state;
	memset(description.vf_bars, 0xff, sizeof(description.vf_bars));
	assert_int_equal(make(0, &adapter), 0);
	zpci_adapter_unref(adapter);
	assert_int_equal(destroys, 1);
}

static void a_description_is_copied(void **state)
{
	struct zpci_services services = { .size = sizeof(services), .logger = logger };
	struct zpci_identity identity = { .size = sizeof(identity) };
	struct zpci_adapter *adapter;
	void *device;

	(void)state;
	assert_int_equal(make(4, &adapter), 0);
	memset(&description, 0xff, sizeof(description));
	assert_int_equal(zpci_adapter_borrow(adapter, 3, &services, &identity, &device), 0);
	assert_int_equal(identity.kind, ZPCI_DEVICE_RAW);
	assert_int_equal(identity.device_id, 0x9abc);
	assert_int_equal(identity.bars[2].size, 0x4000);
	zpci_adapter_give_back(adapter, 3, device);
	assert_int_equal(closes, 1);
	zpci_adapter_unref(adapter);
}

static void everything_else_reaches_the_device(void **state)
{
	struct zpci_services services = { .size = sizeof(services), .logger = logger };
	struct zpci_identity identity = { .size = sizeof(identity) };
	struct zpci_dma_mapping mapping = { .write = true };
	const struct zpci_model *all;
	struct zpci_adapter *adapter;
	uint8_t data[8] = { 0 };
	void *device;

	(void)state;
	assert_int_equal(make(1, &adapter), 0);
	all = zpci_adapter_model(adapter);
	assert_int_equal(zpci_adapter_borrow(adapter, 0, &services, &identity, &device), 0);
	assert_int_equal(all->bar_read(device, 2, 5, data, 1), 0);
	assert_int_equal(data[0], 0x25);
	assert_int_equal(all->bar_write(device, 2, 5, data, 8), 0);
	assert_int_equal(all->bar_write(device, 2, 5, data, 4), -EIO);
	all->quiesce(device);
	all->resume(device);
	assert_int_equal(pauses, 2);
	assert_int_equal(all->drain(device, true), 0);
	assert_int_equal(all->drain(device, false), -EBUSY);
	assert_int_equal(all->dma_map(device, &mapping), 0);
	mapping.write = false;
	assert_int_equal(all->dma_map(device, &mapping), -ENOSPC);
	all->dma_unmap(device, 0, 4096);
	assert_int_equal(maps, 3);
	/* A reset is of both: the config space, and what the model has. */
	data[0] = PCI_COMMAND_MASTER;
	all->config_write(device, PCI_COMMAND, data, 1);
	all->reset(device);
	assert_int_equal(resets, 1);
	all->config_read(device, PCI_COMMAND, data, 1);
	assert_int_equal(data[0], 0);
	/* So is one that the guest asks for: Device Control of the capability at 0x40. */
	data[0] = PCI_COMMAND_MASTER;
	all->config_write(device, PCI_COMMAND, data, 1);
	zpci_put_le(data, 2, PCI_EXP_DEVCTL_BCR_FLR);
	all->config_write(device, 0x40 + PCI_EXP_DEVCTL, data, 2);
	assert_int_equal(resets, 2);
	all->config_read(device, PCI_COMMAND, data, 1);
	assert_int_equal(data[0], 0);
	zpci_adapter_give_back(adapter, 0, device);
	/* A model that has nothing to drain or to map is asked for neither. */
	zpci_adapter_unref(adapter);
	model.drain = NULL;
	model.dma_map = NULL;
	model.dma_unmap = NULL;
	assert_int_equal(make(1, &adapter), 0);
	assert_null(zpci_adapter_model(adapter)->drain);
	assert_null(zpci_adapter_model(adapter)->dma_map);
	assert_null(zpci_adapter_model(adapter)->dma_unmap);
	zpci_adapter_unref(adapter);
}

static void a_device_that_cannot_be_opened_is_not_lent(void **state)
{
	struct zpci_services services = { .size = sizeof(services), .logger = logger };
	struct zpci_identity identity = { .size = sizeof(identity) };
	struct zpci_adapter *adapter;
	void *device;

	(void)state;
	assert_int_equal(make(1, &adapter), 0);
	open_rc = -EIO;
	assert_int_equal(zpci_adapter_borrow(adapter, 1, &services, &identity, &device), -EIO);
	open_rc = 0;
	assert_int_equal(zpci_adapter_borrow(adapter, 1, &services, &identity, &device), 0);
	zpci_adapter_give_back(adapter, 1, device);
	assert_int_equal(closes, 1);
	zpci_adapter_unref(adapter);
}

/* --- values ----------------------------------------------------------------------------------- */

static void values_are_found_by_name(void **state)
{
	const struct zpci_option_value values[] = { { "a", "1", 1 }, { "b", "yes", 2 }, { NULL } };

	(void)state;
	assert_ptr_equal(zpci_option_find(values, "b"), &values[1]);
	assert_null(zpci_option_find(values, "c"));
	assert_null(zpci_option_find(NULL, "a"));
	assert_int_equal(zpci_option_number(values, "a", 9), 1);
	assert_int_equal(zpci_option_number(values, "c", 9), 9);
}

static void values_reach_adapter_and_device(void **state)
{
	const struct zpci_option_value of_adapter[] = { { "number", "3", 3 }, { NULL } };
	const struct zpci_option_value of_function[] = { { "size", "5", 5 }, { NULL } };
	const struct zpci_adapter_options asked = { .size = sizeof(asked),
						    .vfs = 2,
						    .values = of_adapter };
	struct zpci_function_options function = { .size = sizeof(function),
						  .vf = 1,
						  .fid = 0x1000,
						  .uid = 0x100,
						  .values = of_function };
	struct zpci_ram *ram = zpci_ram_create(1 << 20);
	struct zpci_firmware *firmware;

	(void)state;
	model.dma_map = NULL; /* which needs a group with refresh */
	model.dma_unmap = NULL;
	assert_non_null(ram);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), ram, NULL, &firmware), 0);
	assert_int_equal(zpci_adapter_create(&model, PCHID, &asked, &function.adapter), 0);
	assert_int_equal(adapter_number, 3);
	function.profile = zpci_profile_find("lpar")->profile;
	assert_int_equal(zpci_firmware_add(firmware, &function), 0);
	assert_int_equal(function_number, 5);
	/* The next one was given nothing. */
	function.values = NULL;
	function.vf = 2;
	function.fid = function.uid = 0x2000;
	function.uid = 0x200;
	assert_int_equal(zpci_firmware_add(firmware, &function), 0);
	assert_int_equal(function_number, 7);
	zpci_adapter_unref(function.adapter);
	zpci_firmware_destroy(firmware);
	zpci_ram_destroy(ram);
	assert_int_equal(destroys, 1);
	assert_int_equal(closes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_complete_model_is_taken, setup),
		cmocka_unit_test_setup(another_version_is_refused, setup),
		cmocka_unit_test_setup(incomplete_options_are_refused, setup),
		cmocka_unit_test_setup(a_config_space_has_one_keeper, setup),
		cmocka_unit_test_setup(impossible_descriptions_are_refused, setup),
		cmocka_unit_test_setup(a_pf_needs_no_description_of_vfs, setup),
		cmocka_unit_test_setup(a_description_is_copied, setup),
		cmocka_unit_test_setup(everything_else_reaches_the_device, setup),
		cmocka_unit_test_setup(a_device_that_cannot_be_opened_is_not_lent, setup),
		cmocka_unit_test_setup(values_are_found_by_name, setup),
		cmocka_unit_test_setup(values_reach_adapter_and_device, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
