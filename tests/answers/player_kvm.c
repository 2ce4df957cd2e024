// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * player_kvm.c - plays the rows through the binding for KVM, on the fake /dev/kvm
 * (tests/kvm/fake.h).
 *
 *	answers-kvm.tap          runs all rows, prints TAP
 *	answers-kvm.tap NUMBER   runs one row of the table
 *
 * The player is a small hypervisor, and the guest. For each instruction it scripts the exit that
 * KVM makes of it, gives it to zpci_kvm_exit(), and enters KVM_RUN again; then it looks at what the
 * guest has. Everything is new for each row.
 */
#include <string.h>

#include <zpci/kvm.h>

#include "answers.h"
#include "host.h"
#include "tests/kvm/arguments.h"
#include "tests/kvm/layout.h"
#include "tests/kvm/vmm.h"

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
	struct vmm vmm;
	bool translated;
	bool poisoned;
	unsigned signals; /* that the guest took */
};

static struct kvm_player *of(struct player *player)
{
	return (struct kvm_player *)player;
}

static void make(struct kvm_player *kvm, bool uid_checking)
{
	vmm_create(&kvm->vmm, STORAGE);
	host_make(&kvm->host, zpci_kvm_ops(), kvm->vmm.kvm, uid_checking);
	kvm->vmm.firmware = kvm->host.firmware;
	kvm->translated = kvm->poisoned = false;
	kvm->signals = 0;
}

static void unmake(struct kvm_player *kvm)
{
	host_unmake(&kvm->host);
	vmm_destroy(&kvm->vmm);
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
	return of(player)->vmm.storage + address;
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

/* KVM itself looks at these in the problem state (Linux: kvm_s390_handle_b2()). */
static bool kvm_refuses(const struct cpu *cpu, const uint8_t *code)
{
	return cpu->problem && (is(code, OP_CHSC) || is(code, OP_STCRW));
}

/* The hypervisor's own part: no channel report of anybody. */
static bool store_no_report(struct kvm_player *kvm, const uint8_t bytes[6], const struct cpu *cpu)
{
	uint64_t address = cpu->gr[bytes[2] >> 4] + ((bytes[2] & 0xf) << 8 | bytes[3]);
	uint64_t mask;

	if (!is(bytes, OP_STCRW))
		return false;
	memset(kvm->vmm.storage + address, 0, 4);
	memcpy(&mask, kvm->vmm.run + RUN_PSW_MASK, sizeof(mask));
	mask = (mask & ~(3ull << 44)) | 1ull << 44;
	memcpy(kvm->vmm.run + RUN_PSW_MASK, &mask, sizeof(mask));
	return true;
}

/* A guest takes the signal as soon as the instruction has ended. */
static void take_signal(struct kvm_player *kvm)
{
	uint32_t parameter;

	kvm->signals += fake_service_signal(kvm->vmm.vm, &parameter);
	if (fake_dropped_signals(kvm->vmm.vm))
		host_die("a service signal was lost");
}

static void look(struct kvm_player *kvm, struct cpu *cpu)
{
	struct fake_program program;
	struct fake_cpu state;

	fake_guest(kvm->vmm.vcpu, &state);
	memcpy(cpu->gr, state.gr, sizeof(cpu->gr));
	cpu->cc = (unsigned)(state.psw_mask >> 44 & 3);
	cpu->interruption = 0;
	cpu->length = cpu->advance = 0;
	if (!fake_program(kvm->vmm.vcpu, &program))
		return;
	cpu->interruption = program.code;
	cpu->length = program.length;
	cpu->advance = (unsigned)(program.psw_address - CODE);
	cpu->page = program.teid & ~0xfffull;
}

/* Of EXECUTE the guest's CPU gives the target. R1 is 0: nothing of it changes. */
static void execute(struct player *player, const uint8_t bytes[6], struct cpu *cpu)
{
	struct kvm_player *kvm = of(player);
	bool executed = bytes[0] == 0x44;
	const uint8_t *code = executed ? kvm->vmm.storage + cpu->gr[bytes[2] >> 4] : bytes;
	const struct fake_cpu state = state_of(kvm, cpu, length_of(bytes));
	struct fake_exit exit = {
		.reason = FAKE_SIEIC,
		.icptcode = FAKE_INSTRUCTION,
		.executed = executed,
		.cpu = &state,
	};

	cpu->left = false;
	if (kvm_refuses(cpu, code)) {
		cpu->interruption = ZPCI_PGM_PRIVILEGED;
		cpu->length = 0;
		return;
	}
	memcpy(exit.instruction, code, length_of(code));
	if (!vmm_exit(&kvm->vmm, &exit))
		cpu->left = !store_no_report(kvm, bytes, cpu);
	vmm_enter(&kvm->vmm);
	look(kvm, cpu);
	take_signal(kvm);
}

static void protect(struct player *player, uint64_t invalid, uint64_t protected)
{
	struct kvm_player *kvm = of(player);
	uint64_t page = (invalid | protected) & ~0xfffull;

	kvm->translated = page != 0;
	fake_translate(kvm->vmm.vm, PRIMARY_SPACE, 0, 0x80000000, 0, SEGMENT_TRANSLATION);
	fake_translate(kvm->vmm.vm, PRIMARY_SPACE, 0, STORAGE, 0, 0);
	fake_translate(kvm->vmm.vm, SECONDARY_SPACE, SECONDARY_OFFSET, STORAGE, 0, 0);
	fake_translate(kvm->vmm.vm, HOME_SPACE, HOME_OFFSET, STORAGE, 0, 0);
	fake_translate(kvm->vmm.vm, LISTED_SPACE, LISTED_OFFSET, STORAGE, 0, 0);
	fake_access_list(kvm->vmm.vm, LISTED_ALET, LISTED_SPACE, 0);
	if (invalid)
		fake_translate(kvm->vmm.vm, PRIMARY_SPACE, page, 4096, 0, PAGE_TRANSLATION);
	if (protected)
		fake_translate(kvm->vmm.vm, PRIMARY_SPACE, page, 4096, page, FAKE_PROTECTED);
}

static void set_key(struct player *player, uint64_t address, unsigned key)
{
	fake_storage_key(of(player)->vmm.vm, address, key);
}

/* --- what is presented ------------------------------------------------------------------------ */

static unsigned interruptions(struct player *player, unsigned isc)
{
	return fake_adapter_interruptions(of(player)->vmm.vm, isc);
}

/* A machine check tells the guest to ask; it asks until there is no more. */
static unsigned count_reports(struct kvm_player *kvm)
{
	static const uint8_t stcrw[6] = { 0xb2, 0x39, 0xb0, 0x00 };
	unsigned count = 0;
	uint64_t cr14, mcic;
	struct cpu cpu = { .cc = 0 };

	if (!fake_machine_check(kvm->vmm.vm, &cr14, &mcic))
		return 0;
	if (!(cr14 & MCHK_CR14_CHANNEL_REPORT) || !(mcic & MCHK_CHANNEL_REPORT))
		host_die("a machine check that is no channel report");
	while (!cpu.cc) {
		cpu.gr[11] = REPORT;
		execute(&kvm->host.player, stcrw, &cpu);
		count += !cpu.cc && zpci_get_be(kvm->vmm.storage + REPORT, 4) == 0x0b000000;
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

	zpci_kvm_reset(kvm->vmm.kvm, kvm->host.firmware,
		       whole_system ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
	if (set_attribute(kvm->vmm.flic, FLIC_CLEAR_IRQS, 0, NULL) ||
	    set_attribute(kvm->vmm.flic, FLIC_AISM_ALL, 0, all_modes))
		host_die("the FLIC cannot be cleared");
}

/* One slot becomes two, with a hole of pages between them, and one again. */
static void poison(struct player *player, uint64_t start, uint64_t length)
{
	uint64_t first = start & ~0xfffull, end = (start + length + 0xfff) & ~0xfffull;
	struct kvm_player *kvm = of(player);

	for (uint32_t slot = 0; slot < 3; slot++)
		if (kvm->poisoned == (slot > 0))
			vmm_slot(&kvm->vmm, slot, 0, 0);
	kvm->poisoned = length != 0;
	if (!length) {
		vmm_slot(&kvm->vmm, 0, 0, STORAGE);
		return;
	}
	vmm_slot(&kvm->vmm, 1, 0, first);
	vmm_slot(&kvm->vmm, 2, end, STORAGE - end);
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
