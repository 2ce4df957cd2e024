/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - what a session found, as text and as JSON. */
#ifndef INSPECT_SESSION_REPORT_H
#define INSPECT_SESSION_REPORT_H

#include <stdio.h>

#include "session.h"
#include "zpci/util/json.h"

/* text.c */
void session_report(FILE *out, const struct session *s);

/* json.c: one object in the array that is open */
void session_report_json(struct json *j, const struct session *s);

#endif
