// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exit.c - one exit of KVM_RUN.
 *
 * KVM leaves KVM_RUN with KVM_EXIT_S390_SIEIC and an interception code. Code 4 is an instruction
 * that KVM does not execute; ipa and ipb are its bytes as numbers, those of the target under
 * EXECUTE. Everything else is the hypervisor's.
 *
 * On hosts that interpret PCI instructions (KVM_S390_ZPCI_OP), loads and stores do not leave SIE if
 * the bits 00FF0000 of their handle are 0. Handles of ours have one of these bits, so that theirs
 * always arrive here. SIC never does there: KVM's own mode stays "all", and adapter interruptions
 * are not suppressed. A function that was passed to the guest by hardware would be handled beside
 * this file, by the host's handle; there is none yet.
 */
#include <errno.h>

#include <zpci/bytes.h>

#include "internal.h"
#include "zpci/util/instruction.h"

/* Channel-report word of "event information pending" (reference 8.1). */
static const uint8_t event_report[4] = { 0x0b };

static uint64_t base_and_displacement(const struct zpci_kvm_cpu *cpu, unsigned base,
				      unsigned displacement)
{
	return (base ? cpu->run->regs.gprs[base] : 0) + displacement;
}

/* The guest takes a report of ours before it takes one of the hypervisor's. It stays pending if it
 * cannot be stored. KVM has checked the problem state. */
static bool store_channel_report(struct zpci_kvm *kvm, struct zpci_kvm_cpu *cpu,
				 const uint8_t bytes[6])
{
	unsigned base = bytes[2] >> 4;
	uint64_t address = base_and_displacement(cpu, base, (bytes[2] & 15u) << 8 | bytes[3]);
	int rc;

	if (!zpci_kvm_take_report(kvm))
		return false;
	if (address % sizeof(event_report)) {
		zpci_kvm_return_report(kvm);
		zpci_kvm_program_interruption(kvm, cpu, ZPCI_PGM_SPECIFICATION);
		return true;
	}
	rc = zpci_kvm_write_logical(kvm, cpu, address, base, event_report, sizeof(event_report));
	if (!rc) {
		zpci_kvm_set_condition_code(kvm, cpu, 0);
		return true;
	}
	zpci_kvm_return_report(kvm);
	if (rc == -EFAULT)
		zpci_kvm_program_interruption(kvm, cpu, ZPCI_PGM_ADDRESSING);
	return true;
}

/* Reference 2.7: problem state, operation, facility. It sets no condition code. */
static bool set_interruption_controls(struct zpci_kvm *kvm, struct zpci_kvm_cpu *cpu,
				      const uint8_t bytes[6])
{
	uint64_t operation = zpci_kvm_get_register(kvm, cpu, displaced_r1(bytes)) & 0xffff;
	uint64_t isc = zpci_kvm_get_register(kvm, cpu, displaced_third(bytes)) >> 27 & 7;

	if (!kvm->sic)
		return false;
	if (cpu->run->psw_mask & ZPCI_PSW_PROBLEM_STATE)
		zpci_kvm_program_interruption(kvm, cpu, ZPCI_PGM_PRIVILEGED);
	else if (operation > 1)
		zpci_kvm_program_interruption(kvm, cpu, ZPCI_PGM_OPERAND);
	else if (zpci_kvm_set_mode(kvm, (unsigned)isc, (unsigned)operation))
		zpci_kvm_program_interruption(kvm, cpu, ZPCI_PGM_OPERATION);
	return true;
}

static bool execute(struct zpci_kvm *kvm, zpci_kvm_execute *execute_known, void *opaque,
		    struct zpci_kvm_cpu *cpu, const uint8_t bytes[6])
{
	if (zpci_instruction_known(bytes))
		return execute_known(opaque, cpu, bytes) == ZPCI_EXECUTED;
	switch (decode_opcode(bytes)) {
	case OP_STCRW:
		return store_channel_report(kvm, cpu, bytes);
	case OP_SIC:
		return set_interruption_controls(kvm, cpu, bytes);
	default:
		return false;
	}
}

int zpci_kvm_exit_by(struct zpci_kvm *kvm, zpci_kvm_execute *execute_known, void *opaque, int vcpu,
		     struct kvm_run *run)
{
	struct zpci_kvm_cpu cpu = { .vcpu = vcpu, .run = (struct layout_run *)run };
	uint8_t bytes[6];
	bool executed;

	if (cpu.run->exit_reason != LAYOUT_EXIT_SIEIC ||
	    cpu.run->sieic.icptcode != LAYOUT_ICPT_INSTRUCTION)
		return 0;
	zpci_put_be(bytes, 2, cpu.run->sieic.ipa);
	zpci_put_be(bytes + 2, 4, cpu.run->sieic.ipb);
	executed = execute(kvm, execute_known, opaque, &cpu, bytes);
	return cpu.error ? cpu.error : executed;
}

static enum zpci_disposition execute_by_firmware(void *firmware, void *cpu,
						 const uint8_t instruction[6])
{
	return zpci_firmware_execute(firmware, cpu, instruction);
}

int zpci_kvm_exit(struct zpci_kvm *kvm, struct zpci_firmware *firmware, int vcpu,
		  struct kvm_run *run)
{
	return zpci_kvm_exit_by(kvm, execute_by_firmware, firmware, vcpu, run);
}
