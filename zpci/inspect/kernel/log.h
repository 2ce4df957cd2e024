/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log.h - new messages of the kernel log. */
#ifndef INSPECT_KERNEL_LOG_H
#define INSPECT_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "zpci/inventory/problem.h"

/* A file descriptor for the messages that come from now on; or -1 and the problem. */
int klog_open(struct problem *problem);

/* The next message as a line of text; false if there is no new one. */
bool klog_next(int fd, char *record, size_t size);

#endif
