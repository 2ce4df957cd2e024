/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The matrix for a test runner, as TAP version 13 and as the XML that many call JUnit. A test is
 * a cell that has an expectation; one that this kernel cannot show is a skipped test, and a boot
 * without a report a failed one.
 */
#include <string.h>

#include "matrix.h"

/* --- TAP ------------------------------------------------------------------------------------- */

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

/* --- JUnit ----------------------------------------------------------------------------------- */

static void put_attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	matrix_put_markup(to, value);
	fputc('"', to);
}

static void junit_cell(FILE *to, const char *class, const char *observation,
		       const struct matrix_cell *cell, bool complete)
{
	char message[3 * MATRIX_VALUE + MATRIX_WHY];

	fputs("    <testcase", to);
	put_attribute(to, "classname", class);
	put_attribute(to, "name", observation);
	if (cell->result == MATRIX_EQUAL) {
		fputs("/>\n", to);
		return;
	}
	if (cell->result == MATRIX_UNOBSERVABLE) {
		fputs(complete ? "><failure" : "><skipped", to);
		put_attribute(to, "message", cell->why);
	} else {
		snprintf(message, sizeof(message), "expected %s, observed %s%s%s", cell->expected,
			 cell->observed, *cell->why ? ": " : "", cell->why);
		fputs("><failure", to);
		put_attribute(to, "message", message);
	}
	fputs("/></testcase>\n", to);
}

static void junit_boot(FILE *to, const struct matrix *matrix, const struct matrix_boot *boot)
{
	char name[MATRIX_NAME], class[MATRIX_NAME + 16];
	int profile, i;

	matrix_boot_name(boot, name, sizeof(name));
	fputs("  <testsuite", to);
	put_attribute(to, "name", name);
	fputs(">\n    <testcase", to);
	put_attribute(to, "classname", name);
	put_attribute(to, "name", "report");
	fputs(">", to);
	if (*boot->problem) {
		fputs("<failure", to);
		put_attribute(to, "message", boot->problem);
		fputs("/>", to);
	}
	fputs("</testcase>\n", to);
	for (profile = 0; profile < MATRIX_PROFILES && !*boot->problem; profile++) {
		snprintf(class, sizeof(class), "%s.%s", name, matrix_profile_names[profile]);
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			if (boot->cells[profile][i].result != MATRIX_EMPTY)
				junit_cell(to, class, matrix_rows[i].name, &boot->cells[profile][i],
					   matrix->options->complete);
	}
	fputs("  </testsuite>\n", to);
}

void matrix_junit(FILE *to, const struct matrix *matrix)
{
	size_t i;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"zpci matrix\">\n",
	      to);
	for (i = 0; i < matrix->booted; i++)
		junit_boot(to, matrix, &matrix->boots[i]);
	fputs("</testsuites>\n", to);
}
