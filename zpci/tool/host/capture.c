// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host capture`: writes functions of this Linux as a configuration; zpci-host-capture(1).
 */
#include <stdio.h>
#include <stdlib.h>

#include "function_name.h"
#include "host.h"
#include "zpci/inventory/capture/capture.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

static int choose(const struct inventory *inventory, const struct tool_options *options,
		  const struct function **chosen)
{
	int status = 0;

	for (size_t i = 0; i < options->argument_count && !status; i++)
		status = host_find_function(inventory, options->arguments[i], &chosen[i]);
	return status;
}

static int write_out(const struct inventory *inventory, const struct tool_options *options,
		     const struct function **chosen)
{
	const struct capture_options capture = {
		.functions = chosen,
		.count = options->argument_count,
		.anonymous = options->host.anonymous,
	};
	struct problem problem;

	if (capture_write(stdout, inventory, &capture, &problem)) {
		tool_error("%s", problem.text);
		return HOST_EXIT_SYSTEM;
	}
	return host_flush("the configuration");
}

int tool_host_capture(const struct tool_options *options)
{
	const struct function **chosen = calloc(options->argument_count + 1, sizeof(*chosen));
	struct inventory inventory;
	int status;

	if (!chosen) {
		tool_error("out of memory");
		return HOST_EXIT_SYSTEM;
	}
	status = host_read_inventory(&inventory, options);
	if (!status)
		status = choose(&inventory, options, chosen);
	if (!status)
		status = write_out(&inventory, options, chosen);
	inventory_free(&inventory);
	free(chosen);
	return status;
}
