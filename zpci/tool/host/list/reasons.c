// SPDX-License-Identifier: GPL-2.0-or-later
/* reasons.c - see reasons.h */
#include "zpci/tool/host/host.h"
#include "reasons.h"
#include "zpci/tool/message.h"

/* A folder that is no sysfs could give thousands. */
#define REASONS_MAX 64

static void say(struct reasons *reasons, const struct function *f, const char *what,
		const struct problem *why)
{
	char name[HOST_NAME_SIZE];

	if (!why->text[0] || reasons->count++ >= REASONS_MAX)
		return;
	host_name(f, name);
	tool_error("%s: %s: %s", name, what, why->text);
}

void reasons_add(struct reasons *reasons, const struct function *f, const struct function_use *use)
{
	for (size_t i = 0; i < reasons->item_count; i++) {
		enum item_name name = reasons->items[i];
		const struct item *item = &f->items[name];

		if (item->state == ITEM_UNREAD)
			say(reasons, f, item_infos[name].name, &item->why);
		if (item->state == ITEM_UNKNOWN && !reasons->unknown[name]++)
			reasons->first[name] = f;
	}
	if (f->state == STATE_UNKNOWN)
		say(reasons, f, "state", &f->slot_problem);
	say(reasons, f, "driver_override", &f->override_problem);
	say(reasons, f, "devices", &f->surroundings.problem);
	say(reasons, f, "use", &use->problem);
}

void reasons_end(const struct reasons *reasons)
{
	char name[HOST_NAME_SIZE];

	for (int i = 0; i < ITEMS; i++) {
		if (!reasons->unknown[i])
			continue;
		host_name(reasons->first[i], name);
		if (reasons->unknown[i] > 1)
			tool_error("%s of %s and %zu more: this kernel does not show it",
				   item_infos[i].name, name, reasons->unknown[i] - 1);
		else
			tool_error("%s of %s: this kernel does not show it", item_infos[i].name,
				   name);
	}
	if (reasons->count > REASONS_MAX)
		tool_error("%zu more could not be read", reasons->count - REASONS_MAX);
}
