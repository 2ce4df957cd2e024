// SPDX-License-Identifier: GPL-2.0-or-later
/* handover_undo.c - see handover_undo.h */
#include <stdlib.h>
#include <string.h>

#include "handover_undo.h"
#include "zpci/tool/host/guests/libvirt.h"
#include "zpci/tool/message.h"

static bool undo_attach(struct handover *handover, enum handover_place place, const char *now)
{
	struct problem problem;

	if (!handover_detach(handover, place, now, &problem) &&
	    (place == HANDOVER_CONFIG || !handover_wait_removed(handover, &problem)))
		return true;
	tool_error("%s is still in %s (%s): %s; when that is mended, use zpci host detach %s %s%s",
		   handover->name, handover_place_name(place), handover->guest->name, problem.text,
		   handover->address, handover->guest_word,
		   place == HANDOVER_LIVE ? " --live" : " --config");
	return false;
}

static bool undo_detach(struct handover *handover, enum handover_place place)
{
	struct problem problem;

	if (!handover_attach(handover, place, handover->before[place], &problem))
		return true;
	tool_error(
		"%s is no more in %s (%s): %s; when that is mended, use zpci host attach %s %s%s",
		handover->name, handover_place_name(place), handover->guest->name, problem.text,
		handover->address, handover->guest_word,
		place == HANDOVER_LIVE ? " --live" : " --config");
	return false;
}

static bool say_foreign(const struct handover *handover, enum handover_place place, bool is_there)
{
	tool_error("%s is %s %s (%s) now by somebody else's doing, which stays so", handover->name,
		   is_there ? "in" : "no more in", handover_place_name(place),
		   handover->guest->name);
	return false;
}

static bool undo_place(struct handover *handover, enum handover_place place)
{
	struct problem problem;
	bool done = true;
	char *now;

	if (handover_look(handover, place, &now, &problem)) {
		tool_error("cannot see whether %s is in %s (%s): %s", handover->name,
			   handover_place_name(place), handover->guest->name, problem.text);
		return false;
	}
	if (!now != !handover->before[place] && !handover->changed[place])
		done = say_foreign(handover, place, now);
	else if (now && !handover->before[place])
		done = undo_attach(handover, place, now);
	else if (!now && handover->before[place])
		done = undo_detach(handover, place);
	free(now);
	return done;
}

/* libvirt gives a managed function back to its driver when it cannot attach it; this is for when it
 * did not. */
static bool undo_driver(struct handover *handover)
{
	char now[FUNCTION_NAME_SIZE], node[HOST_NODE_SIZE];
	virNodeDevicePtr device;

	if (!handover->function)
		return true;
	handover_read_driver(handover, now);
	if (!strcmp(now, handover->driver))
		return true;
	host_node_name(&handover->source, node);
	device = virNodeDeviceLookupByName(handover->connection, node);
	if (device) {
		virNodeDeviceReAttach(device);
		virNodeDeviceFree(device);
	}
	handover_read_driver(handover, now);
	if (!strcmp(now, handover->driver))
		return true;
	tool_error("%s is bound to the driver %s instead of %s: use virsh nodedev-reattach %s",
		   handover->name, *now ? now : "none",
		   *handover->driver ? handover->driver : "none", node);
	return false;
}

static bool say_unknown(const struct handover *handover)
{
	char node[HOST_NODE_SIZE];

	host_node_name(&handover->source, node);
	tool_error(
		"%s and guest %s may be changed in part; when libvirt is back, look at zpci host "
		"guests, and use zpci host detach %s %s and virsh nodedev-reattach %s",
		handover->name, handover->guest->name, handover->address, handover->guest_word,
		node);
	return false;
}

bool handover_undo(struct handover *handover)
{
	bool done;

	if (handover_connect(handover))
		return say_unknown(handover);
	done = undo_place(handover, HANDOVER_LIVE);
	if (done)
		done = undo_driver(handover);
	return undo_place(handover, HANDOVER_CONFIG) && done;
}
