// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * apply.c - from a configuration into a firmware.
 *
 * Each adapter of which something is lent is made once; the firmware takes references of its own
 * when functions are added, and ours are dropped at the end, success or not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The reason behind @result of zpci_firmware_add(). */
static const char *reason(int result)
{
	switch (result) {
	case -EEXIST:
		return "the firmware has its FID, UID or PCHID already; choose another";
	case -EBUSY:
		return "it is lent already";
	case -ENOSPC:
		return "the firmware holds no more functions";
	case -EINVAL:
		return "the model or the firmware refused it, see the message before";
	default:
		return strerror(-result);
	}
}

static int create(const struct adapter *adapter, const struct zpci_logger *logger,
		  struct zpci_adapter **made, char **error)
{
	struct zpci_adapter_options options = {
		.size = sizeof(options),
		.vfs = adapter->vfs.value,
	};
	char label[CONFIG_LABEL];
	int result;

	if (logger)
		options.logger = *logger;
	result = zpci_adapter_create(zpci_model_get(adapter->model.value), adapter->pchid.value,
				     &options, made);
	if (result)
		config_error(error, adapter->place,
			     "%s (PCHID 0x%" PRIx64 ", model %s, %" PRIu64
			     " VFs) cannot be made: %s",
			     config_adapter_label(adapter, label), adapter->pchid.value,
			     adapter->model.text, adapter->vfs.value, strerror(-result));
	return result;
}

static int add(const struct function *function, const struct adapter *adapter,
	       struct zpci_adapter *made, struct zpci_firmware *firmware, char **error)
{
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = made,
		.vf = function->vf.value,
		.fid = function->fid.value,
		.uid = function->uid.value,
		.profile = function->effective,
		.standby = function->standby.value,
		.publish_rid = adapter->rid.value,
		.platform = &function->platform,
	};
	int result = zpci_firmware_add(firmware, &options);
	char label[CONFIG_LABEL];

	if (result)
		config_error(error, function->place,
			     "the function with FID 0x%x and UID 0x%x (VF %u of %s) cannot be "
			     "added: %s",
			     options.fid, options.uid, options.vf,
			     config_adapter_label(adapter, label), reason(result));
	return result;
}

int config_make(const struct zpci_config *config, size_t index, struct zpci_adapter **made,
		struct zpci_firmware *firmware, const struct zpci_logger *logger, char **error)
{
	const struct function *function = &config->functions[index];
	const struct adapter *adapter = &config->adapters[function->owner];
	int result = *made ? 0 : create(adapter, logger, made, error);

	return result ? result : add(function, adapter, *made, firmware, error);
}

static int add_all(const struct zpci_config *config, struct zpci_adapter **made,
		   struct zpci_firmware *firmware, const struct zpci_logger *logger, char **error)
{
	int result = 0;

	for (size_t i = 0; i < config->function_count && !result; i++)
		result = config_make(config, i, &made[config->functions[i].owner], firmware, logger,
				     error);
	return result;
}

int zpci_config_apply(const struct zpci_config *config, struct zpci_firmware *firmware,
		      const struct zpci_logger *logger, char **error)
{
	struct zpci_adapter **made;
	int result;

	*error = NULL;
	if (!config->finished) {
		*error = strdup("the configuration was not finished before it was applied");
		return -EINVAL;
	}
	made = calloc(config->adapter_count + 1, sizeof(struct zpci_adapter *));
	if (!made)
		return config_no_memory(error);
	result = add_all(config, made, firmware, logger, error);
	for (size_t i = 0; i < config->adapter_count; i++)
		zpci_adapter_unref(made[i]);
	free(made);
	return result;
}
