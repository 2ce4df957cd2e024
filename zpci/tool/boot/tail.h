/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_TAIL_H
#define ZPCI_TOOL_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The end of a text, such as a guest's console: printed when something went wrong. */
struct tool_tail {
	char data[8192];
	size_t next;
	bool wrapped;
};

void tool_tail_add(struct tool_tail *tail, const char *data, size_t length);

bool tool_tail_is_empty(const struct tool_tail *tail);

/* Prints the last @lines lines, or all if there are fewer, each after @prefix. */
void tool_tail_print(const struct tool_tail *tail, FILE *to, unsigned int lines,
		     const char *prefix);

/*
 * A guest's text could hold commands for the terminal. So this prints a question mark for each byte
 * that is neither printable nor the end of a line, and nothing for a carriage return.
 */
void tool_tail_put(FILE *to, char byte);

#endif
