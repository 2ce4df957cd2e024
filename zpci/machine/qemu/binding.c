// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * binding.c - what belongs to one virtual machine, from before QEMU makes the machine until it
 * ends.
 */
#include <stdlib.h>

#include "binding.h"
#include "zpci/config/config.h"

struct zpci_qemu_binding *zpci_qemu_binding_new(int vcpus)
{
	struct zpci_qemu_binding *binding = calloc(1, sizeof(*binding));

	if (!binding)
		return NULL;
	binding->direct = true;
	binding->logger = (struct zpci_logger){ zpci_qemu_print, binding };
	binding->vcpus = vcpus > 0 ? (unsigned)vcpus : 1;
	binding->vcpu = calloc(binding->vcpus, sizeof(*binding->vcpu));
	binding->config = zpci_config_new();
	if (!binding->vcpu || !binding->config) {
		zpci_qemu_binding_free(binding);
		return NULL;
	}
	for (unsigned i = 0; i < binding->vcpus; i++)
		binding->vcpu[i].binding = binding;
	return binding;
}

static int create_firmware(struct zpci_qemu_binding *binding)
{
	/* QEMU can have zPCI devices of its own. */
	struct zpci_firmware_options options = {
		.size = sizeof(options),
		.logger = binding->logger,
		.shared = true,
	};

	if (!binding->trace)
		return zpci_firmware_create(&zpci_qemu_machine_ops, binding, &options,
					    &binding->firmware);
	binding->record = zpci_record_create(&zpci_qemu_machine_ops, binding, binding->trace);
	if (!binding->record)
		return -1;
	return zpci_firmware_create(zpci_record_ops(binding->record), binding->record, &options,
				    &binding->firmware);
}

static int add_functions(struct zpci_qemu_binding *binding)
{
	struct zpci_config *config = binding->config;
	char *error;

	if (zpci_config_connect(config, binding->firmware, &binding->logger, &error))
		return zpci_qemu_log_error(binding, error);
	if (binding->record)
		zpci_record_head(binding->record, binding->firmware, true);
	zpci_qemu_log(binding, ZPCI_LOG_INFO, "%zu function%s", zpci_config_functions(config),
		      zpci_config_functions(config) == 1 ? "" : "s");
	return 0;
}

int zpci_qemu_binding_start(struct zpci_qemu_binding *binding)
{
	binding->timers = zpci_timers_new();
	if (!binding->timers) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR, "no memory or thread for timers");
		return -1;
	}
	return create_firmware(binding) ? -1 : add_functions(binding);
}

void zpci_qemu_binding_end(struct zpci_qemu_binding *binding)
{
	zpci_firmware_destroy(binding->firmware);
	if (binding->record && zpci_record_destroy(binding->record))
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "the trace is not complete: no memory, or no space on its disk");
	if (binding->trace)
		fclose(binding->trace);
	zpci_timers_free(binding->timers);
}

void zpci_qemu_binding_free(struct zpci_qemu_binding *binding)
{
	zpci_qemu_binding_end(binding);
	zpci_config_free(binding->config);
	free((char *)binding->control_path);
	free(binding->vcpu);
	free(binding);
}
