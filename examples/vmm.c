// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * vmm.c - the firmware of a virtual machine, with the smallest virtual machine around it.
 *
 * Read this first when you write a hypervisor. Here is what *you* have to provide: struct
 * zpci_machine_ops, that is the registers and the storage of your guest and a way to interrupt it,
 * and one line in your instruction interception:
 *
 *	if (zpci_firmware_execute(firmware, cpu, instruction) == ZPCI_EXECUTED)
 *		continue;
 *
 * What happens then is in guest.c, which plays an operating system on this machine: it finds
 * a PCI function, enables it, programs an interruption, and rings a doorbell.
 *
 * This machine has one CPU and one thread. What a real one adds is said where it matters; a
 * complete one with threads, timers and prefixing is zpci/machine/ram*.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm.h"

/* The operations take more arguments than this machine has a use for. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Registers. @cpu is what was given to zpci_firmware_execute(): yours to choose, never looked at.
 * With several CPUs it says which one; this machine gives NULL. */
static uint64_t get_register(void *machine, void *cpu, unsigned number)
{
	return ((struct vm *)machine)->gr[number];
}

static void set_register(void *machine, void *cpu, unsigned number, uint64_t value)
{
	((struct vm *)machine)->gr[number] = value;
}

/* No prefixing: see below. */
static uint64_t get_prefix(void *machine, void *cpu)
{
	return 0;
}

/* Supervisor state, 64-bit addressing. In problem state all of this is privileged. */
static uint64_t get_psw_mask(void *machine, void *cpu)
{
	return ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING;
}

static void set_condition_code(void *machine, void *cpu, unsigned cc)
{
	((struct vm *)machine)->cc = cc;
}

static void program_interruption(void *machine, void *cpu, uint16_t code)
{
	((struct vm *)machine)->program = code;
}

/* Storage. The guest chooses each address: check it without overflow, and move all or nothing. */
static bool in_storage(uint64_t address, size_t length)
{
	return address <= STORAGE && length <= STORAGE - address;
}

static int read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	if (!in_storage(address, length))
		return -EFAULT;
	memcpy(buffer, ((struct vm *)machine)->storage + address, length);
	return 0;
}

static int write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	if (!in_storage(address, length))
		return -EFAULT;
	memcpy(((struct vm *)machine)->storage + address, buffer, length);
	return 0;
}

/* Real addresses differ from absolute ones by prefixing, which this machine does without. */
static int read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length)
{
	return read_absolute(machine, address, buffer, length);
}

static int write_real(void *machine, void *cpu, uint64_t address, const void *buffer, size_t length)
{
	return write_absolute(machine, address, buffer, length);
}

/* Logical addresses go through the guest's page tables. A fault is delivered to the guest here and
 * now, and ends the instruction: ZPCI_EXCEPTION_DELIVERED. */
static int fault(struct vm *vm, int error)
{
	if (!error)
		return 0;
	vm->program = ZPCI_PGM_ADDRESSING;
	return ZPCI_EXCEPTION_DELIVERED;
}

static int read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			size_t length)
{
	return fault(machine, read_real(machine, cpu, address, buffer, length));
}

static int write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			 const void *buffer, size_t length)
{
	return fault(machine, write_real(machine, cpu, address, buffer, length));
}

/* The question before the firmware does what could not be undone: would that work? */
static int check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			 bool write)
{
	return fault(machine, in_storage(address, length) ? 0 : -EFAULT);
}

/* How a device says "look here" in storage: one bit, without losing those next to it. */
static int or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	struct vm *vm = machine;

	if (!in_storage(address, 1))
		return -EFAULT;
	*old = __sync_fetch_and_or(&vm->storage[address], bits);
	return 0;
}

/* Presenting. A real machine makes the interruption pending and kicks a CPU that is open for it,
 * unless the guest suppressed it by SIC. Called from any thread: the device may have its own. */
static void adapter_interruption(void *machine, unsigned isc)
{
	((struct vm *)machine)->interruptions[isc]++;
}

/* Hot plug and errors come as a channel report, SCLP commands complete by a service signal. This
 * guest asks for neither. */
static void channel_report(void *machine)
{
}

static void sclp_completion(void *machine, uint32_t sccb)
{
}

/* Time. The firmware wants a clock, and timers for measurement blocks and channel reports; this
 * machine's clock stands, so its timers never run out. */
static uint64_t tod_clock(void *machine)
{
	return 0;
}

struct zpci_timer {
	char unused;
};

static struct zpci_timer *timer_create_stopped(void *machine, void (*expired)(void *opaque),
					       void *opaque)
{
	return calloc(1, sizeof(struct zpci_timer));
}

static void timer_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
}

static void timer_cancel(struct zpci_timer *timer)
{
}

static void timer_destroy(struct zpci_timer *timer)
{
	free(timer);
}

static const struct zpci_machine_ops machine_ops = {
	.size = sizeof(struct zpci_machine_ops),
	.name = "example",
	.help = "one CPU, one thread, one mebibyte",
	.get_register = get_register,
	.set_register = set_register,
	.get_prefix = get_prefix,
	.get_psw_mask = get_psw_mask,
	.set_condition_code = set_condition_code,
	.program_interruption = program_interruption,
	.read_logical = read_logical,
	.write_logical = write_logical,
	.check_logical = check_logical,
	.read_real = read_real,
	.write_real = write_real,
	.read_absolute = read_absolute,
	.write_absolute = write_absolute,
	.or_absolute = or_absolute,
	.adapter_interruption = adapter_interruption,
	.channel_report = channel_report,
	.sclp_completion = sclp_completion,
	.clock = tod_clock,
	.timer_create = timer_create_stopped,
	.timer_set = timer_set,
	.timer_cancel = timer_cancel,
	.timer_destroy = timer_destroy,
};

/* Where messages of the library go: it never prints by itself. */
static void print_message(void *opaque, enum zpci_log_level level, const char *message)
{
	static const char *const levels[] = { "error", "warning", "info", "debug" };

	fprintf(stderr, "firmware %s: %s\n", levels[level], message);
}

/* A detached virtual function: an adapter with 4 VFs, of which the guest gets number 3 and
 * nothing else. The firmware keeps its own reference to the adapter. */
static struct zpci_firmware *make_firmware(struct vm *vm)
{
	struct zpci_logger logger = { print_message, NULL };
	struct zpci_firmware_options options = { .size = sizeof(options), .logger = logger };
	struct zpci_adapter_options adapter_options = { .size = sizeof(adapter_options),
							.vfs = 4,
							.logger = logger };
	struct zpci_function_options function = {
		.size = sizeof(function),
		.vf = 3,
		.fid = 0x1021,
		.uid = 0x111,
		.profile = zpci_profile_find("lpar")->profile,
	};
	struct zpci_firmware *firmware;

	if (zpci_firmware_create(&machine_ops, vm, &options, &firmware))
		exit(1);
	if (zpci_adapter_create(zpci_model_find("probe"), 0x1c0, &adapter_options,
				&function.adapter) ||
	    zpci_firmware_add(firmware, &function))
		exit(1);
	zpci_adapter_unref(function.adapter);
	return firmware;
}

int main(void)
{
	static struct vm vm;
	struct zpci_firmware *firmware = make_firmware(&vm);

	example_guest(&vm, firmware);

	/* The end: devices stop first, so that nothing touches storage that is going away. */
	zpci_firmware_quiesce(firmware);
	zpci_firmware_destroy(firmware);
	return 0;
}
