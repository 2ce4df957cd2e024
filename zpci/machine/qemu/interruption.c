// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * interruption.c - program interruptions of the firmware's instructions, and the events that
 * program-event recording has of their fetch.
 *
 * Theory of operation. The plugin interface cannot raise an exception, so the CPU's part is done
 * here: interruption code, instruction length, the identification of an access exception, and the
 * old PSW go into the prefix area; the new PSW comes from there (source: Principles of Operation,
 * chapters 3 and 6).
 *
 * Two things of a real CPU are missing, because we cannot know them. The breaking-event
 * address is not stored. The condition code in the old PSW can be an older one: QEMU works it out
 * only when something asks for it, and a plugin's reading of the PSW does not count as that.
 */
#include <zpci/bytes.h>

#include "binding.h"

/* Real addresses in the prefix area. */
#define PROGRAM_INTERRUPTION_LENGTH 0x8c /* two bytes, then two of code */
#define PER_CODE 0x96			 /* and ATMID */
#define PER_ADDRESS 0x98
#define TRANSLATION_EXCEPTION_IDENTIFICATION 0xa8
#define PROGRAM_OLD_PSW 0x150
#define PROGRAM_NEW_PSW 0x1d0

#define PSW_WAIT (UINT64_C(1) << 49) /* bit 14 */

/* --- program-event recording ------------------------------------------------------------------
 * Only the fetch of an instruction is an event, not what it stores in storage. QEMU does the same
 * for its own zPCI instructions. */

#define PGM_PER 0x80 /* beside another code, or alone */

/* Control register 9; 10 and 11 are the first and the last address. */
#define CR9_FETCH 0x40000000u
#define CR9_FETCH_NULLIFICATION 0x01000000u

#define PER_FETCH 0x4000
/* ATMID: these bits of the PSW's mask, and one that says that they are valid. */
#define ATMID_VALID 0x40
#define PSW_EXTENDED_TO_ATMID(mask) ((mask) >> 25 & 0x80)
#define PSW_BASIC_TO_ATMID(mask) ((mask) >> 26 & 0x20)
#define PSW_DAT_TO_ATMID(mask) ((mask) >> 54 & 0x10)
#define PSW_ASC_TO_ATMID(mask) ((mask) >> 44 & 0x0c)

static bool in_range(struct zpci_qemu_vcpu *vcpu)
{
	uint64_t first = zpci_qemu_read_register(vcpu, vcpu->control[10]);
	uint64_t last = zpci_qemu_read_register(vcpu, vcpu->control[11]);

	if (first <= last)
		return vcpu->address >= first && vcpu->address <= last;
	return vcpu->address >= first || vcpu->address <= last;
}

bool zpci_qemu_fetch_event(struct zpci_qemu_vcpu *vcpu, bool *nullified)
{
	uint64_t events = zpci_qemu_read_register(vcpu, vcpu->control[9]), mask = vcpu->mask;

	if (!(events & CR9_FETCH) || !in_range(vcpu))
		return false;
	*nullified = events & CR9_FETCH_NULLIFICATION;
	vcpu->fetch_event = (uint16_t)(PER_FETCH | ATMID_VALID | PSW_EXTENDED_TO_ATMID(mask) |
				       PSW_BASIC_TO_ATMID(mask) | PSW_DAT_TO_ATMID(mask) |
				       PSW_ASC_TO_ATMID(mask));
	return true;
}

/* --- swapping PSWs ---------------------------------------------------------------------------- */

/* Exceptions that nullify: the old PSW points at the instruction, which the guest executes again
 * after it has removed the cause. All others suppress or terminate: the old PSW points behind. */
static bool nullifies(uint16_t code)
{
	return code == 0x10 || code == 0x11 || /* segment, page translation */
	       (code >= 0x38 && code <= 0x3b); /* ASCE type, region first to third translation */
}

static void store(struct zpci_qemu_vcpu *vcpu, uint64_t where, const void *data, size_t length)
{
	/* The prefix area is in storage: QEMU checks that when the guest sets the prefix. */
	zpci_qemu_write_real(vcpu->binding, vcpu, where, data, length);
}

static void store_event(struct zpci_qemu_vcpu *vcpu)
{
	uint8_t event[2 + 8];

	zpci_put_be(&event[0], 2, vcpu->fetch_event);
	zpci_put_be(&event[2], 8, vcpu->address);
	store(vcpu, PER_CODE, event, sizeof(event));
}

static void store_old(struct zpci_qemu_vcpu *vcpu, unsigned length)
{
	uint16_t code = vcpu->program_interruption;
	uint64_t address = vcpu->address;
	uint8_t psw[16], cause[4], identification[8];

	if (!nullifies(code))
		address = zpci_qemu_wrap(vcpu->mask, address + length);
	zpci_put_be(&cause[0], 2, length);
	zpci_put_be(&cause[2], 2, code | (vcpu->fetch_event ? PGM_PER : 0u));
	store(vcpu, PROGRAM_INTERRUPTION_LENGTH, cause, sizeof(cause));
	if (vcpu->fetch_event)
		store_event(vcpu);
	if (nullifies(code) || code == ZPCI_PGM_PROTECTION) {
		zpci_put_be(identification, 8, vcpu->exception_identification);
		store(vcpu, TRANSLATION_EXCEPTION_IDENTIFICATION, identification,
		      sizeof(identification));
	}
	zpci_put_be(&psw[0], 8, vcpu->mask);
	zpci_put_be(&psw[8], 8, address);
	store(vcpu, PROGRAM_OLD_PSW, psw, sizeof(psw));
}

/* A new PSW that waits stops the CPU, which QEMU does under its big lock only. */
static void load_mask(struct zpci_qemu_vcpu *vcpu, uint64_t mask)
{
	bool held = false;

	if (mask & PSW_WAIT)
		held = zpci_qemu_lock(vcpu->binding);
	zpci_qemu_write_register(vcpu, vcpu->psw_mask, mask);
	if (mask & PSW_WAIT)
		zpci_qemu_unlock(vcpu->binding, held);
}

void zpci_qemu_take_program_interruption(struct zpci_qemu_vcpu *vcpu, unsigned length)
{
	uint8_t psw[16] = { 0 };

	/* QEMU's own mask can have an older condition code than the plugin interface gives. */
	vcpu->mask = zpci_qemu_read_register(vcpu, vcpu->psw_mask);
	store_old(vcpu, length);
	zpci_qemu_read_real(vcpu->binding, vcpu, PROGRAM_NEW_PSW, psw, sizeof(psw));
	load_mask(vcpu, zpci_get_be(&psw[0], 8));
	qemu_plugin_set_pc(zpci_get_be(&psw[8], 8));
}
