// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The platform's facts about a function, <zpci/platform.h>, and where each comes from. The fields
 * of a group are those of Query PCI function group.
 */
#include <inttypes.h>

#include <zpci/bytes.h>

#include "describe.h"

static void put_pft(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%02x", platform->pft);
}

static void put_port(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%02x", platform->port);
}

static void put_pfip(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%08" PRIx64, zpci_get_be(platform->pfip, sizeof(platform->pfip)));
}

static void put_tid(char *text, size_t size, const struct zpci_platform *platform)
{
	if (platform->has_tid)
		snprintf(text, size, "0x%04x", platform->tid);
}

static void put_fmb_length(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%02x", platform->fmb_length);
}

static void put_report_error(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "%s", platform->report_error ? "wanted" : "not wanted");
}

static void put_dma_start(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%016" PRIx64, platform->dma_start);
}

static void put_dma_end(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%016" PRIx64, platform->dma_end);
}

static void put_group(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%02x", platform->group.id);
}

static void put_utility_string(char *text, size_t size, const struct zpci_platform *platform)
{
	size_t used;

	if (!platform->has_utility_ebcdic) {
		snprintf(text, size, "%s", platform->utility_string);
		return;
	}
	used = (size_t)snprintf(text, size, "EBCDIC ");
	for (size_t i = 0; i < ZPCI_UTILITY_STRING_MAX; i++)
		used += (size_t)snprintf(text + used, size - used, "%02x",
					 platform->utility_ebcdic[i]);
}

static void put_pchid(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%04x", platform->pchid);
}

static void put_fidparm(char *text, size_t size, const struct zpci_platform *platform)
{
	snprintf(text, size, "0x%02x", platform->fidparm);
}

const struct describe_fact describe_facts[] = {
	{ "pchid", ZPCI_PLATFORM_PCHID, "physical channel, as the guest is told", put_pchid },
	{ "fidparm", ZPCI_PLATFORM_FIDPARM, "depends on the type of function", put_fidparm },
	{ "pft", ZPCI_PLATFORM_TYPE, "function type", put_pft },
	{ "port", ZPCI_PLATFORM_PORT, "port; 0: not applicable", put_port },
	{ "pfip", ZPCI_PLATFORM_PATH, "internal path", put_pfip },
	{ "tid", ZPCI_PLATFORM_TOPOLOGY, "topology ID", put_tid },
	{ "fmb_length", ZPCI_PLATFORM_FMB, "bytes of the function measurement block",
	  put_fmb_length },
	{ "report_error", ZPCI_PLATFORM_REPORT_ERROR, "the guest's error reports; no guest is told",
	  put_report_error },
	{ "dma_start", ZPCI_PLATFORM_DMA, "first DMA address", put_dma_start },
	{ "dma_end", ZPCI_PLATFORM_DMA, "last DMA address", put_dma_end },
	{ "group", ZPCI_PLATFORM_GROUP, "function group, with all of its fields", put_group },
	{ "utility_string", ZPCI_PLATFORM_UTILITY_STRING, "utility string", put_utility_string },
	{ NULL, 0, NULL, NULL },
};

void describe_fact_text(const struct describe_fact *fact, const struct description *description,
			char value[DESCRIBE_VALUE])
{
	*value = '\0';
	fact->put(value, DESCRIBE_VALUE, &description->platform);
}

const char *describe_fact_origin(const struct describe_fact *fact,
				 const struct description *description)
{
	if (description->platform.given & fact->fact)
		return "configuration";
	return description->delivered & fact->fact ? "device" : "default";
}
