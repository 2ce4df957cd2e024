// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * preload.c - what the dynamic linker finds in zpci-kvm.so, and the process that it is loaded into.
 *
 * We act in the process that makes a virtual machine. A child of it is left alone, whether it
 * executes another program or not: of a child that was forked all calls go to libc, as the VM is
 * its parent's. A child that executes a program begins anew; few such programs are hypervisors.
 *
 * A program that makes no VM is told so at its end, since there is no other moment: QEMU with
 * accel=tcg never asks for KVM. Programs that such a process starts are not told. They are known by
 * ZPCI_KVM_PROCESS, the number of the first process, which we add to the environment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "interposer.h"

#define PUBLIC __attribute__((visibility("default")))
#define PROCESS "ZPCI_KVM_PROCESS"

static atomic_bool child;  /* of a process that made a VM */
static atomic_bool forked; /* this process has, or is, a child */
static bool first;	   /* no process before us was interposed */

PUBLIC int ioctl(int fd, unsigned long request, ...);
PUBLIC int close(int fd);

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if ((request >> 8 & 0xff) != LAYOUT_KVMIO ||
	    atomic_load_explicit(&child, memory_order_relaxed))
		return zpci_next_ioctl(fd, request, argument);
	return zpci_interposer_ioctl(fd, request, argument);
}

int close(int fd)
{
	if (!zpci_interposer_first())
		return zpci_next_close(fd);
	return zpci_interposer_close(fd);
}

/* --- the process ---------------------------------------------------------------------------- */

static void forks(void)
{
	atomic_store(&forked, true);
}

static void is_child(void)
{
	atomic_store(&forked, true);
	if (zpci_interposer_vm_made())
		atomic_store(&child, true);
}

/* A program that another one becomes by execve() is the same process. */
__attribute__((constructor)) static void load(void)
{
	const char *text = getenv(PROCESS);
	char number[24];

	pthread_atfork(NULL, forks, is_child);
	snprintf(number, sizeof(number), "%ld", (long)getpid());
	first = !text || atol(text) == (long)getpid();
	if (!text)
		setenv(PROCESS, number, 0);
}

__attribute__((destructor)) static void unload(void)
{
	if (atomic_load(&child))
		return;
	for (struct zpci_interposer_object *object = zpci_interposer_first(); object;
	     object = object->next)
		if (object->kind == ZPCI_INTERPOSER_VM)
			zpci_interposer_vm_end(object->vm);
	if (!zpci_interposer_vm_made() && zpci_interposer_wants_functions() && first &&
	    !zpci_interposer_loaded_before() && !atomic_load(&forked))
		fprintf(stderr,
			"zpci-kvm: warning: %s made no virtual machine of KVM, so that nothing has "
			"the PCI functions; with QEMU use accel=kvm, and no LD_PRELOAD for other "
			"programs\n",
			program_invocation_short_name);
}
