// SPDX-License-Identifier: GPL-2.0-or-later
/* refusal.c - see refusal.h */
#include "refusal.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"

size_t check_refuse(const struct check_report *report, const struct function *f)
{
	char label[HOST_LABEL_SIZE];
	size_t i, count = 0;

	host_label(f, label);
	for (i = 0; i < report->count; i++) {
		const struct check_result *result = &report->results[i];

		if (result->status != CHECK_FAIL)
			continue;
		tool_error("%s: %s%s%s", label, result->message, *result->fix ? "; " : "",
			   result->fix);
		count++;
	}
	return count;
}
