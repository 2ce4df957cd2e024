// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "stream.h"

void tool_stream_init(struct tool_stream *stream, const char *nonce,
		      int (*write)(void *opaque, const char *data, size_t length), void *opaque)
{
	*stream = (struct tool_stream){ .write = write, .opaque = opaque };
	snprintf(stream->start, sizeof(stream->start), "\033_zpci:%s:start\033\\", nonce);
	snprintf(stream->end, sizeof(stream->end), "\033_zpci:%s:end:", nonce);
}

/*
 * Compares one more byte with @record. Returns 1 when the record is complete. On a mismatch
 * @dropped gets the number of bytes that had matched before.
 *
 * After a mismatch only this byte can begin the end record, and none of the bytes that had matched:
 * ESC is in the end record as the first byte alone.
 */
static int match(struct tool_stream *stream, const char *record, char byte, size_t *dropped)
{
	*dropped = 0;
	if (byte != record[stream->matched]) {
		*dropped = stream->matched;
		stream->matched = 0;
	}
	if (byte != record[stream->matched])
		return 0;
	stream->matched++;
	if (record[stream->matched])
		return 0;
	stream->matched = 0;
	return 1;
}

static size_t feed_before(struct tool_stream *stream, const char *data, size_t length)
{
	size_t dropped, i;

	for (i = 0; i < length; i++) {
		if (match(stream, stream->start, data[i], &dropped)) {
			stream->state = TOOL_STREAM_OUTPUT;
			return i + 1;
		}
	}
	return length;
}

static int put(struct tool_stream *stream, const char *data, size_t length)
{
	return length ? stream->write(stream->opaque, data, length) : 0;
}

/* Writes all that is certainly not part of the end record. */
static int feed_output(struct tool_stream *stream, const char *data, size_t length, size_t *used)
{
	size_t begin = 0; /* of the bytes that are neither written nor matched */
	size_t dropped, i;
	int complete;

	for (i = 0; i < length; i++) {
		complete = match(stream, stream->end, data[i], &dropped);
		if (dropped) {
			/* These bytes equal the record. The originals may be from an earlier
			 * call. */
			if (put(stream, stream->end, dropped))
				return -1;
			begin = i;
		}
		if (complete) {
			stream->state = TOOL_STREAM_STATUS;
			*used = i + 1;
			return 0;
		}
		if (stream->matched == 1) {
			if (put(stream, data + begin, i - begin))
				return -1;
			begin = i + 1;
		} else if (stream->matched) {
			begin = i + 1;
		}
	}
	*used = length;
	return put(stream, data + begin, length - begin);
}

/* Returns 0, or -1 if this is no status that a process can have. */
static int end_status(struct tool_stream *stream)
{
	size_t i;

	if (stream->digit_count < 3 || stream->digits[stream->digit_count - 2] != '\033')
		return -1;
	stream->status = 0;
	for (i = 0; i < stream->digit_count - 2; i++) {
		if (stream->digits[i] < '0' || stream->digits[i] > '9')
			return -1;
		stream->status = 10 * stream->status + stream->digits[i] - '0';
	}
	return stream->status <= 255 ? 0 : -1;
}

static size_t feed_status(struct tool_stream *stream, const char *data, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		stream->digits[stream->digit_count++] = data[i];
		if (data[i] == '\\') {
			stream->state = end_status(stream) ? TOOL_STREAM_BROKEN : TOOL_STREAM_DONE;
			return i + 1;
		}
		if (stream->digit_count == sizeof(stream->digits)) {
			stream->state = TOOL_STREAM_BROKEN;
			return i + 1;
		}
	}
	return length;
}

int tool_stream_feed(struct tool_stream *stream, const char *data, size_t length)
{
	size_t used;

	while (length) {
		switch (stream->state) {
		case TOOL_STREAM_BEFORE:
			used = feed_before(stream, data, length);
			break;
		case TOOL_STREAM_OUTPUT:
			if (feed_output(stream, data, length, &used))
				return -1;
			break;
		case TOOL_STREAM_STATUS:
			used = feed_status(stream, data, length);
			break;
		default:
			used = length;
			break;
		}
		data += used;
		length -= used;
	}
	return 0;
}
