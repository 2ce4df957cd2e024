// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * subcommand.c - `zpci ctl`: commands for the firmware of a running guest; zpci-ctl(1).
 *
 *	subcommand.c	which guest, which command
 *	place.c		running guests, by the folder of their sockets
 *	channel.c	a line to the socket, and its answer
 *	commands.c	prints answers; answer.c takes them apart
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "commands.h"
#include "place.h"
#include "zpci/config/config.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/util/json.h"

/* --- the command ----------------------------------------------------------------------------- */

/* Its usage; NULL if there is no such command. The channel's own help is --help here. */
static const char *find_usage(const char *name)
{
	size_t length = strlen(name);
	const char *usage;
	unsigned int i;

	for (i = 0; (usage = zpci_config_command_usage(i)); i++)
		if (strcspn(usage, " ") == length && !memcmp(usage, name, length) &&
		    strcmp(name, "help"))
			return usage;
	return NULL;
}

static unsigned int count_words(const char *text)
{
	unsigned int count = 0;

	for (; *text; text += strspn(text, " ")) {
		text += strcspn(text, " ");
		count++;
	}
	return count;
}

/* A line of the protocol from the arguments, allocated; NULL after a message. A blank separates
 * words there, and the end of a line begins another command. */
static char *join(const struct tool_options *options)
{
	char *line = NULL;
	size_t size, i;
	FILE *to = open_memstream(&line, &size);

	for (i = 0; to && i < options->argument_count; i++) {
		const char *word = options->arguments[i];

		if (!*word || strpbrk(word, " \t\n\r")) {
			fclose(to);
			free(line);
			tool_error("`%s' is no word: it is empty, or has a blank in it", word);
			return NULL;
		}
		fprintf(to, "%s%s", i ? " " : "", word);
	}
	if (to && !fclose(to))
		return line;
	tool_error("out of memory");
	return NULL;
}

static char *read_command(const struct tool_options *options)
{
	const char *name = options->arguments[0], *usage = find_usage(name);

	if (!usage) {
		tool_error("ctl: no command `%s'; allowed is %s", name, TOOL_CTL_COMMANDS);
		return NULL;
	}
	if (count_words(usage) != options->argument_count) {
		tool_error("ctl: write it as: zpci ctl %s", usage);
		return NULL;
	}
	return join(options);
}

/* --- the guest ------------------------------------------------------------------------------- */

/* Is it the one that --guest means? */
static bool is_meant(const struct ctl_guest *guest, const char *said)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", guest->pid);
	return !said || !strcmp(said, pid) || (*guest->name && !strcmp(said, guest->name));
}

static void say_all(const struct ctl_guests *guests, const char *problem)
{
	char *text = NULL;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	for (i = 0; to && i < guests->count; i++) {
		const struct ctl_guest *guest = &guests->items[i];

		fprintf(to, "%s%d%s%s%s", i ? ", " : "", guest->pid, *guest->name ? " (" : "",
			guest->name, *guest->name ? ")" : "");
	}
	if (to && !fclose(to))
		tool_error("%s; choose one by --guest: %s", problem, text);
	else
		tool_error("out of memory");
	free(text);
}

static const struct ctl_guest *choose(const struct ctl_guests *guests, const char *said)
{
	const struct ctl_guest *chosen = NULL;
	char problem[96];
	size_t i, count = 0;

	for (i = 0; i < guests->count; i++) {
		if (!is_meant(&guests->items[i], said))
			continue;
		chosen = &guests->items[i];
		count++;
	}
	if (count == 1)
		return chosen;
	if (!guests->count)
		tool_error("no guest of yours runs that can be controlled; `zpci run' starts one, "
			   "and --control SOCKET names the socket of another");
	else if (count)
		say_all(guests, said ? "several guests have this name" : "several guests run");
	else {
		snprintf(problem, sizeof(problem), "no running guest is `%.40s'", said);
		say_all(guests, problem);
	}
	return NULL;
}

static struct ctl_channel *open_channel(const struct tool_options *options)
{
	struct ctl_channel *channel = NULL;
	const struct ctl_guest *guest;
	struct ctl_guests guests;

	if (options->setup.control && options->name) {
		tool_error("--guest and --control both say which guest; use one of them");
		return NULL;
	}
	if (options->setup.control)
		return ctl_channel_open(options->setup.control);
	if (!ctl_guests_find(&guests)) {
		guest = choose(&guests, options->name);
		channel = guest ? ctl_channel_open(guest->socket) : NULL;
	}
	ctl_guests_free(&guests);
	return channel;
}

/* --- guests ---------------------------------------------------------------------------------- */

static void print_guests(const struct ctl_guests *guests)
{
	size_t i;

	for (i = 0; i < guests->count; i++)
		printf("%-7d %-16s %s\n", guests->items[i].pid,
		       *guests->items[i].name ? guests->items[i].name : "-",
		       guests->items[i].socket);
}

static void print_guests_json(const struct ctl_guests *guests)
{
	struct json json = { .out = stdout };
	size_t i;

	json_open_object(&json, NULL);
	json_open_array(&json, "guests");
	for (i = 0; i < guests->count; i++) {
		const struct ctl_guest *guest = &guests->items[i];

		json_open_object(&json, NULL);
		json_number(&json, "pid", (unsigned int)guest->pid);
		json_string(&json, "name", *guest->name ? guest->name : NULL);
		json_string(&json, "socket", guest->socket);
		json_close_object(&json);
	}
	json_close_array(&json);
	json_close_object(&json);
}

static int list_guests(const struct tool_options *options)
{
	struct ctl_guests guests;
	int rc = ctl_guests_find(&guests) ? TOOL_EXIT_FAILURE : 0;

	if (!rc && options->json)
		print_guests_json(&guests);
	else if (!rc)
		print_guests(&guests);
	ctl_guests_free(&guests);
	return rc;
}

/* --- all of it ------------------------------------------------------------------------------- */

static int flush(int rc)
{
	if (!fflush(stdout) && !ferror(stdout))
		return rc;
	tool_error("cannot write the answer: %s", strerror(errno));
	return TOOL_EXIT_FAILURE;
}

int tool_ctl(const struct tool_options *options)
{
	struct ctl_channel *channel;
	int rc = TOOL_EXIT_FAILURE;
	char *line;

	if (options->argument_count == 1 && !strcmp(options->arguments[0], "guests"))
		return flush(list_guests(options));
	line = read_command(options);
	if (!line)
		return rc;
	channel = open_channel(options);
	if (channel)
		rc = flush(ctl_command_run(channel, options->arguments[0], line, options->json));
	ctl_channel_close(channel);
	free(line);
	return rc;
}
