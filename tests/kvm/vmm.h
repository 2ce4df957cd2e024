/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmm.h - a hypervisor for tests of the binding on the fake /dev/kvm: one VM with one vCPU, a FLIC,
 * suppression and storage from 0 on. If anything cannot be had, the process ends with a message.
 */
#ifndef TESTS_KVM_VMM_H
#define TESTS_KVM_VMM_H

#include <stdint.h>

#include <zpci/kvm.h>

#include "fake.h"

struct vmm {
	int system, vm, flic, vcpu;
	uint64_t size;
	int file; /* of storage */
	uint8_t *storage;
	uint8_t *run; /* struct kvm_run */
	struct zpci_kvm *kvm;
	struct zpci_firmware
		*firmware; /* the test's, for the calls below; NULL before it is made */
};

/* With @size bytes of storage. */
void vmm_create(struct vmm *vmm, uint64_t size);
/* After the firmware was destroyed. */
void vmm_destroy(struct vmm *vmm);

/* A slot of KVM's, with the storage of the same addresses; @length 0: it goes away. */
void vmm_slot(struct vmm *vmm, uint32_t number, uint64_t start, uint64_t length);

/* One instruction of the guest: the exit @exit, and zpci_kvm_exit(), whose result it returns. Then
 * vmm_enter() enters KVM_RUN again, so that the guest has what came of it. */
int vmm_exit(struct vmm *vmm, const struct fake_exit *exit);
void vmm_enter(struct vmm *vmm);

__attribute__((noreturn)) void vmm_die(const char *what);

#endif
