// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ram.c - the machine in memory: its life cycle, its CPUs and its table of operations.
 *
 * Theory of operation. No guest runs: a test, a fuzzer or an experiment is the guest. It fills
 * registers and storage, says "execute these six bytes on that CPU", and then looks at the
 * registers, at the storage, and at what was presented. It controls everything that is uncertain on
 * a real machine: the clock stands until the test moves it, an interruption is a number that goes
 * up, a bad address is a range that the test poisons.
 *
 * Some things are as on a real machine, since the firmware depends on them: storage accesses from
 * several threads (ram_storage.c), the suppression of adapter interruptions (ram_present.c), and
 * that a cancelled timer no longer runs (ram_time.c).
 */
#include <stdlib.h>
#include <string.h>

#include "ram_internal.h"

static struct zpci_ram *create(size_t size, bool in_file)
{
	struct zpci_ram *ram = calloc(1, sizeof(*ram));

	if (!ram)
		return NULL;
	if (zpci_ram_storage_init(&ram->storage, size, in_file))
		goto free_ram;
	if (zpci_ram_presented_init(&ram->presented))
		goto free_storage;
	if (zpci_ram_time_init(&ram->time))
		goto free_presented;
	return ram;

free_presented:
	zpci_ram_presented_fini(&ram->presented);
free_storage:
	zpci_ram_storage_fini(&ram->storage);
free_ram:
	free(ram);
	return NULL;
}

struct zpci_ram *zpci_ram_create(size_t size)
{
	return create(size, false);
}

struct zpci_ram *zpci_ram_create_file(size_t size)
{
	return create(size, true);
}

void zpci_ram_destroy(struct zpci_ram *ram)
{
	if (!ram)
		return;
	zpci_ram_time_fini(&ram->time);
	zpci_ram_presented_fini(&ram->presented);
	zpci_ram_storage_fini(&ram->storage);
	free(ram);
}

/* --- one CPU -------------------------------------------------------------------------- */

void zpci_ram_cpu_init(struct zpci_ram *ram, struct zpci_ram_cpu *cpu)
{
	memset(cpu, 0, sizeof(*cpu));
	cpu->machine = ram;
	cpu->psw_mask = ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING;
}

enum zpci_disposition zpci_ram_execute(struct zpci_ram_cpu *cpu, struct zpci_firmware *firmware,
				       const uint8_t instruction[6])
{
	cpu->cc_set = false;
	cpu->program_interruption = 0;
	return zpci_firmware_execute(firmware, cpu, instruction);
}

static uint64_t get_register(void *machine, void *cpu, unsigned number)
{
	(void)machine;
	return ((struct zpci_ram_cpu *)cpu)->gr[number & 15];
}

static void set_register(void *machine, void *cpu, unsigned number, uint64_t value)
{
	(void)machine;
	((struct zpci_ram_cpu *)cpu)->gr[number & 15] = value;
}

static uint64_t get_prefix(void *machine, void *cpu)
{
	(void)machine;
	return ((struct zpci_ram_cpu *)cpu)->prefix;
}

static uint64_t get_psw_mask(void *machine, void *cpu)
{
	(void)machine;
	return ((struct zpci_ram_cpu *)cpu)->psw_mask;
}

static void set_condition_code(void *machine, void *opaque, unsigned cc)
{
	struct zpci_ram_cpu *cpu = opaque;

	(void)machine;
	cpu->cc = cc;
	cpu->cc_set = true;
}

static void program_interruption(void *machine, void *cpu, uint16_t code)
{
	(void)machine;
	((struct zpci_ram_cpu *)cpu)->program_interruption = code;
}

/* --- the table ------------------------------------------------------------------------ */

static const struct zpci_machine_ops ram_ops = {
	.size = sizeof(struct zpci_machine_ops),
	.name = "ram",
	.help = "a machine in memory, for tests and experiments",
	.get_register = get_register,
	.set_register = set_register,
	.get_prefix = get_prefix,
	.get_psw_mask = get_psw_mask,
	.set_condition_code = set_condition_code,
	.program_interruption = program_interruption,
	.read_logical = zpci_ram_read_logical,
	.write_logical = zpci_ram_write_logical,
	.check_logical = zpci_ram_check_logical,
	.read_real = zpci_ram_read_real,
	.write_real = zpci_ram_write_real,
	.read_absolute = zpci_ram_read_absolute,
	.write_absolute = zpci_ram_write_absolute,
	.or_absolute = zpci_ram_or_absolute,
	.regions = zpci_ram_regions,
	.adapter_interruption = zpci_ram_adapter_interruption,
	.channel_report = zpci_ram_channel_report,
	.sclp_completion = zpci_ram_sclp_completion,
	.clock = zpci_ram_clock,
	.timer_create = zpci_ram_timer_create,
	.timer_set = zpci_ram_timer_set,
	.timer_cancel = zpci_ram_timer_cancel,
	.timer_destroy = zpci_ram_timer_destroy,
};

const struct zpci_machine_ops *zpci_ram_ops(void)
{
	return &ram_ops;
}
