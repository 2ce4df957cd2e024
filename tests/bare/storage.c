// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storage.c - pages, and dynamic address translation that maps each page to itself.
 *
 * A segment table for 2 GiB, and page tables for main storage (Principles of Operation, chapter 3,
 * "Dynamic Address Translation").
 */
#include "internal.h"

#define PAGE 4096u
#define SEGMENT (1u << 20)
#define SEGMENTS 2048u /* of 2 GiB: the whole table */
#define PAGES_OF_SEGMENT 256u
#define PAGE_TABLE (PAGES_OF_SEGMENT * 8)
#define STORAGE_MAX ((uint64_t)SEGMENT * SEGMENTS)

#define SEGMENT_INVALID 0x20u
#define PAGE_INVALID 0x400u
#define PAGE_PROTECTED 0x200u
#define ASCE_SEGMENT_TABLE 0x3u /* type 00, length 11: four times 512 entries */

#define SCLP_READ_INFO 0x00020001

bool bare_dat_is_on;

static uint64_t storage_size, next_page;
static uint64_t *segment_table;

/* Read SCP info: number of increments, and their size in MiB (Linux drivers/s390/char/sclp.h
 * struct read_info_sccb). */
uint64_t bare_storage_size(void)
{
	static uint8_t sccb[PAGE] __attribute__((aligned(4096)));

	if (storage_size)
		return storage_size;
	zpci_put_be(sccb, 2, sizeof(sccb));
	if (bare_sclp(SCLP_READ_INFO, sccb) != 0x0010)
		bare_die("SCLP: read SCP info answered 0x%04x", (unsigned)zpci_get_be(&sccb[6], 2));
	storage_size =
		zpci_get_be(&sccb[8], 2) * (sccb[10] ? sccb[10] : zpci_get_be(&sccb[100], 4));
	storage_size *= 1u << 20;
	if (storage_size > STORAGE_MAX)
		storage_size = STORAGE_MAX;
	return storage_size;
}

void *bare_pages(unsigned n)
{
	uint64_t start = next_page ? next_page : (uintptr_t)bare_free_storage;

	if (n > (bare_storage_size() - start) / PAGE)
		bare_die("no %u pages of storage: give QEMU more by -m", n);
	next_page = start + (uint64_t)n * PAGE;
	return memset((void *)start, 0, (size_t)n * PAGE);
}

static uint64_t *page_table_of(uint64_t address)
{
	return (uint64_t *)(segment_table[address / SEGMENT] & ~(uint64_t)(PAGE_TABLE - 1));
}

static void make_tables(void)
{
	uint64_t size = bare_storage_size() / SEGMENT;
	uint64_t *table;

	segment_table = bare_pages(SEGMENTS * 8 / PAGE);
	table = bare_pages((unsigned)(size * PAGE_TABLE / PAGE + 1));
	for (uint64_t i = 0; i < SEGMENTS; i++)
		segment_table[i] =
			i < size ? (uintptr_t)(table + i * PAGES_OF_SEGMENT) : SEGMENT_INVALID;
	for (uint64_t i = 0; i < size * PAGES_OF_SEGMENT; i++)
		table[i] = i * PAGE;
}

static void purge(void)
{
	__asm__ volatile("ptlb" : : : "memory");
}

static void load_spaces(void)
{
	uint64_t asce = (uintptr_t)segment_table | ASCE_SEGMENT_TABLE;

	__asm__ volatile("lctlg 1,1,%0\n"
			 "lctlg 7,7,%0\n"
			 "lctlg 13,13,%0"
			 :
			 : "Q"(asce)
			 : "memory");
}

void bare_dat(bool on)
{
	uint8_t before;

	if (!segment_table)
		make_tables();
	load_spaces();
	purge();
	bare_set_new_psws(on);
	bare_dat_is_on = on;
	if (on)
		__asm__ volatile("stosm %0,0x04" : "=Q"(before) : : "memory");
	else
		__asm__ volatile("stnsm %0,0xfb" : "=Q"(before) : : "memory");
}

void bare_set_access(const void *address, enum bare_access access)
{
	uint64_t page = (uintptr_t)address & ~(uint64_t)(PAGE - 1);
	uint64_t bits[] = {
		[BARE_VALID] = 0,
		[BARE_PROTECTED] = PAGE_PROTECTED,
		[BARE_INVALID] = PAGE_INVALID,
	};

	if (!segment_table || page >= bare_storage_size())
		bare_die("bare_set_access(0x%lx): DAT was never on, or no storage is there", page);
	page_table_of(page)[page % SEGMENT / PAGE] = page | bits[access];
	purge();
}

/* --- other spaces ----------------------------------------------------------------------------- */

/* Offsets in the dispatchable-unit control table, an access-list entry and an ASN-second-table
 * entry (Principles of Operation, chapter 5, "Access-Register Translation"). */
#define DUCT_ACCESS_LIST 16
#define ENTRY_SIZE 16u
#define ENTRY_SEQUENCE 1
#define ENTRY_ASTE 8
#define ASTE_ASCE 8

uint64_t bare_space(const void *start, size_t length, size_t shift)
{
	uint64_t first = (uintptr_t)start, *segments, *pages;

	if (!segment_table)
		make_tables();
	if (first % SEGMENT + length + shift > SEGMENT)
		bare_die("bare_space(0x%lx): it is in two segments", first);
	segments = bare_pages(SEGMENTS * 8 / PAGE);
	pages = bare_pages(1);
	memcpy(segments, segment_table, SEGMENTS * 8);
	segments[first / SEGMENT] = (uintptr_t)pages;
	for (uint64_t i = 0; i < PAGES_OF_SEGMENT; i++)
		pages[i] = (first & ~(uint64_t)(SEGMENT - 1)) + i * PAGE;
	for (uint64_t at = first % SEGMENT; at < first % SEGMENT + length; at += PAGE)
		pages[(at + shift) / PAGE] = (first & ~(uint64_t)(SEGMENT - 1)) + at;
	return (uintptr_t)segments | ASCE_SEGMENT_TABLE;
}

void bare_set_spaces(uint64_t secondary, uint64_t home, uint32_t alet, uint64_t listed)
{
	static uint8_t duct[64] __attribute__((aligned(64)));
	static uint8_t list[128] __attribute__((aligned(128)));
	static uint8_t aste[64] __attribute__((aligned(64)));
	uint8_t *entry = list + (alet & 7) * ENTRY_SIZE;
	uint64_t origin = (uintptr_t)duct;

	zpci_put_be(duct + DUCT_ACCESS_LIST, 4, (uintptr_t)list);
	memset(list, 0, sizeof(list));
	for (unsigned i = 0; i < sizeof(list); i += ENTRY_SIZE)
		list[i] = 0x80; /* invalid */
	entry[0] = 0;
	entry[ENTRY_SEQUENCE] = (uint8_t)(alet >> 16);
	zpci_put_be(entry + ENTRY_ASTE, 4, (uintptr_t)aste);
	zpci_put_be(aste + ASTE_ASCE, 8, listed);
	__asm__ volatile("lctlg 2,2,%0\n"
			 "lctlg 7,7,%1\n"
			 "lctlg 13,13,%2"
			 :
			 : "Q"(origin), "Q"(secondary), "Q"(home)
			 : "memory");
	purge();
}

void bare_set_key(const void *address, uint8_t key)
{
	__asm__ volatile(".insn rre,0xb22b0000,%0,%1"
			 :
			 : "d"((uint64_t)key), "a"(address)
			 : "memory");
}
