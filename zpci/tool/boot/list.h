/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_LIST_H
#define ZPCI_TOOL_LIST_H

#include <stddef.h>

/*
 * A list of strings that owns them and that ends in NULL, as execv() takes it. A failed
 * allocation is remembered in `failed`; the caller looks once, at the end.
 */
struct tool_list {
	char **items;
	size_t count;
	int failed;
};

void tool_list_add(struct tool_list *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void tool_list_free(struct tool_list *list);

#endif
