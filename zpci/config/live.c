// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * live.c - functions that come and go while the firmware runs.
 *
 * After zpci_config_connect() a configuration describes what exists. So each default is fixed:
 * from then on it counts as written. A function that comes later is checked by the same rules as
 * all (finish.c) and gets free numbers. An adapter that exists gets neither more VFs nor another
 * PCHID. A failure leaves nothing behind, not even strings: a client's mistakes do not make the
 * configuration grow.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int pin_setting(struct zpci_config *config, struct setting *setting, struct place place)
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

/* Nobody said how many VFs the adapter has, and no PF in the guest shows it. So there are all, for
 * functions that come later. A replica is what was written down, and a model of one's own may not
 * have so many. */
static bool has_room(const struct zpci_config *config, const struct adapter *adapter)
{
	return !config_given(&adapter->vfs) && !adapter->lends_pf &&
	       !config_model_object(config, adapter) && strcmp(adapter->model.text, "replica");
}

static int pin_adapter(struct zpci_config *config, struct adapter *adapter)
{
	int rc = pin_setting(config, &adapter->pchid, adapter->place);

	if (has_room(config, adapter))
		adapter->vfs.value = ZPCI_VFS_MAX;
	if (!rc)
		rc = pin_setting(config, &adapter->vfs, adapter->place);
	if (!rc)
		rc = pin_setting(config, &adapter->rid, adapter->place);
	return rc;
}

static int pin_function(struct zpci_config *config, struct function *function)
{
	int rc = pin_adapter(config, &config->adapters[function->owner]);

	if (!rc)
		rc = pin_setting(config, &function->fid, function->place);
	return rc ? rc : pin_setting(config, &function->uid, function->place);
}

/* An adapter without a function is not pinned: its first function can still complete it. */
static int pin_defaults(struct zpci_config *config, char **error)
{
	int rc = 0;

	for (size_t i = 0; i < config->function_count && !rc; i++)
		rc = pin_function(config, &config->functions[i]);
	return rc ? config_no_memory(error) : 0;
}

static int make(struct zpci_config *config, size_t index, char **error)
{
	struct adapter *adapter = &config->adapters[config->functions[index].owner];

	return config_make(config, index, &adapter->made, config->firmware, config->logger, error);
}

int zpci_config_connect(struct zpci_config *config, struct zpci_firmware *firmware,
			const struct zpci_logger *logger, char **error)
{
	int rc;

	*error = NULL;
	if (!config->finished || config->firmware) {
		*error = strdup("a configuration is connected once, after it was finished");
		return -EINVAL;
	}
	config->firmware = firmware;
	config->logger = logger;
	rc = pin_defaults(config, error);
	for (size_t i = 0; i < config->function_count && !rc; i++)
		rc = make(config, i, error);
	return rc;
}

/* --- plug ----------------------------------------------------------------------------------- */

/* The configuration as it was. Sections are only appended, but those of adapters can also
 * change. */
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

		/* An adapter that was made for this function goes, even if its section is older. */
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
	int rc;

	*error = NULL;
	rc = remember(config, &before, error);
	if (rc)
		return rc;
	rc = zpci_config_function(config, text, separator, error);
	if (!rc)
		rc = zpci_config_finish(config, error);
	/* Before it is made, as a function that was made could not be taken back. */
	if (!rc)
		rc = pin_defaults(config, error);
	if (!rc)
		rc = make(config, before.function_count, error);
	if (rc)
		restore(config, &before);
	else
		*fid = config->functions[before.function_count].fid.value;
	free(before.adapters);
	return rc;
}

/* --- unplug --------------------------------------------------------------------------------- */

/* An adapter goes with its last function unless it is written in a file or is the common one of its
 * model. Then another adapter can have its PCHID, and adapters that come and go do not pile up. */
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
