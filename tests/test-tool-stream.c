// SPDX-License-Identifier: GPL-2.0-or-later
/* The frame around a command's output, and the end of a console that is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zpci/tool/boot/stream.h"
#include "zpci/tool/boot/tail.h"

#define NONCE "00112233445566778899aabbccddeeff"
#define START "\033_zpci:" NONCE ":start\033\\"
#define END(status) "\033_zpci:" NONCE ":end:" status "\033\\"

struct sink {
	char data[512];
	size_t length;
	int rc;
};

static int put(void *argument, const char *data, size_t length)
{
	struct sink *sink = argument;

	assert_in_range(length, 1, sizeof(sink->data) - sink->length);
	memcpy(sink->data + sink->length, data, length);
	sink->length += length;
	return sink->rc;
}

/* Feeds @text in pieces of @piece bytes. */
static enum tool_stream_state feed(const char *text, size_t length, size_t piece, struct sink *sink,
				   int *status)
{
	struct tool_stream stream;
	size_t at, count;

	*sink = (struct sink){ .length = 0 };
	tool_stream_init(&stream, NONCE, put, sink);
	for (at = 0; at < length; at += count) {
		count = length - at < piece ? length - at : piece;
		assert_int_equal(tool_stream_feed(&stream, text + at, count), 0);
	}
	*status = stream.status;
	return stream.state;
}

/* All ways to cut the bytes give the same output. */
static void expect(const char *text, size_t length, const char *output, size_t output_length,
		   enum tool_stream_state state, int status)
{
	struct sink sink;
	size_t piece;
	int got;

	for (piece = 1; piece <= length; piece++) {
		assert_int_equal(feed(text, length, piece, &sink, &got), state);
		assert_int_equal(sink.length, output_length);
		assert_memory_equal(sink.data, output, output_length);
		if (state == TOOL_STREAM_DONE)
			assert_int_equal(got, status);
	}
}

#define EXPECT(text, output, state, status)                                                        \
	expect(text, sizeof(text) - 1, output, sizeof(output) - 1, state, status)

static void output_and_status_are_separated(void **state)
{
	(void)state;
	EXPECT(START "hello\n" END("0"), "hello\n", TOOL_STREAM_DONE, 0);
	EXPECT(START END("255"), "", TOOL_STREAM_DONE, 255);
	EXPECT(START "a\0b\377" END("7"), "a\0b\377", TOOL_STREAM_DONE, 7);
}

static void bytes_outside_are_dropped(void **state)
{
	(void)state;
	EXPECT("noise\033\033_zpci:" START "x" END("1") "more" END("2"), "x", TOOL_STREAM_DONE, 1);
	EXPECT("never started" END("0"), "", TOOL_STREAM_BEFORE, 0);
}

static void output_can_resemble_the_frame(void **state)
{
	(void)state;
	EXPECT(START "\033\033_z\033_zpci:" NONCE ":en\033_zpci:" NONCE ":start\033\\" END("3"),
	       "\033\033_z\033_zpci:" NONCE ":en\033_zpci:" NONCE ":start\033\\", TOOL_STREAM_DONE,
	       3);
	EXPECT(START "\033_zpci:00112233445566778899aabbccddeefe:end:0\033\\" END("4"),
	       "\033_zpci:00112233445566778899aabbccddeefe:end:0\033\\", TOOL_STREAM_DONE, 4);
}

static void missing_end_is_recognized(void **state)
{
	(void)state;
	EXPECT(START "abc", "abc", TOOL_STREAM_OUTPUT, 0);
	EXPECT(START "abc\033_zpci:" NONCE ":end:12", "abc", TOOL_STREAM_STATUS, 0);
}

static void wrong_status_is_recognized(void **state)
{
	(void)state;
	EXPECT(START END(""), "", TOOL_STREAM_BROKEN, 0);
	EXPECT(START END("256"), "", TOOL_STREAM_BROKEN, 0);
	EXPECT(START END("-1"), "", TOOL_STREAM_BROKEN, 0);
	EXPECT(START END("1x"), "", TOOL_STREAM_BROKEN, 0);
	EXPECT(START END("99999999999999999999"), "", TOOL_STREAM_BROKEN, 0);
	EXPECT(START "\033_zpci:" NONCE ":end:0\\", "", TOOL_STREAM_BROKEN, 0);
}

static void failed_write_is_passed_on(void **state)
{
	struct sink sink = { .rc = -1 };
	struct tool_stream stream;

	(void)state;
	tool_stream_init(&stream, NONCE, put, &sink);
	assert_int_equal(tool_stream_feed(&stream, START, sizeof(START) - 1), 0);
	assert_int_equal(tool_stream_feed(&stream, "x", 1), -1);
}

/* --- the console ------------------------------------------------------------------------- */

static void expect_tail(const char *text, size_t length, unsigned int lines, const char *expected)
{
	struct tool_tail tail = { .next = 0 };
	char *printed = NULL;
	size_t size;
	FILE *to = open_memstream(&printed, &size);

	assert_non_null(to);
	tool_tail_add(&tail, text, length);
	tool_tail_print(&tail, to, lines, "> ");
	fclose(to);
	assert_string_equal(printed, expected);
	free(printed);
}

static void last_lines_are_printed(void **state)
{
	(void)state;
	expect_tail("", 0, 3, "");
	expect_tail("one", 3, 3, "> one\n");
	expect_tail("one\r\ntwo\r\nthree\r\n", 17, 2, "> two\n> three\n");
	expect_tail("one\ntwo\n", 8, 2, "> one\n> two\n");
}

static void control_characters_are_replaced(void **state)
{
	(void)state;
	expect_tail("a\033[2Jb\0c\376\n", 10, 1, "> a?[2Jb?c?\n");
}

static void only_the_end_is_kept(void **state)
{
	char text[3 * 8192];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, i + 8 < sizeof(text) ? "old\n" : "new\n", 4);
	expect_tail(text, sizeof(text) - 1, 3, "> old\n> new\n> new\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_are_separated),
		cmocka_unit_test(bytes_outside_are_dropped),
		cmocka_unit_test(output_can_resemble_the_frame),
		cmocka_unit_test(missing_end_is_recognized),
		cmocka_unit_test(wrong_status_is_recognized),
		cmocka_unit_test(failed_write_is_passed_on),
		cmocka_unit_test(last_lines_are_printed),
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(only_the_end_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
