// SPDX-License-Identifier: GPL-2.0-or-later
/* `zpci host show`: all that is known of one function; zpci-host-list(1). */
#define _GNU_SOURCE 1

#include <stdio.h>
#include <stdlib.h>

#include "function_json.h"
#include "zpci/tool/host/function_name.h"
#include "function_text.h"
#include "zpci/tool/host/host.h"
#include "table.h"
#include "users.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* A line; @more and @why may be empty. */
static void put(const char *label, const char *value, const char *more, const char *why)
{
	printf("%-16s ", label);
	table_put_text(stdout, value && *value ? value : "-");
	if (*more)
		printf(", ");
	table_put_text(stdout, more);
	if (*why) {
		printf(" (");
		table_put_text(stdout, why);
		printf(")");
	}
	printf("\n");
}

/* Takes @text, which is allocated. */
static void put_allocated(const char *label, char *text, const struct problem *why)
{
	put(label, text ? text : "?", "", text ? why->text : "out of memory");
	free(text);
}

static void put_item(const char *label, const struct function *f, enum item_name name,
		     const char *more)
{
	const struct item *item = &f->items[name];
	char text[ITEM_TEXT_SIZE];

	item_text(item, name, text);
	put(label, text, item->state == ITEM_KNOWN ? more : "",
	    item_failed(item) ? item->why.text : "");
}

static void put_uid(const struct function *f)
{
	const struct item *unique = &f->items[ITEM_UID_IS_UNIQUE];
	const char *more = "";

	if (unique->state == ITEM_KNOWN)
		more = unique->value ? "unique" : "not unique: addresses change over a reboot";
	else if (item_failed(unique))
		more = "not known whether it is unique";
	put_item("UID", f, ITEM_UID, more);
}

static void put_platform(const struct function *f)
{
	const struct item *pft = &f->items[ITEM_PFT];
	const char *type = pft->state == ITEM_KNOWN ? function_type_name(pft->value) : NULL;

	put_item("PCHID", f, ITEM_PCHID, "");
	put_item("PFGID", f, ITEM_PFGID, "");
	put_item("PFT", f, ITEM_PFT, type ? type : "");
	put_item("port", f, ITEM_PORT, "");
	put_item("VFN", f, ITEM_VFN, "");
	put_item("path", f, ITEM_PFIP, "");
	put_item("parameter", f, ITEM_FIDPARM, "");
	put("utility string", f->utility_string, "", f->utility_problem.text);
	put_item("MIO", f, ITEM_MIO_ENABLED, "");
	put_item("handle", f, function_has(f, ITEM_SYSFS_HANDLE) ? ITEM_SYSFS_HANDLE : ITEM_HANDLE,
		 "");
}

static void put_device(const struct function *f)
{
	put_item("vendor", f, ITEM_VENDOR_ID, "");
	put_item("device", f, ITEM_DEVICE_ID, "");
	put_item("class", f, ITEM_CLASS, "");
	put_item("Command", f, ITEM_COMMAND, "");
	put("driver", f->driver, "", "");
	put_allocated("override", host_override_text(f), &f->override_problem);
}

static void put_group(const struct function *f)
{
	const struct names *peers = &f->surroundings.peers;
	char *with = NULL;

	if (peers->count) {
		char *text = host_names_text(peers, ", ");

		if (!text || asprintf(&with, "with %s", text) < 0)
			with = NULL;
		free(text);
	}
	put_item("IOMMU group", f, ITEM_IOMMU_GROUP,
		 peers->count ? with ? with : "with others" : "alone");
	free(with);
}

static void put_names(const char *label, const struct function *f, const struct names *names)
{
	put_allocated(label, host_names_text(names, ", "), &f->surroundings.problem);
}

static void put_uses(const struct function_use *use)
{
	char text[USE_TEXT_SIZE];

	for (size_t i = 0; i < use->count; i++) {
		use_text(&use->uses[i], text);
		put(i ? "" : "use", text, "", "");
	}
	if (!use->count || use->more || use->problem.text[0])
		put(use->count ? "" : "use",
		    use->more		   ? "..."
		    : use->problem.text[0] ? "?"
					   : "-",
		    "", use->problem.text);
}

static void print_function(const struct function *f, const struct function_use *use,
			   const struct users *users)
{
	char *kind = host_kind_text(f);
	const struct surroundings *s = &f->surroundings;

	put_item("FID", f, ITEM_FID, "");
	put_uid(f);
	put("address", f->has_address ? f->address : "", "", "");
	put("state", f->state == STATE_UNKNOWN ? "?" : state_names[f->state], "",
	    f->state == STATE_UNKNOWN ? f->slot_problem.text : "");
	put("kind", kind ? kind : "?", "", "");
	free(kind);
	put_platform(f);
	put_device(f);
	put_group(f);
	put_names("network devices", f, &s->net);
	put_names("disks", f, &s->block);
	put_names("InfiniBand", f, &s->infiniband);
	put_allocated("guest", users_text(users, f), &users->problem);
	put_uses(use);
}

static int show(const struct inventory *inventory, const struct function *f,
		const struct users *users, bool json)
{
	struct function_use use;

	function_use_read(f, &use);
	if (json)
		host_functions_json(stdout, inventory, f, &use, 1, users);
	else
		print_function(f, &use, users);
	function_use_free(&use);
	return host_flush("what is known");
}

int tool_host_show(const struct tool_options *options)
{
	const struct function *f;
	struct inventory inventory;
	struct users users = { 0 };
	int rc = host_read_inventory(&inventory, options);

	if (!rc)
		rc = host_find_function(&inventory, options->arguments[0], &f);
	if (!rc) {
		users_read(&users, options);
		rc = show(&inventory, f, &users, options->json);
	}
	users_free(&users);
	inventory_free(&inventory);
	return rc;
}
