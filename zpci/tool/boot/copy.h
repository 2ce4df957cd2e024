/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_COPY_H
#define ZPCI_TOOL_COPY_H

#include "archive.h"
#include "setup.h"

/*
 * Files and folders of --copy HOST[:GUEST], which the guest finds in its RAM disk. Without GUEST
 * they are in /root, and with one that ends in a slash in there.
 */

/* Is there something that can be copied? Returns 0, or -1 after a message. */
int tool_copies_check(const struct boot_setup *setup);

/* Returns 0, or -1 after a message; the archive remembers failures of its own. */
int tool_copies_add(const struct boot_setup *setup, struct tool_archive *archive);

#endif
