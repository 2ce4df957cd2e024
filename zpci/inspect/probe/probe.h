/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe.h - tests a function of the device model `probe`: interrupts, DMA, and DMA errors. */
#ifndef INSPECT_PROBE_H
#define INSPECT_PROBE_H

#include "results.h"
#include "zpci/inspect/vfio/bind.h"
#include "zpci/inspect/vfio/function.h"

struct probe_request {
	uint32_t interrupts; /* of each kind; 0: no test of them */
	bool errors;
	uint64_t dma_bytes; /* 0: no test of DMA and code */
	uint64_t seed;
};

/* Run the tests but those of DMA errors. If the open function @f is no probe, only
 * @results->is_probe is set. */
void probe_run(const struct vfio_function *f, const struct probe_request *request,
	       struct probe_results *results);

/* After that: have the probe do DMA that must be refused, if @request says so. The function may be
 * opened anew meanwhile. */
void probe_run_errors(struct vfio_function *f, struct binding *binding, uint32_t fid,
		      const struct probe_request *request, struct probe_results *results);

#endif
