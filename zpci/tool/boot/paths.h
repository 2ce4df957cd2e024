/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_PATHS_H
#define ZPCI_TOOL_PATHS_H

#include "setup.h"
#include "zpci/tool/kernel/image.h"
#include "zpci/tool/kernel/tree.h"

/*
 * The files of one boot: those that its setup names, else the lab's, else the system's. All
 * strings are allocated. If the setup names neither kernel nor guest, and the current folder is a
 * kernel tree, the kernel is that tree's.
 */
struct tool_paths {
	char *qemu;
	char *kernel;
	struct kernel_tree tree; /* in which the kernel was built; its folder is NULL if in none */
	struct kernel_image image;
	char *initrd;
	char *firmware; /* the plugin or the interposer; NULL: none is needed */
};

/* Returns 0, or -1 after a message that says where a missing file comes from, or what is wrong with
 * the kernel. */
int tool_paths_find(struct tool_paths *paths, const struct boot_setup *setup);
/* The path of QEMU alone, allocated; NULL after a message. */
char *tool_paths_qemu(const struct boot_setup *setup);
/* What `uname -r` will say; "" if nothing says it before the boot. */
const char *tool_paths_release(const struct tool_paths *paths);
/* Says which kernel is booted, if it is that of a tree. */
void tool_paths_announce(const struct tool_paths *paths);
/* @path in the cache folder of zpci-lab(1), allocated; NULL if there is no home. */
char *tool_paths_cache(const char *path);
/* Is there a plugin that TCG could load? */
bool tool_paths_has_plugin(const struct boot_setup *setup);
void tool_paths_free(struct tool_paths *paths);

#endif
