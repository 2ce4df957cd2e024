// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a vector to the guest's indicator bits (section 6).
 */
#include "model.h"

#include <string.h>

void model_msix_reset(struct model_function *function)
{
	function->msix_enabled = false;
	function->msix_masked = false;
	memset(function->table, 0, sizeof(function->table));
	memset(function->pending, 0, sizeof(function->pending));
	for (unsigned vector = 0; vector < DESK_VECTORS; vector++)
		function->table[vector * 16 + 12] = 1;
}

/* Sets bit @bit, MSB-0, of the vector at @address; *@was is the old value. */
static bool set_bit(struct model *model, struct model_function *function, uint64_t address,
		    unsigned bit, bool *was)
{
	uint8_t mask = (uint8_t)(0x80 >> bit % 8), byte;

	if (!model_read(model, address + bit / 8, &byte, 1)) {
		model_fail(model, function, 0x0013, address);
		return false;
	}
	*was = byte & mask;
	byte |= mask;
	model_write(model, address + bit / 8, &byte, 1);
	return true;
}

/* 6.4 */
static void deliver(struct model *model, struct model_function *function, uint32_t number)
{
	bool was;

	if (function->state != MODEL_ENABLED || !function->int_registered ||
	    number >= function->noi)
		return;
	if (!set_bit(model, function, function->aibv, function->aibvo + number, &was))
		return;
	if (function->sum) {
		if (!set_bit(model, function, function->aisb, function->aisbo, &was) || was)
			return;
	}
	model_interrupt(model, function->isc);
}

static bool is_masked(const struct model_function *function, unsigned vector)
{
	return function->msix_masked || !function->bus_master ||
	       function->table[vector * 16 + 12] & 1;
}

/* A message to another address is dropped. */
static void send_message(struct model *model, struct model_function *function, unsigned vector)
{
	const uint8_t *entry = function->table + vector * 16;

	if (model_get_le(entry, 8) == function->plug.platform->msia)
		deliver(model, function, (uint32_t)model_get_le(entry + 8, 4));
}

void model_vector(struct model *model, struct model_function *function, unsigned vector)
{
	if (vector >= DESK_VECTORS || !function->msix_enabled)
		return;
	if (is_masked(function, vector))
		function->pending[vector] = true;
	else
		send_message(model, function, vector);
}

void model_send_pending(struct model *model, struct model_function *function)
{
	for (unsigned vector = 0; vector < DESK_VECTORS; vector++) {
		if (!function->msix_enabled || !function->pending[vector] ||
		    is_masked(function, vector))
			continue;
		function->pending[vector] = false;
		send_message(model, function, vector);
	}
}
