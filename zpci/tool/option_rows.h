/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_rows.h - the table of all options, for the parser, --help and the check of the pages. */
#ifndef ZPCI_TOOL_OPTION_ROWS_H
#define ZPCI_TOOL_OPTION_ROWS_H

#include "options.h"

/* `set` returns 0 or -1; its value is NULL for an option without `argument`. */
struct option_row {
	const char *name; /* without the dashes */
	const char *argument;
	const char *help;
	unsigned int subcommands;
	int (*set)(struct tool_options *options, const char *value);
	const char *allowed; /* for the message when `set` refuses a value */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

#endif
