// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clp.c - target: CLP blocks. The block has exactly the offered bytes, so that a sanitizer sees
 * accesses beyond. instruction.c tests the instruction.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <zpci/clp.h>

const char fuzz_name[] = "clp";

struct block {
	uint8_t *bytes;
	size_t request;
	size_t response;
};

/* Lengths that the instruction accepts. */
static size_t length(struct fuzz_input *input, size_t usual, size_t minimum, size_t room)
{
	size_t value = usual + (size_t)(int8_t)fuzz_take(input, 1) * 8;

	if ((int64_t)value < (int64_t)minimum)
		return minimum;
	return value > room ? room / 8 * 8 : value;
}

static void fill_request(struct fuzz *fuzz, struct fuzz_input *input, struct block *block,
			 unsigned command)
{
	uint8_t request[32] = { 0 };
	size_t got;
	const uint8_t *bytes;

	zpci_put_be(request, 2, block->request);
	zpci_put_be(request + 2, 2, command);
	switch (command) {
	case ZPCI_CLP_LIST:
		zpci_put_be(request + 16, 8, fuzz_number(input));
		break;
	case ZPCI_CLP_QUERY_GROUP:
		request[19] = (uint8_t)fuzz_take(input, 1);
		break;
	case ZPCI_CLP_SET_FUNCTION:
		request[22] = (uint8_t)fuzz_choose(input, 5);
		request[23] = (uint8_t)fuzz_choose(input, 4);
		/* fall through */
	default:
		zpci_put_be(request + 16, 4, fuzz_handle(fuzz, input));
		break;
	}
	memcpy(block->bytes, request, block->request < 32 ? block->request : 32);
	/* And then some bytes behind it, which no command expects. */
	bytes = fuzz_bytes(input, fuzz_choose(input, 3), &got);
	for (size_t i = 0; i + 1 < got; i += 2)
		block->bytes[2 + bytes[i] % (block->request - 2)] = bytes[i + 1];
}

static bool known(unsigned code)
{
	switch (code) {
	case ZPCI_CLP_OK:
	case ZPCI_CLP_UNKNOWN_COMMAND:
	case ZPCI_CLP_FORMAT:
	case ZPCI_CLP_LENGTH:
	case ZPCI_CLP_NEEDS_8K:
	case ZPCI_CLP_RESERVED_NOT_ZERO:
	case ZPCI_CLP_INVALID_HANDLE:
	case ZPCI_CLP_INVALID_FOR_HANDLE:
	case ZPCI_CLP_DMA_SPACES:
	case ZPCI_CLP_RESOURCES:
	case ZPCI_CLP_ALREADY:
	case ZPCI_CLP_PERMANENT_ERROR:
	case ZPCI_CLP_RESUME_TOKEN:
	case ZPCI_CLP_UNKNOWN_GROUP:
		return true;
	default:
		return false;
	}
}

/* The answer has the length that it tells. An error has only a code. The request does not
 * change. */
static void judge(const struct block *block, const uint8_t *before)
{
	const uint8_t *response = block->bytes + block->request;
	unsigned code = (unsigned)zpci_get_be(response + 2, 2);
	size_t used = (size_t)zpci_get_be(response, 2);
	size_t untouched = block->request;

	fuzz_must(known(code));
	fuzz_must(!memcmp(block->bytes, before, block->request));
	if (code == ZPCI_CLP_OK) {
		fuzz_must(used >= 8 && used <= block->response);
		untouched += used;
	} else {
		fuzz_must(used == zpci_get_be(before + block->request, 2));
		untouched += 4;
	}
	fuzz_must(!memcmp(block->bytes + untouched, before + untouched,
			  block->request + block->response - untouched));
}

/* After Set the handle in the response is the current one, and the state is the requested one. */
static void judge_set(struct fuzz *fuzz, const struct block *block)
{
	const uint8_t *response = block->bytes + block->request;
	struct zpci_function_info info;
	uint32_t handle;

	if (zpci_get_be(block->bytes + 2, 2) != ZPCI_CLP_SET_FUNCTION ||
	    zpci_get_be(response + 2, 2) != ZPCI_CLP_OK || zpci_get_be(response, 2) < 20)
		return;
	handle = (uint32_t)zpci_get_be(response + 16, 4);
	for (unsigned i = 0; fuzz_info(fuzz, i, &info); i++) {
		if (info.handle != handle)
			continue;
		fuzz_must(block->bytes[22] == ZPCI_CLP_SET_ENABLE
				  ? info.state == ZPCI_STATE_ENABLED
				  : info.state == ZPCI_STATE_DISABLED);
		return;
	}
	fuzz_must(false);
}

static void call(struct fuzz *fuzz, struct block *block, unsigned lps)
{
	size_t size = block->request + block->response;
	uint8_t *before = malloc(size);
	struct zpci_outcome outcome;

	fuzz_must(before);
	memcpy(before, block->bytes, size);
	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	outcome = zpci_clp(fuzz->firmware, lps, block->bytes, block->request, block->response);
	fuzz_must(!outcome.program_interruption && !fuzz->write_count);
	fuzz_must(outcome.cc == 0 || outcome.cc == 3);
	if (outcome.cc) {
		fuzz_must(!memcmp(block->bytes, before, size));
	} else {
		judge(block, before);
		judge_set(fuzz, block);
	}
	fuzz_leave(fuzz);
	free(before);
}

static void clp(struct fuzz *fuzz, struct fuzz_input *input)
{
	static const uint16_t usual[][2] = { { 16, 128 }, { 16, 128 }, { 32, 128 }, { 32, 384 },
					     { 32, 64 },  { 32, 160 }, { 32, 64 },  { 0, 8 } };
	unsigned what = (unsigned)fuzz_take(input, 1), command = what & 7;
	unsigned lps = what & 0x40 ? fuzz_choose(input, 64) : ZPCI_CLP_LPS_PCI;
	struct block block;

	block.request = length(input, usual[command][0], 16, ZPCI_CLP_REQUEST_MAX);
	block.response = length(input, usual[command][1], 8, ZPCI_CLP_BLOCK_MAX - block.request);
	block.bytes = malloc(block.request + block.response);
	fuzz_must(block.bytes);
	memset(block.bytes, what, block.request + block.response);
	if (what < 0x80)
		memset(block.bytes, 0, block.request);
	fill_request(fuzz, input, &block, command);
	/* The lengths that the instruction has fetched. */
	zpci_put_be(block.bytes, 2, block.request);
	zpci_put_be(block.bytes + block.request, 2, block.response);
	call(fuzz, &block, lps);
	free(block.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct fuzz *fuzz = fuzz_setup(fuzz_choose(&input, FUZZ_KINDS));

	for (unsigned vf = 0; vf < 5; vf++)
		fuzz_add(fuzz, vf, vf ? vf - 1 : 3, vf == 4);
	while (fuzz_more(&input)) {
		if (fuzz_choose(&input, 8) == 0)
			fuzz_host(fuzz, &input);
		else
			clp(fuzz, &input);
		fuzz_check(fuzz);
	}
	fuzz_check_events(fuzz);
	fuzz_teardown(fuzz);
	return 0;
}
