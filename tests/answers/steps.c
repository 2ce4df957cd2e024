// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steps.c - the verbs of the rows.
 */
#include "steps.h"

#include <string.h>

#define PAGE 4096u
/* What the rows of DMA write. */
#define TRANSFERRED 0x8899aabbccddeeffull

/* Verbs of one statement, without an operand and with one. */
#define VERB(name, statement)                                                                      \
	void do_##name(struct trial *trial)                                                        \
	{                                                                                          \
		statement;                                                                         \
	}
#define VERB_OF(name, operand, statement)                                                          \
	void do_##name(struct trial *trial, uint64_t operand)                                      \
	{                                                                                          \
		statement;                                                                         \
	}

/* --- how the instruction is executed ---------------------------------------------------------- */

void do_registers(struct trial *trial, uint64_t r1, uint64_t r2)
{
	trial->form.registers = true;
	trial->form.r1 = (unsigned)r1;
	trial->form.r2 = (unsigned)r2;
}

VERB(executed, trial->form.executed = true)
VERB_OF(displacement, displacement, trial->form.displacement = displacement)
VERB(no_base, trial->form.no_base = true)
VERB_OF(base_bits, bits, trial->form.base_bits = bits)

void do_index(struct trial *trial, uint64_t number, uint64_t value)
{
	trial->form.index = (unsigned)number;
	trial->form.index_value = value;
}

VERB_OF(request_bits, bits, trial->form.request_bits = bits)
VERB(problem_state, trial->cpu.problem = true)
VERB(31_bits, trial->cpu.mode = MODE_31)
VERB_OF(prefix, address, trial->cpu.prefix = address)

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

VERB_OF(key, key, trial->cpu.key = (unsigned)key)

void do_storage_key(struct trial *trial, uint64_t address, uint64_t key)
{
	trial->player->storage_key(trial->player, address, (unsigned)key);
}

/* No row of a space has an exception with a page. */
void do_in_space(struct trial *trial, uint64_t space)
{
	do_translated(trial, 0);
	trial->translated = true;
	trial->cpu.space = (unsigned)space;
}

void do_access_register(struct trial *trial, uint64_t number, uint64_t token)
{
	trial->cpu.ar[number] = (uint32_t)token;
}

VERB(unwatched, trial->unwatched = true)

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

void do_load_by(struct trial *trial, uint64_t handle, uint64_t space, uint64_t offset,
		uint64_t length)
{
	guest_load(trial, (uint32_t)handle, space_of(trial, space), offset_of(trial, space, offset),
		   (unsigned)length, NULL);
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

VERB_OF(chsc, address, guest_subsystem(trial, address))

/* Operands as mapped I/O would have them; they may not be looked at. */
void do_mapped(struct trial *trial, uint64_t opcode)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	const struct form *form = &trial->form;
	uint8_t bytes[6];

	guest_registers(trial);
	if (is_displaced(opcode >> 8))
		encode_displaced(bytes, (unsigned)opcode, R_DATA, R_REQUEST, R_BASE, 0);
	else if (opcode == OP_PCIWB)
		encode_rre(bytes, OP_PCIWB, 0, 0);
	else
		encode_rre(bytes, (unsigned)opcode, form->registers ? form->r1 : R_DATA,
			   form->registers ? form->r2 : R_REQUEST);
	guest_execute(trial, bytes, &effects);
}

/* For ISC 2. The block is not looked at, and SIC sets no condition code. */
void do_sic(struct trial *trial, uint64_t operation)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[R_REQUEST] = operation;
	trial->cpu.gr[R_DATA] = 2 << 27;
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	encode_displaced(bytes, OP_SIC, R_REQUEST, R_DATA, R_BASE, 0);
	if (guest_execute(trial, bytes, &effects) & CC(0))
		trial->answer = CC(0);
}

/* STCRW to DATA. It stores with cc 1 as well. */
void do_store_report(struct trial *trial)
{
	const struct effects effects = { .status = NO_REGISTER, .result = NO_REGISTER };
	uint8_t bytes[6];

	trial->unwatched = true;
	trial_put(trial, DATA, 8, UINT64_MAX);
	guest_registers(trial);
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	encode_rre(bytes, OP_STCRW, 0, 0);
	bytes[2] = R_BASE << 4;
	guest_execute(trial, bytes, &effects);
}

/* A thread of ours makes the report. */
void do_store_report_soon(struct trial *trial)
{
	do_store_report(trial);
	for (unsigned i = 0; i < 250000 && trial->answer == CC(1); i++) {
		trial->player->pause(trial->player);
		do_store_report(trial);
	}
}

/* --- CLP -------------------------------------------------------------------------------------- */

/* The response's length first: a request without a length lies over it. */
void do_command(struct trial *trial, uint64_t code, uint64_t request, uint64_t response)
{
	memset(trial_bytes(trial, BLOCK), 0, ZPCI_CLP_BLOCK_MAX);
	if (request < ZPCI_CLP_BLOCK_MAX)
		trial_put(trial, BLOCK + request, 2, response);
	trial_put(trial, BLOCK, 2, request);
	trial_put(trial, BLOCK + 2, 2, code);
}

static int clp_pci(struct trial *trial)
{
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

VERB(query_function, guest_query_function(trial, handle_for(trial)))
VERB_OF(query_group, group, guest_query_group(trial, (unsigned)group))

void do_set_function(struct trial *trial, uint64_t operation, uint64_t spaces)
{
	guest_set_function(trial, handle_for(trial), (unsigned)operation, (unsigned)spaces);
}

void do_group_query_at(struct trial *trial, uint64_t address)
{
	const uint8_t request[36] = {
		[1] = 32, [3] = ZPCI_CLP_QUERY_GROUP, [19] = trial->target->query.pfgid, [33] = 64
	};
	uint64_t room = trial->player->end - address;

	if (address < trial->player->end)
		memcpy(trial->player->storage(trial->player, address), request,
		       room < sizeof(request) ? room : sizeof(request));
}

void do_answer_from(struct trial *trial, uint64_t address)
{
	if (trial->answer == CC(0))
		trial->answer = RESPONSE((int)v_halfword(trial, address));
}

/* Size and flags of each BAR as config space has them: ones go in there. */
void do_compare_bars(struct trial *trial)
{
	struct zpci_clp_query_function_response answer;

	memcpy(&answer, trial_bytes(trial, BLOCK + ANSWER), sizeof(answer));
	for (unsigned bar = 0; bar < 6; bar++) {
		uint32_t flags = zpci_le32_get(answer.bar[bar]) & 0xf, mask;

		if (!answer.bar_size[bar])
			continue;
		guest_config_put(trial, 0x10 + 4 * bar, 4, 0xffffffff);
		mask = guest_config_get(trial, 0x10 + 4 * bar, 4);
		trial_want(trial, "BAR flags", flags, mask & 0xf);
		trial_want(trial, "BAR size", 1ull << answer.bar_size[bar],
			   (uint32_t)(~(mask & ~0xfu) + 1));
		if ((flags & 6) == 4)
			trial_want(trial, "size of the upper half", answer.bar_size[bar + 1], 0);
	}
}

/* List's entry of the function, by its state. */
void do_expect_entry(struct trial *trial)
{
	enum state state = trial->state;
	bool enabled =
		state == ENABLED || state == BLOCKED || state == UNBLOCKED || state == PERMANENT;
	struct zpci_clp_list_entry entry;
	bool listed = guest_list_entry(trial, trial->target->fid, &entry);

	trial_want(trial, "listed", listed, state != RESERVED);
	if (!listed)
		return;
	trial_want(trial, "vendor", zpci_be16_get(entry.vendor_id), trial->target->vendor);
	trial_want(trial, "device", zpci_be16_get(entry.device_id), trial->target->device);
	trial_want(trial, "configuration state", zpci_be32_get(entry.configuration),
		   state == STANDBY ? 0 : ZPCI_CLP_CONFIGURED);
	trial_want(trial, "enable bit", zpci_be32_get(entry.handle) >> 31, enabled);
	trial_want(trial, "a handle of 0", zpci_be32_get(entry.handle) == 0, 0);
}

#define LIST_SPACE (32 + 16 * 32)

static int list_some(struct trial *trial, unsigned space, uint64_t token)
{
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, space);
	trial_put(trial, BLOCK + 16, 8, token);
	return clp_pci(trial);
}

/* How many functions List tells, @space bytes of response at a time; *@found times the row's. The
 * machine's own follow ours, where it may have some. */
static unsigned count_entries(struct trial *trial, unsigned space, unsigned *found)
{
	unsigned count = 0, calls = 0;
	uint64_t token = 0;

	*found = 0;
	do {
		trial_want(trial, "List", (uint64_t)list_some(trial, space, token),
			   RESPONSE(ZPCI_CLP_OK));
		for (unsigned at = 32; at < trial_get(trial, BLOCK + ANSWER, 2); at += 16, count++)
			*found +=
				trial_get(trial, BLOCK + ANSWER + at + 8, 4) == trial->target->fid;
		token = trial_get(trial, BLOCK + ANSWER + 16, 8);
	} while (token && ++calls < 64);
	trial_want(trial, "last resume token", token, 0);
	return count;
}

/* One entry at a time: as many as at once, and the function once. Where the machine's own list
 * follows, the request's token becomes 0 on the way, which is no failure. */
void do_list_one_by_one(struct trial *trial)
{
	unsigned found, at_once;

	trial->unwatched = true;
	at_once = count_entries(trial, LIST_SPACE, &found);
	trial_want(trial, "entries", count_entries(trial, 48, &found), at_once);
	trial_want(trial, "the function is listed", found, 1);
}

/* The token of a list that was cut off, used twice. */
void do_list_twice(struct trial *trial)
{
	uint64_t token, first = 0;

	list_some(trial, 48, 0);
	token = trial_get(trial, BLOCK + ANSWER + 16, 8);
	for (unsigned i = 0; i < 2 && token; i++) {
		list_some(trial, 48, token);
		if (i == 0)
			first = trial_get(trial, BLOCK + ANSWER + 32 + 8, 4);
		else
			trial_want(trial, "FID of the entry", first,
				   trial_get(trial, BLOCK + ANSWER + 32 + 8, 4));
	}
}

/* Between the two calls the function of the next entry goes. */
void do_list_over_removal(struct trial *trial)
{
	uint64_t token, all;

	list_some(trial, 48, 0);
	token = trial_get(trial, BLOCK + ANSWER + 16, 8);
	list_some(trial, LIST_SPACE, token);
	all = trial_get(trial, BLOCK + ANSWER, 2);
	do_remove(trial, trial_get(trial, BLOCK + ANSWER + 32 + 8, 4));
	list_some(trial, LIST_SPACE, token);
	trial_want(trial, "entries left", trial_get(trial, BLOCK + ANSWER, 2), all - 16);
}

VERB(drain_signals, trial->player->completions(trial->player))
VERB(drain_reports, trial->player->reports(trial->player, 0))

/* --- what is registered ----------------------------------------------------------------------- */

void do_expect_int(struct trial *trial)
{
	trial_want(trial, "interrupt word", v_told(trial, FIB_WORD),
		   trial_get(trial, FIB + FIB_WORD, 4));
	trial_want(trial, "AIBV", v_told(trial, FIB_AIBV), trial_get(trial, FIB + FIB_AIBV, 8));
	trial_want(trial, "AISB", v_told(trial, FIB_AISB), trial_get(trial, FIB + FIB_AISB, 8));
}

void do_expect_no_int(struct trial *trial)
{
	trial_want(trial, "interrupt word", v_told(trial, FIB_WORD), 0);
	trial_want(trial, "AIBV", v_told(trial, FIB_AIBV), 0);
	trial_want(trial, "AISB", v_told(trial, FIB_AISB), 0);
}

void do_expect_ioat(struct trial *trial)
{
	trial_want(trial, "function controls", guest_controls(trial) & ZPCI_FIB_FC_DMA,
		   ZPCI_FIB_FC_DMA);
	trial_want(trial, "PBA", v_told(trial, FIB_PBA),
		   trial_get(trial, FIB + FIB_PBA, 8) & ~0xfffull);
	trial_want(trial, "PAL", v_told(trial, FIB_PAL),
		   trial_get(trial, FIB + FIB_PAL, 8) | 0xfff);
	trial_want(trial, "IOTA", v_told(trial, FIB_IOTA), trial_get(trial, FIB + FIB_IOTA, 8));
}

void do_expect_no_ioat(struct trial *trial)
{
	trial_want(trial, "function controls", guest_controls(trial) & ZPCI_FIB_FC_DMA, 0);
	trial_want(trial, "PBA", v_told(trial, FIB_PBA), 0);
	trial_want(trial, "PAL", v_told(trial, FIB_PAL), 0);
	trial_want(trial, "IOTA", v_told(trial, FIB_IOTA), 0);
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

VERB_OF(remember, value, trial->note[1] = value)

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

VERB(enable, guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1))
VERB(disable, guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0))
VERB(configure, guest_configure(trial, ZPCI_SCLP_CONFIGURE))
VERB(deconfigure, guest_configure(trial, ZPCI_SCLP_DECONFIGURE))
VERB(clear_fib, memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib)))
VERB(tables, guest_tables(trial))
VERB(int_fib, guest_int_fib(trial))
VERB(register_ioat, guest_register_ioat(trial, guest_handle(trial)))
VERB(register_int, guest_register_int(trial, guest_handle(trial)))
VERB(bus_master, guest_bus_master(trial))
VERB(msix, guest_msix(trial))

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
	trial->dma_status = probe_dma(trial, (unsigned)operation, read ? address : 0,
				      read ? 0 : address, length);
}

static unsigned refusal(struct trial *trial, uint64_t failing)
{
	unsigned pec = (unsigned)v_event_of_dma(trial);

	if (!pec)
		return 0;
	trial_want(trial, "event's handle", v_event_handle(trial), guest_handle(trial));
	trial_want(trial, "event's FID", v_event_fid(trial), trial->target->fid);
	trial_want(trial, "failing address", v_event_address(trial), failing);
	trial_want(trial, "function controls",
		   guest_controls(trial) & (ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED),
		   ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED);
	return pec;
}

void do_transfer(struct trial *trial, uint64_t operation, uint64_t address, uint64_t length,
		 uint64_t failing)
{
	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, TRANSFERRED);
	do_dma(trial, operation, address, length);
	trial->answer = trial->dma_status == ZPCI_PROBE_STATUS_DONE
				? DONE
				: EVENT((int)refusal(trial, failing));
}

/* The doorbell raises a vector before the store completes. */
void do_ring(struct trial *trial, uint64_t vector, uint64_t isc)
{
	trial->judged = false;
	v_interruptions(trial, isc);
	trial_want(trial, "doorbell",
		   (uint64_t)probe_put(trial, ZPCI_PROBE_REG_DOORBELL_NOW, 4, vector), CC(0));
	trial->answer = COUNT((int)v_interruptions(trial, isc));
}

void do_ring_again(struct trial *trial, uint64_t vector, uint64_t isc)
{
	int before = trial->answer & 0xffff;

	do_ring(trial, vector, isc);
	trial->answer += before;
}

void do_ring_on_each_isc(struct trial *trial, uint64_t vector)
{
	int count = 0;

	for (unsigned isc = 0; isc < 8; isc++) {
		do_put(trial, 8, v_aisb(trial), 0);
		guest_int_fib(trial);
		trial_put(trial, FIB + FIB_WORD, 4, v_interrupt_word(trial, isc, 16, 0, 0));
		guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_REG_INT, v_fib(trial));
		do_ring(trial, vector, isc);
		count += trial->answer & 0xffff;
		guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_DEREG_INT, v_fib(trial));
	}
	do_count(trial, (uint64_t)count);
}

void do_ring_later(struct trial *trial, uint64_t vector, uint64_t delay)
{
	trial->judged = false;
	probe_put(trial, ZPCI_PROBE_REG_DELAY, 4, delay);
	trial_want(trial, "doorbell",
		   (uint64_t)probe_put(trial, ZPCI_PROBE_REG_DOORBELL_LATER, 4, vector), CC(0));
}

void do_wait(struct trial *trial, uint64_t isc, uint64_t pauses)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < pauses && !count; i++) {
		trial->player->pause(trial->player);
		count = v_interruptions(trial, isc);
	}
	do_count(trial, count);
}

void do_pause(struct trial *trial, uint64_t pauses)
{
	for (uint64_t i = 0; i < pauses; i++)
		trial->player->pause(trial->player);
}

void do_entry(struct trial *trial, uint64_t vector, uint64_t offset, uint64_t value)
{
	trial_want(trial, "MSI-X table",
		   (uint64_t)guest_store(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR,
					 ZPCI_PROBE_MSIX_TABLE + vector * 16 + offset, 4,
					 v_swapped(trial, value) >> 32),
		   CC(0));
}

void do_expect_bit(struct trial *trial, uint64_t address, uint64_t bit)
{
	for (unsigned i = 0; i < PAGE; i++) {
		uint8_t wanted = bit / 8 == i ? 0x80 >> bit % 8 : 0;

		trial_want(trial, "indicator bits", i << 8 | v_byte(trial, address + i),
			   i << 8 | wanted);
	}
}

void do_count(struct trial *trial, uint64_t number)
{
	trial->judged = false;
	trial->answer = COUNT((int)number);
}

void do_state_left(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	trial->judged = false;
	if (!guest_list_entry(trial, trial->target->fid, &entry))
		trial->answer = 0;
	else if (zpci_be32_get(entry.handle) >> 31)
		trial->answer = LEFT_IN(ENABLED);
	else
		trial->answer =
			zpci_be32_get(entry.configuration) ? LEFT_IN(DISABLED) : LEFT_IN(STANDBY);
}

#define USED 0x1234567812345678ull

void do_use_device(struct trial *trial)
{
	guest_msix(trial);
	guest_bus_master(trial);
	probe_put(trial, ZPCI_PROBE_REG_SCRATCH64, 8, USED);
	probe_put(trial, ZPCI_PROBE_MEMORY, 8, USED);
}

void do_expect_new_device(struct trial *trial)
{
	trial_want(trial, "Command", guest_config_get(trial, 4, 2) & 4, 0);
	trial_want(trial, "MSI-X control",
		   guest_config_get(trial, trial->target->msix + 2, 2) & 0xc000, 0);
	trial_want(trial, "scratch register", probe_get(trial, ZPCI_PROBE_REG_SCRATCH64, 8), 0);
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8), 0);
}

VERB_OF(fail, address, guest_fail(trial, address))

void do_fail_often(struct trial *trial, uint64_t number)
{
	for (uint64_t i = 0; i < number; i++) {
		guest_fail(trial, i * PAGE);
		do_clear_fib(trial);
		do_modify(trial, ZPCI_MPCIFC_RESET_ERROR, 0, v_fib(trial));
	}
}

void do_expect_latest(struct trial *trial, uint64_t first, uint64_t number)
{
	trial_want(trial, "address", v_doubleword(trial, v_chsc(trial) + E_ADDRESS), first * PAGE);
	for (uint64_t i = first + 1; i < number; i++) {
		trial_want(trial, "event", v_event(trial) != 0, true);
		trial_want(trial, "address", v_event_address(trial), i * PAGE);
	}
	trial_want(trial, "event after the last", v_event(trial), 0);
}

void do_configure_if_standby(struct trial *trial)
{
	if (trial->state == STANDBY)
		do_configure(trial);
}

VERB(succeed, trial_want(trial, "it succeeds", trial_is_done(trial), true))

/* --- what the host does ----------------------------------------------------------------------- */

VERB_OF(remove, fid, trial->player->remove(trial->player, (uint32_t)fid))

void do_add(struct trial *trial, uint64_t fid, uint64_t standby)
{
	trial->player->add(trial->player, (uint32_t)fid, standby);
}

void do_poison(struct trial *trial, uint64_t address, uint64_t length)
{
	trial->player->poison(trial->player, address, length);
}

VERB_OF(pass, milliseconds, trial->player->advance(trial->player, milliseconds))
VERB(reset_system, trial->player->reset(trial->player, true))
VERB(reset_subsystem, trial->player->reset(trial->player, false))
VERB(no_uid_checking, trial->player->no_uid_checking(trial->player))

void do_isc_mode(struct trial *trial, uint64_t isc, uint64_t mode)
{
	trial->player->set_mode(trial->player, (unsigned)isc, (unsigned)mode);
}
