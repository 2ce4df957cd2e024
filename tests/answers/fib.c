// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fib.c - the FIB of a row of MPCIFC, and what STPCIFC says came of it.
 */
#include "fib.h"

#include <string.h>

/* What a guest would put in for the row's operation. */
void fib_usual(struct trial *trial)
{
	switch (trial->with->control) {
	case ZPCI_MPCIFC_REG_IOAT:
	case ZPCI_MPCIFC_REREG_IOAT:
		guest_tables(trial);
		break;
	case ZPCI_MPCIFC_REG_INT:
		guest_int_fib(trial);
		break;
	default:
		memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
		if (trial->with->control == ZPCI_MPCIFC_SET_MEASURE)
			trial_put(trial, FIB_FMB, 8, trial_address(trial, FMB));
		break;
	}
}

int fib_modify(struct trial *trial)
{
	return guest_modify(trial, trial->handle, trial->with->space, trial->with->control,
			    trial_address(trial, FIB) + trial->with->address);
}

/* The function's FIB as STPCIFC tells it, at DATA. */
void fib_store(struct trial *trial)
{
	trial_want(trial, "STPCIFC",
		   (uint64_t)guest_store_controls(trial, guest_handle(trial), 0,
						  trial_address(trial, DATA)),
		   CC(0));
}

void fib_expect_field(struct trial *trial, const char *what, uint64_t field, uint64_t wanted)
{
	trial_want(trial, what, trial_get(trial, field - FIB + DATA, field == FIB_WORD ? 4 : 8),
		   wanted);
}

void fib_expect_int(struct trial *trial)
{
	fib_store(trial);
	fib_expect_field(trial, "interrupt word", FIB_WORD, trial_get(trial, FIB_WORD, 4));
	fib_expect_field(trial, "AIBV", FIB_AIBV, trial_get(trial, FIB_AIBV, 8));
	fib_expect_field(trial, "AISB", FIB_AISB, trial_get(trial, FIB_AISB, 8));
}

void fib_expect_no_int(struct trial *trial)
{
	fib_store(trial);
	fib_expect_field(trial, "interrupt word", FIB_WORD, 0);
	fib_expect_field(trial, "AIBV", FIB_AIBV, 0);
	fib_expect_field(trial, "AISB", FIB_AISB, 0);
}

void fib_expect_ioat(struct trial *trial)
{
	fib_store(trial);
	trial_want(trial, "function controls", trial_get(trial, DATA + 8, 1) & ZPCI_FIB_FC_DMA,
		   ZPCI_FIB_FC_DMA);
	fib_expect_field(trial, "PBA", FIB_PBA, trial_get(trial, FIB_PBA, 8) & ~0xfffull);
	fib_expect_field(trial, "PAL", FIB_PAL, trial_get(trial, FIB_PAL, 8) | 0xfff);
	fib_expect_field(trial, "IOTA", FIB_IOTA, trial_get(trial, FIB_IOTA, 8));
}

void fib_expect_no_ioat(struct trial *trial)
{
	fib_store(trial);
	trial_want(trial, "function controls", trial_get(trial, DATA + 8, 1) & ZPCI_FIB_FC_DMA, 0);
	fib_expect_field(trial, "PBA", FIB_PBA, 0);
	fib_expect_field(trial, "PAL", FIB_PAL, 0);
	fib_expect_field(trial, "IOTA", FIB_IOTA, 0);
}
