/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * messages.h - what libvirt and QEMU say about zPCI and passed-through functions, and what that
 * means.
 */
#ifndef ZPCI_TOOL_HOST_EXPLAIN_MESSAGES_H
#define ZPCI_TOOL_HOST_EXPLAIN_MESSAGES_H

#include <stddef.h>

#define MESSAGE_VALUES_MAX 3

struct message {
	const char *name;
	/*
	 * An extended regular expression that is found anywhere in a line, in which all quotation
	 * marks are '. It has what translations leave as it is, where that is enough. What is in
	 * parentheses is @values, in this order; a value without a name is not used.
	 */
	const char *pattern;
	const char *values[MESSAGE_VALUES_MAX + 1];
	/*
	 * Sentences. {NAME} is a value, {1} the text that was found for the first one. The name
	 * says what a value is. "uid:8" and "fid:8" are IDs in octal digits, with :10 and :16 in
	 * others, and become uid and fid as Linux writes them. "node" is a node device of
	 * libvirt's, and becomes its address. "guest" becomes GUEST if a command to copy cannot
	 * have the name. Other values are text.
	 */
	const char *happened;
	const char *remedy;
	const char *source; /* which program, of which versions, and its file */
	/* NULL: tests/host/explain-messages.t provokes it from the program. Else why it cannot. */
	const char *untested;
};

extern const struct message messages[];
extern const size_t message_count;

#endif
