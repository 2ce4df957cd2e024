// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"

#define PROGRESS 512

bool tool_terminal_escapes(FILE *to)
{
	const char *terminal = getenv("TERM");

	return isatty(fileno(to)) && terminal && strcmp(terminal, "dumb") != 0;
}

bool tool_terminal_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR");

	return tool_terminal_escapes(to) && !(no && *no);
}

unsigned int tool_terminal_columns(FILE *to)
{
	struct winsize size;

	return ioctl(fileno(to), TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

static bool shown;

/* A line that fills the width would make some terminals begin the next one. */
void tool_progress(const char *format, ...)
{
	const unsigned int columns = tool_terminal_columns(stderr);
	char line[PROGRESS];
	va_list arguments;
	char *at;

	if (!tool_terminal_escapes(stderr))
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (columns && columns <= strlen(line))
		line[columns - 1] = '\0';
	for (at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
	shown = true;
}

void tool_progress_end(void)
{
	if (!shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	shown = false;
}
