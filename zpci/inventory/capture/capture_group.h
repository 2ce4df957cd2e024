/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_group.h - a group as a section of a configuration. */
#ifndef ZPCI_INVENTORY_CAPTURE_GROUP_H
#define ZPCI_INVENTORY_CAPTURE_GROUP_H

#include <stdio.h>

#include "captured.h"

/* Write [group pfgid-0xNN]; @first is a function of it, @fd is from clp_open() or negative. */
void capture_group_write(FILE *out, int fd, uint8_t pfgid, const struct captured *first);
/* Write the DMA addresses of a function, which CLP told. */
void capture_group_write_dma(FILE *out, const struct captured *captured);

#endif
