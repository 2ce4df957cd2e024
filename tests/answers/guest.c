// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.c - what a guest does with its functions, as far as rows need it around what they test.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

/* Config space (PCI Local Bus 3.0, 6.1 and 6.8.2). */
#define COMMAND 0x04
#define COMMAND_MASTER 0x04
#define MSIX_CONTROL 2
#define MSIX_ENABLE 0x8000
#define MSIX_ENTRY 16

#define PAGE 4096u

/* --- CLP -------------------------------------------------------------------------------------- */

void guest_clp_begin(struct trial *trial, unsigned command, unsigned request_length,
		     unsigned response_length)
{
	memset(trial_bytes(trial, BLOCK), 0, ZPCI_CLP_BLOCK_MAX);
	trial_put(trial, BLOCK, 2, request_length);
	trial_put(trial, BLOCK + 2, 2, command);
	trial_put(trial, BLOCK + request_length, 2, response_length);
}

static int clp_pci(struct trial *trial)
{
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

int guest_set_function(struct trial *trial, uint32_t handle, unsigned operation, unsigned spaces)
{
	guest_clp_begin(trial, ZPCI_CLP_SET_FUNCTION, 32,
			sizeof(struct zpci_clp_set_function_response));
	trial_put(trial, BLOCK + 16, 4, handle);
	trial_put(trial, BLOCK + 22, 1, operation);
	trial_put(trial, BLOCK + 23, 1, spaces);
	return clp_pci(trial);
}

int guest_query_function(struct trial *trial, uint32_t handle)
{
	guest_clp_begin(trial, ZPCI_CLP_QUERY_FUNCTION, 32,
			sizeof(struct zpci_clp_query_function_response));
	trial_put(trial, BLOCK + 16, 4, handle);
	return clp_pci(trial);
}

int guest_query_group(struct trial *trial, unsigned group)
{
	guest_clp_begin(trial, ZPCI_CLP_QUERY_GROUP, 32,
			sizeof(struct zpci_clp_query_group_response));
	trial_put(trial, BLOCK + 19, 1, group);
	return clp_pci(trial);
}

#define LIST_SPACE (32 + 16 * 64)

static bool find_entry(struct trial *trial, uint32_t fid, struct zpci_clp_list_entry *entry)
{
	unsigned used = (unsigned)trial_get(trial, BLOCK + 32, 2);

	for (unsigned offset = 32; offset < used; offset += sizeof(*entry)) {
		memcpy(entry, trial_bytes(trial, BLOCK + 32 + offset), sizeof(*entry));
		if (zpci_be32_get(entry->fid) == fid)
			return true;
	}
	return false;
}

bool guest_list_entry(struct trial *trial, uint32_t fid, struct zpci_clp_list_entry *entry)
{
	uint64_t token = 0;

	do {
		guest_clp_begin(trial, ZPCI_CLP_LIST, 32, LIST_SPACE);
		trial_put(trial, BLOCK + 16, 8, token);
		if (clp_pci(trial) != RESPONSE(ZPCI_CLP_OK))
			return false;
		if (find_entry(trial, fid, entry))
			return true;
		token = trial_get(trial, BLOCK + 32 + 16, 8);
	} while (token);
	return false;
}

uint32_t guest_handle(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	return guest_list_entry(trial, trial->target->fid, &entry) ? zpci_be32_get(entry.handle)
								   : 0;
}

/* --- other commands --------------------------------------------------------------------------- */

int guest_configure(struct trial *trial, uint32_t command)
{
	memset(trial_bytes(trial, SCCB), 0, sizeof(struct zpci_sclp_configure));
	trial_put(trial, SCCB, 2, PAGE);
	trial_put(trial, SCCB + 8, 1, ZPCI_SCLP_ADAPTER_PCI);
	trial_put(trial, SCCB + 12, 4, trial->target->fid);
	return guest_service(trial, command, trial_address(trial, SCCB));
}

unsigned guest_controls(struct trial *trial)
{
	uint64_t saved[sizeof(struct zpci_fib) / 8];
	unsigned controls = 0;

	memcpy(saved, trial_bytes(trial, FIB), sizeof(saved));
	if (guest_store_controls(trial, guest_handle(trial), 0, trial_address(trial, FIB)) == CC(0))
		controls = (unsigned)trial_get(trial, FIB + 8, 1);
	memcpy(trial_bytes(trial, FIB), saved, sizeof(saved));
	return controls;
}

unsigned guest_event(struct trial *trial, struct zpci_ccdf *event)
{
	struct zpci_chsc_sei_response *response;

	memset(trial_bytes(trial, CHSC), 0, ZPCI_CHSC_BLOCK);
	trial_put(trial, CHSC, 2, ZPCI_CHSC_SEI_REQUEST);
	trial_put(trial, CHSC + 2, 2, ZPCI_CHSC_SEI);
	trial_put(trial, CHSC + 8, 8, ZPCI_CHSC_NT2);
	if (guest_subsystem(trial, trial_address(trial, CHSC)) != RESPONSE(ZPCI_CHSC_OK))
		return 0;
	response = (struct zpci_chsc_sei_response *)trial_bytes(trial, CHSC + 16);
	*event = response->ccdf;
	return zpci_be16_get(event->pec);
}

/* --- config space ----------------------------------------------------------------------------- */

static uint64_t swapped(uint64_t value, unsigned length)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	return zpci_get_be(bytes, length);
}

uint32_t guest_config_get(struct trial *trial, unsigned offset, unsigned length)
{
	uint64_t value = 0;

	trial_want(trial, "config space cannot be read",
		   guest_load(trial, guest_handle(trial), CONFIG, offset, length, &value), CC(0));
	return (uint32_t)swapped(value, length);
}

void guest_config_put(struct trial *trial, unsigned offset, unsigned length, uint32_t value)
{
	trial_want(trial, "config space cannot be written",
		   guest_store(trial, guest_handle(trial), CONFIG, offset, length,
			       swapped(value, length)),
		   CC(0));
}

/* --- registrations ---------------------------------------------------------------------------- */

uint64_t guest_dma_start(const struct trial *trial)
{
	return zpci_be64_get(trial->target->query.sdma);
}

static void fill_table(struct trial *trial, unsigned table, unsigned entries, uint64_t value)
{
	for (unsigned i = 0; i < entries; i++)
		trial_put(trial, table + i * 8, 8, value);
}

/* See MAPPED and its neighbours. */
void guest_tables(struct trial *trial)
{
	uint64_t start = guest_dma_start(trial);
	unsigned region = start >> 31 & 0x7ff, segment = start >> 20 & 0x7ff;
	unsigned page = start >> 12 & 0xff;

	fill_table(trial, RT_TABLE, 2048, ZPCI_IOTE_INVALID);
	fill_table(trial, ST_TABLE, 2048, ZPCI_IOTE_INVALID);
	fill_table(trial, PT_TABLE, 256, ZPCI_IOTE_PAGE_INVALID);
	trial_put(trial, RT_TABLE + 8 * region, 8,
		  trial_address(trial, ST_TABLE) | 1 << 2 | ZPCI_IOTE_LENGTH);
	trial_put(trial, ST_TABLE + 8 * segment, 8, trial_address(trial, PT_TABLE));
	trial_put(trial, ST_TABLE + 8 * (segment + 1), 8,
		  trial_address(trial, 0) | ZPCI_IOTE_FORMAT_CONTROL);
	trial_put(trial, ST_TABLE + 8 * (segment + 2), 8,
		  trial_address(trial, 0) | ZPCI_IOTE_FORMAT_CONTROL | ZPCI_IOTE_PROTECT);
	trial_put(trial, PT_TABLE + 8 * (page + MAPPED), 8, trial_address(trial, PAGES));
	trial_put(trial, PT_TABLE + 8 * (page + MAPPED_READ), 8,
		  trial_address(trial, PAGES + PAGE) | ZPCI_IOTE_PROTECT);
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_put(trial, FIB + 16, 8, start);
	trial_put(trial, FIB + 24, 8, start + 0x3fffffff);
	trial_put(trial, FIB + 32, 8,
		  trial_address(trial, RT_TABLE) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
}

int guest_register_ioat(struct trial *trial, uint32_t handle)
{
	guest_tables(trial);
	return guest_modify(trial, handle, 0, ZPCI_MPCIFC_REG_IOAT, trial_address(trial, FIB));
}

void guest_int_fib(struct trial *trial)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_put(trial, FIB + 40, 4,
		  2u << ZPCI_FIB_INT_ISC_SHIFT | 16u << ZPCI_FIB_INT_NOI_SHIFT | ZPCI_FIB_INT_SUM);
	trial_put(trial, FIB + 48, 8, trial_address(trial, AIBV));
	trial_put(trial, FIB + 56, 8, trial_address(trial, AISB));
}

int guest_register_int(struct trial *trial, uint32_t handle)
{
	guest_int_fib(trial);
	return guest_modify(trial, handle, 0, ZPCI_MPCIFC_REG_INT, trial_address(trial, FIB));
}

void guest_bus_master(struct trial *trial)
{
	guest_config_put(trial, COMMAND, 2, guest_config_get(trial, COMMAND, 2) | COMMAND_MASTER);
}

/* Of `probe`: entry n sends n to our group's MSI address. */
void guest_msix(struct trial *trial)
{
	uint64_t address = zpci_be64_get(trial->target->group.msia);
	unsigned control = trial->target->msix + MSIX_CONTROL;

	for (unsigned i = 0; i < 32; i++) {
		uint64_t entry = ZPCI_PROBE_MSIX_TABLE + i * MSIX_ENTRY;

		trial_want(trial, "MSI-X entry cannot be written",
			   guest_store(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR, entry, 8,
				       swapped(address, 8)),
			   CC(0));
		trial_want(trial, "MSI-X entry cannot be written",
			   guest_store(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR, entry + 8,
				       8, swapped(i, 8)),
			   CC(0));
	}
	guest_config_put(trial, control, 2, guest_config_get(trial, control, 2) | MSIX_ENABLE);
}

/* --- `probe` ---------------------------------------------------------------------------------- */

uint64_t probe_get(struct trial *trial, unsigned offset, unsigned length)
{
	uint64_t value = 0;

	trial_want(trial, "a register of probe cannot be read",
		   guest_load(trial, guest_handle(trial), ZPCI_PROBE_BAR, offset, length, &value),
		   CC(0));
	return swapped(value, length);
}

int probe_put(struct trial *trial, unsigned offset, unsigned length, uint64_t value)
{
	return guest_store(trial, guest_handle(trial), ZPCI_PROBE_BAR, offset, length,
			   swapped(value, length));
}

uint32_t probe_dma_end(struct trial *trial)
{
	uint32_t handle = guest_handle(trial);
	uint64_t status = 0;

	for (unsigned i = 0; i < 1000000; i++) {
		if (guest_load(trial, handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DMA_STATUS, 4,
			       &status) != CC(0))
			return 0;
		status = swapped(status, 4);
		if (!(status & ZPCI_PROBE_STATUS_BUSY))
			return (uint32_t)status;
		trial->player->pause(trial->player);
	}
	trial_want(trial, "DMA does not end", status, 0);
	return (uint32_t)status;
}

/* The device's thread may not have ended an operation that was refused when the guest has recovered
 * the function already. */
uint32_t probe_dma(struct trial *trial, unsigned operation, uint64_t source, uint64_t destination,
		   uint64_t length)
{
	probe_dma_end(trial);
	probe_put(trial, ZPCI_PROBE_REG_DMA_SOURCE, 8, source);
	probe_put(trial, ZPCI_PROBE_REG_DMA_DESTINATION, 8, destination);
	probe_put(trial, ZPCI_PROBE_REG_DMA_LENGTH, 8, length);
	trial_want(trial, "DMA cannot be started",
		   probe_put(trial, ZPCI_PROBE_REG_DMA_COMMAND, 4, operation), CC(0));
	return probe_dma_end(trial);
}

/* --- errors ----------------------------------------------------------------------------------- */

/* QEMU's device cannot be told to make one. The thread of ours blocks the function first and then
 * queues the event; an RPCIT is refused then, but waits for it. */
void guest_fail(struct trial *trial, uint64_t address)
{
	if (trial->target->probe) {
		guest_bus_master(trial);
		probe_dma(trial, ZPCI_PROBE_DMA_FILL, 0, address, 8);
	}
	guest_refresh(trial, guest_handle(trial), address, PAGE);
}
