/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * id.h - reads the IDs of functions and adapters: FID, UID, PCHID.
 *
 * Linux prints them in hexadecimal, with 0x (sysfs) and without (names of slots, PCI domains). So
 * wherever a person writes an ID to us it is hexadecimal, with 0x or without.
 */
#ifndef ZPCI_UTIL_ID_H
#define ZPCI_UTIL_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ZPCI_ID_NOTATION "hexadecimal, with or without 0x"

/* False: @text is something else, or above @max. */
static inline bool zpci_id_read(const char *text, uint32_t max, uint32_t *id)
{
	unsigned long value;
	size_t digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	/* Zeros in front do not count, but one digit is needed. */
	while (text[0] == '0' && text[1])
		text++;
	digits = strspn(text, "0123456789abcdefABCDEF");
	if (!digits || digits > 8 || text[digits])
		return false;
	value = strtoul(text, NULL, 16);
	*id = (uint32_t)value;
	return value <= max;
}

#endif
