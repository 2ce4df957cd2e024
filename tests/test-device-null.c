// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-device-null.c - the model that does nothing: the identity of its functions, and that only
 * config space keeps writes, until a reset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>
#include <zpci/device.h>

#define PCHID 0x1c0
#define VFS 4

static const struct zpci_services services;

struct lent {
	const struct zpci_model *model;
	struct zpci_adapter *adapter;
	struct zpci_identity identity[1 + VFS];
	void *device[1 + VFS]; /* by VF; [0] is the PF */
};

static int borrow_all(void **state)
{
	static const struct zpci_adapter_options options = { .size = sizeof(options), .vfs = VFS };
	static struct lent lent;

	memset(&lent, 0, sizeof(lent));
	assert_int_equal(
		zpci_adapter_create(zpci_model_find("null"), PCHID, &options, &lent.adapter), 0);
	lent.model = zpci_adapter_model(lent.adapter);
	for (unsigned vf = 0; vf <= VFS; vf++) {
		lent.identity[vf].size = sizeof(lent.identity[vf]);
		assert_int_equal(zpci_adapter_borrow(lent.adapter, vf, &services,
						     &lent.identity[vf], &lent.device[vf]),
				 0);
	}
	*state = &lent;
	return 0;
}

static int give_all_back(void **state)
{
	struct lent *lent = *state;

	for (unsigned vf = 0; vf <= VFS; vf++)
		zpci_adapter_give_back(lent->adapter, vf, lent->device[vf]);
	zpci_adapter_unref(lent->adapter);
	return 0;
}

static uint32_t config_get(const struct lent *lent, unsigned vf, unsigned offset, unsigned length)
{
	uint8_t data[4];

	lent->model->config_read(lent->device[vf], offset, data, length);
	return (uint32_t)zpci_get_le(data, length);
}

static void config_put(const struct lent *lent, unsigned vf, unsigned offset, unsigned length,
		       uint32_t value)
{
	uint8_t data[4];

	zpci_put_le(data, length, value);
	lent->model->config_write(lent->device[vf], offset, data, length);
}

static void functions_have_their_identity(void **state)
{
	const struct lent *lent = *state;

	for (unsigned vf = 0; vf <= VFS; vf++) {
		const struct zpci_identity *identity = &lent->identity[vf];

		assert_int_equal(identity->kind, vf ? ZPCI_DEVICE_RAW : ZPCI_DEVICE_VIRTUALISED);
		assert_int_equal(identity->vendor_id, 0x1234);
		assert_int_equal(identity->device_id, vf ? 0x7a6f : 0x7a6e);
		assert_int_equal(identity->class_code, 0xff0000);
		assert_int_equal(identity->revision, 1);
		assert_int_equal(identity->vfn, vf);
		assert_int_equal(identity->devfn, vf);
		assert_int_equal(identity->sriov, !vf);
		assert_int_equal(identity->bars[0].size, 4096);
		assert_int_equal(identity->bars[0].flags, ZPCI_BAR_64BIT);
		for (unsigned bar = 1; bar < ZPCI_BARS; bar++)
			assert_int_equal(identity->bars[bar].size, 0);
	}
}

static void pf_has_ids_and_vfs_have_none(void **state)
{
	const struct lent *lent = *state;

	assert_int_equal(config_get(lent, 0, PCI_VENDOR_ID, 4), 0x7a6e1234);
	for (unsigned vf = 1; vf <= VFS; vf++) {
		assert_int_equal(config_get(lent, vf, PCI_VENDOR_ID, 4), 0xffffffff);
		assert_int_equal(config_get(lent, vf, PCI_BASE_ADDRESS_0, 4), 0);
	}
}

static void bar_reads_zero_after_writes(void **state)
{
	static const unsigned lengths[] = { 1, 2, 4, 8 };
	const struct lent *lent = *state;
	uint8_t ones[128], data[8];

	memset(ones, 0xff, sizeof(ones));
	for (unsigned vf = 0; vf <= VFS; vf++) {
		void *device = lent->device[vf];

		/* a store block, and stores at both ends of a BAR */
		assert_int_equal(lent->model->bar_write(device, 0, 0, ones, sizeof(ones)), 0);
		assert_int_equal(lent->model->bar_write(device, 0, 4088, ones, 8), 0);
		for (unsigned i = 0; i < 4; i++) {
			memset(data, 0xff, sizeof(data));
			assert_int_equal(lent->model->bar_read(device, 0, 4096 - lengths[i], data,
							       lengths[i]),
					 0);
			for (unsigned byte = 0; byte < 8; byte++)
				assert_int_equal(data[byte], byte < lengths[i] ? 0 : 0xff);
		}
		assert_int_equal(lent->model->bar_read(device, 0, 0, data, 8), 0);
		assert_int_equal(zpci_get_le(data, 8), 0);
	}
}

static void reset_affects_one_function_only(void **state)
{
	const struct lent *lent = *state;

	for (unsigned vf = 0; vf <= VFS; vf++)
		config_put(lent, vf, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	lent->model->reset(lent->device[2]);
	for (unsigned vf = 0; vf <= VFS; vf++)
		assert_int_equal(config_get(lent, vf, PCI_COMMAND, 2),
				 vf == 2 ? 0 : PCI_COMMAND_MASTER);
	lent->model->reset(lent->device[0]);
	assert_int_equal(config_get(lent, 0, PCI_COMMAND, 2), 0);
}

static void function_level_reset_clears_bus_master(void **state)
{
	const struct lent *lent = *state;
	unsigned pcie = config_get(lent, 1, PCI_CAPABILITY_LIST, 1);

	while (config_get(lent, 1, pcie, 1) != PCI_CAP_ID_EXP) {
		pcie = config_get(lent, 1, pcie + PCI_CAP_LIST_NEXT, 1);
		assert_int_not_equal(pcie, 0);
	}
	config_put(lent, 1, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	config_put(lent, 1, pcie + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	assert_int_equal(config_get(lent, 1, PCI_COMMAND, 2), 0);
}

static void quiesce_and_resume_keep_all_state(void **state)
{
	const struct lent *lent = *state;

	config_put(lent, 3, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	lent->model->quiesce(lent->device[3]);
	lent->model->resume(lent->device[3]);
	assert_int_equal(config_get(lent, 3, PCI_COMMAND, 2), PCI_COMMAND_MASTER);
}

#define NULL_TEST(test) cmocka_unit_test_setup_teardown(test, borrow_all, give_all_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NULL_TEST(functions_have_their_identity),
		NULL_TEST(pf_has_ids_and_vfs_have_none),
		NULL_TEST(bar_reads_zero_after_writes),
		NULL_TEST(reset_affects_one_function_only),
		NULL_TEST(function_level_reset_clears_bus_master),
		NULL_TEST(quiesce_and_resume_keep_all_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
