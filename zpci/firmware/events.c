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
 * queue is still empty. If an event was posted meanwhile, the machine keeps its mark, and then the
 * guest must not be told that there is no more: nobody would call it again.
 *
 * An event carries the handle that the function has when it is fetched, since the guest compares
 * it with List. Errors of a function that was disabled meanwhile are dropped: that was its reset.
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
	struct zpci_events *events = &firmware->events;
	bool wanted;

	pthread_mutex_lock(&events->lock);
	wanted = events->count > 0 && !events->quiesced;
	pthread_mutex_unlock(&events->lock);
	if (wanted)
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

/* Place for an event of @function and @pec: that of an equal one, taken out of its order, or a
 * new one at the end. NULL: no memory. */
static struct zpci_event *place(struct zpci_events *events, struct zpci_function *function,
				uint16_t pec)
{
	for (size_t i = 0; i < events->count; i++) {
		if (events->queue[i].function != function || events->queue[i].pec != pec)
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
	event = place(events, function, pec);
	if (event)
		*event = (struct zpci_event){
			.function = function,
			.pec = pec,
			.address = address,
		};
	pthread_mutex_unlock(&events->lock);
	if (event)
		firmware->ops.timer_set(events->report, 0);
	else
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "function 0x%08x: no memory for event 0x%04x, the guest will not "
			 "hear of it",
			 function->fid, pec);
}

void zpci_events_drop(struct zpci_firmware *firmware)
{
	pthread_mutex_lock(&firmware->events.lock);
	firmware->events.count = 0;
	pthread_mutex_unlock(&firmware->events.lock);
}

void zpci_events_drop_errors(struct zpci_firmware *firmware, const struct zpci_function *function)
{
	struct zpci_events *events = &firmware->events;
	size_t kept = 0;

	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < events->count; i++)
		if (events->queue[i].function != function || is_availability(events->queue[i].pec))
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

struct question {
	struct zpci_firmware *firmware;
	bool empty; /* what was answered */
};

static bool still_empty(void *opaque)
{
	struct question *question = opaque;

	question->empty = !zpci_events_pending(question->firmware);
	return question->empty;
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

/* Takes the next event, if there is any, and settles with the machine whether it was the last. */
static bool take(struct zpci_firmware *firmware, struct zpci_event *event, bool *more)
{
	struct question question = { .firmware = firmware };
	bool taken;

	do {
		taken = take_first(&firmware->events, event, more);
		question.empty = false;
		if (!*more)
			firmware->ops.events_fetched(firmware->machine, still_empty, &question);
		*more = !question.empty;
	} while (!taken && *more);
	return taken;
}

/* In a shared machine each answer says that there is more: the guest asks again, and the machine
 * answers the rest, which only it knows. */
void zpci_events_fetch(struct zpci_firmware *firmware, void *response, size_t size)
{
	struct zpci_chsc_sei_response *sei = response;
	struct zpci_event event;
	bool more;

	memset(response, 0, size);
	if (!take(firmware, &event, &more)) {
		zpci_be16_put(&sei->length, 8);
		zpci_be16_put(&sei->code, ZPCI_CHSC_NO_EVENT);
		return;
	}
	zpci_be16_put(&sei->length, ZPCI_CHSC_SEI_RESPONSE);
	zpci_be16_put(&sei->code, ZPCI_CHSC_OK);
	sei->type = 2;
	sei->flags = more || firmware->shared ? ZPCI_CHSC_SEI_MORE : 0;
	sei->content = is_availability(event.pec) ? ZPCI_CHSC_CC_AVAILABILITY : ZPCI_CHSC_CC_ERROR;
	zpci_be32_put(&sei->ccdf.handle, atomic_load(&event.function->handle));
	zpci_be32_put(&sei->ccdf.fid, event.function->fid);
	zpci_be64_put(&sei->ccdf.address, event.address);
	zpci_be16_put(&sei->ccdf.pec, event.pec);
}
