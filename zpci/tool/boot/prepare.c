// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Before QEMU runs, and its start.
 *
 * With a command, QEMU writes into three pipes: the guest's console, and one virtio port each for
 * the command's standard output, in a frame (stream.h), and for its standard error. What QEMU
 * itself prints goes into the last one as well. Standard input has a third port (input.h). Without
 * a command QEMU has the terminal, with the guest's console on it (^A x ends QEMU).
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "archive.h"
#include "copy.h"
#include "dry_run.h"
#include "gdb.h"
#include "interposer.h"
#include "kvm.h"
#include "process.h"
#include "qemu.h"
#include "session.h"
#include "zpci/tool/kernel/modules.h"
#include "zpci/tool/kernel/types.h"
#include "zpci/tool/message.h"

/* --- the command ----------------------------------------------------------------------------- */

static int draw_nonce(char nonce[TOOL_NONCE_SIZE])
{
	unsigned char bytes[(TOOL_NONCE_SIZE - 1) / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		tool_error("cannot get random numbers: %s", strerror(errno));
		return -1;
	}
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* QEMU inherits its end only. */
static int make_pipe(struct session_pipe *ends)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	*ends = (struct session_pipe){ .our_end = fds[0], .qemu_end = fds[1] };
	if (!fcntl(ends->qemu_end, F_SETFD, 0))
		return 0;
	tool_error("cannot make a pipe: %s", strerror(errno));
	return -1;
}

static int prepare_command(struct session *session, const char *nonce)
{
	const struct boot_command *command = session->command;

	if (session->setup->dry_run)
		return 0;
	if (make_pipe(&session->console) || make_pipe(&session->output) ||
	    make_pipe(&session->error) || (command->input && tool_input_prepare(&session->input)))
		return -1;
	session_watch_prepare(session, nonce);
	return 0;
}

/* --- the initial RAM disk -------------------------------------------------------------------- */

/* What every guest is to have if its kernel knows it; the lab's guests have the same (guest.sh). */
static const struct kernel_wanted wanted_modules[] = {
	{ "virtio_console", "CONFIG_VIRTIO_CONSOLE" },
	{ "vfio_iommu_type1", "CONFIG_VFIO_IOMMU_TYPE1" },
	{ "vfio_pci", "CONFIG_VFIO_PCI" },
	{ "virtio_pci", "CONFIG_VIRTIO_PCI" },
	{ "virtio_net", "CONFIG_VIRTIO_NET" },
	{ "virtio_rng", "CONFIG_HW_RANDOM_VIRTIO" },
};

static const struct kernel_wanted share_modules[] = {
	{ "9pnet_virtio", "CONFIG_NET_9P_VIRTIO" },
	{ "9p", "CONFIG_9P_FS" },
};

static int add_modules(const struct session *session, struct tool_archive *archive)
{
	const struct tool_paths *paths = &session->paths;
	struct kernel_modules modules;

	kernel_modules_begin(&modules, &paths->tree, tool_paths_release(paths), archive);
	kernel_modules_add(&modules, wanted_modules,
			   sizeof(wanted_modules) / sizeof(wanted_modules[0]));
	if (session->shares.count)
		kernel_modules_add(&modules, share_modules,
				   sizeof(share_modules) / sizeof(share_modules[0]));
	return kernel_modules_end(&modules);
}

/* zpci-inspect looks there if the kernel has no types of its own. */
static void add_types(const struct tool_paths *paths, struct tool_archive *archive)
{
	int types = kernel_types_open(&paths->tree);

	if (types < 0)
		return;
	tool_archive_file(archive, "zpci/btf", 0644, types);
	close(types);
}

static void add_command(const struct boot_command *command, const char *nonce,
			struct tool_archive *archive)
{
	tool_archive_text(archive, "zpci/exec", 0644, command->text);
	tool_archive_text(archive, "zpci/nonce", 0644, nonce);
}

/* Returns 0, or -1 after a message. */
static int add_settings(const struct session *session, struct tool_archive *archive)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to) {
		if (session->command && session->command->input)
			fputs("input\n", to);
		tool_shares_settings(&session->shares, to);
		if (session->setup->network)
			fputs("network\n", to);
		if (session->setup->quiet)
			fputs("quiet\n", to);
		if (!fclose(to)) {
			tool_archive_data(archive, "zpci/settings", 0644, text, size);
			free(text);
			return 0;
		}
	}
	tool_error("out of memory");
	free(text);
	return -1;
}

/* Where there is nothing to add, QEMU gets the file itself. */
static int prepare_initrd(struct session *session, const char *nonce)
{
	const struct tool_paths *paths = &session->paths;
	struct tool_archive archive;
	int rc = 0;

	if (!session->command && !paths->tree.folder && !session->shares.count &&
	    !session->setup->copy_count && !session->setup->network && !session->setup->quiet)
		return 0;
	tool_archive_begin(&archive, paths->initrd);
	if (paths->tree.folder)
		rc = add_modules(session, &archive);
	tool_archive_folder(&archive, "zpci");
	if (session->command)
		add_command(session->command, nonce, &archive);
	if (paths->tree.folder && session->setup->inspects)
		add_types(paths, &archive);
	if (add_settings(session, &archive) || tool_copies_add(session->setup, &archive))
		rc = -1;
	session->initrd = tool_archive_end(&archive);
	return rc || session->initrd < 0 ? -1 : 0;
}

/* --- QEMU's command line --------------------------------------------------------------------- */

/* Where the command line is printed, or NULL. */
static FILE *where(const struct session *session)
{
	if (session->setup->dry_run)
		return stdout;
	return session->setup->verbose ? stderr : NULL;
}

static void add_port(struct tool_list *list, const char *name, const struct session_pipe *ends)
{
	tool_list_add(list, "-chardev");
	if (ends)
		tool_list_add(list, "file,id=zpci-%s,path=/proc/self/fd/%d", name, ends->qemu_end);
	else
		tool_list_add(list, "file,id=zpci-%s,path=/dev/std%.3s", name,
			      !strcmp(name, "error") ? "err" : "out");
	tool_list_add(list, "-device");
	tool_list_add(list, "virtserialport,chardev=zpci-%s,name=org.zpci.%s", name, name);
}

/* A socket, because the guest also asks for input here. */
static void add_input(struct tool_list *list, int fd)
{
	tool_list_add(list, "-chardev");
	tool_list_add(list, "socket,id=zpci-input,fd=%d", fd);
	tool_list_add(list, "-device");
	tool_list_add(list, "virtserialport,chardev=zpci-input,name=org.zpci.input");
}

static void add_command_devices(struct session *session)
{
	struct tool_list *list = &session->arguments;
	bool dry = session->setup->dry_run;
	char console[32];

	snprintf(console, sizeof(console), "file,path=/proc/self/fd/%d", session->console.qemu_end);
	tool_qemu_add_console(list, dry ? "null" : console);
	tool_list_add(list, "-device");
	tool_list_add(list, "virtio-serial-ccw");
	add_port(list, "output", dry ? NULL : &session->output);
	add_port(list, "error", dry ? NULL : &session->error);
	if (session->command->input)
		add_input(list, session->input.qemu_end);
}

/* The path by which QEMU opens the RAM disk, allocated, or NULL after a message. */
static char *initrd_path(const struct session *session)
{
	char *path = NULL;

	if (session->initrd >= 0 && session->setup->dry_run)
		return tool_dry_run_save(session->initrd);
	if (session->initrd < 0)
		path = strdup(session->paths.initrd);
	else if (asprintf(&path, "/proc/self/fd/%d", session->initrd) < 0)
		path = NULL;
	if (!path)
		tool_error("out of memory");
	return path;
}

static int build_arguments(struct session *session, const char *initrd)
{
	struct tool_list *list = &session->arguments;

	tool_qemu_arguments(list, session->setup, &session->paths, initrd);
	if (session->command)
		add_command_devices(session);
	else
		tool_qemu_add_console(list, "stdio,mux=on,signal=off");
	tool_shares_arguments(&session->shares, list);
	if (session->gdb >= 0)
		tool_gdb_arguments(list, session->gdb);
	tool_qemu_add_rest(list, session->setup);
	if (list->failed) {
		tool_error("out of memory");
		return -1;
	}
	if (where(session)) {
		tool_dry_run_print(list, where(session));
		putc('\n', where(session));
	}
	return 0;
}

/* The file of --dry-run is for whoever reads its name. */
static int prepare_arguments(struct session *session)
{
	const bool saved = session->setup->dry_run && session->initrd >= 0;
	char *initrd = initrd_path(session);
	int rc;

	if (!initrd)
		return -1;
	rc = build_arguments(session, initrd);
	if (!rc && session->setup->dry_run && (fflush(stdout) || ferror(stdout))) {
		tool_error("cannot write the command line: %s", strerror(errno));
		rc = -1;
	}
	if (rc && saved)
		unlink(initrd);
	free(initrd);
	return rc;
}

/* Before the command line, so that both are one line of --verbose, which a shell can run. */
static int prepare_environment(struct session *session)
{
	struct tool_list *list = &session->environment;

	if (session->setup->accel != BOOT_KVM || !session->paths.firmware)
		return 0;
	if (tool_interposer_check(&session->setup->functions))
		return -1;
	tool_interposer_settings(list, session->setup, session->paths.firmware,
				 getenv("LD_PRELOAD"));
	if (where(session)) {
		fputs("env ", where(session));
		tool_dry_run_print(list, where(session));
	}
	tool_interposer_inherit(list);
	if (!list->failed)
		return 0;
	tool_error("out of memory");
	return -1;
}

/* --- the session ----------------------------------------------------------------------------- */

static int prepare_signals(struct session *session)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	session->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (session->signals >= 0 && !sigprocmask(SIG_BLOCK, &set, NULL))
		return 0;
	tool_error("cannot wait for signals: %s", strerror(errno));
	return -1;
}

int session_prepare(struct session *session)
{
	const struct boot_setup *setup = session->setup;
	char nonce[TOOL_NONCE_SIZE];

	sigprocmask(SIG_BLOCK, NULL, &session->old_mask);
	if (tool_functions_check(&setup->functions) || tool_shares_parse(&session->shares, setup) ||
	    tool_copies_check(setup) || (setup->accel == BOOT_KVM && tool_kvm_check()) ||
	    tool_paths_find(&session->paths, setup) ||
	    tool_qemu_check(session->paths.qemu, setup->accel))
		return -1;
	if (!session->command && !setup->dry_run && !isatty(STDIN_FILENO)) {
		tool_error(
			"a shell needs a terminal, and standard input is none: use --exec COMMAND");
		return -1;
	}
	if (draw_nonce(nonce) || prepare_initrd(session, nonce))
		return -1;
	if (setup->announce)
		tool_paths_announce(&session->paths);
	if (session->command && prepare_command(session, nonce))
		return -1;
	if (setup->gdb) {
		session->gdb = tool_gdb_listen(&session->paths);
		if (session->gdb < 0)
			return -1;
	}
	return prepare_environment(session) || prepare_arguments(session) ||
			       prepare_signals(session)
		       ? -1
		       : 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int session_start(struct session *session)
{
	struct tool_stdio stdio = { .in = STDIN_FILENO,
				    .out = STDOUT_FILENO,
				    .err = STDERR_FILENO };

	if (session->command) {
		stdio.in = -1;
		stdio.out = session->error.qemu_end;
		stdio.err = session->error.qemu_end;
	}
	session->qemu =
		tool_process_start(session->arguments.items, session->environment.items, &stdio);
	close_end(&session->console.qemu_end);
	close_end(&session->output.qemu_end);
	close_end(&session->error.qemu_end);
	close_end(&session->initrd);
	close_end(&session->gdb);
	if (session->qemu <= 0) {
		session->qemu = 0;
		return -1;
	}
	if (session->command && tool_writer_start(&session->writer)) {
		session->sink_failed = true;
		kill(session->qemu, SIGTERM);
	}
	/* Without it the guest waits for input until it is ended. */
	if (tool_input_start(&session->input)) {
		session->input_failed = true;
		kill(session->qemu, SIGTERM);
	}
	return 0;
}

static void close_pipe(struct session_pipe *ends)
{
	close_end(&ends->our_end);
	close_end(&ends->qemu_end);
}

void session_free(struct session *session)
{
	tool_input_free(&session->input);
	tool_writer_free(&session->writer);
	close_pipe(&session->console);
	close_pipe(&session->output);
	close_pipe(&session->error);
	close_end(&session->initrd);
	close_end(&session->gdb);
	close_end(&session->signals);
	sigprocmask(SIG_SETMASK, &session->old_mask, NULL);
	tool_list_free(&session->arguments);
	tool_list_free(&session->environment);
	tool_paths_free(&session->paths);
	tool_shares_free(&session->shares);
}
