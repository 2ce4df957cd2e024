// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clp.c - CLP from user space; see clp.h
 *
 * The layout is in <zpci/clp.h>: a request directly followed by its response. The response's
 * length says before the call how much room there is, and after it how much was used. Linux
 * passes blocks of 4096 bytes through the ioctl of /dev/clp (arch/s390/pci/pci_clp.c
 * clp_normal_command()).
 *
 * List PCI answers with as many entries as fit and a token to continue with. The firmware may be
 * wrong. So lengths are checked against the block, the size of an entry against the known one,
 * and the number of rounds is bounded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <zpci/clp.h>

#include "clp.h"

/* Linux arch/s390/include/uapi/asm/clp.h: struct clp_req is 16 bytes, the address of the
 * block in the last 8; the logical processor 2, PCI, is in the first. */
#define CLP_REQUEST_SIZE 16
#define CLP_SYNC _IOC(_IOC_READ | _IOC_WRITE, 'c', 0xc1, CLP_REQUEST_SIZE)

#define QUERY_NEEDED (offsetof(struct zpci_clp_query_function_response, uid) + 4)
#define MAX_FUNCTIONS 65536

static_assert(sizeof(struct zpci_clp_list_request) ==
		      sizeof(struct zpci_clp_query_function_request),
	      "where the response starts");
#define REQUEST_LENGTH sizeof(struct zpci_clp_list_request)
#define RESPONSE_ROOM (CLP_BLOCK_SIZE - REQUEST_LENGTH)

static void build(uint8_t *block, uint16_t command, size_t room)
{
	struct zpci_clp_header *request = (void *)block;
	struct zpci_clp_header *response = (void *)(block + REQUEST_LENGTH);

	memset(block, 0, CLP_BLOCK_SIZE);
	zpci_be16_put(&request->length, REQUEST_LENGTH);
	zpci_be16_put(&request->code, command);
	zpci_be16_put(&response->length, (uint16_t)room);
}

void clp_build_list(uint8_t block[CLP_BLOCK_SIZE], uint64_t token)
{
	struct zpci_clp_list_request *request = (void *)block;

	build(block, ZPCI_CLP_LIST, RESPONSE_ROOM);
	zpci_be64_put(&request->token, token);
}

void clp_build_query(uint8_t block[CLP_BLOCK_SIZE], uint32_t handle)
{
	struct zpci_clp_query_function_request *request = (void *)block;

	build(block, ZPCI_CLP_QUERY_FUNCTION, sizeof(struct zpci_clp_query_function_response));
	zpci_be32_put(&request->handle, handle);
}

const void *clp_response(const uint8_t block[CLP_BLOCK_SIZE], const char *command, size_t needed,
			 size_t *length, struct problem *problem)
{
	const struct zpci_clp_header *response = (const void *)(block + REQUEST_LENGTH);
	unsigned int code = zpci_be16_get(response->code);

	*length = zpci_be16_get(response->length);
	if (code != ZPCI_CLP_OK) {
		problem_set(problem, "CLP %s: response code 0x%04x", command, code);
		return NULL;
	}
	if (*length < needed || *length > RESPONSE_ROOM) {
		problem_set(problem, "CLP %s: response length %zu", command, *length);
		return NULL;
	}
	return response;
}

int clp_parse_list(const uint8_t block[CLP_BLOCK_SIZE], struct clp_list *list, uint64_t *token,
		   struct problem *problem)
{
	const struct zpci_clp_list_response *response;
	const struct zpci_clp_list_entry *from;
	struct clp_entry *entries;
	size_t length, count;

	response = clp_response(block, "List PCI", sizeof(*response), &length, problem);
	if (!response)
		return -1;
	if (response->entry_size != sizeof(*from))
		return problem_set(problem, "CLP List PCI: entries of %u bytes are unknown",
				   response->entry_size);
	count = (length - sizeof(*response)) / sizeof(*from);
	if (list->count + count > MAX_FUNCTIONS)
		return problem_set(problem, "CLP List PCI: more than %d functions", MAX_FUNCTIONS);
	entries = realloc(list->entries, (list->count + count + 1) * sizeof(*entries));
	if (!entries)
		return problem_set(problem, "CLP List PCI: out of memory");
	list->entries = entries;
	list->uid_checking = response->flags & ZPCI_CLP_LIST_UID_CHECKING;
	*token = zpci_be64_get(response->token);
	for (from = (const void *)(response + 1); count--; from++) {
		entries[list->count++] = (struct clp_entry){
			.fid = zpci_be32_get(from->fid),
			.handle = zpci_be32_get(from->handle),
			.vendor_id = zpci_be16_get(from->vendor_id),
			.device_id = zpci_be16_get(from->device_id),
			.configured = zpci_be32_get(from->configuration) & ZPCI_CLP_CONFIGURED,
		};
	}
	return 0;
}

int clp_parse_query(const uint8_t block[CLP_BLOCK_SIZE], struct clp_function *function,
		    struct problem *problem)
{
	const struct zpci_clp_query_function_response *response;
	size_t length;

	response = clp_response(block, "Query PCI function", QUERY_NEEDED, &length, problem);
	if (!response)
		return -1;
	*function = (struct clp_function){
		.fid = zpci_be32_get(response->fid),
		.uid = zpci_be32_get(response->uid),
		.vfn = zpci_be16_get(response->vfn),
		.pchid = zpci_be16_get(response->pchid),
		.pfgid = response->pfgid,
		.pft = response->pft,
		.port = response->port & 0x0f,
		.physical = response->flags & ZPCI_CLP_QF_PHYSICAL,
	};
	return 0;
}

int clp_open(struct problem *problem)
{
	int fd = open("/dev/clp", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		problem_set(problem, "/dev/clp: %s%s", strerror(errno),
			    errno == EACCES   ? " (root may use it)"
			    : errno == ENOENT ? " (not an s390x kernel with PCI, or no devtmpfs)"
					      : "");
	return fd;
}

int clp_call(int fd, uint8_t block[CLP_BLOCK_SIZE], const char *command, struct problem *problem)
{
	uint8_t request[CLP_REQUEST_SIZE] = { ZPCI_CLP_LPS_PCI };
	uint64_t address = (uintptr_t)block;

	memcpy(request + 8, &address, sizeof(address)); /* the kernel's own byte order */
	if (ioctl(fd, CLP_SYNC, request) < 0)
		return problem_set(problem, "CLP %s through /dev/clp: %s", command,
				   strerror(errno));
	return 0;
}

int clp_list(int fd, struct clp_list *list, struct problem *problem)
{
	uint8_t block[CLP_BLOCK_SIZE];
	uint64_t token = 0;

	memset(list, 0, sizeof(*list));
	for (int round = 0; round < MAX_FUNCTIONS; round++) {
		clp_build_list(block, token);
		if (clp_call(fd, block, "List PCI", problem) ||
		    clp_parse_list(block, list, &token, problem))
			return -1;
		if (!token)
			return 0;
	}
	return problem_set(problem, "CLP List PCI: does not end after %d rounds", MAX_FUNCTIONS);
}

int clp_query(int fd, uint32_t handle, struct clp_function *function, struct problem *problem)
{
	uint8_t block[CLP_BLOCK_SIZE];

	clp_build_query(block, handle);
	if (clp_call(fd, block, "Query PCI function", problem))
		return -1;
	return clp_parse_query(block, function, problem);
}

void clp_list_free(struct clp_list *list)
{
	free(list->entries);
	memset(list, 0, sizeof(*list));
}
