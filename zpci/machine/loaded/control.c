// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control.c - the control channel: a UNIX socket by which functions come, go and fail while the
 * guest runs.
 *
 *	client -- line --> this file -- zpci_config_command() --> firmware --> events of the guest
 *	       <- answer -
 *
 * Theory of operation. One thread of ours serves a few clients, one command at a time. The
 * configuration knows the commands.
 *
 * A hypervisor may change its folder or its root after the start, as QEMU does with -daemonize and
 * -run-with chroot=. So the socket is removed by a descriptor of its folder.
 *
 * A client must not be able to do more than its commands. A line has a limit; a longer one is
 * thrown away up to its end. A client that does not read its answers is disconnected, so that the
 * others do not wait for it. Only the owner may connect to the socket, since a client can remove
 * functions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "loaded.h"
#include "zpci/config/config.h"
#include "zpci/util/thread.h"

#define CLIENTS 8
#define LATER 1000 /* milliseconds */

struct client {
	int fd;		/* -1: none */
	size_t length;	/* of what is in @line, which has no end yet */
	bool discarded; /* the line was too long; up to its end all is thrown away */
	char line[ZPCI_COMMAND_LINE + 1];
};

struct zpci_control {
	struct zpci_loaded *loaded;
	struct sockaddr_un address;
	int folder; /* where the socket is */
	int listener;
	bool wait; /* no client can be accepted at present */
	int end;   /* readable: the thread ends */
	pthread_t thread;
	struct client clients[CLIENTS];
};

/* --- clients -------------------------------------------------------------------------------- */

static void drop(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

static void answer(struct client *client, const char *text)
{
	size_t length = strlen(text);

	if (send(client->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
		drop(client);
}

static void command(struct zpci_control *control, struct client *client, size_t length)
{
	char *text = zpci_config_command(control->loaded->config, client->line, length);

	answer(client, text ? text : "error: no memory\n");
	free(text);
}

/* Executes the lines that are complete, and keeps the rest. */
static void take_lines(struct zpci_control *control, struct client *client)
{
	char *end;

	while (client->fd >= 0 && (end = memchr(client->line, '\n', client->length))) {
		size_t length = end - client->line;

		if (client->discarded)
			client->discarded = false;
		else
			command(control, client, length);
		client->length -= length + 1;
		memmove(client->line, end + 1, client->length);
	}
	if (client->fd < 0 || client->length < sizeof(client->line))
		return;
	/* The buffer is full, and the line has no end. It is answered now, and only once. */
	if (!client->discarded)
		command(control, client, client->length);
	client->discarded = true;
	client->length = 0;
}

static void receive(struct zpci_control *control, struct client *client)
{
	ssize_t length = recv(client->fd, client->line + client->length,
			      sizeof(client->line) - client->length, MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		drop(client);
		return;
	}
	client->length += length;
	take_lines(control, client);
}

static void welcome(struct zpci_control *control)
{
	struct client one_too_many = { .fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC) };

	if (one_too_many.fd < 0) {
		control->wait = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
		return;
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *client = &control->clients[i];

		if (client->fd >= 0)
			continue;
		client->fd = one_too_many.fd;
		client->length = 0;
		client->discarded = false;
		return;
	}
	answer(&one_too_many, "error: too many clients are connected; end one of them\n");
	if (one_too_many.fd >= 0)
		drop(&one_too_many);
}

/* --- the thread ----------------------------------------------------------------------------- */

/* Without a free descriptor, say, the client that asks stays in the listener, which would be
 * readable all the time. So it is left alone until another client does something, for example
 * leaves, or for a while: nothing tells when a descriptor is free. */
static int await(struct zpci_control *control, struct pollfd polled[CLIENTS + 2])
{
	bool wait = control->wait;

	control->wait = false;
	polled[CLIENTS] = (struct pollfd){ .fd = wait ? -1 : control->listener, .events = POLLIN };
	polled[CLIENTS + 1] = (struct pollfd){ .fd = control->end, .events = POLLIN };
	for (unsigned i = 0; i < CLIENTS; i++)
		polled[i] = (struct pollfd){ .fd = control->clients[i].fd, .events = POLLIN };
	return poll(polled, CLIENTS + 2, wait ? LATER : -1);
}

static void *serve(void *opaque)
{
	struct zpci_control *control = opaque;
	struct pollfd polled[CLIENTS + 2];

	if (control->loaded->thread_begins)
		control->loaded->thread_begins(control->loaded);
	for (;;) {
		if (await(control, polled) < 0)
			continue;
		if (polled[CLIENTS + 1].revents)
			return NULL;
		for (unsigned i = 0; i < CLIENTS; i++)
			if (polled[i].revents)
				receive(control, &control->clients[i]);
		if (polled[CLIENTS].revents)
			welcome(control);
	}
}

/* --- the socket ----------------------------------------------------------------------------- */

/* A socket that nobody listens at is left over from a hypervisor that was killed. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat status;

	if (fd < 0)
		return;
	if (!lstat(address->sun_path, &status) && S_ISSOCK(status.st_mode) &&
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

/* The last part of the path, and the folder that it is in. */
static const char *name_of(const struct zpci_control *control)
{
	const char *slash = strrchr(control->address.sun_path, '/');

	return slash ? slash + 1 : control->address.sun_path;
}

static int open_folder(const struct zpci_control *control)
{
	char path[sizeof(control->address.sun_path) + 1];
	size_t length = (size_t)(name_of(control) - control->address.sun_path);

	memcpy(path, control->address.sun_path, length);
	memcpy(path + length, ".", sizeof("."));
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void remove_socket(const struct zpci_control *control)
{
	unlinkat(control->folder, name_of(control), 0);
}

static int listen_at(struct zpci_control *control)
{
	const struct sockaddr *address = (const struct sockaddr *)&control->address;

	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	control->folder = open_folder(control);
	if (control->listener < 0 || control->folder < 0)
		return -1;
	remove_stale(&control->address);
	if (bind(control->listener, address, sizeof(control->address)))
		return -1;
	/* Nobody can connect before listen(). */
	if (!chmod(control->address.sun_path, 0600) && !listen(control->listener, CLIENTS))
		return 0;
	remove_socket(control);
	return -1;
}

static struct zpci_control *control_new(struct zpci_loaded *loaded)
{
	struct zpci_control *control = calloc(1, sizeof(*control));

	if (!control)
		return NULL;
	control->loaded = loaded;
	control->listener = control->folder = -1;
	control->end = eventfd(0, EFD_CLOEXEC);
	for (unsigned i = 0; i < CLIENTS; i++)
		control->clients[i].fd = -1;
	control->address.sun_family = AF_UNIX;
	strncpy(control->address.sun_path, loaded->control_path,
		sizeof(control->address.sun_path) - 1);
	return control;
}

static void control_free(struct zpci_control *control)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (control->clients[i].fd >= 0)
			close(control->clients[i].fd);
	if (control->listener >= 0)
		close(control->listener);
	if (control->folder >= 0)
		close(control->folder);
	if (control->end >= 0)
		close(control->end);
	free(control);
}

static int refuse(struct zpci_loaded *loaded, const char *why)
{
	zpci_loaded_log(loaded, ZPCI_LOG_ERROR, "%s=%s: %s", loaded->setting[ZPCI_SETTING_CONTROL],
			loaded->control_path, why);
	return -1;
}

int zpci_control_start(struct zpci_loaded *loaded)
{
	const char *path = loaded->control_path;
	struct zpci_control *control;
	char why[128];

	if (!path)
		return 0;
	if (!*path || strlen(path) >= sizeof(control->address.sun_path))
		return refuse(loaded, "a socket's name has 1 to 107 characters; use another");
	control = control_new(loaded);
	if (!control)
		return refuse(loaded, "no memory");
	if (control->end < 0 || listen_at(control)) {
		snprintf(why, sizeof(why), "%s; name a socket that can be made", strerror(errno));
		control_free(control);
		return refuse(loaded, why);
	}
	if (zpci_thread_start(&control->thread, serve, control)) {
		remove_socket(control);
		control_free(control);
		return refuse(loaded,
			      "the host's limit of threads is reached; raise it or end some");
	}
	loaded->control = control;
	return 0;
}

void zpci_control_stop(struct zpci_loaded *loaded)
{
	struct zpci_control *control = loaded->control;
	const uint64_t one = 1;

	if (!control)
		return;
	loaded->control = NULL;
	remove_socket(control);
	if (write(control->end, &one, sizeof(one)) != sizeof(one))
		return; /* never happens; the thread would end with the process */
	pthread_join(control->thread, NULL);
	control_free(control);
}
