/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvm-script.h - a kernel that answers the binding's ioctls as a test says, and writes down what it
 * was asked. It knows no rules: tests/kvm has a /dev/kvm that does.
 *
 * It stands in place of ioctl(), for the descriptors below alone.
 */
#ifndef TESTS_KVM_SCRIPT_H
#define TESTS_KVM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zpci/machine/kvm/layout.h"

#define SCRIPT_VM 0x7000
#define SCRIPT_FLIC 0x7001
#define SCRIPT_VCPU 0x7002 /* of CPU 0; others behind it */
#define SCRIPT_VCPUS 4

struct script {
	/* Set by a test. */
	unsigned missing; /* capability that is absent; 0: none */
	bool interprets;  /* KVM_CAP_S390_ZPCI_OP */
	bool no_tod_ext;
	bool no_suppression; /* the guest has no facility 72 */
	uint64_t tod;
	uint8_t *storage; /* what logical addresses below @size name */
	size_t size;
	int exception; /* code of an access exception in each MEM_OP; 0: none */
	/* Called first; not 0: the errno that this ioctl fails with. NULL: never. */
	int (*refuse)(int descriptor, unsigned long request, const void *argument);

	/* What was asked. */
	struct layout_io_adapter adapter[16];
	unsigned adapters;
	_Atomic unsigned injected[LAYOUT_ADAPTERS]; /* by adapter ID */
	struct layout_ais_req mode;
	unsigned modes;
	struct layout_interrupt interrupt; /* the last one */
	_Atomic unsigned interrupts;
	struct layout_irq irq;
	int irq_descriptor;
	unsigned irqs;
	struct layout_mem_op mem_op;
	int mem_op_descriptor;
	_Atomic unsigned mem_ops;
};

extern struct script script;

#endif
