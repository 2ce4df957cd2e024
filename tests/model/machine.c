// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine around the firmware: storage, byte by byte; time; presented interruptions and
 * reports.
 */
#include "model.h"

#include <string.h>

uint64_t model_get_be(const uint8_t *bytes, size_t length)
{
	uint64_t value = 0;

	for (size_t i = 0; i < length; i++)
		value = value * 256 + bytes[i];
	return value;
}

void model_put_be(uint8_t *bytes, size_t length, uint64_t value)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> (length - 1 - i) * 8);
}

uint64_t model_get_le(const uint8_t *bytes, size_t length)
{
	uint64_t value = 0;

	for (size_t i = length; i > 0; i--)
		value = value * 256 + bytes[i - 1];
	return value;
}

void model_put_le(uint8_t *bytes, size_t length, uint64_t value)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> i * 8);
}

/* --- storage --------------------------------------------------------------------------------- */

static bool there(const struct model *model, uint64_t address)
{
	return address < MODEL_STORAGE &&
	       (address < model->bad_start || address - model->bad_start >= model->bad_length);
}

/* The address of byte @i of an access at @address. */
typedef uint64_t model_place(const struct model_cpu *cpu, uint64_t address);

static uint64_t absolute(const struct model_cpu *cpu, uint64_t address)
{
	(void)cpu;
	return address;
}

/* Prefixing exchanges the first 8 KiB and those at the prefix. */
static uint64_t real(const struct model_cpu *cpu, uint64_t address)
{
	if (address / 8192 == 0)
		return cpu->prefix + address;
	if (address / 8192 == cpu->prefix / 8192)
		return address % 8192;
	return address;
}

/* Bits 31 and 32 of the PSW: 64, 31 or 24 bits of address. */
static uint64_t logical(const struct model_cpu *cpu, uint64_t address)
{
	if (cpu->psw_mask & 1ull << 32)
		return address;
	return address & (cpu->psw_mask & 1ull << 31 ? 0x7fffffff : 0xffffff);
}

static bool all_there(struct model *model, const struct model_cpu *cpu, model_place *place,
		      uint64_t address, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!there(model, place(cpu, address + i)))
			return false;
	return true;
}

static bool read_from(struct model *model, const struct model_cpu *cpu, model_place *place,
		      uint64_t address, uint8_t *bytes, size_t length)
{
	if (!all_there(model, cpu, place, address, length))
		return false;
	for (size_t i = 0; i < length; i++)
		bytes[i] = model->storage[place(cpu, address + i)];
	return true;
}

static bool write_to(struct model *model, const struct model_cpu *cpu, model_place *place,
		     uint64_t address, const uint8_t *bytes, size_t length)
{
	if (!all_there(model, cpu, place, address, length))
		return false;
	for (size_t i = 0; i < length; i++)
		model->storage[place(cpu, address + i)] = bytes[i];
	return true;
}

bool model_read(struct model *model, uint64_t address, void *bytes, size_t length)
{
	return read_from(model, NULL, absolute, address, bytes, length);
}

bool model_write(struct model *model, uint64_t address, const void *bytes, size_t length)
{
	return write_to(model, NULL, absolute, address, bytes, length);
}

bool model_read_real(struct model *model, const struct model_cpu *cpu, uint64_t address,
		     void *bytes, size_t length)
{
	return read_from(model, cpu, real, address, bytes, length);
}

bool model_write_real(struct model *model, const struct model_cpu *cpu, uint64_t address,
		      const void *bytes, size_t length)
{
	return write_to(model, cpu, real, address, bytes, length);
}

bool model_read_logical(struct model *model, struct model_cpu *cpu, uint64_t address, void *bytes,
			size_t length)
{
	bool done = read_from(model, cpu, logical, address, bytes, length);

	if (!done)
		cpu->program_interruption = 0x0005;
	return done;
}

bool model_write_logical(struct model *model, struct model_cpu *cpu, uint64_t address,
			 const void *bytes, size_t length)
{
	bool done = write_to(model, cpu, logical, address, bytes, length);

	if (!done)
		cpu->program_interruption = 0x0005;
	return done;
}

/* --- interruptions, reports, time ------------------------------------------------------------ */

void model_set_mode(struct model *model, unsigned isc, bool single)
{
	model->single[isc] = single;
	model->none[isc] = false;
}

/* 6.6: it is discarded until the guest asks again. */
static void present(struct model *model, unsigned isc)
{
	if (model->none[isc])
		return;
	model->interruptions[isc]++;
	if (model->single[isc])
		model->none[isc] = true;
}

/* Interruptions are presented after the instruction, each subclass once. */
void model_interrupt(struct model *model, unsigned isc)
{
	if (model->in_instruction)
		model->deferred |= (uint8_t)(1u << isc);
	else
		present(model, isc);
}

/* 8.1: there is one outstanding report at a time. */
void model_settle(struct model *model)
{
	for (unsigned isc = 0; isc < 8; isc++)
		if (model->deferred & 1u << isc)
			present(model, isc);
	model->deferred = 0;
	if (model->report_wanted && model->event_count && !model->quiesced &&
	    !model->report_outstanding) {
		model->report_outstanding = true;
		model->reports++;
	}
	model->report_wanted = false;
}

/* Bit 51 of the TOD clock counts microseconds. */
uint64_t model_clock(const struct model *model)
{
	return model->epoch + model->now * 512 / 125;
}

void model_advance(struct model *model, uint64_t nanoseconds)
{
	uint64_t target = model->now + nanoseconds;
	struct model_function *function;

	while ((function = model_measure_due(model, target))) {
		model->now = function->fmb_due;
		model_measure_update(model, function);
	}
	model->now = target;
	model_settle(model);
}
