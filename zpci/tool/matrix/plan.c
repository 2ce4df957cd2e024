// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plan: which functions the guests get, and which boots there are.
 */
#define _GNU_SOURCE 1

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "zpci/tool/boot/paths.h"
#include "zpci/tool/kernel/tree.h"
#include "zpci/tool/message.h"

#define FID 0x2001 /* of the first function; the others follow */
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
	const char *name = find_key(spec, "profile", &length), *vf;
	int profile = name ? matrix_profile_find(name, length) : -1;

	if (profile < 0)
		return refuse(spec, "profile=NAME says what it is compared with; NAME is one of "
				    "lpar, vfio, silent, plain and raw");
	if (find_key(spec, "fid", &length))
		return refuse(spec, "the matrix chooses the FIDs; leave out fid");
	vf = find_key(spec, "vf", &length);
	if (vf && !strncmp(vf, "free", length))
		return refuse(spec,
			      "the matrix compares the number; say vf=NUMBER, or leave out vf");
	if (matrix->functions[profile].spec)
		return refuse(spec, "there is another function for this profile; give one only");
	return profile;
}

/* Adds the FID, and the VF number if it is not given. */
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
	if (asprintf(&function->spec, "%s%s,fid=0x%x", spec, number, function->fid) < 0) {
		function->spec = NULL;
		tool_error("out of memory");
		return -1;
	}
	matrix->specs[profile] = function->spec;
	return 0;
}

static int choose_functions(struct matrix *matrix)
{
	const struct tool_functions *given = &matrix->options->setup.functions;
	char spec[32];
	size_t i;
	int profile;

	for (i = 0; i < given->count; i++) {
		profile = row_of(matrix, given->specs[i]);
		if (profile < 0 || set_function(matrix, profile, given->specs[i]))
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

static const char *smp_list(const struct matrix *matrix)
{
	return matrix->options->smp_list ? matrix->options->smp_list : SMP_LIST;
}

/* One boot for each number of CPUs. */
static void add_boots(struct matrix *matrix, const char *guest, const char *kernel)
{
	const char *at = smp_list(matrix);

	for (; *at; at += strcspn(at, ","), at += *at == ',') {
		matrix->boots[matrix->boot_count++] = (struct matrix_boot){
			.guest = guest,
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

	for (at = smp_list(matrix); *at; at++)
		smps += *at == ',';
	matrix->boots = calloc((kernels ? kernels : 1) * smps, sizeof(*matrix->boots));
	if (!matrix->boots) {
		tool_error("out of memory");
		return -1;
	}
	for (i = 0; i < options->guest_count; i++)
		add_boots(matrix, options->guests[i], NULL);
	for (i = 0; i < options->kernel_count; i++)
		add_boots(matrix, NULL, options->kernels[i]);
	if (!kernels && kernel_tree_is("."))
		add_boots(matrix, NULL, ".");
	else if (!kernels)
		add_boots(matrix, GUEST, NULL);
	return 0;
}

/* --- both ------------------------------------------------------------------------------------ */

static int check_files(const struct matrix *matrix)
{
	size_t i;

	for (i = 0; i < matrix->boot_count; i++) {
		struct boot_setup setup = matrix_setup(matrix, &matrix->boots[i]);

		setup.announce = !i || matrix->boots[i - 1].kernel != setup.kernel;
		if (boot_check_files(&setup))
			return -1;
	}
	return 0;
}

/* The files were found before. */
static int read_releases(struct matrix *matrix)
{
	size_t i;

	for (i = 0; i < matrix->boot_count; i++) {
		struct matrix_boot *boot = &matrix->boots[i];
		const struct boot_setup setup = matrix_setup(matrix, boot);
		struct tool_paths paths = { 0 };
		int rc = tool_paths_find(&paths, &setup);

		if (!rc)
			snprintf(boot->image_release, sizeof(boot->image_release), "%s",
				 tool_paths_release(&paths));
		tool_paths_free(&paths);
		if (rc)
			return rc;
	}
	return 0;
}

int matrix_plan(struct matrix *matrix)
{
	const struct boot_setup *setup = &matrix->options->setup;

	if (boot_check_host(setup) || choose_functions(matrix) || choose_boots(matrix) ||
	    check_files(matrix) || read_releases(matrix))
		return -1;
	return boot_check_qemu(setup);
}

void matrix_plan_free(struct matrix *matrix)
{
	int i;

	for (i = 0; i < MATRIX_PROFILES; i++)
		free(matrix->functions[i].spec);
	free(matrix->boots);
}
