// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * query.c - Query PCI function, Query PCI function group (reference 3.5 and 3.6).
 */
#include "answers.h"

#include <string.h>

#define RESPONSE_AT (BLOCK + 32)
#define FUNCTION_LENGTH 384
#define GROUP_LENGTH 64

/* --- Query PCI function ----------------------------------------------------------------------- */

static int query(struct trial *trial)
{
	return guest_query_function(trial, trial->handle);
}

static const struct zpci_clp_query_function_response *answered(struct trial *trial)
{
	return (const struct zpci_clp_query_function_response *)trial_bytes(trial, RESPONSE_AT);
}

static void look_at_identity(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);

	if (trial->state == RESERVED)
		return;
	trial_want(trial, "FID", zpci_be32_get(answer->fid), trial->target->fid);
	trial_want(trial, "UID", zpci_be32_get(answer->uid),
		   zpci_be32_get(trial->target->query.uid));
	trial_want(trial, "UID 0", !zpci_be32_get(answer->uid), 0);
}

static void look_at_length(struct trial *trial)
{
	trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2), FUNCTION_LENGTH);
}

static void look_at_aperture(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);
	uint64_t start = zpci_be64_get(answer->sdma), end = zpci_be64_get(answer->edma);
	uint64_t msi = zpci_be64_get(trial->target->group.msia);

	trial_want(trial, "first DMA address is of a page", start % 4096, 0);
	trial_want(trial, "last DMA address is of a page", end % 4096, 4095);
	trial_want(trial, "first before last", start < end, 1);
	trial_want(trial, "MSI address between them", msi >= start && msi <= end, 0);
}

/* Size and flags of each BAR as config space has them: ones go in there. */
static int compare_bars(struct trial *trial)
{
	struct zpci_clp_query_function_response answer;
	int result = guest_query_function(trial, trial->handle);

	memcpy(&answer, answered(trial), sizeof(answer));
	for (unsigned bar = 0; bar < 6; bar++) {
		uint32_t flags = zpci_le32_get(answer.bar[bar]) & 0xf, mask;

		if (!answer.bar_size[bar])
			continue;
		guest_config_put(trial, 0x10 + 4 * bar, 4, 0xffffffff);
		mask = guest_config_get(trial, 0x10 + 4 * bar, 4);
		trial_want(trial, "BAR flags", flags, mask & 0xf);
		trial_want(trial, "BAR size", 1ull << answer.bar_size[bar],
			   (uint32_t)(~(mask & ~0xfu) + 1));
		if ((flags & 6) == 4)
			trial_want(trial, "size of the upper half", answer.bar_size[bar + 1], 0);
	}
	return result;
}

static void look_at_vf(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);

	trial_want(trial, "vfn", zpci_be16_get(answer->vfn), 1);
	trial_want(trial, "flags but the utility string's",
		   answer->flags & ~ZPCI_CLP_QF_UTILITY_STRING, ZPCI_CLP_QF_RID);
	trial_want(trial, "RID, of VF 1", zpci_be16_get(answer->rid), 1);
	trial_want(trial, "function type", answer->pft, 0);
	trial_want(trial, "length of the measurement block, words", answer->fmb_length, 16);
	trial_want(trial, "group", answer->pfgid, 0x01);
}

static void look_at_pf(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);

	trial_want(trial, "vfn", zpci_be16_get(answer->vfn), 0);
	trial_want(trial, "flags", answer->flags, ZPCI_CLP_QF_PHYSICAL | ZPCI_CLP_QF_RID);
	trial_want(trial, "RID", zpci_be16_get(answer->rid), 0);
}

static void look_at_mio(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);

	trial_want(trial, "MIO flag", answer->flags & ZPCI_CLP_QF_MIO, 0);
	for (unsigned i = 0; i < sizeof(answer->mio); i++)
		trial_want(trial, "byte of the MIO block", answer->mio[i], 0);
}

/* "ZPCI ANSWERS" in EBCDIC (code page 037), then blanks. */
static void look_at_string(struct trial *trial)
{
	static const uint8_t text[] = { 0xe9, 0xd7, 0xc3, 0xc9, 0x40, 0xc1,
					0xd5, 0xe2, 0xe6, 0xc5, 0xd9, 0xe2 };
	const struct zpci_clp_query_function_response *answer = answered(trial);

	trial_want(trial, "flag", answer->flags & ZPCI_CLP_QF_UTILITY_STRING,
		   ZPCI_CLP_QF_UTILITY_STRING);
	for (unsigned i = 0; i < sizeof(answer->utility_string); i++)
		trial_want(trial, "character", answer->utility_string[i],
			   i < sizeof(text) ? text[i] : 0x40);
}

static void look_at_no_string(struct trial *trial)
{
	const struct zpci_clp_query_function_response *answer = answered(trial);

	trial_want(trial, "flag", answer->flags & ZPCI_CLP_QF_UTILITY_STRING, 0);
	for (unsigned i = 0; i < sizeof(answer->utility_string); i++)
		trial_want(trial, "character", answer->utility_string[i], 0);
}

/* With a response of .with.length bytes; behind it nothing is stored, which is watched. */
static int sized(struct trial *trial)
{
	unsigned length = (unsigned)trial->with->length;
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_QUERY_FUNCTION, 32, length);
	trial_put(trial, BLOCK + 16, 4, trial->handle);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	if (answer == RESPONSE(ZPCI_CLP_OK))
		trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2),
			   length < FUNCTION_LENGTH ? length : FUNCTION_LENGTH);
	return answer;
}

static int with_field(struct trial *trial, unsigned offset, uint64_t value)
{
	guest_clp_begin(trial, ZPCI_CLP_QUERY_FUNCTION, 32, FUNCTION_LENGTH);
	trial_put(trial, BLOCK + 16, 4, trial->handle);
	trial_put(trial, BLOCK + offset, 4, value);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

static int format_1(struct trial *trial)
{
	return with_field(trial, 4, 0x10000000);
}

static int reserved(struct trial *trial)
{
	return with_field(trial, 24, 1);
}

/* Nothing but the code is stored: the response's length and the rest are the guest's. */
static int error_over_garbage(struct trial *trial)
{
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_QUERY_FUNCTION, 32, FUNCTION_LENGTH);
	for (unsigned i = 4; i < FUNCTION_LENGTH; i++)
		trial_put(trial, RESPONSE_AT + i, 1, 0xaa);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2), FUNCTION_LENGTH);
	for (unsigned i = 4; i < FUNCTION_LENGTH; i++)
		trial_want(trial, "byte of the response", trial_get(trial, RESPONSE_AT + i, 1),
			   0xaa);
	return answer;
}

#define OK RESPONSE(ZPCI_CLP_OK)
#define INVALID RESPONSE(ZPCI_CLP_INVALID_HANDLE)
#define SHORTER                                                                                    \
	.qemu = OK | OTHERWISE, .reason = "QEMU stores 192 bytes and leaves the length as it was"

static const struct row functions[] = {
	{ .condition = "current handle",
	  .check = look_at_identity,
	  .source = "ref 3.5, 4.4",
	  .in = { [RESERVED] = INVALID,
		  [STANDBY] = OK,
		  [DISABLED] = OK,
		  [ENABLED] = OK,
		  [BLOCKED] = OK,
		  [UNBLOCKED] = OK,
		  [PERMANENT] = OK } },
	{ .condition = "the handle's enable bit turned",
	  .handle = OTHER_ENABLE,
	  .in = { [RESERVED] = INVALID,
		  [STANDBY] = INVALID,
		  [DISABLED] = INVALID,
		  [ENABLED] = INVALID,
		  [BLOCKED] = INVALID },
	  .source = "ref 3.2" },
	{ .condition = "enabled handle from before a disable and an enable",
	  .handle = EARLIER,
	  .answer = INVALID,
	  .source = "ref 4.1",
	  .qemu = OK,
	  .reason = "QEMU does not count instances: a handle becomes current again" },
	{ .condition = "handle with an index that nobody has",
	  .handle = NO_INDEX,
	  .answer = INVALID,
	  .source = "ref 3.2" },
	{ .condition = "handle 0", .handle = ZERO, .answer = INVALID, .source = "ref 4.1" },
	{ .condition = "handle of ones", .handle = ONES, .answer = INVALID, .source = "ref 4.1" },
	{ .condition = "response length",
	  .check = look_at_length,
	  .answer = OK,
	  .effect = "length 384",
	  .source = "ref 3.1" },
	{ .condition = "DMA addresses",
	  .check = look_at_aperture,
	  .answer = OK,
	  .effect = "first page to last page, without the MSI address",
	  .source = "ref 3.5, 6.1" },
	{ .condition = "BARs",
	  .act = compare_bars,
	  .answer = OK,
	  .effect = "sizes and flags as in config space; upper halves 0",
	  .source = "ref 3.5" },
	{ .condition = "a VF",
	  .check = look_at_vf,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "vfn 1, flag 0x10, RID 1: first VF offset and stride are 1",
	  .source = "ref 9.2" },
	{ .condition = "a PF",
	  .of = PLAIN,
	  .check = look_at_pf,
	  .answer = OK,
	  .effect = "vfn 0, flags 0x18, RID 0",
	  .source = "ref 9.2" },
	{ .condition = "mapped I/O",
	  .check = look_at_mio,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "flag 0x02 off, block 0",
	  .source = "ref 3.8" },
	{ .condition = "a utility string",
	  .check = look_at_string,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "flag 0x01, EBCDIC, blanks behind it",
	  .source = "ref 3.5" },
	{ .condition = "no utility string",
	  .of = BARE,
	  .check = look_at_no_string,
	  .answer = OK,
	  .effect = "flag 0x01 off, zeros",
	  .source = "ref 3.5" },
	{ .condition = "response length 16",
	  .act = sized,
	  .with = { .length = 16 },
	  .answer = OK,
	  .effect = "the front part",
	  .source = "ref 13 trap 7" },
	{ .condition = "response length 128",
	  .act = sized,
	  .with = { .length = 128 },
	  .answer = OK,
	  .effect = "the front part",
	  .source = "ref 13 trap 7" },
	{ .condition = "response length 192, as of QEMU",
	  .act = sized,
	  .with = { .length = 192 },
	  .answer = OK,
	  .effect = "the front part",
	  .source = "ref 3.5" },
	{ .condition = "response length 4064",
	  .act = sized,
	  .with = { .length = 4064 },
	  .answer = OK,
	  .effect = "length 384",
	  .source = "ref 3.1",
	  SHORTER },
	{ .condition = "format 1",
	  .act = format_1,
	  .answer = RESPONSE(ZPCI_CLP_FORMAT),
	  .source = "ref 3.2",
	  .qemu = OK,
	  .reason = "QEMU looks at List's format alone" },
	{ .condition = "reserved field of the request",
	  .act = reserved,
	  .answer = OK,
	  .effect = "it is not looked at",
	  .source = "ref 3.2: List only" },
	{ .condition = "an error, with an old answer in the response",
	  .act = error_over_garbage,
	  .answer = INVALID,
	  .effect = "the response code alone",
	  .source = "ref 3.2" },
};

/* --- Query PCI function group ----------------------------------------------------------------- */

static int query_group(struct trial *trial)
{
	return guest_query_group(trial, trial->with->control ? trial->with->control
							     : trial->target->query.pfgid);
}

static const struct zpci_clp_query_group_response *group(struct trial *trial)
{
	return (const struct zpci_clp_query_group_response *)trial_bytes(trial, RESPONSE_AT);
}

static void look_at_common(struct trial *trial)
{
	const struct zpci_clp_query_group_response *answer = group(trial);

	trial_want(trial, "interruptions", zpci_be16_get(answer->noi), 2048);
	trial_want(trial, "version", answer->version, 1);
	trial_want(trial, "longest store block", zpci_be16_get(answer->maxstbl), 128);
	trial_want(trial, "update interval", zpci_be16_get(answer->mui), 4000);
	trial_want(trial, "designation types", answer->dtsm, 0x40);
	trial_want(trial, "DMA space mask", zpci_be64_get(answer->dasm), 0);
	trial_want(trial, "MSI address", zpci_be64_get(answer->msia), 0xfe00000000000000ull);
}

static void look_at_group(struct trial *trial)
{
	trial_want(trial, "flags", group(trial)->flags, 0);
	look_at_common(trial);
}

static void look_at_refresh(struct trial *trial)
{
	trial_want(trial, "flags", group(trial)->flags, ZPCI_CLP_QG_REFRESH);
	look_at_common(trial);
}

static void look_at_relaxed(struct trial *trial)
{
	const struct zpci_clp_query_group_response *answer = group(trial);

	trial_want(trial, "flags", answer->flags, ZPCI_CLP_QG_RELAXED_ALIGNMENT);
	trial_want(trial, "longest store block", zpci_be16_get(answer->maxstbl), 4096);
	trial_want(trial, "designation types", answer->dtsm, 0x40);
}

/* What Linux cannot do without, whoever's group it is. */
static void look_at_least(struct trial *trial)
{
	const struct zpci_clp_query_group_response *answer = group(trial);

	trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2), GROUP_LENGTH);
	trial_want(trial, "designation types", answer->dtsm, 0x40);
	trial_want(trial, "store blocks of 128 bytes", zpci_be16_get(answer->maxstbl) >= 128, 1);
	trial_want(trial, "update interval 0", !zpci_be16_get(answer->mui), 0);
}

static int sized_group(struct trial *trial)
{
	unsigned length = (unsigned)trial->with->length;
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_QUERY_GROUP, 32, length);
	trial_put(trial, BLOCK + 19, 1, trial->target->query.pfgid);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	if (answer == OK)
		trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2),
			   length < GROUP_LENGTH ? length : GROUP_LENGTH);
	return answer;
}

static int group_format_1(struct trial *trial)
{
	guest_clp_begin(trial, ZPCI_CLP_QUERY_GROUP, 32, GROUP_LENGTH);
	trial_put(trial, BLOCK + 4, 4, 0x10000000);
	trial_put(trial, BLOCK + 19, 1, trial->target->query.pfgid);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

#define UNKNOWN RESPONSE(ZPCI_CLP_UNKNOWN_GROUP)

static const struct row groups[] = {
	{ .condition = "the function's group",
	  .state = ANY,
	  .check = look_at_least,
	  .answer = OK,
	  .effect = "64 bytes, dtsm 0x40, maxstbl at least 128",
	  .source = "ref 3.6" },
	{ .condition = "group 0x01",
	  .state = ANY,
	  .with = { .control = 1 },
	  .check = look_at_group,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "noi 2048, no flags, maxstbl 128, mui 4000, msia fe00000000000000",
	  .source = "ref 3.6" },
	{ .condition = "group 0x02, relaxed store blocks",
	  .state = ANY,
	  .with = { .control = 2 },
	  .check = look_at_relaxed,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "flag 0x08, maxstbl 4096",
	  .source = "ref 3.6" },
	{ .condition = "group 0x03, devices that map storage",
	  .state = ANY,
	  .with = { .control = 3 },
	  .check = look_at_refresh,
	  .needs = NEEDS_OURS,
	  .answer = OK,
	  .effect = "flag 0x01, else as 0x01",
	  .source = "ref 3.6" },
	{ .condition = "group 0x04",
	  .state = ANY,
	  .with = { .control = 4 },
	  .answer = UNKNOWN,
	  .source = "ref 3.6" },
	{ .condition = "group 0xe0",
	  .state = ANY,
	  .with = { .control = 0xe0 },
	  .answer = UNKNOWN,
	  .source = "ref 3.6" },
	{ .condition = "response length 32",
	  .state = ANY,
	  .act = sized_group,
	  .with = { .length = 32 },
	  .answer = OK,
	  .effect = "the front part",
	  .source = "ref 13 trap 7" },
	{ .condition = "response length 4064",
	  .state = ANY,
	  .act = sized_group,
	  .with = { .length = 4064 },
	  .answer = OK,
	  .effect = "length 64",
	  .source = "ref 3.1",
	  SHORTER },
	{ .condition = "format 1",
	  .state = ANY,
	  .act = group_format_1,
	  .answer = RESPONSE(ZPCI_CLP_FORMAT),
	  .source = "ref 3.2",
	  .qemu = OK,
	  .reason = "QEMU looks at List's format alone" },
};

const struct family answers_query[] = {
	FAMILY("CLP Query PCI function", query, functions),
	FAMILY("CLP Query PCI function group", query_group, groups),
	{ NULL },
};
