/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - everything about one function that is opened through vfio, start to end. */
#ifndef INSPECT_SESSION_H
#define INSPECT_SESSION_H

#include <stdbool.h>

#include "zpci/inspect/vfio/bind.h"
#include "zpci/inspect/inventory/inventory.h"
#include "zpci/util/json.h"
#include "zpci/inspect/vfio/observe.h"
#include "zpci/inspect/probe/probe.h"
#include "zpci/inspect/vfio/vfio.h"

struct session {
	char name[PCI_ADDRESS_SIZE];	 /* address, or the FID if there is no address */
	const struct function *function; /* NULL: sysfs does not have it */
	struct binding binding;
	struct vfio_function vfio;
	bool open;
	bool complete;		/* all observations were made */
	struct problem problem; /* valid if not open */
	struct observations observations;
	struct probe_results probe;
};

/* Bind, open, observe, and test a probe. FUNCTION NULL gives a session that says so. */
void session_start(struct session *s, const char *name, const struct function *function,
		   const struct probe_request *request);

/* Close, and put the old driver back. Returns 0, or -1 and the problem. */
int session_end(struct session *s, struct problem *problem);

void session_report(FILE *out, const struct session *s);
void session_report_json(struct json *j, const struct session *s);

#endif
