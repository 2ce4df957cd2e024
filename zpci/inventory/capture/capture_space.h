/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_space.h - the config space of a function, and its IDs and BARs, as keys of a replica. */
#ifndef ZPCI_INVENTORY_CAPTURE_SPACE_H
#define ZPCI_INVENTORY_CAPTURE_SPACE_H

#include <stdio.h>

#include "captured.h"

/* Write the keys. @anonymous: without serial numbers. Returns 0, or -1: no storage. */
int capture_space_write(FILE *out, const struct captured *captured, bool anonymous);

#endif
