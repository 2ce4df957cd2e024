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
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "layout.h"

#define MEBIBYTE 0x100000u
#define STORAGE (4 * MEBIBYTE)

static int kvm, vm, vcpu, flic;
static uint8_t *storage, *run;

/* "NAME: RESULT", where a descriptor is 0. */
static int call(const char *name, int fd, unsigned long request, const void *argument)
{
	int rc = ioctl(fd, request, argument);
	int error = errno;

	if (rc >= 0)
		printf("%s: %d\n", name, request == CREATE_VM || request == CREATE_VCPU ? 0 : rc);
	else
		printf("%s: %s\n", name, strerror(error));
	return rc;
}

static int call_number(const char *name, int fd, unsigned long request, uintptr_t argument)
{
	return call(name, fd, request, (void *)argument);
}

static void put(void *block, size_t offset, size_t length, uint64_t value)
{
	uint16_t half = (uint16_t)value;
	uint32_t word = (uint32_t)value;

	memcpy((uint8_t *)block + offset,
	       length == 2   ? (void *)&half
	       : length == 4 ? (void *)&word
			     : (void *)&value,
	       length);
}

/* --- a VM ------------------------------------------------------------------------------------- */

static void region(const char *name, unsigned slot, unsigned flags, uint64_t guest, uint64_t size,
		   const void *host)
{
	uint8_t block[REGION_BYTES] = { 0 };

	put(block, REGION_SLOT, 4, slot);
	put(block, REGION_FLAGS, 4, flags);
	put(block, REGION_GUEST, 8, guest);
	put(block, REGION_SIZE, 8, size);
	put(block, REGION_HOST, 8, (uintptr_t)host);
	call(name, vm, SET_USER_MEMORY_REGION, block);
}

static void enable(const char *name, int fd, unsigned capability, unsigned flags)
{
	uint8_t block[CAP_BYTES] = { 0 };

	put(block, CAP_NUMBER, 4, capability);
	put(block, CAP_FLAGS, 4, flags);
	call(name, fd, ENABLE_CAP, block);
}

static int device(const char *name, unsigned type, unsigned flags)
{
	uint8_t block[DEVICE_BYTES] = { 0 };
	int fd;

	put(block, DEVICE_TYPE, 4, type);
	put(block, DEVICE_FLAGS, 4, flags);
	call(name, vm, CREATE_DEVICE, block);
	memcpy(&fd, block + DEVICE_FD, sizeof(fd));
	return fd;
}

static void attribute(const char *name, int fd, unsigned long request, unsigned group,
		      uint64_t attr, const void *address)
{
	uint8_t block[ATTR_BYTES] = { 0 };

	put(block, ATTR_GROUP, 4, group);
	put(block, ATTR_ATTR, 8, attr);
	put(block, ATTR_ADDR, 8, (uintptr_t)address);
	call(name, fd, request, block);
}

static void system_calls(void)
{
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	call_number("version", kvm, GET_API_VERSION, 0);
	call_number("version with an argument", kvm, GET_API_VERSION, 1);
	call_number("size of kvm_run", kvm, GET_VCPU_MMAP_SIZE, 0);
	call_number("MEM_OP's largest size", kvm, CHECK_EXTENSION, CAP_S390_MEM_OP);
	call_number("routes", kvm, CHECK_EXTENSION, CAP_IRQ_ROUTING);
	call_number("AIS", kvm, CHECK_EXTENSION, CAP_S390_AIS);
	call_number("nobody's capability", kvm, CHECK_EXTENSION, 100000);
	call_number("nobody's ioctl of /dev/kvm", kvm, 0xae7f, 0);
	call_number("a VM's ioctl of /dev/kvm", kvm, CREATE_VCPU, 0);
	/* No VM of another type: Linux 6.12 warns when it refuses one, in
	 * kvm_s390_pci_clear_list(). */
	vm = call_number("VM", kvm, CREATE_VM, 0);
}

static void capabilities_before(void)
{
	enable("CSS_SUPPORT of a VM", vm, CAP_S390_CSS_SUPPORT, 0);
	enable("flags", vm, CAP_S390_IRQCHIP, 1);
	call_number("irqchip without its capability", vm, CREATE_IRQCHIP, 0);
	enable("IRQCHIP", vm, CAP_S390_IRQCHIP, 0);
	call_number("irqchip", vm, CREATE_IRQCHIP, 0);
	enable("AIS", vm, CAP_S390_AIS, 0);
	enable("USER_SIGP", vm, CAP_S390_USER_SIGP, 0);
	call_number("nobody's ioctl of a VM", vm, 0xae7f, 0);
	call_number("a vCPU's ioctl of a VM", vm, RUN, 0);
	call_number("ENABLE_CAP of nowhere", vm, ENABLE_CAP, 8);
	call_number("a memory slot of nowhere", vm, SET_USER_MEMORY_REGION, 8);
	printf("mmap of a VM: %s\n",
	       mmap(NULL, RUN_SIZE, PROT_READ, MAP_SHARED, vm, 0) == MAP_FAILED ? strerror(errno)
										: "0");
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
}

static void model(void)
{
	static uint8_t block[MACHINE_BYTES];

	attribute("nobody's group", vm, SET_DEVICE_ATTR, 77, 0, block);
	attribute("nobody's group, HAS", vm, HAS_DEVICE_ATTR, 77, 0, block);
	attribute("PROCESSOR", vm, GET_DEVICE_ATTR, VM_CPU_MODEL, CPU_PROCESSOR, block);
	attribute("PROCESSOR of nowhere", vm, GET_DEVICE_ATTR, VM_CPU_MODEL, CPU_PROCESSOR,
		  (void *)8);
	attribute("MACHINE", vm, GET_DEVICE_ATTR, VM_CPU_MODEL, CPU_MACHINE, block);
	attribute("MACHINE, SET", vm, SET_DEVICE_ATTR, VM_CPU_MODEL, CPU_MACHINE, block);
	attribute("TOD_LOW", vm, GET_DEVICE_ATTR, VM_TOD, VM_TOD_LOW, block);
	attribute("TOD_EXT", vm, GET_DEVICE_ATTR, VM_TOD, VM_TOD_EXT, block);
	attribute("TOD_EXT, HAS", vm, HAS_DEVICE_ATTR, VM_TOD, VM_TOD_EXT, block);
	attribute("TOD 3", vm, GET_DEVICE_ATTR, VM_TOD, 3, block);
}

/* --- the FLIC --------------------------------------------------------------------------------- */

static void set_flic(const char *name, unsigned group, uint64_t attr, const void *address)
{
	attribute(name, flic, SET_DEVICE_ATTR, group, attr, address);
}

static void adapter(const char *name, unsigned id)
{
	uint8_t block[ADAPTER_BYTES] = { 0 };

	put(block, ADAPTER_ID, 4, id);
	block[ADAPTER_ISC] = 2;
	block[ADAPTER_SWAP] = 1;
	block[ADAPTER_FLAGS] = 1;
	set_flic(name, FLIC_ADAPTER_REGISTER, 0, block);
}

static void mode(const char *name, unsigned isc, unsigned number)
{
	uint8_t block[AIS_BYTES] = { 0 };

	block[AIS_ISC] = (uint8_t)isc;
	put(block, AIS_MODE, 2, number);
	set_flic(name, FLIC_AISM, 0, block);
}

static void modes(const char *name)
{
	uint8_t block[AIS_ALL_BYTES] = { 0 };

	attribute(name, flic, GET_DEVICE_ATTR, FLIC_AISM_ALL, sizeof(block), block);
	printf("single 0x%02x, none 0x%02x\n", block[0], block[1]);
}

static void queue(const char *name, uint64_t type, unsigned length)
{
	uint8_t irq[IRQ_BYTES] = { 0 };

	put(irq, IRQ_TYPE, 8, type);
	if (type <= INT_IO_MAX)
		put(irq, IRQ_IO_WORD, 4, 0x80000000u);
	set_flic(name, FLIC_ENQUEUE, length, irq);
}

static void interruptions(void)
{
	flic = device("FLIC", DEVICE_TYPE_FLIC, 0);
	device("another FLIC", DEVICE_TYPE_FLIC, 0);
	device("FLIC, test", DEVICE_TYPE_FLIC, DEVICE_TEST);
	device("device of type 5", 5, 0);
	device("device of type 99", 99, 0);
	call_number("a VM's ioctl of a FLIC", flic, ENABLE_CAP, 0);
	attribute("group 10, HAS", flic, HAS_DEVICE_ATTR, FLIC_AIRQ_INJECT, 0, NULL);
	attribute("group 12, HAS", flic, HAS_DEVICE_ATTR, 12, 0, NULL);
	set_flic("group 12", 12, 0, NULL);
	attribute("group 2, GET", flic, GET_DEVICE_ATTR, FLIC_ENQUEUE, 0, NULL);
	adapter("adapter 56", 56);
	adapter("adapter 56 again", 56);
	adapter("adapter 64", 64);
	set_flic("adapter of nowhere", FLIC_ADAPTER_REGISTER, 0, (void *)8);
	set_flic("inject 57", FLIC_AIRQ_INJECT, 57, NULL);
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
	queue("71 bytes", INT_MCHK, 71);
	queue("machine check", INT_MCHK, IRQ_BYTES);
	queue("program interruption", INT_PROGRAM, IRQ_BYTES);
	queue("service signal", INT_SERVICE, IRQ_BYTES);
	queue("adapter interruption", INT_IO_ADAPTER, IRQ_BYTES);
	queue("type of 33 bits", 0x100000000ull, IRQ_BYTES);
	set_flic("queue of nowhere", FLIC_ENQUEUE, IRQ_BYTES, (void *)8);
	set_flic("clear", FLIC_CLEAR_IRQS, 0, NULL);
}

/* What 7.2 alone refuses is not asked. */
static void route(const char *name, unsigned flags, unsigned gsi, unsigned type, uint64_t indicator)
{
	uint8_t block[ROUTING_BYTES + ROUTE_BYTES] = { 0 };
	uint8_t *entry = block + ROUTING_BYTES;

	put(block, ROUTING_NR, 4, 1);
	put(entry, ROUTE_GSI, 4, gsi);
	put(entry, ROUTE_TYPE, 4, type);
	put(entry, ROUTE_FLAGS, 4, flags);
	put(entry, ROUTE_IND_ADDR, 8, indicator);
	put(entry, ROUTE_SUMMARY_ADDR, 8, 0x2000);
	call(name, vm, SET_GSI_ROUTING, block);
}

static void routes(void)
{
	route("route", 0, 1, ROUTE_S390_ADAPTER, 0x1000);
	route("route with flags", 1, 1, ROUTE_S390_ADAPTER, 0x1000);
	route("route of GSI 4096", 0, 4096, ROUTE_S390_ADAPTER, 0x1000);
	route("route of type 1", 0, 1, 1, 0x1000);
	route("route to nowhere", 0, 1, ROUTE_S390_ADAPTER, 2 * MEBIBYTE);
}

/* --- a vCPU ----------------------------------------------------------------------------------- */

static void memop(const char *name, int fd, uint64_t address, unsigned flags, unsigned size,
		  unsigned op, unsigned ar, unsigned key, const void *buffer)
{
	uint8_t block[MEMOP_BYTES] = { 0 };

	put(block, MEMOP_GADDR, 8, address);
	put(block, MEMOP_FLAGS, 8, flags);
	put(block, MEMOP_SIZE, 4, size);
	put(block, MEMOP_OP, 4, op);
	put(block, MEMOP_BUF, 8, (uintptr_t)buffer);
	block[MEMOP_AR] = (uint8_t)ar;
	block[MEMOP_KEY] = (uint8_t)key;
	call(name, fd, S390_MEM_OP, block);
}

static void operands(void)
{
	static uint8_t bytes[MEMOP_MAX + 1];
	const unsigned skey = MEMOP_SKEY, check = MEMOP_CHECK_ONLY;

	memop("read", vcpu, 0x10000, 0, 8, 0, 0, 0, bytes);
	memop("write", vcpu, 0x10000, 0, 8, 1, 0, 0, bytes);
	memop("absolute read", vm, 0x10000, 0, 8, 4, 0, 0, bytes);
	memop("absolute write", vm, 0x10000, 0, 8, 5, 0, 0, bytes);
	memop("read of a VM", vm, 0x10000, 0, 8, 0, 0, 0, bytes);
	memop("absolute read of a vCPU", vcpu, 0x10000, 0, 8, 4, 0, 0, bytes);
	memop("0 bytes", vcpu, 0x10000, 0, 0, 0, 0, 0, bytes);
	memop("65536 bytes", vcpu, 0x10000, 0, MEMOP_MAX, 0, 0, 0, bytes);
	memop("65537 bytes", vcpu, 0x10000, 0, MEMOP_MAX + 1, 0, 0, 0, bytes);
	memop("a flag of nobody", vcpu, 0x10000, 0x80, 8, 0, 0, 0, bytes);
	memop("inject, of a VM", vm, 0x10000, MEMOP_INJECT, 8, 4, 0, 0, bytes);
	memop("access register 16", vcpu, 0x10000, 0, 8, 0, 16, 0, bytes);
	memop("key 16", vcpu, 0x10000, skey, 8, 0, 0, 16, bytes);
	memop("key 16, of a VM", vm, 0x10000, skey, 8, 4, 0, 16, bytes);
	memop("key 0", vcpu, 0x10000, skey, 8, 1, 0, 0, bytes);
	memop("fetch with another key", vcpu, 0x10000, skey, 8, 0, 0, 3, bytes);
	memop("store with another key", vcpu, 0x10000, skey, 8, 1, 0, 3, bytes);
	memop("check of a store with another key", vcpu, 0x10000, skey | check, 8, 1, 0, 3, NULL);
	memop("absolute store with another key", vm, 0x10000, skey, 8, 5, 0, 3, bytes);
	memop("read to nowhere", vcpu, 0x10000, 0, 8, 0, 0, 0, (void *)8);
	memop("write from nowhere", vcpu, 0x10000, 0, 8, 1, 0, 0, (void *)8);
	memop("absolute read to nowhere", vm, 0x10000, 0, 8, 4, 0, 0, (void *)8);
	memop("behind storage", vcpu, 2 * MEBIBYTE, 0, 8, 0, 0, 0, bytes);
	memop("across the end", vcpu, 2 * MEBIBYTE - 4, 0, 8, 0, 0, 0, bytes);
	memop("check behind storage", vcpu, 2 * MEBIBYTE, check, 8, 1, 0, 0, NULL);
	memop("absolute behind storage", vm, 2 * MEBIBYTE, 0, 8, 4, 0, 0, bytes);
	memop("absolute across the end", vm, 2 * MEBIBYTE - 4, 0, 8, 4, 0, 0, bytes);
	memop("24-bit addressing", vcpu, 0x81010000, 0, 8, 0, 0, 0, bytes);
	memop("operation 9", vcpu, 0x10000, 0, 8, 9, 0, 0, bytes);
}

static void irq(const char *name, uint64_t type, uint32_t parameter)
{
	uint8_t block[IRQ_BYTES] = { 0 };

	put(block, IRQ_TYPE, 8, type);
	if (type == INT_PROGRAM)
		put(block, IRQ_PGM_CODE, 2, parameter);
	else if (type == INT_EMERGENCY)
		put(block, IRQ_EMERGENCY_CODE, 2, parameter);
	else
		put(block, IRQ_UNION, 4, parameter);
	call(name, vcpu, S390_IRQ, block);
}

static void old_interrupt(const char *name, int fd, uint32_t type)
{
	uint8_t block[INTERRUPT_BYTES] = { 0 };

	put(block, INTERRUPT_TYPE, 4, type);
	put(block, INTERRUPT_PARM64, 8, type == INT_IO_ADAPTER ? 0x80000000u : 0);
	call(name, fd, S390_INTERRUPT, block);
}

static void state(const char *name, uint32_t number)
{
	call(name, vcpu, SET_MP_STATE, &number);
}

static void injections(void)
{
	irq("service signal of a vCPU", INT_SERVICE, 0);
	irq("adapter interruption of a vCPU", INT_IO_ADAPTER, 0);
	irq("type of nobody", 0xffff9999, 0);
	irq("clock comparator", INT_CLOCK_COMP, 0);
	irq("emergency signal of CPU 0", INT_EMERGENCY, 0);
	irq("emergency signal of CPU 9", INT_EMERGENCY, 9);
	old_interrupt("service signal, old", vcpu, INT_SERVICE);
	old_interrupt("restart, old", vcpu, INT_RESTART);
	old_interrupt("program interruption of a VM", vm, INT_PROGRAM);
	old_interrupt("adapter interruption of a VM", vm, INT_IO_ADAPTER);
	old_interrupt("service signal of a VM", vm, INT_SERVICE);
	call_number("irq of nowhere", vcpu, S390_IRQ, 8);
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

static void runs(void)
{
	put(run, RUN_VALID_REGS, 8, 1ull << 40);
	call_number("valid registers of nobody", vcpu, RUN, 0);
	put(run, RUN_VALID_REGS, 8, 0);
	put(run, RUN_DIRTY_REGS, 8, 1ull << 40);
	call_number("dirty registers of nobody", vcpu, RUN, 0);
	put(run, RUN_DIRTY_REGS, 8, 0);
	call_number("run of a stopped CPU", vcpu, RUN, 0);
	call_number("run with an argument", vcpu, RUN, 1);
	run[RUN_IMMEDIATE_EXIT] = 1;
	call_number("immediate exit", vcpu, RUN, 0);
	run[RUN_IMMEDIATE_EXIT] = 0;
}

static void resets(void)
{
	uint64_t cr14;

	run[RUN_GPRS] = 0x55;
	call_number("normal reset", vcpu, S390_NORMAL_RESET, 0);
	call_number("initial reset", vcpu, S390_INITIAL_RESET, 0);
	memcpy(&cr14, run + RUN_CRS + 8 * 14, sizeof(cr14));
	printf("control register 14: 0x%llx, register 0: 0x%x\n", (unsigned long long)cr14,
	       run[RUN_GPRS]);
	call_number("clear reset", vcpu, S390_CLEAR_RESET, 0);
	printf("register 0: 0x%x\n", run[RUN_GPRS]);
}

static void a_vcpu(void)
{
	vcpu = call_number("vCPU", vm, CREATE_VCPU, 0);
	call_number("vCPU 0 again", vm, CREATE_VCPU, 0);
	call_number("vCPU 100000", vm, CREATE_VCPU, 100000);
	run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		exit(1);
	enable("AIS after a vCPU", vm, CAP_S390_AIS, 0);
	enable("USER_SIGP after a vCPU", vm, CAP_S390_USER_SIGP, 0);
	enable("CSS_SUPPORT", vcpu, CAP_S390_CSS_SUPPORT, 0);
	enable("IRQCHIP of a vCPU", vcpu, CAP_S390_IRQCHIP, 0);
	enable("CSS_SUPPORT with flags", vcpu, CAP_S390_CSS_SUPPORT, 1);
	call_number("nobody's ioctl of a vCPU", vcpu, 0xae7f, 0);
	call_number("a file's ioctl of a vCPU", vcpu, 0x5401, 0);
	call_number("a VM's ioctl of a vCPU", vcpu, CREATE_VCPU, 0);
}

int main(void)
{
	storage = aligned_alloc(MEBIBYTE, STORAGE);
	if (!storage)
		return 1;
	memset(storage, 0, STORAGE);
	system_calls();
	capabilities_before();
	memory();
	model();
	interruptions();
	routes();
	a_vcpu();
	operands();
	injections();
	runs();
	resets();
	return 0;
}
