// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * I/O address translation (reference 5.4 to 5.7): the guest's tables, and a cache of what they
 * said.
 *
 *	IOTA -> region-third table -> segment table -> page table -> frame
 *	        bits 41..31           bits 30..20      bits 19..12
 *
 * Region-second and -first tables can be in front, 11 bits each; the designation type says where to
 * start. A registered range may be larger than what its tables reach; an address behind that is
 * refused.
 *
 * Each entry is read once, as a whole doubleword, since the guest changes entries while we walk.
 * If any of them is protected, the page may not be written.
 *
 * Only valid translations are cached, so the guest need not tell us when it makes one (the group
 * publishes refresh = 0). RPCIT and the end of the registration take translations out. DMA threads
 * fill and read the cache side by side, with dma.lock held for reading; a thread that takes entries
 * out holds it for writing. So no translation that RPCIT named is used after RPCIT ended.
 */
#include "zpci/function/ioat.h"

#include <zpci/bytes.h>
#include <zpci/event.h>

#define PAGE_SHIFT 12
#define PAGE_MASK 0xfffull
#define VALID 1ull

/* Table levels by their type field, bottom up: segment, region-third, -second, -first. */
#define LEVELS 4
static const unsigned level_shift[LEVELS] = { 20, 31, 42, 53 };
#define TABLE_INDEX 0x7ffu
#define PAGE_TABLE_INDEX 0xffu

static bool fetch(struct zpci_function *function, uint64_t address, uint64_t *entry)
{
	const struct zpci_function_parent *parent = function->parent;
	uint8_t bytes[8];

	if (parent->machine_ops.read_absolute(parent->machine, address, bytes, sizeof(bytes)))
		return false;
	*entry = zpci_get_be(bytes, sizeof(bytes));
	return true;
}

static uint16_t check_table_entry(uint64_t entry, unsigned level)
{
	if (entry & ZPCI_IOTE_INVALID)
		return ZPCI_PEC_DMA_TRANSLATION;
	if ((entry & ZPCI_IOTE_TYPE) != level << 2)
		return ZPCI_PEC_DMA_TABLE_TYPE;
	if (level > 0 &&
	    ((entry & ZPCI_IOTE_LENGTH) != ZPCI_IOTE_LENGTH || (entry & ZPCI_IOTE_OFFSET)))
		return ZPCI_PEC_DMA_TABLE_LENGTH;
	return 0;
}

/* Reads the entry of the page table that @segment, a segment-table entry, designates. */
static uint16_t walk_page(struct zpci_function *function, uint64_t segment, uint64_t address,
			  uint64_t *entry)
{
	uint64_t table = segment & ZPCI_IOTE_PAGE_TABLE_ORIGIN;

	if (!fetch(function, table + 8 * (address >> PAGE_SHIFT & PAGE_TABLE_INDEX), entry))
		return ZPCI_PEC_DMA_STORAGE;
	return *entry & ZPCI_IOTE_PAGE_INVALID ? ZPCI_PEC_DMA_TRANSLATION : 0;
}

uint16_t zpci_ioat_walk(struct zpci_function *function, uint64_t address, uint64_t *frame,
			uint64_t *span)
{
	uint64_t iota = function->dma.ioat.iota;
	uint64_t protect = iota & ZPCI_IOTA_PROTECT;
	uint64_t table = iota & ZPCI_IOTA_ORIGIN;
	uint64_t entry = 0;
	uint16_t pec;

	for (unsigned level = (iota & ZPCI_IOTA_DT_MASK) >> 2;; level--) {
		unsigned index = address >> level_shift[level] & TABLE_INDEX;

		if (!fetch(function, table + 8 * index, &entry))
			return ZPCI_PEC_DMA_STORAGE;
		*span = UINT64_C(1) << level_shift[level];
		pec = check_table_entry(entry, level);
		if (pec)
			return pec;
		protect |= entry & ZPCI_IOTE_PROTECT;
		table = entry & ZPCI_IOTE_TABLE_ORIGIN;
		if (level == 0)
			break;
	}
	if (entry & ZPCI_IOTE_FORMAT_CONTROL) {
		*frame = (entry & ZPCI_IOTE_LARGE_FRAME) |
			 (address & ~ZPCI_IOTE_LARGE_FRAME & ~PAGE_MASK);
	} else {
		*span = PAGE_MASK + 1;
		pec = walk_page(function, entry, address, &entry);
		if (pec)
			return pec;
		protect |= entry & ZPCI_IOTE_PROTECT;
		*frame = entry & ZPCI_IOTE_FRAME;
	}
	*frame |= protect ? 0 : ZPCI_IOAT_WRITABLE;
	return 0;
}

static struct zpci_ioat_entry *cache_slot(struct zpci_ioat *ioat, uint64_t address)
{
	return &ioat->cache[(address >> PAGE_SHIFT) % ZPCI_IOAT_CACHE];
}

static bool cache_find(struct zpci_ioat *ioat, uint64_t address, uint64_t *frame)
{
	struct zpci_ioat_entry *entry = cache_slot(ioat, address);
	uint32_t before = atomic_load_explicit(&entry->sequence, memory_order_acquire);
	uint64_t page = atomic_load_explicit(&entry->page, memory_order_acquire);

	/* Acquire, so that the sequence is read again after them. A fence would do, but thread
	 * sanitizers do not know fences. */
	*frame = atomic_load_explicit(&entry->frame, memory_order_acquire);
	return !(before & 1) && page == ((address & ~PAGE_MASK) | VALID) &&
	       atomic_load_explicit(&entry->sequence, memory_order_relaxed) == before;
}

/* If another thread is changing the entry, that thread's translation is cached. */
static void cache_fill(struct zpci_ioat *ioat, uint64_t address, uint64_t frame)
{
	struct zpci_ioat_entry *entry = cache_slot(ioat, address);
	uint32_t sequence = atomic_load_explicit(&entry->sequence, memory_order_relaxed);

	if ((sequence & 1) ||
	    !atomic_compare_exchange_strong_explicit(&entry->sequence, &sequence, sequence + 1,
						     memory_order_acquire, memory_order_relaxed))
		return;
	/* Release, so that a reader that sees one of them sees the odd sequence. */
	atomic_store_explicit(&entry->page, (address & ~PAGE_MASK) | VALID, memory_order_release);
	atomic_store_explicit(&entry->frame, frame, memory_order_release);
	atomic_store_explicit(&entry->sequence, sequence + 2, memory_order_release);
}

/* 11 bits index the highest table; the bits above must be 0. */
uint64_t zpci_ioat_reach(uint64_t iota)
{
	return UINT64_MAX >> (53 - level_shift[(iota & ZPCI_IOTA_DT_MASK) >> 2]);
}

/* Out of line, so that a hit in the cache does not save registers for this. */
static __attribute__((noinline)) uint16_t look_up(struct zpci_function *function, uint64_t address,
						  bool write, uint64_t *absolute)
{
	struct zpci_ioat *ioat = &function->dma.ioat;
	uint64_t frame, span;
	uint16_t pec;

	if (!ioat->registered)
		return ZPCI_PEC_DMA_NOT_REGISTERED;
	if (address < ioat->pba || address > ioat->pal || address > zpci_ioat_reach(ioat->iota))
		return ZPCI_PEC_DMA_RANGE;
	pec = zpci_ioat_walk(function, address, &frame, &span);
	if (pec)
		return pec;
	cache_fill(ioat, address, frame);
	if (write && !(frame & ZPCI_IOAT_WRITABLE))
		return ZPCI_PEC_DMA_TRANSLATION;
	*absolute = (frame & ~PAGE_MASK) | (address & PAGE_MASK);
	return 0;
}

/* The cache has addresses of the registered range alone: a change of the range empties it. If the
 * cache says that a page is protected, the tables are read again. A guest that takes the protection
 * away makes a new translation, of which it need not tell us. */
uint16_t zpci_ioat_translate(struct zpci_function *function, uint64_t address, bool write,
			     uint64_t *absolute)
{
	uint64_t frame;

	if (cache_find(&function->dma.ioat, address, &frame) &&
	    (!write || frame & ZPCI_IOAT_WRITABLE)) {
		*absolute = (frame & ~PAGE_MASK) | (address & PAGE_MASK);
		return 0;
	}
	return look_up(function, address, write, absolute);
}

static void drop(struct zpci_ioat_entry *entry)
{
	atomic_store_explicit(&entry->page, 0, memory_order_relaxed);
}

void zpci_ioat_invalidate(struct zpci_ioat *ioat, uint64_t start, uint64_t last)
{
	uint64_t first_page = start >> PAGE_SHIFT, last_page = last >> PAGE_SHIFT;

	if (last_page - first_page < ZPCI_IOAT_CACHE) {
		for (uint64_t page = first_page; page <= last_page; page++) {
			struct zpci_ioat_entry *entry = &ioat->cache[page % ZPCI_IOAT_CACHE];

			if (atomic_load_explicit(&entry->page, memory_order_relaxed) ==
			    (page << PAGE_SHIFT | VALID))
				drop(entry);
		}
		return;
	}
	for (unsigned i = 0; i < ZPCI_IOAT_CACHE; i++) {
		uint64_t page = atomic_load_explicit(&ioat->cache[i].page, memory_order_relaxed);

		/* Nothing is written where nothing is: an unused cache then needs no memory. */
		if (page & VALID && page >> PAGE_SHIFT >= first_page &&
		    page >> PAGE_SHIFT <= last_page)
			drop(&ioat->cache[i]);
	}
}
