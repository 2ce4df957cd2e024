// SPDX-License-Identifier: GPL-2.0-or-later
/* answer.c - see answer.h */
#include <stdlib.h>
#include <string.h>

#include "answer.h"

bool ctl_field_next(char **rest, struct ctl_field *field)
{
	char *at = *rest + strspn(*rest, " ");
	size_t key = strcspn(at, "= ");
	char *value = at[key] == '=' ? at + key + 1 : at;
	size_t length = strcspn(value, " ");

	if (!*at)
		return false;
	*field = (struct ctl_field){ .value = value };
	if (value != at) {
		at[key] = '\0';
		field->key = at;
		if (!strcmp(at, "state"))
			length = strlen(value);
	}
	*rest = value + length + (value[length] == ' ');
	value[length] = '\0';
	return true;
}

void ctl_field_json(struct json *json, const struct ctl_field *field)
{
	size_t digits = strspn(field->value, "0123456789");

	if (!strcmp(field->key, "vf") && digits && digits <= 9 && !field->value[digits])
		json_number(json, field->key, strtoul(field->value, NULL, 10));
	else
		json_string(json, field->key, field->value);
}
