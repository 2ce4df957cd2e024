// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * models.c - the device models that a configuration can name, and the keys that a model has itself.
 *
 * A name without a slash is that of a built-in model. Anything else is the file of a shared object,
 * which is loaded when the key is read: from then on the model's options are keys like any others,
 * of its adapter or of its functions.
 *
 * The number of a model is its index among the built-in ones, or behind these its index among the
 * objects that this configuration has loaded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "object.h"

/* --- names of files --------------------------------------------------------------------------- */

/* A relative @name counts from the folder of the file that says it, else from the current one.
 * NULL: no memory, or no folder. The caller frees it. */
static char *absolute(struct place place, const char *name)
{
	const char *slash = place.line ? strrchr(place.source, '/') : NULL;
	int folder = slash ? (int)(slash - place.source) : 0;
	char *current = NULL, *path = NULL;

	if (*name == '/')
		return strdup(name);
	while (!strncmp(name, "./", 2))
		name += 2;
	if (slash && *place.source == '/')
		return asprintf(&path, "%.*s/%s", folder, place.source, name) < 0 ? NULL : path;
	current = get_current_dir_name();
	if (current && asprintf(&path, "%s/%.*s%s%s", current, folder, slash ? place.source : "",
				slash ? "/" : "", name) < 0)
		path = NULL;
	free(current);
	return path;
}

/* --- models ----------------------------------------------------------------------------------- */

static unsigned built_in(void)
{
	unsigned count = 0;

	while (zpci_model_get(count))
		count++;
	return count;
}

const struct zpci_model *config_model(const struct zpci_config *config,
				      const struct adapter *adapter)
{
	unsigned index = (unsigned)adapter->model.value, first = built_in();

	if (!config_given(&adapter->model))
		return NULL;
	return index < first ? zpci_model_get(index) : config->objects[index - first].model;
}

static const char *config_model_object(const struct zpci_config *config,
				       const struct adapter *adapter)
{
	unsigned index = (unsigned)adapter->model.value, first = built_in();

	return index < first ? NULL : config->objects[index - first].path;
}

/* The index of the object that was loaded from @path, or of @model if it is not NULL; the count if
 * there is none. */
static size_t find_object(const struct zpci_config *config, const char *path,
			  const struct zpci_model *model)
{
	size_t i = 0;

	while (i < config->object_count && strcmp(config->objects[i].path, path) &&
	       (!model || config->objects[i].model != model))
		i++;
	return i;
}

/* Takes @path. */
static int add_object(struct zpci_config *config, char *path, const struct zpci_model *model,
		      char **error)
{
	struct object *objects =
		reallocarray(config->objects, config->object_count + 1, sizeof(*config->objects));

	if (!objects) {
		free(path);
		return config_no_memory(error);
	}
	config->objects = objects;
	objects[config->object_count++] = (struct object){ .path = path, .model = model };
	return 0;
}

/* Takes @path. */
static int load(struct zpci_config *config, struct setting *setting, char *path, char **error)
{
	const struct zpci_model *model = NULL;
	size_t index = find_object(config, path, NULL);
	char why[CONFIG_WHY];
	int rc = 0;

	/* Who may send commands to a running hypervisor must not bring code into it. */
	if (index == config->object_count && config->firmware)
		rc = config_error(error, setting->place,
				  "model = %.200s: this file is not loaded, and a running guest "
				  "loads none; name it in the configuration of the guest",
				  setting->text);
	else if (index == config->object_count && config_object_load(path, &model, why))
		rc = config_error(error, setting->place, "model = %.200s: %s", setting->text, why);
	if (model)
		index = find_object(config, path, model);
	setting->value = built_in() + index;
	if (!rc && index == config->object_count)
		return add_object(config, path, model, error);
	free(path);
	return rc;
}

int config_model_set(struct zpci_config *config, struct adapter *adapter, struct place place,
		     const char *value, char **error)
{
	const struct key *key = config_key_find(SECTION_ADAPTER, "model");
	int rc = config_key_set(config, key, adapter, place, value, error);
	char *path;

	if (rc || !strchr(value, '/'))
		return rc;
	path = absolute(place, value);
	return path ? load(config, &adapter->model, path, error) : config_no_memory(error);
}

/* --- their options ---------------------------------------------------------------------------- */

static unsigned count_options(const struct zpci_model *model)
{
	unsigned count = 0;

	while (model && model->options && model->options[count])
		count++;
	return count;
}

/* The index of an option of @model by its name; the count if there is none. */
static unsigned find_option(const struct zpci_model *model, const char *name)
{
	unsigned i = 0, count = count_options(model);

	while (i < count && strcmp(model->options[i]->name, name))
		i++;
	return i;
}

const struct zpci_option *config_option_find(const struct zpci_model *model, const char *name)
{
	unsigned i = find_option(model, name);

	return i < count_options(model) ? model->options[i] : NULL;
}

void config_option_names(const struct zpci_model *model, bool function, char *buffer, size_t size)
{
	for (unsigned i = 0; i < count_options(model); i++)
		if (model->options[i]->function == function)
			config_list_add(buffer, size, model->options[i]->name);
}

/* A number, and perhaps a letter behind it. */
static bool parse_size(const struct zpci_option *option, const char *text, uint64_t *number)
{
	static const char letters[] = "KMGT";
	size_t length = strlen(text);
	const char *letter = length ? strchr(letters, text[length - 1]) : NULL;
	char digits[32];
	unsigned shift;

	if (!letter)
		return config_number_read(text, option->low, option->high, number);
	if (length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length - 1] = '\0';
	shift = 10 * (unsigned)(letter - letters + 1);
	if (!config_number_read(digits, 0, option->high >> shift, number))
		return false;
	*number <<= shift;
	return *number >= option->low;
}

static bool parse_word(const struct zpci_option *option, const char *text, uint64_t *number)
{
	for (*number = 0; option->words[*number]; ++*number)
		if (!strcmp(option->words[*number], text))
			return true;
	return false;
}

static bool parse(const struct zpci_option *option, const char *text, uint64_t *number)
{
	*number = 0;
	switch (option->kind) {
	case ZPCI_OPTION_NUMBER:
		return config_number_read(text, option->low, option->high, number);
	case ZPCI_OPTION_SIZE:
		return parse_size(option, text, number);
	case ZPCI_OPTION_WORD:
		return parse_word(option, text, number);
	case ZPCI_OPTION_TEXT:
		return *text && (!option->parse || option->parse(text, number));
	default:
		return *text;
	}
}

void config_option_allowed(const struct zpci_option *option, char *buffer, size_t size)
{
	buffer[0] = '\0';
	switch (option->kind) {
	case ZPCI_OPTION_NUMBER:
	case ZPCI_OPTION_SIZE:
		snprintf(buffer, size,
			 "a number from 0x%llx to 0x%llx, decimal or hexadecimal "
			 "with 0x%s",
			 (unsigned long long)option->low, (unsigned long long)option->high,
			 option->kind == ZPCI_OPTION_SIZE ? ", also with K, M, G or T behind it"
							  : "");
		break;
	case ZPCI_OPTION_WORD:
		for (unsigned i = 0; option->words[i]; i++)
			config_list_add(buffer, size, option->words[i]);
		break;
	case ZPCI_OPTION_TEXT:
		snprintf(buffer, size, "%s", option->parse ? option->allowed : "any text");
		break;
	case ZPCI_OPTION_FILE:
		snprintf(buffer, size, "the name of a file");
		break;
	}
}

/* The model gets an absolute name. */
static int keep_file(struct zpci_config *config, struct setting *setting, char **error)
{
	char *path = absolute(setting->place, setting->text);

	setting->text = path ? config_keep(config, path, strlen(path)) : NULL;
	free(path);
	return setting->text ? 0 : config_no_memory(error);
}

static int set(struct zpci_config *config, const struct zpci_option *option,
	       struct setting *setting, const char *value, char **error)
{
	char allowed[CONFIG_LIST];

	setting->text = config_keep(config, value, strlen(value));
	if (!setting->text)
		return config_no_memory(error);
	if (!parse(option, setting->text, &setting->value)) {
		config_option_allowed(option, allowed, sizeof(allowed));
		return config_error(error, setting->place, "%s = %.64s: not allowed; allowed is %s",
				    option->name, value, allowed);
	}
	return option->kind == ZPCI_OPTION_FILE ? keep_file(config, setting, error) : 0;
}

int config_option_set(struct zpci_config *config, const struct zpci_model *model,
		      struct setting **settings, struct place place, const char *name,
		      const char *value, char **error)
{
	unsigned i = find_option(model, name);
	struct setting *setting;
	char label[CONFIG_LABEL];

	if (!*settings)
		*settings =
			config_keep_memory(config, count_options(model) * sizeof(struct setting));
	if (!*settings)
		return config_no_memory(error);
	setting = &(*settings)[i];
	if (config_given(setting))
		return config_error(error, place,
				    "%s = %.64s: duplicate key, %s already says %s = %.64s; keep "
				    "one of them",
				    name, value, config_place(setting->place, label), name,
				    setting->text);
	setting->place = place;
	return set(config, model->options[i], setting, value, error);
}

int config_options_check(const struct zpci_model *model, bool function,
			 const struct setting *settings, struct place place, char **error)
{
	char allowed[CONFIG_LIST];

	for (unsigned i = 0; i < count_options(model); i++) {
		const struct zpci_option *option = model->options[i];

		if (option->function != function || !option->required ||
		    (settings && config_given(&settings[i])))
			continue;
		config_option_allowed(option, allowed, sizeof(allowed));
		return config_error(error, place,
				    "%s = VALUE is missing, which model %s needs (%s); allowed is "
				    "%s",
				    option->name, model->name, option->help, allowed);
	}
	return 0;
}

int config_options_same(const struct zpci_model *model, const struct setting *old,
			const struct setting *new, char **error)
{
	for (unsigned i = 0; new &&i < count_options(model); i++) {
		if (!config_given(&new[i]) ||
		    (old && config_given(&old[i]) && !strcmp(old[i].text, new[i].text)))
			continue;
		return config_error(error, new[i].place,
				    "%s = %.64s: its adapter was described before, %s; say it "
				    "there, or name another adapter",
				    model->options[i]->name, new[i].text,
				    old && config_given(&old[i]) ? "with another value"
								 : "without this key");
	}
	return 0;
}

/* Adds those of @settings that were given to @values, which has @used; returns how many it has
 * then. */
static unsigned add_values(const struct zpci_model *model, const struct setting *settings,
			   struct zpci_option_value *values, unsigned used)
{
	for (unsigned i = 0; settings && i < count_options(model); i++)
		if (config_given(&settings[i]))
			values[used++] = (struct zpci_option_value){
				.name = model->options[i]->name,
				.text = settings[i].text,
				.number = settings[i].value,
			};
	values[used] = (struct zpci_option_value){ .name = NULL };
	return used;
}

void config_options_values(const struct zpci_model *model, const struct setting *settings,
			   struct zpci_option_value values[ZPCI_OPTIONS_MAX + 1])
{
	add_values(model, settings, values, 0);
}

void zpci_config_model(const struct zpci_config *config, size_t index,
		       struct zpci_config_model *model)
{
	const struct function *function = &config->functions[index];
	const struct adapter *adapter = &config->adapters[function->owner];
	unsigned used;

	model->model = config_model(config, adapter);
	model->object = config_model_object(config, adapter);
	used = add_values(model->model, adapter->options, model->values, 0);
	add_values(model->model, function->options, model->values, used);
}

void config_options_visit(const struct zpci_model *model, const struct setting *settings,
			  void (*visit)(void *opaque, const struct setting *setting), void *opaque)
{
	for (unsigned i = 0; settings && i < count_options(model); i++)
		visit(opaque, &settings[i]);
}
