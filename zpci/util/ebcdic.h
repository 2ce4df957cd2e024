/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ebcdic.h - characters as firmware stores them.
 */
#ifndef ZPCI_UTIL_EBCDIC_H
#define ZPCI_UTIL_EBCDIC_H

#include <stdint.h>

#define ZPCI_EBCDIC_BLANK 0x40

/* Letters, digits, blank and these are converted, which are the same in all EBCDIC code pages.
 * Comma, colon, semicolon and quotation mark are the same in all code pages, too, but they separate
 * things in a configuration. */
#define ZPCI_EBCDIC_SPECIAL ".<(+&*)-/%_>?'="

/* EBCDIC of @character; 0: it cannot be converted. */
uint8_t zpci_ebcdic(char character);

/* The character of the EBCDIC code @code: one of those, or of the four separators above; 0: it is
 * none that is the same in all code pages. */
char zpci_from_ebcdic(uint8_t code);

#endif
