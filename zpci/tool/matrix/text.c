// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix for a person at a terminal. Each boot is a table: a row for each observation, a column
 * for each profile, and in each cell the expected and the observed value. Then comes a sentence for
 * each difference and for each reason for which cells were not observed, and last the verdict.
 *
 * The table has 97 columns. On a narrower terminal a cell shows both values only if they are not
 * the same, and fits into 80. Wherever a colour means something, a sign or a word says the same.
 */
#include <string.h>

#include "matrix.h"
#include "zpci/tool/terminal.h"

struct layout {
	bool colour;
	bool narrow;
	int label;
	int column;
	const char *head;
};

static const struct layout wide = { false, false, 32, 13, "expected|observed" };
static const struct layout narrow = { false, true, 31, 10, "observed; expected|observed" };

#define WIDTH 97

static struct layout choose_layout(FILE *to)
{
	const unsigned int columns = tool_terminal_columns(to);
	struct layout layout = columns && columns < WIDTH ? narrow : wide;

	layout.colour = tool_terminal_colour(to);
	return layout;
}

/* The colour of a result; NULL: none. */
static const char *colour_of(enum matrix_result result)
{
	switch (result) {
	case MATRIX_DIFFERENT:
		return TOOL_RED;
	case MATRIX_UNOBSERVED:
		return TOOL_YELLOW;
	default:
		return NULL;
	}
}

static void put_coloured(FILE *to, const struct layout *layout, const char *colour,
			 const char *text)
{
	if (layout->colour && colour)
		fprintf(to, "%s%s" TOOL_PLAIN, colour, text);
	else
		fputs(text, to);
}

/* The last column is not filled up. */
static void put_column(FILE *to, const struct layout *layout, int profile, const char *colour,
		       const char *text)
{
	const int fill = layout->column - (int)strlen(text);

	put_coloured(to, layout, colour, text);
	if (profile + 1 < MATRIX_PROFILES)
		fprintf(to, "%*s", fill > 0 ? fill : 0, "");
}

static void put_head(FILE *to, const struct layout *layout, const char *left)
{
	int i;

	fprintf(to, "%-*s", layout->label, left);
	for (i = 0; i < MATRIX_PROFILES; i++)
		put_column(to, layout, i, TOOL_BOLD, matrix_profile_names[i]);
	fputc('\n', to);
}

static void put_cell(FILE *to, const struct layout *layout, int profile,
		     const struct matrix_cell *cell)
{
	const char *expected = *cell->expected ? matrix_short(cell->expected) : "any";
	const char *observed = matrix_short(cell->observed);
	char text[2 * MATRIX_VALUE + 4];

	if (!strcmp(cell->expected, MATRIX_NONE))
		snprintf(text, sizeof(text), "-");
	else if (!layout->narrow)
		snprintf(text, sizeof(text), "%s|%s%s", expected, observed,
			 cell->result == MATRIX_DIFFERENT ? " !" : "");
	else if (cell->result == MATRIX_DIFFERENT || cell->result == MATRIX_UNOBSERVED)
		snprintf(text, sizeof(text), "%s|%s", expected, observed);
	else
		snprintf(text, sizeof(text), "%s", observed);
	put_column(to, layout, profile, colour_of(cell->result), text);
}

static void put_boot(FILE *to, const struct layout *layout, const struct matrix_boot *boot)
{
	char name[MATRIX_NAME];
	int profile, i;

	matrix_boot_name(boot, name, sizeof(name));
	if (*boot->problem) {
		fprintf(to, "%s: ", name);
		put_coloured(to, layout, TOOL_RED, boot->problem);
		fputs("\n\n", to);
		return;
	}
	fprintf(to, "%s: Linux %s, %.1f s\n\n", name, boot->release, boot->seconds);
	put_head(to, layout, layout->head);
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		fprintf(to, "%-*s", layout->label, matrix_rows[i].text);
		for (profile = 0; profile < MATRIX_PROFILES; profile++)
			put_cell(to, layout, profile, &boot->cells[profile][i]);
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

static void put_verdict(FILE *to, const struct layout *layout, const struct matrix *matrix)
{
	static const char *const colours[] = {
		[MATRIX_PASSED] = TOOL_GREEN,
		[MATRIX_FAILED] = TOOL_RED,
		[MATRIX_INCOMPLETE] = TOOL_YELLOW,
	};
	const enum matrix_verdict verdict = matrix_verdict(matrix);
	char summary[MATRIX_NAME];

	put_coloured(to, layout, colours[verdict], matrix_verdict_word(verdict));
	fprintf(to, ": %s\n", matrix_summary(matrix, summary, sizeof(summary)));
}

void matrix_text(FILE *to, const struct matrix *matrix)
{
	const struct layout layout = choose_layout(to);
	bool needs = false;
	size_t i;

	for (i = 0; i < matrix->booted; i++)
		put_boot(to, &layout, &matrix->boots[i]);
	for (i = 0; i < matrix->booted; i++)
		needs |= put_unobserved(to, &matrix->boots[i]);
	if (needs)
		fputs(MATRIX_NEEDS_HELP "\n", to);
	for (i = 0; i < matrix->booted; i++)
		put_differences(to, &matrix->boots[i]);
	put_verdict(to, &layout, matrix);
}

void matrix_text_expected(FILE *to)
{
	const struct layout layout = choose_layout(to);
	const char *value;
	int profile, i;

	put_head(to, &layout, "expected");
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		fprintf(to, "%-*s", layout.label, matrix_rows[i].text);
		for (profile = 0; profile < MATRIX_PROFILES; profile++) {
			value = matrix_rows[i].expected[profile];
			put_column(to, &layout, profile, NULL, value ? matrix_short(value) : "any");
		}
		fputc('\n', to);
	}
}
