// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One boot, from the first check until QEMU is gone.
 *
 * QEMU never outlives the call. Normally it ends because the guest powers off, else by our signal,
 * or by the kernel if this process is killed (process.h). No file is left behind: the RAM disk is
 * in memory, and only QEMU writes to a file, if $ZPCI_CONSOLE names one.
 */
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "boot.h"
#include "kvm.h"
#include "qemu.h"
#include "session.h"
#include "zpci/tool/message.h"

#define CONSOLE_LINES 24

/* Starts QEMU and waits for its end. Returns 0, or -1 after a message. */
static int start_and_watch(struct session *session)
{
	struct termios terminal;
	/* QEMU restores the terminal when it exits, but not when it is killed. */
	bool restore = !session->command && !tcgetattr(STDIN_FILENO, &terminal);

	if (session_start(session))
		return -1;
	session_watch(session);
	if (restore)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	return 0;
}

void boot_run(const struct boot_setup *setup, const struct boot_command *command,
	      struct boot_outcome *outcome)
{
	struct session session = {
		.setup = setup,
		.command = command,
		.console_tail = &outcome->console,
		.initrd = -1,
		.gdb = -1,
		.console = { -1, -1 },
		.output = { -1, -1 },
		.error = { -1, -1 },
		.input = TOOL_NO_INPUT,
		.writer = TOOL_NO_WRITER,
		.signals = -1,
	};

	*outcome = (struct boot_outcome){ .end = BOOT_REFUSED };
	if (session_prepare(&session))
		; /* a message was printed */
	else if (setup->dry_run)
		outcome->end = BOOT_DONE;
	else if (!start_and_watch(&session))
		session_outcome(&session, outcome);
	session_free(&session);
}

int boot_check_files(const struct boot_setup *setup)
{
	struct tool_paths paths;
	int rc;

	if (tool_functions_check(&setup->functions))
		return -1;
	rc = tool_paths_find(&paths, setup);
	if (!rc && setup->announce)
		tool_paths_announce(&paths);
	tool_paths_free(&paths);
	return rc;
}

int boot_check_host(const struct boot_setup *setup)
{
	return setup->accel == BOOT_KVM ? tool_kvm_check() : 0;
}

int boot_check_qemu(const struct boot_setup *setup)
{
	char *qemu = tool_paths_qemu(setup);
	int rc = qemu ? tool_qemu_check(qemu, setup->accel) : -1;

	free(qemu);
	return rc;
}

void boot_print_console(const struct boot_outcome *outcome)
{
	if (tool_tail_is_empty(&outcome->console)) {
		tool_error("the guest's console stayed empty");
		return;
	}
	tool_error("last lines of the guest's console:");
	tool_tail_print(&outcome->console, stderr, CONSOLE_LINES, "  | ");
}
