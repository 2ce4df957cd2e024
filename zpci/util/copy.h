/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.h - copying what a load or store moves: nearly always 1, 2, 4 or 8 bytes, for which a call of
 * memcpy() costs more than the rest of the way. In one access each, too, so that what is read next
 * in the same size need not wait for several.
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
