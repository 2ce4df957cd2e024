/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests.h - the tests of a probe, each in the file of its name. */
#ifndef INSPECT_PROBE_TESTS_H
#define INSPECT_PROBE_TESTS_H

#include "device.h"
#include "zpci/inspect/vfio/bind.h"

/* interrupts.c: @count interrupts that are asked for by the register @doorbell */
void probe_test_interrupts(struct probe *p, uint32_t doorbell, uint32_t count,
			   struct probe_interrupts *result);

/* dma.c: @bytes bytes copied by the DMA engine, then other operations */
void probe_test_dma(struct probe *p, uint64_t bytes, struct probe_dma *result);

/* code.c: code that the DMA engine writes over */
void probe_test_code(struct probe *p, struct probe_code *result);

/* errors.c: DMA that must be refused, and the recovery from it; @f may be opened anew meanwhile */
void probe_test_errors(struct vfio_function *f, struct binding *binding, uint32_t fid,
		       uint64_t random, struct probe_results *results);

#endif
