// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sriov.c - what a PF says about its VFs.
 *
 * Theory of operation. The config space of a VF does not tell what the VF is: its IDs read as ones,
 * its BARs as zero. The SR-IOV capability of the PF tells that (PCIe 5.0, 9.3.3): one device ID for
 * all VFs, one set of VF BARs, which are sized like ordinary BARs, and offset and stride of their
 * routing IDs. Vendor, class and revision are the PF's. A program that lends a VF without its PF
 * reads this once, while it still has the PF, and keeps it.
 *
 * First VF Offset and VF Stride may depend on Number of VFs and on ARI Capable Hierarchy (9.3.3.9):
 * the program that enabled the VFs of a real PF has set these before it calls here.
 *
 * The PF may be a real one. Nothing that it says is trusted: the walk through its capabilities is
 * bounded, sizes and routing IDs are checked.
 */
#include <errno.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "zpci/device/sriov.h"

#define BAR_TYPE_MASK 0xfu
#define BAR_SIZE_MIN 4096

/* There is no room for more extended capabilities. */
#define CAPABILITIES_MAX ((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 4)

static uint32_t get(const struct zpci_config_access *pf, unsigned offset, unsigned length)
{
	uint8_t data[4] = { 0 };

	pf->read(pf->config, offset, data, length);
	return (uint32_t)zpci_get_le(data, length);
}

static void put(const struct zpci_config_access *pf, unsigned offset, uint32_t value)
{
	uint8_t data[4];

	zpci_put_le(data, sizeof(data), value);
	pf->write(pf->config, offset, data, sizeof(data));
}

/* Offset of the SR-IOV capability or a negative errno. */
static int find_sriov(const struct zpci_config_access *pf)
{
	unsigned offset = PCI_CFG_SPACE_SIZE;

	for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
		uint32_t header = get(pf, offset, 4);

		if (header == 0 || header == UINT32_MAX)
			return -ENOENT;
		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_SRIOV)
			return offset + PCI_EXT_CAP_SRIOV_SIZEOF <= PCI_CFG_SPACE_EXP_SIZE
				       ? (int)offset
				       : -EINVAL;
		offset = PCI_EXT_CAP_NEXT(header);
		if (offset < PCI_CFG_SPACE_SIZE)
			return -ENOENT;
	}
	return -EINVAL;
}

/* The bits that stay set in the BAR register at @offset when all ones are written to it. */
static uint32_t probe_ones(const struct zpci_config_access *pf, unsigned offset)
{
	uint32_t saved = get(pf, offset, 4);
	uint32_t ones;

	put(pf, offset, UINT32_MAX);
	ones = get(pf, offset, 4);
	put(pf, offset, saved);
	return ones;
}

/* Sizes BAR @index of the six BARs at @offset. Returns how many registers it occupies. */
static int size_bar(const struct zpci_config_access *pf, unsigned offset, unsigned index,
		    struct zpci_bar *bar)
{
	uint32_t low = probe_ones(pf, offset + 4 * index);
	uint64_t ones = low & ~BAR_TYPE_MASK;
	int registers = 1;

	if (!low)
		return registers;
	if (low & PCI_BASE_ADDRESS_SPACE_IO)
		return -EINVAL;
	if (low & PCI_BASE_ADDRESS_MEM_TYPE_64) {
		if (index + 1 == ZPCI_BARS)
			return -EINVAL;
		ones |= (uint64_t)probe_ones(pf, offset + 4 * (index + 1)) << 32;
		registers = 2;
	} else {
		ones |= (uint64_t)UINT32_MAX << 32;
	}
	/* The lowest bit that is set is the size. All above it must be set, too. */
	bar->size = -ones;
	bar->flags = low & (ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE);
	if (bar->size < BAR_SIZE_MIN || (bar->size & (bar->size - 1)))
		return -EINVAL;
	return registers;
}

static int size_bars(const struct zpci_config_access *pf, unsigned offset, struct zpci_bar *bars)
{
	unsigned i = 0;

	while (i < ZPCI_BARS) {
		int registers = size_bar(pf, offset, i, &bars[i]);

		if (registers < 0)
			return registers;
		i += (unsigned)registers;
	}
	return 0;
}

int zpci_sriov_read(const struct zpci_config_access *pf, uint8_t pf_devfn, struct zpci_sriov *sriov)
{
	int found = find_sriov(pf);
	unsigned at = (unsigned)found;
	uint32_t class_revision;

	if (found < 0)
		return found;
	memset(sriov, 0, sizeof(*sriov));
	class_revision = get(pf, PCI_CLASS_REVISION, 4);
	sriov->vendor_id = (uint16_t)get(pf, PCI_VENDOR_ID, 2);
	sriov->class_code = class_revision >> 8;
	sriov->revision = (uint8_t)class_revision;
	sriov->pf_devfn = pf_devfn;
	sriov->vfs = (uint16_t)get(pf, at + PCI_SRIOV_TOTAL_VF, 2);
	sriov->offset = (uint16_t)get(pf, at + PCI_SRIOV_VF_OFFSET, 2);
	sriov->stride = (uint16_t)get(pf, at + PCI_SRIOV_VF_STRIDE, 2);
	sriov->vf_device_id = (uint16_t)get(pf, at + PCI_SRIOV_VF_DID, 2);
	return size_bars(pf, at + PCI_SRIOV_BAR, sriov->bars);
}

uint32_t zpci_sriov_rid(const struct zpci_sriov *sriov, unsigned vf)
{
	return sriov->pf_devfn + sriov->offset + (uint32_t)sriov->stride * (vf - 1);
}

int zpci_sriov_identity(const struct zpci_sriov *sriov, unsigned vf, struct zpci_identity *identity)
{
	uint32_t devfn;

	if (vf < 1 || vf > sriov->vfs)
		return -EINVAL;
	devfn = zpci_sriov_rid(sriov, vf);
	if (devfn > UINT8_MAX)
		return -ERANGE;
	identity->kind = ZPCI_DEVICE_RAW;
	identity->vendor_id = sriov->vendor_id;
	identity->device_id = sriov->vf_device_id;
	identity->class_code = sriov->class_code;
	identity->revision = sriov->revision;
	memcpy(identity->bars, sriov->bars, sizeof(identity->bars));
	identity->vfn = (uint16_t)vf;
	identity->devfn = (uint8_t)devfn;
	identity->sriov = false;
	return 0;
}
