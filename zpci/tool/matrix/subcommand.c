// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci matrix`, zpci-matrix(1): the plan, then the boots, then the results.
 */
#include <unistd.h>

#include "matrix.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

static const int statuses[] = {
	[MATRIX_PASSED] = 0,
	[MATRIX_FAILED] = 1,
	[MATRIX_INCOMPLETE] = TOOL_EXIT_FAILURE, /* verdict.c has the reason */
};

/* Returns 0, or the signal that is to end the tool. */
static int run_boots(struct matrix *matrix)
{
	char name[MATRIX_NAME];
	int signal = 0;

	while (!signal && matrix->booted < matrix->boot_count) {
		struct matrix_boot *boot = &matrix->boots[matrix->booted];

		if (isatty(STDERR_FILENO))
			fprintf(stderr, "zpci: %zu of %zu: %s ...\n", matrix->booted + 1,
				matrix->boot_count, matrix_boot_name(boot, name, sizeof(name)));
		signal = matrix_boot_run(matrix, boot);
		matrix->booted++;
	}
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
