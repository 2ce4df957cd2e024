/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.h - a clock that only goes forward. */
#ifndef INSPECT_BASE_CLOCK_H
#define INSPECT_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t clock_microseconds(void)
{
	return clock_nanoseconds() / 1000;
}

#endif
