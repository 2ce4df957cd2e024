/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * park.h - a test stops a thread inside of a call.
 *
 * A test calls pass() in an operation of a machine or of a device. While the park is closed, a
 * thread that calls it counts itself in @here and waits. Then the test calls give_chances(), which
 * lets all threads run many times, and checks that another call has not returned.
 */
#ifndef TESTS_PARK_H
#define TESTS_PARK_H

#include <sched.h>
#include <stdbool.h>

#define PARK_CHANCES 2000

struct park {
	_Atomic bool closed;
	_Atomic unsigned here; /* threads that wait in it */
};

static inline void pass(struct park *park)
{
	if (!park->closed)
		return;
	park->here++;
	while (park->closed)
		sched_yield();
	park->here--;
}

static inline void wait_for(const _Atomic unsigned *number)
{
	while (!*number)
		sched_yield();
}

static inline void give_chances(void)
{
	for (unsigned i = 0; i < PARK_CHANCES; i++)
		sched_yield();
}

#endif
