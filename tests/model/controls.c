// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPCIFC, STPCIFC and RPCIT (2.4 to 2.6, section 5).
 */
#include "model.h"

#include <string.h>

bool model_controllable(const struct model_function *function)
{
	return function->state == MODEL_ENABLED || function->state == MODEL_ERROR ||
	       function->state == MODEL_UNBLOCKED;
}

/* --- interruptions --------------------------------------------------------------------------- */

/* Addresses do not wrap to 0. */
static bool byte_there(struct model *model, uint64_t address, unsigned offset)
{
	uint8_t byte;

	return address + offset >= address && model_read(model, address + offset, &byte, 1);
}

static struct model_end register_int(struct model *model, struct model_function *function,
				     const uint8_t fib[80])
{
	uint32_t word = (uint32_t)model_get_be(fib + 40, 4);
	unsigned noi = word >> 16 & 0xfff, aibvo = word >> 8 & 0x3f, aisbo = word & 0x3f;
	uint64_t aibv = model_get_be(fib + 48, 8), aisb = model_get_be(fib + 56, 8);
	bool sum = word & 0x80;

	if (function->int_registered)
		return MODEL_STATUS(24);
	if (!byte_there(model, aibv, aibvo / 8) ||
	    !byte_there(model, aibv, (aibvo + (noi ? noi : 1) - 1) / 8) ||
	    (sum && !byte_there(model, aisb, aisbo / 8)))
		return MODEL_STATUS(4);
	function->int_registered = true;
	function->isc = word >> 28 & 7;
	function->noi = noi;
	function->aibvo = aibvo;
	function->sum = sum;
	function->aisbo = aisbo;
	function->aibv = aibv;
	function->aisb = aisb;
	return MODEL_DONE;
}

static struct model_end deregister_int(struct model_function *function)
{
	if (!function->int_registered)
		return MODEL_STATUS(24);
	function->int_registered = false;
	return MODEL_DONE;
}

/* --- translation ----------------------------------------------------------------------------- */

/* 3.6: the mask of designation types begins with segment tables, which are not offered here. */
static bool offered(const struct model_platform *platform, uint64_t iota)
{
	switch (iota & 0x1c) {
	case 0x04:
		return platform->dtsm & 0x40;
	case 0x08:
		return platform->dtsm & 0x20;
	case 0x0c:
		return platform->dtsm & 0x10;
	default:
		return false;
	}
}

/* 5.3: one page more for ISM. */
static bool acceptable(const struct model_platform *platform, uint64_t pba, uint64_t pal,
		       uint64_t iota)
{
	uint64_t last = platform->edma + (platform->pft == 5 ? 0x1000 : 0);

	return pba <= pal && pba >= platform->sdma && pal <= last && iota & 0x800 &&
	       offered(platform, iota);
}

/* REG_IOAT needs no registration before, REREG_IOAT needs one. */
static struct model_end set_translation(struct model_function *function, bool before,
					const uint8_t fib[80])
{
	uint64_t pba = model_get_be(fib + 16, 8) / 4096 * 4096;
	uint64_t pal = model_get_be(fib + 24, 8) | 0xfff;
	uint64_t iota = model_get_be(fib + 32, 8);

	if (function->state == MODEL_ERROR)
		return MODEL_STATUS(40);
	if (function->dma_registered != before)
		return MODEL_STATUS(24);
	if (!acceptable(function->plug.platform, pba, pal, iota))
		return MODEL_STATUS(16);
	function->dma_registered = true;
	function->pba = pba;
	function->pal = pal;
	function->iota = iota;
	model_forget(function, 0, UINT64_MAX);
	return MODEL_DONE;
}

static struct model_end end_translation(struct model_function *function)
{
	if (!function->dma_registered)
		return MODEL_STATUS(24);
	function->dma_registered = false;
	model_forget(function, 0, UINT64_MAX);
	return MODEL_DONE;
}

/* --- errors and measurement ------------------------------------------------------------------ */

static struct model_end reset_error(struct model_function *function)
{
	if (function->state == MODEL_ENABLED)
		return MODEL_STATUS(24);
	function->state = MODEL_ENABLED;
	return MODEL_DONE;
}

static struct model_end reset_block(struct model_function *function)
{
	if (function->state != MODEL_ERROR)
		return MODEL_STATUS(24);
	function->state = MODEL_UNBLOCKED;
	return MODEL_DONE;
}

static struct model_end set_measure(struct model *model, struct model_function *function,
				    uint64_t address)
{
	if (address && !function->plug.platform->measured)
		return MODEL_STATUS(0);
	if (model_measure(model, function, address))
		return MODEL_DONE;
	model_post(model, function, 0x002c, address);
	return MODEL_STATUS(0);
}

struct model_end model_modify(struct model *model, struct model_function *function, unsigned space,
			      unsigned control, const uint8_t fib[80])
{
	if (fib[0])
		return MODEL_PGM(0x15);
	if (control >= 4 && control <= 6 && space)
		return MODEL_STATUS(28);
	switch (control) {
	case 2:
		return register_int(model, function, fib);
	case 3:
		return deregister_int(function);
	case 4:
		return set_translation(function, false, fib);
	case 5:
		return end_translation(function);
	case 6:
		return set_translation(function, true, fib);
	case 7:
		return reset_error(function);
	case 9:
		return reset_block(function);
	case 10:
		return set_measure(model, function, model_get_be(fib + 64, 8));
	default:
		return MODEL_PGM(0x15);
	}
}

/* --- STPCIFC --------------------------------------------------------------------------------- */

static void fill_fib(const struct model_function *function, uint8_t fib[80])
{
	fib[8] = 0x80;
	if (function->state != MODEL_ENABLED)
		fib[8] |= 0x40;
	if (function->state == MODEL_ERROR)
		fib[8] |= 0x20;
	if (function->dma_registered) {
		fib[8] |= 0x10;
		model_put_be(fib + 16, 8, function->pba);
		model_put_be(fib + 24, 8, function->pal);
		model_put_be(fib + 32, 8, function->iota);
	}
	if (function->int_registered) {
		model_put_be(fib + 40, 4,
			     (uint32_t)(function->isc << 28 | function->noi << 16 |
					function->aibvo << 8 | (function->sum ? 0x80u : 0) |
					function->aisbo));
		model_put_be(fib + 48, 8, function->aibv);
		model_put_be(fib + 56, 8, function->aisb);
	}
	model_put_be(fib + 64, 8, function->fmb);
}

struct model_end model_store_fib(struct model *model, uint32_t handle, unsigned space,
				 uint8_t fib[80], bool *handle_bit)
{
	struct model_function *function = model_by_place(model, handle);

	memset(fib, 0, 80);
	*handle_bit = false;
	if (space)
		return MODEL_STATUS(28);
	if (!function || function->state == MODEL_RESERVED || function->state == MODEL_STANDBY)
		return MODEL_CC3;
	if (function->state == MODEL_DISABLED)
		return handle & 0x80000000 ? MODEL_CC3 : MODEL_DONE;
	if (function->state == MODEL_PERMANENT)
		return MODEL_STATUS(8);
	fill_fib(function, fib);
	*handle_bit = !(handle & 0x80000000);
	return MODEL_DONE;
}

/* --- RPCIT ----------------------------------------------------------------------------------- */

/* The last byte of the range; a length of 0 means one byte. */
static uint64_t last_of(uint64_t start, uint64_t length)
{
	uint64_t bytes = length ? length : 1;

	return bytes - 1 > UINT64_MAX - start ? UINT64_MAX : start + bytes - 1;
}

struct model_end model_refresh(struct model *model, uint32_t handle, uint64_t start,
			       uint64_t length)
{
	struct model_function *function = model_by_handle(model, handle);
	uint64_t last = last_of(start, length);

	if (!function || !model_controllable(function))
		return MODEL_CC3;
	/* Refused; but old translations are not used any more. */
	if (function->state == MODEL_ERROR) {
		model_forget(function, start, last);
		return MODEL_STATUS(40);
	}
	/* There was no DMA, so the function has no error. */
	if (!function->dma_registered)
		return MODEL_STATUS(28);
	if (last < function->pba || start > function->pal)
		return MODEL_STATUS(36);
	model_forget(function, start, last);
	model_count(function, MODEL_REFRESHES, 1);
	return MODEL_DONE;
}
