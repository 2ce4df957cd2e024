// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host detach`: takes a function of this host from a guest; zpci-host-attach(1).
 *
 * The running guest comes first: it may refuse, or never answer, and then its definition must be
 * as it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handover.h"
#include "handover_undo.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/reserve/rule.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* --- which guest, and where ------------------------------------------------------------------ */

/* The only guest that has the function. */
static int find_user(const struct handover *handover, const char **name)
{
	const struct guest *guest, *other;
	size_t index;

	guest = guests_find_user(&handover->guests, &handover->source, NULL, 0, &index);
	if (!guest) {
		tool_error("no guest has %s; `zpci host guests' shows all", handover->name);
		return HOST_EXIT_NOT_FOUND;
	}
	other = guests_find_user(&handover->guests, &handover->source, NULL, index + 1, &index);
	if (other) {
		tool_error("%s is in several guests, %s and %s among them; name one",
			   handover->name, guest->name, other->name);
		return TOOL_EXIT_FAILURE;
	}
	*name = guest->name;
	return 0;
}

static int choose_where(const struct handover *handover, unsigned int *where)
{
	const struct host_options *options = &handover->options->host;
	unsigned int had = (handover->before[HANDOVER_LIVE] ? GUEST_LIVE : 0) |
			   (handover->before[HANDOVER_CONFIG] ? GUEST_CONFIG : 0);

	*where = (options->live ? GUEST_LIVE : 0) | (options->config ? GUEST_CONFIG : 0);
	if (!*where)
		*where = had;
	if (!had)
		tool_error("guest %s does not have %s; `zpci host guests' shows who has",
			   handover->guest->name, handover->name);
	else if (*where & ~had)
		tool_error("guest %s has %s only in one place: %s", handover->guest->name,
			   handover->name, guest_where_name(had));
	else
		return 0;
	return HOST_EXIT_NOT_FOUND;
}

/* --- the driver ------------------------------------------------------------------------------ */

/* Is it to be vfio-pci, whoever said so? */
static bool is_overridden(const struct handover *handover)
{
	char path[SYSFS_PATH_SIZE], text[FUNCTION_NAME_SIZE];

	sysfs_device_path(path, handover->address, "driver_override");
	return !sysfs_read_text(path, text, sizeof(text), NULL) && !strcmp(text, "vfio-pci");
}

/* By `zpci host reserve`, whose rule would undo what libvirt does. */
static bool is_reserved(const struct handover *handover, uint32_t *fid)
{
	const struct function *f = handover->function;
	enum host_rule rule;
	struct problem problem;

	if (handover->options->host.sysfs || !function_has(f, ITEM_FID))
		return false;
	*fid = (uint32_t)f->items[ITEM_FID].value;
	return !host_rule_look(HOST_RULE_FOLDER, *fid, &rule, &problem) && rule == HOST_RULE_OURS;
}

static void report_kept(const struct handover *handover)
{
	char node[HOST_NODE_SIZE];
	uint32_t fid;

	if (is_reserved(handover, &fid)) {
		printf("%s stays with vfio-pci, as it is reserved for guests; zpci host unreserve "
		       "0x%08" PRIx32 " ends that\n",
		       handover->name, fid);
		return;
	}
	host_node_name(&handover->source, node);
	printf("%s stays with vfio-pci, as before the guest had it; virsh nodedev-reattach %s "
	       "gives it to its driver\n",
	       handover->name, node);
}

/* What the host has made of the function after a guest gave it back. */
static int report_driver(const struct handover *handover)
{
	char driver[FUNCTION_NAME_SIZE], node[HOST_NODE_SIZE];

	if (!handover->function)
		return 0;
	handover_read_driver(handover, driver);
	if (!*driver) {
		printf("%s has no driver on this host now\n", handover->name);
		return 0;
	}
	if (strcmp(driver, "vfio-pci")) {
		printf("%s is with its driver %s again\n", handover->name, driver);
		return 0;
	}
	if (is_overridden(handover)) {
		report_kept(handover);
		return 0;
	}
	host_node_name(&handover->source, node);
	tool_error("%s: libvirt did not give it back to its driver; use virsh nodedev-reattach %s",
		   handover->name, node);
	return HOST_EXIT_SYSTEM;
}

/* --- steps ----------------------------------------------------------------------------------- */

static int take_step(struct handover *handover, enum handover_place place, struct problem *problem)
{
	if (handover_detach(handover, place, handover->before[place], problem))
		return -1;
	return place == HANDOVER_LIVE ? handover_wait_removed(handover, problem) : 0;
}

/* A request to the guest cannot be taken back, so it is said. libvirt makes none if it refuses. */
static int fail_live(const struct handover *handover, const struct problem *problem)
{
	tool_error("%s is not taken from guest %s: %s; %sits definition is as before",
		   handover->name, handover->guest->name, problem->text,
		   handover->changed[HANDOVER_LIVE]
			   ? "the guest was asked and may still give it back, "
			   : "");
	return HOST_EXIT_SYSTEM;
}

static int fail_config(struct handover *handover, const struct problem *problem)
{
	tool_error("%s is not taken from the definition of guest %s: %s", handover->name,
		   handover->guest->name, problem->text);
	if (handover_undo(handover))
		tool_error("guest %s and %s are as before", handover->guest->name, handover->name);
	return HOST_EXIT_SYSTEM;
}

static int detach(struct handover *handover, unsigned int where)
{
	struct problem problem;

	waiting_guard();
	if (where & GUEST_LIVE && take_step(handover, HANDOVER_LIVE, &problem))
		return fail_live(handover, &problem);
	if (where & GUEST_CONFIG && take_step(handover, HANDOVER_CONFIG, &problem))
		return fail_config(handover, &problem);
	printf("%s is taken from guest %s: %s\n", handover->label, handover->guest->name,
	       guest_where_name(where));
	return where & GUEST_LIVE ? report_driver(handover) : 0;
}

static int print_steps(const struct handover *handover, unsigned int where)
{
	for (int place = 0; place < HANDOVER_PLACES; place++)
		if (where & HANDOVER_WHERE(place))
			printf("%s\nvirDomainDetachDeviceFlags %s %s\n", handover->before[place],
			       handover->guest->name,
			       place == HANDOVER_LIVE ? "VIR_DOMAIN_AFFECT_LIVE"
						      : "VIR_DOMAIN_AFFECT_CONFIG");
	return 0;
}

/* --- the subcommand -------------------------------------------------------------------------- */

static int check_and_detach(struct handover *handover)
{
	const char *name = handover->options->arguments[1];
	unsigned int where;
	int status = name ? 0 : find_user(handover, &name);

	if (!status)
		status = handover_set_guest(handover, name);
	if (!status)
		status = choose_where(handover, &where);
	if (status)
		return status;
	return handover->options->host.dry_run ? print_steps(handover, where)
					       : detach(handover, where);
}

int tool_host_detach(const struct tool_options *options)
{
	struct handover handover;
	int status = handover_open(&handover, options);

	if (!status)
		status = handover_set_function(&handover, options->arguments[0], true);
	if (!status)
		status = check_and_detach(&handover);
	if (!status)
		status = host_flush("the result");
	handover_close(&handover);
	return status;
}
