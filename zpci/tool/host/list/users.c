// SPDX-License-Identifier: GPL-2.0-or-later
/* users.c - see users.h */
#define _GNU_SOURCE 1

#include <stdio.h>
#include <string.h>

#include "users.h"

void users_read(struct users *users, const struct tool_options *options)
{
	const struct host_options *host = &options->host;

	*users = (struct users){ 0 };
	if (!host->no_libvirt && (host->connect || sysfs_is_own()))
		users->read = !guests_read(&users->guests, host->connect, &users->problem);
}

void users_free(struct users *users)
{
	guests_free(&users->guests);
	*users = (struct users){ 0 };
}

/* Where @guest has @f: GUEST_LIVE and GUEST_CONFIG, 0: nowhere. */
static unsigned int where_of(const struct guest *guest, const struct function *f)
{
	unsigned int where = 0;

	if (!f->has_address)
		return 0;
	if (guest_find_source(guest, GUEST_LIVE, &f->pci))
		where |= GUEST_LIVE;
	if (guest_find_source(guest, GUEST_CONFIG, &f->pci))
		where |= GUEST_CONFIG;
	return where;
}

char *users_text(const struct users *users, const struct function *f)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!users->read)
		return strdup("?");
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < users->guests.count; i++) {
		const struct guest *guest = &users->guests.guests[i];
		unsigned int where = where_of(guest, f);

		if (where)
			fprintf(out, "%s%s (%s)", ftell(out) > 0 ? ", " : "", guest->name,
				guest_where_name(where));
	}
	if (ftell(out) == 0)
		fputs("-", out);
	fclose(out);
	return text;
}

void users_json(struct json *j, const struct users *users, const struct function *f)
{
	if (!users->read) {
		json_null(j, "guests");
		return;
	}
	json_open_array(j, "guests");
	for (size_t i = 0; i < users->guests.count; i++) {
		const struct guest *guest = &users->guests.guests[i];
		unsigned int where = where_of(guest, f);

		if (!where)
			continue;
		json_open_object(j, NULL);
		json_string(j, "name", guest->name);
		json_string(j, "uuid", guest->uuid);
		json_bool(j, "live", where & GUEST_LIVE);
		json_bool(j, "definition", where & GUEST_CONFIG);
		json_close_object(j);
	}
	json_close_array(j);
}
