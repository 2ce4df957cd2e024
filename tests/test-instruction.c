// SPDX-License-Identifier: GPL-2.0-or-later
/* Decoding: formats, registers, addresses, and the state that an instruction needs (ref 2.0). */
#include "fixture.h"

#include <string.h>

#define REQUEST(handle, low) ((uint64_t)(handle) << 32 | (low))

static const unsigned rre_opcodes[] = { OP_SERVC, OP_CHSC, OP_CLP, OP_PCISTG, OP_PCILG, OP_RPCIT };
static const unsigned displaced_opcodes[] = { OP_PCISTB, OP_MPCIFC, OP_STPCIFC };

static void test_opcodes_that_are_known(void **state)
{
	uint8_t instruction[6];
	unsigned known = 0;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		encode_rre(instruction, rre_opcodes[i], 1, 2);
		assert_true(zpci_instruction_known(instruction));
	}
	for (unsigned i = 0; i < 3; i++) {
		encode_displaced(instruction, displaced_opcodes[i], 1, 2, 3, -1);
		assert_true(zpci_instruction_known(instruction));
	}
	/* And no other opcode: all of two bytes, and those of RSY and RXY with their last byte. */
	for (unsigned opcode = 0; opcode < 0x10000; opcode++) {
		encode_rre(instruction, opcode, 0, 0);
		known += zpci_instruction_known(instruction);
		if (is_displaced(opcode >> 8)) {
			encode_displaced(instruction, opcode, 0, 0, 0, 0);
			known += zpci_instruction_known(instruction);
		}
	}
	assert_int_equal(known, 9 + 4); /* the four of mapped I/O */
}

static void test_other_instructions_are_left_to_the_machine(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6] = { 0x07, 0xfe };

	assert_int_equal(guest_execute(fixture, instruction, 0), NOT_OURS);
	encode_rre(instruction, 0xb9d1, 2, 4);
	assert_int_equal(guest_execute(fixture, instruction, 2), NOT_OURS);
}

static void test_every_register_can_be_used(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint8_t instruction[6];

	for (unsigned r2 = 0; r2 < 16; r2 += 2) {
		for (unsigned r1 = 0; r1 < 16; r1++) {
			if (r1 == r2 || r1 == r2 + 1)
				continue;
			memset(fixture->cpu.gr, 0xff, sizeof(fixture->cpu.gr));
			fixture->cpu.gr[r2] = REQUEST(handle, 15 << 16 | 2);
			fixture->cpu.gr[r2 + 1] = 0;
			encode_rre(instruction, OP_PCILG, r1, r2);
			assert_int_equal(guest_execute(fixture, instruction, r2), CC(0));
			/* 0x1af5 little-endian. */
			assert_int_equal(fixture->cpu.gr[r1], 0xf51a);
			assert_int_equal(fixture->cpu.gr[r2 + 1], 0);
		}
	}
}

/* --- the status byte ------------------------------------------------------------------ */

/* It replaces bits 32-39 and leaves all others (ref 2.0.2). */
static void expect_status_in(struct fixture *fixture, unsigned reg, const uint8_t instruction[6],
			     unsigned status)
{
	uint64_t before = fixture->cpu.gr[reg] |= 0xaa000000ull;

	assert_int_equal(guest_execute(fixture, instruction, reg), STATUS((int)status));
	assert_int_equal(fixture->cpu.gr[reg], (before & ~0xff000000ull) | (uint64_t)status << 24);
}

static void test_status_byte_replaces_bits_32_to_39(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint8_t instruction[6];

	fixture->cpu.gr[1] = 0x1234567812345678;
	fixture->cpu.gr[8] = REQUEST(handle, 9 << 16 | 4);
	encode_rre(instruction, OP_PCILG, 1, 8);
	expect_status_in(fixture, 8, instruction, ZPCI_STATUS_ADDRESS_SPACE);
	encode_rre(instruction, OP_PCISTG, 1, 8);
	expect_status_in(fixture, 8, instruction, ZPCI_STATUS_ADDRESS_SPACE);
	assert_int_equal(fixture->cpu.gr[1], 0x1234567812345678);

	fixture->cpu.gr[4] = REQUEST(handle, 9 << 16 | 16);
	fixture->cpu.gr[2] = DATA;
	encode_displaced(instruction, OP_PCISTB, 4, 7, 2, 0);
	expect_status_in(fixture, 4, instruction, ZPCI_STATUS_ADDRESS_SPACE);

	fixture->cpu.gr[6] = REQUEST(handle, 0x5500 | ZPCI_MPCIFC_DEREG_INT);
	fixture->cpu.gr[1] = FIB;
	encode_displaced(instruction, OP_MPCIFC, 6, 0, 1, 0);
	expect_status_in(fixture, 6, instruction, ZPCI_STATUS_SEQUENCE);

	fixture->cpu.gr[6] = REQUEST(handle, 1 << 16);
	encode_displaced(instruction, OP_STPCIFC, 6, 0, 1, 0);
	expect_status_in(fixture, 6, instruction, ZPCI_STATUS_DMA_SPACE);

	fixture->cpu.gr[3] = REQUEST(handle, 0x12345);
	fixture->cpu.gr[10] = fixture->cpu.gr[11] = 0x1000;
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	encode_rre(instruction, OP_RPCIT, 3, 10);
	expect_status_in(fixture, 3, instruction, ZPCI_STATUS_RECOVERY);
}

/* --- addresses ------------------------------------------------------------------------ */

/* Format 1 is refused, and is at this address alone: the answer tells where the FIB came from. */
static void expect_fib_at(struct fixture *fixture, uint64_t address, const uint8_t instruction[6])
{
	guest_fill(fixture, address, 1, 1);
	assert_int_equal(guest_execute(fixture, instruction, 6), PGM(ZPCI_PGM_OPERAND));
	guest_fill(fixture, address, 0, 1);
	assert_int_equal(guest_execute(fixture, instruction, 6), STATUS(ZPCI_STATUS_SEQUENCE));
}

static void test_displacements_are_signed_20_bits(void **state)
{
	struct fixture *fixture = *state;
	static const int32_t displacements[] = { 0,	  8,  0xff8,   0x1000,	 0x12340,
						 0x7fff8, -8, -0x1000, -0x12340, -0x80000 };
	uint8_t instruction[6];

	fixture->cpu.gr[6] = REQUEST(fixture_enabled(fixture, 1, "lpar"), ZPCI_MPCIFC_DEREG_INT);
	for (unsigned i = 0; i < sizeof(displacements) / sizeof(displacements[0]); i++) {
		/* Base and index are added (RXY). */
		fixture->cpu.gr[9] = 0x180000;
		fixture->cpu.gr[10] = 0x20000;
		encode_displaced(instruction, OP_MPCIFC, 6, 9, 10, displacements[i]);
		expect_fib_at(fixture, (uint64_t)(0x1a0000 + displacements[i]), instruction);
		/* Fields of 0 mean 0, not register 0 (trap 31). */
		fixture->cpu.gr[0] = 0x3330000;
		encode_displaced(instruction, OP_MPCIFC, 6, 0, 10, displacements[i]);
		if (displacements[i] > -0x20000)
			expect_fib_at(fixture, (uint64_t)(0x20000 + displacements[i]), instruction);
		encode_displaced(instruction, OP_MPCIFC, 6, 9, 0, displacements[i]);
		expect_fib_at(fixture, (uint64_t)(0x180000 + displacements[i]), instruction);
	}
	encode_displaced(instruction, OP_MPCIFC, 6, 0, 0, 0x20000);
	expect_fib_at(fixture, 0x20000, instruction);
}

static void test_store_block_takes_its_offset_from_r3(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	struct bench_device *device = fixture->bench->devices[1];
	uint8_t instruction[6];

	guest_fill(fixture, 0x30000 - 0x12340, 0x42, 16);
	fixture->cpu.gr[4] = REQUEST(handle, 16);
	fixture->cpu.gr[7] = 0x40; /* R3: the offset, not a part of the address */
	fixture->cpu.gr[12] = 0x30000;
	encode_displaced(instruction, OP_PCISTB, 4, 7, 12, -0x12340);
	assert_int_equal(guest_execute(fixture, instruction, 4), CC(0));
	assert_int_equal(device->bars[0][0x4f], 0x42);
	assert_int_equal(device->bars[0][0x50], 0);
	/* R3 may be register 0. */
	guest_fill(fixture, 0x20000, 0x43, 16);
	fixture->cpu.gr[0] = 0x80;
	encode_displaced(instruction, OP_PCISTB, 4, 0, 0, 0x20000);
	assert_int_equal(guest_execute(fixture, instruction, 4), CC(0));
	assert_int_equal(device->bars[0][0x80], 0x43);
}

/* In 31-bit mode the upper bits of an address are ignored. */
static void test_addressing_mode_cuts_addresses(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	fixture->cpu.gr[6] = REQUEST(fixture_enabled(fixture, 1, "lpar"), ZPCI_MPCIFC_DEREG_INT);
	fixture->cpu.gr[1] = 0xffffffff80000000 | FIB;
	encode_displaced(instruction, OP_MPCIFC, 6, 0, 1, 0);
	assert_int_equal(guest_execute(fixture, instruction, 6), PGM(ZPCI_PGM_ADDRESSING));
	fixture->cpu.psw_mask = ZPCI_PSW_BASIC_ADDRESSING;
	expect_fib_at(fixture, FIB, instruction);
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 64);
	encode_clp(instruction, ZPCI_CLP_LPS_PCI, 2, 3);
	fixture->cpu.gr[3] = 0xffffffff80000000 | BLOCK;
	assert_int_equal(guest_execute(fixture, instruction, 2), CC(0));
	assert_int_equal(guest_clp_code(fixture), ZPCI_CLP_OK);
}

/* The operations below the decoder give the same answers. */
static void test_operations_agree_with_instructions(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	struct zpci_outcome outcome;
	uint64_t by_operation, by_instruction;

	outcome = zpci_load(fixture->firmware, handle, ZPCI_SPACE_CONFIG, 0, 4, &by_operation);
	assert_int_equal(outcome.program_interruption, 0);
	assert_int_equal(outcome.cc, 0);
	guest_load(fixture, handle, ZPCI_SPACE_CONFIG, 0, 4, &by_instruction);
	assert_int_equal(by_operation, by_instruction);
	outcome = zpci_load(fixture->firmware, handle, 7, 0, 4, &by_operation);
	assert_int_equal(outcome.cc, 1);
	assert_int_equal(outcome.status, ZPCI_STATUS_ADDRESS_SPACE);
	outcome = zpci_store(fixture->firmware, handle, ZPCI_SPACE_CONFIG, 0, 3, 0);
	assert_int_equal(outcome.program_interruption, ZPCI_PGM_OPERAND);
	assert_true(zpci_firmware_owns(fixture->firmware, handle));
	assert_false(zpci_firmware_owns(fixture->firmware, 0x80020000));
}

/* --- an access exception comes before any effect ---------------------------------------------- */

/* A machine whose page at BLOCK + PAGE is read-only. */
#define PAGE 4096u

static bool is_protected(uint64_t address, size_t length)
{
	return length && address < BLOCK + 2 * PAGE && address + length > BLOCK + PAGE;
}

static int protect(void *cpu)
{
	((struct zpci_ram_cpu *)cpu)->program_interruption = ZPCI_PGM_PROTECTION;
	return ZPCI_EXCEPTION_DELIVERED;
}

static int write_unless_protected(void *machine, void *cpu, uint64_t address, unsigned ar,
				  const void *buffer, size_t length)
{
	if (is_protected(address, length))
		return protect(cpu);
	return zpci_ram_ops()->write_logical(machine, cpu, address, ar, buffer, length);
}

static int check_unless_protected(void *machine, void *cpu, uint64_t address, unsigned ar,
				  size_t length, bool write)
{
	if (write && is_protected(address, length))
		return protect(cpu);
	return zpci_ram_ops()->check_logical(machine, cpu, address, ar, length, write);
}

static int setup_protected(void **state, bool shared)
{
	struct zpci_firmware_options options = { .size = sizeof(options), .shared = shared };
	static struct zpci_machine_ops ops;
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	ops = *zpci_ram_ops();
	ops.write_logical = write_unless_protected;
	ops.check_logical = check_unless_protected;
	zpci_firmware_destroy(fixture->firmware);
	return zpci_firmware_create(&ops, fixture->ram, &options, &fixture->firmware);
}

static int setup_protected_alone(void **state)
{
	return setup_protected(state, false);
}

static int setup_protected_shared(void **state)
{
	return setup_protected(state, true);
}

/* A CLP block at @address, with a request of 32 bytes; the handle or the token is @value. */
static int clp_at(struct fixture *fixture, uint64_t address, unsigned command, uint64_t value,
		  unsigned last)
{
	uint8_t instruction[6];

	guest_fill(fixture, address, 0, 32 + 160);
	guest_put(fixture, address, 2, 32);
	guest_put(fixture, address + 2, 2, command);
	guest_put(fixture, address + 16, 8, value);
	guest_put(fixture, address + 23, 1, last);
	guest_put(fixture, address + 32, 2, 160);
	encode_clp(instruction, ZPCI_CLP_LPS_PCI, 1, 2);
	fixture->cpu.gr[2] = address;
	return guest_execute(fixture, instruction, 2);
}

static int set_at(struct fixture *fixture, uint64_t address, uint32_t handle, unsigned operation)
{
	return clp_at(fixture, address, ZPCI_CLP_SET_FUNCTION,
		      (uint64_t)handle << 32 | operation << 8, operation == ZPCI_CLP_SET_ENABLE);
}

/* Blocks whose response, its end, or nothing of it is on that page. */
#define RESPONSE_THERE (BLOCK + PAGE - 32)
#define END_THERE (BLOCK + PAGE - 32 - 152)
#define BEFORE_IT (BLOCK + PAGE - 32 - 160)

static void test_set_with_a_protected_response_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(set_at(fixture, i ? END_THERE : RESPONSE_THERE, handle,
					ZPCI_CLP_SET_ENABLE),
				 PGM(ZPCI_PGM_PROTECTION));
		assert_int_equal(fixture_handle(fixture, FID + 1), handle);
		assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	}
	assert_int_equal(set_at(fixture, BEFORE_IT, handle, ZPCI_CLP_SET_ENABLE), CC(0));
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
	assert_int_equal(set_at(fixture, END_THERE, handle, ZPCI_CLP_SET_DISABLE),
			 PGM(ZPCI_PGM_PROTECTION));
	assert_int_equal(fixture_handle(fixture, FID + 1), handle);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_ENABLED);
}

/* A logical processor that does not exist writes no response. */
static void test_missing_processor_needs_no_response(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	assert_int_equal(clp_at(fixture, RESPONSE_THERE, ZPCI_CLP_LIST, 0, 0),
			 PGM(ZPCI_PGM_PROTECTION));
	encode_clp(instruction, 3, 1, 2);
	assert_int_equal(guest_execute(fixture, instruction, 2), CC(3));
}

/* The machine continues the list from a changed token. If the token cannot be stored, it does
 * not. */
static void test_list_with_a_protected_response_keeps_its_token(void **state)
{
	struct fixture *fixture = *state;
	uint64_t token = 0;
	unsigned entries;
	struct zpci_clp_list_entry entry[4];

	guest_list(fixture, &token, 1, entry, &entries);
	assert_int_not_equal(token, 0);
	assert_int_equal(clp_at(fixture, RESPONSE_THERE, ZPCI_CLP_LIST, token, token & 0xff),
			 PGM(ZPCI_PGM_PROTECTION));
	assert_int_equal(guest_get(fixture, RESPONSE_THERE + 16, 8), token);
	assert_int_equal(clp_at(fixture, BEFORE_IT, ZPCI_CLP_LIST, token, token & 0xff), NOT_OURS);
	assert_int_equal(guest_get(fixture, BEFORE_IT + 16, 8), 0);
}

/* An event stays if its response cannot be stored. */
static void test_event_with_a_protected_block_is_kept(void **state)
{
	struct zpci_chsc_sei_response response;
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	guest_put(fixture, BLOCK + PAGE, 8, 0x0010000e00000000);
	guest_put(fixture, BLOCK + PAGE + 8, 8, ZPCI_CHSC_NT2);
	fixture->cpu.gr[2] = BLOCK + PAGE;
	encode_rre(instruction, OP_CHSC, 2, 0);
	assert_int_equal(guest_execute(fixture, instruction, 2), PGM(ZPCI_PGM_PROTECTION));
	assert_int_equal(guest_sei(fixture, &response), CC(0));
	assert_int_equal(zpci_be16_get(response.code), ZPCI_CHSC_OK);
}

int main(void)
{
#define PROTECTED_TEST(test, machine)                                                              \
	cmocka_unit_test_setup_teardown(test, setup_protected_##machine, fixture_teardown)

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opcodes_that_are_known),
		FIXTURE_TEST(test_other_instructions_are_left_to_the_machine),
		FIXTURE_TEST(test_every_register_can_be_used),
		FIXTURE_TEST(test_status_byte_replaces_bits_32_to_39),
		FIXTURE_TEST(test_displacements_are_signed_20_bits),
		FIXTURE_TEST(test_store_block_takes_its_offset_from_r3),
		FIXTURE_TEST(test_addressing_mode_cuts_addresses),
		FIXTURE_TEST(test_operations_agree_with_instructions),
		PROTECTED_TEST(test_set_with_a_protected_response_changes_nothing, alone),
		PROTECTED_TEST(test_missing_processor_needs_no_response, alone),
		PROTECTED_TEST(test_list_with_a_protected_response_keeps_its_token, shared),
		PROTECTED_TEST(test_event_with_a_protected_block_is_kept, alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
