// SPDX-License-Identifier: GPL-2.0-or-later
/* `zpci host check': zpci-host-check(1). */
#include <stdio.h>

#include "collect.h"
#include "report.h"
#include "zpci/tool/host/function_name.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* libvirt is asked if it can be; without --guest the answer is still worth much without it. */
static int read_guests(struct guests *guests, const struct host_options *options,
		       struct problem *why)
{
	if (options->no_libvirt)
		return problem_set(why, "--no-libvirt was given");
	return guests_read(guests, options->connect, why);
}

static int use_guests(struct check_facts *facts, const struct guests *guests,
		      const struct host_options *options)
{
	facts->guests = guests;
	if (!options->guest)
		return 0;
	facts->guest = guests_find(guests, options->guest);
	if (facts->guest) {
		if (facts->guest->running)
			facts->where |= GUEST_LIVE;
		return 0;
	}
	tool_error("no guest %s; `zpci host guests' and `virsh list --all' list them",
		   options->guest);
	return HOST_EXIT_NOT_FOUND;
}

static int add_guests(struct check_facts *facts, struct guests *guests,
		      const struct host_options *options, struct problem *why)
{
	facts->guest_uid = options->guest_uid;
	facts->guest_fid = options->guest_fid;
	if (!read_guests(guests, options, why))
		return use_guests(facts, guests, options);
	if (options->guest) {
		tool_error("--guest %s: %s", options->guest, why->text);
		return HOST_EXIT_SYSTEM;
	}
	facts->guests_why = why->text;
	return 0;
}

static int print(const struct check_report *report, const struct check_facts *facts, bool json)
{
	int rc;

	if (json)
		check_report_json(stdout, report, facts);
	else
		check_report_text(stdout, report, facts);
	rc = host_flush("the report");
	if (rc)
		return rc;
	return check_count(report, CHECK_FAIL) ? HOST_EXIT_REFUSED : 0;
}

static int check(const struct check_facts *facts, bool json)
{
	struct check_report report;
	int rc;

	if (host_check(&report, facts)) {
		tool_error("out of memory");
		rc = HOST_EXIT_SYSTEM;
	} else {
		rc = print(&report, facts, json);
	}
	check_report_free(&report);
	return rc;
}

static int check_function(const struct inventory *inventory, const struct function *function,
			  const struct tool_options *options)
{
	struct check_facts_storage storage;
	struct guests guests = { 0 };
	struct check_facts facts;
	struct problem why;
	int rc;

	check_facts_collect(&facts, &storage, inventory, function);
	host_facts_read_configuration(&storage.host, "");
	rc = add_guests(&facts, &guests, &options->host, &why);
	if (!rc)
		rc = check(&facts, options->json);
	guests_free(&guests);
	check_facts_free(&storage);
	return rc;
}

int tool_host_check(const struct tool_options *options)
{
	const struct function *function;
	struct inventory inventory;
	int rc = host_read_inventory(&inventory, options);

	if (!rc)
		rc = host_find_function(&inventory, options->arguments[0], &function);
	if (!rc)
		rc = check_function(&inventory, function, options);
	inventory_free(&inventory);
	return rc;
}
