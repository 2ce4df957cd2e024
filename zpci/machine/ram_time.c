// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ram_time.c - the clock of the machine in memory.
 *
 * Theory of operation. The clock stands. zpci_ram_advance() moves it from one timer that is due to
 * the next, in the order of their times (of equal times in the order in which they were set). It
 * runs each on the caller's thread and holds only @advancing meanwhile, so that a timer can set
 * itself again; then it runs again in the same call if it is due. So a test knows which timers ran,
 * and when.
 *
 * timer_cancel() waits for a callback that is running on another thread: @running says so, and is
 * cleared before @idle is broadcast.
 */
#include <errno.h>
#include <stdlib.h>

#include "ram_internal.h"

/* Where the clock starts: not 0, so that a forgotten time is seen. */
#define EPOCH 0xd000000000000000ull

struct zpci_timer {
	struct zpci_ram_time *time;
	struct zpci_timer *next;
	void (*expired)(void *opaque);
	void *opaque;
	uint64_t due; /* nanoseconds, when armed */
	uint64_t setting;
	bool armed;
	bool running;
};

int zpci_ram_time_init(struct zpci_ram_time *time)
{
	int rc = pthread_mutex_init(&time->advancing, NULL);

	if (rc)
		return -rc;
	rc = pthread_mutex_init(&time->lock, NULL);
	if (rc)
		goto free_advancing;
	rc = pthread_cond_init(&time->idle, NULL);
	if (rc)
		goto free_lock;
	return 0;

free_lock:
	pthread_mutex_destroy(&time->lock);
free_advancing:
	pthread_mutex_destroy(&time->advancing);
	return -rc;
}

/* Whoever created a timer has destroyed it before. */
void zpci_ram_time_fini(struct zpci_ram_time *time)
{
	pthread_cond_destroy(&time->idle);
	pthread_mutex_destroy(&time->lock);
	pthread_mutex_destroy(&time->advancing);
}

uint64_t zpci_ram_clock(void *machine)
{
	struct zpci_ram_time *time = &((struct zpci_ram *)machine)->time;
	uint64_t now;

	pthread_mutex_lock(&time->lock);
	now = time->now;
	pthread_mutex_unlock(&time->lock);
	/* 4096 units are 1000 ns; cut so that the product does not overflow. */
	return EPOCH + now / 125 * 512 + now % 125 * 512 / 125;
}

struct zpci_timer *zpci_ram_timer_create(void *machine, void (*expired)(void *opaque), void *opaque)
{
	struct zpci_ram_time *time = &((struct zpci_ram *)machine)->time;
	struct zpci_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return NULL;
	timer->time = time;
	timer->expired = expired;
	timer->opaque = opaque;
	pthread_mutex_lock(&time->lock);
	timer->next = time->timers;
	time->timers = timer;
	pthread_mutex_unlock(&time->lock);
	return timer;
}

void zpci_ram_timer_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
	struct zpci_ram_time *time = timer->time;

	pthread_mutex_lock(&time->lock);
	timer->due = nanoseconds > UINT64_MAX - time->now ? UINT64_MAX : time->now + nanoseconds;
	timer->setting = time->settings++;
	timer->armed = true;
	pthread_mutex_unlock(&time->lock);
}

void zpci_ram_timer_cancel(struct zpci_timer *timer)
{
	struct zpci_ram_time *time = timer->time;

	pthread_mutex_lock(&time->lock);
	timer->armed = false;
	while (timer->running)
		pthread_cond_wait(&time->idle, &time->lock);
	/* The callback may have set it again. */
	timer->armed = false;
	pthread_mutex_unlock(&time->lock);
}

void zpci_ram_timer_destroy(struct zpci_timer *timer)
{
	struct zpci_ram_time *time;
	struct zpci_timer **link;

	if (!timer)
		return;
	time = timer->time;
	zpci_ram_timer_cancel(timer);
	pthread_mutex_lock(&time->lock);
	for (link = &time->timers; *link != timer; link = &(*link)->next)
		;
	*link = timer->next;
	pthread_mutex_unlock(&time->lock);
	free(timer);
}

static bool before(const struct zpci_timer *one, const struct zpci_timer *other)
{
	return one->due != other->due ? one->due < other->due : one->setting < other->setting;
}

static struct zpci_timer *first_due(const struct zpci_ram_time *time, uint64_t target)
{
	struct zpci_timer *first = NULL;

	for (struct zpci_timer *timer = time->timers; timer; timer = timer->next) {
		if (timer->armed && timer->due <= target && (!first || before(timer, first)))
			first = timer;
	}
	return first;
}

/* The caller holds the lock, also afterwards. */
static void run(struct zpci_ram_time *time, struct zpci_timer *timer)
{
	time->now = timer->due;
	timer->armed = false;
	timer->running = true;
	pthread_mutex_unlock(&time->lock);
	timer->expired(timer->opaque);
	pthread_mutex_lock(&time->lock);
	timer->running = false;
	pthread_cond_broadcast(&time->idle);
}

void zpci_ram_advance(struct zpci_ram *ram, uint64_t nanoseconds)
{
	struct zpci_ram_time *time = &ram->time;
	struct zpci_timer *timer;
	uint64_t target;

	pthread_mutex_lock(&time->advancing);
	pthread_mutex_lock(&time->lock);
	target = nanoseconds > UINT64_MAX - time->now ? UINT64_MAX : time->now + nanoseconds;
	while ((timer = first_due(time, target)))
		run(time, timer);
	time->now = target;
	pthread_mutex_unlock(&time->lock);
	pthread_mutex_unlock(&time->advancing);
}
