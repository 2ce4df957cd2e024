// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * registers.c - which bits of a PCI config space change, and how.
 *
 * Theory of operation. The header's registers are where they always are, those of a capability
 * where the list of capabilities says. Tables below have what PCI says of each register, as masks.
 * What no table has is read-only: that is right for most of what adapters have of their own, and
 * does no harm to the rest.
 *
 * The bytes are from another machine, or a person wrote them. Each capability may be reached once,
 * so that a list ends. A capability whose registers would lie outside of the space is refused, not
 * cut.
 */
#include "zpci/util/registers.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#define STANDARD_END PCI_CFG_SPACE_SIZE
#define POINTER_MASK 0xfcu

#define ALL 0xffffffffu

/* Status: errors, which a write of 1 clears (PCI Local Bus 3.0, 6.2.3). */
#define STATUS_ERRORS                                                                              \
	(PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT | PCI_STATUS_REC_TARGET_ABORT |           \
	 PCI_STATUS_REC_MASTER_ABORT | PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)
/* Device Control without the reset (PCIe 5.0, 7.5.3.4). */
#define DEVICE_CONTROL 0x7fffu
/* Link Control of an endpoint: ASPM, completion boundary, common clock, extended synch, clock power
 * management (7.5.3.7). */
#define LINK_CONTROL 0x01cbu
/* Device Control 2: completion timeouts, atomic operations, ID-based ordering, LTR, OBFF
 * (7.5.3.16). */
#define DEVICE_CONTROL_2 0x675fu
/* Errors that have a bit (7.8.4). */
#define UNCORRECTABLE 0x07fff030u
#define CORRECTABLE 0x0000f1c1u

struct field {
	uint8_t offset;
	uint8_t length;
	uint32_t writable;
	uint32_t clearing;
	uint32_t passing;
};

struct capability {
	uint16_t id;
	uint8_t length;		/* up to its last register that is always there */
	bool pf;		/* only outside of VFs the fields can be written */
	size_t found;		/* where in struct zpci_registers its offset is kept; 0: nowhere */
	struct field fields[8]; /* up to length 0 */
};

static const struct field header[] = {
	{ PCI_STATUS, 2, 0, STATUS_ERRORS, STATUS_ERRORS | PCI_STATUS_INTERRUPT },
	{ PCI_CACHE_LINE_SIZE, 1, 0xff, 0, 0xff },
	{ PCI_LATENCY_TIMER, 1, 0, 0, 0xff },
	{ PCI_ROM_ADDRESS, 4, 0, 0, ALL },
	{ PCI_INTERRUPT_LINE, 1, 0xff, 0, 0 },
};

#define FOUND(member) offsetof(struct zpci_registers, member)

static const struct capability standard[] = {
	{ PCI_CAP_ID_PM,
	  8,
	  false,
	  FOUND(power),
	  { { PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE,
	      PCI_PM_CTRL_PME_STATUS,
	      PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS |
		      PCI_PM_CTRL_DATA_SEL_MASK } } },
	{ PCI_CAP_ID_VPD,
	  8,
	  false,
	  FOUND(vpd),
	  { { PCI_VPD_ADDR, 2, 0xffff, 0, 0xffff }, { PCI_VPD_DATA, 4, 0, 0, ALL } } },
	{ PCI_CAP_ID_MSIX,
	  12,
	  false,
	  FOUND(msix),
	  { { PCI_MSIX_FLAGS, 2, 0, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL } } },
	{ PCI_CAP_ID_EXP,
	  12,
	  true,
	  FOUND(express),
	  { { PCI_EXP_DEVCTL, 2, DEVICE_CONTROL, 0, PCI_EXP_DEVCTL_BCR_FLR },
	    { PCI_EXP_DEVSTA, 2, 0,
	      PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD,
	      PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD |
		      PCI_EXP_DEVSTA_TRPND } } },
};

static const struct capability extended[] = {
	{ PCI_EXT_CAP_ID_ERR,
	  0x2c,
	  false,
	  0,
	  { { PCI_ERR_UNCOR_STATUS, 4, 0, UNCORRECTABLE, 0 },
	    { PCI_ERR_UNCOR_MASK, 4, UNCORRECTABLE, 0, 0 },
	    { PCI_ERR_UNCOR_SEVER, 4, UNCORRECTABLE, 0, 0 },
	    { PCI_ERR_COR_STATUS, 4, 0, CORRECTABLE, 0 },
	    { PCI_ERR_COR_MASK, 4, CORRECTABLE, 0, 0 },
	    { PCI_ERR_CAP, 4, PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE, 0, 0 } } },
	{ PCI_EXT_CAP_ID_SRIOV,
	  PCI_EXT_CAP_SRIOV_SIZEOF,
	  true,
	  FOUND(sriov),
	  { { PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI, 0, 0xffff },
	    { PCI_SRIOV_NUM_VF, 2, 0xffff, 0, 0xffff } } },
};

struct reader {
	const uint8_t *config;
	bool vf;
	struct zpci_registers *registers;
	char *problem;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct reader *reader, const char *format,
							 ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reader->problem, ZPCI_REGISTERS_PROBLEM, format, arguments);
	va_end(arguments);
	return false;
}

static uint32_t get(const struct reader *reader, unsigned offset, unsigned length)
{
	return (uint32_t)zpci_get_le(reader->config + offset, length);
}

static void merge(uint8_t *mask, unsigned length, uint32_t bits)
{
	for (unsigned i = 0; i < length; i++)
		mask[i] |= (uint8_t)(bits >> 8 * i);
}

static void put(struct reader *reader, unsigned base, const struct field *field, bool writable)
{
	unsigned at = base + field->offset;

	if (writable)
		merge(reader->registers->writable + at, field->length, field->writable);
	merge(reader->registers->clearing + at, field->length, field->clearing);
	merge(reader->registers->passing + at, field->length, field->passing);
}

/* --- registers that are not always there ------------------------------------------------------ */

/* Message address and data, and masks, by what the control says (PCI Local Bus 3.0, 6.8.1). */
static bool put_msi(struct reader *reader, unsigned at)
{
	uint32_t control = get(reader, at + PCI_MSI_FLAGS, 2);
	bool wide = control & PCI_MSI_FLAGS_64BIT, masks = control & PCI_MSI_FLAGS_MASKBIT;
	uint8_t data = wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32;
	uint8_t mask = wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32;
	const uint32_t own = PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE;
	const struct field fields[] = {
		{ PCI_MSI_FLAGS, 2, own, 0, own },
		{ PCI_MSI_ADDRESS_LO, 4, ~3u, 0, ALL },
		{ data, 2, 0xffff, 0, 0xffff },
	};

	if (at + (masks ? mask + 8u : data + 2u) > STANDARD_END)
		return refuse(reader, "its capability MSI at 0x%02x ends behind 0x100", at);
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put(reader, at, &fields[i], true);
	if (wide)
		put(reader, at, &(struct field){ PCI_MSI_ADDRESS_HI, 4, ALL, 0, ALL }, true);
	if (masks) {
		put(reader, at, &(struct field){ mask, 4, ALL, 0, ALL }, true);
		put(reader, at, &(struct field){ (uint8_t)(mask + 4), 4, 0, 0, ALL }, true);
	}
	return true;
}

/* An endpoint that is integrated in the root complex may have no link; version 1 ends there. */
static bool put_express(struct reader *reader, unsigned at)
{
	static const struct field link[] = {
		{ PCI_EXP_LNKCTL, 2, LINK_CONTROL, 0, 0 },
		{ PCI_EXP_LNKSTA, 2, 0, PCI_EXP_LNKSTA_LBMS | PCI_EXP_LNKSTA_LABS,
		  PCI_EXP_LNKSTA_LBMS | PCI_EXP_LNKSTA_LABS },
	};
	static const struct field control2 = { PCI_EXP_DEVCTL2, 2, DEVICE_CONTROL_2, 0, 0 };
	uint32_t flags = get(reader, at + PCI_EXP_FLAGS, 2);
	bool second = (flags & PCI_EXP_FLAGS_VERS) >= 2;
	bool linked = second || (flags & PCI_EXP_FLAGS_TYPE) >> 4 != PCI_EXP_TYPE_RC_END;

	if (at + (second ? 0x3c : linked ? 0x14 : 0x0c) > STANDARD_END)
		return refuse(reader, "its capability PCI Express at 0x%02x ends behind 0x100", at);
	for (unsigned i = 0; linked && i < sizeof(link) / sizeof(link[0]); i++)
		put(reader, at, &link[i], !reader->vf);
	if (second)
		put(reader, at, &control2, !reader->vf);
	return true;
}

/* Any page size that is supported can be chosen (PCIe 5.0, 9.3.3.13). */
static void put_page_size(struct reader *reader, unsigned at)
{
	struct field pages = { PCI_SRIOV_SYS_PGSIZE, 4, 0, 0, 0 };

	pages.writable = get(reader, at + PCI_SRIOV_SUP_PGSIZE, 4);
	put(reader, at, &pages, !reader->vf);
}

/* --- capabilities ----------------------------------------------------------------------------- */

static bool put_capability(struct reader *reader, const struct capability *capability, unsigned at,
			   unsigned end)
{
	unsigned *found = (unsigned *)((char *)reader->registers + capability->found);

	if (at + capability->length > end)
		return refuse(reader, "its capability 0x%02x at 0x%02x ends behind 0x%02x",
			      capability->id, at, end);
	if (capability->found && !*found)
		*found = at;
	for (const struct field *field = capability->fields; field->length; field++)
		put(reader, at, field, !capability->pf || !reader->vf);
	return true;
}

static bool put_standard(struct reader *reader, unsigned at)
{
	uint8_t id = reader->config[at];

	if (id == PCI_CAP_ID_MSI)
		return put_msi(reader, at);
	for (unsigned i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		if (standard[i].id != id)
			continue;
		if (!put_capability(reader, &standard[i], at, STANDARD_END))
			return false;
		return id != PCI_CAP_ID_EXP || put_express(reader, at);
	}
	return true;
}

static bool put_extended(struct reader *reader, unsigned at)
{
	uint16_t id = PCI_EXT_CAP_ID(get(reader, at, 4));

	for (unsigned i = 0; i < sizeof(extended) / sizeof(extended[0]); i++) {
		if (extended[i].id != id)
			continue;
		if (!put_capability(reader, &extended[i], at, ZPCI_REGISTERS_SIZE))
			return false;
		if (id == PCI_EXT_CAP_ID_SRIOV)
			put_page_size(reader, at);
	}
	return true;
}

static bool walk_standard(struct reader *reader)
{
	bool reached[STANDARD_END / 4] = { false };
	unsigned at = reader->config[PCI_CAPABILITY_LIST] & POINTER_MASK;

	if (!(get(reader, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return true;
	for (; at; at = reader->config[at + PCI_CAP_LIST_NEXT] & POINTER_MASK) {
		if (at < PCI_STD_HEADER_SIZEOF)
			return refuse(reader,
				      "its list of capabilities points to 0x%02x, into the header",
				      at);
		if (reached[at / 4])
			return refuse(reader,
				      "its list of capabilities comes to 0x%02x twice and does not "
				      "end",
				      at);
		reached[at / 4] = true;
		if (!put_standard(reader, at))
			return false;
	}
	return true;
}

static bool walk_extended(struct reader *reader)
{
	bool reached[ZPCI_REGISTERS_SIZE / 4] = { false };
	unsigned at = PCI_CFG_SPACE_SIZE;

	while (at) {
		uint32_t head = get(reader, at, 4);

		if (at == PCI_CFG_SPACE_SIZE && (head == 0 || head == UINT32_MAX))
			return true;
		if (reached[at / 4])
			return refuse(reader,
				      "its list of extended capabilities comes to 0x%03x twice and "
				      "does not end",
				      at);
		reached[at / 4] = true;
		if (!put_extended(reader, at))
			return false;
		at = PCI_EXT_CAP_NEXT(head);
		if (at && at < PCI_CFG_SPACE_SIZE)
			return refuse(reader,
				      "its list of extended capabilities points to 0x%03x, below "
				      "0x100",
				      at);
	}
	return true;
}

static void put_header(struct reader *reader)
{
	const uint32_t pf = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
			    PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE;
	const struct field command = { PCI_COMMAND, 2, reader->vf ? PCI_COMMAND_MASTER : pf, 0,
				       0xffff };

	put(reader, 0, &command, true);
	for (unsigned i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		put(reader, 0, &header[i], true);
}

bool zpci_registers_learn(const uint8_t config[ZPCI_REGISTERS_SIZE], bool vf,
			  struct zpci_registers *registers, char problem[ZPCI_REGISTERS_PROBLEM])
{
	struct reader reader = { config, vf, registers, problem };

	memset(registers, 0, sizeof(*registers));
	problem[0] = '\0';
	put_header(&reader);
	return walk_standard(&reader) && walk_extended(&reader);
}
