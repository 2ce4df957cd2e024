// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.c - process 1 of the KVM host that `zpci-lab kvm' boots: runs one command, and writes what
 * it says to a tape.
 *
 * Linux's only console on Hercules shows one line in 150 ms and loses others. So everything goes to
 * a tape drive (0.0.0580), whose tape is a file that the lab reads while it grows. Each block is
 * one byte that says what it is, and bytes:
 *
 *	o   standard output of the command
 *	e   its standard error
 *	k   messages of the kernel, as /dev/kmsg has them
 *	s   the last block: the exit status as the shell counts it, in decimal
 *
 * /zpci/command is the command and its arguments, each ended by a NUL. The command is a child that
 * is executed by a process of user space: Linux gives the page tables that KVM needs to such a
 * program if it was linked with --s390-pgste, and never to process 1.
 *
 * After the last block the lab ends Hercules, and so there is no way to power off here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRIVE "/sys/bus/ccw/devices/0.0.0580/online"
#define TAPE "/dev/ntibm0"
#define COMMAND "/zpci/command"

/* A block on the tape has at most 65,535 bytes. */
#define BLOCK 32768

static int tape = -1;

/* Ends the run by a panic of the kernel, whose last lines the lab prints. */
static void fail(const char *what)
{
	FILE *console = fopen("/dev/console", "w");

	if (console) {
		fprintf(console, "zpci: %s: %s\n", what, strerror(errno));
		fclose(console);
	}
	_exit(1);
}

static void put(char kind, const char *bytes, size_t count)
{
	static char block[1 + BLOCK];

	block[0] = kind;
	memcpy(block + 1, bytes, count);
	if (write(tape, block, count + 1) != (ssize_t)(count + 1))
		fail("the tape");
}

/* One read, one block. False at the end. */
static int pass(int from, char kind)
{
	static char bytes[BLOCK];
	ssize_t count = read(from, bytes, sizeof(bytes));

	if (count > 0)
		put(kind, bytes, (size_t)count);
	return count > 0 || (count < 0 && (errno == EAGAIN || errno == EPIPE || errno == EINTR));
}

static void drain(int from, char kind)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };

	while (from >= 0 && poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) && pass(from, kind))
		;
}

/* --- the system ------------------------------------------------------------------------------ */

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		fail(where);
}

static void mount_all(void)
{
	mount_one("devtmpfs", "/dev");
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("tmpfs", "/tmp");
	mount_one("tmpfs", "/run");
	mkdir("/root", 0700);
	mkdir("/dev/shm", 01777);
	mount_one("tmpfs", "/dev/shm");
	mkdir("/dev/pts", 0755);
	mount_one("devpts", "/dev/pts");
	chmod("/tmp", 01777);
}

static void open_tape(void)
{
	int online = open(DRIVE, O_WRONLY);

	if (online < 0 || write(online, "1", 1) != 1)
		fail("the tape drive");
	close(online);
	tape = open(TAPE, O_WRONLY | O_CLOEXEC);
	if (tape < 0)
		fail(TAPE);
}

/* Runs a program, and waits for it. */
static void run(char *const arguments[])
{
	pid_t child = fork();

	if (child == 0) {
		execv(arguments[0], arguments);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

/* --- the command ----------------------------------------------------------------------------- */

#define ARGUMENTS 256

static char **read_command(void)
{
	static char text[65536], *arguments[ARGUMENTS + 1];
	int from = open(COMMAND, O_RDONLY | O_CLOEXEC), count = 0;
	ssize_t size = from < 0 ? -1 : read(from, text, sizeof(text) - 1);
	char *next;

	if (size <= 0)
		fail(COMMAND);
	close(from);
	for (next = text; next < text + size && count < ARGUMENTS; next += strlen(next) + 1)
		arguments[count++] = next;
	return arguments;
}

/* Standard input is empty. */
static void execute(char **command, int output, int error)
{
	sigset_t none;
	int input = open("/dev/null", O_RDONLY);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(input, 0);
	dup2(output, 1);
	dup2(error, 2);
	if (chdir("/root") == 0)
		execvp(command[0], command);
	dprintf(2, "zpci-lab: kvm: %s: %s\n", command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Process 1 inherits orphans. True if @child was among those that ended. */
static int reap(int signals, pid_t child, int *status)
{
	struct signalfd_siginfo info;
	int one, found = 0;
	pid_t pid;

	while (read(signals, &info, sizeof(info)) == sizeof(info))
		;
	while ((pid = waitpid(-1, &one, WNOHANG)) > 0)
		if (pid == child) {
			*status = status_of(one);
			found = 1;
		}
	return found;
}

/*
 * Passes on what the command and the kernel say, until the command ends. What it left behind may
 * hold the pipes open, and so their end is not waited for.
 */
static int pass_all(int signals, pid_t child, int output, int error, int messages)
{
	enum {
		SIGNALS,
		OUTPUT,
		ERROR,
		MESSAGES,
		ALL
	};
	struct pollfd ready[ALL] = {
		[SIGNALS] = { .fd = signals, .events = POLLIN },
		[OUTPUT] = { .fd = output, .events = POLLIN },
		[ERROR] = { .fd = error, .events = POLLIN },
		[MESSAGES] = { .fd = messages, .events = POLLIN },
	};
	int status = 0;

	for (;;) {
		if (poll(ready, ALL, -1) < 0 && errno != EINTR)
			fail("poll");
		if (ready[OUTPUT].revents && !pass(output, 'o'))
			ready[OUTPUT].fd = -1;
		if (ready[ERROR].revents && !pass(error, 'e'))
			ready[ERROR].fd = -1;
		if (ready[MESSAGES].revents)
			pass(messages, 'k');
		if (ready[SIGNALS].revents && reap(signals, child, &status))
			break;
	}
	drain(ready[OUTPUT].fd, 'o');
	drain(ready[ERROR].fd, 'e');
	drain(messages, 'k');
	return status;
}

static int run_command(char **command)
{
	int output[2], error[2], signals, messages;
	sigset_t ended;
	pid_t child;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	signals = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
	messages = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (signals < 0 || messages < 0 || pipe2(output, O_CLOEXEC) || pipe2(error, O_CLOEXEC))
		fail("preparing the command");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0)
		execute(command, output[1], error[1]);
	close(output[1]);
	close(error[1]);
	return pass_all(signals, child, output[0], error[0], messages);
}

int main(void)
{
	static char *const install[] = { "/bin/busybox", "--install", "-s", "/bin", NULL };
	char text[16];
	int status;

	umask(022);
	mount_all();
	open_tape();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "dumb", 1);
	run(install);
	status = run_command(read_command());
	put('s', text, (size_t)snprintf(text, sizeof(text), "%d", status));
	for (;;)
		pause();
}
