// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * changes.c - see changes.h
 *
 * A function is the same one if it has the same FID; one whose FID is not known, if it has the same
 * address. Should several have the same, which the firmware does not do, they are taken in their
 * order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "zpci/tool/host/list/function_json.h"
#include "zpci/tool/host/list/function_text.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/list/table.h"

/* What can change. */
struct member {
	const char *name; /* in JSON */
	const char *word;
	char *(*text)(const struct function *f); /* allocated */
	void (*put)(struct json *j, const char *key, const struct function *f);
};

/* --- members --------------------------------------------------------------------------------- */

static char *state_text(const struct function *f)
{
	return strdup(f->state == STATE_UNKNOWN ? "?" : state_names[f->state]);
}

static char *address_text(const struct function *f)
{
	return strdup(f->has_address ? f->address : "-");
}

static char *driver_text(const struct function *f)
{
	return strdup(f->driver[0] ? f->driver : "-");
}

static char *net_text(const struct function *f)
{
	return host_names_text(&f->surroundings.net, ",");
}

static char *block_text(const struct function *f)
{
	return host_names_text(&f->surroundings.block, ",");
}

static void put_state(struct json *j, const char *key, const struct function *f)
{
	json_string(j, key, f->state == STATE_UNKNOWN ? NULL : state_names[f->state]);
}

static void put_address(struct json *j, const char *key, const struct function *f)
{
	json_string(j, key, f->has_address ? f->address : NULL);
}

static void put_kind(struct json *j, const char *key, const struct function *f)
{
	json_string(j, key, host_kind_word(f));
}

static void put_driver(struct json *j, const char *key, const struct function *f)
{
	json_string(j, key, f->driver[0] ? f->driver : NULL);
}

static void put_override(struct json *j, const char *key, const struct function *f)
{
	json_string(j, key, f->driver_override[0] ? f->driver_override : NULL);
}

static void put_net(struct json *j, const char *key, const struct function *f)
{
	host_names_json(j, key, &f->surroundings.net);
}

static void put_block(struct json *j, const char *key, const struct function *f)
{
	host_names_json(j, key, &f->surroundings.block);
}

static const struct member members[] = {
	{ "state", "state", state_text, put_state },
	{ "address", "address", address_text, put_address },
	{ "kind", "kind", host_kind_text, put_kind },
	{ "driver", "driver", driver_text, put_driver },
	{ "driver_override", "override", host_override_text, put_override },
	{ "netdevs", "network", net_text, put_net },
	{ "blockdevs", "disks", block_text, put_block },
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* --- lines ----------------------------------------------------------------------------------- */

static void open_line(struct json *j, const struct function *f, const char *event)
{
	*j = (struct json){ .out = stdout, .compact = true };
	json_open_object(j, NULL);
	json_string(j, "schema", HOST_SCHEMA);
	json_string(j, "event", event);
	host_id_json(j, f, ITEM_FID);
}

static void print_name(const struct function *f)
{
	char name[HOST_NAME_SIZE];

	host_name(f, name);
	printf("%s: ", name);
}

static void print_text(const char *before, char *text)
{
	printf("%s ", before);
	table_put_text(stdout, text ? text : "?");
	free(text);
}

static void print_whole(const struct function *f, const char *event, bool json)
{
	struct json j;

	if (json) {
		open_line(&j, f, event);
		for (size_t i = 0; i < MEMBERS; i++)
			members[i].put(&j, members[i].name, f);
		json_close_object(&j);
		return;
	}
	print_name(f);
	printf("%s", event);
	for (size_t i = 0; i < MEMBERS; i++) {
		printf(", ");
		print_text(members[i].word, members[i].text(f));
	}
	printf("\n");
}

static void print_removed(const struct function *f, bool json)
{
	struct json j;

	if (json) {
		open_line(&j, f, "removed");
		put_address(&j, "address", f);
		json_close_object(&j);
	} else {
		print_name(f);
		printf("removed\n");
	}
}

static void print_change(const struct function *old, const struct function *f,
			 const struct member *member, bool json)
{
	struct json j;

	if (json) {
		open_line(&j, f, "changed");
		put_address(&j, "address", f);
		json_string(&j, "member", member->name);
		member->put(&j, "old", old);
		member->put(&j, "new", f);
		json_close_object(&j);
	} else {
		print_name(f);
		print_text(member->word, member->text(old));
		print_text(" ->", member->text(f));
		printf("\n");
	}
}

/* --- two readings ---------------------------------------------------------------------------- */

static bool is_same(const struct function *a, const struct function *b)
{
	if (function_has(a, ITEM_FID) || function_has(b, ITEM_FID))
		return function_has(a, ITEM_FID) && function_has(b, ITEM_FID) &&
		       a->items[ITEM_FID].value == b->items[ITEM_FID].value;
	return !strcmp(a->address, b->address);
}

/* While the kernel removes a device, its attributes cannot be read any more. */
static void keep_unread(const struct function *old, struct function *f)
{
	if (!f->override_problem.text[0])
		return;
	memcpy(f->driver_override, old->driver_override, sizeof(f->driver_override));
	f->override_problem = old->override_problem;
}

static bool differs(const struct function *old, const struct function *f,
		    const struct member *member)
{
	char *before = member->text(old), *after = member->text(f);
	bool different = before && after && strcmp(before, after);

	free(before);
	free(after);
	return different;
}

bool changes_none(const struct inventory *old, const struct inventory *inventory)
{
	if (old->count != inventory->count)
		return false;
	for (size_t i = 0; i < old->count; i++) {
		if (!is_same(&old->functions[i], &inventory->functions[i]))
			return false;
		for (size_t k = 0; k < MEMBERS; k++) {
			if (differs(&old->functions[i], &inventory->functions[i], &members[k]))
				return false;
		}
	}
	return true;
}

static void compare(const struct function *old, const struct function *f, bool json)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		if (differs(old, f, &members[i]))
			print_change(old, f, &members[i], json);
	}
}

void changes_print_present(const struct inventory *inventory, bool json)
{
	for (size_t i = 0; i < inventory->count; i++)
		print_whole(&inventory->functions[i], "present", json);
}

void changes_print(const struct inventory *old, struct inventory *inventory, bool json)
{
	bool *found = calloc(old->count + 1, sizeof(*found));

	for (size_t i = 0; found && i < inventory->count; i++) {
		struct function *f = &inventory->functions[i];
		size_t k = 0;

		while (k < old->count && (found[k] || !is_same(&old->functions[k], f)))
			k++;
		if (k < old->count) {
			keep_unread(&old->functions[k], f);
			compare(&old->functions[k], f, json);
		} else {
			print_whole(f, "added", json);
		}
		found[k] = true;
	}
	for (size_t k = 0; found && k < old->count; k++) {
		if (!found[k])
			print_removed(&old->functions[k], json);
	}
	free(found);
}
