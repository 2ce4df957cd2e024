/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zpci - boot a guest under our firmware, and look at what it sees. zpci(1).
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <string.h>

#include "message.h"
#include "options.h"
#include "subcommand.h"

static const struct tool_command commands[] = {
	{ "run", "[OPTION]... [-- QEMU OPTION...]", "boot a guest, with a shell or a command in it",
	  TOOL_RUN, tool_run },
	{ "inspect", "[OPTION]... [-- ZPCI-INSPECT ARGUMENT...]",
	  "boot a guest and print what its kernel knows of its functions", TOOL_INSPECT,
	  tool_inspect },
	{ "describe", "[OPTION]...", "print what a guest will be told, without booting one",
	  TOOL_DESCRIBE, tool_describe },
	{ "matrix", "[OPTION]...", "compare what guests see of every profile with what they must",
	  TOOL_MATRIX, tool_matrix },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct tool_command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void print_usage(FILE *to)
{
	size_t i;

	fputs("usage: zpci COMMAND [OPTION]...\n\n", to);
	for (i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-20s %s\n", commands[i].name, commands[i].summary);
	fprintf(to, "  %-20s %s\n", "help [COMMAND]", "print this text, or a command's options");
	fputs("\n  --help               print this text\n"
	      "  --version            print the version\n",
	      to);
}

void tool_command_help(const char *name)
{
	const struct tool_command *command = find_command(name);

	printf("usage: zpci %s %s\n\n%s\n\n", command->name, command->synopsis, command->summary);
	tool_options_print(stdout, command->options);
}

static int help(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stdout);
		return 0;
	}
	if (!find_command(argv[1])) {
		tool_error("no command `%s'; `zpci help' lists them", argv[1]);
		return TOOL_EXIT_FAILURE;
	}
	tool_command_help(argv[1]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct tool_command *command;

	if (argc < 2) {
		print_usage(stderr);
		return TOOL_EXIT_FAILURE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("zpci " PACKAGE_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc - 1, argv + 1);
	command = find_command(argv[1]);
	if (!command) {
		tool_error("no command `%s'; `zpci help' lists them", argv[1]);
		return TOOL_EXIT_FAILURE;
	}
	return command->run(argc - 1, argv + 1);
}
