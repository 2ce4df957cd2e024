// SPDX-License-Identifier: GPL-2.0-or-later
/* stop.c - see stop.h. The signal mask belongs to the process: hence the static variables. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/signalfd.h>

#include "clock.h"
#include "stop.h"

static int signal_fd = -1;
static sigset_t old_mask;

int stop_init(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	signal(SIGPIPE, SIG_IGN); /* if our reader ends, we see an error of write() */
	if (sigprocmask(SIG_BLOCK, &set, &old_mask))
		return -1;
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd < 0 ? -1 : 0;
}

void stop_undo(void)
{
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
}

bool stop_requested(void)
{
	/* Nobody reads the signal from the descriptor, so that it stays pending. */
	struct pollfd p = { .fd = signal_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static int64_t now_ms(void)
{
	return (int64_t)(clock_nanoseconds() / 1000000);
}

int stop_wait(int fd, int timeout)
{
	struct pollfd p[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int64_t end = now_ms() + timeout;
	int n;

	for (;;) {
		int64_t left = timeout < 0 ? -1 : end - now_ms();

		n = poll(p, 2, timeout < 0 ? -1 : left > 0 ? (int)left : 0);
		if (n >= 0 || errno != EINTR)
			break;
	}
	if (n < 0 || p[0].revents)
		return -1;
	return n > 0;
}
