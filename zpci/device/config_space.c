// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * config_space.c - the config space of a software device.
 *
 * Theory of operation. A config space is an array of bytes, with a mask of writable bits for each.
 * Both are made once, from the description of the model. One bit does something when it is written:
 * Initiate Function Level Reset in Device Control, which reads as 0. The device is told of it.
 *
 * The layout is the same for all software devices:
 *
 *	0x000  type 0 header
 *	0x040  PCI Express capability, version 2, endpoint
 *	0x080  MSI-X capability, if there are vectors
 *	0x100  Alternative Routing-ID capability: a VF may have a devfn above 7
 *	0x140  SR-IOV capability, in a PF that has VFs
 *
 * A PF answers as any PCI function does: BARs can be sized and programmed, Command has real bits.
 * A VF answers as VFs of hardware do (PCIe 5.0, 9.3.4 and 9.3.5): much of it is read-only zero,
 * because the PF controls it, and only the PF's SR-IOV capability tells what the VF *is* (sriov.c).
 * The function in front of the device emulates what a guest needs beyond this, by its profile.
 *
 * SR-IOV. VF Enable is hard-wired to 0. The platform has enabled the VFs of these adapters, which
 * live as long as the adapter and are lent one by one. A guest that holds the PF cannot create VFs
 * by this bit yet (reference 9.6): that needs the firmware's help.
 */
#include <assert.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "zpci/device/config_space.h"
#include "zpci/util/copy.h"

#define PCIE_OFFSET 0x40
#define MSIX_OFFSET 0x80
#define ARI_OFFSET 0x100
#define SRIOV_OFFSET 0x140

#define MSIX_SIZE 12 /* PCI Local Bus 3.0, 6.8.2 */

/* Device Control: bit 15 asks for a function level reset and reads as 0 (PCIe 5.0, 7.5.3.4). */
#define FLR_BYTE (PCIE_OFFSET + PCI_EXP_DEVCTL + 1)
#define FLR_BIT (PCI_EXP_DEVCTL_BCR_FLR >> 8)

static_assert(ARI_OFFSET >= PCI_CFG_SPACE_SIZE, "extended capabilities begin at 0x100");
static_assert(MSIX_OFFSET + MSIX_SIZE <= PCI_CFG_SPACE_SIZE, "capabilities end at 0x100");
static_assert(PCI_CFG_SPACE_EXP_SIZE == ZPCI_CONFIG_SIZE, "size of a config space");

/* One register: what it reads as, and which of its bits can be written. */
static void put(struct zpci_config_space *space, unsigned offset, unsigned length, uint32_t value,
		uint32_t writable)
{
	zpci_put_le(space->byte + offset, length, value);
	zpci_put_le(space->writable + offset, length, writable);
}

/* BAR registers at @offset: read-only type bits, and address bits above the size. */
static void put_bars(struct zpci_config_space *space, unsigned offset, const struct zpci_bar *bars)
{
	for (unsigned i = 0; i < ZPCI_BARS; i++, offset += 4) {
		uint64_t address = ~(bars[i].size - 1);

		if (!bars[i].size)
			continue;
		put(space, offset, 4, bars[i].flags, (uint32_t)address);
		if (!(bars[i].flags & ZPCI_BAR_64BIT))
			continue;
		i++;
		offset += 4;
		put(space, offset, 4, 0, (uint32_t)(address >> 32));
	}
}

/* What the headers of PF and VF have in common (PCIe 5.0, 7.5.1 and 9.3.4.1). Interrupt pin, ROM
 * and the multi-function bit are 0 in both: this platform has no INTx. */
static void put_header(struct zpci_config_space *space,
		       const struct zpci_pci_description *description, uint16_t device)
{
	put(space, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	put(space, PCI_REVISION_ID, 1, description->revision, 0);
	put(space, PCI_CLASS_PROG, 3, description->class_code, 0);
	put(space, PCI_SUBSYSTEM_VENDOR_ID, 2, description->vendor_id, 0);
	put(space, PCI_SUBSYSTEM_ID, 2, device, 0);
}

/* PCI Express capability; @control: writable bits of Device Control apart from the reset. There is
 * no real link, so it is the slowest and narrowest that PCIe has. */
static void put_pcie(struct zpci_config_space *space, uint16_t control)
{
	const uint32_t link = PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1;

	put(space, PCI_CAPABILITY_LIST, 1, PCIE_OFFSET, 0);
	put(space, PCIE_OFFSET, 1, PCI_CAP_ID_EXP, 0);
	put(space, PCIE_OFFSET + PCI_EXP_FLAGS, 2, PCI_EXP_TYPE_ENDPOINT << 4 | 2, 0);
	put(space, PCIE_OFFSET + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR, 0);
	put(space, PCIE_OFFSET + PCI_EXP_DEVCTL, 2, 0, control);
	put(space, PCIE_OFFSET + PCI_EXP_LNKCAP, 4, link, 0);
	put(space, PCIE_OFFSET + PCI_EXP_LNKSTA, 2, link, 0);
	put(space, PCIE_OFFSET + PCI_EXP_LNKCAP2, 4, PCI_EXP_LNKCAP2_SLS_2_5GB, 0);
}

/* Enable and Function Mask are kept here, but the function does what they say. */
static void put_msix(struct zpci_config_space *space, const struct zpci_msix_layout *msix)
{
	if (!msix->vectors)
		return;
	put(space, PCIE_OFFSET + PCI_CAP_LIST_NEXT, 1, MSIX_OFFSET, 0);
	put(space, MSIX_OFFSET, 1, PCI_CAP_ID_MSIX, 0);
	put(space, MSIX_OFFSET + PCI_MSIX_FLAGS, 2, msix->vectors - 1,
	    PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	put(space, MSIX_OFFSET + PCI_MSIX_TABLE, 4, msix->table | msix->table_bar, 0);
	put(space, MSIX_OFFSET + PCI_MSIX_PBA, 4, msix->pba | msix->pba_bar, 0);
}

/* Header of an extended capability, version 1 (PCIe 5.0, 7.6.3). */
static void put_extended(struct zpci_config_space *space, unsigned offset, uint16_t id,
			 unsigned next)
{
	put(space, offset, 4, (uint32_t)id | 1u << 16 | next << 20, 0);
}

/* PCIe 5.0, 9.3.3; reference 9.5 says what Linux asks of each field. */
static void put_sriov(struct zpci_config_space *space,
		      const struct zpci_pci_description *description, unsigned vfs)
{
	const unsigned at = SRIOV_OFFSET;

	put_extended(space, at, PCI_EXT_CAP_ID_SRIOV, 0);
	/* No VF migration, so Initial VFs equals Total VFs. */
	put(space, at + PCI_SRIOV_CAP, 4, 0, 0);
	put(space, at + PCI_SRIOV_INITIAL_VF, 2, vfs, 0);
	put(space, at + PCI_SRIOV_TOTAL_VF, 2, vfs, 0);
	/* VF Enable stays 0: see the top of this file. */
	put(space, at + PCI_SRIOV_CTRL, 2, 0, PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI);
	put(space, at + PCI_SRIOV_NUM_VF, 2, 0, 0xffff);
	/* The PF's own devfn, as it depends on no other function. */
	put(space, at + PCI_SRIOV_FUNC_LINK, 1, 0, 0);
	/* Constant, whatever Number of VFs is; VF 255 is at devfn 255. */
	put(space, at + PCI_SRIOV_VF_OFFSET, 2, 1, 0);
	put(space, at + PCI_SRIOV_VF_STRIDE, 2, 1, 0);
	put(space, at + PCI_SRIOV_VF_DID, 2, description->vf_device_id, 0);
	/* Pages of 4 KiB alone, as s390 has them. PCIe asks for five larger sizes as well, but VF
	 * BARs would have to grow with them. */
	put(space, at + PCI_SRIOV_SUP_PGSIZE, 4, 1, 0);
	put(space, at + PCI_SRIOV_SYS_PGSIZE, 4, 1, 0);
	put_bars(space, at + PCI_SRIOV_BAR, description->vf_bars);
}

void zpci_config_space_init_pf(struct zpci_config_space *space,
			       const struct zpci_pci_description *description, unsigned vfs)
{
	memset(space, 0, sizeof(*space));
	put_header(space, description, description->device_id);
	put(space, PCI_VENDOR_ID, 2, description->vendor_id, 0);
	put(space, PCI_DEVICE_ID, 2, description->device_id, 0);
	/* No I/O BARs: that bit is hard-wired. */
	put(space, PCI_COMMAND, 2, 0,
	    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
		    PCI_COMMAND_INTX_DISABLE);
	put(space, PCI_CACHE_LINE_SIZE, 1, 0, 0xff);
	put(space, PCI_INTERRUPT_LINE, 1, 0, 0xff);
	put_bars(space, PCI_BASE_ADDRESS_0, description->bars);
	put_pcie(space, PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE |
				PCI_EXP_DEVCTL_URRE | PCI_EXP_DEVCTL_RELAX_EN |
				PCI_EXP_DEVCTL_NOSNOOP_EN | PCI_EXP_DEVCTL_READRQ);
	put_msix(space, &description->msix);
	put_extended(space, ARI_OFFSET, PCI_EXT_CAP_ID_ARI, vfs ? SRIOV_OFFSET : 0);
	if (vfs)
		put_sriov(space, description, vfs);
	memcpy(space->initial, space->byte, sizeof(space->initial));
}

/*
 * Bus Master is the only bit of Command that a VF has (PCIe 5.0, 9.3.4.1.3). The PF controls
 * errors, payload and request size for all VFs (9.3.5.4), so Device Control has nothing but the
 * reset.
 */
void zpci_config_space_init_vf(struct zpci_config_space *space,
			       const struct zpci_pci_description *description)
{
	memset(space, 0, sizeof(*space));
	put_header(space, description, description->vf_device_id);
	put(space, PCI_VENDOR_ID, 2, 0xffff, 0);
	put(space, PCI_DEVICE_ID, 2, 0xffff, 0);
	put(space, PCI_COMMAND, 2, 0, PCI_COMMAND_MASTER);
	put_pcie(space, 0);
	put_msix(space, &description->msix);
	put_extended(space, ARI_OFFSET, PCI_EXT_CAP_ID_ARI, 0);
	memcpy(space->initial, space->byte, sizeof(space->initial));
}

/* The caller has checked the range. If it made a mistake, this prevents an overrun. */
static bool outside(unsigned offset, unsigned length)
{
	return offset > ZPCI_CONFIG_SIZE || length > ZPCI_CONFIG_SIZE - offset;
}

void zpci_config_space_read(const struct zpci_config_space *space, unsigned offset, void *data,
			    unsigned length)
{
	if (outside(offset, length))
		memset(data, 0xff, length);
	else
		zpci_copy(data, space->byte + offset, length);
}

bool zpci_config_space_write(struct zpci_config_space *space, unsigned offset, const void *data,
			     unsigned length)
{
	const uint8_t *from = data;
	bool reset = false;

	if (outside(offset, length))
		return false;
	for (unsigned i = 0; i < length; i++) {
		uint8_t mask = space->writable[offset + i];
		uint8_t *byte = &space->byte[offset + i];

		*byte = (uint8_t)((*byte & ~mask) | (from[i] & mask));
		if (offset + i == FLR_BYTE && from[i] & FLR_BIT)
			reset = true;
	}
	return reset;
}

void zpci_config_space_reset(struct zpci_config_space *space)
{
	memcpy(space->byte, space->initial, sizeof(space->byte));
}
