// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * cpu.c - a vCPU between its exit and the next KVM_RUN.
 *
 * All of its state is in the shared page. KVM has put it there at the exit, and takes PSW and
 * general registers from there at the next KVM_RUN, whatever kvm_dirty_regs says (store_regs() and
 * sync_regs() in arch/s390/kvm; the bit is set for form's sake). The instruction address is behind
 * the instruction already, also under EXECUTE.
 *
 * A program interruption is injected at once. KVM finds the length of the instruction from the last
 * exit, and would find another one after the next KVM_RUN.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/log.h"

#define CC_SHIFT 44 /* bits 18 and 19 of the PSW (Principles of Operation, chapter 4) */

uint64_t zpci_kvm_get_register(void *machine, void *cpu, unsigned number)
{
	(void)machine;
	return ((struct zpci_kvm_cpu *)cpu)->run->regs.gprs[number & 15];
}

void zpci_kvm_set_register(void *machine, void *opaque, unsigned number, uint64_t value)
{
	struct zpci_kvm_cpu *cpu = opaque;

	(void)machine;
	cpu->run->regs.gprs[number & 15] = value;
	cpu->run->dirty_regs |= LAYOUT_SYNC_GPRS;
}

uint64_t zpci_kvm_get_prefix(void *machine, void *cpu)
{
	(void)machine;
	return ((struct zpci_kvm_cpu *)cpu)->run->regs.prefix;
}

uint64_t zpci_kvm_get_psw_mask(void *machine, void *cpu)
{
	(void)machine;
	return ((struct zpci_kvm_cpu *)cpu)->run->psw_mask;
}

void zpci_kvm_set_condition_code(void *machine, void *opaque, unsigned cc)
{
	struct zpci_kvm_cpu *cpu = opaque;

	(void)machine;
	cpu->run->psw_mask &= ~(UINT64_C(3) << CC_SHIFT);
	cpu->run->psw_mask |= (uint64_t)(cc & 3) << CC_SHIFT;
}

void zpci_kvm_program_interruption(void *machine, void *opaque, uint16_t code)
{
	struct zpci_kvm_cpu *cpu = opaque;
	struct layout_irq irq = { .type = LAYOUT_PROGRAM_INT, .pgm.code = code };

	if (ioctl(cpu->vcpu, LAYOUT_IRQ, &irq))
		zpci_kvm_refused(machine, cpu, "a program interruption (KVM_S390_IRQ)");
}

int zpci_kvm_refused(struct zpci_kvm *kvm, struct zpci_kvm_cpu *cpu, const char *what)
{
	int rc = -errno;

	if (!cpu->error)
		zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
			 "instruction 0x%04x%08x: KVM refused %s: %s; the guest cannot go on",
			 cpu->run->sieic.ipa, cpu->run->sieic.ipb, what, strerror(-rc));
	cpu->error = rc;
	return rc;
}
