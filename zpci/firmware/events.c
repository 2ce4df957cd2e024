// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events for the guest (reference section 8).
 *
 *	post -> queue -> channel report -> the guest's CHSC fetches one -> ... -> queue empty
 *	                      ^                                                      |
 *	                      +------ the next post makes a new one <----------------+
 *
 * What an event says. An event is what was true when it was recorded: FID, handle, PEC, address.
 * Before the guest fetches it, its function may be disabled, enabled, removed or added again. The
 * event still names the handle of its time. List tells which handle is current, so a guest that
 * compares the two knows which events are stale. The platform does so, and QEMU (pending_sei in
 * hw/s390x/s390-pci-bus.c); Linux learned to compare by "s390/pci: ignore stale configuration
 * request event" (b76fee1bc56c, 5.9) and "s390/pci: Fix stale function handles in error handling"
 * (45537926dd2a, 6.16). So only two things take an event away: the guest's fetch, and a reset,
 * after which the guest begins with List.
 *
 * How many there are. Events of one function stay in their order. An event that says exactly what
 * the latest pending event of its function says is not queued again. At most ZPCI_EVENTS_MAX events
 * of one function are pending: a function can fail as often as the guest recovers it, and a guest
 * that does not fetch must not fill memory. When a new event has no room, the function's oldest
 * error is given up, since later events say more; without an error, its oldest event. The guest is
 * not told of that: SEI's overflow flag means other events, and after an overflow in a CRW Linux
 * does not fetch at all (reference 8.1, 8.2). The latest event of each function is never given up.
 *
 * When the guest is told. @reported says that a report is outstanding: it was asked for, and since
 * then the queue has never been empty. Queue and mark change under one lock. So an event either
 * finds a report outstanding, for which the guest will fetch until there is no more, or asks for a
 * report. The mark is set before the machine presents. If the guest fetches the last event by
 * itself in between, it clears the mark, and later a report is presented for which there is no
 * event: that is harmless. If a report were missing, the guest would never fetch.
 *
 * A reset makes a machine forget the reports that it has, and it may do so some time after it has
 * told us, as QEMU does. It can then forget the report of an event that was posted in between. The
 * guest's first CLP comes after all that, and no guest can use a function without one. So at that
 * CLP, what is pending is reported again.
 *
 * An event may be posted with any lock held (a device's DMA failed), but a report must be presented
 * with none. So a timer of the machine presents it. Errors are few, and nobody waits for them.
 */
#include "zpci/firmware/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>

#include "zpci/util/log.h"

static bool is_availability(uint16_t pec)
{
	return pec >= 0x0300;
}

static void report(void *opaque)
{
	struct zpci_firmware *firmware = opaque;
	struct zpci_events *events = &firmware->events;
	bool wanted;

	pthread_mutex_lock(&events->lock);
	wanted = events->first && !events->quiesced && !events->reported;
	if (wanted)
		events->reported = true;
	pthread_mutex_unlock(&events->lock);
	if (wanted)
		firmware->ops.channel_report(firmware->machine);
}

/* With the lock held; the caller frees it. */
static struct zpci_event *take_first(struct zpci_events *events)
{
	struct zpci_event *event = events->first;

	if (event)
		events->first = event->next;
	if (!events->first)
		events->reported = false;
	return event;
}

static void drop_all(struct zpci_events *events)
{
	while (events->first)
		free(take_first(events));
}

int zpci_events_init(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	events->report = firmware->ops.timer_create(firmware->machine, report, firmware);
	if (!events->report)
		return -ENOMEM;
	pthread_mutex_init(&events->lock, NULL);
	return 0;
}

void zpci_events_fini(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	firmware->ops.timer_destroy(events->report);
	drop_all(events);
	pthread_mutex_destroy(&events->lock);
}

void zpci_events_quiesce(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	pthread_mutex_lock(&events->lock);
	events->quiesced = true;
	pthread_mutex_unlock(&events->lock);
	firmware->ops.timer_cancel(events->report);
}

void zpci_events_resume(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	pthread_mutex_lock(&events->lock);
	events->quiesced = false;
	pthread_mutex_unlock(&events->lock);
	firmware->ops.timer_set(events->report, 0);
}

/* What is pending of one function, as links that point to it. */
struct pending {
	unsigned count;
	struct zpci_event **oldest;
	struct zpci_event **oldest_error; /* NULL: there is none */
	struct zpci_event *latest;	  /* NULL: nothing is pending */
	struct zpci_event **end;	  /* of the whole queue */
};

static struct pending find_pending(struct zpci_events *events, uint32_t fid)
{
	struct pending found = { .end = &events->first };

	for (; *found.end; found.end = &(*found.end)->next) {
		struct zpci_event *event = *found.end;

		if (event->fid != fid)
			continue;
		if (!found.count++)
			found.oldest = found.end;
		if (!found.oldest_error && !is_availability(event->pec))
			found.oldest_error = found.end;
		found.latest = event;
	}
	return found;
}

static bool says_the_same(const struct zpci_event *event, const struct zpci_event *other)
{
	return event->handle == other->handle && event->pec == other->pec &&
	       event->address == other->address;
}

/* Appends a copy of @event, which is not the latest of its function. */
static bool append(const struct pending *pending, const struct zpci_event *event)
{
	struct zpci_event *copy = malloc(sizeof(*copy));
	struct zpci_event **given_up, *old;

	if (!copy)
		return false;
	*copy = *event;
	*pending->end = copy;
	if (pending->count < ZPCI_EVENTS_MAX)
		return true;
	given_up = pending->oldest_error ? pending->oldest_error : pending->oldest;
	old = *given_up;
	*given_up = old->next;
	free(old);
	return true;
}

void zpci_events_post(struct zpci_firmware *firmware, uint32_t fid, uint32_t handle, uint16_t pec,
		      uint64_t address)
{
	const struct zpci_event event = {
		.fid = fid, .handle = handle, .pec = pec, .address = address
	};
	struct zpci_events *events = &firmware->events;
	struct pending pending;
	bool queued;

	pthread_mutex_lock(&events->lock);
	pending = find_pending(events, fid);
	queued = (pending.latest && says_the_same(pending.latest, &event)) ||
		 append(&pending, &event);
	pthread_mutex_unlock(&events->lock);
	if (queued)
		firmware->ops.timer_set(events->report, 0);
	else
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "function 0x%08x: no memory for event 0x%04x, so the guest does not get "
			 "it; free some of the host's",
			 fid, pec);
}

void zpci_events_reset(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	pthread_mutex_lock(&events->lock);
	drop_all(events);
	atomic_store(&events->resetting, true);
	pthread_mutex_unlock(&events->lock);
}

void zpci_events_reset_is_over(struct zpci_firmware *firmware)
{
	struct zpci_events *events = &firmware->events;

	pthread_mutex_lock(&events->lock);
	atomic_store(&events->resetting, false);
	events->reported = false;
	pthread_mutex_unlock(&events->lock);
	firmware->ops.timer_set(events->report, 0);
}

bool zpci_events_pending(struct zpci_firmware *firmware)
{
	bool pending;

	pthread_mutex_lock(&firmware->events.lock);
	pending = firmware->events.first;
	pthread_mutex_unlock(&firmware->events.lock);
	return pending;
}

static void tell(struct zpci_chsc_sei_response *sei, const struct zpci_event *event, bool more)
{
	zpci_be16_put(&sei->length, ZPCI_CHSC_SEI_RESPONSE);
	zpci_be16_put(&sei->code, ZPCI_CHSC_OK);
	sei->type = 2;
	sei->flags = more ? ZPCI_CHSC_SEI_MORE : 0;
	sei->content = is_availability(event->pec) ? ZPCI_CHSC_CC_AVAILABILITY : ZPCI_CHSC_CC_ERROR;
	zpci_be32_put(&sei->ccdf.handle, event->handle);
	zpci_be32_put(&sei->ccdf.fid, event->fid);
	zpci_be64_put(&sei->ccdf.address, event->address);
	zpci_be16_put(&sei->ccdf.pec, event->pec);
}

/* In a shared machine each answer says that there is more: the guest asks again, and at last gets
 * the machine's own events. */
void zpci_events_fetch(struct zpci_firmware *firmware, void *response, size_t size)
{
	struct zpci_events *events = &firmware->events;
	struct zpci_chsc_sei_response *sei = response;
	struct zpci_event *event;
	bool more;

	memset(response, 0, size);
	pthread_mutex_lock(&events->lock);
	event = take_first(events);
	more = events->first || firmware->shared;
	pthread_mutex_unlock(&events->lock);
	if (event) {
		tell(sei, event, more);
	} else {
		zpci_be16_put(&sei->length, 8);
		zpci_be16_put(&sei->code, ZPCI_CHSC_NO_EVENT);
	}
	free(event);
}
