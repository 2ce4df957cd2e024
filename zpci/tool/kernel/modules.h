/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules.h - modules of a kernel tree go into a guest's initial RAM disk.
 *
 * Whoever wants the guest's kernel to have something says with which module, and which option of
 * the kernel's configuration makes it one:
 *
 *	static const struct kernel_wanted wanted[] = { { "9p", "CONFIG_9P_FS" } };
 *
 *	kernel_modules_begin(&modules, tree, release, archive);
 *	kernel_modules_add(&modules, wanted, 1);	as often as needed
 *	rc = kernel_modules_end(&modules);
 *
 * A module is added if the tree's .config has its option as m, after the modules that it depends
 * on. Nothing is added if the kernel has it built in, or does not have it at all: whoever uses it
 * in the guest says so. Modules are decompressed, and the guest's init (zpci/guest/init) loads them
 * in this order before it does anything else. `zpci kernel build' makes them; modules_install is
 * not needed.
 */
#ifndef ZPCI_TOOL_MODULES_H
#define ZPCI_TOOL_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "tree.h"
#include "zpci/tool/boot/archive.h"
#include "zpci/tool/boot/list.h"

struct kernel_wanted {
	const char *module; /* - and _ are the same */
	const char *option;
};

struct kernel_modules {
	const struct kernel_tree *tree;
	const char *release; /* what `uname -r` says in the guest */
	struct tool_archive *archive;
	char *order;		 /* the tree's modules.order; NULL: none */
	struct tool_list names;	 /* those that were looked at */
	struct tool_list loaded; /* files, in the order of loading */
	bool failed;
};

void kernel_modules_begin(struct kernel_modules *modules, const struct kernel_tree *tree,
			  const char *release, struct tool_archive *archive);
void kernel_modules_add(struct kernel_modules *modules, const struct kernel_wanted *wanted,
			size_t count);
/* Returns 0, or -1 if anything failed; what failed was said in a message. */
int kernel_modules_end(struct kernel_modules *modules);

#endif
