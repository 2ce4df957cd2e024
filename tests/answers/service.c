// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * service.c - SERVC: configure and deconfigure I/O adapter (reference 2.9 and 4.3).
 *
 * The service processor is the machine's. In a machine with zPCI functions of its own, only
 * commands about functions of this firmware are ours, so that its errors are the machine's there;
 * the answers are the same.
 */
#include "answers.h"

#include <string.h>

#define PAGE 4096u

/* .with.value is the command. */
static int configure(struct trial *trial)
{
	trial->player->completions(trial->player);
	return guest_configure(trial, (uint32_t)trial->with->value);
}

#define CONFIGURE .with = { .value = ZPCI_SCLP_CONFIGURE }
#define DECONFIGURE .with = { .value = ZPCI_SCLP_DECONFIGURE }
#define ACCEPTED RESPONSE(ZPCI_SCLP_OK)
#define NO_ACTION RESPONSE(ZPCI_SCLP_NO_ACTION)

static void expect_entry(struct trial *trial, uint32_t configuration)
{
	struct zpci_clp_list_entry entry;

	trial_want(trial, "service signals", trial->player->completions(trial->player), 1);
	trial_want(trial, "listed", guest_list_entry(trial, trial->target->fid, &entry), 1);
	trial_want(trial, "configuration state", zpci_be32_get(entry.configuration), configuration);
	trial_want(trial, "enable bit", zpci_be32_get(entry.handle) >> 31, 0);
}

static void expect_configured(struct trial *trial)
{
	expect_entry(trial, ZPCI_CLP_CONFIGURED);
	trial_want(trial, "handle", guest_handle(trial), trial->handle);
}

static void expect_standby(struct trial *trial)
{
	expect_entry(trial, 0);
}

static void expect_signal(struct trial *trial)
{
	trial_want(trial, "service signals", trial->player->completions(trial->player), 1);
}

/* Nothing from before is left when it comes back. */
static void expect_fresh(struct trial *trial)
{
	expect_entry(trial, 0);
	guest_configure(trial, ZPCI_SCLP_CONFIGURE);
	guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1);
	trial_want(trial, "function controls", guest_controls(trial), ZPCI_FIB_FC_ENABLED);
}

static void fail_unheard(struct trial *trial)
{
	trial->note[0] = guest_handle(trial);
	guest_fail(trial, 0);
}

/* It tells of the life that failed. */
static void expect_event_of_before(struct trial *trial)
{
	struct zpci_ccdf event;

	trial_want(trial, "event", guest_event(trial, &event), ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "handle", zpci_be32_get(event.handle), (uint32_t)trial->note[0]);
	trial_want(trial, "next event", guest_event(trial, &event), 0);
}

/* --- the SCCB --------------------------------------------------------------------------------- */

static void usual_sccb(struct trial *trial, uint64_t offset, unsigned length, unsigned type,
		       uint32_t fid)
{
	trial_put(trial, offset, 2, length);
	trial_put(trial, offset + 8, 1, type);
	trial_put(trial, offset + 12, 4, fid);
}

static int with_sccb(struct trial *trial, uint64_t offset, unsigned length, unsigned type,
		     uint32_t fid)
{
	memset(trial_bytes(trial, SCCB), 0, PAGE);
	usual_sccb(trial, offset, length, type, fid);
	trial->player->completions(trial->player);
	return guest_service(trial, (uint32_t)trial->with->value, trial_address(trial, offset));
}

static int other_fid(struct trial *trial)
{
	return with_sccb(trial, SCCB, PAGE, ZPCI_SCLP_ADAPTER_PCI, 0x7fff0000);
}

static int other_type(struct trial *trial)
{
	return with_sccb(trial, SCCB, PAGE, 3, trial->target->fid);
}

static int too_short(struct trial *trial)
{
	return with_sccb(trial, SCCB, 8, ZPCI_SCLP_ADAPTER_PCI, trial->target->fid);
}

static int just_long_enough(struct trial *trial)
{
	return with_sccb(trial, SCCB, 16, ZPCI_SCLP_ADAPTER_PCI, trial->target->fid);
}

static int across_pages(struct trial *trial)
{
	return with_sccb(trial, SCCB + 8, PAGE, ZPCI_SCLP_ADAPTER_PCI, trial->target->fid);
}

static int in_the_page(struct trial *trial)
{
	return with_sccb(trial, SCCB + 16, PAGE - 16, ZPCI_SCLP_ADAPTER_PCI, trial->target->fid);
}

static int at(struct trial *trial, uint64_t address)
{
	return guest_service(trial, (uint32_t)trial->with->value, address);
}

/* A complete SCCB at @absolute, addressed as @address. */
static int with_sccb_at(struct trial *trial, uint64_t absolute, uint64_t address)
{
	uint8_t *sccb = trial->player->storage(trial->player, absolute);
	int answer;

	memset(sccb, 0, sizeof(struct zpci_sclp_configure));
	zpci_put_be(sccb, 2, sizeof(struct zpci_sclp_configure));
	sccb[8] = ZPCI_SCLP_ADAPTER_PCI;
	zpci_put_be(sccb + 12, 4, trial->target->fid);
	trial->player->completions(trial->player);
	answer = at(trial, address);
	trial->cpu.prefix = 0;
	if (trial->cpu.interruption)
		trial_want(trial, "response code", zpci_get_be(sccb + 6, 2), 0);
	memset(sccb, 0, sizeof(struct zpci_sclp_configure));
	return answer;
}

#define PREFIX (SCCB - PAGE) /* of the work area; the SCCB is in the second page there */

static int in_first_page(struct trial *trial)
{
	return with_sccb_at(trial, PAGE - 0x800, PAGE - 0x800);
}

static int in_second_page(struct trial *trial)
{
	return with_sccb_at(trial, 2 * PAGE - 16, 2 * PAGE - 16);
}

/* Real addresses there are the absolute ones of the first two pages. */
static int in_prefix_area(struct trial *trial)
{
	trial->unwatched = true;
	trial->cpu.prefix = trial_address(trial, PREFIX);
	return with_sccb_at(trial, PAGE + 0x800, trial_address(trial, PREFIX + PAGE + 0x800));
}

static int behind_prefix_area(struct trial *trial)
{
	uint64_t address = trial_address(trial, PREFIX + 2 * PAGE);

	trial->unwatched = true;
	trial->cpu.prefix = trial_address(trial, PREFIX);
	return with_sccb_at(trial, address, address);
}

static int unaligned(struct trial *trial)
{
	uint64_t address = trial_address(trial, SCCB + 4);

	return with_sccb_at(trial, address, address);
}

static int length_4(struct trial *trial)
{
	return with_sccb(trial, SCCB, 4, ZPCI_SCLP_ADAPTER_PCI, trial->target->fid);
}

static int nowhere(struct trial *trial)
{
	return at(trial, trial->player->end);
}

/* Its header is all that there is. */
static int header_at_the_end(struct trial *trial)
{
	uint64_t address = trial->player->end - 8;
	uint8_t *sccb = trial->player->storage(trial->player, address);
	int answer;

	zpci_put_be(sccb, 8, 8ull << 48);
	answer = at(trial, address);
	return answer == CC(0) ? RESPONSE((int)zpci_get_be(sccb + 6, 2)) : answer;
}

static void expect_unchanged(struct trial *trial)
{
	struct zpci_clp_list_entry entry;

	trial_want(trial, "service signals", trial->player->completions(trial->player), 0);
	trial_want(trial, "listed", guest_list_entry(trial, trial->target->fid, &entry), 1);
	trial_want(trial, "configuration state", zpci_be32_get(entry.configuration), 0);
}

static int above_2g(struct trial *trial)
{
	return at(trial, 1ull << 32 | trial_address(trial, SCCB));
}

static int problem(struct trial *trial)
{
	trial->cpu.problem = true;
	return at(trial, trial_address(trial, SCCB));
}

#define TRIES_BOTH(condition_, act_, answer_, source_)                                             \
	{ .condition = condition_,                                                                 \
	  .act = act_,                                                                             \
	  .answer = answer_,                                                                       \
	  .source = source_,                                                                       \
	  .state = DISABLED,                                                                       \
	  CONFIGURE,                                                                               \
	  .check = expect_signal },                                                                \
	{                                                                                          \
		.condition = condition_ ", deconfigure", .act = act_, .answer = answer_,           \
		.source = source_, .state = DISABLED, DECONFIGURE, .check = expect_signal          \
	}

#define MISPLACED(condition_, act_)                                                                \
	{                                                                                          \
		.condition = condition_, CONFIGURE, .act = act_, .state = STANDBY,                 \
		.answer = PGM(SPECIFICATION), .check = expect_unchanged, .effect = "nothing",      \
		.source = "ref 2.9"                                                                \
	}

static const struct row rows[] = {
	{ .condition = "configure",
	  CONFIGURE,
	  .source = "ref 2.9, 4.3",
	  .in = { [RESERVED] = RESPONSE(ZPCI_SCLP_RESERVED_STATE),
		  [STANDBY] = ACCEPTED,
		  [DISABLED] = NO_ACTION,
		  [ENABLED] = NO_ACTION,
		  [BLOCKED] = NO_ACTION,
		  [UNBLOCKED] = NO_ACTION,
		  [PERMANENT] = NO_ACTION } },
	{ .condition = "configure",
	  CONFIGURE,
	  .state = STANDBY,
	  .answer = ACCEPTED,
	  .check = expect_configured,
	  .effect = "disabled, the handle stays; service signal",
	  .source = "ref 4.1, 4.3" },
	{ .condition = "deconfigure",
	  DECONFIGURE,
	  .source = "ref 2.9, 4.3",
	  .in = { [RESERVED] = RESPONSE(ZPCI_SCLP_RESERVED_STATE),
		  [STANDBY] = NO_ACTION,
		  [DISABLED] = ACCEPTED,
		  [ENABLED] = ACCEPTED,
		  [BLOCKED] = ACCEPTED,
		  [UNBLOCKED] = ACCEPTED,
		  [PERMANENT] = ACCEPTED } },
	{ .condition = "deconfigure",
	  DECONFIGURE,
	  .state = DISABLED,
	  .answer = ACCEPTED,
	  .check = expect_standby,
	  .effect = "standby; service signal",
	  .source = "ref 4.3" },
	{ .condition = "deconfigure of an enabled function",
	  DECONFIGURE,
	  .answer = ACCEPTED,
	  .check = expect_standby,
	  .effect = "standby, the handle loses the enable bit",
	  .source = "ref 4.3",
	  .qemu = ACCEPTED | OTHERWISE,
	  .reason = "QEMU leaves the enable bit in the handle" },
	{ .condition = "deconfigure, everything registered",
	  DECONFIGURE,
	  .has = IOAT | INT | MEASURE,
	  .answer = ACCEPTED,
	  .check = expect_fresh,
	  .effect = "no registration is left when it comes back",
	  .source = "ref 4.3",
	  .qemu = ACCEPTED | OTHERWISE,
	  .reason = "QEMU leaves the enable bit in the handle" },
	{ .condition = "deconfigure with an error event not fetched",
	  DECONFIGURE,
	  .prepare = fail_unheard,
	  .answer = ACCEPTED,
	  .check = expect_event_of_before,
	  .effect = "the event stays, with the handle that the function had",
	  .source = "ref 8.5; QEMU hw/s390x/s390-pci-bus.c" },
	TRIES_BOTH("FID that nobody has", other_fid, RESPONSE(ZPCI_SCLP_UNKNOWN_ADAPTER),
		   "ref 2.9"),
	TRIES_BOTH("adapter type 3", other_type, RESPONSE(ZPCI_SCLP_ADAPTER_TYPE), "ref 2.9"),
	TRIES_BOTH("SCCB of 8 bytes", too_short, RESPONSE(ZPCI_SCLP_TOO_SHORT), "ref 2.9"),
	TRIES_BOTH("SCCB across pages", across_pages, RESPONSE(ZPCI_SCLP_PAGE_CROSSING), "ref 2.9"),
	{ .condition = "SCCB of 16 bytes",
	  CONFIGURE,
	  .act = just_long_enough,
	  .state = STANDBY,
	  .answer = ACCEPTED,
	  .source = "ref 2.9" },
	{ .condition = "SCCB up to the end of its page",
	  CONFIGURE,
	  .act = in_the_page,
	  .state = STANDBY,
	  .answer = ACCEPTED,
	  .source = "ref 2.9" },
	MISPLACED("SCCB not aligned", unaligned),
	MISPLACED("SCCB in the first page", in_first_page),
	MISPLACED("SCCB at the end of the second page", in_second_page),
	MISPLACED("SCCB in the prefix area", in_prefix_area),
	MISPLACED("SCCB of 4 bytes", length_4),
	{ .condition = "SCCB behind the prefix area",
	  CONFIGURE,
	  .act = behind_prefix_area,
	  .state = STANDBY,
	  .answer = ACCEPTED,
	  .source = "ref 2.9" },
	{ .condition = "SCCB above 2 GiB, where no storage is",
	  CONFIGURE,
	  .act = above_2g,
	  .state = ANY,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.9 order of checks" },
	{ .condition = "SCCB behind the end of storage",
	  CONFIGURE,
	  .act = nowhere,
	  .state = ANY,
	  .answer = PGM(ADDRESSING),
	  .source = "ref 2.9" },
	{ .condition = "SCCB of 8 bytes at the end of storage",
	  CONFIGURE,
	  .act = header_at_the_end,
	  .state = ANY,
	  .answer = RESPONSE(ZPCI_SCLP_TOO_SHORT),
	  .source = "ref 2.9" },
	{ .condition = "another command, as seen by the firmware",
	  .with = { .value = 0x00020001 },
	  .act = just_long_enough,
	  .state = ANY,
	  .needs = NEEDS_HOST,
	  .answer = MACHINE,
	  .source = "chosen: the service processor is the machine's" },
	{ .condition = "problem state",
	  CONFIGURE,
	  .act = problem,
	  .state = ANY,
	  .answer = PGM(PRIVILEGED),
	  .source = "ref 2.9" },
};

const struct family answers_service[] = {
	FAMILY("SERVC", configure, rows),
	{ NULL },
};
