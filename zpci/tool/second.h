/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SECOND_H
#define ZPCI_TOOL_SECOND_H

#include "options.h"

/*
 * `zpci run --second-level`: boots the lab's guest that starts a guest of its own
 * (zpci/guest/second), and passes the functions on to that one. Returns the tool's exit status.
 */
int tool_second_run(const struct boot_setup *setup, const struct tool_options *options);

#endif
