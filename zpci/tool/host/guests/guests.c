// SPDX-License-Identifier: GPL-2.0-or-later
/* guests.c - what is known of guests, wherever it comes from; see guests.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_list.h"
#include "guests.h"

/* A guest has some 30 slots. The limit keeps hostile XML from taking all memory and time. */
#define FUNCTIONS_MAX 4096

/* --- filling --------------------------------------------------------------------------------- */

struct guest *guests_add(struct guests *guests, const char *name)
{
	struct guest *longer, *guest;

	for (size_t i = 0; i < guests->count; i++)
		if (!strcmp(guests->guests[i].name, name))
			return &guests->guests[i];
	longer = realloc(guests->guests, (guests->count + 1) * sizeof(*longer));
	if (!longer)
		return NULL;
	guests->guests = longer;
	guest = &longer[guests->count];
	*guest = (struct guest){ .name = strdup(name) };
	if (!guest->name)
		return NULL;
	guests->count++;
	return guest;
}

void guest_function_clear(struct guest_function *function)
{
	free(function->element);
	free(function->alias);
	free(function->driver);
	*function = (struct guest_function){ 0 };
}

/* Is it one function, in the running guest and in the definition? Aliases and drivers that a person
 * did not choose are only there while the guest runs. */
static bool is_same(const struct guest_function *a, const struct guest_function *b)
{
	if (a->where & b->where || strcmp(a->element, b->element) ||
	    a->has_source != b->has_source || strcmp(a->address, b->address))
		return false;
	return a->managed == b->managed && a->has_uid == b->has_uid && a->uid == b->uid &&
	       a->has_fid == b->has_fid && a->fid == b->fid;
}

static void take_text(char **to, char **from)
{
	if (*to)
		return;
	*to = *from;
	*from = NULL;
}

static bool merge(struct guest *guest, struct guest_function *function)
{
	for (size_t i = 0; i < guest->count; i++) {
		struct guest_function *known = &guest->functions[i];

		if (!is_same(known, function))
			continue;
		known->where |= function->where;
		take_text(&known->alias, &function->alias);
		take_text(&known->driver, &function->driver);
		guest_function_clear(function);
		return true;
	}
	return false;
}

int guest_add_function(struct guest *guest, struct guest_function *function,
		       struct problem *problem)
{
	struct guest_function *longer;

	if (merge(guest, function))
		return 0;
	if (guest->count == FUNCTIONS_MAX)
		return problem_set(problem, "guest %.64s has more than %d PCI devices", guest->name,
				   FUNCTIONS_MAX);
	longer = realloc(guest->functions, (guest->count + 1) * sizeof(*longer));
	if (!longer)
		return problem_set(problem, "out of memory");
	guest->functions = longer;
	longer[guest->count++] = *function;
	*function = (struct guest_function){ 0 };
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct guest *a = left, *b = right;

	return strcmp(a->name, b->name);
}

void guests_sort(struct guests *guests)
{
	if (guests->count)
		qsort(guests->guests, guests->count, sizeof(*guests->guests), compare);
}

void guests_free(struct guests *guests)
{
	for (size_t i = 0; i < guests->count; i++) {
		struct guest *guest = &guests->guests[i];

		for (size_t n = 0; n < guest->count; n++)
			guest_function_clear(&guest->functions[n]);
		free(guest->functions);
		free(guest->name);
		free(guest->uuid);
	}
	free(guests->guests);
	*guests = (struct guests){ 0 };
}

/* --- looking --------------------------------------------------------------------------------- */

const struct guest *guests_find(const struct guests *guests, const char *name)
{
	for (size_t i = 0; i < guests->count; i++)
		if (!strcmp(guests->guests[i].name, name))
			return &guests->guests[i];
	for (size_t i = 0; i < guests->count; i++)
		if (guests->guests[i].uuid && !strcmp(guests->guests[i].uuid, name))
			return &guests->guests[i];
	return NULL;
}

const struct guest_function *guest_find_source(const struct guest *guest, unsigned int where,
					       const struct pci_address *source)
{
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];

		if (function->where & where && function->has_source &&
		    pci_address_same(&function->source, source))
			return function;
	}
	return NULL;
}

const struct guest_function *guest_find_uid(const struct guest *guest, unsigned int where,
					    uint32_t uid)
{
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];

		if (function->where & where && function->has_uid && function->uid == uid)
			return function;
	}
	return NULL;
}

const struct guest_function *guest_find_fid(const struct guest *guest, unsigned int where,
					    uint32_t fid)
{
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];

		if (function->where & where && function->has_fid && function->fid == fid)
			return function;
	}
	return NULL;
}

const struct guest *guests_find_user(const struct guests *guests, const struct pci_address *source,
				     const struct guest *except, size_t from, size_t *index)
{
	for (size_t i = from; i < guests->count; i++) {
		const struct guest *guest = &guests->guests[i];

		if (guest == except || !guest_find_source(guest, GUEST_LIVE | GUEST_CONFIG, source))
			continue;
		*index = i;
		return guest;
	}
	return NULL;
}

/* --- words ----------------------------------------------------------------------------------- */

void guest_put_name(FILE *to, const char *name)
{
	for (; *name; name++)
		fputc((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name, to);
}

void guest_function_label(const struct guest_function *function, char text[GUEST_LABEL])
{
	const char *name = function->alias ? function->alias : function->element;

	if (function->has_source)
		snprintf(text, GUEST_LABEL, "%.48s (%s)", name, function->address);
	else if (function->alias)
		snprintf(text, GUEST_LABEL, "%.40s (%.40s)", name, function->element);
	else
		snprintf(text, GUEST_LABEL, "%.80s", name);
}

const char *guest_where_name(unsigned int where)
{
	switch (where) {
	case GUEST_LIVE:
		return "live";
	case GUEST_CONFIG:
		return "definition";
	default:
		return "live and definition";
	}
}
