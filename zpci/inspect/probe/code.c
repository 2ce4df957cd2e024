// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * code.c - code that a device writes over
 *
 * A CPU that translates or caches instructions must notice when DMA changes them. An emulator
 * that translates only notices if the DMA is done by its own means. If not, the bytes arrive in
 * memory, but the old code goes on running. So the test puts a function that returns 1 into a
 * page that is mapped for DMA, and runs it often enough for a translation. Then the DMA engine
 * writes a function that returns 2 over it, the test runs it again, and so on.
 */
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/probe.h>

#include "engine.h"
#include "tests.h"

#ifdef __s390x__

#define ROUNDS 32
#define WARM_UP 1000
#define CODE_SIZE 8

/* lghi %r2,VALUE; br %r14; nopr %r7 (z/Architecture Principles of Operation: LGHI A729, BCR 07) */
static void assemble(uint8_t code[CODE_SIZE], int16_t value)
{
	zpci_put_be(code, 2, 0xa729);
	zpci_put_be(code + 2, 2, (uint16_t)value);
	zpci_put_be(code + 4, 2, 0x07fe);
	zpci_put_be(code + 6, 2, 0x0707);
}

static long call(const uint8_t *code)
{
	long (*function)(void);

	memcpy(&function, &code, sizeof(function));
	return function();
}

static long call_often(const uint8_t *code)
{
	long value = call(code);

	for (int i = 1; i < WARM_UP; i++)
		value = call(code);
	return value;
}

/* Have the device write a function that returns @value over the one in @memory. We prepare it in
 * the second page; the device reads it from there and writes it. By turns that is a doubleword,
 * which is written in one piece, and less, which need not be. */
static bool overwrite(struct probe *p, const struct probe_memory *memory, int16_t value,
		      struct probe_verdict *verdict)
{
	struct probe_operation in = {
		.operation = ZPCI_PROBE_DMA_READ,
		.source = memory->iova + memory->size / 2,
		.length = CODE_SIZE - (value % 2 ? 0 : 2),
	};
	struct probe_operation out = {
		.operation = ZPCI_PROBE_DMA_WRITE,
		.destination = memory->iova,
		.length = in.length,
	};

	assemble(memory->data + memory->size / 2, value);
	return probe_operate(p, &in, verdict) && probe_operate(p, &out, verdict);
}

static void run(struct probe *p, const struct probe_memory *memory, struct probe_code *r)
{
	assemble(memory->data, 1);
	for (int16_t value = 2; value < 2 + ROUNDS; value++) {
		r->expected = value;
		r->before = call_often(memory->data);
		if (r->before != value - 1) {
			probe_verdict(&r->verdict, PROBE_FAILED,
				      "code that returns %d returned %lld", value - 1,
				      (long long)r->before);
			return;
		}
		if (!overwrite(p, memory, value, &r->verdict))
			return;
		r->after = call(memory->data);
		r->rounds++;
		if (r->after != value) {
			probe_verdict(&r->verdict, PROBE_FAILED,
				      "stale code: the device wrote code "
				      "that returns %d, and what ran returned %lld",
				      value, (long long)r->after);
			return;
		}
	}
}

void probe_test_code(struct probe *p, struct probe_code *r)
{
	struct probe_memory memory;

	r->verdict.outcome = PROBE_OK;
	/* Two pages: a store of ours into the page with the code would end its translation too. */
	if (!probe_map(p, 8192, true, &memory, &r->verdict))
		return;
	run(p, &memory, r);
	probe_unmap(p, &memory);
}

#else

void probe_test_code(struct probe *p, struct probe_code *r)
{
	(void)p;
	probe_verdict(&r->verdict, PROBE_NOT_MADE, "built for another machine than s390x");
}

#endif
