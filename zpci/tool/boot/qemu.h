/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_QEMU_H
#define ZPCI_TOOL_QEMU_H

#include "boot.h"
#include "list.h"
#include "paths.h"

/*
 * Is this a QEMU that our plugin works in: new enough, for s390x, with the TCG accelerator?
 * Returns 0, or -1 after a sentence that says what is missing and how to get it.
 */
int tool_qemu_check(const char *program);

/*
 * The command line up to the devices of the console, which are the caller's, and the
 * user's own options, see tool_qemu_add_rest(). `initrd` is the path that QEMU is to open.
 */
void tool_qemu_arguments(struct tool_list *list, const struct boot_setup *setup,
			 const struct tool_paths *paths, const char *initrd);

/*
 * Adds the guest's console, with this backend of QEMU's behind it. The file that $ZPCI_CONSOLE
 * names gets a copy of what the guest writes.
 */
void tool_qemu_add_console(struct tool_list *list, const char *backend);

/* What the user gave after `--`: last, so that it has the last word. */
void tool_qemu_add_rest(struct tool_list *list, const struct boot_setup *setup);

#endif
