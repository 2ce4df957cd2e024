// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

void tool_error(const char *format, ...)
{
	va_list arguments;

	/* What was printed before comes first if both go to one terminal. */
	fflush(stdout);
	fputs("zpci: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
