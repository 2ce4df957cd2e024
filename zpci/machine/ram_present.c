// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ram_present.c - what the machine in memory presents to its guest.
 *
 * Theory of operation. No CPU takes an interruption here. It is counted, and a thread that waits
 * for it is woken. Whether it is presented is decided as on a real machine:
 *
 * - Adapter interruptions are suppressed per subclass (reference 6.6). SIC sets one of two modes.
 *   In ALL each one is presented. In SINGLE the next one is presented and turns NONE on; while
 *   NONE is on they are discarded, not queued, until the guest executes SIC again. Therefore a
 *   guest scans its bit vectors once more after SIC.
 *
 * - Each channel report is presented, since the firmware knows when the guest needs one.
 */
#include <time.h>

#include "ram_internal.h"

int zpci_ram_presented_init(struct zpci_ram_presented *presented)
{
	pthread_condattr_t monotonic;
	int rc = pthread_mutex_init(&presented->lock, NULL);

	if (rc)
		return -rc;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	rc = pthread_cond_init(&presented->interruption, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (rc)
		pthread_mutex_destroy(&presented->lock);
	return -rc;
}

void zpci_ram_presented_fini(struct zpci_ram_presented *presented)
{
	pthread_cond_destroy(&presented->interruption);
	pthread_mutex_destroy(&presented->lock);
}

/* --- adapter interruptions ------------------------------------------------------------ */

void zpci_ram_set_mode(struct zpci_ram *ram, unsigned isc, unsigned mode)
{
	struct zpci_ram_presented *presented = &ram->presented;

	if (isc >= ZPCI_RAM_ISCS)
		return;
	pthread_mutex_lock(&presented->lock);
	presented->isc[isc].single = mode == 1;
	presented->isc[isc].none = false;
	pthread_mutex_unlock(&presented->lock);
}

void zpci_ram_adapter_interruption(void *machine, unsigned isc)
{
	struct zpci_ram_presented *presented = &((struct zpci_ram *)machine)->presented;
	struct zpci_ram_isc *state = &presented->isc[isc % ZPCI_RAM_ISCS];

	pthread_mutex_lock(&presented->lock);
	if (!state->none) {
		state->none = state->single;
		state->presented++;
		pthread_cond_broadcast(&presented->interruption);
	}
	pthread_mutex_unlock(&presented->lock);
}

uint64_t zpci_ram_interruptions(struct zpci_ram *ram, unsigned isc)
{
	return zpci_ram_wait_interruption(ram, isc, UINT64_MAX, 0);
}

static struct timespec deadline_in(unsigned milliseconds)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += milliseconds / 1000;
	deadline.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_nsec -= 1000000000;
		deadline.tv_sec++;
	}
	return deadline;
}

uint64_t zpci_ram_wait_interruption(struct zpci_ram *ram, unsigned isc, uint64_t seen,
				    unsigned milliseconds)
{
	struct zpci_ram_presented *presented = &ram->presented;
	const struct zpci_ram_isc *state = &presented->isc[isc % ZPCI_RAM_ISCS];
	struct timespec deadline = deadline_in(milliseconds);
	uint64_t number;

	pthread_mutex_lock(&presented->lock);
	while (milliseconds && state->presented <= seen) {
		if (pthread_cond_timedwait(&presented->interruption, &presented->lock, &deadline))
			break;
	}
	number = state->presented;
	pthread_mutex_unlock(&presented->lock);
	return number;
}

/* --- channel reports ------------------------------------------------------------------ */

void zpci_ram_channel_report(void *machine)
{
	struct zpci_ram_presented *presented = &((struct zpci_ram *)machine)->presented;

	pthread_mutex_lock(&presented->lock);
	presented->reports++;
	pthread_mutex_unlock(&presented->lock);
}

uint64_t zpci_ram_channel_reports(struct zpci_ram *ram)
{
	uint64_t reports;

	pthread_mutex_lock(&ram->presented.lock);
	reports = ram->presented.reports;
	pthread_mutex_unlock(&ram->presented.lock);
	return reports;
}

/* --- service signal ------------------------------------------------------------------- */

void zpci_ram_sclp_completion(void *machine, uint32_t sccb)
{
	struct zpci_ram_presented *presented = &((struct zpci_ram *)machine)->presented;

	pthread_mutex_lock(&presented->lock);
	presented->completions++;
	presented->sccb = sccb;
	pthread_mutex_unlock(&presented->lock);
}

uint64_t zpci_ram_completions(struct zpci_ram *ram, uint32_t *sccb)
{
	uint64_t completions;

	pthread_mutex_lock(&ram->presented.lock);
	completions = ram->presented.completions;
	if (sccb)
		*sccb = ram->presented.sccb;
	pthread_mutex_unlock(&ram->presented.lock);
	return completions;
}
