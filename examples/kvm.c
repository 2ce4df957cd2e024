// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * kvm.c - a hypervisor on KVM, with zPCI: one CPU, storage, a console, and functions of libzpcifw.
 *
 *	./kvm IMAGE [COMMAND LINE]
 *
 * The image is an ELF program for s390x that needs no operating system, such as those of
 * tests/bare. It ends by a disabled wait: at address 0xfff with success.
 *
 * What zPCI adds to a hypervisor is marked with "zPCI:", in the order in which it happens. The rest
 * is a hypervisor in a few lines: the service processor with a console, an empty channel subsystem,
 * and DIAGNOSE 308. Linux needs more of it than there is here.
 *
 * For s390x hosts. Link it with -Wl,--s390-pgste: up to Linux 6.12 at least, a process gets a VM only
 * with page tables of 4 KiB, and this asks the kernel for them.
 */
#define _GNU_SOURCE /* mmap flags */
#include <stdio.h>

#ifdef __s390x__

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zpci/bytes.h>
#include <zpci/kvm.h>

#include "kvm.h"

#define STORAGE (64ul << 20)
#define MEBIBYTE (1ul << 20)
#define PAGE 4096u
#define COMMAND_LINE 0x10480u /* where the images have room for it */
#define COMMAND_LINE_MAX 896u

#define PSW_64BIT 0x0000000180000000ul

struct vm {
	int kvm, vm, flic, vcpu;
	struct kvm_run *run;
	uint8_t *storage;
	struct zpci_kvm *zpci;
	struct zpci_firmware *firmware;
	bool ended;
	int status; /* of this program */
};

static void die(const char *what)
{
	fprintf(stderr, "kvm: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Messages of the library: what this host lacks, and each mistake. */
static void print(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	if (level <= ZPCI_LOG_WARNING)
		fprintf(stderr, "kvm: %s\n", message);
}

/* --- making the virtual machine -------------------------------------------------------------- */

static void enable(int descriptor, unsigned capability, const char *name)
{
	struct kvm_enable_cap enable = { .cap = capability };

	if (ioctl(descriptor, KVM_ENABLE_CAP, &enable))
		die(name);
}

/* zPCI: facilities 69 (zPCI), 71 (adapter events), and 72 (suppression of adapter interruptions),
 * which the capability AIS has set. The list is one of bits, from the left. */
static void set_facilities(struct vm *vm)
{
	static struct kvm_s390_vm_cpu_processor model;
	struct kvm_device_attr attr = {
		.group = KVM_S390_VM_CPU_MODEL,
		.attr = KVM_S390_VM_CPU_PROCESSOR,
		.addr = (uintptr_t)&model,
	};

	if (ioctl(vm->vm, KVM_GET_DEVICE_ATTR, &attr))
		die("reading the CPU model");
	model.fac_list[69 / 64] |= 1ul << (63 - 69 % 64) | 1ul << (63 - 71 % 64);
	if (ioctl(vm->vm, KVM_SET_DEVICE_ATTR, &attr))
		die("setting the CPU model");
}

/* KVM wants storage aligned to 1 MiB, here as in the guest. */
static void make_storage(struct vm *vm)
{
	void *mapped = mmap(NULL, STORAGE + MEBIBYTE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct kvm_userspace_memory_region region = { .memory_size = STORAGE };

	if (mapped == MAP_FAILED)
		die("guest storage");
	vm->storage = (uint8_t *)(((uintptr_t)mapped + MEBIBYTE - 1) & ~(MEBIBYTE - 1));
	region.userspace_addr = (uintptr_t)vm->storage;
	if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region))
		die("KVM_SET_USER_MEMORY_REGION");
}

/* zPCI: the firmware of this VM, and its storage. */
static void make_firmware(struct vm *vm)
{
	const struct zpci_logger logger = { print, NULL };
	const struct zpci_kvm_options kvm_options = {
		.size = sizeof(kvm_options),
		.logger = logger,
		.vm = vm->vm,
		.flic = vm->flic,
		.sic = true, /* nobody else does it */
	};
	const struct zpci_firmware_options options = { .size = sizeof(options), .logger = logger };
	const struct zpci_kvm_slot slot = {
		.size = sizeof(slot),
		.length = STORAGE,
		.host = vm->storage,
		.file = -1,
	};

	if (zpci_kvm_create(&kvm_options, &vm->zpci) || zpci_kvm_memory(vm->zpci, NULL, &slot) ||
	    zpci_firmware_create(zpci_kvm_ops(), vm->zpci, &options, &vm->firmware) ||
	    plug_functions(vm->firmware, &logger))
		exit(2);
}

static void make_cpu(struct vm *vm)
{
	int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	vm->vcpu = ioctl(vm->vm, KVM_CREATE_VCPU, 0);
	if (vm->vcpu < 0)
		die("KVM_CREATE_VCPU");
	vm->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
	if (vm->run == MAP_FAILED)
		die("the page that is shared with the CPU");
	/* zPCI: events need CHSC and STCRW, which KVM would answer itself. */
	enable(vm->vcpu, KVM_CAP_S390_CSS_SUPPORT, "KVM_CAP_S390_CSS_SUPPORT");
}

static void make(struct vm *vm)
{
	struct kvm_create_device flic = { .type = KVM_DEV_TYPE_FLIC };

	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		die("/dev/kvm (is the module kvm loaded, and are you in the group kvm?)");
	vm->vm = ioctl(vm->kvm, KVM_CREATE_VM, 0);
	if (vm->vm < 0)
		die("KVM_CREATE_VM (link this program with -Wl,--s390-pgste)");
	/* zPCI: before the CPU model and the first CPU. */
	enable(vm->vm, KVM_CAP_S390_AIS, "KVM_CAP_S390_AIS");
	set_facilities(vm);
	make_storage(vm);
	if (ioctl(vm->vm, KVM_CREATE_DEVICE, &flic))
		die("the floating interruption controller");
	vm->flic = (int)flic.fd;
	make_firmware(vm);
	make_cpu(vm);
}

/* --- loading ELF ----------------------------------------------------------------------------- */

/* The whole file, of @size bytes. */
static const uint8_t *map_image(const char *path, uint64_t *size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = file < 0 ? -1 : lseek(file, 0, SEEK_END);
	const uint8_t *image;

	if (end < 64)
		die(path);
	image = mmap(NULL, (size_t)end, PROT_READ, MAP_PRIVATE, file, 0);
	if (image == MAP_FAILED)
		die(path);
	*size = (uint64_t)end;
	return image;
}

static bool within(uint64_t start, uint64_t length, uint64_t size)
{
	return start <= size && length <= size - start;
}

/* One program header: type, flags, offset, virtual, physical, bytes in file, bytes in storage. */
static bool load_segment(struct vm *vm, const uint8_t *image, uint64_t size, const uint8_t *header)
{
	uint64_t offset = zpci_get_be(header + 8, 8), address = zpci_get_be(header + 24, 8);
	uint64_t in_file = zpci_get_be(header + 32, 8);

	if (zpci_get_be(header, 4) != 1) /* PT_LOAD */
		return true;
	if (!within(offset, in_file, size) || !within(address, in_file, STORAGE))
		return false;
	memcpy(vm->storage + address, image + offset, in_file);
	return true;
}

static void load(struct vm *vm, const char *path, const char *command_line)
{
	uint64_t size, headers, count;
	const uint8_t *image = map_image(path, &size);
	bool good = !memcmp(image, "\177ELF\2\2", 6); /* 64 bit, big endian */

	headers = zpci_get_be(image + 32, 8);
	count = zpci_get_be(image + 56, 2);
	good = good && within(headers, count * 56, size);
	for (uint64_t i = 0; good && i < count; i++)
		good = load_segment(vm, image, size, image + headers + i * 56);
	if (!good || strlen(command_line) >= COMMAND_LINE_MAX) {
		fprintf(stderr, "kvm: %s is no s390x program in ELF, or has no room\n", path);
		exit(2);
	}
	strcpy((char *)vm->storage + COMMAND_LINE, command_line);
	vm->run->psw_mask = PSW_64BIT;
	vm->run->psw_addr = zpci_get_be(image + 24, 8);
}

/* --- answering the guest ---------------------------------------------------------------------
 * Each returns the program interruption in which the instruction ends, or 0. */

static void set_cc(struct vm *vm, uint64_t cc)
{
	vm->run->psw_mask = (vm->run->psw_mask & ~(3ul << 44)) | cc << 44;
}

static uint64_t gr(const struct vm *vm, unsigned number)
{
	return vm->run->s.regs.gprs[number];
}

/* Storage at a real address: the first 8 KiB and those at the prefix are exchanged. */
static uint8_t *real(struct vm *vm, uint64_t address)
{
	uint64_t prefix = vm->run->s.regs.prefix;

	if (address < 0x2000)
		address += prefix;
	else if (address - prefix < 0x2000)
		address -= prefix;
	return vm->storage + address;
}

/* Event buffers: those of a VT220 (type 1a) are printed. */
static unsigned write_events(uint8_t *sccb, unsigned length)
{
	for (unsigned at = 8; at + 6 <= length;) {
		unsigned event = (unsigned)zpci_get_be(sccb + at, 2);

		if (event < 6 || event > length - at)
			return 0x72f0; /* inconsistent lengths */
		if (sccb[at + 2] != 0x1a)
			return 0x40f0; /* not an event that can be written */
		fwrite(sccb + at + 6, 1, event - 6, stdout);
		sccb[at + 3] |= 0x80; /* accepted */
		at += event;
	}
	fflush(stdout);
	return 0x0020;
}

/* Read SCP information: storage in units of 1 MiB; one CPU, whose entry is at 128. */
static unsigned read_information(uint8_t *sccb, unsigned length)
{
	if (length < 144)
		return 0x0300;
	memset(sccb + 8, 0, length - 8);
	zpci_put_be(sccb + 8, 2, STORAGE / MEBIBYTE);
	sccb[10] = 1;
	zpci_put_be(sccb + 16, 2, 1);
	zpci_put_be(sccb + 18, 2, 128);
	memset(sccb + 24, 0x40, 8);		       /* load parameter: blanks */
	zpci_put_be(sccb + 48, 8, 0x0800000040000000); /* zPCI: reconfiguration, 40000000 */
	return 0x0010;
}

/* The service processor. zPCI: configure and deconfigure were executed by the library. */
static unsigned service_call(struct vm *vm, unsigned r1, unsigned r2)
{
	uint64_t command = gr(vm, r1) & 0xffffffff, address = gr(vm, r2) & 0xffffffff;
	struct kvm_s390_interrupt signal = { .type = KVM_S390_INT_SERVICE,
					     .parm = (uint32_t)address };
	unsigned length, response;
	uint8_t *sccb;

	if (vm->run->psw_mask & ZPCI_PSW_PROBLEM_STATE)
		return ZPCI_PGM_PRIVILEGED; /* KVM does not check that */
	if (address > STORAGE - PAGE)
		return ZPCI_PGM_ADDRESSING;
	if (address % 8 || address < 0x2000 || address - vm->run->s.regs.prefix < 0x2000)
		return ZPCI_PGM_SPECIFICATION;
	sccb = real(vm, address);
	length = (unsigned)zpci_get_be(sccb, 2);
	if (length < 8)
		return ZPCI_PGM_SPECIFICATION;
	if (address % PAGE + length > PAGE)
		response = 0x0100; /* it crosses a page */
	else if (command == 0x00020001 || command == 0x00120001)
		response = read_information(sccb, length);
	else if (command == 0x00760005)
		response = write_events(sccb, length);
	else
		response = 0x01f0; /* unknown */
	zpci_put_be(sccb + 6, 2, response);
	set_cc(vm, 0);
	if (ioctl(vm->vm, KVM_S390_INTERRUPT, &signal))
		die("KVM_S390_INTERRUPT");
	return 0;
}

/* Address of an instruction's storage operand, with 12 bits of displacement. */
static uint64_t operand(const struct vm *vm)
{
	unsigned base = vm->run->s390_sieic.ipb >> 28;

	return (base ? gr(vm, base) : 0) + (vm->run->s390_sieic.ipb >> 16 & 0xfff);
}

/* One access of the guest's, with its exceptions. Returns false if the instruction has ended by it:
 * then *@code is as below. */
static bool access_guest(struct vm *vm, struct kvm_s390_mem_op *op, unsigned *code)
{
	int rc = ioctl(vm->vcpu, KVM_S390_MEM_OP, op);

	*code = rc < 0 ? ZPCI_PGM_ADDRESSING : 0; /* > 0: an exception is pending */
	return !rc;
}

/* There are no channel reports but those of the library. */
static unsigned store_channel_report(struct vm *vm)
{
	static const uint32_t none;
	struct kvm_s390_mem_op op = {
		.gaddr = operand(vm),
		.op = KVM_S390_MEMOP_LOGICAL_WRITE,
		.flags = KVM_S390_MEMOP_F_INJECT_EXCEPTION,
		.size = sizeof(none),
		.buf = (uintptr_t)&none,
		.ar = (uint8_t)(vm->run->s390_sieic.ipb >> 28),
	};
	unsigned code;

	if (op.gaddr % sizeof(none))
		return ZPCI_PGM_SPECIFICATION;
	if (access_guest(vm, &op, &code))
		set_cc(vm, 1);
	return code;
}

/* zPCI: CHSC of the library is "store event information" while there is an event. For that without
 * one the answer is "none", and all other commands are unknown. */
static unsigned channel_subsystem_call(struct vm *vm, unsigned r1)
{
	struct kvm_s390_mem_op op = {
		.gaddr = gr(vm, r1),
		.op = KVM_S390_MEMOP_LOGICAL_READ,
		.flags = KVM_S390_MEMOP_F_INJECT_EXCEPTION,
		.ar = (uint8_t)r1,
	};
	uint8_t block[16], answer[8] = { 0, 8 };
	unsigned length, code;

	if (op.gaddr % PAGE)
		return ZPCI_PGM_SPECIFICATION;
	op.size = sizeof(block);
	op.buf = (uintptr_t)block;
	if (!access_guest(vm, &op, &code))
		return code;
	length = (unsigned)zpci_get_be(block, 2);
	if (length < 16 || length > 4088 || length % 8)
		return ZPCI_PGM_OPERAND;
	zpci_put_be(answer + 2, 2, zpci_get_be(block + 2, 2) == 0x000e ? 5 : 4);
	op.op = KVM_S390_MEMOP_LOGICAL_WRITE;
	op.gaddr += length;
	op.size = sizeof(answer);
	op.buf = (uintptr_t)answer;
	if (access_guest(vm, &op, &code))
		set_cc(vm, 0);
	return code;
}

/* Subcodes 0 and 1 of DIAGNOSE 308 reset the I/O subsystem and the CPU, which goes on with the
 * 8-byte PSW at absolute 0. */
static unsigned diagnose(struct vm *vm, unsigned r3)
{
	struct kvm_s390_ais_all all = { 0 };
	struct kvm_device_attr clear = { .group = KVM_DEV_FLIC_CLEAR_IRQS };
	struct kvm_device_attr modes = { .group = KVM_DEV_FLIC_AISM_ALL, .addr = (uintptr_t)&all };
	uint64_t psw;

	if (operand(vm) != 0x308 || gr(vm, r3) > 1)
		return ZPCI_PGM_SPECIFICATION;
	/* zPCI: first, while no CPU runs. Nothing of ours is in flight afterwards, so that all
	 * interruptions can be cleared. */
	zpci_kvm_reset(vm->zpci, vm->firmware, ZPCI_RESET_SUBSYSTEM);
	if (ioctl(vm->flic, KVM_SET_DEVICE_ATTR, &clear) ||
	    ioctl(vm->flic, KVM_SET_DEVICE_ATTR, &modes) ||
	    ioctl(vm->vcpu, KVM_S390_INITIAL_RESET, 0))
		die("resetting");
	psw = zpci_get_be(vm->storage, 8);
	vm->run->psw_mask = (psw & 0xffffffff80000000) ^ 0x0008000000000000;
	vm->run->psw_addr = psw & 0x7fffffff;
	return 0;
}

/* An instruction that neither KVM nor the library executes. */
static unsigned instruction(struct vm *vm)
{
	unsigned ipa = vm->run->s390_sieic.ipa, registers = vm->run->s390_sieic.ipb >> 16;

	if (ipa == 0xb220)
		return service_call(vm, registers >> 4 & 15, registers & 15);
	if (ipa == 0xb239)
		return store_channel_report(vm);
	if (ipa == 0xb25f)
		return channel_subsystem_call(vm, registers >> 4 & 15);
	if (ipa >> 8 == 0x83)
		return diagnose(vm, ipa & 15);
	if (ipa < 0xb230 || ipa > 0xb23b)
		return ZPCI_PGM_OPERATION;
	set_cc(vm, 3); /* there is no subchannel */
	return 0;
}

static void execute(struct vm *vm)
{
	unsigned code = instruction(vm);
	struct kvm_s390_irq irq = { .type = KVM_S390_PROGRAM_INT, .u.pgm.code = (uint16_t)code };

	if (code && ioctl(vm->vcpu, KVM_S390_IRQ, &irq))
		die("KVM_S390_IRQ");
}

/* --- running --------------------------------------------------------------------------------- */

/* The guest has ended, or it cannot go on. */
static void end(struct vm *vm, const char *why)
{
	vm->ended = true;
	vm->status = why || vm->run->psw_addr != 0xfff;
	if (why)
		fprintf(stderr, "kvm: %s, exit %u, code 0x%02x, PSW %016llx %016llx\n", why,
			vm->run->exit_reason, vm->run->s390_sieic.icptcode,
			(unsigned long long)vm->run->psw_mask,
			(unsigned long long)vm->run->psw_addr);
}

static void handle(struct vm *vm)
{
	unsigned code = vm->run->s390_sieic.icptcode;

	if (vm->run->exit_reason == KVM_EXIT_S390_TSCH)
		set_cc(vm, 3);
	else if (vm->run->exit_reason == KVM_EXIT_S390_SIEIC && code == 0x04)
		execute(vm);
	else if (vm->run->exit_reason == KVM_EXIT_S390_SIEIC && code == 0x1c)
		end(vm, NULL); /* disabled wait */
	else
		end(vm, "the guest crashed");
}

static void run(struct vm *vm)
{
	while (!vm->ended) {
		int rc;

		if (ioctl(vm->vcpu, KVM_RUN, 0)) {
			if (errno != EINTR && errno != EAGAIN)
				die("KVM_RUN");
			continue;
		}
		/* zPCI: this is all that a hypervisor does with a PCI instruction. */
		rc = zpci_kvm_exit(vm->zpci, vm->firmware, vm->vcpu, vm->run);
		if (rc < 0)
			end(vm, "KVM refused");
		else if (!rc)
			handle(vm);
	}
}

int main(int argc, char **argv)
{
	static struct vm vm;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: kvm IMAGE [COMMAND LINE]\n");
		return 2;
	}
	make(&vm);
	load(&vm, argv[1], argc > 2 ? argv[2] : "");
	run(&vm);
	/* zPCI: devices first, then the machine. */
	zpci_firmware_destroy(vm.firmware);
	zpci_kvm_destroy(vm.zpci);
	return vm.status;
}

#else

int main(void)
{
	fprintf(stderr, "kvm: this host has no KVM of s390; use an s390x host\n");
	return 2;
}

#endif
