/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_TAIL_H
#define ZPCI_TOOL_TAIL_H

#include <stddef.h>
#include <stdio.h>

/* The end of the guest's console, for when it matters. */
struct tool_tail {
	char data[8192];
	size_t next;
	int wrapped;
};

void tool_tail_add(struct tool_tail *tail, const char *data, size_t length);

/* The last lines, `lines` of them at the most, each with `prefix`. */
void tool_tail_print(const struct tool_tail *tail, FILE *to, unsigned int lines,
		     const char *prefix);

/*
 * Text of a guest is not trusted with a terminal: what is neither printable nor a line's
 * end is printed as a question mark, carriage returns not at all.
 */
void tool_tail_put(FILE *to, char byte);

#endif
