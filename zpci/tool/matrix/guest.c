// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest of one boot. It has all functions, and its command is zpci-inspect(8), which prints
 * one report. A guest can print without end, so the buffer for the report has a fixed size. The
 * last lines of the standard error are kept, and are printed if there is no report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "matrix.h"
#include "zpci/tool/message.h"

#define REPORT_SIZE (1 << 20)
#define ERROR_LINES 24
#define TIMEOUT 600

/* What the guest has printed. */
struct printed {
	char *report;
	size_t length;
	struct tool_tail errors;
};

/* The command in the guest, allocated; NULL: no memory. */
static char *make_command(const struct matrix *matrix)
{
	const char *const *has_device = matrix_rows[MATRIX_DEVICE].expected;
	char *command = NULL;
	size_t size;
	FILE *to = open_memstream(&command, &size);
	int i;

	if (!to)
		return NULL;
	fputs("exec zpci-inspect --json --interrupts 0 --dma-bytes 0", to);
	for (i = 0; i < MATRIX_PROFILES; i++)
		if (!strcmp(has_device[i], "yes"))
			fprintf(to, " --fid %x", matrix->functions[i].fid);
	if (!fclose(to))
		return command;
	free(command);
	return NULL;
}

struct boot_setup matrix_setup(const struct matrix *matrix, const struct matrix_boot *boot)
{
	struct boot_setup setup = matrix->options->setup;

	setup.guest = boot->guest;
	setup.kernel = boot->kernel;
	setup.smp = boot->smp;
	setup.inspects = true;
	setup.functions.specs = matrix->specs;
	setup.functions.count = MATRIX_PROFILES;
	return setup;
}

static int take_report(void *opaque, const char *data, size_t length)
{
	struct printed *printed = opaque;

	if (length > REPORT_SIZE - printed->length)
		length = REPORT_SIZE - printed->length;
	memcpy(printed->report + printed->length, data, length);
	printed->length += length;
	printed->report[printed->length] = '\0';
	return 0;
}

static int take_error(void *opaque, const char *data, size_t length)
{
	struct printed *printed = opaque;

	tool_tail_add(&printed->errors, data, length);
	return 0;
}

/* Notes why there is no report, and prints the last lines of the guest. */
static void no_report(struct matrix_boot *boot, const struct printed *printed,
		      const struct boot_outcome *outcome)
{
	char name[MATRIX_NAME];

	boot->refused = outcome->end == BOOT_REFUSED;
	if (boot->refused)
		snprintf(boot->problem, sizeof(boot->problem), "could not be started");
	else if (*outcome->text)
		snprintf(boot->problem, sizeof(boot->problem), "no report: %s", outcome->text);
	else if (!printed->length)
		snprintf(boot->problem, sizeof(boot->problem),
			 "no report: the command in the guest ended with status %d",
			 outcome->status);
	else
		snprintf(boot->problem, sizeof(boot->problem),
			 "what the guest printed is not zpci-inspect's report");
	tool_error("%s: %s", matrix_boot_name(boot, name, sizeof(name)), boot->problem);
	tool_tail_print(&printed->errors, stderr, ERROR_LINES, "  ");
	if (outcome->end == BOOT_FAILED || outcome->end == BOOT_TIMED_OUT)
		boot_print_console(outcome);
}

static int boot_and_observe(const struct matrix *matrix, struct matrix_boot *boot,
			    const char *command_text, struct printed *printed)
{
	const struct boot_setup setup = matrix_setup(matrix, boot);
	const unsigned int timeout = matrix->options->timeout;
	const struct boot_sink keep_errors = { .take = take_error, .opaque = printed };
	const struct boot_sink print_errors = { .file = STDERR_FILENO };
	const struct boot_command command = {
		.text = command_text,
		.timeout = timeout ? timeout : TIMEOUT,
		.output = { .take = take_report, .opaque = printed },
		.error = setup.verbose ? print_errors : keep_errors,
	};
	struct boot_outcome outcome;

	boot_run(&setup, &command, &outcome);
	if (outcome.end == BOOT_INTERRUPTED)
		return outcome.signal;
	/* The status does not matter: the report says what zpci-inspect could not do. */
	if (outcome.end == BOOT_DONE && !matrix_observe(matrix, boot, printed->report))
		matrix_compare(boot);
	else
		no_report(boot, printed, &outcome);
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int matrix_boot_run(const struct matrix *matrix, struct matrix_boot *boot)
{
	struct printed printed = { 0 };
	char *command = make_command(matrix);
	const double start = now();
	int signal = 0;

	boot->started = time(NULL);
	printed.report = calloc(1, REPORT_SIZE + 1);
	if (command && printed.report) {
		signal = boot_and_observe(matrix, boot, command, &printed);
	} else {
		snprintf(boot->problem, sizeof(boot->problem), "out of memory");
		tool_error("%s", boot->problem);
	}
	boot->seconds = now() - start;
	free(printed.report);
	free(command);
	return signal;
}
