/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_FUNCTIONS_H
#define ZPCI_TOOL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct zpci_config;

/* A guest's functions, as the options name them. */
struct tool_functions {
	const char *config;	  /* a file; NULL: none */
	const char *const *specs; /* MODEL[,KEY=VALUE]... */
	size_t count;		  /* of @specs */
};

/* Does one of them ask what can be written, as in `--function probe,help`? */
bool tool_functions_ask(const struct tool_functions *functions);
/* Prints the answers to those that do. Returns 0, or -1 after a message. */
int tool_functions_help(const struct tool_functions *functions);

/* Returns the configuration that these make together, for zpci_config_free(); NULL after a
 * message. */
struct zpci_config *tool_functions_load(const struct tool_functions *functions);

/*
 * Are they right, alone and together? The plugin would refuse what is wrong as well, but only
 * after QEMU was started. Returns 0, or -1 after a message.
 */
int tool_functions_check(const struct tool_functions *functions);

#endif
