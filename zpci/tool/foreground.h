/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_FOREGROUND_H
#define ZPCI_TOOL_FOREGROUND_H

#include "zpci/tool/boot/boot.h"

/*
 * Boots a guest for `zpci run' and `zpci inspect': what the guest's command prints goes to standard
 * output and standard error. With @input the command reads standard input if that is neither a
 * terminal nor /dev/null. With @command NULL the guest has a shell on this terminal.
 *
 * Returns the exit status for the tool: the command's own, or TOOL_EXIT_FAILURE or
 * TOOL_EXIT_TIMEOUT after a message. If a signal ended the guest, it ends the tool too.
 */
int tool_foreground_run(const struct boot_setup *setup, const char *command, unsigned int timeout,
			bool input);

#endif
