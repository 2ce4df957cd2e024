/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.h - copies what a load or store moves. That is nearly always 1, 2, 4 or 8 bytes, for which a
 * call of memcpy() costs more than all the rest. Each of these is one access, so that a read of the
 * same size that follows need not wait for several writes.
 */
#ifndef ZPCI_UTIL_COPY_H
#define ZPCI_UTIL_COPY_H

#include <stddef.h>
#include <string.h>

static inline void zpci_copy(void *to, const void *from, size_t length)
{
	switch (length) {
	case 1:
		memcpy(to, from, 1);
		break;
	case 2:
		memcpy(to, from, 2);
		break;
	case 4:
		memcpy(to, from, 4);
		break;
	case 8:
		memcpy(to, from, 8);
		break;
	default:
		memcpy(to, from, length);
	}
}

#endif
