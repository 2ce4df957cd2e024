/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One guest, from QEMU's start to its end.
 *
 * With a command, three pipes come from QEMU: the console of the guest's kernel, of which the
 * last lines are kept, and two virtio ports, one with the command's output in a frame
 * (stream.h), one with what it writes to standard error. The loop waits for these, for
 * signals, and for the nearest deadline:
 *
 *   the command's    --timeout, from QEMU's start to the end record
 *   the farewell     from the end record, or from a signal that we passed on, to QEMU's end;
 *                    after it QEMU is killed
 *
 * Without a command QEMU has the terminal, with the guest's console on it (^A x ends), and
 * the loop waits for signals alone.
 *
 * QEMU ends before the tool returns, always: normally because the guest powers off, or by
 * our signal, or by the kernel when the tool itself is killed (process.h). Nothing is
 * written to a file, but by QEMU if $ZPCI_CONSOLE names one.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "archive.h"
#include "boot.h"
#include "list.h"
#include "paths.h"
#include "process.h"
#include "qemu.h"
#include "stream.h"
#include "tail.h"
#include "zpci/tool/functions.h"
#include "zpci/tool/message.h"

#define FAREWELL_SECONDS 10
#define CONSOLE_LINES 24
#define NEVER 0

struct guest {
	const struct tool_options *options;
	struct tool_paths paths;
	struct tool_list arguments;
	struct tool_stream stream;
	struct tool_tail tail;
	int initrd;	/* memfd, or -1 */
	int console[2]; /* pipes: our end, QEMU's end; -1 without a command */
	int output[2];
	int error[2];
	int signals; /* signalfd */
	pid_t qemu;  /* 0: not running */
	int wait_status;
	int got_signal;
	bool timed_out;
	bool killed; /* by us, after the farewell */
	bool write_failed;
	long long command_deadline; /* milliseconds of the monotonic clock, or NEVER */
	long long farewell_deadline;
};

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ll + time.tv_nsec / 1000000;
}

static int write_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, data, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		data += done;
		length -= done;
	}
	return 0;
}

static int write_output(void *argument, const char *data, size_t length)
{
	struct guest *guest = argument;

	if (!write_all(STDOUT_FILENO, data, length))
		return 0;
	tool_error("cannot write the command's output: %s", strerror(errno));
	guest->write_failed = true;
	return -1;
}

/* --- preparing --------------------------------------------------------------------------- */

static int draw_nonce(char nonce[TOOL_NONCE_SIZE])
{
	unsigned char bytes[(TOOL_NONCE_SIZE - 1) / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		tool_error("no random numbers: %s", strerror(errno));
		return -1;
	}
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* Our end is not inherited, QEMU's is. */
static int make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) || fcntl(ends[1], F_SETFD, 0)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int prepare_command(struct guest *guest, const char *command)
{
	char nonce[TOOL_NONCE_SIZE];

	if (draw_nonce(nonce))
		return -1;
	guest->initrd = tool_archive_make(guest->paths.initrd, command, nonce);
	if (guest->initrd < 0 || make_pipe(guest->console) || make_pipe(guest->output) ||
	    make_pipe(guest->error))
		return -1;
	tool_stream_init(&guest->stream, nonce, write_output, guest);
	return 0;
}

static void add_pipe(struct tool_list *list, const char *name, const int ends[2])
{
	tool_list_add(list, "-chardev");
	tool_list_add(list, "file,id=zpci-%s,path=/dev/fd/%d", name, ends[1]);
}

static void add_port(struct tool_list *list, const char *name)
{
	tool_list_add(list, "-device");
	tool_list_add(list, "virtserialport,chardev=zpci-%s,name=org.zpci.%s", name, name);
}

static void add_command_devices(struct guest *guest)
{
	struct tool_list *list = &guest->arguments;

	char console[32];

	snprintf(console, sizeof(console), "file,path=/dev/fd/%d", guest->console[1]);
	tool_qemu_add_console(list, console);
	add_pipe(list, "output", guest->output);
	add_pipe(list, "error", guest->error);
	tool_list_add(list, "-device");
	tool_list_add(list, "virtio-serial-ccw");
	add_port(list, "output");
	add_port(list, "error");
}

static int prepare_arguments(struct guest *guest, bool command)
{
	char path[32];
	size_t i;

	snprintf(path, sizeof(path), "/dev/fd/%d", guest->initrd);
	tool_qemu_arguments(&guest->arguments, guest->options, &guest->paths,
			    command ? path : guest->paths.initrd);
	if (command)
		add_command_devices(guest);
	else
		tool_qemu_add_console(&guest->arguments, "stdio,mux=on,signal=off");
	tool_qemu_add_rest(&guest->arguments, guest->options);
	if (guest->arguments.failed) {
		tool_error("out of memory");
		return -1;
	}
	for (i = 0; guest->options->verbose && i < guest->arguments.count; i++)
		fprintf(stderr, "%s%c", guest->arguments.items[i],
			i + 1 < guest->arguments.count ? ' ' : '\n');
	return 0;
}

static int prepare_signals(struct guest *guest)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	guest->signals = sigprocmask(SIG_BLOCK, &set, NULL) ? -1 : signalfd(-1, &set, SFD_CLOEXEC);
	if (guest->signals < 0)
		tool_error("cannot wait for signals: %s", strerror(errno));
	return guest->signals < 0 ? -1 : 0;
}

static int prepare(struct guest *guest, const char *command)
{
	if (tool_functions_check(guest->options) ||
	    tool_paths_find(&guest->paths, guest->options) || tool_qemu_check(guest->paths.qemu))
		return -1;
	if (!command && !isatty(STDIN_FILENO)) {
		tool_error(
			"standard input is no terminal, which a shell needs: use --exec COMMAND");
		return -1;
	}
	if (command && prepare_command(guest, command))
		return -1;
	return prepare_arguments(guest, command) || prepare_signals(guest) ? -1 : 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(struct guest *guest, bool command)
{
	struct tool_stdio stdio = { .in = -1, .out = STDERR_FILENO, .err = STDERR_FILENO };
	pid_t qemu;

	if (!command) {
		stdio.in = STDIN_FILENO;
		stdio.out = STDOUT_FILENO;
	}
	qemu = tool_process_start(guest->arguments.items, &stdio);
	close_end(&guest->console[1]);
	close_end(&guest->output[1]);
	close_end(&guest->error[1]);
	close_end(&guest->initrd);
	if (qemu < 0)
		return -1;
	guest->qemu = qemu;
	if (command && guest->options->timeout)
		guest->command_deadline = now() + guest->options->timeout * 1000ll;
	return 0;
}

/* --- running ----------------------------------------------------------------------------- */

static void end_qemu(struct guest *guest, int signal)
{
	if (guest->qemu)
		kill(guest->qemu, signal);
	guest->command_deadline = NEVER;
	if (guest->farewell_deadline == NEVER)
		guest->farewell_deadline = now() + FAREWELL_SECONDS * 1000ll;
}

static void take_console(struct guest *guest, const char *data, size_t length)
{
	size_t i;

	tool_tail_add(&guest->tail, data, length);
	for (i = 0; guest->options->verbose && i < length; i++)
		tool_tail_put(stderr, data[i]);
}

static void take_output(struct guest *guest, const char *data, size_t length)
{
	if (guest->write_failed)
		return;
	if (tool_stream_feed(&guest->stream, data, length))
		end_qemu(guest, SIGTERM);
	else if (guest->stream.state >= TOOL_STREAM_DONE && guest->farewell_deadline == NEVER)
		end_qemu(guest, 0);
}

/* Reads once; closes our end at the end of file. Returns whether there was something. */
static bool take(struct guest *guest, int *fd)
{
	char buffer[16384];
	ssize_t length = read(*fd, buffer, sizeof(buffer));

	if (length < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (length <= 0) {
		close_end(fd);
		return false;
	}
	if (fd == &guest->console[0])
		take_console(guest, buffer, length);
	else if (fd == &guest->error[0])
		write_all(STDERR_FILENO, buffer, length); /* if it fails: nowhere to say so */
	else
		take_output(guest, buffer, length);
	return true;
}

/* QEMU is gone: what it wrote is still in the pipes, whoever else may hold their ends. */
static void drain(struct guest *guest, int *fd)
{
	if (*fd < 0)
		return;
	fcntl(*fd, F_SETFL, O_NONBLOCK);
	while (take(guest, fd))
		;
}

static void take_signal(struct guest *guest)
{
	struct signalfd_siginfo info;
	int status;

	if (read(guest->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGCHLD) {
		guest->got_signal = info.ssi_signo;
		end_qemu(guest, SIGTERM);
		return;
	}
	if (waitpid(guest->qemu, &status, WNOHANG) == guest->qemu) {
		guest->qemu = 0;
		guest->wait_status = status;
	}
}

static int milliseconds_left(const struct guest *guest)
{
	long long deadline = guest->farewell_deadline;
	long long left;

	if (deadline == NEVER)
		deadline = guest->command_deadline;
	if (deadline == NEVER)
		return -1;
	left = deadline - now();
	return left > 0 ? (int)left + 1 : 0;
}

static void deadline_passed(struct guest *guest)
{
	if (guest->farewell_deadline == NEVER) {
		guest->timed_out = true;
		end_qemu(guest, SIGTERM);
	} else if (guest->killed) {
		guest->farewell_deadline = now() + FAREWELL_SECONDS * 1000ll;
	} else {
		guest->killed = true;
		kill(guest->qemu, SIGKILL);
		guest->farewell_deadline = now() + FAREWELL_SECONDS * 1000ll;
	}
}

static void loop(struct guest *guest)
{
	int *const ends[] = { &guest->console[0], &guest->error[0], &guest->output[0] };
	struct pollfd fds[4] = { { .fd = guest->signals, .events = POLLIN } };
	int ready, i;

	while (guest->qemu) {
		for (i = 0; i < 3; i++)
			fds[i + 1] = (struct pollfd){ .fd = *ends[i], .events = POLLIN };
		ready = poll(fds, 4, milliseconds_left(guest));
		if (ready < 0)
			continue;
		if (!ready) {
			deadline_passed(guest);
			continue;
		}
		for (i = 0; i < 3; i++)
			if (fds[i + 1].revents)
				take(guest, ends[i]);
		if (fds[0].revents)
			take_signal(guest);
	}
	for (i = 0; i < 3; i++)
		drain(guest, ends[i]);
}

/* --- the end ----------------------------------------------------------------------------- */

static void print_console(const struct guest *guest)
{
	if (!guest->tail.next && !guest->tail.wrapped) {
		tool_error("the guest's console stayed empty");
		return;
	}
	tool_error("last lines of the guest's console:");
	tool_tail_print(&guest->tail, stderr, CONSOLE_LINES, "  | ");
}

static int report_command(struct guest *guest)
{
	char end[64];

	tool_process_end(guest->wait_status, end, sizeof(end));
	if (guest->write_failed)
		return TOOL_EXIT_FAILURE;
	if (guest->timed_out) {
		tool_error("the command did not end in %u seconds; QEMU %s",
			   guest->options->timeout, end);
		print_console(guest);
		return TOOL_EXIT_TIMEOUT;
	}
	if (guest->stream.state == TOOL_STREAM_DONE && !guest->wait_status)
		return guest->stream.status;
	if (guest->stream.state == TOOL_STREAM_DONE && guest->killed) {
		tool_error("the guest did not power off, QEMU was killed");
		return guest->stream.status;
	}
	if (guest->stream.state == TOOL_STREAM_DONE)
		tool_error("the command ended with status %d, but then QEMU %s",
			   guest->stream.status, end);
	else if (guest->stream.state == TOOL_STREAM_BROKEN)
		tool_error("the guest sent an end record without a valid status; QEMU %s", end);
	else
		tool_error("the guest ended before the command %s; QEMU %s",
			   guest->stream.state == TOOL_STREAM_BEFORE ? "started" : "did", end);
	print_console(guest);
	return TOOL_EXIT_FAILURE;
}

static int report_shell(const struct guest *guest)
{
	char end[64];

	if (!guest->wait_status)
		return 0;
	tool_error("QEMU %s", tool_process_end(guest->wait_status, end, sizeof(end)));
	return TOOL_EXIT_FAILURE;
}

static void guest_free(struct guest *guest)
{
	close_end(&guest->console[0]);
	close_end(&guest->console[1]);
	close_end(&guest->output[0]);
	close_end(&guest->output[1]);
	close_end(&guest->error[0]);
	close_end(&guest->error[1]);
	close_end(&guest->initrd);
	close_end(&guest->signals);
	tool_list_free(&guest->arguments);
	tool_paths_free(&guest->paths);
}

/* Ends as the signal would have ended us, now that QEMU is gone. */
static void die_by(int signal_number)
{
	sigset_t set;

	signal(signal_number, SIG_DFL);
	raise(signal_number);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int tool_guest_run(const struct tool_options *options, const char *command)
{
	struct guest guest = {
		.options = options,
		.initrd = -1,
		.console = { -1, -1 },
		.output = { -1, -1 },
		.error = { -1, -1 },
		.signals = -1,
	};
	int status = TOOL_EXIT_FAILURE;
	struct termios terminal;
	bool have_terminal;

	if (prepare(&guest, command)) {
		guest_free(&guest);
		return status;
	}
	/* QEMU puts the terminal back itself, unless it is killed. */
	have_terminal = !command && !tcgetattr(STDIN_FILENO, &terminal);
	if (!start(&guest, command)) {
		loop(&guest);
		if (have_terminal)
			tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
		if (guest.got_signal)
			die_by(guest.got_signal);
		status = command ? report_command(&guest) : report_shell(&guest);
	}
	guest_free(&guest);
	return status;
}
