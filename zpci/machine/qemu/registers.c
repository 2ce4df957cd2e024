// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * registers.c - finds where QEMU keeps a CPU's registers.
 *
 * Theory of operation. Each register access by the plugin interface takes about 25 ns, and a load
 * from a BAR has five: they take longer than all the rest. QEMU keeps the general registers as 16
 * numbers of 64 bits, the PSW's mask, and the condition code somewhere in its structure of the CPU.
 * The layout of that structure is no interface. So the places are searched for, once for each CPU,
 * on its thread and before it runs guest code:
 *
 *	general registers  numbers that nothing else has are written by the plugin interface, and
 *			   memory from the CPU's structure on is searched for them: they must be
 *			   there exactly once, one behind the other
 *	mask, code	   behind these, what follows a number of changes of the mask by the plugin
 *			   interface: exactly one word has to
 *
 * Then both ways are tried: what is written by the plugin interface must be read directly, and the
 * other way round. If any of this fails, the plugin interface is used for everything. It is always
 * used for what is rare: control registers, prefix, writing the mask.
 *
 * QEMU does not keep the condition code in the mask up to date. Neither do we: we write to the
 * place that QEMU uses, and take only the other bits from the mask.
 *
 * Memory is read for the search by a system call, which says what is not mapped instead of
 * crashing.
 *
 * A callback that may write registers has QEMU put all of them into that structure before and
 * take them from it afterwards, as the plugin interface needs it too.
 */
#define _GNU_SOURCE 1 /* process_vm_readv() */

#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "binding.h"

#define REGISTERS 16u
#define PAGE 4096u
/* QEMU 11.1: the registers are some 40 KiB behind the start of the CPU's structure. */
#define WINDOW (64 * PAGE)

typedef uint64_t numbers[REGISTERS];

/* Numbers that differ in each @salt and register, by the finalizer of splitmix64. */
static void make_numbers(uint64_t salt, numbers value)
{
	for (unsigned i = 0; i < REGISTERS; i++) {
		uint64_t x = (salt * REGISTERS + i + 1) * UINT64_C(0x9e3779b97f4a7c15);

		x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
		value[i] = x ^ x >> 31;
	}
}

static void write_all(struct zpci_qemu_vcpu *vcpu, const numbers value)
{
	for (unsigned i = 0; i < REGISTERS; i++)
		zpci_qemu_write_register(vcpu, vcpu->general[i], value[i]);
}

static void read_all(struct zpci_qemu_vcpu *vcpu, numbers value)
{
	for (unsigned i = 0; i < REGISTERS; i++)
		value[i] = zpci_qemu_read_register(vcpu, vcpu->general[i]);
}

/* Up to @length bytes from @start on; returns how many could be read. */
static size_t copy_memory(const void *start, void *copy, size_t length)
{
	uintptr_t from = (uintptr_t)start;
	size_t done = 0;

	while (done < length) {
		size_t part = PAGE - (from + done) % PAGE;
		struct iovec here = { (uint8_t *)copy + done,
				      part < length - done ? part : length - done };
		struct iovec there = { (void *)(from + done), here.iov_len };

		if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)here.iov_len)
			break;
		done += here.iov_len;
	}
	return done;
}

/* Index of the one place in @words where all of @value are; -1: none, or a number is there more
 * than once. */
static long find_numbers(const uint64_t *words, size_t count, const numbers value)
{
	unsigned seen = 0;
	long first = -1;

	for (size_t i = 0; i < count; i++)
		for (unsigned k = 0; k < REGISTERS; k++) {
			if (words[i] != value[k])
				continue;
			if (!seen && !k)
				first = (long)i;
			if (first < 0 || k != seen || i != (size_t)first + k)
				return -1;
			seen++;
		}
	return seen == REGISTERS ? first : -1;
}

/* The file of registers that have the numbers @value now, in the structure at @cpu; or NULL. */
static uint64_t *search(const uint64_t *cpu, const numbers value)
{
	uint64_t *copy = malloc(WINDOW);
	long found = -1;

	if (copy && (uintptr_t)cpu % sizeof(uint64_t) == 0)
		found = find_numbers(copy, copy_memory(cpu, copy, WINDOW) / sizeof(*copy), value);
	free(copy);
	return found < 0 ? NULL : (uint64_t *)(uintptr_t)cpu + found;
}

static bool equal(const volatile uint64_t *one, const numbers other)
{
	for (unsigned i = 0; i < REGISTERS; i++)
		if (one[i] != other[i])
			return false;
	return true;
}

/* Whether @file and the plugin interface are the same registers. */
static bool is_the_file(struct zpci_qemu_vcpu *vcpu, volatile uint64_t *file)
{
	numbers value, seen;

	make_numbers(2, value);
	write_all(vcpu, value);
	if (!equal(file, value))
		return false;
	make_numbers(3, value);
	for (unsigned i = 0; i < REGISTERS; i++)
		file[i] = value[i];
	read_all(vcpu, seen);
	return equal(seen, value);
}

/* Searches as described above. @index: of the CPU. */
static uint64_t *find_general(struct zpci_qemu_vcpu *vcpu, unsigned index)
{
	struct zpci_qemu_binding *binding = vcpu->binding;
	const void *cpu =
		binding->qemu.qemu_get_cpu ? binding->qemu.qemu_get_cpu((int)index) : NULL;
	numbers before, value;
	uint64_t *file;

	if (!cpu)
		return NULL;
	read_all(vcpu, before);
	make_numbers(1, value);
	write_all(vcpu, value);
	/* The plugin interface's buffer may be near: overwrite our number in it. */
	zpci_qemu_read_register(vcpu, vcpu->prefix);
	file = search(cpu, value);
	if (file && !is_the_file(vcpu, file))
		file = NULL;
	write_all(vcpu, before);
	return file;
}

/* --- the PSW's mask, and the condition code --------------------------------------------------- */

/* Bits of the mask that change nothing but what they are: key, condition code, program mask. */
#define CC_SHIFT 44
#define VARIED UINT64_C(0x00f03f0000000000)
#define PSW_WAIT UINT64_C(0x0002000000000000)
#define PSW_WINDOW (2 * PAGE) /* behind the general registers; 11.1 has it within 1 KiB */
#define VARIATIONS 24u

/* What could be the mask, and the code, by the words from the general registers on. */
struct candidates {
	bool mask[PSW_WINDOW / 8];
	bool code[PSW_WINDOW / 4];
};

/* Strikes out the words that do not have @mask, and those that do not have its condition code. */
static void strike(struct candidates *left, const void *memory, uint64_t mask)
{
	const uint64_t *words = memory;
	const uint32_t *halves = memory;

	for (size_t i = 0; i < PSW_WINDOW / 8; i++)
		left->mask[i] = left->mask[i] && words[i] == mask;
	for (size_t i = 0; i < PSW_WINDOW / 4; i++)
		left->code[i] = left->code[i] && halves[i] == (mask >> CC_SHIFT & 3);
}

/* The only one that is left; -1: there is none, or more than one. */
static long the_one(const bool *left, size_t count)
{
	long found = -1;

	for (size_t i = 0; i < count; i++) {
		if (left[i] && found >= 0)
			return -1;
		if (left[i])
			found = (long)i;
	}
	return found;
}

static bool vary(struct zpci_qemu_vcpu *vcpu, uint64_t before, struct candidates *left,
		 uint64_t *memory)
{
	for (size_t i = 0; i < PSW_WINDOW / 8; i++)
		left->mask[i] = true;
	for (size_t i = 0; i < PSW_WINDOW / 4; i++)
		left->code[i] = true;
	for (unsigned i = 0; i < VARIATIONS; i++) {
		uint64_t mask;
		numbers value;

		make_numbers(4 + i, value);
		mask = (before & ~VARIED) | (value[0] & VARIED);
		zpci_qemu_write_register(vcpu, vcpu->psw_mask, mask);
		if (copy_memory(vcpu->direct.general, memory, PSW_WINDOW) != PSW_WINDOW)
			return false;
		strike(left, memory, mask);
	}
	return true;
}

/* Whether the plugin interface sees each code that is written to @code. */
static bool is_the_code(struct zpci_qemu_vcpu *vcpu, volatile uint32_t *code)
{
	for (uint32_t cc = 0; cc < 4; cc++) {
		*code = cc;
		if ((zpci_qemu_read_register(vcpu, vcpu->psw_mask) >> CC_SHIFT & 3) != cc)
			return false;
	}
	return true;
}

static bool find_psw(struct zpci_qemu_vcpu *vcpu)
{
	uint64_t before = zpci_qemu_read_register(vcpu, vcpu->psw_mask), *memory;
	struct candidates *left;
	long mask = -1, code = -1;

	/* To write a mask that waits stops the CPU. */
	if (before & PSW_WAIT)
		return false;
	memory = malloc(PSW_WINDOW);
	left = malloc(sizeof(*left));
	if (memory && left && vary(vcpu, before, left, memory)) {
		mask = the_one(left->mask, PSW_WINDOW / 8);
		code = the_one(left->code, PSW_WINDOW / 4);
	}
	free(memory);
	free(left);
	if (mask >= 0 && code >= 0) {
		vcpu->direct.psw_mask = vcpu->direct.general + mask;
		vcpu->direct.condition_code = (uint32_t *)vcpu->direct.general + code;
		if (!is_the_code(vcpu, vcpu->direct.condition_code))
			code = -1;
	}
	zpci_qemu_write_register(vcpu, vcpu->psw_mask, before);
	return mask >= 0 && code >= 0;
}

void zpci_qemu_registers_find(struct zpci_qemu_vcpu *vcpu, unsigned index)
{
	if (!vcpu->binding->direct)
		return;
	vcpu->direct.general = find_general(vcpu, index);
	if (vcpu->direct.general && find_psw(vcpu))
		return;
	vcpu->direct.general = NULL;
	zpci_loaded_log(&vcpu->binding->loaded, ZPCI_LOG_INFO,
			"the registers of CPU %u were not found in QEMU's memory; they are "
			"accessed by the plugin interface, which is slower",
			index);
}
