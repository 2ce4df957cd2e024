/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.h - PCI error events, as the logs of the kernel that got them show them. */
#ifndef INSPECT_EVENT_H
#define INSPECT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"

struct error_event {
	uint16_t pec;
	uint32_t handle;
	uint64_t address; /* failing DMA address */
};

/* The PEC of the error event about function @fid that @text, a line of the kernel log, reports; -1
 * if it reports none. */
int event_in_log(const char *text, uint32_t fid);
/* How many of the new messages in @log, of klog_open(), report one. *@pec becomes the PEC of the
 * last one. */
unsigned int event_count_new(int log, uint32_t fid, uint16_t *pec);

/* The latest error event about function @fid in @text, which is the kernel's debug log `pci_error`
 * as debugfs shows it. False if there is none. */
bool event_in_debug_log(const char *text, uint32_t fid, struct error_event *event);
/* The same of the kernel that runs. */
bool event_read(uint32_t fid, struct error_event *event, struct problem *problem);

#endif
