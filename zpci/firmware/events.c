/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events for the guest (reference section 8).
 *
 *	post -> queue -> channel report -> the guest's CHSC fetches one -> ... -> queue empty
 *	                      ^                                                      |
 *	                      +------ the next post makes a new one <----------------+
 *
 * The machine keeps at most one channel report outstanding. It forgets it when we tell it that
 * the last event was fetched; it asks back, under the lock that guards its mark, whether the
 * queue is still empty, so that an event posted meanwhile is not left without a report.
 *
 * An event may be posted with any lock held (a device's DMA failed), the report only with none:
 * the machine's timer presents it. Errors are few, and nobody waits for them.
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

	if (zpci_events_pending(firmware))
		firmware->ops.channel_report(firmware->machine);
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
	pthread_mutex_destroy(&events->lock);
	free(events->queue);
}

/* Place for an event of @fid and @pec: that of an equal one, taken out of its order, or a new
 * one at the end. NULL: no memory. */
static struct zpci_event *place(struct zpci_events *events, uint32_t fid, uint16_t pec)
{
	for (size_t i = 0; i < events->count; i++) {
		if (events->queue[i].fid != fid || events->queue[i].pec != pec)
			continue;
		memmove(&events->queue[i], &events->queue[i + 1],
			(--events->count - i) * sizeof(*events->queue));
		break;
	}
	if (events->count == events->space) {
		size_t space = events->space ? events->space * 2 : 16;
		struct zpci_event *queue = realloc(events->queue, space * sizeof(*queue));

		if (!queue)
			return NULL;
		events->queue = queue;
		events->space = space;
	}
	return &events->queue[events->count++];
}

void zpci_events_post(struct zpci_firmware *firmware, struct zpci_function *function, uint16_t pec,
		      uint64_t address)
{
	struct zpci_events *events = &firmware->events;
	struct zpci_event *event;

	pthread_mutex_lock(&events->lock);
	event = place(events, function->fid, pec);
	if (event)
		*event = (struct zpci_event){
			.fid = function->fid,
			.handle = atomic_load(&function->handle),
			.pec = pec,
			.address = address,
		};
	pthread_mutex_unlock(&events->lock);
	if (event)
		firmware->ops.timer_set(events->report, 0);
	else
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "function %08x: no memory for event %04x, the guest will not hear of it",
			 function->fid, pec);
}

void zpci_events_drop(struct zpci_firmware *firmware, bool errors_only)
{
	struct zpci_events *events = &firmware->events;
	size_t kept = 0;

	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; errors_only && i < events->count; i++)
		if (is_availability(events->queue[i].pec))
			events->queue[kept++] = events->queue[i];
	events->count = kept;
	pthread_mutex_unlock(&events->lock);
}

bool zpci_events_pending(struct zpci_firmware *firmware)
{
	bool pending;

	pthread_mutex_lock(&firmware->events.lock);
	pending = firmware->events.count > 0;
	pthread_mutex_unlock(&firmware->events.lock);
	return pending;
}

static bool still_empty(void *opaque)
{
	return !zpci_events_pending(opaque);
}

static bool take_first(struct zpci_events *events, struct zpci_event *event, bool *more)
{
	bool any;

	pthread_mutex_lock(&events->lock);
	any = events->count > 0;
	if (any) {
		*event = events->queue[0];
		memmove(events->queue, events->queue + 1, --events->count * sizeof(*events->queue));
	}
	*more = events->count > 0;
	pthread_mutex_unlock(&events->lock);
	return any;
}

/* In a shared machine each answer says that there is more: the guest asks again, and the machine
 * answers the rest, which only it knows. */
void zpci_events_fetch(struct zpci_firmware *firmware, void *response, size_t size)
{
	struct zpci_chsc_sei_response *sei = response;
	struct zpci_event event;
	bool more;

	memset(response, 0, size);
	if (!take_first(&firmware->events, &event, &more)) {
		zpci_be16_put(&sei->length, 8);
		zpci_be16_put(&sei->code, ZPCI_CHSC_NO_EVENT);
	} else {
		zpci_be16_put(&sei->length, ZPCI_CHSC_SEI_RESPONSE);
		zpci_be16_put(&sei->code, ZPCI_CHSC_OK);
		sei->type = 2;
		sei->flags = more || firmware->shared ? ZPCI_CHSC_SEI_MORE : 0;
		sei->content =
			is_availability(event.pec) ? ZPCI_CHSC_CC_AVAILABILITY : ZPCI_CHSC_CC_ERROR;
		zpci_be32_put(&sei->ccdf.handle, event.handle);
		zpci_be32_put(&sei->ccdf.fid, event.fid);
		zpci_be64_put(&sei->ccdf.address, event.address);
		zpci_be16_put(&sei->ccdf.pec, event.pec);
	}
	if (!more)
		firmware->ops.events_fetched(firmware->machine, still_empty, firmware);
}
