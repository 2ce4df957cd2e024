// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * example-vmm.c - the firmware of a virtual machine, with the smallest virtual machine around it.
 *
 * Read this first when you write a hypervisor. It has two halves:
 *
 *	the machine   what *you* have to provide: struct zpci_machine_ops, the registers and the
 *	              storage of your guest, and a way to interrupt it
 *	the guest     what happens then: here main() plays an operating system that finds a PCI
 *	              function, enables it, programs an interruption, and rings a doorbell
 *
 * A hypervisor is the first half plus one line in its instruction interception:
 *
 *	if (zpci_firmware_execute(firmware, cpu, instruction) == ZPCI_EXECUTED)
 *		continue;
 *
 * This machine has one CPU and one thread. What a real one adds is said where it matters; a
 * complete one with threads, timers and prefixing is zpci/machine/ram*.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>
#include <zpci/probe.h>

/* The operations take more arguments than this machine has a use for. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* ============================================================================================
 * The machine.
 */

#define STORAGE (1u << 20)

struct vm {
	uint64_t gr[16];            /* general registers of the only CPU */
	unsigned cc;                /* its condition code */
	uint16_t program;           /* the program interruption that it took, 0: none */
	unsigned interruptions[8];  /* adapter interruptions presented, per subclass */
	uint8_t storage[STORAGE];
};

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

static int write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
		      size_t length)
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

static void events_fetched(void *machine, bool (*still_empty)(void *opaque), void *opaque)
{
	still_empty(opaque);
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
	.get_psw_mask = get_psw_mask,
	.set_condition_code = set_condition_code,
	.program_interruption = program_interruption,
	.read_logical = read_logical,
	.write_logical = write_logical,
	.read_real = read_real,
	.write_real = write_real,
	.read_absolute = read_absolute,
	.write_absolute = write_absolute,
	.or_absolute = or_absolute,
	.adapter_interruption = adapter_interruption,
	.channel_report = channel_report,
	.events_fetched = events_fetched,
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
							.vfs = 4, .logger = logger };
	struct zpci_function_options function = {
		.size = sizeof(function), .vf = 3, .fid = 0x1021, .uid = 0x111,
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

/* ============================================================================================
 * The guest. From here on everything goes through registers, storage and instructions.
 */

#define BLOCK 0x2000u /* where the guest keeps its CLP block, ... */
#define FIB 0x4000u
#define AIBV 0x5000u  /* interruption bit vector */
#define AISB 0x5100u  /* summary bits */
#define ISC 2u        /* Linux takes PCI interruptions on this subclass */

struct guest {
	struct vm *vm;
	struct zpci_firmware *firmware;
	uint32_t handle;
};

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "example-vmm: %s\n", what);
	exit(1);
}

/* What an instruction interception does. */
static void execute(struct guest *guest, const uint8_t instruction[6])
{
	guest->vm->program = 0;
	require(zpci_firmware_execute(guest->firmware, NULL, instruction) == ZPCI_EXECUTED,
		"not an instruction of the firmware: a hypervisor would go on with its own");
	require(!guest->vm->program, "the instruction ended in a program interruption");
	require(guest->vm->cc == 0, "the instruction set another condition code than 0");
}

/* CLP: a request block, and at once behind it the place for the response. */
static uint8_t *clp_begin(struct guest *guest, unsigned command, unsigned response_length)
{
	uint8_t *block = guest->vm->storage + BLOCK;

	memset(block, 0, 4096);
	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, command);
	zpci_put_be(block + 32, 2, response_length);
	return block;
}

static void clp(struct guest *guest)
{
	static const uint8_t clp_r2_r3[6] = { 0xb9, 0xa0, ZPCI_CLP_LPS_PCI, 0x23 };
	const uint8_t *response = guest->vm->storage + BLOCK + 32;

	guest->vm->gr[3] = BLOCK;
	execute(guest, clp_r2_r3);
	require(zpci_get_be(response + 2, 2) == ZPCI_CLP_OK, "CLP refused the request");
}

/* PCILG and PCISTG: handle, space and length in one register, the offset in the next. The bytes
 * are not swapped, and PCI is little-endian: what Linux does in zpci_load(), zpci_store(). */
static uint64_t pci_load(struct guest *guest, unsigned space, uint64_t offset, unsigned length)
{
	static const uint8_t pcilg_r1_r2[6] = { 0xb9, 0xd2, 0, 0x12 };
	uint8_t bytes[8];

	guest->vm->gr[2] = (uint64_t)guest->handle << 32 | space << 16 | length;
	guest->vm->gr[3] = offset;
	execute(guest, pcilg_r1_r2);
	zpci_put_be(bytes, length, guest->vm->gr[1]);
	return zpci_get_le(bytes, length);
}

static void pci_store(struct guest *guest, unsigned space, uint64_t offset, unsigned length,
		      uint64_t value)
{
	static const uint8_t pcistg_r1_r2[6] = { 0xb9, 0xd0, 0, 0x12 };
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	guest->vm->gr[1] = zpci_get_be(bytes, length);
	guest->vm->gr[2] = (uint64_t)guest->handle << 32 | space << 16 | length;
	guest->vm->gr[3] = offset;
	execute(guest, pcistg_r1_r2);
}

static void find_function(struct guest *guest)
{
	struct zpci_clp_list_entry entry;
	const uint8_t *response = clp_begin(guest, ZPCI_CLP_LIST, 32 + 16 * 10) + 32;

	clp(guest);
	require(zpci_get_be(response, 2) == 32 + 16, "the list does not have one entry");
	memcpy(&entry, response + 32, sizeof(entry));
	guest->handle = zpci_be32_get(entry.handle);
	printf("List: function %08x, handle %08x, PCI ID %04x:%04x\n", zpci_be32_get(entry.fid),
	       guest->handle, zpci_be16_get(entry.vendor), zpci_be16_get(entry.device));
}

/* Returns the function's group. */
static unsigned query_function(struct guest *guest)
{
	struct zpci_clp_query_function_response function;
	uint8_t *block = clp_begin(guest, ZPCI_CLP_QUERY_FUNCTION, sizeof(function));

	zpci_put_be(block + 16, 4, guest->handle);
	clp(guest);
	memcpy(&function, block + 32, sizeof(function));
	printf("Query: VF %u of PCHID %04x, BAR 0 has 2^%u bytes; as vfn is not 0, a kernel "
	       "concludes that there is no Memory bit\n", zpci_be16_get(function.vfn),
	       zpci_be16_get(function.pchid), function.bar_size[0]);
	return function.pfgid;
}

/* Returns the address that a device writes to when it means an interruption. */
static uint64_t query_group(struct guest *guest, unsigned group)
{
	uint8_t *block = clp_begin(guest, ZPCI_CLP_QUERY_GROUP,
				   sizeof(struct zpci_clp_query_group_response));

	block[19] = (uint8_t)group;
	clp(guest);
	return zpci_get_be(block + 32 + 40, 8);
}

/* Enabling gives a new handle; the old one is dead from then on. */
static void enable(struct guest *guest)
{
	uint8_t *block = clp_begin(guest, ZPCI_CLP_SET_FUNCTION,
				   sizeof(struct zpci_clp_set_function_response));

	zpci_put_be(block + 16, 4, guest->handle);
	block[22] = ZPCI_CLP_SET_ENABLE;
	block[23] = 1; /* DMA address spaces */
	clp(guest);
	guest->handle = (uint32_t)zpci_get_be(block + 32 + 16, 4);
	printf("Set: enabled, handle %08x\n", guest->handle);
}

/* MPCIFC: vector n is bit n of AIBV; bit 0 at AISB sums them up. */
static void register_interruptions(struct guest *guest)
{
	static const uint8_t mpcifc_r1_fib[6] = { 0xe3, 0x10, 0x20, 0x00, 0x00, 0xd0 };
	struct zpci_fib fib = { 0 };

	zpci_be32_put(&fib.interruption, ISC << ZPCI_FIB_INT_ISC_SHIFT |
		      ZPCI_PROBE_VECTORS << ZPCI_FIB_INT_NOI_SHIFT | ZPCI_FIB_INT_SUM);
	zpci_be64_put(&fib.aibv, AIBV);
	zpci_be64_put(&fib.aisb, AISB);
	memcpy(guest->vm->storage + FIB, &fib, sizeof(fib));
	guest->vm->gr[1] = (uint64_t)guest->handle << 32 | ZPCI_MPCIFC_REG_INT;
	guest->vm->gr[2] = FIB;
	execute(guest, mpcifc_r1_fib);
}

/* Offset of capability @id in config space, as any PCI driver walks the list. */
static unsigned find_capability(struct guest *guest, unsigned id)
{
	unsigned offset = (unsigned)pci_load(guest, ZPCI_SPACE_CONFIG, 0x34, 1);

	while (offset && pci_load(guest, ZPCI_SPACE_CONFIG, offset, 1) != id)
		offset = (unsigned)pci_load(guest, ZPCI_SPACE_CONFIG, offset + 1, 1);
	require(offset, "the function has no such capability");
	return offset;
}

/* MSI-X: the message of @vector is its own number, written to the group's address. */
static void program_vector(struct guest *guest, unsigned vector, uint64_t msi_address)
{
	uint64_t entry = ZPCI_PROBE_MSIX_TABLE + 16 * vector;

	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry, 8, msi_address);
	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry + 8, 4, vector);
	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry + 12, 4, 0); /* not masked */
	pci_store(guest, ZPCI_SPACE_CONFIG, find_capability(guest, 0x11) + 2, 2, 0x8000);
}

int main(void)
{
	static struct vm vm;
	struct guest guest = { .vm = &vm, .firmware = make_firmware(&vm) };
	const unsigned vector = 5;

	find_function(&guest);
	uint64_t msi_address = query_group(&guest, query_function(&guest));

	enable(&guest);
	printf("Load: config space says %04x:%04x, BAR 0 says ID %08x, VF %u\n",
	       (unsigned)pci_load(&guest, ZPCI_SPACE_CONFIG, 0, 2),
	       (unsigned)pci_load(&guest, ZPCI_SPACE_CONFIG, 2, 2),
	       (unsigned)pci_load(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_ID, 4),
	       (unsigned)pci_load(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_VF, 4));

	register_interruptions(&guest);
	program_vector(&guest, vector, msi_address);
	pci_store(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, vector);
	printf("Doorbell: vector %u rung; AIBV %02x, AISB %02x, %u interruption on ISC %u\n",
	       vector, vm.storage[AIBV], vm.storage[AISB], vm.interruptions[ISC], ISC);
	require(vm.storage[AIBV] == 0x80 >> vector && vm.storage[AISB] == 0x80 &&
		vm.interruptions[ISC] == 1, "the interruption did not arrive");

	/* The end: devices stop first, so that nothing touches storage that is going away. */
	zpci_firmware_quiesce(guest.firmware);
	zpci_firmware_destroy(guest.firmware);
	return 0;
}
