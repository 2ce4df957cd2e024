// SPDX-License-Identifier: GPL-2.0-or-later
/* waiting.c - see waiting.h */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <libvirt/libvirt.h>

#include "zpci/tool/host/guests/libvirt.h"
#include "waiting.h"
#include "zpci/tool/message.h"

/* A line of progress on a terminal each second, elsewhere less often. */
#define PROGRESS_SECONDS 5

static void on_signal(int watch, int fd, int events, void *opaque)
{
	struct waiting *waiting = opaque;
	struct signalfd_siginfo info;

	(void)watch;
	(void)events;
	while (read(fd, &info, sizeof(info)) == sizeof(info))
		waiting->interrupted = true;
}

/* The loop returns after each event, and a tick is one. */
static void on_tick(int timer, void *opaque)
{
	(void)timer;
	(void)opaque;
}

static sigset_t signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

int waiting_begin(struct waiting *waiting)
{
	sigset_t set = signals();

	*waiting = (struct waiting){ .signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) };
	if (waiting->signals < 0) {
		tool_error("cannot wait for signals: %s", strerror(errno));
		return -1;
	}
	waiting->watch = waiting->timer = -1;
	if (!virEventRegisterDefaultImpl()) {
		waiting->watch = virEventAddHandle(waiting->signals, VIR_EVENT_HANDLE_READABLE,
						   on_signal, waiting, NULL);
		waiting->timer = virEventAddTimeout(1000, on_tick, waiting, NULL);
	}
	if (waiting->watch >= 0 && waiting->timer >= 0)
		return 0;
	tool_error("libvirt gives no events: %s", host_libvirt_message());
	waiting_end(waiting);
	return -1;
}

void waiting_guard(void)
{
	sigset_t set = signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

void waiting_end(struct waiting *waiting)
{
	if (waiting->signals < 0)
		return;
	if (waiting->watch >= 0)
		virEventRemoveHandle(waiting->watch);
	if (waiting->timer >= 0)
		virEventRemoveTimeout(waiting->timer);
	close(waiting->signals);
	waiting->signals = -1;
}

bool waiting_was_interrupted(struct waiting *waiting)
{
	bool interrupted;

	on_signal(waiting->watch, waiting->signals, 0, waiting);
	interrupted = waiting->interrupted;
	waiting->interrupted = false;
	return interrupted;
}

static unsigned int seconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)(now.tv_sec - begin->tv_sec - (now.tv_nsec < begin->tv_nsec));
}

static void show(const char *what, unsigned int elapsed, unsigned int seconds, unsigned int *shown)
{
	bool terminal = isatty(STDERR_FILENO);

	if (elapsed == *shown || (!terminal && elapsed % PROGRESS_SECONDS))
		return;
	*shown = elapsed;
	fprintf(stderr, "%swaiting for %s: %u of %u s%s", terminal ? "\r" : "", what, elapsed,
		seconds, terminal ? "" : "\n");
}

void waiting_start(struct waiting *waiting)
{
	clock_gettime(CLOCK_MONOTONIC, &waiting->begin);
}

enum waiting_end waiting_until(struct waiting *waiting, bool (*done)(void *opaque), void *opaque,
			       unsigned int seconds, const char *what)
{
	enum waiting_end end = WAITING_DONE;
	unsigned int elapsed, shown = 0;

	while (!done(opaque)) {
		elapsed = seconds_since(&waiting->begin);
		if (waiting->lost)
			end = WAITING_LOST;
		else if (waiting_was_interrupted(waiting))
			end = WAITING_INTERRUPTED;
		else if (elapsed >= seconds)
			end = WAITING_LATE;
		if (end != WAITING_DONE)
			break;
		show(what, elapsed, seconds, &shown);
		virEventRunDefaultImpl();
	}
	if (shown && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return end;
}
