// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Function measurement (section 7): a registered block of format 0 is stored in the group's
 * interval.
 */
#include "model.h"

static void arm(struct model *model, struct model_function *function)
{
	function->fmb_due = model->now + function->plug.platform->mui * 1000000ull;
	function->fmb_order = model->orders++;
}

/* Counters and samples start at the registration. A second one only moves the block. */
bool model_measure(struct model *model, struct model_function *function, uint64_t address)
{
	bool keyless = address % 16 == 0, was = function->fmb;

	function->fmb = keyless ? address : 0;
	if (!function->fmb || was)
		return keyless;
	function->samples = 0;
	for (unsigned i = 0; i < 6; i++)
		function->counters[i] = 0;
	arm(model, function);
	return true;
}

void model_count(struct model_function *function, unsigned counter, uint64_t amount)
{
	if (function->fmb)
		function->counters[counter] += amount;
}

struct model_function *model_measure_due(struct model *model, uint64_t target)
{
	struct model_function *first = NULL;

	for (unsigned i = 0; i < model->slots; i++) {
		struct model_function *function = &model->functions[i];

		if (!function->fmb || function->fmb_due > target || model->quiesced)
			continue;
		if (!first || function->fmb_due < first->fmb_due ||
		    (function->fmb_due == first->fmb_due && function->fmb_order < first->fmb_order))
			first = function;
	}
	return first;
}

/* In order: the time with the update bit, the block, the time without the bit. */
void model_measure_update(struct model *model, struct model_function *function)
{
	uint8_t block[64] = { [1] = 0x80 };
	uint8_t time[8];
	bool stored;

	model_put_be(time, 8, model_clock(model) << 1);
	model_put_be(block + 4, 4, ++function->samples);
	model_put_be(block + 8, 8, model_clock(model) << 1 | 1);
	for (unsigned i = 0; i < 6; i++)
		model_put_be(block + 16 + 8 * i, 8, function->counters[i]);
	stored = model_write(model, function->fmb + 8, block + 8, 8) &&
		 model_write(model, function->fmb, block, sizeof(block)) &&
		 model_write(model, function->fmb + 8, time, 8);
	if (stored) {
		arm(model, function);
		return;
	}
	function->fmb = 0;
	model_post(model, function, 0x002a, 0);
}

/* After resume each interval starts again. */
void model_measure_resume(struct model *model)
{
	for (unsigned i = 0; i < model->slots; i++)
		if (model->functions[i].fmb)
			arm(model, &model->functions[i]);
}
