// SPDX-License-Identifier: GPL-2.0-or-later
/* handover.c - see handover.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "handover.h"
#include "zpci/tool/host/guests/guest_libvirt.h"
#include "zpci/tool/host/guests/guest_xml.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/guests/libvirt.h"
#include "zpci/tool/message.h"

#define DEFAULT_SECONDS 30

const char *handover_place_name(enum handover_place place)
{
	return place == HANDOVER_LIVE ? "the running guest" : "the guest's definition";
}

/* --- events ---------------------------------------------------------------------------------- */

static void on_added(virConnectPtr connection, virDomainPtr domain, const char *alias, void *opaque)
{
	struct handover *handover = opaque;

	(void)connection;
	(void)domain;
	tool_list_add(&handover->added, "%s", alias);
}

static void on_removed(virConnectPtr connection, virDomainPtr domain, const char *alias,
		       void *opaque)
{
	struct handover *handover = opaque;

	(void)connection;
	(void)domain;
	tool_list_add(&handover->removed, "%s", alias);
}

static void on_kept(virConnectPtr connection, virDomainPtr domain, const char *alias, void *opaque)
{
	struct handover *handover = opaque;

	(void)connection;
	(void)domain;
	tool_list_add(&handover->kept, "%s", alias);
}

static void on_close(virConnectPtr connection, int reason, void *opaque)
{
	struct handover *handover = opaque;

	(void)connection;
	(void)reason;
	handover->waiting.lost = true;
}

static bool has(const struct tool_list *list, const char *alias)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], alias))
			return true;
	return false;
}

/* --- the connection -------------------------------------------------------------------------- */

/* A driver without events has no guests that run, so nothing waits for them. */
static void register_events(struct handover *handover)
{
	static const struct {
		int id;
		virConnectDomainEventGenericCallback call;
	} events[] = {
		{ VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_added) },
		{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_removed) },
		{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(on_kept) },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		virConnectDomainEventRegisterAny(handover->connection, handover->domain,
						 events[i].id, events[i].call, handover, NULL);
	virConnectRegisterCloseCallback(handover->connection, on_close, handover, NULL);
}

static void disconnect(struct handover *handover)
{
	if (handover->domain)
		virDomainFree(handover->domain);
	if (handover->connection) {
		virConnectUnregisterCloseCallback(handover->connection, on_close);
		virConnectClose(handover->connection);
	}
	handover->domain = NULL;
	handover->connection = NULL;
}

static int connect_to(struct handover *handover, struct problem *problem)
{
	handover->waiting.lost = false;
	handover->connection = host_libvirt_open(handover->options->host.connect,
						 !handover->options->host.dry_run, problem);
	return handover->connection ? 0 : -1;
}

static int find_domain(struct handover *handover)
{
	handover->domain = virDomainLookupByName(handover->connection, handover->guest->name);
	if (!handover->domain)
		return -1;
	register_events(handover);
	return 0;
}

int handover_connect(struct handover *handover)
{
	struct problem problem;

	if (handover->connection && !handover->waiting.lost &&
	    virConnectIsAlive(handover->connection) == 1)
		return 0;
	disconnect(handover);
	if (connect_to(handover, &problem)) {
		tool_error("%s", problem.text);
		return -1;
	}
	if (!find_domain(handover))
		return 0;
	tool_error("guest %s is gone: %s", handover->guest->name, host_libvirt_message());
	return -1;
}

/* --- beginning and end ----------------------------------------------------------------------- */

int handover_open(struct handover *handover, const struct tool_options *options)
{
	struct problem problem;
	int status;

	*handover = (struct handover){ .options = options };
	handover->seconds = options->timeout ? options->timeout : DEFAULT_SECONDS;
	if (waiting_begin(&handover->waiting))
		return HOST_EXIT_SYSTEM;
	status = host_read_inventory(&handover->inventory, options);
	if (status)
		return status;
	if (!connect_to(handover, &problem) &&
	    !guests_read_from(&handover->guests, handover->connection, &problem))
		return 0;
	tool_error("%s", problem.text);
	return HOST_EXIT_SYSTEM;
}

void handover_close(struct handover *handover)
{
	disconnect(handover);
	waiting_end(&handover->waiting);
	free(handover->before[HANDOVER_LIVE]);
	free(handover->before[HANDOVER_CONFIG]);
	tool_list_free(&handover->added);
	tool_list_free(&handover->removed);
	tool_list_free(&handover->kept);
	guests_free(&handover->guests);
	inventory_free(&handover->inventory);
}

int handover_set_function(struct handover *handover, const char *name, bool may_be_gone)
{
	int status;

	if (may_be_gone && pci_address_parse(name, &handover->source) &&
	    (pci_address_print(&handover->source, handover->address),
	     !inventory_find(&handover->inventory, handover->address))) {
		snprintf(handover->name, sizeof(handover->name), "%s", handover->address);
		snprintf(handover->label, sizeof(handover->label), "%s", handover->address);
		return 0;
	}
	status = host_find_function(&handover->inventory, name, &handover->function);
	if (status)
		return status;
	handover->source = handover->function->pci;
	snprintf(handover->address, sizeof(handover->address), "%s", handover->function->address);
	host_name(handover->function, handover->name);
	host_label(handover->function, handover->label);
	handover_read_driver(handover, handover->driver);
	return 0;
}

int handover_set_guest(struct handover *handover, const char *name)
{
	struct problem problem;
	int place;

	handover->guest = guests_find(&handover->guests, name);
	if (!handover->guest || find_domain(handover)) {
		tool_error("libvirt has no guest `%s'; `virsh list --all' shows all", name);
		return HOST_EXIT_NOT_FOUND;
	}
	host_word(handover->guest_word, handover->guest->name);
	for (place = 0; place < HANDOVER_PLACES; place++) {
		if (!handover_look(handover, place, &handover->before[place], &problem))
			continue;
		tool_error("%s", problem.text);
		return HOST_EXIT_SYSTEM;
	}
	return 0;
}

/* --- what is now ----------------------------------------------------------------------------- */

static bool has_place(const struct handover *handover, enum handover_place place)
{
	return place == HANDOVER_LIVE ? virDomainIsActive(handover->domain) == 1
				      : virDomainIsPersistent(handover->domain) == 1;
}

int handover_look(struct handover *handover, enum handover_place place, char **xml,
		  struct problem *problem)
{
	char *text;
	int rc;

	*xml = NULL;
	if (!has_place(handover, place))
		return 0;
	text = virDomainGetXMLDesc(handover->domain,
				   place == HANDOVER_LIVE ? 0 : VIR_DOMAIN_XML_INACTIVE);
	if (!text)
		return problem_set(problem, "%s", host_libvirt_message());
	rc = guest_xml_find_source(text, &handover->source, xml, problem);
	free(text);
	return rc;
}

void handover_read_driver(const struct handover *handover, char driver[FUNCTION_NAME_SIZE])
{
	*driver = '\0';
	sysfs_read_link(handover->address, "driver", driver, FUNCTION_NAME_SIZE);
}

/* --- steps ----------------------------------------------------------------------------------- */

static unsigned int flag(enum handover_place place)
{
	return place == HANDOVER_LIVE ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
}

/* @rc: of a step. Without an answer of libvirt's it is not known whether the step was done. */
static int end_step(struct handover *handover, enum handover_place place, int rc,
		    struct problem *problem)
{
	if (rc)
		problem_set(problem, "%s", host_libvirt_message());
	if (!rc || handover->waiting.lost || virConnectIsAlive(handover->connection) != 1)
		handover->changed[place] = true;
	return rc ? -1 : 0;
}

int handover_attach(struct handover *handover, enum handover_place place, const char *xml,
		    struct problem *problem)
{
	int rc;

	waiting_start(&handover->waiting);
	rc = virDomainAttachDeviceFlags(handover->domain, xml, flag(place));
	return end_step(handover, place, rc, problem);
}

int handover_detach(struct handover *handover, enum handover_place place, const char *xml,
		    struct problem *problem)
{
	int rc;

	waiting_start(&handover->waiting);
	rc = virDomainDetachDeviceFlags(handover->domain, xml, flag(place));
	return end_step(handover, place, rc, problem);
}

/* --- waiting --------------------------------------------------------------------------------- */

struct wait {
	const struct handover *handover;
	char *alias;
};

/* libvirt's alias of the function in the running guest, for free(); NULL: it is not there. */
static char *read_alias(struct handover *handover, struct problem *problem)
{
	const struct guest_function *function;
	struct guests guests = { 0 };
	const struct guest *guest;
	char *xml, *alias = NULL;

	xml = virDomainGetXMLDesc(handover->domain, 0);
	if (!xml) {
		problem_set(problem, "%s", host_libvirt_message());
	} else if (!guests_parse(&guests, xml, strlen(xml), GUEST_LIVE, problem)) {
		guest = guests_find(&guests, handover->guest->name);
		function = guest ? guest_find_source(guest, GUEST_LIVE, &handover->source) : NULL;
		if (function && function->alias)
			alias = strdup(function->alias);
		else
			problem_set(problem, "libvirt does not show it in the running guest");
	}
	free(xml);
	guests_free(&guests);
	return alias;
}

static bool is_added(void *opaque)
{
	const struct wait *wait = opaque;

	return has(&wait->handover->added, wait->alias);
}

static bool is_removed(void *opaque)
{
	const struct wait *wait = opaque;

	return has(&wait->handover->removed, wait->alias) ||
	       has(&wait->handover->kept, wait->alias);
}

static int explain_end(const struct handover *handover, enum waiting_end end, const char *action,
		       struct problem *problem)
{
	switch (end) {
	case WAITING_LATE:
		return problem_set(problem, "the guest did not %s within %u s", action,
				   handover->seconds);
	case WAITING_INTERRUPTED:
		return problem_set(problem, "interrupted while the guest was to %s", action);
	case WAITING_LOST:
		return problem_set(problem, "libvirt went away while the guest was to %s", action);
	default:
		return 0;
	}
}

int handover_wait_added(struct handover *handover, struct problem *problem)
{
	struct wait wait = { .handover = handover, .alias = read_alias(handover, problem) };
	enum waiting_end end;
	char what[160];

	if (!wait.alias)
		return -1;
	snprintf(what, sizeof(what), "guest %.64s to get %s", handover->guest->name,
		 handover->name);
	end = waiting_until(&handover->waiting, is_added, &wait, handover->seconds, what);
	free(wait.alias);
	return explain_end(handover, end, "get it", problem);
}

/* Is it gone, whatever events say? */
static bool is_gone(struct handover *handover)
{
	struct problem problem;
	char *xml;
	bool gone = !handover_look(handover, HANDOVER_LIVE, &xml, &problem) && !xml;

	free(xml);
	return gone;
}

int handover_wait_removed(struct handover *handover, struct problem *problem)
{
	struct wait wait = { .handover = handover };
	enum waiting_end end;
	char what[160];
	bool kept;

	if (is_gone(handover))
		return 0;
	wait.alias = read_alias(handover, problem);
	if (!wait.alias)
		return is_gone(handover) ? 0 : -1;
	snprintf(what, sizeof(what), "guest %.64s to give %s back", handover->guest->name,
		 handover->name);
	end = waiting_until(&handover->waiting, is_removed, &wait, handover->seconds, what);
	kept = has(&handover->kept, wait.alias);
	free(wait.alias);
	if (end != WAITING_LOST && is_gone(handover))
		return 0;
	if (end == WAITING_DONE && kept)
		return problem_set(problem, "the guest refused to give it back");
	return end == WAITING_DONE ? problem_set(problem, "libvirt says that it is removed, and "
							  "still shows it")
				   : explain_end(handover, end, "give it back", problem);
}
