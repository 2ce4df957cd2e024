// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * text.c - one function written in one option: `probe,vf=3,fid=0x1021,profile=lpar`.
 *
 * The text describes a function and also its adapter. Which adapter it means:
 *
 *	adapter=NAME    the one of that name, from a file or an earlier text; else a new one
 *	pchid=NUMBER    the one that has this PCHID; else a new one
 *	neither         the one that all such texts of this model share
 *
 * A text can complete an adapter that exists already. It must not contradict what was written
 * before.
 *
 * A group is written likewise, its name in front: `wide,id=0x10,store-block=4096`.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* --- the items of the text ---------------------------------------------------------------- */

static int set_model(struct zpci_config *config, struct adapter *adapter, const char *item,
		     char **error)
{
	const struct key *key = config_key_find(SECTION_ADAPTER, "model");
	char models[CONFIG_LIST];

	if (*item && !strchr(item, '='))
		return config_model_set(config, adapter, adapter->place, item, error);
	config_key_allowed(key, models, sizeof(models));
	return config_error(error, adapter->place,
			    "starts with '%.64s' instead of a model; allowed is %s", item, models);
}

static int unknown_key(struct place place, const struct zpci_model *model, const char *name,
		       const char *value, char **error)
{
	char functions[CONFIG_LIST], adapters[CONFIG_LIST];

	config_key_names(SECTION_FUNCTION, functions, sizeof(functions));
	config_key_names(SECTION_ADAPTER, adapters, sizeof(adapters));
	config_option_names(model, true, adapters, sizeof(adapters));
	config_option_names(model, false, adapters, sizeof(adapters));
	/* The model is the first item of the text, and the first key of the table. */
	return config_error(error, place, "%.64s = %.64s: unknown key; allowed is %s%s", name,
			    value, functions, adapters + strlen("model"));
}

static int set_item(struct zpci_config *config, struct adapter *adapter, struct function *function,
		    char *item, char **error)
{
	const struct zpci_model *model = config_model(config, adapter);
	char *value = strchr(item, '=');
	const struct zpci_option *option;
	const struct key *key;

	if (!value)
		return config_error(error, function->place,
				    "'%.64s' is not KEY=VALUE, the form of each item behind the "
				    "model",
				    item);
	*value++ = '\0';
	key = config_key_find(SECTION_FUNCTION, item);
	if (key)
		return config_key_set(config, key, function, function->place, value, error);
	if (config_is_space(item))
		return config_space_set(config, function, function->place, item, value, error);
	option = config_option_find(model, item);
	if (option)
		return config_option_set(config, model,
					 option->function ? &function->options : &adapter->options,
					 function->place, item, value, error);
	key = config_key_find(SECTION_ADAPTER, item);
	if (!key || !strcmp(item, "model"))
		return unknown_key(function->place, model, item, value, error);
	return config_key_set(config, key, adapter, function->place, value, error);
}

/* Takes @text apart at each @separator. */
static int read_items(struct zpci_config *config, struct adapter *adapter,
		      struct function *function, char *text, char separator, char **error)
{
	bool first = true;

	while (text) {
		char *item = text;
		int rc;

		text = strchr(text, separator);
		if (text)
			*text++ = '\0';
		if (first)
			rc = set_model(config, adapter, item, error);
		else
			rc = set_item(config, adapter, function, item, error);
		if (rc)
			return rc;
		first = false;
	}
	return 0;
}

/* --- its adapter -------------------------------------------------------------------------- */

static struct adapter *find_meant(const struct zpci_config *config, const struct adapter *said)
{
	if (said->name)
		return config_find_adapter(config, said->name);
	for (size_t i = 0; i < config->adapter_count; i++) {
		struct adapter *adapter = &config->adapters[i];

		if (said->common ? adapter->common && adapter->model.value == said->model.value
				 : adapter->pchid.place.source &&
					   adapter->pchid.value == said->pchid.value)
			return adapter;
	}
	return NULL;
}

/* Completes @adapter with what the text said about it. */
static int merge(const struct zpci_config *config, struct adapter *adapter,
		 const struct adapter *said, char **error)
{
	char label[CONFIG_LABEL], place[CONFIG_LABEL];
	const struct key *key;

	for (unsigned i = 0; (key = config_key(i)); i++) {
		const struct setting *new =
			(const struct setting *)((const char *)said + key->offset);
		struct setting *old = (struct setting *)((char *)adapter + key->offset);

		if (key->section != SECTION_ADAPTER || !new->place.source)
			continue;
		if (old->place.source && old->value != new->value)
			return config_error(error, new->place,
					    "%s = %s: %s has %s = %s by %s; they must be the same",
					    key->name, new->text,
					    config_adapter_label(adapter, label), key->name,
					    old->text, config_place(old->place, place));
		if (!old->place.source)
			*old = *new;
	}
	return config_options_same(config_model(config, adapter), adapter->options, said->options,
				   error);
}

static int attach(struct zpci_config *config, struct adapter *said, struct function *function,
		  char **error)
{
	struct adapter *adapter;
	int rc;

	said->name = function->adapter.text;
	said->common = !said->name && !said->pchid.place.source;
	adapter = find_meant(config, said);
	if (adapter)
		rc = merge(config, adapter, said, error);
	else
		rc = config_add_adapter(config, said, error);
	if (rc)
		return rc;
	if (!adapter)
		adapter = &config->adapters[config->adapter_count - 1];
	function->owner = adapter - config->adapters;
	return config_add_function(config, function, error);
}

/* What messages call @text: "@what 'TEXT'", cut if it is long. */
static const char *keep_source(struct zpci_config *config, const char *what, const char *text)
{
	char source[CONFIG_LABEL];
	int length = snprintf(source, sizeof(source), "%s '%.100s'", what, text);

	if (length == (int)strlen(what) + (int)sizeof(" ''") - 1 + 100)
		strcpy(source + length - 4, "...'");
	return config_keep(config, source, length);
}

int zpci_config_function(struct zpci_config *config, const char *text, char separator, char **error)
{
	struct adapter adapter = { .place.source = keep_source(config, "function", text) };
	struct function function = { .place = adapter.place, .owner = NO_ADAPTER };
	char *copy = strdup(text);
	int rc;

	*error = NULL;
	if (!copy || !adapter.place.source)
		rc = config_no_memory(error);
	else
		rc = read_items(config, &adapter, &function, copy, separator, error);
	free(copy);
	return rc ? rc : attach(config, &adapter, &function, error);
}

/* --- a group ------------------------------------------------------------------------------ */

static int set_group_item(struct zpci_config *config, struct place place, char *item, char **error)
{
	char *value = strchr(item, '='), names[CONFIG_LIST];
	const struct key *key;

	if (!value)
		return config_error(error, place,
				    "'%.64s' is not KEY=VALUE, the form of each item behind the "
				    "name",
				    item);
	*value++ = '\0';
	key = config_key_find(SECTION_GROUP, item);
	if (key)
		return config_key_set(config, key, &config->groups[config->group_count - 1], place,
				      value, error);
	config_key_names(SECTION_GROUP, names, sizeof(names));
	return config_error(error, place, "%.64s = %.64s: unknown key; allowed is %s", item, value,
			    names);
}

int zpci_config_group(struct zpci_config *config, const char *text, char separator, char **error)
{
	const char separators[] = { separator, '\0' };
	struct place place = { .source = keep_source(config, "group", text) };
	char *copy = strdup(text), *rest = copy, *item;
	int rc;

	*error = NULL;
	if (!copy || !place.source)
		rc = config_no_memory(error);
	else
		rc = config_begin_group(config, place, strsep(&rest, separators), error);
	while (!rc && (item = strsep(&rest, separators)))
		rc = set_group_item(config, place, item, error);
	free(copy);
	return rc;
}
