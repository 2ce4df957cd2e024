/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * configure.h - a kernel gets a .config for s390.
 */
#ifndef ZPCI_TOOL_CONFIGURE_H
#define ZPCI_TOOL_CONFIGURE_H

#include "make.h"

/*
 * Where there is no .config, it becomes that of `make defconfig', with the fragment. If there is
 * one, it must be for s390; with @merge it gets the fragment as well. Options that are new in this
 * source get their defaults, without a question. Returns 0, or -1 after a message.
 */
int kernel_configure(const struct kernel_make *make, bool merge);

#endif
