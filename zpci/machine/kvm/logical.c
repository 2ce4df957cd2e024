// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * logical.c - operands of instructions, by KVM_S390_MEM_OP.
 *
 * KVM translates by the PSW, control registers and access registers that the vCPU had at its exit,
 * looks at storage keys if it is asked to, and moves the bytes. It translates all pages before it
 * moves a byte; a storage key it checks when it moves the bytes of that page. It queues an access
 * exception for the vCPU, with all that a handler wants to know, and returns its code, which is a
 * positive number.
 *
 * A negative errno is none of the guest's doing, but -EFAULT: a page is in no slot, or in a
 * read-only one. The firmware then ends the instruction in an addressing exception.
 */
#include <errno.h>

#include "internal.h"

#define PAGE 4096u
#define KEY_SHIFT 52 /* access key: bits 8 to 11 of the PSW */

static int mem_op(struct zpci_kvm *kvm, struct zpci_kvm_cpu *cpu, struct layout_mem_op *op)
{
	int rc;

	if (!op->size)
		return 0;
	op->flags |= LAYOUT_MEMOP_INJECT_EXCEPTION;
	if (kvm->keys) {
		op->flags |= LAYOUT_MEMOP_SKEY_PROTECTION;
		op->key = (uint8_t)(cpu->run->psw_mask >> KEY_SHIFT & 15);
	}
	rc = ioctl(cpu->vcpu, LAYOUT_MEM_OP, op);
	if (rc > 0)
		return ZPCI_EXCEPTION_DELIVERED;
	if (!rc)
		return 0;
	return errno == EFAULT ? -EFAULT
			       : zpci_kvm_refused(kvm, cpu, "an operand (KVM_S390_MEM_OP)");
}

int zpci_kvm_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			  size_t length)
{
	struct layout_mem_op op = {
		.gaddr = address,
		.size = (uint32_t)length,
		.op = LAYOUT_MEMOP_LOGICAL_READ,
		.buf = (uintptr_t)buffer,
		.ar = (uint8_t)ar,
	};

	return mem_op(machine, cpu, &op);
}

int zpci_kvm_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			   bool write)
{
	struct layout_mem_op op = {
		.gaddr = address,
		.flags = LAYOUT_MEMOP_CHECK_ONLY,
		.size = (uint32_t)length,
		.op = write ? LAYOUT_MEMOP_LOGICAL_WRITE : LAYOUT_MEMOP_LOGICAL_READ,
		.ar = (uint8_t)ar,
	};

	return mem_op(machine, cpu, &op);
}

int zpci_kvm_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			   const void *buffer, size_t length)
{
	struct layout_mem_op op = {
		.gaddr = address,
		.size = (uint32_t)length,
		.op = LAYOUT_MEMOP_LOGICAL_WRITE,
		.buf = (uintptr_t)buffer,
		.ar = (uint8_t)ar,
	};

	int rc = 0;

	/* Else the first page would be stored before the key of the second one is looked at. */
	if (address % PAGE + length > PAGE)
		rc = zpci_kvm_check_logical(machine, cpu, address, ar, length, true);
	return rc ? rc : mem_op(machine, cpu, &op);
}
