// SPDX-License-Identifier: GPL-2.0-or-later
/* item.c - see item.h */
#include <inttypes.h>
#include <stdio.h>

#include "item.h"

const struct item_info item_infos[ITEMS] = {
	[ITEM_FID] = { "fid", 8 },
	[ITEM_UID] = { "uid", 4 },
	[ITEM_PCHID] = { "pchid", 4 },
	[ITEM_VFN] = { "vfn", 0 },
	[ITEM_PFGID] = { "pfgid", 2 },
	[ITEM_PFT] = { "pft", 2 },
	[ITEM_PORT] = { "port", 0 },
	[ITEM_HANDLE] = { "handle", 8 },
	[ITEM_SYSFS_HANDLE] = { "sysfs_handle", 8 },
	[ITEM_COMMAND] = { "command", 4 },
	[ITEM_VENDOR_ID] = { "vendor", 4 },
	[ITEM_DEVICE_ID] = { "device", 4 },
	[ITEM_NO_COMMAND_MEMORY] = { "no_command_memory", -1 },
	[ITEM_UID_IS_UNIQUE] = { "uid_is_unique", -1 },
	[ITEM_CLASS] = { "class", 6 },
	[ITEM_MIO_ENABLED] = { "mio_enabled", -1 },
	[ITEM_FIDPARM] = { "fidparm", 2 },
	[ITEM_PFIP] = { "pfip", 8 },
	[ITEM_TOTAL_VFS] = { "total_vfs", 0 },
	[ITEM_NUM_VFS] = { "num_vfs", 0 },
	[ITEM_IOMMU_GROUP] = { "iommu_group", 0 },
};

void item_set(struct item *item, uint64_t value)
{
	item->state = ITEM_KNOWN;
	item->value = value;
}

void item_set_if_unknown(struct item *item, uint64_t value)
{
	if (item->state != ITEM_KNOWN)
		item_set(item, value);
}

void item_set_unread(struct item *item, const struct problem *why)
{
	item->state = ITEM_UNREAD;
	item->why = *why;
}

bool item_failed(const struct item *item)
{
	return item->state == ITEM_UNREAD || item->state == ITEM_UNKNOWN;
}

void item_text(const struct item *item, enum item_name name, char text[ITEM_TEXT_SIZE])
{
	int digits = item_infos[name].digits;

	if (item->state != ITEM_KNOWN)
		snprintf(text, ITEM_TEXT_SIZE, "%s", item_failed(item) ? "?" : "-");
	else if (digits < 0)
		snprintf(text, ITEM_TEXT_SIZE, "%s", item->value ? "yes" : "no");
	else if (digits)
		snprintf(text, ITEM_TEXT_SIZE, "0x%0*" PRIx64, digits, item->value);
	else
		snprintf(text, ITEM_TEXT_SIZE, "%" PRIu64, item->value);
}
