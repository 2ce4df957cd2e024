/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result.h - what checks have found. */
#ifndef ZPCI_TOOL_HOST_CHECK_RESULT_H
#define ZPCI_TOOL_HOST_CHECK_RESULT_H

#include <stdbool.h>
#include <stddef.h>

enum check_status {
	CHECK_OK,
	CHECK_NOTE,    /* good to know, and nothing has to be done */
	CHECK_WARNING, /* the function works in the guest, but something will surprise */
	CHECK_FAIL,    /* the guest does not start with it, or this Linux loses something */
	CHECK_UNKNOWN, /* not looked at, and why; it is no success */
	CHECK_STATUSES
};

/* "ok", "note", "warning", "fail", "unknown" */
extern const char *const check_status_names[CHECK_STATUSES];

struct check_result {
	const char *id; /* of the check, zpci-host-check(1); the same in all versions */
	enum check_status status;
	char message[640];
	char fix[640]; /* a command that mends it; "" = none */
};

/* One check can give several results: a function can have several uses. */
struct check_report {
	struct check_result *results;
	size_t count;
	bool failed; /* no storage for one of them */
};

void check_add(struct check_report *report, const char *id, enum check_status status,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The command for the result that was added last. */
void check_fix(struct check_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void check_report_free(struct check_report *report);

size_t check_count(const struct check_report *report, enum check_status status);

#endif
