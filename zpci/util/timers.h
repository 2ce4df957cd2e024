/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timers.h - timers of the host's monotonic clock, for a machine whose host has none of its own.
 * They do what struct zpci_machine_ops says of timers.
 */
#ifndef ZPCI_UTIL_TIMERS_H
#define ZPCI_UTIL_TIMERS_H

#include <stdint.h>

struct zpci_timer;
struct zpci_timers; /* any number, and the thread that runs them */

/* NULL: no memory, or no thread. */
struct zpci_timers *zpci_timers_new(void);
/* All timers were destroyed before. NULL is allowed. */
void zpci_timers_free(struct zpci_timers *timers);

/* The operations timer_create() and so on. */
struct zpci_timer *zpci_timers_create(struct zpci_timers *timers, void (*expired)(void *opaque),
				      void *opaque);
void zpci_timers_set(struct zpci_timer *timer, uint64_t nanoseconds);
void zpci_timers_cancel(struct zpci_timer *timer);
void zpci_timers_destroy(struct zpci_timer *timer);

#endif
