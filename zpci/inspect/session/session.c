// SPDX-License-Identifier: GPL-2.0-or-later
/* session.c - see session.h */
#include <stdio.h>
#include <string.h>

#include "session.h"
#include "zpci/inspect/base/stop.h"

void session_start(struct session *s, const char *name, const struct function *function,
		   const struct probe_request *request)
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
	if (binding_take(&s->binding, function->address, &s->problem) ||
	    vfio_open(&s->vfio, function->address, &s->problem))
		return;
	s->open = true;
	s->complete = observe(&s->vfio, &s->observations) == 0;
	if (!stop_requested())
		probe_run(&s->vfio, request, &s->probe);
	if (!stop_requested() && function->items[ITEM_FID].state == ITEM_KNOWN)
		probe_run_errors(&s->vfio, &s->binding, (uint32_t)function->items[ITEM_FID].value,
				 request, &s->probe);
}

int session_end(struct session *s, struct problem *problem)
{
	vfio_close(&s->vfio);
	s->open = false;
	return binding_restore(&s->binding, problem);
}
