// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dat.c - dynamic address translation: from a logical address to an absolute one, or to the
 * access exception that a CPU would have.
 *
 * Theory of operation. The plugin interface reads and writes guest storage as a debugger does: no
 * protection, one address space, and on failure no reason why. QEMU's own function for
 * its zPCI instructions knows more, but notes an exception in the CPU that then ends QEMU on an
 * assertion (11.1; a guest can do that with QEMU's own zPCI). So the walk is done here, from the
 * control registers and the tables in storage (source: Principles of Operation, chapter 3,
 * "Dynamic Address Translation"; the names are its names):
 *
 *	address-space-control element
 *	   |  DT: type of the table it designates
 *	region first table -> second -> third -> segment table -> page table -> frame
 *	                                  |  2 GiB frame  |  1 MiB frame
 *
 * Each step can end in its own translation exception; an entry of the wrong type in a
 * translation-specification exception; a table outside of storage in an addressing exception.
 * An entry of each level can protect. Enhanced DAT is used if the CPU model has it and its bit in
 * control register 0 is on; QEMU 11.1's CPUs do not have it. As in QEMU, prefixing applies to
 * frames of all sizes, and storage keys are ignored. QEMU's CPUs have no access-register mode.
 */
#include <string.h>

#include <zpci/bytes.h>

#include "binding.h"

#define PSW_DAT 0x0400000000000000ull
#define PSW_ASC 0x0000c00000000000ull /* address-space control: two bits */
#define PSW_ASC_SECONDARY 0x0000800000000000ull
#define PSW_ASC_HOME 0x0000c00000000000ull
#define PSW_ASC_TO_TEID 46 /* shift from there to the identification's last bits */

#define CR0_LOW_ADDRESS_PROTECTION 0x10000000ull
#define CR0_ENHANCED_DAT 0x00800000ull

#define ASCE_PRIVATE 0x100
#define ASCE_REAL_SPACE 0x20

/* In region and segment table entries. */
#define ENTRY_ORIGIN (~UINT64_C(0xfff))
#define ENTRY_FORMAT 0x400 /* a frame, not a table */
#define ENTRY_PROTECT 0x200
#define ENTRY_OFFSET_SHIFT 6
#define ENTRY_INVALID 0x20
#define ENTRY_TYPE_SHIFT 2
#define ENTRY_COMMON 0x10 /* of a segment, or a frame of 2 GiB */

#define PAGE_INVALID 0x400
#define PAGE_PROTECT 0x200
#define PAGE_ZERO 0x800 /* must be zero */

/* Translation-exception identification. */
#define TEID_FETCH 0x800
#define TEID_STORE 0x400
#define TEID_LOW_ADDRESS 0x80
#define TEID_DAT_PROTECTION 0x04

enum {
	PGM_SEGMENT = 0x10,
	PGM_PAGE = 0x11,
	PGM_TRANSLATION_SPECIFICATION = 0x12,
	PGM_ASCE_TYPE = 0x38,
};

/* Facilities. */
#define FACILITIES 2048 /* bytes that QEMU may store */
#define FACILITY_ENHANCED_DAT 8
#define FACILITY_ENHANCED_DAT_2 78

/* One translation under way. */
struct walk {
	struct zpci_qemu_vcpu *vcpu;
	uint64_t address;
	uint64_t cr0, asce;
	bool enhanced, enhanced_2;
	bool protect; /* an entry protects the page */
};

static bool is_there(const uint8_t *facilities, unsigned facility)
{
	return facilities[facility / 8] & 0x80 >> facility % 8;
}

/* Each CPU's thread finds the same facilities. */
void zpci_qemu_dat_find(struct zpci_qemu_binding *binding)
{
	uint8_t facilities[FACILITIES] = { 0 };

	/* If QEMU does not say, the facilities are taken to exist: the guest's control register
	 * decides alone. */
	if (!binding->qemu.s390_get_feat_block)
		memset(facilities, 0xff, sizeof(facilities));
	else
		binding->qemu.s390_get_feat_block(0, facilities);
	atomic_store(&binding->enhanced_dat, is_there(facilities, FACILITY_ENHANCED_DAT));
	atomic_store(&binding->enhanced_dat_2, is_there(facilities, FACILITY_ENHANCED_DAT_2));
}

/* By table type, which an ASCE or entry has in two bits: 3 region first ... 0 segment table. */
static unsigned index_shift(unsigned type)
{
	return 20 + 11 * type;
}

static uint16_t exception_of(unsigned type)
{
	static const uint8_t code[] = { PGM_SEGMENT, 0x3b, 0x3a, 0x39 };

	return code[type];
}

static uint16_t fetch_entry(struct walk *walk, uint64_t where, uint64_t *entry)
{
	uint8_t bytes[8];

	if (zpci_qemu_read_absolute(walk->vcpu->binding, where, bytes, sizeof(bytes)))
		return ZPCI_PGM_ADDRESSING;
	*entry = zpci_get_be(bytes, 8);
	return 0;
}

/* The last step. */
static uint16_t walk_page_table(struct walk *walk, uint64_t segment, uint64_t *real)
{
	uint64_t origin = segment & ~UINT64_C(0x7ff), entry;
	uint16_t code = fetch_entry(walk, origin + (walk->address >> 12 & 0xff) * 8, &entry);

	if (code)
		return code;
	if (entry & PAGE_INVALID)
		return PGM_PAGE;
	if (entry & PAGE_ZERO)
		return PGM_TRANSLATION_SPECIFICATION;
	if (entry & PAGE_PROTECT)
		walk->protect = true;
	*real = (entry & ~UINT64_C(0xfff)) | (walk->address & 0xfff);
	return 0;
}

/* One entry of a table of @type: looks for what is wrong with it. */
static uint16_t check_entry(const struct walk *walk, unsigned type, uint64_t entry)
{
	if (entry & ENTRY_INVALID)
		return exception_of(type);
	if ((entry >> ENTRY_TYPE_SHIFT & 3) != type)
		return PGM_TRANSLATION_SPECIFICATION;
	if ((!type || (type == 1 && walk->enhanced_2)) && entry & ENTRY_COMMON &&
	    walk->asce & ASCE_PRIVATE)
		return PGM_TRANSLATION_SPECIFICATION;
	return 0;
}

/* A frame of 1 MiB or 2 GiB, not a table. */
static bool is_frame(const struct walk *walk, unsigned type, uint64_t entry)
{
	return entry & ENTRY_FORMAT &&
	       ((type == 0 && walk->enhanced) || (type == 1 && walk->enhanced_2));
}

/* From the ASCE, or the entry before, @table, through its table of @type and all below.
 * @offset: part of the table, in quarters, that is missing at its start. */
static uint16_t walk_tables(struct walk *walk, uint64_t table, unsigned type, uint64_t *real)
{
	unsigned offset = 0;

	for (;; type--) {
		unsigned index = walk->address >> index_shift(type) & 0x7ff;
		uint64_t entry;
		uint16_t code;

		if (index >> 9 < offset || index >> 9 > (table & 3))
			return exception_of(type);
		code = fetch_entry(walk, (table & ENTRY_ORIGIN) + index * 8, &entry);
		if (!code)
			code = check_entry(walk, type, entry);
		if (code)
			return code;
		if (entry & ENTRY_PROTECT && (walk->enhanced || !type))
			walk->protect = true;
		if (is_frame(walk, type, entry)) {
			uint64_t frame = ~UINT64_C(0) << index_shift(type);

			*real = (entry & frame) | (walk->address & ~frame);
			return 0;
		}
		if (!type)
			return walk_page_table(walk, entry, real);
		offset = entry >> ENTRY_OFFSET_SHIFT & 3;
		table = entry;
	}
}

static uint16_t to_real(struct walk *walk, uint64_t *real)
{
	unsigned type = walk->asce >> ENTRY_TYPE_SHIFT & 3;

	*real = walk->address;
	if (!(walk->vcpu->mask & PSW_DAT) || walk->asce & ASCE_REAL_SPACE)
		return 0;
	/* Bits of the address that the topmost table does not reach. */
	if (type < 3 && walk->address >> index_shift(type + 1))
		return PGM_ASCE_TYPE;
	return walk_tables(walk, walk->asce, type, real);
}

static uint64_t current_asce(struct zpci_qemu_vcpu *vcpu)
{
	unsigned number = 1;

	if (!(vcpu->mask & PSW_DAT))
		return 0;
	if ((vcpu->mask & PSW_ASC) == PSW_ASC_SECONDARY)
		number = 7;
	else if ((vcpu->mask & PSW_ASC) == PSW_ASC_HOME)
		number = 13;
	return zpci_qemu_read_register(vcpu, vcpu->control[number]);
}

/* The first 512 bytes of the first two pages. */
static bool low_address_protected(const struct walk *walk)
{
	return walk->cr0 & CR0_LOW_ADDRESS_PROTECTION && !(walk->asce & ASCE_PRIVATE) &&
	       !(walk->address & ~UINT64_C(0x11ff));
}

int zpci_qemu_translate_address(struct zpci_qemu_vcpu *vcpu, uint64_t address, bool write,
				uint64_t *absolute)
{
	struct walk walk = {
		.vcpu = vcpu,
		.address = address,
		.cr0 = zpci_qemu_read_register(vcpu, vcpu->control[0]),
		.asce = current_asce(vcpu),
	};
	bool enhanced = walk.cr0 & CR0_ENHANCED_DAT && atomic_load(&vcpu->binding->enhanced_dat);
	uint64_t real, teid = (address & ~UINT64_C(0xfff)) | (write ? TEID_STORE : TEID_FETCH) |
			      (vcpu->mask & PSW_ASC) >> PSW_ASC_TO_TEID;
	uint16_t code;

	walk.enhanced = enhanced;
	walk.enhanced_2 = enhanced && atomic_load(&vcpu->binding->enhanced_dat_2);
	if (write && low_address_protected(&walk)) {
		code = ZPCI_PGM_PROTECTION;
		teid |= TEID_LOW_ADDRESS;
	} else {
		code = to_real(&walk, &real);
		if (!code && write && walk.protect) {
			code = ZPCI_PGM_PROTECTION;
			teid |= TEID_DAT_PROTECTION;
		}
	}
	if (!code) {
		*absolute = zpci_qemu_real_to_absolute(vcpu, real);
		return 0;
	}
	vcpu->program_interruption = code;
	vcpu->exception_identification = teid;
	return ZPCI_EXCEPTION_DELIVERED;
}
