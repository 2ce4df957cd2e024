/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strike.h - something happens between any two instructions of a test.
 *
 * A signal comes each 20 microseconds and ten times what one costs, so that the code goes on
 * between two, also under an emulator. Its handler does what another thread could do at any
 * moment. This needs no second processor, and no luck: the test repeats a short piece of code, so
 * before long a signal hits each place of it. The handler must not take a lock.
 */
#ifndef TESTS_STRIKE_H
#define TESTS_STRIKE_H

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* First of all in a test. The thread sanitizer keeps signals back until a thread waits, so none
 * comes where it matters. */
static inline void strike_or_skip(void)
{
#ifdef __SANITIZE_THREAD__
	skip();
#endif
}

static inline void strike_each(unsigned microseconds)
{
	const struct itimerval interval = { .it_interval.tv_usec = microseconds,
					    .it_value.tv_usec = microseconds };

	assert_int_equal(setitimer(ITIMER_REAL, &interval, NULL), 0);
}

static inline void strike_nothing(int signal)
{
	(void)signal;
}

/* Of one signal, in microseconds. */
static inline unsigned strike_cost(void)
{
	struct timespec began, ended;

	signal(SIGUSR1, strike_nothing);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (unsigned i = 0; i < 16; i++)
		raise(SIGUSR1);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	return (unsigned)(((ended.tv_sec - began.tv_sec) * 1000000 +
			   (ended.tv_nsec - began.tv_nsec) / 1000) /
			  16);
}

static inline void strike_begin(void (*handler)(int signal))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	strike_each(20 + 10 * strike_cost());
}

static inline void strike_end(void)
{
	strike_each(0);
	signal(SIGALRM, SIG_IGN);
}

#endif
