/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SUBCOMMAND_H
#define ZPCI_TOOL_SUBCOMMAND_H

/* The subcommands, one per file; the table of them is in main.c. */

struct tool_command {
	const char *name;
	const char *synopsis; /* what follows the name */
	const char *summary;
	unsigned int options;		   /* TOOL_*: the options that it knows */
	int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
};

/* Prints a subcommand's help on standard output. */
void tool_command_help(const char *name);

/* run.c */
int tool_run(int argc, char **argv);

/* inspect.c */
int tool_inspect(int argc, char **argv);

/* describe.c */
int tool_describe(int argc, char **argv);

/* matrix.c */
int tool_matrix(int argc, char **argv);

#endif
