/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json.h - writes one JSON text to a stream, values in the order of the calls; indented, or compact
 * in one line.
 *
 * Every function that writes a value takes @key: the member's name inside an object, NULL inside an
 * array and for the outermost value. Strings may hold any bytes: what is not UTF-8 becomes U+FFFD,
 * so that the text always parses.
 */
#ifndef ZPCI_UTIL_JSON_H
#define ZPCI_UTIL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool compact;
	int depth;
	bool filled; /* the innermost open object or array already has a value */
};

void json_open_object(struct json *j, const char *key);
void json_close_object(struct json *j);
void json_open_array(struct json *j, const char *key);
void json_close_array(struct json *j);

/* NULL for @value writes null. */
void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
/* A string "0x...", of at least @digits hexadecimal digits. */
void json_hex(struct json *j, const char *key, uint64_t value, int digits);
/* @text is a JSON text already; it is neither checked nor indented. */
void json_text(struct json *j, const char *key, const char *text);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

#endif
