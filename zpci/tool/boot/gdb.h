/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_GDB_H
#define ZPCI_TOOL_GDB_H

#include "list.h"
#include "paths.h"

/*
 * QEMU's stub for gdb, at a port of the loopback interface that the kernel chooses. The guest waits
 * for gdb's `continue`. Prints how to attach. Returns a socket that QEMU inherits, or -1 after a
 * message.
 */
int tool_gdb_listen(const struct tool_paths *paths);

void tool_gdb_arguments(struct tool_list *list, int fd);

#endif
