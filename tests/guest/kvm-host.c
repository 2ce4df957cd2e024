// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kvm-host.c - what the host of `zpci-lab kvm' does with a KVM guest, as a hypervisor sees it. Runs
 * in that host; tests/guest/kvm-host.t starts it, and knows what it must print.
 *
 *	create       whether KVM makes a VM for this program, which depends on how it was linked
 *	opcodes      the exit of each zPCI instruction, in several ways to come to it
 *	illegal      what the host itself gets for them
 *	facilities   STFLE in a guest and in the host at the same time
 *	topology     PTF in a guest before and after a report
 *
 * A guest here is some bytes of code in real mode, without lowcore: no test has a program
 * interruption. It ends by DIAG 501, for which KVM has no handler, and which exits therefore.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kvm.h>

#define MEMORY 0x100000u /* a segment, as KVM wants it */
#define PSW_64 UINT64_C(0x0000000180000000)
#define PSW_PROBLEM UINT64_C(0x0001000000000000)
#define CODE 0x2000u
#define TARGET 0x3000u	/* of EXECUTE */
#define OPERAND 0x4000u /* where STFLE stores */
#define EXPECTED 0x5000u

struct guest {
	int kvm, vm, cpu;
	uint8_t *memory;
	struct kvm_run *run;
};

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

/* A step that a test wants between the VM and its CPU. */
typedef void step(struct guest *guest);

static void open_vm(struct guest *guest)
{
	guest->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (guest->kvm < 0)
		fail("open /dev/kvm");
	guest->vm = ioctl(guest->kvm, KVM_CREATE_VM, 0);
	if (guest->vm < 0)
		fail("KVM_CREATE_VM");
}

/* Hercules gives the host's write protection to the guest, so all pages are written before. */
static void add_memory(struct guest *guest)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	uint8_t *two =
		mmap(NULL, 2 * MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (two == MAP_FAILED)
		fail("mmap");
	guest->memory = (uint8_t *)(((uintptr_t)two + MEMORY - 1) & ~(uintptr_t)(MEMORY - 1));
	memset(guest->memory, 0xff, MEMORY);
	memset(guest->memory, 0, MEMORY);
	region.userspace_addr = (uintptr_t)guest->memory;
	if (ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region))
		fail("KVM_SET_USER_MEMORY_REGION");
}

static void make_guest(struct guest *guest, step *before_cpu)
{
	open_vm(guest);
	if (before_cpu)
		before_cpu(guest);
	add_memory(guest);
	guest->cpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
	if (guest->cpu < 0)
		fail("KVM_CREATE_VCPU");
	guest->run = mmap(NULL, (size_t)ioctl(guest->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			  PROT_READ | PROT_WRITE, MAP_SHARED, guest->cpu, 0);
	if (guest->run == MAP_FAILED)
		fail("mmap of the CPU");
}

static uint64_t *gr(struct guest *guest, unsigned number)
{
	guest->run->kvm_dirty_regs |= KVM_SYNC_GPRS;
	return (uint64_t *)&guest->run->s.regs.gprs[number];
}

static void put(struct guest *guest, unsigned address, const void *bytes, size_t count)
{
	memcpy(guest->memory + address, bytes, count);
}

static void run(struct guest *guest, uint64_t mask, uint64_t address)
{
	guest->run->psw_mask = mask;
	guest->run->psw_addr = address;
	if (ioctl(guest->cpu, KVM_RUN, 0))
		fail("KVM_RUN");
}

/* --- opcodes --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	uint8_t length, bytes[6];
} instructions[] = {
	{ "clp", 4, { 0xb9, 0xa0, 0x00, 0x24 } },
	{ "pcistg", 4, { 0xb9, 0xd0, 0x00, 0x24 } },
	{ "pcilg", 4, { 0xb9, 0xd2, 0x00, 0x24 } },
	{ "rpcit", 4, { 0xb9, 0xd3, 0x00, 0x24 } },
	{ "pcistgi", 4, { 0xb9, 0xd4, 0x00, 0x24 } },
	{ "pciwb", 4, { 0xb9, 0xd5, 0x00, 0x00 } },
	{ "pcilgi", 4, { 0xb9, 0xd6, 0x00, 0x24 } },
	{ "mpcifc", 6, { 0xe3, 0x20, 0x31, 0x23, 0x45, 0xd0 } },
	{ "stpcifc", 6, { 0xe3, 0x20, 0x31, 0x23, 0x45, 0xd4 } },
	{ "pcistb", 6, { 0xeb, 0x24, 0x31, 0x23, 0x45, 0xd0 } },
	{ "sic", 6, { 0xeb, 0x24, 0x31, 0x23, 0x45, 0xd1 } },
	{ "pcistbi", 6, { 0xeb, 0x24, 0x31, 0x23, 0x45, 0xd4 } },
};

#define INSTRUCTIONS (sizeof(instructions) / sizeof(instructions[0]))

/* One line: which instruction, how, the exit, and how far the PSW is from where the guest
 * started. */
static void one_exit(struct guest *guest, unsigned i, const char *how, uint64_t mask,
		     uint64_t start)
{
	const struct kvm_run *seen = guest->run;

	*gr(guest, 1) = 0;
	*gr(guest, 2) = TARGET;
	*gr(guest, 5) = instructions[i].bytes[1];
	run(guest, mask, start);
	printf("%s %s: exit %u icptcode %u ipa %04x ipb %08x psw +%llu\n", instructions[i].name,
	       how, seen->exit_reason, seen->s390_sieic.icptcode, seen->s390_sieic.ipa,
	       seen->s390_sieic.ipb, (unsigned long long)(seen->psw_addr - start));
}

static void opcodes(void)
{
	static const uint8_t ex[] = { 0x44, 0x00, 0x20, 0x00 };		      /* EX 0,0(2) */
	static const uint8_t ex_or[] = { 0x44, 0x50, 0x20, 0x00 };	      /* EX 5,0(2) */
	static const uint8_t exrl[] = { 0xc6, 0x00, 0x00, 0x00, 0x08, 0x00 }; /* EXRL 0,.+0x1000 */
	const unsigned page = 0x8000;
	struct guest guest;
	unsigned i, crossing;

	make_guest(&guest, NULL);
	for (i = 0; i < INSTRUCTIONS; i++) {
		crossing = page - (instructions[i].length == 6 ? 4 : 2);
		put(&guest, CODE, instructions[i].bytes, 6);
		one_exit(&guest, i, "supervisor", PSW_64, CODE);
		one_exit(&guest, i, "problem", PSW_64 | PSW_PROBLEM, CODE);
		put(&guest, crossing, instructions[i].bytes, 6);
		one_exit(&guest, i, "crossing", PSW_64, crossing);
		put(&guest, TARGET, instructions[i].bytes, 6);
		put(&guest, CODE, ex, sizeof(ex));
		one_exit(&guest, i, "ex", PSW_64, CODE);
		one_exit(&guest, i, "ex-problem", PSW_64 | PSW_PROBLEM, CODE);
		put(&guest, CODE, exrl, sizeof(exrl));
		one_exit(&guest, i, "exrl", PSW_64, CODE);
		/* The second byte of the target comes from a register. */
		guest.memory[TARGET + 1] = 0;
		put(&guest, CODE, ex_or, sizeof(ex_or));
		one_exit(&guest, i, "ex-or", PSW_64, CODE);
	}
}

/* In a child, as the signal ends it. */
static void illegal(void)
{
	uint8_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned i;
	int status;
	pid_t child;

	for (i = 0; i < INSTRUCTIONS; i++) {
		memcpy(code, instructions[i].bytes, 6);
		memcpy(code + instructions[i].length, "\x07\xfe", 2); /* return */
		fflush(stdout);
		child = fork();
		if (child == 0) {
			((void (*)(void))(void *)code)();
			_exit(0);
		}
		waitpid(child, &status, 0);
		printf("%s: %s\n", instructions[i].name,
		       WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "executed");
	}
}

/* --- facilities ------------------------------------------------------------------------------ */

#define ROUNDS 200000u

static void stfle(uint64_t list[2])
{
	register uint64_t count asm("0") = 1;

	asm volatile("stfle	%1" : "+d"(count), "=Q"(*(uint64_t(*)[2])list) : : "cc");
}

static struct kvm_s390_vm_cpu_processor processor;

static void attribute(struct guest *guest, unsigned long request, uint32_t group, uint64_t number,
		      void *data)
{
	struct kvm_device_attr attr = { .group = group, .attr = number, .addr = (uintptr_t)data };

	if (ioctl(guest->vm, request, &attr))
		fail("attribute of the VM");
}

/* The guest has zPCI (69), and lacks the long displacements (18), which the host has. */
static void give_facilities(struct guest *guest)
{
	attribute(guest, KVM_GET_DEVICE_ATTR, KVM_S390_VM_CPU_MODEL, KVM_S390_VM_CPU_PROCESSOR,
		  &processor);
	processor.fac_list[1] |= UINT64_C(1) << (127 - 69);
	processor.fac_list[0] &= ~(UINT64_C(1) << (63 - 18));
	attribute(guest, KVM_SET_DEVICE_ATTR, KVM_S390_VM_CPU_MODEL, KVM_S390_VM_CPU_PROCESSOR,
		  &processor);
}

static struct {
	int stop;
	unsigned long rounds, wrong;
} host;

/* The host's list must stay what it is. */
static void *look_in_host(void *unused)
{
	uint64_t first[2], now[2];

	(void)unused;
	stfle(first);
	while (!__atomic_load_n(&host.stop, __ATOMIC_RELAXED)) {
		stfle(now);
		host.wrong += memcmp(first, now, sizeof(now)) != 0;
		host.rounds++;
	}
	return NULL;
}

static void facilities(void)
{
	/* Ends at +0x16 if the list was EXPECTED each time, else at +0x1a. */
	static const uint8_t code[] = {
		0xa7, 0x09, 0x00, 0x01,		    /* lghi  0,1 */
		0xb2, 0xb0, 0x40, 0x00,		    /* stfle 0(4) */
		0xd5, 0x0f, 0x40, 0x00, 0x50, 0x00, /* clc   0(16,4),0(5) */
		0xa7, 0x74, 0x00, 0x06,		    /* jne   .+12 */
		0xa7, 0x17, 0xff, 0xf7,		    /* brctg 1,.-18 */
		0x83, 0x12, 0x05, 0x01,		    /* diag  501 */
		0x83, 0x12, 0x05, 0x01,
	};
	struct guest guest;
	pthread_t thread;
	uint64_t seen[2];

	make_guest(&guest, give_facilities);
	put(&guest, CODE, code, sizeof(code));
	put(&guest, EXPECTED, processor.fac_list, 16);
	*gr(&guest, 1) = ROUNDS;
	*gr(&guest, 4) = OPERAND;
	*gr(&guest, 5) = EXPECTED;
	if (pthread_create(&thread, NULL, look_in_host, NULL))
		fail("pthread_create");
	run(&guest, PSW_64, CODE);
	__atomic_store_n(&host.stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	memcpy(seen, guest.memory + OPERAND, sizeof(seen));
	printf("guest: facility 69 %d, facility 18 %d, %s\n", (int)(seen[1] >> (127 - 69) & 1),
	       (int)(seen[0] >> (63 - 18) & 1),
	       guest.run->psw_addr == CODE + 0x1a ? "always" : "not always");
	stfle(seen);
	printf("host: facility 69 %d, facility 18 %d, %s\n", (int)(seen[1] >> (127 - 69) & 1),
	       (int)(seen[0] >> (63 - 18) & 1), host.wrong ? "not always" : "always");
	printf("host: %s\n", host.rounds ? "looked meanwhile" : "did not look");
}

/* --- topology -------------------------------------------------------------------------------- */

static void give_topology(struct guest *guest)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_S390_CPU_TOPOLOGY };

	if (ioctl(guest->vm, KVM_ENABLE_CAP, &cap))
		fail("KVM_CAP_S390_CPU_TOPOLOGY");
}

/* KVM puts the control areas of one guest after another at eight places of a page. */
#define GUESTS 8

static void topology(void)
{
	static const uint8_t code[] = {
		0xa7, 0x19, 0x00, 0x02, /* lghi 1,2 */
		0xb9, 0xa2, 0x00, 0x10, /* ptf  1 */
		0x83, 0x12, 0x05, 0x01, /* diag 501 */
	};
	static const int reports[] = { 0, 1, -1 }; /* clear, set, leave */
	struct guest guest;
	unsigned i, number;

	for (number = 0; number < GUESTS; number++) {
		make_guest(&guest, give_topology);
		put(&guest, CODE, code, sizeof(code));
		printf("ptf: cc");
		for (i = 0; i < 3; i++) {
			if (reports[i] >= 0)
				attribute(&guest, KVM_SET_DEVICE_ATTR, KVM_S390_VM_CPU_TOPOLOGY,
					  (uint64_t)reports[i], NULL);
			run(&guest, PSW_64, CODE);
			printf(" %u", (unsigned)(guest.run->psw_mask >> 44 & 3));
		}
		printf(", psw +%llu\n", (unsigned long long)(guest.run->psw_addr - CODE));
	}
}

static void create(void)
{
	struct guest guest;

	open_vm(&guest);
	printf("KVM_CREATE_VM: done\n");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(void);
	} tests[] = { { "create", create },
		      { "opcodes", opcodes },
		      { "illegal", illegal },
		      { "facilities", facilities },
		      { "topology", topology } };
	unsigned i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (argc == 2 && !strcmp(argv[1], tests[i].name)) {
			tests[i].test();
			return 0;
		}
	fprintf(stderr, "usage: kvm-host create | opcodes | illegal | facilities | topology\n");
	return 2;
}
