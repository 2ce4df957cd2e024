/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_QEMU_H
#define ZPCI_TOOL_QEMU_H

#include "list.h"
#include "paths.h"
#include "setup.h"

/*
 * Is this a QEMU that our firmware works in: new enough, for s390x, with this accelerator?
 * Returns 0, or -1 after a sentence that says what is missing and how to get it.
 */
int tool_qemu_check(const char *program, enum boot_accel accel);

/*
 * Adds the command line but for the devices of the console, and the user's own options, see
 * tool_qemu_add_rest(). @initrd is the path that QEMU opens.
 */
void tool_qemu_arguments(struct tool_list *list, const struct boot_setup *setup,
			 const struct tool_paths *paths, const char *initrd);

/*
 * In QEMU's lists of options a comma ends a value unless it is doubled. Returns an allocated string
 * or NULL.
 */
char *tool_qemu_escape(const char *value);

/* Adds the option that loads the plugin, with its arguments. */
void tool_qemu_add_plugin(struct tool_list *list, const struct boot_setup *setup,
			  const char *plugin);

/*
 * Adds the guest's console, which QEMU connects to @backend. QEMU writes a copy to the file that
 * $ZPCI_CONSOLE names.
 */
void tool_qemu_add_console(struct tool_list *list, const char *backend);

/* Adds what the user gave after `--`. It comes last, so that it can override the rest. */
void tool_qemu_add_rest(struct tool_list *list, const struct boot_setup *setup);

#endif
