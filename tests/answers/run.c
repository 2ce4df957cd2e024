// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - running the rows on a player.
 *
 * The functions are found as a guest finds them, by List and Query. What a row starts from is
 * reached by what a guest can do wherever a guest can: an error, for example, by RPCIT over a
 * range outside of the aperture, which QEMU's own zPCI takes for one as well.
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

#include "run.h"

#define OURS_MASK 0x00ff0000u /* hypervisor bits of a handle, and ours (reference 4.1) */
#define OURS 0x00100000u
#define NULL_VF_DEVICE 0x7a6f

#define CAPABILITIES 0x34
#define CAPABILITY_MSIX 0x11
#define MSIX_TABLE 4 /* offset of the field in the capability */

struct run {
	struct player *player;
	struct target targets[FUNCTIONS];
	bool qemu;	 /* the functions are QEMU's own */
	unsigned only;	 /* number of the one case to run; 0: all */
	unsigned number; /* of the case under way, as in the list */
	unsigned count, rows, failed, differences;
};

/* --- finding the functions -------------------------------------------------------------------- */

static void find_msix(struct trial *trial, struct target *target)
{
	unsigned offset = guest_config_get(trial, CAPABILITIES, 1) & 0xfc;
	uint32_t table;

	for (unsigned hops = 0; offset && hops < 48; hops++) {
		if (guest_config_get(trial, offset, 1) == CAPABILITY_MSIX)
			break;
		offset = guest_config_get(trial, offset + 1, 1) & 0xfc;
	}
	target->msix = offset;
	if (!offset || target->probe)
		return;
	/* Any function that has one keeps what is stored in its MSI-X table. */
	table = guest_config_get(trial, offset + MSIX_TABLE, 4);
	target->memory_bar = table & 7;
	target->memory = table & ~7u;
	target->memory_length = 16 * ((guest_config_get(trial, offset + 2, 2) & 0x7ff) + 1);
}

static void look_inside(struct trial *trial, struct target *target)
{
	uint32_t handle = guest_handle(trial);

	if (target->probe) {
		target->memory_bar = ZPCI_PROBE_BAR;
		target->memory = ZPCI_PROBE_MEMORY;
		target->memory_length = ZPCI_PROBE_MEMORY_SIZE;
	}
	trial_want(trial, "Set enable", guest_set_function(trial, handle, ZPCI_CLP_SET_ENABLE, 1),
		   RESPONSE(ZPCI_CLP_OK));
	find_msix(trial, target);
	trial_want(trial, "Set disable",
		   guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0),
		   RESPONSE(ZPCI_CLP_OK));
}

static enum which_function kind_of(const struct target *target)
{
	if (target->query.pft == PLATFORM_TYPE)
		return PLATFORM;
	if (target->group.flags & ZPCI_CLP_QG_RELAXED_ALIGNMENT)
		return RELAXED;
	if (target->vendor != ZPCI_PROBE_VENDOR_ID)
		return FUNCTION;
	if (target->device == ZPCI_PROBE_PF_DEVICE_ID)
		return PLAIN;
	return target->device == NULL_VF_DEVICE ? BARE : FUNCTION;
}

static bool query(struct trial *trial, struct target *target, uint32_t handle)
{
	if (guest_query_function(trial, handle) != RESPONSE(ZPCI_CLP_OK))
		return false;
	memcpy(&target->query, trial_bytes(trial, BLOCK + 32), sizeof(target->query));
	if (guest_query_group(trial, target->query.pfgid) != RESPONSE(ZPCI_CLP_OK))
		return false;
	memcpy(&target->group, trial_bytes(trial, BLOCK + 32), sizeof(target->group));
	return true;
}

static void learn(struct run *run, const struct zpci_clp_list_entry *entry)
{
	uint32_t handle = zpci_be32_get(entry->handle);
	struct target found = {
		.found = true,
		.fid = zpci_be32_get(entry->fid),
		.vendor = zpci_be16_get(entry->vendor_id),
		.device = zpci_be16_get(entry->device_id),
	};
	struct trial trial = { .player = run->player, .target = &found };
	struct target *place;

	found.probe =
		found.vendor == ZPCI_PROBE_VENDOR_ID && (found.device == ZPCI_PROBE_VF_DEVICE_ID ||
							 found.device == ZPCI_PROBE_PF_DEVICE_ID);
	if (!query(&trial, &found, handle))
		return;
	place = &run->targets[kind_of(&found)];
	if (place->found)
		return;
	run->qemu = (handle & OURS_MASK) != OURS;
	look_inside(&trial, &found);
	if (!trial.complaint)
		*place = found;
}

/* Those of one answer of List, from *@token on, which becomes the next one. */
static bool find_some_targets(struct run *run, uint64_t *token)
{
	struct target none = { .found = false };
	struct trial trial = { .player = run->player, .target = &none };
	struct zpci_clp_list_entry entries[32];
	unsigned used;

	guest_clp_begin(&trial, ZPCI_CLP_LIST, 32, 32 + sizeof(entries));
	trial_put(&trial, BLOCK + 16, 8, *token);
	if (guest_clp(&trial, ZPCI_CLP_LPS_PCI, trial_address(&trial, BLOCK)) !=
	    RESPONSE(ZPCI_CLP_OK))
		return false;
	*token = trial_get(&trial, BLOCK + 32 + 16, 8);
	used = (unsigned)trial_get(&trial, BLOCK + 32, 2) - 32;
	memcpy(entries, trial_bytes(&trial, BLOCK + 64), used);
	for (unsigned i = 0; i < used / sizeof(entries[0]); i++)
		learn(run, &entries[i]);
	return true;
}

/* False if there is no function to ask. */
static bool find_targets(struct run *run)
{
	uint64_t token = 0;

	run->player->begin(run->player);
	do {
		if (!find_some_targets(run, &token))
			return false;
	} while (token);
	run->player->finish(run->player);
	return run->targets[FUNCTION].found;
}

/* --- states ----------------------------------------------------------------------------------- */

static void drain_events(struct trial *trial)
{
	struct zpci_ccdf event;

	while (guest_event(trial, &event))
		;
	trial->player->reports(trial->player, 0);
}

/* Configured and disabled, whatever it was. */
static void settle(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	trial->player->begin(trial->player);
	if (!guest_list_entry(trial, trial->target->fid, &entry)) {
		trial_want(trial, "the function is not listed", 0, 1);
		return;
	}
	if (!zpci_be32_get(entry.configuration))
		guest_configure(trial, ZPCI_SCLP_CONFIGURE);
	/* Also of one that was in standby: QEMU leaves it the enable bit. */
	if (zpci_be32_get(entry.handle) >> 31)
		guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0);
	drain_events(trial);
	memset(trial_bytes(trial, 0), 0, WORK_SIZE);
	for (unsigned isc = 0; isc < 8; isc++)
		trial->player->interruptions(trial->player, isc);
	trial->player->set_mode(trial->player, 2, 0);
	trial->player->completions(trial->player);
}

static void must(struct trial *trial, const char *what, int answer, int wanted)
{
	trial_want(trial, what, (uint64_t)answer, (uint64_t)wanted);
}

static void enable(struct trial *trial)
{
	must(trial, "the function cannot be enabled",
	     guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1),
	     RESPONSE(ZPCI_CLP_OK));
}

static void disable(struct trial *trial)
{
	must(trial, "the function cannot be disabled",
	     guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_DISABLE, 0),
	     RESPONSE(ZPCI_CLP_OK));
}

static void register_all(struct trial *trial)
{
	unsigned has = trial->row->has;
	uint32_t handle = guest_handle(trial);

	if (has & IOAT)
		must(trial, "REG_IOAT", guest_register_ioat(trial, handle), CC(0));
	if (has & INT)
		must(trial, "REG_INT", guest_register_int(trial, handle), CC(0));
	if (!(has & MEASURE))
		return;
	memset(trial_bytes(trial, FIB), 0, sizeof(struct zpci_fib));
	trial_put(trial, FIB + 64, 8, trial_address(trial, FMB));
	must(trial, "SET_MEASURE",
	     guest_modify(trial, handle, 0, ZPCI_MPCIFC_SET_MEASURE, trial_address(trial, FIB)),
	     CC(0));
}

static void fail(struct trial *trial)
{
	guest_fail(trial, 0);
	must(trial, "the function is not in error",
	     (int)(guest_controls(trial) & (ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED)),
	     ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED);
}

void reach_state(struct trial *trial)
{
	struct player *player = trial->player;

	switch (trial->state) {
	case STANDBY:
		must(trial, "deconfigure", guest_configure(trial, ZPCI_SCLP_DECONFIGURE),
		     RESPONSE(ZPCI_SCLP_OK));
		break;
	case RESERVED:
		must(trial, "remove", player->remove(player, trial->target->fid), 0);
		break;
	case PERMANENT:
		must(trial, "fail", player->fail(player, trial->target->fid, 0x003b), 0);
		break;
	case BLOCKED:
	case UNBLOCKED:
		fail(trial);
		if (trial->state == UNBLOCKED)
			must(trial, "RESET_BLOCK",
			     guest_modify(trial, guest_handle(trial), 0, ZPCI_MPCIFC_RESET_BLOCK,
					  trial_address(trial, FIB)),
			     CC(0));
		break;
	default:
		break;
	}
}

/* A state in which the guest has enabled the function. */
static bool enabled_first(enum state state)
{
	return state == ENABLED || state == BLOCKED || state == UNBLOCKED || state == PERMANENT;
}

static uint32_t choose_handle(const struct trial *trial, uint32_t current, uint32_t earlier)
{
	switch (trial->row->handle) {
	case EARLIER:
		return earlier;
	case OTHER_ENABLE:
		return current ^ 0x80000000u;
	case NO_INDEX:
		return current | 0x8000ffffu;
	case NO_KIND:
		return (current & ~OURS_MASK) | 0x00550000u;
	case ZERO:
		return 0;
	case ONES:
		return 0xffffffff;
	default:
		return current;
	}
}

static void set_up(struct trial *trial)
{
	uint32_t handle, earlier = 0;

	settle(trial);
	if (trial->row->handle == EARLIER) {
		enable(trial);
		earlier = guest_handle(trial);
		disable(trial);
	}
	if (enabled_first(trial->state))
		enable(trial);
	if (trial->row->has)
		register_all(trial);
	handle = guest_handle(trial);
	reach_state(trial);
	if (trial->state != RESERVED)
		handle = guest_handle(trial);
	if (trial->state != ENABLED)
		drain_events(trial);
	trial->handle = choose_handle(trial, handle, earlier);
	if (!trial->complaint && trial->row->prepare)
		trial->row->prepare(trial);
}

/* --- one case --------------------------------------------------------------------------------- */

/* What the case needs and this player or this function does not have: NULL, or why not. */
static bool possible(const struct run *run, const struct row *row, enum state state)
{
	unsigned needs = row->needs;

	if (state == RESERVED || state == PERMANENT)
		needs |= NEEDS_HOST;
	if (needs & NEEDS_OF_PLAYER & ~run->player->can)
		return false;
	if (!run->targets[row->of].found)
		return false;
	return !run->qemu || !(needs & (NEEDS_PROBE | NEEDS_ROOM | NEEDS_OURS));
}

static int perform(struct trial *trial, int (*act)(struct trial *trial))
{
	int answer;

	trial->judged = true;
	answer = act(trial);
	trial->judged = false;
	trial_usual_cpu(trial, answer);
	if (trial->row->check)
		trial->row->check(trial);
	return trial->complaint ? answer | OTHERWISE : answer;
}

static void tell(const struct run *run, const struct trial *trial, int answer, int wanted)
{
	void (*print)(const char *format, ...) = run->player->print;

	print("# answered: ");
	answers_print(print, answer);
	print("\n# wanted:   ");
	answers_print(print, wanted);
	print("\n");
	if (trial->complaint)
		print("# %s: 0x%llx, wanted 0x%llx\n", trial->complaint,
		      (unsigned long long)trial->got, (unsigned long long)trial->wanted);
}

/* On this host. */
static bool qemu_differs(const struct run *run, const struct answers_case *one)
{
	return run->qemu && !run->player->guarded && one->qemu &&
	       !(one->row->on_little_endian_hosts && run->player->big_endian_host);
}

static void run_case(struct run *run, const struct answers_case *one)
{
	void (*print)(const char *format, ...) = run->player->print;
	struct trial trial = { .player = run->player,
			       .row = one->row,
			       .state = one->state,
			       .row_answer = one->answer,
			       .target = &run->targets[one->row->of] };
	int wanted = qemu_differs(run, one) ? one->qemu : one->answer;
	int answer = 0;
	bool passed;

	set_up(&trial);
	if (!trial.complaint)
		answer = perform(&trial, one->row->act);
	run->player->finish(run->player);
	passed = answer == wanted;
	run->differences += qemu_differs(run, one);
	run->failed += !passed;
	run->rows++;
	print("%sok %u - %u %s, ", passed ? "" : "not ", ++run->count, run->number,
	      one->family->operation);
	answers_print_state(print, one->state);
	print(", %s: ", one->row->condition);
	answers_print(print, wanted);
	print("\n");
	if (!passed || (run->only && trial.complaint))
		tell(run, &trial, answer, wanted);
}

static void consider(void *opaque, const struct answers_case *one)
{
	struct run *run = opaque;

	run->number++;
	if (run->only ? run->number != run->only : !possible(run, one->row, one->state))
		return;
	if (run->player->guarded && one->qemu != ENDS_QEMU)
		return;
	if (run->qemu && one->qemu == ENDS_QEMU && !run->only && !run->player->guarded) {
		run->player->print("# row %u would end QEMU\n", run->number);
		return;
	}
	run_case(run, one);
}

/* A row without a source, or a difference without a reason, is no row. */
static void check_table(struct run *run)
{
	unsigned incomplete = answers_incomplete();

	run->failed += incomplete != 0;
	run->player->print("%sok %u - every row has a source, every difference a reason\n",
			   incomplete ? "not " : "", ++run->count);
	if (incomplete)
		run->player->print("# incomplete rows: %u\n", incomplete);
}

unsigned answers_run(struct player *player, unsigned only)
{
	/* Not on a small stack. */
	static struct run run;

	memset(&run, 0, sizeof(run));
	run.player = player;
	run.only = only;
	if (!find_targets(&run)) {
		player->print("Bail out! no function to ask\n");
		return 1;
	}
	if (!only)
		check_table(&run);
	answers_for_each(consider, &run);
	player->print("1..%u\n", run.count);
	player->print("# %u rows in all, %u rows here, %u failed, %u differ from ours\n",
		      run.number, run.rows, run.failed, run.differences);
	return run.failed;
}
