/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "message.h"
#include "options.h"
#include "second.h"
#include "subcommand.h"
#include "zpci/tool/boot/boot.h"

int tool_run(int argc, char **argv)
{
	struct tool_options options;
	int status = TOOL_EXIT_FAILURE;

	if (!tool_options_parse(&options, TOOL_RUN, argc, argv)) {
		if (options.help) {
			tool_command_help(argv[0]);
			status = 0;
		} else if (options.second_level) {
			status = tool_second_run(&options);
		} else {
			status = tool_guest_run(&options, options.exec);
		}
	}
	tool_options_free(&options);
	return status;
}
