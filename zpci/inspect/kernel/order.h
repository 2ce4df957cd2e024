/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - integers in ELF and BTF data, which say themselves in which byte order they are. For
 * data whose order is fixed there is <zpci/bytes.h>.
 */
#ifndef INSPECT_ORDER_H
#define INSPECT_ORDER_H

#include <stdbool.h>

#include <zpci/bytes.h>

/* The integer of @size bytes (1 to 8) at @p. */
static inline uint64_t order_get(const void *p, size_t size, bool big_endian)
{
	return big_endian ? zpci_get_be(p, size) : zpci_get_le(p, size);
}

#endif
