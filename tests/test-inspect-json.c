// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON writer of zpci-inspect: punctuation and escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zpci/util/json.h"

/* The text of an array with one string. */
static char *written(const char *value)
{
	struct json j = { 0 };
	char *text = NULL;
	size_t size;

	j.out = open_memstream(&text, &size);
	assert_non_null(j.out);
	json_open_array(&j, NULL);
	json_string(&j, NULL, value);
	json_close_array(&j);
	assert_int_equal(fclose(j.out), 0);
	return text;
}

static void check_string(const char *value, const char *expected)
{
	char *text = written(value), wanted[128];

	snprintf(wanted, sizeof(wanted), "[\n  %s\n]\n", expected);
	assert_string_equal(text, wanted);
	free(text);
}

static void strings_are_escaped(void **state)
{
	(void)state;
	check_string("plain", "\"plain\"");
	check_string("a\"b\\c", "\"a\\\"b\\\\c\"");
	check_string("line\nend\t\x1f\x7f", "\"line\\u000aend\\u0009\\u001f\\u007f\"");
	check_string(NULL, "null");
	check_string("", "\"\"");
}

static void good_utf8_passes(void **state)
{
	(void)state;
	check_string("\xc3\xa4", "\"\xc3\xa4\"");
	check_string("\xe2\x82\xac", "\"\xe2\x82\xac\"");
	check_string("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");
}

static void bad_utf8_is_replaced(void **state)
{
	(void)state;
	check_string("\xff", "\"\\ufffd\"");
	check_string("\xc3", "\"\\ufffd\"");			   /* cut off */
	check_string("\xc0\xaf", "\"\\ufffd\\ufffd\"");		   /* overlong */
	check_string("\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\""); /* overlong */
	check_string("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""); /* a surrogate */
	check_string("\xc3"
		     "a",
		     "\"\\ufffda\"");
	check_string("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void values_and_levels(void **state)
{
	struct json j = { 0 };
	char *text = NULL;
	size_t size;

	(void)state;
	j.out = open_memstream(&text, &size);
	assert_non_null(j.out);
	json_open_object(&j, NULL);
	json_number(&j, "n", UINT64_MAX);
	json_hex(&j, "h", 0x21, 8);
	json_open_object(&j, "empty");
	json_close_object(&j);
	json_open_array(&j, "list");
	json_bool(&j, NULL, true);
	json_text(&j, NULL, "{\"in\": 1}");
	json_null(&j, NULL);
	json_close_array(&j);
	json_bool(&j, "last", false);
	json_close_object(&j);
	assert_int_equal(fclose(j.out), 0);
	assert_string_equal(text, "{\n"
				  "  \"n\": 18446744073709551615,\n"
				  "  \"h\": \"0x00000021\",\n"
				  "  \"empty\": {},\n"
				  "  \"list\": [\n"
				  "    true,\n"
				  "    {\"in\": 1},\n"
				  "    null\n"
				  "  ],\n"
				  "  \"last\": false\n"
				  "}\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(good_utf8_passes),
		cmocka_unit_test(bad_utf8_is_replaced),
		cmocka_unit_test(values_and_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
