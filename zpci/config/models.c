// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * models.c - the device models that a configuration can name.
 *
 * A name without a slash is that of a built-in model. Anything else is the file of a shared object,
 * which is loaded when the key is read, because the keys behind it can be the model's own.
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

char *config_absolute(struct place place, const char *name)
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

const char *config_model_object(const struct zpci_config *config, const struct adapter *adapter)
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
	path = config_absolute(place, value);
	return path ? load(config, &adapter->model, path, error) : config_no_memory(error);
}
