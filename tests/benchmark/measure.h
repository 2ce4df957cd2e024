/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure.h - measuring side by side: each case is compared with yardsticks that ran in the same
 * moment, since this machine may be another one a second later.
 *
 * A round runs each case once, for a fixed number of operations on each thread, between two runs of
 * each yardstick. What is printed is the median over the rounds of the case's time for one
 * operation, and of its ratio to the yardsticks of the same round, with the quartiles.
 */
#ifndef TESTS_BENCHMARK_MEASURE_H
#define TESTS_BENCHMARK_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct case_ {
	const char *name;
	/* Does @count operations as thread @thread of the world that the cases share. */
	void (*run)(void *world, unsigned thread, uint64_t count);
	uint64_t count; /* operations of one thread in a round; 0: as many as take a millisecond */
	unsigned threads;   /* 0: one */
	double limit;	    /* of the ratio to @yardstick, as it was promised; 0: none */
	unsigned yardstick; /* that @limit is about */
	/* A yardstick of its own, which @limit is about then; NULL: none. */
	const struct case_ *beside;
};

/* The yardsticks: what any implementation would pay. */
enum {
	YARDSTICK_MUTEX,      /* an uncontended mutex is locked and unlocked */
	YARDSTICK_MUTEX_COPY, /* the same, and 8 bytes are copied */
	YARDSTICKS
};

/* Measures @cases in @rounds rounds and prints a line for each. Returns how many of those with a
 * limit have a median ratio above it: something to look at, not a verdict. */
unsigned measure(void *world, const struct case_ *cases, unsigned number, unsigned rounds);

/* The heading of these lines. */
void measure_heading(void);

#endif
