// SPDX-License-Identifier: GPL-2.0-or-later
/* session.c - see session.h */
#include <stdio.h>
#include <string.h>

#include "session.h"
#include "zpci/inspect/base/stop.h"

static uint32_t fid_of(const struct function *function)
{
	return (uint32_t)function->items[ITEM_FID].value;
}

/* iommufd needs a function that is not open. It goes first, so that all that follows shows whether
 * the function is still usable. */
static void try_iommufd(struct session *s, const struct session_request *request)
{
	for (size_t i = 0; i < request->iova_count && !stop_requested(); i++) {
		struct iommufd_trial *trial = &s->trials[s->trial_count++];

		trial->iova = request->iovas[i];
		iommufd_try(s->function->address, fid_of(s->function), trial);
		/* The log names functions by their FID. */
		trial->log_read &= s->function->items[ITEM_FID].state == ITEM_KNOWN;
	}
}

void session_start(struct session *s, const char *name, const struct function *function,
		   const struct session_request *request)
{
	memset(s, 0, sizeof(*s));
	s->vfio.container_fd = s->vfio.group_fd = s->vfio.device_fd = -1;
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->function = function;
	if (!function || !function->has_device) {
		problem_set(&s->problem, "%s: this Linux has no such PCI device%s", name,
			    function ? " (the function is in standby, or was not found by the "
				       "scan; try writing 1 to its slot's power)"
				     : "");
		return;
	}
	if (binding_take(&s->binding, function->address, &s->problem))
		return;
	try_iommufd(s, request);
	if (vfio_open(&s->vfio, function->address, &s->problem))
		return;
	s->open = true;
	s->complete = observe(&s->vfio, &s->observations) == 0;
	if (!stop_requested())
		probe_run(&s->vfio, &request->probe, &s->probe);
	if (!stop_requested() && function->items[ITEM_FID].state == ITEM_KNOWN)
		probe_run_errors(&s->vfio, &s->binding, fid_of(function), &request->probe,
				 &s->probe);
}

int session_end(struct session *s, struct problem *problem)
{
	vfio_close(&s->vfio);
	s->open = false;
	return binding_restore(&s->binding, problem);
}
