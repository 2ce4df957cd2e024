// SPDX-License-Identifier: GPL-2.0-or-later
/* test-inspect-event.c - error events in the logs of Linux 6.12, and in damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zpci/inspect/kernel/event.h"

/* A log that debugfs showed: events of two functions, and between them a failed access. */
#define HEADING "65 72 72 6f 72 20 43 43 44 46 3a 0a 00 00 00 00 | error CCDF:.....\n"
#define LINE(time) "00 0179561373" time " 0 - 0000 000003fffe99762e  "
#define ZEROES "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "

static const char log_text[] = LINE("8:832487") HEADING
	LINE("8:832515") "00 00 00 00 81 10 00 00 00 00 10 21 00 00 00 00 | ...........!....\n" LINE("8:832517") "00 00 00 01 00 00 10 00 00 00 00 00 00 00 00 04 | ................\n" LINE(
		"9:057745") "6c 01 0c 81 10 00 00 00 0f 00 04 00 00 00 00 00 | l...............\n" LINE("9:057748")
		ZEROES
	"00 | ................\n" LINE("9:152714") HEADING
		LINE("9:152716") "00 00 00 00 81 10 00 01 00 00 10 22 00 00 00 00 | ...........\"....\n" LINE(
			"9:152717") ZEROES "3a | ...............:\n";

/* The log is a ring, so the latest event can be the first that is shown. */
static const char newer_first[] = LINE("9:000001") HEADING
	LINE("9:000002") "00 00 00 00 82 10 00 00 00 00 10 21 00 00 00 00 | ...........!....\n" LINE(
		"9:000003") ZEROES "02 | ................\n" LINE("1:000001") HEADING
		LINE("1:000002") "00 00 00 00 81 10 00 00 00 00 10 21 00 00 00 00 | ...........!....\n" LINE(
			"1:000003") ZEROES "04 | ................\n";

static void test_debug_log(void **state)
{
	struct error_event event;

	(void)state;
	assert_true(event_in_debug_log(log_text, 0x1021, &event));
	assert_int_equal(event.pec, 4);
	assert_int_equal(event.handle, 0x81100000);
	assert_int_equal(event.address, 0x100001000);
	assert_true(event_in_debug_log(log_text, 0x1022, &event));
	assert_int_equal(event.pec, 0x3a);
	assert_false(event_in_debug_log(log_text, 0x1023, &event));
	assert_false(event_in_debug_log("", 0x1021, &event));
}

static void test_latest_event(void **state)
{
	struct error_event event;

	(void)state;
	assert_true(event_in_debug_log(newer_first, 0x1021, &event));
	assert_int_equal(event.pec, 2);
	assert_int_equal(event.handle, 0x82100000);
}

/* A log that is cut at any place gives the event or none, and is not read beyond its end. */
static void test_cut_log(void **state)
{
	size_t size = strlen(newer_first) / 2;

	(void)state;
	for (size_t length = 0; length < size; length++) {
		char *text = malloc(length + 1);
		struct error_event event = { .pec = 0 };

		assert_non_null(text);
		memcpy(text, newer_first, length);
		text[length] = '\0';
		if (event_in_debug_log(text, 0x1021, &event))
			assert_int_equal(event.pec, 2);
		free(text);
	}
}

static void test_log_line(void **state)
{
	static const char text[] =
		"4,1021,5267078,-;zpci: 0100:00:00.0: Event 0x3a reports an error "
		"for PCI function 0x1021\n SUBSYSTEM=pci\n";

	(void)state;
	assert_int_equal(event_in_log(text, 0x1021), 0x3a);
	assert_int_equal(event_in_log(text, 0x1022), -1);
	assert_int_equal(event_in_log("zpci: Event 0x301 reconfigured PCI function 0x1021", 0x1021),
			 -1);
	assert_int_equal(event_in_log("Event 0x", 0x1021), -1);
}

/* As from /dev/kmsg, a read of a packet gives one message. */
static void test_count_new(void **state)
{
	static const char *const messages[] = {
		"4,1,1,-;zpci: Event 0x3a reports an error for PCI function 0x1021\n",
		"4,2,2,-;zpci: Event 0x2 reports an error for PCI function 0x1022\n",
		"6,3,3,-;vfio-pci 0100:00:00.0: enabling device\n",
		"4,4,4,-;zpci: Event 0x4 reports an error for PCI function 0x1021\n",
	};
	uint16_t pec = 0xffff;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(event_count_new(ends[0], 0x1021, &pec), 0);
	assert_int_equal(pec, 0xffff);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		assert_true(send(ends[1], messages[i], strlen(messages[i]), 0) > 0);
	assert_int_equal(event_count_new(ends[0], 0x1021, &pec), 2);
	assert_int_equal(pec, 4);
	assert_int_equal(event_count_new(ends[0], 0x1021, &pec), 0);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(event_count_new(-1, 0x1021, &pec), 0); /* the log could not be opened */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debug_log), cmocka_unit_test(test_latest_event),
		cmocka_unit_test(test_cut_log),	  cmocka_unit_test(test_log_line),
		cmocka_unit_test(test_count_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
