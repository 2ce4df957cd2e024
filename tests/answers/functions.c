// SPDX-License-Identifier: GPL-2.0-or-later
#include "functions.h"

#include <string.h>

#include <zpci/device.h>

#include "answers.h"

#define PROBE_PCHID 0x1c0
#define NULL_PCHID 0x1c1

static void set_utility_string(struct zpci_platform *platform)
{
	zpci_platform_default(platform);
	strcpy(platform->utility_string, "ZPCI ANSWERS");
	platform->given |= ZPCI_PLATFORM_UTILITY_STRING;
}

static void set_everything(struct zpci_platform *platform)
{
	*platform = (struct zpci_platform){
		.size = sizeof(*platform),
		.given = ZPCI_PLATFORM_ALL,
		.pft = PLATFORM_TYPE,
		.port = 5,
		.pfip = { 1, 2, 3, 4 },
		.has_tid = true,
		.tid = 0xabcd,
		.dma_start = 0x200000000,
		.dma_end = 0x7fffffffffffffff,
		.group = {
			.id = PLATFORM_GROUP,
			.version = 2,
			.designations = 0x7c,
			.vectors = 16,
			.store_block = 64,
			.fmb_interval = 1000,
			.msi_address = 0xff00000000000000,
		},
	};
}

/* FID, adapter, VF, ...: see tests/guest/answers.t. */
static const struct {
	uint32_t fid;
	bool null;
	unsigned vf;
	const char *profile;
	void (*set)(struct zpci_platform *platform);
} table[] = {
	{ 0x1021, false, 1, "lpar", set_utility_string },
	{ 0x1022, false, 2, "lpar", zpci_platform_relaxed },
	{ 0x1023, true, 1, "lpar", zpci_platform_default },
	{ 0x1020, false, 0, "plain", zpci_platform_default },
	{ 0x1024, false, 3, "lpar", set_everything },
};

int functions_add(const struct functions *functions, struct zpci_firmware *firmware, unsigned index,
		  uint32_t fid, unsigned vf, bool standby)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = table[index].null ? functions->null : functions->probe,
		.vf = vf,
		.fid = fid,
		.uid = 0x100 | (fid & 0xff),
		.profile = zpci_profile_find(table[index].profile)->profile,
		.standby = standby,
		.publish_rid = true,
		.platform = &platform,
	};

	table[index].set(&platform);
	return zpci_firmware_add(firmware, &options);
}

int functions_add_all(const struct functions *functions, struct zpci_firmware *firmware)
{
	int rc = 0;

	for (unsigned i = 0; !rc && i < sizeof(table) / sizeof(table[0]); i++)
		rc = functions_add(functions, firmware, i, table[i].fid, table[i].vf, false);
	return rc;
}

int functions_make(struct functions *functions)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	int rc = zpci_adapter_create(zpci_model_find("probe"), PROBE_PCHID, &options,
				     &functions->probe);

	if (rc)
		return rc;
	return zpci_adapter_create(zpci_model_find("null"), NULL_PCHID, &options, &functions->null);
}

void functions_unmake(struct functions *functions)
{
	zpci_adapter_unref(functions->probe);
	zpci_adapter_unref(functions->null);
}
