/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe_worker.c - the thread of a probe device.
 *
 * Theory of operation. A device has at most one thread; it starts with the first work for it,
 * so that 255 idle VFs cost nothing. The thread takes turns: one doorbell that is due, one
 * chunk of DMA, and when there is neither it waits until the next doorbell is due or somebody
 * wakes it. All state is under the device's lock, which the thread gives up around each call
 * of a service; until it took the lock again, @in_service is set.
 *
 * That flag carries the promises of the contract. Reset first removes the work, quiesce first
 * forbids it, and then drain waits until the thread is in no service. What the thread does after
 * a service it does under the lock that it just took back, looking again at what it is still
 * asked to do; between that and the next service the lock is not given up, so nobody who waits
 * sees @in_service false with a service still to come.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "zpci/device/probe_device.h"
#include "zpci/util/log.h"

#define NANOSECONDS 1000000000u

uint64_t probe_worker_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

int probe_worker_init(struct probe_device *device)
{
	pthread_condattr_t monotonic;
	int result = pthread_condattr_init(&monotonic);

	if (result)
		return -result;
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	result = pthread_cond_init(&device->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (result)
		return -result;
	result = pthread_cond_init(&device->idle, NULL);
	if (result)
		goto destroy_work;
	result = pthread_mutex_init(&device->lock, NULL);
	if (result)
		goto destroy_idle;
	return 0;

destroy_idle:
	pthread_cond_destroy(&device->idle);
destroy_work:
	pthread_cond_destroy(&device->work);
	return -result;
}

void probe_worker_destroy(struct probe_device *device)
{
	pthread_mutex_lock(&device->lock);
	device->stop = true;
	probe_worker_wake(device);
	pthread_mutex_unlock(&device->lock);
	if (device->started)
		pthread_join(device->thread, NULL);
	pthread_mutex_destroy(&device->lock);
	pthread_cond_destroy(&device->idle);
	pthread_cond_destroy(&device->work);
}

void probe_service_enter(struct probe_device *device)
{
	device->in_service = true;
	pthread_mutex_unlock(&device->lock);
}

void probe_service_leave(struct probe_device *device)
{
	pthread_mutex_lock(&device->lock);
	device->in_service = false;
	pthread_cond_broadcast(&device->idle);
}

void probe_raise(struct probe_device *device, uint32_t vector)
{
	device->interrupts++;
	probe_service_enter(device);
	device->services->raise_vector(device->services->function, vector);
	probe_service_leave(device);
}

/* Until the next doorbell is due or somebody calls. Waking up for nothing is harmless. */
static void wait_for_work(struct probe_device *device)
{
	struct timespec until;
	uint64_t deadline;

	if (device->quiesced || !device->queue.count) {
		pthread_cond_wait(&device->work, &device->lock);
		return;
	}
	deadline = device->queue.entry[0].deadline;
	until.tv_sec = (time_t)(deadline / NANOSECONDS);
	until.tv_nsec = (long)(deadline % NANOSECONDS);
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
		if (!worked && !device->stop)
			wait_for_work(device);
	}
	pthread_mutex_unlock(&device->lock);
	return NULL;
}

int probe_worker_start(struct probe_device *device)
{
	sigset_t all, before;
	int result;

	if (device->started)
		return 0;
	/* Signals belong to the program that we are a guest in. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&device->thread, NULL, run, device);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	device->started = result == 0;
	if (result && !device->complained) {
		device->complained = true; /* the guest may try as often as it likes */
		zpci_log(&device->services->logger, ZPCI_LOG_ERROR,
			 "the probe device cannot start its thread: %s; raise the limit of threads",
			 strerror(result));
	}
	return -result;
}

void probe_worker_wake(struct probe_device *device)
{
	pthread_cond_signal(&device->work);
}

void probe_worker_wait_idle(struct probe_device *device)
{
	while (device->in_service)
		pthread_cond_wait(&device->idle, &device->lock);
}
