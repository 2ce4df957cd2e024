// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.c - checks between two steps: all sources of facts about a function agree.
 */
#include "fuzz.h"
#include "zpci/util/instruction.h"

#include <stdlib.h>
#include <string.h>

#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>

#define HANDLE_ENABLED 0x80000000u

/* --- one function ----------------------------------------------------------------------------- */

static void check_state(const struct zpci_function_info *info)
{
	bool enabled = info->handle & HANDLE_ENABLED;

	switch (info->state) {
	case ZPCI_STATE_STANDBY:
	case ZPCI_STATE_DISABLED:
		fuzz_must(!enabled);
		break;
	case ZPCI_STATE_ENABLED:
	case ZPCI_STATE_ERROR:
	case ZPCI_STATE_UNBLOCKED:
		fuzz_must(enabled);
		break;
	default: /* permanent error may come at any time; reserved functions have no info */
		fuzz_must(info->state == ZPCI_STATE_PERMANENT);
	}
}

static void check_platform(struct fuzz *fuzz, uint32_t fid,
			   const struct zpci_clp_query_function_response *answer)
{
	struct zpci_platform platform = { .size = sizeof(platform) };

	fuzz_must(zpci_firmware_platform(fuzz->firmware, fid, &platform, NULL) == 0);
	fuzz_must(answer->pfgid == platform.group.id && answer->pft == platform.pft &&
		  answer->port == platform.port && answer->fmb_length * 4 == platform.fmb_length);
	fuzz_must(zpci_be64_get(answer->sdma) == platform.dma_start &&
		  zpci_be64_get(answer->edma) == platform.dma_end);
	fuzz_must(!(answer->flags & ZPCI_CLP_QF_TID) == !platform.has_tid);
	fuzz_must(!(answer->flags & ZPCI_CLP_QF_UTILITY_STRING) == !platform.utility_string[0]);
}

static void check_query(struct fuzz *fuzz, const struct zpci_function_info *info)
{
	uint8_t block[32 + sizeof(struct zpci_clp_query_function_response)] = { 0 };
	const struct zpci_clp_query_function_response *answer = (const void *)(block + 32);

	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, ZPCI_CLP_QUERY_FUNCTION);
	zpci_put_be(block + 16, 4, info->handle);
	zpci_put_be(block + 32, 2, sizeof(*answer));
	fuzz_must(zpci_clp(fuzz->firmware, ZPCI_CLP_LPS_PCI, block, 32, sizeof(*answer)).cc == 0);
	fuzz_must(zpci_be16_get(answer->header.code) == ZPCI_CLP_OK);
	fuzz_must(zpci_be16_get(answer->header.length) == sizeof(*answer));
	fuzz_must(zpci_be32_get(answer->fid) == info->fid);
	fuzz_must(zpci_be32_get(answer->uid) == info->uid);
	fuzz_must(zpci_be16_get(answer->vfn) == info->vfn);
	fuzz_must(zpci_be16_get(answer->pchid) == info->pchid);
	fuzz_must(answer->pfgid == info->group);
	fuzz_must(!info->rid_published || zpci_be16_get(answer->rid) == info->rid);
	check_platform(fuzz, info->fid, answer);
}

static uint8_t expected_controls(enum zpci_state state)
{
	switch (state) {
	case ZPCI_STATE_ENABLED:
		return ZPCI_FIB_FC_ENABLED;
	case ZPCI_STATE_ERROR:
		return ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED;
	case ZPCI_STATE_UNBLOCKED:
		return ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR;
	default:
		return 0;
	}
}

static void check_controls(struct fuzz *fuzz, const struct zpci_function_info *info)
{
	struct zpci_fib fib;
	bool handle_bit;
	struct zpci_outcome outcome =
		zpci_store_controls(fuzz->firmware, info->handle, 0, &fib, &handle_bit);

	fuzz_must(!outcome.program_interruption && !handle_bit);
	switch (info->state) {
	case ZPCI_STATE_STANDBY:
		fuzz_must(outcome.cc == 3);
		break;
	case ZPCI_STATE_PERMANENT:
		fuzz_must(outcome.cc == 1);
		break;
	default:
		fuzz_must(outcome.cc == 0);
		fuzz_must((fib.controls & ~ZPCI_FIB_FC_DMA) == expected_controls(info->state));
	}
	fuzz_must(!(fib.controls & ZPCI_FIB_FC_DMA) ||
		  zpci_be64_get(fib.pba) <= zpci_be64_get(fib.pal));
}

/* A load agrees with the state. It would hang if the function's lock were held. */
static void check_load(struct fuzz *fuzz, const struct zpci_function_info *info)
{
	uint64_t value = 0;
	struct zpci_outcome outcome =
		zpci_load(fuzz->firmware, info->handle, ZPCI_SPACE_CONFIG, 0, 4, &value);

	fuzz_must(!outcome.program_interruption);
	switch (info->state) {
	case ZPCI_STATE_ENABLED:
	case ZPCI_STATE_UNBLOCKED:
		fuzz_must(outcome.cc == 0);
		/* The IDs, as bytes of config space. */
		fuzz_must(value == ((uint64_t)(info->vendor_id & 0xff) << 24 |
				    (uint64_t)(info->vendor_id >> 8) << 16 |
				    (info->device_id & 0xff) << 8 | info->device_id >> 8));
		break;
	case ZPCI_STATE_ERROR:
		fuzz_must(outcome.cc == 1 && outcome.status == ZPCI_STATUS_BLOCKED);
		break;
	case ZPCI_STATE_PERMANENT:
		fuzz_must(outcome.cc != 0);
		break;
	default:
		fuzz_must(outcome.cc == 3);
	}
}

static void check_function(struct fuzz *fuzz, const struct zpci_function_info *info)
{
	fuzz_must(zpci_firmware_owns(fuzz->firmware, info->handle));
	fuzz_must(info->vf <= FUZZ_VFS && info->fid == FUZZ_FID + info->vf);
	check_state(info);
	check_query(fuzz, info);
	check_controls(fuzz, info);
	check_load(fuzz, info);
}

/* --- List ------------------------------------------------------------------------------------- */

static void check_entry(const struct zpci_clp_list_entry *entry,
			const struct zpci_function_info *info)
{
	bool standby = info->state == ZPCI_STATE_STANDBY;

	fuzz_must(zpci_be32_get(entry->fid) == info->fid);
	fuzz_must(zpci_be32_get(entry->handle) == info->handle);
	fuzz_must(zpci_be16_get(entry->vendor_id) == info->vendor_id);
	fuzz_must(zpci_be16_get(entry->device_id) == info->device_id);
	fuzz_must(zpci_be32_get(entry->configuration) == (standby ? 0 : ZPCI_CLP_CONFIGURED));
}

/* Two entries in a call, for resume tokens. */
#define ENTRIES 2

static unsigned list_some(struct fuzz *fuzz, uint64_t *token, unsigned index)
{
	size_t space = sizeof(struct zpci_clp_list_response) +
		       ENTRIES * sizeof(struct zpci_clp_list_entry);
	uint8_t block[32 + sizeof(struct zpci_clp_list_response) +
		      ENTRIES * sizeof(struct zpci_clp_list_entry)] = { 0 };
	const struct zpci_clp_list_response *answer = (const void *)(block + 32);
	const struct zpci_clp_list_entry *entries = (const void *)(answer + 1);
	struct zpci_function_info info;
	unsigned count;

	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, ZPCI_CLP_LIST);
	zpci_put_be(block + 16, 8, *token);
	zpci_put_be(block + 32, 2, space);
	fuzz_must(zpci_clp(fuzz->firmware, ZPCI_CLP_LPS_PCI, block, 32, space).cc == 0);
	fuzz_must(zpci_be16_get(answer->header.code) == ZPCI_CLP_OK);
	fuzz_must(zpci_be16_get(answer->header.length) <= space);
	fuzz_must(!(answer->flags & ZPCI_CLP_LIST_UID_CHECKING) == !fuzz->uid_checking);
	count = (unsigned)((zpci_be16_get(answer->header.length) - sizeof(*answer)) /
			   sizeof(*entries));
	for (unsigned i = 0; i < count; i++) {
		fuzz_must(fuzz_info(fuzz, index + i, &info));
		check_entry(&entries[i], &info);
	}
	*token = zpci_be64_get(answer->token);
	return count;
}

/* The machine's functions would follow. */
#define TOKEN_MACHINE 0x7a706369ffffffffull

static void check_list(struct fuzz *fuzz, unsigned functions)
{
	uint64_t token = 0, last = fuzz->shared ? TOKEN_MACHINE : 0;
	unsigned index = 0;

	do {
		unsigned count = list_some(fuzz, &token, index);

		index += count;
		fuzz_must(count || token == last); /* the list goes on */
	} while (token != last);
	fuzz_must(index == functions);
}

/* --- the whole -------------------------------------------------------------------------------- */

void fuzz_check(struct fuzz *fuzz)
{
	struct zpci_function_info info;
	unsigned functions = 0;

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	for (; fuzz_info(fuzz, functions, &info); functions++)
		check_function(fuzz, &info);
	fuzz_must(functions <= 1 + FUZZ_VFS);
	check_list(fuzz, functions);
	/* These calls did not write to guest storage. */
	fuzz_must(fuzz->write_count == 0);
	fuzz_leave(fuzz);
}

void fuzz_check_reset(struct fuzz *fuzz)
{
	static const struct zpci_fib nothing;
	struct zpci_function_info info;
	struct zpci_fib fib;
	bool handle_bit;

	for (unsigned i = 0; fuzz_info(fuzz, i, &info); i++) {
		fuzz_must(info.state == ZPCI_STATE_DISABLED || info.state == ZPCI_STATE_STANDBY);
		zpci_store_controls(fuzz->firmware, info.handle, 0, &fib, &handle_bit);
		fuzz_must(!memcmp(&fib, &nothing, sizeof(fib)));
	}
}

static void fetch(struct fuzz *fuzz, struct zpci_chsc_sei_response *response)
{
	uint64_t address = 0x1000;
	const uint8_t instruction[6] = RRE(OP_CHSC, 1, 0);

	zpci_ram_poison(fuzz->ram, 0, 0);
	memset(fuzz_storage(fuzz, address), 0, 16);
	zpci_put_be(fuzz_storage(fuzz, address), 2, ZPCI_CHSC_SEI_REQUEST);
	zpci_put_be(fuzz_storage(fuzz, address) + 2, 2, ZPCI_CHSC_SEI);
	zpci_put_be(fuzz_storage(fuzz, address) + 8, 8, ZPCI_CHSC_NT2);
	zpci_ram_cpu_init(fuzz->ram, &fuzz->cpu);
	fuzz->cpu.gr[1] = address;
	if (fuzz_execute(fuzz, instruction) == ZPCI_NOT_OURS) {
		fuzz_must(fuzz->shared);
		zpci_be16_put(&response->code, ZPCI_CHSC_NO_EVENT);
		return;
	}
	memcpy(response, fuzz_storage(fuzz, address + 16), sizeof(*response));
}

/* At most so many events of one function are pending. */
#define EVENTS_MAX ((1 + FUZZ_VFS) * 16)

static unsigned drain(struct fuzz *fuzz)
{
	struct zpci_chsc_sei_response response;
	unsigned count = 0;

	for (;; count++) {
		fetch(fuzz, &response);
		if (zpci_be16_get(response.code) == ZPCI_CHSC_NO_EVENT)
			return count;
		fuzz_must(zpci_be16_get(response.code) == ZPCI_CHSC_OK);
		fuzz_must(response.type == 2);
		fuzz_must(zpci_be32_get(response.ccdf.fid) - FUZZ_FID <= FUZZ_VFS);
		fuzz_must(zpci_firmware_owns(fuzz->firmware, zpci_be32_get(response.ccdf.handle)));
		fuzz_must((response.content == ZPCI_CHSC_CC_AVAILABILITY) ==
			  (zpci_be16_get(response.ccdf.pec) >= 0x300));
		fuzz_must(count < EVENTS_MAX);
	}
}

/* After the last event a new one is reported. */
void fuzz_check_events(struct fuzz *fuzz)
{
	uint64_t reports;
	uint32_t fid;

	drain(fuzz);
	if (fuzz->quiesced || zpci_firmware_fid(fuzz->firmware, 0, &fid))
		return;
	zpci_ram_advance(fuzz->ram, 0);
	reports = zpci_ram_channel_reports(fuzz->ram);
	zpci_firmware_announce(fuzz->firmware, fid);
	zpci_ram_advance(fuzz->ram, 0);
	fuzz_must(zpci_ram_channel_reports(fuzz->ram) == reports + 1);
	fuzz_must(drain(fuzz) == 1);
}
