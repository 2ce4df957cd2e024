/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `zpci run --second-level`: everything happens in the guest, by the script zpci-second, which
 * the lab put into the guest `second` together with a QEMU and a small kernel. What is left to
 * do here is to choose that guest, with enough storage for two, and to run the script.
 */
#include "foreground.h"
#include "message.h"
#include "second.h"

#define GUEST "second"
#define MEMORY "1G"

/*
 * Few interrupts, since an emulator is emulated. No DMA: it works, but the test that belongs to
 * it, of code that a device wrote over, cannot pass on the second level. There vfio maps the
 * guest's memory behind the back of a QEMU that translates, and that goes on running what it
 * has translated from the old bytes.
 */
#define COMMAND "exec zpci-second --interrupts 16 --dma-bytes 0"

static int check(const struct tool_options *options)
{
	if (options->exec) {
		tool_error("--second-level runs a command of its own: leave out --exec");
		return -1;
	}
	if (!options->setup.functions.count && !options->setup.functions.config) {
		tool_error("--second-level needs a function to hand on: see --function");
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
