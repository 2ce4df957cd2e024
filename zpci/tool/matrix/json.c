// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a program; zpci-matrix(1) describes the format.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include "matrix.h"
#include "zpci/util/json.h"

static void put_observations(struct json *json)
{
	int i;

	json_open_array(json, "observations");
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		json_open_object(json, NULL);
		json_string(json, "name", matrix_rows[i].name);
		json_string(json, "text", matrix_rows[i].text + strspn(matrix_rows[i].text, " "));
		json_string(json, "help", matrix_rows[i].help);
		json_close_object(json);
	}
	json_close_array(json);
}

static void put_expected(struct json *json)
{
	int profile, i;

	json_open_object(json, "expected");
	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		json_open_object(json, matrix_profile_names[profile]);
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			json_string(json, matrix_rows[i].name, matrix_rows[i].expected[profile]);
		json_close_object(json);
	}
	json_close_object(json);
}

static void put_functions(struct json *json, const struct matrix *matrix)
{
	int i;

	json_open_object(json, "functions");
	for (i = 0; i < MATRIX_PROFILES; i++) {
		json_open_object(json, matrix_profile_names[i]);
		json_string(json, "function", matrix->functions[i].spec);
		json_hex(json, "fid", matrix->functions[i].fid, 8);
		json_number(json, "vf", matrix->functions[i].vf);
		json_close_object(json);
	}
	json_close_object(json);
}

static void put_cell(struct json *json, const char *name, const struct matrix_cell *cell)
{
	json_open_object(json, name);
	json_string(json, "expected", *cell->expected ? cell->expected : NULL);
	json_string(json, "observed", strcmp(cell->observed, "?") ? cell->observed : NULL);
	json_string(json, "result", matrix_result_names[cell->result]);
	if (*cell->why)
		json_string(json, "why", cell->why);
	json_close_object(json);
}

static void put_gaps(struct json *json, const struct matrix_boot *boot)
{
	struct matrix_gap gaps[MATRIX_GAPS];
	const size_t count = matrix_gaps(boot, gaps);
	char text[MATRIX_NAME];
	size_t i;

	json_open_array(json, "not_observed");
	for (i = 0; i < count; i++) {
		json_open_object(json, NULL);
		json_number(json, "cells", gaps[i].cells);
		json_string(json, "missing", gaps[i].need ? gaps[i].need->option : NULL);
		json_string(json, "why", matrix_gap_text(&gaps[i], text, sizeof(text)));
		json_close_object(json);
	}
	json_close_array(json);
}

static void put_boot(struct json *json, const struct matrix *matrix, const struct matrix_boot *boot)
{
	char id[MATRIX_NAME];
	int profile, i;

	json_open_object(json, NULL);
	if (boot->guest)
		json_string(json, "guest", boot->guest);
	else
		json_string(json, "kernel", boot->kernel);
	json_number(json, "smp", boot->smp);
	json_string(json, "id", matrix_boot_id(matrix, boot, id, sizeof(id)));
	json_number(json, "milliseconds", (uint64_t)(boot->seconds * 1000));
	json_string(json, "problem", *boot->problem ? boot->problem : NULL);
	if (!*boot->problem) {
		json_string(json, "release", boot->release);
		json_bool(json, "btf", boot->has_btf);
		json_bool(json, "vfio", boot->has_vfio);
		put_gaps(json, boot);
		json_open_object(json, "cells");
		for (profile = 0; profile < MATRIX_PROFILES; profile++) {
			json_open_object(json, matrix_profile_names[profile]);
			for (i = 0; i < MATRIX_OBSERVATIONS; i++)
				put_cell(json, matrix_rows[i].name, &boot->cells[profile][i]);
			json_close_object(json);
		}
		json_close_object(json);
	}
	json_close_object(json);
}

static void put_result(struct json *json, const struct matrix *matrix)
{
	static const char *const verdicts[] = {
		[MATRIX_PASSED] = "passed",
		[MATRIX_FAILED] = "failed",
		[MATRIX_INCOMPLETE] = "incomplete",
	};
	const struct matrix_counts counts = matrix_count(matrix);
	const enum matrix_verdict verdict = matrix_verdict(matrix);

	json_open_object(json, "result");
	json_string(json, "verdict", verdicts[verdict]);
	json_bool(json, "passed", verdict == MATRIX_PASSED);
	json_number(json, "equal", counts.results[MATRIX_EQUAL]);
	json_number(json, "different", counts.results[MATRIX_DIFFERENT]);
	json_number(json, "not_observed", counts.results[MATRIX_UNOBSERVED]);
	json_number(json, "without_report", counts.problems);
	json_close_object(json);
}

void matrix_json(FILE *to, const struct matrix *matrix)
{
	struct json json = { .out = to };
	size_t i;

	json_open_object(&json, NULL);
	json_string(&json, "version", PACKAGE_VERSION);
	put_observations(&json);
	put_functions(&json, matrix);
	json_open_array(&json, "boots");
	for (i = 0; i < matrix->booted; i++)
		put_boot(&json, matrix, &matrix->boots[i]);
	json_close_array(&json);
	put_result(&json, matrix);
	json_close_object(&json);
}

void matrix_json_expected(FILE *to)
{
	struct json json = { .out = to };

	json_open_object(&json, NULL);
	json_string(&json, "version", PACKAGE_VERSION);
	put_observations(&json);
	put_expected(&json);
	json_close_object(&json);
}
