// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * platform.c - what a configuration says about a function's platform: <zpci/platform.h> from
 * settings.
 *
 * The firmware gets only what is written; a device can decide the rest. A group is the exception:
 * it is one fact, and gets the default for what its section leaves out. What the firmware would
 * refuse is refused here first, since the message can name the place in the configuration.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#include "internal.h"
#include "zpci/util/ebcdic.h"

static void defaults(struct zpci_platform *platform, bool relaxed)
{
	platform->size = sizeof(*platform);
	if (relaxed)
		zpci_platform_relaxed(platform);
	else
		zpci_platform_default(platform);
}

/* --- groups ------------------------------------------------------------------------------- */

static const struct group *id_holder(const struct zpci_config *config, uint64_t id, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (config_given(&config->groups[i].id) && config->groups[i].id.value == id)
			return &config->groups[i];
	return NULL;
}

static int check_id(const struct zpci_config *config, size_t index, char **error)
{
	const struct setting *id = &config->groups[index].id;
	const struct group *holder = config_given(id) ? id_holder(config, id->value, index) : NULL;
	char place[CONFIG_LABEL];

	if (config_given(id) && config_is_shared(config) &&
	    (id->value < CONFIG_FIRST_PFGID || id->value > CONFIG_LAST_PFGID))
		return config_error(error, id->place,
				    "id = %s: not allowed; allowed is a number from 0x%x to 0x%x, "
				    "or any with hypervisor-functions = no in [platform]",
				    id->text, CONFIG_FIRST_PFGID, CONFIG_LAST_PFGID);
	if (!holder)
		return 0;
	return config_error(error, id->place,
			    "id = %s: duplicate group ID, group '%s' has it by %s; choose another",
			    id->text, holder->name, config_place(holder->id.place, place));
}

/* There are as many IDs as groups can be, so that there is always a free one. */
static void default_ids(struct zpci_config *config)
{
	uint64_t next = CONFIG_FIRST_PFGID;

	for (size_t i = 0; i < config->group_count; i++) {
		struct setting *id = &config->groups[i].id;

		if (config_given(id))
			continue;
		while (id_holder(config, next, config->group_count))
			next++;
		id->value = next++;
	}
}

static uint64_t or_default(const struct setting *setting, uint64_t value)
{
	return config_given(setting) ? setting->value : value;
}

static const struct setting *first_given(const struct setting *one, const struct setting *other)
{
	return config_given(one) ? one : other;
}

static int check_dma(const struct group *group, char **error)
{
	const struct setting *guilty = first_given(&group->dma_end, &group->dma_start);
	struct zpci_platform platform;
	uint64_t start, end;

	defaults(&platform, false);
	start = or_default(&group->dma_start, platform.dma_start);
	end = or_default(&group->dma_end, platform.dma_end);
	if (start <= end)
		return 0;
	return config_error(error, guilty->place,
			    "%s = %s: the DMA addresses of group '%s' would begin at 0x%" PRIx64
			    " and end at 0x%" PRIx64 "; raise dma-end or lower dma-start",
			    guilty == &group->dma_end ? "dma-end" : "dma-start", guilty->text,
			    group->name, start, end);
}

int config_groups(struct zpci_config *config, char **error)
{
	int rc = 0;

	for (size_t i = 0; i < config->group_count && !rc; i++) {
		rc = check_id(config, i, error);
		if (!rc)
			rc = check_dma(&config->groups[i], error);
	}
	if (!rc)
		default_ids(config);
	return rc;
}

/* The bits up to the largest type. The bit that Linux reads is added where it is true as well. */
static uint8_t designations_of(uint64_t index)
{
	static const uint8_t types[] = {
		ZPCI_DESIGNATION_RT,
		ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS,
		ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS | ZPCI_DESIGNATION_RF |
			ZPCI_DESIGNATION_LINUX,
	};

	return types[index];
}

static void set_group(struct zpci_platform *platform, const struct group *group)
{
	struct zpci_group *to = &platform->group;

	to->id = (uint8_t)group->id.value;
	to->version = (uint8_t)or_default(&group->version, to->version);
	to->relaxed_store_block = group->relaxed_store_block.value;
	to->store_block = (uint16_t)or_default(&group->store_block, to->relaxed_store_block
									    ? ZPCI_STORE_BLOCK_LIMIT
									    : to->store_block);
	to->refresh = group->refresh.value;
	to->dma_spaces = group->dma_spaces.value;
	to->vectors = (uint16_t)or_default(&group->vectors, to->vectors);
	to->fmb_interval = (uint16_t)or_default(&group->fmb_interval, to->fmb_interval);
	to->msi_address = or_default(&group->msi_address, to->msi_address);
	to->designations = designations_of(group->designations.value);
	platform->given |= ZPCI_PLATFORM_GROUP;
	if (!config_given(&group->dma_start) && !config_given(&group->dma_end))
		return;
	platform->dma_start = or_default(&group->dma_start, platform->dma_start);
	platform->dma_end = or_default(&group->dma_end, platform->dma_end);
	platform->given |= ZPCI_PLATFORM_DMA;
}

/* What the function itself says about its DMA addresses. */
static int set_dma(struct function *function, char **error)
{
	struct zpci_platform *platform = &function->platform;
	const struct setting *end = &function->dma_end;
	const struct setting *guilty = first_given(end, &function->dma_start);

	if (!config_given(guilty))
		return 0;
	platform->dma_start = or_default(&function->dma_start, platform->dma_start);
	platform->dma_end = or_default(end, platform->dma_end);
	platform->given |= ZPCI_PLATFORM_DMA;
	if (platform->dma_start <= platform->dma_end)
		return 0;
	return config_error(error, guilty->place,
			    "%s = %s: the DMA addresses of the function would begin at 0x%" PRIx64
			    " and end at 0x%" PRIx64 "; raise dma-end or lower dma-start",
			    guilty == end ? "dma-end" : "dma-start", guilty->text,
			    platform->dma_start, platform->dma_end);
}

/* A function of ISM's type can register one page more. */
static int check_msi(const struct function *function, const struct group *group, char **error)
{
	const struct zpci_platform *platform = &function->platform;
	const struct setting *guilty = first_given(&function->dma_end, &function->dma_start);
	uint64_t more = function->pft.value == ZPCI_FUNCTION_TYPE_ISM ? 4096 : 0;
	uint64_t msi = platform->group.msi_address;

	if (msi < platform->dma_start ||
	    (msi > platform->dma_end && msi - platform->dma_end > more))
		return 0;
	if (group && !config_given(guilty))
		guilty = first_given(&group->msi_address,
				     first_given(&group->dma_end, &group->dma_start));
	return config_error(error, guilty->place,
			    "the MSI address 0x%" PRIx64 " of %s%s%s is among its DMA addresses, "
			    "0x%" PRIx64 " to 0x%" PRIx64 "%s; set msi-address to one outside",
			    msi, group ? "group '" : "the default group", group ? group->name : "",
			    group ? "'" : "", platform->dma_start, platform->dma_end,
			    more ? " and a page for pft 5" : "");
}

static int choose_group(const struct zpci_config *config, struct function *function,
			const struct group **chosen, char **error)
{
	const struct setting *name = &function->group, *relaxed = &function->relaxed_store_block;
	const struct group *group;
	char place[CONFIG_LABEL];

	*chosen = NULL;
	defaults(&function->platform, relaxed->value);
	if (!config_given(name))
		return 0;
	if (config_given(relaxed))
		return config_error(error, relaxed->place,
				    "relaxed-store-block = %s: the function has group = %s by %s; "
				    "set it in [group %s]",
				    relaxed->text, name->text, config_place(name->place, place),
				    name->text);
	group = config_find_group(config, name->text);
	if (!group)
		return config_error(error, name->place,
				    "group = %s: there is no such group; allowed is the NAME of a "
				    "[group NAME] above this function",
				    name->text);
	if (config_later(group->place, function->place))
		return config_error(error, name->place,
				    "group = %s: defined only later, in %s; put [group %s] above "
				    "this function",
				    name->text, config_place(group->place, place), name->text);
	set_group(&function->platform, group);
	*chosen = group;
	return 0;
}

/* --- functions ---------------------------------------------------------------------------- */

/* Returns whether @setting is given, and notes that in @platform. */
static bool give(struct zpci_platform *platform, const struct setting *setting,
		 enum zpci_platform_fact fact)
{
	if (config_given(setting))
		platform->given |= fact;
	return config_given(setting);
}

/* Behind the bytes that are written there are blanks, as behind a text. */
static int set_utility_ebcdic(struct function *function, char **error)
{
	const struct setting *setting = &function->utility_ebcdic;
	struct zpci_platform *platform = &function->platform;
	char place[CONFIG_LABEL], digits[3] = "";

	if (!config_given(setting))
		return 0;
	if (config_given(&function->utility_string))
		return config_error(
			error, setting->place,
			"utility-ebcdic = %.64s: the function has utility-string = %s by "
			"%s; keep one of them",
			setting->text, function->utility_string.text,
			config_place(function->utility_string.place, place));
	platform->given |= ZPCI_PLATFORM_UTILITY_STRING;
	platform->has_utility_ebcdic = true;
	memset(platform->utility_ebcdic, ZPCI_EBCDIC_BLANK, sizeof(platform->utility_ebcdic));
	for (size_t i = 0; setting->text[2 * i]; i++) {
		memcpy(digits, setting->text + 2 * i, 2);
		platform->utility_ebcdic[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return 0;
}

int config_platform(const struct zpci_config *config, struct function *function, char **error)
{
	const struct setting *publish_pchid = &config->adapters[function->owner].publish_pchid;
	struct zpci_platform *platform = &function->platform;
	const struct group *group;
	int rc = choose_group(config, function, &group, error);

	if (!rc)
		rc = set_dma(function, error);
	if (!rc)
		rc = check_msi(function, group, error);
	if (rc)
		return rc;
	if (give(platform, publish_pchid, ZPCI_PLATFORM_PCHID))
		platform->pchid = (uint16_t)publish_pchid->value;
	if (give(platform, &function->fidparm, ZPCI_PLATFORM_FIDPARM))
		platform->fidparm = (uint8_t)function->fidparm.value;
	if (give(platform, &function->pft, ZPCI_PLATFORM_TYPE))
		platform->pft = (uint8_t)function->pft.value;
	if (give(platform, &function->port, ZPCI_PLATFORM_PORT))
		platform->port = (uint8_t)function->port.value;
	if (give(platform, &function->pfip, ZPCI_PLATFORM_PATH))
		zpci_put_be(platform->pfip, sizeof(platform->pfip), function->pfip.value);
	if (give(platform, &function->tid, ZPCI_PLATFORM_TOPOLOGY)) {
		platform->has_tid = true;
		platform->tid = (uint16_t)function->tid.value;
	}
	if (give(platform, &function->fmb, ZPCI_PLATFORM_FMB) && !function->fmb.value)
		platform->fmb_length = 0;
	if (give(platform, &function->report_error, ZPCI_PLATFORM_REPORT_ERROR))
		platform->report_error = function->report_error.value;
	if (give(platform, &function->utility_string, ZPCI_PLATFORM_UTILITY_STRING))
		strcpy(platform->utility_string, function->utility_string.text);
	return set_utility_ebcdic(function, error);
}
