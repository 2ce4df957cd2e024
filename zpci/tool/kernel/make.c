// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make and the kernel's scripts write into a pipe. On a terminal their last line is shown in place,
 * elsewhere one line every half a minute; the last lines are printed if they fail.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "make.h"
#include "tree.h"
#include "zpci/tool/boot/list.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/boot/tail.h"
#include "zpci/tool/message.h"
#include "zpci/tool/terminal.h"

#define ERROR_LINES 25
#define PERIOD 30 /* seconds */
#define SHOWN 64  /* columns of a line of make */

/* --- source and compiler ---------------------------------------------------------------------- */

static bool exists(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
	       !access(path, R_OK);
}

static bool is_source(const char *folder)
{
	return exists(folder, "Kbuild") && exists(folder, "arch/s390/Kconfig");
}

bool kernel_make_is_configured(const struct kernel_make *make)
{
	return exists(make->folder, ".config");
}

static const char *cross_compile(void)
{
	const char *prefix = getenv("CROSS_COMPILE");

	if (prefix)
		return prefix;
#ifdef __s390x__
	return "";
#else
	return "s390x-linux-gnu-";
#endif
}

/* With LLVM=1 it is another compiler, and make says what is missing. Words before the prefix are
 * programs that start the compiler, such as ccache. */
static int check_compiler(void)
{
	const char *prefix = cross_compile(), *blank = strrchr(prefix, ' ');
	char *text, *argv[] = { "/bin/sh", "-c", NULL, NULL };
	char output[16];
	int status;

	if (getenv("LLVM") || getenv("CC"))
		return 0;
	if (blank)
		prefix = blank + 1;
	if (asprintf(&text, "command -v '%sgcc' >/dev/null", prefix) < 0)
		return -1;
	argv[2] = text;
	status = tool_process_read(argv, output, sizeof(output));
	free(text);
	if (!status)
		return 0;
	if (status > 0)
		tool_error("no %sgcc in PATH: install the package gcc-s390x-linux-gnu, or set "
			   "CROSS_COMPILE to the prefix of another",
			   prefix);
	return -1;
}

int kernel_make_find(struct kernel_make *make, const char *folder)
{
	char *link;

	*make = (struct kernel_make){ .folder = folder };
	if (asprintf(&link, "%s/source", folder) < 0)
		return -1;
	/* A build with O= leaves this link. */
	if (is_source(link))
		make->source = realpath(link, NULL);
	else if (is_source(folder))
		make->source = realpath(folder, NULL);
	else if (is_source("."))
		make->source = realpath(".", NULL);
	free(link);
	if (make->source)
		return check_compiler();
	tool_error("%s is no kernel tree, and neither is the current folder: call this in Linux's "
		   "source, or name a folder in which a kernel was built",
		   folder);
	return -1;
}

void kernel_make_free(struct kernel_make *make)
{
	free(make->source);
	make->source = NULL;
}

/* --- a child and its output ------------------------------------------------------------------- */

struct watch {
	struct tool_tail tail;
	char line[SHOWN + 1];
	size_t length;
	bool terminal;
	time_t began;
	time_t shown;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void show(struct watch *watch)
{
	const char *at;

	if (!watch->terminal && now() - watch->shown < PERIOD)
		return;
	watch->shown = now();
	fprintf(stderr, "%s  %4ld s  ", watch->terminal ? "\r\033[K" : "",
		(long)(watch->shown - watch->began));
	for (at = watch->line; *at; at++)
		tool_tail_put(stderr, *at);
	if (!watch->terminal)
		putc('\n', stderr);
}

static void take(struct watch *watch, const char *data, size_t length)
{
	size_t i;

	tool_tail_add(&watch->tail, data, length);
	for (i = 0; i < length; i++) {
		if (data[i] == '\n') {
			watch->line[watch->length] = '\0';
			if (watch->length)
				show(watch);
			watch->length = 0;
		} else if (watch->length < SHOWN) {
			watch->line[watch->length++] = data[i] == '\t' ? ' ' : data[i];
		}
	}
}

/* make's children may live on for a moment after it. So this ends at the end of file. */
static void watch_output(struct watch *watch, int from)
{
	char buffer[4096];
	ssize_t length;

	for (;;) {
		length = read(from, buffer, sizeof(buffer));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			break;
		take(watch, buffer, length);
	}
	if (watch->terminal)
		fputs("\r\033[K", stderr);
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* @what is for the message. */
static int run(char *const argv[], const char *what)
{
	struct watch watch = { .terminal = tool_terminal_escapes(stderr), .began = now() };
	struct tool_stdio stdio = { .in = -1 };
	int pipes[2], status;
	char end[64];
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	watch.shown = watch.began;
	stdio.out = stdio.err = pipes[1];
	child = tool_process_start(argv, NULL, &stdio);
	close(pipes[1]);
	if (child >= 0)
		watch_output(&watch, pipes[0]);
	close(pipes[0]);
	if (child < 0)
		return -1;
	status = wait_for(child);
	if (!status)
		return 0;
	tool_tail_print(&watch.tail, stderr, ERROR_LINES, "  | ");
	tool_error("%s %s", what, tool_process_end(status, end, sizeof(end)));
	return -1;
}

/* --- make ------------------------------------------------------------------------------------- */

static bool is_source_itself(const struct kernel_make *make)
{
	char *folder = realpath(make->folder, NULL);
	bool same = folder && !strcmp(folder, make->source);

	free(folder);
	return same;
}

/* make runs in the source, so the folder that it builds in is absolute. */
static int add_folder(const struct kernel_make *make, struct tool_list *arguments)
{
	char *here;

	if (is_source_itself(make))
		return 0;
	here = *make->folder == '/' ? strdup("") : get_current_dir_name();
	if (!here) {
		tool_error("the current folder: %s", strerror(errno));
		return -1;
	}
	tool_list_add(arguments, "O=%s%s%s", here, *here ? "/" : "", make->folder);
	free(here);
	return 0;
}

int kernel_make_run(const struct kernel_make *make, const char *const targets[])
{
	struct tool_list arguments = { 0 };
	int rc = -1;

	tool_list_add(&arguments, "/usr/bin/env");
	/* It would name another folder where O= is not given. */
	tool_list_add(&arguments, "-u");
	tool_list_add(&arguments, "KBUILD_OUTPUT");
	tool_list_add(&arguments, "make");
	tool_list_add(&arguments, "-C");
	tool_list_add(&arguments, "%s", make->source);
	if (!add_folder(make, &arguments)) {
		tool_list_add(&arguments, "ARCH=s390");
		tool_list_add(&arguments, "CROSS_COMPILE=%s", cross_compile());
		tool_list_add(&arguments, "-j%d", get_nprocs());
		for (; *targets; targets++)
			tool_list_add(&arguments, "%s", *targets);
		if (arguments.failed)
			tool_error("out of memory");
		else
			rc = run(arguments.items, "make");
	}
	tool_list_free(&arguments);
	return rc;
}

/* --- the configuration ------------------------------------------------------------------------ */

/* In memory, where the script finds it under the name of this process. */
static int write_fragment(const char *fragment)
{
	int fd = memfd_create("zpci-fragment", MFD_CLOEXEC);
	size_t length = strlen(fragment);

	if (fd >= 0 && write(fd, fragment, length) == (ssize_t)length)
		return fd;
	tool_error("cannot prepare the fragment: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int merge(const struct kernel_make *make, int fragment)
{
	static const char *const targets[] = { "olddefconfig", NULL };
	char script[PATH_MAX], config[PATH_MAX], path[64];
	char *argv[] = { "/bin/sh", script, "-m", "-O", (char *)make->folder, config, path, NULL };

	if (snprintf(script, sizeof(script), "%s/scripts/kconfig/merge_config.sh", make->source) >=
		    (int)sizeof(script) ||
	    snprintf(config, sizeof(config), "%s/.config", make->folder) >= (int)sizeof(config)) {
		tool_error("%s: the path is too long", make->folder);
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fragment);
	return run(argv, "scripts/kconfig/merge_config.sh") || kernel_make_run(make, targets) ? -1
											      : 0;
}

int kernel_make_merge(const struct kernel_make *make, const char *fragment)
{
	int fd = write_fragment(fragment), rc;

	if (fd < 0)
		return -1;
	rc = merge(make, fd);
	close(fd);
	return rc;
}
