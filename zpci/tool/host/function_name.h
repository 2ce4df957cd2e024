/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * function_name.h - the argument FUNCTION of `zpci host': which function a user means.
 *
 *	0x501, fid:501, 00000501	a FID, which is always hexadecimal
 *	uid:200				a UID, in hexadecimal
 *	0200:00:00.0			an address
 *	pci_0200_00_00_0		the same, as libvirt calls it
 *	eno200, nvme0n1, mlx5_0		a network device, a disk or an InfiniBand device on it
 *
 * A name that could mean several functions is refused, and the message lists them.
 */
#ifndef ZPCI_TOOL_HOST_FUNCTION_NAME_H
#define ZPCI_TOOL_HOST_FUNCTION_NAME_H

#include "zpci/inventory/inventory.h"

/*
 * Find the function that @name means. Returns 0; or an exit status after a message:
 * HOST_EXIT_NOT_FOUND, or TOOL_EXIT_FAILURE if the name is ambiguous.
 */
int host_find_function(const struct inventory *inventory, const char *name,
		       const struct function **function);

#endif
