/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - interrupts, DMA and code written by DMA, with a device of the `probe` model.
 *
 *   probe.c       finding out that it is one, registers, vectors, DMA memory
 *   probe_irq.c   interrupts
 *   probe_dma.c   the DMA engine, and comparing what it did
 *   probe_code.c  code that the DMA engine writes over
 *   probe_error.c DMA that must be refused, and what follows
 */
#ifndef INSPECT_PROBE_H
#define INSPECT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "zpci/inspect/vfio/bind.h"
#include "zpci/inspect/kernel/event.h"
#include "zpci/inspect/base/problem.h"
#include "zpci/inspect/vfio/vfio.h"

#define PROBE_MAX_VECTORS 64

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
	uint32_t lost;	  /* not there after 10 seconds */
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
	PROBE_RECOVERED_BY_RECOVER, /* sysfs `recover', and opened again */
};

struct probe_error {
	struct probe_verdict verdict;
	uint64_t address;	  /* that must be refused first */
	uint16_t pec;		  /* that must be told */
	uint32_t notified;	  /* how often vfio's error interrupt came */
	uint32_t interrupts;	  /* of the DMA's end; a blocked function makes none */
	uint32_t events;	  /* in the kernel log */
	uint16_t logged_pec;	  /* of the last of them */
	bool event_read;	  /* from the kernel's debug log: */
	struct error_event event; /* all that it was told */
	int load_error;		  /* of a register load after the error, and ... */
	uint64_t loaded;	  /* ... what it gave */
	bool status_read;	  /* the device could be asked: */
	uint64_t status;	  /* its DMA status, */
	uint64_t failed;	  /* and the address that it saw refused */
	uint64_t changed;	  /* bytes that must not have changed and did */
	bool reset_tried;	  /* VFIO_DEVICE_RESET, as the kernel had not recovered it: */
	int reset_error;	  /* what it gave, */
	bool dma_after_reset;	  /* and whether a DMA works then, interrupts left aside */
	enum probe_recovery recovery;
};

extern const char *const probe_error_names[PROBE_ERRORS]; /* in JSON */
extern const char *const probe_error_texts[PROBE_ERRORS];
extern const char *const probe_recovery_names[];

struct probe_results {
	bool is_probe; /* otherwise nothing below is valid */
	uint32_t vf;
	uint32_t vectors;
	struct probe_interrupts now;   /* raised in the context of the storing CPU */
	struct probe_interrupts later; /* raised by the device's thread */
	struct probe_dma dma;
	struct probe_code code;
	struct probe_error errors[PROBE_ERRORS];
};

struct probe_request {
	uint32_t interrupts;
	bool errors;
	uint64_t dma_bytes;
	uint64_t seed;
};

/* Run all tests on an open function. Leaves the results at is_probe = false if it is none. */
void probe_run(const struct vfio_function *f, const struct probe_request *request,
	       struct probe_results *results);

/* Let a probe make DMA errors, and have it recovered. The function FID may be opened anew
 * meanwhile. */
void probe_run_errors(struct vfio_function *f, struct binding *binding, uint32_t fid,
		      const struct probe_request *request, struct probe_results *results);

/* The worst outcome of all tests. */
enum probe_outcome probe_worst(const struct probe_results *results);

/* --- for the parts ------------------------------------------------------------------------ */

struct probe {
	const struct vfio_function *f;
	int events[PROBE_MAX_VECTORS];
	uint32_t vectors; /* connected */
	uint64_t random;  /* state */
};

/* One DMA operation. */
struct probe_operation {
	uint32_t operation; /* ZPCI_PROBE_DMA_READ ... */
	uint64_t source;
	uint64_t destination;
	uint64_t length;
	uint64_t pattern;
};

/* Memory of ours that the device can reach. */
struct probe_memory {
	uint8_t *data;
	uint64_t iova;
	uint64_t size;
};

/* Switch memory access, bus mastership and vectors on, and check what answers; and off. */
bool probe_open(struct probe *p, const struct vfio_function *f, struct probe_results *results,
		struct probe_verdict *verdict);
void probe_close(struct probe *p);

/* Access a register. False with errno: refused. */
bool probe_read(const struct probe *p, uint32_t reg, size_t size, uint64_t *value);
bool probe_write(const struct probe *p, uint32_t reg, size_t size, uint64_t value);
/* Say in VERDICT that a register could not be accessed, by errno. */
void probe_refused(struct probe_verdict *verdict);
/* Set the outcome and the sentence. */
void probe_verdict(struct probe_verdict *verdict, enum probe_outcome outcome, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));
uint64_t probe_random(struct probe *p);
uint64_t probe_microseconds(void);

/* How often a vector came since it was asked for last; waits if it did not yet. 0: it did not
 * within 10 seconds. A signal does not end it: what the device was told to do ends first, as
 * it may be using memory that we are going to unmap. */
uint64_t probe_wait_vector(const struct probe *p, uint32_t vector);
/* Whether a signal wants the test to end, and then say so in VERDICT. Asked before each
 * step. */
bool probe_stopped(struct probe_verdict *verdict);

bool probe_map(const struct probe *p, uint64_t size, bool executable, struct probe_memory *memory,
	       struct probe_verdict *verdict);
void probe_unmap(const struct probe *p, struct probe_memory *memory);

void probe_test_interrupts(struct probe *p, uint32_t doorbell, uint32_t count,
			   struct probe_interrupts *result);
/* Start one operation that will end with an interrupt on VECTOR. False with errno: refused. */
bool probe_start_operation(const struct probe *p, const struct probe_operation *op,
			   uint32_t vector);
/* Run one operation and wait for its interrupt. True: it is done, without error. */
bool probe_operate(struct probe *p, const struct probe_operation *op,
		   struct probe_verdict *verdict);
void probe_test_dma(struct probe *p, uint64_t bytes, struct probe_dma *result);
void probe_test_code(struct probe *p, struct probe_code *result);

#endif
