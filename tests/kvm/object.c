// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * object.c - descriptors of the fake. Each is a memfd, so that the program under test can close and
 * map it, and no other file gets its number meanwhile.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS 4096

static struct object objects[DESCRIPTORS];
/* The kind is stored last, and looked at first, without a lock. */
static _Atomic int kinds[DESCRIPTORS];
static pthread_mutex_t objects_lock = PTHREAD_MUTEX_INITIALIZER;
static int newest_vm = -1;

int object_create(enum kind kind, struct vm *vm, struct vcpu *vcpu, size_t size)
{
	static const char *const names[KINDS] = { "", "kvm", "kvm-vm", "kvm-vcpu", "kvm-flic" };
	int fd = (int)syscall(SYS_memfd_create, names[kind], 1u /* MFD_CLOEXEC */);

	if (fd < 0)
		return -errno;
	if (fd >= DESCRIPTORS || ftruncate(fd, (off_t)size))
		abort();
	pthread_mutex_lock(&objects_lock);
	objects[fd] = (struct object){ .kind = kind, .vm = vm, .vcpu = vcpu };
	if (vm)
		vm->references++;
	if (kind == VM)
		newest_vm = fd;
	pthread_mutex_unlock(&objects_lock);
	atomic_store(&kinds[fd], kind);
	return fd;
}

/* Not instrumented: see EARLY in preload.c. */
__attribute__((no_sanitize("thread"))) const struct object *object_find(int fd)
{
	if (fd < 0 || fd >= DESCRIPTORS || atomic_load(&kinds[fd]) == NO_KIND)
		return NULL;
	return &objects[fd];
}

void object_close(int fd)
{
	struct vm *vm = NULL;

	if (!object_find(fd))
		return;
	pthread_mutex_lock(&objects_lock);
	atomic_store(&kinds[fd], NO_KIND);
	if (objects[fd].vm && --objects[fd].vm->references == 0)
		vm = objects[fd].vm;
	if (newest_vm == fd)
		newest_vm = -1;
	pthread_mutex_unlock(&objects_lock);
	if (vm)
		vm_release(vm);
}

static const struct object *wanted(int fd, enum kind kind)
{
	const struct object *object = object_find(fd);

	if (object && object->kind == kind)
		return object;
	fprintf(stderr, "fake /dev/kvm: the test's descriptor %d is not a %s\n", fd,
		kind == VM ? "VM" : "vCPU");
	abort();
}

struct vm *object_vm(int fd)
{
	return wanted(fd, VM)->vm;
}

struct vcpu *object_vcpu(int fd)
{
	return wanted(fd, VCPU)->vcpu;
}

int fake_vm(void)
{
	int fd;

	pthread_mutex_lock(&objects_lock);
	fd = newest_vm;
	pthread_mutex_unlock(&objects_lock);
	return fd;
}
