/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_GUEST_H
#define ZPCI_TOOL_GUEST_H

#include "zpci/tool/options.h"

/*
 * Boots a guest and stays until it is gone; the central part of `zpci run` and
 * `zpci inspect`. With `command` NULL the guest has a shell on this terminal, else it runs
 * the command, whose output goes to standard output.
 *
 * Returns the exit status for the tool: the command's, or TOOL_EXIT_FAILURE or
 * TOOL_EXIT_TIMEOUT after a message.
 */
int tool_guest_run(const struct tool_options *options, const char *command);

#endif
