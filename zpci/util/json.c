// SPDX-License-Identifier: LGPL-2.1-or-later
/* json.c - see json.h; the grammar is RFC 8259's. */
#include <inttypes.h>
#include <string.h>

#include "zpci/util/json.h"

static void new_line(struct json *j)
{
	if (j->compact)
		return;
	fputc('\n', j->out);
	for (int i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

/*
 * The length of the well-formed UTF-8 sequence that @s starts with, 0 if there is none.
 * Overlong forms, surrogates and values above U+10FFFF are not well-formed (RFC 3629).
 * @s ends with NUL, which is no continuation byte, so reading stops there.
 */
static size_t utf8_length(const unsigned char *s)
{
	size_t length;
	unsigned char low = 0x80, high = 0xbf;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		length = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		length = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

static void write_string(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;

	fputc('"', out);
	while (*s) {
		size_t length = utf8_length(s);

		if (!length)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s < 0x20 || *s == 0x7f)
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, length, out);
		s += length ? length : 1;
	}
	fputc('"', out);
}

static void start_value(struct json *j, const char *key)
{
	if (j->filled)
		fputs(j->compact ? ", " : ",", j->out);
	if (j->depth)
		new_line(j);
	j->filled = true;
	if (key) {
		write_string(j->out, key);
		fputs(": ", j->out);
	}
}

static void open_level(struct json *j, const char *key, char bracket)
{
	start_value(j, key);
	fputc(bracket, j->out);
	j->depth++;
	j->filled = false;
}

static void close_level(struct json *j, char bracket)
{
	j->depth--;
	if (j->filled)
		new_line(j);
	fputc(bracket, j->out);
	j->filled = true;
	if (!j->depth)
		fputc('\n', j->out);
}

void json_open_object(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_close_object(struct json *j)
{
	close_level(j, '}');
}

void json_open_array(struct json *j, const char *key)
{
	open_level(j, key, '[');
}

void json_close_array(struct json *j)
{
	close_level(j, ']');
}

void json_string(struct json *j, const char *key, const char *value)
{
	if (!value) {
		json_null(j, key);
		return;
	}
	start_value(j, key);
	write_string(j->out, value);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	start_value(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void json_hex(struct json *j, const char *key, uint64_t value, int digits)
{
	start_value(j, key);
	fprintf(j->out, "\"0x%0*" PRIx64 "\"", digits, value);
}

void json_text(struct json *j, const char *key, const char *text)
{
	start_value(j, key);
	fputs(text, j->out);
}

void json_bool(struct json *j, const char *key, bool value)
{
	start_value(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_null(struct json *j, const char *key)
{
	start_value(j, key);
	fputs("null", j->out);
}
