/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ebcdic.h - characters as firmware stores them.
 */
#ifndef ZPCI_UTIL_EBCDIC_H
#define ZPCI_UTIL_EBCDIC_H

#include <stdint.h>

#define ZPCI_EBCDIC_BLANK 0x40

/* What is converted: letters, digits, blank and these, which are the same in all EBCDIC code pages.
 * Comma, colon, semicolon and quotation mark would be as well, but separate things where a person
 * writes a function. */
#define ZPCI_EBCDIC_SPECIAL ".<(+&*)-/%_>?'="

/* EBCDIC of @character; 0: it is none of the above. */
uint8_t zpci_ebcdic(char character);

#endif
