/* SPDX-License-Identifier: GPL-2.0-or-later */
/* levels.h - the reports of a guest and of a guest in it, as one. */
#ifndef INSPECT_LEVELS_H
#define INSPECT_LEVELS_H

#include <stddef.h>
#include <stdio.h>

#include "zpci/inventory/problem.h"

/* Write one JSON object to @out, with a member level1, level2, ... for each of the @count JSON
 * reports in the files at @paths. Returns 0, or -1 and the problem. */
int levels_report(FILE *out, const char *const *paths, size_t count, struct problem *problem);

#endif
