/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal.h - what is done only on a terminal: colour, its width, a line of progress. */
#ifndef ZPCI_TOOL_TERMINAL_H
#define ZPCI_TOOL_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#define TOOL_RED "\033[1;31m"
#define TOOL_GREEN "\033[32m"
#define TOOL_YELLOW "\033[33m"
#define TOOL_BOLD "\033[1m"
#define TOOL_PLAIN "\033[m"

/* Is @to a terminal that knows escape sequences? */
bool tool_terminal_escapes(FILE *to);
/* Is @to a terminal on which colour is wanted? See https://no-color.org. */
bool tool_terminal_colour(FILE *to);
/* The number of columns of the terminal @to; 0: it is none, or does not say. */
unsigned int tool_terminal_columns(FILE *to);

/*
 * Shows a line on standard error, in place of the one before, if it is such a terminal. The line is
 * cut to the terminal's width. A message of tool_error() removes it.
 */
void tool_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tool_progress_end(void);

#endif
