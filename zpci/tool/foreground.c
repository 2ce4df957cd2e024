// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "foreground.h"
#include "message.h"
#include "zpci/tool/boot/input.h"
#include "zpci/tool/boot/process.h"

static int report(const struct boot_outcome *outcome, bool has_console)
{
	if (*outcome->text)
		tool_error("%s", outcome->text);
	switch (outcome->end) {
	case BOOT_DONE:
		return outcome->status;
	case BOOT_INTERRUPTED:
		tool_process_die(outcome->signal);
		break;
	case BOOT_FAILED:
	case BOOT_TIMED_OUT:
		if (has_console)
			boot_print_console(outcome);
		break;
	case BOOT_REFUSED:
		break;
	}
	return outcome->end == BOOT_TIMED_OUT ? TOOL_EXIT_TIMEOUT : TOOL_EXIT_FAILURE;
}

int tool_foreground_run(const struct boot_setup *setup, const char *command, unsigned int timeout,
			bool input)
{
	enum tool_input_kind kind = input && !setup->dry_run ? tool_input_look() : TOOL_INPUT_NONE;
	const struct boot_command guest_command = {
		.text = command,
		.timeout = timeout,
		.input = kind == TOOL_INPUT_SOME,
		.output = { .file = STDOUT_FILENO },
		.error = { .file = STDERR_FILENO },
	};
	struct boot_setup announced = *setup;
	struct boot_outcome outcome;

	if (kind == TOOL_INPUT_BAD)
		return TOOL_EXIT_FAILURE;
	announced.announce = !setup->quiet;
	boot_run(&announced, command ? &guest_command : NULL, &outcome);
	return report(&outcome, command);
}
