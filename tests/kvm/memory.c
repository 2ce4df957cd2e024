// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory.c - memory slots, and absolute storage in them.
 */
#include "internal.h"

#define MEBIBYTE 0x100000ull
#define MOST_PAGES 0x7fffffffu /* Linux: KVM_MEM_MAX_NR_PAGES */

static bool overlaps(const struct vm *vm, const struct slot *wanted)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		const struct slot *slot = &vm->slots[i];

		if (i != wanted->number && slot->guest < wanted->guest + wanted->size &&
		    wanted->guest < slot->guest + slot->size)
			return true;
	}
	return false;
}

/* Linux: check_memory_region_flags() and __kvm_set_memory_region(). There is no read-only storage
 * on s390. */
static bool is_sound(const struct slot *wanted)
{
	return !(wanted->flags & ~REGION_LOG_DIRTY) &&
	       !((wanted->size | wanted->guest | wanted->host) & (PAGE - 1)) &&
	       wanted->number < SLOTS && wanted->guest + wanted->size >= wanted->guest &&
	       wanted->size / PAGE <= MOST_PAGES;
}

/* Linux 6.1: kvm_arch_prepare_memory_region(). 7.2 wants multiples of pages alone. */
static bool fits_machine(const struct slot *wanted)
{
	uint64_t unit = system_is_newest() ? PAGE : MEBIBYTE;

	return !((wanted->host | wanted->size) & (unit - 1));
}

static int create(const struct vm *vm, const struct slot *wanted)
{
	if (overlaps(vm, wanted))
		return -EEXIST;
	return fits_machine(wanted) ? 0 : -EINVAL;
}

/* It can move in the guest's storage alone. */
static int change(const struct vm *vm, const struct slot *slot, const struct slot *wanted)
{
	if (wanted->host != slot->host || wanted->size != slot->size)
		return -EINVAL;
	return overlaps(vm, wanted) ? -EEXIST : 0;
}

int memory_set(struct vm *vm, const uint8_t *region)
{
	const struct slot wanted = {
		.number = get32(region, REGION_SLOT),
		.flags = get32(region, REGION_FLAGS),
		.guest = get64(region, REGION_GUEST),
		.size = get64(region, REGION_SIZE),
		.host = get64(region, REGION_HOST),
	};
	struct slot *slot = &vm->slots[wanted.number % SLOTS];
	int rc;

	if (!is_sound(&wanted))
		return -EINVAL;
	if (!wanted.size)
		rc = slot->size ? 0 : -EINVAL;
	else
		rc = slot->size ? change(vm, slot, &wanted) : create(vm, &wanted);
	if (!rc)
		*slot = wanted.size ? wanted : (struct slot){ 0 };
	return rc;
}

uint64_t memory_host(const struct vm *vm, uint64_t absolute, uint64_t *length)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		const struct slot *slot = &vm->slots[i];
		uint64_t offset = absolute - slot->guest;

		if (offset >= slot->size)
			continue;
		if (*length > slot->size - offset)
			*length = slot->size - offset;
		return slot->host + offset;
	}
	return 0;
}

int memory_move(const struct vm *vm, uint64_t absolute, void *buffer, uint64_t length, bool write)
{
	uint8_t *bytes = buffer;

	while (length) {
		uint64_t part = length;
		void *host = (void *)(uintptr_t)memory_host(vm, absolute, &part);

		if (!host)
			return PGM_ADDRESSING;
		if (bytes) {
			memcpy(write ? host : bytes, write ? bytes : host, part);
			bytes += part;
		}
		absolute += part;
		length -= part;
	}
	return 0;
}
