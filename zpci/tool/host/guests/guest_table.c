// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host guests`: which guest has which function of this host, and what is wrong with that;
 * zpci-host-attach(1).
 */
#include <stdio.h>

#include "zpci/tool/host/host.h"
#include "guest_problems.h"
#include "guests.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/util/json.h"

static const char *state_name(const struct guest *guest)
{
	return guest->running ? "running" : "off";
}

/* --- text ------------------------------------------------------------------------------------ */

static void put_function(const struct guest *guest, const struct guest_function *function,
			 const struct inventory *inventory)
{
	const struct function *here = inventory_find(inventory, function->address);
	char fid[16] = "-", guest_uid[16] = "-", guest_fid[16] = "-";

	if (here && here->items[ITEM_FID].state == ITEM_KNOWN)
		snprintf(fid, sizeof(fid), "0x%08x", (uint32_t)here->items[ITEM_FID].value);
	if (function->has_uid)
		snprintf(guest_uid, sizeof(guest_uid), "0x%04x", function->uid);
	if (function->has_fid)
		snprintf(guest_fid, sizeof(guest_fid), "0x%08x", function->fid);
	printf("%-10s  %-13s  %-9s  %-10s  %-7s  %-19s  ", fid, function->address, guest_uid,
	       guest_fid, function->managed ? "yes" : "no", guest_where_name(function->where));
	guest_put_name(stdout, guest->name);
	printf(" (%s)\n", state_name(guest));
}

static void put_problem(void *opaque, enum guest_problem_kind kind, const struct guest *guest,
			const struct guest_function *function, const char *text)
{
	(void)opaque;
	(void)kind;
	(void)guest;
	(void)function;
	printf("problem: %s\n", text);
}

static size_t put_text(const struct guests *guests, const struct inventory *inventory)
{
	printf("%-10s  %-13s  %-9s  %-10s  %-7s  %-19s  %s\n", "FID", "ADDRESS", "GUEST UID",
	       "GUEST FID", "MANAGED", "IN", "GUEST");
	for (size_t i = 0; i < guests->count; i++) {
		const struct guest *guest = &guests->guests[i];

		for (size_t n = 0; n < guest->count; n++)
			if (guest->functions[n].has_source)
				put_function(guest, &guest->functions[n], inventory);
	}
	return guests_check(guests, inventory, put_problem, NULL);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_id(struct json *json, const char *key, bool known, uint32_t value, int digits)
{
	char number[32];

	snprintf(number, sizeof(number), "%s_number", key);
	if (known) {
		json_hex(json, key, value, digits);
		json_number(json, number, value);
	} else {
		json_null(json, key);
		json_null(json, number);
	}
}

static void put_host_function(struct json *json, const struct guest_function *function,
			      const struct inventory *inventory)
{
	const struct function *here = inventory_find(inventory, function->address);
	const struct item *fid = here ? &here->items[ITEM_FID] : NULL;
	bool known = fid && fid->state == ITEM_KNOWN;

	json_string(json, "address", function->address);
	put_id(json, "fid", known, known ? (uint32_t)fid->value : 0, 8);
	json_bool(json, "managed", function->managed);
	json_string(json, "driver", function->driver);
}

static void put_json_function(struct json *json, const struct guest_function *function,
			      const struct inventory *inventory)
{
	json_open_object(json, NULL);
	json_string(json, "element", function->element);
	json_string(json, "alias", function->alias);
	json_bool(json, "live", function->where & GUEST_LIVE);
	json_bool(json, "definition", function->where & GUEST_CONFIG);
	put_id(json, "guest_uid", function->has_uid, function->uid, 4);
	put_id(json, "guest_fid", function->has_fid, function->fid, 8);
	if (function->has_source)
		put_host_function(json, function, inventory);
	else
		json_null(json, "address");
	json_close_object(json);
}

static void put_guest(struct json *json, const struct guest *guest,
		      const struct inventory *inventory)
{
	json_open_object(json, NULL);
	json_string(json, "name", guest->name);
	json_string(json, "uuid", guest->uuid);
	json_bool(json, "running", guest->running);
	json_bool(json, "persistent", guest->persistent);
	json_open_array(json, "functions");
	for (size_t i = 0; i < guest->count; i++)
		put_json_function(json, &guest->functions[i], inventory);
	json_close_array(json);
	json_close_object(json);
}

static void put_json_problem(void *opaque, enum guest_problem_kind kind, const struct guest *guest,
			     const struct guest_function *function, const char *text)
{
	struct json *json = opaque;

	json_open_object(json, NULL);
	json_string(json, "kind", guest_problem_names[kind]);
	json_string(json, "guest", guest->name);
	json_string(json, "address", function->has_source ? function->address : NULL);
	json_string(json, "message", text);
	json_close_object(json);
}

static size_t put_json(const struct guests *guests, const struct inventory *inventory)
{
	struct json json = { .out = stdout };
	size_t problems;

	json_open_object(&json, NULL);
	json_string(&json, "schema", HOST_SCHEMA);
	json_open_array(&json, "guests");
	for (size_t i = 0; i < guests->count; i++)
		put_guest(&json, &guests->guests[i], inventory);
	json_close_array(&json);
	json_open_array(&json, "problems");
	problems = guests_check(guests, inventory, put_json_problem, &json);
	json_close_array(&json);
	json_close_object(&json);
	return problems;
}

/* --- the subcommand -------------------------------------------------------------------------- */

static int put(const struct tool_options *options, const struct guests *guests,
	       const struct inventory *inventory)
{
	size_t problems = options->json ? put_json(guests, inventory) : put_text(guests, inventory);
	int status = host_flush("the guests");

	if (status)
		return status;
	return problems ? HOST_EXIT_REFUSED : 0;
}

int tool_host_guests(const struct tool_options *options)
{
	struct inventory inventory = { 0 };
	struct guests guests = { 0 };
	struct problem problem;
	int status = host_read_inventory(&inventory, options);

	if (!status && guests_read(&guests, options->host.connect, &problem)) {
		tool_error("%s", problem.text);
		status = HOST_EXIT_SYSTEM;
	}
	if (!status)
		status = put(options, &guests, &inventory);
	guests_free(&guests);
	inventory_free(&inventory);
	return status;
}
