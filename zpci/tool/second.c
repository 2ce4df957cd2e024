// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci run --second-level`: the script zpci-second does all of it in the guest `second`, which the
 * lab made with this script, a QEMU and a small kernel. This file chooses that guest, gives it
 * enough storage for two, and starts the script.
 */
#include "foreground.h"
#include "message.h"
#include "second.h"

#define GUEST "second"
#define MEMORY "1G"

/*
 * Few interrupts, because an emulator in an emulator is slow. No DMA, because zpci-inspect's test
 * of code comes with it, and this test cannot pass on the second level: the device writes new code
 * into memory that vfio mapped, the inner QEMU does not notice that, and goes on executing its
 * translation of the old code.
 */
#define COMMAND "exec zpci-second --interrupts 16 --dma-bytes 0"

static int check(const struct tool_options *options)
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

int tool_second_run(const struct boot_setup *setup, const struct tool_options *options)
{
	struct boot_setup own = *setup;

	if (check(options))
		return TOOL_EXIT_FAILURE;
	if (!own.guest)
		own.guest = GUEST;
	if (!own.memory)
		own.memory = MEMORY;
	return tool_foreground_run(&own, COMMAND, options->timeout);
}
