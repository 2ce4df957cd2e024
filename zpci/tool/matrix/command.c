/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `zpci matrix`: every emulation profile on every kernel and number of CPUs that was asked for,
 * compared with what must be seen.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "matrix.h"
#include "zpci/tool/boot/paths.h"
#include "zpci/tool/boot/qemu.h"
#include "zpci/tool/functions.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

#define FAILED 1
#define FID 0x2001
#define SMP_LIST "1"
#define GUEST "default"

/* --- functions ------------------------------------------------------------------------------- */

/* The value of a key in MODEL[,KEY=VALUE]..., and its length; NULL: there is none. */
static const char *find_key(const char *spec, const char *key, size_t *length)
{
	size_t key_length = strlen(key);
	const char *at = strchr(spec, ',');

	for (; at; at = strchr(at + 1, ',')) {
		if (strncmp(at + 1, key, key_length) || at[1 + key_length] != '=')
			continue;
		at += 2 + key_length;
		*length = strcspn(at, ",");
		return at;
	}
	return NULL;
}

static int refuse(const char *spec, const char *why)
{
	tool_error("--function %s: %s", spec, why);
	return -1;
}

/* Which row a function of --function is compared with, or -1 after a message. */
static int row_of(const struct matrix *matrix, const char *spec)
{
	size_t length;
	const char *name = find_key(spec, "profile", &length);
	int profile = name ? matrix_profile_find(name, length) : -1;

	if (profile < 0)
		return refuse(spec, "profile=NAME says what it is compared with; NAME is one of "
				    "lpar, vfio, silent, plain and raw");
	if (find_key(spec, "fid", &length))
		return refuse(spec,
			      "the matrix gives its functions FIDs of its own; leave out fid");
	if (matrix->functions[profile].spec)
		return refuse(spec, "there is another function for this profile; each has one");
	return profile;
}

/* Adds what is not given: FID, and VF number. */
static int set_function(struct matrix *matrix, enum matrix_profile profile, const char *spec)
{
	struct matrix_function *function = &matrix->functions[profile];
	size_t length;
	const char *vf = find_key(spec, "vf", &length);
	char number[16] = "";

	function->fid = FID + profile;
	function->vf = vf ? strtoul(vf, NULL, 0) : profile + 1u;
	if (!vf)
		snprintf(number, sizeof(number), ",vf=%u", function->vf);
	if (asprintf(&function->spec, "%s%s,fid=0x%x", spec, number, function->fid) >= 0)
		return 0;
	function->spec = NULL;
	tool_error("out of memory");
	return -1;
}

static int choose_functions(struct matrix *matrix)
{
	const struct tool_options *options = matrix->options;
	char spec[32];
	size_t i;
	int profile;

	for (i = 0; i < options->function_count; i++) {
		profile = row_of(matrix, options->functions[i]);
		if (profile < 0 || set_function(matrix, profile, options->functions[i]))
			return -1;
	}
	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		if (matrix->functions[profile].spec)
			continue;
		snprintf(spec, sizeof(spec), "probe,profile=%s", matrix_profile_names[profile]);
		if (set_function(matrix, profile, spec))
			return -1;
	}
	return 0;
}

/* --- boots ----------------------------------------------------------------------------------- */

static void add_boots(struct matrix *matrix, const char *option, const char *kernel)
{
	const char *at = matrix->options->smp_list;

	if (!at)
		at = SMP_LIST;
	for (; *at; at += strcspn(at, ","), at += *at == ',') {
		matrix->boots[matrix->boot_count++] = (struct matrix_boot){
			.option = option,
			.kernel = kernel,
			.smp = strtoul(at, NULL, 10),
		};
	}
}

static int choose_boots(struct matrix *matrix)
{
	const struct tool_options *options = matrix->options;
	size_t kernels = options->kernel_count + options->guest_count;
	const char *at;
	size_t i, smps = 1;

	for (at = options->smp_list ? options->smp_list : SMP_LIST; *at; at++)
		smps += *at == ',';
	matrix->boots = calloc((kernels ? kernels : 1) * smps, sizeof(*matrix->boots));
	if (!matrix->boots) {
		tool_error("out of memory");
		return -1;
	}
	for (i = 0; i < options->guest_count; i++)
		add_boots(matrix, "guest", options->guests[i]);
	for (i = 0; i < options->kernel_count; i++)
		add_boots(matrix, "kernel", options->kernels[i]);
	if (!kernels)
		add_boots(matrix, "guest", GUEST);
	return 0;
}

/* What is missing is said now, and not after the boots that come before it. */
static int check(const struct matrix *matrix)
{
	const char *specs[MATRIX_PROFILES];
	struct tool_options options = *matrix->options;
	struct tool_paths paths;
	int i, result = 0;
	size_t boot;

	for (i = 0; i < MATRIX_PROFILES; i++)
		specs[i] = matrix->functions[i].spec;
	options.functions = specs;
	options.function_count = MATRIX_PROFILES;
	if (tool_functions_check(&options))
		return -1;
	for (boot = 0; boot < matrix->boot_count && !result; boot++) {
		bool guest = !strcmp(matrix->boots[boot].option, "guest");

		options.guest = guest ? matrix->boots[boot].kernel : NULL;
		if (guest && !strcmp(options.guest, GUEST))
			options.guest = NULL; /* the advice is another one */
		options.kernel = guest ? NULL : matrix->boots[boot].kernel;
		result = tool_paths_find(&paths, &options);
		if (!result && boot + 1 == matrix->boot_count)
			result = tool_qemu_check(paths.qemu);
		tool_paths_free(&paths);
	}
	return result;
}

static void run_boots(struct matrix *matrix)
{
	char name[MATRIX_NAME];

	while (matrix->booted < matrix->boot_count) {
		struct matrix_boot *boot = &matrix->boots[matrix->booted];

		if (isatty(STDERR_FILENO))
			fprintf(stderr, "zpci: %zu of %zu: %s ...\n", matrix->booted + 1,
				matrix->boot_count, matrix_boot_name(boot, name, sizeof(name)));
		matrix_boot_run(matrix, boot);
		matrix->booted++;
	}
}

/* --- results --------------------------------------------------------------------------------- */

struct result_file {
	const char *option;
	const char *path; /* NULL: not wanted; "-": standard output */
	void (*write)(FILE *to, const struct matrix *matrix);
	FILE *to;
};

#define RESULT_FILES 3

static void list_files(struct result_file files[RESULT_FILES], const struct tool_options *options)
{
	files[0] = (struct result_file){ "json", options->json_file, matrix_json, NULL };
	files[1] = (struct result_file){ "html", options->html_file, matrix_html, NULL };
	files[2] = (struct result_file){ "junit", options->junit_file, matrix_junit, NULL };
}

/* How many of the results go to standard output, the usual report not counted. */
static int count_standard(const struct tool_options *options,
			  const struct result_file files[RESULT_FILES])
{
	int i, found = options->tap;

	for (i = 0; i < RESULT_FILES; i++)
		found += files[i].path && !strcmp(files[i].path, "-");
	return found;
}

/* Before the boots: minutes later would be late to hear that a folder does not exist. */
static int open_files(struct result_file files[RESULT_FILES])
{
	int i;

	for (i = 0; i < RESULT_FILES; i++) {
		if (!files[i].path)
			continue;
		files[i].to = strcmp(files[i].path, "-") ? fopen(files[i].path, "we") : stdout;
		if (!files[i].to) {
			tool_error("--%s %s: %s", files[i].option, files[i].path, strerror(errno));
			return -1;
		}
	}
	return 0;
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

static int write_results(const struct matrix *matrix, struct result_file files[RESULT_FILES])
{
	int i, result = 0;

	if (matrix->options->tap)
		matrix_tap(stdout, matrix);
	else if (!count_standard(matrix->options, files))
		matrix_text(stdout, matrix);
	for (i = 0; i < RESULT_FILES; i++) {
		if (!files[i].to)
			continue;
		files[i].write(files[i].to, matrix);
		if (files[i].to != stdout)
			result |= close_file(files[i].to, files[i].path);
		files[i].to = NULL;
	}
	return close_file(stdout, "standard output") || result ? -1 : 0;
}

static void drop_files(struct result_file files[RESULT_FILES])
{
	int i;

	for (i = 0; i < RESULT_FILES; i++)
		if (files[i].to && files[i].to != stdout)
			fclose(files[i].to);
}

/* --- the command ----------------------------------------------------------------------------- */

static void matrix_free(struct matrix *matrix)
{
	int i;

	for (i = 0; i < MATRIX_PROFILES; i++)
		free(matrix->functions[i].spec);
	free(matrix->boots);
}

static int run_matrix(const struct tool_options *options)
{
	struct matrix matrix = { .options = options };
	struct result_file files[RESULT_FILES];
	int status = TOOL_EXIT_FAILURE;

	list_files(files, options);
	if (!choose_functions(&matrix) && !choose_boots(&matrix) && !check(&matrix) &&
	    !open_files(files)) {
		run_boots(&matrix);
		if (!write_results(&matrix, files))
			status = matrix_passed(&matrix) ? 0 : FAILED;
	}
	drop_files(files);
	matrix_free(&matrix);
	return status;
}

/* The table alone, without a guest. */
static int print_expected(const struct tool_options *options)
{
	FILE *to;

	if (options->tap || options->html_file || options->junit_file) {
		tool_error("--expected goes with --json and no other result");
		return TOOL_EXIT_FAILURE;
	}
	if (!options->json_file) {
		matrix_text_expected(stdout);
		return close_file(stdout, "standard output") ? TOOL_EXIT_FAILURE : 0;
	}
	to = strcmp(options->json_file, "-") ? fopen(options->json_file, "we") : stdout;
	if (!to) {
		tool_error("--json %s: %s", options->json_file, strerror(errno));
		return TOOL_EXIT_FAILURE;
	}
	matrix_json_expected(to);
	return close_file(to, options->json_file) ? TOOL_EXIT_FAILURE : 0;
}

static int matrix(const struct tool_options *options)
{
	struct result_file files[RESULT_FILES];

	if (options->rest_count) {
		tool_error("unexpected argument `%s'; --help lists the options", options->rest[0]);
		return TOOL_EXIT_FAILURE;
	}
	list_files(files, options);
	if (count_standard(options, files) > 1) {
		tool_error("more than one result for standard output; choose one of --tap and "
			   "the files called -");
		return TOOL_EXIT_FAILURE;
	}
	return options->expected ? print_expected(options) : run_matrix(options);
}

int tool_matrix(int argc, char **argv)
{
	struct tool_options options;
	int status = TOOL_EXIT_FAILURE;

	if (!tool_options_parse(&options, TOOL_MATRIX, argc, argv)) {
		if (options.help) {
			tool_command_help(argv[0]);
			status = 0;
		} else {
			status = matrix(&options);
		}
	}
	tool_options_free(&options);
	return status;
}
