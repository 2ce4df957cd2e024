/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.h - runs the build system of a kernel, for s390.
 */
#ifndef ZPCI_TOOL_MAKE_H
#define ZPCI_TOOL_MAKE_H

#include <stdbool.h>

struct kernel_make {
	const char *folder; /* in which it builds; it may not exist yet */
	char *source;	    /* Linux's source */
};

/*
 * Finds the source of the build in @folder: the one that it was made from, else @folder itself,
 * else the current folder. Looks also whether there is a compiler for s390. Returns 0, and the
 * strings are for kernel_make_free(); or -1 after a message.
 */
int kernel_make_find(struct kernel_make *make, const char *folder);
void kernel_make_free(struct kernel_make *make);

/*
 * Makes @targets, a list that ends in NULL. Shows how far it is on standard error, and the end of
 * make's output if it fails. Returns 0, or -1 after a message.
 */
int kernel_make_run(const struct kernel_make *make, const char *const targets[]);

/* Merges @fragment into the .config, and fills in what it depends on. The same results. */
int kernel_make_merge(const struct kernel_make *make, const char *fragment);

/* Is there a .config? */
bool kernel_make_is_configured(const struct kernel_make *make);

#endif
