// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list.c - printing the table.
 */
#include <string.h>

#include "run.h"

static void visit_row(const struct family *family, const struct row *row,
		      void (*visit)(void *opaque, const struct answers_case *one), void *opaque)
{
	struct answers_case one = { family, row, row->state, row->answer, row->qemu };

	if (row->answer) {
		visit(opaque, &one);
		return;
	}
	for (unsigned state = 0; state < STATES; state++) {
		if (!row->in[state])
			continue;
		one.state = state;
		one.answer = row->in[state];
		one.qemu = row->qemu_in[state];
		visit(opaque, &one);
	}
}

void answers_for_each(void (*visit)(void *opaque, const struct answers_case *one), void *opaque)
{
	for (const struct family *family = answers; family->operation; family++)
		for (unsigned row = 0; row < family->count; row++)
			visit_row(family, &family->rows[row], visit, opaque);
}

/* --- text ------------------------------------------------------------------------------------- */

static const char *interruption_name(unsigned code)
{
	switch (code) {
	case OPERATION:
		return "operation";
	case PRIVILEGED:
		return "privileged operation";
	case PROTECTION:
		return "protection";
	case ADDRESSING:
		return "addressing";
	case SPECIFICATION:
		return "specification";
	case SEGMENT_TRANSLATION:
		return "segment translation";
	case ALET_SPECIFICATION:
		return "ALET specification";
	case ALEN_TRANSLATION:
		return "ALEN translation";
	case ASCE_TYPE:
		return "ASCE type";
	case PAGE_TRANSLATION:
		return "page translation";
	case OPERAND:
		return "operand";
	default:
		return "another one";
	}
}

void answers_print(answers_print_fn *print, int answer)
{
	unsigned low = (unsigned)answer & 0xffff;

	if (answer & ENDS_QEMU)
		print("QEMU ends");
	else if (answer & DONE)
		print("done");
	else if (answer & EVENT(0))
		print(low ? "refused, error event 0x%04x" : "refused, no event", low);
	else if (answer & COUNT(0))
		print("%u", low);
	else if (answer & LEFT_IN(0))
		answers_print_state(print, low);
	else if (answer & MACHINE)
		print("left to the machine");
	else if (answer & PGM(0))
		print("program interruption 0x%04x (%s)", low, interruption_name(low));
	else if (answer & RESPONSE(0))
		print("cc 0, response 0x%04x", low);
	else if (answer & STATUS(0))
		print("cc 1, status %u", low & 0xff);
	else if (answer & CC(0))
		print("cc %u", low & 0xff);
	else
		print("nothing");
	if (answer & OTHERWISE)
		print(", and otherwise");
}

void answers_print_state(answers_print_fn *print, enum state state)
{
	static const char *const names[] = {
		[ENABLED] = "enabled",		 [RESERVED] = "reserved",
		[STANDBY] = "standby",		 [DISABLED] = "disabled",
		[BLOCKED] = "error blocked",	 [UNBLOCKED] = "error unblocked",
		[PERMANENT] = "permanent error", [ANY] = "any",
	};

	print("%s", names[state]);
}

/* --- the table -------------------------------------------------------------------------------- */

struct listing {
	answers_print_fn *print;
	const char *operation; /* of the rows under way */
	unsigned cases, bare, comparable, differences;
};

/* What each player can. */
static const struct {
	const char *name;
	unsigned can;
} players[] = {
	{ "memory", CAN_HOST | CAN_RESET | CAN_CLOCK },
	{ "KVM", CAN_HOST | CAN_DAT | CAN_RESET | CAN_CPU | CAN_SPACES },
	{ "bare metal", CAN_DAT | CAN_SIGNAL | CAN_RESET | CAN_CPU },
};
#define BARE_METAL 2

static bool runs_on(const struct answers_case *one, unsigned player)
{
	unsigned needs = one->row->needs & NEEDS_OF_PLAYER;

	if (one->state == RESERVED || one->state == PERMANENT)
		needs |= NEEDS_HOST;
	return !(needs & ~players[player].can);
}

static void print_players(answers_print_fn *print, const struct answers_case *one)
{
	const char *before = "";

	for (unsigned i = 0; i < sizeof(players) / sizeof(players[0]); i++) {
		if (!runs_on(one, i))
			continue;
		print("%s%s", before, players[i].name);
		before = ", ";
	}
}

/* A difference has a reason, and a reason a difference; every answer has a source. */
static bool is_complete(const struct answers_case *one)
{
	const struct row *row = one->row;
	bool differs = row->qemu;

	for (unsigned state = 0; state < STATES; state++)
		differs |= row->qemu_in[state];
	return row->condition && row->source && differs == (row->reason != NULL);
}

static void count_incomplete(void *opaque, const struct answers_case *one)
{
	*(unsigned *)opaque += !is_complete(one);
}

unsigned answers_incomplete(void)
{
	unsigned count = 0;

	answers_for_each(count_incomplete, &count);
	return count;
}

static void list_heading(struct listing *listing, const char *operation)
{
	if (listing->operation && !strcmp(listing->operation, operation))
		return;
	listing->operation = operation;
	listing->print("\n## %s\n\n", operation);
	listing->print(
		"| # | state | condition | answer | what changes | source | runs on | QEMU's "
		"own: why |\n|---|---|---|---|---|---|---|---|\n");
}

static void list_case(void *opaque, const struct answers_case *one)
{
	struct listing *listing = opaque;
	answers_print_fn *print = listing->print;

	list_heading(listing, one->family->operation);
	print("| %u | ", ++listing->cases);
	answers_print_state(print, one->state);
	print(" | %s | ", one->row->condition);
	answers_print(print, one->answer);
	print(" | %s | %s | ", one->row->effect ? one->row->effect : "", one->row->source);
	print_players(print, one);
	print(" | ");
	if (one->qemu) {
		answers_print(print, one->qemu);
		print(": %s", one->row->reason ? one->row->reason : "");
	}
	print(" |\n");
	listing->bare += runs_on(one, BARE_METAL);
	listing->comparable += runs_on(one, BARE_METAL) &&
			       !(one->row->needs & (NEEDS_PROBE | NEEDS_ROOM | NEEDS_OURS)) &&
			       one->row->of == FUNCTION;
	listing->differences += one->qemu != 0;
}

static const char introduction[] =
	"# What a guest is answered\n"
	"\n"
	"For each operation: what is answered in each state of a function and under each condition.\n"
	"A row is a test as well. `make check` plays it on a machine in memory and through the binding\n"
	"for KVM, and a guest test plays it on bare metal, where QEMU's own zPCI is asked the same. The\n"
	"last column says where that answers otherwise, and why we do not.\n"
	"\n"
	"This page is made of the rows in `tests/answers`. Change them, not this page;\n"
	"`bash ../tests/answers.t --update`, in the build folder, writes it again.\n";

void answers_list(answers_print_fn *print)
{
	struct listing listing = { .print = print };

	print("%s", introduction);
	answers_for_each(list_case, &listing);
	print("\n%u rows, %u of them on bare metal, %u of those can be compared with QEMU's own, "
	      "%u differ from it\n",
	      listing.cases, listing.bare, listing.comparable, listing.differences);
}
