// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reset.c - DIAGNOSE 308 while DMA and interruptions are in flight: nothing may change afterwards.
 *
 * The option fid=N names a probe function, interval=N is that of its group's measurement in
 * milliseconds; other-cpu has the second CPU (-smp 2) use it.
 *
 * The function copies a source into a window, both mapped many times, so that every written page
 * differs from the one before. Doorbells wait and ring into AIBV and AISB, and the measurement
 * block is registered. Right after the reset the program copies all of that. Some time later it
 * must be the same.
 *
 * The other CPU is not stopped before the reset. It disables, enables and starts the function all
 * the time, so that the reset meets it at any place. The reset undoes its work and prevents its
 * next step.
 */
#include "bare.h"

#include <zpci/probe.h>

#define PAGE 4096u
#define SOURCE_PAGES 32u
#define WINDOW_PAGES 8u
#define OPERATION ((uint64_t)65536 * PAGE)
#define ROUNDS 20u
#define OTHER_ROUNDS 50u
#define WAITING 10000u /* longest delay of doorbells, microseconds */
#define SECOND 1000000u

#define ENABLED 0x80000000u
#define BUS_MASTER_AND_MEMORY 0x6
#define MSIX 0x11
#define MSI_ADDRESS 0xfe00000000000000ul
#define REG(name) ZPCI_PROBE_REG_##name

/* Storage that the function may write: window, AIBV, AISB, measurement block. */
static uint8_t *source, *window, *aibv, *aisb, *fmb, *copy;
#define WRITTEN ((WINDOW_PAGES + 1) * PAGE)

static uint32_t fid;
static uint64_t interval; /* of the measurement, microseconds */
static uint64_t dma, iota;
static uint64_t *segments;

/* --- set up ---------------------------------------------------------------------------------- */

static void *aligned_pages(unsigned n, uint64_t alignment)
{
	uint64_t start = (uintptr_t)bare_pages(n + (unsigned)(alignment / PAGE));

	return (void *)((start + alignment - 1) & ~(alignment - 1));
}

static void map(uint64_t address, const uint8_t *storage)
{
	uint64_t *entry = &segments[address >> 20 & 0x7ff];
	uint64_t *pages;

	if (*entry & ZPCI_IOTE_INVALID) {
		pages = bare_pages(1);
		for (unsigned i = 0; i < 256; i++)
			pages[i] = ZPCI_IOTE_PAGE_INVALID;
		*entry = (uintptr_t)pages;
	}
	pages = (uint64_t *)(*entry & ZPCI_IOTE_PAGE_TABLE_ORIGIN);
	pages[address >> 12 & 0xff] = (uintptr_t)storage;
}

static void make_tables(void)
{
	uint64_t *region = aligned_pages(4, 0x4000);

	segments = aligned_pages(4, 0x4000);
	for (unsigned i = 0; i < 2048; i++) {
		region[i] = ZPCI_IOTE_INVALID;
		segments[i] = ZPCI_IOTE_INVALID;
	}
	region[dma >> 31 & 0x7ff] = (uintptr_t)segments | ZPCI_IOTE_LENGTH | 0x4;
	iota = (uintptr_t)region | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT;
	for (uint64_t at = 0; at < OPERATION; at += PAGE) {
		map(dma + at, source + at % (SOURCE_PAGES * PAGE));
		map(dma + OPERATION + at, window + at % (WINDOW_PAGES * PAGE));
	}
}

static void prepare(void)
{
	struct zpci_clp_query_function_response function;
	uint32_t handle = bare_handle(fid);

	if (!handle || bare_query_function(handle, &function) != ZPCI_CLP_OK)
		bare_die("function 0x%08x is not there: give fid=N", fid);
	dma = zpci_be64_get(function.sdma);
	source = bare_pages(SOURCE_PAGES);
	for (uint64_t i = 0; i < SOURCE_PAGES * PAGE / 8; i++)
		((uint64_t *)source)[i] = i + 1;
	window = bare_pages(WINDOW_PAGES + 1);
	aibv = window + WINDOW_PAGES * PAGE;
	aisb = aibv + 0x100;
	fmb = aibv + 0x200;
	copy = bare_pages(WINDOW_PAGES + 1);
	make_tables();
}

static unsigned modify(uint32_t handle, unsigned control, const struct zpci_fib *fib)
{
	uint64_t request = bare_request(handle, 0, control);

	return bare_mpcifc(&request, fib);
}

static unsigned register_all(uint32_t handle)
{
	struct zpci_fib interruption = { 0 }, translation = { 0 }, measurement = { 0 };

	zpci_be32_put(&interruption.interruption,
		      2 << ZPCI_FIB_INT_ISC_SHIFT | ZPCI_PROBE_VECTORS << ZPCI_FIB_INT_NOI_SHIFT |
			      ZPCI_FIB_INT_SUM);
	zpci_be64_put(&interruption.aibv, (uintptr_t)aibv);
	zpci_be64_put(&interruption.aisb, (uintptr_t)aisb);
	zpci_be64_put(&translation.pba, dma);
	zpci_be64_put(&translation.pal, dma + 2 * OPERATION - 1);
	zpci_be64_put(&translation.iota, iota);
	zpci_be64_put(&measurement.fmb, (uintptr_t)fmb);
	return modify(handle, ZPCI_MPCIFC_REG_INT, &interruption) |
	       modify(handle, ZPCI_MPCIFC_REG_IOAT, &translation) |
	       modify(handle, ZPCI_MPCIFC_SET_MEASURE, &measurement);
}

static void set_up_vectors(uint32_t handle)
{
	unsigned at = bare_config_read(handle, 0x34, 1);

	for (unsigned i = 0; i < ZPCI_PROBE_VECTORS; i++) {
		uint64_t entry = ZPCI_PROBE_MSIX_TABLE + 16 * i;

		bare_bar_write(handle, ZPCI_PROBE_MSIX_BAR, entry, 8, MSI_ADDRESS);
		bare_bar_write(handle, ZPCI_PROBE_MSIX_BAR, entry + 8, 8, i);
	}
	while (at && bare_config_read(handle, at, 1) != MSIX)
		at = bare_config_read(handle, at + 1, 1);
	bare_config_write(handle, at + 2, 2, 0x8000);
}

/* Enables the function and starts its work. */
static void start(uint32_t *handle)
{
	if (bare_enable(handle) != ZPCI_CLP_OK || register_all(*handle))
		bare_die("function 0x%08x cannot be enabled", fid);
	set_up_vectors(*handle);
	bare_config_write(*handle, 0x4, 2, BUS_MASTER_AND_MEMORY);
	bare_bar_write(*handle, 0, REG(DMA_SOURCE), 8, dma);
	bare_bar_write(*handle, 0, REG(DMA_DESTINATION), 8, dma + OPERATION);
	bare_bar_write(*handle, 0, REG(DMA_LENGTH), 8, OPERATION);
	bare_bar_write(*handle, 0, REG(DMA_COMMAND), 4, ZPCI_PROBE_DMA_COPY);
}

static void ring(uint32_t handle)
{
	for (unsigned i = 0; i < ZPCI_PROBE_VECTORS; i++) {
		bare_bar_write(handle, 0, REG(DELAY), 4, i * WAITING / ZPCI_PROBE_VECTORS);
		bare_bar_write(handle, 0, REG(DOORBELL_LATER), 4, i);
	}
}

/* --- waiting and looking --------------------------------------------------------------------- */

static uint64_t microseconds(void)
{
	return bare_clock() >> 12;
}

static bool changes(const volatile uint8_t *byte, uint64_t limit)
{
	uint64_t until = microseconds() + limit;

	while (!*byte)
		if (microseconds() > until)
			return false;
	return true;
}

static void wait(uint64_t time)
{
	uint64_t until = microseconds() + time;

	while (microseconds() < until)
		;
}

/* Each page of the window is a page of the source that belongs there, or was not written yet. */
static bool whole(void)
{
	for (unsigned i = 0; i < WINDOW_PAGES; i++) {
		uint64_t first = *(uint64_t *)(copy + i * PAGE);
		uint64_t page = (first - 1) / (PAGE / 8);

		if (!first)
			continue;
		if (page >= SOURCE_PAGES || page % WINDOW_PAGES != i ||
		    memcmp(copy + i * PAGE, source + page * PAGE, PAGE))
			return false;
	}
	return true;
}

struct tally {
	unsigned rounds, disabled, unknown, whole, same, quiet, flying;
};

/* @copy is storage right after the reset. */
static void look(struct tally *tally, uint32_t before, uint64_t time)
{
	uint64_t request = bare_request(before, 0, 4), data;
	uint32_t handle;

	wait(time);
	tally->same += !memcmp(copy, window, WRITTEN);
	tally->whole += whole();
	tally->quiet += bare_drain(BARE_IO) == 0;
	handle = bare_handle(fid);
	tally->disabled += !(handle & ENABLED);
	tally->unknown += bare_pcilg(&data, &request, REG(ID)) == 3;
	tally->rounds++;
}

static void judge(const struct tally *tally, const char *what)
{
	unsigned rounds = tally->rounds;

	bare_printf("# %s: a copy was in flight in %u of %u\n", what, tally->flying, rounds);
	bare_ok(tally->disabled == rounds, "%s: disabled in %u of %u", what, tally->disabled,
		rounds);
	bare_ok(tally->unknown == rounds, "%s: the handle is gone in %u", what, tally->unknown);
	bare_ok(tally->whole == rounds, "%s: the device's last page is whole in %u", what,
		tally->whole);
	bare_ok(tally->same == rounds, "%s: no byte changed afterwards in %u", what, tally->same);
	bare_ok(tally->quiet == rounds, "%s: no interruption is pending in %u", what, tally->quiet);
}

/* The device's status says that a reset ended a copy. */
static void count_flying(struct tally *tally)
{
	const unsigned ended = ZPCI_PROBE_STATUS_ERROR | ZPCI_PROBE_CODE_RESET
								 << ZPCI_PROBE_STATUS_CODE_SHIFT;
	uint32_t handle = bare_handle(fid);

	if (bare_enable(&handle) != ZPCI_CLP_OK)
		bare_die("function 0x%08x cannot be enabled after a reset", fid);
	tally->flying += bare_bar_read(handle, 0, REG(DMA_STATUS), 4) == ended;
	bare_disable(&handle);
}

/* --- one CPU --------------------------------------------------------------------------------- */

/* @measured: also waits for the measurement block, whose interval is long beside the rest. */
static void run_round(struct tally *tally, unsigned subcode, bool measured)
{
	uint32_t handle = bare_handle(fid);

	memset(window, 0, WRITTEN);
	start(&handle);
	ring(handle);
	if (!changes(window + 7, SECOND) || !changes(aibv, SECOND) || !changes(aisb, SECOND) ||
	    (measured && !changes(fmb + 7, interval + 8 * SECOND)))
		bare_die("function 0x%08x does not work", fid);
	bare_bar_write(handle, 0, REG(DMA_COMMAND), 4, ZPCI_PROBE_DMA_COPY);
	ring(handle);
	bare_reset(subcode);
	memcpy(copy, window, WRITTEN);
	look(tally, handle, measured ? 3 * interval : 2 * WAITING);
	count_flying(tally);
}

static void test_subcode(unsigned subcode, const char *what)
{
	struct tally tally = { 0 };

	for (unsigned i = 0; i < ROUNDS; i++)
		run_round(&tally, subcode, i == 0);
	judge(&tally, what);
	bare_ok(tally.flying >= ROUNDS / 2, "%s: most resets met a copy", what);
}

/* --- two CPUs -------------------------------------------------------------------------------- */

#define SIGP_RESTART 0x06
#define SIGP_SET_PREFIX 0x0d
#define LC_RESTART_NEW_PSW 0x1a0
#define PSW_64BIT 0x0000000180000000ul

static volatile uint32_t turns, other_handle;

/* Absolute 0, by the linker. */
extern uint8_t bare_lowcore[];

uint8_t other_stack[65536] __attribute__((aligned(16)));
void other_cpu(void);
void other_entry(void);

/* The general registers keep their values: the program must set its stack. */
__asm__(".text\n"
	"other_entry:\n"
	"	larl	%r15,other_stack+65376\n"
	"	brasl	%r14,other_cpu\n");

/* Never ends. The first CPU does not use this storage meanwhile. */
void other_cpu(void)
{
	uint32_t handle = other_handle;

	for (;;) {
		start(&handle);
		other_handle = handle;
		ring(handle);
		turns++;
		if (bare_disable(&handle) != ZPCI_CLP_OK)
			bare_die("function 0x%08x cannot be disabled", fid);
	}
}

static void signal_other(unsigned order, uint64_t parameter)
{
	register uint64_t r1 __asm__("1");
	uint64_t cpu = 1;
	unsigned cc;

	do {
		r1 = parameter;
		__asm__ volatile("sigp %1,%2,0(%3)\n"
				 "ipm %0\n"
				 "srl %0,28"
				 : "=d"(cc), "+d"(r1)
				 : "d"(cpu), "a"((uint64_t)order)
				 : "cc", "memory");
	} while (cc == 2);
	if (cc)
		bare_die("SIGP order 0x%02x to CPU 1: cc %u; give QEMU -smp 2", order, cc);
}

static void start_other(uint8_t *lowcore)
{
	memcpy(lowcore, bare_lowcore, 0x2000); /* with our handlers of interruptions */
	zpci_put_be(lowcore + LC_RESTART_NEW_PSW, 8, PSW_64BIT);
	zpci_put_be(lowcore + LC_RESTART_NEW_PSW + 8, 8, (uintptr_t)other_entry);
	turns = 0;
	signal_other(SIGP_SET_PREFIX, (uintptr_t)lowcore);
	signal_other(SIGP_RESTART, 0);
}

static void test_other_cpu(unsigned subcode, const char *what)
{
	uint8_t *lowcore = aligned_pages(2, 0x2000);
	struct tally tally = { 0 };

	for (unsigned i = 0; i < OTHER_ROUNDS; i++) {
		memset(window, 0, WRITTEN);
		other_handle = bare_handle(fid);
		start_other(lowcore);
		while (turns < 2)
			;
		wait(i * 37 % 1000);
		bare_reset(subcode);
		memcpy(copy, window, WRITTEN);
		look(&tally, other_handle, 2 * WAITING);
		count_flying(&tally);
	}
	judge(&tally, what);
}

int main(void)
{
	fid = (uint32_t)bare_option_number("fid", 0);
	interval = bare_option_number("interval", 4000) * 1000;
	prepare();
	if (bare_option("other-cpu")) {
		test_other_cpu(0, "modified clear, another CPU");
		test_other_cpu(1, "load normal, another CPU");
	} else {
		test_subcode(0, "modified clear");
		test_subcode(1, "load normal");
	}
	return bare_done();
}
