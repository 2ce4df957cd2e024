/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine.h - one operation of a probe's DMA engine. */
#ifndef INSPECT_PROBE_ENGINE_H
#define INSPECT_PROBE_ENGINE_H

#include "device.h"

struct probe_operation {
	uint32_t operation; /* ZPCI_PROBE_DMA_READ ... */
	uint64_t source;
	uint64_t destination;
	uint64_t length;
	uint64_t pattern;
};

/* For messages: what @op does, in words. */
void probe_describe(const struct probe_operation *op, char *text, size_t size);
/* Start an operation that will end with the interrupt @vector. False with errno: refused. */
bool probe_start_operation(const struct probe *p, const struct probe_operation *op,
			   uint32_t vector);
/* Start an operation and wait for its interrupt. True: it was done without error. */
bool probe_operate(struct probe *p, const struct probe_operation *op,
		   struct probe_verdict *verdict);

#endif
