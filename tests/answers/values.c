// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * values.c - the words in the operands of the rows' steps.
 */
#include "steps.h"

/* --- storage ---------------------------------------------------------------------------------- */

#define PLACE(name, offset)                                                                        \
	uint64_t v_##name(const struct trial *trial)                                               \
	{                                                                                          \
		return trial_address(trial, offset);                                               \
	}

PLACE(block, BLOCK)
PLACE(fib, FIB)
PLACE(data, DATA)
PLACE(sccb, SCCB)
PLACE(chsc, CHSC)
PLACE(aibv, AIBV)
PLACE(aisb, AISB)
PLACE(fmb, FMB)
PLACE(pages, PAGES)
PLACE(region_table, RT_TABLE)

uint64_t v_region_entry(const struct trial *trial)
{
	return v_region_table(trial) + 8 * (v_dma(trial) >> 31 & 0x7ff);
}

uint64_t v_segment_entry(const struct trial *trial)
{
	return trial_address(trial, ST_TABLE) + 8 * (v_dma(trial) >> 20 & 0x7ff);
}

uint64_t v_page_entry(const struct trial *trial)
{
	return trial_address(trial, PT_TABLE) + 8 * (v_dma(trial) >> 12 & 0xff);
}

uint64_t v_end(const struct trial *trial)
{
	return trial->player->end;
}

uint64_t v_low(const struct trial *trial)
{
	(void)trial;
	return 0x1400;
}

uint64_t v_no_segment(const struct trial *trial)
{
	(void)trial;
	return NO_SEGMENT_ADDRESS;
}

uint64_t v_no_address(const struct trial *trial)
{
	(void)trial;
	return NO_ADDRESS;
}

static const uint8_t *storage(const struct trial *trial, uint64_t address)
{
	return trial->player->storage(trial->player, address);
}

uint64_t v_byte(const struct trial *trial, uint64_t address)
{
	return *storage(trial, address);
}

uint64_t v_halfword(const struct trial *trial, uint64_t address)
{
	return zpci_get_be(storage(trial, address), 2);
}

uint64_t v_word(const struct trial *trial, uint64_t address)
{
	return zpci_get_be(storage(trial, address), 4);
}

uint64_t v_doubleword(const struct trial *trial, uint64_t address)
{
	return zpci_get_be(storage(trial, address), 8);
}

uint64_t v_other(const struct trial *trial, uint64_t address, uint64_t length, uint64_t byte)
{
	const uint8_t *bytes = storage(trial, address);
	uint64_t count = 0;

	for (uint64_t i = 0; i < length; i++)
		count += bytes[i] != byte;
	return count;
}

/* --- the function ----------------------------------------------------------------------------- */

#define FACT(name, value)                                                                          \
	uint64_t v_##name(const struct trial *trial)                                               \
	{                                                                                          \
		return value;                                                                      \
	}

FACT(r1, trial->result)
FACT(bit_0_of_r1, trial->result >> 63)
FACT(fid, trial->target->fid)
FACT(uid, zpci_be32_get(trial->target->query.uid))
FACT(group, trial->target->query.pfgid)
FACT(dma, zpci_be64_get(trial->target->query.sdma))
FACT(dma_end, zpci_be64_get(trial->target->query.edma))
FACT(msi_address, zpci_be64_get(trial->target->group.msia))
FACT(bar_size, 1ull << trial->target->query.bar_size[trial->target->memory_bar])
FACT(bar, 0x10u + 4 * trial->target->memory_bar)
FACT(msix_control, trial->target->msix + 2)
FACT(memory_bar, trial->target->memory_bar)
FACT(handle, trial->handle)
FACT(remembered, trial->note[1])
FACT(event_handle, zpci_be32_get(trial->event.handle))
FACT(event_fid, zpci_be32_get(trial->event.fid))
FACT(event_address, zpci_be64_get(trial->event.address))
FACT(dma_status, trial->dma_status)
FACT(registered, trial->row->has &IOAT ? ZPCI_FIB_FC_DMA : 0)
FACT(answer, (uint64_t)trial->answer)

uint64_t v_ones(const struct trial *trial, uint64_t length)
{
	(void)trial;
	return UINT64_MAX >> (64 - 8 * length);
}

uint64_t v_swapped(const struct trial *trial, uint64_t value)
{
	uint8_t bytes[8];

	(void)trial;
	zpci_put_le(bytes, 8, value);
	return zpci_get_be(bytes, 8);
}

uint64_t v_min(const struct trial *trial, uint64_t one, uint64_t other)
{
	(void)trial;
	return one < other ? one : other;
}

uint64_t v_interrupt_word(const struct trial *trial, uint64_t isc, uint64_t vectors,
			  uint64_t offset, uint64_t summary)
{
	(void)trial;
	return isc << ZPCI_FIB_INT_ISC_SHIFT | vectors << ZPCI_FIB_INT_NOI_SHIFT |
	       offset << ZPCI_FIB_INT_AIBVO_SHIFT |
	       (summary == 64 ? 0 : ZPCI_FIB_INT_SUM | summary);
}

uint64_t v_memory(const struct trial *trial)
{
	(void)trial;
	return MEMORY;
}

uint64_t v_config(const struct trial *trial)
{
	(void)trial;
	return CONFIG;
}

uint64_t v_ids(const struct trial *trial)
{
	uint8_t bytes[4];

	zpci_put_le(bytes, 2, trial->target->vendor);
	zpci_put_le(bytes + 2, 2, trial->target->device);
	return zpci_get_be(bytes, 4);
}

#define CAPABILITIES 0x34
#define CAPABILITY_EXPRESS 0x10
#define DEVICE_CONTROL 8

uint64_t v_device_control(struct trial *trial)
{
	unsigned offset = guest_config_get(trial, CAPABILITIES, 1);

	while (offset && guest_config_get(trial, offset, 1) != CAPABILITY_EXPRESS)
		offset = guest_config_get(trial, offset + 1, 1);
	trial_want(trial, "an express capability", offset == 0, 0);
	return offset + DEVICE_CONTROL;
}

/* --- asked now -------------------------------------------------------------------------------- */

uint64_t v_current(struct trial *trial)
{
	return guest_handle(trial);
}

uint64_t v_listed(struct trial *trial, uint64_t fid)
{
	struct zpci_clp_list_entry entry;

	return guest_list_entry(trial, (uint32_t)fid, &entry);
}

uint64_t v_configuration(struct trial *trial, uint64_t fid)
{
	struct zpci_clp_list_entry entry;

	return guest_list_entry(trial, (uint32_t)fid, &entry) ? zpci_be32_get(entry.configuration)
							      : UINT64_MAX;
}

uint64_t v_handle_of(struct trial *trial, uint64_t fid)
{
	struct zpci_clp_list_entry entry;

	return guest_list_entry(trial, (uint32_t)fid, &entry) ? zpci_be32_get(entry.handle) : 0;
}

uint64_t v_controls(struct trial *trial)
{
	return guest_controls(trial);
}

uint64_t v_in_config(struct trial *trial, uint64_t offset, uint64_t length)
{
	return guest_config_get(trial, (unsigned)offset, (unsigned)length);
}

uint64_t v_in_probe(struct trial *trial, uint64_t offset, uint64_t length)
{
	return probe_get(trial, (unsigned)offset, (unsigned)length);
}

uint64_t v_in_bar(struct trial *trial, uint64_t bar, uint64_t offset, uint64_t length)
{
	uint64_t value = 0;

	guest_load(trial, guest_handle(trial), (unsigned)bar, offset, (unsigned)length, &value);
	return value;
}

uint64_t v_in_memory(struct trial *trial, uint64_t offset, uint64_t length)
{
	return v_in_bar(trial, trial->target->memory_bar, trial->target->memory + offset, length);
}

uint64_t v_told(struct trial *trial, uint64_t field)
{
	trial_want(trial, "STPCIFC",
		   (uint64_t)guest_store_controls(trial, guest_handle(trial), 0,
						  trial_address(trial, DATA)),
		   CC(0));
	return trial_get(trial, DATA + field, field == FIB_WORD ? 4 : 8);
}

uint64_t v_query(struct trial *trial, uint64_t handle)
{
	return (uint64_t)guest_query_function(trial, (uint32_t)handle);
}

uint64_t v_inject(struct trial *trial, uint64_t pec)
{
	return trial->player->fail(trial->player, trial->target->fid, (uint16_t)pec) == 0;
}

/* Little-endian in its quadword: byte n / 8, bit n % 8. */
uint64_t v_pending(struct trial *trial, uint64_t vector)
{
	return v_in_bar(trial, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_PBA + vector / 8, 1) >>
		       vector % 8 &
	       1;
}

uint64_t v_idle_status(struct trial *trial)
{
	return probe_dma_end(trial);
}

uint64_t v_event(struct trial *trial)
{
	return guest_event(trial, &trial->event);
}

/* The device's thread blocks the function first and then queues the event, and the host may stop it
 * in between for a long time. An RPCIT waits for it, also if the RPCIT is refused. */
uint64_t v_event_of_dma(struct trial *trial)
{
	guest_refresh(trial, guest_handle(trial), 0, 4096);
	return v_event(trial);
}

/* --- presented -------------------------------------------------------------------------------- */

uint64_t v_signals(struct trial *trial)
{
	return trial->player->completions(trial->player);
}

uint64_t v_reports(struct trial *trial, uint64_t expected)
{
	return trial->player->reports(trial->player, (unsigned)expected);
}

uint64_t v_interruptions(struct trial *trial, uint64_t isc)
{
	return trial->player->interruptions(trial->player, (unsigned)isc);
}

/* --- states ----------------------------------------------------------------------------------- */

uint64_t v_in_state(const struct trial *trial, uint64_t state)
{
	return trial->state == state;
}

uint64_t v_state_controls(const struct trial *trial)
{
	static const uint8_t controls[STATES + 1] = {
		[ENABLED] = ZPCI_FIB_FC_ENABLED,
		[BLOCKED] = ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED,
		[UNBLOCKED] = ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR,
	};

	return controls[trial->state];
}
