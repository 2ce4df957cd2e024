// SPDX-License-Identifier: GPL-2.0-or-later
/* names.c - see names.h */
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* The place of @name: the first item that is not before it. */
static size_t find(const struct names *names, const char *name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->items[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool names_have(const struct names *names, const char *name)
{
	size_t at = find(names, name);

	return at < names->count && strcmp(names->items[at], name) == 0;
}

/* Room for one more item at @at, which is NULL then. */
static bool make_room(struct names *names, size_t at)
{
	char **items = realloc(names->items, (names->count + 1) * sizeof(*items));

	if (!items)
		return false;
	memmove(items + at + 1, items + at, (names->count - at) * sizeof(*items));
	names->items = items;
	names->count++;
	return true;
}

void names_add(struct names *names, const char *name)
{
	size_t at = find(names, name);
	char *copy;

	if (at < names->count && strcmp(names->items[at], name) == 0)
		return;
	copy = names->count < NAMES_MAX ? strdup(name) : NULL;
	if (!copy || !make_room(names, at)) {
		free(copy);
		names->more = true;
		return;
	}
	names->items[at] = copy;
}

void names_free(struct names *names)
{
	while (names->count)
		free(names->items[--names->count]);
	free(names->items);
	*names = (struct names){ 0 };
}
