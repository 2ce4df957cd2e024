/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "options.h"

/* The number of CPUs that QEMU's s390-ccw-virtio machine takes. */
#define SMP_MAX 248
#define TIMEOUT_MAX 86400

static int parse_number(const char *text, unsigned int min, unsigned int max, unsigned int *value)
{
	unsigned long number;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return -1;
	*value = number;
	return 0;
}

/* Strict, because the value ends in a list of QEMU's that commas separate. */
static int set_memory(struct tool_options *options, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (!digits || digits > 9)
		return -1;
	if (value[digits] && (!strchr("KMGT", value[digits]) || value[digits + 1]))
		return -1;
	options->memory = value;
	return 0;
}

static int set_smp(struct tool_options *options, const char *value)
{
	return parse_number(value, 1, SMP_MAX, &options->smp);
}

static int set_timeout(struct tool_options *options, const char *value)
{
	return parse_number(value, 0, TIMEOUT_MAX, &options->timeout);
}

static int set_function(struct tool_options *options, const char *value)
{
	size_t size = (options->function_count + 1) * sizeof(*options->functions);
	const char **functions = realloc(options->functions, size);

	if (!functions)
		return -1;
	functions[options->function_count++] = value;
	options->functions = functions;
	return 0;
}

#define SET_STRING(field)                                                                          \
	static int set_##field(struct tool_options *options, const char *value)                    \
	{                                                                                          \
		options->field = value;                                                            \
		return *value ? 0 : -1;                                                            \
	}

#define SET_FLAG(field)                                                                            \
	static int set_##field(struct tool_options *options, const char *value)                    \
	{                                                                                          \
		(void)value;                                                                       \
		options->field = true;                                                             \
		return 0;                                                                          \
	}

/* It becomes a part of a path. */
static int set_guest(struct tool_options *options, const char *value)
{
	options->guest = value;
	return *value && *value != '.' && !strchr(value, '/') ? 0 : -1;
}

SET_STRING(kernel)
SET_STRING(initrd)
SET_STRING(config)
SET_STRING(qemu)
SET_STRING(plugin)
SET_STRING(exec)
SET_FLAG(verbose)
SET_FLAG(json)
SET_FLAG(lspci)
SET_FLAG(second_level)
SET_FLAG(help)

/* An empty kernel command line is a value like any other. */
static int set_append(struct tool_options *options, const char *value)
{
	options->append = value;
	return 0;
}

#define BOTH (TOOL_RUN | TOOL_INSPECT)
#define ALL (BOTH | TOOL_DESCRIBE)
#define NOT_EMPTY "something that is not empty"

static const struct tool_option table[] = {
	{ "function", "SPEC", "add a function: probe,vf=3,fid=0x1021,... (repeatable)", ALL,
	  set_function, "a description of a function" },
	{ "config", "FILE", "take adapters and functions from this file", ALL, set_config,
	  NOT_EMPTY },
	{ "guest", "NAME", "take the guest that zpci-lab made under this name", BOTH, set_guest,
	  "a name such as those that `zpci-lab kernel list' prints" },
	{ "kernel", "FILE", "kernel of the guest (default: the lab's)", BOTH, set_kernel,
	  NOT_EMPTY },
	{ "initrd", "FILE", "initial RAM disk of the guest (default: the lab's)", BOTH, set_initrd,
	  NOT_EMPTY },
	{ "append", "STRING", "kernel command line", BOTH, set_append, NULL },
	{ "smp", "NUMBER", "CPUs of the guest (default: 1)", BOTH, set_smp, "1 to 248" },
	{ "memory", "SIZE", "storage of the guest, with K, M, G or T (default: 512M)", BOTH,
	  set_memory, "a number with K, M, G, T or nothing after it, such as 512M" },
	{ "qemu", "PROGRAM", "QEMU to use (default: the lab's, else from PATH)", BOTH, set_qemu,
	  NOT_EMPTY },
	{ "plugin", "FILE", "zpci-qemu.so to use (default: the installed one)", BOTH, set_plugin,
	  NOT_EMPTY },
	{ "exec", "COMMAND", "run a command in the guest instead of a shell", TOOL_RUN, set_exec,
	  NOT_EMPTY },
	{ "second-level", NULL, "hand the functions on to a guest of the guest; prints JSON",
	  TOOL_RUN, set_second_level, NULL },
	{ "json", NULL, "print JSON", TOOL_INSPECT | TOOL_DESCRIBE, set_json, NULL },
	{ "lspci", NULL, "print config space as `lspci -F FILE' reads it", TOOL_DESCRIBE, set_lspci,
	  NULL },
	{ "timeout", "SECONDS", "give up on a command after this time (default: 0, never)", BOTH,
	  set_timeout, "0 to 86400 seconds" },
	{ "verbose", NULL, "QEMU's command line and the guest's console, on standard error", BOTH,
	  set_verbose, NULL },
	{ "help", NULL, "print this text", ALL, set_help, NULL },
};

#define TABLE_SIZE (sizeof(table) / sizeof(table[0]))

static const struct tool_option *find_option(unsigned int command, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < TABLE_SIZE; i++) {
		if (!(table[i].commands & command))
			continue;
		if (strlen(table[i].name) == length && !memcmp(table[i].name, name, length))
			return &table[i];
	}
	return NULL;
}

static int apply(struct tool_options *options, const struct tool_option *option, const char *value)
{
	if (!option->set(options, value))
		return 0;
	tool_error("--%s: `%s' is not allowed; allowed is %s", option->name, value ? value : "",
		   option->allowed ? option->allowed : "anything");
	return -1;
}

/* Returns the number of arguments used, or -1. */
static int parse_one(struct tool_options *options, unsigned int command, int argc, char **argv)
{
	const char *name = argv[0] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const struct tool_option *option = find_option(command, name, length);

	if (!option) {
		tool_error("unknown option `--%.*s'; --help lists those there are", (int)length,
			   name);
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

static const char *unexpected_hint(unsigned int command)
{
	switch (command) {
	case TOOL_RUN:
		return "what is meant for QEMU comes after `--'";
	case TOOL_INSPECT:
		return "what is meant for zpci-inspect comes after `--'";
	default:
		return "--help lists the options";
	}
}

int tool_options_parse(struct tool_options *options, unsigned int command, int argc, char **argv)
{
	int i = 1, used;

	*options = (struct tool_options){ .smp = 1 };
	while (i < argc) {
		if (!strcmp(argv[i], "--")) {
			options->rest = argv + i + 1;
			options->rest_count = argc - i - 1;
			return 0;
		}
		if (!strcmp(argv[i], "-h")) {
			options->help = true;
			i++;
			continue;
		}
		if (strncmp(argv[i], "--", 2)) {
			tool_error("unexpected argument `%s'; %s", argv[i],
				   unexpected_hint(command));
			return -1;
		}
		used = parse_one(options, command, argc - i, argv + i);
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

void tool_options_free(struct tool_options *options)
{
	free(options->functions);
	options->functions = NULL;
	options->function_count = 0;
}

void tool_options_print(FILE *to, unsigned int command)
{
	char left[40];
	size_t i;

	for (i = 0; i < TABLE_SIZE; i++) {
		if (!(table[i].commands & command))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", table[i].name,
			 table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
		fprintf(to, "  %-20s %s\n", left, table[i].help);
	}
}
