/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match.h - which message a line has, and what can be said about it. */
#ifndef ZPCI_TOOL_HOST_EXPLAIN_MATCH_H
#define ZPCI_TOOL_HOST_EXPLAIN_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

#define MATCH_TEXT_SIZE 256

/* What was found for one of a message's values. */
struct match_value {
	const char *name; /* without what stands behind the colon; NULL: not found, or not used */
	char found[MATCH_TEXT_SIZE];
	char text[MATCH_TEXT_SIZE]; /* an ID as Linux writes it, an address, or @found */
	bool is_number;
	uint32_t number;
};

struct match {
	const struct message *message;
	struct match_value values[MESSAGE_VALUES_MAX];
};

/* Returns 0, or -1 after a message. */
int match_prepare(void);
void match_release(void);

/* Is a known message in the line? Quotation marks of the line become '. */
bool match_line(struct match *match, char *line);

/* Returns @sentences, of the match's message, with its values; allocated. NULL: no memory. */
char *match_fill(const struct match *match, const char *sentences);

#endif
