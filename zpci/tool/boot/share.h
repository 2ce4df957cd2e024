/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SHARE_H
#define ZPCI_TOOL_SHARE_H

#include <stdbool.h>
#include <stdio.h>

#include "list.h"
#include "setup.h"

/*
 * Folders of this machine in the guest, by 9p: QEMU reads and writes them as its own user, and the
 * guest's init mounts them. A guest path is absolute, and ends in a slash, so that blanks at its
 * end survive on their way. Parents come before what lies in them.
 */
struct tool_share {
	char *host; /* absolute, without symbolic links */
	char *guest;
	bool writable;
};

struct tool_shares {
	struct tool_share *items;
	size_t count;
	char *folder; /* the guest's path of this process's current folder, or NULL */
};

/* Takes HOST[:GUEST][,rw|,ro] of --share. Returns 0, or -1 after a message; then free as well. */
int tool_shares_parse(struct tool_shares *shares, const struct boot_setup *setup);

/* Adds a device for each. */
void tool_shares_arguments(const struct tool_shares *shares, struct tool_list *list);

/* Prints the lines for the guest's init, see there. */
void tool_shares_settings(const struct tool_shares *shares, FILE *to);

void tool_shares_free(struct tool_shares *shares);

#endif
