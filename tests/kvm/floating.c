// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floating.c - floating interruptions: those that any CPU can take. The test takes them.
 */
#include "internal.h"

#define MAX_INTERRUPTIONS 266250u /* Linux: KVM_S390_MAX_FLOAT_IRQS */
#define SCCB 0xfffffff8u
#define EVENT 0x3u

/* Linux: __inject_service(). An SCCB that finds one pending is dropped; events are not. */
static int inject_service(struct vm *vm, uint32_t parameter)
{
	vm->service_parameter |= parameter & EVENT;
	if (vm->service_parameter & EVENT)
		vm->service_event = true;
	if (vm->service_parameter & SCCB) {
		vm->service_dropped++;
		return 0;
	}
	vm->service_parameter |= parameter & SCCB;
	vm->service = true;
	return 0;
}

/* Linux: __inject_io(). Without a GISA each one is queued. */
static int inject_io(struct vm *vm, const struct interruption *interruption)
{
	unsigned isc = interruption->word >> 27 & 7, pending = 0;

	for (unsigned i = 0; i < 8; i++)
		pending += vm->adapter_interruptions[i] + vm->io_interruptions[i];
	if (pending >= MAX_INTERRUPTIONS)
		return -EBUSY;
	if (interruption->type & INT_IO_ADAPTER) {
		if (!(interruption->word & 0x80000000u))
			finding("adapter interruption: its word 0x%08x lacks bit 0",
				interruption->word);
		vm->adapter_interruptions[isc]++;
	} else {
		vm->io_interruptions[isc]++;
	}
	return 0;
}

/* Linux: __inject_float_mchk(). Of CR14 one bit is kept. */
static int inject_machine_check(struct vm *vm, const struct interruption *interruption)
{
	vm->machine_check_cr14 |= interruption->cr14 & MCHK_CR14_CHANNEL_REPORT;
	vm->machine_check_mcic |= interruption->mcic;
	vm->machine_checks++;
	return 0;
}

int floating_inject(struct vm *vm, const struct interruption *interruption)
{
	switch (interruption->type) {
	case INT_MCHK:
		return inject_machine_check(vm, interruption);
	case INT_SERVICE:
		return inject_service(vm, interruption->external);
	case INT_VIRTIO:
	case INT_PFAULT_DONE:
		return 0;
	default:
		return interruption->type <= INT_IO_MAX ? inject_io(vm, interruption) : -EINVAL;
	}
}

void floating_clear(struct vm *vm)
{
	memset(vm->adapter_interruptions, 0, sizeof(vm->adapter_interruptions));
	memset(vm->io_interruptions, 0, sizeof(vm->io_interruptions));
	vm->machine_checks = 0;
	vm->machine_check_cr14 = vm->machine_check_mcic = 0;
	vm->service = vm->service_event = false;
	vm->service_parameter = 0;
}

/* --- the guest -------------------------------------------------------------------------------- */

static unsigned take(struct vm *vm, unsigned *counter)
{
	unsigned count;

	pthread_mutex_lock(&vm->lock);
	count = *counter;
	*counter = 0;
	pthread_mutex_unlock(&vm->lock);
	return count;
}

unsigned fake_adapter_interruptions(int vm, unsigned isc)
{
	struct vm *of = object_vm(vm);

	return take(of, &of->adapter_interruptions[isc & 7]);
}

unsigned fake_io_interruptions(int vm, unsigned isc)
{
	struct vm *of = object_vm(vm);

	return take(of, &of->io_interruptions[isc & 7]);
}

unsigned fake_dropped_signals(int vm)
{
	struct vm *of = object_vm(vm);

	return take(of, &of->service_dropped);
}

unsigned fake_clears(int vm)
{
	struct vm *of = object_vm(vm);

	return take(of, &of->clears);
}

unsigned fake_machine_check(int vm, uint64_t *cr14, uint64_t *mcic)
{
	struct vm *of = object_vm(vm);
	unsigned count;

	pthread_mutex_lock(&of->lock);
	count = of->machine_checks;
	*cr14 = of->machine_check_cr14;
	*mcic = of->machine_check_mcic;
	of->machine_checks = 0;
	of->machine_check_cr14 = of->machine_check_mcic = 0;
	pthread_mutex_unlock(&of->lock);
	return count;
}

bool fake_service_signal(int vm, uint32_t *parameter)
{
	struct vm *of = object_vm(vm);
	bool pending;

	pthread_mutex_lock(&of->lock);
	pending = of->service || of->service_event;
	*parameter = of->service_parameter;
	of->service = of->service_event = false;
	of->service_parameter = 0;
	pthread_mutex_unlock(&of->lock);
	return pending;
}

unsigned fake_suppression(int vm, unsigned isc)
{
	struct vm *of = object_vm(vm);
	unsigned bit = 0x80u >> (isc & 7), mode;

	pthread_mutex_lock(&of->lock);
	mode = of->none & bit ? 2 : of->single & bit ? 1 : 0;
	pthread_mutex_unlock(&of->lock);
	return mode;
}
