// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * player_kvm.c - plays the rows through the binding for KVM, on the fake /dev/kvm (tests/kvm/fake.h).
 *
 *	answers-kvm.tap          runs all rows, prints TAP
 *	answers-kvm.tap NUMBER   runs one row of the table
 *
 * The player is a small hypervisor, and the guest. For each instruction it scripts the exit that KVM
 * makes of it, gives it to zpci_kvm_exit(), and enters KVM_RUN again; then it looks at what the guest
 * has. Everything is new for each row.
 */
#define _GNU_SOURCE /* memfd_create */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zpci/kvm.h>

#include "answers.h"
#include "host.h"
#include "tests/kvm/fake.h"
#include "tests/kvm/layout.h"

#define STORAGE 0x1000000u
#define WORK 0x100000u
#define CODE 0x20000u	/* where the guest's instructions are said to be */
#define REPORT 0x30000u /* STCRW of reports() */

/* Of the guest's address spaces, in control registers 1, 7 and 13. */
#define PRIMARY_SPACE 0x40003u
#define SECONDARY_SPACE 0x44003u
#define HOME_SPACE 0x48003u
#define LISTED_SPACE 0x4c003u

struct kvm_player {
	struct host host;
	int kvm_file, vm, flic, vcpu, file;
	uint8_t *storage;
	void *run;
	struct zpci_kvm *kvm;
	bool translated;
	bool poisoned;
	unsigned signals; /* that the guest took */
};

static struct kvm_player *of(struct player *player)
{
	return (struct kvm_player *)player;
}

/* --- a hypervisor ----------------------------------------------------------------------------- */

static int must(int rc, const char *what)
{
	if (rc < 0)
		host_die(what);
	return rc;
}

static void log_message(void *opaque, enum zpci_log_level level, const char *message)
{
	const struct kvm_player *player = opaque;

	if (level <= ZPCI_LOG_WARNING)
		player->host.player.print("# %s\n", message);
}

static int set_attribute(int fd, unsigned long request, unsigned group, uint64_t attr,
			 const void *address)
{
	const struct {
		uint32_t flags, group;
		uint64_t attr, address;
	} attribute = { 0, group, attr, (uintptr_t)address };

	return ioctl(fd, request, &attribute);
}

/* A slot of KVM's and ours; @length 0: it goes away. */
static void set_slot(struct kvm_player *kvm, uint32_t number, uint64_t start, uint64_t length)
{
	const struct {
		uint32_t slot, flags;
		uint64_t guest, size, host;
	} region = { number, 0, start, length, (uintptr_t)kvm->storage + start };
	const struct zpci_kvm_slot slot = {
		.size = sizeof(slot),
		.slot = number,
		.absolute = start,
		.length = length,
		.host = kvm->storage + start,
		.file = kvm->file,
		.offset = start,
	};

	must(ioctl(kvm->vm, SET_USER_MEMORY_REGION, &region), "no memory slot");
	must(zpci_kvm_memory(kvm->kvm, kvm->host.firmware, &slot), "zpci_kvm_memory()");
}

static void enable_suppression(const struct kvm_player *kvm)
{
	const struct {
		uint32_t number, flags;
		uint64_t arguments[4];
		uint8_t padding[64];
	} capability = { .number = CAP_S390_AIS };

	must(ioctl(kvm->vm, ENABLE_CAP, &capability), "no suppression");
}

static void set_facilities(const struct kvm_player *kvm)
{
	uint64_t processor[PROCESSOR_BYTES / 8];

	must(set_attribute(kvm->vm, GET_DEVICE_ATTR, VM_CPU_MODEL, CPU_PROCESSOR, processor),
	     "no CPU model");
	processor[PROCESSOR_LIST / 8 + 1] |= 0x0500000000000000;
	must(set_attribute(kvm->vm, SET_DEVICE_ATTR, VM_CPU_MODEL, CPU_PROCESSOR, processor),
	     "no CPU model");
}

static void create_vm(struct kvm_player *kvm)
{
	struct {
		uint32_t type;
		int fd;
		uint32_t flags;
	} device = { .type = DEVICE_TYPE_FLIC };

	kvm->kvm_file = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "no /dev/kvm");
	kvm->vm = must(ioctl(kvm->kvm_file, CREATE_VM, 0), "no VM");
	enable_suppression(kvm);
	set_facilities(kvm);
	must(ioctl(kvm->vm, CREATE_DEVICE, &device), "no FLIC");
	kvm->flic = device.fd;
	kvm->file = must(memfd_create("storage", MFD_CLOEXEC), "no storage");
	must(ftruncate(kvm->file, STORAGE), "no storage");
	kvm->storage = mmap(NULL, STORAGE, PROT_READ | PROT_WRITE, MAP_SHARED, kvm->file, 0);
	if (kvm->storage == MAP_FAILED)
		host_die("no storage");
}

static void create_vcpu(struct kvm_player *kvm)
{
	kvm->vcpu = must(ioctl(kvm->vm, CREATE_VCPU, 0), "no vCPU");
	kvm->run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, kvm->vcpu, 0);
	if (kvm->run == MAP_FAILED)
		host_die("no kvm_run");
}

static void make(struct kvm_player *kvm, bool uid_checking)
{
	struct zpci_kvm_options options = { .size = sizeof(options),
					    .logger = { log_message, kvm },
					    .sic = true };

	create_vm(kvm);
	options.vm = kvm->vm;
	options.flic = kvm->flic;
	must(zpci_kvm_create(&options, &kvm->kvm), "zpci_kvm_create()");
	kvm->host.firmware = NULL;
	set_slot(kvm, 0, 0, STORAGE);
	create_vcpu(kvm);
	host_make(&kvm->host, zpci_kvm_ops(), kvm->kvm, uid_checking);
	kvm->translated = kvm->poisoned = false;
	kvm->signals = 0;
}

static void unmake(struct kvm_player *kvm)
{
	host_unmake(&kvm->host);
	zpci_kvm_destroy(kvm->kvm);
	munmap(kvm->run, RUN_SIZE);
	munmap(kvm->storage, STORAGE);
	close(kvm->vcpu);
	close(kvm->flic);
	close(kvm->vm);
	close(kvm->kvm_file);
	close(kvm->file);
}

static void begin(struct player *player)
{
	make(of(player), true);
}

static void finish(struct player *player)
{
	unmake(of(player));
}

static void no_uid_checking(struct player *player)
{
	unmake(of(player));
	make(of(player), false);
}

/* --- the guest's CPU -------------------------------------------------------------------------- */

static uint8_t *storage(struct player *player, uint64_t address)
{
	return of(player)->storage + address;
}

static const uint64_t modes[] = { [MODE_64] = PSW_64, [MODE_31] = PSW_31, [MODE_24] = 0 };

/* The state behind an instruction of @length. */
static struct fake_cpu state_of(const struct kvm_player *kvm, const struct cpu *cpu,
				unsigned length)
{
	struct fake_cpu state = {
		.psw_mask = modes[cpu->mode] | (cpu->problem ? ZPCI_PSW_PROBLEM_STATE : 0) |
			    (kvm->translated ? PSW_DAT : 0) |
			    (uint64_t)cpu->space << PSW_SPACE_SHIFT | (uint64_t)cpu->key << 52,
		.psw_address = CODE + length,
		.cr = { CR0_INITIAL, [1] = PRIMARY_SPACE, [7] = SECONDARY_SPACE, [13] = HOME_SPACE,
			[14] = CR14_INITIAL },
		.prefix = (uint32_t)cpu->prefix,
	};

	memcpy(state.gr, cpu->gr, sizeof(state.gr));
	memcpy(state.ar, cpu->ar, sizeof(state.ar));
	return state;
}

static unsigned length_of(const uint8_t bytes[6])
{
	return bytes[0] < 0x40 ? 2 : bytes[0] < 0xc0 ? 4 : 6;
}

static bool is(const uint8_t bytes[6], unsigned opcode)
{
	return bytes[0] == opcode >> 8 && bytes[1] == (opcode & 0xff);
}

/* Of EXECUTE the guest's CPU gives the target, and R1 is 0: nothing of it changes. */
static bool script(struct kvm_player *kvm, const uint8_t bytes[6], const struct cpu *cpu)
{
	bool executed = bytes[0] == 0x44;
	const uint8_t *code = executed ? kvm->storage + cpu->gr[bytes[2] >> 4] : bytes;
	const struct fake_cpu state = state_of(kvm, cpu, length_of(bytes));
	struct fake_exit exit = {
		.reason = FAKE_SIEIC,
		.icptcode = FAKE_INSTRUCTION,
		.executed = executed,
		.cpu = &state,
	};

	/* KVM itself looks at these in the problem state (Linux: handle_io_inst()). */
	if (cpu->problem && (is(code, OP_CHSC) || is(code, OP_STCRW)))
		return false;
	memcpy(exit.instruction, code, length_of(code));
	fake_exit(kvm->vcpu, &exit);
	return true;
}

/* The hypervisor's own part: no channel report of anybody. */
static bool store_no_report(struct kvm_player *kvm, const uint8_t bytes[6], const struct cpu *cpu)
{
	uint64_t address = cpu->gr[bytes[2] >> 4] + ((bytes[2] & 0xf) << 8 | bytes[3]);
	uint64_t mask;

	if (!is(bytes, OP_STCRW))
		return false;
	memset(kvm->storage + address, 0, 4);
	memcpy(&mask, (uint8_t *)kvm->run + RUN_PSW_MASK, sizeof(mask));
	mask = (mask & ~(3ull << 44)) | 1ull << 44;
	memcpy((uint8_t *)kvm->run + RUN_PSW_MASK, &mask, sizeof(mask));
	return true;
}

/* A guest takes the signal as soon as the instruction has ended. */
static void take_signal(struct kvm_player *kvm)
{
	uint32_t parameter;

	kvm->signals += fake_service_signal(kvm->vm, &parameter);
	if (fake_dropped_signals(kvm->vm))
		host_die("a service signal was lost");
}

static void look(struct kvm_player *kvm, struct cpu *cpu)
{
	struct fake_program program;
	struct fake_cpu state;

	fake_guest(kvm->vcpu, &state);
	memcpy(cpu->gr, state.gr, sizeof(cpu->gr));
	cpu->cc = (unsigned)(state.psw_mask >> 44 & 3);
	cpu->interruption = 0;
	cpu->length = cpu->advance = 0;
	if (!fake_program(kvm->vcpu, &program))
		return;
	cpu->interruption = program.code;
	cpu->length = program.length;
	cpu->advance = (unsigned)(program.psw_address - CODE);
	cpu->page = program.teid & ~0xfffull;
}

static void execute(struct player *player, const uint8_t bytes[6], struct cpu *cpu)
{
	static const struct fake_exit end = { .error = EINTR };
	struct kvm_player *kvm = of(player);
	int rc;

	cpu->left = false;
	if (!script(kvm, bytes, cpu)) {
		cpu->interruption = ZPCI_PGM_PRIVILEGED;
		cpu->length = 0;
		return;
	}
	must(ioctl(kvm->vcpu, RUN, 0), "KVM_RUN");
	rc = must(zpci_kvm_exit(kvm->kvm, kvm->host.firmware, kvm->vcpu, kvm->run),
		  "zpci_kvm_exit()");
	if (!rc)
		cpu->left = !store_no_report(kvm, bytes, cpu);
	fake_exit(kvm->vcpu, &end);
	if (ioctl(kvm->vcpu, RUN, 0) != -1 || errno != EINTR)
		host_die("KVM_RUN does not end");
	look(kvm, cpu);
	take_signal(kvm);
}

static void protect(struct player *player, uint64_t invalid, uint64_t protected)
{
	struct kvm_player *kvm = of(player);
	uint64_t page = (invalid | protected) & ~0xfffull;

	kvm->translated = page != 0;
	fake_translate(kvm->vm, PRIMARY_SPACE, 0, 0x80000000, 0, SEGMENT_TRANSLATION);
	fake_translate(kvm->vm, PRIMARY_SPACE, 0, STORAGE, 0, 0);
	fake_translate(kvm->vm, SECONDARY_SPACE, SECONDARY_OFFSET, STORAGE, 0, 0);
	fake_translate(kvm->vm, HOME_SPACE, HOME_OFFSET, STORAGE, 0, 0);
	fake_translate(kvm->vm, LISTED_SPACE, LISTED_OFFSET, STORAGE, 0, 0);
	fake_access_list(kvm->vm, LISTED_ALET, LISTED_SPACE, 0);
	if (invalid)
		fake_translate(kvm->vm, PRIMARY_SPACE, page, 4096, 0, PAGE_TRANSLATION);
	if (protected)
		fake_translate(kvm->vm, PRIMARY_SPACE, page, 4096, page, FAKE_PROTECTED);
}

static void set_key(struct player *player, uint64_t address, unsigned key)
{
	fake_storage_key(of(player)->vm, address, key);
}

/* --- what is presented ------------------------------------------------------------------------ */

static unsigned interruptions(struct player *player, unsigned isc)
{
	return fake_adapter_interruptions(of(player)->vm, isc);
}

/* A machine check tells the guest to ask; it asks until there is no more. */
static unsigned count_reports(struct kvm_player *kvm)
{
	static const uint8_t stcrw[6] = { 0xb2, 0x39, 0xb0, 0x00 };
	unsigned count = 0;
	uint64_t cr14, mcic;
	struct cpu cpu = { .cc = 0 };

	if (!fake_machine_check(kvm->vm, &cr14, &mcic))
		return 0;
	if (!(cr14 & MCHK_CR14_CHANNEL_REPORT) || !(mcic & MCHK_CHANNEL_REPORT))
		host_die("a machine check that is no channel report");
	while (!cpu.cc) {
		cpu.gr[11] = REPORT;
		execute(&kvm->host.player, stcrw, &cpu);
		count += !cpu.cc && zpci_get_be(kvm->storage + REPORT, 4) == 0x0b000000;
	}
	return count;
}

/* A report is presented by a thread of the library. */
static unsigned reports(struct player *player, unsigned expected)
{
	struct kvm_player *kvm = of(player);
	unsigned count = count_reports(kvm);

	for (unsigned i = 0; count < expected && i < 250000; i++) {
		player->pause(player);
		count += count_reports(kvm);
	}
	return count;
}

static unsigned completions(struct player *player)
{
	unsigned count = of(player)->signals;

	of(player)->signals = 0;
	return count;
}

static void set_mode(struct player *player, unsigned isc, unsigned mode)
{
	struct cpu cpu = { .gr = { [5] = isc << 27, [8] = mode } };
	uint8_t bytes[6];

	encode_displaced(bytes, OP_SIC, 8, 5, 0, 0);
	execute(player, bytes, &cpu);
	if (cpu.left || cpu.interruption)
		host_die("SIC is not executed");
}

/* --- the host --------------------------------------------------------------------------------- */

static void reset(struct player *player, bool whole_system)
{
	static const uint8_t all_modes[AIS_ALL_BYTES];
	struct kvm_player *kvm = of(player);

	zpci_kvm_reset(kvm->kvm, kvm->host.firmware,
		       whole_system ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
	must(set_attribute(kvm->flic, SET_DEVICE_ATTR, FLIC_CLEAR_IRQS, 0, NULL), "CLEAR_IRQS");
	must(set_attribute(kvm->flic, SET_DEVICE_ATTR, FLIC_AISM_ALL, 0, all_modes), "AISM_ALL");
}

/* One slot becomes two, with a hole of pages between them, and one again. */
static void poison(struct player *player, uint64_t start, uint64_t length)
{
	uint64_t first = start & ~0xfffull, end = (start + length + 0xfff) & ~0xfffull;
	struct kvm_player *kvm = of(player);

	for (uint32_t slot = 0; slot < 3; slot++)
		if (kvm->poisoned == (slot > 0))
			set_slot(kvm, slot, 0, 0);
	kvm->poisoned = length != 0;
	if (!length) {
		set_slot(kvm, 0, 0, STORAGE);
		return;
	}
	set_slot(kvm, 1, 0, first);
	set_slot(kvm, 2, end, STORAGE - end);
}

int main(int argc, char **argv)
{
	static struct kvm_player kvm = {
		.host.player = {
			.name = "the binding for KVM",
			.can = CAN_HOST | CAN_DAT | CAN_RESET | CAN_CPU | CAN_SPACES,
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
			.protect = protect,
			.storage_key = set_key,
		},
	};

	/* A hole has the size of a page. */
	fake_newest(true);
	host_operations(&kvm.host.player);
	return host_main(&kvm.host.player, argc, argv);
}
