// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the results go: standard output, and the files of --json, --html and --junit.
 */
#include <errno.h>
#include <string.h>

#include "matrix.h"
#include "zpci/tool/message.h"

static bool is_standard(const char *path)
{
	return path && !strcmp(path, "-");
}

static FILE *open_file(const char *option, const char *path)
{
	FILE *to = is_standard(path) ? stdout : fopen(path, "we");

	if (!to)
		tool_error("--%s %s: %s", option, path, strerror(errno));
	return to;
}

static int close_file(FILE *to, const char *path)
{
	int error = ferror(to);

	if (to == stdout)
		error |= fflush(to);
	else
		error |= fclose(to);
	if (error)
		tool_error("cannot write to %s", path);
	return error ? -1 : 0;
}

/* The text is not counted: it is printed only if nothing else goes to standard output. */
static int count_standard(const struct tool_options *options)
{
	return options->tap + is_standard(options->json_file) + is_standard(options->html_file) +
	       is_standard(options->junit_file);
}

int matrix_outputs_check(const struct tool_options *options)
{
	if (options->expected && (options->tap || options->html_file || options->junit_file))
		tool_error("--expected allows --json and no other result");
	else if (count_standard(options) > 1)
		tool_error("more than one result for standard output; choose one of --tap and "
			   "the files called -");
	else
		return 0;
	return -1;
}

int matrix_outputs_open(struct matrix_outputs *outputs, const struct tool_options *options)
{
	int i;

	*outputs = (struct matrix_outputs){ {
		{ "json", options->json_file, matrix_json, NULL },
		{ "html", options->html_file, matrix_html, NULL },
		{ "junit", options->junit_file, matrix_junit, NULL },
	} };
	for (i = 0; i < MATRIX_OUTPUTS; i++) {
		struct matrix_output *file = &outputs->files[i];

		if (!file->path)
			continue;
		file->to = open_file(file->option, file->path);
		if (!file->to)
			return -1;
	}
	return 0;
}

int matrix_outputs_write(struct matrix_outputs *outputs, const struct matrix *matrix)
{
	int i, rc = 0;

	if (matrix->options->tap)
		matrix_tap(stdout, matrix);
	else if (!count_standard(matrix->options))
		matrix_text(stdout, matrix);
	for (i = 0; i < MATRIX_OUTPUTS; i++) {
		struct matrix_output *file = &outputs->files[i];

		if (!file->to)
			continue;
		file->write(file->to, matrix);
		if (file->to != stdout)
			rc |= close_file(file->to, file->path);
		file->to = NULL;
	}
	return rc | close_file(stdout, "standard output");
}

void matrix_outputs_close(struct matrix_outputs *outputs)
{
	int i;

	for (i = 0; i < MATRIX_OUTPUTS; i++)
		if (outputs->files[i].to && outputs->files[i].to != stdout)
			fclose(outputs->files[i].to);
}

int matrix_outputs_expected(const struct tool_options *options)
{
	FILE *to;

	if (!options->json_file) {
		matrix_text_expected(stdout);
		return close_file(stdout, "standard output");
	}
	to = open_file("json", options->json_file);
	if (!to)
		return -1;
	matrix_json_expected(to);
	return close_file(to, options->json_file);
}
