// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a boot ended.
 */
#include <stdio.h>

#include "process.h"
#include "session.h"

#define SAY(outcome, ...) snprintf((outcome)->text, sizeof((outcome)->text), __VA_ARGS__)

/* The command has ended, and QEMU as well. */
static void command_ended(const struct session *session, struct boot_outcome *outcome,
			  const char *qemu)
{
	outcome->status = session->stream.status;
	outcome->end = session->wait_status && !session->killed ? BOOT_FAILED : BOOT_DONE;
	if (session->wait_status && session->killed)
		SAY(outcome, "the guest did not power off, QEMU was killed");
	else if (session->wait_status)
		SAY(outcome, "the command ended with status %d, but then QEMU %s", outcome->status,
		    qemu);
}

/* QEMU has ended, and no valid end of the command was seen before. */
static void guest_ended(const struct session *session, struct boot_outcome *outcome,
			const char *qemu)
{
	outcome->end = BOOT_FAILED;
	if (session->stream.state == TOOL_STREAM_BROKEN)
		SAY(outcome, "the guest sent an end record without a valid status; QEMU %s", qemu);
	else
		SAY(outcome, "the guest ended before the command %s; QEMU %s",
		    session->stream.state == TOOL_STREAM_BEFORE ? "started" : "did", qemu);
}

static void shell_ended(const struct session *session, struct boot_outcome *outcome,
			const char *qemu)
{
	outcome->end = session->wait_status ? BOOT_FAILED : BOOT_DONE;
	if (session->wait_status)
		SAY(outcome, "QEMU %s", qemu);
}

void session_outcome(const struct session *session, struct boot_outcome *outcome)
{
	char qemu[64];

	tool_process_end(session->wait_status, qemu, sizeof(qemu));
	if (session->got_signal) {
		outcome->end = BOOT_INTERRUPTED;
		outcome->signal = session->got_signal;
	} else if (!session->command) {
		shell_ended(session, outcome, qemu);
	} else if (session->sink_failed || session->input_failed) {
		outcome->end = BOOT_REFUSED;
	} else if (session->timed_out) {
		outcome->end = BOOT_TIMED_OUT;
		SAY(outcome, "the command did not end in %u seconds; QEMU %s",
		    session->command->timeout, qemu);
	} else if (session->stream.state == TOOL_STREAM_DONE) {
		command_ended(session, outcome, qemu);
	} else {
		guest_ended(session, outcome, qemu);
	}
}
