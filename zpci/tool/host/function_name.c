// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * function_name.c - see function_name.h
 *
 * A name is compared in each way that it can be meant, as a network device may be called 501 or
 * 0x501. If the ways lead to different functions, the user has to say more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "function_name.h"
#include "host.h"
#include "zpci/tool/message.h"
#include "zpci/util/id.h"

#define LISTED_MAX 8 /* a message names so many functions */

/* What @text could mean. */
struct meaning {
	const char *text;
	bool is_fid;
	bool is_uid;
	bool is_number; /* without 0x: a FID, unless it is the UID of another function */
	bool is_address;
	uint32_t number;
	struct pci_address address;
};

/* --- what a name can mean -------------------------------------------------------------------- */

/* pci_0200_00_00_0 is 0200:00:00.0. */
static bool parse_libvirt(const char *text, struct pci_address *address)
{
	char copy[PCI_ADDRESS_SIZE];
	size_t length = strlen(text);

	if (strncmp(text, "pci_", 4) || length - 4 >= sizeof(copy) || length < 4 + 12)
		return false;
	memcpy(copy, text + 4, length - 4 + 1);
	length -= 4;
	if (copy[length - 2] != '_' || copy[length - 5] != '_' || copy[length - 8] != '_')
		return false;
	copy[length - 2] = '.';
	copy[length - 5] = copy[length - 8] = ':';
	return pci_address_parse(copy, address);
}

static void parse(struct meaning *m, const char *text)
{
	*m = (struct meaning){ .text = text };
	if (!strncmp(text, "uid:", 4)) {
		m->is_uid = zpci_id_read(text + 4, UINT32_MAX, &m->number);
	} else if (!strncmp(text, "fid:", 4)) {
		m->is_fid = zpci_id_read(text + 4, UINT32_MAX, &m->number);
	} else if (zpci_id_read(text, UINT32_MAX, &m->number)) {
		m->is_fid = true;
		m->is_number = strncmp(text, "0x", 2) && strlen(text) <= 4;
	} else {
		m->is_address =
			pci_address_parse(text, &m->address) || parse_libvirt(text, &m->address);
	}
}

static bool has_value(const struct function *f, enum item_name name, uint32_t value)
{
	return function_has(f, name) && f->items[name].value == value;
}

static bool has_device(const struct function *f, const char *name)
{
	const struct surroundings *s = &f->surroundings;

	return names_have(&s->net, name) || names_have(&s->block, name) ||
	       names_have(&s->infiniband, name);
}

static bool matches(const struct function *f, const struct meaning *m)
{
	if (m->is_fid && has_value(f, ITEM_FID, m->number))
		return true;
	if (m->is_uid && has_value(f, ITEM_UID, m->number))
		return true;
	if (m->is_address && f->has_address && pci_address_same(&f->pci, &m->address))
		return true;
	return has_device(f, m->text);
}

/* --- messages -------------------------------------------------------------------------------- */

/* Adds @f, the function number @at of @count, to a list of functions. */
static void put_candidate(FILE *out, const struct function *f, size_t at, size_t count)
{
	char label[HOST_LABEL_SIZE];

	host_label(f, label);
	fprintf(out, "%s%s", at ? at + 1 == count ? " and " : ", " : "", label);
	if (at + 1 == LISTED_MAX && count > LISTED_MAX)
		fprintf(out, " and %zu more", count - LISTED_MAX);
}

/* Prints a message about @text: @before, the functions of @list, @after. */
static void refuse(const char *text, const char *before, const struct function *const *list,
		   size_t count, const char *after)
{
	char *functions = NULL;
	size_t size, i;
	FILE *out = open_memstream(&functions, &size);

	for (i = 0; out && i < count && i < LISTED_MAX; i++)
		put_candidate(out, list[i], i, count);
	if (out)
		fclose(out);
	tool_error("`%s' %s %s; %s", text, before, functions ? functions : "several functions",
		   after);
	free(functions);
}

static int not_found(const struct inventory *inventory, const struct meaning *m,
		     const struct function *const *uids, size_t uid_count)
{
	const struct function *list[LISTED_MAX] = { NULL };
	size_t i;

	if (!inventory->count) {
		tool_error("no function `%s'; this Linux has no PCI functions", m->text);
		return HOST_EXIT_NOT_FOUND;
	}
	if (uid_count) {
		refuse(m->text, "is no FID, but the UID of", uids, uid_count,
		       "write uid: before a UID");
		return HOST_EXIT_NOT_FOUND;
	}
	for (i = 0; i < inventory->count && i < LISTED_MAX; i++)
		list[i] = &inventory->functions[i];
	refuse(m->text, "is no function; there are", list, inventory->count,
	       "`zpci host list' shows their names");
	return HOST_EXIT_NOT_FOUND;
}

/* --- the function ---------------------------------------------------------------------------- */

static bool is_other_uid(const struct function *f, const struct meaning *m)
{
	return m->is_number && has_value(f, ITEM_UID, m->number);
}

static int choose(const struct inventory *inventory, const struct meaning *m,
		  const struct function **list, const struct function **function)
{
	size_t count = 0, others = 0, i;

	for (i = 0; i < inventory->count; i++)
		if (matches(&inventory->functions[i], m))
			list[count++] = &inventory->functions[i];
	for (i = 0; i < inventory->count; i++)
		if (is_other_uid(&inventory->functions[i], m) &&
		    !matches(&inventory->functions[i], m))
			list[count + others++] = &inventory->functions[i];
	if (!count)
		return not_found(inventory, m, list, others);
	if (count + others > 1) {
		refuse(m->text, "can mean", list, count + others,
		       "name one by fid: and its FID, or by its address");
		return TOOL_EXIT_FAILURE;
	}
	*function = list[0];
	return 0;
}

int host_find_function(const struct inventory *inventory, const char *name,
		       const struct function **function)
{
	const struct function **list = calloc(inventory->count + 1, sizeof(*list));
	struct meaning meaning;
	int rc;

	*function = NULL;
	if (!list) {
		tool_error("out of memory");
		return HOST_EXIT_SYSTEM;
	}
	parse(&meaning, name);
	rc = choose(inventory, &meaning, list, function);
	free(list);
	return rc;
}
