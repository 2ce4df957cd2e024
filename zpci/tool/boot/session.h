/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - what prepare.c, watch.c and outcome.c share of one boot.
 */
#ifndef ZPCI_TOOL_SESSION_H
#define ZPCI_TOOL_SESSION_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "boot.h"
#include "carrier.h"
#include "input.h"
#include "list.h"
#include "paths.h"
#include "share.h"
#include "stream.h"
#include "writer.h"

struct session_pipe {
	int our_end; /* -1: closed */
	int qemu_end;
};

struct session {
	const struct boot_setup *setup;
	const struct boot_command *command; /* NULL: a shell on this terminal */
	struct tool_paths paths;
	struct tool_shares shares;
	struct tool_list arguments;   /* QEMU's command line */
	struct tool_list environment; /* QEMU's; empty: this process's */
	struct tool_stream stream;
	struct tool_carrier carrier; /* for a guest without virtio ports */
	bool carries;		     /* it has come by the console */
	struct tool_tail *console_tail;
	int initrd; /* memfd, or -1 */
	int gdb;    /* the socket of --gdb, or -1 */
	/* Without a command there are no pipes. */
	struct session_pipe console;
	struct session_pipe output;
	struct session_pipe error;
	struct tool_input input;
	struct tool_writer writer;
	int signals; /* signalfd, or -1 */
	sigset_t old_mask;
	pid_t qemu; /* 0: not running */
	int wait_status;
	int got_signal;
	bool timed_out;
	bool killed; /* with SIGKILL, because QEMU did not end */
	bool sink_failed;
	bool input_failed;
	long long command_deadline; /* milliseconds of the monotonic clock, or 0: never */
	long long farewell_deadline;
};

/* prepare.c */

/* Returns 0, or -1 after a message. session_free() follows in any case. */
int session_prepare(struct session *session);
/* Starts QEMU. Returns 0, or -1 after a message. */
int session_start(struct session *session);
/* Unblocks the signals and frees all that a session holds. QEMU must be gone. */
void session_free(struct session *session);

/* watch.c */

/* Before anything comes: the nonce is that of the command. */
void session_watch_prepare(struct session *session, const char *nonce);
/* Returns when QEMU is gone and what it wrote was passed on. */
void session_watch(struct session *session);

/* outcome.c: fills in all but the console. */
void session_outcome(const struct session *session, struct boot_outcome *outcome);

#endif
