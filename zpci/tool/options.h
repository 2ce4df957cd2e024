/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_OPTIONS_H
#define ZPCI_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "zpci/tool/boot/setup.h"

/* Which subcommands know an option. */
#define TOOL_RUN 1u
#define TOOL_INSPECT 2u
#define TOOL_DESCRIBE 4u
#define TOOL_MATRIX 8u
#define TOOL_DOMAIN 16u

/*
 * The options of one command line. Strings belong to argv; NULL: not given. The lists are
 * allocated, and tool_options_free() frees them.
 */
struct tool_options {
	struct boot_setup setup; /* all but @qemu_options */
	const char *name;	 /* of a domain */
	const char *exec;
	unsigned int timeout; /* seconds; 0 is none */
	bool json;
	bool second_level;
	bool lspci;
	bool help;
	bool tap;
	bool complete;
	bool expected;
	const char *smp_list;  /* numbers and commas */
	const char *json_file; /* "-": standard output */
	const char *html_file;
	const char *junit_file;
	const char **functions; /* the list that setup.functions shows */
	const char **kernels;	/* where --kernel is repeatable */
	size_t kernel_count;
	const char **guests;
	size_t guest_count;
	char **rest; /* what came after `--` */
	int rest_count;
};

/* Returns 0, or -1 after a message. argv[0] is the subcommand's name. */
int tool_options_parse(struct tool_options *options, unsigned int subcommand, int argc,
		       char **argv);
void tool_options_free(struct tool_options *options);
void tool_options_print(FILE *to, unsigned int subcommand);

#endif
