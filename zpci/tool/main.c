// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zpci - boot a guest under our firmware, and look at what it sees. zpci(1).
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "functions.h"
#include "message.h"
#include "options.h"
#include "subcommand.h"

struct subcommand {
	const char *name;     /* one word, or two with a blank in between */
	const char *synopsis; /* what follows the name */
	const char *summary;
	unsigned int option; /* TOOL_*: the options that it knows */
	int (*run)(const struct tool_options *options);
	size_t min; /* at least so many arguments that are no options */
	size_t max; /* at most so many */
};

static const struct subcommand subcommands[] = {
	{ "run", "[OPTION]... [-- QEMU OPTION...]", "boot a guest, with a shell or a command in it",
	  TOOL_RUN, tool_run, 0, 0 },
	{ "inspect", "[OPTION]... [-- ZPCI-INSPECT ARGUMENT...]",
	  "boot a guest and print what its kernel knows of its functions", TOOL_INSPECT,
	  tool_inspect, 0, 0 },
	{ "describe", "[OPTION]...", "print what a guest will be told, without booting one",
	  TOOL_DESCRIBE, tool_describe, 0, 0 },
	{ "matrix", "[OPTION]...",
	  "compare what guests see of every profile with what they must see", TOOL_MATRIX,
	  tool_matrix, 0, 0 },
	{ "kernel config", "[DIR] [OPTION]...",
	  "print or add the options that a kernel needs, and say what is missing", TOOL_KERNEL,
	  tool_kernel_config, 0, 1 },
	{ "kernel build", "[DIR] [OPTION]...", "build a kernel for s390, with its modules",
	  TOOL_KERNEL, tool_kernel_build, 0, 1 },
	{ "ctl", TOOL_CTL_COMMANDS " [ARGUMENT]... [OPTION]...",
	  "change the functions of a running guest", TOOL_CTL, tool_ctl, 1, 8 },
	{ "lab", "[COMMAND...]", "get QEMU, a guest, other kernels: `zpci lab help'", TOOL_LAB,
	  tool_lab, 0, 0 },
	{ "host domain", "[OPTION]...", "print a libvirt domain whose QEMU has our firmware",
	  TOOL_DOMAIN, tool_host_domain, 0, 0 },
	{ "host list", "[OPTION]...", "list the PCI functions of this host", TOOL_HOST_LIST,
	  tool_host_list, 0, 0 },
	{ "host show", "FUNCTION [OPTION]...", "print what is known of a function of this host",
	  TOOL_HOST_SHOW, tool_host_show, 1, 1 },
	{ "host watch", "[OPTION]...", "print a line for each change of functions of this host",
	  TOOL_HOST_WATCH, tool_host_watch, 0, 0 },
	{ "host attach", "FUNCTION DOMAIN [OPTION]...", "give a function of this host to a guest",
	  TOOL_HOST_ATTACH, tool_host_attach, 2, 2 },
	{ "host detach", "FUNCTION [DOMAIN] [OPTION]...", "take a function from a guest",
	  TOOL_HOST_DETACH, tool_host_detach, 1, 2 },
	{ "host guests", "[OPTION]...", "print which guest has which function, and what is wrong",
	  TOOL_HOST_GUESTS, tool_host_guests, 0, 0 },
	{ "host xml", "FUNCTION [OPTION]...", "print libvirt's XML of a function for a guest",
	  TOOL_HOST_XML, tool_host_xml, 1, 1 },
	{ "host explain", "[OPTION]... [TEXT]...",
	  "say what a message of libvirt's or QEMU's means, and what to do", TOOL_HOST_EXPLAIN,
	  tool_host_explain, 0, SIZE_MAX },
	{ "host check", "FUNCTION [OPTION]...",
	  "say whether a function can be given to a guest, and what is in the way", TOOL_HOST_CHECK,
	  tool_host_check, 1, 1 },
	{ "host reserve", "[FUNCTION] [OPTION]...",
	  "keep a function for guests over reboots, or list those that are kept", TOOL_HOST_RESERVE,
	  tool_host_reserve, 0, 1 },
	{ "host unreserve", "FUNCTION [OPTION]...", "give a function back to its driver",
	  TOOL_HOST_UNRESERVE, tool_host_unreserve, 1, 1 },
	{ "host capture", "[OPTION]... [FUNCTION...]",
	  "write functions of this Linux as a configuration", TOOL_HOST_CAPTURE, tool_host_capture,
	  0, 4096 },
	{ "host hook", "install|remove|show [OPTION]...",
	  "let libvirt refuse guests whose functions cannot be given to them", TOOL_HOST_HOOK,
	  tool_host_hook, 1, 5 },
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

/* How many of the arguments are the words of @name; 0: they are others. */
static int match(const char *name, int argc, char **argv)
{
	size_t first = strcspn(name, " ");

	if (strlen(argv[0]) != first || memcmp(argv[0], name, first))
		return 0;
	if (!name[first])
		return 1;
	return argc > 1 && !strcmp(argv[1], name + first + 1) ? 2 : 0;
}

/* @words: how many of the arguments are its name. */
static const struct subcommand *find_subcommand(int argc, char **argv, int *words)
{
	size_t i;

	for (i = 0; i < SUBCOMMANDS; i++) {
		*words = match(subcommands[i].name, argc, argv);
		if (*words)
			return &subcommands[i];
	}
	return NULL;
}

static void print_usage(FILE *to)
{
	size_t i;

	fputs("usage: zpci COMMAND [OPTION]...\n\n", to);
	for (i = 0; i < SUBCOMMANDS; i++)
		fprintf(to, "  %-20s %s\n", subcommands[i].name, subcommands[i].summary);
	fprintf(to, "  %-20s %s\n", "help [COMMAND]", "print this text, or a command's options");
	fputs("\n  --help               print this text\n"
	      "  --version            print the version\n",
	      to);
}

static void print_help(const struct subcommand *subcommand)
{
	printf("usage: zpci %s %s\n\n%s\n\n", subcommand->name, subcommand->synopsis,
	       subcommand->summary);
	tool_options_print(stdout, subcommand->option);
}

/* Do names of two words begin with @word? */
static bool is_first_word(const char *word)
{
	size_t i, length = strlen(word);

	for (i = 0; i < SUBCOMMANDS; i++)
		if (!strncmp(subcommands[i].name, word, length) &&
		    subcommands[i].name[length] == ' ')
			return true;
	return false;
}

static int unknown(int argc, char **argv)
{
	bool two = argc > 1 && is_first_word(argv[0]);

	tool_error("no command `%s%s%s'; `zpci help' lists them", argv[0], two ? " " : "",
		   two ? argv[1] : "");
	return TOOL_EXIT_FAILURE;
}

static int help(int argc, char **argv)
{
	const struct subcommand *subcommand;
	int words;

	if (!argc) {
		print_usage(stdout);
		return 0;
	}
	subcommand = find_subcommand(argc, argv, &words);
	if (!subcommand)
		return unknown(argc, argv);
	print_help(subcommand);
	return 0;
}

static int run(const struct subcommand *subcommand, int argc, char **argv)
{
	struct tool_options options;
	int status = TOOL_EXIT_FAILURE;

	if (!tool_options_parse(&options, subcommand->option, subcommand->max, argc, argv)) {
		if (options.help) {
			print_help(subcommand);
			status = 0;
		} else if (tool_functions_ask(&options.setup.functions)) {
			if (!tool_functions_help(&options.setup.functions))
				status = 0;
		} else if (options.argument_count < subcommand->min) {
			tool_error("too few arguments; usage: zpci %s %s", subcommand->name,
				   subcommand->synopsis);
		} else {
			status = subcommand->run(&options);
		}
	}
	tool_options_free(&options);
	return status;
}

int main(int argc, char **argv)
{
	const struct subcommand *subcommand;
	int words;

	if (argc < 2) {
		print_usage(stderr);
		return TOOL_EXIT_FAILURE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("zpci " PACKAGE_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc - 2, argv + 2);
	subcommand = find_subcommand(argc - 1, argv + 1, &words);
	return subcommand ? run(subcommand, argc - words, argv + words)
			  : unknown(argc - 1, argv + 1);
}
