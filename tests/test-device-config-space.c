// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-device-config-space.c - config spaces of software devices, byte by byte, and a VF's identity
 * from its PF.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "zpci/device/config_space.h"
#include "zpci/device/sriov.h"

#define VFS 255

static const struct zpci_pci_description description = {
	.vendor_id = 0x1014,
	.device_id = 0x0a01,
	.vf_device_id = 0x0a02,
	.class_code = 0x028001,
	.revision = 0x17,
	.bars = {
		[0] = { .size = 0x10000, .flags = ZPCI_BAR_64BIT },
		[2] = { .size = 0x4000, .flags = 0 },
	},
	.vf_bars = {
		[0] = { .size = 0x200000000, .flags = ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE },
		[2] = { .size = 0x1000, .flags = 0 },
		[4] = { .size = 0x2000, .flags = ZPCI_BAR_64BIT },
	},
	.msix = { .vectors = 64, .table_bar = 2, .table = 0, .pba_bar = 2, .pba = 0x2000 },
};

static struct zpci_config_space space;

static uint32_t get(unsigned offset, unsigned length)
{
	uint8_t data[4];

	zpci_config_space_read(&space, offset, data, length);
	return (uint32_t)zpci_get_le(data, length);
}

static bool put(unsigned offset, unsigned length, uint32_t value)
{
	uint8_t data[4];

	zpci_put_le(data, length, value);
	return zpci_config_space_write(&space, offset, data, length);
}

static unsigned capability(uint8_t id)
{
	unsigned at = get(PCI_CAPABILITY_LIST, 1);

	for (unsigned i = 0; at && i < 48; i++, at = get(at + PCI_CAP_LIST_NEXT, 1)) {
		if (get(at, 1) == id)
			return at;
	}
	return 0;
}

static unsigned extended(uint16_t id)
{
	unsigned at = 0x100;

	for (unsigned i = 0; at && i < 960; i++, at = PCI_EXT_CAP_NEXT(get(at, 4))) {
		if (PCI_EXT_CAP_ID(get(at, 4)) == id)
			return at;
	}
	return 0;
}

static void init_pf(void)
{
	zpci_config_space_init_pf(&space, &description, VFS);
}

static void init_vf(void)
{
	zpci_config_space_init_vf(&space, &description);
}

static void pf_header_has_these_bytes(void **state)
{
	static const uint8_t header[0x40] = {
		0x14, 0x10, 0x01, 0x0a,		 0x00,		0x00, 0x10, 0x00, 0x17,
		0x01, 0x80, 0x02, [0x10] = 0x04, [0x2c] = 0x14, 0x10, 0x01, 0x0a, [0x34] = 0x40,
	};

	(void)state;
	init_pf();
	assert_memory_equal(space.byte, header, sizeof(header));
}

static void vf_header_has_these_bytes(void **state)
{
	static const uint8_t header[0x40] = {
		0xff, 0xff, 0xff, 0xff,		 0x00, 0x00, 0x10, 0x00,	  0x17,
		0x01, 0x80, 0x02, [0x2c] = 0x14, 0x10, 0x02, 0x0a, [0x34] = 0x40,
	};

	(void)state;
	init_vf();
	assert_memory_equal(space.byte, header, sizeof(header));
}

static void pf_command_has_all_bits_except_io(void **state)
{
	(void)state;
	init_pf();
	put(PCI_COMMAND, 2, 0xffff);
	assert_int_equal(get(PCI_COMMAND, 2), 0x0546);
}

static void vf_command_has_only_bus_master(void **state)
{
	(void)state;
	init_vf();
	put(PCI_COMMAND, 2, 0xffff);
	assert_int_equal(get(PCI_COMMAND, 2), PCI_COMMAND_MASTER);
	put(PCI_COMMAND, 2, 0);
	assert_int_equal(get(PCI_COMMAND, 2), 0);
}

static void pf_bars_can_be_sized_and_restored(void **state)
{
	(void)state;
	init_pf();
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		put(PCI_BASE_ADDRESS_0 + 4 * bar, 4, UINT32_MAX);
	assert_int_equal(get(PCI_BASE_ADDRESS_0, 4), 0xffff0004);
	assert_int_equal(get(PCI_BASE_ADDRESS_1, 4), 0xffffffff);
	assert_int_equal(get(PCI_BASE_ADDRESS_2, 4), 0xffffc000);
	assert_int_equal(get(PCI_BASE_ADDRESS_3, 4), 0);
	assert_int_equal(get(PCI_ROM_ADDRESS, 4), 0);
	put(PCI_BASE_ADDRESS_0, 4, 0x12345678);
	assert_int_equal(get(PCI_BASE_ADDRESS_0, 4), 0x12340004);
}

static void vf_bars_stay_zero(void **state)
{
	(void)state;
	init_vf();
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++) {
		put(PCI_BASE_ADDRESS_0 + 4 * bar, 4, UINT32_MAX);
		assert_int_equal(get(PCI_BASE_ADDRESS_0 + 4 * bar, 4), 0);
	}
}

static void interrupt_pin_is_zero(void **state)
{
	(void)state;
	init_pf();
	put(PCI_INTERRUPT_PIN, 1, 1);
	assert_int_equal(get(PCI_INTERRUPT_PIN, 1), 0);
	init_vf();
	put(PCI_INTERRUPT_LINE, 2, 0xffff);
	assert_int_equal(get(PCI_INTERRUPT_LINE, 2), 0);
}

static void both_have_pcie_and_msix(void **state)
{
	(void)state;
	for (unsigned vf = 0; vf < 2; vf++) {
		unsigned express, msix;

		if (vf)
			init_vf();
		else
			init_pf();
		express = capability(PCI_CAP_ID_EXP);
		msix = capability(PCI_CAP_ID_MSIX);
		assert_true(express && msix);
		assert_int_equal(get(express + PCI_EXP_FLAGS, 2), 0x0002);
		assert_true(get(express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR);
		assert_int_equal(get(msix + PCI_MSIX_TABLE, 4), 2);
		assert_int_equal(get(msix + PCI_MSIX_PBA, 4), 0x2002);
		put(msix + PCI_MSIX_FLAGS, 2, 0xffff);
		assert_int_equal(get(msix + PCI_MSIX_FLAGS, 2), 0xc03f);
		assert_int_not_equal(get(0x100, 4), UINT32_MAX);
	}
}

static void function_level_reset_bit_resets_and_reads_zero(void **state)
{
	unsigned control;

	(void)state;
	for (unsigned vf = 0; vf < 2; vf++) {
		if (vf)
			init_vf();
		else
			init_pf();
		control = capability(PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;
		assert_false(put(control, 2, 0x7fff));
		assert_false(put(control, 1, 0x80));
		assert_true(put(control + 1, 1, 0x80));
		assert_true(put(control, 4, PCI_EXP_DEVCTL_BCR_FLR));
		assert_false(get(control, 2) & PCI_EXP_DEVCTL_BCR_FLR);
	}
}

static void reset_restores_everything(void **state)
{
	static struct zpci_config_space before;

	(void)state;
	init_pf();
	before = space;
	for (unsigned offset = 0; offset < ZPCI_CONFIG_SIZE; offset += 4)
		put(offset, 4, UINT32_MAX);
	assert_memory_not_equal(&space, &before, sizeof(space));
	zpci_config_space_reset(&space);
	assert_memory_equal(&space, &before, sizeof(space));
}

static void writes_stay_within_config_space(void **state)
{
	uint8_t data[4] = { 0 };

	(void)state;
	init_pf();
	assert_false(put(ZPCI_CONFIG_SIZE - 2, 4, UINT32_MAX));
	assert_false(put(UINT32_MAX - 1, 4, UINT32_MAX));
	zpci_config_space_read(&space, ZPCI_CONFIG_SIZE - 2, data, 4);
	assert_int_equal(zpci_get_le(data, 4), UINT32_MAX);
}

/* Each row of reference 9.5. */
static void sriov_capability_works_for_linux(void **state)
{
	unsigned at;

	(void)state;
	init_pf();
	at = extended(PCI_EXT_CAP_ID_SRIOV);
	assert_true(at);
	assert_int_equal(get(at + PCI_SRIOV_TOTAL_VF, 2), VFS);
	assert_int_equal(get(at + PCI_SRIOV_INITIAL_VF, 2), VFS);
	assert_int_equal(get(at + PCI_SRIOV_FUNC_LINK, 1), 0);
	assert_int_equal(get(at + PCI_SRIOV_SUP_PGSIZE, 4) & 1, 1);
	assert_int_equal(get(at + PCI_SRIOV_SYS_PGSIZE, 4), 1);
	assert_int_equal(get(at + PCI_SRIOV_VF_DID, 2), 0x0a02);
	for (unsigned offset = PCI_SRIOV_CTRL; offset < PCI_SRIOV_BAR; offset += 4)
		put(at + offset, 4, UINT32_MAX);
	assert_int_equal(get(at + PCI_SRIOV_INITIAL_VF, 4), VFS << 16 | VFS);
	assert_int_equal(get(at + PCI_SRIOV_SUP_PGSIZE, 4), 1);
	assert_false(get(at + PCI_SRIOV_CTRL, 2) & PCI_SRIOV_CTRL_VFE);
	for (unsigned vfs = VFS + 1; vfs-- > 0;) {
		put(at + PCI_SRIOV_NUM_VF, 2, vfs);
		assert_int_equal(get(at + PCI_SRIOV_NUM_VF, 2), vfs);
		assert_int_equal(get(at + PCI_SRIOV_VF_OFFSET, 2), 1);
		assert_int_equal(get(at + PCI_SRIOV_VF_STRIDE, 2), 1);
	}
}

static void pf_without_vfs_has_no_sriov(void **state)
{
	(void)state;
	zpci_config_space_init_pf(&space, &description, 0);
	assert_false(extended(PCI_EXT_CAP_ID_SRIOV));
	init_vf();
	assert_false(extended(PCI_EXT_CAP_ID_SRIOV));
}

static void access_read(void *config, unsigned offset, void *data, unsigned length)
{
	zpci_config_space_read(config, offset, data, length);
}

static void access_write(void *config, unsigned offset, const void *data, unsigned length)
{
	zpci_config_space_write(config, offset, data, length);
}

static const struct zpci_config_access pf = { access_read, access_write, &space };

static void identity_of_a_vf_comes_from_the_pf(void **state)
{
	static struct zpci_config_space before;
	struct zpci_sriov sriov;
	struct zpci_identity identity;

	(void)state;
	init_pf();
	put(extended(PCI_EXT_CAP_ID_SRIOV) + PCI_SRIOV_BAR + 4, 4, 0x12); /* must stay */
	before = space;
	assert_int_equal(zpci_sriov_read(&pf, 0, &sriov), 0);
	assert_memory_equal(&space, &before, sizeof(space));
	assert_int_equal(zpci_sriov_identity(&sriov, 255, &identity), 0);
	assert_int_equal(identity.kind, ZPCI_DEVICE_RAW);
	assert_int_equal(identity.vendor_id, 0x1014);
	assert_int_equal(identity.device_id, 0x0a02);
	assert_int_equal(identity.class_code, 0x028001);
	assert_int_equal(identity.revision, 0x17);
	assert_int_equal(identity.vfn, 255);
	assert_int_equal(identity.devfn, 255);
	assert_false(identity.sriov);
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++) {
		assert_true(identity.bars[bar].size == description.vf_bars[bar].size);
		assert_int_equal(identity.bars[bar].flags, description.vf_bars[bar].flags);
	}
	assert_int_equal(zpci_sriov_identity(&sriov, 1, &identity), 0);
	assert_int_equal(identity.devfn, 1);
	assert_int_equal(zpci_sriov_identity(&sriov, 0, &identity), -EINVAL);
	assert_int_equal(zpci_sriov_identity(&sriov, 256, &identity), -EINVAL);
}

static void routing_id_beyond_the_bus_is_refused(void **state)
{
	struct zpci_sriov sriov;
	struct zpci_identity identity;

	(void)state;
	init_pf();
	zpci_put_le(space.byte + extended(PCI_EXT_CAP_ID_SRIOV) + PCI_SRIOV_VF_OFFSET, 2, 0x80);
	zpci_put_le(space.byte + extended(PCI_EXT_CAP_ID_SRIOV) + PCI_SRIOV_VF_STRIDE, 2, 0x0f);
	assert_int_equal(zpci_sriov_read(&pf, 0x08, &sriov), 0);
	assert_int_equal(zpci_sriov_identity(&sriov, 8, &identity), 0);
	assert_int_equal(identity.devfn, 0xf1);
	assert_int_equal(zpci_sriov_identity(&sriov, 9, &identity), -ERANGE);
}

static int read_with(unsigned offset, unsigned length, uint32_t value, uint32_t writable)
{
	struct zpci_sriov sriov;

	init_pf();
	offset += extended(PCI_EXT_CAP_ID_SRIOV);
	zpci_put_le(space.byte + offset, length, value);
	zpci_put_le(space.writable + offset, length, writable);
	return zpci_sriov_read(&pf, 0, &sriov);
}

static void wrong_pf_data_is_refused(void **state)
{
	(void)state;
	/* An I/O BAR, a BAR of 256 bytes, a size with a hole, 64 bits without a second register. */
	assert_int_equal(read_with(PCI_SRIOV_BAR + 8, 4, 1, 0xfffffffc), -EINVAL);
	assert_int_equal(read_with(PCI_SRIOV_BAR + 8, 4, 0, 0xffffff00), -EINVAL);
	assert_int_equal(read_with(PCI_SRIOV_BAR + 8, 4, 0, 0xff0ff000), -EINVAL);
	assert_int_equal(read_with(PCI_SRIOV_BAR + 20, 4, 4, 0xfffff000), -EINVAL);
	/* A list with a circle and without the capability, and an empty list. */
	assert_int_equal(read_with(0, 4, 0x10010001, 0), -EINVAL);
	assert_int_equal(read_with(0, 4, 0x00010001, 0), -ENOENT);
	assert_int_equal(read_with(0, 4, 0, 0), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pf_header_has_these_bytes),
		cmocka_unit_test(vf_header_has_these_bytes),
		cmocka_unit_test(pf_command_has_all_bits_except_io),
		cmocka_unit_test(vf_command_has_only_bus_master),
		cmocka_unit_test(pf_bars_can_be_sized_and_restored),
		cmocka_unit_test(vf_bars_stay_zero),
		cmocka_unit_test(interrupt_pin_is_zero),
		cmocka_unit_test(both_have_pcie_and_msix),
		cmocka_unit_test(function_level_reset_bit_resets_and_reads_zero),
		cmocka_unit_test(reset_restores_everything),
		cmocka_unit_test(writes_stay_within_config_space),
		cmocka_unit_test(sriov_capability_works_for_linux),
		cmocka_unit_test(pf_without_vfs_has_no_sriov),
		cmocka_unit_test(identity_of_a_vf_comes_from_the_pf),
		cmocka_unit_test(routing_id_beyond_the_bus_is_refused),
		cmocka_unit_test(wrong_pf_data_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
