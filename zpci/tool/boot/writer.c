// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cancel.h"
#include "writer.h"
#include "zpci/tool/message.h"

struct tool_writer_piece {
	struct tool_writer_piece *next;
	int fd;
	size_t length;
	char data[];
};

/* Returns 0 or an errno. A pipe that another program has as well may be set not to wait. */
CANCELLABLE static int write_all(const struct tool_writer_piece *piece)
{
	struct pollfd room = { .fd = piece->fd, .events = POLLOUT };
	size_t used = 0;
	ssize_t length;

	while (used < piece->length) {
		length = write(piece->fd, piece->data + used, piece->length - used);
		if (length >= 0)
			used += length;
		else if (errno == EAGAIN)
			poll(&room, 1, -1);
		else if (errno != EINTR)
			return errno;
	}
	return 0;
}

CANCELLABLE static void *run(void *opaque)
{
	struct tool_writer *writer = opaque;
	const struct tool_writer_piece *piece;
	eventfd_t count;
	int error;

	for (;;) {
		while (read(writer->begin, &count, sizeof(count)) != sizeof(count))
			;
		for (piece = writer->first; piece; piece = piece->next) {
			error = write_all(piece);
			if (error && piece->fd == STDOUT_FILENO) {
				writer->error = error;
				break;
			}
		}
		eventfd_write(writer->done, 1);
	}
	return NULL;
}

int tool_writer_start(struct tool_writer *writer)
{
	writer->end = &writer->first;
	writer->begin = eventfd(0, EFD_CLOEXEC);
	writer->done = eventfd(0, EFD_CLOEXEC);
	writer->started = writer->begin >= 0 && writer->done >= 0 &&
			  !pthread_create(&writer->thread, NULL, run, writer);
	if (writer->started)
		return 0;
	tool_error("cannot pass on the command's output: no thread could be made");
	return -1;
}

int tool_writer_add(struct tool_writer *writer, int fd, const char *data, size_t length)
{
	struct tool_writer_piece *piece = malloc(sizeof(*piece) + length);

	if (!piece) {
		tool_error("out of memory");
		return -1;
	}
	*piece = (struct tool_writer_piece){ .fd = fd, .length = length };
	memcpy(piece->data, data, length);
	*writer->end = piece;
	writer->end = &piece->next;
	return 0;
}

void tool_writer_begin(struct tool_writer *writer)
{
	writer->busy = writer->first;
	if (writer->busy)
		eventfd_write(writer->begin, 1);
}

static void drop_pieces(struct tool_writer *writer)
{
	struct tool_writer_piece *piece;

	while ((piece = writer->first)) {
		writer->first = piece->next;
		free(piece);
	}
	writer->end = &writer->first;
}

int tool_writer_end(struct tool_writer *writer)
{
	eventfd_t count;

	eventfd_read(writer->done, &count);
	writer->busy = false;
	drop_pieces(writer);
	if (!writer->error)
		return 0;
	tool_error("cannot write the command's output: %s", strerror(writer->error));
	return -1;
}

void tool_writer_free(struct tool_writer *writer)
{
	if (writer->started) {
		pthread_cancel(writer->thread);
		pthread_join(writer->thread, NULL);
		writer->started = false;
	}
	drop_pieces(writer);
	if (writer->begin >= 0)
		close(writer->begin);
	if (writer->done >= 0)
		close(writer->done);
}
