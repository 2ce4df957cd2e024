// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - see table.h */
#define _GNU_SOURCE 1

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static char printable(char character)
{
	return character >= ' ' && character <= '~' ? character : '?';
}

void table_put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(printable(*text), out);
}

static void add(struct table *table, char *text)
{
	char **cells = realloc(table->cells, (table->count + 1) * sizeof(*cells));

	if (cells)
		table->cells = cells;
	if (!cells || !text) {
		free(text);
		table->failed = 1;
		return;
	}
	for (char *at = text; *at; at++)
		*at = printable(*at);
	cells[table->count++] = text;
}

void table_start(struct table *table, const char *titles)
{
	*table = (struct table){ 0 };
	while (*titles) {
		size_t length = strcspn(titles, "\n");

		add(table, strndup(titles, length));
		table->columns++;
		titles += length;
		titles += *titles == '\n';
	}
}

void table_add(struct table *table, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (text && !*text) {
		free(text);
		text = strdup("-");
	}
	add(table, text);
}

static size_t width(const struct table *table, size_t column)
{
	size_t most = 0;

	for (size_t i = column; i < table->count; i += table->columns) {
		size_t length = strlen(table->cells[i]);

		if (length > most)
			most = length;
	}
	return most;
}

int table_print(const struct table *table, FILE *out)
{
	size_t *widths = calloc(table->columns + 1, sizeof(*widths));

	if (!widths || table->failed) {
		free(widths);
		return -1;
	}
	for (size_t column = 0; column + 1 < table->columns; column++)
		widths[column] = width(table, column);
	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;

		fprintf(out, "%-*s%s", (int)widths[column], table->cells[i],
			column + 1 < table->columns ? "  " : "\n");
	}
	free(widths);
	return 0;
}

void table_free(struct table *table)
{
	while (table->count)
		free(table->cells[--table->count]);
	free(table->cells);
	*table = (struct table){ 0 };
}
