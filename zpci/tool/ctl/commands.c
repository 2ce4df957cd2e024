// SPDX-License-Identifier: GPL-2.0-or-later
/* commands.c - see commands.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "commands.h"
#include "zpci/tool/host/list/table.h"
#include "zpci/tool/message.h"

#define EXIT_REFUSED 1

/* --- an answer of one line ------------------------------------------------------------------- */

/* A word is a FID. */
static void print_text(char *answer)
{
	struct ctl_field field;

	while (ctl_field_next(&answer, &field))
		if (field.key)
			printf("%-7s %s\n", field.key, field.value);
		else
			puts(field.value);
}

static void print_json(char *answer)
{
	struct json json = { .out = stdout };
	struct ctl_field field;

	json_open_object(&json, NULL);
	while (ctl_field_next(&answer, &field)) {
		if (!field.key)
			field.key = "fid";
		ctl_field_json(&json, &field);
	}
	json_close_object(&json);
}

static int run_line(struct ctl_channel *channel, const char *line, bool json)
{
	bool refused;
	char *answer = ctl_channel_ask(channel, line, &refused);

	if (!answer)
		return TOOL_EXIT_FAILURE;
	if (refused) {
		tool_error("%s", answer);
		return EXIT_REFUSED;
	}
	if (json)
		print_json(answer);
	else
		print_text(answer);
	return 0;
}

/* --- the list -------------------------------------------------------------------------------- */

static const char titles[] = "FID\nUID\nPCHID\nMODEL\nVF\nHANDLE\nSTATE\n";
static const char *const columns[] = { "fid", "uid", "pchid", "model", "vf", "handle", "state" };

/* Fields of another order, or more of them, may come from another version. */
static void add_row(struct table *table, char *answer)
{
	const char *values[sizeof(columns) / sizeof(columns[0])] = { NULL };
	struct ctl_field field;
	size_t i;

	while (ctl_field_next(&answer, &field))
		for (i = 0; field.key && i < sizeof(columns) / sizeof(columns[0]); i++)
			if (!strcmp(columns[i], field.key))
				values[i] = field.value;
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add(table, "%s", values[i] ? values[i] : "");
}

static void add_object(struct json *json, char *answer)
{
	struct ctl_field field;

	json_open_object(json, NULL);
	while (ctl_field_next(&answer, &field))
		if (field.key)
			ctl_field_json(json, &field);
	json_close_object(json);
}

/* Shows each of @fids, in the table or, if that is NULL, as JSON. A function can go meanwhile. */
static int show_all(struct ctl_channel *channel, char *fids, struct table *table, struct json *json)
{
	struct ctl_field fid;
	char line[64], *answer;
	bool refused;

	while (ctl_field_next(&fids, &fid)) {
		snprintf(line, sizeof(line), "show %.32s", fid.value);
		answer = ctl_channel_ask(channel, line, &refused);
		if (!answer)
			return TOOL_EXIT_FAILURE;
		if (refused)
			continue;
		if (table)
			add_row(table, answer);
		else
			add_object(json, answer);
	}
	return 0;
}

static int print_table(struct ctl_channel *channel, char *fids)
{
	struct table table;
	int rc;

	table_start(&table, titles);
	rc = show_all(channel, fids, &table, NULL);
	if (!rc && table_print(&table, stdout)) {
		tool_error("out of memory");
		rc = TOOL_EXIT_FAILURE;
	}
	table_free(&table);
	return rc;
}

static int print_list(struct ctl_channel *channel, char *fids)
{
	struct json json = { .out = stdout };
	int rc;

	json_open_object(&json, NULL);
	json_open_array(&json, "functions");
	rc = show_all(channel, fids, NULL, &json);
	json_close_array(&json);
	json_close_object(&json);
	return rc;
}

static int run_list(struct ctl_channel *channel, bool json)
{
	bool refused;
	char *answer = ctl_channel_ask(channel, "list", &refused);
	char *fids = answer ? strdup(answer) : NULL;
	int rc = TOOL_EXIT_FAILURE;

	if (answer && refused) {
		tool_error("%s", answer);
		rc = EXIT_REFUSED;
	} else if (fids) {
		rc = json ? print_list(channel, fids) : print_table(channel, fids);
	} else if (answer) {
		tool_error("out of memory");
	}
	free(fids);
	return rc;
}

int ctl_command_run(struct ctl_channel *channel, const char *name, const char *line, bool json)
{
	return strcmp(name, "list") ? run_line(channel, line, json) : run_list(channel, json);
}
