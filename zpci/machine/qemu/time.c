// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * time.c - the guest's clock, and timers.
 *
 * The TOD clock is the host's time of day. QEMU starts its CPUs' clocks at that time in whole
 * seconds, so the two differ by up to a second. They differ by more when the guest sets its clock,
 * when the machine was stopped, or with -rtc base=. This clock is for time stamps only.
 */
#include <time.h>

#include "binding.h"

/* From 1900, where the TOD clock begins, to 1970. */
#define EPOCH_SECONDS 2208988800ull

struct zpci_timer *zpci_qemu_timer_create(void *machine, void (*expired)(void *opaque),
					  void *opaque)
{
	struct zpci_qemu_binding *binding = machine;

	return zpci_timers_create(binding->timers, expired, opaque);
}

uint64_t zpci_qemu_clock(void *machine)
{
	struct timespec time;

	(void)machine;
	clock_gettime(CLOCK_REALTIME, &time);
	/* Bit 51 counts microseconds. */
	return (((uint64_t)time.tv_sec + EPOCH_SECONDS) * 1000000 << 12) +
	       ((uint64_t)time.tv_nsec << 12) / 1000;
}
