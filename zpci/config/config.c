/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.c - the configuration as a container: its sections, the strings they refer to, and the
 * sentences about them.
 *
 * Sections lie in growing arrays, therefore they refer to each other by index and never by address.
 * Strings are owned by the configuration, since sections share them: a setting of an adapter can be
 * in the text of a function. To free those that no section refers to any more, config_sweep() looks
 * at all sections.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* More cannot be used: each function is of one adapter. */
#define ADAPTERS_MAX ZPCI_FUNCTIONS_MAX

/* As many as there are IDs for them. */
#define GROUPS_MAX (CONFIG_LAST_PFGID - CONFIG_FIRST_PFGID + 1)

struct zpci_config *zpci_config_new(void)
{
	return calloc(1, sizeof(struct zpci_config));
}

void zpci_config_free(struct zpci_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->adapter_count; i++)
		zpci_adapter_unref(config->adapters[i].made);
	for (size_t i = 0; i < config->string_count; i++)
		free(config->strings[i]);
	free(config->strings);
	free(config->adapters);
	free(config->groups);
	free(config->functions);
	free(config);
}

size_t zpci_config_functions(const struct zpci_config *config)
{
	return config->function_count;
}

/* --- sentences ---------------------------------------------------------------------------- */

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

/* A value may hold what a terminal would obey. */
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

/* --- strings ------------------------------------------------------------------------------ */

/* Makes room for one more item of @size bytes in @array. Doubling at powers of two keeps the
 * copies few and needs no capacity of its own. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, size);
}

const char *config_keep(struct zpci_config *config, const char *text, size_t length)
{
	char **strings = grow(config->strings, config->string_count, sizeof(*strings));
	char *copy;

	if (!strings)
		return NULL;
	config->strings = strings;
	copy = strndup(text, length);
	if (copy)
		strings[config->string_count++] = copy;
	return copy;
}

/* --- which strings are in use --------------------------------------------------------------- */

static int compare_addresses(const void *a, const void *b)
{
	const char *first = *(char *const *)a, *second = *(char *const *)b;

	return (first > second) - (first < second);
}

/* Of the strings in order, the ones that a section refers to. */
struct marks {
	const struct zpci_config *config;
	bool *used;
};

static void mark(struct marks *marks, const char *text)
{
	char **strings = marks->config->strings;
	char **found = NULL;

	if (text)
		found = bsearch(&text, strings, marks->config->string_count, sizeof(*strings),
				compare_addresses);
	if (found)
		marks->used[found - strings] = true;
}

static void mark_settings(struct marks *marks, enum section kind, const void *section)
{
	const struct key *key;

	for (unsigned i = 0; (key = config_key(i)); i++) {
		const struct setting *setting =
			(const struct setting *)((const char *)section + key->offset);

		if (key->section != kind)
			continue;
		mark(marks, setting->place.source);
		mark(marks, setting->text);
	}
}

static void mark_all(struct marks *marks)
{
	const struct zpci_config *config = marks->config;

	for (size_t i = 0; i < config->adapter_count; i++) {
		mark(marks, config->adapters[i].place.source);
		mark(marks, config->adapters[i].name);
		mark_settings(marks, SECTION_ADAPTER, &config->adapters[i]);
	}
	for (size_t i = 0; i < config->function_count; i++) {
		mark(marks, config->functions[i].place.source);
		mark_settings(marks, SECTION_FUNCTION, &config->functions[i]);
	}
}

void config_sweep(struct zpci_config *config)
{
	struct marks marks = { .config = config };
	size_t kept = 0;

	if (config->string_count < config->sweep_at)
		return;
	marks.used = calloc(config->string_count + 1, sizeof(bool));
	if (!marks.used)
		return; /* another time */
	if (config->string_count)
		qsort(config->strings, config->string_count, sizeof(*config->strings),
		      compare_addresses);
	mark_all(&marks);
	for (size_t i = 0; i < config->string_count; i++) {
		if (marks.used[i])
			config->strings[kept++] = config->strings[i];
		else
			free(config->strings[i]);
	}
	free(marks.used);
	config->string_count = kept;
	config->sweep_at = 2 * kept;
}

/* --- sections ------------------------------------------------------------------------------- */

int config_add_adapter(struct zpci_config *config, const struct adapter *adapter, char **error)
{
	struct adapter *adapters;

	if (config->adapter_count == ADAPTERS_MAX)
		return config_error(error, adapter->place,
				    "this adapter is one too many: at most %u are allowed",
				    ADAPTERS_MAX);
	adapters = grow(config->adapters, config->adapter_count, sizeof(*adapters));
	if (!adapters)
		return config_no_memory(error);
	config->adapters = adapters;
	adapters[config->adapter_count++] = *adapter;
	return 0;
}

int config_add_group(struct zpci_config *config, const struct group *group, char **error)
{
	struct group *groups;

	if (config->group_count == GROUPS_MAX)
		return config_error(error, group->place,
				    "this group is one too many: at most %u are allowed",
				    GROUPS_MAX);
	groups = grow(config->groups, config->group_count, sizeof(*groups));
	if (!groups)
		return config_no_memory(error);
	config->groups = groups;
	groups[config->group_count++] = *group;
	return 0;
}

int config_add_function(struct zpci_config *config, const struct function *function, char **error)
{
	struct function *functions;

	if (config->function_count == ZPCI_FUNCTIONS_MAX)
		return config_error(error, function->place,
				    "this function is one too many: at most %u are allowed",
				    ZPCI_FUNCTIONS_MAX);
	functions = grow(config->functions, config->function_count, sizeof(*functions));
	if (!functions)
		return config_no_memory(error);
	config->functions = functions;
	functions[config->function_count++] = *function;
	return 0;
}

struct adapter *config_find_adapter(const struct zpci_config *config, const char *name)
{
	for (size_t i = 0; i < config->adapter_count; i++) {
		struct adapter *adapter = &config->adapters[i];

		if (adapter->name && !strcmp(adapter->name, name))
			return adapter;
	}
	return NULL;
}

struct group *config_find_group(const struct zpci_config *config, const char *name)
{
	for (size_t i = 0; i < config->group_count; i++)
		if (!strcmp(config->groups[i].name, name))
			return &config->groups[i];
	return NULL;
}

int config_begin_group(struct zpci_config *config, struct place place, const char *name,
		       char **error)
{
	struct group group = { .place = place }, *other = config_find_group(config, name);
	char label[CONFIG_LABEL];

	if (!config_name_valid(name))
		return config_error(error, place, "[group %.64s]: not a name; allowed is %s", name,
				    CONFIG_NAME_RULE);
	if (other)
		return config_error(error, place,
				    "[group %s]: duplicate group, %s defines one of that name; "
				    "choose another",
				    name, config_place(other->place, label));
	group.name = config_keep(config, name, strlen(name));
	if (!group.name)
		return config_no_memory(error);
	return config_add_group(config, &group, error);
}

bool config_name_valid(const char *name)
{
	size_t length = strlen(name);

	/* Not isalnum(): what is allowed must not depend on the locale. */
	return length >= 1 && length <= 63 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       length;
}
