// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptions for a program; zpci-describe(1) describes the format.
 */
#include <string.h>

#include "describe.h"
#include "zpci/util/json.h"

static void put_fields(struct json *json, const char *key, const struct describe_field *fields,
		       const void *block)
{
	char value[2 + DESCRIBE_VALUE] = "0x", meaning[DESCRIBE_MEANING];

	json_open_object(json, key);
	for (; fields->name; fields++) {
		describe_field_text(fields, block, value + 2, meaning);
		json_open_object(json, fields->name);
		json_string(json, "value", value);
		json_string(json, "field", fields->help);
		json_string(json, "meaning", *meaning ? meaning : NULL);
		json_close_object(json);
	}
	json_close_object(json);
}

static void put_groups(struct json *json, const struct descriptions *descriptions)
{
	bool done[256] = { false };

	json_open_array(json, "groups");
	for (size_t i = 0; i < descriptions->count; i++) {
		const struct description *item = &descriptions->items[i];

		if (done[item->query.pfgid])
			continue;
		done[item->query.pfgid] = true;
		json_open_object(json, NULL);
		json_hex(json, "pfgid", item->query.pfgid, 2);
		put_fields(json, "query_group", describe_group_fields, &item->group);
		json_close_object(json);
	}
	json_close_array(json);
}

/* --- config space ---------------------------------------------------------------------------- */

static void put_register(void *opaque, const struct describe_register *entry)
{
	int digits = (int)(entry->bits ? 1 : entry->size * 2);
	unsigned int origins = describe_origins(entry);
	struct json *json = opaque;

	json_open_object(json, NULL);
	json_string(json, "name", entry->name);
	json_hex(json, "offset", entry->offset, 3);
	json_number(json, "size", entry->size);
	if (entry->bits)
		json_hex(json, "bits", entry->bits, (int)entry->size * 2);
	else
		json_null(json, "bits");
	json_hex(json, "device", entry->device, digits);
	json_hex(json, "guest", entry->guest, digits);
	json_open_array(json, "origin");
	for (unsigned int origin = DESCRIBE_PASSED; origin <= DESCRIBE_HIDDEN; origin <<= 1)
		if (origins & origin)
			json_string(json, NULL, describe_origin_name(origin));
	json_close_array(json);
	json_hex(json, "emulated", entry->emulated, digits);
	json_hex(json, "hard_wired", entry->hard_wired, digits);
	json_hex(json, "hidden", entry->hidden, digits);
	json_close_object(json);
}

static void put_bytes(struct json *json, const char *key, const uint8_t *bytes)
{
	char text[2 * ZPCI_CONFIG_SIZE + 1];

	for (unsigned int i = 0; i < ZPCI_CONFIG_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	json_string(json, key, text);
}

static void put_config(struct json *json, const struct description *item)
{
	json_open_object(json, "config");
	json_open_array(json, "registers");
	describe_registers(item, put_register, json);
	json_close_array(json);
	put_bytes(json, "device", item->device_config);
	put_bytes(json, "guest", item->guest_config);
	json_close_object(json);
}

static void put_bars(struct json *json, const struct description *item)
{
	json_open_array(json, "bars");
	for (unsigned int bar = 0; bar < ZPCI_BARS; bar++) {
		const struct zpci_bar *real = &item->info.bars[bar];

		if (!real->size)
			continue;
		json_open_object(json, NULL);
		json_number(json, "bar", bar);
		json_number(json, "size", real->size);
		json_bool(json, "64bit", real->flags & ZPCI_BAR_64BIT);
		json_bool(json, "prefetchable", real->flags & ZPCI_BAR_PREFETCHABLE);
		json_string(json, "access", item->query.bar_size[bar] ? "passed" : "refused");
		json_close_object(json);
	}
	json_close_array(json);
}

/* --- all ------------------------------------------------------------------------------------- */

static void put_profile(struct json *json, const struct zpci_profile *profile)
{
	json_open_object(json, "profile");
	json_string(json, "name", zpci_profile_name(profile));
	json_bool(json, "ids", profile->ids);
	json_bool(json, "bars", profile->bars);
	json_bool(json, "publish_vfn", profile->publish_vfn);
	json_string(json, "command_memory", zpci_command_memory_name(profile->command_memory));
	json_close_object(json);
}

/* An option that was not given is null. */
static void put_model(struct json *json, const struct zpci_config_model *model)
{
	const struct zpci_option *const *option = model->model->options;

	json_string(json, "model", model->model->name);
	json_string(json, "model_help", model->model->help);
	json_string(json, "shared_object", model->object);
	json_open_object(json, "model_options");
	for (; option && *option; option++) {
		const struct zpci_option_value *value =
			zpci_option_find(model->values, (*option)->name);

		json_string(json, (*option)->name, value ? value->text : NULL);
	}
	json_close_object(json);
}

static void put_facts(struct json *json, const struct description *item)
{
	const struct zpci_function_info *info = &item->info;

	json_hex(json, "fid", info->fid, 8);
	json_hex(json, "uid", info->uid, 4);
	json_hex(json, "pchid", info->pchid, 4);
	put_model(json, &item->model);
	json_number(json, "vf", info->vf);
	json_string(json, "address", item->address);
	json_string(json, "no_device", item->no_device);
	json_string(json, "state", zpci_state_name(info->state));
	put_profile(json, &info->profile);
	json_string(json, "command_memory", info->command_memory ? "emulated" : "absent");
	json_bool(json, "no_command_memory", info->no_command_memory);
	json_string(json, "warning", describe_is_unannounced(item) ? describe_warning : NULL);
}

static void put_platform(struct json *json, const struct description *item)
{
	const struct describe_fact *fact = describe_facts;
	char value[DESCRIBE_VALUE];

	json_open_object(json, "platform");
	for (; fact->name; fact++) {
		describe_fact_text(fact, item, value);
		json_open_object(json, fact->name);
		json_string(json, "value", *value ? value : NULL);
		json_string(json, "field", fact->help);
		json_string(json, "origin", describe_fact_origin(fact, item));
		json_close_object(json);
	}
	json_close_object(json);
}

/* No function is interpreted yet. */
static void put_interpretation(struct json *json, const struct description *item)
{
	const struct describe_loss *loss = describe_losses;

	json_open_object(json, "interpretation");
	json_bool(json, "interpreted", false);
	json_open_object(json, "would_lose");
	for (; loss->name; loss++)
		if (loss->has(item))
			json_string(json, loss->name, loss->help);
	json_close_object(json);
	json_close_object(json);
}

static void put_function(struct json *json, const struct description *item)
{
	json_open_object(json, NULL);
	put_facts(json, item);
	put_platform(json, item);
	put_fields(json, "list", describe_entry_fields, &item->entry);
	put_fields(json, "query_function", describe_function_fields, &item->query);
	put_fields(json, "set_enable", describe_enable_fields, &item->enable);
	put_bars(json, item);
	put_config(json, item);
	put_interpretation(json, item);
	json_close_object(json);
}

void describe_json(FILE *to, const struct descriptions *descriptions)
{
	struct json json = { .out = to };

	json_open_object(&json, NULL);
	put_fields(&json, "list", describe_list_fields, &descriptions->list);
	put_groups(&json, descriptions);
	json_open_array(&json, "functions");
	for (size_t i = 0; i < descriptions->count; i++)
		put_function(&json, &descriptions->items[i]);
	json_close_array(&json);
	json_close_object(&json);
}
