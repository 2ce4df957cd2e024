/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results.h - what the tests of a `probe` device found. */
#ifndef INSPECT_PROBE_RESULTS_H
#define INSPECT_PROBE_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"
#include "zpci/inspect/kernel/event.h"

/* How a test ended. */
enum probe_outcome {
	PROBE_SKIPPED, /* not asked for */
	PROBE_OK,
	PROBE_FAILED,	/* the device or what is below it did something wrong */
	PROBE_NOT_MADE, /* it could not be tried */
	PROBE_STOPPED,	/* by a signal */
};

struct probe_verdict {
	enum probe_outcome outcome;
	struct problem problem; /* unless skipped or ok */
};

struct probe_interrupts {
	struct probe_verdict verdict;
	uint32_t sent;
	uint32_t arrived;
	uint32_t lost;	  /* did not arrive within 10 seconds */
	uint32_t extra;	  /* more than were asked for, or on a wrong vector */
	uint64_t raised;  /* as the device counted */
	uint32_t dropped; /* as the device counted */
	uint32_t vectors;
	uint32_t cpus; /* from which they were asked for */
	uint64_t microseconds;
};

struct probe_dma {
	struct probe_verdict verdict;
	uint64_t seed;
	uint64_t copied;
	uint32_t copies;
	uint32_t reads;
	uint32_t writes;
	uint32_t fills;
	uint64_t microseconds;
};

struct probe_code {
	struct probe_verdict verdict;
	uint32_t rounds;
	int64_t before; /* what the code returned before the last round's write */
	int64_t after;	/* ... and after it */
	int64_t expected;
};

/* DMA that must be refused, in the order in which it is tried. */
enum probe_error_name {
	PROBE_ERROR_UNMAPPED_WRITE,
	PROBE_ERROR_UNMAPPED_READ,
	PROBE_ERROR_CROSSING,
	PROBE_ERROR_READ_ONLY,
	PROBE_ERROR_BEYOND,
	PROBE_ERROR_BEFORE,
	PROBE_ERRORS
};

/* Who brought the function back. */
enum probe_recovery {
	PROBE_NOT_RECOVERED,
	PROBE_RECOVERED_BY_KERNEL,  /* when it got the event */
	PROBE_RECOVERED_BY_RESET,   /* VFIO_DEVICE_RESET */
	PROBE_RECOVERED_BY_RECOVER, /* sysfs `recover`, and opened again */
};

struct probe_error {
	struct probe_verdict verdict;
	uint64_t address;	  /* the first that must be refused */
	uint16_t pec;		  /* the code that the event must have */
	uint32_t notified;	  /* how often vfio's error interrupt came */
	uint32_t interrupts;	  /* of the device; while it is blocked, none may come */
	uint32_t events;	  /* error events in the kernel log */
	uint16_t logged_pec;	  /* of the last of them */
	bool event_read;	  /* from the kernel's debug log into `event` */
	struct error_event event; /* all that the kernel was told */
	int load_error;		  /* errno of a register load after the error, 0: it worked */
	uint64_t loaded;	  /* what the load gave */
	bool status_read;	  /* the device could be asked for `status` and `failed` */
	uint64_t status;	  /* of its DMA */
	uint64_t failed;	  /* the address that was refused, as the device saw it */
	uint64_t changed;	  /* bytes that must not have changed and did */
	bool reset_tried;	  /* VFIO_DEVICE_RESET, as the kernel had not recovered it */
	int reset_error;	  /* errno of that */
	bool dma_after_reset;	  /* a DMA works then; whether interrupts do is not asked */
	enum probe_recovery recovery;
};

extern const char *const probe_outcome_names[];
extern const char *const probe_error_names[PROBE_ERRORS]; /* in JSON */
extern const char *const probe_error_texts[PROBE_ERRORS];
extern const char *const probe_recovery_names[];

struct probe_results {
	bool is_probe; /* if not, nothing below is valid */
	uint32_t vf;
	uint32_t vectors;
	struct probe_interrupts now;   /* raised in the context of the storing CPU */
	struct probe_interrupts later; /* raised by the device's thread */
	struct probe_dma dma;
	struct probe_code code;
	struct probe_error errors[PROBE_ERRORS];
};

/* The worst outcome of all tests. */
enum probe_outcome probe_worst(const struct probe_results *results);

/* Set outcome and sentence. */
void probe_verdict(struct probe_verdict *verdict, enum probe_outcome outcome, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));

#endif
