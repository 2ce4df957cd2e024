// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a person at a terminal. Each boot is a table: a row for each observation, a column
 * for each profile, and in each cell the expected and the observed value. Then comes a sentence for
 * each difference.
 */
#include <string.h>

#include "matrix.h"

#define LABEL 32
#define COLUMN 13

static void put_head(FILE *to, const char *left)
{
	char line[LABEL + COLUMN * MATRIX_PROFILES + 1];
	int i, length;

	length = snprintf(line, sizeof(line), "%-*s", LABEL, left);
	for (i = 0; i < MATRIX_PROFILES; i++)
		length += snprintf(line + length, sizeof(line) - length, "%-*s",
				   i + 1 < MATRIX_PROFILES ? COLUMN : 0, matrix_profile_names[i]);
	fprintf(to, "%s\n", line);
}

static void put_cell(FILE *to, const struct matrix_cell *cell, int width)
{
	char text[2 * MATRIX_VALUE + 4];

	if (!strcmp(cell->expected, MATRIX_NONE))
		snprintf(text, sizeof(text), "-");
	else
		snprintf(text, sizeof(text), "%s|%s%s",
			 *cell->expected ? matrix_short(cell->expected) : "any",
			 matrix_short(cell->observed),
			 cell->result == MATRIX_DIFFERENT ? " !" : "");
	fprintf(to, "%-*s", width, text);
}

static void put_boot(FILE *to, const struct matrix_boot *boot)
{
	char name[MATRIX_NAME];
	int profile, i;

	matrix_boot_name(boot, name, sizeof(name));
	if (*boot->problem) {
		fprintf(to, "%s: %s\n\n", name, boot->problem);
		return;
	}
	fprintf(to, "%s: Linux %s\n\n", name, boot->release);
	put_head(to, "expected|observed");
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		fprintf(to, "%-*s", LABEL, matrix_rows[i].text);
		for (profile = 0; profile < MATRIX_PROFILES; profile++)
			put_cell(to, &boot->cells[profile][i],
				 profile + 1 < MATRIX_PROFILES ? COLUMN : 0);
		fputc('\n', to);
	}
	fputc('\n', to);
}

static void put_differences(FILE *to, const struct matrix_boot *boot)
{
	const struct matrix_cell *cell;
	char name[MATRIX_NAME];
	int profile, i;

	matrix_boot_name(boot, name, sizeof(name));
	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
			cell = &boot->cells[profile][i];
			if (*boot->problem || cell->result != MATRIX_DIFFERENT)
				continue;
			fprintf(to, "%s: %s: %s: expected %s, observed %s%s%s%s\n", name,
				matrix_profile_names[profile], matrix_rows[i].name, cell->expected,
				cell->observed, *cell->why ? " (" : "", cell->why,
				*cell->why ? ")" : "");
		}
	}
}

static bool put_unobserved(FILE *to, const struct matrix_boot *boot)
{
	struct matrix_gap gaps[MATRIX_GAPS];
	const size_t count = matrix_gaps(boot, gaps);
	char name[MATRIX_NAME], text[MATRIX_NAME];
	bool needs = false;
	size_t i;

	matrix_boot_name(boot, name, sizeof(name));
	for (i = 0; i < count; i++) {
		fprintf(to, "%s: %u cell%s not observed: %s\n", name, gaps[i].cells,
			gaps[i].cells == 1 ? "" : "s",
			matrix_gap_text(&gaps[i], text, sizeof(text)));
		needs |= gaps[i].need != NULL;
	}
	return needs;
}

void matrix_text(FILE *to, const struct matrix *matrix)
{
	const enum matrix_verdict verdict = matrix_verdict(matrix);
	char summary[MATRIX_NAME];
	bool needs = false;
	size_t i;

	for (i = 0; i < matrix->booted; i++)
		put_boot(to, &matrix->boots[i]);
	for (i = 0; i < matrix->booted; i++)
		needs |= put_unobserved(to, &matrix->boots[i]);
	if (needs)
		fputs(MATRIX_NEEDS_HELP "\n", to);
	for (i = 0; i < matrix->booted; i++)
		put_differences(to, &matrix->boots[i]);
	fprintf(to, "%s: %s\n", matrix_verdict_word(verdict),
		matrix_summary(matrix, summary, sizeof(summary)));
}

void matrix_text_expected(FILE *to)
{
	const char *value;
	int profile, i;

	put_head(to, "expected");
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		fprintf(to, "%-*s", LABEL, matrix_rows[i].text);
		for (profile = 0; profile < MATRIX_PROFILES; profile++) {
			value = matrix_rows[i].expected[profile];
			fprintf(to, "%-*s", profile + 1 < MATRIX_PROFILES ? COLUMN : 0,
				value ? matrix_short(value) : "any");
		}
		fputc('\n', to);
	}
}
