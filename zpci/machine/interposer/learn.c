// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * learn.c - VM, vCPUs, FLIC and memory slots, as the hypervisor makes them. KVM decides first; what
 * it refuses is refused, and what it has made is known before the hypervisor knows.
 *
 * A vCPU's shared page is mapped here a second time, so that we need not see how and where the
 * hypervisor maps it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "interposer.h"

static atomic_bool vm_made;

/* Another copy of us looks for the second name. Ours is the first, whoever comes before us. */
static const char interposer[] = "zpci-kvm.so";
__attribute__((visibility("default"),
	       alias("interposer"))) extern const char zpci_kvm_interposer[sizeof(interposer)];

bool zpci_interposer_vm_made(void)
{
	return atomic_load(&vm_made);
}

static int refuse(const char *why)
{
	fprintf(stderr, "zpci-kvm: error: %s\n", why);
	errno = ECANCELED;
	return -1;
}

static bool loaded_twice(void)
{
	return dlsym(RTLD_NEXT, "zpci_kvm_interposer");
}

bool zpci_interposer_loaded_before(void)
{
	return dlsym(RTLD_DEFAULT, "zpci_kvm_interposer") != interposer;
}

/* Whether @fd is /dev/kvm: other devices may have a request of this number. */
static bool is_kvm(int fd)
{
	return zpci_next_ioctl(fd, LAYOUT_GET_API_VERSION, NULL) == LAYOUT_API_VERSION;
}

static bool is_s390(int fd)
{
	return zpci_next_ioctl(fd, LAYOUT_CHECK_EXTENSION, (void *)(uintptr_t)LAYOUT_CAP_MEM_OP) >
	       0;
}

static int check_kvm(int fd)
{
	if (loaded_twice())
		return refuse("loaded twice; name zpci-kvm.so once in LD_PRELOAD");
	if (!is_s390(fd))
		return refuse("this host's KVM is not that of s390, whose guests alone have zPCI; "
			      "run this hypervisor without LD_PRELOAD=zpci-kvm.so");
	return 0;
}

/* Takes the VM @vm_fd. Returns 0, or -1 with errno after a message. */
static int take_vm(int fd, int vm_fd)
{
	int size = zpci_next_ioctl(fd, LAYOUT_GET_VCPU_MMAP_SIZE, NULL);
	struct zpci_interposer_vm *vm;

	if (size < (int)sizeof(struct layout_run))
		return refuse("KVM's shared page is too small; use Linux 6.1 or later");
	vm = zpci_interposer_vm_new(vm_fd, (unsigned)size);
	if (!vm) {
		errno = ECANCELED;
		return -1;
	}
	if (!zpci_interposer_remember(vm_fd, ZPCI_INTERPOSER_VM, vm, NULL))
		return 0;
	zpci_interposer_vm_free(vm);
	return refuse("no memory");
}

/* Up to Linux 6.12 at least, KVM wants page tables of 4 KiB, which a program must ask for. */
static void explain(void)
{
	if (errno != EINVAL)
		return;
	fprintf(stderr, "zpci-kvm: error: KVM_CREATE_VM: Invalid argument; if this program has "
			"page tables of 2 KiB, link it with -Wl,--s390-pgste, or set "
			"vm.allocate_pgste=1 by sysctl\n");
	errno = EINVAL;
}

int zpci_interposer_create_vm(int fd, unsigned long request, void *argument)
{
	int vm_fd;

	if (!is_kvm(fd))
		return zpci_next_ioctl(fd, request, argument);
	atomic_store(&vm_made, true);
	if (check_kvm(fd))
		return -1;
	vm_fd = zpci_next_ioctl(fd, request, argument);
	if (vm_fd < 0) {
		explain();
		return -1;
	}
	if (!take_vm(fd, vm_fd))
		return vm_fd;
	zpci_next_close(vm_fd);
	errno = ECANCELED;
	return -1;
}

static int take_vcpu(struct zpci_interposer_vm *vm, int fd, unsigned number)
{
	struct zpci_interposer_vcpu *vcpu = calloc(1, sizeof(*vcpu));
	void *run;

	if (!vcpu)
		return -1;
	run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	vcpu->vm = vm;
	vcpu->fd = fd;
	vcpu->number = number;
	vcpu->run = run;
	vcpu->users = 1;
	if (run != MAP_FAILED && !zpci_interposer_remember(fd, ZPCI_INTERPOSER_VCPU, vm, vcpu))
		return 0;
	if (run != MAP_FAILED)
		munmap(run, vm->run_size);
	free(vcpu);
	return -1;
}

int zpci_interposer_create_vcpu(struct zpci_interposer_vm *vm, unsigned long request,
				void *argument)
{
	int fd = zpci_next_ioctl(vm->fd, request, argument);

	if (fd < 0 || !take_vcpu(vm, fd, (unsigned)(uintptr_t)argument))
		return fd;
	zpci_next_close(fd);
	zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR, "vCPU 0x%x: no memory",
			(unsigned)(uintptr_t)argument);
	errno = ENOMEM;
	return -1;
}

int zpci_interposer_create_device(struct zpci_interposer_vm *vm, unsigned long request,
				  void *argument)
{
	struct layout_create_device *device = argument;
	int rc = zpci_next_ioctl(vm->fd, request, argument);

	/* With a flag it is only a question. */
	if (rc || device->type != LAYOUT_DEV_FLIC || device->flags)
		return rc;
	vm->flic = (int)device->fd;
	if (!zpci_interposer_remember(vm->flic, ZPCI_INTERPOSER_FLIC, vm, NULL) &&
	    !zpci_interposer_vm_start(vm))
		return 0;
	zpci_interposer_forget(vm->flic);
	zpci_next_close(vm->flic);
	vm->flic = -1;
	errno = ECANCELED;
	return -1;
}

int zpci_interposer_set_memory(struct zpci_interposer_vm *vm, unsigned long request, void *argument)
{
	const struct layout_memory_region *region = argument;
	struct zpci_kvm_slot memory = { .size = sizeof(memory), .file = -1 };
	int rc = zpci_next_ioctl(vm->fd, request, argument);

	if (rc)
		return rc;
	memory.slot = region->slot;
	memory.absolute = region->guest_phys_addr;
	memory.length = region->memory_size;
	memory.host = (void *)(uintptr_t)region->userspace_addr;
	memory.read_only = region->flags & LAYOUT_MEM_READONLY;
	zpci_interposer_slot_flags(vm, region->slot, region->flags);
	zpci_interposer_vm_memory(vm, &memory);
	return rc;
}
