// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake-irq.c - the fake's rules of a vCPU's interruptions, each broken once.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "guest.h"
#include "layout.h"

/* --- program interruptions -------------------------------------------------------------------- */

/* The next entry delivers, by the length of the last instruction. */
static void a_program_interruption_is_delivered(void **state)
{
	static const struct {
		const uint8_t *instruction;
		bool executed;
		unsigned code, length;
		uint64_t old;
	} rows[] = {
		{ pcilg, false, 0x0002, 4, 0x10004 }, { pcistb, false, 0x0006, 6, 0x10004 },
		{ pcistb, true, 0x0006, 4, 0x10004 }, { pcistb, false, 0x0011, 6, 0x0fffe },
		{ pcilg, false, 0x0004, 4, 0x10004 },
	};
	struct fake_program program;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_exit exit = { .reason = FAKE_SIEIC,
					  .icptcode = FAKE_INSTRUCTION,
					  .executed = rows[i].executed,
					  .cpu = &somewhere };

		memcpy(exit.instruction, rows[i].instruction, 6);
		fake_exit(host.vcpu, &exit);
		script_signal();
		assert_int_equal(enter(), 0);
		assert_int_equal(inject(host.vcpu, INT_PROGRAM, rows[i].code), 0);
		assert_false(fake_program(host.vcpu, &program));
		assert_int_equal(enter(), -EINTR);
		assert_true(fake_program(host.vcpu, &program));
		assert_int_equal(program.code, rows[i].code);
		assert_int_equal(program.length, rows[i].length);
		assert_int_equal(program.psw_address, rows[i].old);
		assert_int_equal(host.storage[0x8000 + LC_PGM_CODE + 1], rows[i].code);
		assert_int_equal(host.storage[0x8000 + LC_PGM_ILC + 1], rows[i].length);
		assert_int_equal(host.storage[0x8000 + LC_PGM_OLD_PSW + 15], rows[i].old & 0xff);
	}
}

/* By the code: whether the instruction is nullified, and what is stored of the access. */
static void codes_differ(void **state)
{
	static const struct {
		unsigned code;
		bool nullifies, has_teid, has_access_id;
	} rows[] = {
		{ 0x03, 0, 0, 0 }, { 0x04, 0, 1, 1 }, { 0x05, 0, 0, 0 }, { 0x0f, 0, 0, 0 },
		{ 0x10, 1, 1, 1 }, { 0x11, 1, 1, 1 }, { 0x12, 0, 0, 0 }, { 0x28, 0, 0, 0 },
		{ 0x29, 1, 0, 1 }, { 0x2d, 1, 0, 1 }, { 0x30, 0, 0, 0 }, { 0x37, 0, 0, 0 },
		{ 0x38, 1, 1, 1 }, { 0x3b, 1, 1, 1 }, { 0x3c, 0, 0, 0 },
	};
	uint8_t *lowcore = host.storage + somewhere.prefix;
	struct fake_program program;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		script(pcistb, &somewhere);
		script_signal();
		assert_int_equal(enter(), 0);
		assert_int_equal(inject(host.vcpu, INT_PROGRAM, rows[i].code), 0);
		memset(lowcore, 0xee, PAGE);
		assert_int_equal(enter(), -EINTR);
		assert_true(fake_program(host.vcpu, &program));
		assert_int_equal(program.psw_address, rows[i].nullifies ? 0xfffe : 0x10004);
		assert_int_equal(lowcore[LC_TEID], rows[i].has_teid ? 0 : 0xee);
		assert_int_equal(lowcore[LC_EXC_ACCESS_ID], rows[i].has_access_id ? 0 : 0xee);
	}
}

static void a_flag_says_that_the_psw_is_right(void **state)
{
	struct fake_program program;
	uint8_t irq[IRQ_BYTES] = { 0 };

	(void)state;
	script(pcistb, &somewhere);
	script_signal();
	assert_int_equal(enter(), 0);
	put(irq, IRQ_TYPE, 8, INT_PROGRAM);
	put(irq, IRQ_PGM_CODE, 2, 0x11);
	irq[IRQ_PGM_FLAGS] = PGM_FLAG_ILC_VALID | 4 | PGM_FLAG_NO_REWIND;
	assert_int_equal(call(host.vcpu, S390_IRQ, irq), 0);
	assert_int_equal(enter(), -EINTR);
	assert_true(fake_program(host.vcpu, &program));
	assert_int_equal(program.psw_address, 0x10004);
	assert_int_equal(program.length, 4);
}

static void a_program_interruption_needs_a_lowcore(void **state)
{
	struct fake_cpu cpu = somewhere;

	(void)state;
	cpu.prefix = STORAGE;
	script(pcilg, &cpu);
	script_signal();
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_int_equal(enter(), -EINTR);
	assert_finding("no storage at its prefix");
}

static void a_second_program_interruption_is_a_finding(void **state)
{
	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0002), 0);
	assert_finding("while 0x0006 is pending");
}

static void a_program_interruption_needs_an_instruction(void **state)
{
	const struct fake_exit wait = { .reason = FAKE_SIEIC, .icptcode = FAKE_WAIT };

	(void)state;
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_finding("without an instruction");
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	fake_exit(host.vcpu, &wait);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_finding("without an instruction");
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0), 0);
	assert_finding("code 0");
}

static void floating_types_are_none_of_a_vcpu(void **state)
{
	static const struct {
		unsigned type;
		int rc;
	} rows[] = {
		{ INT_SERVICE, -EINVAL }, { INT_IO_ADAPTER, -EINVAL }, { INT_VIRTIO, -EINVAL },
		{ 0xffff9999, -EINVAL },  { INT_CPU_TIMER, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(inject(host.vcpu, rows[i].type, 0), rows[i].rc);
		assert_int_equal(inject_old(host.vcpu, rows[i].type, 0, 0), rows[i].rc);
	}
	assert_int_equal(inject_old(host.vm, INT_PROGRAM, 0, 0), -EINVAL);
}

/* --- reserved bytes --------------------------------------------------------------------------- */

static void reserved_bytes_are_zero(void **state)
{
	/* Of the monitor code, of PER, and behind all fields. */
	static const unsigned reserved[] = { 16, 40, IRQ_BYTES - 1 };
	uint8_t attr[ATTR_BYTES] = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		uint8_t irq[IRQ_BYTES] = { 0 };

		script(pcilg, &somewhere);
		assert_int_equal(enter(), 0);
		put(irq, IRQ_TYPE, 8, INT_PROGRAM);
		put(irq, IRQ_PGM_CODE, 2, 6);
		irq[reserved[i]] = 1;
		assert_int_equal(call(host.vcpu, S390_IRQ, irq), 0);
		assert_finding("reserved byte");
	}
	put(attr, ATTR_FLAGS, 4, 1);
	put(attr, ATTR_GROUP, 4, FLIC_CLEAR_IRQS);
	assert_int_equal(call(host.flic, SET_DEVICE_ATTR, attr), 0);
	assert_finding("flags of a FLIC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_program_interruption_is_delivered),
		TEST(codes_differ),
		TEST(a_flag_says_that_the_psw_is_right),
		TEST(a_program_interruption_needs_a_lowcore),
		TEST(a_second_program_interruption_is_a_finding),
		TEST(a_program_interruption_needs_an_instruction),
		TEST(floating_types_are_none_of_a_vcpu),
		TEST(reserved_bytes_are_zero),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm: interruptions of a vCPU", tests, NULL,
					   NULL);
}
