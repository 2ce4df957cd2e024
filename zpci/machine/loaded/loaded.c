// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loaded.c - the firmware of the virtual machine that we are loaded for, from its settings until
 * its end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "loaded.h"
#include "zpci/config/config.h"
#include "zpci/machine/record.h"

int zpci_loaded_init(struct zpci_loaded *loaded)
{
	loaded->logger = (struct zpci_logger){ zpci_loaded_print, loaded };
	loaded->config = zpci_config_new();
	return loaded->config ? 0 : -1;
}

static int open_trace(struct zpci_loaded *loaded)
{
	loaded->trace = fopen(loaded->trace_path, "we");
	if (loaded->trace)
		return 0;
	zpci_loaded_log(loaded, ZPCI_LOG_ERROR, "%s=%s: %s; name a file that can be written",
			loaded->setting[ZPCI_SETTING_RECORD], loaded->trace_path, strerror(errno));
	return -1;
}

static int create_firmware(struct zpci_loaded *loaded, const struct zpci_machine_ops *ops,
			   void *machine)
{
	/* The hypervisor can have zPCI devices of its own. */
	struct zpci_firmware_options options = {
		.size = sizeof(options),
		.logger = loaded->logger,
		.shared = true,
		.explain = loaded->debug,
	};

	zpci_config_options(loaded->config, &options);
	loaded->shared = options.shared;
	if (!loaded->trace_path)
		return zpci_firmware_create(ops, machine, &options, &loaded->firmware);
	if (open_trace(loaded))
		return -1;
	loaded->record = zpci_record_create(ops, machine, loaded->trace);
	if (!loaded->record)
		return -1;
	return zpci_firmware_create(zpci_record_ops(loaded->record), loaded->record, &options,
				    &loaded->firmware);
}

static int add_functions(struct zpci_loaded *loaded)
{
	struct zpci_config *config = loaded->config;
	char *error;

	if (zpci_config_connect(config, loaded->firmware, &loaded->logger, &error))
		return zpci_loaded_log_error(loaded, error);
	if (loaded->record)
		zpci_record_head(loaded->record, loaded->firmware, loaded->shared);
	zpci_loaded_log(loaded, ZPCI_LOG_INFO, "%zu function%s", zpci_config_functions(config),
			zpci_config_functions(config) == 1 ? "" : "s");
	return 0;
}

int zpci_loaded_start(struct zpci_loaded *loaded, const struct zpci_machine_ops *ops, void *machine)
{
	return create_firmware(loaded, ops, machine) ? -1 : add_functions(loaded);
}

enum zpci_disposition zpci_loaded_execute(struct zpci_loaded *loaded, void *cpu, unsigned number,
					  const uint8_t instruction[6])
{
	if (!loaded->record)
		return zpci_firmware_execute(loaded->firmware, cpu, instruction);
	return zpci_record_execute(loaded->record, loaded->firmware, cpu, number, instruction);
}

void zpci_loaded_reset(struct zpci_loaded *loaded, enum zpci_reset reset)
{
	if (loaded->record)
		zpci_record_reset(loaded->record, loaded->firmware, reset);
	else
		zpci_firmware_reset(loaded->firmware, reset);
}

void zpci_loaded_end(struct zpci_loaded *loaded)
{
	zpci_firmware_destroy(loaded->firmware);
	if (loaded->record && zpci_record_destroy(loaded->record))
		zpci_loaded_log(loaded, ZPCI_LOG_ERROR,
				"the trace is not complete: no memory, or no space on its disk");
	if (loaded->trace)
		fclose(loaded->trace);
	loaded->firmware = NULL;
	loaded->record = NULL;
	loaded->trace = NULL;
}

void zpci_loaded_fini(struct zpci_loaded *loaded)
{
	zpci_config_free(loaded->config);
	free(loaded->trace_path);
	free(loaded->control_path);
}
