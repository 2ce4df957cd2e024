// SPDX-License-Identifier: GPL-2.0-or-later
/* results.c - see results.h */
#include <stdarg.h>
#include <stdio.h>

#include "results.h"

const char *const probe_outcome_names[] = {
	[PROBE_SKIPPED] = "skipped",   [PROBE_OK] = "ok",	    [PROBE_FAILED] = "failed",
	[PROBE_NOT_MADE] = "not made", [PROBE_STOPPED] = "stopped",
};

const char *const probe_error_names[PROBE_ERRORS] = {
	[PROBE_ERROR_UNMAPPED_WRITE] = "unmapped_write",
	[PROBE_ERROR_UNMAPPED_READ] = "unmapped_read",
	[PROBE_ERROR_CROSSING] = "crossing_write",
	[PROBE_ERROR_READ_ONLY] = "read_only_write",
	[PROBE_ERROR_BEYOND] = "beyond_aperture",
	[PROBE_ERROR_BEFORE] = "before_aperture",
};

const char *const probe_error_texts[PROBE_ERRORS] = {
	[PROBE_ERROR_UNMAPPED_WRITE] = "DMA error: write to an unmapped page",
	[PROBE_ERROR_UNMAPPED_READ] = "DMA error: read from an unmapped page",
	[PROBE_ERROR_CROSSING] = "DMA error: write into an unmapped page",
	[PROBE_ERROR_READ_ONLY] = "DMA error: write to a read-only page",
	[PROBE_ERROR_BEYOND] = "DMA error: write beyond the aperture",
	[PROBE_ERROR_BEFORE] = "DMA error: write before the aperture",
};

const char *const probe_recovery_names[] = {
	[PROBE_NOT_RECOVERED] = "none",
	[PROBE_RECOVERED_BY_KERNEL] = "kernel",
	[PROBE_RECOVERED_BY_RESET] = "reset",
	[PROBE_RECOVERED_BY_RECOVER] = "recover",
};

/* A failure of the device is the worst, whatever else happened. */
static enum probe_outcome worse(enum probe_outcome a, enum probe_outcome b)
{
	if (a == PROBE_FAILED || b == PROBE_FAILED)
		return PROBE_FAILED;
	return a > b ? a : b;
}

enum probe_outcome probe_worst(const struct probe_results *results)
{
	enum probe_outcome worst = PROBE_OK;

	worst = worse(worst, results->now.verdict.outcome);
	worst = worse(worst, results->later.verdict.outcome);
	worst = worse(worst, results->dma.verdict.outcome);
	worst = worse(worst, results->code.verdict.outcome);
	for (int i = 0; i < PROBE_ERRORS; i++)
		worst = worse(worst, results->errors[i].verdict.outcome);
	return worst;
}

void probe_verdict(struct probe_verdict *verdict, enum probe_outcome outcome, const char *format,
		   ...)
{
	va_list args;

	verdict->outcome = outcome;
	va_start(args, format);
	vsnprintf(verdict->problem.text, sizeof(verdict->problem.text), format, args);
	va_end(args);
}
