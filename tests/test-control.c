// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-control.c - lines of the control channel, and what they do to a firmware that runs:
 * functions come, go and fail, the guest is told, and what is wrong leaves nothing behind.
 */
#include "fixture.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/config/internal.h"

struct control {
	struct fixture *fixture;
	struct zpci_config *config;
	struct zpci_logger logger;
};

/* A firmware that started with VF 3 of eight, FID 0x2003, as the option of a command line has
 * it. */
static int setup(void **state)
{
	struct control *control = calloc(1, sizeof(*control));
	void *fixture;
	char *error;

	assert_int_equal(fixture_setup(&fixture), 0);
	control->fixture = fixture;
	control->logger = fixture_logger(fixture);
	control->config = zpci_config_new();
	assert_int_equal(
		zpci_config_function(control->config, "probe,vf=3,vfs=8,fid=0x2003", ',', &error),
		0);
	assert_int_equal(zpci_config_finish(control->config, &error), 0);
	assert_int_equal(zpci_config_connect(control->config, control->fixture->firmware,
					     &control->logger, &error),
			 0);
	*state = control;
	return 0;
}

static int teardown(void **state)
{
	struct control *control = *state;
	void *fixture = control->fixture;

	/* Functions need neither the configuration nor its references to adapters. */
	zpci_config_free(control->config);
	fixture_teardown(&fixture);
	free(control);
	return 0;
}

#define CONTROL_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void expect(struct control *control, const char *line, const char *wanted)
{
	char *answer = zpci_config_command(control->config, line, strlen(line));

	assert_non_null(answer);
	assert_string_equal(answer, wanted);
	free(answer);
}

/* An error, in one line that a terminal can be given, and with @word in it. */
static void refuse_bytes(struct control *control, const char *line, size_t length, const char *word)
{
	char *answer = zpci_config_command(control->config, line, length);

	assert_non_null(answer);
	assert_int_equal(strncmp(answer, "error: ", 7), 0);
	if (!strstr(answer, word))
		fail_msg("no '%s' in: %s", word, answer);
	assert_ptr_equal(strchr(answer, '\n'), answer + strlen(answer) - 1);
	for (const char *c = answer; *c != '\n'; c++)
		assert_true(*c >= ' ' && *c <= '~');
	free(answer);
}

static void refuse(struct control *control, const char *line, const char *word)
{
	refuse_bytes(control, line, strlen(line), word);
}

static void expect_event(struct control *control, uint32_t fid, uint16_t pec)
{
	struct zpci_chsc_sei_response event;

	assert_int_equal(guest_sei(control->fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_OK);
	assert_int_equal(zpci_be16_get(event.ccdf.pec), pec);
	assert_int_equal(zpci_be32_get(event.ccdf.fid), fid);
}

static void expect_no_event(struct control *control)
{
	struct zpci_chsc_sei_response event;
	int answer = guest_sei(control->fixture, &event);

	if (answer != NOT_OURS)
		assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_NO_EVENT);
}

static uint32_t enable(struct control *control, uint32_t fid)
{
	return guest_enable(control->fixture, fixture_handle(control->fixture, fid));
}

static void test_list_and_show(void **state)
{
	struct control *control = *state;
	struct zpci_function_info info = { .size = sizeof(info) };
	char wanted[128];

	expect(control, "list", "ok 0x00002003\n");
	assert_int_equal(zpci_firmware_info(control->fixture->firmware, 0x2003, &info), 0);
	snprintf(wanted, sizeof(wanted),
		 "ok fid=0x00002003 uid=0x0100 pchid=0x0100 model=probe vf=3 handle=0x%08x "
		 "state=disabled\n",
		 info.handle);
	expect(control, "show 0x2003", wanted);
	expect(control, "  show   2003 ", wanted);
	refuse(control, "show 0x2004", "list");
	expect_no_event(control);
}

static void test_added_ones_are_announced(void **state)
{
	struct control *control = *state;
	struct zpci_function_info first = { .size = sizeof(first) }, second = first, other = first;

	expect(control, "add probe,vf=4,fid=0x2004", "ok 0x00002004\n");
	expect_event(control, 0x2004, ZPCI_PEC_CONFIGURED);
	expect(control, "add probe,vf=5,standby=yes", "ok 0x00001000\n");
	expect_event(control, 0x1000, ZPCI_PEC_STANDBY);
	expect(control, "add null,pchid=0x300", "ok 0x00001001\n");
	expect_event(control, 0x1001, ZPCI_PEC_CONFIGURED);
	expect_no_event(control);
	expect(control, "list", "ok 0x00002003 0x00002004 0x00001000 0x00001001\n");

	zpci_firmware_info(control->fixture->firmware, 0x2003, &first);
	zpci_firmware_info(control->fixture->firmware, 0x1000, &second);
	zpci_firmware_info(control->fixture->firmware, 0x1001, &other);
	assert_int_equal(first.pchid, second.pchid);
	assert_int_equal(other.pchid, 0x300);
	assert_int_equal(second.state, ZPCI_STATE_STANDBY);
	assert_true((uint16_t)first.uid != (uint16_t)second.uid);
}

/* A refused addition is explained, and changes nothing, not even the configuration's memory. */
static void test_what_cannot_be_added(void **state)
{
	static const struct {
		const char *line;
		const char *word;
	} bad[] = {
		{ "add", "write it as: add MODEL" },
		{ "add probe,vf=4 fid=1", "write it as: add MODEL" },
		{ "add nonesuch", "probe" },
		{ "add probe,vf=3", "assigned twice" },
		{ "add probe,vf=9", "allowed is 1 to 8" },
		{ "add probe,vf=4,vfs=16", "must be the same" },
		{ "add probe,vf=4,rid=yes", "must be the same" },
		{ "add probe,vf=4,fid=0x2003", "duplicate FID" },
		{ "add probe,vf=4,uid=0x100", "duplicate UID" },
		{ "add probe,vf=4,adapter=other,pchid=0x100", "PCHID" },
		{ "add probe,vf=4,colour=blue", "colour" },
		{ "add probe,vf=4,profile=bogus", "lpar" },
		{ "add probe,vf=4,,", "KEY=VALUE" },
	};
	struct control *control = *state;
	struct zpci_config *config = control->config;
	size_t strings = config->string_count, adapters = config->adapter_count;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(control, bad[i].line, bad[i].word);
		assert_int_equal(config->string_count, strings);
		assert_int_equal(config->adapter_count, adapters);
		assert_int_equal(config->function_count, 1);
	}
	expect_no_event(control);
	expect(control, "list", "ok 0x00002003\n");
	expect(control, "add probe,vf=4,pchid=0x100", "ok 0x00001000\n");
}

static void test_free_vfs(void **state)
{
	struct control *control = *state;
	struct zpci_function_info info = { .size = sizeof(info) };
	char answer[32];

	expect(control, "add probe,vf=free", "ok 0x00001000\n");
	zpci_firmware_info(control->fixture->firmware, 0x1000, &info);
	assert_int_equal(info.vf, 1);
	for (unsigned fid = 0x1001; fid < 0x1007; fid++) {
		snprintf(answer, sizeof(answer), "ok 0x%08x\n", fid);
		expect(control, "add probe,vf=free", answer);
	}
	zpci_firmware_info(control->fixture->firmware, 0x1002, &info);
	assert_int_equal(info.vf, 4); /* VF 3 is another function's. */
	refuse(control, "add probe,vf=3", "choose another, or free");
	refuse(control, "add probe,vf=free",
	       "each of the 8 VFs of the common adapter of model probe is taken; the adapters of a "
	       "running guest get no more: start the guest with a larger vfs");
	expect(control, "remove 0x1000", "ok\n");
	expect(control, "add probe,vf=free", "ok 0x00001000\n");
	zpci_firmware_info(control->fixture->firmware, 0x1000, &info);
	assert_int_equal(info.vf, 1);
}

/* If nobody says how many VFs an adapter has, and its PF is not in the guest, there are all. */
static void test_room_for_vfs(void **state)
{
	struct control *control = *state;

	expect(control, "add null,vf=1", "ok 0x00001000\n");
	expect(control, "add null,vf=255", "ok 0x00001001\n");
	expect(control, "add null,vf=2,pchid=0x300", "ok 0x00001002\n");
	expect(control, "add null,vf=7,pchid=0x300", "ok 0x00001003\n");
	expect(control, "add probe,pchid=0x301", "ok 0x00001004\n");
	refuse(control, "add probe,vf=1,pchid=0x301",
	       "has no VFs, as vfs = 0 in function 'probe,pchid=0x301'; the adapters of a running "
	       "guest get no more");
}

static void test_removal_and_return(void **state)
{
	struct control *control = *state;

	enable(control, 0x2003);
	expect(control, "remove 0x2003", "ok\n");
	expect_event(control, 0x2003, ZPCI_PEC_DECONFIGURED);
	expect(control, "list", "ok\n");
	refuse(control, "remove 0x2003", "list");
	for (unsigned i = 0; i < 100; i++) {
		expect(control, "add probe,vf=3,fid=0x2003,standby=yes", "ok 0x00002003\n");
		expect(control, "remove 0x2003", "ok\n");
	}
	expect(control, "add probe,vf=3,fid=0x2003", "ok 0x00002003\n");
	/* It is the same adapter as before. */
	refuse(control, "add probe,vf=9", "allowed is 1 to 8");
}

/* Those of files and the common one stay; all others go with their last function. */
static void test_adapters_come_and_go(void **state)
{
	struct control *control = *state;
	struct zpci_config *config = control->config;
	size_t adapters = config->adapter_count;

	expect(control, "add null,pchid=0x200,vf=1,vfs=2,fid=0x10", "ok 0x00000010\n");
	expect(control, "add null,pchid=0x200,vf=2,fid=0x11", "ok 0x00000011\n");
	expect(control, "add null,adapter=other,vf=1,vfs=2,fid=0x20", "ok 0x00000020\n");
	assert_int_equal(config->adapter_count, adapters + 2);
	expect(control, "remove 0x10", "ok\n");
	refuse(control, "add probe,pchid=0x200", "model");
	expect(control, "remove 0x11", "ok\n");
	assert_int_equal(config->adapter_count, adapters + 1);
	expect(control, "add probe,pchid=0x200,fid=0x10,standby=yes", "ok 0x00000010\n");
	/* The functions of other adapters still belong to these. */
	expect(control, "add null,adapter=other,vf=2,fid=0x21", "ok 0x00000021\n");
	expect(control, "add probe,vf=4", "ok 0x00001000\n");
	refuse(control, "add probe,vf=3", "assigned twice");
	for (unsigned fid = 0x20; fid < 0x22; fid++)
		assert_int_equal(fixture_state(control->fixture, fid), ZPCI_STATE_DISABLED);
	expect(control, "remove 0x20", "ok\n");
	expect(control, "remove 0x21", "ok\n");
	expect(control, "remove 0x10", "ok\n");
	assert_int_equal(config->adapter_count, adapters);
}

static int timers;

static struct zpci_timer *count_create(void *machine, void (*expired)(void *opaque), void *opaque)
{
	timers++;
	return zpci_ram_ops()->timer_create(machine, expired, opaque);
}

static void count_destroy(struct zpci_timer *timer)
{
	timers -= timer != NULL;
	zpci_ram_ops()->timer_destroy(timer);
}

/* A firmware keeps up to 65,536 slots of removed functions. These must not keep timers. */
static void test_a_removed_function_has_no_timer(void **state)
{
	struct control *control = *state;
	struct zpci_machine_ops ops = *zpci_ram_ops();
	struct zpci_function_options options;
	struct zpci_firmware *firmware;
	int none;

	ops.timer_create = count_create;
	ops.timer_destroy = count_destroy;
	timers = 0;
	assert_int_equal(zpci_firmware_create(&ops, control->fixture->ram, NULL, &firmware), 0);
	none = timers;
	fixture_options(control->fixture, 1, "lpar", &options);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(zpci_firmware_add(firmware, &options), 0);
		assert_true(timers > none);
		assert_int_equal(zpci_firmware_remove(firmware, options.fid), 0);
		assert_int_equal(timers, none);
	}
	zpci_firmware_destroy(firmware);
	assert_int_equal(timers, 0);
}

/* Bytes in use of this process; 0 where a sanitizer counts by itself. */
static size_t in_use(void)
{
	struct mallinfo2 all = mallinfo2();

	return all.uordblks + all.hblkhd;
}

/* Additions and removals leave nothing behind: neither functions, nor adapters that go with them or
 * stay, nor failures. */
static void come_and_go(struct control *control)
{
	expect(control, "add probe,vf=4,uid=0x444", "ok 0x00001000\n");
	expect(control, "add null,vf=2,vfs=2,pchid=0x300,fid=0x3002,utility-string=A",
	       "ok 0x00003002\n");
	expect(control, "add null,adapter=other,profile=plain,rid=yes", "ok 0x00001001\n");
	refuse(control, "add null,vf=1,pchid=0x300,fid=0x3002", "0x3002");
	expect(control, "remove 0x3002", "ok\n");
	expect(control, "remove 0x1001", "ok\n");
	expect(control, "remove 0x1000", "ok\n");
	/* Clears the events. */
	zpci_firmware_reset(control->fixture->firmware, ZPCI_RESET_SYSTEM);
}

static void test_nothing_adds_up(void **state)
{
	struct control *control = *state;
	size_t before;

	for (unsigned i = 0; i < 100; i++)
		come_and_go(control);
	before = in_use();
	for (unsigned i = 0; i < 10000 / 3; i++)
		come_and_go(control);
	assert_true(control->config->string_count < 100);
	assert_true(in_use() < before + 4096);
	/* What is needed is still there, such as where something was written. */
	expect(control, "add probe,vf=4", "ok 0x00001000\n");
	refuse(control, "add probe,vf=5,uid=0x100", "function 'probe,vf=3,vfs=8,fid=0x2003'");
	refuse(control, "add probe,vf=5,vfs=7", "function 'probe,vf=3,vfs=8,fid=0x2003'");
	refuse(control, "add null,adapter=other,pchid=0x100", "probe");
}

/* The functions of a replica's adapter are described when it is made. A config space is a string of
 * the configuration, which is freed when its function has gone. */
static void test_replicas_come_and_go(void **state)
{
	struct control *control = *state;

	for (unsigned i = 0; i < 100; i++) {
		expect(control,
		       "add replica,pchid=0x300,vfs=4,vf=2,fid=0x3002,vendor=0x15b3,device=0x1016,"
		       "bar0=0x1000+64bit,config-0x008=80000002",
		       "ok 0x00003002\n");
		refuse(control, "add replica,pchid=0x300,vf=3,vendor=1,device=1",
		       "cannot be added");
		refuse(control,
		       "add replica,pchid=0x301,vf=3,vendor=1,device=1,bar1=0x1000+64bit,"
		       "bar2=0x1000",
		       "cannot be made");
		refuse(control, "add replica,pchid=0x301,vf=3,vendor=1,config-0x0=0100zz", "zz");
		expect(control, "remove 0x3002", "ok\n");
		zpci_firmware_reset(control->fixture->firmware, ZPCI_RESET_SYSTEM);
	}
	assert_true(control->config->string_count < 100);
}

/* The removal of a function frees strings. Those of groups must stay, since a later function can
 * name one of these groups. */
static void test_groups_outlive_a_removal(void **state)
{
	struct control *control = *state;
	struct zpci_config *config = zpci_config_new();
	struct zpci_function_info info = { .size = sizeof(info) };
	struct control other = { .fixture = control->fixture, .config = config };
	struct zpci_firmware *firmware;
	char *error;

	assert_int_equal(
		zpci_firmware_create(zpci_ram_ops(), control->fixture->ram, NULL, &firmware), 0);
	assert_int_equal(zpci_config_group(config, "wide,id=0x10", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "null,group=wide,fid=1", ',', &error), 0);
	assert_int_equal(zpci_config_finish(config, &error), 0);
	assert_int_equal(zpci_config_connect(config, firmware, NULL, &error), 0);
	expect(&other, "remove 1", "ok\n");
	expect(&other, "add null,group=wide,fid=2", "ok 0x00000002\n");
	assert_int_equal(zpci_firmware_info(firmware, 2, &info), 0);
	assert_int_equal(info.group, 0x10);
	refuse(&other, "add null,pchid=7,group=narrow", "no such group");
	assert_int_equal(zpci_config_group(config, "wide", ',', &error), -EINVAL);
	assert_non_null(strstr(error, "group 'wide,id=0x10' defines"));
	free(error);
	zpci_config_free(config);
	zpci_firmware_destroy(firmware);
}

static void test_failing(void **state)
{
	struct control *control = *state;

	refuse(control, "error 0x2003 0x3a", "in state disabled");
	refuse(control, "error 0x2004 0x3a", "list");
	refuse(control, "error 0x2003 0x300", "0x2ff");
	refuse(control, "error 0x2003 0xc", "no error 0x000c; allowed is 0x0001 (no address");
	refuse(control, "error 0x2003 0x2ff", "0x0040 (recovery failed)\n");
	refuse(control, "error 0x2003", "error FID PEC");
	expect_no_event(control);
	enable(control, 0x2003);
	expect(control, "error 2003 3a", "ok\n");
	expect_event(control, 0x2003, ZPCI_PEC_SERVICE_ACTION);
	assert_int_equal(fixture_state(control->fixture, 0x2003), ZPCI_STATE_ERROR);
	expect(control, "error 0x2003 0x3a", "ok\n");
	expect_event(control, 0x2003, ZPCI_PEC_SERVICE_ACTION);
	expect(control, "error 0x2003 0x2a", "ok\n");
	expect_event(control, 0x2003, ZPCI_PEC_FMB_STORAGE);
	assert_int_equal(fixture_state(control->fixture, 0x2003), ZPCI_STATE_ERROR);
	expect(control, "error 0x2003 0x3b", "ok\n");
	refuse(control, "error 0x2003 0x3a", "in state permanent error");
	expect_event(control, 0x2003, ZPCI_PEC_PERMANENT_ERROR);
	assert_int_equal(fixture_state(control->fixture, 0x2003), ZPCI_STATE_PERMANENT);
}

static void test_bad_lines(void **state)
{
	struct control *control = *state;
	char line[ZPCI_COMMAND_LINE + 1];

	refuse(control, "", "allowed is add");
	refuse(control, "   ", "allowed is add");
	refuse(control, "lists", "allowed is add");
	refuse(control, "lis", "allowed is add");
	refuse(control, "LIST", "allowed is add");
	refuse(control, "list all", "write it as: list");
	refuse(control, "list\r", "printable");
	refuse(control, "show \xff", "printable");
	refuse_bytes(control, "list\0", 5, "printable");
	refuse(control, "show 010", "there is no function 0x00000010");
	refuse(control, "show 0x", "hexadecimal");
	refuse(control, "show -1", "hexadecimal");
	refuse(control, "show 1021h", "hexadecimal");
	refuse(control, "show 0x0x1", "hexadecimal");
	refuse(control, "show 0x100000000", "0xffffffff");
	refuse(control, "show 99999999999999999999999", "0xffffffff");
	memset(line, 'a', sizeof(line));
	refuse_bytes(control, line, ZPCI_COMMAND_LINE, "allowed is add");
	refuse_bytes(control, line, sizeof(line), "too long");
	memset(line, ' ', sizeof(line));
	refuse_bytes(control, line, ZPCI_COMMAND_LINE, "allowed is add");
	memset(line, ',', sizeof(line));
	memcpy(line, "add probe", 9);
	refuse_bytes(control, line, ZPCI_COMMAND_LINE, "KEY=VALUE");
	expect(control, "list", "ok 0x00002003\n");
	expect_no_event(control);
}

static void test_help_names_all(void **state)
{
	struct control *control = *state;
	char *answer = zpci_config_command(control->config, "help", 4);

	assert_non_null(answer);
	for (unsigned i = 0; i < 6; i++) {
		static const char *const names[] = { "add",  "remove", "error",
						     "list", "show",   "help" };
		assert_non_null(strstr(answer, names[i]));
	}
	free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONTROL_TEST(test_list_and_show),
		CONTROL_TEST(test_added_ones_are_announced),
		CONTROL_TEST(test_what_cannot_be_added),
		CONTROL_TEST(test_free_vfs),
		CONTROL_TEST(test_room_for_vfs),
		CONTROL_TEST(test_removal_and_return),
		CONTROL_TEST(test_adapters_come_and_go),
		CONTROL_TEST(test_a_removed_function_has_no_timer),
		CONTROL_TEST(test_nothing_adds_up),
		CONTROL_TEST(test_replicas_come_and_go),
		CONTROL_TEST(test_groups_outlive_a_removal),
		CONTROL_TEST(test_failing),
		CONTROL_TEST(test_bad_lines),
		CONTROL_TEST(test_help_names_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
