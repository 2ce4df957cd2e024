/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driver.h - the driver of a function, in the running system. */
#ifndef ZPCI_TOOL_HOST_DRIVER_H
#define ZPCI_TOOL_HOST_DRIVER_H

#include <sys/types.h>

#include "zpci/inventory/function.h"
#include "zpci/inventory/problem.h"

/* Bind @f to vfio-pci, whatever driver it has. If that fails, it gets the driver back that the
 * kernel chooses. */
int host_driver_vfio(const struct function *f, struct problem *problem);

/* Take @f from vfio-pci, and let the kernel choose. @driver is the one that it has then, "" if the
 * kernel has none for it. */
int host_driver_default(const struct function *f, char driver[FUNCTION_NAME_SIZE],
			struct problem *problem);

/* A process that has @f open through vfio, such as the QEMU of a guest. While there is one, the
 * kernel does not take vfio-pci away: whoever tries waits. Returns its process ID with its name, or
 * 0. */
#define HOST_PROCESS_NAME_SIZE 32
pid_t host_vfio_user(const struct function *f, char name[HOST_PROCESS_NAME_SIZE]);

#endif
