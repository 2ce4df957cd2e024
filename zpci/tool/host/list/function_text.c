// SPDX-License-Identifier: GPL-2.0-or-later
/* function_text.c - see function_text.h */
#define _GNU_SOURCE 1

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "function_text.h"

static __attribute__((format(printf, 1, 2))) char *text_of(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	return text;
}

char *host_kind_text(const struct function *f)
{
	char num[ITEM_TEXT_SIZE], total[ITEM_TEXT_SIZE];

	switch (f->kind) {
	case KIND_PF:
		item_text(&f->items[ITEM_NUM_VFS], ITEM_NUM_VFS, num);
		item_text(&f->items[ITEM_TOTAL_VFS], ITEM_TOTAL_VFS, total);
		return text_of("PF (%s/%s VFs)", num, total);
	case KIND_VF_LINKED:
		return text_of("VF linked (%s)", f->physfn);
	case KIND_UNKNOWN:
		/* Of a function in standby the kernel alone does not know it. */
		return text_of(f->has_device || f->listed ? "?" : "-");
	default:
		return text_of("%s", kind_names[f->kind]);
	}
}

char *host_override_text(const struct function *f)
{
	if (f->override_problem.text[0])
		return text_of("?");
	return text_of("%s", f->driver_override[0] ? f->driver_override : "-");
}

/* --- lists ----------------------------------------------------------------------------------- */

static void put_names(FILE *out, const struct names *names, const char *separator)
{
	for (size_t i = 0; i < names->count; i++)
		fprintf(out, "%s%s", ftell(out) > 0 ? separator : "", names->items[i]);
	if (names->more)
		fprintf(out, "%s...", separator);
}

char *host_names_text(const struct names *names, const char *separator)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_names(out, names, separator);
	if (!names->count)
		fputs(names->more ? "?" : "-", out);
	fclose(out);
	return text;
}

char *host_devices_text(const struct function *f)
{
	const struct surroundings *s = &f->surroundings;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_names(out, &s->net, ",");
	put_names(out, &s->block, ",");
	put_names(out, &s->infiniband, ",");
	if (ftell(out) == 0)
		fputs(s->problem.text[0] ? "?" : "-", out);
	fclose(out);
	return text;
}

char *host_use_text(const struct function_use *use)
{
	char *text = NULL, line[USE_TEXT_SIZE];
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < use->count; i++) {
		use_text(&use->uses[i], line);
		fprintf(out, "%s%s", i ? ", " : "", line);
	}
	if (use->more)
		fputs(", ...", out);
	else if (!use->count)
		fputs(use->problem.text[0] ? "?" : "-", out);
	fclose(out);
	return text;
}
