// SPDX-License-Identifier: GPL-2.0-or-later
/* result.c - see result.h */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "result.h"

const char *const check_status_names[CHECK_STATUSES] = {
	[CHECK_OK] = "ok",     [CHECK_NOTE] = "note",	    [CHECK_WARNING] = "warning",
	[CHECK_FAIL] = "fail", [CHECK_UNKNOWN] = "unknown",
};

/* A name can have control characters, which would change the terminal or fake a line. */
static void print(char *to, size_t size, const char *format, va_list args)
{
	vsnprintf(to, size, format, args);
	for (; *to; to++) {
		if ((unsigned char)*to < ' ' || *to == 0x7f)
			*to = '?';
	}
}

void check_add(struct check_report *report, const char *id, enum check_status status,
	       const char *format, ...)
{
	struct check_result *result =
		realloc(report->results, (report->count + 1) * sizeof(*result));
	va_list args;

	if (!result) {
		report->failed = true;
		return;
	}
	report->results = result;
	result += report->count++;
	result->id = id;
	result->status = status;
	result->fix[0] = '\0';
	va_start(args, format);
	print(result->message, sizeof(result->message), format, args);
	va_end(args);
}

void check_fix(struct check_report *report, const char *format, ...)
{
	struct check_result *result;
	va_list args;

	if (report->failed || !report->count)
		return;
	result = &report->results[report->count - 1];
	va_start(args, format);
	print(result->fix, sizeof(result->fix), format, args);
	va_end(args);
}

void check_report_free(struct check_report *report)
{
	free(report->results);
	*report = (struct check_report){ 0 };
}

size_t check_count(const struct check_report *report, enum check_status status)
{
	size_t i, count = 0;

	for (i = 0; i < report->count; i++)
		count += report->results[i].status == status;
	return count;
}
