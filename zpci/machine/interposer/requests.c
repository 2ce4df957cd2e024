// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * requests.c - which request, of which descriptor, concerns us. All others are KVM's.
 *
 * A hypervisor can give a bad address, and expects EFAULT. So nobody here reads an argument before
 * KVM has read it.
 */
#include <errno.h>
#include <unistd.h>

#include "interposer.h"

/* KVM gives these also before it reads an argument: EIO to another process than the VM's, and of a
 * VM that is dead; the others to a descriptor that does not take the request. */
static bool was_read(int rc)
{
	return !rc || (errno != EFAULT && errno != EIO && errno != ENOTTY && errno != EPERM &&
		       errno != EBADF);
}

/* Of an attribute about which KVM has answered @rc. It counts also if KVM refused it. */
static bool has_group(int rc, const struct layout_attr *attr, uint32_t group)
{
	return was_read(rc) && attr->group == group;
}

static int get_attribute(struct zpci_interposer_vm *vm, unsigned long request, void *argument)
{
	int rc = zpci_next_ioctl(vm->fd, request, argument), error = errno;

	if (has_group(rc, argument, LAYOUT_VM_TOD))
		zpci_interposer_clock_read(vm);
	errno = error;
	return rc;
}

static int vm_request(struct zpci_interposer_vm *vm, unsigned long request, void *argument)
{
	int rc;

	if (zpci_interposer_refuses(vm, (uint32_t)request, argument, &rc))
		return rc;
	switch ((uint32_t)request) {
	case LAYOUT_CREATE_VCPU:
		return zpci_interposer_create_vcpu(vm, request, argument);
	case LAYOUT_CREATE_DEVICE:
		return zpci_interposer_create_device(vm, request, argument);
	case LAYOUT_SET_USER_MEMORY_REGION:
	case LAYOUT_SET_USER_MEMORY_REGION2:
		return zpci_interposer_set_memory(vm, request, argument);
	case LAYOUT_GET_DEVICE_ATTR:
		return get_attribute(vm, request, argument);
	}
	return zpci_next_ioctl(vm->fd, request, argument);
}

static int vcpu_request(struct zpci_interposer_vcpu *vcpu, unsigned long request, void *argument)
{
	if ((uint32_t)request == LAYOUT_RUN)
		return zpci_interposer_run(vcpu, request, argument);
	if ((uint32_t)request == LAYOUT_CLEAR_RESET)
		zpci_interposer_vcpu_reset(vcpu);
	return zpci_next_ioctl(vcpu->fd, request, argument);
}

static int flic_request(struct zpci_interposer_vm *vm, int fd, unsigned long request,
			void *argument)
{
	int rc = zpci_next_ioctl(fd, request, argument), error = errno;

	if ((uint32_t)request != LAYOUT_SET_DEVICE_ATTR ||
	    !has_group(rc, argument, LAYOUT_FLIC_CLEAR_IRQS))
		return rc;
	zpci_interposer_machine_reset(vm);
	errno = error;
	/* What our functions have presented meanwhile is cleared as well. */
	return rc ? rc : zpci_next_ioctl(fd, request, argument);
}

int zpci_interposer_ioctl(int fd, unsigned long request, void *argument)
{
	struct zpci_interposer_object *object;

	if ((uint32_t)request == LAYOUT_CREATE_VM)
		return zpci_interposer_create_vm(fd, request, argument);
	object = zpci_interposer_find(fd);
	if (!object)
		return zpci_next_ioctl(fd, request, argument);
	switch (object->kind) {
	case ZPCI_INTERPOSER_VM:
		return vm_request(object->vm, request, argument);
	case ZPCI_INTERPOSER_VCPU:
		return vcpu_request(object->vcpu, request, argument);
	default:
		return flic_request(object->vm, fd, request, argument);
	}
}

/* A child of vfork() has our memory, and closes descriptors of its own. What presents interruptions
 * uses the FLIC's descriptor, whose number can be another file's soon. */
int zpci_interposer_close(int fd)
{
	struct zpci_interposer_object *object = zpci_interposer_find(fd);

	if (object && object->vm->process == getpid()) {
		if (object->kind != ZPCI_INTERPOSER_VCPU)
			zpci_interposer_vm_end(object->vm);
		zpci_interposer_forget(fd);
		if (object->kind == ZPCI_INTERPOSER_VCPU)
			zpci_interposer_put_vcpu(object->vcpu);
	}
	return zpci_next_close(fd);
}
