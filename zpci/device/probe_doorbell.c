// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * probe_doorbell.c - doorbells that ring later.
 *
 * A doorbell gets its deadline when the guest rings it, and is put into a small sorted array. The
 * guest decides how many wait and for how long, so both are bounded: a doorbell that has no room is
 * dropped and counted.
 */
#include <string.h>

#include "zpci/device/probe_device.h"

void probe_doorbell_queue(struct probe_device *device, uint32_t vector, uint32_t delay)
{
	struct probe_queue *queue = &device->queue;
	struct probe_doorbell *entry = queue->entry;
	unsigned at = queue->count;
	uint64_t deadline;

	if (queue->count == ZPCI_PROBE_QUEUE) {
		queue->dropped++;
		return;
	}
	if (delay > ZPCI_PROBE_DELAY_MAX)
		delay = ZPCI_PROBE_DELAY_MAX;
	deadline = probe_now() + (uint64_t)delay * 1000;
	while (at > 0 && entry[at - 1].deadline > deadline)
		at--;
	memmove(&entry[at + 1], &entry[at], (queue->count - at) * sizeof(*entry));
	entry[at] = (struct probe_doorbell){ .deadline = deadline, .vector = vector };
	queue->count++;
	probe_wake(device);
}

bool probe_doorbell_step(struct probe_device *device)
{
	struct probe_queue *queue = &device->queue;
	uint32_t vector;

	if (!queue->count || queue->entry[0].deadline > probe_now())
		return false;
	vector = queue->entry[0].vector;
	queue->count--;
	memmove(&queue->entry[0], &queue->entry[1], queue->count * sizeof(queue->entry[0]));
	probe_raise(device, vector);
	return true;
}

void probe_doorbell_reset(struct probe_device *device)
{
	device->queue.count = 0;
	device->queue.dropped = 0;
}
