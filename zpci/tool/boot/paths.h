/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_PATHS_H
#define ZPCI_TOOL_PATHS_H

#include "setup.h"

/*
 * The files of one boot: those that its setup names, else the lab's, else the system's. All
 * strings are allocated.
 */
struct tool_paths {
	char *qemu;
	char *kernel;
	char *initrd;
	char *firmware; /* the plugin or the interposer; NULL: none is needed */
};

/* Returns 0, or -1 after a message that says where a missing file comes from. */
int tool_paths_find(struct tool_paths *paths, const struct boot_setup *setup);
/* The path of QEMU alone, allocated; NULL after a message. */
char *tool_paths_qemu(const struct boot_setup *setup);
void tool_paths_free(struct tool_paths *paths);

#endif
