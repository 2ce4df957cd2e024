/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.h - what all commands of `zpci host' have in common; zpci-host(1). */
#ifndef ZPCI_TOOL_HOST_H
#define ZPCI_TOOL_HOST_H

#include "zpci/inventory/inventory.h"
#include "zpci/tool/options.h"

/* Exit statuses, beside 0 and TOOL_EXIT_FAILURE (a wrong command line). */
#define HOST_EXIT_REFUSED 1   /* a check failed, so nothing was done */
#define HOST_EXIT_NOT_FOUND 3 /* no such function, or no such guest */
#define HOST_EXIT_SYSTEM 4    /* libvirt or the system failed */

/* The member "schema" of all JSON. */
#define HOST_SCHEMA "zpci-host/1"

/*
 * The functions of the Linux that --sysfs names. Returns 0, or an exit status after a message; the
 * inventory must be freed in both cases.
 */
int host_read_inventory(struct inventory *inventory, const struct tool_options *options);

/* What was printed has to arrive. Returns 0, or HOST_EXIT_SYSTEM after a message that names it. */
int host_flush(const char *what);

/* How a message names a function: "FID 0x00000501", or the address of one whose FID is unknown. */
#define HOST_NAME_SIZE 40
void host_name(const struct function *f, char name[HOST_NAME_SIZE]);
/* The same, with the address if it has both: "FID 0x00000501 (0200:00:00.0)". */
#define HOST_LABEL_SIZE (HOST_NAME_SIZE + PCI_ADDRESS_SIZE + 3)
void host_label(const struct function *f, char label[HOST_LABEL_SIZE]);

/* What libvirt calls the function at @address: pci_0200_00_00_0. */
#define HOST_NODE_SIZE 32
void host_node_name(const struct pci_address *address, char name[HOST_NODE_SIZE]);

#endif
