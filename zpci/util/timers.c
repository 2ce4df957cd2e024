// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Theory of operation. One thread sleeps until the earliest timer that is set, calls its function
 * without the lock, and looks again. @running marks a timer whose function runs. Cancelling waits
 * until it has returned, and drops a setting that the function has made. Timers use the host's
 * monotonic time, also while the virtual machine is stopped: the firmware is quiesced then, and
 * does nothing when one of its timers runs out.
 */
#include "zpci/util/timers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "zpci/util/thread.h"

#define NANOSECONDS 1000000000ull

struct zpci_timer {
	struct zpci_timers *timers;
	struct zpci_timer *next;
	void (*expired)(void *opaque);
	void *opaque;
	uint64_t deadline; /* in nanoseconds of the monotonic clock */
	bool set, running;
	unsigned canceling; /* callers that wait until it does not run */
};

struct zpci_timers {
	pthread_mutex_t lock;
	pthread_cond_t changed;	 /* the thread looks again */
	pthread_cond_t finished; /* a timer's function returned */
	pthread_t thread;
	struct zpci_timer *first;
	bool ending;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

static struct zpci_timer *earliest(const struct zpci_timers *timers)
{
	struct zpci_timer *best = NULL;

	for (struct zpci_timer *timer = timers->first; timer; timer = timer->next)
		if (timer->set && !timer->canceling && (!best || timer->deadline < best->deadline))
			best = timer;
	return best;
}

static void wait_until(struct zpci_timers *timers, const struct zpci_timer *timer)
{
	struct timespec until;

	if (!timer) {
		pthread_cond_wait(&timers->changed, &timers->lock);
		return;
	}
	until.tv_sec = (time_t)(timer->deadline / NANOSECONDS);
	until.tv_nsec = (long)(timer->deadline % NANOSECONDS);
	pthread_cond_timedwait(&timers->changed, &timers->lock, &until);
}

static void expire(struct zpci_timers *timers, struct zpci_timer *timer)
{
	timer->set = false;
	timer->running = true;
	pthread_mutex_unlock(&timers->lock);
	timer->expired(timer->opaque);
	pthread_mutex_lock(&timers->lock);
	timer->running = false;
	pthread_cond_broadcast(&timers->finished);
}

static void *run_timers(void *opaque)
{
	struct zpci_timers *timers = opaque;

	pthread_mutex_lock(&timers->lock);
	while (!timers->ending) {
		struct zpci_timer *timer = earliest(timers);

		if (timer && timer->deadline <= now())
			expire(timers, timer);
		else
			wait_until(timers, timer);
	}
	pthread_mutex_unlock(&timers->lock);
	return NULL;
}

struct zpci_timers *zpci_timers_new(void)
{
	struct zpci_timers *timers = calloc(1, sizeof(*timers));
	pthread_condattr_t monotonic;

	if (!timers)
		return NULL;
	pthread_mutex_init(&timers->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&timers->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_cond_init(&timers->finished, NULL);
	if (!zpci_thread_start(&timers->thread, run_timers, timers))
		return timers;
	pthread_cond_destroy(&timers->finished);
	pthread_cond_destroy(&timers->changed);
	pthread_mutex_destroy(&timers->lock);
	free(timers);
	return NULL;
}

void zpci_timers_free(struct zpci_timers *timers)
{
	if (!timers)
		return;
	pthread_mutex_lock(&timers->lock);
	timers->ending = true;
	pthread_cond_signal(&timers->changed);
	pthread_mutex_unlock(&timers->lock);
	pthread_join(timers->thread, NULL);
	pthread_cond_destroy(&timers->finished);
	pthread_cond_destroy(&timers->changed);
	pthread_mutex_destroy(&timers->lock);
	free(timers);
}

/* --- one timer ------------------------------------------------------------------------------ */

struct zpci_timer *zpci_timers_create(struct zpci_timers *timers, void (*expired)(void *opaque),
				      void *opaque)
{
	struct zpci_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return NULL;
	timer->timers = timers;
	timer->expired = expired;
	timer->opaque = opaque;
	pthread_mutex_lock(&timers->lock);
	timer->next = timers->first;
	timers->first = timer;
	pthread_mutex_unlock(&timers->lock);
	return timer;
}

void zpci_timers_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
	struct zpci_timers *timers = timer->timers;
	uint64_t start = now();

	pthread_mutex_lock(&timers->lock);
	/* As far away as the clock's seconds can say, when the sum would overflow. */
	timer->deadline = nanoseconds < INT64_MAX - start ? start + nanoseconds : INT64_MAX;
	timer->set = true;
	pthread_cond_signal(&timers->changed);
	pthread_mutex_unlock(&timers->lock);
}

void zpci_timers_cancel(struct zpci_timer *timer)
{
	struct zpci_timers *timers = timer->timers;

	pthread_mutex_lock(&timers->lock);
	/* Its function may set it again while this waits. That must not count, since the timer
	 * could run once more before this thread gets the lock. */
	timer->canceling++;
	while (timer->running)
		pthread_cond_wait(&timers->finished, &timers->lock);
	timer->canceling--;
	timer->set = false;
	pthread_mutex_unlock(&timers->lock);
}

void zpci_timers_destroy(struct zpci_timer *timer)
{
	struct zpci_timers *timers;
	struct zpci_timer **link;

	if (!timer)
		return;
	timers = timer->timers;
	zpci_timers_cancel(timer);
	pthread_mutex_lock(&timers->lock);
	for (link = &timers->first; *link != timer; link = &(*link)->next)
		;
	*link = timer->next;
	pthread_mutex_unlock(&timers->lock);
	free(timer);
}
