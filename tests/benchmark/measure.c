// SPDX-License-Identifier: GPL-2.0-or-later
#include "measure.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS_MAX 101
#define ENOUGH 1000000 /* nanoseconds of one measurement */
#define THREADS_MAX 16

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* --- yardsticks --------------------------------------------------------------------------- */

/* One for each thread, on its own cache line. */
struct bench_line {
	pthread_mutex_t mutex;
	char from[8], to[8];
} __attribute__((aligned(128)));

static struct bench_line line = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static void mutex(void *world, unsigned thread, uint64_t count)
{
	(void)world, (void)thread;
	for (uint64_t i = 0; i < count; i++) {
		pthread_mutex_lock(&line.mutex);
		pthread_mutex_unlock(&line.mutex);
	}
}

/* Not inlined, with a length unknown to the compiler: as a device's bytes are copied. */
static __attribute__((noinline)) void copy(char *to, const char *from, size_t length)
{
	memcpy(to, from, length);
	__asm__ volatile("" : : "r"(to) : "memory");
}

static void mutex_copy(void *world, unsigned thread, uint64_t count)
{
	volatile size_t length = sizeof(line.to);

	(void)world, (void)thread;
	for (uint64_t i = 0; i < count; i++) {
		pthread_mutex_lock(&line.mutex);
		copy(line.to, line.from, length);
		pthread_mutex_unlock(&line.mutex);
	}
}

static const struct case_ yardsticks[YARDSTICKS] = {
	[YARDSTICK_MUTEX] = { .name = "mutex pair", .run = mutex },
	[YARDSTICK_MUTEX_COPY] = { .name = "mutex pair and 8-byte copy", .run = mutex_copy },
};

/* --- one measurement ------------------------------------------------------------------------ */

struct part {
	const struct case_ *case_;
	void *world;
	unsigned thread;
	uint64_t count;
	pthread_barrier_t *start;
	double time;
};

static void *run_part(void *opaque)
{
	struct part *part = opaque;
	double begin;

	pthread_barrier_wait(part->start);
	begin = now();
	part->case_->run(part->world, part->thread, part->count);
	part->time = now() - begin;
	return NULL;
}

/* Nanoseconds for one operation of one thread. */
static double run_threads(void *world, const struct case_ *case_, uint64_t count)
{
	pthread_t threads[THREADS_MAX];
	struct part parts[THREADS_MAX];
	pthread_barrier_t start;
	double sum = 0;

	pthread_barrier_init(&start, NULL, case_->threads);
	for (unsigned i = 0; i < case_->threads; i++) {
		parts[i] = (struct part){ case_, world, i, count, &start, 0 };
		if (pthread_create(&threads[i], NULL, run_part, &parts[i]))
			abort();
	}
	for (unsigned i = 0; i < case_->threads; i++) {
		pthread_join(threads[i], NULL);
		sum += parts[i].time;
	}
	pthread_barrier_destroy(&start);
	return sum / case_->threads / (double)count;
}

static double run(void *world, const struct case_ *case_, uint64_t count)
{
	double begin;

	if (case_->threads > 1)
		return run_threads(world, case_, count);
	begin = now();
	case_->run(world, 0, count);
	return (now() - begin) / (double)count;
}

/* As many operations as make the clock's cost negligible. */
static uint64_t calibrate(void *world, const struct case_ *case_)
{
	uint64_t count = 1;

	while (!case_->count && run(world, case_, count) * (double)count < ENOUGH)
		count *= 2;
	return case_->count ? case_->count : count;
}

/* --- rounds --------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	double difference = *(const double *)a - *(const double *)b;

	return (difference > 0) - (difference < 0);
}

/* Quartile @n (2: median) of @count sorted values. */
static double quartile(const double *sorted, unsigned count, unsigned n)
{
	return sorted[(count - 1) * n / 4];
}

/* The common yardsticks, then the case's own. */
#define OWN YARDSTICKS

struct samples {
	double time[ROUNDS_MAX];
	double ratio[YARDSTICKS + 1][ROUNDS_MAX];
};

static void sample(void *world, const struct case_ *const *sticks, unsigned number,
		   const uint64_t *counts, const struct case_ *case_, uint64_t count,
		   struct samples *samples, unsigned round)
{
	double before[YARDSTICKS + 1];

	for (unsigned i = 0; i < number; i++)
		before[i] = run(world, sticks[i], counts[i]);
	samples->time[round] = run(world, case_, count);
	for (unsigned i = 0; i < number; i++) {
		double after = run(world, sticks[i], counts[i]);

		samples->ratio[i][round] = samples->time[round] / ((before[i] + after) / 2);
	}
}

/* The case's ratio to its own yardstick. */
static void print_beside(const struct case_ *case_, const double *ratio, unsigned rounds)
{
	double median = quartile(ratio, rounds, 2);

	printf("  %.2f (%.2f-%.2f) x %s", median, quartile(ratio, rounds, 1),
	       quartile(ratio, rounds, 3), case_->beside->name);
}

static bool print(const struct case_ *case_, struct samples *samples, unsigned rounds)
{
	unsigned yardstick = case_->beside ? OWN : case_->yardstick;
	double median[YARDSTICKS + 1];
	bool over;

	qsort(samples->time, rounds, sizeof(double), ascending);
	printf("%-34s %10.1f", case_->name, quartile(samples->time, rounds, 2));
	for (unsigned i = 0; i < YARDSTICKS; i++) {
		double *ratio = samples->ratio[i];

		qsort(ratio, rounds, sizeof(double), ascending);
		median[i] = quartile(ratio, rounds, 2);
		printf("  %8.2f (%.2f-%.2f)", median[i], quartile(ratio, rounds, 1),
		       quartile(ratio, rounds, 3));
	}
	if (case_->beside) {
		qsort(samples->ratio[OWN], rounds, sizeof(double), ascending);
		median[OWN] = quartile(samples->ratio[OWN], rounds, 2);
		print_beside(case_, samples->ratio[OWN], rounds);
	}
	over = case_->limit > 0 && median[yardstick] > case_->limit;
	if (case_->limit > 0)
		printf("  %s %.1f x %s", over ? "ABOVE" : "within", case_->limit,
		       case_->beside ? "that" : yardsticks[yardstick].name);
	putchar('\n');
	fflush(stdout);
	return over;
}

void measure_heading(void)
{
	printf("%-34s %10s  %21s  %21s\n", "operation", "ns", "x mutex pair",
	       "x mutex pair + copy");
}

unsigned measure(void *world, const struct case_ *cases, unsigned number, unsigned rounds)
{
	static struct samples samples;
	const struct case_ *sticks[YARDSTICKS + 1];
	uint64_t counts[YARDSTICKS + 1];
	unsigned over = 0;

	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	for (unsigned i = 0; i < YARDSTICKS; i++) {
		sticks[i] = &yardsticks[i];
		counts[i] = calibrate(NULL, &yardsticks[i]);
	}
	for (unsigned i = 0; i < number; i++) {
		uint64_t count = calibrate(world, &cases[i]);

		sticks[OWN] = cases[i].beside;
		if (cases[i].beside)
			counts[OWN] = calibrate(world, cases[i].beside);
		for (unsigned round = 0; round < rounds; round++)
			sample(world, sticks, YARDSTICKS + !!cases[i].beside, counts, &cases[i],
			       count, &samples, round);
		over += print(&cases[i], &samples, rounds);
	}
	return over;
}
