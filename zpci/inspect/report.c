// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - see report.h */
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "report.h"

#define CELL_SIZE 256
#define COLUMNS 12
#define REPORT_ITEMS (ITEM_NO_COMMAND_MEMORY + 1) /* what comes behind it is for `zpci host' */
#define REASONS 64				  /* at most so many are printed */

static const char *const titles[COLUMNS] = {
	"FID", "UID",	 "PCHID", "VFN",  "HANDLE",  "ADDRESS",
	"ID",  "DRIVER", "STATE", "KIND", "COMMAND", "NO-COMMAND-MEMORY",
};

static void cell_text(const struct function *f, enum item_name name, char cell[CELL_SIZE])
{
	item_text(&f->items[name], name, cell);
}

static void row_text(const struct function *f, char row[COLUMNS][CELL_SIZE])
{
	const struct item *vendor_id = &f->items[ITEM_VENDOR_ID],
			  *device_id = &f->items[ITEM_DEVICE_ID];

	cell_text(f, ITEM_FID, row[0]);
	cell_text(f, ITEM_UID, row[1]);
	cell_text(f, ITEM_PCHID, row[2]);
	cell_text(f, ITEM_VFN, row[3]);
	cell_text(f, ITEM_HANDLE, row[4]);
	snprintf(row[5], CELL_SIZE, "%s", f->has_address ? f->address : "-");
	if (vendor_id->state == ITEM_KNOWN && device_id->state == ITEM_KNOWN)
		snprintf(row[6], CELL_SIZE, "%04" PRIx64 ":%04" PRIx64, vendor_id->value,
			 device_id->value);
	else
		snprintf(row[6], CELL_SIZE, "?");
	snprintf(row[7], CELL_SIZE, "%s", f->driver[0] ? f->driver : "-");
	snprintf(row[8], CELL_SIZE, "%s", f->state == STATE_UNKNOWN ? "?" : state_names[f->state]);
	snprintf(row[9], CELL_SIZE, "%s", kind_names[f->kind]);
	cell_text(f, ITEM_COMMAND, row[10]);
	cell_text(f, ITEM_NO_COMMAND_MEMORY, row[11]);
}

static void print_row(FILE *out, const char row[COLUMNS][CELL_SIZE], const int *widths)
{
	for (int i = 0; i < COLUMNS; i++)
		fprintf(out, "%-*s%s", i + 1 < COLUMNS ? widths[i] : 0, row[i],
			i + 1 < COLUMNS ? "  " : "\n");
}

static void print_table(FILE *out, const struct inventory *inventory)
{
	char row[COLUMNS][CELL_SIZE];
	int widths[COLUMNS];

	for (int i = 0; i < COLUMNS; i++)
		widths[i] = (int)strlen(titles[i]);
	for (size_t n = 0; n < inventory->count; n++) {
		row_text(&inventory->functions[n], row);
		for (int i = 0; i < COLUMNS; i++) {
			if ((int)strlen(row[i]) > widths[i])
				widths[i] = (int)strlen(row[i]);
		}
	}
	for (int i = 0; i < COLUMNS; i++)
		snprintf(row[i], CELL_SIZE, "%s", titles[i]);
	print_row(out, row, widths);
	for (size_t n = 0; n < inventory->count; n++) {
		row_text(&inventory->functions[n], row);
		print_row(out, row, widths);
	}
}

/* Why there are question marks. Each reason is printed once, with the first function and item that
 * have it and the number of others. */
struct reason {
	const struct problem *why;
	const struct function *function;
	enum item_name item;
	size_t more;
};

static size_t collect_reasons(const struct inventory *inventory, struct reason *reasons)
{
	size_t count = 0;

	for (size_t n = 0; n < inventory->count * REPORT_ITEMS; n++) {
		const struct function *f = &inventory->functions[n / REPORT_ITEMS];
		const struct item *item = &f->items[n % REPORT_ITEMS];
		size_t i = 0;

		if (!item_failed(item))
			continue;
		while (i < count && strcmp(reasons[i].why->text, item->why.text) != 0)
			i++;
		if (i < count)
			reasons[i].more++;
		else if (count < REASONS)
			reasons[count++] = (struct reason){ &item->why, f, n % REPORT_ITEMS, 0 };
	}
	return count;
}

static void print_reasons(FILE *out, const struct inventory *inventory)
{
	struct reason reasons[REASONS];
	size_t count = collect_reasons(inventory, reasons);

	for (size_t i = 0; i < count; i++) {
		const struct reason *r = &reasons[i];
		const struct item *fid = &r->function->items[ITEM_FID];

		fprintf(out, "not read: %s of ", item_infos[r->item].name);
		if (fid->state == ITEM_KNOWN)
			fprintf(out, "FID 0x%08" PRIx64, fid->value);
		else
			fprintf(out, "%s", r->function->address);
		if (r->more)
			fprintf(out, " and %zu more", r->more);
		fprintf(out, ": %s\n", r->why->text);
	}
}

void report_inventory(FILE *out, const struct inventory *inventory)
{
	if (!inventory->count)
		fprintf(out, "no PCI functions\n");
	else
		print_table(out, inventory);
	print_reasons(out, inventory);
	if (!inventory->clp_read && !inventory->count)
		fprintf(out, "not read: CLP: %s\n", inventory->clp_problem.text);
}

static void item_json(struct json *j, const struct function *f, enum item_name name)
{
	const struct item_info *info = &item_infos[name];
	const struct item *item = &f->items[name];

	if (item->state != ITEM_KNOWN)
		json_null(j, info->name);
	else if (info->digits < 0)
		json_bool(j, info->name, item->value);
	else if (info->digits)
		json_hex(j, info->name, item->value, info->digits);
	else
		json_number(j, info->name, item->value);
}

static void function_json(struct json *j, const struct function *f)
{
	json_open_object(j, NULL);
	json_string(j, "address", f->has_address ? f->address : NULL);
	for (int i = 0; i < REPORT_ITEMS; i++)
		item_json(j, f, i);
	json_string(j, "driver", f->driver[0] ? f->driver : NULL);
	json_string(j, "state", f->state == STATE_UNKNOWN ? NULL : state_names[f->state]);
	json_string(j, "kind", kind_names[f->kind]);
	json_string(j, "physfn", f->physfn[0] ? f->physfn : NULL);
	json_bool(j, "has_device", f->has_device);
	json_bool(j, "has_bus", f->has_bus);
	json_bool(j, "has_slot", f->has_slot);
	json_bool(j, "listed", f->listed);
	json_open_object(j, "not_read");
	for (int i = 0; i < REPORT_ITEMS; i++) {
		if (item_failed(&f->items[i]))
			json_string(j, item_infos[i].name, f->items[i].why.text);
	}
	json_close_object(j);
	json_close_object(j);
}

void report_inventory_json(struct json *j, const struct inventory *inventory,
			   const struct kernel *kernel, const struct missing *missing)
{
	struct utsname name;

	json_open_object(j, "kernel");
	json_string(j, "release", uname(&name) == 0 ? name.release : NULL);
	json_string(j, "machine", uname(&name) == 0 ? name.machine : NULL);
	json_bool(j, "btf", inventory->has_btf);
	json_bool(j, "vfio_pci", inventory->has_vfio_pci);
	json_bool(j, "memory_read", kernel->read);
	json_string(j, "problem", kernel->read ? NULL : kernel->problem.text);
	json_open_array(j, "missing");
	for (size_t i = 0; i < missing->count; i++)
		json_string(j, NULL, missing->options[i]);
	json_close_array(j);
	json_close_object(j);
	json_open_object(j, "clp");
	json_bool(j, "read", inventory->clp_read);
	json_string(j, "problem", inventory->clp_read ? NULL : inventory->clp_problem.text);
	if (inventory->clp_read)
		json_bool(j, "uid_checking", inventory->uid_checking);
	else
		json_null(j, "uid_checking");
	json_close_object(j);
	json_open_array(j, "functions");
	for (size_t i = 0; i < inventory->count; i++)
		function_json(j, &inventory->functions[i]);
	json_close_array(j);
}

bool report_incomplete(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++) {
		for (int n = 0; n < REPORT_ITEMS; n++) {
			if (item_failed(&inventory->functions[i].items[n]))
				return true;
		}
	}
	return false;
}
