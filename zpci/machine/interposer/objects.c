// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * objects.c - descriptors of KVM's, and what they are.
 *
 * A list that only grows, so that it is read without a lock. An entry whose descriptor was closed
 * stays, with what it names: another thread may be using it.
 */
#include <stdlib.h>

#include "interposer.h"

static _Atomic(struct zpci_interposer_object *) first;

int zpci_interposer_remember(int fd, enum zpci_interposer_kind kind, struct zpci_interposer_vm *vm,
			     struct zpci_interposer_vcpu *vcpu)
{
	struct zpci_interposer_object *object = calloc(1, sizeof(*object));

	if (!object)
		return -1;
	object->fd = fd;
	object->kind = kind;
	object->vm = vm;
	object->vcpu = vcpu;
	object->next = atomic_load(&first);
	while (!atomic_compare_exchange_weak(&first, &object->next, object))
		;
	return 0;
}

/* A thread runs one vCPU, mostly. */
struct zpci_interposer_object *zpci_interposer_find(int fd)
{
	static _Thread_local struct zpci_interposer_object *last;
	struct zpci_interposer_object *object = last;

	if (fd < 0)
		return NULL;
	if (object && atomic_load_explicit(&object->fd, memory_order_acquire) == fd)
		return object;
	for (object = atomic_load(&first); object; object = object->next)
		if (atomic_load_explicit(&object->fd, memory_order_acquire) == fd) {
			last = object;
			return object;
		}
	return NULL;
}

void zpci_interposer_forget(int fd)
{
	struct zpci_interposer_object *object = zpci_interposer_find(fd);

	if (object)
		atomic_store(&object->fd, -1);
}

struct zpci_interposer_object *zpci_interposer_first(void)
{
	return atomic_load(&first);
}
