/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.h - measures side by side what accesses to two functions cost. */
#ifndef INSPECT_COMPARE_H
#define INSPECT_COMPARE_H

#include <stdio.h>

#include "session.h"
#include "zpci/inventory/problem.h"

/* For each operation in each round, write a line `sample OPERATION ROUND ONE OTHER` to @out, with
 * nanoseconds. Both sessions are open. A signal ends it early, which is no problem. Returns 0, or
 * -1 and the problem. */
int compare(FILE *out, const struct session *one, const struct session *other, unsigned int rounds,
	    struct problem *problem);

#endif
