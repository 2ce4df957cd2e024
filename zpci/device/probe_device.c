// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * probe_device.c - how the parts of a probe device call services, and wait for that.
 *
 * The device's thread gives the lock up around each call of a service; until it has taken the lock
 * again, @in_service is set. The promises of the contract rest on that flag. A reset first removes
 * the work, quiesce() first forbids it, and then drain() waits until the thread is in no service.
 * After a service the thread looks again at what it is still asked to do. It does so under the lock
 * that it has just taken, and does not give it up before the next service. So a thread that waits
 * cannot see @in_service false while a service is still to come.
 */
#include <time.h>

#include "zpci/device/probe_device.h"

uint64_t probe_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * PROBE_SECOND + (uint64_t)now.tv_nsec;
}

void probe_wake(struct probe_device *device)
{
	pthread_cond_signal(&device->work);
}

void probe_wait_idle(struct probe_device *device)
{
	while (device->in_service)
		pthread_cond_wait(&device->idle, &device->lock);
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
