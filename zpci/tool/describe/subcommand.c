// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci describe`: what a guest will be told about the functions of a configuration, without a
 * guest. It puts the functions into a real firmware on the machine in memory, and asks that.
 */
#include <stdlib.h>
#include <string.h>

#include <zpci/ram.h>

#include "describe.h"
#include "zpci/tool/functions.h"
#include "zpci/tool/message.h"
#include "zpci/tool/options.h"
#include "zpci/tool/subcommand.h"

/* Room for the CLP block and the SCCB of look.c. */
#define STORAGE_SIZE 0x20000

/* The library also warns that the guest is not told of the missing bit. We print that ourselves,
 * beside the function. */
static void log_error(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	if (level == ZPCI_LOG_ERROR)
		tool_error("%s", message);
}

static void print(const struct tool_options *options, const struct descriptions *descriptions)
{
	if (options->lspci)
		describe_lspci(stdout, descriptions);
	else if (options->json)
		describe_json(stdout, descriptions);
	else
		describe_text(stdout, descriptions);
}

/* The firmware has its own order. */
static void describe_models(const struct zpci_config *config, struct descriptions *descriptions)
{
	for (size_t i = 0; i < zpci_config_functions(config); i++) {
		uint32_t fid, uid;

		zpci_config_ids(config, i, &fid, &uid);
		for (size_t j = 0; j < descriptions->count; j++)
			if (descriptions->items[j].info.fid == fid)
				zpci_config_model(config, i, &descriptions->items[j].model);
	}
}

static int describe_firmware(const struct tool_options *options, const struct zpci_config *config,
			     struct zpci_ram *ram, struct zpci_firmware *firmware)
{
	struct descriptions descriptions = { .count = 0 };
	int rc = describe_look(ram, firmware, &descriptions);

	if (!rc) {
		describe_models(config, &descriptions);
		describe_addresses(&descriptions);
		print(options, &descriptions);
		if (fflush(stdout) || ferror(stdout)) {
			tool_error("cannot write to standard output");
			rc = -1;
		}
	}
	free(descriptions.items);
	return rc;
}

static int fill_firmware(const struct zpci_config *config, struct zpci_firmware *firmware)
{
	const struct zpci_logger logger = { .log = log_error };
	char *error = NULL;

	if (!zpci_config_apply(config, firmware, &logger, &error))
		return 0;
	tool_error("%s", error ? error : "out of memory");
	free(error);
	return -1;
}

static int describe_config(const struct tool_options *options, const struct zpci_config *config)
{
	struct zpci_firmware_options firmware_options = {
		.size = sizeof(firmware_options),
		.logger = { .log = log_error },
	};
	struct zpci_ram *ram = zpci_ram_create(STORAGE_SIZE);
	struct zpci_firmware *firmware;
	int rc = -1;

	zpci_config_options(config, &firmware_options);
	if (!ram || zpci_firmware_create(zpci_ram_ops(), ram, &firmware_options, &firmware)) {
		tool_error("out of memory");
	} else {
		rc = fill_firmware(config, firmware);
		if (!rc)
			rc = describe_firmware(options, config, ram, firmware);
		zpci_firmware_destroy(firmware);
	}
	if (ram)
		zpci_ram_destroy(ram);
	return rc;
}

int tool_describe(const struct tool_options *options)
{
	struct zpci_config *config;
	int rc;

	if (options->json && options->lspci) {
		tool_error("--json and --lspci exclude each other; choose one");
		return TOOL_EXIT_FAILURE;
	}
	if (!options->setup.functions.config && !options->setup.functions.count) {
		tool_error("there is nothing to describe; add --function or --config");
		return TOOL_EXIT_FAILURE;
	}
	config = tool_functions_load(&options->setup.functions);
	if (!config)
		return TOOL_EXIT_FAILURE;
	rc = describe_config(options, config);
	zpci_config_free(config);
	return rc ? TOOL_EXIT_FAILURE : 0;
}
