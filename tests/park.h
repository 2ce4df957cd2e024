/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * park.h - meeting a thread inside of a call.
 *
 * A test puts pass() into an operation of a machine or of a device. While the park is closed, a thread
 * that comes there says so and waits. That another call does not return meanwhile is looked at after
 * give_chances(): everybody had many chances to run.
 */
#ifndef TESTS_PARK_H
#define TESTS_PARK_H

#include <sched.h>
#include <stdbool.h>

#define PARK_CHANCES 2000

struct park {
	_Atomic bool closed;
	_Atomic unsigned here; /* threads that wait */
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
