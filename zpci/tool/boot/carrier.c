// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "carrier.h"

static const char *const names[] = { "output", "error" };

void tool_carrier_init(struct tool_carrier *carrier, const char *nonce,
		       void (*take)(void *opaque, enum tool_carrier_port port, const char *data,
				    size_t length),
		       void *opaque)
{
	int i;

	*carrier = (struct tool_carrier){ .take = take, .opaque = opaque };
	for (i = 0; i < 2; i++)
		snprintf(carrier->begin[i], sizeof(carrier->begin[i]), "\033_zpci:%s:%s:", nonce,
			 names[i]);
}

/* The value of a digit, or -1. */
static int digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Returns how many bytes @text of @length digits is, or -1 if it is no base64. */
static ssize_t decode(char *to, const char *text, size_t length)
{
	unsigned int bits = 0, count = 0;
	size_t size = 0, i;

	for (i = 0; i < length && digit(text[i]) >= 0; i++) {
		bits = (bits << 6 | (unsigned int)digit(text[i])) & 0xffff;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		to[size++] = (char)(bits >> count);
	}
	while (i < length && text[i] == '=')
		i++;
	return i == length ? (ssize_t)size : -1;
}

static bool take_record(struct tool_carrier *carrier)
{
	char bytes[sizeof(carrier->record)];
	ssize_t size;
	size_t begin;
	int i;

	for (i = 0; i < 2; i++) {
		begin = strlen(carrier->begin[i]);
		if (carrier->length < begin + 2 ||
		    memcmp(carrier->record, carrier->begin[i], begin))
			continue;
		size = decode(bytes, carrier->record + begin, carrier->length - begin - 2);
		if (size < 0)
			return false;
		carrier->take(carrier->opaque, (enum tool_carrier_port)i, bytes, size);
		return true;
	}
	return false;
}

/* It was no record of ours. */
static void give_up(struct tool_carrier *carrier)
{
	if (carrier->length)
		carrier->take(carrier->opaque, TOOL_CARRIER_CONSOLE, carrier->record,
			      carrier->length);
	carrier->length = 0;
}

/* The last byte was ESC, and did not end a record. So it may begin one. */
static void begin_anew(struct tool_carrier *carrier)
{
	carrier->length--;
	give_up(carrier);
	carrier->record[carrier->length++] = '\033';
}

static void feed_byte(struct tool_carrier *carrier, char byte)
{
	bool ends = byte == '\\' && carrier->length > 2 &&
		    carrier->record[carrier->length - 1] == '\033';

	if (carrier->length == sizeof(carrier->record) || byte == '\n')
		give_up(carrier);
	else if (!ends && carrier->length > 1 && carrier->record[carrier->length - 1] == '\033')
		begin_anew(carrier);
	carrier->record[carrier->length++] = byte;
	if (ends) {
		if (!take_record(carrier))
			give_up(carrier);
		carrier->length = 0;
	}
}

void tool_carrier_feed(struct tool_carrier *carrier, const char *data, size_t length)
{
	size_t begin = 0, i;

	for (i = 0; i < length; i++) {
		/* In no record: up to the next ESC it is text of the console. */
		if (!carrier->length && data[i] != '\033')
			continue;
		if (!carrier->length && i > begin)
			carrier->take(carrier->opaque, TOOL_CARRIER_CONSOLE, data + begin,
				      i - begin);
		feed_byte(carrier, data[i]);
		if (data[i] == '\n')
			give_up(carrier);
		begin = i + 1;
	}
	if (length > begin)
		carrier->take(carrier->opaque, TOOL_CARRIER_CONSOLE, data + begin, length - begin);
}
