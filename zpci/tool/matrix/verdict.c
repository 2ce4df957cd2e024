// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The results counted, and the verdict, which is also the exit status.
 *
 * A kernel in which a cell was not observed neither passed nor failed. For `git bisect run' it is a
 * kernel that cannot be tried, status 125: with 0 or 1, bisecting would end at the commit that
 * changed the configuration. A cell that differs is a failure, whatever else was not observed.
 */
#include "matrix.h"

struct matrix_counts matrix_count_boot(const struct matrix_boot *boot)
{
	struct matrix_counts counts = { .problems = *boot->problem != '\0',
					.refused = boot->refused };
	int profile, i;

	if (counts.problems)
		return counts;
	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			counts.results[boot->cells[profile][i].result]++;
	return counts;
}

struct matrix_counts matrix_count(const struct matrix *matrix)
{
	struct matrix_counts sum = { .problems = 0 };
	size_t boot;
	int i;

	for (boot = 0; boot < matrix->booted; boot++) {
		const struct matrix_counts counts = matrix_count_boot(&matrix->boots[boot]);

		for (i = 0; i < MATRIX_RESULTS; i++)
			sum.results[i] += counts.results[i];
		sum.problems += counts.problems;
		sum.refused += counts.refused;
	}
	return sum;
}

enum matrix_verdict matrix_verdict(const struct matrix *matrix)
{
	const struct matrix_counts counts = matrix_count(matrix);

	if (counts.results[MATRIX_DIFFERENT] || counts.problems > counts.refused)
		return MATRIX_FAILED;
	if (counts.results[MATRIX_UNOBSERVED] || counts.refused)
		return MATRIX_INCOMPLETE;
	return MATRIX_PASSED;
}

const char *matrix_verdict_word(enum matrix_verdict verdict)
{
	static const char *const words[] = {
		[MATRIX_PASSED] = "passed",
		[MATRIX_FAILED] = "FAILED",
		[MATRIX_INCOMPLETE] = "INCOMPLETE",
	};

	return words[verdict];
}

const char *matrix_summary(const struct matrix *matrix, char *buffer, size_t size)
{
	const struct matrix_counts counts = matrix_count(matrix);
	char reports[64] = "";

	if (counts.problems)
		snprintf(reports, sizeof(reports), ", %u boot%s without a report", counts.problems,
			 counts.problems == 1 ? "" : "s");
	snprintf(buffer, size, "%zu boot%s, %u cells as expected, %u different, %u not observed%s",
		 matrix->booted, matrix->booted == 1 ? "" : "s", counts.results[MATRIX_EQUAL],
		 counts.results[MATRIX_DIFFERENT], counts.results[MATRIX_UNOBSERVED], reports);
	return buffer;
}
