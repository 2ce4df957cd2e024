// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * command.c - one line of the control channel, and its answer.
 *
 * A line is a command and its words, separated by blanks. An answer is one line as well: `ok` and
 * what was asked for, or `error: ` and a sentence that says what is wrong and what would be right.
 * An answer has only printable ASCII, whatever the line has.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/id.h"

#define WORDS 3 /* of the longest command */

struct call {
	struct zpci_config *config;
	char *words[WORDS];
	char *answer; /* NULL: no memory */
};

__attribute__((format(printf, 2, 3))) static void answer(struct call *call, const char *format, ...)
{
	va_list arguments;

	free(call->answer);
	va_start(arguments, format);
	if (vasprintf(&call->answer, format, arguments) < 0)
		call->answer = NULL;
	va_end(arguments);
}

/* Frees @error. */
static void answer_error(struct call *call, char *error)
{
	answer(call, "error: %s", error ? error : "no memory");
	free(error);
}

/* --- numbers -------------------------------------------------------------------------------- */

static bool take_number(struct call *call, unsigned word, const char *name, uint32_t max,
			uint32_t *value)
{
	if (zpci_id_read(call->words[word], max, value))
		return true;
	answer(call,
	       "error: %s '%.40s' is not allowed; allowed is a number from 0x0 to 0x%x, " ZPCI_ID_NOTATION,
	       name, call->words[word], max);
	return false;
}

/* --- commands ------------------------------------------------------------------------------- */

#define NO_SUCH_FUNCTION "error: there is no function 0x%08x; the command list names all"

static void add(struct call *call)
{
	uint32_t fid;
	char *error;

	if (zpci_config_plug(call->config, call->words[1], ',', &fid, &error)) {
		answer_error(call, error);
		return;
	}
	zpci_firmware_announce(call->config->firmware, fid);
	answer(call, "ok 0x%08x", fid);
}

static void take_away(struct call *call)
{
	uint32_t fid;
	char *error;

	if (!take_number(call, 1, "FID", UINT32_MAX, &fid))
		return;
	if (!zpci_config_unplug(call->config, fid, &error)) {
		answer(call, "ok");
		return;
	}
	free(error);
	answer(call, NO_SUCH_FUNCTION, fid);
}

/* Availability events are 0x0300 and above. */
#define LAST_ERROR 0x2ff

static void answer_no_such_error(struct call *call, uint32_t pec)
{
	char *names = NULL;
	size_t size;
	FILE *list = open_memstream(&names, &size);

	for (unsigned known = 0; list && known <= LAST_ERROR; known++)
		if (zpci_pec_name((uint16_t)known))
			fprintf(list, "%s0x%04x (%s)", ftell(list) > 0 ? ", " : "", known,
				zpci_pec_name((uint16_t)known));
	if (list && !fclose(list))
		answer(call, "error: there is no error 0x%04x; allowed is %s", pec, names);
	else
		answer(call, "error: no memory");
	free(names);
}

static void fail(struct call *call)
{
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_firmware *firmware = call->config->firmware;
	uint32_t fid, pec;

	if (!take_number(call, 1, "FID", UINT32_MAX, &fid) ||
	    !take_number(call, 2, "PEC", LAST_ERROR, &pec))
		return;
	if (zpci_firmware_info(firmware, fid, &info))
		answer(call, NO_SUCH_FUNCTION, fid);
	else if (!zpci_pec_name((uint16_t)pec))
		answer_no_such_error(call, pec);
	else if (zpci_firmware_inject_error(firmware, fid, (uint16_t)pec))
		answer(call,
		       "error: function 0x%08x is in state %s, in which error 0x%04x cannot "
		       "happen; enable it in the guest",
		       fid, zpci_state_name(info.state), pec);
	else
		answer(call, "ok");
}

static void list(struct call *call)
{
	size_t size = sizeof("ok") + call->config->function_count * sizeof(" 0x00000000");
	char *text = malloc(size), *to = text;

	free(call->answer);
	call->answer = text;
	if (!text)
		return;
	to += sprintf(to, "ok");
	for (size_t i = 0; i < call->config->function_count; i++)
		to += sprintf(to, " 0x%08x", (uint32_t)call->config->functions[i].fid.value);
}

static void show(struct call *call)
{
	struct zpci_function_info info = { .size = sizeof(info) };
	uint32_t fid;

	if (!take_number(call, 1, "FID", UINT32_MAX, &fid))
		return;
	if (zpci_firmware_info(call->config->firmware, fid, &info))
		answer(call, NO_SUCH_FUNCTION, fid);
	else
		/* The state comes last, since it can have two words. */
		answer(call,
		       "ok fid=0x%08x uid=0x%04x pchid=0x%04x model=%s vf=%u handle=0x%08x state=%s",
		       info.fid, info.uid, info.pchid, info.model, info.vf, info.handle,
		       zpci_state_name(info.state));
}

static void help(struct call *call);

static const struct command {
	const char *usage; /* the name is its first word */
	unsigned words;
	void (*run)(struct call *call);
} commands[] = {
	{ "add MODEL[,KEY=VALUE]...", 2, add },
	{ "remove FID", 2, take_away },
	{ "error FID PEC", 3, fail },
	{ "list", 1, list },
	{ "show FID", 2, show },
	{ "help", 1, help },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

const char *zpci_config_command_usage(unsigned index)
{
	return index < COMMANDS ? commands[index].usage : NULL;
}

static void usages(char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (size_t i = 0; i < COMMANDS; i++)
		config_list_add(buffer, size, commands[i].usage);
}

static void help(struct call *call)
{
	char all[CONFIG_LIST];

	usages(all, sizeof(all));
	answer(call, "ok %s", all);
}

/* --- a line --------------------------------------------------------------------------------- */

static const struct command *find(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < COMMANDS; i++)
		if (strcspn(commands[i].usage, " ") == length &&
		    !memcmp(commands[i].usage, name, length))
			return &commands[i];
	return NULL;
}

/* Cuts @line into words, the first of which go to @words. Returns how many there are. */
static unsigned split(char *line, char *words[WORDS])
{
	unsigned count = 0;
	char *rest = line, *word;

	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		if (count < WORDS)
			words[count] = word;
		count++;
	}
	return count;
}

static void run(struct call *call, char *line)
{
	unsigned words = split(line, call->words);
	const struct command *command = words ? find(call->words[0]) : NULL;
	char all[CONFIG_LIST];

	if (command && command->words == words) {
		command->run(call);
		return;
	}
	if (command) {
		answer(call, "error: %s does not take these words; write it as: %s", call->words[0],
		       command->usage);
		return;
	}
	usages(all, sizeof(all));
	answer(call, "error: there is no command '%.40s'; allowed is %s",
	       words ? call->words[0] : "", all);
}

static bool is_printable(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] < ' ' || line[i] > '~')
			return false;
	return true;
}

char *zpci_config_command(struct zpci_config *config, const char *line, size_t length)
{
	struct call call = { .config = config };
	char copy[ZPCI_COMMAND_LINE + 1];
	char *whole;

	if (length > ZPCI_COMMAND_LINE) {
		answer(&call, "error: the line is too long; %u characters are allowed",
		       ZPCI_COMMAND_LINE);
	} else if (!is_printable(line, length)) {
		answer(&call,
		       "error: the line is not text; printable ASCII characters are allowed");
	} else {
		memcpy(copy, line, length);
		copy[length] = '\0';
		run(&call, copy);
	}
	if (!call.answer || asprintf(&whole, "%s\n", call.answer) < 0)
		whole = NULL;
	free(call.answer);
	return whole;
}
