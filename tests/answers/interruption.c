// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * interruption.c - from a device's vector to AIBV, AISB and adapter interruption (reference
 * section 6), by the doorbell of `probe`, which raises a vector before the store completes.
 *
 * The operation of these rows is the device's. Its answer is how many adapter interruptions were
 * presented: on ISC 2, where .has = INT registers 16 vectors with a summary bit.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

#define ISC 2
#define PRESENTED(number) COUNT(number)

/* Rings vector @vector; counts what is presented on @isc. */
static unsigned ring(struct trial *trial, unsigned vector, unsigned isc)
{
	trial->judged = false;
	trial->player->interruptions(trial->player, isc);
	trial_want(trial, "doorbell",
		   (uint64_t)probe_put(trial, ZPCI_PROBE_REG_DOORBELL_NOW, 4, vector), CC(0));
	return trial->player->interruptions(trial->player, isc);
}

/* Vector .with.value. */
static int raise(struct trial *trial)
{
	return PRESENTED((int)ring(trial, (unsigned)trial->with->value, ISC));
}

static void prepare(struct trial *trial)
{
	guest_bus_master(trial);
	guest_msix(trial);
}

/* --- bits ------------------------------------------------------------------------------------- */

/* Bit @bit is the one bit that is set of the page at @offset; -1: none is. */
static void expect_bit(struct trial *trial, unsigned offset, int bit, const char *what)
{
	for (unsigned i = 0; i < 4096; i++) {
		uint8_t wanted = bit >= 0 && (unsigned)bit / 8 == i ? 0x80 >> bit % 8 : 0;

		trial_want(trial, what, i << 8 | trial_get(trial, offset + i, 1), i << 8 | wanted);
	}
}

static void expect_vector(struct trial *trial)
{
	expect_bit(trial, AIBV, (int)trial->with->value, "AIBV");
	expect_bit(trial, AISB, 0, "AISB");
}

static void expect_no_bits(struct trial *trial)
{
	expect_bit(trial, AIBV, -1, "AIBV");
	expect_bit(trial, AISB, -1, "AISB");
}

static void expect_bit_alone(struct trial *trial)
{
	expect_bit(trial, AIBV, (int)trial->with->value, "AIBV");
	expect_bit(trial, AISB, -1, "AISB");
}

/* --- MSI-X ------------------------------------------------------------------------------------ */

static uint64_t entry_of(unsigned vector)
{
	return ZPCI_PROBE_MSIX_TABLE + vector * 16;
}

static void store_entry(struct trial *trial, unsigned vector, unsigned offset, uint32_t value)
{
	uint8_t bytes[4];

	zpci_put_le(bytes, 4, value);
	trial_want(trial, "MSI-X table",
		   (uint64_t)guest_store(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR,
					 entry_of(vector) + offset, 4, zpci_get_be(bytes, 4)),
		   CC(0));
}

static void set_control(struct trial *trial, uint16_t clear, uint16_t set)
{
	unsigned control = trial->target->msix + 2;

	guest_config_put(trial, control, 2,
			 (guest_config_get(trial, control, 2) & ~(uint32_t)clear) | set);
}

static void mask_vector(struct trial *trial)
{
	prepare(trial);
	store_entry(trial, (unsigned)trial->with->value, 12, 1);
}

static void mask_function(struct trial *trial)
{
	prepare(trial);
	set_control(trial, 0, 0x4000);
}

static void switch_off(struct trial *trial)
{
	prepare(trial);
	set_control(trial, 0x8000, 0);
}

static void no_master(struct trial *trial)
{
	guest_msix(trial);
}

static void other_data(struct trial *trial)
{
	prepare(trial);
	store_entry(trial, (unsigned)trial->with->value, 8, 9);
}

static void other_address(struct trial *trial)
{
	prepare(trial);
	store_entry(trial, (unsigned)trial->with->value, 4, 0x12345678);
}

static void large_data(struct trial *trial)
{
	prepare(trial);
	store_entry(trial, (unsigned)trial->with->value, 8, 0xffffffff);
}

static void expect_bit_9(struct trial *trial)
{
	expect_bit(trial, AIBV, 9, "AIBV");
	expect_bit(trial, AISB, 0, "AISB");
}

/* The pending bit of the vector, little-endian in its quadword: byte n/8, bit n%8. */
static unsigned pending(struct trial *trial)
{
	unsigned vector = (unsigned)trial->with->value;
	uint64_t value = 0;

	guest_load(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR,
		   ZPCI_PROBE_MSIX_PBA + vector / 8, 1, &value);
	return (unsigned)(value >> vector % 8 & 1);
}

static void expect_pending(struct trial *trial)
{
	expect_no_bits(trial);
	trial_want(trial, "pending bit", pending(trial), 1);
}

static void expect_not_pending(struct trial *trial)
{
	expect_no_bits(trial);
	trial_want(trial, "pending bit", pending(trial), 0);
}

/* The vector is pending; @change lets it go. */
static int raise_then(struct trial *trial, void (*change)(struct trial *trial))
{
	if (ring(trial, (unsigned)trial->with->value, ISC))
		return PRESENTED(0xff);
	trial_want(trial, "pending bit", pending(trial), 1);
	change(trial);
	trial_want(trial, "pending bit", pending(trial), 0);
	return PRESENTED((int)trial->player->interruptions(trial->player, ISC));
}

static void unmask_vector(struct trial *trial)
{
	store_entry(trial, (unsigned)trial->with->value, 12, 0);
}

static void unmask_function(struct trial *trial)
{
	set_control(trial, 0x4000, 0);
}

static int raise_unmask_vector(struct trial *trial)
{
	return raise_then(trial, unmask_vector);
}

static int raise_unmask_function(struct trial *trial)
{
	return raise_then(trial, unmask_function);
}

static int raise_set_master(struct trial *trial)
{
	return raise_then(trial, guest_bus_master);
}

/* --- registration ----------------------------------------------------------------------------- */

static void register_word(struct trial *trial, uint32_t word, unsigned aibv, unsigned aisb)
{
	prepare(trial);
	guest_int_fib(trial);
	trial_put(trial, FIB + 40, 4, word);
	trial_put(trial, FIB + 48, 8, trial_address(trial, AIBV + aibv));
	trial_put(trial, FIB + 56, 8, trial_address(trial, AISB + aisb));
	trial_want(trial, "REG_INT",
		   (uint64_t)guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_REG_INT,
					  trial_address(trial, FIB)),
		   CC(0));
}

static void offset_and_summary(struct trial *trial)
{
	register_word(trial, 0x20100000 | 61 << 8 | ZPCI_FIB_INT_SUM | 63, 8, 16);
}

/* Vector 5 at bit 61 behind byte 8. */
static void expect_offset(struct trial *trial)
{
	expect_bit(trial, AIBV, 8 * 8 + 61 + 5, "AIBV");
	expect_bit(trial, AISB, 16 * 8 + 63, "AISB");
}

static void no_summary(struct trial *trial)
{
	register_word(trial, 0x20100000, 0, 0);
}

static int raise_twice(struct trial *trial)
{
	unsigned first = ring(trial, (unsigned)trial->with->value, ISC);
	unsigned second = ring(trial, (unsigned)trial->with->value, ISC);

	return PRESENTED((int)(first + second));
}

/* Both indicators, one interruption. */
static int raise_two(struct trial *trial)
{
	unsigned first = ring(trial, 1, ISC), second = ring(trial, 14, ISC);

	return PRESENTED((int)(first + second));
}

static void expect_two(struct trial *trial)
{
	trial_want(trial, "AIBV", trial_get(trial, AIBV, 8), 0x4002000000000000ull);
	expect_bit(trial, AISB, 0, "AISB");
}

static int raise_again_after_clear(struct trial *trial)
{
	unsigned first = ring(trial, (unsigned)trial->with->value, ISC);

	trial_put(trial, AISB, 8, 0);
	trial_put(trial, AIBV, 8, 0);
	return PRESENTED((int)(first + ring(trial, (unsigned)trial->with->value, ISC)));
}

/* Other bits stay as they are. */
static void other_bits(struct trial *trial)
{
	prepare(trial);
	trial_put(trial, AIBV, 8, 0x0fffffffffffffffull);
	trial_put(trial, AISB, 8, 0x7fffffffffffffffull);
}

static void expect_other_bits(struct trial *trial)
{
	trial_want(trial, "AIBV", trial_get(trial, AIBV, 8), 0x4fffffffffffffffull);
	trial_want(trial, "AISB", trial_get(trial, AISB, 8), UINT64_MAX);
}

/* On each ISC. */
static int on_each_isc(struct trial *trial)
{
	unsigned count = 0;

	for (unsigned isc = 0; isc < 8; isc++) {
		trial_put(trial, AISB, 8, 0);
		guest_int_fib(trial);
		trial_put(trial, FIB + 40, 4,
			  isc << ZPCI_FIB_INT_ISC_SHIFT | 16 << ZPCI_FIB_INT_NOI_SHIFT |
				  ZPCI_FIB_INT_SUM);
		guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_REG_INT,
			     trial_address(trial, FIB));
		count += ring(trial, 3, isc);
		guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_DEREG_INT,
			     trial_address(trial, FIB));
		trial->judged = false;
	}
	return PRESENTED((int)count);
}

static void deregister(struct trial *trial)
{
	prepare(trial);
	guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_DEREG_INT,
		     trial_address(trial, FIB));
}

/* Table and REG_INT in the order of Linux 7.2, and as Linux 6.12 has it (reference 6.2). */
static void table_after(struct trial *trial)
{
	prepare(trial);
}

static void table_before(struct trial *trial)
{
	prepare(trial);
	guest_register_int(trial, guest_handle(trial));
}

/* --- what a guest may do meanwhile ------------------------------------------------------------ */

static int raise_in_single_mode(struct trial *trial)
{
	unsigned count;

	trial->player->set_mode(trial->player, ISC, 1);
	count = ring(trial, 1, ISC);
	trial_put(trial, AISB, 8, 0);
	count += ring(trial, 2, ISC);
	return PRESENTED((int)count);
}

static int raise_after_single_again(struct trial *trial)
{
	unsigned count;

	trial->player->set_mode(trial->player, ISC, 1);
	count = ring(trial, 1, ISC);
	trial_put(trial, AISB, 8, 0);
	trial->player->set_mode(trial->player, ISC, 1);
	count += ring(trial, 2, ISC);
	return PRESENTED((int)count);
}

static int raise_in_all_mode(struct trial *trial)
{
	unsigned count;

	trial->player->set_mode(trial->player, ISC, 1);
	ring(trial, 1, ISC);
	trial->player->set_mode(trial->player, ISC, 0);
	trial_put(trial, AISB, 8, 0);
	count = ring(trial, 2, ISC);
	trial_put(trial, AISB, 8, 0);
	return PRESENTED((int)(count + ring(trial, 3, ISC)));
}

static void expect_two_bits(struct trial *trial)
{
	trial_want(trial, "AIBV", trial_get(trial, AIBV, 8), 0x6000000000000000ull);
	expect_bit(trial, AISB, 0, "AISB");
}

/* The vector went away from storage after it was registered. */
static void break_aibv(struct trial *trial)
{
	prepare(trial);
	trial->player->poison(trial->player, trial_address(trial, AIBV), 1);
}

static void break_aisb(struct trial *trial)
{
	prepare(trial);
	trial->player->poison(trial->player, trial_address(trial, AISB), 1);
}

static void expect_storage_event(struct trial *trial)
{
	struct zpci_ccdf event;

	trial->player->poison(trial->player, 0, 0);
	trial_want(trial, "event's PEC", guest_event(trial, &event), ZPCI_PEC_INTERRUPTION_STORAGE);
	trial_want(trial, "event's handle", zpci_be32_get(event.handle), trial->handle);
	trial_want(trial, "event's FID", zpci_be32_get(event.fid), trial->target->fid);
	trial_want(trial, "function controls",
		   guest_controls(trial) & (ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED),
		   ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED);
}

/* --- from the device's thread ----------------------------------------------------------------- */

/* In microseconds: the guest must have done what it does meanwhile before the doorbell rings. An error
 * comes by DMA of the device's thread, which other work of the machine can hold up. */
#define DELAY 200000
#define PAUSES 15000	/* of 20 microseconds at least, for what must not come */
#define PATIENCE 250000 /* for what must */

/* Rings later, and what @meanwhile is done; counts what came. */
static int ring_later(struct trial *trial, void (*meanwhile)(struct trial *trial))
{
	unsigned count = 0, limit = meanwhile ? PAUSES : PATIENCE;

	trial->judged = false;
	probe_put(trial, ZPCI_PROBE_REG_DELAY, 4, DELAY);
	trial_want(trial, "doorbell",
		   (uint64_t)probe_put(trial, ZPCI_PROBE_REG_DOORBELL_LATER, 4, trial->with->value),
		   CC(0));
	if (meanwhile)
		meanwhile(trial);
	for (unsigned i = 0; i < limit && !count; i++) {
		trial->player->pause(trial->player);
		count = trial->player->interruptions(trial->player, ISC);
	}
	return PRESENTED((int)count);
}

static int later(struct trial *trial)
{
	return ring_later(trial, NULL);
}

static void fail(struct trial *trial)
{
	guest_fail(trial, 0);
}

static void disable(struct trial *trial)
{
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
}

static void deconfigure(struct trial *trial)
{
	guest_configure(trial, ZPCI_SCLP_DECONFIGURE);
}

static void end_registration(struct trial *trial)
{
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_DEREG_INT,
		     trial_address(trial, FIB));
}

static int later_failed(struct trial *trial)
{
	return ring_later(trial, fail);
}

static int later_disabled(struct trial *trial)
{
	return ring_later(trial, disable);
}

static int later_deconfigured(struct trial *trial)
{
	return ring_later(trial, deconfigure);
}

static int later_ended(struct trial *trial)
{
	return ring_later(trial, end_registration);
}

#define VECTOR(number) .with = { .value = (number) }
#define ROW .has = INT, .needs = NEEDS_PROBE
#define DROPPED .answer = PRESENTED(0), .check = expect_no_bits, .effect = "nothing"

static const struct row rows[] = {
	{ .condition = "vector 0",
	  ROW,
	  VECTOR(0),
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "AIBV bit, AISB bit, one interruption",
	  .source = "ref 6.3, 6.4" },
	{ .condition = "vector 15, the last one registered",
	  ROW,
	  VECTOR(15),
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .source = "ref 6.4" },
	{ .condition = "vector 16, one more than were registered",
	  ROW,
	  VECTOR(16),
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 6.4 step 2" },
	{ .condition = "AIBV offset 61, summary bit 63",
	  .needs = NEEDS_PROBE,
	  VECTOR(5),
	  .prepare = offset_and_summary,
	  .answer = PRESENTED(1),
	  .check = expect_offset,
	  .effect = "bit offset + n, MSB-0",
	  .source = "ref 6.3" },
	{ .condition = "no summary",
	  .needs = NEEDS_PROBE,
	  VECTOR(5),
	  .prepare = no_summary,
	  .answer = PRESENTED(1),
	  .check = expect_bit_alone,
	  .effect = "AISB is not touched",
	  .source = "ref 6.4 step 4, 13 trap 22" },
	{ .condition = "no summary, the same vector twice",
	  .needs = NEEDS_PROBE,
	  VECTOR(5),
	  .act = raise_twice,
	  .prepare = no_summary,
	  .answer = PRESENTED(2),
	  .check = expect_bit_alone,
	  .source = "ref 6.4 step 4" },
	{ .condition = "the same vector twice",
	  ROW,
	  VECTOR(5),
	  .act = raise_twice,
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "the summary bit was set: one interruption",
	  .source = "ref 6.4 step 4" },
	{ .condition = "two vectors",
	  ROW,
	  .act = raise_two,
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_two,
	  .effect = "both bits, one interruption",
	  .source = "ref 6.4 step 4" },
	{ .condition = "again after the guest has cleared the bits",
	  ROW,
	  VECTOR(5),
	  .act = raise_again_after_clear,
	  .prepare = prepare,
	  .answer = PRESENTED(2),
	  .check = expect_vector,
	  .source = "ref 6.4" },
	{ .condition = "other bits are set",
	  ROW,
	  VECTOR(1),
	  .prepare = other_bits,
	  .answer = PRESENTED(1),
	  .check = expect_other_bits,
	  .effect = "they stay",
	  .source = "ref 6.4 steps 3 and 4" },
	{ .condition = "each of the eight ISCs",
	  .needs = NEEDS_PROBE,
	  .act = on_each_isc,
	  .prepare = prepare,
	  .answer = PRESENTED(8),
	  .source = "ref 5.1, 13 trap 34" },
	{ .condition = "MSI-X table written before REG_INT",
	  .needs = NEEDS_PROBE,
	  VECTOR(7),
	  .prepare = table_before,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .source = "ref 6.2, 10.3" },
	{ .condition = "MSI-X table written after REG_INT",
	  ROW,
	  VECTOR(7),
	  .prepare = table_after,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .source = "ref 6.2, 10.3" },
	{ .condition = "not registered",
	  .needs = NEEDS_PROBE,
	  VECTOR(5),
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 6.4 step 1" },
	{ .condition = "after DEREG_INT",
	  ROW,
	  VECTOR(5),
	  .prepare = deregister,
	  DROPPED,
	  .source = "ref 6.4 step 1" },

	/* MSI-X. */
	{ .condition = "message data is another number",
	  ROW,
	  VECTOR(5),
	  .prepare = other_data,
	  .answer = PRESENTED(1),
	  .check = expect_bit_9,
	  .effect = "the data counts",
	  .source = "ref 6.1" },
	{ .condition = "message data of ones",
	  ROW,
	  VECTOR(5),
	  .prepare = large_data,
	  DROPPED,
	  .source = "ref 6.4 step 2" },
	{ .condition = "message to another address",
	  ROW,
	  VECTOR(5),
	  .prepare = other_address,
	  DROPPED,
	  .source = "ref 6.1, chosen" },
	{ .condition = "vector masked",
	  ROW,
	  VECTOR(5),
	  .prepare = mask_vector,
	  .answer = PRESENTED(0),
	  .check = expect_pending,
	  .effect = "its pending bit",
	  .source = "PCI Local Bus 3.0, 6.8.2" },
	{ .condition = "vector masked, then unmasked",
	  ROW,
	  VECTOR(5),
	  .act = raise_unmask_vector,
	  .prepare = mask_vector,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "it is sent then",
	  .source = "PCI Local Bus 3.0, 6.8.2" },
	{ .condition = "function masked",
	  ROW,
	  VECTOR(5),
	  .prepare = mask_function,
	  .answer = PRESENTED(0),
	  .check = expect_pending,
	  .effect = "its pending bit",
	  .source = "PCI Local Bus 3.0, 6.8.2" },
	{ .condition = "function masked, then unmasked",
	  ROW,
	  VECTOR(5),
	  .act = raise_unmask_function,
	  .prepare = mask_function,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "it is sent then",
	  .source = "PCI Local Bus 3.0, 6.8.2" },
	{ .condition = "MSI-X off",
	  ROW,
	  VECTOR(5),
	  .prepare = switch_off,
	  .answer = PRESENTED(0),
	  .check = expect_not_pending,
	  .effect = "nothing",
	  .source = "PCI Local Bus 3.0, 6.8.2" },
	{ .condition = "no Bus Master",
	  ROW,
	  VECTOR(5),
	  .prepare = no_master,
	  .answer = PRESENTED(0),
	  .check = expect_pending,
	  .effect = "its pending bit",
	  .source = "PCI Local Bus 3.0, 6.2.2" },
	{ .condition = "no Bus Master, then Bus Master",
	  ROW,
	  VECTOR(5),
	  .act = raise_set_master,
	  .prepare = no_master,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "it is sent then",
	  .source = "PCI Local Bus 3.0, 6.2.2" },
	{ .condition = "vector that the device does not have",
	  ROW,
	  VECTOR(64),
	  .prepare = prepare,
	  DROPPED,
	  .source = "zpci-probe(7)" },

	/* States. */
	{ .condition = "error unblocked",
	  ROW,
	  VECTOR(5),
	  .state = UNBLOCKED,
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 4.4, 6.4 step 1" },

	{ .condition = "from the device's thread",
	  ROW,
	  VECTOR(5),
	  .act = later,
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_vector,
	  .effect = "the same",
	  .source = "ref 6.4" },
	{ .condition = "from the device's thread, error blocked meanwhile",
	  ROW,
	  VECTOR(5),
	  .act = later_failed,
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 4.4, 6.4 step 1" },
	{ .condition = "from the device's thread, disabled meanwhile",
	  ROW,
	  VECTOR(5),
	  .act = later_disabled,
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 4.4, 13 trap 30" },
	{ .condition = "from the device's thread, deconfigured meanwhile",
	  ROW,
	  VECTOR(5),
	  .act = later_deconfigured,
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 4.3, 4.4" },
	{ .condition = "from the device's thread, DEREG_INT meanwhile",
	  ROW,
	  VECTOR(5),
	  .act = later_ended,
	  .prepare = prepare,
	  DROPPED,
	  .source = "ref 6.4 step 1" },

	/* Suppression, which is the machine's. */
	{ .condition = "SIC SINGLE, two vectors",
	  ROW,
	  .act = raise_in_single_mode,
	  .prepare = prepare,
	  .answer = PRESENTED(1),
	  .check = expect_two_bits,
	  .effect = "the second one is discarded, its bits are there",
	  .source = "ref 6.6" },
	{ .condition = "SIC SINGLE again between two vectors",
	  ROW,
	  .act = raise_after_single_again,
	  .prepare = prepare,
	  .answer = PRESENTED(2),
	  .source = "ref 6.6" },
	{ .condition = "SIC ALL after SINGLE",
	  ROW,
	  .act = raise_in_all_mode,
	  .prepare = prepare,
	  .answer = PRESENTED(2),
	  .source = "ref 6.6" },

	/* Storage that fails after it was registered. */
	{ .condition = "AIBV cannot be stored",
	  .has = INT,
	  VECTOR(5),
	  .needs = NEEDS_PROBE | NEEDS_HOST,
	  .prepare = break_aibv,
	  .answer = PRESENTED(0),
	  .check = expect_storage_event,
	  .effect = "error blocked, event 0013 with FID and handle",
	  .source = "ref 6.4" },
	{ .condition = "AISB cannot be stored",
	  .has = INT,
	  VECTOR(5),
	  .needs = NEEDS_PROBE | NEEDS_HOST,
	  .prepare = break_aisb,
	  .answer = PRESENTED(0),
	  .check = expect_storage_event,
	  .effect = "error blocked, event 0013 with FID and handle",
	  .source = "ref 6.4" },
};

const struct family answers_interruption[] = {
	FAMILY("vector: adapter interruptions", raise, rows),
	{ NULL },
};
