// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * translation.c - target: DMA through tables of the input, anywhere in storage. device.c checks by
 * its own walk. DMA may write its own tables.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <zpci/fib.h>

const char fuzz_name[] = "translation";

#define VF 1

/* A nearly right entry: separate origin and low bits. */
static uint64_t entry(struct fuzz_input *input)
{
	/* Valid entries of region and segment tables and of a page table; large frame. */
	static const uint64_t kinds[] = { 0x07, 0x0b, 0x0f, 0x00, 0x00, 0x400, 0x400, 0x200 };
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint64_t origin = (fuzz_address(input) & ~0x7ffull);

	if (what & 0x80)
		origin = fuzz_number(input);
	return (origin & ~0xfffull) | kinds[what & 7] | (what & 0x40 ? 0x200 : 0) |
	       (what & 0x20 ? fuzz_take(input, 2) & 0xfff : 0);
}

/* Entries in a row, or one entry @count times. */
static void write_entries(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t address = fuzz_address(input) & ~7ull;
	unsigned what = (unsigned)fuzz_take(input, 1);
	unsigned count = what & 0x40 ? 1u << (what & 7) : 1;
	uint64_t value = entry(input);
	/* Each has the next frame, or all have the same. */
	uint64_t step = what & 0x20 ? 0x1000 : 0;
	uint8_t bytes[8];

	for (unsigned i = 0; i < count; i++, address += 8, value += step) {
		zpci_put_be(bytes, 8, value);
		zpci_ram_ops()->write_absolute(fuzz->ram, address, bytes, 8);
	}
}

/* Likely places of tables. */
static uint64_t dma_address(struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint64_t address = 0x100000000ull + (fuzz_take(input, 2) << (what & 7));

	if (what & 0x80)
		return fuzz_number(input);
	return address + (what & 0x40 ? (uint64_t)(what >> 3 & 7) << 31 : 0) +
	       (what & 0x20 ? (uint64_t)(what >> 3 & 3) << 20 : 0);
}

static void dma(struct fuzz *fuzz, struct fuzz_input *input, bool write)
{
	struct fuzz_device *device = &fuzz->devices[VF];
	uint64_t address = dma_address(input);
	size_t length = fuzz_take(input, 2);
	uint8_t *buffer;

	/* Rarely more than a piece. */
	if (fuzz_choose(input, 64) == 63)
		length <<= 2;
	if (!device->inner || device->quiesced)
		return;
	buffer = malloc(length + 1);
	fuzz_must(buffer);
	memset(buffer, 0x5a, length + 1);
	/* Sometimes bytes that are an entry if they get into a table. */
	if (write && length >= 8 && length <= 64)
		zpci_put_be(buffer, 8, entry(input));
	fuzz_dma(device, write, address, buffer, length);
	fuzz_must(buffer[length] == 0x5a);
	free(buffer);
}

/* REG_IOAT or REREG_IOAT with any designation type. */
static void register_tables(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint64_t iota = (fuzz_address(input) & ~0x3fffull) | 0x800 | (what & 0x0c);
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	/* Mostly the published one, so that DMA follows. */
	if (what & 0xe0)
		iota = (iota & ~0xcull) | 4;
	if (what & 0x10)
		iota |= 0x200;
	zpci_be64_put(&fib.iota, iota);
	zpci_be64_put(&fib.pba, what & 1 ? dma_address(input) : 0x100000000ull);
	zpci_be64_put(&fib.pal, what & 2 ? dma_address(input) : 0x3ffffffffffull);
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	zpci_modify_controls(fuzz->firmware, fuzz_handle_of(fuzz, VF), 0,
			     what & 0x80 ? ZPCI_MPCIFC_REREG_IOAT : ZPCI_MPCIFC_REG_IOAT, &fib);
	fuzz_watch(fuzz);
	fuzz_leave(fuzz);
}

static void control(struct fuzz *fuzz, unsigned control)
{
	static const struct zpci_fib none;

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	zpci_modify_controls(fuzz->firmware, fuzz_handle_of(fuzz, VF), 0, control, &none);
	fuzz_watch(fuzz);
	fuzz_leave(fuzz);
}

static void refresh(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t start = dma_address(input), length = fuzz_number(input);
	uint64_t last = length ? start + length - 1 : start;
	struct zpci_outcome outcome;

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome = zpci_refresh(fuzz->firmware, fuzz_handle_of(fuzz, VF), start, length);
	if (last < start)
		last = UINT64_MAX;
	if (!outcome.cc && !outcome.program_interruption)
		fuzz_forget(&fuzz->devices[VF], start, last);
	fuzz_leave(fuzz);
}

/* Recovers from any state, as a guest does. */
static void recover(struct fuzz *fuzz, struct fuzz_input *input)
{
	if (fuzz_choose(input, 4) == 0) {
		fuzz_enable(fuzz, VF);
		return;
	}
	control(fuzz, ZPCI_MPCIFC_RESET_BLOCK);
	control(fuzz, ZPCI_MPCIFC_RESET_ERROR);
}

static void step(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = fuzz_choose(input, 16);

	switch (what) {
	case 0:
		fuzz_host(fuzz, input);
		break;
	case 1:
		register_tables(fuzz, input);
		break;
	case 2:
		control(fuzz, ZPCI_MPCIFC_DEREG_IOAT);
		break;
	case 3:
		refresh(fuzz, input);
		break;
	case 4:
		recover(fuzz, input);
		break;
	case 5:
		fuzz_poison(fuzz, input);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		write_entries(fuzz, input);
		break;
	default:
		dma(fuzz, input, what & 1);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct fuzz *fuzz = fuzz_setup(FUZZ_ALONE);

	fuzz_add(fuzz, VF, 0, false);
	fuzz_enable(fuzz, VF);
	while (fuzz_more(&input))
		step(fuzz, &input);
	fuzz_check(fuzz);
	fuzz_check_events(fuzz);
	fuzz_teardown(fuzz);
	return 0;
}
