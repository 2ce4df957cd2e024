// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "functions.h"
#include "message.h"
#include "zpci/config/config.h"

/* Prints and frees the sentence that the configuration has about a failure. */
static int refuse(const char *before, char *error)
{
	tool_error("%s%s", before, error ? error : "out of memory");
	free(error);
	return -1;
}

static int add_function(struct zpci_config *config, const char *text)
{
	char *error = NULL;

	/* On its way to the plugin a comma becomes a colon, see boot/qemu.c. */
	if (strchr(text, ':')) {
		tool_error("--function %s: a value with a colon is not possible here; describe "
			   "the function in a file and use --config",
			   text);
		return -1;
	}
	if (zpci_config_function(config, text, ',', &error))
		return refuse("--", error); /* it begins with "function" */
	return 0;
}

static int fill(struct zpci_config *config, const struct tool_functions *functions)
{
	char *error = NULL;
	size_t i;

	if (functions->config && zpci_config_load(config, functions->config, &error))
		return refuse("", error);
	for (i = 0; i < functions->count; i++)
		if (add_function(config, functions->specs[i]))
			return -1;
	if (zpci_config_finish(config, &error))
		return refuse("", error);
	return 0;
}

struct zpci_config *tool_functions_load(const struct tool_functions *functions)
{
	struct zpci_config *config = zpci_config_new();

	if (!config) {
		refuse("", NULL);
		return NULL;
	}
	if (fill(config, functions)) {
		zpci_config_free(config);
		return NULL;
	}
	return config;
}

bool tool_functions_ask(const struct tool_functions *functions)
{
	for (size_t i = 0; i < functions->count; i++)
		if (zpci_config_is_help(functions->specs[i], ','))
			return true;
	return false;
}

int tool_functions_help(const struct tool_functions *functions)
{
	char *error = NULL;

	for (size_t i = 0; i < functions->count; i++) {
		if (!zpci_config_is_help(functions->specs[i], ','))
			continue;
		if (zpci_config_help(stdout, functions->specs[i], ',', &error))
			return refuse("--", error);
	}
	return 0;
}

int tool_functions_check(const struct tool_functions *functions)
{
	struct zpci_config *config;

	if (!functions->config && !functions->count)
		return 0;
	config = tool_functions_load(functions);
	zpci_config_free(config);
	return config ? 0 : -1;
}
