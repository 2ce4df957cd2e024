// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * translation.c - DMA through the guest's translation tables (reference 5.3 to 5.7), by the DMA
 * engine of `probe`.
 *
 * The operation of these rows is the device's: a transfer that ended well, or one that was refused
 * with an error event. In the latter case nothing was written, the function is error
 * blocked, and the event has its handle and the address that was refused.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

#define PAGE 4096u
#define PATTERN 0x8899aabbccddeeffull

static unsigned table_index(const struct trial *trial, unsigned shift, unsigned mask)
{
	return (unsigned)(guest_dma_start(trial) >> shift & mask);
}

static unsigned region_entry(const struct trial *trial)
{
	return RT_TABLE + 8 * table_index(trial, 31, 0x7ff);
}

static unsigned segment_entry(const struct trial *trial)
{
	return ST_TABLE + 8 * table_index(trial, 20, 0x7ff);
}

static unsigned page_entry(const struct trial *trial)
{
	return PT_TABLE + 8 * table_index(trial, 12, 0xff);
}

/* --- the operation ---------------------------------------------------------------------------- */

/* Set by transfer(): the function is blocked, so that there is or will be an event: a device's
 * thread blocks it first. */
#define BLOCKED_NOTE 0
#define PATIENCE 100000

static unsigned wait_for_event(struct trial *trial, struct zpci_ccdf *event)
{
	unsigned pec = guest_event(trial, event);

	for (unsigned i = 0; !pec && trial->note[BLOCKED_NOTE] && i < PATIENCE; i++) {
		trial->player->pause(trial->player);
		pec = guest_event(trial, event);
	}
	return pec;
}

/* The event that the guest gets, looked at; 0: none. */
static unsigned refusal(struct trial *trial, uint64_t address)
{
	struct zpci_ccdf event;
	unsigned pec = wait_for_event(trial, &event);

	if (!pec)
		return 0;
	trial_want(trial, "event's handle", zpci_be32_get(event.handle), guest_handle(trial));
	trial_want(trial, "event's FID", zpci_be32_get(event.fid), trial->target->fid);
	trial_want(trial, "failing address", zpci_be64_get(event.address), address);
	trial_want(trial, "function controls",
		   guest_controls(trial) & (ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED),
		   ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED);
	return pec;
}

static int transfer(struct trial *trial, unsigned operation, uint64_t address, uint64_t length)
{
	uint32_t status;

	trial->judged = false;
	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, PATTERN);
	if (operation == ZPCI_PROBE_DMA_READ)
		status = probe_dma(trial, operation, address, 0, length);
	else
		status = probe_dma(trial, operation, 0, address, length);
	trial->note[BLOCKED_NOTE] = !status;
	return status == ZPCI_PROBE_STATUS_DONE ? DONE : 0;
}

/* Fill, or with .with.control 1 read, .with.length bytes at .with.offset from the first DMA
 * address. .with.value is where in that range it must be refused. */
static int dma(struct trial *trial)
{
	const struct operands *with = trial->with;
	uint64_t address = guest_dma_start(trial) + with->offset;
	int answer = transfer(trial, with->control ? ZPCI_PROBE_DMA_READ : ZPCI_PROBE_DMA_FILL,
			      address, with->length ? with->length : 8);

	return answer ? answer : EVENT((int)refusal(trial, address + with->value));
}

static void prepare(struct trial *trial)
{
	memset(trial_bytes(trial, PAGES), 0x66, 2 * PAGE);
	guest_bus_master(trial);
}

static void expect_written(struct trial *trial)
{
	trial_want(trial, "page", trial_get(trial, PAGES, 8), 0xffeeddccbbaa9988ull);
	trial_want(trial, "behind it", trial_get(trial, PAGES + 8, 8), 0x6666666666666666ull);
}

static void expect_unwritten(struct trial *trial)
{
	for (unsigned i = 0; i < 2 * PAGE; i += 8)
		trial_want(trial, "storage", trial_get(trial, PAGES + i, 8), 0x6666666666666666ull);
}

static void expect_first_page(struct trial *trial)
{
	trial_want(trial, "end of the first page", trial_get(trial, PAGES + PAGE - 8, 8),
		   0xffeeddccbbaa9988ull);
	trial_want(trial, "second page", trial_get(trial, PAGES + PAGE, 8), 0x6666666666666666ull);
}

static void expect_last_byte(struct trial *trial)
{
	trial_want(trial, "last byte of the page", trial_get(trial, PAGES + PAGE - 1, 1), 0xff);
	trial_want(trial, "the one before", trial_get(trial, PAGES + PAGE - 2, 1), 0x66);
}

/* What was read is in device memory. */
static void expect_read(struct trial *trial)
{
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8),
		   0x6666666666666666ull);
}

/* --- the tables ------------------------------------------------------------------------------- */

static void change(struct trial *trial, unsigned entry, uint64_t clear, uint64_t set)
{
	trial_put(trial, entry, 8, (trial_get(trial, entry, 8) & ~clear) | set);
}

#define TABLE_CHANGE(name, entry, clear, set)                                                      \
	static void name(struct trial *trial)                                                      \
	{                                                                                          \
		prepare(trial);                                                                    \
		change(trial, entry(trial), clear, set);                                           \
	}

TABLE_CHANGE(region_invalid, region_entry, 0, ZPCI_IOTE_INVALID)
TABLE_CHANGE(region_type_st, region_entry, ZPCI_IOTE_TYPE, 0)
TABLE_CHANGE(region_type_rs, region_entry, ZPCI_IOTE_TYPE, 0x08)
TABLE_CHANGE(region_type_rf, region_entry, ZPCI_IOTE_TYPE, 0x0c)
TABLE_CHANGE(region_length_0, region_entry, ZPCI_IOTE_LENGTH, 0)
TABLE_CHANGE(region_length_2, region_entry, ZPCI_IOTE_LENGTH, 2)
TABLE_CHANGE(region_offset, region_entry, 0, 0x40)
TABLE_CHANGE(region_protect, region_entry, 0, ZPCI_IOTE_PROTECT)
TABLE_CHANGE(segment_invalid, segment_entry, 0, ZPCI_IOTE_INVALID)
TABLE_CHANGE(segment_type, segment_entry, 0, 0x04)
TABLE_CHANGE(segment_type_rf, segment_entry, 0, 0x0c)
TABLE_CHANGE(segment_protect, segment_entry, 0, ZPCI_IOTE_PROTECT)
TABLE_CHANGE(page_invalid, page_entry, 0, ZPCI_IOTE_PAGE_INVALID)
TABLE_CHANGE(page_protect, page_entry, 0, ZPCI_IOTE_PROTECT)
TABLE_CHANGE(page_table_bit, page_entry, 0, 0x20)

static void region_nowhere(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, region_entry(trial), 8,
		  (trial->player->end & ~0x3fffull) | 1 << 2 | ZPCI_IOTE_LENGTH);
}

static void segment_nowhere(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, segment_entry(trial), 8, trial->player->end);
}

static void page_nowhere(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, page_entry(trial), 8, trial->player->end);
}

static void large_nowhere(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, segment_entry(trial) + 8, 8,
		  0x4000000000000000ull | ZPCI_IOTE_FORMAT_CONTROL);
}

/* Frame 0 is storage: its first bytes are the CPU's, which is why it is read alone. */
static void page_zero(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, page_entry(trial), 8, 0);
}

static void expect_frame_zero(struct trial *trial)
{
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8),
		   zpci_get_le(trial->player->storage(trial->player, 0x800), 8));
}

static void both_pages(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, page_entry(trial) + 8, 8, trial_address(trial, PAGES + PAGE));
}

static void expect_both_pages(struct trial *trial)
{
	trial_want(trial, "end of the first page", trial_get(trial, PAGES + PAGE - 8, 8),
		   0xffeeddccbbaa9988ull);
	trial_want(trial, "second page", trial_get(trial, PAGES + PAGE, 8), 0xffeeddccbbaa9988ull);
}

static void without_master(struct trial *trial)
{
	memset(trial_bytes(trial, PAGES), 0x66, 2 * PAGE);
}

static void expect_enabled(struct trial *trial)
{
	trial_want(trial, "function controls", guest_controls(trial) & ~ZPCI_FIB_FC_DMA,
		   ZPCI_FIB_FC_ENABLED);
	expect_unwritten(trial);
}

/* Registered in another way than .has does. */
static void reregister(struct trial *trial, uint64_t pba, uint64_t pal, uint64_t iota)
{
	prepare(trial);
	guest_tables(trial);
	trial_put(trial, FIB + 16, 8, pba);
	trial_put(trial, FIB + 24, 8, pal);
	if (iota)
		trial_put(trial, FIB + 32, 8, iota);
	trial_want(trial, "REREG_IOAT",
		   (uint64_t)guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_REREG_IOAT,
					  trial_address(trial, FIB)),
		   CC(0));
}

static void protected_anchor(struct trial *trial)
{
	reregister(trial, guest_dma_start(trial), guest_dma_start(trial) + 0xffffff,
		   trial_address(trial, RT_TABLE) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_PROTECT |
			   ZPCI_IOTA_DT_RT);
}

static void anchor_nowhere(struct trial *trial)
{
	reregister(trial, guest_dma_start(trial), guest_dma_start(trial) + 0xffffff,
		   (trial->player->end & ~0x3fffull) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
}

static void second_page_alone(struct trial *trial)
{
	reregister(trial, guest_dma_start(trial) + PAGE, guest_dma_start(trial) + 0xffffff, 0);
}

static void first_page_alone(struct trial *trial)
{
	reregister(trial, guest_dma_start(trial), guest_dma_start(trial), 0);
	trial_put(trial, page_entry(trial) + 8, 8, trial_address(trial, PAGES + PAGE));
}

/* The MSI doorbell is no storage, and outside of every aperture. */
static int dma_to_doorbell(struct trial *trial)
{
	uint64_t address = zpci_be64_get(trial->target->group.msia);
	int answer = transfer(trial, ZPCI_PROBE_DMA_FILL, address, 4);

	return answer ? answer : EVENT((int)refusal(trial, address));
}

static int dma_at_zero(struct trial *trial)
{
	int answer = transfer(trial, ZPCI_PROBE_DMA_FILL, 0, 8);

	return answer ? answer : EVENT((int)refusal(trial, 0));
}

/* --- what comes after a refusal --------------------------------------------------------------- */

static void modify(struct trial *trial, unsigned control)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_want(trial, "MPCIFC",
		   (uint64_t)guest_modify(trial, guest_handle(trial), 0, control,
					  trial_address(trial, FIB)),
		   CC(0));
}

/* Refused; reset error; mapped; and the same transfer works. */
static int recover_and_again(struct trial *trial)
{
	int answer = dma(trial);

	if (answer != EVENT(ZPCI_PEC_DMA_TRANSLATION))
		return answer;
	modify(trial, ZPCI_MPCIFC_RESET_BLOCK);
	/* The device was told as well. */
	trial_want(trial, "DMA_STATUS", probe_dma_end(trial),
		   ZPCI_PROBE_STATUS_ERROR | ZPCI_PROBE_CODE_DMA << ZPCI_PROBE_STATUS_CODE_SHIFT);
	trial_want(trial, "DMA_FAILED", probe_get(trial, ZPCI_PROBE_REG_DMA_FAILED, 8),
		   guest_dma_start(trial) + trial->with->offset);
	modify(trial, ZPCI_MPCIFC_RESET_ERROR);
	trial_put(trial, page_entry(trial) + 8 * UNMAPPED, 8, trial_address(trial, PAGES));
	return dma(trial);
}

static int disable_and_again(struct trial *trial)
{
	int answer = dma(trial);

	if (answer != EVENT(ZPCI_PEC_DMA_TRANSLATION))
		return answer;
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1);
	guest_register_ioat(trial, guest_handle(trial));
	guest_bus_master(trial);
	trial_put(trial, page_entry(trial) + 8 * UNMAPPED, 8, trial_address(trial, PAGES));
	return dma(trial);
}

/* An invalid entry is not remembered: it may become valid without an RPCIT (refresh = 0). */
static int map_without_refresh(struct trial *trial)
{
	trial->judged = false;
	trial_put(trial, page_entry(trial) + 8 * UNMAPPED, 8, trial_address(trial, PAGES));
	return dma(trial);
}

#define FILL(offset_, length_) .with = { .offset = (offset_), .length = (length_) }
#define READ(offset_, length_) .with = { .control = 1, .offset = (offset_), .length = (length_) }
#define MAPPED_ROW .has = IOAT, .needs = NEEDS_PROBE
#define REFUSES(code, prepare_)                                                                    \
	MAPPED_ROW, .prepare = (prepare_), .answer = EVENT(code), .check = expect_unwritten
#define WORKS(prepare_, check_) MAPPED_ROW, .prepare = (prepare_), .answer = DONE, .check = (check_)

static const struct row rows[] = {
	{ .condition = "write to a page",
	  WORKS(prepare, expect_written),
	  FILL(0, 8),
	  .source = "ref 5.7" },
	{ .condition = "read of a page",
	  WORKS(prepare, expect_read),
	  READ(0, 8),
	  .source = "ref 5.7" },
	{ .condition = "read of a protected page",
	  WORKS(prepare, expect_read),
	  READ(PAGE, 8),
	  .source = "ref 5.7" },
	{ .condition = "write to a protected page",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, prepare),
	  FILL(PAGE, 8),
	  .source = "ref 5.7 step 8" },
	{ .condition = "write to a page that is invalid",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, prepare),
	  FILL(UNMAPPED *PAGE, 8),
	  .source = "ref 5.7 step 7" },
	{ .condition = "read of a page that is invalid",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, prepare),
	  READ(UNMAPPED *PAGE, 8),
	  .source = "ref 5.7 step 7" },
	{ .condition = "write to a 1 MiB frame",
	  WORKS(prepare, expect_written),
	  FILL(LARGE + PAGES, 8),
	  .source = "ref 5.7 step 6" },
	{ .condition = "read of a protected 1 MiB frame",
	  WORKS(prepare, expect_read),
	  READ(LARGE_READ + PAGES, 8),
	  .source = "ref 5.7 step 6" },
	{ .condition = "write to a protected 1 MiB frame",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, prepare),
	  FILL(LARGE_READ + PAGES, 8),
	  .source = "ref 5.7 steps 5 and 8" },
	{ .condition = "1 MiB frame behind the end of storage",
	  REFUSES(ZPCI_PEC_DMA_STORAGE, large_nowhere),
	  FILL(LARGE, 8),
	  .source = "ref 8.5" },
	{ .condition = "across two pages",
	  WORKS(both_pages, expect_both_pages),
	  FILL(PAGE - 8, 16),
	  .source = "ref 5.7" },
	{ .condition = "across two pages, the second one invalid",
	  MAPPED_ROW,
	  .prepare = prepare,
	  .check = expect_first_page,
	  .with = { .offset = PAGE - 8, .length = 16, .value = 8 },
	  .answer = EVENT(ZPCI_PEC_DMA_TRANSLATION),
	  .effect = "the first part is written; the address is that of the second",
	  .source = "ref 5.7, chosen" },
	{ .condition = "last bytes of a page that is invalid",
	  MAPPED_ROW,
	  .prepare = prepare,
	  .answer = EVENT(ZPCI_PEC_DMA_TRANSLATION),
	  .check = expect_unwritten,
	  FILL(UNMAPPED *PAGE + 0xff8, 8),
	  .source = "ref 5.7" },

	/* The aperture. */
	{ .condition = "no translation registered",
	  .needs = NEEDS_PROBE,
	  .prepare = prepare,
	  .answer = EVENT(ZPCI_PEC_DMA_NOT_REGISTERED),
	  .check = expect_unwritten,
	  FILL(0, 8),
	  .source = "ref 8.5" },
	{ .condition = "below PBA",
	  REFUSES(ZPCI_PEC_DMA_RANGE, second_page_alone),
	  FILL(0, 8),
	  .source = "ref 5.7 step 1" },
	{ .condition = "above PAL",
	  REFUSES(ZPCI_PEC_DMA_RANGE, prepare),
	  FILL(0x40000000, 8),
	  .source = "ref 5.7 step 1" },
	{ .condition = "the byte at PAL",
	  WORKS(first_page_alone, expect_last_byte),
	  FILL(PAGE - 1, 1),
	  .effect = "PAL is inclusive",
	  .source = "ref 5.3, 13 trap 20" },
	{ .condition = "across PAL",
	  MAPPED_ROW,
	  .prepare = first_page_alone,
	  .with = { .offset = PAGE - 8, .length = 16, .value = 8 },
	  .answer = EVENT(ZPCI_PEC_DMA_RANGE),
	  .check = expect_first_page,
	  .effect = "the first part is written",
	  .source = "ref 5.3" },
	{ .condition = "address 0",
	  .act = dma_at_zero,
	  REFUSES(ZPCI_PEC_DMA_RANGE, prepare),
	  .source = "ref 5.7 step 1" },
	{ .condition = "the MSI address",
	  .act = dma_to_doorbell,
	  REFUSES(ZPCI_PEC_DMA_RANGE, prepare),
	  .effect = "no interruption: it is not a message",
	  .source = "ref 5.3, chosen" },
	{ .condition = "no Bus Master",
	  MAPPED_ROW,
	  .prepare = without_master,
	  .answer = EVENT(0),
	  .check = expect_enabled,
	  FILL(0, 8),
	  .effect = "refused to the device, no event",
	  .source = "PCI Local Bus 3.0, 6.2.2" },

	/* Region-third table. */
	{ .condition = "anchor behind the end of storage",
	  REFUSES(ZPCI_PEC_DMA_STORAGE, anchor_nowhere),
	  FILL(0, 8),
	  .source = "ref 5.7 step 3" },
	{ .condition = "write, protection in the anchor",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, protected_anchor),
	  FILL(0, 8),
	  .source = "ref 5.7 step 2" },
	{ .condition = "read, protection in the anchor",
	  WORKS(protected_anchor, expect_read),
	  READ(0, 8),
	  .source = "ref 5.7 step 2" },
	{ .condition = "region entry invalid",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, region_invalid),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry of type segment table",
	  REFUSES(ZPCI_PEC_DMA_TABLE_TYPE, region_type_st),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry of type region-second table",
	  REFUSES(ZPCI_PEC_DMA_TABLE_TYPE, region_type_rs),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry of type region-first table",
	  REFUSES(ZPCI_PEC_DMA_TABLE_TYPE, region_type_rf),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry of table length 0",
	  REFUSES(ZPCI_PEC_DMA_TABLE_LENGTH, region_length_0),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry of table length 2",
	  REFUSES(ZPCI_PEC_DMA_TABLE_LENGTH, region_length_2),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "region entry with a table offset",
	  REFUSES(ZPCI_PEC_DMA_TABLE_LENGTH, region_offset),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "segment table behind the end of storage",
	  REFUSES(ZPCI_PEC_DMA_STORAGE, region_nowhere),
	  FILL(0, 8),
	  .source = "ref 5.7 step 3" },
	{ .condition = "write, protection in the region entry",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, region_protect),
	  FILL(0, 8),
	  .source = "ref 5.7 step 5" },
	{ .condition = "read, protection in the region entry",
	  WORKS(region_protect, expect_read),
	  READ(0, 8),
	  .source = "ref 5.7 step 5" },

	/* Segment table. */
	{ .condition = "segment entry invalid",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, segment_invalid),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "segment invalid as the guest made it",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, prepare),
	  FILL(NO_SEGMENT, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "segment entry of type region-third table",
	  REFUSES(ZPCI_PEC_DMA_TABLE_TYPE, segment_type),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "segment entry of type region-first table",
	  REFUSES(ZPCI_PEC_DMA_TABLE_TYPE, segment_type_rf),
	  FILL(0, 8),
	  .source = "ref 5.7 step 4" },
	{ .condition = "page table behind the end of storage",
	  REFUSES(ZPCI_PEC_DMA_STORAGE, segment_nowhere),
	  FILL(0, 8),
	  .source = "ref 5.7 step 3" },
	{ .condition = "write, protection in the segment entry",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, segment_protect),
	  FILL(0, 8),
	  .source = "ref 5.7 step 5" },
	{ .condition = "read, protection in the segment entry",
	  WORKS(segment_protect, expect_read),
	  READ(0, 8),
	  .source = "ref 5.7 step 5" },

	/* Page table. */
	{ .condition = "page entry invalid",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, page_invalid),
	  FILL(0, 8),
	  .source = "ref 5.7 step 7" },
	{ .condition = "page entry protected, write",
	  REFUSES(ZPCI_PEC_DMA_TRANSLATION, page_protect),
	  FILL(0, 8),
	  .source = "ref 5.7 step 8" },
	{ .condition = "page entry with the invalid bit of tables",
	  WORKS(page_table_bit, expect_written),
	  FILL(0, 8),
	  .effect = "it is another bit in pages",
	  .source = "ref 13 trap 19" },
	{ .condition = "frame behind the end of storage",
	  REFUSES(ZPCI_PEC_DMA_STORAGE, page_nowhere),
	  FILL(0, 8),
	  .source = "ref 8.5" },
	{ .condition = "page entry 0, which is frame 0",
	  WORKS(page_zero, expect_frame_zero),
	  READ(0x800, 8),
	  .effect = "valid",
	  .source = "ref 5.7, 13 trap 19" },

	/* States, and what comes afterwards. */
	{ .condition = "error unblocked",
	  .state = UNBLOCKED,
	  MAPPED_ROW,
	  .prepare = prepare,
	  .answer = EVENT(0),
	  .check = expect_unwritten,
	  FILL(0, 8),
	  .effect = "load and store work, DMA does not",
	  .source = "ref 4.4" },
	{ .condition = "refused, reset block, reset error, mapped, again",
	  .act = recover_and_again,
	  WORKS(prepare, expect_written),
	  FILL(UNMAPPED *PAGE, 8),
	  .source = "ref 8.9" },
	{ .condition = "refused, disabled, enabled, registered, again",
	  .act = disable_and_again,
	  WORKS(prepare, expect_written),
	  FILL(UNMAPPED *PAGE, 8),
	  .source = "ref 8.9 step 8" },
	{ .condition = "page entry made valid, no RPCIT",
	  .act = map_without_refresh,
	  WORKS(prepare, expect_written),
	  FILL(UNMAPPED *PAGE, 8),
	  .source = "ref 3.6: refresh is not published" },
};

const struct family answers_translation[] = {
	FAMILY("DMA", dma, rows),
	{ NULL },
};
