// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm.c - the descriptor of a VM.
 */
#include "internal.h"

#include <stdlib.h>

void vm_create(struct vm **vm)
{
	struct vm *made = calloc(1, sizeof(*made));

	if (!made)
		abort();
	pthread_mutex_init(&made->lock, NULL);
	for (unsigned i = 0; i < VCPUS; i++)
		made->vcpu_fds[i] = -1;
	model_init(made);
	*vm = made;
}

void vm_release(struct vm *vm)
{
	for (unsigned i = 0; i < VCPUS; i++)
		if (vm->vcpus[i])
			vcpu_destroy(vm->vcpus[i]);
	pthread_mutex_destroy(&vm->lock);
	free(vm->translations);
	free(vm->alets);
	free(vm->keys);
	free(vm->routes);
	free(vm);
}

unsigned fake_vcpus(int vm)
{
	struct vm *of = object_vm(vm);
	unsigned count;

	pthread_mutex_lock(&of->lock);
	count = of->created_vcpus;
	pthread_mutex_unlock(&of->lock);
	return count;
}

int fake_vcpu(int vm, unsigned id)
{
	struct vm *of = object_vm(vm);
	int fd;

	pthread_mutex_lock(&of->lock);
	fd = id < VCPUS ? of->vcpu_fds[id] : -1;
	pthread_mutex_unlock(&of->lock);
	return fd;
}

/* --- capabilities ----------------------------------------------------------------------------- */

/* Those that add a facility come before the first vCPU. */
static int enable_facility(struct vm *vm, unsigned facility, bool available)
{
	if (vm->created_vcpus)
		return -EBUSY;
	if (!available)
		return -EINVAL;
	model_add_facility(vm, facility);
	return 0;
}

/* Linux: kvm_vm_ioctl_enable_cap(). The host has no vectors, no runtime instrumentation, ... */
static int enable(struct vm *vm, unsigned capability)
{
	switch (capability) {
	case CAP_S390_IRQCHIP:
		vm->irqchip = true;
		return 0;
	case CAP_S390_USER_SIGP:
		vm->user_sigp = true;
		return 0;
	case CAP_S390_USER_STSI:
	case CAP_S390_USER_INSTR0:
		return 0;
	case CAP_S390_AIS:
		vm->ais |= !vm->created_vcpus;
		return enable_facility(vm, 72, true);
	case CAP_S390_VECTOR_REGISTERS:
		return enable_facility(vm, 129, system_capability(capability));
	case CAP_S390_RI:
		return enable_facility(vm, 64, system_capability(capability));
	case CAP_S390_GS:
		return enable_facility(vm, 133, system_capability(capability));
	case CAP_S390_CPU_TOPOLOGY:
		return enable_facility(vm, 11, system_capability(capability));
	default:
		return -EINVAL;
	}
}

static int enable_capability(struct vm *vm, uint64_t argument)
{
	uint8_t block[CAP_BYTES];

	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	if (get32(block, CAP_FLAGS))
		return -EINVAL;
	reserved(block + CAP_ARGS, CAP_BYTES - CAP_ARGS, "ENABLE_CAP of a VM, arguments");
	return enable(vm, get32(block, CAP_NUMBER));
}

/* --- devices, attributes ---------------------------------------------------------------------- */

/* Linux: kvm_ioctl_create_device(), flic_create(). Of the devices there is the FLIC alone. */
static int create_device(struct vm *vm, uint64_t argument)
{
	uint8_t block[DEVICE_BYTES];
	int fd;

	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	if (get32(block, DEVICE_TYPE) != DEVICE_TYPE_FLIC)
		return -ENODEV;
	if (get32(block, DEVICE_FLAGS) & ~DEVICE_TEST)
		finding("CREATE_DEVICE: flags 0x%x", get32(block, DEVICE_FLAGS));
	if (get32(block, DEVICE_FLAGS) & DEVICE_TEST)
		return 0;
	if (vm->has_flic)
		return -EINVAL;
	vm->has_flic = true;
	fd = object_create(FLIC, vm, NULL, 0);
	put32(block, DEVICE_FD, (uint32_t)fd);
	return to_user(argument, block, sizeof(block)) ? 0 : -EFAULT;
}

static int attribute(struct vm *vm, unsigned request, uint64_t argument)
{
	uint8_t block[ATTR_BYTES];

	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	return model_attribute(vm, request, block);
}

static int set_region(struct vm *vm, uint64_t argument, size_t size)
{
	uint8_t block[REGION2_BYTES];

	if (!from_user(block, argument, size))
		return -EFAULT;
	if (size == REGION2_BYTES)
		reserved(block + REGION_BYTES + 12, REGION2_BYTES - REGION_BYTES - 12,
			 "SET_USER_MEMORY_REGION2");
	return memory_set(vm, block);
}

/* Linux: kvm_s390_inject_vm(). */
static int interrupt(struct vm *vm, uint64_t argument)
{
	struct interruption interruption;
	uint8_t block[INTERRUPT_BYTES];

	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	interruption = (struct interruption){
		.type = get32(block, INTERRUPT_TYPE),
		.external = get32(block, INTERRUPT_PARM),
		.word = (uint32_t)get64(block, INTERRUPT_PARM64),
		.cr14 = get32(block, INTERRUPT_PARM),
		.mcic = get64(block, INTERRUPT_PARM64),
	};
	return floating_inject(vm, &interruption);
}

static int memop(struct vm *vm, uint64_t argument)
{
	uint8_t block[MEMOP_BYTES];

	return from_user(block, argument, sizeof(block)) ? memop_vm(vm, block) : -EFAULT;
}

/* Linux: kvm_vm_ioctl(), kvm_arch_vm_ioctl(). */
static int locked_ioctl(struct vm *vm, unsigned request, uint64_t argument)
{
	switch (request) {
	case CREATE_VCPU:
		return vcpu_create(vm, argument);
	case ENABLE_CAP:
		return enable_capability(vm, argument);
	case CREATE_DEVICE:
		return create_device(vm, argument);
	case CREATE_IRQCHIP:
		return vm->irqchip ? 0 : -EINVAL;
	case SET_USER_MEMORY_REGION:
		return set_region(vm, argument, REGION_BYTES);
	case SET_USER_MEMORY_REGION2:
		return set_region(vm, argument, REGION2_BYTES);
	case SET_DEVICE_ATTR:
	case GET_DEVICE_ATTR:
	case HAS_DEVICE_ATTR:
		return attribute(vm, request, argument);
	case S390_INTERRUPT:
		return interrupt(vm, argument);
	case S390_MEM_OP:
		return memop(vm, argument);
	case SET_GSI_ROUTING:
		return routes_set(vm, argument);
	case IRQFD:
		return routes_irqfd(vm, argument);
	default:
		return -ENOTTY;
	}
}

int vm_ioctl(struct vm *vm, unsigned request, uint64_t argument)
{
	int rc;

	if (request == CHECK_EXTENSION)
		return system_capability(argument);
	pthread_mutex_lock(&vm->lock);
	rc = locked_ioctl(vm, request, argument);
	pthread_mutex_unlock(&vm->lock);
	return rc;
}
