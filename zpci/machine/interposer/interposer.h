/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interposer.h - the parts of zpci-kvm.so, which the dynamic linker loads into a hypervisor before
 * libc (LD_PRELOAD), so that the hypervisor's calls of ioctl() and close() are ours first.
 *
 *	the hypervisor calls ioctl(), close()
 *	   |
 *	   v
 *	preload.c: is it about KVM, and are we to act in this process?
 *	   |
 *	   v
 *	requests.c: which descriptor, which request
 *	   |-- learn.c:     new VM, vCPU, FLIC, memory slot ------> vm.c: settings, start, end
 *	   |-- run.c:       KVM_RUN: what is ours is executed       |
 *	   |                duplicates.c: IDs that are there twice   |
 *	   |-- lifecycle.c: the machine resets, stops, goes on      |-- zpci/machine/loaded
 *	   `-- saving.c:    migration, protected guests: refused    `-- zpci/machine/kvm
 *	          |
 *	          v
 *	objects.c: descriptors, and what they are
 *	next.c:    the functions of libc, which we call ourselves
 *
 * Calls of ioctl() and close() in this object itself, also those of the library that is linked into
 * it, go to next.c by the linker's --wrap. So nothing that we do comes back to us.
 *
 * Threads. Several vCPUs are in KVM_RUN at a time, and QEMU's main thread does the rest; others may
 * do it as they like. @lock of a VM guards its slots, its start, its end, and stopping. KVM_RUN
 * takes it only if the machine was stopped or has not been started. Descriptors are looked up
 * without a lock.
 */
#ifndef ZPCI_INTERPOSER_H
#define ZPCI_INTERPOSER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <zpci/kvm.h>

#include "zpci/machine/kvm/layout.h"
#include "zpci/machine/loaded/loaded.h"

/* One virtual machine of this process. It is not freed when it has ended, as a vCPU may look at it
 * on its way out. */
struct zpci_interposer_vm {
	struct zpci_loaded loaded;
	pid_t process;
	int fd;
	int flic;	   /* -1: none */
	unsigned run_size; /* of a vCPU's shared page */

	pthread_mutex_t lock;
	struct zpci_kvm_slot *slots; /* those of before the start */
	size_t count;
	bool failed; /* it could not be started, which was said */

	atomic_bool dirty_log;	    /* KVM logs writes to a slot: somebody saves the guest */
	atomic_uint dirty_log_slot; /* the last such slot */

	struct zpci_kvm *kvm; /* from the start on */
	atomic_bool started;  /* set last: all of it is there */
	atomic_bool ended;    /* nothing is executed any more */
	atomic_bool stopped;  /* devices are quiesced */
	atomic_uint running;  /* vCPUs in KVM_RUN, or in what we execute for them */
	atomic_uint inside;   /* threads that use the firmware, such as a vCPU's */
	/* A function of the hypervisor's with a FID or a UID of ours was seen. */
	atomic_bool duplicate_fid, duplicate_uid;
	/* The reset that the guest has asked for, enum zpci_reset, or -1. */
	atomic_int asked;
};

struct zpci_interposer_vcpu {
	struct zpci_interposer_vm *vm;
	int fd;
	unsigned number;	/* the hypervisor's for it */
	struct layout_run *run; /* a mapping of ours, which keeps the VM alive in KVM */
	atomic_uint users;	/* its descriptor, and who is in KVM_RUN; the last one unmaps */
	atomic_bool ran;	/* since the machine was reset */

	/* A CLP instruction that was left to the hypervisor; its thread's. */
	bool clp_left;
	uint64_t block; /* logical address of its block */
	unsigned block_register;
};

/* --- next.c --------------------------------------------------------------------------------- */

/* libc's functions, or those of what is preloaded behind us. */
int zpci_next_ioctl(int fd, unsigned long request, void *argument);
int zpci_next_close(int fd);

/* --- objects.c ------------------------------------------------------------------------------ */

enum zpci_interposer_kind {
	ZPCI_INTERPOSER_VM,
	ZPCI_INTERPOSER_VCPU,
	ZPCI_INTERPOSER_FLIC,
};

struct zpci_interposer_object {
	struct zpci_interposer_object *next;
	atomic_int fd; /* -1: closed */
	enum zpci_interposer_kind kind;
	struct zpci_interposer_vm *vm;
	struct zpci_interposer_vcpu *vcpu; /* of a vCPU */
};

/* Returns 0 or -1: no memory. Takes @vcpu over. */
int zpci_interposer_remember(int fd, enum zpci_interposer_kind kind, struct zpci_interposer_vm *vm,
			     struct zpci_interposer_vcpu *vcpu);
/* NULL: it is none of KVM's. */
struct zpci_interposer_object *zpci_interposer_find(int fd);
/* Before it is closed: the number can be another file's then. */
void zpci_interposer_forget(int fd);
/* The first of all, closed ones as well; then object->next. */
struct zpci_interposer_object *zpci_interposer_first(void);

/* --- vm.c ----------------------------------------------------------------------------------- */

/* The environment of this process has settings by which a VM would get functions. */
bool zpci_interposer_wants_functions(void);
/* The settings of this process, from its environment, are for the VM @fd. NULL after a message. */
struct zpci_interposer_vm *zpci_interposer_vm_new(int fd, unsigned run_size);
/* Of one that has not been started. */
void zpci_interposer_vm_free(struct zpci_interposer_vm *vm);
/* Makes the firmware, with functions and control channel. Returns 0, also if it is there already,
 * or -1 after a message. */
int zpci_interposer_vm_start(struct zpci_interposer_vm *vm);
/* Ends them. If a vCPU is inside, they are only stopped. */
void zpci_interposer_vm_end(struct zpci_interposer_vm *vm);
/* The slot has been taken by KVM. */
void zpci_interposer_vm_memory(struct zpci_interposer_vm *vm, const struct zpci_kvm_slot *memory);
/* Started, and not ended. */
bool zpci_interposer_vm_acts(struct zpci_interposer_vm *vm);

/* --- lifecycle.c ---------------------------------------------------------------------------- */

/* The guest asks for a reset by this exit of KVM_RUN, which is not ours. */
void zpci_interposer_asked(struct zpci_interposer_vcpu *vcpu);
/* The hypervisor is about to reset the machine, or the vCPU. */
void zpci_interposer_machine_reset(struct zpci_interposer_vm *vm);
void zpci_interposer_vcpu_reset(struct zpci_interposer_vcpu *vcpu);
/* The hypervisor reads the guest's clock, as QEMU does when it has stopped the machine. */
void zpci_interposer_clock_read(struct zpci_interposer_vm *vm);
/* Around a vCPU's KVM_RUN. */
void zpci_interposer_enter(struct zpci_interposer_vm *vm);
void zpci_interposer_leave(struct zpci_interposer_vm *vm);

/* --- duplicates.c --------------------------------------------------------------------------- */

/* An exit that is left to the hypervisor, and may be a CLP instruction. */
void zpci_interposer_clp_left(struct zpci_interposer_vcpu *vcpu);
/* It was, and the hypervisor has answered it. */
void zpci_interposer_check_answer(struct zpci_interposer_vcpu *vcpu);

/* --- run.c ---------------------------------------------------------------------------------- */

/* KVM_RUN, as the hypervisor sees it: its result, with errno. */
int zpci_interposer_run(struct zpci_interposer_vcpu *vcpu, unsigned long request, void *argument);
/* One user of the shared page less. */
void zpci_interposer_put_vcpu(struct zpci_interposer_vcpu *vcpu);

/* --- saving.c ------------------------------------------------------------------------------- */

/* Whether the request must not reach KVM. Then *@rc is its result, with errno, after a message. */
bool zpci_interposer_refuses(struct zpci_interposer_vm *vm, uint32_t request, void *argument,
			     int *rc);
/* KVM took a memory slot with these flags. */
void zpci_interposer_slot_flags(struct zpci_interposer_vm *vm, uint32_t slot, uint32_t flags);

/* --- learn.c: requests that make something --------------------------------------------------- */

int zpci_interposer_create_vm(int fd, unsigned long request, void *argument);
int zpci_interposer_create_vcpu(struct zpci_interposer_vm *vm, unsigned long request,
				void *argument);
int zpci_interposer_create_device(struct zpci_interposer_vm *vm, unsigned long request,
				  void *argument);
int zpci_interposer_set_memory(struct zpci_interposer_vm *vm, unsigned long request,
			       void *argument);
/* Another copy of us comes before this one. */
bool zpci_interposer_loaded_before(void);
/* This process has made a VM. */
bool zpci_interposer_vm_made(void);

/* --- requests.c ----------------------------------------------------------------------------- */

/* ioctl() of one of KVM's requests, and close(). */
int zpci_interposer_ioctl(int fd, unsigned long request, void *argument);
int zpci_interposer_close(int fd);

#endif
