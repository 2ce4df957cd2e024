/* SPDX-License-Identifier: GPL-2.0-or-later */
/* klog.h - new messages of the kernel log. */
#ifndef INSPECT_KLOG_H
#define INSPECT_KLOG_H

#include <stdbool.h>
#include <stddef.h>

#include "zpci/inspect/base/problem.h"

/* The log from its end on: a file descriptor, or -1 and the problem. */
int klog_open(struct problem *problem);

/* The next message as a line of text; false: there is no new one. */
bool klog_next(int fd, char *record, size_t size);

#endif
