// SPDX-License-Identifier: GPL-2.0-or-later
/* refusal.c - see refusal.h */
#include "refusal.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"

size_t check_refuse(const struct check_report *report, const struct function *f)
{
	char name[HOST_NAME_SIZE];
	size_t i, count = 0;

	host_name(f, name);
	for (i = 0; i < report->count; i++) {
		const struct check_result *result = &report->results[i];

		if (result->status != CHECK_FAIL)
			continue;
		tool_error("%s (%s): %s%s%s", name, f->has_address ? f->address : "no address",
			   result->message, *result->fix ? "; " : "", result->fix);
		count++;
	}
	return count;
}
