// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * channel.c - see channel.h
 *
 * The other end can be any socket, so that nothing of it is believed: neither that it answers, nor
 * that it ends a line, nor what is in the line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel.h"
#include "zpci/tool/message.h"

#define WAIT 30 /* seconds */
/* The FIDs of as many functions as there can be have less. */
#define ANSWER_MAX 65536

struct ctl_channel {
	int fd;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	char answer[ANSWER_MAX];
};

struct ctl_channel *ctl_channel_open(const char *path)
{
	const struct timeval limit = { .tv_sec = WAIT };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ctl_channel *channel = calloc(1, sizeof(*channel));

	if (!channel) {
		tool_error("out of memory");
		return NULL;
	}
	channel->fd = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
	} else {
		strcpy(address.sun_path, path);
		strcpy(channel->path, path);
		channel->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	}
	if (channel->fd >= 0 &&
	    !setsockopt(channel->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) &&
	    !setsockopt(channel->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) &&
	    !connect(channel->fd, (const struct sockaddr *)&address, sizeof(address)))
		return channel;
	tool_error("control socket %s: %s; does its guest run?", path, strerror(errno));
	ctl_channel_close(channel);
	return NULL;
}

void ctl_channel_close(struct ctl_channel *channel)
{
	if (!channel)
		return;
	if (channel->fd >= 0)
		close(channel->fd);
	free(channel);
}

static int send_all(struct ctl_channel *channel, const char *text, size_t length)
{
	while (length) {
		ssize_t sent = send(channel->fd, text, length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return -1;
		text += sent;
		length -= (size_t)sent;
	}
	return 0;
}

/* One line, without its end. Returns NULL, or why there is none. */
static const char *receive(struct ctl_channel *channel)
{
	size_t length = 0;
	char *end = NULL;

	while (!end) {
		ssize_t got = recv(channel->fd, channel->answer + length,
				   sizeof(channel->answer) - length, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? "no answer in 30 seconds; is QEMU stopped?"
					       : strerror(errno);
		if (!got)
			return length < sizeof(channel->answer)
				       ? "it was closed; did the guest end?"
				       : "an answer without an end";
		end = memchr(channel->answer + length, '\n', (size_t)got);
		length += (size_t)got;
	}
	*end = '\0';
	return NULL;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

char *ctl_channel_ask(struct ctl_channel *channel, const char *line, bool *refused)
{
	const char *problem = NULL;
	char *answer = channel->answer;

	/* One client too many is told so and disconnected, before it has sent anything. */
	if ((send_all(channel, line, strlen(line)) || send_all(channel, "\n", 1)) && errno != EPIPE)
		problem = strerror(errno);
	if (!problem)
		problem = receive(channel);
	if (problem) {
		tool_error("control socket %s: %s", channel->path, problem);
		return NULL;
	}
	*refused = !strncmp(answer, "error: ", 7);
	if (is_printable(answer) && *refused)
		return answer + 7;
	if (is_printable(answer) && !strncmp(answer, "ok", 2) && (!answer[2] || answer[2] == ' '))
		return answer + 2 + (answer[2] == ' ');
	tool_error("control socket %s: what answers is no control channel of zpci's",
		   channel->path);
	return NULL;
}
