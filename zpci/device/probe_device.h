/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe_device.h - the inside of the probe device; its registers are in <zpci/probe.h>.
 *
 * Internal to zpci/device/probe*.c.
 *
 *	guest CPU                              the device's thread
 *	---------                              -------------------
 *	probe.c           registers            probe_worker.c   what to do next
 *	  |                                      |
 *	  +- doorbell LATER --> queue ---------> probe_doorbell.c --+
 *	  +- DMA command -----> dma -----------> probe_dma.c -------+--> probe_device.c
 *	  |                                                                  |
 *	  +- doorbell NOW -------------------------------------------------> services
 */
#ifndef ZPCI_DEVICE_PROBE_DEVICE_H
#define ZPCI_DEVICE_PROBE_DEVICE_H

#include <pthread.h>

#include <zpci/probe.h>

#include "zpci/device/config_space.h"

/* Size of the register file, from offset 0. Behind it, up to the device memory, all reads as 0. */
#define PROBE_REGISTERS 0xc0u

/* A doorbell that waits: @deadline in nanoseconds of CLOCK_MONOTONIC. */
struct probe_doorbell {
	uint64_t deadline;
	uint32_t vector;
};

/* Sorted by deadline, those of equal deadline in the order they were rung. */
struct probe_queue {
	struct probe_doorbell entry[ZPCI_PROBE_QUEUE];
	unsigned count;
	uint32_t dropped;
};

/* One operation of the DMA engine: its operands as they were when the command came. */
struct probe_job {
	uint32_t command;
	uint64_t source;
	uint64_t destination;
	uint64_t length;
	uint64_t pattern;
};

struct probe_dma {
	struct probe_job job; /* while status says BUSY */
	uint32_t status;      /* ZPCI_PROBE_STATUS_* */
	uint64_t done;
	uint64_t failed;
};

/*
 * Everything from @memory on is under @lock, unless another owner is named. The lock is held for a
 * copy of bytes at the most, and never while a service is called: @in_service says that the thread
 * is in one. What is before @lock belongs to the operations, which come one at a time.
 */
struct probe_device {
	const struct zpci_services *services;
	unsigned vf;
	uint64_t loads;
	uint64_t stores;
	uint8_t registers[PROBE_REGISTERS]; /* as written; see probe.c for what is read */
	struct zpci_config_space config;

	pthread_mutex_t lock;
	pthread_cond_t work; /* to the thread: look again */
	pthread_cond_t idle; /* from the thread: left a service */

	uint8_t memory[ZPCI_PROBE_MEMORY_SIZE];
	uint64_t interrupts;
	struct probe_queue queue;
	struct probe_dma dma;

	pthread_t thread;
	bool started;
	bool stop;
	bool quiesced;
	bool in_service;
	bool complained;		      /* about a thread that could not start */
	uint8_t bounce[ZPCI_PROBE_DMA_CHUNK]; /* the thread's own */
};

/* --- probe_device.c ---------------------------------------------------------------------- */

/* Nanoseconds of CLOCK_MONOTONIC, and how many a second has. */
uint64_t probe_now(void);
#define PROBE_SECOND 1000000000u
/* Tells the thread that there is work, or less of it. Lock held. */
void probe_wake(struct probe_device *device);
/* Returns when the thread is in no service. Lock held; given up while waiting. */
void probe_wait_idle(struct probe_device *device);
/* For the thread: around calls of services. The lock is held before enter and after leave. */
void probe_service_enter(struct probe_device *device);
void probe_service_leave(struct probe_device *device);
/* For the thread: raise a vector that exists, and count it. Lock held; given up meanwhile. */
void probe_raise(struct probe_device *device, uint32_t vector);

/* --- probe_doorbell.c -------------------------------------------------------------------- */

/* Vector @vector after @delay microseconds. Lock held. */
void probe_doorbell_queue(struct probe_device *device, uint32_t vector, uint32_t delay);
/* For the thread: raise the first doorbell if it is due. True if there was one. Lock held;
 * given up meanwhile. */
bool probe_doorbell_step(struct probe_device *device);
void probe_doorbell_reset(struct probe_device *device);

/* --- probe_dma.c ------------------------------------------------------------------------- */

/* @command was written. Lock held. */
void probe_dma_command(struct probe_device *device, uint32_t command);
/* For the thread: move one chunk. True if there was one. Lock held; given up meanwhile. */
bool probe_dma_step(struct probe_device *device);
/* Drops what is in work. Lock held; the caller waits for the thread afterwards. */
void probe_dma_reset(struct probe_device *device);

/* --- probe_worker.c ---------------------------------------------------------------------- */

int probe_worker_init(struct probe_device *device);
void probe_worker_destroy(struct probe_device *device);
/* Starts the thread unless it runs. 0 or -EAGAIN after a message. Lock held. */
int probe_worker_start(struct probe_device *device);

#endif
