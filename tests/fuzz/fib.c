// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fib.c - target: function controls. STPCIFC tells what a FIB has registered, and vectors and
 * measurement use it. A refused FIB changes nothing.
 */
#include "fuzz.h"

#include <string.h>

#include <zpci/fib.h>

const char fuzz_name[] = "fib";

#define VF 1

static void fill(struct fuzz_input *input, struct zpci_fib *fib, unsigned control)
{
	unsigned odd = (unsigned)fuzz_take(input, 1);
	uint64_t address;

	memset(fib, 0, sizeof(*fib));
	switch (control) {
	case ZPCI_MPCIFC_REG_INT:
		zpci_be32_put(&fib->interruption, (uint32_t)fuzz_take(input, 4));
		zpci_be64_put(&fib->aibv, odd & 1 ? fuzz_number(input) : fuzz_address(input));
		zpci_be64_put(&fib->aisb, odd & 2 ? fuzz_number(input) : fuzz_address(input));
		break;
	case ZPCI_MPCIFC_REG_IOAT:
	case ZPCI_MPCIFC_REREG_IOAT:
		zpci_be64_put(&fib->pba, fuzz_number(input));
		zpci_be64_put(&fib->pal, fuzz_number(input));
		address = fuzz_address(input);
		zpci_be64_put(&fib->iota, address | (fuzz_take(input, 2) & 0xfff));
		break;
	case ZPCI_MPCIFC_SET_MEASURE:
		zpci_be64_put(&fib->fmb, odd & 1 ? fuzz_number(input) : fuzz_address(input));
		break;
	default:
		break;
	}
	if (odd >= 0xf0)
		((uint8_t *)fib)[fuzz_choose(input, sizeof(*fib))] ^= (uint8_t)odd;
}

static struct zpci_outcome controls(struct fuzz *fuzz, uint32_t handle, struct zpci_fib *fib)
{
	bool handle_bit;

	return zpci_store_controls(fuzz->firmware, handle, 0, fib, &handle_bit);
}

static void judge_int(const struct zpci_fib *asked, const struct zpci_fib *before,
		      const struct zpci_fib *now)
{
	static const struct zpci_fib nothing;

	/* It was not registered before, and the requested indicators are. */
	fuzz_must(!memcmp(&before->aibv, &nothing.aibv, sizeof(before->aibv)) ||
		  !memcmp(&before->interruption, &nothing.interruption, 4));
	fuzz_must(!((zpci_be32_get(asked->interruption) ^ zpci_be32_get(now->interruption)) &
		    (ZPCI_FIB_INT_ISC_MASK | ZPCI_FIB_INT_NOI_MASK | ZPCI_FIB_INT_AIBVO_MASK |
		     ZPCI_FIB_INT_SUM)));
	fuzz_must(!memcmp(&asked->aibv, &now->aibv, sizeof(asked->aibv)));
}

static void judge_ioat(const struct zpci_fib *asked, const struct zpci_fib *now)
{
	fuzz_must(now->controls & ZPCI_FIB_FC_DMA);
	fuzz_must((zpci_be64_get(asked->pba) & ~0xfffull) == zpci_be64_get(now->pba));
	fuzz_must((zpci_be64_get(asked->pal) | 0xfffull) == zpci_be64_get(now->pal));
	fuzz_must(!memcmp(&asked->iota, &now->iota, sizeof(asked->iota)));
}

static void judge_done(unsigned control, const struct zpci_fib *asked,
		       const struct zpci_fib *before, const struct zpci_fib *now)
{
	static const struct zpci_fib nothing;

	switch (control) {
	case ZPCI_MPCIFC_REG_INT:
		judge_int(asked, before, now);
		break;
	case ZPCI_MPCIFC_DEREG_INT:
		fuzz_must(!memcmp(&now->interruption, &nothing.interruption,
				  offsetof(struct zpci_fib, fmb) -
					  offsetof(struct zpci_fib, interruption)));
		break;
	case ZPCI_MPCIFC_REG_IOAT:
	case ZPCI_MPCIFC_REREG_IOAT:
		fuzz_must(!(before->controls & ZPCI_FIB_FC_DMA) ==
			  (control == ZPCI_MPCIFC_REG_IOAT));
		judge_ioat(asked, now);
		break;
	case ZPCI_MPCIFC_DEREG_IOAT:
		fuzz_must(before->controls & ZPCI_FIB_FC_DMA && !(now->controls & ZPCI_FIB_FC_DMA));
		break;
	case ZPCI_MPCIFC_RESET_ERROR:
		fuzz_must(now->controls == (before->controls &
					    (uint8_t) ~(ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED)));
		break;
	case ZPCI_MPCIFC_RESET_BLOCK:
		fuzz_must(now->controls == (before->controls & (uint8_t)~ZPCI_FIB_FC_BLOCKED));
		break;
	default:
		fuzz_must(control == ZPCI_MPCIFC_SET_MEASURE);
		fuzz_must(!memcmp(&asked->fmb, &now->fmb, sizeof(asked->fmb)));
		break;
	}
}

/* A block with a key ends measurement, with an event. */
static bool refusal_may_change(unsigned control)
{
	return control == ZPCI_MPCIFC_SET_MEASURE;
}

static void modify(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1), control = what & 15;
	uint32_t handle = what & 0x80 ? fuzz_handle(fuzz, input) : fuzz_handle_of(fuzz, VF);
	unsigned dma_space = what & 0x40 ? fuzz_choose(input, 4) : 0;
	struct zpci_fib asked, before, now;
	struct zpci_outcome known, outcome;

	fill(input, &asked, control);
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	known = controls(fuzz, handle, &before);
	outcome = zpci_modify_controls(fuzz->firmware, handle, dma_space, control, &asked);
	fuzz_must(!fuzz->write_count && outcome.cc != 2);
	controls(fuzz, handle, &now);
	if (known.cc || outcome.program_interruption || outcome.cc)
		fuzz_must(refusal_may_change(control) || !memcmp(&before, &now, sizeof(now)));
	else
		judge_done(control, &asked, &before, &now);
	fuzz_leave(fuzz);
}

/* MSI-X entry @vector: the group's address, data of the input, not masked. */
static void program(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint32_t handle = fuzz_handle_of(fuzz, VF);
	uint64_t entry = fuzz_choose(input, 64) * 16u;
	uint32_t data = (uint32_t)fuzz_number(input);

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	zpci_store(fuzz->firmware, handle, 2, entry + 4, 4, 0x000000fe);
	zpci_store(fuzz->firmware, handle, 2, entry + 8, 4, __builtin_bswap32(data));
	zpci_store(fuzz->firmware, handle, 2, entry + 12, 4, 0);
	fuzz_check_presented(fuzz);
	fuzz_leave(fuzz);
}

static void set_config(struct fuzz *fuzz, uint64_t offset, unsigned length, uint64_t value)
{
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	zpci_store(fuzz->firmware, fuzz_handle_of(fuzz, VF), ZPCI_SPACE_CONFIG, offset, length,
		   value);
	fuzz_check_presented(fuzz);
	fuzz_leave(fuzz);
}

static void step(struct fuzz *fuzz, struct fuzz_input *input)
{
	switch (fuzz_choose(input, 10)) {
	case 0:
		fuzz_host(fuzz, input);
		break;
	case 1:
		fuzz_enable(fuzz, fuzz_choose(input, 4));
		break;
	case 2:
		program(fuzz, input);
		break;
	case 3: /* Message Control: enable, mask all */
		set_config(fuzz, 0x83, 1, fuzz_take(input, 1));
		break;
	case 4: /* Bus Master */
		set_config(fuzz, 4, 1, fuzz_take(input, 1));
		break;
	case 5:
		if (fuzz->devices[VF].inner && !fuzz->devices[VF].quiesced)
			fuzz_raise(&fuzz->devices[VF], fuzz_choose(input, 80));
		break;
	default:
		modify(fuzz, input);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct fuzz *fuzz = fuzz_setup(FUZZ_ALONE);

	fuzz_add(fuzz, VF, 0, false);
	fuzz_add(fuzz, 2, 1, false);
	fuzz_enable(fuzz, VF);
	set_config(fuzz, 0x83, 1, 0x80);
	while (fuzz_more(&input)) {
		step(fuzz, &input);
		fuzz_check(fuzz);
	}
	fuzz_check_events(fuzz);
	fuzz_teardown(fuzz);
	return 0;
}
