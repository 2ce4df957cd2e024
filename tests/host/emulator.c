// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A QEMU for libvirt whose passed-through functions are devices that exist on any machine:
 *
 *	emulator QEMU ARGUMENT...
 *
 * It replaces vfio-pci by virtio-rng-pci, in QEMU's arguments and in the commands (device_add) that
 * libvirt sends to QEMU's monitor, and becomes that QEMU. All else is passed on as it is, so
 * libvirt finds the emulator's capabilities as usual. File descriptors that are sent with a command
 * do not come through.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_SIZE (1 << 20)

static const char vfio[] = "\"driver\":\"vfio-pci\"";
static const char other[] = "\"driver\":\"virtio-rng-pci\"";

static void die(const char *what)
{
	fprintf(stderr, "emulator: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Cuts `"@key":"...",` out. */
static void cut(char *json, const char *key)
{
	char pattern[32];
	char *begin, *end;

	snprintf(pattern, sizeof(pattern), "\"%s\":\"", key);
	begin = strstr(json, pattern);
	end = begin ? strstr(begin, "\",") : NULL;
	if (end)
		memmove(begin, end + 2, strlen(end + 2) + 1);
}

/* Returns JSON, allocated, with the device replaced. */
static char *replace(const char *json)
{
	const char *at = strstr(json, vfio);
	char *result = NULL;

	if (!at)
		result = strdup(json);
	else if (asprintf(&result, "%.*s%s%s", (int)(at - json), json, other,
			  at + sizeof(vfio) - 1) < 0)
		result = NULL;
	if (!result)
		die("out of memory");
	if (at)
		cut(result, "host");
	return result;
}

/* --- the monitor ----------------------------------------------------------------------------- */

static bool write_all(int fd, const char *data, size_t length)
{
	ssize_t written;

	for (; length; data += written, length -= (size_t)written) {
		written = send(fd, data, length, MSG_NOSIGNAL);
		if (written <= 0)
			return false;
	}
	return true;
}

/* Passes libvirt's complete lines on. */
static bool pass_commands(int from, int to)
{
	static char line[LINE_MAX_SIZE + 1];
	static size_t length;
	ssize_t got = read(from, line + length, LINE_MAX_SIZE - length);
	bool passed = true;
	char *end, *json;

	if (got <= 0) {
		length = 0;
		return false;
	}
	length += (size_t)got;
	line[length] = '\0';
	while (passed && (end = strchr(line, '\n'))) {
		*end = '\0';
		json = replace(line);
		passed = write_all(to, json, strlen(json)) && write_all(to, "\n", 1);
		free(json);
		length -= (size_t)(end + 1 - line);
		memmove(line, end + 1, length + 1);
	}
	return passed;
}

static bool pass_answers(int from, int to)
{
	char data[4096];
	ssize_t length = read(from, data, sizeof(data));

	return length > 0 && write_all(to, data, (size_t)length);
}

static void pass(int libvirt, int qemu)
{
	struct pollfd fds[] = { { .fd = libvirt, .events = POLLIN },
				{ .fd = qemu, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			die("poll");
		if (fds[0].revents && !pass_commands(libvirt, qemu))
			return;
		if (fds[1].revents && !pass_answers(qemu, libvirt))
			return;
	}
}

/* Connects libvirt to QEMU, as often as libvirt comes. QEMU's end is ours. */
static void proxy(int listener, const struct sockaddr_un *address, socklen_t size)
{
	int libvirt, qemu;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (;;) {
		libvirt = accept(listener, NULL, NULL);
		qemu = socket(AF_UNIX, SOCK_STREAM, 0);
		if (libvirt < 0 || qemu < 0)
			die("monitor");
		if (connect(qemu, (const struct sockaddr *)address, size))
			die("QEMU's monitor");
		pass(libvirt, qemu);
		close(libvirt);
		close(qemu);
	}
}

/* `socket,id=charmonitor,fd=NUMBER,server=on,...`: a socket of ours instead of libvirt's. */
static char *take_monitor(const char *argument)
{
	static const char begin[] = "socket,id=charmonitor,fd=";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(sa_family_t); /* Linux finds a free abstract name */
	char *rest, *result;
	int listener, ours;

	if (strncmp(argument, begin, strlen(begin)))
		return NULL;
	listener = (int)strtol(argument + strlen(begin), &rest, 10);
	ours = socket(AF_UNIX, SOCK_STREAM, 0);
	if (ours < 0 || bind(ours, (struct sockaddr *)&address, size) || listen(ours, 1))
		die("a socket for the monitor");
	size = sizeof(address);
	getsockname(ours, (struct sockaddr *)&address, &size);
	switch (fork()) {
	case -1:
		die("fork");
		break;
	case 0:
		close(ours);
		proxy(listener, &address, size);
		break;
	default:
		close(listener);
	}
	if (asprintf(&result, "%s%d%s", begin, ours, rest) < 0)
		die("out of memory");
	return result;
}

int main(int argc, char **argv)
{
	char *changed;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: emulator QEMU ARGUMENT...\n");
		return 2;
	}
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i - 1], "-device"))
			argv[i] = replace(argv[i]);
		else if (!strcmp(argv[i - 1], "-chardev") && (changed = take_monitor(argv[i])))
			argv[i] = changed;
	}
	execv(argv[1], argv + 1);
	die(argv[1]);
}
