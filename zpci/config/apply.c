// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * apply.c - from a configuration into a firmware.
 *
 * Each adapter that lends a function is made once. The firmware takes references of its own when
 * functions are added. Ours are dropped at the end, also after a failure.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The reason behind @rc of zpci_firmware_add(). */
static const char *reason(int rc)
{
	switch (rc) {
	case -EEXIST:
		return "the firmware has its FID, UID or PCHID already; choose another";
	case -EBUSY:
		return "the VF or PF is in use, here or by another firmware; choose another";
	case -ENOSPC:
		return "the firmware has no room for more functions";
	case -EINVAL:
		return "the model or the firmware refused it, see the message before";
	default:
		return strerror(-rc);
	}
}

static int create(const struct zpci_config *config, size_t index, const struct zpci_logger *logger,
		  struct zpci_adapter **made, char **error)
{
	const struct adapter *adapter = &config->adapters[index];
	const struct zpci_model *model = config_model(config, adapter);
	const struct zpci_replica *replica = config_replica_make(config, index);
	struct zpci_option_value values[ZPCI_OPTIONS_MAX + 1];
	struct zpci_adapter_options options = {
		.size = sizeof(options),
		.vfs = adapter->vfs.value,
		.description = replica,
		.values = values,
	};
	char label[CONFIG_LABEL];
	int rc;

	if (!replica)
		return config_no_memory(error);
	if (logger)
		options.logger = *logger;
	config_options_values(model, adapter->options, values);
	rc = zpci_adapter_create(model, adapter->pchid.value, &options, made);
	config_replica_free(replica);
	if (rc)
		config_error(error, adapter->place,
			     "%s (PCHID 0x%" PRIx64 ", model %s, %" PRIu64
			     " VFs) cannot be made: %s",
			     config_adapter_label(adapter, label), adapter->pchid.value,
			     adapter->model.text, adapter->vfs.value, strerror(-rc));
	return rc;
}

static int add(const struct zpci_config *config, const struct function *function,
	       struct zpci_adapter *made, struct zpci_firmware *firmware, char **error)
{
	const struct adapter *adapter = &config->adapters[function->owner];
	struct zpci_option_value values[ZPCI_OPTIONS_MAX + 1];
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
		.values = values,
	};
	char label[CONFIG_LABEL];
	int rc;

	config_options_values(config_model(config, adapter), function->options, values);
	rc = zpci_firmware_add(firmware, &options);
	if (rc)
		config_error(error, function->place,
			     "the function with FID 0x%x and UID 0x%x (VF %u of %s) cannot be "
			     "added: %s",
			     options.fid, options.uid, options.vf,
			     config_adapter_label(adapter, label), reason(rc));
	return rc;
}

int config_make(const struct zpci_config *config, size_t index, struct zpci_adapter **made,
		struct zpci_firmware *firmware, const struct zpci_logger *logger, char **error)
{
	const struct function *function = &config->functions[index];
	int rc = *made ? 0 : create(config, function->owner, logger, made, error);

	return rc ? rc : add(config, function, *made, firmware, error);
}

static int add_all(const struct zpci_config *config, struct zpci_adapter **made,
		   struct zpci_firmware *firmware, const struct zpci_logger *logger, char **error)
{
	int rc = 0;

	for (size_t i = 0; i < config->function_count && !rc; i++)
		rc = config_make(config, i, &made[config->functions[i].owner], firmware, logger,
				 error);
	return rc;
}

int zpci_config_apply(const struct zpci_config *config, struct zpci_firmware *firmware,
		      const struct zpci_logger *logger, char **error)
{
	struct zpci_adapter **made;
	int rc;

	*error = NULL;
	if (!config->finished) {
		*error = strdup("the configuration was not finished before it was applied");
		return -EINVAL;
	}
	made = calloc(config->adapter_count + 1, sizeof(struct zpci_adapter *));
	if (!made)
		return config_no_memory(error);
	rc = add_all(config, made, firmware, logger, error);
	for (size_t i = 0; i < config->adapter_count; i++)
		zpci_adapter_unref(made[i]);
	free(made);
	return rc;
}
