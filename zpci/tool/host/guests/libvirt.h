/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt.h - a connection to libvirt, and what it says when it fails. */
#ifndef ZPCI_TOOL_HOST_LIBVIRT_H
#define ZPCI_TOOL_HOST_LIBVIRT_H

#include <stdbool.h>

#include <libvirt/libvirt.h>

#include "zpci/inventory/problem.h"

/* Connects to @uri (NULL: libvirt's choice). @change: not only to look. Returns NULL and the
 * problem. */
virConnectPtr host_libvirt_open(const char *uri, bool change, struct problem *problem);

/* What libvirt said last: one line, never NULL; valid until the next call. */
const char *host_libvirt_message(void);
/* VIR_ERR_* of it. */
int host_libvirt_code(void);

#endif
