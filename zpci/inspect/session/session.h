/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - one function from the time that vfio-pci gets it until its old driver is back. */
#ifndef INSPECT_SESSION_H
#define INSPECT_SESSION_H

#include <stdbool.h>

#include "zpci/inventory/inventory.h"
#include "zpci/inspect/probe/probe.h"
#include "zpci/inspect/vfio/bind.h"
#include "zpci/inspect/vfio/function.h"
#include "zpci/inspect/vfio/iommufd.h"
#include "zpci/inspect/vfio/observe.h"

struct session_request {
	const uint64_t *iovas; /* to try by iommufd, at most IOMMUFD_MAX_TRIALS */
	size_t iova_count;
	struct probe_request probe;
};

struct session {
	char name[PCI_ADDRESS_SIZE];	 /* the address, or the FID if there is no address */
	const struct function *function; /* NULL: sysfs does not have this function */
	struct binding binding;
	struct iommufd_trial trials[IOMMUFD_MAX_TRIALS];
	size_t trial_count;
	struct vfio_function vfio;
	bool open;
	bool complete;		/* all observations were made */
	struct problem problem; /* valid if not open */
	struct observations observations;
	struct probe_results probe;
};

/* Bind the function, try addresses by iommufd, then open and observe it, and if it is a probe, test
 * it. If that does not work, or @function is NULL, the session says so. */
void session_start(struct session *s, const char *name, const struct function *function,
		   const struct session_request *request);

/* Close, and put the old driver back. Returns 0, or -1 and the problem. */
int session_end(struct session *s, struct problem *problem);

#endif
