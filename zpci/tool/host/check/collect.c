// SPDX-License-Identifier: GPL-2.0-or-later
/* collect.c - see collect.h */
#include "collect.h"
#include "zpci/inventory/sysfs.h"

static bool is_enabled(const struct function *f)
{
	char path[SYSFS_PATH_SIZE];
	uint64_t value;

	if (!f->has_device)
		return false;
	/* It counts those who have enabled the function. */
	sysfs_device_path(path, f->address, "enable");
	return !sysfs_read_number(path, UINT32_MAX, &value, NULL) && value;
}

void check_facts_collect(struct check_facts *facts, struct check_facts_storage *storage,
			 const struct inventory *inventory, const struct function *function)
{
	bool named = !uname(&storage->name);

	function_use_read(function, &storage->use);
	host_facts_read(&storage->host, sysfs_is_own(), "", named ? storage->name.release : NULL);
	*facts = (struct check_facts){
		.inventory = inventory,
		.function = function,
		.use = &storage->use,
		.enabled = is_enabled(function),
		.host = &storage->host,
		.where = GUEST_CONFIG,
	};
}

void check_facts_free(struct check_facts_storage *storage)
{
	function_use_free(&storage->use);
}
