// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench.c - what a load and a store cost, of one function of ours and one of QEMU's own.
 *
 * Both are in one guest. A round is some passes, each of which times them in the order ours, QEMU's,
 * QEMU's, ours, so that what drifts meanwhile cancels out; the shortest pass of each counts, since a
 * host that does something else only adds to it. zpci-lab bench starts this, and zpci/lab/bench-table makes
 * something of the lines `sample OPERATION ROUND OURS QEMUS`, nanoseconds per instruction.
 *
 * Options: ours=FID, qemu=FID (either alone is `-` in the samples), rounds=N.
 */
#include "bare.h"

#include <zpci/probe.h>

#define CONFIG_SPACE 15
#define MSIX 0x11
#define TICKS_PER_US 4096
#define LEG_US 100 /* of one measurement, about: less than a time slice of the host */
#define PASSES 8
#define CALIBRATION 2000
#define ENABLED 0x80000000u

struct side {
	const char *name;
	bool there;
	uint32_t handle, no_handle; /* of its function; of the same form, and of none */
	unsigned bar;
	uint64_t offset; /* of a register that can be read and written without effect */
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

static const struct operation {
	const char *name;
	unsigned (*loop)(const struct side *side, uint64_t count);
	unsigned cc; /* that it must end with */
} operations[] = {
	{ "config-load", load_config, 0 },
	{ "bar-load", load_bar, 0 },
	{ "bar-store", store_bar, 0 },
	{ "unknown-handle", load_nothing, 3 },
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

/* How many instructions take about LEG_US. */
static uint64_t calibrate(const struct operation *operation, const struct side *side)
{
	uint64_t taken;

	if (!side->there)
		return 0;
	ticks(operation, side, CALIBRATION);
	taken = ticks(operation, side, CALIBRATION);
	return (uint64_t)CALIBRATION * LEG_US * TICKS_PER_US / (taken ? taken : 1) + 1;
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

/* Lowers @least[] to what one pass took. */
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

/* The BAR that the MSI-X table is in; 6: none. */
static unsigned msix_bar(uint32_t handle)
{
	unsigned at = bare_config_read(handle, 0x34, 1);

	while (at && bare_config_read(handle, at, 1) != MSIX)
		at = bare_config_read(handle, at + 1, 1);
	return at ? bare_config_read(handle, at + 4, 4) & 7 : 6;
}

/* Of a probe a scratch register. Of any other, at the start of the first memory BAR that has not
 * the MSI-X table; for a virtio device that selects the feature bits to be shown. */
static void choose_register(struct side *side, const struct zpci_clp_query_function_response *query)
{
	uint32_t id = bare_config_read(side->handle, 0, 4);

	if ((id & 0xffff) == ZPCI_PROBE_VENDOR_ID && id >> 16 == ZPCI_PROBE_VF_DEVICE_ID) {
		side->bar = ZPCI_PROBE_BAR;
		side->offset = ZPCI_PROBE_REG_SCRATCH32;
		return;
	}
	while (side->bar < 6 &&
	       (!query->bar_size[side->bar] || zpci_le32_get(query->bar[side->bar]) & 1 ||
		side->bar == msix_bar(side->handle)))
		side->bar++;
	if (side->bar == 6)
		bare_die("%s: no memory BAR but that of MSI-X", side->name);
}

/* A handle like @handle that no function has: the bits below the enable bit's byte differ. */
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
	bare_printf("# %s: handle 0x%08x, BAR %u offset 0x%lx\n", side->name, side->handle,
		    side->bar, side->offset);
}

int main(void)
{
	unsigned rounds = (unsigned)bare_option_number("rounds", 21);
	uint64_t count[OPERATIONS][2];

	open_side(&ours, "ours");
	open_side(&qemus, "qemu");
	for (unsigned i = 0; i < OPERATIONS; i++) {
		count[i][0] = calibrate(&operations[i], &ours);
		count[i][1] = calibrate(&operations[i], &qemus);
	}
	for (unsigned round = 1; round <= rounds; round++)
		for (unsigned i = 0; i < OPERATIONS; i++)
			measure(&operations[i], round, count[i]);
	return 0;
}
