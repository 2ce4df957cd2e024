// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "terminal.h"

/* A name in it can have control characters, which would change the terminal or fake a line. */
static void print(const char *format, va_list arguments)
{
	char *text, *at;

	if (vasprintf(&text, format, arguments) < 0) {
		fputs("out of memory", stderr);
		return;
	}
	for (at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	fputs(text, stderr);
	free(text);
}

static void print_line(const char *format, va_list arguments)
{
	/* What was printed before comes first if both go to one terminal. */
	fflush(stdout);
	tool_progress_end();
	fputs("zpci: ", stderr);
	print(format, arguments);
	fputc('\n', stderr);
}

void tool_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
}

void tool_note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
}
