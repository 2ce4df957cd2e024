// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * live.c - functions that come and go while the firmware runs.
 *
 * Once connected, a configuration describes what is there. Therefore all that was left to defaults
 * becomes as firm as if it had been written: a function that comes later is checked by the same
 * rules as all (finish.c), gets numbers that are free, and an adapter that exists can neither get
 * more VFs nor another PCHID. What fails leaves nothing behind, strings included, so that a client
 * cannot make the configuration grow by mistakes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int firm_setting(struct zpci_config *config, struct setting *setting, struct place place)
{
	char text[24];

	if (setting->place.source)
		return 0;
	snprintf(text, sizeof(text), "0x%" PRIx64, setting->value);
	setting->text = config_keep(config, text, strlen(text));
	if (!setting->text)
		return -ENOMEM;
	setting->place = place;
	return 0;
}

static int firm_adapter(struct zpci_config *config, struct adapter *adapter)
{
	int result = firm_setting(config, &adapter->pchid, adapter->place);

	if (!result)
		result = firm_setting(config, &adapter->vfs, adapter->place);
	if (!result)
		result = firm_setting(config, &adapter->rid, adapter->place);
	return result;
}

static int firm_function(struct zpci_config *config, struct function *function)
{
	int result = firm_adapter(config, &config->adapters[function->owner]);

	if (!result)
		result = firm_setting(config, &function->fid, function->place);
	return result ? result : firm_setting(config, &function->uid, function->place);
}

/* An adapter of which nothing was lent yet stays open. */
static int firm(struct zpci_config *config, char **error)
{
	int result = 0;

	for (size_t i = 0; i < config->function_count && !result; i++)
		result = firm_function(config, &config->functions[i]);
	return result ? config_no_memory(error) : 0;
}

static int make(struct zpci_config *config, size_t index, char **error)
{
	struct adapter *adapter = &config->adapters[config->functions[index].owner];

	return config_make(config, index, &adapter->made, config->firmware, config->logger, error);
}

int zpci_config_connect(struct zpci_config *config, struct zpci_firmware *firmware,
			const struct zpci_logger *logger, char **error)
{
	int result;

	*error = NULL;
	if (!config->finished || config->firmware) {
		*error = strdup("a configuration is connected once, after it was finished");
		return -EINVAL;
	}
	config->firmware = firmware;
	config->logger = logger;
	result = firm(config, error);
	for (size_t i = 0; i < config->function_count && !result; i++)
		result = make(config, i, error);
	return result;
}

/* --- plug ----------------------------------------------------------------------------------- */

/* What the configuration was. Sections are only ever appended; those of adapters can change. */
struct before {
	struct adapter *adapters;
	size_t adapter_count;
	size_t function_count;
	size_t string_count;
};

static int remember(const struct zpci_config *config, struct before *before, char **error)
{
	*before = (struct before){
		.adapters = calloc(config->adapter_count + 1, sizeof(struct adapter)),
		.adapter_count = config->adapter_count,
		.function_count = config->function_count,
		.string_count = config->string_count,
	};
	if (!before->adapters)
		return config_no_memory(error);
	if (config->adapter_count)
		memcpy(before->adapters, config->adapters,
		       config->adapter_count * sizeof(struct adapter));
	return 0;
}

static void restore(struct zpci_config *config, const struct before *before)
{
	for (size_t i = 0; i < config->adapter_count; i++) {
		struct adapter *adapter = &config->adapters[i];

		/* One that was made for this function alone goes; it may be an older section's. */
		if (i >= before->adapter_count || adapter->made != before->adapters[i].made)
			zpci_adapter_unref(adapter->made);
		if (i < before->adapter_count)
			*adapter = before->adapters[i];
	}
	config->adapter_count = before->adapter_count;
	config->function_count = before->function_count;
	while (config->string_count > before->string_count)
		free(config->strings[--config->string_count]);
}

int zpci_config_plug(struct zpci_config *config, const char *text, char separator, uint32_t *fid,
		     char **error)
{
	struct before before;
	int result;

	*error = NULL;
	result = remember(config, &before, error);
	if (result)
		return result;
	result = zpci_config_function(config, text, separator, error);
	if (!result)
		result = zpci_config_finish(config, error);
	/* Before it is made: it could not be taken back then. */
	if (!result)
		result = firm(config, error);
	if (!result)
		result = make(config, before.function_count, error);
	if (result)
		restore(config, &before);
	else
		*fid = config->functions[before.function_count].fid.value;
	free(before.adapters);
	return result;
}

/* --- unplug --------------------------------------------------------------------------------- */

/* An adapter that is in no file, and is not the one that functions without a name of any share, goes
 * with its last function: its PCHID can be another's, and those that come and go do not add up. */
static void forget_adapter(struct zpci_config *config, size_t index)
{
	struct adapter *adapter = &config->adapters[index];

	if (adapter->place.line || adapter->common)
		return;
	for (size_t i = 0; i < config->function_count; i++)
		if (config->functions[i].owner == index)
			return;
	zpci_adapter_unref(adapter->made);
	config->adapter_count--;
	memmove(adapter, adapter + 1, (config->adapter_count - index) * sizeof(*adapter));
	for (size_t i = 0; i < config->function_count; i++)
		if (config->functions[i].owner > index)
			config->functions[i].owner--;
}

int zpci_config_unplug(struct zpci_config *config, uint32_t fid, char **error)
{
	struct function *function = config->functions;
	const struct function *end = function + config->function_count;
	size_t owner;

	*error = NULL;
	while (function != end && function->fid.value != fid)
		function++;
	if (function == end) {
		if (asprintf(error, "there is no function 0x%08x", fid) < 0)
			*error = NULL;
		return -ENOENT;
	}
	zpci_firmware_remove(config->firmware, fid);
	owner = function->owner;
	memmove(function, function + 1, (char *)end - (char *)(function + 1));
	config->function_count--;
	forget_adapter(config, owner);
	config_sweep(config);
	return 0;
}
