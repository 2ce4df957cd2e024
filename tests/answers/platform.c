// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * platform.c - a function of whose platform everything is set, in a group of its own: what the
 * guest is told (reference 3.5 and 3.6), and what follows from it. All other rows are about the
 * defaults.
 */
#include "fib.h"

#include <zpci/probe.h>

#define RESPONSE_AT (BLOCK + 32)
#define SDMA 0x200000000ull
#define EDMA 0x7fffffffffffffffull
#define MSIA 0xff00000000000000ull

/* --- what is told ----------------------------------------------------------------------------- */

static int query(struct trial *trial)
{
	return guest_query_function(trial, trial->handle);
}

static void look_at_function(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer =
		(const void *)trial_bytes(trial, RESPONSE_AT);

	trial_want(trial, "flags", answer->flags, ZPCI_CLP_QF_TID | ZPCI_CLP_QF_RID);
	trial_want(trial, "group", answer->pfgid, PLATFORM_GROUP);
	trial_want(trial, "function type", answer->pft, PLATFORM_TYPE);
	trial_want(trial, "port", answer->port, 5);
	trial_want(trial, "internal path", zpci_get_be(answer->pfip, 4), 0x01020304);
	trial_want(trial, "topology ID", zpci_be16_get(answer->tid), 0xabcd);
	trial_want(trial, "length of the measurement block", answer->fmb_length, 0);
	trial_want(trial, "first DMA address", zpci_be64_get(answer->sdma), SDMA);
	trial_want(trial, "last DMA address", zpci_be64_get(answer->edma), EDMA);
}

static int query_group(struct trial *trial)
{
	return guest_query_group(trial, PLATFORM_GROUP);
}

static void look_at_group(struct trial *trial)
{
	const struct zpci_clp_query_group_response *answer =
		(const void *)trial_bytes(trial, RESPONSE_AT);

	trial_want(trial, "interruptions", zpci_be16_get(answer->noi), 16);
	trial_want(trial, "version", answer->version, 2);
	trial_want(trial, "flags", answer->flags, 0);
	trial_want(trial, "longest store block", zpci_be16_get(answer->maxstbl), 64);
	trial_want(trial, "update interval", zpci_be16_get(answer->mui), 1000);
	trial_want(trial, "designation types", answer->dtsm, 0x7c);
	trial_want(trial, "MSI address", zpci_be64_get(answer->msia), MSIA);
}

static const struct row functions[] = {
	{ .of = PLATFORM,
	  .condition = "everything set",
	  .check = look_at_function,
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "pft 0b, port 5, pfip 01020304, tid abcd, fmb_length 0, sdma, edma, group 33",
	  .source = "ref 3.5" },
};

static const struct row groups[] = {
	{ .of = PLATFORM,
	  .condition = "group 0x33, everything set",
	  .check = look_at_group,
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "noi 16, version 2, maxstbl 64, mui 1000, dtsm 7c, msia",
	  .source = "ref 3.6" },
};

/* --- store block ------------------------------------------------------------------------------ */

static int store_block(struct trial *trial)
{
	return guest_store_block(trial, trial->handle, trial->target->memory_bar,
				 trial->target->memory, trial_address(trial, DATA),
				 (unsigned)trial->with->length);
}

static const struct row blocks[] = {
	{ .of = PLATFORM,
	  .condition = "64 bytes, maxstbl",
	  .with = { .length = 64 },
	  .answer = CC(0),
	  .source = "ref 2.3, 3.6" },
	{ .of = PLATFORM,
	  .condition = "72 bytes",
	  .with = { .length = 72 },
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.3, 3.6" },
};

/* --- registrations ---------------------------------------------------------------------------- */

static void whole(struct trial *trial)
{
	guest_tables(trial);
	trial_put(trial, FIB_PBA, 8, SDMA);
	trial_put(trial, FIB_PAL, 8, EDMA);
	if (trial->with->value)
		trial_put(trial, FIB_IOTA, 8,
			  trial_address(trial, RT_TABLE) | ZPCI_IOTA_TRANSLATE |
				  (trial->with->value & ZPCI_IOTA_DT_MASK));
}

static void below(struct trial *trial)
{
	whole(trial);
	trial_put(trial, FIB_PBA, 8, SDMA - 1);
}

static void above(struct trial *trial)
{
	whole(trial);
	trial_put(trial, FIB_PAL, 8, EDMA + 1);
}

#define TABLES(type)                                                                               \
	.with = { .control = ZPCI_MPCIFC_REG_IOAT, .value = 1 | (type) }, .prepare = whole
#define REG_IOAT .with = { .control = ZPCI_MPCIFC_REG_IOAT }

static const struct row apertures[] = {
	{ .of = PLATFORM,
	  .condition = "all DMA addresses, more than region-third tables reach",
	  TABLES(ZPCI_IOTA_DT_RT),
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 5.3" },
	{ .of = PLATFORM,
	  .condition = "a byte below the first DMA address",
	  REG_IOAT,
	  .prepare = below,
	  .answer = STATUS(16),
	  .source = "ref 5.3" },
	{ .of = PLATFORM,
	  .condition = "a byte above the last one",
	  REG_IOAT,
	  .prepare = above,
	  .answer = STATUS(16),
	  .source = "ref 5.3" },
	{ .of = PLATFORM,
	  .condition = "region-second tables, in dtsm",
	  TABLES(ZPCI_IOTA_DT_RS),
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 3.6, 5.4" },
	{ .of = PLATFORM,
	  .condition = "region-first tables, in dtsm",
	  TABLES(ZPCI_IOTA_DT_RF),
	  .answer = CC(0),
	  .check = fib_expect_ioat,
	  .source = "ref 3.6, 5.4" },
	{ .of = PLATFORM,
	  .condition = "segment tables, not in dtsm",
	  TABLES(ZPCI_IOTA_DT_ST),
	  .answer = STATUS(16),
	  .source = "ref 3.6, 5.4" },
	{ .of = PLATFORM,
	  .condition =
		  "page-frame absolute address, at the bit of dtsm that Linux takes for others",
	  TABLES(0x10),
	  .answer = STATUS(16),
	  .source = "ref 3.6" },
};

static void expect_not_measured(struct trial *trial)
{
	struct zpci_ccdf event;

	trial_want(trial, "event", guest_event(trial, &event), 0);
	fib_store(trial);
	fib_expect_field(trial, "FMB", FIB_FMB, 0);
}

static void block_with_key(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_FMB, 8, trial_address(trial, FMB) | 1);
}

static void no_block(struct trial *trial)
{
	fib_usual(trial);
	trial_put(trial, FIB_FMB, 8, 0);
}

#define SET_MEASURE .with = { .control = ZPCI_MPCIFC_SET_MEASURE }, .check = expect_not_measured

static const struct row measurements[] = {
	{ .of = PLATFORM,
	  .condition = "fmb_length 0: a block",
	  SET_MEASURE,
	  .prepare = fib_usual,
	  .answer = STATUS(0),
	  .effect = "none: nothing is stored there",
	  .source = "ref 7" },
	{ .of = PLATFORM,
	  .condition = "fmb_length 0: a block with key bits",
	  SET_MEASURE,
	  .prepare = block_with_key,
	  .answer = STATUS(0),
	  .effect = "none, also no event",
	  .source = "ref 7" },
	{ .of = PLATFORM,
	  .condition = "fmb_length 0: address 0",
	  SET_MEASURE,
	  .prepare = no_block,
	  .answer = CC(0),
	  .source = "ref 7" },
};

/* --- DMA and messages ------------------------------------------------------------------------- */

/* All DMA addresses registered; the transfer to the first one plus .with.offset. */
static int dma(struct trial *trial)
{
	uint64_t address = SDMA + trial->with->offset;
	uint32_t handle = guest_handle(trial), status;
	struct zpci_ccdf event;
	unsigned pec = 0;

	trial->judged = false;
	guest_bus_master(trial);
	trial_put(trial, FIB_PAL, 8, EDMA);
	trial_want(trial, "REREG_IOAT",
		   (uint64_t)guest_modify(trial, handle, 0, ZPCI_MPCIFC_REREG_IOAT,
					  trial_address(trial, FIB)),
		   CC(0));
	status = probe_dma(trial, ZPCI_PROBE_DMA_FILL, 0, address, 8);
	if (status == ZPCI_PROBE_STATUS_DONE)
		return DONE;
	for (unsigned i = 0; !pec && !status && i < 100000; i++) {
		trial->player->pause(trial->player);
		pec = guest_event(trial, &event);
	}
	return EVENT((int)pec);
}

static const struct row transfers[] = {
	{ .of = PLATFORM,
	  .condition = "the first DMA address",
	  .has = IOAT,
	  .answer = DONE,
	  .source = "ref 5.7" },
	{ .of = PLATFORM,
	  .condition = "2^42 behind it: registered, and no region-third table reaches it",
	  .with = { .offset = 1ull << 42 },
	  .has = IOAT,
	  .answer = EVENT(0x0002),
	  .effect = "the tables do not begin anew",
	  .source = "ref 5.4" },
};

/* Entry 1 has the group's address, entry 2 the default one. */
static int raise(struct trial *trial)
{
	unsigned vector = (unsigned)trial->with->value;
	uint64_t address = vector == 1 ? 0xff : 0xfe;

	trial->judged = false;
	guest_bus_master(trial);
	guest_msix(trial);
	trial_want(trial, "MSI-X entry",
		   (uint64_t)guest_store(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR,
					 ZPCI_PROBE_MSIX_TABLE + vector * 16, 8, address),
		   CC(0));
	trial->player->interruptions(trial->player, 2);
	trial_want(trial, "doorbell",
		   (uint64_t)probe_put(trial, ZPCI_PROBE_REG_DOORBELL_NOW, 4, vector), CC(0));
	return COUNT((int)trial->player->interruptions(trial->player, 2));
}

static const struct row messages[] = {
	{ .of = PLATFORM,
	  .condition = "to the group's MSI address",
	  .with = { .value = 1 },
	  .has = INT,
	  .answer = COUNT(1),
	  .source = "ref 6.1" },
	{ .of = PLATFORM,
	  .condition = "to the default groups' address",
	  .with = { .value = 2 },
	  .has = INT,
	  .answer = COUNT(0),
	  .source = "ref 6.1" },
};

const struct family answers_platform[] = {
	FAMILY("CLP Query PCI function", query, functions),
	FAMILY("CLP Query PCI function group", query_group, groups),
	FAMILY("PCISTB", store_block, blocks),
	FAMILY("MPCIFC 4 REG_IOAT", fib_modify, apertures),
	FAMILY("MPCIFC 10 SET_MEASURE", fib_modify, measurements),
	FAMILY("DMA", dma, transfers),
	FAMILY("message", raise, messages),
	{ NULL },
};
