/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.h - what all commands of `zpci host` have in common; zpci-host(1). */
#ifndef ZPCI_TOOL_HOST_H
#define ZPCI_TOOL_HOST_H

/* Exit statuses, beside 0 and TOOL_EXIT_FAILURE (a wrong command line). */
#define HOST_EXIT_REFUSED 1   /* a check failed, so nothing was done */
#define HOST_EXIT_NOT_FOUND 3 /* no such function, or no such guest */
#define HOST_EXIT_SYSTEM 4    /* libvirt or the system failed */

#endif
