/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_MARKUP_H
#define ZPCI_TOOL_MARKUP_H

#include <stdio.h>

/*
 * Text as HTML and XML take it, in element content or in an attribute between double quotes. A
 * control character becomes a question mark.
 */
void tool_put_markup(FILE *to, const char *text);

#endif
