// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Call logical processor (section 3).
 *
 * A resume token means nothing to the guest. The model's token is a slot and a mark; pair.c
 * exchanges it for the library's token.
 */
#include "model.h"

#include <string.h>

enum {
	OK = 0x0010,
	UNKNOWN_COMMAND = 0x0020,
	FORMAT = 0x0040,
	LENGTH = 0x0050,
	NEEDS_8K = 0x0060,
	RESERVED_SET = 0x0070,
	INVALID_HANDLE = 0x0101,
	INVALID_FOR_HANDLE = 0x0102,
	NO_DMA_SPACE = 0x0103,
	RESOURCES = 0x0104,
	ALREADY = 0x0105,
	PERMANENT = 0x0106,
	TOKEN = 0x010a,
	UNKNOWN_GROUP = 0x010b,
};

#define TOKEN_MARK 0x4d6f64656c000000ull
#define TOKEN_MACHINE (TOKEN_MARK | 0xffffff) /* the model's part of a shared list has ended */

/* The length field tells the whole answer or, if it is less, the space. */
static unsigned respond(uint8_t *response, size_t space, const uint8_t *answer, size_t length)
{
	if (length > space)
		length = space;
	memcpy(response, answer, length);
	model_put_be(response, 2, length);
	return OK;
}

/* --- List ------------------------------------------------------------------------------------ */

static void fill_entry(const struct model_function *function, uint8_t *entry)
{
	uint16_t device = function->plug.vf ? DESK_VF_DEVICE : DESK_PF_DEVICE;

	model_put_be(entry, 2, function->plug.ids ? device : 0xffff);
	model_put_be(entry + 2, 2, function->plug.ids ? DESK_VENDOR : 0xffff);
	model_put_be(entry + 4, 4, function->state == MODEL_STANDBY ? 0 : 0x80000000u);
	model_put_be(entry + 8, 4, function->plug.fid);
	model_put_be(entry + 12, 4, function->handle);
}

/* Slot of the next function to list, from @slot on. */
static unsigned next_listed(const struct model *model, unsigned slot)
{
	while (slot < model->slots && model->functions[slot].state == MODEL_RESERVED)
		slot++;
	return slot;
}

static unsigned list(const struct model *model, const uint8_t *request, uint8_t *response,
		     size_t space)
{
	uint64_t token = model_get_be(request + 16, 8);
	unsigned slot = (unsigned)(token & 0xffff);
	size_t used = 32;

	if (space < 48)
		return NEEDS_8K;
	if ((space - 32) % 16)
		return LENGTH;
	/* The format is four bits; the rest of its word is reserved. */
	if (model_get_be(request + 4, 4) || model_get_be(request + 8, 8) ||
	    model_get_be(request + 24, 8))
		return RESERVED_SET;
	if (token && (token & ~0xffffull) != TOKEN_MARK)
		return TOKEN;
	memset(response, 0, 32);
	for (slot = next_listed(model, slot); used < space && slot < model->slots;
	     slot = next_listed(model, slot + 1)) {
		fill_entry(&model->functions[slot], response + used);
		used += 16;
	}
	model_put_be(response, 2, used);
	model_put_be(response + 16, 8,
		     slot < model->slots ? TOKEN_MARK | slot
		     : model->shared	 ? TOKEN_MACHINE
					 : 0);
	model_put_be(response + 24, 4, 0x00ff0000);
	model_put_be(response + 28, 2, 4096);
	response[30] = model->no_uid_checking ? 0 : 0x01;
	response[31] = 16;
	return OK;
}

/* --- Query ----------------------------------------------------------------------------------- */

/* The EBCDIC letters and digits of the test's strings, padded with blanks. */
static void put_ebcdic(uint8_t *bytes, const char *text)
{
	static const char upper[] = "ABCDEFGHI.......JKLMNOPQR........STUVWXYZ......0123456789";

	memset(bytes, 0x40, 64);
	for (unsigned i = 0; i < 64 && text[i]; i++) {
		const char *place = strchr(upper, text[i]);

		bytes[i] = place ? (uint8_t)(0xc1 + (place - upper)) : 0x40;
	}
}

static void fill_bars(const struct model_function *function, uint8_t *answer)
{
	for (unsigned bar = 0; function->plug.bars && bar < 6; bar++) {
		for (uint64_t size = model_bar_size(bar); size > 1; size /= 2)
			answer[24 + bar]++;
		model_put_le(answer + 32 + 4 * bar, 4, function->bar_registers[bar]);
	}
}

static void fill_function(const struct model_function *function, uint8_t *answer)
{
	const struct model_plug *plug = &function->plug;
	const struct model_platform *platform = plug->platform;

	model_put_be(answer + 16, 2, plug->publish_vfn ? plug->vf : 0);
	answer[18] = (uint8_t)((platform->has_tid ? 0x20 : 0) | (plug->publish_rid ? 0x10 : 0) |
			       (plug->vf ? 0 : 0x08) | (plug->utility ? 0x01 : 0));
	answer[19] = (uint8_t)platform->group;
	model_put_be(answer + 20, 4, plug->fid);
	model_put_be(answer + 30, 2, platform->tells_pchid ? platform->pchid : plug->pchid);
	fill_bars(function, answer);
	model_put_be(answer + 56, 4, platform->pfip);
	answer[60] = (uint8_t)platform->fidparm;
	answer[61] = (uint8_t)platform->port;
	answer[62] = platform->measured ? 16 : 0;
	answer[63] = (uint8_t)platform->pft;
	model_put_be(answer + 64, 8, platform->sdma);
	model_put_be(answer + 72, 8, platform->edma);
	if (plug->publish_rid)
		model_put_be(answer + 80, 2, plug->vf);
	model_put_be(answer + 86, 2, platform->tid);
	model_put_be(answer + 124, 4, plug->uid);
	if (plug->utility)
		put_ebcdic(answer + 128, plug->utility);
}

static unsigned query_function(struct model *model, const uint8_t *request, uint8_t *response,
			       size_t space)
{
	const struct model_function *function =
		model_by_handle(model, (uint32_t)model_get_be(request + 16, 4));
	uint8_t answer[384] = { 0 };

	if (!function)
		return INVALID_HANDLE;
	fill_function(function, answer);
	return respond(response, space, answer, sizeof(answer));
}

static unsigned query_group(const struct model *model, const uint8_t *request, uint8_t *response,
			    size_t space)
{
	const struct model_platform *platform = model_group(model, request[19]);
	uint8_t answer[64] = { 0 };

	if (!platform)
		return UNKNOWN_GROUP;
	model_put_be(answer + 16, 2, platform->noi);
	answer[18] = (uint8_t)platform->version;
	answer[19] = (uint8_t)platform->flags;
	model_put_be(answer + 20, 2, platform->maxstbl);
	model_put_be(answer + 22, 2, platform->mui);
	answer[24] = (uint8_t)platform->dtsm;
	model_put_be(answer + 32, 8, platform->dasm);
	model_put_be(answer + 40, 8, platform->msia);
	return respond(response, space, answer, sizeof(answer));
}

/* --- Set ------------------------------------------------------------------------------------- */

static unsigned enable(struct model_function *function, unsigned spaces)
{
	if (spaces == 0)
		return NO_DMA_SPACE;
	if (spaces > 1)
		return RESOURCES;
	if (function->state == MODEL_PERMANENT)
		return PERMANENT;
	if (function->state != MODEL_DISABLED)
		return INVALID_FOR_HANDLE;
	model_enable(function);
	return OK;
}

static unsigned disable(struct model_function *function)
{
	if (function->state == MODEL_DISABLED || function->state == MODEL_STANDBY)
		return INVALID_FOR_HANDLE;
	model_disable(function);
	return OK;
}

static unsigned set_function(struct model *model, const uint8_t *request, uint8_t *response,
			     size_t space)
{
	uint32_t handle = (uint32_t)model_get_be(request + 16, 4);
	struct model_function *function = model_by_handle(model, handle);
	struct model_function *former = model_by_place(model, handle);
	uint8_t answer[160] = { 0 };
	unsigned code = INVALID_FOR_HANDLE;

	if (!function)
		return handle && former && request[22] == 1 && former->last_enabled == handle &&
				       former->state == MODEL_DISABLED
			       ? ALREADY
			       : INVALID_HANDLE;
	if (request[22] == 0)
		code = enable(function, request[23]);
	if (request[22] == 1)
		code = disable(function);
	if (code != OK)
		return code;
	model_put_be(answer + 16, 4, function->handle);
	return respond(response, space, answer, sizeof(answer));
}

/* --- all commands ---------------------------------------------------------------------------- */

static unsigned command_of(struct model *model, unsigned command, const uint8_t *request,
			   uint8_t *response, size_t space)
{
	static const uint8_t characteristics[128];

	switch (command) {
	case 1:
		return respond(response, space, characteristics, sizeof(characteristics));
	case 2:
		return list(model, request, response, space);
	case 3:
		return query_function(model, request, response, space);
	case 4:
		return query_group(model, request, response, space);
	default:
		return set_function(model, request, response, space);
	}
}

static unsigned execute(struct model *model, unsigned lps, const uint8_t *request, size_t length,
			uint8_t *response, size_t space)
{
	unsigned command = (unsigned)model_get_be(request + 2, 2);

	if (command < 1 || command > (lps == 2 ? 5u : 1u))
		return UNKNOWN_COMMAND;
	if (length != (command == 1 ? 16u : 32u) || space < 16)
		return LENGTH;
	if (model_get_be(request + 4, 4) & 0xf0000000)
		return FORMAT;
	return command_of(model, command, request, response, space);
}

bool model_clp(struct model *model, unsigned lps, uint8_t *request, size_t request_length,
	       size_t response_length)
{
	uint8_t *response = request + request_length;

	if (lps != 0 && lps != 2)
		return false;
	model_put_be(response + 2, 2,
		     execute(model, lps, request, request_length, response, response_length));
	return true;
}

static bool is_our_token(uint64_t token)
{
	return !token || (token & ~0xffffull) == TOKEN_MARK;
}

bool model_clp_is_foreign(const struct model *model, unsigned lps, const uint8_t *request,
			  size_t length, bool *restart)
{
	uint64_t token = length >= 24 ? model_get_be(request + 16, 8) : 0;

	*restart = false;
	if (!model->shared || lps != 2 || length != 32)
		return false;
	switch (model_get_be(request + 2, 2)) {
	case 2:
		*restart = token == TOKEN_MACHINE;
		return !is_our_token(token);
	case 3:
	case 5:
		return (token >> 32 & 0x00ff0000) != 0x00100000;
	case 4:
		return !model_group(model, request[19]);
	default:
		return false;
	}
}
