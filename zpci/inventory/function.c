// SPDX-License-Identifier: GPL-2.0-or-later
/* function.c - see function.h */
#include <stddef.h>

#include "function.h"

const char *const kind_names[KINDS] = {
	[KIND_UNKNOWN] = "unknown",
	[KIND_PLAIN] = "plain",
	[KIND_PF] = "PF",
	[KIND_VF_LINKED] = "VF linked",
	[KIND_VF_DETACHED] = "VF detached",
};

const char *const state_names[STATES] = {
	[STATE_UNKNOWN] = "unknown",
	[STATE_CONFIGURED] = "configured",
	[STATE_STANDBY] = "standby",
};

/* (source: Linux, Documentation/arch/s390/pci.rst) */
const char *function_type_name(uint64_t pft)
{
	static const char *const names[] = {
		[0x00] = "unclassified",
		[0x02] = "RoCE Express",
		[0x05] = "ISM",
		[0x0a] = "RoCE Express 2",
		[0x0b] = "NVMe",
		[0x0c] = "Network Express, hybrid mode",
		[0x0d] = "Cloud Network Adapter",
		[0x0f] = "Network Express, direct mode",
	};

	return pft < sizeof(names) / sizeof(names[0]) ? names[pft] : NULL;
}
