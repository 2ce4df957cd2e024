/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.h - what accesses to two functions cost, measured side by side. */
#ifndef INSPECT_COMPARE_H
#define INSPECT_COMPARE_H

#include <stdio.h>

#include "zpci/inspect/base/problem.h"
#include "session.h"

/* Both are open. Writes a line `sample OPERATION ROUND ONE OTHER`, nanoseconds, for each operation
 * in each round. Ends early, and well, if a signal came. Returns 0, or -1 and the problem. */
int compare(FILE *out, const struct session *one, const struct session *other, unsigned int rounds,
	    struct problem *problem);

#endif
