// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix as one page that needs no other file: no script, no font, no picture. It is light or
 * dark as the reader's system is. Wherever a color means something, a sign says the same.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include <zpci/profile.h>

#include "matrix.h"
#include "zpci/tool/markup.h"

static const char style[] =
	":root{color-scheme:light dark;--back:#fff;--text:#1c2024;--soft:#60656c;--line:#dde1e6;"
	"--head:#f4f6f8;--good:#18794e;--bad:#b3261e;--bad-back:#fdecea;--none:#eef0f2}\n"
	"@media(prefers-color-scheme:dark){:root{--back:#15181c;--text:#e6e8eb;--soft:#9aa1a9;"
	"--line:#30363d;--head:#1d2126;--good:#5bc98f;--bad:#ff8a80;--bad-back:#43201e;"
	"--none:#22272c}}\n"
	"body{margin:2rem auto;max-width:100rem;padding:0 1rem;background:var(--back);"
	"color:var(--text);font:16px/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.5rem}\n"
	"p,li{max-width:48rem}a{color:inherit}small,.soft{color:var(--soft)}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}\n"
	"th,td{border-bottom:1px solid var(--line);padding:.3rem .4rem;text-align:left;"
	"vertical-align:top}\n"
	"thead th{background:var(--head);font-weight:600;white-space:nowrap}\n"
	"tbody th{font-weight:400;min-width:15rem}tbody th small{display:block;line-height:1.3}\n"
	"td{font-family:ui-monospace,monospace;font-size:.9rem;overflow-wrap:normal}\n"
	".expected{color:var(--soft);border-left:1px solid var(--line)}\n"
	".equal::after{content:\" \\2713\";color:var(--good)}\n"
	".different{background:var(--bad-back);color:var(--bad);font-weight:700}\n"
	".different::after{content:\" \\2717\"}\n"
	".unobserved,.empty{color:var(--soft)}.unobserved{background:var(--none)}\n"
	".incomplete{font-weight:600}.passed{color:var(--good);font-weight:600}.failed{color:var(--bad);font-weight:600}\n";

static const char *const classes[MATRIX_RESULTS] = {
	[MATRIX_EMPTY] = "empty",
	[MATRIX_EQUAL] = "equal",
	[MATRIX_DIFFERENT] = "different",
	[MATRIX_UNOBSERVED] = "unobserved",
};

static unsigned int count(const struct matrix_boot *boot, int profile, enum matrix_result result)
{
	unsigned int found = 0;
	int i;

	for (i = 0; i < MATRIX_OBSERVATIONS; i++)
		found += boot->cells[profile][i].result == result;
	return found;
}

/* --- the overview ---------------------------------------------------------------------------- */

static void put_verdict(FILE *to, const struct matrix *matrix)
{
	static const char *const signs[] = {
		[MATRIX_PASSED] = "passed\">&#10003; Passed",
		[MATRIX_FAILED] = "failed\">&#10007; Failed",
		[MATRIX_INCOMPLETE] = "incomplete\">? Incomplete",
	};
	char summary[MATRIX_NAME];

	fprintf(to, "<p><span class=\"%s.</span> %s.</p>\n", signs[matrix_verdict(matrix)],
		matrix_summary(matrix, summary, sizeof(summary)));
}

static void put_overview_cell(FILE *to, const struct matrix_boot *boot, int profile)
{
	unsigned int different = count(boot, profile, MATRIX_DIFFERENT);
	unsigned int unobserved = count(boot, profile, MATRIX_UNOBSERVED);

	if (different)
		fprintf(to, "<td class=\"different\">%u differ</td>", different);
	else if (unobserved)
		fprintf(to, "<td class=\"unobserved\">%u as expected, %u not observed</td>",
			count(boot, profile, MATRIX_EQUAL), unobserved);
	else
		fprintf(to, "<td class=\"equal\">%u</td>", count(boot, profile, MATRIX_EQUAL));
}

static void put_overview(FILE *to, const struct matrix *matrix)
{
	char name[MATRIX_NAME];
	size_t i;
	int profile;

	fputs("<div class=\"wide\"><table>\n<thead><tr><th>boot</th>", to);
	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		fprintf(to, "<th>%s</th>", matrix_profile_names[profile]);
	fputs("</tr></thead>\n<tbody>\n", to);
	for (i = 0; i < matrix->booted; i++) {
		const struct matrix_boot *boot = &matrix->boots[i];

		fprintf(to, "<tr><th><a href=\"#boot%zu\">", i + 1);
		tool_put_markup(to, matrix_boot_name(boot, name, sizeof(name)));
		fputs("</a><small>", to);
		tool_put_markup(to, boot->release);
		fputs("</small></th>", to);
		if (*boot->problem)
			fprintf(to, "<td class=\"different\" colspan=\"%d\">no report</td>",
				MATRIX_PROFILES);
		else
			for (profile = 0; profile < MATRIX_PROFILES; profile++)
				put_overview_cell(to, boot, profile);
		fputs("</tr>\n", to);
	}
	fputs("</tbody>\n</table></div>\n", to);
}

/* --- one boot -------------------------------------------------------------------------------- */

static void put_cell(FILE *to, const struct matrix_cell *cell)
{
	if (!strcmp(cell->expected, MATRIX_NONE)) {
		fputs("<td class=\"expected empty\"></td><td class=\"empty\">&ndash;</td>", to);
		return;
	}
	fputs("<td class=\"expected\">", to);
	tool_put_markup(to, *cell->expected ? matrix_short(cell->expected) : "any");
	fprintf(to, "</td><td class=\"%s\"", classes[cell->result]);
	if (*cell->why) {
		fputs(" title=\"", to);
		tool_put_markup(to, cell->why);
		fputc('"', to);
	}
	fputc('>', to);
	tool_put_markup(to, matrix_short(cell->observed));
	fputs("</td>", to);
}

static void put_table(FILE *to, const struct matrix_boot *boot)
{
	int profile, i;

	fputs("<div class=\"wide\"><table>\n<thead><tr><th rowspan=\"2\">observation</th>", to);
	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		fprintf(to, "<th class=\"expected\" colspan=\"2\">%s</th>",
			matrix_profile_names[profile]);
	fputs("</tr>\n<tr>", to);
	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		fputs("<th class=\"expected\">expected</th><th>observed</th>", to);
	fputs("</tr></thead>\n<tbody>\n", to);
	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		fputs("<tr><th>", to);
		if (*matrix_rows[i].text == ' ')
			fputs("&emsp;", to);
		tool_put_markup(to, matrix_rows[i].text + strspn(matrix_rows[i].text, " "));
		fputs("<small>", to);
		tool_put_markup(to, matrix_rows[i].help);
		fputs("</small></th>", to);
		for (profile = 0; profile < MATRIX_PROFILES; profile++)
			put_cell(to, &boot->cells[profile][i]);
		fputs("</tr>\n", to);
	}
	fputs("</tbody>\n</table></div>\n", to);
}

/* On paper and without a mouse nobody sees the titles, so each reason is printed once. */
static void put_reasons(FILE *to, const struct matrix_boot *boot)
{
	const char *last = "";
	int profile, i;

	for (profile = 0; profile < MATRIX_PROFILES; profile++) {
		for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
			const struct matrix_cell *cell = &boot->cells[profile][i];

			if (cell->result == MATRIX_UNOBSERVED || !*cell->why ||
			    !strcmp(cell->why, last))
				continue;
			fprintf(to, "<p class=\"soft\">%s, %s: ", matrix_profile_names[profile],
				matrix_rows[i].name);
			tool_put_markup(to, cell->why);
			fputs(".</p>\n", to);
			last = cell->why;
		}
	}
}

static void put_gaps(FILE *to, const struct matrix_boot *boot)
{
	struct matrix_gap gaps[MATRIX_GAPS];
	const size_t count = matrix_gaps(boot, gaps);
	char text[MATRIX_NAME];
	bool needs = false;
	size_t i;

	if (!count)
		return;
	fputs("<ul>\n", to);
	for (i = 0; i < count; i++) {
		fprintf(to, "<li>%u not observed: ", gaps[i].cells);
		tool_put_markup(to, matrix_gap_text(&gaps[i], text, sizeof(text)));
		fputs("</li>\n", to);
		needs |= gaps[i].need != NULL;
	}
	fputs("</ul>\n", to);
	if (needs)
		fputs("<p>" MATRIX_NEEDS_HELP "</p>\n", to);
}

static void put_boot(FILE *to, const struct matrix_boot *boot, size_t number)
{
	char name[MATRIX_NAME];

	fprintf(to, "<h2 id=\"boot%zu\">", number);
	tool_put_markup(to, matrix_boot_name(boot, name, sizeof(name)));
	fputs("</h2>\n", to);
	if (*boot->problem) {
		fputs("<p class=\"failed\">", to);
		tool_put_markup(to, boot->problem);
		fputs("</p>\n", to);
		return;
	}
	fputs("<p class=\"soft\">Linux ", to);
	tool_put_markup(to, boot->release);
	fprintf(to, ", %s BTF, %s vfio-pci</p>\n", boot->has_btf ? "with" : "without",
		boot->has_vfio ? "with" : "without");
	put_gaps(to, boot);
	put_table(to, boot);
	put_reasons(to, boot);
}

/* --- the page -------------------------------------------------------------------------------- */

static void put_profiles(FILE *to, const struct matrix *matrix)
{
	const struct zpci_named_profile *profile;
	int i;

	fputs("<h2>Profiles</h2>\n<ul>\n", to);
	for (i = 0; i < MATRIX_PROFILES; i++) {
		profile = zpci_profile_find(matrix_profile_names[i]);
		fprintf(to, "<li><b>%s</b>: ", matrix_profile_names[i]);
		tool_put_markup(to, profile ? profile->help : "");
		fputs("<br><small><code>", to);
		tool_put_markup(to, matrix->functions[i].spec);
		fputs("</code></small></li>\n", to);
	}
	fputs("</ul>\n", to);
}

void matrix_html(FILE *to, const struct matrix *matrix)
{
	size_t i;

	fprintf(to,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		"<title>zpci matrix</title>\n<style>\n%s</style>\n</head>\n<body>\n"
		"<h1>What a guest makes of its PCI functions</h1>\n",
		style);
	put_verdict(to, matrix);
	fputs("<p>One guest for each kernel and number of CPUs, with one virtual function for "
	      "each emulation profile. The profiles differ in whether the Command register has a "
	      "Memory bit, and in whether the guest is told that the function is a VF.</p>\n",
	      to);
	put_overview(to, matrix);
	for (i = 0; i < matrix->booted; i++)
		put_boot(to, &matrix->boots[i], i + 1);
	put_profiles(to, matrix);
	fputs("<p class=\"soft\">zpci " PACKAGE_VERSION
	      ", zpci-matrix(1); zpci-no-command-memory(7) has the story.</p>\n</body>\n</html>\n",
	      to);
}
