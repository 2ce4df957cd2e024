/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arguments.h - KVM's ioctls with their arguments, for programs that make a VM on the fake /dev/kvm
 * or on Linux's own. A block is filled in by the offsets of layout.h. What a function does not take
 * is 0 in it.
 *
 * Each function returns what ioctl() returned, or a negative errno.
 */
#ifndef TESTS_KVM_ARGUMENTS_H
#define TESTS_KVM_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

/* A value of 1, 2, 4 or 8 bytes in @block, in the host's byte order. */
void put(void *block, size_t offset, size_t length, uint64_t value);
uint64_t get(const void *block, size_t offset, size_t length);

int call(int fd, unsigned long request, void *argument);
int call_number(int fd, unsigned long request, uintptr_t argument);

int set_region(int vm, unsigned slot, unsigned flags, uint64_t guest, uint64_t size,
	       const void *host);
/* Of a VM or a vCPU. */
int enable_capability(int fd, unsigned capability, unsigned flags);
/* Returns the descriptor of the device: 0 for DEVICE_TEST. */
int create_device(int vm, unsigned type, unsigned flags);

/* Of a VM or a FLIC. */
int set_attribute(int fd, unsigned group, uint64_t attribute, const void *address);
int get_attribute(int fd, unsigned group, uint64_t attribute, void *address);
int has_attribute(int fd, unsigned group, uint64_t attribute);

/* Of a FLIC. An adapter is one of PCI, which swaps indicators. */
int register_adapter(int flic, unsigned id, unsigned isc, unsigned flags);
int set_suppression(int flic, unsigned isc, unsigned mode);
/* A block of @length bytes: a machine check for repair, a service signal for 0x5000, an adapter
 * interruption of ISC 5. */
int enqueue(int flic, uint64_t type, unsigned length);

/* The only route of a VM. */
struct route {
	unsigned flags, gsi, type;
	uint64_t indicator, bit;
	uint64_t summary;
	unsigned summary_bit;
};
int set_route(int vm, struct route route);

/* Of a VM or a vCPU. */
struct memop {
	uint64_t address, flags;
	unsigned size, op, ar, key;
	const void *buffer;
};
int memop(int fd, struct memop memop);

int set_state(int vcpu, uint32_t state);
/* S390_IRQ. @parameter: the code of a program interruption, the CPU of an emergency signal, and
 * else the first word of the type's own fields. */
int inject(int vcpu, uint64_t type, uint32_t parameter);
/* S390_INTERRUPT, of a VM or a vCPU. */
int inject_old(int fd, uint32_t type, uint32_t parameter, uint64_t parameter64);

#endif
