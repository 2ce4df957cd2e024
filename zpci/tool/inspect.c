// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci inspect`: boots a guest that runs zpci-inspect(8), with the arguments after `--`.
 */
#define _GNU_SOURCE 1

#include <stdio.h>
#include <stdlib.h>

#include "foreground.h"
#include "message.h"
#include "subcommand.h"

#define PROGRAM "exec zpci-inspect"

/* Between single quotes only the single quote itself is special to a shell. */
static void put_quoted(FILE *to, const char *word)
{
	fputs(" '", to);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	}
	putc('\'', to);
}

/* The shell command, allocated, or NULL after a message. */
static char *make_command(const struct tool_options *options)
{
	char *command = NULL;
	size_t size;
	FILE *to = open_memstream(&command, &size);
	int i;

	if (to) {
		fputs(PROGRAM, to);
		if (options->json)
			put_quoted(to, "--json");
		for (i = 0; i < options->rest_count; i++)
			put_quoted(to, options->rest[i]);
		if (!fclose(to))
			return command;
	}
	tool_error("out of memory");
	free(command);
	return NULL;
}

int tool_inspect(const struct tool_options *options)
{
	struct boot_setup setup = options->setup;
	char *command = make_command(options);
	int status;

	if (!command)
		return TOOL_EXIT_FAILURE;
	setup.inspects = true;
	status = tool_foreground_run(&setup, command, options->timeout, false);
	free(command);
	return status;
}
