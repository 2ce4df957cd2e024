// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a test runner, as the XML that many call JUnit; its tests are those of tap.c.
 */
#include "matrix.h"
#include "zpci/tool/markup.h"

static void put_attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	tool_put_markup(to, value);
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
