/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_STREAM_H
#define ZPCI_TOOL_STREAM_H

#include <stddef.h>

/*
 * A command's output as it comes from the guest, and the two records around it that
 * zpci/guest/init writes:
 *
 *   ESC _ zpci:NONCE:start ESC \      output      ESC _ zpci:NONCE:end:STATUS ESC \
 *
 * What comes before the first record and after the second is dropped. The nonce is drawn
 * for one run, so output cannot look like a record by chance. A guest that writes the
 * record itself can lie about the status of its own command and about nothing else.
 *
 *   BEFORE --start--> OUTPUT --end:--> STATUS --ESC \--> DONE
 *                                         `--not 0..255--> BROKEN
 */
enum tool_stream_state {
	TOOL_STREAM_BEFORE,
	TOOL_STREAM_OUTPUT,
	TOOL_STREAM_STATUS,
	TOOL_STREAM_DONE,
	TOOL_STREAM_BROKEN,
};

#define TOOL_NONCE_SIZE 33 /* 128 bits in hexadecimal, and the zero byte */

struct tool_stream {
	enum tool_stream_state state;
	int status; /* valid in DONE */
	/* Where output goes; returns 0 or -1, which tool_stream_feed() passes on. */
	int (*write)(void *opaque, const char *data, size_t length);
	void *opaque;
	/* private */
	char start[64];
	char end[64];
	size_t matched; /* how many bytes of the next record have come */
	char digits[8];
	size_t digit_count;
};

void tool_stream_init(struct tool_stream *stream, const char *nonce,
		      int (*write)(void *opaque, const char *data, size_t length), void *opaque);
int tool_stream_feed(struct tool_stream *stream, const char *data, size_t length);

#endif
