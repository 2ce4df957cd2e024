// SPDX-License-Identifier: GPL-2.0-or-later
/* engine.c - see engine.h */
#include <inttypes.h>
#include <stdio.h>

#include <zpci/probe.h>

#include "engine.h"

void probe_describe(const struct probe_operation *op, char *text, size_t size)
{
	static const char *const names[] = { "?", "READ", "WRITE", "COPY", "FILL" };

	snprintf(text, size, "%s of %" PRIu64 " bytes from 0x%" PRIx64 " to 0x%" PRIx64,
		 names[op->operation <= ZPCI_PROBE_DMA_FILL ? op->operation : 0], op->length,
		 op->source, op->destination);
}

bool probe_start_operation(const struct probe *p, const struct probe_operation *op, uint32_t vector)
{
	return probe_write(p, ZPCI_PROBE_REG_DMA_SOURCE, 8, op->source) &&
	       probe_write(p, ZPCI_PROBE_REG_DMA_DESTINATION, 8, op->destination) &&
	       probe_write(p, ZPCI_PROBE_REG_DMA_LENGTH, 8, op->length) &&
	       probe_write(p, ZPCI_PROBE_REG_DMA_PATTERN, 8, op->pattern) &&
	       probe_write(p, ZPCI_PROBE_REG_DMA_COMMAND, 4,
			   op->operation | ZPCI_PROBE_DMA_INTERRUPT |
				   vector << ZPCI_PROBE_DMA_VECTOR_SHIFT);
}

/* Whether the operation was done without error. @arrived: its interrupt came. */
static bool check_end(const struct probe *p, const struct probe_operation *op, bool arrived,
		      struct probe_verdict *verdict)
{
	uint64_t status, done, failed;
	char text[128];

	if (!probe_read(p, ZPCI_PROBE_REG_DMA_STATUS, 4, &status) ||
	    !probe_read(p, ZPCI_PROBE_REG_DMA_DONE, 8, &done) ||
	    !probe_read(p, ZPCI_PROBE_REG_DMA_FAILED, 8, &failed)) {
		probe_refused(verdict);
		return false;
	}
	if (arrived && status == ZPCI_PROBE_STATUS_DONE && done == op->length)
		return true;
	probe_describe(op, text, sizeof(text));
	probe_verdict(verdict, PROBE_FAILED,
		      "DMA %s: %s, status 0x%08" PRIx64 ", %" PRIu64
		      " bytes done, refused address 0x%" PRIx64,
		      text, arrived ? "interrupt came" : "no interrupt after 10 seconds", status,
		      done, failed);
	return false;
}

bool probe_operate(struct probe *p, const struct probe_operation *op, struct probe_verdict *verdict)
{
	uint32_t vector = (uint32_t)(probe_random(p) % p->vectors);

	if (probe_stopped(verdict))
		return false;
	if (!probe_start_operation(p, op, vector)) {
		probe_refused(verdict);
		return false;
	}
	return check_end(p, op, probe_wait_vector(p, vector) > 0, verdict);
}
