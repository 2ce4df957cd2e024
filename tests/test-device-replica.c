// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-device-replica.c - the model that looks like a function of another machine: what a guest
 * reads and can write of a captured config space, and descriptions that cannot be true.
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
#include <zpci/device.h>
#include <zpci/replica.h>

#define PCHID 0x1c0

/* Where capabilities lie in the config space of this test. */
#define POWER 0x40
#define MSIX 0x48
#define EXPRESS 0x60
#define VPD 0xa0
#define MSI 0xb0
#define VENDOR 0xd0
#define ERRORS 0x100
#define SRIOV 0x140

struct rig {
	struct zpci_replica_function function[3]; /* PF, VF 1, VF 3 */
	const struct zpci_replica_function *list[3];
	struct zpci_replica replica;
	struct zpci_adapter_options options;
	uint8_t config[3][ZPCI_CONFIG_SIZE];
	char message[512];
	const struct zpci_model *model;
	struct zpci_adapter *adapter;
	struct zpci_identity identity;
	void *device;
};

static void take_message(void *opaque, enum zpci_log_level level, const char *text)
{
	struct rig *rig = opaque;

	(void)level;
	snprintf(rig->message, sizeof(rig->message), "%s", text);
}

static void put(uint8_t *config, unsigned offset, unsigned length, uint64_t value)
{
	zpci_put_le(config + offset, length, value);
}

/* A function in use: software has set what it can. */
static void fill(uint8_t *config, bool physical)
{
	put(config, PCI_VENDOR_ID, 2, 0x15b3);
	put(config, PCI_DEVICE_ID, 2, physical ? 0x1015 : 0x1016);
	put(config, PCI_COMMAND, 2, 0x0546);
	put(config, PCI_STATUS, 2, PCI_STATUS_CAP_LIST | PCI_STATUS_REC_MASTER_ABORT);
	put(config, PCI_REVISION_ID, 1, 0x80);
	put(config, PCI_CLASS_PROG, 3, 0x020001);
	put(config, PCI_LATENCY_TIMER, 1, 0x40);
	put(config, PCI_BASE_ADDRESS_0, 8, 0x4000000c);
	put(config, PCI_SUBSYSTEM_VENDOR_ID, 4, 0x00691014);
	put(config, PCI_ROM_ADDRESS, 4, 0xfff00001);
	put(config, PCI_INTERRUPT_PIN, 1, 1);
	config[PCI_CAPABILITY_LIST] = POWER;
	put(config, POWER, 2, PCI_CAP_ID_PM | MSIX << 8);
	put(config, POWER + PCI_PM_PMC, 2, 0x0003 | PCI_PM_CAP_D1);
	put(config, POWER + PCI_PM_CTRL, 2, PCI_PM_CTRL_PME_STATUS | 3);
	put(config, MSIX, 2, PCI_CAP_ID_MSIX | EXPRESS << 8);
	put(config, MSIX + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE | 63);
	put(config, MSIX + PCI_MSIX_TABLE, 4, 0x2000);
	put(config, MSIX + PCI_MSIX_PBA, 4, 0x3000);
	put(config, EXPRESS, 2, PCI_CAP_ID_EXP | VPD << 8);
	put(config, EXPRESS + PCI_EXP_FLAGS, 2, 2);
	put(config, EXPRESS + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR);
	put(config, EXPRESS + PCI_EXP_DEVCTL, 2, 0x2810);
	put(config, EXPRESS + PCI_EXP_DEVSTA, 2, PCI_EXP_DEVSTA_URD | PCI_EXP_DEVSTA_AUXPD);
	put(config, EXPRESS + PCI_EXP_LNKSTA, 2, 0x1042);
	put(config, VPD, 2, PCI_CAP_ID_VPD | MSI << 8);
	put(config, VPD + PCI_VPD_ADDR, 2, 0x8010);
	put(config, VPD + PCI_VPD_DATA, 4, 0x12345678);
	put(config, MSI, 2, PCI_CAP_ID_MSI | VENDOR << 8);
	put(config, MSI + PCI_MSI_FLAGS, 2,
	    PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT | PCI_MSI_FLAGS_ENABLE);
	put(config, MSI + PCI_MSI_ADDRESS_LO, 4, 0xfee00000);
	put(config, MSI + PCI_MSI_DATA_64, 2, 0x21);
	put(config, VENDOR, 4, 0x42080009);
	put(config, ERRORS, 4, 0x00010001 | (physical ? SRIOV << 20 : 0));
	put(config, ERRORS + PCI_ERR_UNCOR_STATUS, 4, 0x00100000);
	if (!physical)
		return;
	put(config, SRIOV, 4, 0x00010010);
	put(config, SRIOV + PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	put(config, SRIOV + PCI_SRIOV_TOTAL_VF, 2, 8);
	put(config, SRIOV + PCI_SRIOV_NUM_VF, 2, 4);
	put(config, SRIOV + PCI_SRIOV_VF_OFFSET, 2, 2);
	put(config, SRIOV + PCI_SRIOV_VF_STRIDE, 2, 3);
	put(config, SRIOV + PCI_SRIOV_SUP_PGSIZE, 4, 0x553);
	put(config, SRIOV + PCI_SRIOV_SYS_PGSIZE, 4, 1);
}

static int setup(void **state)
{
	static const unsigned vfs[3] = { 0, 1, 3 };
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	for (unsigned i = 0; i < 3; i++) {
		rig.list[i] = &rig.function[i];
		fill(rig.config[i], i == 0);
		rig.function[i] = (struct zpci_replica_function){
			.size = sizeof(rig.function[i]),
			.vf = vfs[i],
			.bars = { { 0x100000, ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE },
				  { 0, 0 },
				  { 0x4000, 0 } },
			.config = rig.config[i],
			.config_length = ZPCI_CONFIG_SIZE,
		};
	}
	rig.function[0].vf_bars[0] = rig.function[1].bars[0];
	rig.replica = (struct zpci_replica){ sizeof(rig.replica), rig.list, 3 };
	rig.options = (struct zpci_adapter_options){
		.size = sizeof(rig.options),
		.vfs = 8,
		.logger = { take_message, &rig },
		.description = &rig.replica,
	};
	rig.model = zpci_model_find("replica");
	*state = &rig;
	return 0;
}

static int create(struct rig *rig)
{
	return zpci_adapter_create(rig->model, PCHID, &rig->options, &rig->adapter);
}

static int open_function(struct rig *rig, unsigned vf)
{
	const struct zpci_services services = { .size = sizeof(services),
						.logger = rig->options.logger };

	rig->identity = (struct zpci_identity){ .size = sizeof(rig->identity) };
	return zpci_adapter_borrow(rig->adapter, vf, &services, &rig->identity, &rig->device);
}

static void begin(struct rig *rig, unsigned vf)
{
	assert_int_equal(create(rig), 0);
	/* The description was copied. */
	memset(rig->config, 0xa5, sizeof(rig->config));
	memset(rig->function, 0xa5, sizeof(rig->function));
	assert_int_equal(open_function(rig, vf), 0);
}

static void end(struct rig *rig, unsigned vf)
{
	zpci_adapter_give_back(rig->adapter, vf, rig->device);
	zpci_adapter_unref(rig->adapter);
}

static uint32_t read_at(struct rig *rig, unsigned offset, unsigned length)
{
	uint8_t data[4];

	rig->model->config_read(rig->device, offset, data, length);
	return (uint32_t)zpci_get_le(data, length);
}

static void write_at(struct rig *rig, unsigned offset, unsigned length, uint32_t value)
{
	uint8_t data[4];

	zpci_put_le(data, length, value);
	rig->model->config_write(rig->device, offset, data, length);
}

static void identities_are_those_of_the_config_spaces(void **state)
{
	struct rig *rig = *state;

	begin(rig, 0);
	assert_int_equal(rig->identity.kind, ZPCI_DEVICE_VIRTUALISED);
	assert_int_equal(rig->identity.vendor_id, 0x15b3);
	assert_int_equal(rig->identity.device_id, 0x1015);
	assert_int_equal(rig->identity.class_code, 0x020001);
	assert_int_equal(rig->identity.revision, 0x80);
	assert_int_equal(rig->identity.bars[0].size, 0x100000);
	assert_int_equal(rig->identity.bars[2].size, 0x4000);
	assert_int_equal(rig->identity.devfn, 0);
	assert_true(rig->identity.sriov);
	assert_true(rig->identity.interrupt_pin);
	zpci_adapter_give_back(rig->adapter, 0, rig->device);
	assert_int_equal(open_function(rig, 3), 0);
	assert_int_equal(rig->identity.device_id, 0x1016);
	assert_int_equal(rig->identity.vfn, 3);
	assert_int_equal(rig->identity.devfn, 2 + 3 * 2);
	assert_false(rig->identity.sriov);
	end(rig, 3);
}

/* All that software had set is as after a reset; all else is as captured. */
static void a_function_begins_as_after_a_reset(void **state)
{
	static const struct {
		unsigned offset, length;
		uint32_t value;
	} expected[] = {
		{ PCI_COMMAND, 2, 0 },
		{ PCI_STATUS, 2, PCI_STATUS_CAP_LIST },
		{ PCI_LATENCY_TIMER, 1, 0 },
		{ PCI_BASE_ADDRESS_0, 4, 0x0c },
		{ PCI_BASE_ADDRESS_1, 4, 0 },
		{ PCI_BASE_ADDRESS_2, 4, 0 },
		{ PCI_SUBSYSTEM_VENDOR_ID, 4, 0x00691014 },
		{ PCI_ROM_ADDRESS, 4, 0 },
		{ PCI_INTERRUPT_PIN, 1, 1 },
		{ POWER + PCI_PM_CTRL, 2, 0 },
		{ MSIX + PCI_MSIX_FLAGS, 2, 63 },
		{ EXPRESS + PCI_EXP_DEVCTL, 2, 0x2810 },
		{ EXPRESS + PCI_EXP_DEVSTA, 2, PCI_EXP_DEVSTA_AUXPD },
		{ EXPRESS + PCI_EXP_LNKSTA, 2, 0x1042 },
		{ VPD + PCI_VPD_ADDR, 2, 0 },
		{ VPD + PCI_VPD_DATA, 4, 0 },
		{ MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT },
		{ MSI + PCI_MSI_ADDRESS_LO, 4, 0 },
		{ MSI + PCI_MSI_DATA_64, 2, 0 },
		{ VENDOR, 4, 0x42080009 },
		{ ERRORS + PCI_ERR_UNCOR_STATUS, 4, 0x00100000 },
		{ SRIOV + PCI_SRIOV_CTRL, 2, 0 },
		{ SRIOV + PCI_SRIOV_NUM_VF, 2, 0 },
		{ SRIOV + PCI_SRIOV_TOTAL_VF, 2, 8 },
		{ SRIOV + PCI_SRIOV_BAR, 4, 0x0c },
	};
	struct rig *rig = *state;

	begin(rig, 0);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
			assert_int_equal(read_at(rig, expected[i].offset, expected[i].length),
					 expected[i].value);
		for (unsigned offset = 0; offset < ZPCI_CONFIG_SIZE; offset += 4)
			if (offset != EXPRESS + PCI_EXP_DEVCTL)
				write_at(rig, offset, 4, 0x5a5a5a5a);
		rig->model->reset(rig->device);
	}
	end(rig, 0);
}

static void written_bits_follow_pci(void **state)
{
	static const struct {
		unsigned vf, offset, length;
		uint32_t written, read;
	} rows[] = {
		{ 0, PCI_VENDOR_ID, 4, 0, 0x101515b3 },
		{ 0, PCI_COMMAND, 2, 0xffff, 0x0546 },
		{ 1, PCI_COMMAND, 2, 0xffff, 0x0004 },
		{ 0, PCI_BASE_ADDRESS_0, 4, 0xffffffff, 0xfff0000c },
		{ 0, PCI_BASE_ADDRESS_1, 4, 0xffffffff, 0xffffffff },
		{ 0, PCI_BASE_ADDRESS_2, 4, 0xffffffff, 0xffffc000 },
		{ 0, PCI_BASE_ADDRESS_3, 4, 0xffffffff, 0 },
		{ 0, PCI_ROM_ADDRESS, 4, 0xffffffff, 0 },
		{ 0, PCI_INTERRUPT_LINE, 2, 0xffff, 0x01ff },
		{ 0, POWER + PCI_PM_CTRL, 2, 3, 3 },
		{ 0, POWER + PCI_PM_CTRL, 2, 1, 1 },
		{ 0, POWER + PCI_PM_CTRL, 2, 2, 0 },	     /* it has no D2 */
		{ 0, MSIX + PCI_MSIX_FLAGS, 2, 0xffff, 63 }, /* the function's */
		{ 0, EXPRESS + PCI_EXP_DEVCTL, 2, 0x7fff, 0x7fff },
		{ 1, EXPRESS + PCI_EXP_DEVCTL, 2, 0x7fff, 0x2810 },
		{ 0, EXPRESS + PCI_EXP_DEVCTL2, 2, 0xffff, 0x675f },
		{ 1, EXPRESS + PCI_EXP_DEVCTL2, 2, 0xffff, 0 },
		{ 0, VPD + PCI_VPD_ADDR, 2, 0x0004, 0x8004 }, /* read, and done */
		{ 0, VPD + PCI_VPD_ADDR, 2, 0x8004, 0x0004 }, /* write, and done */
		{ 0, VPD + PCI_VPD_DATA, 4, 0x12345678, 0 },
		{ 0, MSI + PCI_MSI_FLAGS, 2, 0xffff, 0x01f1 },
		{ 0, MSI + PCI_MSI_MASK_64, 4, 0xf, 0xf },
		{ 0, MSI + PCI_MSI_MASK_64 + 4, 4, 0xf, 0 },
		{ 0, VENDOR, 4, 0, 0x42080009 },
		{ 0, ERRORS + PCI_ERR_UNCOR_STATUS, 4, 0x00100000, 0 },
		{ 0, ERRORS + PCI_ERR_UNCOR_STATUS, 4, 0x00000010, 0x00100000 },
		{ 0, SRIOV + PCI_SRIOV_CTRL, 2, 0xffff, PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI },
		{ 0, SRIOV + PCI_SRIOV_SYS_PGSIZE, 4, 0xffffffff, 0x553 },
		{ 0, SRIOV + PCI_SRIOV_BAR, 4, 0xffffffff, 0xfff0000c },
		{ 1, SRIOV + PCI_SRIOV_NUM_VF, 2, 0xffff, 0 },
	};
	struct rig *rig = *state;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		begin(rig, rows[i].vf);
		write_at(rig, rows[i].offset, rows[i].length, rows[i].written);
		if (read_at(rig, rows[i].offset, rows[i].length) != rows[i].read)
			fail_msg("row %u: VF %u, 0x%03x reads as 0x%x", i, rows[i].vf,
				 rows[i].offset, read_at(rig, rows[i].offset, rows[i].length));
		end(rig, rows[i].vf);
	}
}

static void a_level_reset_resets(void **state)
{
	struct rig *rig = *state;

	begin(rig, 1);
	write_at(rig, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	write_at(rig, EXPRESS + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	assert_int_equal(read_at(rig, PCI_COMMAND, 2), 0);
	assert_int_equal(read_at(rig, EXPRESS + PCI_EXP_DEVCTL, 2), 0x2810);
	end(rig, 1);
}

static void bars_read_as_zero(void **state)
{
	uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct rig *rig = *state;

	begin(rig, 1);
	assert_int_equal(rig->model->bar_write(rig->device, 0, 0x40, data, 8), 0);
	assert_int_equal(rig->model->bar_read(rig->device, 0, 0x40, data, 8), 0);
	assert_int_equal(zpci_get_le(data, 8), 0);
	end(rig, 1);
}

/* --- what cannot be true ---------------------------------------------------------------------- */

static void refuse(struct rig *rig, const char *part)
{
	rig->message[0] = '\0';
	assert_int_equal(create(rig), -EINVAL);
	if (!strstr(rig->message, part) || !strstr(rig->message, "adapter 0x01c0: "))
		fail_msg("\"%s\" does not say \"%s\"", rig->message, part);
}

static void wrong_config_spaces_are_refused(void **state)
{
	static const struct {
		unsigned offset, length;
		uint32_t value;
		const char *message;
	} rows[] = {
		{ PCI_VENDOR_ID, 2, 0xffff, "vendor ID is 0xffff" },
		{ PCI_VENDOR_ID, 2, 0, "vendor ID is 0x0000" },
		{ PCI_HEADER_TYPE, 1, 1, "header type is 0x01" },
		{ PCI_CAPABILITY_LIST, 1, 0x3c, "points to 0x3c, into the header" },
		{ PCI_CAPABILITY_LIST, 1, VENDOR, "" }, /* a shorter list is no fault */
		{ VENDOR + 1, 1, POWER, "comes to 0x40 twice" },
		{ VENDOR + 1, 1, VENDOR, "comes to 0xd0 twice" },
		{ VENDOR, 2, 0xfc00, "" },
		{ 0xfc, 2, PCI_CAP_ID_EXP, "" },
		{ MSIX + PCI_MSIX_TABLE, 4, 0x000ffff0, "MSI-X table lies at 0xffff0" },
		{ MSIX + PCI_MSIX_TABLE, 4, 0x1, "of BAR 1, which has 0x0 bytes" },
		{ MSIX + PCI_MSIX_TABLE, 4, 0x7, "of BAR 7" },
		{ MSIX + PCI_MSIX_PBA, 4, 0x00100000, "MSI-X pending bits" },
		{ ERRORS, 4, 0x0ff10001, "points to 0x0fc, below 0x100" },
		{ ERRORS, 4, 0x10010001, "twice" },
		{ ERRORS, 4, 0xfd010001, "" },
	};
	struct rig *rig = *state;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		put(rig->config[0], rows[i].offset, rows[i].length, rows[i].value);
		if (*rows[i].message) {
			refuse(rig, rows[i].message);
			assert_non_null(strstr(rig->message, "VF 0 (0 is the PF)"));
			continue;
		}
		/* Without SR-IOV capability there are no VF BARs. */
		memset(rig->function[0].vf_bars, 0, sizeof(rig->function[0].vf_bars));
		assert_int_equal(create(rig), 0);
		zpci_adapter_unref(rig->adapter);
	}
}

static void capabilities_end_inside(void **state)
{
	static const struct {
		unsigned at, length;
		uint32_t value;
	} rows[] = {
		{ 0xf8, 4, PCI_CAP_ID_EXP },
		{ 0xf0, 4, PCI_CAP_ID_EXP },
		{ 0xfc, 4, PCI_CAP_ID_MSIX },
		{ 0xfc, 4, PCI_CAP_ID_PM },
		{ 0xfc, 4, PCI_CAP_ID_VPD },
		{ 0xf8, 4, PCI_CAP_ID_MSI },
		{ 0xf4, 4, 0x00800000 | PCI_CAP_ID_MSI },
		{ 0xec, 4, 0x01800000 | PCI_CAP_ID_MSI },
	};
	struct rig *rig = *state;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		put(rig->config[1], VENDOR + 1, 1, rows[i].at);
		put(rig->config[1], rows[i].at, rows[i].length, rows[i].value);
		refuse(rig, "ends behind 0x100");
	}
	setup(state);
	put(rig->config[1], ERRORS, 4, 0xfe010001);
	put(rig->config[1], 0xfe0, 4, 0x00010010);
	refuse(rig, "ends behind 0x1000");
}

static void wrong_bars_are_refused(void **state)
{
	static const struct {
		unsigned bar;
		struct zpci_bar value;
		const char *message;
	} rows[] = {
		{ 3, { 0x3000, 0 }, "BAR 3 has 0x3000 bytes" },
		{ 3, { 0x800, 0 }, "BAR 3 has 0x800 bytes" },
		{ 3, { 1, 0 }, "BAR 3 has 0x1 bytes" },
		{ 3, { 2 * ZPCI_REPLICA_BAR_MAX, ZPCI_BAR_64BIT }, "BAR 3 has 0x1000000000000" },
		{ 3, { 0x100000000, 0 }, "make it 64bit" },
		{ 3, { 0x1000, 1 }, "BAR 3 has flags 0x1" },
		{ 1, { 0x1000, 0 }, "leave BAR 1 empty" },
		{ 5, { 0x1000, ZPCI_BAR_64BIT }, "BAR 5 has 64 bits" },
	};
	struct rig *rig = *state;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		rig->function[1].bars[rows[i].bar] = rows[i].value;
		refuse(rig, rows[i].message);
		setup(state);
		rig->function[0].vf_bars[0].flags = 0;
		if (rows[i].bar == 1)
			rig->function[0].vf_bars[0].flags = ZPCI_BAR_64BIT;
		rig->function[0].vf_bars[rows[i].bar] = rows[i].value;
		refuse(rig, "VF BAR");
	}
	setup(state);
	rig->function[1].vf_bars[0].size = 0x1000;
	refuse(rig, "no SR-IOV capability");
}

/* A description that is right but for one change. */
#define REFUSED(change, part) (setup(state), (change), refuse(*state, part))

static void wrong_functions_are_refused(void **state)
{
	struct rig *rig = *state;
	struct zpci_replica_function *last = &rig->function[2];

	REFUSED(rig->options.description = NULL, "struct zpci_replica");
	REFUSED(rig->replica.size = 4, "the description of the replica");
	REFUSED(rig->function[1].size = 4, "the description of a function");
	REFUSED(rig->replica.count = 257, "257 functions");
	REFUSED(last->vf = 9, "VF 9 (0 is the PF): the adapter has 8 VFs");
	REFUSED(last->vf = 1, "described twice");
	REFUSED((last->has_devfn = true, last->devfn = 2), "devfn 0x02 is also that of VF 1");
	REFUSED(put(rig->config[0], SRIOV + PCI_SRIOV_VF_STRIDE, 2, 0x100), "RID would be 0x0202");
	REFUSED(last->config_length = 63, "config space has 63 bytes");
	REFUSED(last->config = NULL, "config space has 0 bytes");
	REFUSED(last->config_length = ZPCI_CONFIG_SIZE + 1, "config space has 4097 bytes");
}

static void a_function_without_description_cannot_be_opened(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(create(rig), 0);
	assert_int_equal(open_function(rig, 2), -EINVAL);
	assert_non_null(strstr(rig->message, "no description of VF 2"));
	zpci_adapter_unref(rig->adapter);
}

/* Whatever the bytes are, each description is refused by a message or can be used. */
static void random_bytes_are_refused_or_harmless(void **state)
{
	struct rig *rig = *state;
	uint32_t seed = 1, accepted = 0;

	for (unsigned round = 0; round < 4000; round++) {
		setup(state);
		for (unsigned i = 0; i < 6; i++) {
			uint32_t place = (seed = seed * 1664525 + 1013904223) >> 8;
			uint32_t value = (seed = seed * 1664525 + 1013904223) >> 8;

			rig->config[0][place % 2 ? place % 256 : place % 4096] = (uint8_t)value;
		}
		if (create(rig)) {
			assert_true(*rig->message);
			continue;
		}
		accepted++;
		assert_int_equal(open_function(rig, 0), 0);
		for (unsigned offset = 0; offset < ZPCI_CONFIG_SIZE; offset += 4)
			write_at(rig, offset, 4, seed);
		end(rig, 0);
	}
	assert_in_range(accepted, 100, 3900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(identities_are_those_of_the_config_spaces, setup),
		cmocka_unit_test_setup(a_function_begins_as_after_a_reset, setup),
		cmocka_unit_test_setup(written_bits_follow_pci, setup),
		cmocka_unit_test_setup(a_level_reset_resets, setup),
		cmocka_unit_test_setup(bars_read_as_zero, setup),
		cmocka_unit_test_setup(wrong_config_spaces_are_refused, setup),
		cmocka_unit_test_setup(capabilities_end_inside, setup),
		cmocka_unit_test_setup(wrong_bars_are_refused, setup),
		cmocka_unit_test_setup(wrong_functions_are_refused, setup),
		cmocka_unit_test_setup(a_function_without_description_cannot_be_opened, setup),
		cmocka_unit_test_setup(random_bytes_are_refused_or_harmless, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
