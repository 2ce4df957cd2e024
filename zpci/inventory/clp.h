/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clp.h - asks the firmware by the CLP commands List PCI and Query PCI function.
 *
 * What builds requests and parses responses works on a block of bytes and needs no device. Only
 * clp_open(), clp_list() and clp_query() use /dev/clp.
 */
#ifndef ZPCI_INVENTORY_CLP_H
#define ZPCI_INVENTORY_CLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

#define CLP_BLOCK_SIZE 4096 /* what /dev/clp copies in and out */

struct clp_entry {
	uint32_t fid;
	uint32_t handle;
	uint16_t vendor_id;
	uint16_t device_id;
	bool configured;
};

struct clp_list {
	struct clp_entry *entries;
	size_t count;
	bool uid_checking;
};

struct clp_function {
	uint32_t fid;
	uint32_t uid;
	uint16_t vfn;
	uint16_t pchid;
	uint8_t pfgid;
	uint8_t pft;
	uint8_t port;
	bool physical; /* an SR-IOV capable PF */
};

/* Fill @block with a request. */
void clp_build_list(uint8_t block[CLP_BLOCK_SIZE], uint64_t token);
void clp_build_query(uint8_t block[CLP_BLOCK_SIZE], uint32_t handle);

/* The response in @block, if its code is OK and its length is @needed or more; else NULL and the
 * problem. */
const void *clp_response(const uint8_t block[CLP_BLOCK_SIZE], const char *command, size_t needed,
			 size_t *length, struct problem *problem);
/* Append the response in @block to @list. *@token is for the next request; 0: there is no more.
 * Returns 0, or -1 and the problem; @list must be freed in both cases. */
int clp_parse_list(const uint8_t block[CLP_BLOCK_SIZE], struct clp_list *list, uint64_t *token,
		   struct problem *problem);
int clp_parse_query(const uint8_t block[CLP_BLOCK_SIZE], struct clp_function *function,
		    struct problem *problem);

/* A file descriptor of /dev/clp, or -1 and the problem. */
int clp_open(struct problem *problem);
/* Have a request executed; the response is behind it. */
int clp_call(int fd, uint8_t block[CLP_BLOCK_SIZE], const char *command, struct problem *problem);
int clp_list(int fd, struct clp_list *list, struct problem *problem);
int clp_query(int fd, uint32_t handle, struct clp_function *function, struct problem *problem);
void clp_list_free(struct clp_list *list);

#endif
