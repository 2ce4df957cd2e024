/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - what an answer of the control channel has: words, and fields KEY=VALUE.
 */
#ifndef ZPCI_TOOL_CTL_ANSWER_H
#define ZPCI_TOOL_CTL_ANSWER_H

#include <stdbool.h>

#include "zpci/util/json.h"

struct ctl_field {
	const char *key; /* NULL: a word */
	const char *value;
};

/* Cuts the next one from *@rest, which then points behind it. The state takes all that follows, as
 * it can have several words. False: there is none. */
bool ctl_field_next(char **rest, struct ctl_field *field);

/* The number of a VF is a number, all else a string. */
void ctl_field_json(struct json *json, const struct ctl_field *field);

#endif
