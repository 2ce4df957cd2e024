// SPDX-License-Identifier: GPL-2.0-or-later
/* trace.c - reading a trace; see trace.h. */
#define _GNU_SOURCE /* asprintf */

#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/config/config.h"

/* Appends @line and its end to *@text. */
static void append(char **text, const char *line)
{
	size_t old = *text ? strlen(*text) : 0, more = strlen(line);

	*text = realloc(*text, old + more + 2);
	if (!*text)
		abort();
	memcpy(*text + old, line, more);
	memcpy(*text + old + more, "\n", 2);
}

/* Pairs of digits; a run of equal bytes is XX*NUMBER and a period. */
static bool parse_bytes(const char *text, uint8_t **bytes, size_t *length)
{
	size_t room = strlen(text) + 1;

	*length = 0;
	*bytes = calloc(1, room);
	if (!strcmp(text, "-"))
		return *bytes;
	while (*bytes && *text) {
		unsigned byte, count = 1;
		int used = 0;

		if (sscanf(text, "%2x%n", &byte, &used) != 1 || used != 2)
			return false;
		text += used;
		if (*text == '*') {
			used = 0; /* stays when the period is missing */
			if (sscanf(text, "*%6x.%n", &count, &used) != 1 || !used)
				return false;
			text += used;
		}
		room += count;
		*bytes = realloc(*bytes, room);
		if (*bytes)
			memset(*bytes + *length, (int)byte, count);
		*length += count;
	}
	return *bytes;
}

static bool parse_operation(struct trace_step *step, const char *line)
{
	struct trace_operation *operation;
	size_t room = strlen(line) + 1;
	char *in = malloc(room), *out = malloc(room);
	bool good = false;

	step->operations = realloc(step->operations, (step->count + 1) * sizeof(*step->operations));
	if (!in || !out || !step->operations)
		abort();
	operation = &step->operations[step->count];
	memset(operation, 0, sizeof(*operation));
	/* Neither can exceed the line they are read from. */
	if (sscanf(line, " %7s %" SCNx64 " %" SCNx64 " %zx %s = %d %s", operation->name,
		   &operation->a, &operation->b, &operation->length, in, &operation->rc,
		   out) == 7) {
		step->count++;
		operation->text = strdup(line);
		good = parse_bytes(in, &operation->in, &operation->in_length) &&
		       parse_bytes(out, &operation->out, &operation->out_length);
	}
	free(in);
	free(out);
	return good;
}

static struct trace_step *add_step(struct trace *trace, enum trace_kind kind, uint64_t sequence,
				   unsigned number)
{
	trace->steps = realloc(trace->steps, (trace->count + 1) * sizeof(*trace->steps));
	if (!trace->steps)
		abort();
	trace->steps[trace->count] =
		(struct trace_step){ .kind = kind, .sequence = sequence, .number = number };
	return &trace->steps[trace->count++];
}

static bool parse_step(struct trace *trace, const char *line)
{
	struct trace_step *last = trace->count ? &trace->steps[trace->count - 1] : NULL;
	char word[16], bytes[13];
	uint64_t sequence;
	unsigned number;
	int used = 0;

	if (line[0] == ' ')
		return last && parse_operation(last, line);
	if (sscanf(line, "async %" SCNx64 "%n", &sequence, &used) == 1)
		return parse_operation(add_step(trace, TRACE_ASYNC, sequence, 0), line + used);
	if (sscanf(line, "end %" SCNx64 " %15s", &sequence, word) == 2) {
		if (!last || last->sequence != sequence)
			return false;
		last->executed = strcmp(word, "executed") == 0;
		return true;
	}
	if (sscanf(line, "timer %" SCNx64 " %x", &sequence, &number) == 2)
		return add_step(trace, TRACE_TIMER, sequence, number);
	if (sscanf(line, "reset %" SCNx64 " %x", &sequence, &number) == 2)
		return add_step(trace, TRACE_RESET, sequence, number);
	if (sscanf(line, "execute %" SCNx64 " %x %12s", &sequence, &number, bytes) != 3)
		return false;
	last = add_step(trace, TRACE_EXECUTE, sequence, number);
	for (unsigned i = 0; i < 6; i++)
		if (sscanf(bytes + 2 * i, "%2hhx", &last->instruction[i]) != 1)
			return false;
	return true;
}

/* A line of the head, or the first one of a step. */
static bool parse_line(struct trace *trace, unsigned number, const char *line, char **error)
{
	unsigned shared;

	if (number == 1)
		return strcmp(line, "zpci-trace 1") == 0;
	if (strncmp(line, "group ", 6) == 0)
		return zpci_config_group(trace->config, line + 6, ',', error) == 0;
	if (strncmp(line, "function ", 9) == 0)
		return zpci_config_function(trace->config, line + 9, ',', error) == 0;
	if (sscanf(line, "shared %u", &shared) != 1)
		return parse_step(trace, line);
	trace->shared = shared;
	return shared <= 1;
}

static int by_sequence(const void *one, const void *other)
{
	uint64_t first = ((const struct trace_step *)one)->sequence;
	uint64_t second = ((const struct trace_step *)other)->sequence;

	return first < second ? -1 : first > second;
}

static void complain(char **complaint, unsigned number, const char *what)
{
	if (asprintf(complaint, "line %u of the trace: %s", number, what) < 0)
		abort();
}

int trace_read(struct trace *trace, FILE *file, char **complaint)
{
	char *line = NULL, *error = NULL;
	unsigned number = 0;
	bool good = true;
	size_t size = 0;

	*trace = (struct trace){ .config = zpci_config_new() };
	*complaint = NULL;
	if (!trace->config)
		abort();
	while (good && getline(&line, &size, file) >= 0) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (number > 1 && (line[0] == '#' || !line[0]))
			continue;
		good = parse_line(trace, number, line, &error);
		append(trace->count ? &trace->steps[trace->count - 1].text : &trace->head, line);
	}
	if (!good)
		complain(complaint, number, error ? error : line);
	else if (!trace->count)
		complain(complaint, number, "there are no steps before its end");
	else if (zpci_config_finish(trace->config, &error))
		complain(complaint, number, error ? error : "no memory");
	else
		qsort(trace->steps, trace->count, sizeof(*trace->steps), by_sequence);
	free(line);
	free(error);
	return *complaint ? -1 : 0;
}

void trace_free(struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++) {
		struct trace_step *step = &trace->steps[i];

		for (size_t k = 0; k < step->count; k++) {
			free(step->operations[k].in);
			free(step->operations[k].out);
			free((char *)step->operations[k].text);
		}
		free(step->operations);
		free(step->text);
	}
	free(trace->steps);
	free(trace->head);
	zpci_config_free(trace->config);
}
