// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-counter.c - the device model of examples/model, from its shared object: what a guest gets
 * from it, and a configuration with options of a model, whose functions come and go.
 *
 * It runs in a build folder, in which the object is tests/.libs/counter.so.
 */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zpci/model.h>

#include "zpci/config/internal.h"

#define OBJECT "tests/.libs/counter.so"
#define COUNTER 0
#define SEND 8
#define MSIX_TABLE 0x800
#define MSIX_CONTROL 0x82 /* of the capability, as the library lays config spaces out */
#define VECTOR_BIT 0x80	  /* of vector 0 in the first byte of AIBV */

struct mine {
	struct fixture *fixture;
	struct zpci_config *config;
	struct zpci_logger logger;
	uint32_t handle; /* of FID 0x1021, enabled */
	uint64_t page;	 /* a DMA address, mapped to PAGES */
};

static uint32_t enable(struct mine *mine, uint32_t fid)
{
	return guest_enable(mine->fixture, fixture_handle(mine->fixture, fid));
}

/* Vector 0 with data 0, not masked. */
static void set_vector(struct mine *mine)
{
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	struct fixture *fixture = mine->fixture;

	assert_int_equal(guest_query_function(fixture, mine->handle, &function), ZPCI_CLP_OK);
	assert_int_equal(guest_query_group(fixture, function.pfgid, &group), ZPCI_CLP_OK);
	guest_bar_write(fixture, mine->handle, 0, MSIX_TABLE, 8, zpci_be64_get(group.msia));
	guest_bar_write(fixture, mine->handle, 0, MSIX_TABLE + 8, 8, 0);
	guest_config_write(fixture, mine->handle, MSIX_CONTROL, 2, 0x8000);
}

/* What a driver sets up. */
static void begin(struct mine *mine)
{
	struct fixture *fixture = mine->fixture;

	mine->handle = enable(mine, 0x1021);
	mine->page = guest_dma_start(fixture, mine->handle);
	guest_map(fixture, mine->page, PAGES, 0);
	assert_int_equal(guest_register_ioat(fixture, mine->handle, mine->page, mine->page + 4095),
			 CC(0));
	set_vector(mine);
	guest_set_master(fixture, mine->handle);
	assert_int_equal(guest_register_int(fixture, mine->handle, 2, 1, 0, 0), CC(0));
}

static int setup(void **state)
{
	struct mine *mine = calloc(1, sizeof(*mine));
	void *fixture;
	char *error;
	int rc;

	assert_int_equal(fixture_setup(&fixture), 0);
	mine->fixture = fixture;
	mine->logger = fixture_logger(fixture);
	mine->config = zpci_config_new();
	rc = zpci_config_function(mine->config,
				  OBJECT ",vf=3,vfs=8,fid=0x1021,uid=0x111,start=0x1000,step=5",
				  ',', &error);
	if (rc)
		fail_msg("%s", error);
	assert_int_equal(zpci_config_finish(mine->config, &error), 0);
	assert_int_equal(
		zpci_config_connect(mine->config, mine->fixture->firmware, &mine->logger, &error),
		0);
	*state = mine;
	return 0;
}

static int teardown(void **state)
{
	struct mine *mine = *state;
	void *fixture = mine->fixture;

	/* The model is still needed after it. */
	zpci_config_free(mine->config);
	fixture_teardown(&fixture);
	free(mine);
	return 0;
}

#define COUNTER_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static uint64_t counter(struct mine *mine)
{
	return guest_bar_read(mine->fixture, mine->handle, 0, COUNTER, 8);
}

static void send(struct mine *mine)
{
	guest_bar_write(mine->fixture, mine->handle, 0, SEND, 8, mine->page + 0x10);
}

static uint64_t sent(struct mine *mine)
{
	uint8_t bytes[8];

	guest_read(mine->fixture, PAGES + 0x10, bytes, sizeof(bytes));
	return zpci_get_le(bytes, sizeof(bytes));
}

/* --- the device ------------------------------------------------------------------------------- */

static void registers_are_read_and_set(void **state)
{
	struct mine *mine = *state;
	uint64_t value;

	begin(mine);
	assert_int_equal(counter(mine), 0x1000);
	guest_bar_write(mine->fixture, mine->handle, 0, COUNTER, 8, 0x123456789abcdef0);
	assert_int_equal(counter(mine), 0x123456789abcdef0);
	assert_int_equal(guest_bar_read(mine->fixture, mine->handle, 0, COUNTER + 1, 1), 0xde);
	assert_int_equal(guest_bar_read(mine->fixture, mine->handle, 0, 0x400, 8), 0);
	/* It takes no part of a register. */
	assert_int_equal(guest_store(mine->fixture, mine->handle, 0, COUNTER, 4, 1),
			 PGM(ZPCI_PGM_OPERAND));
	assert_int_equal(guest_load(mine->fixture, mine->handle, 0, COUNTER, 8, &value), CC(0));
}

static void the_counter_is_sent_with_an_interrupt(void **state)
{
	struct mine *mine = *state;

	begin(mine);
	send(mine);
	assert_int_equal(sent(mine), 0x1000);
	assert_int_equal(guest_get(mine->fixture, AIBV, 1), VECTOR_BIT);
	assert_int_equal(counter(mine), 0x1005);
	send(mine);
	assert_int_equal(sent(mine), 0x1005);
}

static void an_address_that_is_not_mapped_is_an_error(void **state)
{
	struct mine *mine = *state;

	begin(mine);
	guest_bar_write(mine->fixture, mine->handle, 0, SEND, 8, mine->page + 0x1000);
	assert_int_equal(fixture_state(mine->fixture, 0x1021), ZPCI_STATE_ERROR);
	assert_int_equal(guest_get(mine->fixture, AIBV, 1), 0);
}

static void a_stopped_machine_sends_later(void **state)
{
	struct mine *mine = *state;

	begin(mine);
	zpci_firmware_quiesce(mine->fixture->firmware);
	send(mine);
	assert_int_equal(sent(mine), 0);
	zpci_firmware_resume(mine->fixture->firmware);
	assert_int_equal(sent(mine), 0x1000);
	assert_int_equal(counter(mine), 0x1005);
}

static void a_reset_forgets_what_waits(void **state)
{
	struct mine *mine = *state;

	begin(mine);
	send(mine);
	zpci_firmware_quiesce(mine->fixture->firmware);
	send(mine);
	zpci_firmware_reset(mine->fixture->firmware, ZPCI_RESET_SYSTEM);
	zpci_firmware_resume(mine->fixture->firmware);
	assert_int_equal(sent(mine), 0x1000);
	mine->handle = enable(mine, 0x1021);
	assert_int_equal(counter(mine), 0x1000);
}

/* --- functions that come and go --------------------------------------------------------------- */

static void expect(struct mine *mine, const char *line, const char *words)
{
	char *answer = zpci_config_command(mine->config, line, strlen(line));

	assert_non_null(answer);
	if (!strstr(answer, words))
		fail_msg("%s: no '%s' in: %s", line, words, answer);
	free(answer);
}

/* Strings of what is gone are freed, those of options that are needed are not. */
static void options_live_as_long_as_their_functions(void **state)
{
	struct mine *mine = *state;
	uint32_t handle;

	for (unsigned i = 0; i < 50; i++) {
		expect(mine, "add " OBJECT ",vf=4,fid=0x1024,uid=0x114,start=0x77,step=5", "ok 0x");
		expect(mine, "add " OBJECT ",vf=5,fid=0x1025,uid=0x115,pchid=0x1c5,start=1,step=9",
		       "ok 0x");
		handle = enable(mine, 0x1024);
		assert_int_equal(guest_bar_read(mine->fixture, handle, 0, COUNTER, 8), 0x77);
		handle = enable(mine, 0x1025);
		assert_int_equal(guest_bar_read(mine->fixture, handle, 0, COUNTER, 8), 1);
		expect(mine, "add " OBJECT ",vf=6,start=nothing,step=5", "start = nothing");
		expect(mine, "add " OBJECT ",vf=6,step=6", "with another value");
		expect(mine, "add " OBJECT ",vf=6,start=6,vf=6", "duplicate key");
		expect(mine, "add " OBJECT ",vf=4,start=6,step=5", "VF 4");
		expect(mine, "remove 0x1025", "ok");
		expect(mine, "remove 0x1024", "ok");
	}
	begin(mine);
	assert_int_equal(counter(mine), 0x1000);
	send(mine);
	assert_int_equal(counter(mine), 0x1005);
}

static void a_running_guest_loads_no_object(void **state)
{
	struct mine *mine = *state;

	expect(mine, "add tests/.libs/none.so,vf=1", "a running guest loads none");
	expect(mine, "add ./" OBJECT ",vf=1,fid=0x1031", "ok 0x00001031");
}

/* Unlike a built-in one, of which we know that it has all of them. */
static void a_model_of_ones_own_gets_the_vfs_that_are_asked_for(void **state)
{
	struct mine *mine = *state;

	expect(mine, "add " OBJECT ",pchid=0x1c6,vf=2,fid=0x1041", "ok 0x00001041");
	expect(mine, "add " OBJECT ",pchid=0x1c6,vf=1,fid=0x1042", "ok 0x00001042");
	expect(mine, "add " OBJECT ",pchid=0x1c6,vf=3,fid=0x1043", "vf = 3: not allowed");
	expect(mine, "add " OBJECT ",pchid=0x1c7,vfs=4,vf=1,fid=0x1044", "ok 0x00001044");
	expect(mine, "add " OBJECT ",pchid=0x1c7,vf=4,fid=0x1045", "ok 0x00001045");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COUNTER_TEST(registers_are_read_and_set),
		COUNTER_TEST(the_counter_is_sent_with_an_interrupt),
		COUNTER_TEST(an_address_that_is_not_mapped_is_an_error),
		COUNTER_TEST(a_stopped_machine_sends_later),
		COUNTER_TEST(a_reset_forgets_what_waits),
		COUNTER_TEST(options_live_as_long_as_their_functions),
		COUNTER_TEST(a_running_guest_loads_no_object),
		COUNTER_TEST(a_model_of_ones_own_gets_the_vfs_that_are_asked_for),
	};

	if (access(OBJECT, R_OK))
		return 77; /* a build without shared objects */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
