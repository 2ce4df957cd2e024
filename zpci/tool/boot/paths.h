/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_PATHS_H
#define ZPCI_TOOL_PATHS_H

#include "zpci/tool/options.h"

/*
 * The files of one run: what the options named, else the lab's, else the system's. All
 * strings are allocated.
 */
struct tool_paths {
	char *qemu;
	char *kernel;
	char *initrd;
	char *plugin; /* NULL if there is nothing for it to do */
};

/* Returns 0, or -1 after a message that says where a missing file comes from. */
int tool_paths_find(struct tool_paths *paths, const struct tool_options *options);
void tool_paths_free(struct tool_paths *paths);

#endif
