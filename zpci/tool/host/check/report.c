// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - see report.h */
#include <inttypes.h>

#include "report.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/list/function_json.h"
#include "zpci/util/json.h"

/* Where a failure is on the line can be seen from afar. */
static const char *const marks[CHECK_STATUSES] = {
	[CHECK_OK] = "ok",     [CHECK_NOTE] = "note", [CHECK_WARNING] = "warning",
	[CHECK_FAIL] = "FAIL", [CHECK_UNKNOWN] = "?",
};

/* --- text ------------------------------------------------------------------------------------ */

static void put_title(FILE *to, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *items = f->items;

	if (function_has(f, ITEM_FID))
		fprintf(to, "0x%08" PRIx64, items[ITEM_FID].value);
	else
		fprintf(to, "?");
	fprintf(to, " (");
	if (function_has(f, ITEM_UID))
		fprintf(to, "uid 0x%04" PRIx64 ", ", items[ITEM_UID].value);
	if (f->has_address)
		fprintf(to, "%s, ", f->address);
	if (function_has(f, ITEM_VFN) && items[ITEM_VFN].value)
		fprintf(to, "VFN %" PRIu64 ", ", items[ITEM_VFN].value);
	fprintf(to, "%s)", f->state == STATE_STANDBY ? state_names[f->state] : kind_names[f->kind]);
	if (facts->guest) {
		fputs(" -> ", to);
		guest_put_name(to, facts->guest->name);
	}
	fputc('\n', to);
}

static void put_conclusion(FILE *to, const struct check_report *report, const char *guest)
{
	size_t problems = check_count(report, CHECK_FAIL);

	if (problems) {
		fprintf(to, "%zu problem%s\n", problems, problems == 1 ? "" : "s");
		return;
	}
	fputs("can be given to ", to);
	guest_put_name(to, guest ? guest : "a guest");
	fprintf(to, "%s\n",
		check_count(report, CHECK_UNKNOWN) ? ", as far as could be looked at" : "");
}

void check_report_text(FILE *to, const struct check_report *report, const struct check_facts *facts)
{
	size_t i;

	put_title(to, facts);
	for (i = 0; i < report->count; i++) {
		const struct check_result *result = &report->results[i];

		fprintf(to, " %-7s %-14s %s%s%s%s\n", marks[result->status], result->id,
			result->status == CHECK_UNKNOWN ? "not looked at: " : "", result->message,
			*result->fix ? " -> " : "", result->fix);
	}
	put_conclusion(to, report, facts->guest ? facts->guest->name : NULL);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_function(struct json *json, const struct function *f)
{
	json_open_object(json, "function");
	host_id_json(json, f, ITEM_FID);
	host_id_json(json, f, ITEM_UID);
	json_string(json, "address", f->has_address ? f->address : NULL);
	json_close_object(json);
}

static void put_result(struct json *json, const struct check_result *result)
{
	json_open_object(json, NULL);
	json_string(json, "id", result->id);
	json_string(json, "status", check_status_names[result->status]);
	json_string(json, "message", result->message);
	json_string(json, "fix", *result->fix ? result->fix : NULL);
	json_close_object(json);
}

void check_report_json(FILE *to, const struct check_report *report, const struct check_facts *facts)
{
	struct json json = { .out = to };
	size_t i;

	json_open_object(&json, NULL);
	json_string(&json, "schema", HOST_SCHEMA);
	put_function(&json, facts->function);
	json_string(&json, "guest", facts->guest ? facts->guest->name : NULL);
	json_number(&json, "problems", check_count(report, CHECK_FAIL));
	json_open_array(&json, "checks");
	for (i = 0; i < report->count; i++)
		put_result(&json, &report->results[i]);
	json_close_array(&json);
	json_close_object(&json);
	fputc('\n', to);
}
