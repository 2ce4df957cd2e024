/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* thread.h - threads of ours in the process of another program. */
#ifndef ZPCI_UTIL_THREAD_H
#define ZPCI_UTIL_THREAD_H

#include <pthread.h>
#include <signal.h>

/* pthread_create(), with all signals blocked on the new thread: signals are for the other threads
 * of the process, whose program knows what to do. */
static inline int zpci_thread_start(pthread_t *thread, void *(*run)(void *opaque), void *opaque)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(thread, NULL, run, opaque);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

#endif
