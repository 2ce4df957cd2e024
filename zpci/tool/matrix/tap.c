// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a test runner, as TAP version 13. Each cell with an expected value is a test. A
 * cell that this kernel cannot show is a skipped test, and a boot without a report a failed one.
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
		     const struct matrix_cell *cell, bool complete)
{
	bool skipped = cell->result == MATRIX_UNOBSERVABLE && !complete;

	tap_line(to, cell->result == MATRIX_EQUAL || skipped, number, name);
	if (skipped)
		fprintf(to, " # SKIP %s", cell->why);
	fputc('\n', to);
	if (cell->result != MATRIX_EQUAL && !skipped)
		fprintf(to, "# expected %s\n# observed %s%s%s\n", cell->expected, cell->observed,
			*cell->why ? ": " : "", cell->why);
}

static void tap_boot(FILE *to, const struct matrix_boot *boot, unsigned int *number, bool complete)
{
	const struct matrix_cell *cell;
	char name[MATRIX_NAME], test[MATRIX_NAME + 64];
	int profile, i;

	matrix_boot_name(boot, name, sizeof(name));
	tap_line(to, !*boot->problem, ++*number, name);
	if (*boot->problem) {
		fprintf(to, "\n# %s\n", boot->problem);
		return;
	}
	fputs(": Linux ", to);
	put_tap_name(to, boot->release);
	fputc('\n', to);
	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
			cell = &boot->cells[profile][i];
			if (cell->result == MATRIX_EMPTY)
				continue;
			snprintf(test, sizeof(test), "%s: %s: %s", name,
				 matrix_profile_names[profile], matrix_rows[i].name);
			tap_cell(to, ++*number, test, cell, complete);
		}
	}
}

void matrix_tap(FILE *to, const struct matrix *matrix)
{
	unsigned int number = 0;
	size_t i;

	fputs("TAP version 13\n", to);
	for (i = 0; i < matrix->booted; i++)
		tap_boot(to, &matrix->boots[i], &number, matrix->options->complete);
	fprintf(to, "1..%u\n", number);
}
