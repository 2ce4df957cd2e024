/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - how `zpci ctl` prints the answer to each command of the control channel.
 */
#ifndef ZPCI_TOOL_CTL_COMMANDS_H
#define ZPCI_TOOL_CTL_COMMANDS_H

#include <stdbool.h>

#include "channel.h"

/* Asks for @line, which begins with the command @name, and prints the answer. Returns the exit
 * status of the tool, after a message if it is not 0. */
int ctl_command_run(struct ctl_channel *channel, const char *name, const char *line, bool json);

#endif
