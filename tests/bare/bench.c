// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench.c - the cost of loads and stores, for one function of ours and one of QEMU's own.
 *
 * Both are in one guest. A round is some passes. Each pass times them in the order ours, QEMU's,
 * QEMU's, ours, so that drift cancels out. The shortest pass counts, because a busy host only adds
 * time. zpci-lab bench starts this; zpci/lab/bench-table reads the lines `sample OPERATION ROUND
 * OURS QEMUS`, nanoseconds per instruction.
 *
 * DMA of a probe is measured by the pages of 4 KiB that its engine copies. Beside it QEMU copies as
 * many, by MVCL.
 *
 * Options: ours=FID, qemu=FID (either alone is `-` in the samples), rounds=N.
 */
#include "bare.h"

#include <zpci/probe.h>

#define CONFIG_SPACE 15
#define MSIX 0x11
#define TICKS_PER_US 4096
#define LEG_US 100 /* about the time of one measurement: less than a host's time slice */
#define PASSES 8
#define CALIBRATION 2000
#define ENABLED 0x80000000u

struct side {
	const char *name;
	bool there;
	uint32_t handle, no_handle; /* of its function; of the same layout and no function */
	unsigned bar;
	uint64_t offset; /* of a register without side effects */
	bool probe;
};

static struct side ours = { .name = "ours" }, qemus = { .name = "qemu" };

/* --- the loops: @count instructions, the condition code of the last ------------------------- */

static unsigned load_loop(uint64_t request, uint64_t offset, uint64_t count)
{
	register uint64_t r2 __asm__("2") = request;
	register uint64_t r3 __asm__("3") = offset;
	unsigned cc;

	__asm__ volatile("0:	.insn rre,0xb9d20000,1,%1\n"
			 "	brctg %2,0b\n"
			 "	ipm %0\n"
			 "	srl %0,28"
			 : "=&d"(cc), "+d"(r2), "+d"(count)
			 : "d"(r3)
			 : "1", "cc", "memory");
	return cc;
}

static unsigned store_loop(uint64_t request, uint64_t offset, uint64_t count)
{
	register uint64_t r2 __asm__("2") = request;
	register uint64_t r3 __asm__("3") = offset;
	unsigned cc;

	__asm__ volatile("	lghi 1,0\n"
			 "0:	.insn rre,0xb9d00000,1,%1\n"
			 "	brctg %2,0b\n"
			 "	ipm %0\n"
			 "	srl %0,28"
			 : "=&d"(cc), "+d"(r2), "+d"(count)
			 : "d"(r3)
			 : "1", "cc", "memory");
	return cc;
}

static unsigned load_config(const struct side *side, uint64_t count)
{
	return load_loop(bare_request(side->handle, CONFIG_SPACE, 4), 0, count);
}

static unsigned load_bar(const struct side *side, uint64_t count)
{
	return load_loop(bare_request(side->handle, side->bar, 4), side->offset, count);
}

static unsigned store_bar(const struct side *side, uint64_t count)
{
	return store_loop(bare_request(side->handle, side->bar, 4), side->offset, count);
}

static unsigned load_nothing(const struct side *side, uint64_t count)
{
	return load_loop(bare_request(side->no_handle, CONFIG_SPACE, 4), 0, count);
}

/* --- DMA ------------------------------------------------------------------------------------ */

#define PAGE 4096u
#define COPIED 16u /* pages, each copied again and again */
#define SEGMENT_PAGES 256u
#define LOOK_US 5

static uint64_t dma; /* first DMA address: a gigabyte to read, then one to write */
#define DMA_WINDOW 0x40000000ull

static uint8_t *aligned_pages(unsigned n, uint64_t alignment)
{
	uint8_t *pages = bare_pages(n + (unsigned)(alignment / PAGE));

	return pages + (alignment - (uintptr_t)pages % alignment) % alignment;
}

/* A page table of a megabyte that maps the same pages again and again. */
static uint64_t repeating(const uint8_t *pages)
{
	uint64_t *table = (uint64_t *)bare_pages(1);

	for (unsigned i = 0; i < SEGMENT_PAGES; i++)
		table[i] = (uintptr_t)pages + i % COPIED * PAGE;
	return (uintptr_t)table;
}

static uint8_t *source, *destination;

static void set_up_dma(const struct side *side, uint64_t first)
{
	uint64_t *region = (uint64_t *)aligned_pages(4, 0x4000);
	uint64_t *segments = (uint64_t *)aligned_pages(4, 0x4000);
	uint64_t request = bare_request(side->handle, 0, ZPCI_MPCIFC_REG_IOAT);
	uint64_t read = repeating(source), written = repeating(destination);
	struct zpci_fib fib = { 0 };

	dma = first;
	for (unsigned i = 0; i < 2048; i++) {
		region[i] = ZPCI_IOTE_INVALID;
		segments[i] = i < 1024 ? read : written;
	}
	region[first >> 31 & 0x7ff] = (uintptr_t)segments | ZPCI_IOTE_LENGTH | 0x4;
	zpci_be64_put(&fib.pba, first);
	zpci_be64_put(&fib.pal, first + 2 * DMA_WINDOW - 1);
	zpci_be64_put(&fib.iota, (uintptr_t)region | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	if (bare_mpcifc(&request, &fib))
		bare_die("%s: its tables cannot be registered", side->name);
	bare_config_write(side->handle, 4, 2, 4);
}

/* Pages with contiguous DMA addresses, as most drivers' buffers. */
static unsigned copy_by_dma(const struct side *side, uint64_t count)
{
	static const struct {
		unsigned offset;
		uint64_t from_start;
	} place[] = { { ZPCI_PROBE_REG_DMA_SOURCE, 0 },
		      { ZPCI_PROBE_REG_DMA_DESTINATION, DMA_WINDOW } };
	unsigned status;

	for (unsigned i = 0; i < 2; i++)
		bare_bar_write(side->handle, side->bar, place[i].offset, 8,
			       dma + place[i].from_start);
	bare_bar_write(side->handle, side->bar, ZPCI_PROBE_REG_DMA_LENGTH, 8, count * PAGE);
	bare_bar_write(side->handle, side->bar, ZPCI_PROBE_REG_DMA_COMMAND, 4, ZPCI_PROBE_DMA_COPY);
	do {
		status = (unsigned)bare_bar_read(side->handle, side->bar, ZPCI_PROBE_REG_DMA_STATUS,
						 4);
	} while (status & ZPCI_PROBE_STATUS_BUSY);
	return status & ZPCI_PROBE_STATUS_DONE ? 0 : 1;
}

static unsigned copy_by_cpu(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		register uint64_t to __asm__("2") = (uintptr_t)destination + i % COPIED * PAGE;
		register uint64_t to_length __asm__("3") = PAGE;
		register uint64_t from __asm__("4") = (uintptr_t)source + i % COPIED * PAGE;
		register uint64_t from_length __asm__("5") = PAGE;

		__asm__ volatile("mvcl %0,%2"
				 : "+d"(to), "+d"(to_length), "+d"(from), "+d"(from_length)
				 :
				 : "cc", "memory");
	}
	return 0;
}

static unsigned copy_pages(const struct side *side, uint64_t count)
{
	return side == &ours ? copy_by_dma(side, count) : copy_by_cpu(count);
}

static const struct operation {
	const char *name;
	unsigned (*loop)(const struct side *side, uint64_t count);
	unsigned cc;  /* the expected one */
	bool probe;   /* only for a probe */
	unsigned leg; /* about the microseconds of one measurement; 0: LEG_US */
} operations[] = {
	{ "config-load", load_config, 0, false, 0 },
	{ "bar-load", load_bar, 0, false, 0 },
	{ "bar-store", store_bar, 0, false, 0 },
	{ "unknown-handle", load_nothing, 3, false, 0 },
	/* The device's thread has to wake up first. */
	{ "dma-copy", copy_pages, 0, true, 2000 },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* --- measuring ------------------------------------------------------------------------------- */

static uint64_t ticks(const struct operation *operation, const struct side *side, uint64_t count)
{
	uint64_t start = bare_clock(), end;
	unsigned cc = operation->loop(side, count);

	end = bare_clock();
	if (cc != operation->cc)
		bare_die("%s of %s: condition code %u", operation->name, side->name, cc);
	return end - start;
}

/* The number of instructions in about LEG_US. */
static uint64_t calibrate(const struct operation *operation, const struct side *side)
{
	uint64_t taken, leg = operation->leg ? operation->leg : LEG_US;

	if (!side->there)
		return 0;
	ticks(operation, side, CALIBRATION);
	taken = ticks(operation, side, CALIBRATION);
	return (uint64_t)CALIBRATION * leg * TICKS_PER_US / (taken ? taken : 1) + 1;
}

/* One number of a sample: nanoseconds with three decimals. */
static void print_ns(const struct side *side, uint64_t taken, uint64_t count)
{
	uint64_t ps = side->there ? taken * 1000000 / TICKS_PER_US / count : 0;

	if (side->there)
		bare_printf(" %lu.%03lu", ps / 1000, ps % 1000);
	else
		bare_printf(" -");
}

/* Lowers @least[] to the times of one pass. */
static void pass(const struct operation *operation, const uint64_t count[2], uint64_t least[2])
{
	static const unsigned order[] = { 0, 1, 1, 0 };
	const struct side *sides[] = { &ours, &qemus };
	uint64_t taken[2] = { 0 };

	for (unsigned i = 0; i < 4; i++)
		if (sides[order[i]]->there)
			taken[order[i]] += ticks(operation, sides[order[i]], count[order[i]]);
	for (unsigned i = 0; i < 2; i++)
		if (taken[i] < least[i])
			least[i] = taken[i];
}

static void measure(const struct operation *operation, unsigned round, const uint64_t count[2])
{
	uint64_t least[2] = { UINT64_MAX, UINT64_MAX };

	for (unsigned i = 0; i < PASSES; i++)
		pass(operation, count, least);
	bare_printf("sample %s %u", operation->name, round);
	print_ns(&ours, least[0], count[0] * 2);
	print_ns(&qemus, least[1], count[1] * 2);
	bare_printf("\n");
}

/* --- finding -------------------------------------------------------------------------------- */

/* The BAR with the MSI-X table; 6: none. */
static unsigned msix_bar(uint32_t handle)
{
	unsigned at = bare_config_read(handle, 0x34, 1);

	while (at && bare_config_read(handle, at, 1) != MSIX)
		at = bare_config_read(handle, at + 1, 1);
	return at ? bare_config_read(handle, at + 4, 4) & 7 : 6;
}

/* For a probe a scratch register. Else the start of the first memory BAR without the MSI-X table;
 * there a virtio device selects which feature bits it shows. */
static void choose_register(struct side *side, const struct zpci_clp_query_function_response *query)
{
	uint32_t id = bare_config_read(side->handle, 0, 4);

	if ((id & 0xffff) == ZPCI_PROBE_VENDOR_ID && id >> 16 == ZPCI_PROBE_VF_DEVICE_ID) {
		side->bar = ZPCI_PROBE_BAR;
		side->offset = ZPCI_PROBE_REG_SCRATCH32;
		side->probe = true;
		return;
	}
	while (side->bar < 6 &&
	       (!query->bar_size[side->bar] || zpci_le32_get(query->bar[side->bar]) & 1 ||
		side->bar == msix_bar(side->handle)))
		side->bar++;
	if (side->bar == 6)
		bare_die("%s: no memory BAR but that of MSI-X", side->name);
}

/* A handle with the layout of @handle that no function has. */
static uint32_t unknown_handle(uint32_t handle)
{
	uint32_t other = handle | 0x0fff;

	return other == handle ? handle & ~1u : other;
}

static void open_side(struct side *side, const char *option)
{
	struct zpci_clp_query_function_response query;
	unsigned code;

	side->there = bare_option(option) != NULL;
	if (!side->there)
		return;
	side->handle = bare_handle((uint32_t)bare_option_number(option, 0));
	if (!side->handle)
		bare_die("no function has the ID %s=%s", option, bare_option(option));
	code = bare_query_function(side->handle, &query);
	if (code != ZPCI_CLP_OK)
		bare_die("%s: Query answered 0x%04x", side->name, code);
	if (!(side->handle & ENABLED) && bare_enable(&side->handle) != ZPCI_CLP_OK)
		bare_die("%s: handle 0x%08x cannot be enabled", side->name, side->handle);
	side->no_handle = unknown_handle(side->handle);
	choose_register(side, &query);
	if (side->probe)
		set_up_dma(side, zpci_be64_get(query.sdma));
	bare_printf("# %s: handle 0x%08x, BAR %u offset 0x%lx\n", side->name, side->handle,
		    side->bar, side->offset);
}

int main(void)
{
	unsigned rounds = (unsigned)bare_option_number("rounds", 21);
	uint64_t count[OPERATIONS][2];

	source = bare_pages(COPIED);
	destination = bare_pages(COPIED);
	open_side(&ours, "ours");
	open_side(&qemus, "qemu");
	for (unsigned i = 0; i < OPERATIONS; i++) {
		if (operations[i].probe && !ours.probe)
			continue;
		count[i][0] = calibrate(&operations[i], &ours);
		count[i][1] = calibrate(&operations[i], &qemus);
	}
	for (unsigned round = 1; round <= rounds; round++)
		for (unsigned i = 0; i < OPERATIONS; i++)
			if (!operations[i].probe || ours.probe)
				measure(&operations[i], round, count[i]);
	return 0;
}
