// SPDX-License-Identifier: GPL-2.0-or-later
/* function.c - see function.h */
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
