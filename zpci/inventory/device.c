// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device.c - see device.h
 *
 * The attributes of s390 are in Linux arch/s390/pci/pci_sysfs.c, the others in
 * drivers/pci/pci-sysfs.c and iov.c. Older kernels lack some of them: a number that is missing is
 * ITEM_UNKNOWN, one that is no number is ITEM_UNREAD.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "zpci/util/ebcdic.h"

static const struct {
	enum item_name item;
	const char *attribute;
	uint64_t max;
} attributes[] = {
	{ ITEM_FID, "function_id", UINT32_MAX },
	{ ITEM_UID, "uid", UINT32_MAX },
	{ ITEM_PCHID, "pchid", UINT16_MAX },
	{ ITEM_VFN, "vfn", UINT16_MAX },
	{ ITEM_PFGID, "pfgid", UINT8_MAX },
	{ ITEM_PFT, "pft", UINT8_MAX },
	{ ITEM_PORT, "port", UINT8_MAX },
	{ ITEM_SYSFS_HANDLE, "function_handle", UINT32_MAX },
	{ ITEM_VENDOR_ID, "vendor", UINT16_MAX },
	{ ITEM_DEVICE_ID, "device", UINT16_MAX },
	{ ITEM_UID_IS_UNIQUE, "uid_is_unique", 1 },
	{ ITEM_CLASS, "class", 0xffffff },
	{ ITEM_MIO_ENABLED, "mio_enabled", 1 },
	{ ITEM_FIDPARM, "fidparm", UINT8_MAX },
};

/* --- numbers --------------------------------------------------------------------------------- */

/* Why @path was not read; a file that is missing is none of this kernel. */
static void set_failed(struct item *item, const char *path, const struct problem *why)
{
	item_set_unread(item, why);
	if (access(path, F_OK) && errno == ENOENT)
		item->state = ITEM_UNKNOWN;
}

static void read_number(struct function *f, enum item_name name, const char *attribute,
			uint64_t max)
{
	struct item *item = &f->items[name];
	char path[SYSFS_PATH_SIZE];
	struct problem why;
	uint64_t value;

	sysfs_device_path(path, f->address, attribute);
	if (sysfs_read_number(path, max, &value, &why) == 0)
		item_set(item, value);
	else
		set_failed(item, path, &why);
}

static void read_command(struct function *f)
{
	struct problem why;
	uint64_t value;

	if (sysfs_read_config(f->address, 4, 2, &value, &why) == 0)
		item_set(&f->items[ITEM_COMMAND], value);
	else
		item_set_unread(&f->items[ITEM_COMMAND], &why);
}

static void read_pfip(struct function *f)
{
	static const char *const segments[] = { "pfip/segment0", "pfip/segment1", "pfip/segment2",
						"pfip/segment3" };
	struct item *item = &f->items[ITEM_PFIP];
	uint64_t value = 0;

	for (int i = 0; i < 4; i++) {
		read_number(f, ITEM_PFIP, segments[i], UINT8_MAX);
		if (item->state != ITEM_KNOWN)
			return;
		value = value << 8 | item->value;
	}
	item_set(item, value);
}

static void read_group(struct function *f)
{
	struct item *item = &f->items[ITEM_IOMMU_GROUP];
	char name[FUNCTION_NAME_SIZE];
	struct problem why;
	uint64_t value;

	if (!sysfs_read_link(f->address, "iommu_group", name, sizeof(name)))
		return;
	if (sysfs_parse_number(name, INT32_MAX, &value)) {
		item_set(item, value);
		return;
	}
	problem_set(&why, "%s/iommu_group: \"%s\" is no IOMMU group", f->address, name);
	item_set_unread(item, &why);
}

/* --- texts ----------------------------------------------------------------------------------- */

static void read_override(struct function *f)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, f->address, "driver_override");
	if (sysfs_read_text(path, f->driver_override, sizeof(f->driver_override),
			    &f->override_problem) ||
	    !strcmp(f->driver_override, "(null)"))
		f->driver_override[0] = '\0';
}

static void read_utility_string(struct function *f)
{
	uint8_t *bytes = f->utility_bytes;
	char path[SYSFS_PATH_SIZE];
	size_t size, i, end = 0;

	sysfs_device_path(path, f->address, "util_string");
	if (sysfs_read_bytes(path, bytes, UTILITY_BYTES, &size, &f->utility_problem))
		return;
	for (i = 0; i < size; i++) {
		char character = bytes[i] ? zpci_from_ebcdic(bytes[i]) : ' ';

		f->utility_string[i] = character ? character : '?';
		if (f->utility_string[i] != ' ')
			end = i + 1;
	}
	f->utility_string[end] = '\0';
}

/* --- the kind -------------------------------------------------------------------------------- */

static void read_kind(struct function *f)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, f->address, "sriov_totalvfs");
	if (sysfs_read_link(f->address, "physfn", f->physfn, sizeof(f->physfn))) {
		f->kind = KIND_VF_LINKED;
	} else if (access(path, F_OK) == 0) {
		f->kind = KIND_PF;
		read_number(f, ITEM_TOTAL_VFS, "sriov_totalvfs", UINT16_MAX);
		read_number(f, ITEM_NUM_VFS, "sriov_numvfs", UINT16_MAX);
	}
}

void device_read(struct function *f)
{
	f->has_device = true;
	f->has_address = true;
	f->state = STATE_CONFIGURED;
	pci_address_print(&f->pci, f->address);
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		read_number(f, attributes[i].item, attributes[i].attribute, attributes[i].max);
	read_command(f);
	read_pfip(f);
	read_group(f);
	read_override(f);
	read_utility_string(f);
	sysfs_read_link(f->address, "driver", f->driver, sizeof(f->driver));
	read_kind(f);
}
