/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_INPUT_H
#define ZPCI_TOOL_INPUT_H

#include <pthread.h>
#include <stdbool.h>

/*
 * This process's standard input on its way to the command in the guest.
 *
 * A thread carries it, because a read can wait for ever, and standard input may be any kind of
 * file. It reads nothing before the guest asks for input, by one byte, when the command starts. The
 * end of the file becomes a connection that is shut down for writing. The other direction stays
 * open: if both were closed, QEMU would drop what it has not yet read.
 */
struct tool_input {
	int our_end;  /* -1: there is none */
	int qemu_end; /* of a socket pair; QEMU inherits it */
	int failed;   /* becomes readable if standard input cannot be read; or -1 */
	/* private */
	int error; /* an errno, of standard input */
	bool started;
	pthread_t thread;
};

#define TOOL_NO_INPUT                                                                              \
	{                                                                                          \
		.our_end = -1, .qemu_end = -1, .failed = -1                                        \
	}

enum tool_input_kind {
	TOOL_INPUT_NONE, /* a terminal, /dev/null, or closed */
	TOOL_INPUT_SOME,
	TOOL_INPUT_BAD, /* a message was printed */
};

/* Has this process a standard input that is meant for a command? */
enum tool_input_kind tool_input_look(void);

/* Makes the socket pair. Returns 0, or -1 after a message. */
int tool_input_prepare(struct tool_input *input);

/* QEMU runs: closes its end, and starts the thread. Returns 0, or -1 after a message. */
int tool_input_start(struct tool_input *input);

/* Prints why standard input cannot be read. @failed is readable. */
void tool_input_say_failure(const struct tool_input *input);

/* Ends the thread, whatever it waits for, and closes everything. */
void tool_input_free(struct tool_input *input);

#endif
