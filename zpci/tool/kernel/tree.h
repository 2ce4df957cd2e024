/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - a folder in which a kernel was built: Linux's source, or the O= folder of a build.
 */
#ifndef ZPCI_TOOL_TREE_H
#define ZPCI_TOOL_TREE_H

#include <stdbool.h>

#include "kconfig.h"

struct kernel_tree {
	char *folder;
	char *image;   /* what to boot; NULL: nothing was built */
	char *release; /* what the tree calls its kernel; NULL: it does not say */
	struct kconfig config;
};

/* Is it one, whatever was built in it or was not? */
bool kernel_tree_is(const char *folder);

/*
 * Opens one that is configured for s390. Returns 0, and the tree is for kernel_tree_free(); or -1
 * after a sentence that says what the folder is instead.
 */
int kernel_tree_open(struct kernel_tree *tree, const char *folder);

/* The same for one in which a kernel was built. */
int kernel_tree_open_built(struct kernel_tree *tree, const char *folder);

/*
 * Opens the tree in which the file @image lies where a build puts it. Returns 0, or 1 if there is
 * none, without a message: a kernel can be anywhere.
 */
int kernel_tree_of_image(struct kernel_tree *tree, const char *image);

void kernel_tree_free(struct kernel_tree *tree);

#endif
