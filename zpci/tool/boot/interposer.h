/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_INTERPOSER_H
#define ZPCI_TOOL_INTERPOSER_H

#include "list.h"
#include "setup.h"

/*
 * zpci-kvm.so in QEMU: LD_PRELOAD loads it, and further environment variables are its settings,
 * zpci-kvm(7). They are QEMU's alone; this process does not have them.
 */

/*
 * The dynamic loader ignores what it cannot load, and the guest would have no functions. So this
 * says what is wrong. Returns the absolute path, allocated, or NULL after a message.
 */
char *tool_interposer_find(const char *path);

/* Can all functions be given by an environment variable? Returns 0, or -1 after a message. */
int tool_interposer_check(const struct tool_functions *functions);

/*
 * Adds the variables, as NAME=VALUE. @others are objects that LD_PRELOAD names as well, or NULL.
 */
void tool_interposer_settings(struct tool_list *list, const struct boot_setup *setup,
			      const char *interposer, const char *others);

/* Adds this process's other variables. */
void tool_interposer_inherit(struct tool_list *list);

#endif
