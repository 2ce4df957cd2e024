// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * refresh.c - RPCIT (reference 2.4 and 5.8).
 *
 * It drops cached translations and establishes none, since our groups publish refresh = 0 and
 * software devices translate at each access. So it does not walk the tables either, and what is
 * wrong in them is the error of the DMA that meets it: a Linux guest may have tables half made
 * when it refreshes the whole aperture. QEMU walks.
 *
 * It makes no DMA either, and so no error event. Events 0001 and 0002 say that a DMA was tried
 * without a registration or outside of its range (z/VM's monitor record MRIODPER, "PCI error event
 * codes"). A correct guest can refresh like that: Linux goes through a domain's functions under
 * RCU, while one of them is taken off and deregistered without a wait for readers
 * (blocking_domain_attach_device() in drivers/iommu/s390-iommu.c); a domain of several functions
 * refreshes what was unmapped for all of them, whatever the aperture of each; and from 6.16 on
 * s390_iommu_get_resv_regions() reserves nothing behind the aperture while the function's domain is
 * the blocking one, so that iommufd lets its user map and unmap there.
 */
#include "answers.h"

#include <zpci/probe.h>

#define PAGE 4096u

static uint64_t start_of(const struct trial *trial)
{
	return guest_dma_start(trial) + trial->with->offset;
}

static int refresh(struct trial *trial)
{
	return guest_refresh(trial, trial->handle, start_of(trial), trial->with->length);
}

static int refresh_anywhere(struct trial *trial)
{
	return guest_refresh(trial, trial->handle, trial->with->offset, trial->with->length);
}

/* Neither the state changes nor is there an event. */
static void expect_untouched(struct trial *trial)
{
	unsigned error = trial->state == UNBLOCKED ? ZPCI_FIB_FC_ERROR : 0;
	unsigned registered = trial->row->has & IOAT ? ZPCI_FIB_FC_DMA : 0;
	struct zpci_ccdf event;

	trial_want(trial, "function controls", guest_controls(trial),
		   ZPCI_FIB_FC_ENABLED | error | registered);
	trial_want(trial, "event", guest_event(trial, &event), 0);
}

static void expect_enabled(struct trial *trial)
{
	trial_want(trial, "function controls", guest_controls(trial),
		   ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_DMA);
}

static int execute_with(struct trial *trial, unsigned r1, unsigned r2, uint64_t low)
{
	const struct effects effects = { .status = r1, .result = NO_REGISTER };
	uint8_t bytes[6];

	guest_registers(trial);
	trial->cpu.gr[r1] = (uint64_t)trial->handle << 32 | low;
	trial->cpu.gr[r2 & 14] = guest_dma_start(trial);
	trial->cpu.gr[r2 | 1] = PAGE;
	encode_rre(bytes, OP_RPCIT, r1, r2);
	return guest_execute(trial, bytes, &effects);
}

static int odd(struct trial *trial)
{
	return execute_with(trial, 4, 9, 0);
}

static int problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return execute_with(trial, 4, 8, 0);
}

static int low_bits(struct trial *trial)
{
	return execute_with(trial, 4, 8, 0xffffffff);
}

static int last_pair(struct trial *trial)
{
	return execute_with(trial, 0, 14, 0);
}

/* --- tables ----------------------------------------------------------------------------------- */

static unsigned segment_entry(const struct trial *trial)
{
	return ST_TABLE + 8 * (guest_dma_start(trial) >> 20 & 0x7ff);
}

static void bad_segment_type(struct trial *trial)
{
	unsigned entry = segment_entry(trial);

	trial_put(trial, entry, 8, trial_get(trial, entry, 8) | 0x0c);
}

static void page_zero(struct trial *trial)
{
	unsigned entry = PT_TABLE + 8 * (guest_dma_start(trial) >> 12 & 0xff);

	trial_put(trial, entry, 8, 0);
}

static void segment_nowhere(struct trial *trial)
{
	trial_put(trial, segment_entry(trial), 8, trial->player->end);
}

static void no_tables(struct trial *trial)
{
	for (unsigned i = 0; i < 2048; i++)
		trial_put(trial, RT_TABLE + 8 * i, 8, ZPCI_IOTE_INVALID);
}

/* --- what a refreshed translation is ---------------------------------------------------------- */

#define FILL(trial, page)                                                                          \
	probe_dma(trial, ZPCI_PROBE_DMA_FILL, 0, guest_dma_start(trial) + (page)*PAGE, 8)

static void learn_translation(struct trial *trial)
{
	guest_bus_master(trial);
	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x1111111111111111ull);
	trial_want(trial, "first DMA", FILL(trial, MAPPED), ZPCI_PROBE_STATUS_DONE);
	trial_want(trial, "page", trial_get(trial, PAGES, 8), 0x1111111111111111ull);
}

static void move_page(struct trial *trial)
{
	learn_translation(trial);
	trial_put(trial, PT_TABLE + 8 * (guest_dma_start(trial) >> 12 & 0xff), 8,
		  trial_address(trial, PAGES + PAGE));
}

static void unmap_page(struct trial *trial)
{
	learn_translation(trial);
	trial_put(trial, PT_TABLE + 8 * (guest_dma_start(trial) >> 12 & 0xff), 8,
		  ZPCI_IOTE_PAGE_INVALID);
}

static void expect_moved(struct trial *trial)
{
	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x2222222222222222ull);
	trial_want(trial, "second DMA", FILL(trial, MAPPED), ZPCI_PROBE_STATUS_DONE);
	trial_want(trial, "old page", trial_get(trial, PAGES, 8), 0x1111111111111111ull);
	trial_want(trial, "new page", trial_get(trial, PAGES + PAGE, 8), 0x2222222222222222ull);
}

static void expect_unmapped(struct trial *trial)
{
	unsigned pec, patience = 100000;
	struct zpci_ccdf event;

	probe_put(trial, ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x2222222222222222ull);
	FILL(trial, MAPPED);
	trial_want(trial, "page", trial_get(trial, PAGES, 8), 0x1111111111111111ull);
	/* The device's thread blocks the function first. */
	while (!(pec = guest_event(trial, &event)) && patience--)
		trial->player->pause(trial->player);
	trial_want(trial, "event's PEC", pec, ZPCI_PEC_DMA_TRANSLATION);
}

#define ONE_PAGE .with = { .length = PAGE }
#define NO_ERROR(answer)                                                                           \
	.in = { [ENABLED] = (answer), [UNBLOCKED] = (answer) },                                    \
	.qemu_in = { [ENABLED] = STATUS(8) | OTHERWISE, [UNBLOCKED] = STATUS(8) | OTHERWISE },     \
	.check = expect_untouched, .effect = "no event, the state stays",                          \
	.reason = "QEMU calls it an error of the function, with an event of the kind of a DMA's"
#define WALKS(answer)                                                                              \
	.qemu = (answer),                                                                          \
	.reason = "QEMU walks the tables to shadow them; ours are walked by the DMA"

static const struct row rows[] = {
	{ .condition = "a page",
	  .has = IOAT,
	  ONE_PAGE,
	  .source = "ref 2.4, 4.4",
	  .in = { [ENABLED] = CC(0),
		  [BLOCKED] = STATUS(40),
		  [UNBLOCKED] = CC(0),
		  [PERMANENT] = CC(3) } },
	{ .condition = "a page",
	  ONE_PAGE,
	  .source = "ref 2.4, 4.4",
	  .in = { [RESERVED] = CC(3), [STANDBY] = CC(3), [DISABLED] = CC(3) } },
	{ .condition = "no translation registered",
	  ONE_PAGE,
	  .source = "chosen: Linux ZPCI_PCI_ST_DMA_AS_NOT_ENABLED",
	  NO_ERROR(STATUS(28)) },
	{ .condition = "no translation registered",
	  ONE_PAGE,
	  .state = BLOCKED,
	  .answer = STATUS(40),
	  .source = "ref 2.4 order of checks" },
	{ .condition = "the handle's enable bit turned",
	  .has = IOAT,
	  .handle = OTHER_ENABLE,
	  ONE_PAGE,
	  .in = { [ENABLED] = CC(3), [BLOCKED] = CC(3), [UNBLOCKED] = CC(3) },
	  .source = "ref 2.4 check 3" },
	{ .condition = "enabled handle from before a disable and an enable",
	  .has = IOAT,
	  .handle = EARLIER,
	  ONE_PAGE,
	  .answer = CC(3),
	  .qemu = CC(0),
	  .source = "ref 4.1",
	  .reason = "QEMU does not count instances: a handle becomes current again" },
	{ .condition = "handle with an index that nobody has",
	  .handle = NO_INDEX,
	  ONE_PAGE,
	  .answer = CC(3),
	  .source = "ref 2.4 check 3" },
	{ .condition = "handle 0", .handle = ZERO, ONE_PAGE, .answer = CC(3), .source = "ref 4.1" },
	{ .condition = "handle of ones",
	  .handle = ONES,
	  ONE_PAGE,
	  .answer = CC(3),
	  .source = "ref 4.1" },
	{ .condition = "R2 odd",
	  .act = odd,
	  .source = "ref 2.4 check 2",
	  .in = { [DISABLED] = PGM(SPECIFICATION),
		  [ENABLED] = PGM(SPECIFICATION),
		  [BLOCKED] = PGM(SPECIFICATION) } },
	{ .condition = "R2 odd, handle of nobody: the register counts",
	  .act = odd,
	  .handle = NO_INDEX,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.4 order of checks" },
	{ .condition = "problem state",
	  .act = problem,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.4 check 1" },
	{ .condition = "ones in bits 32 to 63 of R1",
	  .act = low_bits,
	  .has = IOAT,
	  .answer = CC(0),
	  .effect = "they are not looked at",
	  .source = "ref 2.0.2" },
	{ .condition = "registers 0, 14 and 15",
	  .act = last_pair,
	  .has = IOAT,
	  .answer = CC(0),
	  .source = "ref 2.4" },

	/* Ranges. */
	{ .condition = "range below the aperture",
	  .act = refresh_anywhere,
	  .has = IOAT,
	  .with = { .offset = 0, .length = PAGE },
	  .source = "chosen: Linux ZPCI_PCI_ST_2ND_OP_IN_INV_AS",
	  NO_ERROR(STATUS(36)) },
	{ .condition = "range above the aperture",
	  .has = IOAT,
	  .with = { .offset = 0x40000000, .length = PAGE },
	  .source = "chosen: Linux ZPCI_PCI_ST_2ND_OP_IN_INV_AS",
	  NO_ERROR(STATUS(36)) },
	{ .condition = "last page of the table, which Linux 7.2 unmaps for iommufd",
	  .act = refresh_anywhere,
	  .has = IOAT,
	  .with = { .offset = 0x3fffffff000, .length = PAGE },
	  .source = "chosen: Linux ZPCI_PCI_ST_2ND_OP_IN_INV_AS",
	  NO_ERROR(STATUS(36)) },
	{ .condition = "range above the aperture",
	  .has = IOAT,
	  .state = BLOCKED,
	  .with = { .offset = 0x40000000, .length = PAGE },
	  .answer = STATUS(40),
	  .source = "ref 2.4 order of checks" },
	{ .condition = "range that begins before the aperture",
	  .has = IOAT,
	  .with = { .offset = 0ull - PAGE, .length = 2 * PAGE },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8: clipped" },
	{ .condition = "range that ends behind the aperture",
	  .has = IOAT,
	  .with = { .offset = 0x3ffff000, .length = 2 * PAGE },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8: clipped" },
	{ .condition = "the whole aperture, as Linux's lazy flush does",
	  .has = IOAT,
	  .with = { .length = 0x40000000 },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8" },
	{ .condition = "length 0 at the start of the aperture",
	  .has = IOAT,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8, chosen" },
	{ .condition = "start and length not aligned",
	  .has = IOAT,
	  .with = { .offset = 0x123, .length = 0x456 },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 2.4: no alignment check" },
	{ .condition = "start + length wraps",
	  .has = IOAT,
	  .with = { .offset = PAGE, .length = UINT64_MAX },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8, chosen: to the end of the aperture",
	  .qemu = STATUS(8) | OTHERWISE,
	  .reason = "QEMU takes the end that wrapped for one below the aperture" },
	{ .condition = "unmapped pages alone",
	  .has = IOAT,
	  .with = { .offset = 0x300000, .length = 0x100000 },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8" },
	{ .condition = "region table without a valid entry",
	  .has = IOAT,
	  .prepare = no_tables,
	  .with = { .length = 0x40000000 },
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.8" },

	/* What the tables say. */
	{ .condition = "segment entry of a wrong type in the range",
	  .has = IOAT,
	  .prepare = bad_segment_type,
	  ONE_PAGE,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 2.4 check 8, chosen",
	  WALKS(STATUS(8) | OTHERWISE) },
	{ .condition = "page entry 0 in the range, which is frame 0",
	  .has = IOAT,
	  .prepare = page_zero,
	  ONE_PAGE,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 5.7",
	  WALKS(STATUS(8) | OTHERWISE) },
	{ .condition = "page table behind the end of storage",
	  .has = IOAT,
	  .prepare = segment_nowhere,
	  ONE_PAGE,
	  .answer = CC(0),
	  .check = expect_enabled,
	  .source = "ref 2.4 check 8, chosen",
	  WALKS(STATUS(8) | OTHERWISE) },

	/* What it is for. */
	{ .condition = "page entry now means another frame",
	  .has = IOAT,
	  .needs = NEEDS_PROBE,
	  .prepare = move_page,
	  ONE_PAGE,
	  .answer = CC(0),
	  .check = expect_moved,
	  .effect = "the next DMA goes there",
	  .source = "ref 5.8" },
	{ .condition = "page entry now invalid",
	  .has = IOAT,
	  .needs = NEEDS_PROBE,
	  .prepare = unmap_page,
	  ONE_PAGE,
	  .answer = CC(0),
	  .check = expect_unmapped,
	  .effect = "the next DMA is refused",
	  .source = "ref 5.8" },
	{ .condition = "page entry now invalid, the whole aperture",
	  .has = IOAT,
	  .needs = NEEDS_PROBE,
	  .prepare = unmap_page,
	  .with = { .length = 0x40000000 },
	  .answer = CC(0),
	  .check = expect_unmapped,
	  .effect = "the next DMA is refused",
	  .source = "ref 5.8" },
};

const struct family answers_refresh[] = {
	FAMILY("RPCIT", refresh, rows),
	{ NULL },
};
