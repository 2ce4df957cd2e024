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

static const char *const result_names[MATRIX_RESULTS] = {
	[MATRIX_EMPTY] = "none",
	[MATRIX_EQUAL] = "equal",
	[MATRIX_DIFFERENT] = "different",
	[MATRIX_UNOBSERVABLE] = "not observable",
};

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
	json_string(json, "result", result_names[cell->result]);
	if (*cell->why)
		json_string(json, "why", cell->why);
	json_close_object(json);
}

static void put_boot(struct json *json, const struct matrix_boot *boot)
{
	int profile, i;

	json_open_object(json, NULL);
	if (boot->guest)
		json_string(json, "guest", boot->guest);
	else
		json_string(json, "kernel", boot->kernel);
	json_number(json, "smp", boot->smp);
	json_string(json, "problem", *boot->problem ? boot->problem : NULL);
	if (!*boot->problem) {
		json_string(json, "release", boot->release);
		json_bool(json, "btf", boot->has_btf);
		json_bool(json, "vfio", boot->has_vfio);
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
	struct matrix_counts counts = matrix_count(matrix);

	json_open_object(json, "result");
	json_bool(json, "passed", matrix_passed(matrix));
	json_number(json, "equal", counts.results[MATRIX_EQUAL]);
	json_number(json, "different", counts.results[MATRIX_DIFFERENT]);
	json_number(json, "not_observable", counts.results[MATRIX_UNOBSERVABLE]);
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
		put_boot(&json, &matrix->boots[i]);
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
