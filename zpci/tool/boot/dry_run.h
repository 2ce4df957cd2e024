/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_DRY_RUN_H
#define ZPCI_TOOL_DRY_RUN_H

#include <stdio.h>

#include "list.h"

/* QEMU's command line for a person: what a shell runs when it is pasted there. */

/* Prints the strings, quoted where a shell needs it, with a blank behind each. */
void tool_dry_run_print(const struct tool_list *list, FILE *to);

/*
 * A RAM disk that was made in memory becomes a file, which the user removes. Returns its path,
 * allocated, or NULL after a message.
 */
char *tool_dry_run_save(int initrd);

#endif
