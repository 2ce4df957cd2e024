// SPDX-License-Identifier: GPL-2.0-or-later
/* function_json.c - see function_json.h */
#include <stdio.h>

#include "function_json.h"
#include "zpci/tool/host/host.h"

const char *host_kind_word(const struct function *f)
{
	static const char *const words[KINDS] = {
		[KIND_PLAIN] = "plain",
		[KIND_PF] = "pf",
		[KIND_VF_LINKED] = "vf-linked",
		[KIND_VF_DETACHED] = "vf-detached",
	};

	return words[f->kind];
}

/* The members of numbers, in this order. Those with hexadecimal digits are IDs. */
static const enum item_name items[] = {
	ITEM_FID,     ITEM_UID,		ITEM_UID_IS_UNIQUE, ITEM_PCHID,	      ITEM_PFGID,
	ITEM_PFT,     ITEM_PORT,	ITEM_VFN,	    ITEM_HANDLE,      ITEM_PFIP,
	ITEM_FIDPARM, ITEM_MIO_ENABLED, ITEM_VENDOR_ID,	    ITEM_DEVICE_ID,   ITEM_CLASS,
	ITEM_COMMAND, ITEM_TOTAL_VFS,	ITEM_NUM_VFS,	    ITEM_IOMMU_GROUP,
};

#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))

/* The handle comes from sysfs if the function has a device, else from CLP. */
static const struct item *item_of(const struct function *f, enum item_name name)
{
	if (name == ITEM_HANDLE && function_has(f, ITEM_SYSFS_HANDLE))
		name = ITEM_SYSFS_HANDLE;
	return &f->items[name];
}

void host_id_json(struct json *j, const struct function *f, enum item_name name)
{
	const struct item_info *info = &item_infos[name];
	const struct item *item = item_of(f, name);
	char key[40];

	snprintf(key, sizeof(key), "%s_number", info->name);
	if (item->state == ITEM_KNOWN) {
		json_hex(j, info->name, item->value, info->digits);
		json_number(j, key, item->value);
	} else {
		json_null(j, info->name);
		json_null(j, key);
	}
}

static void put_item(struct json *j, const struct function *f, enum item_name name)
{
	const struct item_info *info = &item_infos[name];
	const struct item *item = &f->items[name];

	if (info->digits > 0)
		host_id_json(j, f, name);
	else if (item->state != ITEM_KNOWN)
		json_null(j, info->name);
	else if (info->digits < 0)
		json_bool(j, info->name, item->value);
	else
		json_number(j, info->name, item->value);
}

void host_names_json(struct json *j, const char *key, const struct names *names)
{
	json_open_array(j, key);
	for (size_t i = 0; i < names->count; i++)
		json_string(j, NULL, names->items[i]);
	json_close_array(j);
}

static void put_uses(struct json *j, const struct function_use *use)
{
	static const char *const words[USE_KINDS] = {
		[USE_NET_UP] = "net-up",	   [USE_NET_ADDRESS] = "net-address",
		[USE_NET_MASTER] = "net-master",   [USE_NET_UPPER] = "net-upper",
		[USE_BLOCK_MOUNT] = "block-mount", [USE_BLOCK_SWAP] = "block-swap",
		[USE_BLOCK_HOLD] = "block-hold",
	};
	char text[USE_TEXT_SIZE];

	if (use->count || !use->problem.text[0])
		json_bool(j, "in_use", use->count);
	else
		json_null(j, "in_use");
	json_open_array(j, "uses");
	for (size_t i = 0; i < use->count; i++) {
		const struct use *one = &use->uses[i];

		use_text(one, text);
		json_open_object(j, NULL);
		json_string(j, "kind", words[one->kind]);
		json_string(j, "device", one->device);
		json_string(j, "by", one->by[0] ? one->by : NULL);
		json_string(j, "text", text);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_reason(struct json *j, const char *key, const struct problem *problem)
{
	if (problem->text[0])
		json_string(j, key, problem->text);
}

static void put_reasons(struct json *j, const struct function *f, const struct function_use *use,
			const struct users *users)
{
	json_open_object(j, "not_read");
	for (size_t i = 0; i < ITEM_COUNT; i++) {
		const struct item *item = item_of(f, items[i]);

		if (item_failed(item))
			json_string(j, item_infos[items[i]].name, item->why.text);
	}
	if (f->state == STATE_UNKNOWN)
		put_reason(j, "state", &f->slot_problem);
	put_reason(j, "driver_override", &f->override_problem);
	put_reason(j, "utility_string", &f->utility_problem);
	put_reason(j, "devices", &f->surroundings.problem);
	put_reason(j, "uses", &use->problem);
	put_reason(j, "guests", &users->problem);
	json_close_object(j);
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static void put_function(struct json *j, const struct function *f, const struct function_use *use,
			 const struct users *users)
{
	const struct item *pft = &f->items[ITEM_PFT];
	const struct surroundings *s = &f->surroundings;

	json_open_object(j, NULL);
	for (size_t i = 0; i < ITEM_COUNT; i++)
		put_item(j, f, items[i]);
	json_string(j, "pft_name",
		    pft->state == ITEM_KNOWN ? function_type_name(pft->value) : NULL);
	json_string(j, "utility_string", text_or_null(f->utility_string));
	json_string(j, "address", f->has_address ? f->address : NULL);
	json_string(j, "kind", host_kind_word(f));
	json_string(j, "pf_address", text_or_null(f->physfn));
	json_string(j, "state", f->state == STATE_UNKNOWN ? NULL : state_names[f->state]);
	json_bool(j, "has_device", f->has_device);
	json_bool(j, "has_slot", f->has_slot);
	json_string(j, "driver", text_or_null(f->driver));
	json_string(j, "driver_override", text_or_null(f->driver_override));
	host_names_json(j, "group_peers", &s->peers);
	host_names_json(j, "netdevs", &s->net);
	host_names_json(j, "blockdevs", &s->block);
	host_names_json(j, "infiniband", &s->infiniband);
	put_uses(j, use);
	users_json(j, users, f);
	put_reasons(j, f, use, users);
	json_close_object(j);
}

void host_functions_json(FILE *out, const struct inventory *inventory,
			 const struct function *functions, const struct function_use *uses,
			 size_t count, const struct users *users)
{
	struct json j = { .out = out };

	json_open_object(&j, NULL);
	json_string(&j, "schema", HOST_SCHEMA);
	json_open_object(&j, "clp");
	json_bool(&j, "read", inventory->clp_read);
	json_string(&j, "problem", inventory->clp_read ? NULL : inventory->clp_problem.text);
	if (inventory->clp_read)
		json_bool(&j, "uid_checking", inventory->uid_checking);
	else
		json_null(&j, "uid_checking");
	json_close_object(&j);
	json_open_array(&j, "functions");
	for (size_t i = 0; i < count; i++)
		put_function(&j, &functions[i], &uses[i], users);
	json_close_array(&j);
	json_close_object(&j);
}
