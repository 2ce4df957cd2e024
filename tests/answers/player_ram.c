// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * player_ram.c - plays the rows on the machine in memory.
 *
 *	answers.tap          runs all rows, prints TAP
 *	answers.tap --list   prints the table
 *	answers.tap NUMBER   runs one row of it
 *
 * Everything is new for each row. The functions are the same that tests/guest/answers.t gives to
 * the plugin.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zpci/device.h>
#include <zpci/ram.h>

#include "answers.h"

#define STORAGE 0x1000000u
#define WORK 0x100000u
#define PROBE_PCHID 0x1c0
#define NULL_PCHID 0x1c1

struct ram_player {
	struct player player;
	struct zpci_ram *ram;
	struct zpci_ram_cpu cpu;
	struct zpci_firmware *firmware;
	struct zpci_adapter *probe, *null;
	uint64_t interruptions[8], reports, completions; /* seen */
};

static struct ram_player *of(struct player *player)
{
	return (struct ram_player *)player;
}

static void die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

/* --- functions -------------------------------------------------------------------------------- */

static void set_utility_string(struct zpci_platform *platform)
{
	zpci_platform_default(platform);
	strcpy(platform->utility_string, "ZPCI ANSWERS");
	platform->given |= ZPCI_PLATFORM_UTILITY_STRING;
}

static void set_everything(struct zpci_platform *platform)
{
	*platform = (struct zpci_platform){
		.size = sizeof(*platform),
		.given = ZPCI_PLATFORM_ALL,
		.pft = PLATFORM_TYPE,
		.port = 5,
		.pfip = { 1, 2, 3, 4 },
		.has_tid = true,
		.tid = 0xabcd,
		.dma_start = 0x200000000,
		.dma_end = 0x7fffffffffffffff,
		.group = {
			.id = PLATFORM_GROUP,
			.version = 2,
			.designations = 0x7c,
			.vectors = 16,
			.store_block = 64,
			.fmb_interval = 1000,
			.msi_address = 0xff00000000000000,
		},
	};
}

/* FID, adapter, VF, ...: see tests/guest/answers.t. */
static const struct {
	uint32_t fid;
	bool null;
	unsigned vf;
	const char *profile;
	void (*set)(struct zpci_platform *platform);
} functions[] = {
	{ 0x1021, false, 1, "lpar", set_utility_string },
	{ 0x1022, false, 2, "lpar", zpci_platform_relaxed },
	{ 0x1023, true, 1, "lpar", zpci_platform_default },
	{ 0x1020, false, 0, "plain", zpci_platform_default },
	{ 0x1024, false, 3, "lpar", set_everything },
};

static int add(struct ram_player *ram, unsigned index, uint32_t fid, unsigned vf, bool standby)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = functions[index].null ? ram->null : ram->probe,
		.vf = vf,
		.fid = fid,
		.uid = 0x100 | (fid & 0xff),
		.profile = zpci_profile_find(functions[index].profile)->profile,
		.standby = standby,
		.publish_rid = true,
		.platform = &platform,
	};

	functions[index].set(&platform);
	return zpci_firmware_add(ram->firmware, &options);
}

static struct zpci_adapter *adapter(const char *model, uint16_t pchid)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	struct zpci_adapter *made;

	if (zpci_adapter_create(zpci_model_find(model), pchid, &options, &made))
		die("no adapter");
	return made;
}

static void make(struct ram_player *ram, bool uid_checking)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .no_uid_checking = !uid_checking };

	ram->ram = zpci_ram_create(STORAGE);
	if (!ram->ram || zpci_firmware_create(zpci_ram_ops(), ram->ram, &options, &ram->firmware))
		die("no memory for a machine");
	zpci_ram_cpu_init(ram->ram, &ram->cpu);
	ram->probe = adapter("probe", PROBE_PCHID);
	ram->null = adapter("null", NULL_PCHID);
	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (add(ram, i, functions[i].fid, functions[i].vf, false))
			die("no function");
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

	zpci_firmware_quiesce(ram->firmware);
	zpci_firmware_destroy(ram->firmware);
	zpci_adapter_unref(ram->probe);
	zpci_adapter_unref(ram->null);
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
	cpu->left = zpci_ram_execute(&ram->cpu, ram->firmware, bytes) == ZPCI_NOT_OURS;
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

static void pause_a_moment(struct player *player)
{
	struct timespec moment = { .tv_nsec = 20000 };

	(void)player;
	nanosleep(&moment, NULL);
}

/* --- the host --------------------------------------------------------------------------------- */

static int fail(struct player *player, uint32_t fid, uint16_t pec)
{
	return zpci_firmware_inject_error(of(player)->firmware, fid, pec);
}

static int remove_function(struct player *player, uint32_t fid)
{
	return zpci_firmware_remove(of(player)->firmware, fid);
}

/* Another VF of probe. */
static int add_function(struct player *player, uint32_t fid, bool standby)
{
	struct ram_player *ram = of(player);
	int rc = add(ram, 0, fid, 5, standby);

	return rc ? rc : zpci_firmware_announce(ram->firmware, fid);
}

static void reset(struct player *player, bool whole_system)
{
	zpci_firmware_reset(of(player)->firmware,
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

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
}

int main(int argc, char **argv)
{
	static struct ram_player ram = {
		.player = {
			.name = "a machine in memory",
			.can = CAN_HOST | CAN_RESET,
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
			.pause = pause_a_moment,
			.fail = fail,
			.remove = remove_function,
			.add = add_function,
			.reset = reset,
			.no_uid_checking = no_uid_checking,
			.poison = poison,
			.advance = advance,
			.print = print,
		},
	};

	if (argc > 1 && !strcmp(argv[1], "--list")) {
		answers_list(print);
		return 0;
	}
	return answers_run(&ram.player, argc > 1 ? (unsigned)atoi(argv[1]) : 0) != 0;
}
