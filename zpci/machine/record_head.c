// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * record_head.c - the head of a trace: all functions of a firmware, written as a configuration.
 */
#include <inttypes.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/machine/record.h"

/* The default groups: the ordinary one, and that of relaxed store blocks. */
#define LAST_DEFAULT_GROUP 0x02

static void write_group(FILE *trace, const struct zpci_platform *platform)
{
	const struct zpci_group *group = &platform->group;

	fprintf(trace,
		"group g%02x,id=0x%x,version=%u,vectors=%u,store-block=%u,relaxed-store-block=%s,"
		"fmb-interval=%u,designations=%s,msi-address=0x%" PRIx64 ",dma-start=0x%" PRIx64
		",dma-end=0x%" PRIx64 "\n",
		group->id, group->id, group->version, group->vectors, group->store_block,
		group->relaxed_store_block ? "yes" : "no", group->fmb_interval,
		group->designations & ZPCI_DESIGNATION_RF   ? "rf"
		: group->designations & ZPCI_DESIGNATION_RS ? "rs"
							    : "rt",
		group->msi_address, platform->dma_start, platform->dma_end);
}

static void write_platform(FILE *trace, const struct zpci_platform *platform)
{
	if (platform->group.id > LAST_DEFAULT_GROUP)
		fprintf(trace, ",group=g%02x", platform->group.id);
	else if (platform->group.relaxed_store_block)
		fputs(",relaxed-store-block=yes", trace);
	if (platform->pft)
		fprintf(trace, ",pft=0x%x", platform->pft);
	if (platform->port)
		fprintf(trace, ",port=%u", platform->port);
	if (zpci_get_be(platform->pfip, 4))
		fprintf(trace, ",pfip=0x%x", (unsigned)zpci_get_be(platform->pfip, 4));
	if (platform->has_tid)
		fprintf(trace, ",tid=0x%x", platform->tid);
	if (!platform->fmb_length)
		fputs(",fmb=no", trace);
	if (platform->report_error)
		fputs(",report-error=yes", trace);
	if (platform->fidparm)
		fprintf(trace, ",fidparm=0x%x", platform->fidparm);
	if (platform->utility_string[0])
		fprintf(trace, ",utility-string=%s", platform->utility_string);
	if (!platform->has_utility_ebcdic)
		return;
	fputs(",utility-ebcdic=", trace);
	for (size_t i = 0; i < sizeof(platform->utility_ebcdic); i++)
		fprintf(trace, "%02x", platform->utility_ebcdic[i]);
}

static void write_function(FILE *trace, const struct zpci_function_info *info,
			   const struct zpci_platform *platform)
{
	const struct zpci_profile *profile = &info->profile;

	fprintf(trace, "function %s,", info->model);
	if (info->vf)
		fprintf(trace, "vf=%u,", info->vf);
	fprintf(trace, "pchid=0x%x,fid=0x%x,uid=0x%x,rid=%s,", info->pchid, info->fid, info->uid,
		info->rid_published ? "yes" : "no");
	if (strcmp(zpci_profile_name(profile), "custom") != 0)
		fprintf(trace, "profile=%s", zpci_profile_name(profile));
	else
		fprintf(trace, "profile=lpar,ids=%s,bars=%s,publish-vfn=%s,command-memory=%s",
			profile->ids ? "yes" : "no", profile->bars ? "yes" : "no",
			profile->publish_vfn ? "yes" : "no",
			zpci_command_memory_name(profile->command_memory));
	if (info->state == ZPCI_STATE_STANDBY)
		fputs(",standby=yes", trace);
	write_platform(trace, platform);
	fputc('\n', trace);
}

void zpci_record_write_head(FILE *trace, struct zpci_firmware *firmware, bool shared)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_info info = { .size = sizeof(info) };
	bool known[256] = { false };
	uint32_t fid;

	fprintf(trace, "zpci-trace 1\nshared %d\n", shared);
	for (unsigned i = 0; zpci_firmware_fid(firmware, i, &fid) == 0; i++) {
		if (zpci_firmware_info(firmware, fid, &info) ||
		    zpci_firmware_platform(firmware, fid, &platform, NULL))
			continue;
		if (info.group > LAST_DEFAULT_GROUP && !known[info.group])
			write_group(trace, &platform);
		known[info.group] = true;
		write_function(trace, &info, &platform);
	}
}
