// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * While QEMU runs. The loop waits for what comes out of the pipes, for signals, and for the
 * nearest deadline:
 *
 *   the command's    from QEMU's start to the end of the command; then QEMU gets SIGTERM
 *   the farewell     from the end of the command, or from a signal to QEMU, to QEMU's end; then
 *                    QEMU gets SIGKILL
 *
 * With a shell there are no pipes, and the loop waits for signals alone. Standard input has a
 * thread of its own (input.h), which only says if it fails.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session.h"
#include "zpci/tool/message.h"

#define FAREWELL_MS 10000ll
#define NEVER 0
#define PIPES 3

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ll + time.tv_nsec / 1000000;
}

/* Sends @signal to QEMU, or with 0 nothing, and expects its end from now on. */
static void end_qemu(struct session *session, int signal)
{
	if (session->qemu)
		kill(session->qemu, signal);
	session->command_deadline = NEVER;
	if (session->farewell_deadline == NEVER)
		session->farewell_deadline = now() + FAREWELL_MS;
}

/* --- pipes ----------------------------------------------------------------------------------- */

static void take_console_text(struct session *session, const char *data, size_t length)
{
	size_t i;

	tool_tail_add(session->console_tail, data, length);
	for (i = 0; session->setup->verbose && i < length; i++)
		tool_tail_put(stderr, data[i]);
}

static void sink_failed(struct session *session)
{
	session->sink_failed = true;
	end_qemu(session, SIGTERM);
}

static void take_output(struct session *session, const char *data, size_t length)
{
	if (session->sink_failed)
		return;
	if (tool_stream_feed(&session->stream, data, length))
		sink_failed(session);
	else if (session->stream.state >= TOOL_STREAM_DONE && session->farewell_deadline == NEVER)
		end_qemu(session, 0);
}

static void take_error(struct session *session, const char *data, size_t length)
{
	const struct boot_sink *sink = &session->command->error;

	if (!session->sink_failed && sink->take(sink->opaque, data, length))
		sink_failed(session);
}

static void take_carried(void *opaque, enum tool_carrier_port port, const char *data, size_t length)
{
	struct session *session = opaque;

	if (port == TOOL_CARRIER_CONSOLE) {
		take_console_text(session, data, length);
		return;
	}
	if (!session->carries && !session->setup->quiet)
		tool_note(
			"the guest's kernel has no virtio console: what the command writes comes by "
			"the SCLP console, which is slower, see zpci-kernel(1)");
	session->carries = true;
	if (port == TOOL_CARRIER_OUTPUT)
		take_output(session, data, length);
	else
		take_error(session, data, length);
}

void session_watch_prepare(struct session *session, const char *nonce)
{
	tool_carrier_init(&session->carrier, nonce, take_carried, session);
}

/* The command would take what it got for all. */
static void input_failed(struct session *session)
{
	session->input_failed = true;
	end_qemu(session, SIGTERM);
}

/* Reads once; closes our end at the end of file. Returns whether there may be more. */
static bool take(struct session *session, struct session_pipe *from)
{
	char buffer[16384];
	ssize_t length = read(from->our_end, buffer, sizeof(buffer));

	if (length < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (length <= 0) {
		close(from->our_end);
		from->our_end = -1;
		return false;
	}
	if (from == &session->console)
		tool_carrier_feed(&session->carrier, buffer, length);
	else if (from == &session->error)
		take_error(session, buffer, length);
	else
		take_output(session, buffer, length);
	return true;
}

/*
 * QEMU is gone, and what it wrote is still in the pipe. There may be no end of file: a process
 * that QEMU started can have inherited the other end.
 */
static void drain(struct session *session, struct session_pipe *from)
{
	if (from->our_end < 0)
		return;
	fcntl(from->our_end, F_SETFL, O_NONBLOCK);
	while (take(session, from))
		;
}

/* --- signals and time ------------------------------------------------------------------------ */

static void take_signal(struct session *session)
{
	struct signalfd_siginfo info;
	int status;

	if (read(session->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGCHLD) {
		session->got_signal = info.ssi_signo;
		end_qemu(session, SIGTERM);
		return;
	}
	if (waitpid(session->qemu, &status, WNOHANG) == session->qemu) {
		session->qemu = 0;
		session->wait_status = status;
	}
}

static int milliseconds_left(const struct session *session)
{
	long long deadline = session->farewell_deadline;
	long long left;

	if (deadline == NEVER)
		deadline = session->command_deadline;
	if (deadline == NEVER)
		return -1;
	left = deadline - now();
	return left > 0 ? (int)left + 1 : 0;
}

static void deadline_passed(struct session *session)
{
	if (session->farewell_deadline == NEVER) {
		session->timed_out = true;
		end_qemu(session, SIGTERM);
		return;
	}
	session->killed = true;
	kill(session->qemu, SIGKILL);
	session->farewell_deadline = now() + FAREWELL_MS;
}

void session_watch(struct session *session)
{
	struct session_pipe *const pipes[PIPES] = { &session->console, &session->error,
						    &session->output };
	struct pollfd fds[2 + PIPES] = { { .fd = session->signals, .events = POLLIN } };
	int ready, i;

	if (session->command && session->command->timeout)
		session->command_deadline = now() + session->command->timeout * 1000ll;
	while (session->qemu) {
		for (i = 0; i < PIPES; i++)
			fds[1 + i] = (struct pollfd){ .fd = pipes[i]->our_end, .events = POLLIN };
		fds[1 + PIPES] =
			(struct pollfd){ .fd = session->input_failed ? -1 : session->input.failed,
					 .events = POLLIN };
		ready = poll(fds, 2 + PIPES, milliseconds_left(session));
		if (ready < 0)
			continue;
		for (i = 0; i < PIPES; i++)
			if (fds[1 + i].revents)
				take(session, pipes[i]);
		if (fds[1 + PIPES].revents)
			input_failed(session);
		if (fds[0].revents)
			take_signal(session);
		/* Also if there is always something to take: a guest can print without end. */
		if (session->qemu && !milliseconds_left(session))
			deadline_passed(session);
	}
	for (i = 0; i < PIPES; i++)
		drain(session, pipes[i]);
}
