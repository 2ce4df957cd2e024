// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake.c - the fake's own rules, each broken once.
 *
 * What Linux refuses is seen as its errno, and what it lets pass as a finding. If a rule is taken
 * out of the fake, a test fails here.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "guest.h"
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

/* --- 1: capabilities -------------------------------------------------------------------------- */

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
	assert_finding("ENABLE_CAP");
}

static void irqchip_needs_its_capability(void **state)
{
	(void)state;
	assert_int_equal(call_number(host.vm, CREATE_IRQCHIP, 0), -EINVAL);
	assert_int_equal(enable_capability(host.vm, CAP_S390_IRQCHIP, 0), 0);
	assert_int_equal(call_number(host.vm, CREATE_IRQCHIP, 0), 0);
}

/* --- 2: memory -------------------------------------------------------------------------------- */

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

static void memory_ends_at_the_limit(void **state)
{
	uint64_t limit = 2 * MEBIBYTE, none = 0;

	(void)state;
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &none), -EINVAL);
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit), 0);
	assert_int_equal(set_region(host.vm, 0, 0, MEBIBYTE, 2 * MEBIBYTE, host.storage), -EINVAL);
	assert_int_equal(set_region(host.vm, 0, 0, 0, 2 * MEBIBYTE, host.storage), 0);
	create_vcpu();
	assert_int_equal(set_attribute(host.vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit), -EBUSY);
}

/* --- 3: the CPU model ------------------------------------------------------------------------- */

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
	uint8_t before[PROCESSOR_BYTES], processor[PROCESSOR_BYTES];

	(void)state;
	assert_int_equal(get_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, before), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(processor, before, sizeof(before));
		set_bits(processor, rows[i].bits);
		assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), 0);
		if (rows[i].finding)
			assert_finding(rows[i].finding);
	}
	assert_int_equal(enable_capability(host.vm, CAP_S390_AIS, 0), 0);
	memcpy(processor, before, sizeof(before));
	set_bits(processor, rows[0].bits);
	set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor);
	assert_finding("facility 72 is off");
	create_vcpu();
	assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_PROCESSOR, processor), -EBUSY);
	assert_int_equal(set_attribute(host.vm, VM_CPU_MODEL, CPU_MACHINE, processor), -ENXIO);
	assert_int_equal(set_attribute(host.vm, 77, 0, processor), -ENXIO);
}

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

/* --- 4: the FLIC ------------------------------------------------------------------------------ */

static int set_flic(unsigned group, uint64_t attr, void *address)
{
	return set_attribute(host.flic, group, attr, address);
}

static void one_flic_and_no_other_device(void **state)
{
	(void)state;
	assert_int_equal(create_device(host.vm, DEVICE_TYPE_FLIC, 0), -EINVAL);
	assert_int_equal(create_device(host.vm, DEVICE_TYPE_FLIC, DEVICE_TEST), 0);
	assert_int_equal(create_device(host.vm, 5, 0), -ENODEV);
	assert_int_equal(create_device(host.vm, 99, 0), -ENODEV);
	create_device(host.vm, DEVICE_TYPE_FLIC, 4);
	assert_finding("CREATE_DEVICE");
}

static void groups_of_the_flic(void **state)
{
	(void)state;
	assert_int_equal(has_attribute(host.flic, FLIC_AIRQ_INJECT, 0), 0);
	assert_int_equal(has_attribute(host.flic, 12, 0), -ENXIO);
	assert_int_equal(set_flic(12, 0, NULL), -EINVAL);
	assert_int_equal(get_attribute(host.flic, FLIC_ENQUEUE, 0, NULL), -EINVAL);
}

static void adapters_are_registered_once(void **state)
{
	(void)state;
	assert_int_equal(register_adapter(host.flic, 56, 2, 1), 0);
	assert_int_equal(register_adapter(host.flic, 56, 2, 1), -EINVAL);
	assert_int_equal(register_adapter(host.flic, 64, 2, 1), -EINVAL);
	assert_int_equal(register_adapter(host.flic, 57, 2, 0x81), 0);
	assert_finding("ADAPTER_REGISTER");
	assert_int_equal(register_adapter(host.flic, 58, 8, 1), 0);
	assert_finding("ADAPTER_REGISTER");
	assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 59, NULL), -EINVAL);
	assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 1ull << 40, NULL), -EINVAL);
}

static void single_mode_presents_one(void **state)
{
	uint8_t modes[AIS_ALL_BYTES] = { 0 };

	(void)state;
	assert_int_equal(register_adapter(host.flic, 58, 2, 1), 0);
	assert_int_equal(register_adapter(host.flic, 59, 3, 0), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 58, NULL), 0);
	assert_int_equal(fake_adapter_interruptions(host.vm, 2), 3);
	assert_int_equal(set_suppression(host.flic, 2, 1), 0);
	assert_int_equal(set_suppression(host.flic, 3, 1), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 58, NULL), 0);
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 59, NULL), 0);
	}
	assert_int_equal(fake_adapter_interruptions(host.vm, 2), 1);
	assert_int_equal(fake_adapter_interruptions(host.vm, 3), 3); /* not suppressible */
	assert_int_equal(fake_suppression(host.vm, 2), 2);
	assert_int_equal(set_suppression(host.flic, 2, 1), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 1);
	assert_int_equal(set_suppression(host.flic, 2, 0), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 0);
	assert_int_equal(set_suppression(host.flic, 8, 0), -EINVAL);
	assert_int_equal(set_suppression(host.flic, 2, 2), -EINVAL);
	assert_int_equal(get_attribute(host.flic, FLIC_AISM_ALL, 2, modes), 0);
	assert_int_equal(modes[0], 0x10);
	assert_int_equal(set_flic(FLIC_AISM_ALL, 2, (uint8_t[2]){ 0x20, 0x20 }), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 2);
}

static void suppression_needs_its_facility(void **state)
{
	(void)state;
	host.flic = create_device(host.vm, DEVICE_TYPE_FLIC, 0);
	assert_int_equal(set_suppression(host.flic, 2, 1), -EOPNOTSUPP);
	assert_int_equal(set_flic(FLIC_AISM_ALL, 2, (uint8_t[2]){ 0 }), -EOPNOTSUPP);
}

static void floating_types_are_queued(void **state)
{
	uint64_t cr14, mcic;
	uint32_t parameter;

	(void)state;
	assert_int_equal(enqueue(host.flic, INT_MCHK, 71), -EINVAL);
	assert_int_equal(enqueue(host.flic, INT_PROGRAM, IRQ_BYTES), -EINVAL);
	assert_int_equal(enqueue(host.flic, 0x100000000ull | INT_SERVICE, IRQ_BYTES), -EINVAL);
	assert_int_equal(set_flic(FLIC_ENQUEUE, IRQ_BYTES, (void *)8), -EFAULT);
	assert_int_equal(enqueue(host.flic, INT_MCHK, IRQ_BYTES), 0);
	assert_int_equal(fake_machine_check(host.vm, &cr14, &mcic), 1);
	assert_int_equal(cr14, 0x10000000); /* the other bit is lost */
	assert_int_equal(mcic, 0x00400f1d40330000);
	assert_int_equal(enqueue(host.flic, INT_IO_ADAPTER, IRQ_BYTES), 0);
	assert_int_equal(fake_adapter_interruptions(host.vm, 5), 1);
	assert_int_equal(enqueue(host.flic, INT_SERVICE, IRQ_BYTES), 0);
	assert_int_equal(enqueue(host.flic, INT_MCHK, IRQ_BYTES), 0);
	assert_int_equal(set_flic(FLIC_CLEAR_IRQS, 0, NULL), 0);
	assert_false(fake_service_signal(host.vm, &parameter));
	assert_int_equal(fake_machine_check(host.vm, &cr14, &mcic), 0);
}

/* --- 10: service signals ---------------------------------------------------------------------- */

static void a_second_service_signal_is_dropped(void **state)
{
	uint32_t parameter;

	(void)state;
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x5000, 0), 0);
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x6001, 0), 0);
	assert_int_equal(fake_dropped_signals(host.vm), 1);
	assert_true(fake_service_signal(host.vm, &parameter));
	assert_int_equal(parameter, 0x5001);
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x6000, 0), 0);
	assert_int_equal(fake_dropped_signals(host.vm), 0);
	assert_true(fake_service_signal(host.vm, &parameter));
	assert_int_equal(parameter, 0x6000);
}

/* --- 5: routes -------------------------------------------------------------------------------- */

static void routes_stay_in_a_page(void **state)
{
	const unsigned last = PAGE * 8 - 1;
	const struct {
		struct route route;
		int rc;
	} rows[] = {
		{ { 0, 1, 3, 0x1000, last, 0x2000, last }, 0 },
		{ { 0, 1, 3, 0x1000, last + 1, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 3, 0x1000, 0, 0x2000, last + 1 }, -EINVAL },
		{ { 0, 1, 3, 0x1008, last - 63, 0x2000, 0 }, -EINVAL },
		{ { 1, 1, 3, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 4096, 3, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 1, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 3, STORAGE, 0, 0x2000, 0 }, -EFAULT },
		{ { 0, 1, 3, 0x1000, 0, STORAGE, 0 }, -EFAULT },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(set_route(host.vm, rows[i].route), rows[i].rc);
}

static void irqfds_have_few_flags(void **state)
{
	uint8_t block[IRQFD_BYTES] = { 0 };

	(void)state;
	put(block, IRQFD_FLAGS, 4, 4);
	assert_int_equal(call(host.vm, IRQFD, block), -EINVAL);
	put(block, IRQFD_FLAGS, 4, 0);
	put(block, IRQFD_BYTES - 4, 4, 1);
	assert_int_equal(call(host.vm, IRQFD, block), 0);
	assert_finding("IRQFD");
}

/* --- 8: KVM_RUN ------------------------------------------------------------------------------- */

static void an_exit_has_its_own_fields_alone(void **state)
{
	const struct fake_exit reset = { .reason = FAKE_RESET, .flags = 0x1c };

	(void)state;
	script(pcistb, &somewhere);
	memset(host.run + RUN_UNION, 0, RUN_UNION_SIZE);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_SIEIC);
	assert_int_equal(get(host.run, RUN_ICPTCODE, 1), FAKE_INSTRUCTION);
	assert_int_equal(get(host.run, RUN_IPA, 2), 0xeb58);
	assert_int_equal(get(host.run, RUN_IPB, 4), 0xb00000d4);
	assert_int_equal(get(host.run, RUN_UNION + 1, 1), 0xa5);
	assert_int_equal(get(host.run, RUN_UNION + 8, 8), 0xa5a5a5a5a5a5a5a5);
	assert_int_equal(get(host.run, RUN_PSW_MASK, 8), PSW_64);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0x10004);
	assert_int_equal(get(host.run, RUN_GPRS + 16, 8), 2);
	assert_int_equal(get(host.run, RUN_ACRS + 8, 4), 9);
	assert_int_equal(get(host.run, RUN_CRS + 8, 8), 0x1003);
	assert_int_equal(get(host.run, RUN_PREFIX, 8), 0x8000);
	fake_exit(host.vcpu, &reset);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_RESET);
	assert_int_equal(get(host.run, RUN_RESET_FLAGS, 8), 0x1c);
	assert_int_equal(get(host.run, RUN_UNION + 8, 8), 0xa5a5a5a5a5a5a5a5);
}

static void what_is_behind_a_short_instruction_is_random(void **state)
{
	uint64_t first;

	(void)state;
	script(pcilg, &somewhere);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	first = get(host.run, RUN_IPB, 4);
	assert_int_equal(first >> 16, 0x0042);
	assert_int_equal(enter(), 0);
	assert_int_equal(get(host.run, RUN_IPB, 4) >> 16, 0x0042);
	assert_int_not_equal(get(host.run, RUN_IPB, 4), first);
}

/* The PSW, general and access registers are taken as they are; others with their bit alone. */
static void dirty_bits_count(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_PSW_ADDRESS, 8, 0x20000);
	put(host.run, RUN_GPRS + 8, 8, 0x99);
	put(host.run, RUN_ACRS + 4, 4, 0x98);
	put(host.run, RUN_CRS + 8, 8, 0x97);
	put(host.run, RUN_PREFIX, 8, 0xa000);
	put(host.run, RUN_CKC, 8, 0x96);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.psw_address, 0x20000);
	assert_int_equal(cpu.gr[1], 0x99);
	assert_int_equal(cpu.ar[1], 0x98);
	assert_int_equal(cpu.cr[1], 0x1003);
	assert_int_equal(cpu.prefix, 0x8000);
	assert_int_equal(get(host.run, RUN_CRS + 8, 8), 0x1003);
	assert_int_equal(get(host.run, RUN_CKC, 8), 0);
	put(host.run, RUN_CRS + 8, 8, 0x97);
	put(host.run, RUN_PREFIX, 8, 0xa000);
	put(host.run, RUN_CKC, 8, 0x96);
	put(host.run, RUN_DIRTY_REGS, 8, SYNC_CRS | SYNC_PREFIX | SYNC_ARCH0);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.cr[1], 0x97);
	assert_int_equal(cpu.prefix, 0xa000);
	assert_int_equal(get(host.run, RUN_CKC, 8), 0x96);
	assert_int_equal(get(host.run, RUN_DIRTY_REGS, 8), 0);
}

static void unknown_registers_are_refused(void **state)
{
	(void)state;
	script_signal();
	put(host.run, RUN_VALID_REGS, 8, SYNC_ALL + 1);
	assert_int_equal(enter(), -EINVAL);
	put(host.run, RUN_VALID_REGS, 8, SYNC_ALL);
	put(host.run, RUN_DIRTY_REGS, 8, 1ull << 63);
	assert_int_equal(enter(), -EINVAL);
	put(host.run, RUN_DIRTY_REGS, 8, 0);
	assert_int_equal(call_number(host.vcpu, RUN, 1), -EINVAL);
	assert_int_equal(enter(), -EINTR);
}

static void a_stopped_vcpu_does_not_run(void **state)
{
	(void)state;
	script_signal();
	assert_int_equal(set_state(host.vcpu, 6), -ENXIO);
	assert_int_equal(set_state(host.vcpu, 8), -ENXIO);
	assert_int_equal(set_state(host.vcpu, MP_STOPPED), 0);
	assert_int_equal(enter(), -EINVAL);
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	assert_int_equal(enter(), -EINTR);
	assert_int_equal(get(host.run, RUN_EXIT_REASON, 4), FAKE_INTR);
}

/* Nothing is taken from kvm_run. */
static void immediate_exit_comes_first(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_GPRS + 8, 8, 0x99);
	script_signal();
	host.run[RUN_IMMEDIATE_EXIT] = 1;
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.gr[1], 1);
	host.run[RUN_IMMEDIATE_EXIT] = 0;
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.gr[1], 0x99);
}

static void errors_are_scripted(void **state)
{
	const struct fake_exit again = { .error = EAGAIN, .times = 2 };

	(void)state;
	fake_exit(host.vcpu, &again);
	assert_int_equal(enter(), -EAGAIN);
	assert_int_equal(enter(), -EAGAIN);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *run_elsewhere(void *rc)
{
	*(int *)rc = enter();
	return NULL;
}

static void a_vcpu_keeps_its_thread(void **state)
{
	pthread_t thread;
	int rc;

	(void)state;
	script_signal();
	script_signal();
	assert_int_equal(enter(), -EINTR);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	assert_finding("another thread");
}

static void wait_until_it_runs(void)
{
	while (!fake_running(host.vcpu))
		sched_yield();
}

static void empty_handler(int number)
{
	(void)number;
}

static void a_signal_ends_the_wait(void **state)
{
	struct sigaction action = { .sa_handler = empty_handler };
	pthread_t thread;
	int rc;

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	__atomic_store_n(&host.run[RUN_IMMEDIATE_EXIT], 1, __ATOMIC_SEQ_CST);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	host.run[RUN_IMMEDIATE_EXIT] = 0;
}

static void *wait_and_end(void *unused)
{
	(void)unused;
	while (!strstr(fake_finding(), "kick"))
		sched_yield();
	script_signal();
	return NULL;
}

/* --- 9 */
static void other_ioctls_wait_for_the_run(void **state)
{
	pthread_t thread, ender;
	int rc;

	(void)state;
	fake_patience(1);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	assert_int_equal(inject(host.vcpu, INT_RESTART, 0), 0); /* does not wait */
	pthread_create(&ender, NULL, wait_and_end, NULL);
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	pthread_join(ender, NULL);
	pthread_join(thread, NULL);
	assert_int_equal(rc, -EINTR);
	assert_finding("kick");
	fake_patience(5000);
}

static void a_stop_ends_the_run(void **state)
{
	pthread_t thread;
	int rc;

	(void)state;
	assert_int_equal(set_state(host.vcpu, MP_OPERATING), 0);
	pthread_create(&thread, NULL, run_elsewhere, &rc);
	wait_until_it_runs();
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 2), -EINVAL);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), 0);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), -EBUSY);
	pthread_join(thread, NULL);
	assert_int_equal(rc, 0);
	assert_int_equal(get(host.run, RUN_ICPTCODE, 1), FAKE_STOP);
	assert_int_equal(set_state(host.vcpu, MP_STOPPED), 0);
	assert_int_equal(inject(host.vcpu, INT_SIGP_STOP, 0), 0);
}

static void resets_clear_more_and_more(void **state)
{
	struct fake_cpu cpu;

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(call_number(host.vcpu, S390_NORMAL_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0x10004);
	assert_int_equal(call_number(host.vcpu, S390_INITIAL_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_PSW_ADDRESS, 8), 0);
	assert_int_equal(get(host.run, RUN_CRS, 8), 0xe0);
	assert_int_equal(get(host.run, RUN_CRS + 8 * 14, 8), 0xc2000000);
	assert_int_equal(get(host.run, RUN_GPRS + 8, 8), 1);
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	assert_int_equal(get(host.run, RUN_GPRS + 8, 8), 0);
	script_signal();
	assert_int_equal(enter(), -EINTR);
	fake_guest(host.vcpu, &cpu);
	assert_int_equal(cpu.prefix, 0);
}

/* --- 7: program interruptions ----------------------------------------------------------------- */

/* The next entry delivers, by the length of the last instruction. */
static void a_program_interruption_is_delivered(void **state)
{
	static const struct {
		const uint8_t *instruction;
		bool executed;
		unsigned code, length;
		uint64_t old;
	} rows[] = {
		{ pcilg, false, 0x0002, 4, 0x10004 }, { pcistb, false, 0x0006, 6, 0x10004 },
		{ pcistb, true, 0x0006, 4, 0x10004 }, { pcistb, false, 0x0011, 6, 0x0fffe },
		{ pcilg, false, 0x0004, 4, 0x10004 },
	};
	struct fake_program program;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_exit exit = { .reason = FAKE_SIEIC,
					  .icptcode = FAKE_INSTRUCTION,
					  .executed = rows[i].executed,
					  .cpu = &somewhere };

		memcpy(exit.instruction, rows[i].instruction, 6);
		fake_exit(host.vcpu, &exit);
		script_signal();
		assert_int_equal(enter(), 0);
		assert_int_equal(inject(host.vcpu, INT_PROGRAM, rows[i].code), 0);
		assert_false(fake_program(host.vcpu, &program));
		assert_int_equal(enter(), -EINTR);
		assert_true(fake_program(host.vcpu, &program));
		assert_int_equal(program.code, rows[i].code);
		assert_int_equal(program.length, rows[i].length);
		assert_int_equal(program.psw_address, rows[i].old);
		assert_int_equal(host.storage[0x8000 + LC_PGM_CODE + 1], rows[i].code);
		assert_int_equal(host.storage[0x8000 + LC_PGM_ILC + 1], rows[i].length);
		assert_int_equal(host.storage[0x8000 + LC_PGM_OLD_PSW + 15], rows[i].old & 0xff);
	}
}

static void a_second_program_interruption_is_a_finding(void **state)
{
	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0002), 0);
	assert_finding("while 0x0006 is pending");
}

static void a_program_interruption_needs_an_instruction(void **state)
{
	const struct fake_exit wait = { .reason = FAKE_SIEIC, .icptcode = FAKE_WAIT };

	(void)state;
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_finding("without an instruction");
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	fake_exit(host.vcpu, &wait);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0x0006), 0);
	assert_finding("without an instruction");
	assert_int_equal(call_number(host.vcpu, S390_CLEAR_RESET, 0), 0);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	assert_int_equal(inject(host.vcpu, INT_PROGRAM, 0), 0);
	assert_finding("code 0");
}

static void floating_types_are_none_of_a_vcpu(void **state)
{
	static const struct {
		unsigned type;
		int rc;
	} rows[] = {
		{ INT_SERVICE, -EINVAL }, { INT_IO_ADAPTER, -EINVAL }, { INT_VIRTIO, -EINVAL },
		{ 0xffff9999, -EINVAL },  { INT_CPU_TIMER, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(inject(host.vcpu, rows[i].type, 0), rows[i].rc);
		assert_int_equal(inject_old(host.vcpu, rows[i].type, 0, 0), rows[i].rc);
	}
	assert_int_equal(inject_old(host.vm, INT_PROGRAM, 0, 0), -EINVAL);
}

/* --- 11 --------------------------------------------------------------------------------------- */

static void reserved_bytes_are_zero(void **state)
{
	uint8_t irq[IRQ_BYTES] = { 0 }, attr[ATTR_BYTES] = { 0 };

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	put(irq, IRQ_TYPE, 8, INT_PROGRAM);
	put(irq, IRQ_PGM_CODE, 2, 6);
	irq[16] = 1; /* of the monitor code */
	assert_int_equal(call(host.vcpu, S390_IRQ, irq), 0);
	assert_finding("reserved byte");
	put(attr, ATTR_FLAGS, 4, 1);
	put(attr, ATTR_GROUP, 4, FLIC_CLEAR_IRQS);
	assert_int_equal(call(host.flic, SET_DEVICE_ATTR, attr), 0);
	assert_finding("flags of a FLIC");
}

/* --- 6: MEM_OP -------------------------------------------------------------------------------- */

static void operands_of_memop(void **state)
{
	static uint8_t buffer[MEMOP_MAX + 1];
	const struct {
		struct memop memop;
		int vcpu, vm;
	} rows[] = {
		{ { .op = 0, .size = 8, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 1, .size = 8, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 4, .size = 8, .buffer = buffer }, -EINVAL, 0 },
		{ { .op = 5, .size = 8, .buffer = buffer }, -EINVAL, 0 },
		{ { .op = 0, .size = 0, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 5, .size = 0, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = MEMOP_MAX, .buffer = buffer }, 0, -EINVAL },
		{ { .op = 0, .size = MEMOP_MAX + 1, .buffer = buffer }, -E2BIG, -E2BIG },
		{ { .op = 4, .size = MEMOP_MAX + 1, .buffer = buffer }, -EINVAL, -E2BIG },
		{ { .op = 0, .size = 8, .flags = 8, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 5, .size = 8, .flags = 2, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = 8, .ar = 16, .buffer = buffer }, -EINVAL, -EINVAL },
		{ { .op = 0, .size = 8, .flags = 4, .key = 16, .buffer = buffer },
		  -EINVAL,
		  -EINVAL },
		{ { .op = 4, .size = 8, .flags = 4, .key = 16, .buffer = buffer },
		  -EINVAL,
		  -EINVAL },
		{ { .op = 0, .size = 8, .buffer = (void *)8 }, -EFAULT, -EINVAL },
		{ { .op = 1, .size = 8, .buffer = (void *)8 }, -EFAULT, -EINVAL },
		{ { .op = 4, .size = 8, .buffer = (void *)8 }, -EINVAL, -EFAULT },
		{ { .op = 5, .size = 8, .buffer = (void *)8 }, -EINVAL, -EFAULT },
		{ { .op = 4, .size = 8, .address = STORAGE, .buffer = buffer },
		  -EINVAL,
		  PGM_ADDRESSING },
		{ { .op = 4, .size = 16, .address = STORAGE - 8, .buffer = buffer },
		  -EINVAL,
		  PGM_ADDRESSING },
		{ { .op = 1, .size = 8, .address = STORAGE, .flags = 1 }, PGM_ADDRESSING, 5 },
	};

	(void)state;
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(memop(host.vcpu, rows[i].memop), rows[i].vcpu);
		assert_int_equal(memop(host.vm, rows[i].memop), rows[i].vm);
	}
	assert_int_equal(memop(host.vcpu, (struct memop){ .size = 8, .key = 3, .buffer = buffer }),
			 0);
	assert_finding("SKEY_PROTECTION");
	fake_capability(CAP_S390_MEM_OP_EXTENSION, 0);
	assert_int_equal(
		memop(host.vcpu, (struct memop){ .size = 8, .flags = 4, .buffer = buffer }),
		-EINVAL);
	fake_capability(CAP_S390_MEM_OP_EXTENSION, 1);
}

#define PRIMARY 0x1003
#define SECONDARY 0x2003
#define HOME 0x3003
#define LISTED 0x4003
#define ALET 0x00010002u

static void map_spaces(void)
{
	fake_translate(host.vm, PRIMARY, 0, 0x10000000, 0, 0x10);
	fake_translate(host.vm, PRIMARY, 0, 0x100000, 0x100000, 0);
	fake_translate(host.vm, PRIMARY, 0x3000, 0x1000, 0, 0x11);
	fake_translate(host.vm, PRIMARY, 0x4000, 0x1000, 0x104000, FAKE_PROTECTED);
	fake_translate(host.vm, PRIMARY, 0x5000, 0x1000, STORAGE, 0);
	fake_translate(host.vm, SECONDARY, 0, 0x100000, 0x200000, 0);
	fake_translate(host.vm, HOME, 0, 0x100000, 0x300000, 0);
	fake_translate(host.vm, LISTED, 0, 0x100000, 0x310000, 0);
	fake_access_list(host.vm, ALET, LISTED, 0);
	fake_access_list(host.vm, ALET + 1, 0, 0x2b);
	fake_storage_key(host.vm, 0x106000, 3);
	fake_storage_key(host.vm, 0x107000, 3 | FAKE_FETCH);
	for (unsigned i = 1; i < 4; i++)
		host.storage[i << 20] = (uint8_t)i;
	host.storage[0x310000] = 4;
}

/* A store or fetch of 8 bytes in one page or two, and the exception that it gives. */
static void scripted_translation(void **state)
{
	static const struct {
		unsigned write, space;
		uint64_t address;
		unsigned ar, key;
		unsigned code;
		uint64_t teid; /* -1: none */
	} rows[] = {
		{ 0, 0, 0x0, 0, 0, 0, 0 },
		{ 0, 0, 0x3000, 0, 0, 0x11, 0x3800 },
		{ 1, 0, 0x3ff8, 0, 0, 0x11, 0x3400 },
		{ 1, 0, 0x2ffc, 0, 0, 0x11, 0x3400 },
		{ 0, 0, 0x100000, 0, 0, 0x10, 0x100800 },
		{ 0, 0, 0x10000000, 0, 0, 0x38, 0x10000800 },
		{ 0, 0, 0x4000, 0, 0, 0, 0 },
		{ 1, 0, 0x4000, 0, 0, 0x04, 0x4404 },
		{ 1, 0, 0x5000, 0, 0, 0x05, 0 },
		{ 0, 2, 0x0, 0, 0, 0, 0 },
		{ 0, 3, 0x0, 0, 0, 0, 0 },
		{ 0, 2, 0x200000, 0, 0, 0x38, 0x200802 },
		{ 0, 1, 0x0, 0, 0, 0, 0 },
		{ 0, 1, 0x0, 1, 0, 0, 0 },
		{ 0, 1, 0x0, 2, 0, 0, 0 },
		{ 0, 1, 0x0, 3, 0, 0x2b, 0 },
		{ 0, 1, 0x0, 4, 0, 0x29, 0 },
		{ 0, 1, 0x0, 5, 0, 0x28, 0 },
		{ 0, 0, 0x6000, 0, 3, 0, 0 },
		{ 1, 0, 0x6000, 0, 3, 0, 0 },
		{ 0, 0, 0x6000, 0, 4, 0, 0 },
		{ 1, 0, 0x6000, 0, 4, 0x04, 0x6408 },
		{ 0, 0, 0x7000, 0, 4, 0x04, 0x7808 },
		{ 1, 0, 0x7000, 0, 0, 0, 0 },
		{ 1, 0, 0x6ffc, 0, 3, 0, 0 },
	};
	struct fake_cpu cpu = { .psw_mask = PSW_64,
				.psw_address = 0x10006,
				.cr = { 0xe0, [1] = PRIMARY, [7] = SECONDARY, [13] = HOME },
				.ar = { 1, 1, ALET, ALET + 1, ALET + 2, 0x08000000 } };
	struct fake_program program;
	uint64_t value;

	(void)state;
	map_spaces();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct memop row = { .address = rows[i].address,
				     .flags = MEMOP_INJECT | MEMOP_SKEY,
				     .op = rows[i].write,
				     .size = 8,
				     .ar = rows[i].ar,
				     .key = rows[i].key,
				     .buffer = &value };

		cpu.psw_mask = PSW_64 | PSW_DAT | (uint64_t)rows[i].space << PSW_SPACE_SHIFT;
		script(pcistb, &cpu);
		script_signal();
		assert_int_equal(enter(), 0);
		row.flags = MEMOP_CHECK_ONLY | MEMOP_SKEY;
		assert_int_equal(memop(host.vcpu, row), rows[i].code);
		row.flags = MEMOP_INJECT | MEMOP_SKEY;
		assert_int_equal(memop(host.vcpu, row), rows[i].code);
		assert_int_equal(enter(), -EINTR);
		assert_int_equal(fake_program(host.vcpu, &program), rows[i].code != 0);
		if (!rows[i].code)
			continue;
		assert_int_equal(program.code, rows[i].code);
		assert_int_equal(program.length, 6);
		assert_int_equal(program.access_id, rows[i].ar);
		assert_int_equal(program.teid, rows[i].teid);
	}
}

/* Which storage each space has. */
static void spaces_are_told_by_registers(void **state)
{
	static const struct {
		unsigned space, ar, byte;
	} rows[] = { { 0, 0, 1 }, { 2, 0, 2 }, { 3, 0, 3 }, { 1, 0, 1 }, { 1, 1, 2 }, { 1, 2, 4 } };
	struct fake_cpu cpu = { .cr = { 0xe0, [1] = PRIMARY, [7] = SECONDARY, [13] = HOME },
				.ar = { 1, 1, ALET } };
	uint8_t byte;

	(void)state;
	map_spaces();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cpu.psw_mask = PSW_64 | PSW_DAT | (uint64_t)rows[i].space << PSW_SPACE_SHIFT;
		script(pcistb, &cpu);
		assert_int_equal(enter(), 0);
		assert_int_equal(
			memop(host.vcpu,
			      (struct memop){ .size = 1, .ar = rows[i].ar, .buffer = &byte }),
			0);
		assert_int_equal(byte, rows[i].byte);
	}
}

/* The mode of addressing, the prefix and low-address protection, without translation. */
static void real_addresses(void **state)
{
	struct fake_cpu cpu = somewhere;
	uint8_t byte = 0;

	(void)state;
	host.storage[0x100] = 1;
	host.storage[0x8100] = 2;
	host.storage[0x12345] = 3;
	cpu.psw_mask = PSW_31;
	script(pcilg, &cpu);
	assert_int_equal(enter(), 0);
	put(host.run, RUN_PREFIX, 8, 0); /* changes nothing before the next run */
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x100, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 2);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x8100, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 1);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x80012345, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 3);
	cpu.psw_mask = 0;
	cpu.cr[0] |= CR0_LOW_ADDRESS_PROTECTION;
	script(pcilg, &cpu);
	assert_int_equal(enter(), 0);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x81012345, 0, 1, 0, 0, 0, &byte }), 0);
	assert_int_equal(byte, 3);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x1ff, 0, 1, 1, 0, 0, &byte }), 4);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x200, 0, 1, 1, 0, 0, &byte }), 0);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x1100, 0, 1, 1, 0, 0, &byte }), 4);
}

/* A key is looked at when a page is stored to, and pages before it stay changed. */
static void a_store_can_end_in_the_middle(void **state)
{
	uint8_t bytes[16];

	(void)state;
	memset(bytes, 0x77, sizeof(bytes));
	fake_storage_key(host.vm, 0x11000, 3);
	script(pcilg, &somewhere);
	assert_int_equal(enter(), 0);
	fake_storage_key(host.vm, 0x10000, 4);
	assert_int_equal(memop(host.vcpu, (struct memop){ 0x10ff8, 4, 16, 1, 0, 4, bytes }), 4);
	assert_int_equal(host.storage[0x10ff8], 0x77);
	assert_int_equal(host.storage[0x11000], 0);
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
		EARLY(memory_ends_at_the_limit),
		EARLY(facilities_of_functions),
		TEST(the_clock_is_the_host_s_plus_the_epoch),
		TEST(one_flic_and_no_other_device),
		TEST(groups_of_the_flic),
		TEST(adapters_are_registered_once),
		TEST(single_mode_presents_one),
		EARLY(suppression_needs_its_facility),
		TEST(floating_types_are_queued),
		TEST(a_second_service_signal_is_dropped),
		TEST(routes_stay_in_a_page),
		TEST(irqfds_have_few_flags),
		TEST(an_exit_has_its_own_fields_alone),
		TEST(what_is_behind_a_short_instruction_is_random),
		TEST(dirty_bits_count),
		TEST(unknown_registers_are_refused),
		TEST(a_stopped_vcpu_does_not_run),
		TEST(immediate_exit_comes_first),
		TEST(errors_are_scripted),
		TEST(a_vcpu_keeps_its_thread),
		TEST(a_signal_ends_the_wait),
		TEST(other_ioctls_wait_for_the_run),
		TEST(a_stop_ends_the_run),
		TEST(resets_clear_more_and_more),
		TEST(a_program_interruption_is_delivered),
		TEST(a_second_program_interruption_is_a_finding),
		TEST(a_program_interruption_needs_an_instruction),
		TEST(floating_types_are_none_of_a_vcpu),
		TEST(reserved_bytes_are_zero),
		TEST(operands_of_memop),
		TEST(scripted_translation),
		TEST(spaces_are_told_by_registers),
		TEST(real_addresses),
		TEST(a_store_can_end_in_the_middle),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm", tests, NULL, NULL);
}
