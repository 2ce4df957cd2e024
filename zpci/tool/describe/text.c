// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptions for a person.
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"

/* A long value that is zero is printed as a single 0. */
static bool is_zero(const char *value)
{
	return value[strspn(value, "0")] == '\0';
}

static void print_field(FILE *to, const struct describe_field *field, const void *block)
{
	char value[DESCRIBE_VALUE], meaning[DESCRIBE_MEANING];

	describe_field_text(field, block, value, meaning);
	if (field->size > 8 && is_zero(value))
		snprintf(value, sizeof(value), "0");
	fprintf(to, "    %-15s %-16s  %s%s%s\n", field->name, value, field->help,
		*meaning ? ": " : "", meaning);
}

static void print_fields(FILE *to, const char *title, const struct describe_field *fields,
			 const void *block)
{
	fprintf(to, "  %s\n", title);
	for (; fields->name; fields++)
		print_field(to, fields, block);
}

/* --- config space ---------------------------------------------------------------------------- */

static void put_origins(char *text, size_t size, unsigned int origins)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int origin = DESCRIBE_PASSED; origin <= DESCRIBE_HIDDEN; origin <<= 1)
		if (origins & origin && used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 used ? " + " : "", describe_origin_name(origin));
}

static void print_register(void *opaque, const struct describe_register *entry)
{
	char origins[64], device[12], guest[12];
	int digits = (int)(entry->bits ? 1 : entry->size * 2);
	FILE *to = opaque;

	put_origins(origins, sizeof(origins), describe_origins(entry));
	snprintf(device, sizeof(device), "%0*" PRIx32, digits, entry->device);
	snprintf(guest, sizeof(guest), "%0*" PRIx32, digits, entry->guest);
	if (entry->bits)
		fprintf(to, "           %-22s  %8s  %8s  %s\n", entry->name, device, guest,
			origins);
	else
		fprintf(to, "    %03x  %-26s  %8s  %8s  %s\n", entry->offset, entry->name, device,
			guest, origins);
}

static void print_config(FILE *to, const struct description *item)
{
	fprintf(to, "  Config space%35s  %8s\n", "device", "guest");
	describe_registers(item, print_register, to);
	fprintf(to, "    every other byte%31s%10s  passed\n", "", "");
}

static void print_platform(FILE *to, const struct description *item)
{
	const struct describe_fact *fact = describe_facts;
	char value[DESCRIBE_VALUE];

	fprintf(to, "  Platform\n");
	for (; fact->name; fact++) {
		describe_fact_text(fact, item, value);
		fprintf(to, "    %-15s %-18s  %-13s  %s\n", fact->name, *value ? value : "none",
			describe_fact_origin(fact, item), fact->help);
	}
}

static void print_bars(FILE *to, const struct description *item)
{
	fprintf(to, "  BARs\n");
	for (unsigned int bar = 0; bar < ZPCI_BARS; bar++) {
		const struct zpci_bar *real = &item->info.bars[bar];
		char size[32];

		if (!real->size)
			continue;
		describe_size(size, sizeof(size), real->size);
		fprintf(to, "    BAR %u  %s, %s bit%s: %s\n", bar, size,
			real->flags & ZPCI_BAR_64BIT ? "64" : "32",
			real->flags & ZPCI_BAR_PREFETCHABLE ? ", prefetchable" : "",
			item->query.bar_size[bar] ? "loads and stores are executed"
						  : "absent for the guest, loads and stores are "
						    "refused");
	}
}

static void print_losses(FILE *to, const struct description *item)
{
	const struct describe_loss *loss = describe_losses;

	fprintf(to, "  Interpretation by a host: none; it would lose\n");
	for (; loss->name; loss++)
		if (loss->has(item))
			fprintf(to, "    %-15s %s\n", loss->name, loss->help);
}

/* --- all ------------------------------------------------------------------------------------- */

/* What a person has chosen, and what else can be chosen. */
static void print_model(FILE *to, const struct zpci_config_model *model)
{
	const struct zpci_option *const *option = model->model->options;

	fprintf(to, "    %-18s %s\n", "device model", model->model->help);
	if (model->object)
		fprintf(to, "    %-18s %s\n", "shared object", model->object);
	for (; option && *option; option++) {
		const struct zpci_option_value *value =
			zpci_option_find(model->values, (*option)->name);

		fprintf(to, "    %-18s %s (%s)\n", (*option)->name,
			value ? value->text : "not given", (*option)->help);
	}
}

static void print_facts(FILE *to, const struct description *item)
{
	const struct zpci_function_info *info = &item->info;
	const struct zpci_profile *profile = &info->profile;

	print_model(to, &item->model);
	fprintf(to, "    %-18s %s%s%s\n", "address in Linux", item->address,
		item->no_device ? ", but no device: " : "", item->no_device ? item->no_device : "");
	fprintf(to, "    %-18s IDs %s, BARs %s, Memory bit %s, vfn %s\n", "profile asks for",
		profile->ids ? "yes" : "no", profile->bars ? "yes" : "no",
		zpci_command_memory_name(profile->command_memory),
		profile->publish_vfn ? "published" : "0");
	fprintf(to, "    %-18s %s\n", "command_memory",
		info->command_memory ? "emulated" : "absent");
	fprintf(to, "    %-18s %s\n", "no_command_memory",
		info->no_command_memory ? "announced: the guest's kernel expects no Memory bit"
					: "not announced: the guest's kernel expects a Memory bit");
	if (describe_is_unannounced(item))
		fprintf(to, "    %-18s %s\n", "warning", describe_warning);
}

static void print_function(FILE *to, const struct description *item)
{
	const struct zpci_function_info *info = &item->info;
	char kind[16];

	describe_kind(item, kind);
	fprintf(to, "\nfunction %08x: %s of %s adapter %04x, profile %s%s\n", info->fid, kind,
		info->model, info->pchid, zpci_profile_name(&info->profile),
		info->state == ZPCI_STATE_STANDBY ? ", in standby" : "");
	print_facts(to, item);
	print_platform(to, item);
	print_fields(to, "List PCI functions: its entry", describe_entry_fields, &item->entry);
	print_fields(to, "Query PCI function", describe_function_fields, &item->query);
	print_fields(to, "Set PCI function: enable", describe_enable_fields, &item->enable);
	print_bars(to, item);
	print_config(to, item);
	print_losses(to, item);
}

/* Each group once, where its first function is. */
static void print_groups(FILE *to, const struct descriptions *descriptions)
{
	bool printed[256] = { false };

	for (size_t i = 0; i < descriptions->count; i++) {
		const struct description *item = &descriptions->items[i];
		char title[64];

		if (printed[item->query.pfgid])
			continue;
		printed[item->query.pfgid] = true;
		snprintf(title, sizeof(title), "Query PCI function group: %02x", item->query.pfgid);
		print_fields(to, title, describe_group_fields, &item->group);
	}
}

void describe_text(FILE *to, const struct descriptions *descriptions)
{
	fprintf(to, "all functions: %zu\n", descriptions->count);
	print_fields(to, "List PCI functions", describe_list_fields, &descriptions->list);
	print_groups(to, descriptions);
	for (size_t i = 0; i < descriptions->count; i++)
		print_function(to, &descriptions->items[i]);
	fputs("\nconfiguration: the configuration sets it; device: the device has it from its host;\n"
	      "default: neither of them sets it\n"
	      "passed: as the device shows it; emulated: kept in front of the device; hard-wired: 0,\n"
	      "whatever is written; hidden: the device shows it, and the guest reads 0 or ones\n",
	      to);
}
