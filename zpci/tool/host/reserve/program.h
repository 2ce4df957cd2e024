/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program.h - programs of the system, such as modprobe. */
#ifndef ZPCI_TOOL_HOST_PROGRAM_H
#define ZPCI_TOOL_HOST_PROGRAM_H

#include "zpci/inventory/problem.h"

/* Run @argv, whose first word is a name without a folder, to its end. What it prints on standard
 * output is dropped. Returns 0 if it ended with status 0. */
int host_program_run(const char *const argv[], struct problem *problem);

#endif
