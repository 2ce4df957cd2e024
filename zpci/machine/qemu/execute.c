// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * execute.c - executes one instruction of the guest instead of QEMU.
 *
 * Theory of operation. These callbacks run on the CPU's thread right before QEMU would execute the
 * instruction. A callback that returns leaves the instruction to QEMU. That happens in problem
 * state, so that QEMU raises the privileged-operation exception, and when the firmware says that
 * the instruction is not ours, unless QEMU would crash (operand.c). Else the firmware executes it
 * through the operations of machine.c. These write general registers and storage at once, but only
 * note how the instruction ends. That is applied here, last:
 *
 *	program interruption  also an access exception: interruption.c swaps the PSWs
 *	condition code        into the PSW's mask; continue behind the instruction
 *
 * Each of these ways out is a longjmp out of the callback: at that point no lock may be held, and
 * no memory owned. It also skips what QEMU does behind an instruction that is stepped, by the guest
 * with program-event recording or by a debugger at QEMU's stub. So that is done here as well.
 *
 * EX and EXRL, the EXECUTE instructions, are seen before they run (translate.c says why). The
 * target is fetched and modified as they would do it, and then executed with their length and
 * address, so that the CPU continues behind them. Anything unusual is left to QEMU: an odd or
 * unreadable target, a target that is not ours.
 */
#include <zpci/bytes.h>

#include "binding.h"
#include "zpci/util/instruction.h"

_Static_assert(sizeof(void *) == sizeof(uint64_t), "QEMU 11 runs on 64-bit hosts only");

#define BYTES_SHIFT 16

#define PSW_PER (UINT64_C(1) << 62) /* bit 1 */

void *zpci_qemu_pack(const uint8_t bytes[6])
{
	return (void *)(uintptr_t)(zpci_get_be(bytes, 6) << BYTES_SHIFT);
}

static void unpack(const void *packed, uint8_t bytes[6])
{
	zpci_put_be(bytes, 6, (uint64_t)(uintptr_t)packed >> BYTES_SHIFT);
}

void zpci_qemu_note_address(unsigned vcpu_index, void *address)
{
	struct zpci_qemu_vcpu *vcpu = zpci_qemu_this_vcpu();

	(void)vcpu_index;
	if (!vcpu)
		return;
	vcpu->address = (uint64_t)(uintptr_t)address;
	vcpu->stepped = false;
}

void zpci_qemu_note_stepped_address(unsigned vcpu_index, void *address)
{
	struct zpci_qemu_vcpu *vcpu = zpci_qemu_this_vcpu();

	zpci_qemu_note_address(vcpu_index, address);
	if (vcpu)
		vcpu->stepped = true;
}

/* Entry of each callback. NULL: the callback must return at once, since the process ends or the
 * CPU's registers were not found. The index that QEMU gives is not used, see qemu-plugin-abi.h. */
static struct zpci_qemu_vcpu *enter(void)
{
	struct zpci_qemu_vcpu *vcpu = zpci_qemu_this_vcpu();

	if (!vcpu)
		return NULL;
	atomic_store(&vcpu->inside, true);
	if (!atomic_load(&vcpu->binding->ended))
		return vcpu;
	atomic_store(&vcpu->inside, false);
	return NULL;
}

static void leave(struct zpci_qemu_vcpu *vcpu)
{
	atomic_store_explicit(&vcpu->inside, false, memory_order_release);
}

static void stop_for_debugger(const void *cpu, union zpci_qemu_data qemu)
{
	((const struct zpci_qemu_symbols *)qemu.pointer)->cpu_handle_guest_debug(cpu);
}

/* Stops the CPU for a debugger that steps, as QEMU does behind such an instruction. The debugger
 * looks at the CPU as soon as it counts as stopped. So the CPU's thread does this after it has
 * left. */
static void stop_soon(struct zpci_qemu_vcpu *vcpu)
{
	const struct zpci_qemu_symbols *qemu = &vcpu->binding->qemu;
	union zpci_qemu_data data = { .pointer = qemu };

	qemu->async_run_on_cpu(*vcpu->current, stop_for_debugger, data);
}

/* Applies how an instruction ended that the firmware executed. */
static __attribute__((noreturn)) void end_instruction(struct zpci_qemu_vcpu *vcpu, unsigned length)
{
	leave(vcpu);
	if (vcpu->stepped)
		stop_soon(vcpu);
	if (vcpu->cc >= 0)
		zpci_qemu_write_condition_code(vcpu);
	if (vcpu->program_interruption || vcpu->fetch_event)
		zpci_qemu_take_program_interruption(vcpu, length);
	qemu_plugin_set_pc(zpci_qemu_wrap(vcpu->mask, vcpu->address + length));
}

/* Sends the CPU back to its instruction. */
static __attribute__((noreturn)) void again(struct zpci_qemu_vcpu *vcpu)
{
	leave(vcpu);
	qemu_plugin_set_pc(vcpu->address);
}

/* Executes @bytes if they are ours; returns if not. @length: of the instruction at the CPU's
 * address. */
static void run(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6], unsigned length)
{
	bool nullified;

	vcpu->mask = zpci_qemu_read_mask(vcpu);
	if (vcpu->mask & ZPCI_PSW_PROBLEM_STATE)
		return;
	if (zpci_qemu_must_wait(vcpu))
		again(vcpu);
	vcpu->cc = -1;
	vcpu->program_interruption = 0;
	vcpu->fetch_event = 0;
	if (vcpu->mask & PSW_PER && zpci_qemu_fetch_event(vcpu, &nullified) && nullified)
		return;
	if (zpci_loaded_execute(&vcpu->binding->loaded, vcpu,
				(unsigned)(vcpu - vcpu->binding->vcpu), bytes) == ZPCI_EXECUTED ||
	    !zpci_qemu_operand_is_there(vcpu, bytes))
		end_instruction(vcpu, length);
}

/* PCILG, PCISTG and similar ones are frequent. Two of their bytes differ: the second and the
 * fourth. */
#define SHORT_FIRST (OP_PCILG >> 8)
#define SHORT_BITS 16

bool zpci_qemu_pack_short(uint64_t address, const uint8_t bytes[6], void **packed)
{
	if (bytes[0] != SHORT_FIRST || bytes[2] || address >> (64 - SHORT_BITS))
		return false;
	*packed = (void *)(uintptr_t)(address << SHORT_BITS | (uint64_t)bytes[1] << 8 | bytes[3]);
	return true;
}

void zpci_qemu_before_short(unsigned vcpu_index, void *packed)
{
	uint64_t value = (uint64_t)(uintptr_t)packed;
	uint8_t bytes[6] = { SHORT_FIRST, (uint8_t)(value >> 8), 0, (uint8_t)value };
	struct zpci_qemu_vcpu *vcpu = enter();

	(void)vcpu_index;
	if (!vcpu)
		return;
	vcpu->address = value >> SHORT_BITS;
	vcpu->stepped = false;
	run(vcpu, bytes, 4);
	leave(vcpu);
}

void zpci_qemu_before_pci(unsigned vcpu_index, void *packed)
{
	struct zpci_qemu_vcpu *vcpu = enter();
	uint8_t bytes[6];

	(void)vcpu_index;
	if (!vcpu)
		return;
	unpack(packed, bytes);
	run(vcpu, bytes, zpci_qemu_instruction_length(bytes[0]));
	leave(vcpu);
}

/* Target address of the EX or EXRL @bytes. */
static uint64_t target_address(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6])
{
	unsigned index = bytes[1] & 0x0f, base = bytes[2] >> 4;
	uint64_t target;

	if (zpci_qemu_instruction_length(bytes[0]) == 6)
		return vcpu->address + (uint64_t)(int64_t)(int32_t)zpci_get_be(&bytes[2], 4) * 2;
	target = zpci_get_be(&bytes[2], 2) & 0x0fff;
	if (index)
		target += zpci_qemu_read_general(vcpu, index);
	if (base)
		target += zpci_qemu_read_general(vcpu, base);
	return target;
}

/* The instruction that the EX or EXRL @bytes will run, in @target. */
static bool fetch_target(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6], uint8_t target[6])
{
	uint64_t mask = zpci_qemu_read_mask(vcpu);
	uint64_t where = zpci_qemu_wrap(mask, target_address(vcpu, bytes));
	unsigned number = bytes[1] >> 4, length;

	if (where & 1)
		return false;
	if (!qemu_plugin_read_memory_vaddr(where, vcpu->buffer, 2))
		return false;
	length = zpci_qemu_instruction_length(vcpu->buffer->data[0]);
	if (!qemu_plugin_read_memory_vaddr(where, vcpu->buffer, length))
		return false;
	for (unsigned i = 0; i < 6; i++)
		target[i] = i < length ? vcpu->buffer->data[i] : 0;
	if (number)
		target[1] |= (uint8_t)zpci_qemu_read_general(vcpu, number);
	return true;
}

void zpci_qemu_before_ex(unsigned vcpu_index, void *packed)
{
	struct zpci_qemu_vcpu *vcpu = enter();
	uint8_t bytes[6], target[6];

	(void)vcpu_index;
	if (!vcpu)
		return;
	unpack(packed, bytes);
	if (fetch_target(vcpu, bytes, target)) {
		if (zpci_instruction_known(target))
			run(vcpu, target, zpci_qemu_instruction_length(bytes[0]));
		else if (target[0] == ZPCI_QEMU_OPCODE_SIGP)
			zpci_qemu_must_wait(vcpu); /* as below */
	}
	leave(vcpu);
}

/* A CPU that starts others has finished its reset, so the others need not wait. */
void zpci_qemu_before_signal(unsigned vcpu_index, void *packed)
{
	struct zpci_qemu_vcpu *vcpu = enter();

	(void)vcpu_index;
	(void)packed;
	if (!vcpu)
		return;
	zpci_qemu_must_wait(vcpu);
	leave(vcpu);
}

void zpci_qemu_before_diagnose(unsigned vcpu_index, void *packed)
{
	struct zpci_qemu_vcpu *vcpu = enter();
	uint8_t bytes[6];
	uint64_t subcode;

	(void)vcpu_index;
	if (!vcpu)
		return;
	unpack(packed, bytes);
	subcode = zpci_qemu_read_general(vcpu, bytes[1] & 0x0f);
	vcpu->mask = zpci_qemu_read_mask(vcpu);
	/* 0: modified clear, 1: load normal (Linux: arch/s390/include/asm/diag.h, ipl.h). For other
	 * resets QEMU calls lifecycle.c. */
	if (!(vcpu->mask & ZPCI_PSW_PROBLEM_STATE) && subcode <= 1 &&
	    !zpci_qemu_subsystem_reset(vcpu))
		again(vcpu);
	leave(vcpu);
}
