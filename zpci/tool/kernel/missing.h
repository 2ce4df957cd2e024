/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * missing.h - what the configuration of a kernel lacks of the fragment, and what that costs.
 */
#ifndef ZPCI_TOOL_MISSING_H
#define ZPCI_TOOL_MISSING_H

#include <stddef.h>

#include "tree.h"

/* Prints a line for each group of options of which some are missing, on standard error. Returns how
 * many options are missing. */
size_t kernel_missing_print(const struct kernel_tree *tree);

#endif
