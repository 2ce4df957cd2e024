// SPDX-License-Identifier: GPL-2.0-or-later
/* Text in HTML and XML. */
#include "markup.h"

void tool_put_markup(FILE *to, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			/* XML 1.0 has no notation for most control characters. */
			fputc((unsigned char)*text < ' ' ? '?' : *text, to);
		}
	}
}
