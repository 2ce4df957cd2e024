// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * help.c - what can be written as one function: the models, and the keys of a model.
 *
 * The table of keys says it all (keys.c).
 */
#include <string.h>

#include <zpci/device.h>

#include "internal.h"

static void print_line(FILE *to, const char *name, const char *words)
{
	fprintf(to, "  %-20s %s\n", name, words);
}

static void print_models(FILE *to)
{
	const struct zpci_model *model;

	for (unsigned i = 0; (model = zpci_model_get(i)); i++)
		print_line(to, model->name, model->help);
}

/* The model is the first word of the text. Other models have none of a replica's keys. */
static bool is_key_of(const struct key *key, enum section section, bool replica)
{
	return key->section == section && strcmp(key->name, "model") && (replica || !key->replica);
}

static void print_keys(FILE *to, enum section section, bool replica)
{
	char allowed[CONFIG_LIST];
	const struct key *key;

	for (unsigned i = 0; (key = config_key(i)); i++) {
		if (!is_key_of(key, section, replica))
			continue;
		config_key_allowed(key, allowed, sizeof(allowed));
		print_line(to, key->name, allowed);
	}
}

static void print_model(FILE *to, const struct zpci_model *model)
{
	bool replica = !strcmp(model->name, "replica");

	fprintf(to, "%s\n\nof the function:\n", model->help);
	print_keys(to, SECTION_FUNCTION, replica);
	if (replica)
		print_line(to, CONFIG_SPACE_KEY, CONFIG_SPACE_ALLOWED);
	fputs("of its adapter:\n", to);
	print_keys(to, SECTION_ADAPTER, replica);
}

bool zpci_config_is_help(const char *text, char separator)
{
	const char *last = strrchr(text, separator);

	return !strcmp(last ? last + 1 : text, "help");
}

int zpci_config_help(FILE *to, const char *text, char separator, char **error)
{
	const char *end = strchr(text, separator);
	char source[CONFIG_LABEL], name[CONFIG_LABEL], models[CONFIG_LIST];
	const struct zpci_model *model;

	*error = NULL;
	if (!end) {
		print_models(to);
		return 0;
	}
	snprintf(name, sizeof(name), "%.*s",
		 end - text < CONFIG_LABEL ? (int)(end - text) : CONFIG_LABEL, text);
	model = zpci_model_find(name);
	if (model) {
		print_model(to, model);
		return 0;
	}
	snprintf(source, sizeof(source), "function '%.100s'", text);
	if (strchr(name, '/'))
		return config_error(error, (struct place){ .source = source },
				    "help is of the built-in models; what the model of a shared "
				    "object takes, `zpci describe --function %.100s' prints",
				    name);
	config_key_allowed(config_key_find(SECTION_ADAPTER, "model"), models, sizeof(models));
	return config_error(error, (struct place){ .source = source },
			    "there is no model '%.64s'; allowed is %s", name, models);
}
