// SPDX-License-Identifier: GPL-2.0-or-later
#include "tail.h"

void tool_tail_add(struct tool_tail *tail, const char *data, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		tail->data[tail->next++] = data[i];
		if (tail->next == sizeof(tail->data)) {
			tail->next = 0;
			tail->wrapped = true;
		}
	}
}

bool tool_tail_is_empty(const struct tool_tail *tail)
{
	return !tail->next && !tail->wrapped;
}

void tool_tail_put(FILE *to, char byte)
{
	if (byte == '\r')
		return;
	if ((byte >= ' ' && byte <= '~') || byte == '\n' || byte == '\t')
		putc(byte, to);
	else
		putc('?', to);
}

static char at(const struct tool_tail *tail, size_t index)
{
	size_t oldest = tail->wrapped ? tail->next : 0;

	return tail->data[(oldest + index) % sizeof(tail->data)];
}

void tool_tail_print(const struct tool_tail *tail, FILE *to, unsigned int lines, const char *prefix)
{
	size_t size = tail->wrapped ? sizeof(tail->data) : tail->next;
	int line_begins = 1;
	size_t begin, i;

	while (size && (at(tail, size - 1) == '\n' || at(tail, size - 1) == '\r'))
		size--;
	for (begin = size; begin; begin--)
		if (at(tail, begin - 1) == '\n' && !--lines)
			break;
	for (i = begin; i < size; i++) {
		if (line_begins)
			fputs(prefix, to);
		tool_tail_put(to, at(tail, i));
		line_begins = at(tail, i) == '\n';
	}
	if (size)
		putc('\n', to);
}
