// SPDX-License-Identifier: GPL-2.0-or-later
/* check.c - see check.h */
#include "check.h"
#include "checks.h"

/* In the order of a report. */
static const struct {
	void (*run)(struct check_report *report, const struct check_facts *facts);
	bool at_start; /* what libvirt does not look at itself when it starts a guest */
} checks[] = {
	{ check_address, true },       { check_slot, true },
	{ check_uid_checking, false }, { check_type, true },
	{ check_group, true },	       { check_driver, false },
	{ check_vfio, true },	       { check_in_use, true },
	{ check_guest_ref, false },    { check_guest_ids, false },
	{ check_id_map, false },       { check_managed, false },
	{ check_memlock, false },      { check_command_memory, false },
	{ check_kvm, false },
};

static int run(struct check_report *report, const struct check_facts *facts, bool at_start)
{
	size_t i;

	*report = (struct check_report){ 0 };
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (!at_start || checks[i].at_start)
			checks[i].run(report, facts);
	}
	return report->failed ? -1 : 0;
}

int host_check(struct check_report *report, const struct check_facts *facts)
{
	return run(report, facts, false);
}

int host_check_start(struct check_report *report, const struct check_facts *facts)
{
	return run(report, facts, true);
}
