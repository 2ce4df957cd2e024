// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * config.c - the configuration as a container: its sections, and the strings they refer to.
 *
 * Sections lie in growing arrays, therefore they refer to each other by index and never by address.
 * Strings are owned by the configuration, since sections share them.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* More would have no functions. */
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
	/* The models stay loaded: adapters can live longer than the configuration. */
	for (size_t i = 0; i < config->object_count; i++)
		free(config->objects[i].path);
	free(config->objects);
	free(config->adapters);
	free(config->groups);
	free(config->functions);
	free(config);
}

size_t zpci_config_functions(const struct zpci_config *config)
{
	return config->function_count;
}

/* --- the whole ---------------------------------------------------------------------------- */

bool config_checks_uids(const struct zpci_config *config)
{
	const struct setting *setting = &config->whole.uid_checking;

	return !config_given(setting) || setting->value;
}

bool config_is_shared(const struct zpci_config *config)
{
	const struct setting *setting = &config->whole.hypervisor_functions;

	return !config_given(setting) || setting->value;
}

void zpci_config_options(const struct zpci_config *config, struct zpci_firmware_options *options)
{
	options->no_uid_checking = !config_checks_uids(config);
	if (!config_is_shared(config))
		options->shared = false;
}

void zpci_config_ids(const struct zpci_config *config, size_t index, uint32_t *fid, uint32_t *uid)
{
	*fid = (uint32_t)config->functions[index].fid.value;
	*uid = (uint32_t)config->functions[index].uid.value;
}

/* --- settings ----------------------------------------------------------------------------- */

bool config_given(const struct setting *setting)
{
	return setting->place.source != NULL;
}

bool config_later(struct place a, struct place b)
{
	return !strcmp(a.source, b.source) && a.line > b.line;
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

/* Takes @memory; NULL if it is NULL, or if there is no room to remember it. */
static void *own(struct zpci_config *config, void *memory)
{
	char **strings = grow(config->strings, config->string_count, sizeof(*strings));

	if (!strings || !memory) {
		free(memory);
		return NULL;
	}
	config->strings = strings;
	strings[config->string_count++] = memory;
	return memory;
}

const char *config_keep(struct zpci_config *config, const char *text, size_t length)
{
	return own(config, strndup(text, length));
}

void *config_keep_memory(struct zpci_config *config, size_t size)
{
	return own(config, calloc(1, size));
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
