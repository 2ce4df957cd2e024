// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inject.c - interruptions of one vCPU, and the delivery of program interruptions.
 */
#include "internal.h"

#define STOP_STORE_STATUS 1u

/* --- injecting -------------------------------------------------------------------------------- */

/* Linux: __inject_prog(). A second one replaces the first, which the guest then never sees. */
static int inject_prog(struct vcpu *vcpu, const uint8_t *irq)
{
	uint16_t code = get16(irq, IRQ_PGM_CODE);

	if (!code)
		finding("program interruption with code 0");
	if (vcpu->program_pending)
		finding("program interruption 0x%04x while 0x%04x is pending", code,
			get16(vcpu->program, IRQ_PGM_CODE));
	memcpy(vcpu->program, irq, IRQ_BYTES);
	if (!(vcpu->program[IRQ_PGM_FLAGS] & PGM_FLAG_ILC_VALID)) {
		if (vcpu->last_icptcode != FAKE_INSTRUCTION)
			finding("program interruption 0x%04x without an instruction", code);
		vcpu->program[IRQ_PGM_FLAGS] &= (uint8_t)~PGM_FLAG_ILC_MASK;
		vcpu->program[IRQ_PGM_FLAGS] |= (uint8_t)(vcpu->last_length | PGM_FLAG_ILC_VALID);
	}
	vcpu->program_pending = true;
	return 0;
}

/* What is not about the code, its flags and an access exception. */
static void check_prog(const uint8_t *irq)
{
	reserved(irq + IRQ_PGM_TEID + 8, IRQ_PGM_CODE - IRQ_PGM_TEID - 8,
		 "program interruption, monitor and PER");
	reserved(irq + IRQ_PGM_CODE + 2, IRQ_PGM_ACCESS_ID - IRQ_PGM_CODE - 2,
		 "program interruption, monitor class and PER");
	reserved(irq + IRQ_PGM_FLAGS + 1, IRQ_BYTES - IRQ_PGM_FLAGS - 1,
		 "program interruption, behind its flags");
}

/* Linux: __inject_sigp_stop(). */
static int inject_stop(struct vcpu *vcpu, const uint8_t *irq)
{
	if (get32(irq, IRQ_STOP_FLAGS) & ~STOP_STORE_STATUS)
		return -EINVAL;
	if (vcpu->stopped)
		return 0;
	if (vcpu->stop_pending)
		return -EBUSY;
	vcpu->stop_pending = true;
	vcpu_wake(vcpu);
	return 0;
}

/* Linux: do_inject_vcpu(): which types there are; floating ones are not. */
static int inject(struct vcpu *vcpu, const uint8_t *irq)
{
	switch (get64(irq, IRQ_TYPE)) {
	case INT_PROGRAM:
		check_prog(irq);
		return inject_prog(vcpu, irq);
	case INT_SIGP_STOP:
		return inject_stop(vcpu, irq);
	case INT_SET_PREFIX:
		return vcpu->stopped ? 0 : -EBUSY;
	case INT_EMERGENCY:
		return get16(irq, IRQ_EMERGENCY_CODE) < VCPUS &&
				       vcpu->vm->vcpus[get16(irq, IRQ_EMERGENCY_CODE)]
			       ? 0
			       : -EINVAL;
	case INT_RESTART:
	case INT_CLOCK_COMP:
	case INT_CPU_TIMER:
	case INT_EXTERNAL_CALL:
	case INT_MCHK:
	case INT_PFAULT_INIT:
		return 0;
	default:
		return -EINVAL;
	}
}

int inject_irq(struct vcpu *vcpu, const uint8_t *irq)
{
	int rc;

	pthread_mutex_lock(&vcpu->lock);
	rc = inject(vcpu, irq);
	pthread_mutex_unlock(&vcpu->lock);
	return rc;
}

/* Linux: s390int_to_s390irq(). */
int inject_interrupt(struct vcpu *vcpu, const uint8_t *interrupt)
{
	uint32_t parm = get32(interrupt, INTERRUPT_PARM);
	uint8_t irq[IRQ_BYTES] = { 0 };

	put64(irq, IRQ_TYPE, get32(interrupt, INTERRUPT_TYPE));
	switch (get32(interrupt, INTERRUPT_TYPE)) {
	case INT_PROGRAM:
		if (parm & 0xffff0000u)
			return -EINVAL;
		put16(irq, IRQ_PGM_CODE, (uint16_t)parm);
		break;
	case INT_MCHK:
		put64(irq, IRQ_MCHK_MCIC, get64(interrupt, INTERRUPT_PARM64));
		break;
	case INT_EMERGENCY:
	case INT_EXTERNAL_CALL:
		if (parm & 0xffff0000u)
			return -EINVAL;
		put16(irq, IRQ_EMERGENCY_CODE, (uint16_t)parm);
		break;
	default:
		put32(irq, IRQ_UNION, parm);
		break;
	}
	return inject_irq(vcpu, irq);
}

void inject_program(struct vcpu *vcpu, uint16_t code, uint64_t teid, unsigned access_id)
{
	uint8_t irq[IRQ_BYTES] = { 0 };

	put64(irq, IRQ_TYPE, INT_PROGRAM);
	put16(irq, IRQ_PGM_CODE, code);
	put64(irq, IRQ_PGM_TEID, teid);
	irq[IRQ_PGM_ACCESS_ID] = (uint8_t)access_id;
	pthread_mutex_lock(&vcpu->lock);
	inject_prog(vcpu, irq);
	pthread_mutex_unlock(&vcpu->lock);
}

/* --- delivering ------------------------------------------------------------------------------- */

/* Of those that an instruction of ours can end in: exceptions of access-register translation, and
 * those of translation. */
static bool is_of_access_list(uint16_t code)
{
	return code >= PGM_ALEN_TRANSLATION && code <= PGM_EXTENDED_AUTHORITY;
}

static bool is_of_translation(uint16_t code)
{
	return code == PGM_SEGMENT_TRANSLATION || code == PGM_PAGE_TRANSLATION ||
	       (code >= PGM_ASCE_TYPE && code <= PGM_REGION_THIRD);
}

static void swap(uint8_t *bytes, size_t length)
{
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		return;
	for (size_t i = 0; i < length / 2; i++) {
		uint8_t byte = bytes[i];

		bytes[i] = bytes[length - 1 - i];
		bytes[length - 1 - i] = byte;
	}
}

/* A number in the lowcore, big-endian. */
static void lowcore(struct vcpu *vcpu, uint64_t offset, void *number, size_t length, bool write)
{
	uint8_t *bytes = number;

	if (write)
		swap(bytes, length);
	memory_move(vcpu->vm, vcpu->cpu.prefix + offset, bytes, length, write);
	swap(bytes, length);
}

static void store_program(struct vcpu *vcpu, const struct fake_program *program)
{
	uint64_t old[2] = { vcpu->cpu.psw_mask, program->psw_address };
	uint16_t length = (uint16_t)program->length, code = program->code;
	uint64_t teid = program->teid;
	uint8_t access_id = (uint8_t)program->access_id;
	bool has_teid = code == PGM_PROTECTION || is_of_translation(code);

	if (has_teid)
		lowcore(vcpu, LC_TEID, &teid, sizeof(teid), true);
	if (has_teid || is_of_access_list(code))
		lowcore(vcpu, LC_EXC_ACCESS_ID, &access_id, sizeof(access_id), true);
	lowcore(vcpu, LC_PGM_ILC, &length, sizeof(length), true);
	lowcore(vcpu, LC_PGM_CODE, &code, sizeof(code), true);
	lowcore(vcpu, LC_PGM_OLD_PSW, &old[0], sizeof(old[0]), true);
	lowcore(vcpu, LC_PGM_OLD_PSW + 8, &old[1], sizeof(old[1]), true);
}

/* The caller has the vCPU's lock; the VM's comes before it, and slots do not change while a test
 * delivers. */
void inject_deliver(struct vcpu *vcpu)
{
	struct fake_program *program = &vcpu->program_delivered;
	uint64_t two = 2 * PAGE;
	bool nullifies;

	if (!vcpu->program_pending)
		return;
	vcpu->program_pending = false;
	*program = (struct fake_program){
		.code = get16(vcpu->program, IRQ_PGM_CODE),
		.length = vcpu->program[IRQ_PGM_FLAGS] & PGM_FLAG_ILC_MASK,
		.psw_address = vcpu->cpu.psw_address,
		.teid = get64(vcpu->program, IRQ_PGM_TEID),
		.access_id = vcpu->program[IRQ_PGM_ACCESS_ID],
	};
	nullifies = is_of_access_list(program->code) || is_of_translation(program->code);
	if (nullifies && !(vcpu->program[IRQ_PGM_FLAGS] & PGM_FLAG_NO_REWIND))
		program->psw_address -= program->length;
	if (!memory_host(vcpu->vm, vcpu->cpu.prefix, &two))
		finding("vCPU %u has no storage at its prefix 0x%x", vcpu->id, vcpu->cpu.prefix);
	store_program(vcpu, program);
	vcpu->delivered = true;
}
