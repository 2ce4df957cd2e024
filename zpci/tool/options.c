// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "option_rows.h"
#include "options.h"

/* Subcommands with a program of their own behind `--'. */
#define STARTS_A_PROGRAM (TOOL_RUN | TOOL_INSPECT | TOOL_LAB)

static const struct option_row *find_option(unsigned int subcommand, const char *name,
					    size_t length)
{
	size_t i;

	for (i = 0; i < option_row_count; i++) {
		if (!(option_rows[i].subcommands & subcommand))
			continue;
		if (strlen(option_rows[i].name) == length &&
		    !memcmp(option_rows[i].name, name, length))
			return &option_rows[i];
	}
	return NULL;
}

static int apply(struct tool_options *options, const struct option_row *option, const char *value)
{
	if (!option->set(options, value))
		return 0;
	tool_error("--%s: `%s' is not allowed; allowed is %s", option->name, value ? value : "",
		   option->allowed ? option->allowed : "anything");
	return -1;
}

/* Returns the number of arguments used, or -1. */
static int parse_one(struct tool_options *options, unsigned int subcommand, int argc, char **argv)
{
	const char *name = argv[0] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *option = find_option(subcommand, name, length);

	if (!option) {
		tool_error("unknown option `--%.*s'; --help lists the options", (int)length, name);
		return -1;
	}
	if (!option->argument) {
		if (equals) {
			tool_error("--%s takes no value", option->name);
			return -1;
		}
		return apply(options, option, NULL) ? -1 : 1;
	}
	if (equals)
		return apply(options, option, equals + 1) ? -1 : 1;
	if (argc < 2) {
		tool_error("--%s needs a value: --%s %s", option->name, option->name,
			   option->argument);
		return -1;
	}
	return apply(options, option, argv[1]) ? -1 : 2;
}

static int unexpected(unsigned int subcommand, const char *argument)
{
	const char *hint = "--help lists the options";

	if (subcommand == TOOL_RUN)
		hint = "what is meant for QEMU comes after `--'";
	else if (subcommand == TOOL_INSPECT)
		hint = "what is meant for zpci-inspect comes after `--'";
	tool_error("unexpected argument `%s'; %s", argument, hint);
	return -1;
}

static int take_argument(struct tool_options *options, unsigned int subcommand, size_t max,
			 char *argument)
{
	if (options->argument_count == max)
		return unexpected(subcommand, argument);
	options->arguments[options->argument_count++] = argument;
	return 0;
}

/* What comes after `--` is for the program that a subcommand starts. One that starts none takes it
 * as arguments, also those with dashes in front. */
static int take_rest(struct tool_options *options, unsigned int subcommand, size_t max, int argc,
		     char **argv)
{
	int i;

	if (subcommand & STARTS_A_PROGRAM) {
		options->rest = argv;
		options->rest_count = argc;
		return 0;
	}
	for (i = 0; i < argc; i++) {
		if (take_argument(options, subcommand, max, argv[i]))
			return -1;
	}
	return 0;
}

static int parse_all(struct tool_options *options, unsigned int subcommand, size_t max, int argc,
		     char **argv)
{
	int i = 1, used;

	while (i < argc) {
		if (!strcmp(argv[i], "--"))
			return take_rest(options, subcommand, max, argc - i - 1, argv + i + 1);
		if (!strcmp(argv[i], "-h")) {
			options->help = true;
			i++;
			continue;
		}
		/* A command of the lab has options of its own. */
		if (subcommand == TOOL_LAB && argv[i][0] != '-')
			return take_rest(options, subcommand, max, argc - i, argv + i);
		if (strncmp(argv[i], "--", 2)) {
			if (take_argument(options, subcommand, max, argv[i++]))
				return -1;
			continue;
		}
		used = parse_one(options, subcommand, argc - i, argv + i);
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

static int check_together(const struct boot_setup *setup)
{
	if (setup->accel == BOOT_KVM && setup->plugin) {
		tool_error("--plugin is for --accel tcg; with --accel kvm the firmware is "
			   "zpci-kvm.so, see --interposer");
		return -1;
	}
	if (setup->dry_run && setup->gdb) {
		tool_error(
			"--dry-run and --gdb do not go together: add `-s -S' to the command line");
		return -1;
	}
	if (setup->quiet && setup->verbose) {
		tool_error("--quiet and --verbose do not go together");
		return -1;
	}
	if (setup->accel == BOOT_TCG && setup->interposer) {
		tool_error("--interposer is for --accel kvm; without it the firmware is "
			   "zpci-qemu.so, see --plugin");
		return -1;
	}
	return 0;
}

int tool_options_parse(struct tool_options *options, unsigned int subcommand, size_t max_arguments,
		       int argc, char **argv)
{
	*options = (struct tool_options){ .setup.smp = 1 };
	options->arguments = calloc((size_t)argc + 1, sizeof(*options->arguments));
	if (!options->arguments) {
		tool_error("out of memory");
		return -1;
	}
	if (parse_all(options, subcommand, max_arguments, argc, argv))
		return -1;
	return check_together(&options->setup);
}

void tool_options_free(struct tool_options *options)
{
	free(options->arguments);
	free(options->functions);
	free(options->shares);
	free(options->copies);
	free(options->kernels);
	free(options->guests);
	*options = (struct tool_options){ .setup.smp = 1 };
}

void tool_options_print(FILE *to, unsigned int subcommand)
{
	char left[40];
	size_t i;

	for (i = 0; i < option_row_count; i++) {
		if (!(option_rows[i].subcommands & subcommand))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", option_rows[i].name,
			 option_rows[i].argument ? " " : "",
			 option_rows[i].argument ? option_rows[i].argument : "");
		fprintf(to, "  %-20s %s\n", left, option_rows[i].help);
	}
}
