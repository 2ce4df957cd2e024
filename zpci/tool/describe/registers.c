// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Config space as registers. Every function with a type 0 header has the same registers, and so has
 * every capability of one kind. The library says where the bits of each come from.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include <zpci/bytes.h>

#include "describe.h"

/* Bits 0: the whole register. */
struct layout {
	const char *name;
	unsigned short offset;
	unsigned char size;
	uint32_t bits;
};

static const struct layout header[] = {
	{ "Vendor ID", PCI_VENDOR_ID, 2, 0 },
	{ "Device ID", PCI_DEVICE_ID, 2, 0 },
	{ "Command", PCI_COMMAND, 2, 0 },
	{ "I/O Space", PCI_COMMAND, 2, PCI_COMMAND_IO },
	{ "Memory Space", PCI_COMMAND, 2, PCI_COMMAND_MEMORY },
	{ "Bus Master", PCI_COMMAND, 2, PCI_COMMAND_MASTER },
	{ "Parity Error Response", PCI_COMMAND, 2, PCI_COMMAND_PARITY },
	{ "SERR# Enable", PCI_COMMAND, 2, PCI_COMMAND_SERR },
	{ "Interrupt Disable", PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE },
	{ "Status", PCI_STATUS, 2, 0 },
	{ "Revision ID", PCI_REVISION_ID, 1, 0 },
	{ "Class Code", PCI_CLASS_PROG, 3, 0 },
	{ "Cache Line Size", PCI_CACHE_LINE_SIZE, 1, 0 },
	{ "Latency Timer", PCI_LATENCY_TIMER, 1, 0 },
	{ "Header Type", PCI_HEADER_TYPE, 1, 0 },
	{ "BIST", PCI_BIST, 1, 0 },
	{ "BAR 0", PCI_BASE_ADDRESS_0, 4, 0 },
	{ "BAR 1", PCI_BASE_ADDRESS_1, 4, 0 },
	{ "BAR 2", PCI_BASE_ADDRESS_2, 4, 0 },
	{ "BAR 3", PCI_BASE_ADDRESS_3, 4, 0 },
	{ "BAR 4", PCI_BASE_ADDRESS_4, 4, 0 },
	{ "BAR 5", PCI_BASE_ADDRESS_5, 4, 0 },
	{ "CardBus CIS Pointer", PCI_CARDBUS_CIS, 4, 0 },
	{ "Subsystem Vendor ID", PCI_SUBSYSTEM_VENDOR_ID, 2, 0 },
	{ "Subsystem ID", PCI_SUBSYSTEM_ID, 2, 0 },
	{ "Expansion ROM", PCI_ROM_ADDRESS, 4, 0 },
	{ "Capabilities Pointer", PCI_CAPABILITY_LIST, 1, 0 },
	{ "Interrupt Line", PCI_INTERRUPT_LINE, 1, 0 },
	{ "Interrupt Pin", PCI_INTERRUPT_PIN, 1, 0 },
	{ "Min_Gnt", PCI_MIN_GNT, 1, 0 },
	{ "Max_Lat", PCI_MAX_LAT, 1, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout msix[] = {
	{ "MSI-X capability", 0, 2, 0 },
	{ "MSI-X Message Control", PCI_MSIX_FLAGS, 2, 0 },
	{ "Table Size", PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_QSIZE },
	{ "Function Mask", PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_MASKALL },
	{ "MSI-X Enable", PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE },
	{ "MSI-X Table", PCI_MSIX_TABLE, 4, 0 },
	{ "MSI-X PBA", PCI_MSIX_PBA, 4, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout express[] = {
	{ "PCI Express capability", 0, 2, 0 },
	{ "PCI Express Capabilities", PCI_EXP_FLAGS, 2, 0 },
	{ "Device Capabilities", PCI_EXP_DEVCAP, 4, 0 },
	{ "Function Level Reset", PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR },
	{ "Device Control", PCI_EXP_DEVCTL, 2, 0 },
	{ "Device Status", PCI_EXP_DEVSTA, 2, 0 },
	{ "Link Capabilities", PCI_EXP_LNKCAP, 4, 0 },
	{ "Link Control", PCI_EXP_LNKCTL, 2, 0 },
	{ "Link Status", PCI_EXP_LNKSTA, 2, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout other[] = {
	{ "capability", 0, 2, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout extended[] = {
	{ "extended capability", 0, 4, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout extended_ari[] = {
	{ "ARI capability", 0, 4, 0 },
	{ NULL, 0, 0, 0 },
};

static const struct layout extended_sriov[] = {
	{ "SR-IOV capability", 0, 4, 0 },
	{ "InitialVFs", PCI_SRIOV_INITIAL_VF, 2, 0 },
	{ "TotalVFs", PCI_SRIOV_TOTAL_VF, 2, 0 },
	{ "First VF Offset", PCI_SRIOV_VF_OFFSET, 2, 0 },
	{ "VF Stride", PCI_SRIOV_VF_STRIDE, 2, 0 },
	{ "VF Device ID", PCI_SRIOV_VF_DID, 2, 0 },
	{ NULL, 0, 0, 0 },
};

struct walk {
	const struct description *description;
	describe_visitor *visit;
	void *opaque;
	bool visited[ZPCI_CONFIG_SIZE];
};

/* --- one register ---------------------------------------------------------------------------- */

enum mask {
	EMULATED,
	HARD_WIRED,
	HIDDEN
};

static uint32_t origin_mask(const struct description *description, const struct layout *layout,
			    unsigned int offset, enum mask which)
{
	uint8_t bytes[4];

	for (unsigned int i = 0; i < layout->size; i++) {
		const struct zpci_config_origin *origin = &description->origin[offset + i];

		bytes[i] = which == EMULATED	 ? origin->emulated
			   : which == HARD_WIRED ? origin->hard_wired
						 : origin->hidden;
	}
	return (uint32_t)zpci_get_le(bytes, layout->size);
}

/* The bits that the layout means, shifted down. */
static uint32_t cut(const struct layout *layout, uint32_t value)
{
	return layout->bits ? (value & layout->bits) >> __builtin_ctz(layout->bits) : value;
}

static void visit(struct walk *walk, const struct layout *layout, unsigned int base)
{
	const struct description *description = walk->description;
	unsigned int offset = base + layout->offset;
	struct describe_register entry = {
		.name = layout->name,
		.offset = offset,
		.size = layout->size,
		.bits = layout->bits,
	};

	if (offset + layout->size > ZPCI_CONFIG_SIZE)
		return;
	entry.device = cut(
		layout, (uint32_t)zpci_get_le(description->device_config + offset, layout->size));
	entry.guest = cut(layout,
			  (uint32_t)zpci_get_le(description->guest_config + offset, layout->size));
	entry.emulated = cut(layout, origin_mask(description, layout, offset, EMULATED));
	entry.hard_wired = cut(layout, origin_mask(description, layout, offset, HARD_WIRED));
	entry.hidden = cut(layout, origin_mask(description, layout, offset, HIDDEN));
	memset(walk->visited + offset, true, layout->size);
	walk->visit(walk->opaque, &entry);
}

static void visit_all(struct walk *walk, const struct layout *layout, unsigned int base)
{
	for (; layout->name; layout++)
		visit(walk, layout, base);
}

/* --- all of them ----------------------------------------------------------------------------- */

/* The device made the list, and it may be a loop: the walk ends where it has been before. */
static void visit_capabilities(struct walk *walk)
{
	const uint8_t *guest = walk->description->guest_config;
	unsigned int next = guest[PCI_CAPABILITY_LIST] & 0xfc;

	if (!(guest[PCI_STATUS] & PCI_STATUS_CAP_LIST))
		return;
	while (next >= PCI_STD_HEADER_SIZEOF && !walk->visited[next]) {
		unsigned int id = guest[next];

		visit_all(walk,
			  id == PCI_CAP_ID_MSIX	 ? msix
			  : id == PCI_CAP_ID_EXP ? express
						 : other,
			  next);
		next = guest[next + PCI_CAP_LIST_NEXT] & 0xfc;
	}
}

static void visit_extended(struct walk *walk)
{
	unsigned int next = PCI_CFG_SPACE_SIZE;

	while (next >= PCI_CFG_SPACE_SIZE && !walk->visited[next]) {
		uint32_t word = (uint32_t)zpci_get_le(walk->description->guest_config + next, 4);
		unsigned int id = PCI_EXT_CAP_ID(word);

		if (!word || word == UINT32_MAX)
			return;
		visit_all(walk,
			  id == PCI_EXT_CAP_ID_ARI     ? extended_ari
			  : id == PCI_EXT_CAP_ID_SRIOV ? extended_sriov
						       : extended,
			  next);
		next = PCI_EXT_CAP_NEXT(word);
	}
}

static void visit_rest(struct walk *walk)
{
	static const struct layout byte = { "byte", 0, 1, 0 };

	for (unsigned int i = 0; i < ZPCI_CONFIG_SIZE; i++) {
		const struct zpci_config_origin *origin = &walk->description->origin[i];

		if (!walk->visited[i] && (origin->emulated | origin->hard_wired | origin->hidden))
			visit(walk, &byte, i);
	}
}

void describe_registers(const struct description *description, describe_visitor *visitor,
			void *opaque)
{
	struct walk walk = { .description = description, .visit = visitor, .opaque = opaque };

	visit_all(&walk, header, 0);
	visit_capabilities(&walk);
	visit_extended(&walk);
	visit_rest(&walk);
}

unsigned int describe_origins(const struct describe_register *entry)
{
	unsigned int width =
		entry->bits ? (unsigned int)__builtin_popcount(entry->bits) : entry->size * 8;
	uint32_t all = width == 32 ? UINT32_MAX : (1u << width) - 1;
	uint32_t ours = entry->emulated | entry->hard_wired | entry->hidden;

	return (ours != all ? DESCRIBE_PASSED : 0) | (entry->emulated ? DESCRIBE_EMULATED : 0) |
	       (entry->hard_wired ? DESCRIBE_HARD_WIRED : 0) |
	       (entry->hidden ? DESCRIBE_HIDDEN : 0);
}

const char *describe_origin_name(unsigned int origin)
{
	switch (origin) {
	case DESCRIBE_PASSED:
		return "passed";
	case DESCRIBE_EMULATED:
		return "emulated";
	case DESCRIBE_HARD_WIRED:
		return "hard-wired";
	case DESCRIBE_HIDDEN:
		return "hidden";
	default:
		return "unknown";
	}
}
