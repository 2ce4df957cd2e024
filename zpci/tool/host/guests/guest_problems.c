// SPDX-License-Identifier: GPL-2.0-or-later
/* guest_problems.c - see guest_problems.h */
#include <stdio.h>
#include <string.h>

#include "zpci/tool/host/host.h"
#include "guest_problems.h"

const char *const guest_problem_names[GUEST_PROBLEMS] = {
	[GUEST_PROBLEM_SHARED] = "shared",
	[GUEST_PROBLEM_DANGLING] = "dangling",
	[GUEST_PROBLEM_DUPLICATE] = "duplicate",
};

struct check {
	const struct guests *guests;
	const struct inventory *inventory;
	guest_problem_report report;
	void *opaque;
	size_t count;
};

static void found(struct check *check, enum guest_problem_kind kind, const struct guest *guest,
		  const struct guest_function *function, const struct problem *problem)
{
	check->report(check->opaque, kind, guest, function, problem->text);
	check->count++;
}

/* --- the host's functions -------------------------------------------------------------------- */

static const struct function *find_standby(const struct inventory *inventory,
					   const struct guest_function *function)
{
	for (size_t i = 0; i < inventory->count; i++) {
		const struct function *f = &inventory->functions[i];

		if (!f->has_device && f->has_address && !strcmp(f->address, function->address))
			return f;
	}
	return NULL;
}

static void check_dangling(struct check *check, const struct guest *guest,
			   const struct guest_function *function)
{
	const struct function *moved = NULL, *standby;
	struct problem problem;

	if (inventory_find(check->inventory, function->address))
		return;
	standby = find_standby(check->inventory, function);
	if (function->has_fid)
		moved = inventory_find_fid(check->inventory, function->fid);
	if (standby)
		problem_set(&problem,
			    "guest %.48s: %s is FID 0x%08x, which is in standby; configure it: "
			    "echo 1 >/sys/bus/pci/slots/%08x/power",
			    guest->name, function->address,
			    (uint32_t)standby->items[ITEM_FID].value,
			    (uint32_t)standby->items[ITEM_FID].value);
	else if (moved && moved->has_device)
		problem_set(&problem,
			    "guest %.48s: this host has no function %s; its FID in the guest, "
			    "0x%08x, is now at %s; put this address into the guest's definition",
			    guest->name, function->address, function->fid, moved->address);
	else
		problem_set(&problem,
			    "guest %.48s: this host has no function %s; if addresses changed at a "
			    "reboot, put the new one into the guest's definition",
			    guest->name, function->address);
	found(check, GUEST_PROBLEM_DANGLING, guest, function, &problem);
}

/* Reported once for each two guests, with the first by name. */
static void check_shared(struct check *check, size_t index, const struct guest_function *function)
{
	const struct guest *guest = &check->guests->guests[index], *other;
	const struct function *here = inventory_find(check->inventory, function->address);
	struct problem problem;
	char name[HOST_NAME_SIZE] = "";

	if (guest_find_source(guest, GUEST_LIVE | GUEST_CONFIG, &function->source) != function)
		return; /* the definition has it with other IDs */
	if (here && function_has(here, ITEM_FID))
		host_name(here, name);
	while ((other = guests_find_user(check->guests, &function->source, guest, index + 1,
					 &index))) {
		problem_set(&problem,
			    "%s%s%s is in the guests %.48s and %.48s, of which only one can run "
			    "with it; detach it from the other",
			    name, *name ? " at " : "", function->address, guest->name, other->name);
		found(check, GUEST_PROBLEM_SHARED, guest, function, &problem);
	}
}

/* --- IDs ------------------------------------------------------------------------------------- */

static void check_duplicate(struct check *check, const struct guest *guest,
			    const struct guest_function *function, const char *id,
			    const struct guest_function *other)
{
	char label[GUEST_LABEL], other_label[GUEST_LABEL];
	struct problem problem;

	if (!other || other == function)
		return;
	guest_function_label(function, label);
	guest_function_label(other, other_label);
	problem_set(&problem, "guest %.32s: %s is used by %.60s and by %.60s; change one of them",
		    guest->name, id, other_label, label);
	found(check, GUEST_PROBLEM_DUPLICATE, guest, function, &problem);
}

/* The first function with an ID is compared with each later one, where it runs and in the
 * definition. */
static void check_ids(struct check *check, const struct guest *guest,
		      const struct guest_function *function)
{
	unsigned int where = function->where & GUEST_LIVE ? GUEST_LIVE : GUEST_CONFIG;
	char id[24];

	if (function->has_uid) {
		snprintf(id, sizeof(id), "UID 0x%04x", function->uid);
		check_duplicate(check, guest, function, id,
				guest_find_uid(guest, where, function->uid));
	}
	if (function->has_fid) {
		snprintf(id, sizeof(id), "FID 0x%08x", function->fid);
		check_duplicate(check, guest, function, id,
				guest_find_fid(guest, where, function->fid));
	}
}

size_t guests_check(const struct guests *guests, const struct inventory *inventory,
		    guest_problem_report report, void *opaque)
{
	struct check check = {
		.guests = guests, .inventory = inventory, .report = report, .opaque = opaque
	};

	for (size_t i = 0; i < guests->count; i++) {
		const struct guest *guest = &guests->guests[i];

		for (size_t n = 0; n < guest->count; n++) {
			if (guest->functions[n].has_source) {
				check_dangling(&check, guest, &guest->functions[n]);
				check_shared(&check, i, &guest->functions[n]);
			}
			check_ids(&check, guest, &guest->functions[n]);
		}
	}
	return check.count;
}
