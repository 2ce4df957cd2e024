// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device's accesses to storage through the guest's tables (5.3 to 5.7), one page at a time.
 *
 * The model caches nothing. It knows what the library may have cached: translations that were used
 * and not refreshed since. If the tables have changed meanwhile, both answers are right, and the
 * test makes no such access.
 */
#include "model.h"

/* Ends of an access: 0, or the code of an error. */
enum {
	NOT_REGISTERED = 0x0001,
	RANGE = 0x0002,
	TRANSLATION = 0x0004,
	TABLE_LENGTH = 0x0008,
	TABLE_TYPE = 0x0009,
	NOT_IN_STORAGE = 0x000a,
};

/* Region and segment tables: @level 3 region-first, 2 -second, 1 -third, 0 segment. */
static unsigned table_entry(struct model *model, uint64_t table, unsigned level, uint64_t address,
			    uint64_t *entry)
{
	uint64_t index = address >> (20 + 11 * level) & 2047;
	uint8_t bytes[8];

	if (!model_read(model, table + index * 8, bytes, 8))
		return NOT_IN_STORAGE;
	*entry = model_get_be(bytes, 8);
	if (*entry & 0x20)
		return TRANSLATION;
	if ((*entry >> 2 & 3) != level)
		return TABLE_TYPE;
	if (level && ((*entry & 3) != 3 || *entry & 0xc0))
		return TABLE_LENGTH;
	return 0;
}

static unsigned page_entry(struct model *model, uint64_t segment, uint64_t address, uint64_t *entry)
{
	uint64_t table = segment / 2048 * 2048;
	uint8_t bytes[8];

	if (!model_read(model, table + (address >> 12 & 255) * 8, bytes, 8))
		return NOT_IN_STORAGE;
	*entry = model_get_be(bytes, 8);
	return *entry & 0x400 ? TRANSLATION : 0;
}

/* The frame of the page at @address in the current tables. */
static unsigned walk(struct model *model, const struct model_function *function, uint64_t address,
		     uint64_t *frame, bool *writable)
{
	uint64_t entry = function->iota;
	unsigned level = entry >> 2 & 7;
	unsigned error;
	bool protect = entry & 0x200;

	/* The reach of tables: 11 bits of index each, 8 for a page table, 12 within the page. */
	if (level < 3 && address >> (20 + 11 * (level + 1)))
		return RANGE;
	for (level++; level-- > 0;) {
		error = table_entry(model, entry / 16384 * 16384, level, address, &entry);
		if (error)
			return error;
		protect = protect || entry & 0x200;
	}
	if (entry & 0x400) {
		*frame = entry / 0x100000 * 0x100000 + address % 0x100000 / 4096 * 4096;
	} else {
		error = page_entry(model, entry, address, &entry);
		if (error)
			return error;
		protect = protect || entry & 0x200;
		*frame = entry / 4096 * 4096;
	}
	*writable = !protect;
	return 0;
}

static struct model_known *known(struct model_function *function, uint64_t address)
{
	for (unsigned i = 0; i < function->known_count; i++)
		if (function->known[i].page == address / 4096)
			return &function->known[i];
	return NULL;
}

static void remember(struct model_function *function, uint64_t address, uint64_t frame,
		     bool writable)
{
	struct model_known *entry = known(function, address);

	if (!entry)
		entry = &function->known[function->known_count++];
	*entry = (struct model_known){ address / 4096, frame, writable };
}

/* RPCIT of [@start, @last], or the end of a registration. */
void model_forget(struct model_function *function, uint64_t start, uint64_t last)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < function->known_count; i++) {
		const struct model_known *entry = &function->known[i];

		if (entry->page < start / 4096 || entry->page > last / 4096)
			function->known[kept++] = *entry;
	}
	function->known_count = kept;
}

bool model_dma_open(struct model *model, struct model_function *function, uint64_t address,
		    size_t length)
{
	uint64_t last = address + (length ? length - 1 : 0);

	for (uint64_t page = address / 4096; length && page <= last / 4096; page++) {
		const struct model_known *entry = known(function, page * 4096);
		uint64_t frame;
		bool writable;

		if (entry && (walk(model, function, page * 4096, &frame, &writable) ||
			      frame != entry->frame || writable != entry->writable))
			return true;
	}
	return function->known_count + length / 4096 + 2 > MODEL_KNOWN;
}

static unsigned translate(struct model *model, struct model_function *function, uint64_t address,
			  bool write, uint64_t *absolute)
{
	uint64_t frame;
	bool writable;
	unsigned error;

	if (!function->dma_registered)
		return NOT_REGISTERED;
	if (address < function->pba || address > function->pal)
		return RANGE;
	error = walk(model, function, address, &frame, &writable);
	if (error)
		return error;
	remember(function, address, frame, writable);
	if (write && !writable)
		return TRANSLATION;
	*absolute = frame + address % 4096;
	return 0;
}

static unsigned move(struct model *model, struct model_function *function, uint64_t address,
		     uint8_t *bytes, size_t length, bool write)
{
	uint64_t absolute;
	unsigned error = translate(model, function, address, write, &absolute);

	if (error)
		return error;
	if (write ? !model_write(model, absolute, bytes, length)
		  : !model_read(model, absolute, bytes, length))
		return NOT_IN_STORAGE;
	model_count(function, write ? MODEL_WRITTEN : MODEL_READ, length);
	return 0;
}

/* The library may translate further pages before it moves the first. */
static void look_ahead(struct model *model, struct model_function *function, uint64_t address,
		       size_t length)
{
	uint64_t last = address + (length ? length - 1 : 0);

	for (uint64_t page = address / 4096 + 1; page <= last / 4096; page++) {
		uint64_t absolute;

		if (function->known_count == MODEL_KNOWN)
			break;
		if (!known(function, page * 4096) &&
		    translate(model, function, page * 4096, false, &absolute))
			break;
	}
}

int model_dma(struct model *model, struct model_function *function, uint64_t address,
	      uint8_t *bytes, size_t length, bool write, uint64_t *failed)
{
	if (function->state == MODEL_ENABLED && function->bus_master)
		look_ahead(model, function, address, length);
	while (length) {
		size_t piece = 4096 - address % 4096 < length ? 4096 - address % 4096 : length;
		unsigned error;

		/* In pieces, because DMA may overwrite its own tables. */
		if (model_dma_open(model, function, address, piece))
			model->open = true;
		*failed = address;
		if (function->state != MODEL_ENABLED || !function->bus_master)
			return 2;
		error = move(model, function, address, bytes, piece, write);
		if (error) {
			model_fail(model, function, (uint16_t)error, address);
			return 1;
		}
		address += piece;
		bytes += piece;
		length -= piece;
	}
	*failed = 0;
	return 0;
}
