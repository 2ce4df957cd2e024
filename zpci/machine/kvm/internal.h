/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - the parts of the machine on KVM, for its own files.
 *
 *	the hypervisor calls                the firmware calls its operations
 *	  zpci_kvm_exit()    exit.c           cpu.c      registers, PSW, program interruptions
 *	  zpci_kvm_memory()  memory.c         logical.c  operands, by KVM_S390_MEM_OP
 *	  the others         kvm.c            storage.c  the slots' mappings
 *	                                      present.c  interruptions, channel reports
 *	                                      clock.c    the guest's TOD clock
 *
 * The kernel's structures and numbers are in layout.h.
 *
 * There is one lock, @storage.lock. It is not held while the firmware is called, but the firmware
 * calls operations that take it with locks of its own held.
 */
#ifndef ZPCI_MACHINE_KVM_INTERNAL_H
#define ZPCI_MACHINE_KVM_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <zpci/kvm.h>

#include "layout.h"
#include "zpci/util/timers.h"

/* One vCPU between its exit and the next KVM_RUN: what the firmware calls @cpu. */
struct zpci_kvm_cpu {
	int vcpu;
	struct layout_run *run;
	int error; /* KVM refused what it never refuses: negative errno */
};

struct zpci_kvm_storage {
	pthread_rwlock_t lock;	     /* held for each access; for writing, where the slots change */
	struct zpci_kvm_slot *slots; /* by absolute address; they do not overlap */
	size_t count;
};

struct zpci_kvm {
	struct zpci_logger logger;
	int vm, flic;
	unsigned adapters;
	bool sic;
	bool keys;		/* operands are checked against storage keys */
	unsigned long long tod; /* attribute of the VM's clock */
	atomic_bool failed;	/* an interruption could not be presented; said once */
	struct zpci_kvm_storage storage;
	atomic_uint reports; /* channel reports that the guest has not taken */
	struct zpci_timers *timers;
};

/* --- cpu.c: registers and how an instruction ends -------------------------------------------- */

uint64_t zpci_kvm_get_register(void *machine, void *cpu, unsigned number);
void zpci_kvm_set_register(void *machine, void *cpu, unsigned number, uint64_t value);
uint64_t zpci_kvm_get_prefix(void *machine, void *cpu);
uint64_t zpci_kvm_get_psw_mask(void *machine, void *cpu);
void zpci_kvm_set_condition_code(void *machine, void *cpu, unsigned cc);
void zpci_kvm_program_interruption(void *machine, void *cpu, uint16_t code);
/* Notes that KVM refused @what on @cpu, errno says why. Returns the negative errno. */
int zpci_kvm_refused(struct zpci_kvm *kvm, struct zpci_kvm_cpu *cpu, const char *what);

/* --- logical.c: operands --------------------------------------------------------------------- */

int zpci_kvm_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			  size_t length);
int zpci_kvm_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			   const void *buffer, size_t length);
int zpci_kvm_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			   bool write);

/* --- storage.c: guest storage in this process ------------------------------------------------ */

int zpci_kvm_storage_init(struct zpci_kvm_storage *storage);
void zpci_kvm_storage_fini(struct zpci_kvm_storage *storage);
int zpci_kvm_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length);
int zpci_kvm_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			size_t length);
int zpci_kvm_read_absolute(void *machine, uint64_t address, void *buffer, size_t length);
int zpci_kvm_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length);
int zpci_kvm_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old);
void zpci_kvm_regions(void *machine,
		      void (*visit)(void *opaque, const struct zpci_storage_region *region),
		      void *opaque);

/* --- present.c: interruptions, channel reports, completions ---------------------------------- */

/* The eight adapters in the FLIC. 0 or a negative errno, after a message. */
int zpci_kvm_register_adapters(struct zpci_kvm *kvm);
void zpci_kvm_adapter_interruption(void *machine, unsigned isc);
void zpci_kvm_channel_report(void *machine);
void zpci_kvm_sclp_completion(void *machine, uint32_t sccb);
/* Takes one channel report if there is one. */
bool zpci_kvm_take_report(struct zpci_kvm *kvm);
/* One that was taken is pending again. */
void zpci_kvm_return_report(struct zpci_kvm *kvm);
/* At a reset: none is pending any more. */
void zpci_kvm_forget_reports(struct zpci_kvm *kvm);
/* SIC: the mode of @isc. 0; -EOPNOTSUPP: the guest has no suppression; -EINVAL: no such mode. */
int zpci_kvm_set_mode(struct zpci_kvm *kvm, unsigned isc, unsigned mode);

/* --- exit.c ---------------------------------------------------------------------------------- */

/* zpci_kvm_exit() with another function in place of zpci_firmware_execute(), such as a recorder's.
 */
typedef enum zpci_disposition zpci_kvm_execute(void *opaque, void *cpu,
					       const uint8_t instruction[6]);
int zpci_kvm_exit_by(struct zpci_kvm *kvm, zpci_kvm_execute *execute_known, void *opaque, int vcpu,
		     struct kvm_run *run);

/* --- clock.c --------------------------------------------------------------------------------- */

/* Finds out how KVM tells the guest's clock. 0 or a negative errno. */
int zpci_kvm_clock_find(struct zpci_kvm *kvm);
uint64_t zpci_kvm_clock(void *machine);

#endif
