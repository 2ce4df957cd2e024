// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Code that a device writes over
 *
 * A CPU that translates or caches instructions must notice when DMA changes them. Under an
 * emulator that translates, that holds only if whoever does the DMA tells it: bytes stored
 * behind its back arrive, and the old code goes on running. So: a function that returns 1 in
 * a page that is mapped for DMA, run often enough to be translated; the DMA engine writes a
 * function that returns 2 over it; run again. And so on with other numbers.
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

/* Have the device write the function that returns VALUE over the one in MEMORY: prepared in
 * the second page, taken from there into device memory, and written. By turns that is a
 * doubleword, which is written in one piece, and less, which need not be. */
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
	/* Two pages: storing the new code into the page that runs would itself be noticed. */
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
