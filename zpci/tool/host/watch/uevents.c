// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uevents.c - see uevents.h
 *
 * The kernel sends an event to group 1 of NETLINK_KOBJECT_UEVENT: "ACTION@DEVPATH", then variables,
 * each with a zero byte at its end (Linux lib/kobject_uevent.c). udev sends its own to group 2.
 * Anybody may send to a socket, but only the kernel has the port 0.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uevents.h"

#define KERNEL_GROUP 1
#define EVENT_MAX 16384 /* the kernel's are 2 KiB and a path */

static const char *const subsystems[] = {
	"pci", "slots", "net", "block", "nvme", "nvme-subsystem", "infiniband",
};

int uevents_open(struct problem *problem)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	problem_set(problem, "events of the kernel: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_of_interest(const char *event, size_t size)
{
	static const char variable[] = "SUBSYSTEM=";
	const char *end = event + size;

	for (; event < end; event += strlen(event) + 1) {
		if (strncmp(event, variable, sizeof(variable) - 1))
			continue;
		for (size_t i = 0; i < sizeof(subsystems) / sizeof(subsystems[0]); i++) {
			if (!strcmp(event + sizeof(variable) - 1, subsystems[i]))
				return true;
		}
	}
	return false;
}

int uevents_take(int fd, struct problem *problem)
{
	char event[EVENT_MAX + 1];
	int rc = 0;

	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(fd, event, EVENT_MAX, 0, (struct sockaddr *)&from, &length);

		if (n < 0 && errno == EAGAIN)
			return rc;
		if (n < 0 && errno == ENOBUFS)
			rc = 1; /* some were lost */
		else if (n < 0 && errno != EINTR)
			return problem_set(problem, "events of the kernel: %s", strerror(errno));
		if (n < 0 || from.nl_pid)
			continue;
		event[n] = '\0';
		if (is_of_interest(event, (size_t)n))
			rc = 1;
	}
}
