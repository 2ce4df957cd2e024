// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rules.c - prints what KVM answers to calls that a program can make wrong.
 *
 * It runs twice, on the fake and on Linux's own KVM (tests/guest/kvm-rules.t), and both must print
 * the same. So nobody writes down what is expected. No guest is ever run.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arguments.h"
#include "layout.h"

#define MEBIBYTE 0x100000u
#define STORAGE (4 * MEBIBYTE)

static int kvm, vm, vcpu, flic;
static uint8_t *storage, *run;

/* A page that is not there, behind one that is; and a page that can only be read. */
static uint8_t *nowhere, *fixed;

/* "NAME: RESULT" */
static int answer(const char *name, int rc)
{
	if (rc >= 0)
		printf("%s: %d\n", name, rc);
	else
		printf("%s: %s\n", name, strerror(-rc));
	return rc;
}

/* The same of a new descriptor, which is 0. */
static int descriptor(const char *name, int fd)
{
	answer(name, fd < 0 ? fd : 0);
	return fd;
}

static int ask(const char *name, int fd, unsigned long request, uintptr_t argument)
{
	return answer(name, call_number(fd, request, argument));
}

/* An argument that is not there. */
static void ask_nowhere(const char *name, int fd, unsigned long request)
{
	ask(name, fd, request, (uintptr_t)nowhere);
}

/* --- a VM ------------------------------------------------------------------------------------- */

static void region(const char *name, unsigned slot, unsigned flags, uint64_t guest, uint64_t size,
		   const void *host)
{
	answer(name, set_region(vm, slot, flags, guest, size, host));
}

static void enable(const char *name, int fd, unsigned capability, unsigned flags)
{
	answer(name, enable_capability(fd, capability, flags));
}

static int device(const char *name, unsigned type, unsigned flags)
{
	return descriptor(name, create_device(vm, type, flags));
}

static void system_calls(void)
{
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	ask("version", kvm, GET_API_VERSION, 0);
	ask("version with an argument", kvm, GET_API_VERSION, 1);
	ask("size of kvm_run", kvm, GET_VCPU_MMAP_SIZE, 0);
	ask("size of kvm_run with an argument", kvm, GET_VCPU_MMAP_SIZE, 1);
	ask("MEM_OP's largest size", kvm, CHECK_EXTENSION, CAP_S390_MEM_OP);
	ask("routes", kvm, CHECK_EXTENSION, CAP_IRQ_ROUTING);
	ask("AIS", kvm, CHECK_EXTENSION, CAP_S390_AIS);
	ask("nobody's capability", kvm, CHECK_EXTENSION, 100000);
	ask("nobody's ioctl of /dev/kvm", kvm, 0xae7f, 0);
	ask("a VM's ioctl of /dev/kvm", kvm, CREATE_VCPU, 0);
	/* No VM of another type: Linux 6.12 warns when it refuses one, in
	 * kvm_s390_pci_clear_list(). */
	vm = descriptor("VM", call_number(kvm, CREATE_VM, 0));
}

static void capabilities_before(void)
{
	enable("CSS_SUPPORT of a VM", vm, CAP_S390_CSS_SUPPORT, 0);
	enable("flags", vm, CAP_S390_IRQCHIP, 1);
	ask("irqchip without its capability", vm, CREATE_IRQCHIP, 0);
	enable("IRQCHIP", vm, CAP_S390_IRQCHIP, 0);
	ask("irqchip", vm, CREATE_IRQCHIP, 0);
	enable("AIS", vm, CAP_S390_AIS, 0);
	enable("USER_SIGP", vm, CAP_S390_USER_SIGP, 0);
	enable("USER_STSI", vm, CAP_S390_USER_STSI, 0);
	enable("USER_INSTR0", vm, CAP_S390_USER_INSTR0, 0);
	enable("nobody's capability of a VM", vm, 100000, 0);
	/* Of what the host lacks. */
	ask("VECTOR_REGISTERS", vm, CHECK_EXTENSION, CAP_S390_VECTOR_REGISTERS);
	enable("VECTOR_REGISTERS", vm, CAP_S390_VECTOR_REGISTERS, 0);
	ask("RI", vm, CHECK_EXTENSION, CAP_S390_RI);
	enable("RI", vm, CAP_S390_RI, 0);
	ask("GS", vm, CHECK_EXTENSION, CAP_S390_GS);
	enable("GS", vm, CAP_S390_GS, 0);
	ask("nobody's ioctl of a VM", vm, 0xae7f, 0);
	ask("a vCPU's ioctl of a VM", vm, RUN, 0);
	ask_nowhere("ENABLE_CAP of nowhere", vm, ENABLE_CAP);
	ask_nowhere("a memory slot of nowhere", vm, SET_USER_MEMORY_REGION);
	ask_nowhere("a device of nowhere", vm, CREATE_DEVICE);
	ask_nowhere("an attribute of nowhere", vm, SET_DEVICE_ATTR);
	ask_nowhere("an interruption of nowhere", vm, S390_INTERRUPT);
	ask_nowhere("MEM_OP of nowhere", vm, S390_MEM_OP);
	ask_nowhere("routes of nowhere", vm, SET_GSI_ROUTING);
	ask_nowhere("IRQFD of nowhere", vm, IRQFD);
	printf("mmap of a VM: %s\n",
	       mmap(NULL, RUN_SIZE, PROT_READ, MAP_SHARED, vm, 0) == MAP_FAILED ? strerror(errno)
										: "0");
}

static void memory_limit(const char *name, uint64_t limit)
{
	answer(name, set_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit));
}

static void print_memory_limit(void)
{
	uint64_t limit = 0;

	answer("limit, GET", get_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, &limit));
	printf("limit 0x%llx\n", (unsigned long long)limit);
}

static void limits(void)
{
	answer("limit, HAS", has_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE));
	answer("limit of nowhere", set_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, nowhere));
	answer("limit to nowhere", get_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, nowhere));
	answer("limit to a fixed page", get_attribute(vm, VM_MEM_CTRL, VM_MEM_LIMIT_SIZE, fixed));
	answer("memory control 3, HAS", has_attribute(vm, VM_MEM_CTRL, 3));
	answer("memory control 3, GET", get_attribute(vm, VM_MEM_CTRL, 3, nowhere));
	answer("memory control 3, SET", set_attribute(vm, VM_MEM_CTRL, 3, nowhere));
	print_memory_limit();
	memory_limit("no limit", UINT64_MAX);
	print_memory_limit();
	memory_limit("limit 0", 0);
	memory_limit("limit of 16 MiB", 16 * MEBIBYTE);
	print_memory_limit();
	region("beyond the limit", 7, 0, 16 * MEBIBYTE, MEBIBYTE, storage);
	region("beyond the limit, away", 7, 0, 0, 0, NULL);
}

static void memory(void)
{
	region("a byte of a page", 0, 0, 0, 0x800, storage);
	region("half a page of the guest", 0, 0, 0x800, MEBIBYTE, storage);
	region("half a page of the host", 0, 0, 0, MEBIBYTE, storage + 0x800);
	region("read-only", 0, 2, 0, MEBIBYTE, storage);
	region("a flag of nobody", 0, 0x80, 0, MEBIBYTE, storage);
	region("nothing goes away", 0, 0, 0, 0, NULL);
	region("address space 1", 0x10000, 0, 0, MEBIBYTE, storage);
	region("around the end", 0, 0, -(uint64_t)MEBIBYTE, 2 * MEBIBYTE, storage);
	region("8 TiB", 0, 0, 0, 1ull << 43, storage);
	region("two MiB", 0, 0, 0, 2 * MEBIBYTE, storage);
	region("the same again", 0, 0, 0, 2 * MEBIBYTE, storage);
	region("another size", 0, 0, 0, 3 * MEBIBYTE, storage);
	region("another place in the host", 0, 0, 0, 2 * MEBIBYTE, storage + 2 * MEBIBYTE);
	region("overlap", 1, 0, MEBIBYTE, MEBIBYTE, storage + 2 * MEBIBYTE);
	region("behind", 1, 0, 2 * MEBIBYTE, MEBIBYTE, storage + 2 * MEBIBYTE);
	region("moved onto the other", 1, 0, MEBIBYTE, MEBIBYTE, storage + 2 * MEBIBYTE);
	region("moved", 1, 0, 3 * MEBIBYTE, MEBIBYTE, storage + 2 * MEBIBYTE);
	region("logged", 1, 1, 3 * MEBIBYTE, MEBIBYTE, storage + 2 * MEBIBYTE);
	region("goes away", 1, 0, 0, 0, NULL);
	region("goes away again", 1, 0, 0, 0, NULL);
	region("where it was", 2, 0, 2 * MEBIBYTE, 2 * MEBIBYTE, storage);
	region("onto itself", 2, 0, 3 * MEBIBYTE, 2 * MEBIBYTE, storage);
	region("below", 1, 0, 2 * MEBIBYTE, MEBIBYTE, storage);
	region("below goes away", 1, 0, 0, 0, NULL);
	region("onto itself goes away", 2, 0, 0, 0, NULL);
}

static void model(void)
{
	static uint8_t block[MACHINE_BYTES];

	answer("nobody's group", set_attribute(vm, 77, 0, block));
	answer("nobody's group, HAS", has_attribute(vm, 77, 0));
	answer("PROCESSOR", get_attribute(vm, VM_CPU_MODEL, CPU_PROCESSOR, block));
	answer("PROCESSOR of nowhere", get_attribute(vm, VM_CPU_MODEL, CPU_PROCESSOR, nowhere));
	answer("PROCESSOR of a fixed page", get_attribute(vm, VM_CPU_MODEL, CPU_PROCESSOR, fixed));
	answer("PROCESSOR of nowhere, SET",
	       set_attribute(vm, VM_CPU_MODEL, CPU_PROCESSOR, nowhere));
	answer("MACHINE of nowhere", get_attribute(vm, VM_CPU_MODEL, CPU_MACHINE, nowhere));
	answer("CPU model 77", get_attribute(vm, VM_CPU_MODEL, 77, block));
	answer("CPU model 77, SET", set_attribute(vm, VM_CPU_MODEL, 77, block));
	answer("CPU model 77, HAS", has_attribute(vm, VM_CPU_MODEL, 77));
	answer("MACHINE, HAS", has_attribute(vm, VM_CPU_MODEL, CPU_MACHINE));
	answer("MACHINE", get_attribute(vm, VM_CPU_MODEL, CPU_MACHINE, block));
	answer("MACHINE, SET", set_attribute(vm, VM_CPU_MODEL, CPU_MACHINE, block));
}

static void clock_of(const char *name, unsigned attribute, const uint8_t *block)
{
	answer(name, set_attribute(vm, VM_TOD, attribute, block));
}

static void clocks(void)
{
	static uint8_t block[TOD_EXT_BYTES];
	uint8_t flagged[ATTR_BYTES] = { 0 };

	answer("TOD_LOW", get_attribute(vm, VM_TOD, VM_TOD_LOW, block));
	answer("TOD_LOW to nowhere", get_attribute(vm, VM_TOD, VM_TOD_LOW, nowhere));
	answer("TOD_HIGH to nowhere", get_attribute(vm, VM_TOD, VM_TOD_HIGH, nowhere));
	answer("TOD_EXT to nowhere", get_attribute(vm, VM_TOD, VM_TOD_EXT, nowhere));
	clock_of("TOD_LOW of nowhere", VM_TOD_LOW, nowhere);
	clock_of("TOD_HIGH of nowhere", VM_TOD_HIGH, nowhere);
	clock_of("TOD_EXT of nowhere", VM_TOD_EXT, nowhere);
	/* Any byte of the low part can be another than 0. */
	memset(block, 0x11, 8);
	clock_of("TOD_LOW, SET", VM_TOD_LOW, block);
	memset(block, 0, sizeof(block));
	clock_of("TOD_HIGH 0", VM_TOD_HIGH, block);
	clock_of("TOD_EXT, epoch 0", VM_TOD_EXT, block);
	block[0] = 1;
	clock_of("TOD_HIGH 1", VM_TOD_HIGH, block);
	clock_of("TOD_EXT, epoch 1", VM_TOD_EXT, block);
	answer("TOD_EXT", get_attribute(vm, VM_TOD, VM_TOD_EXT, block));
	answer("TOD_EXT, HAS", has_attribute(vm, VM_TOD, VM_TOD_EXT));
	answer("TOD 3", get_attribute(vm, VM_TOD, 3, block));
	put(flagged, ATTR_FLAGS, 4, 1);
	put(flagged, ATTR_GROUP, 4, VM_TOD);
	put(flagged, ATTR_ADDR, 8, (uintptr_t)block);
	answer("TOD_LOW with flags", call(vm, GET_DEVICE_ATTR, flagged));
	answer("TOD_LOW with flags, SET", call(vm, SET_DEVICE_ATTR, flagged));
}

static void old_irq(const char *name, int fd, uint32_t type)
{
	answer(name, inject_old(fd, type, 0, type == INT_IO_ADAPTER ? 0x80000000u : 0));
}

/* --- the FLIC --------------------------------------------------------------------------------- */

static void set_flic(const char *name, unsigned group, uint64_t attr, const void *address)
{
	answer(name, set_attribute(flic, group, attr, address));
}

static void adapter(const char *name, unsigned id)
{
	answer(name, register_adapter(flic, id, 2, 1));
}

static void mode(const char *name, unsigned isc, unsigned number)
{
	answer(name, set_suppression(flic, isc, number));
}

static void modes(const char *name)
{
	uint8_t block[AIS_ALL_BYTES] = { 0 };

	answer(name, get_attribute(flic, FLIC_AISM_ALL, sizeof(block), block));
	printf("single 0x%02x, none 0x%02x\n", block[0], block[1]);
}

static void queue(const char *name, uint64_t type, unsigned length)
{
	answer(name, enqueue(flic, type, length));
}

/* Of one that is registered for maskable, or not. */
static void modify(const char *name, unsigned id, unsigned type)
{
	uint8_t block[MODIFY_BYTES] = { 0 };

	put(block, MODIFY_ID, 4, id);
	block[MODIFY_TYPE] = (uint8_t)type;
	set_flic(name, FLIC_ADAPTER_MODIFY, 0, block);
}

static void adapters(void)
{
	uint8_t maskable[ADAPTER_BYTES] = { 0 };

	adapter("adapter 56", 56);
	adapter("adapter 56 again", 56);
	adapter("adapter 64", 64);
	put(maskable, ADAPTER_ID, 4, 58);
	maskable[ADAPTER_MASKABLE] = 1;
	set_flic("maskable adapter", FLIC_ADAPTER_REGISTER, 0, maskable);
	set_flic("adapter of nowhere", FLIC_ADAPTER_REGISTER, 0, nowhere);
	set_flic("change of nowhere", FLIC_ADAPTER_MODIFY, 0, nowhere);
	modify("mask 58", 58, 1);
	modify("mask 56", 56, 1);
	modify("mask 57", 57, 1);
	modify("mask 64", 64, 1);
	modify("mask 4294967295", 0xffffffff, 1);
	modify("unmap 56", 56, 3);
	modify("change 0 of 56", 56, 0);
	modify("change 4 of 56", 56, 4);
}

/* What KVM keeps at most, and one more. */
static void fill(void)
{
	const size_t most = 266250;
	uint8_t *queue = calloc(most, IRQ_BYTES);

	if (!queue)
		exit(1);
	for (size_t i = 0; i < most; i++) {
		put(queue + i * IRQ_BYTES, IRQ_TYPE, 8, INT_IO_ADAPTER);
		put(queue + i * IRQ_BYTES, IRQ_IO_WORD, 4, 0x80000000u);
	}
	set_flic("all that the queue has", FLIC_ENQUEUE, most * IRQ_BYTES, queue);
	set_flic("one more", FLIC_ENQUEUE, IRQ_BYTES, queue);
	old_irq("one more of a VM", vm, INT_IO_ADAPTER);
	set_flic("clear", FLIC_CLEAR_IRQS, 0, NULL);
	set_flic("one more", FLIC_ENQUEUE, IRQ_BYTES, queue);
	set_flic("clear", FLIC_CLEAR_IRQS, 0, NULL);
	free(queue);
}

static void queues(void)
{
	uint8_t *two = nowhere - IRQ_BYTES;

	queue("71 bytes", INT_MCHK, 71);
	queue("machine check", INT_MCHK, IRQ_BYTES);
	queue("program interruption", INT_PROGRAM, IRQ_BYTES);
	queue("pfault begins", INT_PFAULT_INIT, IRQ_BYTES);
	queue("pfault is over", INT_PFAULT_DONE, IRQ_BYTES);
	queue("virtio", INT_VIRTIO, IRQ_BYTES);
	queue("service signal", INT_SERVICE, IRQ_BYTES);
	queue("adapter interruption", INT_IO_ADAPTER, IRQ_BYTES);
	queue("type of 33 bits", 0x100000000ull, IRQ_BYTES);
	set_flic("queue of nowhere", FLIC_ENQUEUE, IRQ_BYTES, nowhere);
	set_flic("one, and one of nowhere", FLIC_ENQUEUE, 2 * IRQ_BYTES, two);
	set_flic("too long a queue", FLIC_ENQUEUE,
		 FLIC_MAX_BUFFER / IRQ_BYTES * IRQ_BYTES + IRQ_BYTES, nowhere);
	set_flic("clear", FLIC_CLEAR_IRQS, 0, NULL);
	answer("all of an empty queue", get_attribute(flic, FLIC_GET_ALL_IRQS, IRQ_BYTES, nowhere));
	answer("0 bytes of a queue", get_attribute(flic, FLIC_GET_ALL_IRQS, 0, nowhere));
	answer("too many bytes of a queue",
	       get_attribute(flic, FLIC_GET_ALL_IRQS, FLIC_MAX_BUFFER + 1, nowhere));
	fill();
}

static void interruptions(void)
{
	static const uint8_t no_mode[AIS_ALL_BYTES];

	flic = device("FLIC", DEVICE_TYPE_FLIC, 0);
	device("another FLIC", DEVICE_TYPE_FLIC, 0);
	device("FLIC, test", DEVICE_TYPE_FLIC, DEVICE_TEST);
	device("device of type 5", 5, 0);
	device("device of type 99", 99, 0);
	ask("a VM's ioctl of a FLIC", flic, ENABLE_CAP, 0);
	answer("group 10, HAS", has_attribute(flic, FLIC_AIRQ_INJECT, 0));
	answer("group 12, HAS", has_attribute(flic, 12, 0));
	set_flic("group 12", 12, 0, NULL);
	answer("group 2, GET", get_attribute(flic, FLIC_ENQUEUE, 0, NULL));
	ask_nowhere("attribute of nowhere, FLIC", flic, SET_DEVICE_ATTR);
	answer("group 0, HAS", has_attribute(flic, 0, 0));
	adapters();
	set_flic("inject 57", FLIC_AIRQ_INJECT, 57, NULL);
	set_flic("inject 64", FLIC_AIRQ_INJECT, 64, NULL);
	set_flic("inject 4294967295", FLIC_AIRQ_INJECT, 0xffffffff, NULL);
	modes("modes");
	set_flic("inject 56", FLIC_AIRQ_INJECT, 56, NULL);
	mode("single mode", 2, 1);
	modes("modes");
	set_flic("inject 56", FLIC_AIRQ_INJECT, 56, NULL);
	modes("modes");
	set_flic("inject 56", FLIC_AIRQ_INJECT, 56, NULL);
	mode("all mode", 2, 0);
	modes("modes");
	mode("ISC 8", 8, 0);
	mode("mode 2", 2, 2);
	set_flic("mode of nowhere", FLIC_AISM, 0, nowhere);
	set_flic("modes of nowhere", FLIC_AISM_ALL, AIS_ALL_BYTES, nowhere);
	set_flic("modes of any length", FLIC_AISM_ALL, 0, no_mode);
	answer("modes to nowhere", get_attribute(flic, FLIC_AISM_ALL, AIS_ALL_BYTES, nowhere));
	answer("modes to one byte", get_attribute(flic, FLIC_AISM_ALL, 1, nowhere));
}

/* What 7.2 alone refuses is not asked. */
static void route(const char *name, unsigned flags, unsigned gsi, unsigned type, uint64_t indicator)
{
	answer(name, set_route(vm, (struct route){ flags, gsi, type, indicator, 0, 0x2000, 0 }));
}

/* @there routes in front of the page that is not there. Their GSIs are @distance apart. */
static void routes_of(const char *name, unsigned number, unsigned flags, unsigned there,
		      unsigned distance)
{
	uint8_t *entry = nowhere - there * ROUTE_BYTES, *head = entry - ROUTING_BYTES;

	memset(head, 0, ROUTING_BYTES + there * ROUTE_BYTES);
	put(head, ROUTING_NR, 4, number);
	put(head, ROUTING_FLAGS, 4, flags);
	for (unsigned i = 0; i < there; i++, entry += ROUTE_BYTES) {
		put(entry, ROUTE_GSI, 4, i * distance);
		put(entry, ROUTE_TYPE, 4, ROUTE_S390_ADAPTER);
		put(entry, ROUTE_IND_ADDR, 8, 0x1000);
		put(entry, ROUTE_SUMMARY_ADDR, 8, 0x2000);
	}
	answer(name, call(vm, SET_GSI_ROUTING, head));
}

static void routes(void)
{
	uint8_t irqfd[IRQFD_BYTES] = { 0 };

	route("route", 0, 1, ROUTE_S390_ADAPTER, 0x1000);
	route("route with flags", 1, 1, ROUTE_S390_ADAPTER, 0x1000);
	route("route of GSI 4096", 0, 4096, ROUTE_S390_ADAPTER, 0x1000);
	route("route of type 1", 0, 1, 1, 0x1000);
	route("route to nowhere", 0, 1, ROUTE_S390_ADAPTER, 2 * MEBIBYTE);
	routes_of("no routes", 0, 0, 0, 0);
	routes_of("routes with flags", 0, 1, 0, 0);
	routes_of("4097 routes", ROUTES + 1, 0, 0, 0);
	routes_of("a route that is not there", 1, 0, 0, 0);
	routes_of("two routes, and one that is not there", 3, 0, 2, 1);
	routes_of("two routes", 2, 0, 2, 1);
	routes_of("two routes of one GSI", 2, 0, 2, 0);
	put(irqfd, IRQFD_FLAGS, 4, 4);
	answer("IRQFD with flags", call(vm, IRQFD, irqfd));
}

/* --- a vCPU ----------------------------------------------------------------------------------- */

#define PLACE 0x10000u /* in the guest's storage */
#define BYTES 8u

static uint8_t bytes[MEMOP_MAX + 1];

static void transfer(const char *name, int fd, unsigned op, const void *buffer)
{
	answer(name, memop(fd, (struct memop){ PLACE, 0, BYTES, op, 0, 0, buffer }));
}

static void transfers(void)
{
	const unsigned read = MEMOP_LOGICAL_READ, write = MEMOP_LOGICAL_WRITE;
	const unsigned absolute_read = MEMOP_ABSOLUTE_READ, absolute_write = MEMOP_ABSOLUTE_WRITE;

	transfer("read", vcpu, read, bytes);
	transfer("write", vcpu, write, bytes);
	transfer("absolute read", vm, absolute_read, bytes);
	transfer("absolute write", vm, absolute_write, bytes);
	transfer("read of a VM", vm, read, bytes);
	transfer("absolute read of a vCPU", vcpu, absolute_read, bytes);
	transfer("read to nowhere", vcpu, read, nowhere);
	transfer("write from nowhere", vcpu, write, nowhere);
	transfer("absolute read to nowhere", vm, absolute_read, nowhere);
	transfer("read to a fixed page", vcpu, read, fixed);
	transfer("write from a fixed page", vcpu, write, fixed);
	transfer("absolute read to a fixed page", vm, absolute_read, fixed);
	transfer("absolute write from a fixed page", vm, absolute_write, fixed);
	transfer("operation 9", vcpu, 9, bytes);
}

static void transfer_of(const char *name, unsigned size)
{
	answer(name, memop(vcpu, (struct memop){ PLACE, .size = size, .buffer = bytes }));
}

static void sizes(void)
{
	transfer_of("0 bytes", 0);
	transfer_of("65536 bytes", MEMOP_MAX);
	transfer_of("65537 bytes", MEMOP_MAX + 1);
}

static void transfer_with(const char *name, int fd, unsigned op, unsigned flags, unsigned ar,
			  unsigned key)
{
	answer(name, memop(fd, (struct memop){ PLACE, flags, BYTES, op, ar, key, bytes }));
}

static void keys_and_flags(void)
{
	const unsigned read = MEMOP_LOGICAL_READ, write = MEMOP_LOGICAL_WRITE;
	const unsigned skey = MEMOP_SKEY, check = MEMOP_CHECK_ONLY;

	transfer_with("a flag of nobody", vcpu, read, 0x80, 0, 0);
	transfer_with("inject, of a VM", vm, MEMOP_ABSOLUTE_READ, MEMOP_INJECT, 0, 0);
	transfer_with("access register 16", vcpu, read, 0, 16, 0);
	transfer_with("absolute read, access register 16", vm, MEMOP_ABSOLUTE_READ, 0, 16, 0);
	transfer_with("key 16", vcpu, read, skey, 0, 16);
	transfer_with("key 16, of a VM", vm, MEMOP_ABSOLUTE_READ, skey, 0, 16);
	transfer_with("key 0", vcpu, write, skey, 0, 0);
	transfer_with("fetch with another key", vcpu, read, skey, 0, 3);
	transfer_with("store with another key", vcpu, write, skey, 0, 3);
	transfer_with("check of a store with another key", vcpu, write, skey | check, 0, 3);
	transfer_with("absolute store with another key", vm, MEMOP_ABSOLUTE_WRITE, skey, 0, 3);
}

static void transfer_at(const char *name, uint64_t address, int fd, unsigned op, const void *buffer)
{
	answer(name, memop(fd, (struct memop){ address, 0, BYTES, op, 0, 0, buffer }));
}

static void places(void)
{
	const uint64_t end = 2 * MEBIBYTE, across = end - BYTES / 2;
	const unsigned read = MEMOP_LOGICAL_READ, write = MEMOP_LOGICAL_WRITE;
	const unsigned absolute_read = MEMOP_ABSOLUTE_READ, absolute_write = MEMOP_ABSOLUTE_WRITE;

	transfer_at("behind storage", end, vcpu, read, bytes);
	transfer_at("across the end", across, vcpu, read, bytes);
	transfer_at("absolute behind storage", end, vm, absolute_read, bytes);
	transfer_at("absolute across the end", across, vm, absolute_read, bytes);
	transfer_at("24-bit addressing", 0x81010000, vcpu, read, bytes);
	transfer_at("behind storage to nowhere", end, vcpu, read, nowhere);
	transfer_at("behind storage from nowhere", end, vcpu, write, nowhere);
	transfer_at("across the end to nowhere", across, vm, absolute_read, nowhere);
	transfer_at("across the end from nowhere", across, vm, absolute_write, nowhere);
	answer("check behind storage",
	       memop(vcpu, (struct memop){ end, MEMOP_CHECK_ONLY, BYTES, write, 0, 0, NULL }));
}

static void operands(void)
{
	transfers();
	sizes();
	keys_and_flags();
	places();
}

static void irq(const char *name, uint64_t type, uint32_t parameter)
{
	answer(name, inject(vcpu, type, parameter));
}

static void state(const char *name, uint32_t number)
{
	answer(name, set_state(vcpu, number));
}

static void injections(void)
{
	irq("service signal of a vCPU", INT_SERVICE, 0);
	irq("adapter interruption of a vCPU", INT_IO_ADAPTER, 0);
	irq("type of nobody", 0xffff9999, 0);
	irq("clock comparator", INT_CLOCK_COMP, 0);
	irq("emergency signal of CPU 0", INT_EMERGENCY, 0);
	irq("emergency signal of CPU 9", INT_EMERGENCY, 9);
	irq("emergency signal of CPU 100", INT_EMERGENCY, 100);
	irq("emergency signal of CPU 65535", INT_EMERGENCY, 0xffff);
	answer("emergency signal of CPU 65536, old", inject_old(vcpu, INT_EMERGENCY, 0x10000, 0));
	answer("program interruption of 17 bits, old", inject_old(vcpu, INT_PROGRAM, 0x10000, 0));
	ask_nowhere("interruption of nowhere, old", vcpu, S390_INTERRUPT);
	old_irq("service signal, old", vcpu, INT_SERVICE);
	old_irq("restart, old", vcpu, INT_RESTART);
	old_irq("program interruption of a VM", vm, INT_PROGRAM);
	old_irq("adapter interruption of a VM", vm, INT_IO_ADAPTER);
	old_irq("service signal of a VM", vm, INT_SERVICE);
	ask_nowhere("irq of nowhere", vcpu, S390_IRQ);
	ask_nowhere("state of nowhere", vcpu, SET_MP_STATE);
	ask_nowhere("state to nowhere", vcpu, GET_MP_STATE);
	state("check stop", 6);
	state("load", 8);
	state("operating", MP_OPERATING);
	irq("stop", INT_SIGP_STOP, 0);
	irq("stop again", INT_SIGP_STOP, 0);
	irq("stop with flags", INT_SIGP_STOP, 4);
	irq("set prefix of a running CPU", INT_SET_PREFIX, 0);
	state("stopped", MP_STOPPED);
	irq("stop of a stopped CPU", INT_SIGP_STOP, 0);
}

static void registers(void)
{
	ask_nowhere("general registers to nowhere", vcpu, GET_REGS);
	ask_nowhere("general registers of nowhere", vcpu, SET_REGS);
	ask_nowhere("special registers to nowhere", vcpu, GET_SREGS);
	ask_nowhere("special registers of nowhere", vcpu, SET_SREGS);
	ask_nowhere("floating-point registers to nowhere", vcpu, GET_FPU);
	ask_nowhere("floating-point registers of nowhere", vcpu, SET_FPU);
	ask("general registers of a fixed page", vcpu, SET_REGS, (uintptr_t)fixed);
	ask("special registers of a fixed page", vcpu, SET_SREGS, (uintptr_t)fixed);
	ask("floating-point registers of a fixed page", vcpu, SET_FPU, (uintptr_t)fixed);
	ask("floating-point registers to a fixed page", vcpu, GET_FPU, (uintptr_t)fixed);
}

static void runs(void)
{
	put(run, RUN_VALID_REGS, 8, 1ull << 40);
	ask("valid registers of nobody", vcpu, RUN, 0);
	put(run, RUN_VALID_REGS, 8, 0);
	put(run, RUN_DIRTY_REGS, 8, 1ull << 40);
	ask("dirty registers of nobody", vcpu, RUN, 0);
	put(run, RUN_DIRTY_REGS, 8, 0);
	ask("run of a stopped CPU", vcpu, RUN, 0);
	ask("run with an argument", vcpu, RUN, 1);
	run[RUN_IMMEDIATE_EXIT] = 1;
	ask("immediate exit", vcpu, RUN, 0);
	run[RUN_IMMEDIATE_EXIT] = 0;
}

static void resets(void)
{
	uint64_t cr14;

	run[RUN_GPRS] = 0x55;
	ask("normal reset", vcpu, S390_NORMAL_RESET, 0);
	ask("initial reset", vcpu, S390_INITIAL_RESET, 0);
	memcpy(&cr14, run + RUN_CRS + 8 * 14, sizeof(cr14));
	printf("control register 14: 0x%llx, register 0: 0x%x\n", (unsigned long long)cr14,
	       run[RUN_GPRS]);
	ask("clear reset", vcpu, S390_CLEAR_RESET, 0);
	printf("register 0: 0x%x\n", run[RUN_GPRS]);
}

static void a_vcpu(void)
{
	vcpu = descriptor("vCPU", call_number(vm, CREATE_VCPU, 0));
	descriptor("vCPU 0 again", call_number(vm, CREATE_VCPU, 0));
	descriptor("vCPU 100000", call_number(vm, CREATE_VCPU, 100000));
	run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		exit(1);
	enable("AIS after a vCPU", vm, CAP_S390_AIS, 0);
	enable("USER_SIGP after a vCPU", vm, CAP_S390_USER_SIGP, 0);
	enable("CSS_SUPPORT", vcpu, CAP_S390_CSS_SUPPORT, 0);
	enable("IRQCHIP of a vCPU", vcpu, CAP_S390_IRQCHIP, 0);
	enable("CSS_SUPPORT with flags", vcpu, CAP_S390_CSS_SUPPORT, 1);
	ask_nowhere("ENABLE_CAP of nowhere, vCPU", vcpu, ENABLE_CAP);
	ask_nowhere("MEM_OP of nowhere, vCPU", vcpu, S390_MEM_OP);
	memory_limit("limit after a vCPU", 16 * MEBIBYTE);
	ask("nobody's ioctl of a vCPU", vcpu, 0xae7f, 0);
	ask("a file's ioctl of a vCPU", vcpu, 0x5401, 0);
	ask("a VM's ioctl of a vCPU", vcpu, CREATE_VCPU, 0);
}

/* The answer cannot be stored, and the FLIC is there nevertheless. */
static void another_vm(void)
{
	uint8_t *device_in_fixed = fixed + DEVICE_BYTES;

	vm = descriptor("another VM", call_number(kvm, CREATE_VM, 0));
	mprotect(fixed, PAGE, PROT_READ | PROT_WRITE);
	put(device_in_fixed, DEVICE_TYPE, 4, DEVICE_TYPE_FLIC);
	mprotect(fixed, PAGE, PROT_READ);
	answer("FLIC in a fixed page", call(vm, CREATE_DEVICE, device_in_fixed));
	device("FLIC after that", DEVICE_TYPE_FLIC, 0);
}

static int make_pages(void)
{
	uint8_t *pages =
		mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return -1;
	nowhere = pages + PAGE;
	fixed = nowhere + PAGE;
	return mprotect(nowhere, PAGE, PROT_NONE) || mprotect(fixed, PAGE, PROT_READ);
}

int main(void)
{
	storage = aligned_alloc(MEBIBYTE, STORAGE);
	if (!storage || make_pages())
		return 1;
	memset(storage, 0, STORAGE);
	system_calls();
	capabilities_before();
	limits();
	memory();
	model();
	clocks();
	interruptions();
	queues();
	routes();
	a_vcpu();
	operands();
	injections();
	registers();
	runs();
	resets();
	another_vm();
	return 0;
}
