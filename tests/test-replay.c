// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware against what real guests did: all traces in tests/fixtures are replayed. And the
 * recorder and the replay themselves, by a trace made here: it must replay, and one changed byte
 * in it must be found.
 */
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/probe.h>

#include "fixture.h"
#include "replay.h"
#include "trace.h"
#include "zpci/config/config.h"

/* --- captured traces ------------------------------------------------------------------ */

static void replay_file(const char *path)
{
	FILE *trace = fopen(path, "r");
	char *complaint = NULL;
	size_t steps;

	assert_non_null(trace);
	if (replay_trace(trace, &steps, &complaint))
		fail_msg("%s: %s", path, complaint);
	print_message("%s: %zu steps\n", path, steps);
	fclose(trace);
}

static void test_captured_traces(void **state)
{
	const char *source = getenv("srcdir");
	char pattern[4096];
	glob_t files;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/tests/fixtures/*.trace", source ? source : ".");
	/* Traces that got lost would pass, too. */
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 2);
	for (size_t i = 0; i < files.gl_pathc; i++)
		replay_file(files.gl_pathv[i]);
	globfree(&files);
}

/* --- a trace of our own --------------------------------------------------------------- */

struct recorded {
	struct fixture fixture;
	char *text;
	size_t size;
	FILE *trace;
};

static void begin_recording(struct recorded *recorded)
{
	struct fixture *fixture = &recorded->fixture;
	struct zpci_config *config = zpci_config_new();
	char *error = NULL;

	recorded->trace = open_memstream(&recorded->text, &recorded->size);
	fixture->ram = zpci_ram_create(STORAGE_SIZE);
	fixture->tables = TABLES;
	zpci_ram_cpu_init(fixture->ram, &fixture->cpu);
	fixture->record = zpci_record_create(zpci_ram_ops(), fixture->ram, recorded->trace);
	assert_non_null(fixture->record);
	assert_int_equal(zpci_firmware_create(zpci_record_ops(fixture->record), fixture->record,
					      NULL, &fixture->firmware),
			 0);
	assert_int_equal(zpci_config_group(config,
					   "g,id=0x21,version=3,dma-start=0x200000000,"
					   "dma-end=0x1fffffffffffff,vectors=4,store-block=256,"
					   "fmb-interval=500,designations=rs,"
					   "msi-address=0xff00000000000000",
					   ',', &error),
			 0);
	assert_int_equal(zpci_config_function(config,
					      "probe,vf=3,fid=0x1021,uid=0x111,group=g,pft=0x0b,"
					      "port=2,pfip=0x01020304,tid=0,report-error=yes,"
					      "utility-string=CARD 1",
					      ',', &error),
			 0);
	assert_int_equal(zpci_config_finish(config, &error), 0);
	assert_int_equal(zpci_config_apply(config, fixture->firmware, NULL, &error), 0);
	zpci_config_free(config);
	zpci_record_head(fixture->record, fixture->firmware, false);
}

static void end_recording(struct recorded *recorded)
{
	struct fixture *fixture = &recorded->fixture;

	zpci_firmware_quiesce(fixture->firmware);
	zpci_firmware_destroy(fixture->firmware);
	assert_int_equal(zpci_record_destroy(fixture->record), 0);
	fclose(recorded->trace);
	zpci_ram_destroy(fixture->ram);
}

static void program_vectors(struct fixture *fixture, uint32_t handle)
{
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	unsigned capability;

	guest_query_function(fixture, handle, &function);
	guest_query_group(fixture, function.pfgid, &group);
	for (unsigned vector = 0; vector < 2; vector++) {
		guest_bar_write(fixture, handle, ZPCI_PROBE_MSIX_BAR, 16 * vector, 8,
				zpci_be64_get(group.msia));
		guest_bar_write(fixture, handle, ZPCI_PROBE_MSIX_BAR, 16 * vector + 8, 8, vector);
	}
	capability = guest_config_read(fixture, handle, 0x34, 1);
	while (guest_config_read(fixture, handle, capability, 1) != 0x11)
		capability = guest_config_read(fixture, handle, capability + 1, 1);
	guest_config_write(fixture, handle, capability + 2, 2, 0x8000);
	guest_register_int(fixture, handle, 2, 2, 0, -1);
}

/* A session with everything in it: instructions, timers, a device's thread, events, a reset. */
static void record_session(struct recorded *recorded)
{
	struct fixture *fixture = &recorded->fixture;
	struct zpci_fib fib = { 0 };
	uint32_t handle;
	uint64_t dma;

	begin_recording(recorded);
	handle = guest_enable(fixture, fixture_handle(fixture, 0x1021));
	guest_set_master(fixture, handle);
	guest_config_read(fixture, handle, 0, 4);
	assert_int_equal(guest_load(fixture, handle, 0, 0, 0, NULL), PGM(ZPCI_PGM_OPERAND));
	program_vectors(fixture, handle);
	zpci_be64_put(&fib.fmb, FMB);
	guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DOORBELL_LATER, 4, 1);
	assert_int_equal(zpci_ram_wait_interruption(fixture->ram, 2, 1, 60000), 2);

	dma = guest_dma_start(fixture, handle);
	guest_map(fixture, dma, PAGES, 0);
	guest_register_ioat(fixture, handle, dma, dma + 0xfff);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_DESTINATION, 8, dma + 0x100);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_LENGTH, 8, 32);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_PATTERN, 8, 0x1122334455667788);
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DMA_COMMAND, 4,
			ZPCI_PROBE_DMA_FILL | ZPCI_PROBE_DMA_INTERRUPT);
	assert_int_equal(zpci_ram_wait_interruption(fixture->ram, 2, 2, 60000), 3);
	assert_int_equal(guest_get(fixture, PAGES + 0x118, 8), 0x8877665544332211);

	zpci_ram_advance(fixture->ram, 10 * 1000000000ull);
	guest_refresh(fixture, handle, 0x1000, 1); /* outside: refused */
	zpci_ram_poison(fixture->ram, AIBV, 1);	   /* an error, and its event */
	guest_bar_write(fixture, handle, 0, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
	zpci_ram_poison(fixture->ram, 0, 0);
	zpci_ram_advance(fixture->ram, 0);
	assert_int_equal(guest_sei(fixture, NULL), CC(0));
	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, NULL), STATUS(ZPCI_STATUS_BLOCKED));
	zpci_record_reset(fixture->record, fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	assert_int_equal(guest_load(fixture, handle, 0, 0, 4, NULL), CC(3));
	guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, 0x1021, NULL);
	zpci_ram_poison(fixture->ram, BLOCK, 1);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), PGM(ZPCI_PGM_ADDRESSING));
	end_recording(recorded);
}

static int replay_text(const char *text, size_t *steps, char **complaint)
{
	FILE *trace = fmemopen((void *)text, strlen(text), "r");
	int rc;

	assert_non_null(trace);
	rc = replay_trace(trace, steps, complaint);
	fclose(trace);
	return rc;
}

static void test_a_recorded_session_replays(void **state)
{
	struct recorded recorded = { .text = NULL };
	char *complaint = NULL;
	size_t steps;

	(void)state;
	record_session(&recorded);
	if (getenv("ZPCI_SHOW_TRACE"))
		fputs(recorded.text, stderr);
	if (replay_text(recorded.text, &steps, &complaint))
		fail_msg("%s", complaint);
	assert_true(steps > 40);
	/* All kinds of steps are there. */
	assert_non_null(strstr(recorded.text, "\nexecute "));
	assert_non_null(strstr(recorded.text, "\ntimer "));
	assert_non_null(strstr(recorded.text, "\nreset "));
	assert_non_null(strstr(recorded.text, "\nasync "));
	free(recorded.text);
}

/* One digit at the place of @mark, counted from its end, is made another one. */
static void expect_difference(const char *trace, const char *mark, size_t behind)
{
	char *text = strdup(trace), *complaint = NULL;
	char *place = strstr(text, mark);
	size_t steps;

	assert_non_null(place);
	place += strlen(mark) + behind;
	*place = *place == '1' ? '2' : '1';
	assert_int_equal(replay_text(text, &steps, &complaint), -1);
	assert_non_null(complaint);
	free(complaint);
	free(text);
}

static void test_a_changed_byte_is_found(void **state)
{
	struct recorded recorded = { .text = NULL };

	(void)state;
	record_session(&recorded);
	expect_difference(recorded.text, "\n cc ", 0);
	expect_difference(recorded.text, "\n sr ", 8);
	expect_difference(recorded.text, "\n wl 10020 ", 40);
	expect_difference(recorded.text, "\n sc ", 0);
	expect_difference(recorded.text, "\n pgm ", 0);
	expect_difference(recorded.text, "\n cr ", 0);
	expect_difference(recorded.text, "zpci-trace ", 0);
	expect_difference(recorded.text, "function ", 0);
	free(recorded.text);
}

/* The longest run of equal bytes is as long as the longest access of a device. */
static void test_a_long_run_is_read(void **state)
{
	static const uint8_t bytes[0x10000];
	struct recorded recorded = { .text = NULL };
	const struct trace_operation *operation;
	char *complaint = NULL;
	struct trace trace;
	FILE *file;

	(void)state;
	begin_recording(&recorded);
	zpci_record_ops(recorded.fixture.record)
		->write_absolute(recorded.fixture.record, PAGES, bytes, sizeof(bytes));
	end_recording(&recorded);
	file = fmemopen(recorded.text, recorded.size, "r");
	if (trace_read(&trace, file, &complaint))
		fail_msg("%s", complaint);
	operation = trace.steps[0].operations;
	assert_int_equal(operation->a, PAGES);
	assert_int_equal(operation->in_length, sizeof(bytes));
	assert_memory_equal(operation->in, bytes, sizeof(bytes));
	trace_free(&trace);
	fclose(file);
	free(recorded.text);
}

static void test_what_is_no_trace(void **state)
{
	static const char *const texts[] = {
		"\n",
		"zpci-trace 2\n",
		"zpci-trace 1\nshared 0\n",
		"zpci-trace 1\nshared 7\n",
		"zpci-trace 1\nshared 0\n gr 0 0 0 - = 0 -\n",
		"zpci-trace 1\nshared 0\nexecute 0 0 b9a0\n",
		"zpci-trace 1\nshared 0\nexecute 0 0 b9d20012\n gr 0 0 0 - = 0 123\n",
		"zpci-trace 1\nshared 0\nexecute 0 0 b9d20012\n gr 0 0 0 - = 0 00*8\n",
		"zpci-trace 1\nshared 0\nexecute 0 0 b9d20012\n gr 0 0 0 - = 0 00*.\n",
	};
	char *complaint;
	size_t steps;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		complaint = NULL;
		assert_int_equal(replay_text(texts[i], &steps, &complaint), -1);
		assert_non_null(complaint);
		free(complaint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captured_traces),
		cmocka_unit_test(test_a_recorded_session_replays),
		cmocka_unit_test(test_a_changed_byte_is_found),
		cmocka_unit_test(test_a_long_run_is_read),
		cmocka_unit_test(test_what_is_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
