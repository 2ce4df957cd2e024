// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * player_bare.c - plays the rows as a program without an operating system (tests/bare): with the
 * plugin, where functions of ours answer, and without it, where QEMU's own zPCI does.
 *
 *	-append row=NUMBER        runs one row of the table, also one that QEMU would not survive
 *	-append big-endian-host   says that QEMU's host is one
 *	-append spaces            says that storage keys and address spaces count for operands
 *	-append guarded           says that the plugin is there though all functions are QEMU's
 */
#include "internal.h"

#include "answers.h"

#define MEBIBYTE 0x100000u
#define PAGE 4096u

/* Address-space control and access key (Principles of Operation, chapter 4). */
#define PSW_SPACE_SHIFT 46
#define PSW_KEY_SHIFT 52

/* PSW bits of the addressing mode: both, one, none (Principles of Operation, chapter 4). */
static const uint64_t mode_off[] = {
	[MODE_64] = 0,
	[MODE_31] = ZPCI_PSW_EXTENDED_ADDRESSING,
	[MODE_24] = ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING,
};

static uint8_t *storage(struct player *player, uint64_t address)
{
	(void)player;
	return (uint8_t *)address;
}

/* While set, instructions are executed with translation on and this page so. */
static const void *page;
static enum bare_access page_access;

static void protect(struct player *player, uint64_t invalid, uint64_t protected)
{
	(void)player;
	page = (const void *)(invalid ? invalid : protected);
	page_access = invalid ? BARE_INVALID : BARE_PROTECTED;
}

/* Spaces beside the primary one; 0: none yet. */
static uint64_t secondary, home, listed;

static void make_spaces(const struct player *player)
{
	const void *work = (const void *)player->work;

	if (!secondary) {
		secondary = bare_space(work, WORK_SIZE, SECONDARY_OFFSET);
		home = bare_space(work, WORK_SIZE, HOME_OFFSET);
		listed = bare_space(work, WORK_SIZE, LISTED_OFFSET);
	}
	bare_set_spaces(secondary, home, LISTED_ALET, listed);
}

static int run_translated(const struct player *player, struct bare_run *run)
{
	int code;

	bare_dat(true);
	bare_set_access(page, page_access);
	if (player->can & CAN_SPACES)
		make_spaces(player);
	code = bare_run(run);
	bare_set_access(page, BARE_VALID);
	bare_dat(false);
	return code;
}

/* With another prefix area: what the runtime has in the one at 0 is there as well. */
static int run_prefixed(struct bare_run *run, uint64_t prefix)
{
	int code;

	memcpy((void *)prefix, (const void *)lowcore(0), LC_SIZE);
	bare_set_prefix((uint32_t)prefix);
	code = bare_run(run);
	bare_set_prefix(0);
	return code;
}

/* The runtime and the compiler use none. */
static void load_access_registers(const uint32_t ar[16])
{
	__asm__ volatile("lam 0,15,%0" : : "Q"(*(const uint32_t(*)[16])ar));
}

static void execute(struct player *player, const uint8_t bytes[6], struct cpu *cpu)
{
	static const uint32_t no_access_registers[16];
	struct bare_run run = {
		.psw_off = mode_off[cpu->mode],
		.psw_mask = (cpu->problem ? BARE_PROBLEM_STATE : 0) |
			    (uint64_t)cpu->space << PSW_SPACE_SHIFT |
			    (uint64_t)cpu->key << PSW_KEY_SHIFT,
	};

	memcpy(run.code, bytes, sizeof(run.code));
	memcpy(run.gpr, cpu->gr, sizeof(run.gpr));
	load_access_registers(cpu->ar);
	if (cpu->prefix)
		cpu->interruption = (uint16_t)run_prefixed(&run, cpu->prefix);
	else
		cpu->interruption =
			(uint16_t)(page ? run_translated(player, &run) : bare_run(&run));
	load_access_registers(no_access_registers);
	memcpy(cpu->gr, run.gpr, sizeof(run.gpr));
	cpu->cc = run.cc;
	cpu->length = bare_pgm.ilc;
	cpu->advance = (unsigned)(bare_pgm.psw_address - (uintptr_t)bare_slot);
	cpu->page = bare_pgm.teid & ~(uint64_t)(PAGE - 1);
}

/* Pages with a key, until the row ends. */
#define KEYS_MAX 8
static const void *keys[KEYS_MAX];
static unsigned keys_used;

static void set_key(struct player *player, uint64_t address, unsigned key)
{
	uint8_t byte = (uint8_t)((key & 0xf) << 4 | (key & FETCH_PROTECTED ? 0x08 : 0));

	(void)player;
	if (keys_used == KEYS_MAX)
		bare_die("a row sets more than %u storage keys", KEYS_MAX);
	keys[keys_used++] = (const void *)address;
	bare_set_key((const void *)address, byte);
}

static void nothing(struct player *player)
{
	(void)player;
}

/* Lets the host's threads run: 20 microseconds. */
static void pause_a_moment(struct player *player)
{
	uint64_t end = bare_clock() + 20 * 4096;

	(void)player;
	while (bare_clock() < end)
		;
}

/* --- what is presented ------------------------------------------------------------------------ */

static unsigned interruptions(struct player *player, unsigned isc)
{
	unsigned count;

	(void)player;
	bare_io_subclasses = 0x80000000u >> isc;
	count = bare_drain(BARE_IO);
	bare_io_subclasses = 0xff000000;
	return count;
}

static unsigned count_reports(void)
{
	unsigned count = 0;
	uint32_t report;

	bare_drain(BARE_MACHINE_CHECK);
	while (bare_stcrw(&report) == 0)
		count += report == 0x0b000000;
	return count;
}

#define REPORT_MICROSECONDS 1000000u

/* A report is presented by a thread of the plugin. */
static unsigned reports(struct player *player, unsigned expected)
{
	uint64_t end = bare_clock() + (uint64_t)REPORT_MICROSECONDS * 4096;
	unsigned count = count_reports();

	(void)player;
	while (count < expected && bare_clock() < end) {
		bare_wait(BARE_MACHINE_CHECK, 1000);
		count += count_reports();
	}
	return count;
}

static unsigned completions(struct player *player)
{
	(void)player;
	return bare_drain(BARE_SERVICE);
}

/* The console's commands wait for signals of their own. */
static void finish(struct player *player)
{
	completions(player);
	while (keys_used)
		bare_set_key(keys[--keys_used], 0);
}

static void set_mode(struct player *player, unsigned isc, unsigned mode)
{
	static const uint64_t block[8];

	(void)player;
	bare_sic(mode, isc, block);
}

/* DIAGNOSE 308 subcode 1, load normal: what kexec does. */
static void reset(struct player *player, bool whole_system)
{
	(void)player;
	if (whole_system)
		bare_die("a row wants a reset of the whole system, which would end this program");
	bare_reset(1);
}

int main(void)
{
	static struct player player = {
		.name = "bare metal",
		.can = CAN_DAT | CAN_SIGNAL | CAN_RESET | CAN_CPU,
		.storage = storage,
		.execute = execute,
		.begin = nothing,
		.finish = finish,
		.interruptions = interruptions,
		.reports = reports,
		.completions = completions,
		.set_mode = set_mode,
		.reset = reset,
		.pause = pause_a_moment,
		.protect = protect,
		.storage_key = set_key,
		.print = bare_printf,
	};
	uint64_t pages = (uintptr_t)bare_pages((MEBIBYTE + WORK_SIZE) / PAGE + 1);

	player.work = (pages + MEBIBYTE - 1) & ~(uint64_t)(MEBIBYTE - 1);
	player.end = bare_storage_size();
	player.big_endian_host = bare_option("big-endian-host") != NULL;
	player.guarded = bare_option("guarded") != NULL;
	if (bare_option("spaces"))
		player.can |= CAN_SPACES;
	return answers_run(&player, (unsigned)bare_option_number("row", 0)) != 0;
}
