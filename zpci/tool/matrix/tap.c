// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a test runner, as TAP version 13. Each cell with an expected value is a test. A
 * cell that was not observed is a skipped test. Each boot has two tests more: the guest reported,
 * and all cells were observed. So no program that reads TAP takes skipped cells for success.
 */
#include "matrix.h"

/* A number sign in a name would start a directive; a backslash escapes in newer versions. */
static void put_tap_name(FILE *to, const char *text)
{
	for (; *text; text++)
		fputc(*text == '#' || *text == '\\' || (unsigned char)*text < ' ' ? '_' : *text,
		      to);
}

static void tap_line(FILE *to, bool ok, unsigned int number, const char *name)
{
	fprintf(to, "%sok %u - ", ok ? "" : "not ", number);
	put_tap_name(to, name);
}

static void tap_cell(FILE *to, unsigned int number, const char *name,
		     const struct matrix_cell *cell)
{
	const bool skipped = cell->result == MATRIX_UNOBSERVED;

	tap_line(to, cell->result == MATRIX_EQUAL || skipped, number, name);
	if (skipped)
		fprintf(to, " # SKIP %s", cell->why);
	fputc('\n', to);
	if (cell->result == MATRIX_DIFFERENT)
		fprintf(to, "# expected %s\n# observed %s%s%s\n", cell->expected, cell->observed,
			*cell->why ? ": " : "", cell->why);
}

static void tap_complete(FILE *to, unsigned int number, const struct matrix_boot *boot,
			 const char *id)
{
	struct matrix_gap gaps[MATRIX_GAPS];
	const size_t count = matrix_gaps(boot, gaps);
	char text[MATRIX_NAME + 64];
	size_t i;

	snprintf(text, sizeof(text), "%s: " MATRIX_ALL_OBSERVED, id);
	tap_line(to, !count, number, text);
	fputc('\n', to);
	for (i = 0; i < count; i++)
		fprintf(to, "# %u not observed: %s\n", gaps[i].cells,
			matrix_gap_text(&gaps[i], text, sizeof(text)));
}

static void tap_boot(FILE *to, const struct matrix *matrix, const struct matrix_boot *boot,
		     unsigned int *number)
{
	const struct matrix_cell *cell;
	char id[MATRIX_NAME], name[MATRIX_NAME], test[MATRIX_NAME + 64];
	int profile, i;

	matrix_boot_id(matrix, boot, id, sizeof(id));
	snprintf(test, sizeof(test), "%s: " MATRIX_REPORTED, id);
	tap_line(to, !*boot->problem, ++*number, test);
	fprintf(to, "\n# %s", matrix_boot_name(boot, name, sizeof(name)));
	if (*boot->problem) {
		fprintf(to, "\n# %s\n", boot->problem);
		return;
	}
	fprintf(to, ": Linux %s\n", boot->release);
	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
			cell = &boot->cells[profile][i];
			if (cell->result == MATRIX_EMPTY)
				continue;
			snprintf(test, sizeof(test), "%s: %s: %s", id,
				 matrix_profile_names[profile], matrix_rows[i].name);
			tap_cell(to, ++*number, test, cell);
		}
	}
	tap_complete(to, ++*number, boot, id);
}

void matrix_tap(FILE *to, const struct matrix *matrix)
{
	char summary[MATRIX_NAME];
	unsigned int number = 0;
	size_t i;

	fputs("TAP version 13\n", to);
	for (i = 0; i < matrix->booted; i++)
		tap_boot(to, matrix, &matrix->boots[i], &number);
	fprintf(to, "1..%u\n# %s: %s\n", number, matrix_verdict_word(matrix_verdict(matrix)),
		matrix_summary(matrix, summary, sizeof(summary)));
}
