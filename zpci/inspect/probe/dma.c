// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma.c - the DMA engine against memcpy
 *
 * Source and destination are in one mapping. The engine writes the destination from its start to
 * its end in pieces of random length, each from a random place in the source. So lengths and
 * both alignments are random, and each byte of the destination is written once. A third buffer,
 * which is not mapped, gets the same by memcpy. After each piece the destination is compared,
 * with some bytes around the piece: a later piece would hide what this one wrote beyond its end.
 * At the end it is compared as a whole.
 *
 * Then there are rounds through the device's own memory: READ into it, look at it through the
 * BAR, WRITE it elsewhere, compare; and FILL, compare.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/probe.h>

#include "engine.h"
#include "tests.h"
#include "zpci/inspect/base/clock.h"

#define MAX_PIECE_BITS 18
#define AROUND 64u /* bytes before and after a piece that must not change */
#define ROUNDS 32
#define LOOK_AT 256u /* bytes of device memory; no more, as access by the BAR is slow */

struct dma_test {
	struct probe *p;
	struct probe_dma *result;
	struct probe_memory memory; /* source, then destination */
	uint8_t *source;
	uint8_t *destination;
	uint8_t *expected;
	uint64_t half; /* size of each */
};

static uint64_t source_address(const struct dma_test *t, uint64_t offset)
{
	return t->memory.iova + offset;
}

static uint64_t destination_address(const struct dma_test *t, uint64_t offset)
{
	return t->memory.iova + t->half + offset;
}

/* A length of any magnitude, from 1 to @max. */
static uint64_t random_length(struct probe *p, uint64_t max)
{
	uint64_t bits = probe_random(p) % (MAX_PIECE_BITS + 1);
	uint64_t length = 1 + probe_random(p) % (1ull << bits);

	return length < max ? length : max;
}

static uint64_t random_below(struct probe *p, uint64_t limit)
{
	return probe_random(p) % limit;
}

/* Compare the piece of the destination that @op wrote at @offset, and some bytes around it. */
static bool compare(struct dma_test *t, const struct probe_operation *op, uint64_t offset)
{
	uint64_t from = offset > AROUND ? offset - AROUND : 0;
	uint64_t end = offset + op->length + AROUND;
	char text[128];

	end = end < t->half ? end : t->half;
	if (memcmp(t->destination + from, t->expected + from, end - from) == 0)
		return true;
	while (t->destination[from] == t->expected[from])
		from++;
	probe_describe(op, text, sizeof(text));
	probe_verdict(&t->result->verdict, PROBE_FAILED,
		      "DMA %s: compare mismatch at 0x%" PRIx64 ": 0x%02x, not 0x%02x", text,
		      destination_address(t, from), t->destination[from], t->expected[from]);
	return false;
}

static bool copy_all(struct dma_test *t, uint64_t bytes)
{
	uint64_t offset = 0;

	while (offset < bytes) {
		uint64_t length = random_length(t->p, bytes - offset);
		uint64_t from = random_below(t->p, bytes - length + 1);
		struct probe_operation op = {
			.operation = ZPCI_PROBE_DMA_COPY,
			.source = source_address(t, from),
			.destination = destination_address(t, offset),
			.length = length,
		};

		if (!probe_operate(t->p, &op, &t->result->verdict))
			return false;
		memcpy(t->expected + offset, t->source + from, length);
		if (!compare(t, &op, offset))
			return false;
		t->result->copies++;
		t->result->copied += length;
		offset += length;
	}
	if (memcmp(t->destination, t->expected, t->half) == 0)
		return true;
	probe_verdict(&t->result->verdict, PROBE_FAILED,
		      "DMA: compare mismatch of the whole after all copies");
	return false;
}

/* Compare device memory with @expected, through the BAR. */
static bool look(struct dma_test *t, uint64_t in_device, const uint8_t *expected, uint64_t length)
{
	const struct vfio_function *f = t->p->f;
	uint8_t bytes[LOOK_AT];

	length = length < LOOK_AT ? length : LOOK_AT;
	if (vfio_read_bytes(f, &f->bars[ZPCI_PROBE_BAR], ZPCI_PROBE_MEMORY + in_device, bytes,
			    length)) {
		probe_refused(&t->result->verdict);
		return false;
	}
	if (memcmp(bytes, expected, length) == 0)
		return true;
	probe_verdict(&t->result->verdict, PROBE_FAILED,
		      "DMA READ: compare mismatch in device "
		      "memory from 0x%" PRIx64 " on, seen through the BAR",
		      in_device);
	return false;
}

/* From guest memory to device memory, and from there to another place in guest memory. */
static bool through_device(struct dma_test *t, uint64_t limit)
{
	uint64_t length = random_length(t->p, limit);
	uint64_t from = random_below(t->p, limit - length + 1);
	uint64_t to = random_below(t->p, limit - length + 1);
	uint64_t in_device = random_below(t->p, ZPCI_PROBE_MEMORY_SIZE - length + 1);
	struct probe_operation in = {
		.operation = ZPCI_PROBE_DMA_READ,
		.source = source_address(t, from),
		.destination = in_device,
		.length = length,
	};
	struct probe_operation out = {
		.operation = ZPCI_PROBE_DMA_WRITE,
		.source = in_device,
		.destination = destination_address(t, to),
		.length = length,
	};

	if (!probe_operate(t->p, &in, &t->result->verdict))
		return false;
	t->result->reads++;
	if (!look(t, in_device, t->source + from, length) ||
	    !probe_operate(t->p, &out, &t->result->verdict))
		return false;
	t->result->writes++;
	memcpy(t->expected + to, t->source + from, length);
	return compare(t, &out, to);
}

static bool fill(struct dma_test *t, uint64_t limit)
{
	uint64_t length = random_length(t->p, limit);
	uint64_t to = random_below(t->p, limit - length + 1);
	struct probe_operation op = {
		.operation = ZPCI_PROBE_DMA_FILL,
		.destination = destination_address(t, to),
		.length = length,
		.pattern = probe_random(t->p),
	};
	uint8_t pattern[8];

	zpci_put_le(pattern, sizeof(pattern), op.pattern);
	for (uint64_t i = 0; i < length; i++)
		t->expected[to + i] = pattern[i % sizeof(pattern)];
	if (!probe_operate(t->p, &op, &t->result->verdict))
		return false;
	t->result->fills++;
	return compare(t, &op, to);
}

static void run(struct dma_test *t, uint64_t bytes)
{
	uint64_t limit = bytes < ZPCI_PROBE_MEMORY_SIZE ? bytes : ZPCI_PROBE_MEMORY_SIZE;

	for (uint64_t i = 0; i < t->half; i += 8)
		zpci_put_be(t->source + i, 8, probe_random(t->p));
	memset(t->destination, 0xa5, t->half);
	memset(t->expected, 0xa5, t->half);
	if (!copy_all(t, bytes))
		return;
	for (int i = 0; i < ROUNDS; i++) {
		if (!through_device(t, limit) || !fill(t, limit))
			return;
	}
}

void probe_test_dma(struct probe *p, uint64_t bytes, struct probe_dma *result)
{
	struct dma_test t = { .p = p, .result = result };
	uint64_t start = clock_microseconds();

	result->verdict.outcome = PROBE_OK;
	t.half = (bytes + 4095) & ~4095ull;
	if (!probe_map(p, 2 * t.half, false, &t.memory, &result->verdict))
		return;
	t.source = t.memory.data;
	t.destination = t.memory.data + t.half;
	t.expected = malloc(t.half);
	if (t.expected)
		run(&t, bytes);
	else
		probe_verdict(&result->verdict, PROBE_NOT_MADE, "out of memory");
	free(t.expected);
	probe_unmap(p, &t.memory);
	result->microseconds = clock_microseconds() - start;
}
