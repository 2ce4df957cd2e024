// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PCILG, PCISTG, PCISTB (2.2, 2.3): config space as the profile shows it, BARs, the MSI-X table.
 */
#include "model.h"

#include <string.h>

/* --- config space ---------------------------------------------------------------------------- */

void model_config_reset(struct model_function *function)
{
	for (unsigned bar = 0; bar < 6; bar++)
		function->bar_registers[bar] = model_bar_size(bar) ? model_bar_flags(bar) : 0;
	function->memory_bit = function->plug.memory == MODEL_BIT_ON;
	function->bus_master = false;
}

static uint8_t id_byte(const struct model_function *function, unsigned offset)
{
	uint16_t device = function->plug.vf ? DESK_VF_DEVICE : DESK_PF_DEVICE;
	uint32_t ids = function->plug.ids ? (uint32_t)device << 16 | DESK_VENDOR : 0xffffffff;

	return (uint8_t)(ids >> offset * 8);
}

static uint8_t command_byte(const struct model_function *function)
{
	bool memory = function->plug.memory != MODEL_BIT_ABSENT && function->memory_bit;

	return (uint8_t)((memory ? 0x02 : 0) | (function->bus_master ? 0x04 : 0));
}

/* The byte that the guest reads. This platform has no I/O space and no interrupt pin. */
uint8_t model_config_byte(const struct model_function *function, unsigned offset)
{
	if (offset < 4)
		return id_byte(function, offset);
	if (offset == 4)
		return command_byte(function);
	if (offset >= 0x10 && offset < 0x28) {
		uint32_t bar = function->bar_registers[(offset - 0x10) / 4];

		return function->plug.bars ? (uint8_t)(bar >> offset % 4 * 8) : 0;
	}
	if (offset == 0x3d)
		return 0;
	if (offset == DESK_MSIX + 3)
		return (uint8_t)((function->msix_enabled ? 0x80 : 0) |
				 (function->msix_masked ? 0x40 : 0));
	return function->config[offset];
}

/* The writable bits of a BAR register: those above its size. */
static uint32_t bar_mask(unsigned bar)
{
	if (model_bar_size(bar))
		return (uint32_t) ~(model_bar_size(bar) - 1);
	if (bar > 0 && model_bar_flags(bar - 1) & 4)
		return (uint32_t)(~(model_bar_size(bar - 1) - 1) >> 32);
	return 0;
}

static void write_bar_byte(struct model_function *function, unsigned offset, uint8_t value)
{
	unsigned bar = (offset - 0x10) / 4, shift = offset % 4 * 8;
	uint32_t mask = bar_mask(bar) & 0xffu << shift;
	uint32_t *bits = &function->bar_registers[bar];

	*bits = (*bits & ~mask) | ((uint32_t)value << shift & mask);
}

static void write_config_byte(struct model *model, struct model_function *function, unsigned offset,
			      uint8_t value)
{
	if (offset == 4) {
		function->memory_bit = value & 0x02;
		function->bus_master = value & 0x04;
		model_send_pending(model, function);
	} else if (offset >= 0x10 && offset < 0x28) {
		write_bar_byte(function, offset, value);
	} else if (offset == 0x3c) {
		function->config[offset] = value;
	} else if (offset == DESK_MSIX + 3) {
		function->msix_enabled = value & 0x80;
		function->msix_masked = value & 0x40;
		model_send_pending(model, function);
	} else if (offset == DESK_EXPRESS + 8) {
		function->config[offset] = value & 0x0f;
	}
}

/* Bit 15 of Device Control resets the device. Registrations and handle stay. */
static bool is_flr(unsigned offset, const uint8_t *data, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		if (offset + i == DESK_EXPRESS + 9 && data[i] & 0x80)
			return true;
	return false;
}

static void write_config(struct model *model, struct model_function *function, unsigned offset,
			 const uint8_t *data, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		write_config_byte(model, function, offset + i, data[i]);
	if (!is_flr(offset, data, length))
		return;
	model_device_reset(function);
	model_config_reset(function);
	model_msix_reset(function);
}

/* 6b: 1, 2 or 4 bytes of an aligned word. */
static bool config_length(uint64_t offset, unsigned length)
{
	return length != 0 && length != 3 && length <= 4 - offset % 4;
}

/* --- BARs: the function's own MSI-X structures, and the device's bytes ------------------------ */

static bool has_bar(const struct model_function *function, unsigned bar)
{
	return bar < 6 && function->plug.bars && model_bar_size(bar);
}

static bool in_bar(const struct model_function *function, unsigned bar, uint64_t offset,
		   size_t length)
{
	return has_bar(function, bar) && offset < model_bar_size(bar) &&
	       length <= model_bar_size(bar) - offset;
}

static bool in_table(unsigned bar, uint64_t offset)
{
	return bar == 2 && offset >= DESK_TABLE && offset < DESK_TABLE + DESK_VECTORS * 16;
}

static bool in_pending(unsigned bar, uint64_t offset)
{
	return bar == 2 && offset >= DESK_PENDING && offset < DESK_PENDING + 8;
}

static uint8_t pending_byte(const struct model_function *function, uint64_t offset)
{
	uint8_t byte = 0;

	for (unsigned vector = 0; vector < DESK_VECTORS; vector++)
		if (function->pending[vector] && vector / 8 == offset - DESK_PENDING)
			byte |= (uint8_t)(1u << vector % 8);
	return byte;
}

static bool read_bar(struct model *model, struct model_function *function, unsigned bar,
		     uint64_t offset, uint8_t *data, size_t length)
{
	if (!in_bar(function, bar, offset, length))
		return false;
	for (size_t i = 0; i < length; i++, offset++) {
		if (in_table(bar, offset))
			data[i] = function->table[offset - DESK_TABLE];
		else if (in_pending(bar, offset))
			data[i] = pending_byte(function, offset);
		else if (!model_device_read(model, function, bar, offset, data + i, 1))
			return false;
	}
	return true;
}

static bool write_bar(struct model *model, struct model_function *function, unsigned bar,
		      uint64_t offset, const uint8_t *data, size_t length)
{
	if (!in_bar(function, bar, offset, length))
		return false;
	if (bar != 2)
		return model_device_write(model, function, bar, offset, data, length);
	for (size_t i = 0; i < length; i++) {
		if (in_table(bar, offset + i))
			function->table[offset + i - DESK_TABLE] = data[i];
		else if (!in_pending(bar, offset + i))
			function->bar2[offset + i] = data[i];
	}
	model_send_pending(model, function);
	return true;
}

/* --- the instructions ------------------------------------------------------------------------ */

/* The function of an enabled handle; or NULL, and *@end says why. */
static struct model_function *begin(struct model *model, uint32_t handle, struct model_end *end)
{
	struct model_function *function = NULL;

	if (handle & 0x80000000)
		function = model_by_handle(model, handle);
	*end = MODEL_CC3;
	if (!function)
		return NULL;
	*end = MODEL_STATUS(12);
	if (function->state == MODEL_ERROR || function->state == MODEL_PERMANENT)
		return NULL;
	return function;
}

struct model_end model_load(struct model *model, uint32_t handle, unsigned space, uint64_t offset,
			    unsigned length, uint64_t *value)
{
	struct model_end end;
	struct model_function *function = begin(model, handle, &end);
	uint8_t data[8];

	if (!function)
		return end;
	if (space > 5 && space != 15)
		return MODEL_STATUS(20);
	if (space == 15 ? !config_length(offset, length) : length < 1 || length > 8)
		return MODEL_PGM(0x15);
	if (space == 15) {
		for (unsigned i = 0; i < length; i++)
			data[i] = offset < 4096 ? model_config_byte(function, (unsigned)offset + i)
						: 0xff;
	} else if (!read_bar(model, function, space, offset, data, length)) {
		return MODEL_PGM(0x15);
	}
	model_count(function, MODEL_LOADS, 1);
	*value = model_get_be(data, length);
	return MODEL_DONE;
}

struct model_end model_store(struct model *model, uint32_t handle, unsigned space, uint64_t offset,
			     unsigned length, uint64_t value)
{
	struct model_end end;
	struct model_function *function = begin(model, handle, &end);
	uint8_t data[8];

	if (!function)
		return end;
	if (space > 5 && space != 15)
		return MODEL_STATUS(20);
	if (space == 15 ? !config_length(offset, length) : length < 1 || length > 8)
		return MODEL_PGM(0x15);
	model_put_be(data, length, value);
	if (space == 15) {
		if (offset < 4096)
			write_config(model, function, (unsigned)offset, data, length);
	} else if (!write_bar(model, function, space, offset, data, length)) {
		return MODEL_PGM(0x15);
	}
	model_count(function, MODEL_STORES, 1);
	return MODEL_DONE;
}

/* The group's flag lifts the rules of alignment, up to a block that stays within 4 KiB of the
 * BAR. */
static bool block_fits(const struct model_function *function, uint64_t offset, size_t length)
{
	const struct model_platform *platform = function->plug.platform;

	if (length > platform->maxstbl)
		return false;
	if (platform->flags & 0x08)
		return length >= 1 && offset % 4096 + length <= 4096;
	return offset % 8 == 0 && length % 8 == 0 && length > 8;
}

struct model_end model_check_block(struct model *model, uint32_t handle, unsigned space,
				   uint64_t offset, size_t length)
{
	struct model_end end;
	struct model_function *function = begin(model, handle, &end);

	if (!function)
		return end;
	if (space > 5)
		return MODEL_STATUS(20);
	return block_fits(function, offset, length) ? MODEL_DONE : MODEL_PGM(0x06);
}

struct model_end model_store_block(struct model *model, uint32_t handle, unsigned space,
				   uint64_t offset, const uint8_t *data, size_t length)
{
	struct model_function *function = model_by_handle(model, handle);

	if (!write_bar(model, function, space, offset, data, length))
		return MODEL_PGM(0x15);
	model_count(function, MODEL_BLOCKS, 1);
	return MODEL_DONE;
}
