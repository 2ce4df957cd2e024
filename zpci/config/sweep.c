// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sweep.c - frees the strings of a configuration that no section refers to any more.
 *
 * Sections share strings: a setting of an adapter can be in the text of a function. So a string is
 * not freed with a section. Instead, all sections are looked at, and what none of them refers to is
 * freed.
 */
#include <stdlib.h>

#include "internal.h"

static int compare_addresses(const void *a, const void *b)
{
	const char *first = *(char *const *)a, *second = *(char *const *)b;

	return (first > second) - (first < second);
}

/* Which of the strings, in the order of their addresses, a section refers to. */
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

static void mark_option(void *marks, const struct setting *setting)
{
	mark(marks, setting->place.source);
	mark(marks, setting->text);
}

/* Of the model of @adapter: its own options, or those of one of its functions. */
static void mark_options(struct marks *marks, const struct adapter *adapter,
			 const struct setting *settings)
{
	mark(marks, (const char *)settings);
	config_options_visit(config_model(marks->config, adapter), settings, mark_option, marks);
}

static void mark_all(struct marks *marks)
{
	const struct zpci_config *config = marks->config;

	mark_settings(marks, SECTION_PLATFORM, &config->whole);
	for (size_t i = 0; i < config->adapter_count; i++) {
		mark(marks, config->adapters[i].place.source);
		mark(marks, config->adapters[i].name);
		mark_settings(marks, SECTION_ADAPTER, &config->adapters[i]);
		mark_options(marks, &config->adapters[i], config->adapters[i].options);
	}
	for (size_t i = 0; i < config->group_count; i++) {
		mark(marks, config->groups[i].place.source);
		mark(marks, config->groups[i].name);
		mark_settings(marks, SECTION_GROUP, &config->groups[i]);
	}
	for (size_t i = 0; i < config->function_count; i++) {
		mark(marks, config->functions[i].place.source);
		mark_settings(marks, SECTION_FUNCTION, &config->functions[i]);
		mark_options(marks, &config->adapters[config->functions[i].owner],
			     config->functions[i].options);
		mark(marks, config->functions[i].replica.place.source);
		mark(marks, (const char *)config->functions[i].replica.space);
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
