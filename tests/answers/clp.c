// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clp.c - CLP: control byte, block, lengths (reference 2.1 and 3.1 to 3.3), and store
 * logical-processor characteristics. The commands about functions have files of their own.
 */
#include "answers.h"

#include <string.h>

#define PAGE 4096u

/* A command with lengths of the row's choice: .with.control is the command, .length the request's,
 * .value the response's, .space the logical processor. */
static int command(struct trial *trial)
{
	const struct operands *with = trial->with;

	memset(trial_bytes(trial, BLOCK), 0, ZPCI_CLP_BLOCK_MAX);
	trial_put(trial, BLOCK, 2, with->length);
	trial_put(trial, BLOCK + 2, 2, with->control);
	if (with->control == ZPCI_CLP_QUERY_GROUP && with->length >= 24)
		trial_put(trial, BLOCK + 19, 1, trial->target->query.pfgid);
	if (with->length < ZPCI_CLP_BLOCK_MAX)
		trial_put(trial, BLOCK + with->length, 2, with->value);
	return guest_clp(trial, with->space, trial_address(trial, BLOCK));
}

#define SIZED(request, response)                                                                   \
	.state = ANY, .with = { .space = ZPCI_CLP_LPS_PCI,                                         \
				.control = ZPCI_CLP_QUERY_GROUP,                                   \
				.length = (request),                                               \
				.value = (response) }

static const struct row lengths[] = {
	{ .condition = "request length 0",
	  SIZED(0, 64),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 8",
	  SIZED(8, 64),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 15",
	  SIZED(15, 64),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 33, no multiple of 8",
	  SIZED(33, 64),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 36, no multiple of 8",
	  SIZED(36, 64),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 8192",
	  SIZED(8192, 0),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "request length 0xfff8",
	  SIZED(0xfff8, 0),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 3" },
	{ .condition = "response length 0",
	  SIZED(32, 0),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 5" },
	{ .condition = "response length 4",
	  SIZED(32, 4),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 5" },
	{ .condition = "response length 63, no multiple of 8",
	  SIZED(32, 63),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 5" },
	{ .condition = "response length 8184",
	  SIZED(32, 8184),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 5" },
	{ .condition = "request and response of 8200 bytes",
	  SIZED(32, 8168),
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 check 6" },
	{ .condition = "request and response of 8192 bytes",
	  SIZED(40, 8152),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "request length 8184, response length 8",
	  SIZED(8184, 8),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "response length 8: no room for a header",
	  SIZED(32, 8),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1, chosen",
	  .qemu = RESPONSE(ZPCI_CLP_OK),
	  .reason = "QEMU says that it is done, with nothing of the answer in it" },
};

/* --- the commands there are ------------------------------------------------------------------- */

#define LPS(number, code, request)                                                                 \
	.state = ANY,                                                                              \
	.with = { .space = (number), .control = (code), .length = (request), .value = 128 }
#define NO_LPS .qemu = RESPONSE(ZPCI_CLP_LENGTH), .reason = "QEMU does not look at the control byte"

static const struct row commands[] = {
	{ .condition = "command 0",
	  LPS(2, 0, 32),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.2" },
	{ .condition = "command 6",
	  LPS(2, 6, 32),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.2" },
	{ .condition = "command 255",
	  LPS(2, 255, 32),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.2" },
	{ .condition = "command 6 with a request of 40 bytes",
	  LPS(2, 6, 40),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.2, chosen",
	  .qemu = RESPONSE(ZPCI_CLP_LENGTH),
	  .reason = "QEMU looks at the length first; a command that does not exist has none" },
	{ .condition = "List with a request of 16 bytes",
	  LPS(2, ZPCI_CLP_LIST, 16),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "List with a request of 40 bytes",
	  LPS(2, ZPCI_CLP_LIST, 40),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "Query function with a request of 16 bytes",
	  LPS(2, ZPCI_CLP_QUERY_FUNCTION, 16),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "Query group with a request of 24 bytes",
	  LPS(2, ZPCI_CLP_QUERY_GROUP, 24),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "Set function with a request of 40 bytes",
	  LPS(2, ZPCI_CLP_SET_FUNCTION, 40),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1 check 8" },
	{ .condition = "SLPC with a request of 32 bytes",
	  LPS(2, ZPCI_CLP_SLPC, 32),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 3.1",
	  .qemu = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .reason = "QEMU does not know SLPC, whose request has 16 bytes" },
	{ .condition = "List on logical processor 0",
	  LPS(0, ZPCI_CLP_LIST, 32),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.1",
	  .qemu = RESPONSE(ZPCI_CLP_OK),
	  .reason = "QEMU does not look at the control byte" },
	{ .condition = "Query function on logical processor 0",
	  LPS(0, ZPCI_CLP_QUERY_FUNCTION, 32),
	  .answer = RESPONSE(ZPCI_CLP_UNKNOWN_COMMAND),
	  .source = "ref 3.1",
	  .qemu = RESPONSE(ZPCI_CLP_INVALID_HANDLE),
	  .reason = "QEMU does not look at the control byte" },
	{ .condition = "SLPC on logical processor 1",
	  LPS(1, ZPCI_CLP_SLPC, 16),
	  .answer = CC(3),
	  .effect = "nothing is stored",
	  .source = "ref 2.1: not installed",
	  NO_LPS },
	{ .condition = "SLPC on logical processor 3",
	  LPS(3, ZPCI_CLP_SLPC, 16),
	  .answer = CC(3),
	  .effect = "nothing is stored",
	  .source = "ref 2.1: not installed",
	  NO_LPS },
	{ .condition = "SLPC on logical processor 63",
	  LPS(63, ZPCI_CLP_SLPC, 16),
	  .answer = CC(3),
	  .effect = "nothing is stored",
	  .source = "ref 2.1: not installed",
	  NO_LPS },
	{ .condition = "List with the reserved bit of the control byte",
	  LPS(ZPCI_CLP_RESERVED | 2, ZPCI_CLP_LIST, 32),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "it is not looked at",
	  .source = "ref 2.1, chosen" },
};

/* --- SLPC ------------------------------------------------------------------------------------- */

static int slpc(struct trial *trial)
{
	int answer = command(trial);
	unsigned length = (unsigned)trial->with->value;

	if (answer != RESPONSE(ZPCI_CLP_OK))
		return answer;
	if (length > sizeof(struct zpci_clp_slpc_response))
		length = sizeof(struct zpci_clp_slpc_response);
	trial_want(trial, "response length", trial_get(trial, BLOCK + 16, 2), length);
	for (unsigned i = 4; i < length; i++)
		trial_want(trial, "byte of the response", trial_get(trial, BLOCK + 16 + i, 1), 0);
	return answer;
}

static int slpc_format(struct trial *trial)
{
	guest_clp_begin(trial, ZPCI_CLP_SLPC, 16, 128);
	trial_put(trial, BLOCK + 4, 4, 0x10000000);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

#define SLPC(lps, response)                                                                        \
	.state = ANY,                                                                              \
	.with = { .space = (lps), .control = ZPCI_CLP_SLPC, .length = 16, .value = (response) }
#define NO_SLPC                                                                                    \
	.qemu = RESPONSE(ZPCI_CLP_LENGTH),                                                         \
	.reason = "QEMU does not know it; /dev/clp offers it to programs (ref 3.10)"

static const struct row characteristics[] = {
	{ .condition = "logical processor 0",
	  SLPC(0, 128),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "128 bytes of zeros: no facility bits",
	  .source = "ref 3.3",
	  NO_SLPC },
	{ .condition = "logical processor 2",
	  SLPC(2, 128),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "128 bytes of zeros: no write-back mapped I/O",
	  .source = "ref 3.3",
	  NO_SLPC },
	{ .condition = "response length 16",
	  SLPC(2, 16),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "the front part",
	  .source = "ref 13 trap 7",
	  NO_SLPC },
	{ .condition = "response length 88",
	  SLPC(2, 88),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "the front part",
	  .source = "ref 13 trap 7",
	  NO_SLPC },
	{ .condition = "response length 4080",
	  SLPC(2, 4080),
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .effect = "response length 128",
	  .source = "ref 13 trap 7",
	  NO_SLPC },
	{ .condition = "response length 8",
	  SLPC(2, 8),
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 2.1, chosen" },
	{ .condition = "format 1",
	  .state = ANY,
	  .act = slpc_format,
	  .answer = RESPONSE(ZPCI_CLP_FORMAT),
	  .source = "ref 3.2",
	  NO_SLPC },
};

/* --- immediate commands ----------------------------------------------------------------------- */

static int immediate(struct trial *trial)
{
	uint8_t control = ZPCI_CLP_IMMEDIATE | (uint8_t)trial->with->space;
	int answer = guest_clp(trial, control, trial->with->value);

	if (answer == CC(0))
		trial_want(trial, "R1", trial->cpu.gr[R_DATA], ZPCI_CLP_INSTALLED_LPS);
	return answer;
}

#define AS_BLOCK .qemu = PGM(OPERAND), .reason = "QEMU takes the command for the address of a block"

static const struct row immediates[] = {
	{ .condition = "command 1",
	  .state = ANY,
	  .with = { .value = 1 },
	  .answer = CC(0),
	  .effect = "R1: 0xa000000000000000, logical processors 0 and 2",
	  .source = "ref 2.1",
	  AS_BLOCK },
	{ .condition = "command 1, logical processor 2 selected",
	  .state = ANY,
	  .with = { .value = 1, .space = 2 },
	  .answer = CC(0),
	  .source = "ref 2.1",
	  AS_BLOCK },
	{ .condition = "command 0",
	  .state = ANY,
	  .with = { .value = 0 },
	  .answer = CC(3),
	  .source = "ref 2.1: Linux makes it of command 1",
	  AS_BLOCK },
	{ .condition = "command 2",
	  .state = ANY,
	  .with = { .value = 2 },
	  .answer = CC(3),
	  .source = "ref 2.1",
	  AS_BLOCK },
	{ .condition = "command 2^32 + 1",
	  .state = ANY,
	  .with = { .value = 0x100000001ull },
	  .answer = CC(3),
	  .source = "ref 2.1: 64 bits",
	  .qemu = PGM(ADDRESSING),
	  .reason = "QEMU takes the command for the address of a block" },
};

/* --- where the block lies --------------------------------------------------------------------- */

/* A Query of the function's group, at @address of absolute storage, as far as it fits. */
static int query_at(struct trial *trial, uint64_t address)
{
	const uint8_t request[36] = {
		[1] = 32, [3] = ZPCI_CLP_QUERY_GROUP, [19] = trial->target->query.pfgid, [33] = 64
	};
	uint64_t room = trial->player->end - address;

	if (address < trial->player->end)
		memcpy(trial->player->storage(trial->player, address), request,
		       room < sizeof(request) ? room : sizeof(request));
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, address);
}

static int block_nowhere(struct trial *trial)
{
	return query_at(trial, trial->player->end);
}

static int response_nowhere(struct trial *trial)
{
	return query_at(trial, trial->player->end - 32);
}

static int rest_nowhere(struct trial *trial)
{
	return query_at(trial, trial->player->end - 40);
}

static int bad_length_at_the_end(struct trial *trial)
{
	memset(trial->player->storage(trial->player, trial->player->end - 8), 0, 8);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial->player->end - 8);
}

/* The response's header is all that can be looked at: cc 0 by itself. */
static int up_to_the_end(struct trial *trial)
{
	int answer = query_at(trial, trial->player->end - 96);

	return answer == CC(0)
		       ? RESPONSE((int)zpci_get_be(
				 trial->player->storage(trial->player, trial->player->end - 62), 2))
		       : answer;
}

static int unaligned(struct trial *trial)
{
	return query_at(trial, trial_address(trial, BLOCK + 1));
}

static int across_pages(struct trial *trial)
{
	return query_at(trial, trial_address(trial, BLOCK + PAGE - 40));
}

static int on_invalid_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, BLOCK), 0);
	answer = query_at(trial, trial_address(trial, BLOCK));
	guest_translation_off(trial, answer, trial_address(trial, BLOCK));
	return answer;
}

static int on_protected_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, 0, trial_address(trial, BLOCK));
	answer = query_at(trial, trial_address(trial, BLOCK));
	guest_translation_off(trial, answer, trial_address(trial, BLOCK));
	return answer;
}

static int bad_length_on_protected_page(struct trial *trial)
{
	int answer;

	memset(trial_bytes(trial, BLOCK), 0, 64);
	trial->player->protect(trial->player, 0, trial_address(trial, BLOCK));
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	guest_translation_off(trial, answer, trial_address(trial, BLOCK));
	return answer;
}

/* A Set with @operation whose block begins at @offset of the work area, while the page at
 * @protected is protected. */
static int set_with_protected_page(struct trial *trial, unsigned operation, uint64_t offset,
				   uint64_t protected)
{
	int answer;

	memset(trial_bytes(trial, BLOCK), 0, ZPCI_CLP_BLOCK_MAX);
	trial_put(trial, offset, 2, 32);
	trial_put(trial, offset + 2, 2, ZPCI_CLP_SET_FUNCTION);
	trial_put(trial, offset + 16, 4, trial->handle);
	trial_put(trial, offset + 22, 1, operation);
	trial_put(trial, offset + 23, 1, operation == ZPCI_CLP_SET_ENABLE);
	trial_put(trial, offset + 32, 2, 160);
	trial->player->protect(trial->player, 0, trial_address(trial, protected));
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, offset));
	guest_translation_off(trial, answer, trial_address(trial, protected));
	return answer;
}

static int enable_on_protected_page(struct trial *trial)
{
	return set_with_protected_page(trial, ZPCI_CLP_SET_ENABLE, BLOCK, BLOCK);
}

static int disable_on_protected_page(struct trial *trial)
{
	return set_with_protected_page(trial, ZPCI_CLP_SET_DISABLE, BLOCK, BLOCK);
}

static int response_on_protected_page(struct trial *trial)
{
	return set_with_protected_page(trial, ZPCI_CLP_SET_ENABLE, BLOCK + PAGE - 32, BLOCK + PAGE);
}

static int end_of_response_on_protected_page(struct trial *trial)
{
	return set_with_protected_page(trial, ZPCI_CLP_SET_ENABLE, BLOCK + PAGE - 128,
				       BLOCK + PAGE);
}

static int request_on_protected_page(struct trial *trial)
{
	return set_with_protected_page(trial, ZPCI_CLP_SET_ENABLE, BLOCK + PAGE - 32, BLOCK);
}

static void expect_unchanged(struct trial *trial)
{
	trial_want(trial, "handle", guest_handle(trial), trial->handle);
}

static void expect_enabled(struct trial *trial)
{
	trial_want(trial, "enable bit", guest_handle(trial) >> 31, 1);
}

static int block_translated(struct trial *trial, uint64_t address)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FMB), 0);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, address);
	guest_translation_off(trial, answer, address);
	return answer;
}

static int block_without_segment(struct trial *trial)
{
	return block_translated(trial, NO_SEGMENT_ADDRESS);
}

static int block_above(struct trial *trial)
{
	return block_translated(trial, NO_ADDRESS);
}

static int in_31_bits(struct trial *trial)
{
	trial->cpu.mode = MODE_31;
	return query_at(trial, trial_address(trial, BLOCK));
}

static int problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return query_at(trial, trial_address(trial, BLOCK));
}

static int problem_immediate(struct trial *trial)
{
	trial->cpu.problem = true;
	return guest_clp(trial, ZPCI_CLP_IMMEDIATE, 1);
}

static int problem_bad_length(struct trial *trial)
{
	memset(trial_bytes(trial, BLOCK), 0, 64);
	trial->cpu.problem = true;
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

#define ASSERTS .qemu = ENDS_QEMU, .reason = "QEMU 11.1 ends on an assertion when translation is on"
#define ANSWERED .answer = RESPONSE(ZPCI_CLP_OK)

static const struct row blocks[] = {
	{ .condition = "block behind the end of storage",
	  .state = ANY,
	  .act = block_nowhere,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.1 check 2" },
	{ .condition = "response behind the end of storage",
	  .state = ANY,
	  .act = response_nowhere,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.1 check 4" },
	{ .condition = "end of the response behind the end of storage",
	  .state = ANY,
	  .act = rest_nowhere,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.1 check 7" },
	{ .condition = "block behind the end of storage but its length, which is bad: it counts",
	  .state = ANY,
	  .act = bad_length_at_the_end,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 order of checks" },
	{ .condition = "block up to the end of storage",
	  .state = ANY,
	  .act = up_to_the_end,
	  ANSWERED,
	  .source = "ref 2.1" },
	{ .condition = "block at an odd address",
	  .state = ANY,
	  .act = unaligned,
	  ANSWERED,
	  .source = "ref 2.1: no alignment is known" },
	{ .condition = "block across pages",
	  .state = ANY,
	  .act = across_pages,
	  ANSWERED,
	  .source = "ref 2.1" },
	{ .condition = "block on a page that is invalid",
	  .state = ANY,
	  .act = on_invalid_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PAGE_TRANSLATION),
	  .source = "ref 2.1 check 2",
	  ASSERTS },
	{ .condition = "block at an address without a segment",
	  .act = block_without_segment,
	  .state = ANY,
	  .needs = NEEDS_DAT,
	  .answer = PGM(SEGMENT_TRANSLATION),
	  .source = "ref 2.1 check 2",
	  ASSERTS },
	{ .condition = "block at an address above the address space",
	  .act = block_above,
	  .state = ANY,
	  .needs = NEEDS_DAT,
	  .answer = PGM(ASCE_TYPE),
	  .source = "ref 2.1 check 2",
	  ASSERTS },
	{ .condition = "block on a page that is protected",
	  .state = ANY,
	  .act = on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .source = "ref 2.1 check 10",
	  ASSERTS },
	{ .condition = "block with a bad length on a page that is protected: the length counts",
	  .state = ANY,
	  .act = bad_length_on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.1 order of checks" },
	{ .condition = "Set enable on a page that is protected",
	  .state = DISABLED,
	  .act = enable_on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .check = expect_unchanged,
	  .effect = "the function stays disabled, its handle as it was",
	  .source = "ref 2.1 check 10, chosen: nothing is done before an access exception",
	  ASSERTS },
	{ .condition = "Set disable on a page that is protected",
	  .act = disable_on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .check = expect_unchanged,
	  .effect = "the function stays enabled, its handle as it was",
	  .source = "ref 2.1 check 10, chosen: nothing is done before an access exception",
	  ASSERTS },
	{ .condition = "Set enable, response on a page that is protected",
	  .state = DISABLED,
	  .act = response_on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .check = expect_unchanged,
	  .effect = "the function stays disabled, its handle as it was",
	  .source = "ref 2.1 check 10",
	  ASSERTS },
	{ .condition = "Set enable, end of the response on a page that is protected",
	  .state = DISABLED,
	  .act = end_of_response_on_protected_page,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .check = expect_unchanged,
	  .effect = "the function stays disabled, its handle as it was",
	  .source = "ref 2.1 check 10",
	  ASSERTS },
	{ .condition = "Set enable, request alone on a page that is protected",
	  .state = DISABLED,
	  .act = request_on_protected_page,
	  .needs = NEEDS_DAT | NEEDS_OURS,
	  .answer = RESPONSE(ZPCI_CLP_OK),
	  .check = expect_enabled,
	  .effect = "enabled: of the block only the response is stored",
	  .source = "chosen" },
	{ .condition = "31-bit addressing",
	  .state = ANY,
	  .act = in_31_bits,
	  ANSWERED,
	  .source = "ref 2.1" },
	{ .condition = "problem state",
	  .state = ANY,
	  .act = problem,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.1 check 1" },
	{ .condition = "problem state, immediate command",
	  .state = ANY,
	  .act = problem_immediate,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.1 check 1" },
	{ .condition = "problem state, bad length: the state counts",
	  .state = ANY,
	  .act = problem_bad_length,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.1 order of checks" },
};

const struct family answers_clp[] = {
	FAMILY("CLP", command, blocks),
	FAMILY("CLP", command, lengths),
	FAMILY("CLP", command, commands),
	FAMILY("CLP SLPC", slpc, characteristics),
	FAMILY("CLP immediate", immediate, immediates),
	{ NULL },
};
