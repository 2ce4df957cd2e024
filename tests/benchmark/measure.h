/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure.h - measures side by side: each case is compared with yardsticks that run at the same
 * time, because a machine's speed changes.
 *
 * A round runs each case once, for a fixed number of operations on each thread, between two runs of
 * each yardstick. It prints the median of the time of one operation, and of the ratio to the same
 * round's yardsticks, with the quartiles.
 */
#ifndef TESTS_BENCHMARK_MEASURE_H
#define TESTS_BENCHMARK_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct case_ {
	const char *name;
	/* Does @count operations as thread @thread of the shared world. */
	void (*run)(void *world, unsigned thread, uint64_t count);
	uint64_t count; /* operations of one thread in a round; 0: as many as take a millisecond */
	unsigned threads;   /* 0: one */
	double limit;	    /* promised limit of the ratio to @yardstick; 0: none */
	unsigned yardstick; /* the yardstick of @limit */
	/* The case's own yardstick, which is then that of @limit; NULL: none. */
	const struct case_ *beside;
};

/* The yardsticks: the least cost of any implementation. */
enum {
	YARDSTICK_MUTEX,      /* an uncontended mutex is locked and unlocked */
	YARDSTICK_MUTEX_COPY, /* the same, and 8 bytes are copied */
	YARDSTICKS
};

/* Measures @cases in @rounds rounds and prints a line for each. Returns how many cases have a
 * median ratio above their limit. Look at these; they need not be wrong. */
unsigned measure(void *world, const struct case_ *cases, unsigned number, unsigned rounds);

/* The heading of these lines. */
void measure_heading(void);

#endif
