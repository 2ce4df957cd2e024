// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events (section 8): a queue that CHSC fetches in order; and configure and deconfigure by SERVC.
 */
#include "model.h"

#include <string.h>

static void take_out(struct model *model, unsigned index)
{
	model->event_count--;
	for (unsigned i = index; i < model->event_count; i++)
		model->events[i] = model->events[i + 1];
}

/* The event of @fid that a new one replaces: its first error, else its first event. */
static unsigned superseded(const struct model *model, uint32_t fid)
{
	unsigned first = 0;

	for (unsigned i = 0; i < model->event_count; i++)
		if (model->events[i].fid == fid && model->events[i].pec < 0x0300)
			return i;
	while (model->events[first].fid != fid)
		first++;
	return first;
}

/* An event equal to its function's latest one is not added. At most sixteen of a function wait. */
void model_post(struct model *model, const struct model_function *function, uint16_t pec,
		uint64_t address)
{
	const struct model_event event = { function->plug.fid, function->handle, pec, address };
	const struct model_event *latest = NULL;
	unsigned count = 0;

	model->report_wanted = true;
	for (unsigned i = 0; i < model->event_count; i++) {
		if (model->events[i].fid != event.fid)
			continue;
		latest = &model->events[i];
		count++;
	}
	if (latest && latest->handle == event.handle && latest->pec == pec &&
	    latest->address == address)
		return;
	if (count == 16)
		take_out(model, superseded(model, event.fid));
	model->events[model->event_count++] = event;
}

/* The machine may have lost a report during the reset, so it is repeated. */
void model_runs(struct model *model)
{
	if (!model->reset)
		return;
	model->reset = false;
	model->report_outstanding = false;
	model->report_wanted = true;
}

bool model_announce(struct model *model, uint32_t fid)
{
	struct model_function *function = model_by_fid(model, fid);

	if (function)
		model_post(model, function, function->state == MODEL_STANDBY ? 0x0302 : 0x0301, 0);
	return function;
}

void model_quiesce(struct model *model)
{
	model->quiesced = true;
	model->report_wanted = false;
}

/* Measurement starts its interval again. Waiting events are reported. */
void model_resume(struct model *model)
{
	model->quiesced = false;
	model->report_wanted = true;
	model_measure_resume(model);
}

/* --- CHSC store event information (2.10, 8.2, 8.3) ------------------------------------------- */

static void fill(const struct model *model, const struct model_event *event, uint8_t *block)
{
	model_put_be(block + 16, 2, 0x0ff0);
	model_put_be(block + 18, 2, 0x0001);
	block[23] = 2;
	block[24] = model->event_count > 1 || model->shared ? 0x80 : 0;
	block[27] = event->pec < 0x0300 ? 1 : 2;
	model_put_be(block + 80 + 4, 4, event->handle);
	model_put_be(block + 80 + 8, 4, event->fid);
	model_put_be(block + 80 + 16, 8, event->address);
	model_put_be(block + 80 + 30, 2, event->pec);
}

bool model_chsc(struct model *model, struct model_cpu *cpu, unsigned r1)
{
	uint64_t address = cpu->gr[r1];
	uint8_t block[4096];

	if (address % 4096 || (model->shared && !model->event_count))
		return false;
	if (!model_read_logical(model, cpu, address, block, 16))
		return true;
	if (model_get_be(block, 2) != 0x0010 || model_get_be(block + 2, 2) != 0x000e ||
	    !(model_get_be(block + 8, 8) & 1ull << 61))
		return false;
	if (!model_read_logical(model, cpu, address, block, sizeof(block)))
		return true;
	memset(block + 16, 0, sizeof(block) - 16);
	if (model->event_count) {
		fill(model, &model->events[0], block);
		take_out(model, 0);
	} else {
		model_put_be(block + 16, 2, 8);
		model_put_be(block + 18, 2, 0x0005);
	}
	if (!model->event_count)
		model->report_outstanding = false;
	model_write_logical(model, cpu, address + 16, block + 16, sizeof(block) - 16);
	cpu->cc = 0;
	cpu->cc_set = true;
	return true;
}

/* --- SERVC (2.9, 4.3) ------------------------------------------------------------------------ */

static unsigned configure(struct model_function *function)
{
	if (function->state != MODEL_STANDBY)
		return 0x0120;
	function->state = MODEL_DISABLED;
	return 0x0020;
}

static unsigned deconfigure(struct model_function *function)
{
	if (function->state == MODEL_STANDBY)
		return 0x0120;
	model_disable(function);
	function->state = MODEL_STANDBY;
	return 0x0020;
}

/* It is in reserved state now (4.3). */
static bool was_there(const struct model *model, uint32_t fid)
{
	for (unsigned i = 0; i < model->removed_count; i++)
		if (model->removed_fids[i] == fid)
			return true;
	return false;
}

static unsigned respond(struct model *model, const uint8_t *sccb, uint64_t address, bool wanted)
{
	unsigned length = (unsigned)model_get_be(sccb, 2);
	struct model_function *function;

	if (address % 4096 + length > 4096)
		return 0x0100;
	if (length < 16)
		return 0x0300;
	if (sccb[8] != 2)
		return 0x06f0;
	function = model_by_fid(model, (uint32_t)model_get_be(sccb + 12, 4));
	if (!function)
		return was_there(model, (uint32_t)model_get_be(sccb + 12, 4)) ? 0x05f0 : 0x09f0;
	return wanted ? configure(function) : deconfigure(function);
}

/* Multiples of 8 below 2 GiB, except the two pages at 0 and at the prefix. */
static bool sccb_can_be_at(const struct model_cpu *cpu, uint64_t address)
{
	return address % 8 == 0 && address < 1ull << 31 && address >= 8192 &&
	       (address < cpu->prefix || address >= cpu->prefix + 8192);
}

/* Reads what the command needs; the rest is 0. False: it is not in storage. */
static bool read_sccb(struct model *model, struct model_cpu *cpu, uint64_t address, uint8_t *sccb)
{
	memset(sccb, 0, 16);
	if (!model_read_real(model, cpu, address, sccb, 8))
		return false;
	return model_get_be(sccb, 2) < 16 || model_read_real(model, cpu, address + 8, sccb + 8, 8);
}

/* A shared machine's service processor answers wrong SCCBs, unless they name a function of ours. */
bool model_servc(struct model *model, struct model_cpu *cpu, unsigned r1, unsigned r2)
{
	uint32_t command = (uint32_t)cpu->gr[r1];
	uint64_t address = cpu->gr[r2];
	uint8_t sccb[16];
	bool there;

	if (command != 0x001a0001 && command != 0x001b0001)
		return false;
	there = read_sccb(model, cpu, address, sccb);
	if (model->shared && (!there || model_get_be(sccb, 2) < 16 || sccb[8] != 2 ||
			      !model_by_fid(model, (uint32_t)model_get_be(sccb + 12, 4))))
		return false;
	if (!there) {
		cpu->program_interruption = 0x05;
		return true;
	}
	if (!sccb_can_be_at(cpu, address) || model_get_be(sccb, 2) < 8) {
		cpu->program_interruption = 0x06;
		return true;
	}
	model_put_be(sccb + 6, 2, respond(model, sccb, address, command == 0x001a0001));
	model_write_real(model, cpu, address + 6, sccb + 6, 2);
	cpu->cc = 0;
	cpu->cc_set = true;
	model->completions++;
	model->sccb = (uint32_t)address;
	return true;
}
