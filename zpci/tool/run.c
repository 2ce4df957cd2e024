// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci run`: boots a guest with a shell, or with a command; zpci-run(1).
 *
 * With --second-level the command is the script zpci-second, which does all the rest in the guest
 * `second`: the lab made this guest with the script, a QEMU and a small kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "foreground.h"
#include "message.h"
#include "subcommand.h"
#include "zpci/tool/boot/paths.h"
#include "zpci/tool/ctl/place.h"

#define SECOND_GUEST "second"
#define SECOND_MEMORY "1G"

/*
 * Few interrupts, because an emulator in an emulator is slow. No DMA, because zpci-inspect's test
 * of code comes with it, and this test cannot pass on the second level: the device writes new code
 * into memory that vfio mapped, the inner QEMU does not notice that, and goes on executing its
 * translation of the old code.
 */
#define SECOND_COMMAND "exec zpci-second --interrupts 16 --dma-bytes 0"

static int check_second(const struct tool_options *options)
{
	if (options->exec) {
		tool_error("--second-level runs a command of its own: leave out --exec");
		return -1;
	}
	if (!options->setup.functions.count && !options->setup.functions.config) {
		tool_error("--second-level needs a function to pass on: see --function");
		return -1;
	}
	return 0;
}

static int run_second(struct boot_setup *setup, const struct tool_options *options)
{
	if (check_second(options))
		return TOOL_EXIT_FAILURE;
	if (!setup->guest)
		setup->guest = SECOND_GUEST;
	if (!setup->memory)
		setup->memory = SECOND_MEMORY;
	return tool_foreground_run(setup, SECOND_COMMAND, options->timeout, false);
}

/* A trace has no commands of the control channel, and a plugin that the user loads is ours. */
static bool can_be_controlled(const struct boot_setup *setup)
{
	const char *trace = getenv("ZPCI_RECORD");
	int i;

	if (setup->accel == BOOT_KVM)
		return (!trace || !*trace) &&
		       (setup->functions.count || setup->functions.config || setup->interposer);
	/* QEMU takes options with two dashes as well. */
	for (i = 0; i < setup->qemu_option_count; i++)
		if (!strcmp(setup->qemu_options[i], "-plugin") ||
		    !strcmp(setup->qemu_options[i], "--plugin"))
			return false;
	return tool_paths_has_plugin(setup);
}

int tool_run(const struct tool_options *options)
{
	struct boot_setup setup = options->setup;
	char *socket = NULL;
	int rc;

	setup.qemu_options = options->rest;
	setup.qemu_option_count = options->rest_count;
	if (!setup.control && can_be_controlled(&setup))
		setup.control = socket = ctl_place_new(options->name);
	if (options->second_level)
		rc = run_second(&setup, options);
	else
		rc = tool_foreground_run(&setup, options->exec, options->timeout, options->exec);
	free(socket);
	return rc;
}
