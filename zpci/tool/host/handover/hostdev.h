/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostdev.h - libvirt's XML of a host's function for a guest. */
#ifndef ZPCI_TOOL_HOST_HOSTDEV_H
#define ZPCI_TOOL_HOST_HOSTDEV_H

#include "zpci/tool/host/guests/guest_ids.h"
#include "zpci/inventory/inventory.h"

#define HOSTDEV_SIZE 512

/* A <hostdev> with @source and the guest's @ids. All numbers are hexadecimal, as libvirt takes 010
 * for 8. */
void hostdev_print(char xml[HOSTDEV_SIZE], const struct pci_address *source,
		   const struct guest_ids *ids);

/* Can the XML name @function? Returns 0; or -1 and the problem of one in standby, which has no
 * address. */
int hostdev_check_address(const struct function *function, struct problem *problem);

#endif
