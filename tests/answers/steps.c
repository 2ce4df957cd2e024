// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steps.c - the verbs of the rows.
 */
#include "steps.h"

#include <string.h>

#define PAGE 4096u

/* --- how the instruction is executed ---------------------------------------------------------- */

void do_registers(struct trial *trial, uint64_t r1, uint64_t r2)
{
	trial->form.registers = true;
	trial->form.r1 = (unsigned)r1;
	trial->form.r2 = (unsigned)r2;
}

void do_executed(struct trial *trial)
{
	trial->form.executed = true;
}

void do_displacement(struct trial *trial, uint64_t displacement)
{
	trial->form.displacement = displacement;
}

void do_no_base(struct trial *trial)
{
	trial->form.no_base = true;
}

void do_base_bits(struct trial *trial, uint64_t bits)
{
	trial->form.base_bits = bits;
}

void do_index(struct trial *trial, uint64_t number, uint64_t value)
{
	trial->form.index = (unsigned)number;
	trial->form.index_value = value;
}

void do_request_bits(struct trial *trial, uint64_t bits)
{
	trial->form.request_bits = bits;
}

void do_problem_state(struct trial *trial)
{
	trial->cpu.problem = true;
}

void do_31_bits(struct trial *trial)
{
	trial->cpu.mode = MODE_31;
}

void do_prefix(struct trial *trial, uint64_t address)
{
	trial->cpu.prefix = address;
}

void do_invalid_page(struct trial *trial, uint64_t address)
{
	trial->player->protect(trial->player, address, 0);
	trial->page = address;
}

void do_protected_page(struct trial *trial, uint64_t address)
{
	trial->player->protect(trial->player, 0, address);
	trial->page = address;
}

/* The page that is invalid is one that no row uses with translation on. */
void do_translated(struct trial *trial, uint64_t address)
{
	trial->player->protect(trial->player, trial_address(trial, FMB), 0);
	trial->page = address;
}

void do_unwatched(struct trial *trial)
{
	trial->unwatched = true;
}

/* --- instructions ----------------------------------------------------------------------------- */

static uint32_t handle_for(struct trial *trial)
{
	return trial->judged ? trial->handle : guest_handle(trial);
}

static unsigned space_of(const struct trial *trial, uint64_t space)
{
	return space == MEMORY ? trial->target->memory_bar : (unsigned)space;
}

static uint64_t offset_of(const struct trial *trial, uint64_t space, uint64_t offset)
{
	return offset + (space == MEMORY ? trial->target->memory : 0);
}

void do_load(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length)
{
	guest_load(trial, handle_for(trial), space_of(trial, space),
		   offset_of(trial, space, offset), (unsigned)length, NULL);
}

void do_store(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length, uint64_t value)
{
	guest_store(trial, handle_for(trial), space_of(trial, space),
		    offset_of(trial, space, offset), (unsigned)length, value);
}

void do_store_block(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length,
		    uint64_t address)
{
	guest_store_block(trial, handle_for(trial), space_of(trial, space),
			  offset_of(trial, space, offset), address, (unsigned)length);
}

void do_refresh(struct trial *trial, uint64_t start, uint64_t length)
{
	guest_refresh(trial, handle_for(trial), start, length);
}

void do_modify(struct trial *trial, uint64_t control, uint64_t space, uint64_t address)
{
	guest_modify(trial, handle_for(trial), (unsigned)space, (unsigned)control, address);
}

void do_store_controls(struct trial *trial, uint64_t space, uint64_t address)
{
	guest_store_controls(trial, handle_for(trial), (unsigned)space, address);
}

void do_clp(struct trial *trial, uint64_t control, uint64_t address)
{
	guest_clp(trial, (unsigned)control, address);
}

void do_service(struct trial *trial, uint64_t command, uint64_t address)
{
	guest_service(trial, (uint32_t)command, address);
}

void do_chsc(struct trial *trial, uint64_t address)
{
	guest_subsystem(trial, address);
}

/* --- storage ---------------------------------------------------------------------------------- */

void do_put(struct trial *trial, uint64_t length, uint64_t address, uint64_t value)
{
	zpci_put_be(trial->player->storage(trial->player, address), (unsigned)length, value);
}

void do_fill(struct trial *trial, uint64_t address, uint64_t length, uint64_t byte)
{
	memset(trial->player->storage(trial->player, address), (int)byte, length);
}

/* Each byte differs from its neighbours. */
void do_count_up(struct trial *trial, uint64_t address, uint64_t length, uint64_t first)
{
	uint8_t *bytes = trial->player->storage(trial->player, address);

	for (uint64_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(first + i);
}

void do_fill_table(struct trial *trial, uint64_t address, uint64_t entries, uint64_t entry)
{
	for (uint64_t i = 0; i < entries; i++)
		do_put(trial, 8, address + 8 * i, entry);
}

void do_remember(struct trial *trial, uint64_t value)
{
	trial->note[1] = value;
}

/* --- the device's memory ---------------------------------------------------------------------- */

static uint8_t pattern(uint64_t offset)
{
	return (uint8_t)(0x31 + offset * 7);
}

static uint64_t pattern_at(uint64_t offset, unsigned length)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < length; i++)
		value = value << 8 | pattern(offset + i);
	return value;
}

/* 16 bytes around the operand, by aligned stores, which every device takes. Without it the contents
 * are not looked at. */
void do_fill_memory(struct trial *trial, uint64_t offset)
{
	const struct target *target = trial->target;
	uint64_t start = offset & ~7ull;

	trial->note[0] = true;
	for (unsigned i = 0; i < 16 && start + i < target->memory_length; i += 8)
		trial_want(trial, "the BAR's memory cannot be filled",
			   (uint64_t)guest_store(trial, guest_handle(trial), target->memory_bar,
						 target->memory + start + i, 8,
						 pattern_at(start + i, 8)),
			   CC(0));
}

void do_expect_loaded(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length)
{
	uint64_t value = v_r1(trial);

	if (space == MEMORY && trial->note[0])
		trial_want(trial, "value loaded", value, pattern_at(offset, (unsigned)length));
	else if (length < 8)
		trial_want(trial, "R1 is extended by zeros", value >> 8 * length, 0);
}

/* The bytes that were stored, and no others, differ from the pattern. */
static void look_around(struct trial *trial, uint64_t from, uint64_t length)
{
	uint64_t start = from & ~7ull, value = 0;

	for (unsigned i = 0; i < 16 && start + i < trial->target->memory_length; i++) {
		uint64_t offset = start + i;
		uint8_t wanted = pattern(offset);

		if (i % 8 == 0)
			value = v_in_memory(trial, offset, 8);
		if (offset >= from && offset < from + length)
			wanted = (uint8_t)(STORED >> 8 * (length - 1 - (offset - from)));
		trial_want(trial, "byte stored", value >> (56 - i % 8 * 8) & 0xff, wanted);
	}
}

void do_expect_stored(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length)
{
	if (space != MEMORY)
		return;
	if (trial->note[0])
		look_around(trial, offset, length);
	else if (length == 8)
		trial_want(trial, "value stored", v_in_memory(trial, offset, 8), STORED);
}

/* In words, which every device has. */
void do_expect_block(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length,
		     uint64_t address)
{
	unsigned piece = length % 4 ? 1 : 4;

	for (uint64_t i = 0; i < length; i += piece)
		trial_want(trial, "bytes stored",
			   v_in_bar(trial, space_of(trial, space),
				    offset_of(trial, space, offset) + i, piece),
			   zpci_get_be(trial->player->storage(trial->player, address + i), piece));
}

/* --- what a guest does ------------------------------------------------------------------------ */

void do_enable(struct trial *trial)
{
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1);
}

void do_disable(struct trial *trial)
{
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
}

void do_configure(struct trial *trial)
{
	guest_configure(trial, ZPCI_SCLP_CONFIGURE);
}

void do_deconfigure(struct trial *trial)
{
	guest_configure(trial, ZPCI_SCLP_DECONFIGURE);
}

void do_tables(struct trial *trial)
{
	guest_tables(trial);
}

void do_int_fib(struct trial *trial)
{
	guest_int_fib(trial);
}

void do_register_ioat(struct trial *trial)
{
	guest_register_ioat(trial, guest_handle(trial));
}

void do_register_int(struct trial *trial)
{
	guest_register_int(trial, guest_handle(trial));
}

void do_bus_master(struct trial *trial)
{
	guest_bus_master(trial);
}

void do_msix(struct trial *trial)
{
	guest_msix(trial);
}

void do_config(struct trial *trial, uint64_t offset, uint64_t length, uint64_t value)
{
	guest_config_put(trial, (unsigned)offset, (unsigned)length, (uint32_t)value);
}

void do_probe(struct trial *trial, uint64_t offset, uint64_t length, uint64_t value)
{
	trial->answer = probe_put(trial, (unsigned)offset, (unsigned)length, value);
}

void do_dma(struct trial *trial, uint64_t operation, uint64_t address, uint64_t length)
{
	bool read = operation == ZPCI_PROBE_DMA_READ;

	trial->judged = false;
	trial->dma_status =
		probe_dma(trial, (unsigned)operation, read ? address : 0, read ? 0 : address, length);
}

void do_fail(struct trial *trial, uint64_t address)
{
	guest_fail(trial, address);
}

void do_succeed(struct trial *trial)
{
	trial_want(trial, "it succeeds", trial_is_done(trial), true);
}

/* --- what the host does ----------------------------------------------------------------------- */

void do_inject(struct trial *trial, uint64_t pec)
{
	trial->note[2] = trial->player->fail(trial->player, trial->target->fid, (uint16_t)pec) == 0;
}

void do_remove(struct trial *trial, uint64_t fid)
{
	trial->player->remove(trial->player, (uint32_t)fid);
}

void do_add(struct trial *trial, uint64_t fid, uint64_t standby)
{
	trial->player->add(trial->player, (uint32_t)fid, standby);
}

void do_poison(struct trial *trial, uint64_t address, uint64_t length)
{
	trial->player->poison(trial->player, address, length);
}

void do_pass(struct trial *trial, uint64_t milliseconds)
{
	trial->player->advance(trial->player, milliseconds);
}

void do_reset_system(struct trial *trial)
{
	trial->player->reset(trial->player, true);
}

void do_reset_subsystem(struct trial *trial)
{
	trial->player->reset(trial->player, false);
}

void do_no_uid_checking(struct trial *trial)
{
	trial->player->no_uid_checking(trial->player);
}

void do_isc_mode(struct trial *trial, uint64_t isc, uint64_t mode)
{
	trial->player->set_mode(trial->player, (unsigned)isc, (unsigned)mode);
}
