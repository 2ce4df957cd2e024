// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memop.c - KVM_S390_MEM_OP: storage by logical address as a vCPU would access it, and by absolute
 * address.
 *
 * A vCPU's PSW and control registers are those that KVM_RUN took last. Its access registers are
 * those in kvm_run (Linux: ar_translation()).
 */
#include "internal.h"

#include <stdlib.h>

/* Bits of the translation-exception identification (Linux: struct trans_exc_code_bits). */
#define TEID_STORE 0x400u
#define TEID_FETCH 0x800u
#define TEID_LOW_ADDRESS 0x80u
#define TEID_KEY 0x08u
#define TEID_DAT 0x04u

/* An access as the handlers below see it. */
struct access {
	struct vcpu *vcpu;
	uint64_t space;
	uint64_t address, failing;
	uint32_t length;
	unsigned ar, key;
	bool write;
	unsigned protection; /* TEID_* of a protection exception */
};

/* --- one page --------------------------------------------------------------------------------- */

static uint64_t effective(const struct vcpu *vcpu, uint64_t address)
{
	uint64_t mode = vcpu->cpu.psw_mask & PSW_64;

	if (mode == PSW_64)
		return address;
	return address & (mode == PSW_31 ? 0x7fffffffu : 0xffffffu);
}

static uint64_t absolute_of(const struct vcpu *vcpu, uint64_t real)
{
	uint64_t prefix = vcpu->cpu.prefix;

	if (real < 2 * PAGE)
		return real + prefix;
	return real >= prefix && real < prefix + 2 * PAGE ? real - prefix : real;
}

static bool is_low(uint64_t address)
{
	return (address & ~0x11ffull) == 0;
}

static bool uses_dat(const struct vcpu *vcpu)
{
	return vcpu->cpu.psw_mask & PSW_DAT;
}

/* The absolute address of the byte at @address. 0, or a program interruption's code. */
static int translate(struct access *access, uint64_t address, uint64_t *absolute)
{
	const struct vcpu *vcpu = access->vcpu;
	uint64_t real = address, one = 1;
	int code = 0;

	access->failing = address;
	access->protection = TEID_LOW_ADDRESS;
	if (access->write && is_low(address) && vcpu->cpu.cr[0] & CR0_LOW_ADDRESS_PROTECTION)
		return PGM_PROTECTION;
	access->protection = TEID_DAT;
	if (uses_dat(vcpu))
		code = dat_translate(vcpu->vm, access->space, address, access->write, &real);
	*absolute = absolute_of(vcpu, real);
	if (!code && !memory_host(vcpu->vm, *absolute, &one))
		code = PGM_ADDRESSING;
	return code;
}

/* Linux: page_access_check_key() and MVCOS. Key 0 matches all. */
static bool key_allows(const struct vm *vm, uint64_t absolute, unsigned key, bool write)
{
	unsigned storage = dat_key(vm, absolute);

	return !key || (storage & 0xf) == key || (!write && !(storage & FAKE_FETCH));
}

static bool has_key(struct access *access, uint64_t absolute)
{
	access->protection = TEID_KEY;
	return key_allows(access->vcpu->vm, absolute, access->key, access->write);
}

/* --- all pages -------------------------------------------------------------------------------- */

static uint32_t part_of(uint64_t address, uint32_t left)
{
	uint64_t part = PAGE - (address & (PAGE - 1));

	return part < left ? (uint32_t)part : left;
}

/* Linux: guest_range_to_gpas(). @keys: as well. */
static int check_all(struct access *access, bool keys)
{
	uint64_t address = access->address, absolute;
	uint32_t left = access->length;

	while (left) {
		uint32_t part = part_of(address, left);
		int code = translate(access, address, &absolute);

		if (!code && keys && !has_key(access, absolute))
			code = PGM_PROTECTION;
		if (code)
			return code;
		address = effective(access->vcpu, address + part);
		left -= part;
	}
	return 0;
}

/* Linux: access_guest_with_key(): all pages are translated first; but a key is checked at the
 * access, so that a store into the pages before stays, and the exception then is a termination,
 * without the reason. */
static int move_all(struct access *access, uint8_t *bytes)
{
	uint64_t address = access->address, absolute = 0;
	uint32_t left = access->length;
	int code = check_all(access, false);

	while (!code && left) {
		uint32_t part = part_of(address, left);

		translate(access, address, &absolute);
		if (!has_key(access, absolute))
			code = PGM_PROTECTION;
		else
			code = memory_move(access->vcpu->vm, absolute, bytes, part, access->write);
		if (code && access->write && address != access->address)
			access->protection = 0;
		bytes += part;
		address = effective(access->vcpu, address + part);
		left -= part;
	}
	return code;
}

/* --- a vCPU ----------------------------------------------------------------------------------- */

/* Linux: get_vcpu_asce(). 0, or a code. */
static int choose_space(struct access *access)
{
	const struct vcpu *vcpu = access->vcpu;
	uint32_t alet;

	access->space = vcpu->cpu.cr[1];
	if (!uses_dat(vcpu))
		return 0;
	switch (vcpu->cpu.psw_mask >> PSW_SPACE_SHIFT & 3) {
	case SPACE_SECONDARY:
		access->space = vcpu->cpu.cr[7];
		return 0;
	case SPACE_HOME:
		access->space = vcpu->cpu.cr[13];
		return 0;
	case SPACE_ACCESS_REGISTER:
		alet = access->ar ? get32(vcpu->run, RUN_ACRS + 4 * access->ar) : 0;
		if (alet == 1)
			access->space = vcpu->cpu.cr[7];
		access->failing = access->address;
		access->protection = TEID_KEY | TEID_DAT;
		return alet > 1 ? dat_access_list(vcpu->vm, alet, &access->space) : 0;
	default:
		return 0;
	}
}

/* Linux: trans_exc_ending(). */
static uint64_t teid_of(const struct access *access, int code)
{
	uint64_t teid = (access->failing & ~(PAGE - 1)) |
			(access->write ? TEID_STORE : TEID_FETCH) |
			(access->vcpu->cpu.psw_mask >> PSW_SPACE_SHIFT & 3);

	if (code == PGM_ADDRESSING || (code >= PGM_ALET_SPECIFICATION && code < PGM_ASCE_TYPE))
		return 0;
	return code == PGM_PROTECTION ? teid | access->protection : teid;
}

static int logical(struct access *access, uint32_t flags, uint64_t buffer)
{
	uint8_t *bytes = NULL;
	int code;

	access->address = effective(access->vcpu, access->address);
	code = choose_space(access);
	if (!(flags & MEMOP_CHECK_ONLY)) {
		bytes = malloc(access->length);
		if (!bytes)
			abort();
		if (access->write && !from_user(bytes, buffer, access->length)) {
			free(bytes);
			return -EFAULT;
		}
	}
	if (!code)
		code = bytes ? move_all(access, bytes) : check_all(access, true);
	if (!code && bytes && !access->write && !to_user(buffer, bytes, access->length))
		code = -EFAULT;
	free(bytes);
	return code;
}

static void check_reserved(const uint8_t *memop)
{
	if (!(get64(memop, MEMOP_FLAGS) & MEMOP_SKEY))
		reserved(memop + MEMOP_KEY, 1, "MEM_OP without SKEY_PROTECTION, key");
	reserved(memop + MEMOP_KEY + 1, MEMOP_BYTES - MEMOP_KEY - 1, "MEM_OP");
}

/* What both kinds have in common. Linux: kvm_s390_vcpu_mem_op(), kvm_s390_vm_mem_op(). */
static int check(const uint8_t *memop, uint64_t supported, bool wants_ar)
{
	uint64_t flags = get64(memop, MEMOP_FLAGS);
	uint32_t size = get32(memop, MEMOP_SIZE);

	if (!system_capability(CAP_S390_MEM_OP_EXTENSION))
		supported &= ~(uint64_t)MEMOP_SKEY;
	if (flags & ~supported || !size || (wants_ar && memop[MEMOP_AR] > 15))
		return -EINVAL;
	if (size > MEMOP_MAX)
		return -E2BIG;
	if (flags & MEMOP_SKEY && memop[MEMOP_KEY] > 15)
		return -EINVAL;
	check_reserved(memop);
	return 0;
}

static unsigned key_of(const uint8_t *memop)
{
	return get64(memop, MEMOP_FLAGS) & MEMOP_SKEY ? memop[MEMOP_KEY] : 0;
}

int memop_vcpu(struct vcpu *vcpu, const uint8_t *memop)
{
	struct access access = {
		.vcpu = vcpu,
		.address = get64(memop, MEMOP_GADDR),
		.length = get32(memop, MEMOP_SIZE),
		.ar = memop[MEMOP_AR],
		.key = key_of(memop),
		.write = get32(memop, MEMOP_OP) == MEMOP_LOGICAL_WRITE,
	};
	uint32_t flags = get32(memop, MEMOP_OP);
	int rc;

	if (flags != MEMOP_LOGICAL_READ && flags != MEMOP_LOGICAL_WRITE)
		return -EINVAL;
	rc = check(memop, MEMOP_CHECK_ONLY | MEMOP_INJECT | MEMOP_SKEY, true);
	if (rc)
		return rc;
	flags = (uint32_t)get64(memop, MEMOP_FLAGS);
	pthread_mutex_lock(&vcpu->vm->lock);
	rc = logical(&access, flags, get64(memop, MEMOP_BUF));
	if (rc > 0 && flags & MEMOP_INJECT)
		inject_program(vcpu, (uint16_t)rc, teid_of(&access, rc), access.ar);
	pthread_mutex_unlock(&vcpu->vm->lock);
	return rc;
}

/* --- a VM ------------------------------------------------------------------------------------- */

static int check_absolute(const struct vm *vm, uint64_t address, uint32_t length, unsigned key,
			  bool write)
{
	int code = memory_move(vm, address, NULL, length, write);

	for (uint64_t page = address & ~(PAGE - 1); !code && page < address + length; page += PAGE)
		if (!key_allows(vm, page, key, write))
			code = PGM_PROTECTION;
	return code;
}

static int move_absolute(const struct vm *vm, const uint8_t *memop, bool write)
{
	uint64_t address = get64(memop, MEMOP_GADDR), buffer = get64(memop, MEMOP_BUF);
	uint32_t length = get32(memop, MEMOP_SIZE);
	uint8_t *bytes = malloc(length);
	int rc = 0;

	if (!bytes)
		abort();
	if (write && !from_user(bytes, buffer, length))
		rc = -EFAULT;
	if (!rc)
		rc = check_absolute(vm, address, length, key_of(memop), write);
	if (!rc)
		rc = memory_move(vm, address, bytes, length, write);
	if (!rc && !write && !to_user(buffer, bytes, length))
		rc = -EFAULT;
	free(bytes);
	return rc;
}

/* The caller has the VM's lock. */
int memop_vm(struct vm *vm, const uint8_t *memop)
{
	uint64_t address = get64(memop, MEMOP_GADDR), one = 1;
	uint32_t op = get32(memop, MEMOP_OP);
	int rc = check(memop, MEMOP_CHECK_ONLY | MEMOP_SKEY, false);

	if (rc)
		return rc;
	if (!memory_host(vm, address, &one))
		return PGM_ADDRESSING;
	if (op != MEMOP_ABSOLUTE_READ && op != MEMOP_ABSOLUTE_WRITE)
		return -EINVAL;
	if (get64(memop, MEMOP_FLAGS) & MEMOP_CHECK_ONLY)
		return check_absolute(vm, address, get32(memop, MEMOP_SIZE), key_of(memop),
				      op == MEMOP_ABSOLUTE_WRITE);
	return move_absolute(vm, memop, op == MEMOP_ABSOLUTE_WRITE);
}
