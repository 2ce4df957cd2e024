// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * probe_worker.c - the thread of a probe device.
 *
 * Theory of operation. A device has at most one thread. It starts with the first work for it, so
 * that 255 idle VFs cost nothing. The thread takes turns: one doorbell that is due, then one chunk
 * of DMA. When there is neither, it waits until the next doorbell is due or another thread wakes
 * it. All state is under the device's lock; probe_device.c says how services are called.
 */
#include <string.h>
#include <time.h>

#include "zpci/device/probe_device.h"
#include "zpci/util/log.h"
#include "zpci/util/thread.h"

int probe_worker_init(struct probe_device *device)
{
	pthread_condattr_t monotonic;
	int rc = pthread_condattr_init(&monotonic);

	if (rc)
		return -rc;
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	rc = pthread_cond_init(&device->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (rc)
		return -rc;
	rc = pthread_cond_init(&device->idle, NULL);
	if (rc)
		goto destroy_work;
	rc = pthread_mutex_init(&device->lock, NULL);
	if (rc)
		goto destroy_idle;
	return 0;

destroy_idle:
	pthread_cond_destroy(&device->idle);
destroy_work:
	pthread_cond_destroy(&device->work);
	return -rc;
}

void probe_worker_destroy(struct probe_device *device)
{
	pthread_mutex_lock(&device->lock);
	device->stop = true;
	probe_wake(device);
	pthread_mutex_unlock(&device->lock);
	if (device->started)
		pthread_join(device->thread, NULL);
	pthread_mutex_destroy(&device->lock);
	pthread_cond_destroy(&device->idle);
	pthread_cond_destroy(&device->work);
}

/* Waits until the next doorbell is due or there is other work. It may return too early. */
static void wait_for_work(struct probe_device *device)
{
	struct timespec until;
	uint64_t deadline;

	if (device->quiesced || !device->queue.count) {
		pthread_cond_wait(&device->work, &device->lock);
		return;
	}
	deadline = device->queue.entry[0].deadline;
	until.tv_sec = (time_t)(deadline / PROBE_SECOND);
	until.tv_nsec = (long)(deadline % PROBE_SECOND);
	pthread_cond_timedwait(&device->work, &device->lock, &until);
}

static bool may_serve(const struct probe_device *device)
{
	return !device->stop && !device->quiesced;
}

static void *run(void *opaque)
{
	struct probe_device *device = opaque;

	pthread_mutex_lock(&device->lock);
	while (!device->stop) {
		bool worked = may_serve(device) && probe_doorbell_step(device);

		/* Again: the step may have given up the lock. */
		if (may_serve(device) && probe_dma_step(device))
			worked = true;
		/* If there was no work, the lock was not given up since @stop was looked at. */
		if (!worked)
			wait_for_work(device);
	}
	pthread_mutex_unlock(&device->lock);
	return NULL;
}

int probe_worker_start(struct probe_device *device)
{
	int rc;

	if (device->started)
		return 0;
	rc = zpci_thread_start(&device->thread, run, device);
	device->started = rc == 0;
	if (rc && !device->complained) {
		device->complained = true; /* once: the guest can try as often as it likes */
		zpci_log(&device->services->logger, ZPCI_LOG_ERROR,
			 "the probe device cannot start its thread: %s; raise the limit of threads",
			 strerror(rc));
	}
	return -rc;
}
