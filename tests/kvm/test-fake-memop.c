// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake-memop.c - the fake's rules of MEM_OP, each broken once.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "guest.h"
#include "layout.h"

static void operands_of_memop(void **state)
{
	static uint8_t buffer[MEMOP_MAX + 1], block[MEMOP_BYTES];
	const struct {
		struct memop memop;
		int vcpu, vm;
	} rows[] = {
		{ { .op = 0, .size = 8, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 1, .size = 8, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 4, .size = 8, .buffer = buffer }, -EINVAL, 0 },
		{ { .op = 5, .size = 8, .buffer = buffer }, -EINVAL, 0 },
		{ { .op = 0, .size = 0, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 5, .size = 0, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = MEMOP_MAX, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 0, .size = MEMOP_MAX + 1, .buffer = buffer }, -E2BIG, -E2BIG },
		{ { .op = 4, .size = MEMOP_MAX + 1, .buffer = buffer }, -EINVAL, -E2BIG },
		{ { .op = 0, .size = 8, .flags = 8, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 5, .size = 8, .flags = 2, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = 8, .ar = 16, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = 8, .flags = 4, .key = 16, .buffer = buffer },
		  -EINVAL,
		  -EINVAL },
		{ { .op = 4, .size = 8, .flags = 4, .key = 16, .buffer = buffer },
		  -EINVAL,
		  -EINVAL },
		{ { .op = 0, .size = 8, .buffer = (void *)8 }, -EFAULT, -EINVAL },
		{ { .op = 1, .size = 8, .buffer = (void *)8 }, -EFAULT, -EINVAL },
		{ { .op = 4, .size = 8, .buffer = (void *)8 }, -EINVAL, -EFAULT },
		{ { .op = 5, .size = 8, .buffer = (void *)8 }, -EINVAL, -EFAULT },
		{ { .op = 4, .size = 8, .address = STORAGE, .buffer = buffer },
		  -EINVAL,
		  PGM_ADDRESSING },
		{ { .op = 4, .size = 16, .address = STORAGE - 8, .buffer = buffer },
		  -EINVAL,
		  PGM_ADDRESSING },
		{ { .op = 1, .size = 8, .address = STORAGE, .flags = 1 }, PGM_ADDRESSING, 5 },
	};

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(memop(host.vcpu, rows[i].memop), rows[i].vcpu);
		assert_int_equal(memop(host.vm, rows[i].memop), rows[i].vm);
	}
	assert_int_equal(memop(host.vcpu, (struct memop){ .size = 8, .key = 3, .buffer = buffer }),
			 0);
	assert_finding("SKEY_PROTECTION");
	assert_int_equal(memop(host.vcpu, (struct memop){ .size = 8, .key = 16, .buffer = buffer }),
			 0);
	assert_finding("SKEY_PROTECTION");
	put(block, MEMOP_SIZE, 4, 8);
	put(block, MEMOP_BUF, 8, (uintptr_t)buffer);
	block[MEMOP_BYTES - 1] = 1;
	assert_int_equal(call(host.vcpu, S390_MEM_OP, block), 0);
	assert_finding("MEM_OP");
	fake_capability(CAP_S390_MEM_OP_EXTENSION, 0);
	assert_int_equal(
		memop(host.vcpu, (struct memop){ .size = 8, .flags = 4, .buffer = buffer }),
		-EINVAL);
	fake_capability(CAP_S390_MEM_OP_EXTENSION, 1);
}

#define PRIMARY 0x1003
#define SECONDARY 0x2003
#define HOME 0x3003
#define LISTED 0x4003
#define ALET 0x00010002u

static void map_spaces(void)
{
	fake_translate(host.vm, PRIMARY, 0, 0x10000000, 0, 0x10);
	fake_translate(host.vm, PRIMARY, 0, 0x100000, 0x100000, 0);
	fake_translate(host.vm, PRIMARY, 0x3000, 0x1000, 0, 0x11);
	fake_translate(host.vm, PRIMARY, 0x4000, 0x1000, 0x104000, FAKE_PROTECTED);
	fake_translate(host.vm, PRIMARY, 0x5000, 0x1000, STORAGE, 0);
	fake_translate(host.vm, SECONDARY, 0, 0x100000, 0x200000, 0);
	fake_translate(host.vm, HOME, 0, 0x100000, 0x300000, 0);
	fake_translate(host.vm, LISTED, 0, 0x100000, 0x310000, 0);
	fake_access_list(host.vm, ALET, LISTED, 0);
	fake_access_list(host.vm, ALET + 1, 0, 0x2b);
	fake_storage_key(host.vm, 0x106000, 3);
	fake_storage_key(host.vm, 0x107000, 3 | FAKE_FETCH);
	for (unsigned i = 1; i < 4; i++)
		host.storage[i << 20] = (uint8_t)i;
	host.storage[0x310000] = 4;
}

/* A store or fetch of 8 bytes in one page or two, and the exception that it gives. */
static void scripted_translation(void **state)
{
	static const struct {
		unsigned write, space;
		uint64_t address;
		unsigned ar, key;
		unsigned code;
		uint64_t teid; /* -1: none */
	} rows[] = {
		{ 0, 0, 0x0, 0, 0, 0, 0 },
		{ 0, 0, 0x3000, 0, 0, 0x11, 0x3800 },
		{ 1, 0, 0x3ff8, 0, 0, 0x11, 0x3400 },
		{ 1, 0, 0x3ff8, 0, 4, 0x11, 0x3400 },
		{ 1, 0, 0x2ffc, 0, 0, 0x11, 0x3400 },
		{ 0, 0, 0x100000, 0, 0, 0x10, 0x100800 },
		{ 0, 0, 0x10000000, 0, 0, 0x38, 0x10000800 },
		{ 0, 0, 0x4000, 0, 0, 0, 0 },
		{ 1, 0, 0x4000, 0, 0, 0x04, 0x4404 },
		{ 1, 0, 0x5000, 0, 0, 0x05, 0 },
		{ 0, 2, 0x0, 0, 0, 0, 0 },
		{ 0, 3, 0x0, 0, 0, 0, 0 },
		{ 0, 2, 0x200000, 0, 0, 0x38, 0x200802 },
		{ 0, 1, 0x0, 0, 0, 0, 0 },
		{ 0, 1, 0x0, 1, 0, 0, 0 },
		{ 0, 1, 0x0, 2, 0, 0, 0 },
		{ 0, 1, 0x0, 3, 0, 0x2b, 0 },
		{ 0, 1, 0x0, 4, 0, 0x29, 0 },
		{ 0, 1, 0x0, 5, 0, 0x28, 0 },
		{ 0, 0, 0x6000, 0, 3, 0, 0 },
		{ 1, 0, 0x6000, 0, 3, 0, 0 },
		{ 0, 0, 0x6000, 0, 4, 0, 0 },
		{ 1, 0, 0x6000, 0, 4, 0x04, 0x6408 },
		{ 0, 0, 0x7000, 0, 4, 0x04, 0x7808 },
		{ 1, 0, 0x7000, 0, 0, 0, 0 },
		{ 1, 0, 0x6ffc, 0, 3, 0, 0 },
	};
	struct fake_cpu cpu = { .psw_mask = PSW_64,
				.psw_address = 0x10006,
				.cr = { 0xe0, [1] = PRIMARY, [7] = SECONDARY, [13] = HOME },
				.ar = { 1, 1, ALET, ALET + 1, ALET + 2, 0x08000000 } };
	struct fake_program program;
	uint64_t value;

	(void)state;
	map_spaces();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct memop row = { .address = rows[i].address,
				     .flags = MEMOP_INJECT | MEMOP_SKEY,
				     .op = rows[i].write,
				     .size = 8,
				     .ar = rows[i].ar,
				     .key = rows[i].key,
				     .buffer = &value };

		cpu.psw_mask = PSW_64 | PSW_DAT | (uint64_t)rows[i].space << PSW_SPACE_SHIFT;
		script(pcistb, &cpu);
		script_signal();
		assert_int_equal(enter(), 0);
		row.flags = MEMOP_CHECK_ONLY | MEMOP_SKEY;
		assert_int_equal(memop(host.vcpu, row), rows[i].code);
		row.flags = MEMOP_INJECT | MEMOP_SKEY;
		assert_int_equal(memop(host.vcpu, row), rows[i].code);
		assert_int_equal(enter(), -EINTR);
		assert_int_equal(fake_program(host.vcpu, &program), rows[i].code != 0);
		if (!rows[i].code)
			continue;
		assert_int_equal(program.code, rows[i].code);
		assert_int_equal(program.length, 6);
		assert_int_equal(program.access_id, rows[i].ar);
		assert_int_equal(program.teid, rows[i].teid);
	}
}

/* Which storage each space has. */
static void spaces_are_told_by_registers(void **state)
{
	static const struct {
		unsigned space, ar, byte;
	} rows[] = { { 0, 0, 1 }, { 2, 0, 2 }, { 3, 0, 3 }, { 1, 0, 1 }, { 1, 1, 2 }, { 1, 2, 4 } };
	struct fake_cpu cpu = { .cr = { 0xe0, [1] = PRIMARY, [7] = SECONDARY, [13] = HOME },
				.ar = { 1, 1, ALET } };
	uint8_t byte;

	(void)state;
	map_spaces();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cpu.psw_mask = PSW_64 | PSW_DAT | (uint64_t)rows[i].space << PSW_SPACE_SHIFT;
		script(pcistb, &cpu);
		assert_int_equal(enter(), 0);
		assert_int_equal(
			memop(host.vcpu,
			      (struct memop){ .size = 1, .ar = rows[i].ar, .buffer = &byte }),
			0);
		assert_int_equal(byte, rows[i].byte);
	}
}

/* The mode of addressing, the prefix and low-address protection, without translation. */
static void real_addresses(void **state)
{
	struct fake_cpu cpu = somewhere;
	uint8_t byte = 0;

	(void)state;
	host.storage[0x100] = 1;
	host.storage[0x8100] = 2;
	host.storage[0x12345] = 3;
	cpu.psw_mask = PSW_31;
	script(pcilg, &cpu);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_PREFIX, 8, 0); /* changes nothing before the next run */
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x100, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 2);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x8100, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 1);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x80012345, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 3);
	cpu.psw_mask = 0;
	cpu.cr[0] |= CR0_LOW_ADDRESS_PROTECTION;
	script(pcilg, &cpu);
	assert_int_equal(enter(), 0);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x81012345, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 3);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x1ff, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x1ff, 0, 1, 1, 0, 0, &byte }), 4);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x200, 0, 1, 1, 0, 0, &byte }), 0);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x1100, 0, 1, 1, 0, 0, &byte }), 4);
}

/* A key is looked at when a page is stored to, and pages before it stay changed. */
static void a_store_can_end_in_the_middle(void **state)
{
	uint8_t bytes[16];

	(void)state;
	memset(bytes, 0x77, sizeof(bytes));
	fake_storage_key(host.vm, 0x11000, 3);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	fake_storage_key(host.vm, 0x10000, 4);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x10ff8, 4, 16, 1, 0, 4, bytes }), 4);
	assert_int_equal(host.storage[0x10ff8], 0x77);
	assert_int_equal(host.storage[0x11000], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(operands_of_memop),
		TEST(scripted_translation),
		TEST(spaces_are_told_by_registers),
		TEST(real_addresses),
		TEST(a_store_can_end_in_the_middle),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm: MEM_OP", tests, NULL, NULL);
}
