/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - integers whose byte order the data itself states, as ELF and BTF do. Data of a
 * fixed order goes through <zpci/bytes.h> directly.
 */
#ifndef INSPECT_ORDER_H
#define INSPECT_ORDER_H

#include <stdbool.h>

#include <zpci/bytes.h>

/* The integer of SIZE bytes (1 to 8) at P. */
static inline uint64_t order_get(const void *p, size_t size, bool big_endian)
{
	return big_endian ? zpci_get_be(p, size) : zpci_get_le(p, size);
}

#endif
