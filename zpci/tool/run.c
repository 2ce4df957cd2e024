// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci run`: a guest with a shell, or with a command; zpci-run(1).
 */
#include "foreground.h"
#include "second.h"
#include "subcommand.h"

int tool_run(const struct tool_options *options)
{
	struct boot_setup setup = options->setup;

	setup.qemu_options = options->rest;
	setup.qemu_option_count = options->rest_count;
	if (options->second_level)
		return tool_second_run(&setup, options);
	return tool_foreground_run(&setup, options->exec, options->timeout);
}
