// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model.c - attributes of a VM: CPU model, clock, limit of storage.
 */
#include "internal.h"

#include <time.h>

/* A list that a z13 could have under KVM; without 11, 64, 69, 71, 72, 129, 140, 153. */
#define LIST_0 0xf3e6fffbfcfff840ull
#define LIST_1 0x003c000000000000ull
#define CPUID 0x00123456296400ull /* machine type 2964 */

/* Bits count from the left. */
static bool has(const uint64_t *words, unsigned facility)
{
	return words[facility / 64] >> (63 - facility % 64) & 1;
}

bool model_has_facility(const struct vm *vm, unsigned facility)
{
	return has(vm->mask, facility) && has(vm->list, facility);
}

void model_add_facility(struct vm *vm, unsigned facility)
{
	uint64_t bit = 1ull << (63 - facility % 64);

	vm->mask[facility / 64] |= bit;
	vm->list[facility / 64] |= bit;
}

void model_init(struct vm *vm)
{
	vm->cpuid = CPUID;
	vm->mask[0] = vm->list[0] = LIST_0 & ~(1ull << (63 - 11));
	vm->mask[1] = vm->list[1] = LIST_1;
}

/* --- CPU model -------------------------------------------------------------------------------- */

static void put_words(uint8_t *block, size_t offset, const uint64_t *words)
{
	for (unsigned i = 0; i < FACILITY_WORDS; i++)
		put64(block, offset + 8 * i, words[i]);
}

/* What a hypervisor with our functions must tell, though Linux copies the list as it is: zPCI and
 * adapter-event notification; suppression if and only if KVM does it; neither extended SCCBs nor
 * interpretation of what is ours. */
static void check_list(const struct vm *vm)
{
	if (!has(vm->list, 69) || !has(vm->list, 71))
		finding("PROCESSOR: facility 69 or 71 is missing: the guest sees no functions");
	if (has(vm->list, 72) != vm->ais)
		finding("PROCESSOR: facility 72 is %s, but KVM_CAP_S390_AIS is%s enabled",
			has(vm->list, 72) ? "on" : "off", vm->ais ? "" : " not");
	if (has(vm->list, 140) || has(vm->list, 153))
		finding("PROCESSOR: facility 140 or 153 is on: nobody emulates it");
}

static int set_processor(struct vm *vm, uint64_t address)
{
	uint8_t block[PROCESSOR_BYTES];

	if (vm->created_vcpus)
		return -EBUSY;
	if (!from_user(block, address, sizeof(block)))
		return -EFAULT;
	vm->cpuid = get64(block, PROCESSOR_CPUID);
	vm->ibc = get16(block, PROCESSOR_IBC);
	for (unsigned i = 0; i < FACILITY_WORDS; i++)
		vm->list[i] = get64(block, PROCESSOR_LIST + 8 * i);
	check_list(vm);
	return 0;
}

static int get_processor(const struct vm *vm, uint64_t address)
{
	uint8_t block[PROCESSOR_BYTES] = { 0 };

	put64(block, PROCESSOR_CPUID, vm->cpuid);
	put16(block, PROCESSOR_IBC, vm->ibc);
	put_words(block, PROCESSOR_LIST, vm->list);
	return to_user(address, block, sizeof(block)) ? 0 : -EFAULT;
}

static int get_machine(const struct vm *vm, uint64_t address)
{
	uint8_t block[MACHINE_BYTES] = { 0 };

	put64(block, PROCESSOR_CPUID, CPUID);
	put_words(block, MACHINE_MASK, vm->mask);
	put_words(block, MACHINE_LIST, vm->list);
	return to_user(address, block, sizeof(block)) ? 0 : -EFAULT;
}

/* Linux: kvm_s390_set_cpu_model(), kvm_s390_get_cpu_model(). */
static int cpu_model(struct vm *vm, unsigned request, uint64_t attr, uint64_t address)
{
	if (attr != CPU_PROCESSOR && attr != CPU_MACHINE)
		return -ENXIO;
	if (request == HAS_DEVICE_ATTR)
		return 0;
	if (request == SET_DEVICE_ATTR)
		return attr == CPU_PROCESSOR ? set_processor(vm, address) : -ENXIO;
	return attr == CPU_PROCESSOR ? get_processor(vm, address) : get_machine(vm, address);
}

/* --- clock ------------------------------------------------------------------------------------ */

/* The host's TOD clock: bit 51 counts microseconds since 1900. */
static uint64_t host_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec + 2208988800u) * 1000000 * 4096 +
	       (uint64_t)now.tv_nsec * 4096 / 1000;
}

static int get_clock(const struct vm *vm, uint64_t attr, uint64_t address)
{
	uint8_t block[TOD_EXT_BYTES] = { 0 };

	put64(block, TOD_EXT_TOD, host_clock() + vm->epoch);
	switch (attr) {
	case VM_TOD_HIGH:
		return to_user(address, block, 1) ? 0 : -EFAULT;
	case VM_TOD_LOW:
		return to_user(address, block + TOD_EXT_TOD, 8) ? 0 : -EFAULT;
	default:
		return to_user(address, block, sizeof(block)) ? 0 : -EFAULT;
	}
}

static int set_clock(struct vm *vm, uint64_t attr, uint64_t address)
{
	static const size_t sizes[] = { [VM_TOD_LOW] = 8, [VM_TOD_HIGH] = 1, [VM_TOD_EXT] = 16 };
	uint8_t block[TOD_EXT_BYTES];

	if (!from_user(block, address, sizes[attr]))
		return -EFAULT;
	/* Without the multiple-epoch facility the high byte is 0. */
	if (attr != VM_TOD_LOW && block[TOD_EXT_EPOCH])
		return -EINVAL;
	if (attr != VM_TOD_HIGH)
		vm->epoch = get64(block, attr == VM_TOD_EXT ? TOD_EXT_TOD : 0) - host_clock();
	return 0;
}

/* Linux: kvm_s390_get_tod(), kvm_s390_set_tod(). HAS does not know TOD_EXT. */
static int clock_attribute(struct vm *vm, unsigned request, const uint8_t *attribute)
{
	uint64_t attr = get64(attribute, ATTR_ATTR), address = get64(attribute, ATTR_ADDR);

	if (request == HAS_DEVICE_ATTR)
		return attr <= VM_TOD_HIGH ? 0 : -ENXIO;
	if (get32(attribute, ATTR_FLAGS))
		return -EINVAL;
	if (attr > VM_TOD_EXT)
		return -ENXIO;
	return request == SET_DEVICE_ATTR ? set_clock(vm, attr, address)
					  : get_clock(vm, attr, address);
}

/* --- limit of storage ------------------------------------------------------------------------- */

/* Linux: TASK_SIZE_MAX, on a host whose address space is not limited. */
static const uint64_t largest = -(uint64_t)PAGE;

/* It is how many tables translation has, and nothing that anybody can read. */
static int set_limit(const struct vm *vm, uint64_t address)
{
	uint64_t limit;

	if (!from_user(&limit, address, sizeof(limit)))
		return -EFAULT;
	if (limit > largest)
		return -E2BIG;
	if (!limit)
		return -EINVAL;
	return vm->created_vcpus ? -EBUSY : 0;
}

/* Linux: kvm_s390_set_mem_control(), of a host without CMMA. */
static int storage_control(const struct vm *vm, unsigned request, uint64_t attr, uint64_t address)
{
	if (attr != VM_MEM_LIMIT_SIZE)
		return -ENXIO;
	if (request == HAS_DEVICE_ATTR)
		return 0;
	if (request == SET_DEVICE_ATTR)
		return set_limit(vm, address);
	return to_user(address, &largest, sizeof(largest)) ? 0 : -EFAULT;
}

int model_attribute(struct vm *vm, unsigned request, const uint8_t *attribute)
{
	uint64_t attr = get64(attribute, ATTR_ATTR), address = get64(attribute, ATTR_ADDR);

	if (get32(attribute, ATTR_GROUP) != VM_TOD)
		reserved(attribute + ATTR_FLAGS, 4, "flags of a VM's attribute");
	switch (get32(attribute, ATTR_GROUP)) {
	case VM_MEM_CTRL:
		return storage_control(vm, request, attr, address);
	case VM_TOD:
		return clock_attribute(vm, request, attribute);
	case VM_CPU_MODEL:
		return cpu_model(vm, request, attr, address);
	default:
		return -ENXIO;
	}
}
