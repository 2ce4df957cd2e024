/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/kvm.h - the machine binding for KVM on s390: for a hypervisor that has its VM, vCPUs and
 * memory already, and calls zpci_kvm_exit() with each exit of KVM_RUN.
 *
 *	zpci_kvm_create()       with the VM's and the FLIC's descriptors
 *	zpci_kvm_memory()       for each slot, beside KVM_SET_USER_MEMORY_REGION
 *	zpci_firmware_create()  with zpci_kvm_ops() and the struct zpci_kvm; zpci_firmware_add() ...
 *	loop, one thread for each vCPU:
 *	    KVM_RUN
 *	    zpci_kvm_exit()     1: go on; 0: the hypervisor handles the exit; < 0: stop the guest
 *	zpci_kvm_reset()        when the machine resets
 *	zpci_firmware_destroy(), zpci_kvm_destroy()
 *
 * examples/kvm.c is a small hypervisor on this header. The guest's CPU model must offer facilities
 * 69 (zPCI) and 71 (adapter events), and 72 (suppression of adapter interruptions) if KVM_CAP_
 * S390_AIS was enabled; the hypervisor answers what is not ours of the channel subsystem and SCLP.
 *
 * The kernel writes down its interface in Documentation/virt/kvm/api.rst and devices/s390_flic.rst,
 * devices/vm.rst; what is said of its behaviour here was read in arch/s390/kvm of Linux 6.1 to 7.3.
 *
 * What is not seen. Writes of devices to guest storage do not appear in KVM's dirty log, so a
 * hypervisor must not migrate a guest that has functions of ours. The guest must not be a protected
 * one (Secure Execution): its storage cannot be read from here.
 */
#ifndef ZPCI_KVM_H
#define ZPCI_KVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/firmware.h>
#include <zpci/log.h>
#include <zpci/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* The shared page of a vCPU, from <linux/kvm.h> on an s390 host. Fields are in host byte order. */
struct kvm_run;

/* One virtual machine; its inside is the library's. */
struct zpci_kvm;

/* Options; @size follows the rule of struct zpci_adapter_options. */
struct zpci_kvm_options {
	size_t size;		   /* sizeof(struct zpci_kvm_options) */
	struct zpci_logger logger; /* what this host's KVM lacks, and what follows; must work as
				      long as the struct zpci_kvm lives */
	/* Descriptor of KVM_CREATE_VM. It stays the caller's, who keeps it open until
	 * zpci_kvm_destroy(). */
	int vm;
	/* Descriptor of KVM_CREATE_DEVICE with KVM_DEV_TYPE_FLIC, likewise. -1: there is none; then
	 * adapter interruptions are injected by KVM_S390_INTERRUPT, and never suppressed. */
	int flic;
	/* First of the eight FLIC adapter IDs, one for each interruption subclass, that become ours
	 * until the VM ends: KVM cannot forget one, so a VM can have only one struct zpci_kvm with
	 * the same IDs in its life. At most 56. 0: 56 to 63, which QEMU does not use. Not looked at
	 * without a FLIC. */
	unsigned adapters;
	/* SET INTERRUPTION CONTROLS (SIC) is executed by us. False: it is left to the
	 * hypervisor. */
	bool sic;
};

/*
 * zpci_kvm_create - make the machine of one VM.
 * @options: copied
 * @kvm:     the result; the machine argument of zpci_firmware_create()
 * Sends one message for each thing that this KVM lacks, and says what follows. No vCPU need exist.
 * Returns 0; -EINVAL (an option; or KVM has one of the adapter IDs already); -EBADF (there is no
 * descriptor of the VM); -ENOTSUP (no KVM on s390, or one that lacks what is needed); -ENOMEM; or
 * ioctl's errno, negative.
 */
int zpci_kvm_create(const struct zpci_kvm_options *options, struct zpci_kvm **kvm);

/* Frees it, after its firmware was destroyed. No thread is inside of another call. NULL is
 * allowed. */
void zpci_kvm_destroy(struct zpci_kvm *kvm);

/* Its operations, for zpci_firmware_create(); the machine argument is the struct zpci_kvm. */
const struct zpci_machine_ops *zpci_kvm_ops(void);

/* One memory slot, as KVM has it (struct kvm_userspace_memory_region). */
struct zpci_kvm_slot {
	size_t size;	   /* sizeof(struct zpci_kvm_slot) */
	uint32_t slot;	   /* its number in KVM */
	uint64_t absolute; /* guest absolute address; a multiple of 4096 */
	uint64_t length;   /* bytes, a multiple of 4096; 0: the slot goes away */
	void *host;	   /* address in this process; a multiple of 4096 */
	int file;	   /* descriptor of what is mapped there, shared; -1: there is none */
	uint64_t offset;   /* of the first byte in that; a multiple of 4096 */
	/* KVM_MEM_READONLY, which KVM on s390 refuses (up to Linux 7.3). Writes fail as if there
	 * were no storage. */
	bool read_only;
};

/*
 * zpci_kvm_memory - a memory slot is new, has changed, or goes away.
 * @firmware: NULL: there is none yet
 * @memory:   replaces what is known of its slot; copied
 * Called after KVM took the new slot, and before the storage of one that goes away is unmapped.
 * When it returns, nothing of the library touches storage of a slot that went away, and devices
 * that map guest storage by themselves have dropped theirs. It waits for accesses under way.
 * Returns 0; -EINVAL (a length, an address or an offset); -EEXIST (it overlaps another slot);
 * -ENOENT (there is no slot that could go away); -ENOMEM.
 */
int zpci_kvm_memory(struct zpci_kvm *kvm, struct zpci_firmware *firmware,
		    const struct zpci_kvm_slot *memory);

/*
 * zpci_kvm_exit - execute the instruction for which KVM_RUN has returned 0.
 * @vcpu: descriptor of KVM_CREATE_VCPU
 * @run:  its shared page
 * Called on the vCPU's thread, with no lock held. Executes what zpci_firmware_execute() does;
 * STORE CHANNEL REPORT WORD (STCRW), while a channel report of ours is pending; and SIC, if asked
 * for. It changes general registers and the condition code in @run, and program interruptions are
 * in KVM when it returns, so that the caller has nothing to do but to call KVM_RUN.
 * KVM checks the problem state of STCRW itself, and this function that of SIC. What it leaves to
 * the hypervisor it has not checked: SERVC and SIC are privileged, and KVM does not look.
 * Returns 1: executed. 0: not ours; nothing was done. A negative errno: KVM refused something that
 * it never refuses. Then a message was sent, and the guest cannot go on.
 */
int zpci_kvm_exit(struct zpci_kvm *kvm, struct zpci_firmware *firmware, int vcpu,
		  struct kvm_run *run);

/*
 * zpci_kvm_reset - the machine resets: zpci_firmware_reset(), and channel reports are forgotten.
 * All vCPUs are out of KVM_RUN, and stay out until it returns. Afterwards the hypervisor clears the
 * FLIC itself (KVM_DEV_FLIC_CLEAR_IRQS, KVM_DEV_FLIC_AISM_ALL): devices present until then.
 */
void zpci_kvm_reset(struct zpci_kvm *kvm, struct zpci_firmware *firmware, enum zpci_reset reset);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
