// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module for Hercules (zpci/lab/kvm/hercules.c), in a Hercules that is a fake: which versions
 * it refuses, and what it does in the host and under SIE.
 */
#include "zpci/lab/kvm/hercules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STORAGE 0x10000u
#define PREFIX 0x4000u
#define DESCRIPTION 0x1000u
#define LIST 0x2000u
#define CONTROL_AREA 0x3030u
#define OPERAND 0x5000u
#define START 0x6000u

static struct {
	uint64_t cpu[REGS_SIZE / 8], guest[REGS_SIZE / 8];
	uint8_t storage[STORAGE];
	char said[512];
	unsigned operation_exceptions, original; /* calls of Hercules' own functions */
	uint16_t response;
	struct {
		char name[32];
		instruction *function;
	} added[64];
	unsigned count;
} fake;

static regs_t *cpu(void)
{
	return (regs_t *)fake.cpu;
}

static regs_t *guest(void)
{
	return (regs_t *)fake.guest;
}

static uint64_t *field(regs_t *regs, unsigned offset)
{
	return (uint64_t *)(void *)(regs + offset);
}

static uint64_t *gr(regs_t *regs, unsigned number)
{
	return field(regs, REGS_GR) + number;
}

/* --- what Hercules has ----------------------------------------------------------------------- */

void logmsg(char *format, ...)
{
	size_t used = strlen(fake.said);
	va_list list;

	va_start(list, format);
	vsnprintf(fake.said + used, sizeof(fake.said) - used, format, list);
	va_end(list);
}

static void done(regs_t *regs, unsigned length)
{
	*field(regs, REGS_IP) += length;
	regs[REGS_ILC] = (uint8_t)length;
}

void z900_operation_exception(uint8_t *bytes, regs_t *regs)
{
	(void)bytes;
	(void)regs;
	fake.operation_exceptions++;
}

void z900_perform_topology_function(uint8_t *bytes, regs_t *regs)
{
	(void)bytes;
	done(regs, 4);
	fake.original++;
}

void z900_service_call(uint8_t *bytes, regs_t *regs)
{
	uint32_t address = (uint32_t)*gr(regs, bytes[3] & 15), area = address & ~0x1fffu;

	if (area == 0 || area == PREFIX)
		address ^= PREFIX;
	if (address < STORAGE - 8) {
		fake.storage[address + 6] = (uint8_t)(fake.response >> 8);
		fake.storage[address + 7] = (uint8_t)fake.response;
	}
	done(regs, 4);
}

static uint64_t effective(const uint8_t *bytes, regs_t *regs, unsigned high)
{
	unsigned base = bytes[2] >> 4;

	return (base ? *gr(regs, base) : 0) + ((bytes[2] & 15u) << 8 | bytes[3] | high << 12);
}

/* The list of the host has two doublewords of 0xee. */
void z900_store_facility_list_extended(uint8_t *bytes, regs_t *regs)
{
	unsigned asked = (uint8_t)*gr(regs, 0) + 1u;

	memset(fake.storage + effective(bytes, regs, 0), 0xee, asked < 2 ? 8 : 16);
	*gr(regs, 0) = (*gr(regs, 0) & ~UINT64_C(0xff)) | 1;
	regs[REGS_CC] = asked < 2 ? 3 : 0;
	done(regs, 4);
	fake.original++;
}

void z900_store_long(uint8_t *bytes, regs_t *regs)
{
	uint64_t value = *gr(regs, bytes[1] >> 4);
	unsigned i;

	assert_int_equal(bytes[0] << 8 | bytes[5], 0xe324);
	assert_int_equal(bytes[1] & 15, 0);
	for (i = 0; i < 8; i++)
		fake.storage[effective(bytes, regs, bytes[4]) + i] =
			(uint8_t)(value >> (56 - 8 * i));
	done(regs, 6);
}

/* --- a test ---------------------------------------------------------------------------------- */

static int add(char *name, void *function)
{
	snprintf(fake.added[fake.count].name, sizeof(fake.added[0].name), "%s", name);
	fake.added[fake.count++].function = (instruction *)function;
	return 0;
}

/* A CPU and its guest. Registers have values that no test expects. */
static int prepare(void **state)
{
	unsigned i;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.response = 0x0010;
	for (i = 0; i < 16; i++)
		*gr(cpu(), i) = *gr(guest(), i) = 0xdead0000u + i;
	*field(cpu(), REGS_PX) = PREFIX;
	*field(cpu(), REGS_MAINLIM) = *field(guest(), REGS_MAINLIM) = STORAGE - 1;
	*field(cpu(), REGS_MAINSTOR) = *field(guest(), REGS_MAINSTOR) = (uintptr_t)fake.storage;
	*field(cpu(), REGS_HOSTREGS) = *field(guest(), REGS_HOSTREGS) = (uintptr_t)cpu();
	*field(guest(), REGS_SIEBK) = (uintptr_t)fake.storage + DESCRIPTION;
	*field(cpu(), REGS_IP) = *field(guest(), REGS_IP) = START;
	guest()[REGS_SIE] = SIE_MODE;
	hdl_init(add);
	return 0;
}

/* Puts @value at @address of absolute storage as a guest or KVM would. */
static void put32(unsigned address, uint32_t value)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		fake.storage[address + i] = (uint8_t)(value >> (24 - 8 * i));
}

static instruction *find(unsigned opcode)
{
	char name[32];
	unsigned i;

	snprintf(name, sizeof(name), "z900_dyninst_opcode_%04X", opcode);
	for (i = 0; i < fake.count; i++)
		if (!strcmp(fake.added[i].name, name))
			return fake.added[i].function;
	fail_msg("%s was not added", name);
	return NULL;
}

/* Executes one instruction as Hercules does. Returns what it was left with, or 0. */
static int execute(unsigned opcode, regs_t *regs, uint8_t *bytes)
{
	int code = setjmp(*(jmp_buf *)(void *)(regs + REGS_PROGJMP));

	if (code == 0)
		find(opcode)(bytes, regs);
	return code;
}

static void assert_done(regs_t *regs, unsigned length)
{
	assert_int_equal(*field(regs, REGS_IP), START + length);
	assert_int_equal(regs[REGS_ILC], length);
}

/* --- loading --------------------------------------------------------------------------------- */

static struct {
	const char *name, *version;
	int size;
} other;

/* hdl_dchk() of Hercules: not 0 if it is another one. */
static int check(char *name, char *version, int size)
{
	static const struct {
		const char *name, *version;
		int size;
	} real[] = { { "HERCULES", "3.13", 5 }, { "REGS", "3.08", 53648 } };
	unsigned i;

	if (other.name && !strcmp(name, other.name))
		return strcmp(version, other.version) || size != other.size ? -1 : 0;
	for (i = 0; i < 2; i++)
		if (!strcmp(name, real[i].name))
			return strcmp(version, real[i].version) || size != real[i].size ? -1 : 0;
	fail_msg("asked for %s", name);
	return 0;
}

static void refuses_another_hercules(void **state)
{
	static const struct {
		const char *name, *version;
		int size;
	} others[] = {
		{ "HERCULES", "3.12", 5 },
		{ "HERCULES", "4.4", 4 },
		{ "REGS", "3.07", 53648 },
		{ "REGS", "3.08", 53640 }, /* such as an option at its build gives */
	};
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		memcpy(&other, &others[i], sizeof(other));
		fake.said[0] = 0;
		assert_int_equal(hdl_depc(check), 1);
		assert_string_equal(
			fake.said,
			"zpci: this module is for Hercules 3.13 as Debian 12 and 13 build it "
			"for amd64, and this is another one: install the package hercules "
			"of Debian\n");
	}
	other.name = NULL;
	fake.said[0] = 0;
	assert_int_equal(hdl_depc(check), 0);
	assert_string_equal(fake.said, "");
}

/* --- zPCI ------------------------------------------------------------------------------------ */

static const uint16_t opcodes[] = { 0xb9a0, 0xb9d0, 0xb9d2, 0xb9d3, 0xb9d4, 0xb9d5,
				    0xb9d6, 0xe3d0, 0xe3d4, 0xebd0, 0xebd1, 0xebd4 };

static void make(unsigned opcode, uint8_t bytes[6])
{
	memset(bytes, 0, 6);
	bytes[0] = (uint8_t)(opcode >> 8);
	bytes[opcode >> 8 == 0xb9 ? 1 : 5] = (uint8_t)opcode;
}

static void intercepts_under_sie(void **state)
{
	uint8_t bytes[6];
	unsigned i, problem;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++)
		for (problem = 0; problem < 2; problem++) {
			prepare(state);
			guest()[REGS_STATES] = problem ? REGS_PROBLEM : 0;
			make(opcodes[i], bytes);
			assert_int_equal(execute(opcodes[i], guest(), bytes), SIE_INTERCEPT_INST);
			assert_done(guest(), bytes[0] == 0xb9 ? 4 : 6);
			assert_int_equal(fake.operation_exceptions, 0);
		}
}

static void is_an_operation_exception_in_the_host(void **state)
{
	uint8_t bytes[6];
	unsigned i;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		prepare(state);
		make(opcodes[i], bytes);
		assert_int_equal(execute(opcodes[i], cpu(), bytes), 0);
		assert_int_equal(fake.operation_exceptions, 1);
		assert_int_equal(*field(cpu(), REGS_IP), START);
	}
}

/* --- SERVC ----------------------------------------------------------------------------------- */

/* The byte of the SCCB at absolute @at after SERVC with @command and the real address @address. */
static uint8_t servc(uint32_t command, uint32_t address, uint32_t at)
{
	uint8_t bytes[6] = { 0xb2, 0x20, 0, 0x34 };

	prepare(NULL);
	fake.storage[at + 85] = 0x40;
	*gr(cpu(), 3) = command;
	*gr(cpu(), 4) = address;
	assert_int_equal(execute(0xb220, cpu(), bytes), 0);
	assert_done(cpu(), 4);
	return fake.storage[at + 85];
}

static void announces_esop(void **state)
{
	(void)state;
	assert_int_equal(servc(0x00020001, 0x8000, 0x8000), 0x42);
	assert_int_equal(servc(0x00120001, 0x8000, 0x8000), 0x42);
	assert_int_equal(servc(0x00020001, 0x1000, PREFIX + 0x1000), 0x42);
	assert_int_equal(servc(0x00020001, PREFIX + 0x1000, 0x1000), 0x42);
	assert_int_equal(servc(0x00010001, 0x8000, 0x8000), 0x40); /* reads CPU information */
	assert_int_equal(servc(0x00770005, 0x8000, 0x8000), 0x40);
	servc(0x00020001, STORAGE - 8, 0); /* ends behind the storage */
}

static void announces_nothing_in_a_failed_response(void **state)
{
	uint8_t bytes[6] = { 0xb2, 0x20, 0, 0x34 };

	(void)state;
	fake.response = 0x0300;
	*gr(cpu(), 3) = 0x00020001;
	*gr(cpu(), 4) = 0x8000;
	execute(0xb220, cpu(), bytes);
	assert_int_equal(fake.storage[0x8000 + 85], 0);
}

/* --- STFLE ----------------------------------------------------------------------------------- */

/* STFLE of @asked doublewords with base register @base and @displacement. */
static void stfle(regs_t *regs, unsigned base, unsigned displacement, unsigned asked)
{
	uint8_t bytes[6] = { 0xb2, 0xb0, (uint8_t)(base << 4 | displacement >> 8),
			     (uint8_t)displacement };
	uint64_t before[16];
	unsigned i;

	*gr(regs, 0) = 0xaa00 + asked - 1;
	if (base)
		*gr(regs, base) = OPERAND - displacement;
	memcpy(before, gr(regs, 0), sizeof(before));
	assert_int_equal(execute(0xb2b0, regs, bytes), 0);
	assert_done(regs, 4);
	assert_int_equal(fake.original, 1);
	assert_int_equal(*gr(regs, 0), 0xaa01);
	assert_int_equal(regs[REGS_CC], asked < 2 ? 3 : 0);
	for (i = 1; i < 16; i++)
		assert_int_equal(*gr(regs, i), before[i]);
}

/* KVM's list is 1, 2, 3 ... at LIST. */
static void give_list(uint32_t address)
{
	unsigned i;

	put32(DESCRIPTION + 0x1a0, address);
	for (i = 0; i < 128; i++)
		fake.storage[LIST + i] = (uint8_t)(i + 1);
}

static void assert_stored(unsigned count, unsigned first)
{
	unsigned i;

	for (i = 0; i < count; i++)
		assert_int_equal(fake.storage[OPERAND + i], first == 0xee ? 0xee : first + i);
	assert_int_equal(fake.storage[OPERAND + count], 0);
}

static void gives_the_guest_its_list(void **state)
{
	static const unsigned bases[] = { 1, 2, 15 }, displacements[] = { 0, 0x7f8, 0xff8, 0xfff };
	unsigned i, j;

	for (i = 0; i < 3; i++)
		for (j = 0; j < 4; j++) {
			prepare(state);
			give_list(LIST | 0x80000007u); /* bits that are no address */
			stfle(guest(), bases[i], displacements[j], 2);
			assert_stored(16, 1);
		}
	prepare(state);
	give_list(LIST);
	stfle(guest(), 3, 0, 1);
	assert_stored(8, 1);
	prepare(state);
	give_list(LIST);
	stfle(guest(), 3, 0, 17);
	assert_stored(16, 1);
}

static void gives_the_host_its_own(void **state)
{
	give_list(LIST);
	stfle(cpu(), 3, 0, 2);
	assert_stored(16, 0xee);
	/* A guest for which KVM has no list, or one that is no storage. */
	prepare(state);
	give_list(0);
	stfle(guest(), 3, 0, 2);
	assert_stored(16, 0xee);
	prepare(state);
	give_list(STORAGE - 8);
	stfle(guest(), 3, 0, 2);
	assert_stored(16, 0xee);
}

/* --- PTF ------------------------------------------------------------------------------------- */

/* The condition code, or 4: Hercules' own function was called. */
static unsigned ptf(regs_t *regs, uint64_t function)
{
	uint8_t bytes[6] = { 0xb9, 0xa2, 0, 0x50 };

	*gr(regs, 5) = function;
	*field(regs, REGS_IP) = START;
	fake.original = 0;
	regs[REGS_CC] = 2;
	assert_int_equal(execute(0xb9a2, regs, bytes), 0);
	assert_done(regs, 4);
	return fake.original ? 4 : regs[REGS_CC];
}

static void reports_a_topology_once(void **state)
{
	(void)state;
	put32(DESCRIPTION + 0x64, CONTROL_AREA | 0xf);
	fake.storage[DESCRIPTION + 0x61] = 0x01;
	assert_int_equal(ptf(guest(), 2), 0);
	fake.storage[CONTROL_AREA + 56] = 0xc1;
	assert_int_equal(ptf(guest(), 2), 1);
	assert_int_equal(fake.storage[CONTROL_AREA + 56], 0x41);
	assert_int_equal(ptf(guest(), 2), 0);

	fake.storage[CONTROL_AREA + 56] = 0x80;
	assert_int_equal(ptf(guest(), 0), 4);
	assert_int_equal(ptf(guest(), 0x102), 4);
	assert_int_equal(ptf(cpu(), 2), 4);
	guest()[REGS_STATES] = REGS_PROBLEM;
	assert_int_equal(ptf(guest(), 2), 4);
	guest()[REGS_STATES] = 0;
	fake.storage[DESCRIPTION + 0x61] = 0xfe;
	assert_int_equal(ptf(guest(), 2), 4);
	fake.storage[DESCRIPTION + 0x61] = 0x01;
	put32(DESCRIPTION + 0x5c, 1); /* a control area that is no storage */
	assert_int_equal(ptf(guest(), 2), 4);
	assert_int_equal(fake.storage[CONTROL_AREA + 56], 0x80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refuses_another_hercules, prepare),
		cmocka_unit_test_setup(intercepts_under_sie, prepare),
		cmocka_unit_test_setup(is_an_operation_exception_in_the_host, prepare),
		cmocka_unit_test_setup(announces_esop, prepare),
		cmocka_unit_test_setup(announces_nothing_in_a_failed_response, prepare),
		cmocka_unit_test_setup(gives_the_guest_its_list, prepare),
		cmocka_unit_test_setup(gives_the_host_its_own, prepare),
		cmocka_unit_test_setup(reports_a_topology_once, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
