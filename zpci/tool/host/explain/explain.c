// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host explain`: says what a message of libvirt's or QEMU's means and what to do;
 * zpci-host-explain(1).
 *
 * Lines are explained as they come, so that a log can be followed. What was explained before is
 * only counted.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "match.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/util/json.h"

#define COLUMNS 80
#define SEEN_MAX 1024

struct explain {
	struct lines lines;
	struct json *json; /* NULL: text */
	uint64_t seen[SEEN_MAX];
	size_t seen_count;
	uint64_t explained;
	uint64_t repeated;
	uint64_t unknown;
};

/* --- what was explained before --------------------------------------------------------------- */

/* FNV-1a. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash * 0x100000001b3;
}

static bool is_repeated(struct explain *explain, const struct match *match)
{
	uint64_t hash = hash_text(0xcbf29ce484222325, match->message->name);
	size_t i;

	for (i = 0; i < MESSAGE_VALUES_MAX; i++)
		hash = hash_text(hash, match->values[i].text);
	for (i = 0; i < explain->seen_count; i++)
		if (explain->seen[i] == hash)
			return true;
	if (explain->seen_count < SEEN_MAX)
		explain->seen[explain->seen_count++] = hash;
	return false;
}

/* --- text ------------------------------------------------------------------------------------ */

/* A command in quotation marks stays in one line, for who copies it. */
static size_t word_length(const char *text)
{
	const char *end = *text == '`' ? strchr(text, '\'') : NULL;

	return end ? (size_t)(end - text) + strcspn(end, " ") : strcspn(text, " ");
}

/* Prints @text in lines of COLUMNS that begin with @first, or with as many blanks. */
static void print_wrapped(const char *first, const char *text)
{
	size_t indent = strlen(first), column = indent, word;

	fputs(first, stdout);
	while (*text) {
		word = word_length(text);
		if (column > indent && column + 1 + word > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* Values are of the input, so what comes out is made printable. */
static int print_sentences(const char *first, const struct match *match, const char *sentences)
{
	char *filled = match_fill(match, sentences), *printable = NULL;
	size_t size;
	FILE *to = filled ? open_memstream(&printable, &size) : NULL;
	int rc = -1;

	if (to) {
		lines_print(to, filled);
		rc = fclose(to);
	}
	if (!rc)
		print_wrapped(first, printable);
	free(printable);
	free(filled);
	return rc;
}

static int print_match(const struct explain *explain, const struct match *match, const char *line)
{
	if (explain->explained)
		putchar('\n');
	if (explain->lines.from)
		printf("line %llu: ", (unsigned long long)explain->lines.number);
	lines_print(stdout, line);
	putchar('\n');
	if (print_sentences("   ", match, match->message->happened) ||
	    print_sentences("-> ", match, match->message->remedy))
		return -1;
	return fflush(stdout);
}

static void print_count(uint64_t count, const char *what)
{
	if (count)
		printf("%llu %s %s\n", (unsigned long long)count, count == 1 ? "line" : "lines",
		       what);
}

static void print_rest(const struct explain *explain)
{
	if (!explain->lines.from || !explain->explained)
		return;
	if (explain->repeated || explain->unknown)
		putchar('\n');
	print_count(explain->repeated, "with what is explained above");
	print_count(explain->unknown, "of which nothing is known here");
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_values(struct json *json, const struct match *match)
{
	char key[32];
	size_t i;

	json_open_object(json, "values");
	for (i = 0; i < MESSAGE_VALUES_MAX; i++) {
		const struct match_value *value = &match->values[i];

		if (!value->name)
			continue;
		json_string(json, value->name, value->text);
		snprintf(key, sizeof(key), "%s_number", value->name);
		if (value->is_number)
			json_number(json, key, value->number);
	}
	json_close_object(json);
}

static int put_match(const struct explain *explain, const struct match *match, const char *line)
{
	struct json *json = explain->json;
	char *happened = match_fill(match, match->message->happened);
	char *remedy = match_fill(match, match->message->remedy);
	int rc = happened && remedy ? 0 : -1;

	if (!rc) {
		json_open_object(json, NULL);
		json_number(json, "line", explain->lines.number);
		json_string(json, "text", line);
		json_string(json, "message", match->message->name);
		put_values(json, match);
		json_string(json, "happened", happened);
		json_string(json, "remedy", remedy);
		json_string(json, "source", match->message->source);
		json_close_object(json);
	}
	free(happened);
	free(remedy);
	return rc;
}

/* --- the subcommand -------------------------------------------------------------------------- */

static int explain_line(struct explain *explain, const char *line)
{
	char copy[LINE_SIZE];
	struct match match;
	int rc;

	strcpy(copy, line);
	if (!match_line(&match, copy)) {
		explain->unknown += !!line[strspn(line, " \t")];
		return 0;
	}
	if (is_repeated(explain, &match)) {
		explain->repeated++;
		return 0;
	}
	rc = explain->json ? put_match(explain, &match, line) : print_match(explain, &match, line);
	explain->explained++;
	return rc;
}

static int explain_all(struct explain *explain)
{
	char line[LINE_SIZE];

	while (lines_next(&explain->lines, line)) {
		if (explain_line(explain, line)) {
			tool_error("cannot explain line %llu: %s",
				   (unsigned long long)explain->lines.number, strerror(errno));
			return -1;
		}
	}
	if (explain->lines.from && ferror(explain->lines.from)) {
		tool_error("cannot read standard input: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int explain_as_text(struct explain *explain)
{
	int rc = explain_all(explain);

	if (!rc)
		print_rest(explain);
	return rc;
}

static int explain_as_json(struct explain *explain)
{
	struct json json = { .out = stdout };
	int rc;

	explain->json = &json;
	json_open_object(&json, NULL);
	json_string(&json, "schema", HOST_SCHEMA);
	json_open_array(&json, "explanations");
	rc = explain_all(explain);
	json_close_array(&json);
	json_number(&json, "repeated", explain->repeated);
	json_number(&json, "unknown", explain->unknown);
	json_close_object(&json);
	putchar('\n');
	return rc;
}

int tool_host_explain(const struct tool_options *options)
{
	struct explain explain = { .lines = { .arguments = options->arguments,
					      .count = options->argument_count } };
	int rc;

	if (!options->argument_count)
		explain.lines.from = stdin;
	if (match_prepare())
		return HOST_EXIT_SYSTEM;
	rc = options->json ? explain_as_json(&explain) : explain_as_text(&explain);
	match_release();
	if (rc || host_flush("the explanation"))
		return HOST_EXIT_SYSTEM;
	if (explain.explained)
		return 0;
	tool_error("nothing is known of %s; explain knows libvirt's and QEMU's messages about zPCI "
		   "and passed-through functions, in English: run the program again with LC_ALL=C "
		   "if it speaks another language",
		   options->argument_count ? "this message" : "any of these lines");
	return HOST_EXIT_REFUSED;
}
