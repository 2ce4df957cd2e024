// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe.c - target: loads, stores and store blocks of any length at any place, in config space and
 * BARs of a `probe` function, with its engine and doorbells.
 *
 * A model of bytes runs beside it: device memory, scratch registers and the MSI-X table keep
 * stores; the rest of the BARs is 0 or as in zpci-probe(7).
 */
#include "fuzz.h"

#include <string.h>

#include <zpci/fib.h>
#include <zpci/probe.h>

const char fuzz_name[] = "probe";

/* The VF that the input chooses; 0: the PF. */
static unsigned vf;
#define TABLE (ZPCI_PROBE_VECTORS * 16u)
#define PENDING (ZPCI_PROBE_VECTORS / 8u)

/* The expected bytes. */
struct model {
	uint8_t memory[ZPCI_PROBE_MEMORY_SIZE];
	uint8_t registers[0x20]; /* identity and scratch */
	uint8_t table[TABLE];
	/* The engine wrote to device memory: the model reads it again. */
	bool memory_unknown;
	uint32_t handle; /* of the current life */
};

static void forget(struct model *model, uint32_t handle)
{
	memset(model, 0, sizeof(*model));
	model->handle = handle;
	zpci_put_le(model->registers + ZPCI_PROBE_REG_ID, 4, ZPCI_PROBE_ID);
	zpci_put_le(model->registers + ZPCI_PROBE_REG_VERSION, 4, ZPCI_PROBE_VERSION);
	zpci_put_le(model->registers + ZPCI_PROBE_REG_VF, 4, vf);
	zpci_put_le(model->registers + ZPCI_PROBE_REG_VECTORS, 4, ZPCI_PROBE_VECTORS);
	for (unsigned i = 0; i < ZPCI_PROBE_VECTORS; i++)
		model->table[16 * i + 12] = 1; /* masked */
}

/* --- the model's side of an access ----------------------------------------------------------- */

static uint64_t bar_size(unsigned bar)
{
	return bar == ZPCI_PROBE_BAR	    ? ZPCI_PROBE_BAR_SIZE
	       : bar == ZPCI_PROBE_MSIX_BAR ? ZPCI_PROBE_MSIX_BAR_SIZE
					    : 0;
}

static bool fits(unsigned bar, uint64_t offset, size_t length)
{
	return length <= bar_size(bar) && offset <= bar_size(bar) - length;
}

/* The model's byte; NULL: none. */
static uint8_t *byte_of(struct model *model, unsigned bar, uint64_t offset)
{
	if (bar == ZPCI_PROBE_MSIX_BAR)
		return offset < TABLE ? &model->table[offset] : NULL;
	if (offset >= ZPCI_PROBE_MEMORY)
		return &model->memory[offset - ZPCI_PROBE_MEMORY];
	return offset < sizeof(model->registers) ? &model->registers[offset] : NULL;
}

static bool is_writable(unsigned bar, uint64_t offset)
{
	if (bar == ZPCI_PROBE_MSIX_BAR || offset >= ZPCI_PROBE_MEMORY)
		return true;
	return (offset >= ZPCI_PROBE_REG_SCRATCH32 && offset < ZPCI_PROBE_REG_SCRATCH32 + 4) ||
	       (offset >= ZPCI_PROBE_REG_SCRATCH64 && offset < ZPCI_PROBE_REG_SCRATCH64 + 8);
}

/* Bytes that the model does not have: counters, engine, pending bits. */
static bool is_unknown(const struct model *model, unsigned bar, uint64_t offset)
{
	if (bar == ZPCI_PROBE_MSIX_BAR)
		return offset >= ZPCI_PROBE_MSIX_PBA && offset < ZPCI_PROBE_MSIX_PBA + PENDING;
	if (offset >= ZPCI_PROBE_MEMORY)
		return model->memory_unknown;
	return offset >= sizeof(model->registers) && offset < 0xc0;
}

static void check_loaded(struct model *model, unsigned bar, uint64_t offset, const uint8_t *data,
			 size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const uint8_t *byte = byte_of(model, bar, offset + i);

		if (!is_unknown(model, bar, offset + i))
			fuzz_must(data[i] == (byte ? *byte : 0));
	}
}

static void note_stored(struct model *model, unsigned bar, uint64_t offset, const uint8_t *data,
			size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint8_t *byte = byte_of(model, bar, offset + i);

		if (byte && is_writable(bar, offset + i))
			*byte = data[i];
	}
	if (bar == ZPCI_PROBE_BAR && offset <= ZPCI_PROBE_REG_DMA_COMMAND + 3 &&
	    offset + length > ZPCI_PROBE_REG_DMA_COMMAND)
		model->memory_unknown = true;
}

/* --- accesses -------------------------------------------------------------------------------- */

/* Interesting offsets: near registers, the table, the ends. */
static uint64_t bar_offset(struct fuzz_input *input)
{
	static const uint64_t bases[] = {
		0,
		0x40,
		0x80,
		0x1000,
		ZPCI_PROBE_MSIX_PBA,
		ZPCI_PROBE_MEMORY,
		0x4000, /* ends of the BARs */
		0x10000,
		TABLE, /* behind table, pending bits, registers */
		ZPCI_PROBE_MSIX_PBA + PENDING,
		0xc0,
		0x18,
		0x400,
		0x800,
		0xa0,
		0xff8,
	};
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint64_t near;

	if (what >= 0xe0)
		return fuzz_number(input);
	near = bases[what & 15] + (uint64_t)(int8_t)fuzz_take(input, 1);
	return what & 0x80 ? near + fuzz_take(input, 2) : near;
}

static unsigned space(struct fuzz_input *input)
{
	static const uint8_t spaces[] = { 0, 0, 0, 2, 2, 1, ZPCI_SPACE_CONFIG, 6 };
	unsigned what = (unsigned)fuzz_take(input, 1);

	return what < 0xf0 ? spaces[what & 7] : what & 0x1f;
}

static bool refused(struct zpci_outcome outcome)
{
	return outcome.program_interruption || outcome.cc;
}

/* The function is plugged and enabled: each answer is known. */
static bool is_enabled(struct fuzz *fuzz)
{
	return fuzz->registration_count && fuzz->registrations[0].state == ZPCI_STATE_ENABLED &&
	       fuzz_handle_of(fuzz, vf) == fuzz->registrations[0].handle;
}

static bool in_config(uint64_t offset, unsigned length)
{
	return length && length != 3 && length <= 4 - (offset & 3);
}

/* The host may have plugged it again with a profile without BARs. */
static bool has_bars(const struct fuzz *fuzz)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	return !zpci_firmware_info(fuzz->firmware, FUZZ_FID + vf, &info) && info.profile.bars;
}

static void judge_refusal(const struct fuzz *fuzz, struct zpci_outcome outcome, unsigned where,
			  uint64_t offset, unsigned length)
{
	if (where == ZPCI_SPACE_CONFIG)
		fuzz_must(refused(outcome) == !in_config(offset, length));
	else if (where >= ZPCI_BARS)
		fuzz_must(outcome.cc == 1 && outcome.status == ZPCI_STATUS_ADDRESS_SPACE);
	else
		fuzz_must(refused(outcome) == !(has_bars(fuzz) && length >= 1 && length <= 8 &&
						fits(where, offset, length)));
}

static void load(struct fuzz *fuzz, struct fuzz_input *input, struct model *model)
{
	unsigned where = space(input), length = fuzz_choose(input, 12);
	uint64_t offset = bar_offset(input), value = 0x5a5a5a5a5a5a5a5a;
	struct zpci_outcome outcome;
	uint8_t data[8];

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome =
		zpci_load(fuzz->firmware, fuzz_handle_of(fuzz, vf), where, offset, length, &value);
	fuzz_must(!fuzz->write_count);
	if (refused(outcome))
		fuzz_must(value == 0x5a5a5a5a5a5a5a5a);
	if (is_enabled(fuzz))
		judge_refusal(fuzz, outcome, where, offset, length);
	if (!refused(outcome)) {
		fuzz_must(length == 8 || !(value >> 8 * length));
		zpci_put_be(data, length, value);
		if (where < ZPCI_BARS)
			check_loaded(model, where, offset, data, length);
	}
	fuzz_leave(fuzz);
}

static void store(struct fuzz *fuzz, struct fuzz_input *input, struct model *model)
{
	unsigned where = space(input), length = fuzz_choose(input, 12);
	uint64_t offset = bar_offset(input), value = fuzz_number(input);
	struct zpci_outcome outcome;
	uint8_t data[8];

	/* An input that resets the function uses another one afterwards: see flr(). */
	if (where == ZPCI_SPACE_CONFIG && offset < 0x4a && offset + length > 0x48)
		return;
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome =
		zpci_store(fuzz->firmware, fuzz_handle_of(fuzz, vf), where, offset, length, value);
	fuzz_check_presented(fuzz);
	if (is_enabled(fuzz))
		judge_refusal(fuzz, outcome, where, offset, length);
	if (!refused(outcome) && where < ZPCI_BARS) {
		zpci_put_be(data, length, value);
		note_stored(model, where, offset, data, length);
	}
	fuzz_leave(fuzz);
	fuzz_drain(fuzz);
}

static bool block_ok(unsigned where, uint64_t offset, size_t length)
{
	if (!fits(where, offset, length))
		return false;
	if (FUZZ_RELAXED(vf))
		return length && length <= 4096 && offset / 4096 == (offset + length - 1) / 4096;
	return offset % 8 == 0 && length > 8 && length % 8 == 0 && length <= ZPCI_STORE_BLOCK_LINUX;
}

static size_t block_length(struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1);

	if (what >= 0xf0)
		return fuzz_take(input, 2) % 4200;
	return what < 24 ? what * 8u : what;
}

static void store_block(struct fuzz *fuzz, struct fuzz_input *input, struct model *model)
{
	unsigned where = space(input);
	size_t length = block_length(input), got;
	uint64_t offset = bar_offset(input);
	const uint8_t *bytes = fuzz_bytes(input, length < 64 ? length : 64, &got);
	uint8_t data[4200] = { 0 };
	struct zpci_outcome outcome;

	memcpy(data, bytes, got);
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome = zpci_store_block(fuzz->firmware, fuzz_handle_of(fuzz, vf), where, offset, data,
				   length);
	fuzz_check_presented(fuzz);
	if (is_enabled(fuzz) && where < ZPCI_BARS)
		fuzz_must(refused(outcome) == !(has_bars(fuzz) && block_ok(where, offset, length)));
	if (!refused(outcome))
		note_stored(model, where, offset, data, length);
	fuzz_leave(fuzz);
	fuzz_drain(fuzz);
}

/* --- config space ---------------------------------------------------------------------------- */

/* A byte reads the same in each access. Hard-wired bits are 0. */
static void check_config(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t offset = fuzz_take(input, 2) & 0xffc, whole = 0, value = 0;
	uint32_t handle = fuzz_handle_of(fuzz, vf);
	struct zpci_config_origin origin[4];
	uint8_t bytes[4], shown[4];

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	if (is_enabled(fuzz)) {
		zpci_load(fuzz->firmware, handle, ZPCI_SPACE_CONFIG, offset, 4, &whole);
		zpci_put_be(bytes, 4, whole);
		zpci_firmware_config_origin(fuzz->firmware, FUZZ_FID + vf, offset, origin, 4);
		zpci_firmware_device_config(fuzz->firmware, FUZZ_FID + vf, offset, shown, 4);
		for (unsigned i = 0; i < 4; i++) {
			unsigned ours =
				origin[i].emulated | origin[i].hard_wired | origin[i].hidden;

			zpci_load(fuzz->firmware, handle, ZPCI_SPACE_CONFIG, offset + i, 1, &value);
			fuzz_must(value == bytes[i]);
			fuzz_must(!(bytes[i] & origin[i].hard_wired));
			fuzz_must(!((bytes[i] ^ shown[i]) & ~ours));
			fuzz_must(!(origin[i].emulated & origin[i].hard_wired) &&
				  !(origin[i].emulated & origin[i].hidden) &&
				  !(origin[i].hard_wired & origin[i].hidden));
		}
	}
	fuzz_leave(fuzz);
}

static void flr(struct fuzz *fuzz, struct model *model)
{
	struct zpci_outcome outcome;

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome = zpci_store(fuzz->firmware, fuzz_handle_of(fuzz, vf), ZPCI_SPACE_CONFIG, 0x49, 1,
			     0x80);
	if (!refused(outcome))
		forget(model, model->handle);
	fuzz_must(!fuzz->write_count);
	fuzz_leave(fuzz);
}

/* --- the whole ------------------------------------------------------------------------------- */

/* One region-third, segment and page table each: the first megabyte of the aperture is the second
 * half of storage, twice; every fourth page is read-only. The tables are not among the pages. */
static void map(struct fuzz *fuzz)
{
	struct zpci_fib fib;

	memset(&fib, 0, sizeof(fib));
	zpci_put_be(fuzz_storage(fuzz, 0x10000 + 2 * 8), 8, 0x14007);
	zpci_put_be(fuzz_storage(fuzz, 0x14000), 8, 0x18000);
	for (unsigned i = 0; i < 256; i++)
		zpci_put_be(fuzz_storage(fuzz, 0x18000 + i * 8), 8,
			    (0x80000u + i % 128 * 4096) | (i % 4 == 3 ? 0x200 : 0));
	zpci_be64_put(&fib.pba, 0x100000000ull);
	zpci_be64_put(&fib.pal, 0x1ffffffffull);
	zpci_be64_put(&fib.iota, 0x10804);
	zpci_be32_put(&fib.interruption, 0x20400080); /* ISC 2, 64 vectors, summary */
	zpci_be64_put(&fib.aibv, 0x17000);
	zpci_be64_put(&fib.aisb, 0x17800);
	fuzz_enter(fuzz);
	zpci_modify_controls(fuzz->firmware, fuzz_handle_of(fuzz, vf), 0, ZPCI_MPCIFC_REG_IOAT,
			     &fib);
	zpci_modify_controls(fuzz->firmware, fuzz_handle_of(fuzz, vf), 0, ZPCI_MPCIFC_REG_INT,
			     &fib);
	fuzz_leave(fuzz);
}

static void step(struct fuzz *fuzz, struct fuzz_input *input, struct model *model)
{
	switch (fuzz_choose(input, 16)) {
	case 0:
		fuzz_host(fuzz, input);
		break;
	case 1:
		fuzz_enable(fuzz, vf);
		map(fuzz);
		break;
	case 2:
		flr(fuzz, model);
		break;
	case 3:
	case 4:
		check_config(fuzz, input);
		break;
	case 5:
	case 6:
	case 7:
		store_block(fuzz, input, model);
		break;
	case 8:
	case 9:
	case 10:
	case 11:
		load(fuzz, input, model);
		break;
	default:
		store(fuzz, input, model);
		break;
	}
	/* A disabled, reset or removed function starts again. */
	if (fuzz_handle_of(fuzz, vf) != model->handle)
		forget(model, fuzz_handle_of(fuzz, vf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model model;
	struct fuzz_input input = { data, size };
	struct fuzz *fuzz = fuzz_setup(FUZZ_ALONE);
	unsigned how = fuzz_choose(&input, 16);

	/* VF 2 takes any store block; a PF has no VF number to publish. */
	vf = how & 8 ? 0 : how & 4 ? 2 : 1;
	fuzz_add(fuzz, vf, vf ? how & 3 : 2 + (how & 1), false);
	fuzz_enable(fuzz, vf);
	map(fuzz);
	forget(&model, fuzz_handle_of(fuzz, vf));
	while (fuzz_more(&input))
		step(fuzz, &input, &model);
	fuzz_check(fuzz);
	fuzz_check_events(fuzz);
	fuzz_teardown(fuzz);
	return 0;
}
