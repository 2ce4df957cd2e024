// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of a function (section 4): its states, and the handle that names it.
 *
 *	handle  80000000 enabled
 *	        7f000000 instance, counts enables
 *	        00ff0000 10: ours
 *	        0000ffff place
 *
 * A function gets the place that has been empty for longest, or a new one. It goes on after the
 * instance numbers of the place's former function, and its first enable does not change the number.
 */
#include "model.h"

#include <string.h>

#define ENABLED 0x80000000u
#define INSTANCE 0x7f000000u
#define OURS 0x00100000u

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
}

static void next_instance(struct model_function *function)
{
	uint32_t instance = (function->handle + 0x01000000) & INSTANCE;

	function->handle = (function->handle & ~INSTANCE) | instance;
	function->instances[instance >> 24] = true;
}

static struct model_function *empty_place(struct model *model)
{
	struct model_function *first = NULL;

	for (unsigned i = 0; i < model->slots; i++) {
		struct model_function *function = &model->functions[i];

		if (function->state == MODEL_RESERVED &&
		    (!first || function->removed < first->removed))
			first = function;
	}
	return first ? first : &model->functions[model->slots++];
}

void model_plug(struct model *model, const struct model_plug *plug)
{
	struct model_function *function = empty_place(model);
	unsigned lives = function->lives;
	uint32_t handle = function->handle;

	memset(function, 0, sizeof(*function));
	function->plug = *plug;
	model->begun[plug->platform - model_platforms] = true;
	function->state = plug->standby ? MODEL_STANDBY : MODEL_DISABLED;
	function->lives = lives + 1;
	function->handle = handle;
	if (lives) {
		next_instance(function);
		function->unused = true;
	} else {
		function->handle = OURS | model_slot(model, function);
		function->instances[0] = true;
	}
	model_device_reset(function);
	model_config_reset(function);
	model_msix_reset(function);
}

unsigned model_slot(const struct model *model, const struct model_function *function)
{
	return (unsigned)(function - model->functions);
}

struct model_function *model_by_fid(struct model *model, uint32_t fid)
{
	for (unsigned i = 0; i < model->slots; i++) {
		struct model_function *function = &model->functions[i];

		if (function->state != MODEL_RESERVED && function->plug.fid == fid)
			return function;
	}
	return NULL;
}

struct model_function *model_by_handle(struct model *model, uint32_t handle)
{
	for (unsigned i = 0; i < model->slots; i++) {
		struct model_function *function = &model->functions[i];

		if (function->state != MODEL_RESERVED && function->handle == handle)
			return function;
	}
	return NULL;
}

struct model_function *model_by_place(struct model *model, uint32_t handle)
{
	unsigned place = handle & 0xffff;

	if ((handle & 0x00ff0000) != OURS || place >= model->slots ||
	    !model->functions[place].instances[(handle & INSTANCE) >> 24])
		return NULL;
	return &model->functions[place];
}

static void drop_registrations(struct model_function *function)
{
	function->int_registered = false;
	function->dma_registered = false;
	function->fmb = 0;
	model_forget(function, 0, UINT64_MAX);
}

/* Notes that it was removed (4.3). */
static void remember(struct model *model, uint32_t fid)
{
	for (unsigned i = 0; i < model->removed_count; i++)
		if (model->removed_fids[i] == fid)
			return;
	model->removed_fids[model->removed_count++] = fid;
}

bool model_unplug(struct model *model, uint32_t fid)
{
	struct model_function *function = model_by_fid(model, fid);
	bool standby;

	if (!function)
		return false;
	standby = function->state == MODEL_STANDBY;
	function->state = MODEL_RESERVED;
	function->handle &= ~ENABLED;
	drop_registrations(function);
	model_post(model, function, standby ? 0x0308 : 0x0304, 0);
	function->removed = ++model->removals;
	remember(model, fid);
	return true;
}

void model_enable(struct model_function *function)
{
	if (!function->unused)
		next_instance(function);
	function->unused = false;
	function->handle |= ENABLED;
	function->state = MODEL_ENABLED;
	function->last_enabled = 0;
}

/* The guest's reset of the function: the device as after power on, nothing registered. */
void model_disable(struct model_function *function)
{
	function->state = MODEL_DISABLED;
	function->handle &= ~ENABLED;
	drop_registrations(function);
	model_device_reset(function);
	model_config_reset(function);
	model_msix_reset(function);
}

/* 3.9: a disable with the last enabled handle before any number of resets says "already". */
void model_reset(struct model *model)
{
	for (unsigned i = 0; i < model->slots; i++) {
		struct model_function *function = &model->functions[i];

		if (function->state == MODEL_RESERVED || function->state == MODEL_STANDBY)
			continue;
		if (function->handle & ENABLED)
			function->last_enabled = function->handle;
		model_disable(function);
	}
	model->event_count = 0;
	model->report_outstanding = false;
	model->reset = true;
}

static bool in_use(const struct model_function *function)
{
	return function->state == MODEL_ENABLED || function->state == MODEL_ERROR ||
	       function->state == MODEL_UNBLOCKED;
}

/* Errors of the measurement block. */
static bool is_of_measurement(uint16_t pec)
{
	return pec >= 0x2a && pec <= 0x2c;
}

static bool can_fail(const struct model_function *function, uint16_t pec)
{
	return in_use(function) || (function->state == MODEL_PERMANENT && is_of_measurement(pec));
}

/* 4.3: an error stops a function that is in use; 8.5: those of the measurement block do not. */
void model_fail(struct model *model, struct model_function *function, uint16_t pec,
		uint64_t address)
{
	if (!can_fail(function, pec))
		return;
	if (!is_of_measurement(pec))
		function->state = MODEL_ERROR;
	model_post(model, function, pec, address);
}

/* 8.5 */
static bool is_an_error(uint16_t pec)
{
	return (pec >= 0x01 && pec <= 0x0b) || (pec >= 0x10 && pec <= 0x13) ||
	       is_of_measurement(pec) || pec == 0x30 || pec == 0x3a || pec == 0x3b || pec == 0x40;
}

/* A permanent error stops a function in any configured state. */
bool model_inject(struct model *model, uint32_t fid, uint16_t pec)
{
	struct model_function *function = model_by_fid(model, fid);

	if (!function || !is_an_error(pec))
		return false;
	if (pec == 0x003b || pec == 0x0040) {
		if (function->state != MODEL_DISABLED && !in_use(function))
			return false;
		function->state = MODEL_PERMANENT;
		model_post(model, function, pec, 0);
		return true;
	}
	if (!can_fail(function, pec))
		return false;
	model_fail(model, function, pec, 0);
	return true;
}
