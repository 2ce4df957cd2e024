/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_PROCESS_H
#define ZPCI_TOOL_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Child processes. A child never survives the tool: it asks the kernel for SIGKILL at its
 * parent's death, so that even a killed tool leaves no QEMU.
 */

/* The file descriptors of a child; for -1 it gets /dev/null. */
struct tool_stdio {
	int in;
	int out;
	int err;
};

/*
 * @environment NULL: the child has this process's. Returns the process ID, or -1 after a message.
 * Blocked signals are unblocked in the child.
 */
pid_t tool_process_start(char *const argv[], char *const environment[],
			 const struct tool_stdio *stdio);

/* "exited with status 3" or "was ended by signal 9 (Killed)", of a wait status. */
const char *tool_process_end(int status, char *buffer, size_t size);

/* Ends this process by a signal whose default action does so. */
void tool_process_die(int signal_number);

/*
 * Runs a program to its end and keeps the beginning of what it prints on standard output,
 * as a string. Returns its wait status, or -1 after a message.
 */
int tool_process_read(char *const argv[], char *buffer, size_t size);

#endif
