// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The device of desk.h in the model.
 */
#include "model.h"

#include <string.h>

uint64_t model_bar_size(unsigned bar)
{
	static const uint64_t sizes[6] = { DESK_BAR0_SIZE, 0, DESK_BAR2_SIZE, DESK_BAR3_SIZE,
					   DESK_BAR4_SIZE, 0 };

	return bar < 6 ? sizes[bar] : 0;
}

/* 4: the register has 64 bits; 8: prefetchable. */
uint32_t model_bar_flags(unsigned bar)
{
	static const uint32_t flags[6] = { 4, 0, 8, 0, 12, 0 };

	return bar < 6 ? flags[bar] : 0;
}

static void config_of(const struct model_function *function, uint8_t *config)
{
	memset(config, 0, 4096);
	config[0x06] = 0x10;
	config[0x08] = DESK_REVISION;
	model_put_le(config + 0x09, 3, DESK_CLASS);
	config[0x34] = DESK_MSIX;
	config[0x3d] = function->plug.vf ? 0 : 1;
	config[DESK_MSIX] = 0x11;
	config[DESK_MSIX + 1] = DESK_EXPRESS;
	model_put_le(config + DESK_MSIX + 2, 2, DESK_VECTORS - 1);
	model_put_le(config + DESK_MSIX + 4, 4, DESK_TABLE | 2);
	model_put_le(config + DESK_MSIX + 8, 4, DESK_PENDING | 2);
	config[DESK_EXPRESS] = 0x10;
	config[DESK_EXPRESS + 2] = 0x02;
	model_put_le(config + DESK_EXPRESS + 4, 4, 1u << 28);
	model_put_le(config + 0x100, 4, 0x00010003);
	model_put_le(config + 0x104, 4, 0x55667788);
}

void model_device_reset(struct model_function *function)
{
	config_of(function, function->config);
	memset(function->bar0, 0, sizeof(function->bar0));
	memset(function->bar2, 0, sizeof(function->bar2));
}

bool model_device_read(struct model *model, struct model_function *function, unsigned bar,
		       uint64_t offset, uint8_t *data, size_t length)
{
	(void)model;
	for (size_t i = 0; i < length; i++) {
		uint64_t place = offset + i;

		if (bar == 3)
			return false;
		if (bar == 0)
			data[i] = function->bar0[place];
		else if (bar == 2)
			data[i] = function->bar2[place];
		else
			data[i] = (uint8_t)(place * 7 + (place >> 24));
	}
	return true;
}

void model_device_engine(struct model *model, struct model_function *function)
{
	uint8_t *bar0 = function->bar0;
	uint64_t address = model_get_le(bar0 + DESK_DESCRIPTOR, 8), failed = 0;
	size_t length = (size_t)model_get_le(bar0 + DESK_DESCRIPTOR + 8, 2) % (DESK_MEMORY + 1);
	size_t place = (size_t)model_get_le(bar0 + DESK_DESCRIPTOR + 10, 2) % DESK_MEMORY;
	bool write = bar0[DESK_DIRECTION] & 1;

	if (length > DESK_MEMORY - place)
		length = DESK_MEMORY - place;
	bar0[DESK_RESULT] =
		(uint8_t)model_dma(model, function, address, bar0 + place, length, write, &failed);
	model_put_le(bar0 + DESK_RESULT + 8, 8, failed);
}

bool model_device_write(struct model *model, struct model_function *function, unsigned bar,
			uint64_t offset, const uint8_t *data, size_t length)
{
	if (bar == 3)
		return false;
	if (bar == 0)
		memcpy(function->bar0 + offset, data, length);
	if (bar == 2)
		memcpy(function->bar2 + offset, data, length);
	if (bar == 0 && offset == DESK_DOORBELL)
		model_vector(model, function, data[0]);
	if (bar == 0 && offset == DESK_ENGINE)
		model_device_engine(model, function);
	return true;
}
