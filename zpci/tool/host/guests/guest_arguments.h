/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_arguments.h - functions that a domain gives to QEMU by <qemu:commandline>. */
#ifndef ZPCI_TOOL_HOST_GUEST_ARGUMENTS_H
#define ZPCI_TOOL_HOST_GUEST_ARGUMENTS_H

#include "guests.h"
#include "zpci/tool/boot/list.h"

/*
 * Adds the functions of QEMU's @arguments and of its environment @variables, as NAME=VALUE:
 *
 *	-device zpci,uid=0x5,fid=0x7,...		also as JSON
 *	-plugin .../zpci-qemu.so,function=...		zpci-qemu(7)
 *	ZPCI_FUNCTION=...				in the environment, zpci-kvm(7)
 *
 * What QEMU or our firmware would refuse is passed over: such a guest does not start. A
 * configuration file that is named there is not read. Returns 0, or -1 and the problem.
 */
int guest_add_arguments(struct guest *guest, unsigned int where, const struct tool_list *arguments,
			const struct tool_list *variables, struct problem *problem);

#endif
