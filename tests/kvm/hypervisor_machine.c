// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_machine.c - a machine, as QEMU makes one, and what it is asked for. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "hypervisor.h"

struct hv hv;

int hv_need(const char *what, int rc)
{
	if (rc >= 0)
		return rc;
	printf("refused %s: %s\n", what, strerror(errno));
	exit(2);
}

void hv_create_vm(void)
{
	hv.kvm = hv_need("open", open("/dev/kvm", O_RDWR | O_CLOEXEC));
	hv.vm = hv_need("CREATE_VM", ioctl(hv.kvm, LAYOUT_CREATE_VM, 0));
}

int hv_set_memory(unsigned slot, unsigned flags, uint64_t address, uint64_t size, void *memory)
{
	struct layout_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(hv.vm, LAYOUT_SET_USER_MEMORY_REGION, &region);
}

void hv_add_storage(void)
{
	hv.storage = aligned_alloc(0x100000, STORAGE);
	must(hv.storage);
	memset(hv.storage, 0, STORAGE);
	hv_need("SET_USER_MEMORY_REGION", hv_set_memory(0, 0, 0, STORAGE, hv.storage));
}

struct layout_run *hv_map_vcpu(int vcpu)
{
	int size = ioctl(hv.kvm, LAYOUT_GET_VCPU_MMAP_SIZE, 0);
	void *run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	must(run != MAP_FAILED);
	return run;
}

int hv_add_vcpu(unsigned number)
{
	return hv_need("CREATE_VCPU", ioctl(hv.vm, LAYOUT_CREATE_VCPU, number));
}

void hv_add_flic(void)
{
	struct layout_create_device device = { .type = LAYOUT_DEV_FLIC };

	hv_need("CREATE_DEVICE", ioctl(hv.vm, LAYOUT_CREATE_DEVICE, &device));
	hv.flic = (int)device.fd;
}

int hv_attribute(int fd, unsigned long request, unsigned group, uint64_t number, void *address)
{
	struct layout_attr attr = { .group = group, .attr = number, .addr = (uintptr_t)address };

	return ioctl(fd, request, &attr);
}

int hv_clear_flic(void)
{
	return hv_attribute(hv.flic, LAYOUT_SET_DEVICE_ATTR, LAYOUT_FLIC_CLEAR_IRQS, 0, NULL);
}

int hv_read_clock(void)
{
	uint64_t tod;

	return hv_attribute(hv.vm, LAYOUT_GET_DEVICE_ATTR, LAYOUT_VM_TOD, LAYOUT_VM_TOD_LOW, &tod);
}

void *hv_nowhere(void)
{
	static void *page;

	if (!page)
		page = mmap(NULL, 0x1000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(page != MAP_FAILED);
	return page;
}

int hv_run(int vcpu)
{
	return ioctl(vcpu, LAYOUT_RUN, 0);
}

void hv_make(void)
{
	hv_create_vm();
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	hv.run = hv_map_vcpu(hv.vcpu);
	hv_add_flic();
	hv_clear_flic();
}
