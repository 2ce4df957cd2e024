// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cancel.h"
#include "input.h"
#include "zpci/tool/message.h"

#define CHUNK (1 << 16)

static bool is_null(const struct stat *file)
{
	struct stat null;

	return S_ISCHR(file->st_mode) && !stat("/dev/null", &null) && file->st_rdev == null.st_rdev;
}

enum tool_input_kind tool_input_look(void)
{
	struct stat file;
	int flags = fcntl(STDIN_FILENO, F_GETFL);

	if (flags < 0 || fstat(STDIN_FILENO, &file) || isatty(STDIN_FILENO) || is_null(&file))
		return TOOL_INPUT_NONE;
	if (S_ISDIR(file.st_mode)) {
		tool_error("standard input is a folder: give the command a file, or </dev/null");
		return TOOL_INPUT_BAD;
	}
	/* Some programs start others with a standard input that is open for writing alone. */
	return (flags & O_ACCMODE) == O_WRONLY ? TOOL_INPUT_NONE : TOOL_INPUT_SOME;
}

int tool_input_prepare(struct tool_input *input)
{
	int fds[2];

	input->failed = eventfd(0, EFD_CLOEXEC);
	if (input->failed >= 0 && !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		input->our_end = fds[0];
		input->qemu_end = fds[1];
		if (!fcntl(input->qemu_end, F_SETFD, 0))
			return 0;
	}
	tool_error("cannot pass on standard input: %s", strerror(errno));
	return -1;
}

/* Returns 0, or -1 if QEMU or the guest takes no more. */
CANCELLABLE static int send_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = send(fd, data, length, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		data += done;
		length -= done;
	}
	return 0;
}

/* Reads once. A pipe that another program has as well may be set not to wait. */
CANCELLABLE static ssize_t read_some(char *buffer)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t length;

	for (;;) {
		length = read(STDIN_FILENO, buffer, CHUNK);
		if (length >= 0 || (errno != EINTR && errno != EAGAIN))
			return length;
		if (errno == EAGAIN)
			poll(&input, 1, -1);
	}
}

/* Returns 0 at the end of the file, or when nobody takes more; -1: a read failed. */
CANCELLABLE static int carry(const struct tool_input *input, char *buffer)
{
	ssize_t length;

	for (;;) {
		length = read_some(buffer);
		if (length <= 0)
			return length ? -1 : 0;
		if (send_all(input->our_end, buffer, length))
			return 0;
	}
}

CANCELLABLE static void *run(void *opaque)
{
	struct tool_input *input = opaque;
	static char buffer[CHUNK];
	char asked;

	if (recv(input->our_end, &asked, 1, 0) != 1)
		return NULL;
	if (!carry(input, buffer)) {
		shutdown(input->our_end, SHUT_WR);
		return NULL;
	}
	input->error = errno;
	eventfd_write(input->failed, 1);
	return NULL;
}

void tool_input_say_failure(const struct tool_input *input)
{
	eventfd_t count;

	eventfd_read(input->failed, &count);
	tool_error("cannot read standard input: %s", strerror(input->error));
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int tool_input_start(struct tool_input *input)
{
	close_end(&input->qemu_end);
	if (input->our_end < 0)
		return 0;
	input->started = !pthread_create(&input->thread, NULL, run, input);
	if (input->started)
		return 0;
	tool_error("cannot pass on standard input: no thread could be made");
	return -1;
}

void tool_input_free(struct tool_input *input)
{
	if (input->started) {
		pthread_cancel(input->thread);
		pthread_join(input->thread, NULL);
		input->started = false;
	}
	close_end(&input->our_end);
	close_end(&input->qemu_end);
	close_end(&input->failed);
}
