/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * carrier.h - a command's output that comes by the guest's console.
 *
 * A guest whose kernel has no virtio ports writes what belongs into them to its console, between
 * the kernel's messages. A terminal changes bytes, so they come as records in base64:
 *
 *   ESC _ zpci:NONCE:output:BASE64 ESC \       and  error  for standard error
 */
#ifndef ZPCI_TOOL_CARRIER_H
#define ZPCI_TOOL_CARRIER_H

#include <stddef.h>

enum tool_carrier_port {
	TOOL_CARRIER_OUTPUT,
	TOOL_CARRIER_ERROR,
	TOOL_CARRIER_CONSOLE, /* what is in no record */
};

struct tool_carrier {
	void (*take)(void *opaque, enum tool_carrier_port port, const char *data, size_t length);
	void *opaque;
	/* private */
	char begin[2][64];
	char record[256];
	size_t length;
};

void tool_carrier_init(struct tool_carrier *carrier, const char *nonce,
		       void (*take)(void *opaque, enum tool_carrier_port port, const char *data,
				    size_t length),
		       void *opaque);
void tool_carrier_feed(struct tool_carrier *carrier, const char *data, size_t length);

#endif
