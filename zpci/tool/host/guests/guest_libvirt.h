/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_libvirt.h - guests of a libvirt to which there is a connection already. */
#ifndef ZPCI_TOOL_HOST_GUEST_LIBVIRT_H
#define ZPCI_TOOL_HOST_GUEST_LIBVIRT_H

#include <libvirt/libvirt.h>

#include "guests.h"

/* As guests_read(). */
int guests_read_from(struct guests *guests, virConnectPtr connection, struct problem *problem);

#endif
