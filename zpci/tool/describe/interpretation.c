// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What our emulation of a function does that it could not do if the host interpreted the function,
 * reference 11.5: then SIE executes loads and stores itself, and the firmware sees CLP, MPCIFC,
 * STPCIFC and RPCIT alone.
 */
#include "describe.h"

static bool always(const struct description *item)
{
	(void)item;
	return true;
}

static bool has_ids(const struct description *item)
{
	return item->info.profile.ids;
}

static bool has_bars(const struct description *item)
{
	return item->info.profile.bars;
}

static bool has_memory_bit(const struct description *item)
{
	return item->info.command_memory;
}

static bool has_measurement(const struct description *item)
{
	return item->platform.fmb_length;
}

const struct describe_loss describe_losses[] = {
	{ "ids", "vendor and device ID are what the host's firmware shows", has_ids },
	{ "bars", "BAR registers are what the host's firmware shows", has_bars },
	{ "memory_bit", "Command has no Memory bit of ours", has_memory_bit },
	{ "hard_wired", "bits of config space that we hold at 0 are the device's", always },
	{ "msix", "the guest writes the device's own MSI-X table, and enables it itself", always },
	{ "operands", "the machine checks and answers loads and stores", always },
	{ "blocking", "an error that we cause blocks no loads and stores", always },
	{ "measurement", "loads and stores are not counted by us", has_measurement },
	{ "control", "status and record know of no loads and stores", always },
	{ NULL, NULL, NULL },
};
