// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sentence.c - sentences for a person about a configuration, each with its place.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char *config_place(struct place place, char buffer[CONFIG_LABEL])
{
	if (place.line)
		snprintf(buffer, CONFIG_LABEL, "%.140s:%u", place.source, place.line);
	else
		snprintf(buffer, CONFIG_LABEL, "%.140s", place.source);
	return buffer;
}

const char *config_adapter_label(const struct adapter *adapter, char buffer[CONFIG_LABEL])
{
	if (adapter->name)
		snprintf(buffer, CONFIG_LABEL, "adapter '%s'", adapter->name);
	else if (adapter->common)
		snprintf(buffer, CONFIG_LABEL, "the common adapter of model %s",
			 adapter->model.text);
	else
		snprintf(buffer, CONFIG_LABEL, "the adapter with pchid %s", adapter->pchid.text);
	return buffer;
}

/* A value may contain control sequences for a terminal. */
static void defuse(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

int config_error(char **error, struct place place, const char *format, ...)
{
	char *sentence;
	va_list arguments;
	int length;

	*error = NULL;
	va_start(arguments, format);
	length = vasprintf(&sentence, format, arguments);
	va_end(arguments);
	if (length < 0)
		return -EINVAL;
	if (place.line)
		length = asprintf(error, "%s:%u: %s", place.source, place.line, sentence);
	else
		length = asprintf(error, "%s: %s", place.source, sentence);
	free(sentence);
	if (length < 0)
		*error = NULL;
	else
		defuse(*error);
	return -EINVAL;
}

int config_no_memory(char **error)
{
	*error = strdup("no memory for the configuration");
	return -ENOMEM;
}
