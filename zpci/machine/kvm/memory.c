// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * memory.c - what KVM's memory slots are, as the hypervisor says.
 *
 * A change is made in two steps. First the table changes, with the lock held for writing: no access
 * of the firmware is under way then, and later ones see the new table. Then devices that access
 * storage by themselves drop what they had mapped (zpci_firmware_storage_changed()), which ask for
 * the new regions meanwhile: so the lock is free by then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

#define PAGE 4096u

static int refuse(const struct zpci_kvm *kvm, const struct zpci_kvm_slot *memory, int rc,
		  const char *why)
{
	zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
		 "memory slot 0x%x: 0x%llx bytes at absolute address 0x%llx %s", memory->slot,
		 (unsigned long long)memory->length, (unsigned long long)memory->absolute, why);
	return rc;
}

static int check(const struct zpci_kvm *kvm, const struct zpci_kvm_slot *memory)
{
	if (!memory->length)
		return 0;
	if (memory->absolute % PAGE || memory->length % PAGE || (uintptr_t)memory->host % PAGE ||
	    (memory->file >= 0 && memory->offset % PAGE))
		return refuse(kvm, memory, -EINVAL,
			      "are not whole pages; give multiples of 4096, as KVM wants them");
	if (!memory->host || memory->length > UINT64_MAX - memory->absolute ||
	    memory->length > UINTPTR_MAX - (uintptr_t)memory->host)
		return refuse(kvm, memory, -EINVAL, "go beyond all addresses; give less");
	return 0;
}

/* Index of the slot with this number, or the number of slots. */
static size_t find_number(const struct zpci_kvm_storage *storage, uint32_t number)
{
	size_t i = 0;

	while (i < storage->count && storage->slots[i].slot != number)
		i++;
	return i;
}

static bool overlaps(const struct zpci_kvm_storage *storage, const struct zpci_kvm_slot *memory)
{
	for (size_t i = 0; i < storage->count; i++) {
		const struct zpci_kvm_slot *slot = &storage->slots[i];

		if (slot->slot != memory->slot &&
		    slot->absolute < memory->absolute + memory->length &&
		    memory->absolute < slot->absolute + slot->length)
			return true;
	}
	return false;
}

static void take_out(struct zpci_kvm_storage *storage, size_t i)
{
	storage->count--;
	memmove(&storage->slots[i], &storage->slots[i + 1],
		(storage->count - i) * sizeof(storage->slots[0]));
}

static void put_in(struct zpci_kvm_storage *storage, const struct zpci_kvm_slot *memory)
{
	size_t i = storage->count++;

	for (; i && storage->slots[i - 1].absolute > memory->absolute; i--)
		storage->slots[i] = storage->slots[i - 1];
	storage->slots[i] = *memory;
}

/* With the lock held for writing. */
static int change(struct zpci_kvm *kvm, const struct zpci_kvm_slot *memory)
{
	struct zpci_kvm_storage *storage = &kvm->storage;
	size_t old = find_number(storage, memory->slot);
	struct zpci_kvm_slot *slots;

	if (!memory->length) {
		if (old == storage->count)
			return refuse(kvm, memory, -ENOENT, "are no slot that could go away");
		take_out(storage, old);
		return 0;
	}
	if (overlaps(storage, memory))
		return refuse(kvm, memory, -EEXIST,
			      "overlap another slot; let that go away before");
	slots = realloc(storage->slots, (storage->count + 1) * sizeof(*slots));
	if (!slots)
		return refuse(kvm, memory, -ENOMEM, "have no room: there is no memory");
	storage->slots = slots;
	if (old < storage->count)
		take_out(storage, old);
	put_in(storage, memory);
	return 0;
}

int zpci_kvm_memory(struct zpci_kvm *kvm, struct zpci_firmware *firmware,
		    const struct zpci_kvm_slot *given)
{
	struct zpci_kvm_slot memory;
	int rc = zpci_options_take(&memory, sizeof(memory), given,
				   zpci_size_upto(struct zpci_kvm_slot, read_only), &kvm->logger,
				   "memory slot");

	if (!rc)
		rc = check(kvm, &memory);
	if (rc)
		return rc;
	pthread_rwlock_wrlock(&kvm->storage.lock);
	rc = change(kvm, &memory);
	pthread_rwlock_unlock(&kvm->storage.lock);
	if (!rc && firmware)
		zpci_firmware_storage_changed(firmware);
	return rc;
}
