// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * player_ram.c - plays the rows on the machine in memory.
 *
 *	answers.tap          runs all rows, prints TAP
 *	answers.tap --list   prints the table
 *	answers.tap NUMBER   runs one row of it
 *
 * Everything is new for each row.
 */
#include <string.h>

#include <zpci/ram.h>

#include "host.h"

#define STORAGE 0x1000000u
#define WORK 0x100000u

struct ram_player {
	struct host host;
	struct zpci_ram *ram;
	struct zpci_ram_cpu cpu;
	uint64_t interruptions[8], reports, completions; /* seen */
};

static struct ram_player *of(struct player *player)
{
	return (struct ram_player *)player;
}

static void make(struct ram_player *ram, bool uid_checking)
{
	ram->ram = zpci_ram_create(STORAGE);
	if (!ram->ram)
		host_die("no memory for a machine");
	host_make(&ram->host, zpci_ram_ops(), ram->ram, uid_checking);
	zpci_ram_cpu_init(ram->ram, &ram->cpu);
	memset(ram->interruptions, 0, sizeof(ram->interruptions));
	ram->reports = ram->completions = 0;
}

static void begin(struct player *player)
{
	make(of(player), true);
}

static void finish(struct player *player)
{
	struct ram_player *ram = of(player);

	host_unmake(&ram->host);
	zpci_ram_destroy(ram->ram);
}

static void no_uid_checking(struct player *player)
{
	finish(player);
	make(of(player), false);
}

/* --- the machine ------------------------------------------------------------------------------ */

static uint8_t *storage(struct player *player, uint64_t address)
{
	return zpci_ram_storage(of(player)->ram) + address;
}

static void execute(struct player *player, const uint8_t bytes[6], struct cpu *cpu)
{
	static const uint64_t modes[] = {
		[MODE_64] = ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING,
		[MODE_31] = ZPCI_PSW_BASIC_ADDRESSING,
		[MODE_24] = 0,
	};
	struct ram_player *ram = of(player);

	memcpy(ram->cpu.gr, cpu->gr, sizeof(cpu->gr));
	ram->cpu.prefix = cpu->prefix;
	ram->cpu.psw_mask = modes[cpu->mode] | (cpu->problem ? ZPCI_PSW_PROBLEM_STATE : 0);
	cpu->left = zpci_ram_execute(&ram->cpu, ram->host.firmware, bytes) == ZPCI_NOT_OURS;
	memcpy(cpu->gr, ram->cpu.gr, sizeof(cpu->gr));
	cpu->interruption = ram->cpu.program_interruption;
	cpu->cc = ram->cpu.cc_set ? ram->cpu.cc : 0xff;
}

static unsigned since(uint64_t now, uint64_t *seen)
{
	unsigned count = (unsigned)(now - *seen);

	*seen = now;
	return count;
}

static unsigned interruptions(struct player *player, unsigned isc)
{
	struct ram_player *ram = of(player);

	return since(zpci_ram_interruptions(ram->ram, isc), &ram->interruptions[isc]);
}

/* Timers that are due present them. */
static unsigned reports(struct player *player, unsigned expected)
{
	struct ram_player *ram = of(player);

	(void)expected;
	zpci_ram_advance(ram->ram, 0);
	return since(zpci_ram_channel_reports(ram->ram), &ram->reports);
}

static unsigned completions(struct player *player)
{
	struct ram_player *ram = of(player);

	return since(zpci_ram_completions(ram->ram, NULL), &ram->completions);
}

static void set_mode(struct player *player, unsigned isc, unsigned mode)
{
	zpci_ram_set_mode(of(player)->ram, isc, mode);
}

/* --- the host --------------------------------------------------------------------------------- */

static void reset(struct player *player, bool whole_system)
{
	zpci_firmware_reset(of(player)->host.firmware,
			    whole_system ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
}

static void poison(struct player *player, uint64_t start, uint64_t length)
{
	zpci_ram_poison(of(player)->ram, start, length);
}

static void advance(struct player *player, uint64_t milliseconds)
{
	zpci_ram_advance(of(player)->ram, milliseconds * 1000000);
}

int main(int argc, char **argv)
{
	static struct ram_player ram = {
		.host.player = {
			.name = "a machine in memory",
			.can = CAN_HOST | CAN_RESET | CAN_CLOCK,
			.work = WORK,
			.end = STORAGE,
			.storage = storage,
			.execute = execute,
			.begin = begin,
			.finish = finish,
			.interruptions = interruptions,
			.reports = reports,
			.completions = completions,
			.set_mode = set_mode,
			.reset = reset,
			.no_uid_checking = no_uid_checking,
			.poison = poison,
			.advance = advance,
		},
	};

	host_operations(&ram.host.player);
	return host_main(&ram.host.player, argc, argv);
}
