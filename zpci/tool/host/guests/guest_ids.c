// SPDX-License-Identifier: GPL-2.0-or-later
/* guest_ids.c - see guest_ids.h */
#include <stdlib.h>
#include <string.h>

#include "zpci/tool/host/host.h"
#include "guest_ids.h"
#include "zpci/util/id.h"

/* UIDs and FIDs differ in little. */
struct id_kind {
	const char *name;
	const char *option;
	enum item_name item; /* the host's */
	uint32_t min;
	uint32_t max;
	int digits;
	const struct guest_function *(*find)(const struct guest *guest, unsigned int where,
					     uint32_t id);
};

static const struct id_kind uids = { "UID", "--guest-uid", ITEM_UID, 1, UINT16_MAX,
				     4,	    guest_find_uid };
static const struct id_kind fids = { "FID", "--guest-fid", ITEM_FID, 0, UINT32_MAX,
				     8,	    guest_find_fid };

struct choice {
	const struct id_kind *kind;
	const struct guest *guest; /* NULL: any */
	unsigned int where;
	char name[HOST_NAME_SIZE]; /* of the host's function, for messages */
	struct problem *problem;
};

static const struct guest_function *find(const struct choice *choice, uint32_t id)
{
	return choice->guest ? choice->kind->find(choice->guest, choice->where, id) : NULL;
}

/* A guest has a limited number of functions, so that an ID is free. */
static uint32_t next_free(const struct choice *choice, uint32_t id)
{
	const struct id_kind *kind = choice->kind;

	while (find(choice, id))
		id = id == kind->max ? kind->min : id + 1;
	return id;
}

static int refuse_taken(const struct choice *choice, uint32_t id)
{
	const struct id_kind *kind = choice->kind;
	char label[GUEST_LABEL];

	guest_function_label(find(choice, id), label);
	return problem_set(choice->problem,
			   "%s: guest %.48s has %s 0x%0*x already, by %s; use another, "
			   "such as %s 0x%0*x",
			   choice->name, choice->guest->name, kind->name, kind->digits, id, label,
			   kind->option, kind->digits, next_free(choice, id));
}

/* @given: the option's value, which was checked, or NULL. */
static int choose(const struct choice *choice, const struct function *function, const char *given,
		  uint32_t *id)
{
	const struct id_kind *kind = choice->kind;
	const struct item *item = &function->items[kind->item];
	bool known =
		item->state == ITEM_KNOWN && item->value >= kind->min && item->value <= kind->max;

	if (given && strcmp(given, "same") && strcmp(given, "auto")) {
		zpci_id_read(given, UINT32_MAX, id);
	} else if (given && !strcmp(given, "auto")) {
		*id = next_free(choice, kind->min);
	} else if (known) {
		*id = (uint32_t)item->value;
	} else if (given) {
		return problem_set(choice->problem,
				   "%s: this host gives it no %s, so a guest cannot "
				   "have the same; use %s auto",
				   choice->name, kind->name, kind->option);
	} else {
		*id = next_free(choice, kind->min);
	}
	if (!given)
		*id = next_free(choice, *id);
	return find(choice, *id) ? refuse_taken(choice, *id) : 0;
}

int guest_ids_choose(struct guest_ids *ids, const struct guest *guest, unsigned int where,
		     const struct function *function, const char *uid, const char *fid,
		     struct problem *problem)
{
	struct choice choice = { .guest = guest, .where = where, .problem = problem };
	uint32_t value;

	host_name(function, choice.name);
	choice.kind = &uids;
	if (choose(&choice, function, uid, &value))
		return -1;
	ids->uid = (uint16_t)value;
	choice.kind = &fids;
	return choose(&choice, function, fid, &ids->fid);
}
