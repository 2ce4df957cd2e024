// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host attach`: gives a function of this host to a guest; zpci-host-attach(1).
 *
 * All that can be known before is checked before: libvirt gives back no guest slot when it refuses
 * an ID, and has no facts of s390. The definition is changed first, since that is easy to undo. A
 * running guest must help to undo what it has got.
 */
#include <stdio.h>
#include <stdlib.h>

#include "zpci/tool/host/guests/guest_ids.h"
#include "handover.h"
#include "handover_undo.h"
#include "zpci/tool/host/host.h"
#include "hostdev.h"
#include "zpci/tool/host/check/collect.h"
#include "zpci/tool/host/check/refusal.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* The definition first, see above. */
static const enum handover_place order[] = { HANDOVER_CONFIG, HANDOVER_LIVE };

#define PLACES (sizeof(order) / sizeof(order[0]))

/* --- checks ---------------------------------------------------------------------------------- */

static int refuse(const struct problem *problem)
{
	tool_error("%s", problem->text);
	return HOST_EXIT_REFUSED;
}

/* `zpci host check` only warns of it, as both can be defined. */
static int check_others(const struct handover *handover)
{
	const struct guest_function *function;
	const struct guest *other;
	char word[HOST_WORD_SIZE];
	size_t index;

	other = guests_find_user(&handover->guests, &handover->source, handover->guest, 0, &index);
	if (!other)
		return 0;
	function = guest_find_source(other, GUEST_LIVE | GUEST_CONFIG, &handover->source);
	tool_error("%s is in guest %s (%s) already; detach it there first: zpci host detach %s %s",
		   handover->name, other->name, guest_where_name(function->where),
		   handover->address, host_word(word, other->name));
	return HOST_EXIT_REFUSED;
}

/* Where the guest gets the function: both where it can be, if no option says it. */
static int choose_where(const struct handover *handover, unsigned int *where)
{
	const struct host_options *options = &handover->options->host;
	const struct guest *guest = handover->guest;
	unsigned int had = (handover->before[HANDOVER_LIVE] ? GUEST_LIVE : 0) |
			   (handover->before[HANDOVER_CONFIG] ? GUEST_CONFIG : 0);

	*where = (options->live ? GUEST_LIVE : 0) | (options->config ? GUEST_CONFIG : 0);
	if (!*where)
		*where = ((guest->running ? GUEST_LIVE : 0) |
			  (guest->persistent ? GUEST_CONFIG : 0)) &
			 ~had;
	if (*where & GUEST_LIVE && !guest->running)
		tool_error("%s: guest %s does not run; start it, or use --config", handover->name,
			   guest->name);
	else if (*where & GUEST_CONFIG && !guest->persistent)
		tool_error("%s: guest %s has no definition, it is gone when it ends; use --live",
			   handover->name, guest->name);
	else if (!*where || *where & had)
		tool_error("guest %s has %s already: %s", guest->name, handover->name,
			   guest_where_name(had));
	else
		return 0;
	return HOST_EXIT_REFUSED;
}

/* Where the guest has the function in the other place, it gets the same IDs. */
static int choose_ids(const struct handover *handover, unsigned int where, struct guest_ids *ids)
{
	const struct host_options *options = &handover->options->host;
	const struct guest_function *other =
		guest_find_source(handover->guest, GUEST_LIVE | GUEST_CONFIG, &handover->source);
	const char *uid = options->guest_uid, *fid = options->guest_fid;
	char other_uid[16], other_fid[16];
	struct problem problem;

	if (other && other->has_uid && !uid) {
		snprintf(other_uid, sizeof(other_uid), "0x%x", other->uid);
		uid = other_uid;
	}
	if (other && other->has_fid && !fid) {
		snprintf(other_fid, sizeof(other_fid), "0x%x", other->fid);
		fid = other_fid;
	}
	return guest_ids_choose(ids, handover->guest, where, handover->function, uid, fid, &problem)
		       ? refuse(&problem)
		       : 0;
}

/* All that `zpci host check` looks at. A failure is refused, the rest is not said here. */
static int check_all(const struct handover *handover, unsigned int where)
{
	const struct tool_options *options = handover->options;
	struct check_facts_storage storage;
	struct check_report report;
	struct check_facts facts;
	int status = 0;

	check_facts_collect(&facts, &storage, &handover->inventory, handover->function);
	facts.guests = &handover->guests;
	facts.guest = handover->guest;
	facts.where = where;
	facts.guest_uid = options->host.guest_uid;
	facts.guest_fid = options->host.guest_fid;
	if (host_check(&report, &facts)) {
		tool_error("out of memory");
		status = HOST_EXIT_SYSTEM;
	} else if (check_refuse(&report, handover->function)) {
		status = HOST_EXIT_REFUSED;
	}
	check_report_free(&report);
	check_facts_free(&storage);
	return status;
}

/* --- steps ----------------------------------------------------------------------------------- */

static int undo(struct handover *handover, const struct problem *problem)
{
	tool_error("%s is not given to guest %s: %s", handover->name, handover->guest->name,
		   problem->text);
	if (handover_undo(handover))
		tool_error("guest %s and %s are as before", handover->guest->name, handover->name);
	return HOST_EXIT_SYSTEM;
}

static int take_step(struct handover *handover, enum handover_place place, const char *xml,
		     struct problem *problem)
{
	if (waiting_was_interrupted(&handover->waiting))
		return problem_set(problem, "interrupted");
	if (handover_attach(handover, place, xml, problem))
		return -1;
	return place == HANDOVER_LIVE ? handover_wait_added(handover, problem) : 0;
}

static int attach(struct handover *handover, unsigned int where, const struct guest_ids *ids,
		  const char *xml)
{
	struct problem problem;

	waiting_guard();
	for (size_t i = 0; i < PLACES; i++)
		if (where & HANDOVER_WHERE(order[i]) &&
		    take_step(handover, order[i], xml, &problem))
			return undo(handover, &problem);
	printf("%s is in guest %s as UID 0x%04x, FID 0x%08x: %s\n", handover->label,
	       handover->guest->name, ids->uid, ids->fid, guest_where_name(where));
	return 0;
}

static int print_steps(const struct handover *handover, unsigned int where, const char *xml)
{
	fputs(xml, stdout);
	for (size_t i = 0; i < PLACES; i++)
		if (where & HANDOVER_WHERE(order[i]))
			printf("virDomainAttachDeviceFlags %s %s\n", handover->guest->name,
			       order[i] == HANDOVER_LIVE ? "VIR_DOMAIN_AFFECT_LIVE"
							 : "VIR_DOMAIN_AFFECT_CONFIG");
	return 0;
}

/* --- the subcommand -------------------------------------------------------------------------- */

static int check_and_attach(struct handover *handover)
{
	char xml[HOSTDEV_SIZE];
	struct guest_ids ids;
	unsigned int where;
	int status;

	status = choose_where(handover, &where);
	if (!status)
		status = check_others(handover);
	if (!status)
		status = check_all(handover, where);
	if (!status)
		status = choose_ids(handover, where, &ids);
	if (status)
		return status;
	hostdev_print(xml, &handover->source, &ids);
	return handover->options->host.dry_run ? print_steps(handover, where, xml)
					       : attach(handover, where, &ids, xml);
}

int tool_host_attach(const struct tool_options *options)
{
	struct handover handover;
	int status = handover_open(&handover, options);

	if (!status)
		status = handover_set_function(&handover, options->arguments[0], false);
	if (!status)
		status = handover_set_guest(&handover, options->arguments[1]);
	if (!status)
		status = check_and_attach(&handover);
	if (!status)
		status = host_flush("the result");
	handover_close(&handover);
	return status;
}
