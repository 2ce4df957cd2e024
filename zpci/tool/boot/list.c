// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "list.h"

void tool_list_add(struct tool_list *list, const char *format, ...)
{
	char **items = realloc(list->items, (list->count + 2) * sizeof(*items));
	va_list arguments;

	if (!items) {
		list->failed = 1;
		return;
	}
	list->items = items;
	va_start(arguments, format);
	if (vasprintf(&items[list->count], format, arguments) < 0)
		list->failed = 1;
	else
		list->count++;
	va_end(arguments);
	items[list->count] = NULL;
}

void tool_list_free(struct tool_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct tool_list){ 0 };
}
