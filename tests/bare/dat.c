// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dat.c - the plugin's dynamic address translation beside that of QEMU's CPU.
 *
 * The option fid=N names a function of ours. The program builds tables of all five levels, and
 * changes one place in each case. Then the CPU loads from an address and stores there, and MPCIFC
 * and STPCIFC have their operand there. They must end as the CPU does: with the same program
 * interruption or none, the same translation-exception identification, at the same instruction.
 *
 * Names and bits: Principles of Operation, chapter 3.
 */
#include "internal.h"

#define PAGE 4096u
#define LEVELS 5u /* page table 0, segment table 1, region third 2, second 3, first 4 */

#define PSW_DAT_ON 0x0400000000000000
#define ASC_SECONDARY 0x0000800000000000
#define ASC_HOME 0x0000c00000000000

#define CR0_LOW_ADDRESS_PROTECTION 0x10000000ul
#define CR0_ENHANCED_DAT 0x00800000ul

#define ASCE_PRIVATE 0x100
#define ASCE_REAL_SPACE 0x20

#define INVALID 0x20
#define PROTECTED 0x200
#define FRAME 0x400
#define COMMON 0x10
#define TYPE(entry) ((entry) << 2)
#define OFFSET(quarters) ((quarters) << 6)
#define PAGE_INVALID 0x400
#define PAGE_PROTECTED 0x200
#define PAGE_ZERO 0x800

/* An address with a different index in each table. */
#define ADDRESS (1ul << 53 | 2ul << 42 | 3ul << 31 | 4ul << 20 | 5ul << 12)

static uint8_t *operand; /* its page */
static uint32_t handle;

/* Tables for the page of the program's slot and for the operand; the entries of the operand. */
static uint64_t asce;
static uint64_t *path[LEVELS];

static unsigned index_of(uint64_t address, unsigned level)
{
	return level ? address >> (20 + 11 * (level - 1)) & 0x7ff : address >> 12 & 0xff;
}

/* The entry for @address. Makes missing tables. */
static uint64_t *entry_of(uint64_t *table, uint64_t address, unsigned level)
{
	for (unsigned at = LEVELS - 1;; at--) {
		uint64_t *entry = &table[index_of(address, at)];

		if (at == level)
			return entry;
		if (*entry & INVALID) {
			uint64_t *next = bare_pages(1);

			for (unsigned i = 0; i < PAGE / 8; i++)
				next[i] = at > 1 ? INVALID : PAGE_INVALID;
			*entry = (uintptr_t)next | (at > 1 ? TYPE(at - 1) : 0);
		}
		table = (uint64_t *)(*entry & ~0xffful);
	}
}

static void make_tables(void)
{
	uint64_t *first = bare_pages(1);

	for (unsigned i = 0; i < PAGE / 8; i++)
		first[i] = INVALID;
	*entry_of(first, (uintptr_t)bare_slot, 0) = (uintptr_t)bare_slot;
	*entry_of(first, ADDRESS, 0) = (uintptr_t)operand;
	for (unsigned level = 0; level < LEVELS; level++)
		path[level] = entry_of(first, ADDRESS, level);
	asce = (uintptr_t)first | TYPE(3);
}

/* --- one access ------------------------------------------------------------------------------- */

struct seen {
	int code;
	unsigned cc;
	uint64_t teid, psw_address;
};

/* Changes of a case. */
struct setting {
	uint64_t address;
	uint64_t primary, secondary, home;
	uint64_t cr0;	/* bits to set */
	uint64_t space; /* PSW bits */
	bool elsewhere; /* it does not store at the operand's start */
};

static void set_control(const struct setting *setting, uint64_t *cr0)
{
	uint64_t on = (*cr0 & ~(CR0_LOW_ADDRESS_PROTECTION | CR0_ENHANCED_DAT)) | setting->cr0;

	__asm__ volatile("lctlg 0,0,%0" : : "Q"(on));
	__asm__ volatile("lctlg 1,1,%0" : : "Q"(setting->primary));
	__asm__ volatile("lctlg 7,7,%0" : : "Q"(setting->secondary));
	__asm__ volatile("lctlg 13,13,%0" : : "Q"(setting->home));
	__asm__ volatile(".insn rre,0xb20d0000,0,0" : : : "memory"); /* PTLB */
}

static struct seen access(const struct setting *setting, const uint8_t code[6], uint64_t request)
{
	struct bare_run run = { .psw_mask = PSW_DAT_ON | setting->space };
	struct seen seen = { 0 };
	uint64_t cr0;

	memcpy(run.code, code, 6);
	run.gpr[1] = request;
	run.gpr[4] = setting->address;
	memset(lowcore(LC_TEID), 0, 8);
	__asm__ volatile("stctg 0,0,%0" : "=Q"(cr0));
	set_control(setting, &cr0);
	seen.code = bare_run(&run);
	__asm__ volatile("lctlg 0,0,%0" : : "Q"(cr0));
	if (seen.code) {
		seen.teid = bare_pgm.teid;
		/* LG, STG, MPCIFC and STPCIFC have the same length. */
		seen.psw_address = bare_pgm.psw_address;
	}
	seen.cc = run.cc;
	return seen;
}

static const uint8_t load[6] = { 0xe3, 0x10, 0x40, 0, 0, 0x04 };
static const uint8_t store[6] = { 0xe3, 0x10, 0x40, 0, 0, 0x24 };
static const uint8_t modify[6] = DISPLACED(OP_MPCIFC, 1, 0, 4);
static const uint8_t store_controls[6] = DISPLACED(OP_STPCIFC, 1, 0, 4);

static void compare(const char *name, const char *what, struct seen cpu, struct seen ours)
{
	bool same = cpu.code == ours.code && cpu.teid == ours.teid &&
		    cpu.psw_address == ours.psw_address;

	bare_ok(same, "%s, %s: 0x%04x", name, what, cpu.code);
	if (!same)
		bare_printf("# ours 0x%04x, TEID 0x%lx at 0x%lx; CPU's TEID 0x%lx at 0x%lx\n",
			    ours.code, ours.teid, ours.psw_address, cpu.teid, cpu.psw_address);
	if (!ours.code)
		bare_ok(ours.cc == 0, "%s, %s: it is executed", name, what);
}

static unsigned refused, protected_only, allowed;

static void try(const char *name, const struct setting *setting)
{
	uint64_t measure = bare_request(handle, 0, ZPCI_MPCIFC_SET_MEASURE);
	uint64_t controls = bare_request(handle, 0, 0);
	struct seen fetched, stored;

	fetched = access(setting, load, 0);
	memset(operand, 0, PAGE); /* a FIB that ends measurement */
	compare(name, "fetch", fetched, access(setting, modify, measure));
	stored = access(setting, store, 0);
	operand[8] = 0;
	compare(name, "store", stored, access(setting, store_controls, controls));
	bare_ok(!!operand[8] == !stored.code || setting->elsewhere,
		"%s: STPCIFC stores if the CPU does", name);
	refused += fetched.code != 0;
	protected_only += !fetched.code && stored.code;
	allowed += !stored.code;
}

/* --- cases ------------------------------------------------------------------------------------ */

static const char *const level_name[] = { "page", "segment", "region third", "region second",
					  "region first" };

static struct setting usual(void)
{
	return (struct setting){ .address = ADDRESS,
				 .primary = asce,
				 .secondary = asce,
				 .home = asce,
				 .cr0 = CR0_ENHANCED_DAT };
}

/* Changes @bits in the entry of @level, with and without enhanced DAT. */
static void changed(const char *what, unsigned level, uint64_t bits)
{
	struct setting setting = usual();
	uint64_t before = *path[level];

	*path[level] ^= bits;
	bare_printf("# %s: %s\n", level_name[level], what);
	try(level_name[level], &setting);
	setting.cr0 = 0;
	try("without enhanced DAT", &setting);
	*path[level] = before;
}

static void test_entries(void)
{
	for (unsigned level = 1; level < LEVELS; level++) {
		changed("protected", level, PROTECTED);
		changed("invalid", level, INVALID);
		changed("another type", level, TYPE(level == 4 ? 1 : 3));
		changed("protected and invalid", level, PROTECTED | INVALID);
		if (level > 1)
			changed("the table below begins later", level, OFFSET(1));
	}
	changed("protected", 0, PAGE_PROTECTED);
	changed("invalid", 0, PAGE_INVALID);
	changed("a bit that must be zero", 0, PAGE_ZERO);
	changed("common segment", 1, COMMON);
}

/* Two protected levels: protection counts at each. */
static void test_two(void)
{
	*path[3] ^= PROTECTED;
	changed("protected, and the region second as well", 1, PROTECTED);
	*path[3] ^= PROTECTED;
}

/* Frames of 1 MiB and 2 GiB: the operand's page at the same offset in the frame. */
static void test_frames(void)
{
	for (unsigned level = 1; level <= 2; level++) {
		uint64_t size = level == 1 ? 1ul << 20 : 1ul << 31, before = *path[level];
		struct setting setting = usual();

		setting.elsewhere = true;
		setting.address = (ADDRESS & ~(size - 1)) | ((uintptr_t)operand & (size - 1));
		*path[level] = ((uintptr_t)operand & ~(size - 1)) | FRAME | TYPE(level - 1);
		try(level == 1 ? "1 MiB frame" : "2 GiB frame", &setting);
		*path[level] |= PROTECTED;
		try("protected", &setting);
		*path[level] = before;
	}
}

/* An index beyond the table's length. */
static void test_lengths(void)
{
	struct setting setting = usual();

	for (unsigned level = 1; level < LEVELS; level++) {
		setting.address = ADDRESS | 1ul << (20 + 11 * (level - 1) + 9);
		bare_printf("# %s: beyond the table\n", level_name[level]);
		try(level_name[level], &setting);
	}
}

/* Address spaces whose top table is a lower one; addresses above them do not exist. */
static void test_types(void)
{
	for (unsigned type = 0; type < 3; type++) {
		uint64_t table = *path[type + 2] & ~0xffful, limit = 1ul << (20 + 11 * (type + 1));
		struct setting setting = usual();

		/* The program is in the primary space. */
		setting.secondary = table | TYPE(type);
		setting.space = ASC_SECONDARY;
		setting.address = ADDRESS & (limit - 1);
		bare_printf("# address space of type %u\n", type);
		try("below its end", &setting);
		setting.address = (ADDRESS & (limit - 1)) | limit;
		try("above its end", &setting);
	}
}

static void test_spaces(void)
{
	struct setting setting = usual();
	uint64_t nothing = asce ^ TYPE(1); /* its tables have another type */

	setting.space = ASC_SECONDARY;
	try("secondary space", &setting);
	*path[1] ^= PROTECTED;
	try("secondary space, protected", &setting);
	setting.space = ASC_HOME;
	setting.primary = setting.secondary = nothing;
	try("home space, protected", &setting);
	setting = usual();
	*path[1] ^= PROTECTED;
	setting.secondary = ASCE_REAL_SPACE;
	setting.space = ASC_SECONDARY;
	setting.address = (uintptr_t)operand;
	try("real space", &setting);
	setting = usual();
	setting.secondary |= ASCE_PRIVATE;
	setting.space = ASC_SECONDARY;
	try("private space", &setting);
	*path[1] ^= COMMON;
	try("private space, common segment", &setting);
	*path[1] ^= COMMON;
}

/* Virtual addresses 0 to 511 of the first two pages. */
static void test_low_addresses(void)
{
	uint64_t *first = (uint64_t *)(asce & ~0xffful);
	static const uint64_t where[] = { 0x100, 0x1f8, 0x200, 0x1100, 0x11f8, 0x1200, 0x2100 };

	for (unsigned page = 0; page < 3; page++)
		*entry_of(first, page * PAGE, 0) = (uintptr_t)operand;
	for (unsigned i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		struct setting setting = usual();

		setting.elsewhere = true;
		setting.address = where[i];
		bare_printf("# low address 0x%lx\n", where[i]);
		try("not protected", &setting);
		setting.cr0 |= CR0_LOW_ADDRESS_PROTECTION;
		try("low-address protection", &setting);
		setting.secondary |= ASCE_PRIVATE;
		setting.space = ASC_SECONDARY;
		try("low-address protection, private space", &setting);
	}
}

int main(void)
{
	struct setting setting;

	operand = bare_pages(1);
	handle = bare_handle((uint32_t)bare_option_number("fid", 0));
	if (!handle || bare_enable(&handle) != ZPCI_CLP_OK)
		bare_die("no function");
	make_tables();
	setting = usual();
	try("valid", &setting);
	test_entries();
	test_two();
	test_frames();
	test_lengths();
	test_types();
	test_spaces();
	test_low_addresses();
	bare_ok(refused > 20 && protected_only > 10 && allowed > 10,
		"%u refused, %u protected, %u allowed", refused, protected_only, allowed);
	return bare_done();
}
