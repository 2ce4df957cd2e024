/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - a `probe` device under test: its registers, its interrupts, and memory for its DMA.
 * All tests stand on this.
 */
#ifndef INSPECT_PROBE_DEVICE_H
#define INSPECT_PROBE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results.h"
#include "zpci/inspect/vfio/function.h"

#define PROBE_MAX_VECTORS 64

struct probe {
	const struct vfio_function *f;
	int events[PROBE_MAX_VECTORS];
	uint32_t vectors; /* that are connected with an event */
	uint64_t random;  /* state of the generator, never 0 */
};

/* Memory of this process that the device can reach. */
struct probe_memory {
	uint8_t *data;
	uint64_t iova;
	uint64_t size;
};

/* Whether the PCI IDs are those of a probe. */
bool probe_is_one(const struct vfio_function *f);

/* Switch on memory access, bus mastership and vectors, and check what answers; and off. */
bool probe_open(struct probe *p, const struct vfio_function *f, struct probe_results *results,
		struct probe_verdict *verdict);
void probe_close(struct probe *p);

/* Access a register. False with errno: refused. */
bool probe_read(const struct probe *p, uint32_t reg, size_t size, uint64_t *value);
bool probe_write(const struct probe *p, uint32_t reg, size_t size, uint64_t value);
/* Say in @verdict, with errno, that a register could not be accessed. */
void probe_refused(struct probe_verdict *verdict);

/* How often the interrupt @vector came since the last call. If it did not come yet, wait; after 10
 * seconds return 0. A signal does not end the wait: the device may use memory until it has done
 * what it was told to do, and only then can that memory be unmapped. */
uint64_t probe_wait_vector(const struct probe *p, uint32_t vector);
/* Whether a signal asks for the end of the test; if so, say that in @verdict. To be asked before
 * each step. */
bool probe_stopped(struct probe_verdict *verdict);

bool probe_map(const struct probe *p, uint64_t size, bool executable, struct probe_memory *memory,
	       struct probe_verdict *verdict);
void probe_unmap(const struct probe *p, struct probe_memory *memory);

uint64_t probe_random(struct probe *p);

#endif
