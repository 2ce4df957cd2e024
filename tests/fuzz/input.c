// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * input.c - numbers from the bytes of an input.
 *
 * A fuzzer changes, removes and copies bytes. So every choice is one byte, each byte has a meaning,
 * and important numbers (ends of storage and of the aperture, the MSI address) are one byte instead
 * of eight.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, condition);
	abort();
}

bool fuzz_more(const struct fuzz_input *input)
{
	return input->size > 0;
}

uint64_t fuzz_take(struct fuzz_input *input, size_t length)
{
	uint64_t value = 0;

	for (; length; length--) {
		value <<= 8;
		if (!input->size)
			continue;
		value |= *input->data++;
		input->size--;
	}
	return value;
}

unsigned fuzz_choose(struct fuzz_input *input, unsigned count)
{
	return (unsigned)fuzz_take(input, 1) % count;
}

const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t length, size_t *got)
{
	const uint8_t *bytes = input->data;

	*got = length < input->size ? length : input->size;
	input->data += *got;
	input->size -= *got;
	return bytes;
}

const uint64_t fuzz_numbers[] = {
	0x0000000000010000, /* blocks, and tables, of the seeds */
	0x0000000000014000, 0x0000000000018000, 0x0000000000080000, /* frames */
	0x00000000000ff000, FUZZ_STORAGE,	0x0000000000ffffff, /* ends of addressing modes */
	0x000000007fffffff, 0x00000000ffffffff, UINT64_MAX,
	0x0000000100000000,			/* the aperture */
	0x000003ffffffffff, 0x0000000180000000, /* its second region */
	0xfe00000000000000,			/* the MSI address */
	0x0000000000000001, 0x7a70636900000000, /* group; resume token */
	0x7a706369ffffffff, 0x0000000000008000, /* memory of a probe device */
	0x0000000000002000,			/* pending bits */
	0x001a0001,				/* SCLP configure, deconfigure */
	0x001b0001,	    0x0000000000001000,
};
const unsigned fuzz_numbers_count = sizeof(fuzz_numbers) / sizeof(fuzz_numbers[0]);

uint64_t fuzz_number(struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint64_t known = fuzz_numbers[what % 32 % fuzz_numbers_count];

	switch (what >> 5) {
	case 0:
	case 1:
		return what;
	case 2:
		return known;
	case 3:
		return known + (uint64_t)(int8_t)fuzz_take(input, 1);
	case 4:
	case 5:
		return 1ull << (what & 63);
	case 6:
		return (1ull << (what & 31)) - 1;
	default:
		return fuzz_take(input, (what & 7) + 1);
	}
}

#define PAGE 4096u

uint64_t fuzz_address(struct fuzz_input *input)
{
	unsigned value = (unsigned)fuzz_take(input, 2);
	/* A few beyond storage. */
	uint64_t page = (uint64_t)(value & 0x3ff) % (FUZZ_STORAGE / PAGE + 2) * PAGE;
	unsigned place = value >> 10;

	if (place < 32) /* doublewords at the start */
		return page + place * 8;
	if (place < 48) /* and at the end */
		return page + PAGE - (place - 31) * 8;
	return page + place * 67; /* anywhere */
}
