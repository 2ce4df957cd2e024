// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The function groups of a firmware (reference 3.6): what functions have in common, and Query PCI
 * function group tells.
 *
 * A group begins with its first function and lasts until the firmware is destroyed. It never
 * changes, because a guest's CPU may be reading it without a lock, and because a guest that asked
 * once need not ask again (reference 0.3). A default group is told also when no function is in it.
 */
#include "zpci/firmware/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/function/platform.h"
#include "zpci/util/log.h"

/* Groups of a shared machine itself: QEMU's emulated and passed through functions (its clp.h). */
#define FIRST_OF_MACHINE 0xf0

struct zpci_group_entry {
	struct zpci_group group;
	uint32_t fid; /* its first function */
};

static const struct {
	const char *name;
	size_t offset;
	size_t size;
} fields[] = {
#define FIELD(name, member)                                                                        \
	{                                                                                          \
		name, offsetof(struct zpci_group, member),                                         \
			sizeof(((struct zpci_group *)0)->member)                                   \
	}
	FIELD("version", version),
	FIELD("designation types", designations),
	FIELD("alignment of store blocks", relaxed_store_block),
	FIELD("refresh", refresh),
	FIELD("number of vectors", vectors),
	FIELD("longest store block", store_block),
	FIELD("measurement interval", fmb_interval),
	FIELD("MSI address", msi_address),
	FIELD("mask of DMA address spaces", dma_spaces),
#undef FIELD
};

/* Name of the first field in which two groups differ; NULL: they are the same. */
static const char *difference(const struct zpci_group *one, const struct zpci_group *other)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (memcmp((const char *)one + fields[i].offset,
			   (const char *)other + fields[i].offset, fields[i].size) != 0)
			return fields[i].name;
	return NULL;
}

const struct zpci_group *zpci_groups_find(struct zpci_firmware *firmware, uint8_t id)
{
	const struct zpci_group_entry *entry =
		atomic_load_explicit(&firmware->groups[id], memory_order_acquire);

	return entry ? &entry->group : zpci_group_default(id);
}

int zpci_groups_join(struct zpci_firmware *firmware, const struct zpci_function *function)
{
	const struct zpci_group *group = function->group;
	struct zpci_group_entry *entry = atomic_load(&firmware->groups[group->id]);
	const char *field = entry ? difference(group, &entry->group) : NULL;

	if (firmware->shared && group->id >= FIRST_OF_MACHINE) {
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "function 0x%08x: its group 0x%02x is one of the machine's own; give one "
			 "below 0x%02x",
			 function->fid, group->id, FIRST_OF_MACHINE);
		return -EINVAL;
	}
	if (field) {
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "function 0x%08x: its group 0x%02x has another %s than for function "
			 "0x%08x, the group's first; give both the same or another group",
			 function->fid, group->id, field, entry->fid);
		return -EEXIST;
	}
	if (entry)
		return 0;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	*entry = (struct zpci_group_entry){ .group = *group, .fid = function->fid };
	atomic_store_explicit(&firmware->groups[group->id], entry, memory_order_release);
	return 0;
}

void zpci_groups_fini(struct zpci_firmware *firmware)
{
	for (unsigned id = 0; id < 256; id++)
		free(atomic_load(&firmware->groups[id]));
}
