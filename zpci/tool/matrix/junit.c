// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a test runner, as the XML that many call JUnit; its tests are those of tap.c.
 *
 * There is no standard. This is what Jenkins, GitLab and the reporters of GitHub read: counts and
 * times at both levels, a type and a message at each failure, and its text once more as content,
 * since GitLab shows only that. They compare a test with its older results by class and name.
 */
#define _GNU_SOURCE 1

#include <time.h>

#include "matrix.h"
#include "zpci/tool/markup.h"

struct counts {
	unsigned int tests, failures, skipped;
	double seconds;
};

static void put_attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	tool_put_markup(to, value);
	fputc('"', to);
}

static void put_counts(FILE *to, const struct counts *counts)
{
	fprintf(to, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\" time=\"%.3f\"",
		counts->tests, counts->failures, counts->skipped, counts->seconds);
}

static void open_test(FILE *to, const char *class, const char *name, double seconds)
{
	fputs("    <testcase", to);
	put_attribute(to, "classname", class);
	put_attribute(to, "name", name);
	fprintf(to, " time=\"%.3f\">", seconds);
}

static void put_failure(FILE *to, const char *type, const char *message)
{
	fputs("<failure", to);
	put_attribute(to, "type", type);
	put_attribute(to, "message", message);
	fputc('>', to);
	tool_put_markup(to, message);
	fputs("</failure>", to);
}

static void close_test(FILE *to)
{
	fputs("</testcase>\n", to);
}

static void put_cell(FILE *to, const char *class, const char *observation,
		     const struct matrix_cell *cell)
{
	char message[3 * MATRIX_VALUE + MATRIX_WHY];

	open_test(to, class, observation, 0);
	if (cell->result == MATRIX_UNOBSERVED) {
		fputs("<skipped", to);
		put_attribute(to, "message", cell->why);
		fputs("/>", to);
	} else if (cell->result == MATRIX_DIFFERENT) {
		snprintf(message, sizeof(message), "expected %s, observed %s%s%s", cell->expected,
			 cell->observed, *cell->why ? ": " : "", cell->why);
		put_failure(to, "different", message);
	}
	close_test(to);
}

static void put_all_observed(FILE *to, const char *class, const struct matrix_boot *boot)
{
	struct matrix_gap gaps[MATRIX_GAPS];
	const size_t count = matrix_gaps(boot, gaps);
	char message[MATRIX_GAPS * MATRIX_WHY] = "", text[MATRIX_NAME];
	size_t i, length = 0;

	for (i = 0; i < count && length < sizeof(message); i++)
		length += snprintf(message + length, sizeof(message) - length,
				   "%s%u not observed: %s", i ? "; " : "", gaps[i].cells,
				   matrix_gap_text(&gaps[i], text, sizeof(text)));
	open_test(to, class, MATRIX_ALL_OBSERVED, 0);
	if (count)
		put_failure(to, "incomplete", message);
	close_test(to);
}

static void put_property(FILE *to, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fputs("<property", to);
	put_attribute(to, "name", name);
	put_attribute(to, "value", value);
	fputs("/>", to);
}

/* What the names leave out. */
static void put_properties(FILE *to, const struct matrix_boot *boot)
{
	char smp[16];

	snprintf(smp, sizeof(smp), "%u", boot->smp);
	fputs("    <properties>", to);
	put_property(to, "guest", boot->guest);
	put_property(to, "kernel", boot->kernel);
	put_property(to, "release", boot->release);
	put_property(to, "smp", smp);
	fputs("</properties>\n", to);
}

static struct counts count_boot(const struct matrix_boot *boot)
{
	const struct matrix_counts found = matrix_count_boot(boot);
	const unsigned int unobserved = found.results[MATRIX_UNOBSERVED];
	struct counts counts = { 1, found.problems, 0, boot->seconds };

	if (found.problems)
		return counts;
	counts.tests =
		2 + found.results[MATRIX_EQUAL] + found.results[MATRIX_DIFFERENT] + unobserved;
	counts.failures = found.results[MATRIX_DIFFERENT] + !!unobserved;
	counts.skipped = unobserved;
	return counts;
}

static void put_cells(FILE *to, const char *id, const struct matrix_boot *boot)
{
	char class[MATRIX_NAME + 16];
	int profile, i;

	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		snprintf(class, sizeof(class), "%s.%s", id, matrix_profile_names[profile]);
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			if (boot->cells[profile][i].result != MATRIX_EMPTY)
				put_cell(to, class, matrix_rows[i].name, &boot->cells[profile][i]);
	}
}

static void put_boot(FILE *to, const struct matrix *matrix, const struct matrix_boot *boot)
{
	const struct counts counts = count_boot(boot);
	char id[MATRIX_NAME], class[MATRIX_NAME + 16], when[32];
	struct tm utc;

	matrix_boot_id(matrix, boot, id, sizeof(id));
	snprintf(class, sizeof(class), "%s.boot", id);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&boot->started, &utc));
	fputs("  <testsuite", to);
	put_attribute(to, "name", id);
	put_counts(to, &counts);
	put_attribute(to, "timestamp", when);
	fputs(">\n", to);
	put_properties(to, boot);
	open_test(to, class, MATRIX_REPORTED, boot->seconds);
	if (*boot->problem)
		put_failure(to, "no report", boot->problem);
	close_test(to);
	if (!*boot->problem) {
		put_cells(to, id, boot);
		put_all_observed(to, class, boot);
	}
	fputs("  </testsuite>\n", to);
}

void matrix_junit(FILE *to, const struct matrix *matrix)
{
	struct counts sum = { 0 };
	size_t i;

	for (i = 0; i < matrix->booted; i++) {
		const struct counts counts = count_boot(&matrix->boots[i]);

		sum.tests += counts.tests;
		sum.failures += counts.failures;
		sum.skipped += counts.skipped;
		sum.seconds += counts.seconds;
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"zpci matrix\"", to);
	put_counts(to, &sum);
	fputs(">\n", to);
	for (i = 0; i < matrix->booted; i++)
		put_boot(to, matrix, &matrix->boots[i]);
	fputs("</testsuites>\n", to);
}
