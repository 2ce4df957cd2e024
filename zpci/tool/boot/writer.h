/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_WRITER_H
#define ZPCI_TOOL_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What the command printed, on its way to this process's standard output and standard error.
 *
 * A thread writes it, because a write can wait for ever: nobody may read the pipe, and other
 * programs have it as well, so that it cannot be set not to wait. The caller adds what it has, lets
 * the thread write all of it, in this order, and adds no more before that is done.
 */
struct tool_writer_piece;

struct tool_writer {
	int done; /* becomes readable when all is written: then tool_writer_end(); or -1 */
	bool busy;
	/* private */
	int begin; /* wakes the thread */
	struct tool_writer_piece *first, **end;
	int error; /* an errno, of standard output */
	bool started;
	pthread_t thread;
};

#define TOOL_NO_WRITER                                                                             \
	{                                                                                          \
		.done = -1, .begin = -1                                                            \
	}

/* Returns 0, or -1 after a message. */
int tool_writer_start(struct tool_writer *writer);

/* Keeps @data for @fd. Returns 0, or -1 after a message. */
int tool_writer_add(struct tool_writer *writer, int fd, const char *data, size_t length);

/* Lets the thread write what was added. It is busy then, unless there is nothing. */
void tool_writer_begin(struct tool_writer *writer);

/* It is busy no more. Returns 0, or -1 after a message if standard output could not be written. If
 * standard error cannot, there is no other place to say so. */
int tool_writer_end(struct tool_writer *writer);

/* Ends the thread, even in a write. What is not written yet is dropped. */
void tool_writer_free(struct tool_writer *writer);

#endif
