// SPDX-License-Identifier: GPL-2.0-or-later
/* host.c - see host.h */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "zpci/tool/message.h"

/* So that there is room for what is below it in a path of SYSFS_PATH_SIZE. */
#define FOLDER_MAX 256

int host_read_inventory(struct inventory *inventory, const struct tool_options *options)
{
	const char *folder = options->host.sysfs;

	memset(inventory, 0, sizeof(*inventory));
	if (folder && strlen(folder) > FOLDER_MAX) {
		tool_error("--sysfs: the path has more than %d characters; use a shorter one",
			   FOLDER_MAX);
		return TOOL_EXIT_FAILURE;
	}
	if (folder)
		sysfs_set_root(folder);
	if (inventory_read(inventory) == 0)
		return 0;
	tool_error("%s", inventory->problem.text);
	return HOST_EXIT_SYSTEM;
}

int host_flush(const char *what)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	tool_error("cannot write %s: %s", what, strerror(errno));
	return HOST_EXIT_SYSTEM;
}

void host_name(const struct function *f, char name[HOST_NAME_SIZE])
{
	if (function_has(f, ITEM_FID))
		snprintf(name, HOST_NAME_SIZE, "FID 0x%08" PRIx64, f->items[ITEM_FID].value);
	else
		snprintf(name, HOST_NAME_SIZE, "%s", f->has_address ? f->address : "a function");
}

void host_label(const struct function *f, char label[HOST_LABEL_SIZE])
{
	char name[HOST_NAME_SIZE];

	host_name(f, name);
	if (function_has(f, ITEM_FID) && f->has_address)
		snprintf(label, HOST_LABEL_SIZE, "%s (%s)", name, f->address);
	else
		snprintf(label, HOST_LABEL_SIZE, "%s", name);
}

void host_node_name(const struct pci_address *address, char name[HOST_NODE_SIZE])
{
	snprintf(name, HOST_NODE_SIZE, "pci_%04" PRIx32 "_%02x_%02x_%x", address->domain,
		 address->bus, address->devfn >> 3, address->devfn & 7u);
}
