// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * model_options.c - the keys that a device model has itself: its options, <zpci/option.h>.
 *
 * They are read like the keys of the table in keys.c, but each section has them in an array of its
 * own, by their index in the model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

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
	char *path = config_absolute(setting->place, setting->text);

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
			const struct setting *said, char **error)
{
	for (unsigned i = 0; said && i < count_options(model); i++) {
		if (!config_given(&said[i]) ||
		    (old && config_given(&old[i]) && !strcmp(old[i].text, said[i].text)))
			continue;
		return config_error(error, said[i].place,
				    "%s = %.64s: its adapter was described before, %s; say it "
				    "there, or name another adapter",
				    model->options[i]->name, said[i].text,
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
