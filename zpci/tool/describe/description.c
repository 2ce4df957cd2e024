// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the text, JSON and the dump have in common.
 */
#include <stdio.h>

#include "describe.h"

const char describe_warning[] =
	"its Command register has no Memory bit, and the guest is not told, as vfn is 0: "
	"vfio in the guest will refuse BAR accesses; publish vfn or emulate the bit";

bool describe_is_unannounced(const struct description *description)
{
	return !description->info.command_memory && !description->info.no_command_memory;
}

void describe_kind(const struct description *description, char text[16])
{
	if (description->info.vf)
		snprintf(text, 16, "VF %u", description->info.vf);
	else
		snprintf(text, 16, "PF");
}
