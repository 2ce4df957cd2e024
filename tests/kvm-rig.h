/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvm-rig.h - common ground of the tests of the machine on KVM: a VM in the scripted kernel, its
 * firmware with an adapter of the model `bench`, 16 MiB of storage in one slot, and one vCPU's
 * shared page, which a test fills in as an exit does.
 */
#ifndef TESTS_KVM_RIG_H
#define TESTS_KVM_RIG_H

#include "kvm-script.h"
#include "zpci/machine/kvm/internal.h"

#define RIG_STORAGE 0x1000000ull

struct rig {
	struct zpci_kvm *kvm;
	struct zpci_firmware *firmware;
	struct zpci_adapter *adapter;
	uint8_t *storage;
	struct layout_run *run;
	uint64_t psw;	 /* further bits of the PSW's mask at the next exit */
	uint32_t handle; /* of the function that rig_enabled() made */
	_Atomic unsigned messages[ZPCI_LOG_DEBUG + 1];
};

int rig_setup(void **state);
int rig_teardown(void **state);
/* Begins a VM, with the options of a test, whose size and logger are filled in; NULL: the usual
 * ones. rig_end() ends it. */
void rig_begin(struct rig *rig, const struct zpci_kvm_options *options);
void rig_end(struct rig *rig);

/* Plugs a VF of the bench adapter, which shows its IDs; returns its handle. */
uint32_t rig_add(struct rig *rig, unsigned vf);
/* Set PCI function, without an instruction; returns the new handle. */
uint32_t rig_set_enabled(struct rig *rig, uint32_t handle, bool enabled);
/* Plugs VF 1 and enables it. */
uint32_t rig_enabled(struct rig *rig);

/* The shared page as after an exit for the instruction @bytes, in 64-bit mode and supervisor state.
 * What KVM does not define has other bytes. */
void rig_exit(struct rig *rig, const uint8_t bytes[6]);
/* Hands the exit over. */
int rig_handle(struct rig *rig);
/* Condition code of the PSW. */
unsigned rig_cc(const struct rig *rig);

#endif
