// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * translate.c - chooses the instructions before which QEMU is to call us, while it translates code.
 *
 * Theory of operation. QEMU translates guest code block by block, the same code many times, and
 * shows each block to us. An instruction that the firmware may execute gets one or two calls of
 * execute.c put in front of its translation. All others stay as they are and cost nothing when
 * they run.
 *
 * A call has one pointer as its argument, and a guest can cause any number of translations. So the
 * argument is not used as a pointer: the first call gets the instruction's address in it, the
 * second one its six bytes, and nothing has to be allocated or freed. The frequent ones, PCILG and
 * PCISTG, need one call only: their address, unless it is above 2^48, and what differs in their
 * bytes fit into one pointer. (QEMU can store values for us without a call, but 11.1 computes the
 * place of the store by changing a constant, and gets another place with thread=single and a CPU
 * other than 0.)
 *
 * EXECUTE (EX, EXRL) runs one instruction from elsewhere. QEMU makes a block of that target as
 * if it stood at the address of the EXECUTE, and while that block runs the CPU's state still says
 * "in an EXECUTE", which a callback that jumps away would leave behind. So the target is left
 * alone there, and the EXECUTE itself is watched instead. EXRL is frequent (memcpy() and its
 * kin), but its target is known here, and only one that could be ours is worth a call.
 */
#include <zpci/bytes.h>

#include "binding.h"
#include "zpci/util/instruction.h"

#define OPCODE_EX 0x44
#define OPCODE_DIAGNOSE 0x83
#define DIAGNOSE_308 0x0308

/* EXRL: opcode C6, operation 0 in the right half of the second byte. */
static bool is_exrl(const uint8_t bytes[6])
{
	return bytes[0] == 0xc6 && (bytes[1] & 0x0f) == 0;
}

/* DIAGNOSE 308: QEMU takes the last 16 bits of the instruction as its number. */
static bool is_diagnose_308(const uint8_t bytes[6])
{
	return bytes[0] == OPCODE_DIAGNOSE && zpci_get_be(&bytes[2], 2) == DIAGNOSE_308;
}

/* Whether the target of the EXRL @bytes at @address could be ours. Its second byte is ignored,
 * since EXRL may change it. True if it is unreadable: it may be there when it runs. */
static bool target_may_be_ours(uint64_t address, const uint8_t bytes[6])
{
	int64_t halfwords = (int32_t)(uint32_t)zpci_get_be(&bytes[2], 4);
	uint64_t target = address + (uint64_t)halfwords * 2;
	GByteArray *buffer = g_byte_array_sized_new(2);
	bool ours = true;

	if (qemu_plugin_read_memory_vaddr(target, buffer, 2)) {
		uint8_t opcode = buffer->data[0];

		/* The first bytes of the instructions that zpci_instruction_known() knows and of
		 * no frequent target of an EXECUTE: all of two-byte opcodes. */
		ours = opcode == OP_SERVC >> 8 || opcode == OP_CLP >> 8 || is_displaced(opcode) ||
		       opcode == ZPCI_QEMU_OPCODE_SIGP;
	}
	g_byte_array_free(buffer, TRUE);
	return ours;
}

/* Whether QEMU translates for a debugger that steps this CPU. It executes such blocks, of one
 * instruction, for nothing else. */
static bool is_stepped(void)
{
	struct zpci_qemu_vcpu *vcpu = zpci_qemu_this_vcpu();
	const struct zpci_qemu_symbols *qemu = vcpu ? &vcpu->binding->qemu : NULL;

	return vcpu && vcpu->current && qemu->curr_cflags && qemu->async_run_on_cpu &&
	       qemu->cpu_handle_guest_debug &&
	       qemu->curr_cflags(*vcpu->current) & ZPCI_QEMU_SINGLE_STEP;
}

static void watch(struct qemu_plugin_insn *insn, uint64_t address, const uint8_t bytes[6],
		  qemu_plugin_vcpu_udata_cb_t callback)
{
	qemu_plugin_register_vcpu_insn_exec_cb(
		insn, is_stepped() ? zpci_qemu_note_stepped_address : zpci_qemu_note_address,
		QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)address);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_RW_REGS_PC,
					       zpci_qemu_pack(bytes));
}

static void look_at(struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	uint8_t bytes[6] = { 0 };
	void *packed;

	if (qemu_plugin_insn_data(insn, bytes, sizeof(bytes)) < 2)
		return;
	if (is_diagnose_308(bytes))
		watch(insn, address, bytes, zpci_qemu_before_diagnose);
	else if (!qemu_plugin_insn_haddr(insn))
		return; /* target of an EXECUTE, see above */
	else if (zpci_instruction_known(bytes) && !is_stepped() &&
		 zpci_qemu_pack_short(address, bytes, &packed))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, zpci_qemu_before_short,
						       QEMU_PLUGIN_CB_RW_REGS_PC, packed);
	else if (zpci_instruction_known(bytes))
		watch(insn, address, bytes, zpci_qemu_before_pci);
	else if (bytes[0] == ZPCI_QEMU_OPCODE_SIGP)
		watch(insn, address, bytes, zpci_qemu_before_signal);
	else if (bytes[0] == OPCODE_EX || (is_exrl(bytes) && target_may_be_ours(address, bytes)))
		watch(insn, address, bytes, zpci_qemu_before_ex);
}

void zpci_qemu_translate(struct qemu_plugin_tb *tb, void *opaque)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	(void)opaque;
	zpci_qemu_thread_is_qemus();
	for (size_t i = 0; i < count; i++)
		look_at(qemu_plugin_tb_get_insn(tb, i));
}
