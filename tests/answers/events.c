// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * events.c - CHSC store event information, and channel reports (reference 2.10 and section 8).
 */
#include "answers.h"

#include <string.h>

#define OK RESPONSE(ZPCI_CHSC_OK)
#define NO_EVENT RESPONSE(ZPCI_CHSC_NO_EVENT)
#define RESPONSE_AT (CHSC + 16)
#define OTHER_FID 0x1025u

static int request_of(struct trial *trial, unsigned length, unsigned command, uint64_t types)
{
	memset(trial_bytes(trial, CHSC), 0xcc, ZPCI_CHSC_BLOCK);
	memset(trial_bytes(trial, CHSC), 0, 16);
	trial_put(trial, CHSC, 2, length);
	trial_put(trial, CHSC + 2, 2, command);
	trial_put(trial, CHSC + 8, 8, types);
	return guest_subsystem(trial, trial_address(trial, CHSC));
}

static int fetch(struct trial *trial)
{
	return request_of(trial, ZPCI_CHSC_SEI_REQUEST, ZPCI_CHSC_SEI, ZPCI_CHSC_NT2);
}

static const struct zpci_chsc_sei_response *answered(struct trial *trial)
{
	return (const struct zpci_chsc_sei_response *)trial_bytes(trial, RESPONSE_AT);
}

/* --- one error -------------------------------------------------------------------------------- */

static void fail(struct trial *trial)
{
	guest_fail(trial, 0);
}

static void expect_nothing_more(struct trial *trial)
{
	trial_want(trial, "response of the next", (uint64_t)fetch(trial), NO_EVENT);
}

static void expect_event(struct trial *trial, unsigned content, uint32_t fid, unsigned pec)
{
	const struct zpci_chsc_sei_response *answer = answered(trial);

	trial_want(trial, "response length", zpci_be16_get(answer->length), 0x0ff0);
	trial_want(trial, "notification type", answer->type, 2);
	trial_want(trial, "content code", answer->content, content);
	trial_want(trial, "FID", zpci_be32_get(answer->ccdf.fid), fid);
	trial_want(trial, "PEC", zpci_be16_get(answer->ccdf.pec), pec);
	trial_want(trial, "error word", zpci_be32_get(answer->ccdf.error), 0);
}

static void expect_error(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "handle", zpci_be32_get(answered(trial)->ccdf.handle), trial->handle);
	trial_want(trial, "List's handle", guest_handle(trial), trial->handle);
	expect_nothing_more(trial);
}

static void expect_length_8(struct trial *trial)
{
	trial_want(trial, "response length", zpci_be16_get(answered(trial)->length), 8);
}

/* Until the event is fetched there is one report; then the next event makes another. */
static int report_once(struct trial *trial)
{
	int answer;

	trial->player->reports(trial->player, 0);
	fail(trial);
	trial_want(trial, "channel reports of the first", trial->player->reports(trial->player, 1),
		   1);
	answer = fetch(trial);
	fetch(trial);
	trial_want(trial, "channel reports without a new one",
		   trial->player->reports(trial->player, 0), 0);
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	guest_modify(trial, trial->handle, 0, ZPCI_MPCIFC_RESET_ERROR, trial_address(trial, FIB));
	fail(trial);
	trial_want(trial, "channel reports of the second", trial->player->reports(trial->player, 1),
		   1);
	return answer;
}

/* An error that was reported, of a function that is disabled before the guest fetches; the next one
 * is reported again. */
static int report_after_disable(struct trial *trial)
{
	int answer;

	trial->player->reports(trial->player, 0);
	fail(trial);
	trial_want(trial, "channel reports of the first", trial->player->reports(trial->player, 1),
		   1);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1);
	answer = fetch(trial);
	fetch(trial);
	fail(trial);
	trial_want(trial, "channel reports of the second", trial->player->reports(trial->player, 1),
		   1);
	return answer;
}

/* The same error twice, none fetched: one event. */
static void fail_twice(struct trial *trial)
{
	fail(trial);
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_RESET_ERROR,
		     trial_address(trial, FIB));
	fail(trial);
}

/* --- events that the host makes --------------------------------------------------------------- */

static void inject(struct trial *trial)
{
	trial_want(trial, "injected",
		   trial->player->fail(trial->player, trial->target->fid,
				       (uint16_t)trial->with->value) == 0,
		   1);
}

static void expect_reported(struct trial *trial, unsigned controls)
{
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, (unsigned)trial->with->value);
	trial_want(trial, "handle", zpci_be32_get(answered(trial)->ccdf.handle), trial->handle);
	trial_want(trial, "more", answered(trial)->flags, 0);
	expect_nothing_more(trial);
	trial_want(trial, "function controls", guest_controls(trial), controls);
}

static void expect_blocked(struct trial *trial)
{
	expect_reported(trial, ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED);
}

static void expect_no_effect(struct trial *trial)
{
	static const unsigned controls[STATES] = {
		[ENABLED] = ZPCI_FIB_FC_ENABLED,
		[BLOCKED] = ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED,
		[UNBLOCKED] = ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_ERROR,
	};

	expect_reported(trial, controls[trial->state]);
}

static void inject_in_vain(struct trial *trial)
{
	trial_want(trial, "injected",
		   trial->player->fail(trial->player, trial->target->fid,
				       (uint16_t)trial->with->value) == 0,
		   0);
}

/* Two errors, of which the guest has recovered none. */
static void inject_two(struct trial *trial)
{
	inject(trial);
	trial->player->fail(trial->player, trial->target->fid, ZPCI_PEC_SERVICE_ACTION);
}

static void expect_two(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, (unsigned)trial->with->value);
	trial_want(trial, "more", answered(trial)->flags, ZPCI_CHSC_SEI_MORE);
	trial_want(trial, "second", (uint64_t)fetch(trial), OK);
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, ZPCI_PEC_SERVICE_ACTION);
	expect_nothing_more(trial);
}

/* An error in each of two lives, of which the guest fetches nothing until the end. */
static void fail_in_two_lives(struct trial *trial)
{
	fail(trial);
	trial->note[0] = guest_handle(trial);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1);
	fail(trial);
}

static void expect_two_lives(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "first handle", zpci_be32_get(answered(trial)->ccdf.handle),
		   (uint32_t)trial->note[0]);
	trial_want(trial, "second", (uint64_t)fetch(trial), OK);
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "second handle", zpci_be32_get(answered(trial)->ccdf.handle),
		   guest_handle(trial));
	expect_nothing_more(trial);
}

/* More errors than are kept; each at another address, so that none repeats the one before. */
static void fail_often(struct trial *trial)
{
	for (unsigned i = 0; i < 20; i++) {
		guest_fail(trial, i * 4096);
		memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
		guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_RESET_ERROR,
			     trial_address(trial, FIB));
	}
}

static void expect_the_latest(struct trial *trial)
{
	for (unsigned i = 4; i < 20; i++) {
		trial_want(trial, "address", zpci_be64_get(answered(trial)->ccdf.address),
			   i * 4096);
		trial_want(trial, "response of the next", (uint64_t)fetch(trial),
			   i < 19 ? OK : NO_EVENT);
	}
}

/* Gone and back before the guest looks. */
static void replace(struct trial *trial)
{
	trial->note[0] = guest_handle(trial) & 0x7fffffff;
	trial->player->remove(trial->player, trial->target->fid);
	trial->player->add(trial->player, trial->target->fid, false);
}

static void expect_replaced(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_AVAILABILITY, trial->target->fid, ZPCI_PEC_DECONFIGURED);
	trial_want(trial, "handle that went", zpci_be32_get(answered(trial)->ccdf.handle),
		   (uint32_t)trial->note[0]);
	trial_want(trial, "second", (uint64_t)fetch(trial), OK);
	expect_event(trial, ZPCI_CHSC_CC_AVAILABILITY, trial->target->fid, ZPCI_PEC_CONFIGURED);
	trial_want(trial, "handle that came", zpci_be32_get(answered(trial)->ccdf.handle),
		   guest_handle(trial));
	expect_nothing_more(trial);
}

static void expect_permanent(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, (unsigned)trial->with->value);
	trial_want(trial, "handle", zpci_be32_get(answered(trial)->ccdf.handle),
		   guest_handle(trial));
	trial_want(trial, "STPCIFC",
		   (uint64_t)guest_store_controls(trial, guest_handle(trial), 0,
						  trial_address(trial, FIB)),
		   STATUS(ZPCI_STATUS_IN_ERROR));
}

static void remove_it(struct trial *trial)
{
	trial->player->remove(trial->player, trial->target->fid);
}

static void expect_removed(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	expect_event(trial, ZPCI_CHSC_CC_AVAILABILITY, trial->target->fid,
		     trial->state == STANDBY ? ZPCI_PEC_RESERVED : ZPCI_PEC_DECONFIGURED);
	trial_want(trial, "enable bit", zpci_be32_get(answered(trial)->ccdf.handle) >> 31, 0);
	trial_want(trial, "listed", guest_list_entry(trial, trial->target->fid, &entry), 0);
}

static void add_configured(struct trial *trial)
{
	trial->player->add(trial->player, OTHER_FID, false);
}

static void add_standby(struct trial *trial)
{
	trial->player->add(trial->player, OTHER_FID, true);
}

static void expect_added(struct trial *trial, unsigned pec, uint32_t configuration)
{
	struct zpci_clp_list_entry entry;
	uint32_t handle;

	expect_event(trial, ZPCI_CHSC_CC_AVAILABILITY, OTHER_FID, pec);
	handle = zpci_be32_get(answered(trial)->ccdf.handle);
	trial_want(trial, "listed", guest_list_entry(trial, OTHER_FID, &entry), 1);
	trial_want(trial, "handle", handle, zpci_be32_get(entry.handle));
	trial_want(trial, "configuration", zpci_be32_get(entry.configuration), configuration);
	trial_want(trial, "Query", (uint64_t)guest_query_function(trial, handle),
		   RESPONSE(ZPCI_CLP_OK));
}

static void expect_added_configured(struct trial *trial)
{
	expect_added(trial, ZPCI_PEC_CONFIGURED, ZPCI_CLP_CONFIGURED);
}

static void expect_added_standby(struct trial *trial)
{
	expect_added(trial, ZPCI_PEC_STANDBY, 0);
}

/* Two events: the first says that there are more. */
static void add_and_fail(struct trial *trial)
{
	add_configured(trial);
	fail(trial);
}

static void expect_both(struct trial *trial)
{
	expect_event(trial, ZPCI_CHSC_CC_AVAILABILITY, OTHER_FID, ZPCI_PEC_CONFIGURED);
	trial_want(trial, "more", answered(trial)->flags, ZPCI_CHSC_SEI_MORE);
	trial_want(trial, "channel reports of both", trial->player->reports(trial->player, 1), 1);
	trial_want(trial, "second", (uint64_t)fetch(trial), OK);
	expect_event(trial, ZPCI_CHSC_CC_ERROR, trial->target->fid, ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "more", answered(trial)->flags, 0);
	expect_nothing_more(trial);
}

static void fail_and_reset(struct trial *trial)
{
	fail(trial);
	trial->player->reset(trial->player, true);
}

/* --- the instruction -------------------------------------------------------------------------- */

static int at(struct trial *trial, uint64_t address)
{
	return guest_subsystem(trial, address);
}

static int unaligned(struct trial *trial)
{
	return at(trial, trial_address(trial, CHSC + 2048));
}

static int nowhere(struct trial *trial)
{
	return at(trial, trial->player->end);
}

static int length_8(struct trial *trial)
{
	return request_of(trial, 8, ZPCI_CHSC_SEI, ZPCI_CHSC_NT2);
}

static int length_20(struct trial *trial)
{
	return request_of(trial, 20, ZPCI_CHSC_SEI, ZPCI_CHSC_NT2);
}

static int length_4096(struct trial *trial)
{
	return request_of(trial, 4096, ZPCI_CHSC_SEI, ZPCI_CHSC_NT2);
}

static int unknown_command(struct trial *trial)
{
	return request_of(trial, 16, 0xfff0, 0);
}

static int other_types(struct trial *trial)
{
	return request_of(trial, ZPCI_CHSC_SEI_REQUEST, ZPCI_CHSC_SEI, ~ZPCI_CHSC_NT2);
}

static int problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return at(trial, trial_address(trial, CHSC));
}

static int invalid_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, trial_address(trial, CHSC), 0);
	answer = at(trial, trial_address(trial, CHSC));
	guest_translation_off(trial, answer, trial_address(trial, CHSC));
	return answer;
}

/* QEMU takes the whole register for the address, whatever the addressing mode. */
static int above_31_bits(struct trial *trial)
{
	uint64_t address = trial_address(trial, CHSC) | NO_ADDRESS;
	int answer;

	trial->player->protect(trial->player, trial_address(trial, FMB), 0);
	trial->cpu.mode = MODE_31;
	answer = at(trial, address);
	trial->cpu.mode = MODE_64;
	guest_translation_off(trial, answer, address);
	return answer;
}

static int protected_page(struct trial *trial)
{
	int answer;

	trial->player->protect(trial->player, 0, trial_address(trial, CHSC));
	answer = fetch(trial);
	guest_translation_off(trial, answer, trial_address(trial, CHSC));
	return answer;
}

/* An event whose answer cannot be stored is not lost. */
static void expect_still_there(struct trial *trial)
{
	trial_want(trial, "response of the next", (uint64_t)fetch(trial), OK);
	expect_error(trial);
}

static int poisoned(struct trial *trial)
{
	int answer;

	trial->player->poison(trial->player, trial_address(trial, CHSC + 2048), 8);
	memset(trial_bytes(trial, CHSC), 0, 16);
	trial_put(trial, CHSC, 2, ZPCI_CHSC_SEI_REQUEST);
	trial_put(trial, CHSC + 2, 2, ZPCI_CHSC_SEI);
	trial_put(trial, CHSC + 8, 8, ZPCI_CHSC_NT2);
	answer = at(trial, trial_address(trial, CHSC));
	trial->player->poison(trial->player, 0, 0);
	return answer;
}

/* --- STCRW, which is the machine's ------------------------------------------------------------ */

static int store_report(struct trial *trial)
{
	const struct effects effects = {
		.status = NO_REGISTER, .result = NO_REGISTER, .offset = DATA, .length = 4
	};
	uint8_t bytes[6];

	/* It stores with cc 1 as well. */
	trial->unwatched = true;
	trial_put(trial, DATA, 8, UINT64_MAX);
	guest_registers(trial);
	trial->cpu.gr[R_BASE] = trial_address(trial, DATA);
	encode_rre(bytes, OP_STCRW, R_BASE, 0);
	bytes[2] = R_BASE << 4;
	bytes[3] = 0;
	return guest_execute(trial, bytes, &effects);
}

/* A thread of ours makes the report. */
static int store_report_soon(struct trial *trial)
{
	int answer = store_report(trial);

	for (unsigned i = 0; i < 250000 && answer == CC(1); i++) {
		trial->player->pause(trial->player);
		answer = store_report(trial);
	}
	return answer;
}

static void expect_report(struct trial *trial)
{
	trial_want(trial, "report", trial_get(trial, DATA, 8), 0x0b000000ffffffffull);
	trial_want(trial, "next report", (uint64_t)store_report(trial), CC(1));
}

static void expect_no_report(struct trial *trial)
{
	trial_want(trial, "report", trial_get(trial, DATA, 8), 0x00000000ffffffffull);
}

/* To whom the rest belongs. */
static const struct row others[] = {
	{ .condition = "block not aligned to 4 KiB",
	  .act = unaligned,
	  .state = ANY,
	  .needs = NEEDS_HOST,
	  .answer = MACHINE,
	  .source = "chosen: CHSC is the machine's, but for our events" },
	{ .condition = "request length 8",
	  .act = length_8,
	  .state = ANY,
	  .needs = NEEDS_HOST,
	  .answer = MACHINE,
	  .source = "chosen: CHSC is the machine's, but for our events" },
	{ .condition = "command 0xfff0",
	  .act = unknown_command,
	  .state = ANY,
	  .needs = NEEDS_HOST,
	  .answer = MACHINE,
	  .source = "chosen: CHSC is the machine's, but for our events" },
	{ .condition = "an error event, but other notification types asked for",
	  .act = other_types,
	  .needs = NEEDS_HOST,
	  .prepare = fail,
	  .answer = MACHINE,
	  .check = expect_still_there,
	  .effect = "the event stays",
	  .source = "ref 8.2" },
};

static const struct row reports[] = {
	{ .condition = "no event",
	  .act = store_report,
	  .needs = NEEDS_SIGNAL,
	  .answer = CC(1),
	  .check = expect_no_report,
	  .effect = "a zero word",
	  .source = "ref 2.10" },
	{ .condition = "an error event",
	  .act = store_report_soon,
	  .prepare = fail,
	  .needs = NEEDS_SIGNAL,
	  .answer = CC(0),
	  .check = expect_report,
	  .effect = "channel report 0b000000, then none",
	  .source = "ref 2.10, 8.1" },
};

/* Only reported, and nothing but the event comes of it. */
#define REPORTED(code, what)                                                                       \
	{                                                                                          \
		.condition = "error event " #code ", " what, .with = { .value = (code) },          \
		.needs = NEEDS_HOST, .prepare = inject, .check = expect_no_effect,                 \
		.effect = "content code 1, FID, handle, PEC; the state stays",                     \
		.source = "ref 8.5: Linux only logs it",                                           \
		.in = { [ENABLED] = OK, [BLOCKED] = OK, [UNBLOCKED] = OK },                        \
	}

/* A permanent error, in every state that is configured. */
#define PERMANENTLY(code, what)                                                                    \
	{                                                                                          \
		.condition = "error event " #code ", " what, .with = { .value = (code) },          \
		.needs = NEEDS_HOST, .prepare = inject, .check = expect_permanent,                 \
		.effect = "content code 1, PEC; permanent error", .source = "ref 4.3, 8.5",        \
		.in = { [DISABLED] = OK, [ENABLED] = OK, [BLOCKED] = OK, [UNBLOCKED] = OK },       \
	}

/* No such error, and no event. */
#define REFUSED(code, what)                                                                        \
	{                                                                                          \
		.condition = "error event " #code ", " what, .with = { .value = (code) },          \
		.needs = NEEDS_HOST, .prepare = inject_in_vain, .answer = NO_EVENT,                \
		.source = "ref 8.4, 8.5"                                                           \
	}

#define INJECTED(code, what)                                                                       \
	{                                                                                          \
		.condition = "error event " #code ", " what, .with = { .value = (code) },          \
		.needs = NEEDS_HOST, .prepare = inject, .answer = OK, .check = expect_blocked,     \
		.effect = "content code 1, FID, handle, PEC; error blocked",                       \
		.source = "ref 8.2, 8.5"                                                           \
	}

#define ASSERTS .qemu = ENDS_QEMU, .reason = "QEMU 11.1 ends on an assertion when translation is on"

static const struct row rows[] = {
	{ .condition = "no event",
	  .answer = NO_EVENT,
	  .check = expect_length_8,
	  .effect = "response length 8",
	  .source = "ref 8.2" },
	{ .condition = "an error",
	  .prepare = fail,
	  .answer = OK,
	  .check = expect_error,
	  .effect = "content code 1, FID, List's handle, PEC 0001; then no event",
	  .source = "ref 8.2, 8.3, 8.5" },
	{ .condition = "the same error twice",
	  .prepare = fail_twice,
	  .answer = OK,
	  .check = expect_error,
	  .effect = "one event",
	  .source = "ref 8.1, chosen: bounded",
	  .qemu = OK | OTHERWISE,
	  .reason = "QEMU queues each, as many as the guest likes" },
	{ .condition = "events one after the other",
	  .act = report_once,
	  .answer = OK,
	  .effect = "one channel report for each that was fetched",
	  .source = "ref 8.1" },
	{ .condition = "an event after one whose function was disabled",
	  .act = report_after_disable,
	  .answer = OK,
	  .effect = "a channel report for each",
	  .source = "ref 8.1" },
	{ .condition = "two events",
	  .needs = NEEDS_HOST,
	  .prepare = add_and_fail,
	  .check = expect_both,
	  .answer = OK,
	  .effect = "in order; the first says: more",
	  .source = "ref 8.1, 8.2" },
	{ .condition = "function added, configured",
	  .needs = NEEDS_HOST,
	  .prepare = add_configured,
	  .check = expect_added_configured,
	  .answer = OK,
	  .effect = "content code 2, PEC 0301; listed, Query works",
	  .source = "ref 8.4, 8.7" },
	{ .condition = "function added, in standby",
	  .needs = NEEDS_HOST,
	  .prepare = add_standby,
	  .check = expect_added_standby,
	  .answer = OK,
	  .effect = "content code 2, PEC 0302",
	  .source = "ref 8.4, 8.7" },
	{ .condition = "function removed",
	  .needs = NEEDS_HOST,
	  .prepare = remove_it,
	  .check = expect_removed,
	  .source = "ref 8.4, 8.8",
	  .effect = "content code 2, PEC 0304 (from standby 0308), not listed",
	  .in = { [STANDBY] = OK,
		  [DISABLED] = OK,
		  [ENABLED] = OK,
		  [BLOCKED] = OK,
		  [UNBLOCKED] = OK,
		  [PERMANENT] = OK } },
	{ .condition = "function removed and added again",
	  .needs = NEEDS_HOST,
	  .prepare = replace,
	  .check = expect_replaced,
	  .source = "ref 8.4",
	  .effect = "0304 with the handle that went, 0301 with the one that came",
	  .answer = OK },
	{ .condition = "an error in each of two lives",
	  .prepare = fail_in_two_lives,
	  .check = expect_two_lives,
	  .answer = OK,
	  .effect = "two events, each with the handle of its life",
	  .source = "ref 8.5" },
	{ .condition = "an error before the last one was recovered",
	  .needs = NEEDS_HOST,
	  .prepare = inject_two,
	  .with = { .value = ZPCI_PEC_DMA_TRANSLATION },
	  .check = expect_two,
	  .effect = "two events, in order",
	  .source = "ref 8.5: Linux's \"Fix stale function handles in error handling\"",
	  .in = { [ENABLED] = OK, [BLOCKED] = OK, [UNBLOCKED] = OK } },
	{ .condition = "20 errors, none fetched",
	  .prepare = fail_often,
	  .check = expect_the_latest,
	  .answer = OK,
	  .effect = "the latest 16",
	  .source = "chosen: bounded",
	  .qemu = OK | OTHERWISE,
	  .reason = "QEMU queues each, as many as the guest likes" },
	INJECTED(0x0001, "no address space registered"),
	INJECTED(0x0002, "address out of range"),
	INJECTED(0x0003, "translation format"),
	INJECTED(0x0004, "translation"),
	INJECTED(0x0005, "access protection"),
	INJECTED(0x0006, "storage key"),
	INJECTED(0x0007, "table entry"),
	INJECTED(0x0008, "table length"),
	INJECTED(0x0009, "table type"),
	INJECTED(0x000a, "not in storage"),
	INJECTED(0x000b, "system error"),
	INJECTED(0x0010, "MSI not expected"),
	INJECTED(0x0011, "bit-vector offset"),
	INJECTED(0x0012, "AIBV"),
	INJECTED(0x0013, "interruption"),
	INJECTED(0x0030, "configuration"),
	INJECTED(0x003a, "service action"),
	REPORTED(0x002a, "measurement block not stored"),
	REPORTED(0x002b, "measurement block update"),
	REPORTED(0x002c, "measurement block protected"),
	PERMANENTLY(0x003b, "permanent error"),
	PERMANENTLY(0x0040, "recovery failed"),
	REFUSED(0x0000, "which is none"),
	REFUSED(0x000c, "which is none"),
	REFUSED(0x0301, "which is no error"),
	{ .condition = "an error, then a system reset",
	  .needs = NEEDS_HOST,
	  .prepare = fail_and_reset,
	  .answer = NO_EVENT,
	  .effect = "events are dropped",
	  .source = "ref 4.3: no events" },
	{ .condition = "block not aligned to 4 KiB",
	  .act = unaligned,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = PGM(SPECIFICATION),
	  .source = "ref 2.10" },
	{ .condition = "block behind the end of storage",
	  .act = nowhere,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.10",
	  .prepare = fail },
	{ .condition = "block on a page that is invalid",
	  .act = invalid_page,
	  .needs = NEEDS_DAT,
	  .prepare = fail,
	  .answer = PGM(PAGE_TRANSLATION),
	  .check = expect_still_there,
	  .source = "ref 2.10",
	  ASSERTS },
	{ .condition = "no event, block on a page that is invalid",
	  .act = invalid_page,
	  .state = ANY,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PAGE_TRANSLATION),
	  .source = "ref 2.10",
	  ASSERTS },
	{ .condition = "no event, block on a page that is protected",
	  .act = protected_page,
	  .state = ANY,
	  .needs = NEEDS_DAT,
	  .answer = PGM(PROTECTION),
	  .source = "ref 2.10",
	  ASSERTS },
	{ .condition = "no event, 31-bit addressing, block at an address above",
	  .act = above_31_bits,
	  .state = ANY,
	  .needs = NEEDS_DAT,
	  .answer = PGM(ASCE_TYPE),
	  .source = "QEMU's: CHSC is the machine's, but for our events",
	  ASSERTS },
	{ .condition = "block on a page that is protected",
	  .act = protected_page,
	  .needs = NEEDS_DAT,
	  .prepare = fail,
	  .answer = PGM(PROTECTION),
	  .check = expect_still_there,
	  .effect = "the event is not lost",
	  .source = "ref 2.10",
	  ASSERTS },
	{ .condition = "response not in storage",
	  .act = poisoned,
	  .needs = NEEDS_HOST,
	  .prepare = fail,
	  .answer = PGM(ADDRESSING),
	  .check = expect_still_there,
	  .effect = "the event is not lost",
	  .source = "ref 2.10" },
	{ .condition = "request length 8",
	  .act = length_8,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.10" },
	{ .condition = "request length 20",
	  .act = length_20,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.10" },
	{ .condition = "request length 4096",
	  .act = length_4096,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = PGM(OPERAND),
	  .source = "ref 2.10" },
	{ .condition = "command 0xfff0",
	  .act = unknown_command,
	  .state = ANY,
	  .needs = NEEDS_SIGNAL,
	  .answer = RESPONSE(4),
	  .source = "ref 2.10" },
	{ .condition = "problem state",
	  .act = problem,
	  .state = ANY,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.10" },
};

const struct family answers_events[] = {
	FAMILY("CHSC store event information", fetch, rows),
	FAMILY("CHSC", fetch, others),
	FAMILY("STCRW", store_report, reports),
	{ NULL },
};
