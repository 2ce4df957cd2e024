// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * step.c - steps over zPCI instructions, as a guest's kernel does by program-event recording.
 *
 * The option fid=N names a function of ours, or of QEMU's own. An ordinary instruction comes first;
 * all others must behave as it does. `wait` is for a debugger at QEMU's stub, which finds the
 * instructions by their symbols step_*, see tests/guest/step.t.
 */
#include "internal.h"

#include <zpci/bytes.h>
#include <zpci/event.h>

#define SPECIFICATION 0x06
#define PAGE_TRANSLATION 0x11
#define PER 0x80

#define PSW_PER 0x4000000000000000
#define CR9_FETCH 0x40000000
#define CR9_FETCH_NULLIFICATION 0x01000000
#define LC_PER_CODE 0x96 /* and ATMID */
#define LC_PER_ADDRESS 0x98

#define COMMAND 4 /* in config space */

static uint8_t *page;
static uint32_t fid, handle;

static void record_events(uint64_t events, uint64_t first, uint64_t last)
{
	uint64_t control[3] = { events, first, last };

	__asm__ volatile("lctlg 9,11,%0" : : "Q"(control) : "memory");
}

static uint64_t slot(void)
{
	return (uintptr_t)bare_slot;
}

/* Records the fetch of this instruction only. */
static int run_recorded(struct bare_run *run)
{
	int code;

	zpci_put_be(lowcore(LC_PER_CODE), 2, 0);
	zpci_put_be(lowcore(LC_PER_ADDRESS), 8, 0);
	run->psw_mask |= PSW_PER;
	code = bare_run(run);
	record_events(0, 0, 0);
	return code;
}

/* The event of an ordinary instruction, as QEMU presents it. */
static unsigned usual;

static void expect_event(const char *name, int got, int code, unsigned length, bool nullified)
{
	unsigned event = (unsigned)lowcore_get(LC_PER_CODE, 2);
	bool same = event == usual && lowcore_get(LC_PER_ADDRESS, 8) == slot();
	bool psw = bare_pgm.psw_address == slot() + (nullified ? 0 : length);

	bare_ok(got == (code | PER), "%s: program interruption 0x%04x", name, got);
	bare_ok(same, "%s: event 0x%04x, address 0x%lx", name, event,
		lowcore_get(LC_PER_ADDRESS, 8));
	bare_ok(psw && bare_pgm.ilc == length, "%s: old PSW, length %u", name, bare_pgm.ilc);
}

static void expect_no_event(const char *name, int got)
{
	bare_ok(got == 0, "%s: no program interruption (0x%04x)", name, got);
}

static void test_usual(void)
{
	struct bare_run run = { .code = { 0xb9, 0x08, 0x00, 0x12 } }; /* AGR 1,2 */
	int code;

	run.gpr[2] = 5;
	record_events(CR9_FETCH, slot(), slot());
	code = run_recorded(&run);
	usual = (unsigned)lowcore_get(LC_PER_CODE, 2);
	expect_event("AGR", code, 0, 4, false);
	bare_ok(usual >> 8 == 0x40 && run.gpr[1] == 5, "AGR: it is executed");
}

/* --- each instruction ------------------------------------------------------------------------- */

/* Registers 1 to 4 are the operands; a @cc of 4 is not checked. */
static void test(const char *name, struct bare_run run, unsigned cc)
{
	unsigned length = run.code[0] < 0xc0 ? 4 : 6;
	int code;

	record_events(CR9_FETCH, slot(), slot());
	code = run_recorded(&run);
	expect_event(name, code, 0, length, false);
	if (cc < 4)
		bare_ok(run.cc == cc, "%s: condition code %u", name, run.cc);
}

static void test_clp(void)
{
	struct bare_run run = { .code = RRE_CLP(ZPCI_CLP_LPS_PCI, 1, 2),
				.gpr[2] = (uintptr_t)page };

	memset(page, 0, 4096);
	zpci_put_be(page, 4, 32 << 16 | ZPCI_CLP_QUERY_FUNCTION);
	zpci_put_be(page + 16, 4, handle);
	zpci_put_be(page + 32, 2, sizeof(struct zpci_clp_query_function_response));
	test("CLP", run, 0);
	bare_ok(zpci_get_be(page + 34, 2) == ZPCI_CLP_OK, "CLP: response code");
}

static void test_load_store(void)
{
	struct bare_run load = { .code = RRE(OP_PCILG, 1, 2),
				 .gpr[2] = bare_request(handle, 15, 4) };
	struct bare_run store = { .code = RRE(OP_PCISTG, 1, 2),
				  .gpr[2] = bare_request(handle, 15, 2),
				  .gpr[3] = COMMAND };
	struct bare_run block = { .code = DISPLACED(OP_PCISTB, 1, 3, 4),
				  .gpr[1] = bare_request(handle, 7, 16),
				  .gpr[4] = (uintptr_t)page };

	test("PCILG", load, 0);
	store.gpr[1] = 0x0400; /* little-endian: Bus Master */
	test("PCISTG", store, 0);
	bare_ok(bare_config_read(handle, COMMAND, 2) & 4, "PCISTG: it is stored");
	test("PCISTB", block, 1);
}

static void test_controls(void)
{
	struct bare_run refresh = { .code = RRE(OP_RPCIT, 1, 2),
				    .gpr[1] = (uint64_t)(handle ^ 0x80000000) << 32 };
	struct bare_run modify = { .code = DISPLACED(OP_MPCIFC, 1, 0, 4),
				   .gpr[1] = bare_request(handle, 0, ZPCI_MPCIFC_SET_MEASURE),
				   .gpr[4] = (uintptr_t)page };
	struct bare_run store = { .code = DISPLACED(OP_STPCIFC, 1, 0, 4),
				  .gpr[1] = bare_request(handle, 0, 0),
				  .gpr[4] = (uintptr_t)page };

	test("RPCIT", refresh, 3);
	memset(page, 0, 4096);
	test("MPCIFC", modify, 0);
	test("STPCIFC", store, 0);
	bare_ok(page[8] & 0x80, "STPCIFC: it is stored");
}

static void test_service(void)
{
	struct bare_run run = { .code = RRE(OP_SERVC, 1, 2),
				.gpr[1] = ZPCI_SCLP_CONFIGURE,
				.gpr[2] = (uintptr_t)page };

	memset(page, 0, 4096);
	zpci_put_be(page, 2, 4096);
	page[8] = ZPCI_SCLP_ADAPTER_PCI;
	zpci_put_be(page + 12, 4, fid);
	test("SERVC", run, 0);
	bare_ok(zpci_get_be(page + 6, 2) == ZPCI_SCLP_NO_ACTION, "SERVC: response code");
	bare_drain(BARE_SERVICE);
}

/* --- with an exception, nullified, elsewhere -------------------------------------------------- */

static void test_exceptions(void)
{
	struct bare_run odd = { .code = RRE(OP_PCILG, 1, 3),
				.gpr[3] = bare_request(handle, 15, 4) };
	struct bare_run modify = { .code = DISPLACED(OP_MPCIFC, 1, 0, 4),
				   .gpr[1] = bare_request(handle, 0, ZPCI_MPCIFC_SET_MEASURE),
				   .gpr[4] = (uintptr_t)page };
	unsigned without_dat = usual;
	int code;

	record_events(CR9_FETCH, slot(), slot());
	code = run_recorded(&odd);
	expect_event("PCILG with an odd register", code, SPECIFICATION, 4, false);
	if (!bare_option("ours"))
		return; /* the next one would end QEMU */
	bare_dat(true);
	bare_set_access(page, BARE_INVALID);
	usual |= 0x10; /* ATMID: translation is on */
	record_events(CR9_FETCH, slot(), slot());
	code = run_recorded(&modify);
	expect_event("MPCIFC from an invalid page", code, PAGE_TRANSLATION, 6, true);
	usual = without_dat;
	bare_set_access(page, BARE_VALID);
	bare_dat(false);
}

static void test_nullification(void)
{
	struct bare_run store = { .code = RRE(OP_PCISTG, 1, 2),
				  .gpr[2] = bare_request(handle, 15, 2),
				  .gpr[3] = COMMAND };
	int code;

	bare_config_write(handle, COMMAND, 2, 0);
	store.gpr[1] = 0x0400;
	record_events(CR9_FETCH | CR9_FETCH_NULLIFICATION, slot(), slot());
	code = run_recorded(&store);
	bare_ok(code == PER && bare_pgm.psw_address == slot(), "nullified: at the instruction");
	bare_ok(!(bare_config_read(handle, COMMAND, 2) & 4), "nullified: nothing is stored");
}

static void test_ranges(void)
{
	struct bare_run load = { .code = RRE(OP_PCILG, 1, 2),
				 .gpr[2] = bare_request(handle, 15, 4) };
	struct bare_run copy = load;

	record_events(CR9_FETCH, slot() + 2, slot() + 2);
	expect_no_event("range behind the instruction's first byte", run_recorded(&copy));
	copy = load;
	record_events(CR9_FETCH, 0, slot() - 1);
	expect_no_event("range before it", run_recorded(&copy));
	copy = load;
	record_events(CR9_FETCH, slot() + 8, slot());
	expect_event("range that wraps", run_recorded(&copy), 0, 4, false);
	copy = load;
	record_events(CR9_FETCH, slot() + 8, slot() - 1);
	expect_no_event("range that wraps around it", run_recorded(&copy));
	copy = load;
	record_events(0, slot(), slot());
	expect_no_event("no events", run_recorded(&copy));
	copy = load;
	record_events(CR9_FETCH, slot(), slot());
	bare_ok(!bare_run(&copy) && !copy.cc, "recording is off in the PSW: no event");
	record_events(0, 0, 0);
}

/* --- for a debugger
 * ---------------------------------------------------------------------------- */

extern const uint8_t step_short[], step_fib[], step_exception[], step_executed[], step_plain[];

static void at_exception(void *argument)
{
	register uint64_t r3 __asm__("3") = *(uint64_t *)argument;

	__asm__ volatile(".globl step_exception\n"
			 "step_exception:\n"
			 ".insn rre,0xb9d20000,1,3\n"
			 "nopr\n"
			 :
			 : "d"(r3)
			 : "1", "cc", "memory");
}

static void step_here(void)
{
	register uint64_t r1 __asm__("1") = 0;
	register uint64_t r2 __asm__("2") = bare_request(handle, 15, 4);
	register uint64_t r3 __asm__("3") = 0;
	register uint64_t r4 __asm__("4") = (uintptr_t)page;
	register uint64_t r5 __asm__("5") = bare_request(handle, 0, 0);
	uint64_t request = r2;

	__asm__ volatile(".globl step_plain, step_short, step_fib, step_executed\n"
			 "step_plain:\n"
			 "lghi %0,0\n"
			 "nopr\n"
			 "step_short:\n"
			 ".insn rre,0xb9d20000,%0,%1\n"
			 "nopr\n"
			 "step_fib:\n"
			 ".insn rxy,0xe300000000d4,%4,0(%3)\n"
			 "nopr\n"
			 "larl 6,step_short\n"
			 "step_executed:\n"
			 "ex 0,0(6)\n"
			 "nopr\n"
			 : "+d"(r1), "+d"(r2), "+d"(r3), "+d"(r4), "+d"(r5)
			 :
			 : "6", "cc", "memory");
	bare_ok(r1 != 0, "PCILG was executed");
	bare_ok(page[8] & 0x80, "STPCIFC was executed");
	bare_ok(bare_try(at_exception, &request) == SPECIFICATION, "the exception was taken");
}

int main(void)
{
	page = bare_pages(2);
	fid = (uint32_t)bare_option_number("fid", 0);
	handle = bare_handle(fid);
	if (!handle || bare_enable(&handle) != ZPCI_CLP_OK)
		bare_die("no function to step over");
	if (bare_option("wait")) {
		step_here();
		return bare_done();
	}
	test_usual();
	test_clp();
	test_load_store();
	test_controls();
	test_service();
	test_exceptions();
	test_nullification();
	test_ranges();
	return bare_done();
}
