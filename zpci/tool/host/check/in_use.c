// SPDX-License-Identifier: GPL-2.0-or-later
/* in_use.c - the check of what this Linux does with the function. */
#include "checks.h"
#include "zpci/tool/host/remedy.h"

#define ID "in-use"

static void add_use(struct check_report *report, const struct use *use)
{
	char text[USE_TEXT_SIZE], command[HOST_REMEDY_SIZE];

	use_text(use, text);
	check_add(report, ID, CHECK_FAIL, "%s", text);
	if (host_remedy(use, command))
		check_fix(report, "%s", command);
}

/* The kernel counts users of these, and does not show them in sysfs. */
static void add_invisible(struct check_report *report, const struct function *f)
{
	if (function_has(f, ITEM_PFT) && f->items[ITEM_PFT].value == 5 && *f->driver)
		check_add(
			report, ID, CHECK_UNKNOWN,
			"an ISM function: sysfs does not show whether SMC-D has connections on it; "
			"see `smcd linkgroup' of smc-tools");
	if (f->surroundings.infiniband.count)
		check_add(
			report, ID, CHECK_UNKNOWN,
			"%s: sysfs does not show who uses it for RDMA or SMC-R; see `rdma resource "
			"show qp' and `smcr linkgroup'",
			f->surroundings.infiniband.items[0]);
}

void check_in_use(struct check_report *report, const struct check_facts *facts)
{
	const struct function_use *use = facts->use;
	const struct function *f = facts->function;
	size_t i, before = report->count;

	for (i = 0; i < use->count; i++)
		add_use(report, &use->uses[i]);
	if (use->more)
		check_add(report, ID, CHECK_FAIL, "and it has more uses than these");
	if (*use->problem.text)
		check_add(report, ID, CHECK_UNKNOWN, "%s", use->problem.text);
	if (*f->surroundings.problem.text)
		check_add(report, ID, CHECK_UNKNOWN, "%s", f->surroundings.problem.text);
	add_invisible(report, f);
	if (report->count == before)
		check_add(report, ID, CHECK_OK, "this Linux does not use it");
}
