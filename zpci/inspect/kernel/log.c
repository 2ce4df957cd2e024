// SPDX-License-Identifier: GPL-2.0-or-later
/* log.c - see log.h; Linux Documentation/ABI/testing/dev-kmsg. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

int klog_open(struct problem *problem)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) >= 0)
		return fd;
	problem_set(problem, "/dev/kmsg: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A read gives one message. EPIPE: the kernel overwrote messages that we had not read yet. */
bool klog_next(int fd, char *record, size_t size)
{
	ssize_t n;

	do
		n = read(fd, record, size - 1);
	while (n < 0 && (errno == EPIPE || errno == EINTR));
	if (n <= 0)
		return false;
	record[n] = '\0';
	return true;
}
