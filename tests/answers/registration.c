// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * registration.c - what MPCIFC may register (reference 5.2 to 5.4, 6.2): where indicator bits lie, and
 * apertures and anchors of translation.
 */
#include "fib.h"

#include <string.h>

#define PAGE 4096u

/* --- REG_INT: where the bits are -------------------------------------------------------------- */

/* Interrupt word of ISC, number, AIBV offset; with or without summary bit @summary. */
static uint32_t word(unsigned isc, unsigned noi, unsigned offset, int summary)
{
	return isc << ZPCI_FIB_INT_ISC_SHIFT | noi << ZPCI_FIB_INT_NOI_SHIFT |
	       offset << ZPCI_FIB_INT_AIBVO_SHIFT |
	       (summary < 0 ? 0 : ZPCI_FIB_INT_SUM | (unsigned)summary);
}

static void int_fib(struct trial *trial, uint32_t interrupt_word, uint64_t aibv, uint64_t aisb)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_put(trial, FIB_WORD, 4, interrupt_word);
	trial_put(trial, FIB_AIBV, 8, aibv);
	trial_put(trial, FIB_AISB, 8, aisb);
}

static void aibv_nowhere(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, 0), trial->player->end, trial_address(trial, AISB));
}

static void aibv_ends_nowhere(struct trial *trial)
{
	int_fib(trial, word(2, 16, 1, 0), trial->player->end - 2, trial_address(trial, AISB));
}

static void aibv_at_the_end(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, 0), trial->player->end - 2, trial_address(trial, AISB));
}

static void aibv_none_nowhere(struct trial *trial)
{
	int_fib(trial, word(2, 0, 0, 0), trial->player->end, trial_address(trial, AISB));
}

static void aisb_nowhere(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, 0), trial_address(trial, AIBV), trial->player->end);
}

static void aisb_bit_nowhere(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, 8), trial_address(trial, AIBV), trial->player->end - 1);
}

static void no_aisb(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, -1), trial_address(trial, AIBV), trial->player->end);
}

static void aibv_wraps(struct trial *trial)
{
	int_fib(trial, word(2, 16, 0, 0), UINT64_MAX, trial_address(trial, AISB));
}

/* The first bit's byte would be at 6. */
static void aibv_wrapped(struct trial *trial)
{
	int_fib(trial, word(2, 16, 63, 0), UINT64_MAX, trial_address(trial, AISB));
}

static void aibv_over_pages(struct trial *trial)
{
	int_fib(trial, word(2, 64, 0, 0), trial_address(trial, AIBV + PAGE - 4),
		trial_address(trial, AISB));
}

static void many(struct trial *trial)
{
	int_fib(trial, word(2, 0xfff, 0, 0), trial_address(trial, AIBV),
		trial_address(trial, AISB));
}

static void none(struct trial *trial)
{
	int_fib(trial, word(2, 0, 0, 0), trial_address(trial, AIBV), trial_address(trial, AISB));
}

static void all_fields(struct trial *trial)
{
	int_fib(trial, word(7, 5, 63, 63), trial_address(trial, AIBV), trial_address(trial, AISB));
}

static void reserved_fields(struct trial *trial)
{
	guest_int_fib(trial);
	memset(trial_bytes(trial, FIB + 1), 0xff, 39);
	memset(trial_bytes(trial, FIB + 64), 0xff, 16);
}

#define REG_INT .with = { .control = ZPCI_MPCIFC_REG_INT }
#define UNMAPPABLE(answer)                                                                         \
	.qemu = (answer),                                                                          \
	.reason = "QEMU notes addresses only, and finds out with the first message"

static const struct row vectors[] = {
	{ .condition = "AIBV behind the end of storage",
	  REG_INT,
	  .prepare = aibv_nowhere,
	  .answer = STATUS(4),
	  .check = fib_expect_no_int,
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0) | OTHERWISE) },
	{ .condition = "last bit of AIBV behind the end of storage",
	  REG_INT,
	  .prepare = aibv_ends_nowhere,
	  .answer = STATUS(4),
	  .check = fib_expect_no_int,
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0) | OTHERWISE) },
	{ .condition = "AIBV up to the end of storage",
	  REG_INT,
	  .prepare = aibv_at_the_end,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .source = "ref 5.2" },
	{ .condition = "no vectors, AIBV behind the end of storage: counts as one",
	  REG_INT,
	  .prepare = aibv_none_nowhere,
	  .answer = STATUS(4),
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0)) },
	{ .condition = "AIBV at the end of the address space, so that it wraps",
	  REG_INT,
	  .prepare = aibv_wraps,
	  .answer = STATUS(4),
	  .check = fib_expect_no_int,
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0) | OTHERWISE) },
	{ .condition = "AIBV at the end of the address space, whose first bit is behind it",
	  REG_INT,
	  .prepare = aibv_wrapped,
	  .answer = STATUS(4),
	  .check = fib_expect_no_int,
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0) | OTHERWISE) },
	{ .condition = "AISB behind the end of storage",
	  REG_INT,
	  .prepare = aisb_nowhere,
	  .answer = STATUS(4),
	  .check = fib_expect_no_int,
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0) | OTHERWISE) },
	{ .condition = "the byte of the summary bit behind the end of storage",
	  REG_INT,
	  .prepare = aisb_bit_nowhere,
	  .answer = STATUS(4),
	  .source = "ref 5.2",
	  UNMAPPABLE(CC(0)) },
	{ .condition = "AISB behind the end of storage, no summary",
	  REG_INT,
	  .prepare = no_aisb,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .effect = "AISB is not looked at",
	  .source = "ref 6.4, 13 trap 22" },
	{ .condition = "AIBV across pages",
	  REG_INT,
	  .prepare = aibv_over_pages,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .source = "ref 6.2: a limit of KVM, not of ours" },
	{ .condition = "4095 vectors",
	  REG_INT,
	  .prepare = many,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .source = "ref 10.3" },
	{ .condition = "no vectors",
	  REG_INT,
	  .prepare = none,
	  .answer = CC(0),
	  .source = "ref 10.3" },
	{ .condition = "ISC 7, offset 63, summary bit 63",
	  REG_INT,
	  .prepare = all_fields,
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .source = "ref 5.1" },
	{ .condition = "ones in all fields of other operations",
	  REG_INT,
	  .prepare = reserved_fields,
	  .answer = CC(0),
	  .effect = "they are not looked at",
	  .source = "ref 5.1" },
	{ .condition = "DMA space 1: not looked at",
	  .prepare = fib_usual,
	  .with = { .control = ZPCI_MPCIFC_REG_INT, .space = 1 },
	  .answer = CC(0),
	  .check = fib_expect_int,
	  .source = "ref 5.2" },
};

/* --- REG_IOAT: aperture and anchor ------------------------------------------------------------ */

static void aperture(struct trial *trial, uint64_t pba, uint64_t pal)
{
	guest_tables(trial);
	trial_put(trial, FIB_PBA, 8, pba);
	trial_put(trial, FIB_PAL, 8, pal);
}

static uint64_t dma_end(const struct trial *trial)
{
	return zpci_be64_get(trial->target->query.edma);
}

static void whole_aperture(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial), dma_end(trial));
}

static void below(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial) - PAGE, guest_dma_start(trial) + 0xffffff);
}

static void just_below(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial) - 1, guest_dma_start(trial) + 0xffffff);
}

static void above(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial), dma_end(trial) + 1);
}

static void upside_down(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial) + 2 * PAGE, guest_dma_start(trial) + PAGE - 1);
}

static void same_page(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial) + 0xfff, guest_dma_start(trial));
}

static void one_page(struct trial *trial)
{
	aperture(trial, guest_dma_start(trial), guest_dma_start(trial));
}

static void anchor(struct trial *trial, uint64_t low)
{
	guest_tables(trial);
	trial_put(trial, FIB_IOTA, 8, low);
}

static void direct(struct trial *trial)
{
	anchor(trial, 0);
}

static void anchored(struct trial *trial)
{
	anchor(trial, trial_address(trial, RT_TABLE) | trial->with->value);
}

static void anchor_nowhere(struct trial *trial)
{
	anchor(trial, (trial->player->end & ~0x3fffull) | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
}

#define REG_IOAT .with = { .control = ZPCI_MPCIFC_REG_IOAT }
#define ANCHOR(bits)                                                                               \
	.with = { .control = ZPCI_MPCIFC_REG_IOAT, .value = (bits) }, .prepare = anchored
#define FATAL                                                                                      \
	.qemu = PGM(OPERAND),                                                                      \
	.reason = "a program interruption on MPCIFC kills Linux (ref 2.0.5, 13 trap 9)"

static const struct row apertures[] = {
	{ .condition = "all DMA addresses",
	  REG_IOAT,
	  .prepare = whole_aperture,
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .qemu = PGM(OPERAND) | OTHERWISE,
	  .reason = "QEMU tells of DMA addresses that its one region-third table does not reach",
	  .source = "ref 5.3" },
	{ .condition = "PBA a page below the first DMA address",
	  REG_IOAT,
	  .prepare = below,
	  .answer = STATUS(16),
	  .check = fib_expect_no_ioat,
	  .source = "ref 5.3, 2.0.5",
	  FATAL },
	{ .condition = "PBA a byte below the first DMA address: rounded down",
	  REG_IOAT,
	  .prepare = just_below,
	  .answer = STATUS(16),
	  .source = "ref 5.3",
	  FATAL },
	{ .condition = "PAL a byte above the last DMA address: rounded up",
	  REG_IOAT,
	  .prepare = above,
	  .answer = STATUS(16),
	  .source = "ref 5.3",
	  FATAL },
	{ .condition = "PAL a page below PBA",
	  REG_IOAT,
	  .prepare = upside_down,
	  .answer = STATUS(16),
	  .source = "ref 5.3",
	  FATAL },
	{ .condition = "PAL below PBA in one page: rounded apart",
	  REG_IOAT,
	  .prepare = same_page,
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 5.3" },
	{ .condition = "one page",
	  REG_IOAT,
	  .prepare = one_page,
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 5.3" },
	{ .condition = "IOTA 0, direct mapping",
	  REG_IOAT,
	  .prepare = direct,
	  .answer = STATUS(16),
	  .check = fib_expect_no_ioat,
	  .source = "ref 5.6: rtr is not published",
	  FATAL },
	{ .condition = "designation type segment table",
	  ANCHOR(0x800),
	  .answer = STATUS(16),
	  .source = "ref 5.4: not in dtsm",
	  FATAL },
	{ .condition = "designation type region-second table",
	  ANCHOR(0x808),
	  .answer = STATUS(16),
	  .source = "ref 5.4: not in dtsm",
	  FATAL },
	{ .condition = "designation type region-first table",
	  ANCHOR(0x80c),
	  .answer = STATUS(16),
	  .source = "ref 5.4: not in dtsm",
	  FATAL },
	{ .condition = "designation type page-frame absolute address",
	  ANCHOR(0x810),
	  .answer = STATUS(16),
	  .source = "ref 5.4: not in dtsm",
	  FATAL },
	{ .condition = "designation type 5",
	  ANCHOR(0x814),
	  .answer = STATUS(16),
	  .source = "ref 5.4",
	  FATAL },
	{ .condition = "designation type 6",
	  ANCHOR(0x818),
	  .answer = STATUS(16),
	  .source = "ref 5.4",
	  FATAL },
	{ .condition = "designation type 7",
	  ANCHOR(0x81c),
	  .answer = STATUS(16),
	  .source = "ref 5.4",
	  FATAL },
	{ .condition = "region-third table without T",
	  ANCHOR(0x004),
	  .answer = STATUS(16),
	  .source = "ref 5.4",
	  FATAL },
	{ .condition = "region-third table behind the end of storage",
	  REG_IOAT,
	  .prepare = anchor_nowhere,
	  .answer = CC(0),
	  .effect = "found out by DMA",
	  .source = "ref 5.7 step 3" },
	{ .condition = "protection in the anchor",
	  ANCHOR(0xa04),
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 5.7 step 2" },
};

const struct family answers_registration[] = {
	FAMILY("MPCIFC 2 REG_INT", fib_modify, vectors),
	FAMILY("MPCIFC 4 REG_IOAT", fib_modify, apertures),
	{ NULL },
};
