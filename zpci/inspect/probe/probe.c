// SPDX-License-Identifier: GPL-2.0-or-later
/* probe.c - see probe.h. What a probe is, zpci-probe(7) says. */
#include <string.h>
#include <sys/resource.h>

#include <zpci/probe.h>

#include "probe.h"
#include "tests.h"

/* DMA memory is locked. Root may raise the limit; for others the map fails, and says so. */
static void unlimit_locked_memory(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &all);
}

/* The generator must not start with 0. */
static uint64_t start_of_random(const struct probe_request *request)
{
	return request->seed ? request->seed : 1;
}

static void run_tests(struct probe *p, const struct probe_request *request,
		      struct probe_results *results)
{
	if (request->interrupts) {
		probe_test_interrupts(p, ZPCI_PROBE_REG_DOORBELL_NOW, request->interrupts,
				      &results->now);
		probe_test_interrupts(p, ZPCI_PROBE_REG_DOORBELL_LATER, request->interrupts,
				      &results->later);
	}
	if (request->dma_bytes) {
		results->dma.seed = request->seed;
		probe_test_dma(p, request->dma_bytes, &results->dma);
		probe_test_code(p, &results->code);
	}
}

void probe_run(const struct vfio_function *f, const struct probe_request *request,
	       struct probe_results *results)
{
	struct probe p = { .random = start_of_random(request) };
	struct probe_verdict verdict = { PROBE_OK, { "" } };

	memset(results, 0, sizeof(*results));
	results->is_probe = probe_is_one(f);
	if (!results->is_probe)
		return;
	unlimit_locked_memory();
	if (probe_open(&p, f, results, &verdict)) {
		run_tests(&p, request, results);
	} else {
		results->now.verdict = results->later.verdict = verdict;
		results->dma.verdict = results->code.verdict = verdict;
	}
	probe_close(&p);
}

void probe_run_errors(struct vfio_function *f, struct binding *binding, uint32_t fid,
		      const struct probe_request *request, struct probe_results *results)
{
	if (results->is_probe && request->errors)
		probe_test_errors(f, binding, fid, start_of_random(request), results);
}
