// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * While QEMU runs. The loop waits for what comes out of the pipes, for signals, and for the
 * nearest deadline:
 *
 *   the command's    from QEMU's start to the end of the command; then QEMU gets SIGTERM
 *   the farewell     from the end of the command, or from a signal to QEMU, to QEMU's end; then
 *                    QEMU gets SIGKILL
 *   the output's     if a signal or the first deadline ended QEMU: as long as nobody reads the rest
 *
 * With a shell there are no pipes, and the loop waits for signals alone. Standard input and output
 * have threads of their own (input.h, writer.h). While output is written, nothing is read.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session.h"
#include "zpci/tool/message.h"

#define FAREWELL_MS 10000ll
#define OUTPUT_MS 1000ll
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
		session->farewell_deadline = now() + (session->qemu ? FAREWELL_MS : OUTPUT_MS);
}

/* --- pipes ----------------------------------------------------------------------------------- */

static int give(struct session *session, const struct boot_sink *sink, const char *data,
		size_t length)
{
	if (sink->take)
		return sink->take(sink->opaque, data, length);
	return tool_writer_add(&session->writer, sink->file, data, length);
}

static int give_output(void *opaque, const char *data, size_t length)
{
	struct session *session = opaque;

	return give(session, &session->command->output, data, length);
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
	else if (session->stream.state >= TOOL_STREAM_DONE && session->qemu &&
		 session->farewell_deadline == NEVER)
		end_qemu(session, 0);
}

static void take_error(struct session *session, const char *data, size_t length)
{
	if (!session->sink_failed && give(session, &session->command->error, data, length))
		sink_failed(session);
}

static void print_console_text(struct session *session, const char *data, size_t length)
{
	char *text = NULL;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	for (i = 0; to && i < length; i++)
		tool_tail_put(to, data[i]);
	if (to && !fclose(to))
		take_error(session, text, size);
	free(text);
}

static void take_console_text(struct session *session, const char *data, size_t length)
{
	tool_tail_add(session->console_tail, data, length);
	if (session->setup->verbose)
		print_console_text(session, data, length);
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
	tool_stream_init(&session->stream, nonce, give_output, session);
	tool_carrier_init(&session->carrier, nonce, take_carried, session);
}

/* The command would take what it got for all. */
static void input_failed(struct session *session)
{
	tool_input_say_failure(&session->input);
	session->input_failed = true;
	end_qemu(session, SIGTERM);
}

/* Reads once; closes our end at the end of file. */
static void take(struct session *session, struct session_pipe *from)
{
	char buffer[16384];
	ssize_t length = read(from->our_end, buffer, sizeof(buffer));

	if (length < 0 && errno == EINTR)
		return;
	if (length <= 0) {
		close(from->our_end);
		from->our_end = -1;
		return;
	}
	if (from == &session->console)
		tool_carrier_feed(&session->carrier, buffer, length);
	else if (from == &session->error)
		take_error(session, buffer, length);
	else
		take_output(session, buffer, length);
}

/* --- signals and time ------------------------------------------------------------------------ */

/* What is in the pipes is still to be passed on. If the guest ended by itself, nothing hurries. */
static void qemu_ended(struct session *session, int status)
{
	session->qemu = 0;
	session->wait_status = status;
	session->command_deadline = NEVER;
	session->farewell_deadline =
		session->got_signal || session->timed_out ? now() + OUTPUT_MS : NEVER;
}

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
	if (session->qemu && waitpid(session->qemu, &status, WNOHANG) == session->qemu)
		qemu_ended(session, status);
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

/*
 * Waits for something, and takes it. Returns false when QEMU is gone and what it wrote was passed
 * on. There may be no end of file: a process that QEMU started can have inherited the other end.
 */
static bool turn(struct session *session)
{
	struct session_pipe *const pipes[PIPES] = { &session->console, &session->error,
						    &session->output };
	bool busy = session->writer.busy, waits = session->qemu || busy;
	struct pollfd fds[PIPES + 3] = {
		[PIPES] = { .fd = session->signals, .events = POLLIN },
		{ .fd = session->writer.done, .events = POLLIN },
		{ .fd = session->qemu && !session->input_failed ? session->input.failed : -1,
		  .events = POLLIN },
	};
	int ready, i;

	for (i = 0; i < PIPES; i++)
		fds[i] = (struct pollfd){ .fd = busy ? -1 : pipes[i]->our_end, .events = POLLIN };
	ready = poll(fds, PIPES + 3, waits ? milliseconds_left(session) : 0);
	if (ready < 0)
		return true;
	if (!ready && !waits)
		return false;
	for (i = 0; i < PIPES; i++)
		if (fds[i].revents)
			take(session, pipes[i]);
	if (fds[PIPES + 1].revents && tool_writer_end(&session->writer))
		sink_failed(session);
	if (!session->writer.busy)
		tool_writer_begin(&session->writer);
	if (fds[PIPES + 2].revents)
		input_failed(session);
	if (fds[PIPES].revents)
		take_signal(session);
	/* Also if there is always something to take: a guest can print without end. */
	if (milliseconds_left(session))
		return true;
	if (session->qemu)
		deadline_passed(session);
	return session->qemu;
}

void session_watch(struct session *session)
{
	if (session->command && session->command->timeout)
		session->command_deadline = now() + session->command->timeout * 1000ll;
	while (turn(session))
		;
}
