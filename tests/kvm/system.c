// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * system.c - the descriptor of /dev/kvm: version, capabilities, VMs.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

#define VERSION 12

/* Linux: kvm_vm_ioctl_check_extension() and kvm_vm_ioctl_check_extension_generic(), for a machine
 * like a z13 without interpretation, without vector registers in reach. */
static const struct {
	unsigned number;
	int value;
} capabilities[] = {
	{ CAP_USER_MEMORY, 1 },
	{ CAP_NR_VCPUS, 2 },
	{ CAP_NR_MEMSLOTS, SLOTS },
	{ CAP_MP_STATE, 1 },
	{ CAP_SYNC_MMU, 1 },
	{ CAP_DESTROY_MEMORY_REGION_WORKS, 1 },
	{ CAP_IRQ_ROUTING, ROUTES },
	{ CAP_JOIN_MEMORY_REGIONS_WORKS, 1 },
	{ CAP_IRQFD, 1 },
	{ CAP_IOEVENTFD, 1 },
	{ CAP_ENABLE_CAP, 1 },
	{ CAP_MAX_VCPUS, VCPUS },
	{ CAP_SYNC_REGS, 1 },
	{ CAP_S390_CSS_SUPPORT, 1 },
	{ CAP_DEVICE_CTRL, 1 },
	{ CAP_S390_IRQCHIP, 1 },
	{ CAP_VM_ATTRIBUTES, 1 },
	{ CAP_CHECK_EXTENSION_VM, 1 },
	{ CAP_S390_USER_SIGP, 1 },
	{ CAP_S390_MEM_OP, MEMOP_MAX },
	{ CAP_S390_USER_STSI, 1 },
	{ CAP_S390_INJECT_IRQ, 1 },
	{ CAP_MAX_VCPU_ID, VCPUS },
	{ CAP_S390_USER_INSTR0, 1 },
	{ CAP_IMMEDIATE_EXIT, 1 },
	{ CAP_S390_AIS, 1 },
	{ CAP_S390_AIS_MIGRATION, 1 },
	{ CAP_S390_VCPU_RESETS, 1 },
	{ CAP_S390_MEM_OP_EXTENSION, 1 }, /* as in 6.1: no compare and swap */
	{ CAP_USER_MEMORY2, 1 },
};
#define CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))

static struct {
	pthread_mutex_t lock;
	struct {
		unsigned number;
		int value;
	} changed[32];
	unsigned changed_count;
	_Atomic unsigned refusals;
	struct {
		unsigned request, times;
		int error;
	} refused[8];
	unsigned refused_count;
} host = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool changed(uint64_t number, int *value)
{
	bool found = false;

	pthread_mutex_lock(&host.lock);
	for (unsigned i = 0; i < host.changed_count; i++)
		if (host.changed[i].number == number) {
			*value = host.changed[i].value;
			found = true;
		}
	pthread_mutex_unlock(&host.lock);
	return found;
}

int system_capability(uint64_t number)
{
	int value;

	if (changed(number, &value))
		return value;
	for (unsigned i = 0; i < CAPABILITIES; i++)
		if (capabilities[i].number == number)
			return capabilities[i].value;
	return 0;
}

static void too_many(const char *what)
{
	fprintf(stderr, "fake /dev/kvm: too many calls of %s()\n", what);
	abort();
}

void fake_capability(unsigned number, int value)
{
	unsigned i;

	pthread_mutex_lock(&host.lock);
	for (i = 0; i < host.changed_count && host.changed[i].number != number; i++)
		;
	if (i == sizeof(host.changed) / sizeof(host.changed[0]))
		too_many("fake_capability");
	host.changed[i].number = number;
	host.changed[i].value = value;
	if (i == host.changed_count)
		host.changed_count++;
	pthread_mutex_unlock(&host.lock);
}

void fake_refuse(unsigned long request, int error, unsigned times)
{
	unsigned i;

	pthread_mutex_lock(&host.lock);
	for (i = 0; i < host.refused_count && host.refused[i].request != (unsigned)request; i++)
		;
	if (i == sizeof(host.refused) / sizeof(host.refused[0]))
		too_many("fake_refuse");
	if (i == host.refused_count)
		host.refused_count++;
	host.refusals -= host.refused[i].times;
	host.refused[i].request = (unsigned)request;
	host.refused[i].error = error;
	host.refused[i].times = times;
	host.refusals += times;
	pthread_mutex_unlock(&host.lock);
}

int system_refused(unsigned request)
{
	int error = 0;

	if (!atomic_load(&host.refusals))
		return 0;
	pthread_mutex_lock(&host.lock);
	for (unsigned i = 0; i < host.refused_count; i++)
		if (host.refused[i].request == request && host.refused[i].times) {
			host.refused[i].times--;
			host.refusals--;
			error = host.refused[i].error;
		}
	pthread_mutex_unlock(&host.lock);
	return error;
}

static _Atomic bool newest;

__attribute__((constructor)) static void read_environment(void)
{
	atomic_store(&newest, getenv("FAKE_KVM_NEWEST") != NULL);
}

void fake_newest(bool is_newest)
{
	atomic_store(&newest, is_newest);
}

bool system_is_newest(void)
{
	return atomic_load(&newest);
}

/* Linux: kvm_arch_init_vm(): only type 0 without CONFIG_KVM_S390_UCONTROL. */
static int create_vm(uint64_t type)
{
	struct vm *vm;

	if (type)
		return -EINVAL;
	vm_create(&vm);
	vm->fd = object_create(VM, vm, NULL, 0);
	return vm->fd;
}

/* Linux: kvm_dev_ioctl(). What it does not know is EINVAL here. */
int system_ioctl(unsigned request, uint64_t argument)
{
	switch (request) {
	case GET_API_VERSION:
		return argument ? -EINVAL : VERSION;
	case CREATE_VM:
		return create_vm(argument);
	case CHECK_EXTENSION:
		return system_capability(argument);
	case GET_VCPU_MMAP_SIZE:
		return argument ? -EINVAL : (int)RUN_SIZE;
	default:
		return -EINVAL;
	}
}
