// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci matrix`, zpci-matrix(1): the plan, then the boots, then the results.
 */
#include "matrix.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/tool/terminal.h"

static const int statuses[] = {
	[MATRIX_PASSED] = 0,
	[MATRIX_FAILED] = 1,
	[MATRIX_INCOMPLETE] = TOOL_EXIT_FAILURE, /* verdict.c has the reason */
};

/* With --verbose the guest's console is in its place. */
static void show_progress(const struct matrix *matrix, const struct matrix_boot *boot)
{
	const struct matrix_counts counts = matrix_count(matrix);
	char name[MATRIX_NAME], found[64] = "";

	if (matrix->options->setup.verbose)
		return;
	if (counts.results[MATRIX_DIFFERENT])
		snprintf(found, sizeof(found), "; %u cell%s so far",
			 counts.results[MATRIX_DIFFERENT],
			 counts.results[MATRIX_DIFFERENT] == 1 ? " differs" : "s differ");
	tool_progress("zpci: %zu of %zu: booting %s%s%s%s", matrix->booted + 1, matrix->boot_count,
		      matrix_boot_name(boot, name, sizeof(name)),
		      *boot->image_release ? ": Linux " : "", boot->image_release, found);
}

/* Returns 0, or the signal that is to end the tool. */
static int run_boots(struct matrix *matrix)
{
	int signal = 0;

	while (!signal && matrix->booted < matrix->boot_count) {
		struct matrix_boot *boot = &matrix->boots[matrix->booted];

		show_progress(matrix, boot);
		signal = matrix_boot_run(matrix, boot);
		matrix->booted++;
	}
	tool_progress_end();
	return signal;
}

/*
 * The plan reports what is missing, and the outputs are opened, before the first boot. So a user
 * does not wait for minutes to read that a folder does not exist.
 */
static int run_matrix(const struct tool_options *options)
{
	struct matrix matrix = { .options = options };
	struct matrix_outputs outputs = { 0 };
	int status = TOOL_EXIT_FAILURE;
	int signal = 0;

	if (!matrix_plan(&matrix) && !matrix_outputs_open(&outputs, options)) {
		signal = run_boots(&matrix);
		if (!signal && !matrix_outputs_write(&outputs, &matrix))
			status = statuses[matrix_verdict(&matrix)];
	}
	matrix_outputs_close(&outputs);
	matrix_plan_free(&matrix);
	if (signal)
		tool_process_die(signal);
	return status;
}

int tool_matrix(const struct tool_options *options)
{
	if (matrix_outputs_check(options))
		return TOOL_EXIT_FAILURE;
	if (options->expected)
		return matrix_outputs_expected(options) ? TOOL_EXIT_FAILURE : 0;
	return run_matrix(options);
}
