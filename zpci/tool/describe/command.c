/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `zpci describe`: what a guest will be told about the functions of a configuration, without a
 * guest. The functions go into a real firmware on the machine in memory, which is then asked.
 */
#include <stdlib.h>
#include <string.h>

#include <zpci/ram.h>

#include "describe.h"
#include "zpci/config/config.h"
#include "zpci/tool/functions.h"
#include "zpci/tool/message.h"
#include "zpci/tool/options.h"
#include "zpci/tool/subcommand.h"

/* What describe_guest.c lays out: a CLP block and an SCCB. */
#define STORAGE_SIZE 0x20000

const char describe_warning[] =
	"its Command register has no Memory bit and vfn 0 hides that from the guest: "
	"vfio in the guest will refuse BAR accesses; publish vfn or emulate the bit";

bool describe_is_unannounced(const struct description *description)
{
	return !description->info.command_memory && !description->info.no_command_memory;
}

void describe_kind(const struct description *description, char text[16])
{
	if (description->info.vf)
		snprintf(text, 16, "VF %u", description->info.vf);
	else
		snprintf(text, 16, "PF");
}

/* The library's only warning at this time is ours to print, beside the function. */
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

static int describe_firmware(const struct tool_options *options, struct zpci_ram *ram,
			     struct zpci_firmware *firmware)
{
	struct descriptions descriptions = { .count = 0 };
	int result = describe_look(ram, firmware, &descriptions);

	if (!result) {
		describe_addresses(&descriptions);
		print(options, &descriptions);
		if (fflush(stdout) || ferror(stdout)) {
			tool_error("cannot write to standard output");
			result = -1;
		}
	}
	free(descriptions.items);
	return result;
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
	const struct zpci_firmware_options firmware_options = {
		.size = sizeof(firmware_options),
		.logger = { .log = log_error },
	};
	struct zpci_ram *ram = zpci_ram_create(STORAGE_SIZE);
	struct zpci_firmware *firmware;
	int result = -1;

	if (!ram || zpci_firmware_create(zpci_ram_ops(), ram, &firmware_options, &firmware)) {
		tool_error("out of memory");
	} else {
		result = fill_firmware(config, firmware);
		if (!result)
			result = describe_firmware(options, ram, firmware);
		zpci_firmware_destroy(firmware);
	}
	if (ram)
		zpci_ram_destroy(ram);
	return result;
}

int tool_describe(const struct tool_options *options)
{
	struct zpci_config *config;
	int result;

	if (options->rest_count) {
		tool_error("unexpected argument `%s'; --help lists the options", options->rest[0]);
		return TOOL_EXIT_FAILURE;
	}
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
	result = describe_config(options, config);
	zpci_config_free(config);
	return result ? TOOL_EXIT_FAILURE : 0;
}
