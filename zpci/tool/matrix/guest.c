/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One guest of the matrix: this program as a child, `zpci run --exec`, with all functions. What
 * the guest prints is one JSON object: a few facts of sysfs, and zpci-inspect's report. It is
 * read into a buffer of fixed size, since a guest can print without end; of the standard error
 * the last lines are kept for when there is no report.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "matrix.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/boot/tail.h"
#include "zpci/tool/message.h"

#define SELF "/proc/self/exe"
#define REPORT_SIZE (1 << 20)
#define ERROR_LINES 24
#define TIMEOUT 600

struct output {
	char *report;
	size_t length;
	struct tool_tail errors;
};

/*
 * Buses have no place in zpci-inspect's report: of a function without device nobody else can
 * say that there is one. Whether the kernel could have shown more is asked of the kernel too.
 */
#define BEFORE                                                                                     \
	"printf '{\"buses\":\"%s\",\"btf\":%d,\"vfio\":%d,\"inspect\":' "                          \
	"\"$(echo $(ls /sys/class/pci_bus 2>/dev/null))\" "                                        \
	"$(test -e /sys/kernel/btf/vmlinux; echo $((!$?))) "                                       \
	"$(test -e /sys/bus/pci/drivers/vfio-pci; echo $((!$?))); "                                \
	"zpci-inspect --json --interrupts 0 --dma-bytes 0"
/* zpci-inspect's status is not ours: what it could not do is in the report. */
#define AFTER "; echo '}'"

/* The command in the guest, allocated; NULL: no memory. */
static char *make_command(const struct matrix *matrix)
{
	const char *const *device = matrix_rows[MATRIX_DEVICE].expected;
	char *command = NULL;
	size_t size;
	FILE *to = open_memstream(&command, &size);
	int i;

	if (!to)
		return NULL;
	fputs(BEFORE, to);
	for (i = 0; i < MATRIX_PROFILES; i++)
		if (!strcmp(device[i], "yes"))
			fprintf(to, " --fid %x", matrix->functions[i].fid);
	fputs(AFTER, to);
	if (!fclose(to))
		return command;
	free(command);
	return NULL;
}

static void add_option(struct tool_list *list, const char *name, const char *value)
{
	if (value)
		tool_list_add(list, "--%s=%s", name, value);
}

static void make_arguments(struct tool_list *list, const struct matrix *matrix,
			   const struct matrix_boot *boot, const char *command)
{
	const struct tool_options *options = matrix->options;
	int i;

	tool_list_add(list, SELF);
	tool_list_add(list, "run");
	for (i = 0; i < MATRIX_PROFILES; i++)
		add_option(list, "function", matrix->functions[i].spec);
	add_option(list, boot->option, boot->kernel);
	tool_list_add(list, "--smp=%u", boot->smp);
	tool_list_add(list, "--timeout=%u", options->timeout ? options->timeout : TIMEOUT);
	add_option(list, "initrd", options->initrd);
	add_option(list, "append", options->append);
	add_option(list, "memory", options->memory);
	add_option(list, "qemu", options->qemu);
	add_option(list, "plugin", options->plugin);
	if (options->verbose)
		tool_list_add(list, "--verbose");
	add_option(list, "exec", command);
}

static void keep(struct output *output, const char *data, size_t length, bool error)
{
	if (error) {
		tool_tail_add(&output->errors, data, length);
		return;
	}
	if (length > REPORT_SIZE - output->length)
		length = REPORT_SIZE - output->length;
	memcpy(output->report + output->length, data, length);
	output->length += length;
}

/* Reads both to their end; an end that is -1 has reached it. */
static void collect(struct output *output, int report, int error)
{
	struct pollfd fds[2] = { { .fd = report, .events = POLLIN },
				 { .fd = error, .events = POLLIN } };
	char buffer[16384];
	ssize_t length;
	int i;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, -1) < 0)
			continue;
		for (i = 0; i < 2; i++) {
			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			length = read(fds[i].fd, buffer, sizeof(buffer));
			if (length > 0)
				keep(output, buffer, length, i == 1);
			else if (length == 0 || errno != EINTR)
				fds[i].fd = -1;
		}
	}
	output->report[output->length] = '\0';
}

/* Returns the wait status, or -1 after a message. */
static int run(char *const argv[], struct output *output, bool verbose)
{
	struct tool_stdio stdio = { .in = -1 };
	int report[2], error[2], status = -1;
	pid_t child;

	if (pipe2(report, O_CLOEXEC)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	if (pipe2(error, O_CLOEXEC)) {
		tool_error("cannot make a pipe: %s", strerror(errno));
		close(report[0]);
		close(report[1]);
		return -1;
	}
	stdio.out = report[1];
	stdio.err = verbose ? STDERR_FILENO : error[1];
	child = tool_process_start(argv, &stdio);
	close(report[1]);
	close(error[1]);
	if (child >= 0)
		collect(output, report[0], error[0]);
	close(report[0]);
	close(error[0]);
	while (child >= 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void take(const struct matrix *matrix, struct matrix_boot *boot, int status,
		 const struct output *output)
{
	char name[MATRIX_NAME], end[64];

	if (status >= 0 && WIFEXITED(status) && !WEXITSTATUS(status) &&
	    !matrix_observe(matrix, boot, output->report)) {
		matrix_compare(boot);
		return;
	}
	if (status < 0)
		snprintf(boot->problem, sizeof(boot->problem), "could not be started");
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		snprintf(boot->problem, sizeof(boot->problem), "no report: zpci run %s",
			 tool_process_end(status, end, sizeof(end)));
	else
		snprintf(boot->problem, sizeof(boot->problem),
			 "what the guest printed is not zpci-inspect's report");
	tool_error("%s: %s", matrix_boot_name(boot, name, sizeof(name)), boot->problem);
	tool_tail_print(&output->errors, stderr, ERROR_LINES, "  ");
}

void matrix_boot_run(const struct matrix *matrix, struct matrix_boot *boot)
{
	struct output *output = calloc(1, sizeof(*output));
	struct tool_list arguments = { .count = 0 };
	char *command = make_command(matrix);

	if (output)
		output->report = malloc(REPORT_SIZE + 1);
	if (command)
		make_arguments(&arguments, matrix, boot, command);
	if (!command || arguments.failed || !output || !output->report)
		snprintf(boot->problem, sizeof(boot->problem), "out of memory");
	else
		take(matrix, boot, run(arguments.items, output, matrix->options->verbose), output);
	if (output)
		free(output->report);
	free(output);
	free(command);
	tool_list_free(&arguments);
}
