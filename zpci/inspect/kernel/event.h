/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.h - PCI error events, as the kernel that got them tells of them. */
#ifndef INSPECT_EVENT_H
#define INSPECT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "zpci/inspect/base/problem.h"

struct error_event {
	uint16_t pec;
	uint32_t handle;
	uint64_t address; /* failing DMA address */
};

/* PEC of the error event about function FID that the line TEXT of the kernel log reports; -1: it
 * reports none. */
int event_in_log(const char *text, uint32_t fid);

/* The latest error event about function FID in TEXT, the debug log `pci_error' of the kernel as
 * debugfs shows it. */
bool event_in_debug_log(const char *text, uint32_t fid, struct error_event *event);
/* The same, of this kernel. */
bool event_read(uint32_t fid, struct error_event *event, struct problem *problem);

#endif
