/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_FUNCTIONS_H
#define ZPCI_TOOL_FUNCTIONS_H

#include "options.h"

struct zpci_config;

/* The finished configuration of --config and --function, to be freed with zpci_config_free();
 * NULL after a message. */
struct zpci_config *tool_functions_load(const struct tool_options *options);

/*
 * Are --config and --function right, alone and together? The plugin reads them again and
 * would refuse them too, but only after QEMU was started.
 *
 * Returns 0, or -1 after a message.
 */
int tool_functions_check(const struct tool_options *options);

#endif
