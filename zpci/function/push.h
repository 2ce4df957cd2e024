/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * push.h - guest storage mapped for a device that accesses it by itself.
 */
#ifndef ZPCI_FUNCTION_PUSH_H
#define ZPCI_FUNCTION_PUSH_H

#include "zpci/function/function.h"

/* With the function's lock held, of any function: these do nothing if its device has no
 * dma_map(). */

/* RPCIT, in any state: maps and unmaps, so that the device has of @length bytes from @start what
 * the tables say. Returns 0, or the status of cc 1: ZPCI_STATUS_RESOURCES if there is no room;
 * ZPCI_STATUS_IN_ERROR if the tables are wrong, and then the function is in error. */
uint8_t zpci_push_refresh(struct zpci_function *function, uint64_t start, uint64_t length);
/* For when the tables are not registered any more: nothing is mapped when it returns. */
void zpci_push_drop(struct zpci_function *function);

#endif
