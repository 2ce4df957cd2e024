// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * storage.c - guest storage by absolute and by real addresses: the hypervisor's own mappings of
 * KVM's memory slots.
 *
 * Theory of operation. Each access holds the lock, which readers share, until its last byte has
 * moved. Who changes a slot takes the lock for writing (memory.c): then no access is under way, and
 * none will see the old slot. A writer comes before new readers, so that devices which are busy
 * cannot hold up a slot that goes away.
 *
 * Slots may adjoin, and an access may cross from one to the next; QEMU cuts storage every 4 TiB,
 * and hot-plugged memory has slots of its own. All pieces of an access are looked at before the
 * first one is moved. Other bytes change at any time: zpci/util/access.h says what is promised.
 *
 * The guest's interlocked updates are those of this host's CPUs, so that an atomic operation here
 * is atomic against them.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "zpci/util/access.h"

#define PREFIX_AREA 0x2000

int zpci_kvm_storage_init(struct zpci_kvm_storage *storage)
{
	pthread_rwlockattr_t attributes;
	int rc;

	pthread_rwlockattr_init(&attributes);
#ifdef __GLIBC__
	/* glibc lets readers in while a writer waits, unless it is told not to. No thread takes the
	 * lock twice. */
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
#endif
	rc = pthread_rwlock_init(&storage->lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
	return -rc;
}

void zpci_kvm_storage_fini(struct zpci_kvm_storage *storage)
{
	pthread_rwlock_destroy(&storage->lock);
	free(storage->slots);
}

/* --- with the lock held ---------------------------------------------------------------------- */

/* The slot that has @address; NULL: none. */
static const struct zpci_kvm_slot *find(const struct zpci_kvm_storage *storage, uint64_t address)
{
	size_t low = 0, high = storage->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct zpci_kvm_slot *slot = &storage->slots[middle];

		if (address < slot->absolute)
			high = middle;
		else if (address - slot->absolute < slot->length)
			return slot;
		else
			low = middle + 1;
	}
	return NULL;
}

/* The host's address of the first piece of an access, whose length replaces *@length. NULL: it is
 * not there. */
static uint8_t *piece(const struct zpci_kvm_storage *storage, uint64_t address, size_t *length,
		      bool write)
{
	const struct zpci_kvm_slot *slot = find(storage, address);
	uint64_t left;

	if (!slot || (write && slot->read_only))
		return NULL;
	left = slot->length - (address - slot->absolute);
	if (*length > left)
		*length = (size_t)left;
	return (uint8_t *)slot->host + (address - slot->absolute);
}

static bool there(const struct zpci_kvm_storage *storage, uint64_t address, size_t length,
		  bool write)
{
	for (size_t size; length; address += size, length -= size) {
		size = length;
		if (!piece(storage, address, &size, write))
			return false;
	}
	return true;
}

static void move_out(const struct zpci_kvm_storage *storage, uint64_t address, uint8_t *to,
		     size_t length)
{
	for (size_t size; length; address += size, to += size, length -= size) {
		size = length;
		zpci_access_read(piece(storage, address, &size, false), to, size);
	}
}

static void move_in(const struct zpci_kvm_storage *storage, uint64_t address, const uint8_t *from,
		    size_t length)
{
	for (size_t size; length; address += size, from += size, length -= size) {
		size = length;
		zpci_access_write(piece(storage, address, &size, true), from, size);
	}
}

/* --- absolute -------------------------------------------------------------------------------- */

int zpci_kvm_read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;
	int rc = -EFAULT;

	pthread_rwlock_rdlock(&storage->lock);
	if (there(storage, address, length, false)) {
		move_out(storage, address, buffer, length);
		rc = 0;
	}
	pthread_rwlock_unlock(&storage->lock);
	return rc;
}

int zpci_kvm_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;
	int rc = -EFAULT;

	pthread_rwlock_rdlock(&storage->lock);
	if (there(storage, address, length, true)) {
		move_in(storage, address, buffer, length);
		rc = 0;
	}
	pthread_rwlock_unlock(&storage->lock);
	return rc;
}

int zpci_kvm_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;
	size_t length = 1;
	uint8_t *byte;

	pthread_rwlock_rdlock(&storage->lock);
	byte = piece(storage, address, &length, true);
	if (byte)
		*old = zpci_access_or(byte, bits);
	pthread_rwlock_unlock(&storage->lock);
	return byte ? 0 : -EFAULT;
}

/* A read-only slot is a region that no device may write to. */
void zpci_kvm_regions(void *machine,
		      void (*visit)(void *opaque, const struct zpci_storage_region *region),
		      void *opaque)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;

	pthread_rwlock_rdlock(&storage->lock);
	for (size_t i = 0; i < storage->count; i++) {
		const struct zpci_kvm_slot *slot = &storage->slots[i];
		const struct zpci_storage_region region = {
			.absolute = slot->absolute,
			.length = slot->length,
			.host = slot->host,
			.file = slot->file,
			.offset = slot->offset,
			.written_behind = !slot->read_only,
		};

		visit(opaque, &region);
	}
	pthread_rwlock_unlock(&storage->lock);
}

/* --- real ------------------------------------------------------------------------------------ */

/* Prefixing exchanges the first 8 KiB with those that the prefix register names (Principles of
 * Operation, chapter 3). Gives the absolute address, and cuts *@length where that changes. */
static uint64_t absolute_of(const struct zpci_kvm_cpu *cpu, uint64_t address, size_t *length)
{
	uint64_t prefix = cpu->run->regs.prefix, within = address % PREFIX_AREA;
	uint64_t block = address - within;

	if (*length > PREFIX_AREA - within)
		*length = (size_t)(PREFIX_AREA - within);
	if (block == 0)
		return prefix + within;
	if (block == prefix)
		return within;
	return address;
}

static bool real_there(const struct zpci_kvm_storage *storage, const struct zpci_kvm_cpu *cpu,
		       uint64_t address, size_t length, bool write)
{
	for (size_t size; length; address += size, length -= size) {
		uint64_t absolute;

		size = length;
		absolute = absolute_of(cpu, address, &size);
		if (!there(storage, absolute, size, write))
			return false;
	}
	return true;
}

int zpci_kvm_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;
	uint8_t *to = buffer;
	int rc = -EFAULT;

	pthread_rwlock_rdlock(&storage->lock);
	if (real_there(storage, cpu, address, length, false)) {
		for (size_t size; length; address += size, to += size, length -= size) {
			uint64_t absolute;

			size = length;
			absolute = absolute_of(cpu, address, &size);
			move_out(storage, absolute, to, size);
		}
		rc = 0;
	}
	pthread_rwlock_unlock(&storage->lock);
	return rc;
}

int zpci_kvm_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			size_t length)
{
	struct zpci_kvm_storage *storage = &((struct zpci_kvm *)machine)->storage;
	const uint8_t *from = buffer;
	int rc = -EFAULT;

	pthread_rwlock_rdlock(&storage->lock);
	if (real_there(storage, cpu, address, length, true)) {
		for (size_t size; length; address += size, from += size, length -= size) {
			uint64_t absolute;

			size = length;
			absolute = absolute_of(cpu, address, &size);
			move_in(storage, absolute, from, size);
		}
		rc = 0;
	}
	pthread_rwlock_unlock(&storage->lock);
	return rc;
}
