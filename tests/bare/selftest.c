// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * selftest.c - tests each part of bare.h once, with one function.
 *
 * The option fid=N names the function; without it, tests that need one are left out. cpus=N says
 * how many CPUs there are. die, exit=N and loose end the program in those ways.
 */
#include "bare.h"

#include <zpci/probe.h>

#define SPECIFICATION 0x06
#define PROTECTION 0x04
#define PRIVILEGED 0x02
#define PAGE_TRANSLATION 0x11

#define CPUS_MAX 8

static uint8_t *page;

static void read_page(void *at)
{
	*(volatile uint8_t *)at;
}

static void write_page(void *at)
{
	*(volatile uint8_t *)at = 1;
}

static void odd_sccb(void *argument)
{
	(void)argument;
	bare_servc(0x00020001, page + 1);
}

static void inner_and_outer(void *argument)
{
	*(int *)argument = bare_try(odd_sccb, NULL);
	odd_sccb(NULL);
}

static void test_text(void)
{
	bare_printf("# %d %5d|%-5u|%05x %lx %s %c %%\n", -7, 42, 42u, 0xbeu, 0x123456789abcdeful,
		    "text", 'c');
	bare_ok(!strcmp(bare_option("word"), "value"), "the command line has the option");
	bare_ok(!bare_option("wor") && !bare_option("words"),
		"the command line does not have another option");
	bare_ok(bare_option_number("number", 0) == 0x1f, "the option is a number");
}

static void test_program_interruptions(void)
{
	struct bare_run run = { .code = { 0xb2, 0x2b, 0x00, 0x12 } }; /* SSKE, privileged */
	int inner = 0;

	bare_ok(bare_try(odd_sccb, NULL) == SPECIFICATION,
		"an odd SCCB is a specification exception");
	bare_ok(bare_pgm.ilc == 4, "the exception has the instruction length");
	bare_ok(bare_try(inner_and_outer, &inner) == SPECIFICATION && inner == SPECIFICATION,
		"nested");
	run.psw_mask = BARE_PROBLEM_STATE;
	bare_ok(bare_run(&run) == PRIVILEGED, "privileged operation in problem state");
}

static void test_registers(void)
{
	struct bare_run run = { .code = { 0xb9, 0x08, 0x00, 0xf0 } }; /* AGR 15,0 */
	bool others = true;

	for (unsigned i = 0; i < 16; i++)
		run.gpr[i] = 0x1111 * (i + 1);
	bare_ok(!bare_run(&run) && run.gpr[15] == 0x12221 && run.cc == 2,
		"an instruction gets all registers");
	for (unsigned i = 0; i < 15; i++)
		others = others && run.gpr[i] == 0x1111 * (i + 1);
	bare_ok(others, "the other registers keep their values");
}

static void test_translation(void)
{
	uint64_t teid_page = (uintptr_t)page;

	bare_dat(true);
	bare_ok(!bare_try(write_page, page), "DAT on: a valid page is written");
	bare_set_access(page, BARE_PROTECTED);
	bare_ok(!bare_try(read_page, page), "a protected page is read");
	bare_ok(bare_try(write_page, page) == PROTECTION, "a protected page is not written");
	bare_set_access(page, BARE_INVALID);
	bare_ok(bare_try(read_page, page) == PAGE_TRANSLATION, "an invalid page is not translated");
	bare_ok((bare_pgm.teid & ~0xffful) == teid_page, "the exception has the page's address");
	bare_set_access(page, BARE_VALID);
	bare_ok(!bare_try(write_page, page), "a page that is valid again is written");
	bare_dat(false);
}

static void test_wait(void)
{
	uint64_t before = bare_clock();

	bare_ok(!bare_wait(BARE_IO | BARE_SERVICE | BARE_MACHINE_CHECK, 2000),
		"no interruption comes");
	bare_ok(bare_clock() - before >= 2000 * 4096, "the wait is not too short");
	bare_ok(bare_interruptions.service > 0, "the console caused service signals");
}

/* Vector 0 by doorbell, as Linux registers it: one summary bit, one vector bit. */
static void ring(uint32_t handle)
{
	struct zpci_clp_query_group_response group;
	struct zpci_fib fib = { 0 };
	uint64_t request = bare_request(handle, 0, ZPCI_MPCIFC_REG_INT);

	bare_ok(bare_query_group(1, &group) == ZPCI_CLP_OK, "Query group");
	zpci_be32_put(&fib.interruption, 2u << ZPCI_FIB_INT_ISC_SHIFT |
						 1u << ZPCI_FIB_INT_NOI_SHIFT | ZPCI_FIB_INT_SUM);
	zpci_be64_put(&fib.aibv, (uintptr_t)page);
	zpci_be64_put(&fib.aisb, (uintptr_t)page + 64);
	bare_ok(!bare_mpcifc(&request, &fib), "MPCIFC registers interruptions");
	bare_bar_write(handle, ZPCI_PROBE_MSIX_BAR, 0, 8, zpci_be64_get(group.msia));
	bare_bar_write(handle, ZPCI_PROBE_MSIX_BAR, 8, 8, 0);
}

/* The MSI-X capability's offset. */
static unsigned find_msix(uint32_t handle)
{
	unsigned at = bare_config_read(handle, 0x34, 1);

	while (at && bare_config_read(handle, at, 1) != 0x11)
		at = bare_config_read(handle, at + 1, 1);
	return at;
}

static void test_interruption(uint32_t handle)
{
	unsigned msix = find_msix(handle);

	memset(page, 0, 128);
	ring(handle);
	bare_config_write(handle, msix + 2, 2, 0x8000);
	bare_config_write(handle, 4, 2, 0x0006);
	bare_bar_write(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
	bare_ok(bare_wait(BARE_IO, 1000000) == BARE_IO, "an adapter interruption comes");
	bare_ok(bare_interruptions.io_word == (0x80000000u | 2u << 27),
		"the interruption has subclass 2");
	bare_ok(page[0] == 0x80 && page[64 + 0] == 0x80, "both indicator bits are set");
}

/* PCILG of the probe's ID with each register for each operand. Other registers keep their
 * values. */
static bool load_with(uint32_t handle, unsigned r1, unsigned r2)
{
	struct bare_run run = { .code = RRE(OP_PCILG, r1, r2) };
	bool right = true;

	for (unsigned i = 0; i < 16; i++)
		run.gpr[i] = 0x0101010101010101 * (i + 1);
	run.gpr[r2] = bare_request(handle, ZPCI_PROBE_BAR, 4);
	run.gpr[r2 + 1] = ZPCI_PROBE_REG_ID;
	if (bare_run(&run) || run.cc || run.gpr[r1] != 0x707a7062)
		return false;
	for (unsigned i = 0; i < 16; i++)
		right = right && (i == r1 || i == r2 || i == r2 + 1 ||
				  run.gpr[i] == 0x0101010101010101 * (i + 1));
	return right && (r1 == r2 || run.gpr[r2] == bare_request(handle, ZPCI_PROBE_BAR, 4));
}

/* The condition codes of a comparison before PCILG, and of PCILG. */
static unsigned code_behind(int64_t value, uint64_t request, unsigned *before)
{
	register uint64_t r2 __asm__("2") = request;
	register uint64_t r3 __asm__("3") = 0;
	unsigned after;

	__asm__ volatile("cgfi %4,0\n"
			 "ipm %0\n"
			 "cgfi %4,0\n"
			 ".insn rre,0xb9d20000,0,%2\n"
			 "ipm %1"
			 : "=&d"(*before), "=&d"(after), "+d"(r2)
			 : "d"(r3), "d"(value)
			 : "0", "cc", "memory");
	*before = *before >> 28 & 3;
	return after >> 28 & 3;
}

static void test_load(uint32_t handle)
{
	uint64_t request = bare_request(handle, ZPCI_PROBE_BAR, 4);
	bool right = true;
	unsigned before;

	for (unsigned r1 = 0; r1 < 16; r1++)
		for (unsigned r2 = 0; r2 < 16; r2 += 2)
			right = load_with(handle, r1, r2) && right;
	bare_ok(right, "a load works with all registers");
	right = true;
	for (int value = -1; value <= 1; value++) {
		right = code_behind(value, request, &before) == 0 && right;
		right = code_behind(value, request | 7 << 16, &before) == 1 && right;
		right = code_behind(value, request ^ (uint64_t)0xfff << 32, &before) == 3 && right;
		right = before == (value ? value < 0 ? 1 : 2 : 0) && right;
	}
	bare_ok(right, "PCILG sets condition codes 0, 1 and 3 after 0, 1 and 2");
}

/* The work of another CPU. */
struct worker {
	uint64_t request;
	unsigned loads, right;
};

static void load_often(void *argument)
{
	struct worker *worker = argument;
	uint64_t data = 0;

	for (unsigned i = 0; i < worker->loads; i++) {
		if (!bare_load(worker->request, ZPCI_PROBE_REG_ID, &data) && data == 0x707a7062)
			worker->right++;
		data = i;
	}
}

static void test_cpus(uint32_t handle)
{
	static struct worker workers[CPUS_MAX];
	unsigned cpus = 0;

	while (cpus < CPUS_MAX && bare_cpu_there(cpus)) {
		workers[cpus].request = bare_request(handle, ZPCI_PROBE_BAR, 4);
		workers[cpus++].loads = 10000;
	}
	bare_ok(cpus == bare_option_number("cpus", 1), "there are as many CPUs as given");
	for (unsigned i = 1; i < cpus; i++)
		bare_cpu_start(i, load_often, &workers[i]);
	load_often(&workers[0]);
	for (unsigned i = 1; i < cpus; i++)
		bare_cpu_wait(i);
	for (unsigned i = 0; i < cpus; i++)
		bare_ok(workers[i].right == workers[i].loads, "the loads of CPU %u are right", i);
}

static void test_function(uint32_t fid)
{
	struct zpci_clp_query_function_response query;
	struct zpci_clp_list_entry entry[8];
	uint32_t handle = bare_handle(fid);
	uint64_t request, data = 0;

	bare_ok(bare_list(entry, 8) > 0 && handle, "List has the function");
	bare_ok(bare_query_function(handle, &query) == ZPCI_CLP_OK &&
			zpci_be32_get(query.fid) == fid,
		"Query has its ID");
	request = bare_request(handle, 15, 4);
	bare_ok(bare_pcilg(&data, &request, 0) == 3, "PCILG while disabled: cc 3");
	bare_ok(bare_enable(&handle) == ZPCI_CLP_OK, "Set enables it");
	bare_ok(bare_config_read(handle, 0, 2) == ZPCI_PROBE_VENDOR_ID,
		"configuration space has the vendor ID");
	bare_ok(bare_bar_read(handle, 0, ZPCI_PROBE_REG_ID, 4) == ZPCI_PROBE_ID,
		"the BAR has the probe's ID");
	request = bare_request(handle, 0, 4);
	bare_ok(!bare_load(request, 0, &data) && data == 0x707a7062, "bare_load() loads");
	bare_ok(!bare_store(request, ZPCI_PROBE_REG_SCRATCH32, 0x78563412) &&
			bare_bar_read(handle, 0, ZPCI_PROBE_REG_SCRATCH32, 4) == 0x12345678,
		"bare_store() stores");
	test_load(handle);
	test_cpus(handle);
	test_interruption(handle);
	bare_reset(1);
	bare_ok(bare_handle(fid) != handle, "load normal: the handle is different");
	handle = bare_handle(fid);
	bare_ok(bare_disable(&handle) != ZPCI_CLP_OK, "load normal: the function is disabled");
}

int main(void)
{
	page = bare_pages(1);
	if (bare_option("die"))
		bare_die("as it was told");
	if (bare_option("loose"))
		odd_sccb(NULL);
	if (bare_option("exit"))
		return (int)bare_option_number("exit", 0);
	test_text();
	test_program_interruptions();
	test_registers();
	test_translation();
	test_wait();
	if (bare_option("fid"))
		test_function((uint32_t)bare_option_number("fid", 0));
	return bare_done();
}
