/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SECOND_H
#define ZPCI_TOOL_SECOND_H

#include "options.h"

/*
 * `zpci run --second-level`: the lab's guest that has a guest of its own (zpci/guest/second),
 * and the functions handed on to that. Returns the tool's exit status.
 */
int tool_second_run(const struct boot_setup *setup, const struct tool_options *options);

#endif
