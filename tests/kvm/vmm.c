// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmm.c - a hypervisor for tests of the binding.
 */
#define _GNU_SOURCE /* memfd_create */

#include "vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "layout.h"

void vmm_die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

static int must(int rc, const char *what)
{
	if (rc < 0)
		vmm_die(what);
	return rc;
}

static void log_message(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	if (level <= ZPCI_LOG_WARNING)
		printf("# %s\n", message);
}

/* --- the VM ----------------------------------------------------------------------------------- */

static void enable_suppression(const struct vmm *vmm)
{
	must(enable_capability(vmm->vm, CAP_S390_AIS, 0), "no suppression");
}

/* Facilities 69 and 71; 72 is there by now. */
static void set_facilities(const struct vmm *vmm)
{
	uint64_t processor[PROCESSOR_BYTES / 8];

	must(get_attribute(vmm->vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), "no CPU model");
	processor[PROCESSOR_LIST / 8 + 1] |= 0x0500000000000000;
	must(set_attribute(vmm->vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), "no CPU model");
}

#define MEBIBYTE 0x100000u

/* Linux 6.1 wants a multiple of 1 MiB. */
static uint8_t *room_for(uint64_t size)
{
	uint8_t *room = mmap(NULL, size + MEBIBYTE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before = -(uintptr_t)room & (MEBIBYTE - 1);

	if (room == MAP_FAILED)
		vmm_die("no room for storage");
	if (before)
		munmap(room, before);
	munmap(room + before + size, MEBIBYTE - before);
	return room + before;
}

static void create_storage(struct vmm *vmm)
{
	uint8_t *room = room_for(vmm->size);

	vmm->file = must(memfd_create("storage", MFD_CLOEXEC), "no storage");
	must(ftruncate(vmm->file, (off_t)vmm->size), "no storage");
	vmm->storage = mmap(room, vmm->size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_NORESERVE | MAP_FIXED, vmm->file, 0);
	if (vmm->storage == MAP_FAILED)
		vmm_die("no storage");
}

static void create_vcpu(struct vmm *vmm)
{
	vmm->vcpu = must(call_number(vmm->vm, CREATE_VCPU, 0), "no vCPU");
	vmm->run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vmm->vcpu, 0);
	if (vmm->run == MAP_FAILED)
		vmm_die("no kvm_run");
}

void vmm_create(struct vmm *vmm, uint64_t size)
{
	struct zpci_kvm_options options = { .size = sizeof(options),
					    .logger = { log_message, NULL },
					    .sic = true };

	vmm->firmware = NULL;
	vmm->size = size;
	vmm->system = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "no /dev/kvm");
	vmm->vm = options.vm = must(call_number(vmm->system, CREATE_VM, 0), "no VM");
	enable_suppression(vmm);
	set_facilities(vmm);
	vmm->flic = options.flic = must(create_device(vmm->vm, DEVICE_TYPE_FLIC, 0), "no FLIC");
	must(zpci_kvm_create(&options, &vmm->kvm), "zpci_kvm_create()");
	create_storage(vmm);
	vmm_slot(vmm, 0, 0, size);
	create_vcpu(vmm);
}

void vmm_destroy(struct vmm *vmm)
{
	zpci_kvm_destroy(vmm->kvm);
	munmap(vmm->run, RUN_SIZE);
	munmap(vmm->storage, vmm->size);
	close(vmm->vcpu);
	close(vmm->flic);
	close(vmm->vm);
	close(vmm->system);
	close(vmm->file);
}

void vmm_slot(struct vmm *vmm, uint32_t number, uint64_t start, uint64_t length)
{
	const struct zpci_kvm_slot slot = {
		.size = sizeof(slot),
		.slot = number,
		.absolute = start,
		.length = length,
		.host = vmm->storage + start,
		.file = vmm->file,
		.offset = start,
	};

	must(set_region(vmm->vm, number, 0, start, length, vmm->storage + start), "no memory slot");
	must(zpci_kvm_memory(vmm->kvm, vmm->firmware, &slot), "zpci_kvm_memory()");
}

/* --- the guest -------------------------------------------------------------------------------- */

int vmm_exit(struct vmm *vmm, const struct fake_exit *exit)
{
	fake_exit(vmm->vcpu, exit);
	must(call_number(vmm->vcpu, RUN, 0), "KVM_RUN");
	return must(zpci_kvm_exit(vmm->kvm, vmm->firmware, vmm->vcpu, (struct kvm_run *)vmm->run),
		    "zpci_kvm_exit()");
}

void vmm_enter(struct vmm *vmm)
{
	static const struct fake_exit end = { .error = EINTR };

	fake_exit(vmm->vcpu, &end);
	if (call_number(vmm->vcpu, RUN, 0) != -EINTR)
		vmm_die("KVM_RUN does not end");
}
