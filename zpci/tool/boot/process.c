// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "zpci/tool/message.h"

/* Runs in the child between fork() and execv(), where only system calls are safe. */
static int child_prepare(const struct tool_stdio *stdio, pid_t parent)
{
	const int wanted[3] = { stdio->in, stdio->out, stdio->err };
	sigset_t none;
	int i, fd;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -1;
	/* The parent may have died before the call above. */
	if (getppid() != parent)
		return -1;
	for (i = 0; i < 3; i++) {
		fd = wanted[i];
		if (fd == i)
			continue;
		if (fd < 0) {
			fd = open("/dev/null", O_RDWR | O_CLOEXEC);
			if (fd < 0)
				return -1;
			/* It got the wanted number, because that was not in use. */
			if (fd == i) {
				fcntl(fd, F_SETFD, 0);
				continue;
			}
		}
		if (dup2(fd, i) < 0)
			return -1;
	}
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

pid_t tool_process_start(char *const argv[], char *const environment[],
			 const struct tool_stdio *stdio)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0) {
		tool_error("cannot start %s: %s", argv[0], strerror(errno));
		return -1;
	}
	if (child)
		return child;
	if (!child_prepare(stdio, parent))
		execve(argv[0], argv, environment ? environment : environ);
	fprintf(stderr, "zpci: cannot start %s: %s\n", argv[0], strerror(errno));
	_exit(TOOL_EXIT_FAILURE);
}

const char *tool_process_end(int status, char *buffer, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(buffer, size, "was ended by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(buffer, size, "exited with status %d", WEXITSTATUS(status));
	return buffer;
}

void tool_process_die(int signal_number)
{
	sigset_t set;

	signal(signal_number, SIG_DFL);
	raise(signal_number);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Reads to the end of file; what does not fit is dropped. */
static void read_text(int fd, char *buffer, size_t size)
{
	char rest[4096];
	size_t used = 0;
	ssize_t length;

	for (;;) {
		if (used < size - 1)
			length = read(fd, buffer + used, size - 1 - used);
		else
			length = read(fd, rest, sizeof(rest));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			break;
		if (used < size - 1)
			used += length;
	}
	buffer[used] = '\0';
}

int tool_process_read(char *const argv[], char *buffer, size_t size)
{
	struct tool_stdio stdio = { .in = -1, .err = STDERR_FILENO };
	int pipes[2], status;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	stdio.out = pipes[1];
	child = tool_process_start(argv, NULL, &stdio);
	close(pipes[1]);
	if (child >= 0)
		read_text(pipes[0], buffer, size);
	close(pipes[0]);
	if (child < 0)
		return -1;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}
