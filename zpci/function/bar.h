/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bar.h - loads and stores of a function's BARs.
 */
#ifndef ZPCI_FUNCTION_BAR_H
#define ZPCI_FUNCTION_BAR_H

#include "zpci/function/function.h"

/* With lock held: 0, or -EIO when there is nothing at that place or the device refuses. */
int zpci_bar_read(struct zpci_function *function, unsigned bar, uint64_t offset, void *data,
		  size_t length);
int zpci_bar_write(struct zpci_function *function, unsigned bar, uint64_t offset, const void *data,
		   size_t length);

#endif
