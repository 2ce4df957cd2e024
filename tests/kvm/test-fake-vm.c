// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake-vm.c - the fake's rules of a VM, each broken once: its descriptors, capabilities,
 * memory, CPU model and clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "layout.h"

/* --- descriptors ------------------------------------------------------------------------------ */

/* Each kind has its own ioctls. Linux answers EINVAL for what /dev/kvm does not know, and for a
 * vCPU's ioctl that is not KVM's. */
static void kinds_have_their_own_ioctls(void **state)
{
	const struct {
		int fd;
		unsigned request;
		int error;
	} rows[] = {
		{ host.kvm, CREATE_VCPU, EINVAL },
		{ host.kvm, RUN, EINVAL },
		{ host.vm, RUN, ENOTTY },
		{ host.vm, CREATE_VM, ENOTTY },
		{ host.vm, S390_IRQ, ENOTTY },
		{ host.vm, SET_MP_STATE, ENOTTY },
		{ host.vcpu, CREATE_VCPU, ENOTTY },
		{ host.vcpu, SET_GSI_ROUTING, ENOTTY },
		{ host.vcpu, SET_DEVICE_ATTR, ENOTTY },
		{ host.vcpu, 0x5401, EINVAL },
		{ host.flic, ENABLE_CAP, ENOTTY },
		{ host.flic, RUN, ENOTTY },
	};
	uint8_t block[256] = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(call(rows[i].fd, rows[i].request, block), -rows[i].error);
}

static void arguments_that_are_not_there(void **state)
{
	static const unsigned of_vm[] = { ENABLE_CAP,	   CREATE_DEVICE,  SET_USER_MEMORY_REGION,
					  SET_DEVICE_ATTR, S390_INTERRUPT, S390_MEM_OP,
					  SET_GSI_ROUTING, IRQFD };
	static const unsigned of_vcpu[] = { ENABLE_CAP, SET_MP_STATE, S390_MEM_OP, S390_IRQ,
					    S390_INTERRUPT };

	(void)state;
	for (unsigned i = 0; i < sizeof(of_vm) / sizeof(of_vm[0]); i++)
		assert_int_equal(call_number(host.vm, of_vm[i], 8), -EFAULT);
	for (unsigned i = 0; i < sizeof(of_vcpu) / sizeof(of_vcpu[0]); i++)
		assert_int_equal(call_number(host.vcpu, of_vcpu[i], 8), -EFAULT);
	assert_int_equal(call_number(host.flic, SET_DEVICE_ATTR, 8), -EFAULT);
}

static void only_vcpus_are_mapped(void **state)
{
	(void)state;
	assert_ptr_equal(mmap(NULL, RUN_SIZE, PROT_READ, MAP_SHARED, host.vm, 0), MAP_FAILED);
	assert_int_equal(errno, ENODEV);
	munmap(mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, host.vcpu, 0), RUN_SIZE);
	assert_finding("not shared");
	munmap(mmap(NULL, RUN_SIZE, PROT_READ, MAP_SHARED, host.vcpu, 0), RUN_SIZE);
	assert_finding("not for reading and writing");
	munmap(mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, host.vcpu, RUN_SIZE),
	       RUN_SIZE);
	assert_finding("at offset 4096");
	munmap(mmap(NULL, 2 * RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, host.vcpu, 0),
	       2 * RUN_SIZE);
	assert_finding("8192 bytes");
}

static void the_host_is_as_a_test_says(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(call_number(host.kvm, CHECK_EXTENSION, CAP_S390_MEM_OP), MEMOP_MAX);
	fake_capability(CAP_S390_MEM_OP, 0);
	assert_int_equal(call_number(host.kvm, CHECK_EXTENSION, CAP_S390_MEM_OP), 0);
	assert_int_equal(call_number(host.vm, CHECK_EXTENSION, CAP_S390_MEM_OP), 0);
	fake_capability(CAP_S390_MEM_OP, MEMOP_MAX);
	fake_refuse(0, EACCES, 1);
	assert_int_equal(open("/dev/kvm", O_RDWR | O_CLOEXEC), -1);
	assert_int_equal(errno, EACCES);
	fake_refuse(CREATE_VM, EINVAL, 1);
	assert_int_equal(call_number(host.kvm, CREATE_VM, 0), -EINVAL);
	fd = call_number(host.kvm, CREATE_VM, 0);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(call_number(host.kvm, CREATE_VM, 1), -EINVAL);
	assert_int_equal(call_number(host.kvm, GET_API_VERSION, 0), 12);
	assert_int_equal(call_number(host.kvm, GET_VCPU_MMAP_SIZE, 0), RUN_SIZE);
}

/* --- capabilities ----------------------------------------------------------------------------- */

static void capabilities_belong_to_one_kind(void **state)
{
	uint8_t block[CAP_BYTES] = { 0 };

	(void)state;
	assert_int_equal(enable_capability(host.vcpu, CAP_S390_CSS_SUPPORT, 0), 0);
	assert_int_equal(enable_capability(host.vm, CAP_S390_CSS_SUPPORT, 0), -EINVAL);
	assert_int_equal(enable_capability(host.vcpu, CAP_S390_IRQCHIP, 0), -EINVAL);
	assert_int_equal(enable_capability(host.vm, CAP_S390_IRQCHIP, 1), -EINVAL);
	assert_int_equal(enable_capability(host.vm, CAP_S390_VECTOR_REGISTERS, 0), -EBUSY);
	assert_int_equal(enable_capability(host.vm, CAP_S390_AIS, 0), -EBUSY);
	assert_int_equal(enable_capability(host.vm, CAP_S390_USER_SIGP, 0), 0);
	put(block, CAP_NUMBER, 4, CAP_S390_IRQCHIP);
	put(block, CAP_ARGS, 8, 1);
	assert_int_equal(call(host.vm, ENABLE_CAP, block), 0);
	assert_finding("ENABLE_CAP of a VM");
	put(block, CAP_NUMBER, 4, CAP_S390_CSS_SUPPORT);
	assert_int_equal(call(host.vcpu, ENABLE_CAP, block), 0);
	assert_finding("ENABLE_CAP of a vCPU");
}

static void irqchip_needs_its_capability(void **state)
{
	(void)state;
	assert_int_equal(call_number(host.vm, CREATE_IRQCHIP, 0), -EINVAL);
	assert_int_equal(enable_capability(host.vm, CAP_S390_IRQCHIP, 0), 0);
	assert_int_equal(call_number(host.vm, CREATE_IRQCHIP, 0), 0);
}

/* --- memory ----------------------------------------------------------------------------------- */

static void memory_comes_in_mebibytes(void **state)
{
	uint8_t *at = host.storage;

	(void)state;
	assert_int_equal(set_region(host.vm, 0, 0, 0, MEBIBYTE / 2, at), -EINVAL);
	assert_int_equal(set_region(host.vm, 0, 0, 0, MEBIBYTE, at + 0x10000), -EINVAL);
	assert_int_equal(set_region(host.vm, 0, 0, 0x800, MEBIBYTE, at), -EINVAL);
	/* Read-only: not on s390. */
	assert_int_equal(set_region(host.vm, 0, 2, 0, MEBIBYTE, at), -EINVAL);
	assert_int_equal(set_region(host.vm, 0x10000, 0, 0, MEBIBYTE, at), -EINVAL);
	assert_int_equal(set_region(host.vm, 0, 0, 0, MEBIBYTE, at), 0);
	assert_int_equal(set_region(host.vm, 1, 0, 0, MEBIBYTE, at + MEBIBYTE), -EEXIST);
	assert_int_equal(set_region(host.vm, 1, 0, MEBIBYTE, MEBIBYTE, at + MEBIBYTE), 0);
	assert_int_equal(set_region(host.vm, 1, 0, 0, MEBIBYTE, at + MEBIBYTE), -EEXIST);
	assert_int_equal(set_region(host.vm, 1, 0, MEBIBYTE, 2 * MEBIBYTE, at + MEBIBYTE), -EINVAL);
	assert_int_equal(set_region(host.vm, 1, 0, 2 * MEBIBYTE, MEBIBYTE, at + MEBIBYTE), 0);
	assert_int_equal(set_region(host.vm, 1, 1, 2 * MEBIBYTE, MEBIBYTE, at + MEBIBYTE), 0);
	assert_int_equal(set_region(host.vm, 1, 0, 0, 0, NULL), 0);
	assert_int_equal(set_region(host.vm, 1, 0, 0, 0, NULL), -EINVAL);
	fake_newest(true);
	assert_int_equal(set_region(host.vm, 1, 0, 2 * MEBIBYTE, PAGE, at + PAGE), 0);
	assert_int_equal(set_region(host.vm, 2, 0, 3 * MEBIBYTE, PAGE, at + PAGE + 1), -EINVAL);
	fake_newest(false);
}

static void a_longer_region_has_reserved_bytes(void **state)
{
	uint8_t block[REGION2_BYTES] = { 0 };

	(void)state;
	put(block, REGION_SIZE, 8, MEBIBYTE);
	put(block, REGION_HOST, 8, (uintptr_t)host.storage);
	assert_int_equal(call(host.vm, SET_USER_MEMORY_REGION2, block), 0);
	block[REGION2_BYTES - 1] = 1;
	assert_int_equal(call(host.vm, SET_USER_MEMORY_REGION2, block), 0);
	assert_finding("SET_USER_MEMORY_REGION2");
}

/* The limit says how many tables there are. Slots need not be below it. */
static void the_limit_comes_before_vcpus(void **state)
{
	uint64_t limit = 2 * MEBIBYTE, none = 0;

	(void)state;
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &none), -EINVAL);
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit), 0);
	assert_int_equal(set_region(host.vm, 0, 0, MEBIBYTE, 2 * MEBIBYTE, host.storage), 0);
	create_vcpu();
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit), -EBUSY);
}

/* --- the CPU model ---------------------------------------------------------------------------- */

static void set_bits(uint8_t *processor, const unsigned *bits)
{
	for (; *bits; bits++) {
		size_t word = PROCESSOR_LIST + *bits / 64 * 8;

		put(processor, word, 8, get(processor, word, 8) | 1ull << (63 - *bits % 64));
	}
}

static void facilities_of_functions(void **state)
{
	static const struct {
		unsigned bits[4];
		const char *finding;
	} rows[] = {
		{ { 69, 71 }, NULL },	       { { 69 }, "69 or 71" },
		{ { 71 }, "69 or 71" },	       { { 69, 71, 72 }, "facility 72 is on" },
		{ { 69, 71, 153 }, "140 or" }, { { 69, 71, 140 }, "140 or" },
	};
	uint8_t before[PROCESSOR_BYTES], processor[PROCESSOR_BYTES], flagged[ATTR_BYTES] = { 0 };

	(void)state;
	host.flic = create_device(host.vm, DEVICE_TYPE_FLIC, 0);
	assert_true(host.flic >= 0);
	assert_int_equal(get_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, before), 0);
	put(flagged, ATTR_FLAGS, 4, 1);
	put(flagged, ATTR_GROUP, 4, VM_CPU_MODEL);
	put(flagged, ATTR_ADDR, 8, (uintptr_t)processor);
	assert_int_equal(call(host.vm, GET_DEVICE_ATTR, flagged), 0);
	assert_finding("flags of a VM");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(processor, before, sizeof(before));
		set_bits(processor, rows[i].bits);
		assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), 0);
		if (rows[i].finding)
			assert_finding(rows[i].finding);
		/* It is in the list alone. */
		assert_int_equal(set_suppression(host.flic, 2, 1), -EOPNOTSUPP);
	}
	assert_int_equal(enable_capability(host.vm, CAP_S390_AIS, 0), 0);
	memcpy(processor, before, sizeof(before));
	set_bits(processor, rows[0].bits);
	set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor);
	assert_finding("facility 72 is off");
	assert_int_equal(set_suppression(host.flic, 2, 1), -EOPNOTSUPP);
	create_vcpu();
	assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), -EBUSY);
	assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_MACHINE, processor), -ENXIO);
	assert_int_equal(set_attribute(host.vm, 77, 0, processor), -ENXIO);
}

/* --- the clock -------------------------------------------------------------------------------- */

static void the_clock_is_the_host_s_plus_the_epoch(void **state)
{
	uint64_t low = 0, epoch = 0x1000;
	uint8_t extended[TOD_EXT_BYTES] = { 0 };

	(void)state;
	assert_int_equal(set_attribute(host.vm, VM_TOD, VM_TOD_LOW, &epoch), 0);
	assert_int_equal(get_attribute(host.vm, VM_TOD, VM_TOD_LOW, &low), 0);
	assert_in_range(low, 0x1000, 60ull * 1000000 * 4096);
	assert_int_equal(get_attribute(host.vm, VM_TOD, VM_TOD_EXT, extended), 0);
	assert_true(get(extended, TOD_EXT_TOD, 8) >= low);
	assert_int_equal(has_attribute(host.vm, VM_TOD, VM_TOD_EXT), -ENXIO);
	extended[0] = 1;
	assert_int_equal(set_attribute(host.vm, VM_TOD, VM_TOD_EXT, extended), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kinds_have_their_own_ioctls),
		TEST(arguments_that_are_not_there),
		TEST(only_vcpus_are_mapped),
		TEST(the_host_is_as_a_test_says),
		TEST(capabilities_belong_to_one_kind),
		EARLY(irqchip_needs_its_capability),
		EARLY(memory_comes_in_mebibytes),
		EARLY(the_limit_comes_before_vcpus),
		EARLY(a_longer_region_has_reserved_bytes),
		EARLY(facilities_of_functions),
		TEST(the_clock_is_the_host_s_plus_the_epoch),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm: VM", tests, NULL, NULL);
}
