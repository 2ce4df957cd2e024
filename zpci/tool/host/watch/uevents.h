/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uevents.h - what the kernel says when devices come, go and change. */
#ifndef ZPCI_TOOL_HOST_UEVENTS_H
#define ZPCI_TOOL_HOST_UEVENTS_H

#include <stdbool.h>

#include "zpci/inventory/problem.h"

/* A file descriptor that becomes readable with each event of this kernel, or -1 and the problem. */
int uevents_open(struct problem *problem);

/*
 * Take all events that have come. Returns 1 if one of them can have changed a function or what is
 * on it, or if events were lost; 0 if not; -1 and the problem.
 */
int uevents_take(int fd, struct problem *problem);

#endif
