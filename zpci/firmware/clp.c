// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Call logical processor with a request block (reference section 3): the guest asks about its
 * functions, and enables and disables them.
 *
 * A response is not longer than the space that the guest offered. If that is too short, the front
 * part is stored, and the length says how much it is. On an error the response code alone is
 * stored.
 *
 * List PCI goes by slots. The resume token names the next slot, with a mark that it is our token.
 * Slots never move, so a token stays right when functions come and go between two calls. A function
 * that comes into a slot before that one is not listed, but the guest gets an event about it. In a
 * machine with functions of its own, our last token means "now the machine's list": when the guest
 * gives it back, the machine answers from its start.
 */
#include <zpci/clp.h>

#include <assert.h>
#include <string.h>

#include "zpci/firmware/internal.h"
#include "zpci/function/facts.h"
#include "zpci/function/gate.h"
#include "zpci/function/life.h"
#include "zpci/util/ebcdic.h"

#define TOKEN_MARK 0x7a70636900000000ull
#define TOKEN_MACHINE (TOKEN_MARK | 0xffffffffull)

static uint16_t respond(void *response, size_t space, const void *answer, size_t length)
{
	struct zpci_clp_header *header = response;

	if (length > space)
		length = space;
	memcpy(response, answer, length);
	zpci_be16_put(&header->length, (uint16_t)length);
	return ZPCI_CLP_OK;
}

static uint16_t store_characteristics(void *response, size_t space)
{
	struct zpci_clp_slpc_response answer = { .write_back = 0 };

	return respond(response, space, &answer, sizeof(answer));
}

/* --- List PCI functions ---------------------------------------------------------------------- */

static void fill_entry(struct zpci_clp_list_entry *entry, const struct zpci_listed *listed)
{
	bool standby = listed->state == ZPCI_STATE_STANDBY;

	zpci_be16_put(&entry->device_id, (uint16_t)(listed->ids >> 16));
	zpci_be16_put(&entry->vendor_id, (uint16_t)listed->ids);
	zpci_be32_put(&entry->configuration, standby ? 0 : ZPCI_CLP_CONFIGURED);
	zpci_be32_put(&entry->fid, listed->fid);
	zpci_be32_put(&entry->handle, listed->handle);
}

/* Token for the next call: the slot to go on with, or the end. */
static uint64_t next_token(struct zpci_firmware *firmware, unsigned slot)
{
	struct zpci_function *function;

	for (; (function = zpci_list_slot(firmware, slot)); slot++)
		if (zpci_function_state(function) != ZPCI_STATE_RESERVED)
			return TOKEN_MARK | slot;
	return firmware->shared ? TOKEN_MACHINE : 0;
}

static uint16_t list_from(struct zpci_firmware *firmware, unsigned slot, uint8_t *response,
			  size_t space)
{
	struct zpci_clp_list_response *head = (struct zpci_clp_list_response *)response;
	size_t used = sizeof(*head);
	struct zpci_function *function;
	struct zpci_listed listed;

	memset(head, 0, sizeof(*head));
	for (; used < space && (function = zpci_list_slot(firmware, slot)); slot++) {
		if (!zpci_facts_list(function, &listed))
			continue;
		fill_entry((struct zpci_clp_list_entry *)(response + used), &listed);
		used += sizeof(struct zpci_clp_list_entry);
	}
	zpci_be64_put(&head->token, next_token(firmware, slot));
	zpci_be32_put(&head->handle_mask, ZPCI_HANDLE_HYPERVISOR);
	zpci_be16_put(&head->max_functions, ZPCI_FUNCTIONS_MAX);
	head->flags = firmware->uid_checking ? ZPCI_CLP_LIST_UID_CHECKING : 0;
	head->entry_size = sizeof(struct zpci_clp_list_entry);
	zpci_be16_put(&head->header.length, (uint16_t)used);
	return ZPCI_CLP_OK;
}

static bool token_slot(uint64_t token, unsigned *slot)
{
	*slot = (unsigned)(token & 0xffff);
	return token == 0 || (token & ~0xffffull) == TOKEN_MARK;
}

static uint16_t list(struct zpci_firmware *firmware, const void *request, uint8_t *response,
		     size_t space)
{
	const struct zpci_clp_list_request *list = request;
	size_t fixed = sizeof(struct zpci_clp_list_response);
	unsigned slot;

	if (space < fixed + sizeof(struct zpci_clp_list_entry))
		return ZPCI_CLP_NEEDS_8K;
	if ((space - fixed) % sizeof(struct zpci_clp_list_entry))
		return ZPCI_CLP_LENGTH;
	/* The format was checked before; the rest of its word is reserved. */
	if (zpci_be32_get(list->header.format) || zpci_be64_get(list->header.reserved) ||
	    zpci_be64_get(list->reserved))
		return ZPCI_CLP_RESERVED_NOT_ZERO;
	if (!token_slot(zpci_be64_get(list->token), &slot))
		return ZPCI_CLP_RESUME_TOKEN;
	return list_from(firmware, slot, response, space);
}

/* --- Query PCI function, Query PCI function group -------------------------------------------- */

static uint8_t log2_of(uint64_t size)
{
	return size ? (uint8_t)(63 - __builtin_clzll(size)) : 0;
}

static void fill_bars(struct zpci_clp_query_function_response *answer,
		      const struct zpci_function_info *info)
{
	for (unsigned bar = 0; info->profile.bars && bar < ZPCI_BARS; bar++)
		answer->bar_size[bar] = log2_of(info->bars[bar].size);
}

static void fill_utility_string(struct zpci_clp_query_function_response *answer,
				const struct zpci_platform *platform)
{
	const char *string = platform->utility_string;
	size_t i = 0;

	if (platform->has_utility_ebcdic) {
		answer->flags |= ZPCI_CLP_QF_UTILITY_STRING;
		memcpy(answer->utility_string, platform->utility_ebcdic,
		       sizeof(answer->utility_string));
		return;
	}
	if (!*string)
		return;
	answer->flags |= ZPCI_CLP_QF_UTILITY_STRING;
	for (; string[i]; i++)
		answer->utility_string[i] = zpci_ebcdic(string[i]);
	memset(answer->utility_string + i, ZPCI_EBCDIC_BLANK, sizeof(answer->utility_string) - i);
}

static void fill_platform(struct zpci_clp_query_function_response *answer,
			  const struct zpci_platform *platform)
{
	answer->pfgid = platform->group.id;
	zpci_be16_put(&answer->pchid, platform->pchid);
	answer->fidparm = platform->fidparm;
	answer->pft = platform->pft;
	answer->port = platform->port;
	memcpy(answer->pfip, platform->pfip, sizeof(answer->pfip));
	if (platform->has_tid) {
		answer->flags |= ZPCI_CLP_QF_TID;
		zpci_be16_put(&answer->tid, platform->tid);
	}
	answer->fmb_length = platform->fmb_length / 4;
	zpci_be64_put(&answer->sdma, platform->dma_start);
	zpci_be64_put(&answer->edma, platform->dma_end);
	fill_utility_string(answer, platform);
}

static void fill_function(struct zpci_clp_query_function_response *answer,
			  const struct zpci_facts *facts)
{
	const struct zpci_function_info *info = &facts->info;

	zpci_be16_put(&answer->vfn, info->vfn);
	if (facts->physical)
		answer->flags |= ZPCI_CLP_QF_PHYSICAL;
	if (info->rid_published) {
		answer->flags |= ZPCI_CLP_QF_RID;
		zpci_be16_put(&answer->rid, info->rid);
	}
	zpci_be32_put(&answer->fid, info->fid);
	fill_bars(answer, info);
	zpci_be32_put(&answer->uid, info->uid);
	fill_platform(answer, &facts->platform);
}

/* The answer is made once, when the function is plugged. Later only its BAR registers change. What
 * is kept of it ends where all is 0. */
static_assert(offsetof(struct zpci_clp_query_function_response, reserved3) == ZPCI_FACTS_TOLD,
	      "what is kept of an answer");

void zpci_clp_tell(struct zpci_facts *facts)
{
	struct zpci_clp_query_function_response answer;

	memset(&answer, 0, sizeof(answer));
	fill_function(&answer, facts);
	memcpy(facts->told, &answer, sizeof(facts->told));
}

static uint16_t query_function(struct zpci_firmware *firmware, const void *request, void *response,
			       size_t space)
{
	const struct zpci_clp_query_function_request *query = request;
	struct zpci_clp_query_function_response answer;
	uint32_t handle = zpci_be32_get(query->handle);
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);
	struct zpci_told told;

	if (!function || !zpci_facts_tell(function, &told) || told.handle != handle)
		return ZPCI_CLP_INVALID_HANDLE;
	memcpy(&answer, told.bytes, sizeof(told.bytes));
	memset((uint8_t *)&answer + sizeof(told.bytes), 0, sizeof(answer) - sizeof(told.bytes));
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		zpci_le32_put(&answer.bar[bar], told.bar_images[bar]);
	return respond(response, space, &answer, sizeof(answer));
}

static uint16_t query_group(struct zpci_firmware *firmware, const void *request, void *response,
			    size_t space)
{
	const struct zpci_clp_query_group_request *query = request;
	const struct zpci_group *group = zpci_groups_find(firmware, query->pfgid);
	struct zpci_clp_query_group_response answer;

	if (!group)
		return ZPCI_CLP_UNKNOWN_GROUP;
	memset(&answer, 0, sizeof(answer));
	zpci_be16_put(&answer.noi, group->vectors);
	answer.version = group->version;
	if (group->relaxed_store_block)
		answer.flags |= ZPCI_CLP_QG_RELAXED_ALIGNMENT;
	if (group->refresh)
		answer.flags |= ZPCI_CLP_QG_REFRESH;
	zpci_be16_put(&answer.maxstbl, group->store_block);
	zpci_be16_put(&answer.mui, group->fmb_interval);
	answer.dtsm = group->designations;
	zpci_be64_put(&answer.dasm, group->dma_spaces);
	zpci_be64_put(&answer.msia, group->msi_address);
	return respond(response, space, &answer, sizeof(answer));
}

/* --- Set PCI function ------------------------------------------------------------------------ */

static uint16_t enable(struct zpci_function *function, unsigned dma_spaces)
{
	if (dma_spaces == 0)
		return ZPCI_CLP_DMA_SPACES;
	if (dma_spaces > 1)
		return ZPCI_CLP_RESOURCES;
	switch (zpci_function_state(function)) {
	case ZPCI_STATE_DISABLED:
		/* Its device has not drained since a reset. Linux tries again (pci_clp.c
		 * clp_set_pci_fn()). */
		if (!zpci_gate_open(function))
			return ZPCI_CLP_BUSY;
		return zpci_function_enable(function) ? ZPCI_CLP_OK : ZPCI_CLP_PERMANENT_ERROR;
	case ZPCI_STATE_PERMANENT:
		return ZPCI_CLP_PERMANENT_ERROR;
	default:
		return ZPCI_CLP_INVALID_FOR_HANDLE;
	}
}

static uint16_t disable(struct zpci_function *function)
{
	switch (zpci_function_state(function)) {
	case ZPCI_STATE_ENABLED:
	case ZPCI_STATE_ERROR:
	case ZPCI_STATE_UNBLOCKED:
	case ZPCI_STATE_PERMANENT:
		zpci_function_disable(function);
		return ZPCI_CLP_OK;
	default:
		return ZPCI_CLP_INVALID_FOR_HANDLE;
	}
}

/* The operations for mapped I/O are unknown: that facility is not offered. */
static uint16_t set_locked(struct zpci_function *function, unsigned operation, unsigned dma_spaces)
{
	switch (operation) {
	case ZPCI_CLP_SET_ENABLE:
		return enable(function, dma_spaces);
	case ZPCI_CLP_SET_DISABLE:
		return disable(function);
	default:
		return ZPCI_CLP_INVALID_FOR_HANDLE;
	}
}

/* For a handle that is not current. If a reset has disabled the function, and the guest disables it
 * as well, that is no error of the guest: it is told, and reads the new handle from List (reference
 * 3.9). */
static uint16_t set_stale(struct zpci_firmware *firmware, uint32_t handle, unsigned operation)
{
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);
	bool taken;

	if (!function || operation != ZPCI_CLP_SET_DISABLE)
		return ZPCI_CLP_INVALID_HANDLE;
	zpci_function_lock(function);
	taken = function->last_enabled == handle &&
		zpci_function_state(function) == ZPCI_STATE_DISABLED;
	zpci_function_unlock(function);
	return taken ? ZPCI_CLP_ALREADY : ZPCI_CLP_INVALID_HANDLE;
}

static uint16_t set_function(struct zpci_firmware *firmware, const void *request, void *response,
			     size_t space)
{
	const struct zpci_clp_set_function_request *set = request;
	struct zpci_clp_set_function_response answer;
	uint32_t handle = zpci_be32_get(set->handle);
	struct zpci_function *function = zpci_list_lock_handle(firmware, handle);
	uint16_t code;

	if (!function)
		return set_stale(firmware, handle, set->operation);
	code = set_locked(function, set->operation, set->dma_spaces);
	handle = atomic_load(&function->handle);
	zpci_function_unlock(function);
	if (code != ZPCI_CLP_OK)
		return code;
	memset(&answer, 0, sizeof(answer));
	zpci_be32_put(&answer.handle, handle);
	return respond(response, space, &answer, sizeof(answer));
}

/* --- the commands ---------------------------------------------------------------------------- */

/* Expected length of the request, 0 for a command that the logical processor does not have. */
static size_t request_size(unsigned lps, unsigned command)
{
	if (command == ZPCI_CLP_SLPC)
		return sizeof(struct zpci_clp_header);
	if (lps != ZPCI_CLP_LPS_PCI)
		return 0;
	switch (command) {
	case ZPCI_CLP_LIST:
		return sizeof(struct zpci_clp_list_request);
	case ZPCI_CLP_QUERY_FUNCTION:
		return sizeof(struct zpci_clp_query_function_request);
	case ZPCI_CLP_QUERY_GROUP:
		return sizeof(struct zpci_clp_query_group_request);
	case ZPCI_CLP_SET_FUNCTION:
		return sizeof(struct zpci_clp_set_function_request);
	default:
		return 0;
	}
}

static uint16_t dispatch(struct zpci_firmware *firmware, unsigned command, const void *request,
			 void *response, size_t space)
{
	switch (command) {
	case ZPCI_CLP_LIST:
		return list(firmware, request, response, space);
	case ZPCI_CLP_QUERY_FUNCTION:
		return query_function(firmware, request, response, space);
	case ZPCI_CLP_QUERY_GROUP:
		return query_group(firmware, request, response, space);
	case ZPCI_CLP_SET_FUNCTION:
		return set_function(firmware, request, response, space);
	default:
		return store_characteristics(response, space);
	}
}

static uint16_t answer_block(struct zpci_firmware *firmware, unsigned lps, const void *request,
			     size_t request_length, void *response, size_t space)
{
	const struct zpci_clp_header *header = request;
	unsigned command = zpci_be16_get(header->code);
	size_t expected = request_size(lps, command);

	if (!expected)
		return ZPCI_CLP_UNKNOWN_COMMAND;
	if (request_length != expected || space < sizeof(struct zpci_clp_header))
		return ZPCI_CLP_LENGTH;
	if (zpci_be32_get(header->format) & ZPCI_CLP_FORMAT_MASK)
		return ZPCI_CLP_FORMAT;
	return dispatch(firmware, command, request, response, space);
}

bool zpci_clp_is_installed(unsigned lps)
{
	return lps == ZPCI_CLP_LPS_BASE || lps == ZPCI_CLP_LPS_PCI;
}

struct zpci_outcome zpci_clp(struct zpci_firmware *firmware, unsigned lps, void *block,
			     size_t request_length, size_t response_length)
{
	struct zpci_clp_header *response =
		(struct zpci_clp_header *)((uint8_t *)block + request_length);
	uint16_t code;

	if (!zpci_clp_is_installed(lps))
		return (struct zpci_outcome){ .cc = 3 };
	code = answer_block(firmware, lps, block, request_length, response, response_length);
	zpci_be16_put(&response->code, code);
	return (struct zpci_outcome){ .cc = 0 };
}

bool zpci_clp_is_foreign(struct zpci_firmware *firmware, unsigned lps, const void *request,
			 size_t length, bool *restart)
{
	const struct zpci_clp_header *header = request;
	const struct zpci_clp_list_request *list = request;
	const struct zpci_clp_query_function_request *query = request;
	const struct zpci_clp_query_group_request *group = request;
	unsigned command = zpci_be16_get(header->code);
	unsigned slot;

	*restart = false;
	if (!firmware->shared || lps != ZPCI_CLP_LPS_PCI || length != request_size(lps, command))
		return false;
	switch (command) {
	case ZPCI_CLP_LIST:
		*restart = zpci_be64_get(list->token) == TOKEN_MACHINE;
		return *restart || !token_slot(zpci_be64_get(list->token), &slot);
	case ZPCI_CLP_QUERY_FUNCTION:
	case ZPCI_CLP_SET_FUNCTION: /* the handle is at the same place */
		return !zpci_firmware_owns(firmware, zpci_be32_get(query->handle));
	case ZPCI_CLP_QUERY_GROUP:
		return !zpci_groups_find(firmware, group->pfgid);
	default:
		return false;
	}
}
