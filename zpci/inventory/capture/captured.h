/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * captured.h - all that sysfs and CLP say of one function, to be written down by capture.h.
 */
#ifndef ZPCI_INVENTORY_CAPTURED_H
#define ZPCI_INVENTORY_CAPTURED_H

#include <zpci/clp.h>

#include "zpci/inventory/inventory.h"
#include "zpci/util/registers.h"

#define CAPTURED_BARS 6

struct captured_bar {
	uint64_t size; /* 0: there is none */
	bool wide;     /* 64 bits */
	bool prefetchable;
	bool io; /* ports instead of memory */
};

struct captured {
	const struct function *function;
	bool standby;
	struct problem clp_problem; /* why CLP's answer is missing */
	bool answered;
	struct zpci_clp_query_function_response answer; /* valid if answered */
	uint8_t config[ZPCI_REGISTERS_SIZE];
	size_t config_length; /* bytes that could be read; 0: none */
	uint8_t utility_string[64];
	bool has_utility_string;
	uint8_t pfip[4];
	bool has_pfip;
	bool has_mio; /* mapped I/O is in use */
	struct captured_bar bars[CAPTURED_BARS];
	struct captured_bar vf_bars[CAPTURED_BARS];
	uint64_t rom_size;
};

/* Read all of @function; @fd is from clp_open(), or negative. */
void captured_read(struct captured *captured, const struct function *function, int fd);

/* What is known of a number: from CLP, else from sysfs. False: neither says it. */
bool captured_uid(const struct captured *captured, uint32_t *uid);
bool captured_pchid(const struct captured *captured, uint16_t *pchid);
bool captured_vfn(const struct captured *captured, uint16_t *vfn);
bool captured_pfgid(const struct captured *captured, uint8_t *pfgid);
bool captured_pft(const struct captured *captured, uint8_t *pft);
bool captured_port(const struct captured *captured, uint8_t *port);

#endif
