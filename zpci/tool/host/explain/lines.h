/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - the lines that are to be explained: arguments, or a log on standard input. They may be
 * anything, so they are bounded, and made printable before they are shown.
 */
#ifndef ZPCI_TOOL_HOST_EXPLAIN_LINES_H
#define ZPCI_TOOL_HOST_EXPLAIN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Of a longer line, what comes behind is not looked at. */
#define LINE_SIZE 8192

struct lines {
	FILE *from; /* NULL: the arguments */
	const char *const *arguments;
	size_t count;
	const char *at;	 /* in the first of them; NULL: at its beginning */
	uint64_t number; /* of the line that was read last, from 1 */
};

/* Reads a line without its end; a zero byte becomes a blank. Returns false at the end. */
bool lines_next(struct lines *lines, char line[LINE_SIZE]);

/* Writes @text as UTF-8 without control characters: each byte of others becomes \xNN. */
void lines_print(FILE *to, const char *text);

#endif
