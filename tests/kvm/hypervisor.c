// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hypervisor.c - a small hypervisor, on the fake /dev/kvm and under the interposer. It knows
 * nothing of either: it makes a VM as QEMU makes one, and looks at what it gets back.
 *
 *	LD_PRELOAD="zpci-kvm.so fake.so" hypervisor CASE	tests/kvm/interposer.t
 *
 * Exits 0 if all was as it must be, 1 after a line that says what was not, 2 if KVM or a request
 * was refused. "refused REQUEST: ERRNO" is on standard output then.
 */
#define FAKE_PRELOADED
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>
#include <zpci/machine.h>
#include <zpci/probe.h>

#include "fake.h"
#include "zpci/machine/kvm/layout.h"

#define STORAGE 0x400000u
#define BLOCK 0x10000u
#define EXTENDED (ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING)
#define FID 0x1021u
#define CC(mask) ((mask) >> 44 & 3)

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);            \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static struct {
	int kvm, vm, flic, vcpu;
	struct layout_run *run;
	uint8_t *storage;
} host;

static int need(const char *what, int rc)
{
	if (rc >= 0)
		return rc;
	printf("refused %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- making a machine ------------------------------------------------------------------------- */

static void create_vm(void)
{
	host.kvm = need("open", open("/dev/kvm", O_RDWR | O_CLOEXEC));
	host.vm = need("CREATE_VM", ioctl(host.kvm, LAYOUT_CREATE_VM, 0));
}

static int set_memory(unsigned slot, unsigned flags, uint64_t address, uint64_t size, void *memory)
{
	struct layout_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(host.vm, LAYOUT_SET_USER_MEMORY_REGION, &region);
}

static void add_storage(void)
{
	host.storage = aligned_alloc(0x100000, STORAGE);
	must(host.storage);
	memset(host.storage, 0, STORAGE);
	need("SET_USER_MEMORY_REGION", set_memory(0, 0, 0, STORAGE, host.storage));
}

static struct layout_run *map_vcpu(int vcpu)
{
	int size = ioctl(host.kvm, LAYOUT_GET_VCPU_MMAP_SIZE, 0);
	void *run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	must(run != MAP_FAILED);
	return run;
}

static int add_vcpu(unsigned number)
{
	return need("CREATE_VCPU", ioctl(host.vm, LAYOUT_CREATE_VCPU, number));
}

static void add_flic(void)
{
	struct layout_create_device device = { .type = LAYOUT_DEV_FLIC };

	need("CREATE_DEVICE", ioctl(host.vm, LAYOUT_CREATE_DEVICE, &device));
	host.flic = (int)device.fd;
}

static int attribute(int fd, unsigned long request, unsigned group, uint64_t number, void *address)
{
	struct layout_attr attr = { .group = group, .attr = number, .addr = (uintptr_t)address };

	return ioctl(fd, request, &attr);
}

static int clear_flic(void)
{
	return attribute(host.flic, LAYOUT_SET_DEVICE_ATTR, LAYOUT_FLIC_CLEAR_IRQS, 0, NULL);
}

static int read_clock(void)
{
	uint64_t tod;

	return attribute(host.vm, LAYOUT_GET_DEVICE_ATTR, LAYOUT_VM_TOD, LAYOUT_VM_TOD_LOW, &tod);
}

/* As QEMU does it: storage and CPUs come before the FLIC. */
static void make(void)
{
	create_vm();
	add_storage();
	host.vcpu = add_vcpu(0);
	host.run = map_vcpu(host.vcpu);
	add_flic();
	clear_flic();
}

/* --- a guest that executes an instruction ----------------------------------------------------- */

static const uint8_t clp[6] = { 0xb9, 0xa0, ZPCI_CLP_LPS_PCI, 0x02 };
static const uint8_t pcilg[6] = { 0xb9, 0xd2, 0x00, 0x64 }; /* R1 6, R2 4 */
static const uint8_t pcistg[6] = { 0xb9, 0xd0, 0x00, 0x64 };
static const uint8_t stsch[6] = { 0xb2, 0x34, 0x50, 0x00 };

static struct fake_cpu cpu;

static void exit_of(int vcpu, const uint8_t instruction[6])
{
	struct fake_exit exit = { .reason = FAKE_SIEIC, .icptcode = FAKE_INSTRUCTION, .cpu = &cpu };

	cpu.psw_mask = EXTENDED;
	cpu.psw_address = 0x2004;
	memcpy(exit.instruction, instruction, 6);
	fake_exit(vcpu, &exit);
}

/* The next thing is one of the hypervisor's. */
static void exit_wait(int vcpu)
{
	fake_exit(vcpu, &(struct fake_exit){ .reason = FAKE_SIEIC, .icptcode = FAKE_WAIT });
}

static int run(int vcpu)
{
	return ioctl(vcpu, LAYOUT_RUN, 0);
}

/* One instruction of ours on @vcpu: KVM_RUN does not return for it. */
static void ours(int vcpu, struct layout_run *page, const uint8_t instruction[6])
{
	exit_of(vcpu, instruction);
	exit_wait(vcpu);
	must(!run(vcpu));
	must(page->exit_reason == FAKE_SIEIC && page->sieic.icptcode == FAKE_WAIT);
}

/* A CLP of which the request is in storage; returns the response code. */
static unsigned call_clp(size_t request)
{
	const struct zpci_clp_header *response = (const void *)(host.storage + BLOCK + request);

	cpu.gr[2] = BLOCK;
	ours(host.vcpu, host.run, clp);
	must(CC(host.run->psw_mask) == 0);
	return zpci_get_be(&response->code, 2);
}

static void put(size_t offset, unsigned length, uint64_t value)
{
	zpci_put_be(host.storage + BLOCK + offset, length, value);
}

static uint64_t get(size_t offset, unsigned length)
{
	return zpci_get_be(host.storage + BLOCK + offset, length);
}

/* The handle of the first function. */
static uint32_t list(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	size_t entry = request + sizeof(struct zpci_clp_list_response);

	memset(host.storage + BLOCK, 0, 0x1000);
	put(0, 2, request);
	put(2, 2, ZPCI_CLP_LIST);
	put(request, 2, 0x1000 - request);
	must(call_clp(request) == ZPCI_CLP_OK);
	must(get(entry + offsetof(struct zpci_clp_list_entry, fid), 4) == FID);
	return (uint32_t)get(entry + offsetof(struct zpci_clp_list_entry, handle), 4);
}

static uint32_t enable(void)
{
	size_t request = sizeof(struct zpci_clp_set_function_request);
	uint32_t handle = list();

	memset(host.storage + BLOCK, 0, 0x1000);
	put(0, 2, request);
	put(2, 2, ZPCI_CLP_SET_FUNCTION);
	put(offsetof(struct zpci_clp_set_function_request, handle), 4, handle);
	put(offsetof(struct zpci_clp_set_function_request, dma_spaces), 1, 1);
	put(request, 2, sizeof(struct zpci_clp_set_function_response));
	must(call_clp(request) == ZPCI_CLP_OK);
	return (uint32_t)get(request + offsetof(struct zpci_clp_set_function_response, handle), 4);
}

/* Condition code of a load from config space. */
static unsigned load(uint32_t handle)
{
	cpu.gr[4] = (uint64_t)handle << 32 | 15 << 16 | 4;
	cpu.gr[5] = 0;
	ours(host.vcpu, host.run, pcilg);
	return CC(host.run->psw_mask);
}

#define ALIVE(handle) must(load(handle) == 0)
#define GONE(handle) must(load(handle) == 3)

/* --- KVM_RUN ---------------------------------------------------------------------------------- */

static void executes(void)
{
	uint32_t handle;

	make();
	handle = enable();
	ALIVE(handle);
	must(zpci_get_be(&host.run->regs.gprs[6], 4) || host.run->regs.gprs[6]);
	/* The guest gets what is in the shared page. */
	exit_wait(host.vcpu);
	must(!run(host.vcpu));
	fake_guest(host.vcpu, &cpu);
	must(cpu.gr[6] == host.run->regs.gprs[6]);
}

/* Whatever is in the shared page is the hypervisor's. */
static void passes(void)
{
	static uint8_t before[sizeof(struct layout_run)];
	uint32_t handle;

	make();
	handle = enable();
	exit_of(host.vcpu, stsch);
	must(!run(host.vcpu));
	must(host.run->sieic.icptcode == FAKE_INSTRUCTION && host.run->sieic.ipa == 0xb234);
	must(host.run->psw_mask == cpu.psw_mask && host.run->psw_addr == cpu.psw_address);

	/* A handle of the hypervisor's. */
	cpu.gr[4] = (uint64_t)0x80000005 << 32 | 15 << 16 | 4;
	cpu.gr[6] = 0x1122334455667788;
	exit_of(host.vcpu, pcilg);
	must(!run(host.vcpu));
	must(host.run->sieic.ipa == 0xb9d2 && host.run->regs.gprs[6] == cpu.gr[6]);
	memcpy(before, host.run, sizeof(before));
	must(!memcmp(&before[offsetof(struct layout_run, regs.gprs)], cpu.gr, sizeof(cpu.gr)));

	/* Errors. */
	fake_exit(host.vcpu, &(struct fake_exit){ .error = EFAULT });
	must(run(host.vcpu) == -1 && errno == EFAULT);
	must(ioctl(host.vcpu, LAYOUT_MEM_OP, NULL) == -1);
	ALIVE(handle);
}

/* The hypervisor lists a function of its own, with a FID of ours. */
static void list_duplicate(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	size_t entry = request + sizeof(struct zpci_clp_list_response);
	uint64_t token;

	make();
	list();
	token = get(request + offsetof(struct zpci_clp_list_response, token), 8);
	memset(host.storage + BLOCK, 0, 0x1000);
	put(0, 2, request);
	put(2, 2, ZPCI_CLP_LIST);
	put(offsetof(struct zpci_clp_list_request, token), 8, token);
	put(request, 2, 0x1000 - request);
	cpu.gr[2] = BLOCK;
	exit_of(host.vcpu, clp);
	must(!run(host.vcpu) && host.run->sieic.ipa == 0xb9a0);
	put(request, 2, entry + sizeof(struct zpci_clp_list_entry) - request);
	put(request + 2, 2, ZPCI_CLP_OK);
	put(entry + offsetof(struct zpci_clp_list_entry, fid), 4, FID);
	exit_wait(host.vcpu);
}

static void duplicate(void)
{
	list_duplicate();
	must(!run(host.vcpu));
	list();
}

/* The functions end before the guest gets that answer. */
static void duplicate_at_end(void)
{
	list_duplicate();
	close(host.flic);
	must(!run(host.vcpu));
}

/* The hypervisor wants its vCPU back while an instruction of ours is executed. */
static void *interrupt(void *unused)
{
	(void)unused;
	while (!fake_running(host.vcpu))
		usleep(1000);
	__atomic_store_n(&host.run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	cpu.gr[2] = BLOCK;
	exit_of(host.vcpu, clp);
	return NULL;
}

static void interrupted(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	pthread_t thread;

	make();
	fake_exit(host.vcpu, &(struct fake_exit){ .error = EINTR });
	must(run(host.vcpu) == -1 && errno == EINTR);

	list();
	memset(host.storage + BLOCK, 0, 0x1000);
	put(0, 2, request);
	put(2, 2, ZPCI_CLP_LIST);
	put(request, 2, 0x1000 - request);
	must(!pthread_create(&thread, NULL, interrupt, NULL));
	must(run(host.vcpu) == -1 && errno == EINTR);
	pthread_join(thread, NULL);
	must(get(request + 2, 2) == ZPCI_CLP_OK);
	host.run->immediate_exit = 0;
	list();
}

/* --- resets ----------------------------------------------------------------------------------- */

static void resets(void)
{
	uint32_t handle;
	int second;

	make();
	second = add_vcpu(1);
	must(!ioctl(host.vcpu, LAYOUT_CLEAR_RESET, 0));

	/* QEMU's way, and the reset takes place before KVM knows. */
	handle = enable();
	must(!clear_flic());
	GONE(handle);
	handle = enable();
	fake_refuse(LAYOUT_SET_DEVICE_ATTR, EIO, 1);
	must(clear_flic() == -1 && errno == EIO);
	GONE(handle);

	/* Single CPUs, by SIGNAL PROCESSOR, or one that is plugged. */
	handle = enable();
	must(!ioctl(host.vcpu, LAYOUT_INITIAL_RESET, 0));
	must(!ioctl(host.vcpu, LAYOUT_NORMAL_RESET, 0));
	must(!ioctl(second, LAYOUT_CLEAR_RESET, 0));
	ALIVE(handle);
	must(!ioctl(host.vcpu, LAYOUT_CLEAR_RESET, 0));
	GONE(handle);

	/* The guest asks. */
	handle = enable();
	fake_exit(host.vcpu, &(struct fake_exit){ .reason = FAKE_RESET });
	must(!run(host.vcpu) && host.run->exit_reason == FAKE_RESET);
	GONE(handle);
}

/* A hypervisor without a FLIC clears all vCPUs, one after the other, and it is one reset. */
static void resets_once(void)
{
	uint32_t handle;
	int first;

	make();
	enable();
	first = host.vcpu;
	must(!ioctl(first, LAYOUT_CLEAR_RESET, 0));
	host.vcpu = add_vcpu(1);
	host.run = map_vcpu(host.vcpu);
	handle = enable();
	must(!ioctl(first, LAYOUT_CLEAR_RESET, 0));
	ALIVE(handle);
}

static void asks(uint64_t subcode, uint64_t code)
{
	static const uint8_t diagnose[6] = { 0x83, 0x13, 0x70, 0x08 }; /* R3 3, 8(7) */

	cpu.gr[3] = subcode;
	cpu.gr[7] = code - 8;
	exit_of(host.vcpu, diagnose);
	must(!run(host.vcpu) && host.run->sieic.ipa == 0x8313);
}

static void diagnose(void)
{
	uint32_t handle;

	make();
	handle = enable();
	asks(5, 0x308);
	asks(1, 0x500);
	asks(0x10000, 0x308);
	ALIVE(handle);
	asks(1, 0x308);
	GONE(handle);
	handle = enable();
	asks(0, 0x308);
	GONE(handle);
}

/* The kind of reset that the guest has asked for is that of the next one; afterwards it is the
 * hypervisor's own again. */
static void kinds(void)
{
	make();
	asks(1, 0x308);
	must(!clear_flic());
	must(!clear_flic());
	fake_exit(host.vcpu, &(struct fake_exit){ .reason = FAKE_RESET });
	must(!run(host.vcpu));
	must(!clear_flic());
}

/* --- the rest of a machine's life ------------------------------------------------------------- */

#define CONFIG ZPCI_SPACE_CONFIG
#define ISC 2u
#define FIB 0x13000u
#define AIBV 0x14000u
#define AISB 0x14800u

static void execute(const uint8_t instruction[6])
{
	ours(host.vcpu, host.run, instruction);
	must(CC(host.run->psw_mask) == 0);
}

/* @value is a little-endian register's. */
static void store(uint32_t handle, unsigned space, uint64_t offset, unsigned length, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	cpu.gr[6] = zpci_get_be(bytes, length);
	cpu.gr[4] = (uint64_t)handle << 32 | space << 16 | length;
	cpu.gr[5] = offset;
	execute(pcistg);
}

static unsigned load_byte(uint32_t handle, uint64_t offset)
{
	cpu.gr[4] = (uint64_t)handle << 32 | CONFIG << 16 | 1;
	cpu.gr[5] = offset;
	execute(pcilg);
	return (unsigned)host.run->regs.gprs[6];
}

/* Vector 0 is an adapter interruption on ISC. */
static void modify(uint32_t handle, unsigned operation)
{
	static const uint8_t mpcifc[6] = { 0xe3, 0x10, 0x20, 0x00, 0x00, 0xd0 };

	cpu.gr[1] = (uint64_t)handle << 32 | operation;
	cpu.gr[2] = FIB;
	execute(mpcifc);
}

static void register_vector(uint32_t handle, uint64_t bits)
{
	struct zpci_fib *fib = (void *)(host.storage + FIB);

	memset(fib, 0, sizeof(*fib));
	zpci_put_be(&fib->interruption, 4,
		    ISC << ZPCI_FIB_INT_ISC_SHIFT | 1u << ZPCI_FIB_INT_NOI_SHIFT |
			    ZPCI_FIB_INT_SUM);
	zpci_put_be(&fib->aibv, 8, bits);
	zpci_put_be(&fib->aisb, 8, AISB);
	modify(handle, ZPCI_MPCIFC_REG_INT);
}

static void prepare_vector(uint32_t handle)
{
	unsigned msix = load_byte(handle, 0x34);

	while (load_byte(handle, msix) != 0x11)
		msix = load_byte(handle, msix + 1);
	register_vector(handle, AIBV);
	store(handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE, 8, 0xfe00000000000000);
	store(handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE + 8, 8, 0);
	store(handle, CONFIG, msix + 2, 2, 0x8000);
	store(handle, CONFIG, 4, 2, 6);
}

static bool presented(void)
{
	return __atomic_load_n(host.storage + AIBV, __ATOMIC_SEQ_CST) ||
	       fake_adapter_interruptions(host.vm, ISC);
}

/* A device of a machine that is stopped presents nothing, even after a delay that has long ended.
 * It does when the machine goes on, while the guest runs. */
static void *await_vector(void *unused)
{
	(void)unused;
	while (!presented())
		usleep(1000);
	exit_wait(host.vcpu);
	return NULL;
}

static void ring(uint32_t handle)
{
	const unsigned delay = 200000;

	prepare_vector(handle);
	store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DELAY, 4, delay);
	store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_LATER, 4, 0);
}

static void stands_still(void)
{
	pthread_t thread;

	make();
	ring(enable());
	must(!read_clock());
	usleep(600000);
	must(!presented());
	must(!pthread_create(&thread, NULL, await_vector, NULL));
	must(!run(host.vcpu));
	pthread_join(thread, NULL);
}

/* A clock that is read while a vCPU runs stops nothing. */
static void *read_and_await(void *unused)
{
	while (!fake_running(host.vcpu))
		usleep(1000);
	must(!read_clock());
	return await_vector(unused);
}

static void runs_on(void)
{
	pthread_t thread;
	uint32_t handle;

	make();
	handle = enable();
	must(!read_clock());
	must(!read_clock());
	ring(handle);
	must(!pthread_create(&thread, NULL, read_and_await, NULL));
	must(!run(host.vcpu));
	pthread_join(thread, NULL);
	ALIVE(handle);
	must(!read_clock());
}

/* What was on its way when the machine was reset does not come. */
static void nothing_comes(void)
{
	make();
	ring(enable());
	must(!clear_flic());
	memset(host.storage, 0x5a, STORAGE);
	usleep(600000);
	for (size_t i = 0; i < STORAGE; i++)
		must(host.storage[i] == 0x5a);
	must(!fake_adapter_interruptions(host.vm, ISC));
}

/* A hypervisor that ends closes its descriptors in any order. */
static void closes(void)
{
	make();
	ring(enable());
	close(host.flic);
	must(open("/dev/null", O_RDWR) == host.flic);
	usleep(600000);
	must(!presented());
	exit_of(host.vcpu, clp);
	must(!run(host.vcpu));
	must(!set_memory(1, 0, STORAGE, STORAGE, host.storage));
	close(host.vm);
}

/* A hypervisor may read the clock before there is anything to stop. */
static void reads_early(void)
{
	create_vm();
	must(!read_clock());
	add_storage();
	host.vcpu = add_vcpu(0);
	host.run = map_vcpu(host.vcpu);
	must(!read_clock());
	add_flic();
	list();
}

static void plugs(void)
{
	struct layout_run *page;
	int second;

	make();
	list();
	second = add_vcpu(1);
	page = map_vcpu(second);
	must(!ioctl(second, LAYOUT_CLEAR_RESET, 0));
	cpu.gr[2] = BLOCK;
	memset(host.storage + BLOCK, 0, 0x1000);
	put(0, 2, sizeof(struct zpci_clp_list_request));
	put(2, 2, ZPCI_CLP_LIST);
	put(sizeof(struct zpci_clp_list_request), 2, 0x800);
	ours(second, page, clp);
	must(get(sizeof(struct zpci_clp_list_request) + 2, 2) == ZPCI_CLP_OK);
}

static void no_flic(void)
{
	create_vm();
	add_storage();
	host.vcpu = add_vcpu(0);
	host.run = map_vcpu(host.vcpu);
	exit_wait(host.vcpu);
	need("RUN", run(host.vcpu));
	list();
}

/* As QEMU looks what KVM can do, for libvirt. */
static void probes(void)
{
	create_vm();
	ioctl(host.vm, LAYOUT_CHECK_EXTENSION, LAYOUT_CAP_MEM_OP);
	close(host.vm);
	close(host.kvm);
}

static void twice(void)
{
	make();
	list();
	create_vm();
	add_storage();
	add_vcpu(0);
	add_flic();
}

/* How often this process has mapped the page of a vCPU. */
static unsigned mapped(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned count = 0;
	char line[512];

	must(maps);
	while (fgets(line, sizeof(line), maps))
		count += !!strstr(line, "memfd:kvm-vcpu");
	fclose(maps);
	return count;
}

/* A mapping that is left would keep the first VM alive in KVM. */
static void again(void)
{
	make();
	list();
	close(host.vm);
	close(host.flic);
	close(host.vcpu);
	must(mapped() == 1); /* by this program */
	make();
	list();
}

static void say(int fd, const char *line, const char *expected)
{
	char answer[64] = "";

	must(write(fd, line, strlen(line)) == (ssize_t)strlen(line));
	must(read(fd, answer, sizeof(answer) - 1) > 0);
	must(!strcmp(answer, expected));
}

static int connect_control(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, getenv("ZPCI_CONTROL"), sizeof(address.sun_path) - 1);
	must(!connect(fd, (const struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static void control(void)
{
	make();
	say(connect_control(), "list\n", "ok 0x00001021\n");
}

/* A hypervisor goes elsewhere, as QEMU does with -daemonize. */
static void moves(void)
{
	make();
	must(!access(getenv("ZPCI_CONTROL"), F_OK));
	must(!chdir("/"));
}

static _Atomic unsigned refused;
static _Atomic bool refusing;

/* Of this program, and so of all that is loaded into it. */
__attribute__((visibility("default"))) int accept4(int fd, __SOCKADDR_ARG address,
						   socklen_t *length, int flags)
{
	typedef int function(int fd, __SOCKADDR_ARG address, socklen_t *length, int flags);

	if (!refusing)
		return ((function *)dlsym(RTLD_NEXT, "accept4"))(fd, address, length, flags);
	refused++;
	errno = EMFILE;
	return -1;
}

/* While there is no descriptor for a client, it waits, and nobody is busy with it. The others are
 * served. */
static void no_descriptor(void)
{
	int first, second;

	make();
	first = connect_control();
	say(first, "list\n", "ok 0x00001021\n");
	refusing = true;
	second = connect_control();
	while (!refused)
		sched_yield();
	usleep(300000);
	must(refused < 10);
	say(first, "list\n", "ok 0x00001021\n");
	refusing = false;
	say(second, "list\n", "ok 0x00001021\n");
}

/* The guest takes a channel report of ours; the next one is the hypervisor's. A reset forgets
 * reports. */
static void reports(void)
{
	static const uint8_t stcrw[6] = { 0xb2, 0x39, 0x20, 0x00 };
	uint64_t cr14, mcic;
	int fd;

	make();
	fd = connect_control();
	enable();
	say(fd, "error 0x1021 0x3a\n", "ok\n");
	/* A timer's thread presents it. */
	while (!fake_machine_check(host.vm, &cr14, &mcic))
		sched_yield();
	cpu.gr[2] = BLOCK;
	execute(stcrw);
	must(get(0, 4) == 0x0b000000);
	exit_of(host.vcpu, stcrw);
	must(!run(host.vcpu) && host.run->sieic.ipa == 0xb239);

	must(!clear_flic());
	enable();
	say(fd, "error 0x1021 0x3a\n", "ok\n");
	must(!clear_flic());
	exit_of(host.vcpu, stcrw);
	must(!run(host.vcpu) && host.run->sieic.ipa == 0xb239);
	must(!fake_machine_check(host.vm, &cr14, &mcic));
}

/* --- the end of a VM, and its start ----------------------------------------------------------- */

static void *close_vm(void *unused)
{
	(void)unused;
	while (!fake_running(host.vcpu))
		usleep(1000);
	close(host.vm);
	cpu.gr[2] = BLOCK;
	exit_of(host.vcpu, clp);
	return NULL;
}

/* KVM_RUN does not need the VM's descriptor. What was ours is the hypervisor's then. */
static void ends(void)
{
	pthread_t thread;

	make();
	list();
	must(!pthread_create(&thread, NULL, close_vm, NULL));
	must(!run(host.vcpu));
	pthread_join(thread, NULL);
	must(host.run->sieic.icptcode == FAKE_INSTRUCTION && host.run->sieic.ipa == 0xb9a0);
}

static _Atomic bool parked, released;

static void park(int number)
{
	(void)number;
	parked = true;
	while (!released)
		usleep(1000);
	must(!mprotect(host.storage + BLOCK, 0x1000, PROT_READ | PROT_WRITE));
}

static void *close_vm_meanwhile(void *unused)
{
	(void)unused;
	while (!parked)
		usleep(1000);
	close(host.vm);
	released = true;
	return NULL;
}

/* It ends while an instruction of ours waits for storage. */
static void ends_inside(void)
{
	pthread_t thread;

	make();
	list();
	put(sizeof(struct zpci_clp_list_request) + 2, 2, 0);
	must(signal(SIGSEGV, park) != SIG_ERR);
	must(!mprotect(host.storage + BLOCK, 0x1000, PROT_NONE));
	must(!pthread_create(&thread, NULL, close_vm_meanwhile, NULL));
	cpu.gr[2] = BLOCK;
	ours(host.vcpu, host.run, clp);
	pthread_join(thread, NULL);
	must(get(sizeof(struct zpci_clp_list_request) + 2, 2) == ZPCI_CLP_OK);
}

static void *close_flic_meanwhile(void *unused)
{
	(void)unused;
	while (!parked)
		usleep(1000);
	close(host.flic);
	/* What was presented before does not count. */
	memset(host.storage + AIBV, 0, 8);
	released = true;
	return NULL;
}

/* Devices stop at the end, though the firmware is still in use, and a vCPU that goes on does not
 * start them again. */
static void stops_inside(void)
{
	pthread_t thread;

	make();
	ring(enable());
	list();
	must(signal(SIGSEGV, park) != SIG_ERR);
	must(!mprotect(host.storage + BLOCK, 0x1000, PROT_NONE));
	must(!pthread_create(&thread, NULL, close_flic_meanwhile, NULL));
	cpu.gr[2] = BLOCK;
	ours(host.vcpu, host.run, clp);
	pthread_join(thread, NULL);
	fake_adapter_interruptions(host.vm, ISC);
	exit_wait(host.vcpu);
	must(!run(host.vcpu));
	usleep(600000);
	must(!presented());
}

static pthread_barrier_t together;

static void *first_run(void *vcpu)
{
	pthread_barrier_wait(&together);
	return (void *)(intptr_t)run((int)(intptr_t)vcpu);
}

/* Without a FLIC, the first KVM_RUN starts the functions, and there can be two first ones. */
static void starts_once(void)
{
	pthread_t threads[2];
	void *rc;

	create_vm();
	add_storage();
	must(!pthread_barrier_init(&together, NULL, 2));
	for (unsigned i = 0; i < 2; i++) {
		int vcpu = add_vcpu(i);

		exit_wait(vcpu);
		must(!pthread_create(&threads[i], NULL, first_run, (void *)(intptr_t)vcpu));
	}
	for (unsigned i = 0; i < 2; i++) {
		must(!pthread_join(threads[i], &rc));
		must(!rc);
	}
}

static _Atomic bool handled;

static void handle(int number)
{
	(void)number;
	handled = true;
}

/* A signal to this process does not end up in a thread of the interposer's. */
static void no_signals(void)
{
	sigset_t set;

	must(signal(SIGUSR1, handle) != SIG_ERR);
	make();
	sigfillset(&set);
	must(!sigprocmask(SIG_SETMASK, &set, NULL));
	must(!kill(getpid(), SIGUSR1));
	usleep(100000);
	must(!handled);
}

/* --- locks -------------------------------------------------------------------------------------
 *
 * A thread is made slow: each time before it takes a lock, another thread does something that may
 * have to wait for it. So that happens at each point that is outside of a lock, or in the wrong
 * one. */

#define CHANCES 5000

static _Thread_local bool slow;
static _Atomic unsigned turns, answered;
static _Atomic bool over;

/* Of this program, and so of all that is loaded into it. */
__attribute__((visibility("default"))) int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static _Atomic(int (*)(pthread_mutex_t *)) behind;
	int (*lock)(pthread_mutex_t *) = behind;

	if (!lock)
		behind = lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
	if (slow) {
		unsigned turn = ++turns;

		for (unsigned i = 0; i < CHANCES && answered < turn; i++)
			sched_yield();
	}
	return lock(mutex);
}

static void *slowly(void *call)
{
	slow = true;
	((void (*)(void))call)();
	slow = false;
	over = true;
	return NULL;
}

static void meanwhile(void (*call)(void), void (*other)(void))
{
	pthread_t thread;

	must(!pthread_create(&thread, NULL, slowly, (void *)call));
	while (!over) {
		unsigned turn = turns;

		if (turn > answered) {
			other();
			answered = turn;
		}
		sched_yield();
	}
	pthread_join(thread, NULL);
}

/* Where the next slot is. */
static uint64_t end = STORAGE;

static void add_slot(void)
{
	if (end < 64ull * STORAGE)
		must(!set_memory((unsigned)(end / STORAGE), 0, end, STORAGE, host.storage));
	end += STORAGE;
}

/* A slot that comes while the functions start. */
static void slot_at_start(void)
{
	uint32_t handle;

	create_vm();
	add_storage();
	host.vcpu = add_vcpu(0);
	host.run = map_vcpu(host.vcpu);
	meanwhile(add_flic, add_slot);
	must(end > STORAGE);
	handle = enable();
	prepare_vector(handle);
	for (uint64_t slot = STORAGE; slot < end && slot < 64ull * STORAGE; slot += STORAGE) {
		modify(handle, ZPCI_MPCIFC_DEREG_INT);
		register_vector(handle, slot + AIBV);
		memset(host.storage + AIBV, 0, 8);
		store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
		must(presented());
	}
}

static uint32_t stopped;

static void stop(void)
{
	must(!read_clock());
}

static void go_on(void)
{
	ALIVE(stopped);
}

/* The machine goes on while it is being stopped: when both have returned, it goes on. */
static void stop_and_go(void)
{
	make();
	stopped = enable();
	prepare_vector(stopped);
	meanwhile(stop, go_on);
	go_on();
	store(stopped, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
	must(presented());
}

/* --- children --------------------------------------------------------------------------------- */

static void await(pid_t child)
{
	int status;

	must(waitpid(child, &status, 0) == child);
	must(WIFEXITED(status) && !WEXITSTATUS(status));
}

/* A child closes what it has inherited, and ends as any program. */
static void forks(void)
{
	const char *path = getenv("ZPCI_CONTROL");
	uint32_t handle;
	pid_t child;

	make();
	handle = enable();
	child = fork();
	if (!child) {
		clear_flic();
		close(host.vm);
		exit(0);
	}
	await(child);
	ALIVE(handle);
	must(!access(path, F_OK));

	child = vfork();
	if (!child) {
		close(host.vm);
		execlp("true", "true", (char *)NULL);
		_exit(1);
	}
	await(child);
	ALIVE(handle);
	must(!access(path, F_OK));
}

/* --- saving ----------------------------------------------------------------------------------- */

#define GET_SKEYS 0x4040aeb2u
#define PV_COMMAND 0xc020aec5u

static int skeys(uint64_t count, uint8_t *keys)
{
	uint64_t block[8] = { 0, count, (uintptr_t)keys };

	return ioctl(host.vm, GET_SKEYS, block);
}

static void saves(void)
{
	uint64_t command[4] = { 0 };
	uint8_t keys[4] = { 0xff };

	make();
	must(attribute(host.vm, LAYOUT_SET_DEVICE_ATTR, 4, 1, NULL) == -1 && errno == EPERM);
	must(ioctl(host.vm, PV_COMMAND, command) == -1 && errno == EPERM);
	must(!set_memory(0, 1, 0, STORAGE, host.storage));
	must(!skeys(1, keys) && !keys[0]);
	must(skeys(2, keys) == -1 && errno == EPERM);
	must(!set_memory(0, 0, 0, STORAGE, host.storage));
	/* Nobody saves any more. The fake has no such request. */
	must(skeys(1, keys) == -1 && errno == ENOTTY);
	must(skeys(2, keys) == -1 && errno == ENOTTY);
	list();
}

static const struct {
	const char *name;
	void (*test)(void);
} cases[] = {
	{ "make", make },
	{ "executes", executes },
	{ "passes", passes },
	{ "interrupted", interrupted },
	{ "resets", resets },
	{ "resets-once", resets_once },
	{ "diagnose", diagnose },
	{ "kinds", kinds },
	{ "runs-on", runs_on },
	{ "stands-still", stands_still },
	{ "nothing-comes", nothing_comes },
	{ "closes", closes },
	{ "reads-early", reads_early },
	{ "ends", ends },
	{ "ends-inside", ends_inside },
	{ "stops-inside", stops_inside },
	{ "slot-at-start", slot_at_start },
	{ "stop-and-go", stop_and_go },
	{ "no-signals", no_signals },
	{ "starts-once", starts_once },
	{ "plugs", plugs },
	{ "no-flic", no_flic },
	{ "probes", probes },
	{ "twice", twice },
	{ "again", again },
	{ "control", control },
	{ "moves", moves },
	{ "no-descriptor", no_descriptor },
	{ "reports", reports },
	{ "forks", forks },
	{ "saves", saves },
	{ "duplicate", duplicate },
	{ "duplicate-at-end", duplicate_at_end },
};

int main(int argc, char **argv)
{
	const char *refusal = getenv("HYPERVISOR_REFUSE"), *absent = getenv("HYPERVISOR_ABSENT");

	if (absent)
		fake_capability((unsigned)atoi(absent), 0);
	if (refusal)
		fake_refuse(strtoul(refusal, NULL, 0), EINVAL, 1);
	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(argv[1], cases[i].name)) {
			cases[i].test();
			return 0;
		}
	return 3;
}
