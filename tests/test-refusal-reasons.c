// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-refusal-reasons.c - a firmware that explains says of each refused instruction which
 * function, what was asked, what was answered and why; it says nothing of others, and does not
 * change the answer.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define FUNCTION "function 0x00001022: "

static char last[512];
static unsigned count;

static void keep(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	/* What the guest did is logged at this level as well. */
	if (level != ZPCI_LOG_DEBUG ||
	    (!strstr(message, "program interruption") && !strstr(message, "code")))
		return;
	snprintf(last, sizeof(last), "%s", message);
	count++;
}

static int setup_explaining(void **state, bool explain)
{
	struct zpci_firmware_options options = {
		.size = sizeof(options),
		.logger = { keep, NULL },
		.explain = explain,
	};
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	zpci_firmware_destroy(fixture->firmware);
	count = 0;
	last[0] = '\0';
	return zpci_firmware_create(zpci_ram_ops(), fixture->ram, &options, &fixture->firmware);
}

static int setup(void **state)
{
	return setup_explaining(state, true);
}

static int setup_silent(void **state)
{
	return setup_explaining(state, false);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

static void said_last(unsigned messages, const char *wanted)
{
	if (count != messages || strcmp(last, wanted))
		fail_msg("%u messages, the last one: %s", count, last);
}

/* One message since the last call, which is @wanted. */
static void said(const char *wanted)
{
	said_last(1, wanted);
	count = 0;
}

static void said_nothing(void)
{
	if (count)
		fail_msg("%u messages, the last one: %s", count, last);
}

/* The one of the issue that asked for this: nothing was said of it. */
static void test_a_load_before_enabling(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle;
	uint64_t value;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	assert_int_equal(guest_load(fixture, handle, ZPCI_SPACE_CONFIG, 4, 4, &value), CC(3));
	said(FUNCTION "PCILG with handle 0x00100000, config space, offset 0x4, length 4: condition "
		      "code 3: the function is not enabled; enable it by Set PCI function, which "
		      "answers with another handle");
	guest_enable(fixture, handle);
	said_nothing();
	assert_int_equal(guest_store(fixture, handle, 0, 8, 4, 1), CC(3));
	said(FUNCTION "PCISTG with handle 0x00100000, BAR 0, offset 0x8, length 4: condition code "
		      "3: this is the handle from before the function was enabled, it is "
		      "0x81100000 now");
}

static void test_handles(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint64_t value;

	assert_int_equal(guest_load(fixture, 0x80100007, 0, 0, 4, &value), CC(3));
	said("no function: PCILG with handle 0x80100007, BAR 0, offset 0x0, length 4: condition "
	     "code 3: no function has this handle; List PCI functions names all");
	guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, NULL);
	said_nothing();
	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, &value), CC(3));
	said(FUNCTION "PCILG with handle 0x81100000, BAR 0, offset 0x0, length 4: condition code "
		      "3: the function was disabled or reset, its handle is 0x01100000 now; "
		      "enable it");
	zpci_firmware_remove(fixture->firmware, FID + 1);
	assert_int_equal(guest_refresh(fixture, handle, 0x1000, 0x2000), CC(3));
	said("no function: RPCIT with handle 0x81100000, start 0x1000, length 0x2000: condition "
	     "code 3: no function has this handle; List PCI functions names all");
}

static void test_operands(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	const uint8_t odd[6] = RRE(OP_PCILG, 2, 5);
	uint64_t value;

	assert_int_equal(guest_load(fixture, handle, ZPCI_SPACE_CONFIG, 3, 2, &value),
			 PGM(ZPCI_PGM_OPERAND));
	said(FUNCTION "PCILG with handle 0x81100000, config space, offset 0x3, length 2: program "
		      "interruption 0x0015: config space is accessed by 1, 2 or 4 bytes within an "
		      "aligned word");
	assert_int_equal(guest_store(fixture, handle, 0, 0xfffffffff, 1, 0), PGM(ZPCI_PGM_OPERAND));
	said(FUNCTION "PCISTG with handle 0x81100000, BAR 0, offset 0xfffffffff, length 1: program "
		      "interruption 0x0015: a BAR is accessed by 1 to 8 bytes, none of which is "
		      "behind its end or in a BAR that is not there; or the device refused it");
	assert_int_equal(guest_load(fixture, handle, 7, 0, 1, &value),
			 STATUS(ZPCI_STATUS_ADDRESS_SPACE));
	said(FUNCTION "PCILG with handle 0x81100000, address space 7, offset 0x0, length 1: "
		      "condition code 1, status 20: allowed is 0 to 5, a BAR, or 15, config space");
	assert_int_equal(guest_store_block(fixture, handle, 0, 4, DATA, 64),
			 PGM(ZPCI_PGM_SPECIFICATION));
	said(FUNCTION "PCISTB with handle 0x81100000, BAR 0, offset 0x4, length 64: program "
		      "interruption 0x0006: in its group a block has 16 to 128 bytes, a multiple "
		      "of 8, and offset and address are multiples of 8");
	fixture->cpu.gr[5] = (uint64_t)handle << 32;
	assert_int_equal(guest_execute(fixture, odd, 5), PGM(ZPCI_PGM_SPECIFICATION));
	assert_non_null(strstr(last, ": program interruption 0x0006: the number of register R2 is "
				     "odd"));
	count = 0;
	fixture->cpu.psw_mask |= ZPCI_PSW_PROBLEM_STATE;
	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, &value), PGM(ZPCI_PGM_PRIVILEGED));
	said(FUNCTION "PCILG with handle 0x81100000, BAR 0, offset 0x0, length 4: program "
		      "interruption 0x0002: the CPU is in the problem state");
}

static void test_controls(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	struct zpci_fib fib;
	uint64_t value;

	memset(&fib, 0, sizeof(fib));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, &fib),
			 STATUS(ZPCI_STATUS_SEQUENCE));
	said(FUNCTION "MPCIFC with handle 0x81100000, operation control 3 (deregister "
		      "interruptions): condition code 1, status 24: nothing is registered");
	assert_int_equal(guest_modify(fixture, handle, 1, ZPCI_MPCIFC_REG_IOAT, &fib),
			 STATUS(ZPCI_STATUS_DMA_SPACE));
	assert_non_null(strstr(last, "there is one DMA address space, 0"));
	count = 0;
	assert_int_equal(guest_modify(fixture, handle, 0, 99, &fib), PGM(ZPCI_PGM_OPERAND));
	said(FUNCTION "MPCIFC with handle 0x81100000, operation control 99 (unknown): program "
		      "interruption 0x0015: the operation control is unknown, or the FIB's format "
		      "is not 0");
	assert_int_equal(guest_refresh(fixture, handle, 0, 0x1000), STATUS(ZPCI_STATUS_DMA_SPACE));
	assert_non_null(strstr(last, "no translation is registered; MPCIFC does that"));
	count = 0;
	zpci_firmware_inject_error(fixture->firmware, FID + 1, ZPCI_PEC_SERVICE_ACTION);
	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, &value), STATUS(ZPCI_STATUS_BLOCKED));
	assert_non_null(strstr(last,
			       "condition code 1, status 12: the function is in error; MPCIFC "
			       "resets that"));
	count = 0;
	assert_int_equal(guest_store_controls(fixture, handle, &fib), CC(0));
	said_nothing();
}

static void test_clp(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	uint32_t handle;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	guest_query_function(fixture, handle, &function);
	said_nothing();
	guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 0, NULL);
	said(FUNCTION "CLP Set PCI function with handle 0x00100000: response code 0x0103: a "
		      "function is enabled with one DMA address space, not 0");
	guest_query_function(fixture, handle | 0x12, &function);
	said("no function: CLP Query PCI function with handle 0x00100012: response code 0x0101: no "
	     "function has this handle; List PCI functions names all");
	guest_query_group(fixture, 0x77, &group);
	said("no function: CLP Query PCI function group 0x77: response code 0x010b: no function is "
	     "in this group");
	/* Where the handle would be is the response. */
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_FUNCTION, 16, 384);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	said("no function: CLP Query PCI function: response code 0x0050: the length of the request "
	     "or of the response does not fit the command");
	guest_clp_begin(fixture, 0x0099, 32, 32);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	said("no function: CLP 0x0099 (unknown command): response code 0x0020: the logical "
	     "processor has no such command");
	assert_int_equal(guest_clp(fixture, 5), CC(3));
	said("no function: CLP: condition code 3: there is no such logical processor, or immediate "
	     "command");
	guest_clp_begin(fixture, ZPCI_CLP_LIST, 33, 32);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), PGM(ZPCI_PGM_OPERAND));
	said("no function: CLP: program interruption 0x0015: a length of the request or of the "
	     "response is not allowed");
}

/* A function in standby can be asked about, by its present handle. */
static void test_handles_in_standby(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_function_response function;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	uint16_t response;
	uint64_t value;

	guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1, &response);
	assert_int_equal(response, ZPCI_SCLP_OK);
	said_nothing();
	guest_query_function(fixture, handle, &function);
	said(FUNCTION "CLP Query PCI function with handle 0x81100000: response code 0x0101: this "
		      "handle is from before the function went to standby, it is 0x01100000 now");
	assert_int_equal(guest_query_function(fixture, 0x01100000, &function), ZPCI_CLP_OK);
	assert_int_equal(guest_load(fixture, 0x01100000, 0, 0, 4, &value), CC(3));
	said(FUNCTION "PCILG with handle 0x01100000, BAR 0, offset 0x0, length 4: condition code "
		      "3: the function is in standby; configure it by writing 1 to the power of "
		      "its slot");
}

static void test_service_call(void **state)
{
	struct fixture *fixture = *state;
	uint16_t response;

	fixture_add(fixture, 1, "lpar");
	guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, &response);
	said(FUNCTION "SERVC configure: response code 0x0120: the function is configured already");
	guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, 0x99, &response);
	said("function 0x00000099: SERVC deconfigure: response code 0x09f0: there is no function "
	     "with this FID");
	guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1, &response);
	said_nothing();
}

/* A driver that polls, and a guest that wants to fill the log. */
static void test_the_same_again(void **state)
{
	struct fixture *fixture = *state;
	uint64_t value;
	unsigned i;

	for (i = 1; i <= 100; i++) {
		guest_load(fixture, 0x80100007, 0, 0, 4, &value);
		guest_load(fixture, 0x80100007, 0, 8, 4, &value);
		if (i == 17)
			assert_int_equal(count, 2 * 16);
		if (i == 32)
			said_last(2 * 17,
				  "no function: PCILG with handle 0x80100007, BAR 0, offset 0x8, "
				  "length 4: condition code 3: no function has this handle; List "
				  "PCI functions names all (32 times)");
	}
	assert_int_equal(count, 2 * 18);
	guest_load(fixture, 0x80100008, 0, 8, 4, &value);
	assert_int_equal(count, 2 * 18 + 1);
}

static void test_silence(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_query_group_response group;
	uint64_t value;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(guest_load(fixture, 0x80100007, 0, 0, 4, &value), CC(3));
	assert_int_equal(guest_query_group(fixture, 0x77, &group), ZPCI_CLP_UNKNOWN_GROUP);
	said_nothing();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_load_before_enabling),
		TEST(test_handles),
		TEST(test_operands),
		TEST(test_controls),
		TEST(test_clp),
		TEST(test_handles_in_standby),
		TEST(test_service_call),
		TEST(test_the_same_again),
		cmocka_unit_test_setup_teardown(test_silence, setup_silent, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
