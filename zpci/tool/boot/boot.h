/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot.h - boots one guest: a call that returns when QEMU is gone.
 *
 *	boot.c       boot_run(): the steps in their order
 *	prepare.c    before QEMU: checks, pipes, the RAM disk, the command line; and its start
 *	watch.c      while QEMU runs: what the guest writes, signals, time
 *	outcome.c    after QEMU: how the boot ended, in a sentence
 *	session.h    what these four share
 *
 *	setup.h                          what to boot
 *	paths, qemu, archive, process    the files, the command line, the RAM disk, a child process
 *	kvm, interposer                  with --accel kvm: the host, and how QEMU gets our firmware
 *	stream, writer, input            the frame around output; output and input on their way
 *	tail, list                       the last lines of a text, strings
 *
 * The guest's command writes into two sinks of the caller's. The call itself prints only
 * messages about failures, and with @verbose QEMU's command line and the guest's console, on
 * standard error.
 */
#ifndef ZPCI_TOOL_BOOT_H
#define ZPCI_TOOL_BOOT_H

#include <stddef.h>

#include "setup.h"
#include "tail.h"

/* Where bytes go as they come. */
struct boot_sink {
	/* It must not wait. Returns 0; or -1, after a message, to end the boot. */
	int (*take)(void *opaque, const char *data, size_t length);
	void *opaque;
	int file; /* without @take: STDOUT_FILENO or STDERR_FILENO */
};

/* What the guest is to do: its shell runs @text, and then it powers off. */
struct boot_command {
	const char *text;
	unsigned int timeout; /* seconds from QEMU's start to the end of the command; 0: no limit */
	bool input;	      /* it reads this process's standard input; false: nothing */
	struct boot_sink output; /* the command's standard output */
	struct boot_sink error;	 /* its standard error, and what QEMU itself prints */
};

enum boot_end {
	BOOT_DONE,	  /* the command ended with @status, or the user left the shell */
	BOOT_FAILED,	  /* the guest or QEMU ended in another way */
	BOOT_TIMED_OUT,	  /* QEMU was ended because of @timeout */
	BOOT_INTERRUPTED, /* QEMU was ended because this process got @signal */
	BOOT_REFUSED,	  /* a message was printed: QEMU could not be started, a pipe failed */
};

#define BOOT_TEXT 128

struct boot_outcome {
	enum boot_end end;
	int status;
	int signal;
	char text[BOOT_TEXT];	  /* one sentence about the end; "" if there is nothing to say */
	struct tool_tail console; /* what the guest's kernel wrote last; empty with a shell */
};

/*
 * Are the functions right, and are all files there? Returns 0, or -1 after a message that says
 * where a missing file comes from. boot_run() looks as well. A caller with many boots asks before
 * the first of them.
 */
int boot_check_files(const struct boot_setup *setup);
/* Can this host run it? Returns 0, or -1 after a message that says what the host lacks. */
int boot_check_host(const struct boot_setup *setup);
/* Is QEMU one in which our firmware works? Returns 0, or -1 after a message. */
int boot_check_qemu(const struct boot_setup *setup);

/*
 * Boots a guest and waits until QEMU is gone. With @command NULL the guest has a shell on this
 * terminal. SIGINT, SIGTERM, SIGHUP and SIGQUIT end the guest during the call, and are then
 * reported in @outcome: the caller cleans up and calls tool_process_die().
 */
void boot_run(const struct boot_setup *setup, const struct boot_command *command,
	      struct boot_outcome *outcome);

/* Prints the last lines of the guest's console on standard error. */
void boot_print_console(const struct boot_outcome *outcome);

#endif
