// SPDX-License-Identifier: GPL-2.0-or-later
/* `zpci host list`: the functions of this Linux as a table; zpci-host-list(1). */
#include <stdlib.h>

#include "function_json.h"
#include "function_text.h"
#include "zpci/tool/host/host.h"
#include "reasons.h"
#include "table.h"
#include "users.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

static const char titles[] = "FID\nUID\nUNIQUE\nADDRESS\nPCHID\nPFT\nPORT\nVFN\nKIND\nSTATE\n"
			     "DRIVER\nOVERRIDE\nGROUP\nDEVICES\nGUEST\nUSE\n";

/* The numbers in it. */
static const enum item_name columns[] = {
	ITEM_FID, ITEM_UID,  ITEM_UID_IS_UNIQUE, ITEM_PCHID,
	ITEM_PFT, ITEM_PORT, ITEM_VFN,		 ITEM_IOMMU_GROUP,
};

/* --- the table ------------------------------------------------------------------------------- */

static void add_item(struct table *table, const struct function *f, enum item_name name)
{
	char text[ITEM_TEXT_SIZE];

	item_text(&f->items[name], name, text);
	table_add(table, "%s", text);
}

/* Takes @text, which is allocated. */
static void add_text(struct table *table, char *text)
{
	if (text)
		table_add(table, "%s", text);
	else
		table->failed = 1;
	free(text);
}

static void add_row(struct table *table, const struct function *f, const struct function_use *use,
		    const struct users *users)
{
	add_item(table, f, ITEM_FID);
	add_item(table, f, ITEM_UID);
	add_item(table, f, ITEM_UID_IS_UNIQUE);
	table_add(table, "%s", f->has_address ? f->address : "");
	add_item(table, f, ITEM_PCHID);
	add_item(table, f, ITEM_PFT);
	add_item(table, f, ITEM_PORT);
	add_item(table, f, ITEM_VFN);
	add_text(table, host_kind_text(f));
	table_add(table, "%s", f->state == STATE_UNKNOWN ? "?" : state_names[f->state]);
	table_add(table, "%s", f->driver);
	add_text(table, host_override_text(f));
	add_item(table, f, ITEM_IOMMU_GROUP);
	add_text(table, host_devices_text(f));
	add_text(table, users_text(users, f));
	add_text(table, host_use_text(use));
}

static int print_table(const struct inventory *inventory, const struct function_use *uses,
		       const struct users *users)
{
	struct reasons reasons = { .items = columns,
				   .item_count = sizeof(columns) / sizeof(columns[0]) };
	struct table table;
	size_t i;
	int rc;

	table_start(&table, titles);
	for (i = 0; i < inventory->count; i++)
		add_row(&table, &inventory->functions[i], &uses[i], users);
	rc = table_print(&table, stdout);
	table_free(&table);
	if (rc) {
		tool_error("out of memory");
		return -1;
	}
	for (i = 0; i < inventory->count; i++)
		reasons_add(&reasons, &inventory->functions[i], &uses[i]);
	reasons_end(&reasons);
	if (users->problem.text[0])
		tool_error("guests: %s", users->problem.text);
	return 0;
}

/* --- the command ----------------------------------------------------------------------------- */

static int print_list(const struct inventory *inventory, const struct function_use *uses,
		      const struct users *users, bool json)
{
	int rc = 0;

	if (json)
		host_functions_json(stdout, inventory, inventory->functions, uses, inventory->count,
				    users);
	else if (inventory->count)
		rc = print_table(inventory, uses, users);
	else
		puts("no PCI functions");
	return rc ? HOST_EXIT_SYSTEM : host_flush("the list");
}

static int read_uses_and_print(const struct inventory *inventory, const struct users *users,
			       bool json)
{
	struct function_use *uses = calloc(inventory->count + 1, sizeof(*uses));
	size_t i;
	int rc;

	if (!uses) {
		tool_error("out of memory");
		return HOST_EXIT_SYSTEM;
	}
	for (i = 0; i < inventory->count; i++)
		function_use_read(&inventory->functions[i], &uses[i]);
	rc = print_list(inventory, uses, users, json);
	for (i = 0; i < inventory->count; i++)
		function_use_free(&uses[i]);
	free(uses);
	return rc;
}

int tool_host_list(const struct tool_options *options)
{
	struct inventory inventory;
	struct users users = { 0 };
	int rc = host_read_inventory(&inventory, options);

	if (!rc) {
		users_read(&users, options);
		rc = read_uses_and_print(&inventory, &users, options->json);
	}
	users_free(&users);
	inventory_free(&inventory);
	return rc;
}
