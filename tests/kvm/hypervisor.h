/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypervisor.h - the parts of the small hypervisor (hypervisor.c).
 *
 *	hypervisor.c          finds the case
 *	  |
 *	hypervisor_run.c, _reset.c, _stop.c, _end.c, _control.c, _locks.c, _saving.c    the cases
 *	  |
 *	hypervisor_guest.c    the guest, whose function is the first that it lists
 *	  |
 *	hypervisor_machine.c  the VM and its requests
 */
#ifndef TESTS_KVM_HYPERVISOR_H
#define TESTS_KVM_HYPERVISOR_H

#define FAKE_PRELOADED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>
#include <zpci/machine.h>
#include <zpci/probe.h>

#include "fake.h"
#include "zpci/machine/kvm/layout.h"

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

/* --- hypervisor.c ----------------------------------------------------------------------------- */

struct hv_case {
	const char *name; /* NULL: the table ends */
	void (*test)(void);
};

extern const struct hv_case hv_runs[], hv_resets[], hv_stops[], hv_ends[], hv_controls[],
	hv_locks[], hv_saving[];

/* --- hypervisor_machine.c --------------------------------------------------------------------- */

#define STORAGE 0x400000u

/* The machine, with its first vCPU. */
extern struct hv {
	int kvm, vm, flic, vcpu;
	struct layout_run *run;
	uint8_t *storage;
} hv;

/* @rc of the request @what; if it failed, the process ends. */
int hv_need(const char *what, int rc);
/* All of these, as QEMU does it: storage and CPUs come before the FLIC. */
void hv_make(void);
void hv_create_vm(void);
void hv_add_storage(void);
int hv_add_vcpu(unsigned number);
struct layout_run *hv_map_vcpu(int vcpu);
void hv_add_flic(void);

int hv_set_memory(unsigned slot, unsigned flags, uint64_t address, uint64_t size, void *memory);
int hv_attribute(int fd, unsigned long request, unsigned group, uint64_t number, void *address);
int hv_clear_flic(void);
int hv_read_clock(void);
int hv_run(int vcpu);
/* An address that cannot be read or written. */
void *hv_nowhere(void);

/* --- hypervisor_guest.c ----------------------------------------------------------------------- */

#define BLOCK 0x10000u /* a CLP block */
#define AIBV 0x14000u
#define ISC 2u
#define FID 0x1021u
#define UID 0x111u
#define CC(mask) ((mask) >> 44 & 3)

extern const uint8_t hv_clp[6];
extern const uint8_t hv_pcilg[6]; /* R1 6, R2 4 */

/* Its registers at the next exit. */
extern struct fake_cpu hv_cpu;

/* The next KVM_RUN of @vcpu ends with this instruction, or with one of the hypervisor's. */
void hv_exit_of(int vcpu, const uint8_t instruction[6]);
void hv_exit_wait(int vcpu);
/* One instruction of ours on @vcpu: KVM_RUN does not return for it. */
void hv_ours(int vcpu, struct layout_run *page, const uint8_t instruction[6]);
/* The same on the first vCPU, with condition code 0. */
void hv_execute(const uint8_t instruction[6]);

/* Fields of the CLP block. */
void hv_put(size_t offset, unsigned length, uint64_t value);
uint64_t hv_get(size_t offset, unsigned length);
/* The CLP block asks for a list of functions. */
void hv_put_list(void);
/* The handle of the first function; enabling it returns the new one. */
uint32_t hv_list(void);
uint32_t hv_enable(void);
/* The guest lists all functions, and gets one of the hypervisor's, with our FID, at the next
 * KVM_RUN. */
void hv_list_duplicate(void);
/* The guest queries function 0x5 of the hypervisor's, which answers with @uid and the response code
 * @code. */
void hv_query_answered(uint32_t uid, unsigned code);
/* Condition code of a load from config space. */
unsigned hv_load(uint32_t handle);

#define ALIVE(handle) must(hv_load(handle) == 0)
#define GONE(handle) must(hv_load(handle) == 3)

/* @value is a little-endian register's. */
void hv_store(uint32_t handle, unsigned space, uint64_t offset, unsigned length, uint64_t value);
void hv_modify(uint32_t handle, unsigned operation);
/* Vector 0 is an adapter interruption on ISC; its bit is at @bits. */
void hv_register_vector(uint32_t handle, uint64_t bits);
/* The same with the bit at AIBV, and the device is told of it. */
void hv_prepare_vector(uint32_t handle);
/* Something was presented by that vector. */
bool hv_presented(void);
/* A thread that waits for it, and lets the guest go on. */
void *hv_await_vector(void *unused);
/* The device sends it after a while. */
void hv_ring(uint32_t handle);

#endif
