// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clp_answer.c - see clp_answer.h
 *
 * Requests and responses of both commands begin alike. An older firmware may answer less than is
 * known here, as QEMU does, and a newer one more.
 */
#include <string.h>

#include "clp.h"
#include "clp_answer.h"

#define REQUEST_LENGTH sizeof(struct zpci_clp_query_function_request)

static_assert(sizeof(struct zpci_clp_query_group_request) == REQUEST_LENGTH,
	      "where the response starts");

static int ask(int fd, uint8_t block[CLP_BLOCK_SIZE], const char *command, void *answer,
	       size_t size, struct problem *problem)
{
	struct zpci_clp_header *head = (void *)(block + REQUEST_LENGTH);
	const void *response;
	size_t length;

	zpci_be16_put(&head->length, (uint16_t)size);
	if (clp_call(fd, block, command, problem))
		return -1;
	response = clp_response(block, command, sizeof(*head), &length, problem);
	if (!response)
		return -1;
	memset(answer, 0, size);
	memcpy(answer, response, length < size ? length : size);
	return 0;
}

int clp_answer_function(int fd, uint32_t handle, struct zpci_clp_query_function_response *answer,
			struct problem *problem)
{
	uint8_t block[CLP_BLOCK_SIZE];

	clp_build_query(block, handle);
	return ask(fd, block, "Query PCI function", answer, sizeof(*answer), problem);
}

int clp_answer_group(int fd, uint8_t pfgid, struct zpci_clp_query_group_response *answer,
		     struct problem *problem)
{
	uint8_t block[CLP_BLOCK_SIZE];
	struct zpci_clp_query_group_request *request = (void *)block;

	clp_build_query(block, 0);
	zpci_be16_put(&request->header.code, ZPCI_CLP_QUERY_GROUP);
	request->pfgid = pfgid;
	return ask(fd, block, "Query PCI function group", answer, sizeof(*answer), problem);
}
