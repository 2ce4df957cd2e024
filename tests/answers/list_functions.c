// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_functions.c - List PCI functions (reference 3.4).
 */
#include "answers.h"

#define RESPONSE_AT (BLOCK + 32)
#define SPACE (32 + 16 * 32)

/* With .with.length bytes of response and .with.value as the resume token. */
static int list(struct trial *trial)
{
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, (unsigned)trial->with->length);
	trial_put(trial, BLOCK + 16, 8, trial->with->value);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

static bool has_enabled_handle(enum state state)
{
	return state == ENABLED || state == BLOCKED || state == UNBLOCKED || state == PERMANENT;
}

/* The entry of the function, by its state. */
static void look_at_entry(struct trial *trial)
{
	struct zpci_clp_list_entry entry;
	bool listed = guest_list_entry(trial, trial->target->fid, &entry);

	trial_want(trial, "listed", listed, trial->state != RESERVED);
	if (!listed)
		return;
	trial_want(trial, "vendor", zpci_be16_get(entry.vendor_id), trial->target->vendor);
	trial_want(trial, "device", zpci_be16_get(entry.device_id), trial->target->device);
	trial_want(trial, "configuration state", zpci_be32_get(entry.configuration),
		   trial->state == STANDBY ? 0 : ZPCI_CLP_CONFIGURED);
	trial_want(trial, "enable bit", zpci_be32_get(entry.handle) >> 31,
		   has_enabled_handle(trial->state));
	trial_want(trial, "a handle of 0", zpci_be32_get(entry.handle) == 0, 0);
}

/* How many functions List tells, @space bytes of response at a time; *@found times the row's. The
 * machine's own follow ours, where it may have some. */
static unsigned count_entries(struct trial *trial, unsigned space, unsigned *found)
{
	unsigned count = 0, calls = 0;
	uint64_t token = 0;

	*found = 0;
	do {
		guest_clp_begin(trial, ZPCI_CLP_LIST, 32, space);
		trial_put(trial, BLOCK + 16, 8, token);
		trial_want(
			trial, "List",
			(uint64_t)guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK)),
			RESPONSE(ZPCI_CLP_OK));
		for (unsigned at = 32; at < trial_get(trial, RESPONSE_AT, 2); at += 16, count++)
			*found += trial_get(trial, RESPONSE_AT + at + 8, 4) == trial->target->fid;
		token = trial_get(trial, RESPONSE_AT + 16, 8);
	} while (token && ++calls < 64);
	trial_want(trial, "last resume token", token, 0);
	return count;
}

static void look_at_head(struct trial *trial)
{
	unsigned length = (unsigned)trial_get(trial, RESPONSE_AT, 2);

	trial_want(trial, "format", trial_get(trial, RESPONSE_AT + 4, 4), 0);
	trial_want(trial, "reserved", trial_get(trial, RESPONSE_AT + 8, 8), 0);
	trial_want(trial, "entries are whole", (length - 32) % 16, 0);
	trial_want(trial, "a function at least", length > 32, 1);
	trial_want(trial, "mask of hypervisor bits", trial_get(trial, RESPONSE_AT + 24, 4),
		   0x00ff0000);
	trial_want(trial, "most functions", trial_get(trial, RESPONSE_AT + 28, 2), 4096);
	trial_want(trial, "UID checking", trial_get(trial, RESPONSE_AT + 30, 1), 1);
	trial_want(trial, "entry size", trial_get(trial, RESPONSE_AT + 31, 1), 16);
}

/* An earlier answer may stand in the response: none of it stays in the header. */
static int list_over_garbage(struct trial *trial)
{
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, SPACE);
	for (unsigned i = 2; i < SPACE; i++)
		trial_put(trial, RESPONSE_AT + i, 1, 0xaa);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

/* One entry at a time: as many as at once, and the function once. Where the machine's own list
 * follows, the request's token becomes 0 on the way, which is no failure. */
static int one_by_one(struct trial *trial)
{
	unsigned found, at_once;

	trial->unwatched = true;
	at_once = count_entries(trial, SPACE, &found);
	trial_want(trial, "entries", count_entries(trial, 48, &found), at_once);
	trial_want(trial, "the function is listed", found, 1);
	return RESPONSE((int)trial_get(trial, RESPONSE_AT + 2, 2));
}

/* The token of a list that was cut off, used twice. */
static int token_twice(struct trial *trial)
{
	uint64_t token, first;
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, 48);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	token = trial_get(trial, RESPONSE_AT + 16, 8);
	for (unsigned i = 0; i < 2 && token; i++) {
		guest_clp_begin(trial, ZPCI_CLP_LIST, 32, 48);
		trial_put(trial, BLOCK + 16, 8, token);
		answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
		if (i == 0)
			first = trial_get(trial, RESPONSE_AT + 32 + 8, 4);
		else
			trial_want(trial, "FID of the entry", first,
				   trial_get(trial, RESPONSE_AT + 32 + 8, 4));
	}
	return answer;
}

/* Between the two calls the function of the next entry goes. */
static int token_over_removal(struct trial *trial)
{
	uint64_t token, all;
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, 48);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	token = trial_get(trial, RESPONSE_AT + 16, 8);
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, SPACE);
	trial_put(trial, BLOCK + 16, 8, token);
	guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	all = trial_get(trial, RESPONSE_AT, 2);
	trial->player->remove(trial->player, (uint32_t)trial_get(trial, RESPONSE_AT + 32 + 8, 4));
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, SPACE);
	trial_put(trial, BLOCK + 16, 8, token);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	trial_want(trial, "entries left", trial_get(trial, RESPONSE_AT, 2), all - 16);
	return answer;
}

static int with_field(struct trial *trial, unsigned offset, unsigned length, uint64_t value)
{
	guest_clp_begin(trial, ZPCI_CLP_LIST, 32, SPACE);
	trial_put(trial, BLOCK + offset, length, value);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

static int format_1(struct trial *trial)
{
	return with_field(trial, 4, 4, 0x10000000);
}

static int format_reserved(struct trial *trial)
{
	return with_field(trial, 4, 4, 1);
}

static int header_reserved(struct trial *trial)
{
	return with_field(trial, 8, 8, 1);
}

static int request_reserved(struct trial *trial)
{
	return with_field(trial, 24, 8, 1ull << 63);
}

static void no_uid_checking(struct trial *trial)
{
	trial->player->no_uid_checking(trial->player);
}

static void expect_no_uid_checking(struct trial *trial)
{
	trial_want(trial, "UID checking", trial_get(trial, RESPONSE_AT + 30, 1), 0);
}

#define ROOM .with = { .length = SPACE }

static const struct row rows[] = {
	{ .condition = "the function's entry",
	  ROOM,
	  .check = look_at_entry,
	  .source = "ref 3.4, 4.2",
	  .effect = "standby: configuration 0; reserved: not listed; errors: the enabled handle",
	  .in = { [RESERVED] = RESPONSE(0x10),
		  [STANDBY] = RESPONSE(0x10),
		  [DISABLED] = RESPONSE(0x10),
		  [ENABLED] = RESPONSE(0x10),
		  [BLOCKED] = RESPONSE(0x10),
		  [UNBLOCKED] = RESPONSE(0x10),
		  [PERMANENT] = RESPONSE(0x10) } },
	{ .condition = "from the start, all of it",
	  .state = ANY,
	  ROOM,
	  .check = look_at_head,
	  .answer = RESPONSE(0x10),
	  .effect = "length 32 + 16 n, token 0, entry size 16, UID checking",
	  .source = "ref 3.4" },
	{ .condition = "firmware without UID checking",
	  .state = ANY,
	  ROOM,
	  .needs = NEEDS_HOST,
	  .prepare = no_uid_checking,
	  .check = expect_no_uid_checking,
	  .answer = RESPONSE(0x10),
	  .effect = "flag 0x01 is 0, in each answer",
	  .source = "ref 3.4, 13 trap 25" },
	{ .condition = "an answer from before in the response",
	  .state = ANY,
	  .act = list_over_garbage,
	  .check = look_at_head,
	  .answer = RESPONSE(0x10),
	  .effect = "none of it stays in what is stored",
	  .source = "ref 3.4" },
	{ .condition = "one entry in each call",
	  .state = ANY,
	  .act = one_by_one,
	  .answer = RESPONSE(0x10),
	  .effect = "each function once, last token 0",
	  .source = "ref 3.4" },
	{ .condition = "a token twice",
	  .state = ANY,
	  .act = token_twice,
	  .answer = RESPONSE(0x10),
	  .effect = "the same entry",
	  .source = "ref 3.4" },
	{ .condition = "the next function goes between two calls",
	  .state = ANY,
	  .needs = NEEDS_HOST,
	  .act = token_over_removal,
	  .answer = RESPONSE(0x10),
	  .effect = "the others follow",
	  .source = "ref 3.4: tokens survive hot plug" },
	{ .condition = "response length 48: one entry",
	  .state = ANY,
	  .with = { .length = 48 },
	  .answer = RESPONSE(0x10),
	  .source = "ref 3.4" },
	{ .condition = "response length 40",
	  .state = ANY,
	  .with = { .length = 40 },
	  .answer = RESPONSE(ZPCI_CLP_NEEDS_8K),
	  .source = "ref 3.2" },
	{ .condition = "response length 32",
	  .state = ANY,
	  .with = { .length = 32 },
	  .answer = RESPONSE(ZPCI_CLP_NEEDS_8K),
	  .source = "ref 3.2" },
	{ .condition = "response length 16",
	  .state = ANY,
	  .with = { .length = 16 },
	  .answer = RESPONSE(ZPCI_CLP_NEEDS_8K),
	  .source = "ref 3.2" },
	{ .condition = "response length 56, no whole entries",
	  .state = ANY,
	  .with = { .length = 56 },
	  .answer = RESPONSE(ZPCI_CLP_LENGTH),
	  .source = "ref 3.2",
	  .qemu = CC(3) | OTHERWISE,
	  .reason = "QEMU sets cc 3 as well, but stores the code; no other command does" },
	{ .condition = "a token that was never given out",
	  .state = ANY,
	  .with = { .length = SPACE, .value = 0xdeadbeefdeadbeefull },
	  .answer = RESPONSE(ZPCI_CLP_RESUME_TOKEN),
	  .source = "ref 3.2" },
	{ .condition = "format 1",
	  .state = ANY,
	  .act = format_1,
	  .answer = RESPONSE(ZPCI_CLP_FORMAT),
	  .source = "ref 3.2" },
	{ .condition = "reserved bits beside the format",
	  .state = ANY,
	  .act = format_reserved,
	  .answer = RESPONSE(ZPCI_CLP_RESERVED_NOT_ZERO),
	  .source = "ref 3.1, 3.2" },
	{ .condition = "reserved field of the header",
	  .state = ANY,
	  .act = header_reserved,
	  .answer = RESPONSE(ZPCI_CLP_RESERVED_NOT_ZERO),
	  .source = "ref 3.2" },
	{ .condition = "reserved field of the request",
	  .state = ANY,
	  .act = request_reserved,
	  .answer = RESPONSE(ZPCI_CLP_RESERVED_NOT_ZERO),
	  .source = "ref 3.2",
	  .qemu = RESPONSE(0x10),
	  .reason = "QEMU looks at the header's alone" },
};

const struct family answers_list_functions[] = {
	FAMILY("CLP List PCI functions", list, rows),
	{ NULL },
};
