/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * internal.h - the map of the fake /dev/kvm.
 *
 *	preload.c     libc's calls: which descriptor is of which kind
 *	  |
 *	system.c      /dev/kvm
 *	vm.c          a VM        --> memory.c, model.c, flic.c, routes.c
 *	vcpu.c        a vCPU      --> run.c, memop.c, registers.c, inject.c
 *	flic.c        the FLIC
 *	  |
 *	floating.c    interruptions that any vCPU can take
 *	dat.c         translation and storage keys, as a test scripted them
 *	object.c      descriptors and what is behind them
 *	user.c        the caller's arguments: EFAULT
 *	finding.c     mistakes that Linux lets pass
 *
 * Each rule is that of Linux; the source is named at the function: "Linux" is the function in
 * arch/s390/kvm/kvm-s390.c, interrupt.c, gaccess.c or virt/kvm/kvm_main.c, of 6.1 and of 7.2. Where
 * they differ, the stricter one counts.
 *
 * An ioctl handler returns what the system call returns: 0 or more, or a negative errno.
 *
 * Locks, in this order: a vCPU's mutex (Linux's vcpu->mutex: held by each ioctl of a vCPU but two),
 * the VM's lock, the vCPU's own lock.
 */
#ifndef TESTS_KVM_INTERNAL_H
#define TESTS_KVM_INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fake.h"
#include "layout.h"

/* --- numbers in a block of bytes, of any alignment -------------------------------------------- */

static inline uint16_t get16(const uint8_t *block, size_t offset)
{
	uint16_t value;

	memcpy(&value, block + offset, sizeof(value));
	return value;
}

static inline uint32_t get32(const uint8_t *block, size_t offset)
{
	uint32_t value;

	memcpy(&value, block + offset, sizeof(value));
	return value;
}

static inline uint64_t get64(const uint8_t *block, size_t offset)
{
	uint64_t value;

	memcpy(&value, block + offset, sizeof(value));
	return value;
}

static inline void put16(uint8_t *block, size_t offset, uint16_t value)
{
	memcpy(block + offset, &value, sizeof(value));
}

static inline void put32(uint8_t *block, size_t offset, uint32_t value)
{
	memcpy(block + offset, &value, sizeof(value));
}

static inline void put64(uint8_t *block, size_t offset, uint64_t value)
{
	memcpy(block + offset, &value, sizeof(value));
}

/* --- finding.c -------------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) void finding(const char *format, ...);
/* A finding unless all @length bytes are 0: @what is reserved. */
void reserved(const uint8_t *bytes, size_t length, const char *what);

/* --- user.c ----------------------------------------------------------------------------------- */

/* Copy between the caller's storage at @address and ours. False: EFAULT. */
bool from_user(void *to, uint64_t address, size_t length);
bool to_user(uint64_t address, const void *from, size_t length);

/* --- object.c --------------------------------------------------------------------------------- */

enum kind {
	NO_KIND,
	SYSTEM,
	VM,
	VCPU,
	FLIC,
	KINDS,
};

struct vm;
struct vcpu;

struct object {
	enum kind kind;
	struct vm *vm;	   /* VM, VCPU, FLIC */
	struct vcpu *vcpu; /* VCPU */
};

/* A new descriptor of @kind: the descriptor, or a negative errno. @size: of what mmap() gives. */
int object_create(enum kind kind, struct vm *vm, struct vcpu *vcpu, size_t size);
/* NULL: not one of ours. */
const struct object *object_find(int fd);
/* The descriptor is about to be closed. */
void object_close(int fd);
/* Those of a test's calls: end the process if the descriptor is another one. */
struct vm *object_vm(int fd);
struct vcpu *object_vcpu(int fd);
/* libc's, behind ours. */
void *object_map(int fd, size_t size);

/* --- preload.c -------------------------------------------------------------------------------- */

int real_close(int fd);

/* --- system.c --------------------------------------------------------------------------------- */

int system_ioctl(unsigned request, uint64_t argument);
int system_capability(uint64_t number);
/* Whether fake_refuse() has this one: its errno, or 0. */
int system_refused(unsigned request);
bool system_is_newest(void);

/* --- vm.c ------------------------------------------------------------------------------------- */

struct slot {
	uint32_t number, flags; /* the number is its place in a VM */
	uint64_t guest, size, host;
};

struct translation {
	uint64_t space, start, length, real;
	unsigned code;
};

struct alet {
	uint32_t alet;
	uint64_t space;
	unsigned code;
};

struct key {
	uint64_t page;
	unsigned key;
};

struct route {
	bool used;
	uint64_t indicator, summary; /* host addresses */
	uint64_t indicator_bit;	     /* in the page, before the swap */
	uint64_t summary_bit;
	uint32_t adapter;
};

struct adapter {
	bool registered, maskable, masked, swap, suppressible;
	uint8_t isc;
};

#define VCPUS 64
#define SLOTS 512

struct vm {
	int fd;
	unsigned references; /* of descriptors */
	pthread_mutex_t lock;
	struct vcpu *vcpus[VCPUS];
	unsigned created_vcpus;
	int vcpu_fds[VCPUS];

	/* vm.c, model.c */
	bool irqchip, css, user_sigp, ais;
	_Atomic bool user_controls_state; /* a SET_MP_STATE was seen */
	uint64_t cpuid, mask[FACILITY_WORDS], list[FACILITY_WORDS];
	uint16_t ibc;
	uint64_t epoch;

	/* memory.c */
	struct slot slots[SLOTS];

	/* dat.c */
	struct translation *translations;
	size_t translation_count;
	struct alet *alets;
	size_t alet_count;
	struct key *keys;
	size_t key_count;

	/* flic.c, floating.c */
	bool has_flic;
	struct adapter adapters[ADAPTERS];
	uint8_t single, none; /* AIS modes: Linux's simm and nimm */
	unsigned adapter_interruptions[8], io_interruptions[8];
	unsigned machine_checks;
	uint64_t machine_check_cr14, machine_check_mcic;
	bool service, service_event;
	uint32_t service_parameter;
	unsigned service_dropped;
	unsigned clears;

	/* routes.c */
	struct route *routes;
	unsigned route_count;
};

void vm_create(struct vm **vm);
void vm_release(struct vm *vm);
int vm_ioctl(struct vm *vm, unsigned request, uint64_t argument);

/* --- memory.c --------------------------------------------------------------------------------- */

int memory_set(struct vm *vm, const uint8_t *region);
/* The host's address of @absolute, of which at least one byte is there; 0: none. *@length is cut to
 * what one slot has. The caller has the VM's lock. */
uint64_t memory_host(const struct vm *vm, uint64_t absolute, uint64_t *length);
/* Moves bytes of guest storage, in one slot or several. 0, or PGM_ADDRESSING. */
int memory_move(const struct vm *vm, uint64_t absolute, void *buffer, uint64_t length, bool write);

/* --- dat.c ------------------------------------------------------------------------------------ */

/* All with the VM's lock. */
unsigned dat_key(const struct vm *vm, uint64_t absolute);
/* 0, or the exception's code; @real is set with 0 and with a protection exception. */
int dat_translate(const struct vm *vm, uint64_t space, uint64_t address, bool write,
		  uint64_t *real);
int dat_access_list(const struct vm *vm, uint32_t alet, uint64_t *space);

/* --- model.c ---------------------------------------------------------------------------------- */

void model_init(struct vm *vm);
bool model_has_facility(const struct vm *vm, unsigned facility); /* in mask and list */
void model_add_facility(struct vm *vm, unsigned facility);
int model_attribute(struct vm *vm, unsigned request, const uint8_t *attribute);

/* --- floating.c ------------------------------------------------------------------------------- */

struct interruption {
	uint64_t type;
	uint32_t external;   /* service signal's parameter */
	uint32_t word;	     /* I/O-interruption word */
	uint64_t cr14, mcic; /* machine check */
};

/* Linux: __inject_vm(). The caller has the VM's lock. */
int floating_inject(struct vm *vm, const struct interruption *interruption);
void floating_clear(struct vm *vm);

/* --- flic.c ----------------------------------------------------------------------------------- */

int flic_ioctl(struct vm *vm, unsigned request, uint64_t argument);
/* Linux: kvm_s390_inject_airq(). The caller has the VM's lock. */
int flic_inject_adapter(struct vm *vm, struct adapter *adapter);

/* --- routes.c --------------------------------------------------------------------------------- */

int routes_set(struct vm *vm, uint64_t argument);
int routes_irqfd(struct vm *vm, uint64_t argument);

/* --- vcpu.c ----------------------------------------------------------------------------------- */

struct scripted {
	struct scripted *next;
	struct fake_exit exit;
	struct fake_cpu cpu;
};

struct vcpu {
	struct vm *vm;
	unsigned id;
	uint8_t *run;	       /* struct kvm_run, shared with the program */
	pthread_mutex_t mutex; /* Linux's */
	pthread_t thread;      /* of the last KVM_RUN */
	bool ran;

	pthread_mutex_t lock; /* for what follows */
	int event;	      /* readable while an exit is scripted or a stop is pending */
	struct scripted *first, **last;
	bool waits, stopped, stop_pending;

	struct fake_cpu cpu;   /* what KVM took */
	uint8_t arch0[40];     /* todpr and its neighbours in kvm_run */
	uint8_t last_icptcode; /* of the last exit, 0: none; for the instruction length code */
	unsigned last_length;

	bool program_pending;
	uint8_t program[IRQ_BYTES];
	bool delivered;
	struct fake_program program_delivered;
};

int vcpu_create(struct vm *vm, uint64_t id);
void vcpu_destroy(struct vcpu *vcpu);
int vcpu_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument);
/* Makes a KVM_RUN that waits look again. The caller has the vCPU's lock. */
void vcpu_wake(struct vcpu *vcpu);

/* --- inject.c --------------------------------------------------------------------------------- */

/* Linux: kvm_s390_inject_vcpu(). */
int inject_irq(struct vcpu *vcpu, const uint8_t *irq);
int inject_interrupt(struct vcpu *vcpu, const uint8_t *interrupt);
/* The program interruption that an access exception makes. */
void inject_program(struct vcpu *vcpu, uint16_t code, uint64_t teid, unsigned access_id);
/* Linux: __deliver_prog(). Changes the PSW in vcpu->cpu. */
void inject_deliver(struct vcpu *vcpu);

/* --- run.c ------------------------------------------------------------------------------------ */

int run(struct vcpu *vcpu);

/* --- memop.c ---------------------------------------------------------------------------------- */

int memop_vcpu(struct vcpu *vcpu, const uint8_t *memop);
int memop_vm(struct vm *vm, const uint8_t *memop);

/* --- registers.c ------------------------------------------------------------------------------ */

/* What Linux takes from kvm_run and leaves there; resets; the older ioctls. */
void registers_take(struct vcpu *vcpu);
void registers_leave(struct vcpu *vcpu);
void registers_reset(struct vcpu *vcpu, unsigned request);
int registers_ioctl(struct vcpu *vcpu, unsigned request, uint64_t argument);

#endif
