// SPDX-License-Identifier: GPL-2.0-or-later
/* functions.c - functions by CLP; their configuration space and BARs. */
#include "internal.h"

#define CONFIG_SPACE 15
#define LIST_MAX 252 /* entries in one answer, as for Linux */

/* A block is used by one call at a time. */
static union {
	uint8_t bytes[4096];
	struct zpci_clp_header request;
	struct {
		struct zpci_clp_list_request request;
		struct zpci_clp_list_response response;
		struct zpci_clp_list_entry entry[LIST_MAX];
	} list;
	struct {
		struct zpci_clp_query_function_request request;
		struct zpci_clp_query_function_response response;
	} function;
	struct {
		struct zpci_clp_query_group_request request;
		struct zpci_clp_query_group_response response;
	} group;
	struct {
		struct zpci_clp_set_function_request request;
		struct zpci_clp_set_function_response response;
	} set;
} block __attribute__((aligned(4096)));

unsigned bare_clp_command(void *command)
{
	struct zpci_clp_header *request = command;
	struct zpci_clp_header *response =
		(void *)((uint8_t *)command + zpci_be16_get(request->length));
	unsigned cc = bare_clp(ZPCI_CLP_LPS_PCI, (uintptr_t)command, NULL);

	return cc ? 0xcc00 | cc : zpci_be16_get(response->code);
}

static void prepare(enum zpci_clp_command command, size_t request, size_t response)
{
	struct zpci_clp_header *header = &block.request;

	memset(&block, 0, sizeof(block));
	zpci_be16_put(&header->length, (uint16_t)request);
	zpci_be16_put(&header->code, (uint16_t)command);
	header = (void *)(block.bytes + request);
	zpci_be16_put(&header->length, (uint16_t)response);
}

unsigned bare_list(struct zpci_clp_list_entry *entry, unsigned max)
{
	unsigned found = 0, code, n;
	uint64_t token = 0;

	do {
		prepare(ZPCI_CLP_LIST, sizeof(block.list.request),
			sizeof(block.list) - sizeof(block.list.request));
		zpci_be64_put(&block.list.request.token, token);
		code = bare_clp_command(&block);
		if (code != ZPCI_CLP_OK)
			bare_die("CLP List answered 0x%04x", code);
		n = (zpci_be16_get(block.list.response.header.length) - 32u) / 16;
		for (unsigned i = 0; i < n && found < max; i++)
			entry[found++] = block.list.entry[i];
		token = zpci_be64_get(block.list.response.token);
	} while (token);
	return found;
}

uint32_t bare_handle(uint32_t fid)
{
	static struct zpci_clp_list_entry entry[4096];
	unsigned n = bare_list(entry, 4096);

	for (unsigned i = 0; i < n; i++)
		if (zpci_be32_get(entry[i].fid) == fid)
			return zpci_be32_get(entry[i].handle);
	return 0;
}

unsigned bare_query_function(uint32_t handle, struct zpci_clp_query_function_response *response)
{
	unsigned code;

	prepare(ZPCI_CLP_QUERY_FUNCTION, sizeof(block.function.request),
		sizeof(block.function.response));
	zpci_be32_put(&block.function.request.handle, handle);
	code = bare_clp_command(&block);
	*response = block.function.response;
	return code;
}

unsigned bare_query_group(uint8_t pfgid, struct zpci_clp_query_group_response *response)
{
	unsigned code;

	prepare(ZPCI_CLP_QUERY_GROUP, sizeof(block.group.request), sizeof(block.group.response));
	block.group.request.pfgid = pfgid;
	code = bare_clp_command(&block);
	*response = block.group.response;
	return code;
}

static unsigned set(uint32_t *handle, enum zpci_clp_set_operation operation)
{
	unsigned code;

	prepare(ZPCI_CLP_SET_FUNCTION, sizeof(block.set.request), sizeof(block.set.response));
	zpci_be32_put(&block.set.request.handle, *handle);
	block.set.request.operation = (uint8_t)operation;
	block.set.request.dma_spaces = 1;
	code = bare_clp_command(&block);
	if (code == ZPCI_CLP_OK)
		*handle = zpci_be32_get(block.set.response.handle);
	return code;
}

unsigned bare_enable(uint32_t *handle)
{
	return set(handle, ZPCI_CLP_SET_ENABLE);
}

unsigned bare_disable(uint32_t *handle)
{
	return set(handle, ZPCI_CLP_SET_DISABLE);
}

/* --- load and store, little-endian ----------------------------------------------------------- */

static uint64_t load(uint32_t handle, unsigned space, uint64_t offset, unsigned length)
{
	uint64_t request = bare_request(handle, space, length), data = 0;
	unsigned cc = bare_pcilg(&data, &request, offset);
	uint8_t bytes[8];

	if (cc)
		bare_die("PCILG handle 0x%08x space %u offset 0x%lx: cc %u status %u", handle,
			 space, offset, cc, bare_status(request));
	zpci_put_be(bytes, length, data);
	return zpci_get_le(bytes, length);
}

static void store(uint32_t handle, unsigned space, uint64_t offset, unsigned length, uint64_t value)
{
	uint64_t request = bare_request(handle, space, length);
	uint8_t bytes[8];
	unsigned cc;

	zpci_put_le(bytes, length, value);
	cc = bare_pcistg(zpci_get_be(bytes, length), &request, offset);
	if (cc)
		bare_die("PCISTG handle 0x%08x space %u offset 0x%lx: cc %u status %u", handle,
			 space, offset, cc, bare_status(request));
}

uint32_t bare_config_read(uint32_t handle, unsigned offset, unsigned length)
{
	return (uint32_t)load(handle, CONFIG_SPACE, offset, length);
}

void bare_config_write(uint32_t handle, unsigned offset, unsigned length, uint32_t value)
{
	store(handle, CONFIG_SPACE, offset, length, value);
}

uint64_t bare_bar_read(uint32_t handle, unsigned bar, uint64_t offset, unsigned length)
{
	return load(handle, bar, offset, length);
}

void bare_bar_write(uint32_t handle, unsigned bar, uint64_t offset, unsigned length, uint64_t value)
{
	store(handle, bar, offset, length, value);
}
