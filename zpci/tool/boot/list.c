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
	char *item;
	int length;

	if (!items) {
		list->failed = 1;
		return;
	}
	list->items = items;
	va_start(arguments, format);
	length = vasprintf(&item, format, arguments);
	va_end(arguments);
	if (length < 0) {
		list->failed = 1;
		item = NULL;
	} else {
		list->count++;
	}
	items[list->count - !!item] = item;
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
