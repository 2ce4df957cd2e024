// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storage.c - guest storage by absolute and by real addresses.
 *
 * Theory of operation. Each write goes through QEMU, which then discards what it has translated
 * from the bytes that changed. Without QEMU's knowledge the bytes would change, but the guest would
 * go on executing the old code. A read needs no such care. It uses the host's mapping of guest
 * storage, which is found once: it is contiguous from address 0 and stays where it is. Hot-plugged
 * memory lies behind it and is read through QEMU.
 *
 * QEMU does long writes, by memmove. That may move a few bytes in parts and in any order. So a
 * short write that has to be in one piece is an atomic store of ours, between address_space_map()
 * and address_space_unmap(), as QEMU's own devices do it.
 *
 * Storage keys are neither looked at nor changed.
 */
#include <errno.h>

#include "binding.h"
#include "zpci/util/access.h"

/* Prefixing exchanges the first 8 KiB with those that the prefix register names. */
#define PREFIX_AREA 0x2000

void zpci_qemu_storage_find(struct zpci_qemu_binding *binding)
{
	struct zpci_qemu_symbols *qemu = &binding->qemu;
	uint64_t length = UINT64_C(1) << 62;
	bool held;
	void *mapped;

	if (atomic_load(&binding->ram_size))
		return;
	/* Also keeps two CPUs' threads from doing this at once. */
	held = zpci_qemu_lock(binding);
	if (!atomic_load(&binding->ram_size)) {
		mapped = qemu->address_space_map(qemu->address_space_memory, 0, &length, false,
						 ZPCI_QEMU_ATTRS_UNSPECIFIED);
		if (mapped) {
			qemu->address_space_unmap(qemu->address_space_memory, mapped, length, false,
						  0);
			binding->ram = mapped;
			atomic_store(&binding->ram_size, length);
		}
	}
	zpci_qemu_unlock(binding, held);
}

/* --- absolute ------------------------------------------------------------------------------- */

static bool in_ram(struct zpci_qemu_binding *binding, uint64_t address, size_t length)
{
	uint64_t size = atomic_load_explicit(&binding->ram_size, memory_order_acquire);

	return length <= size && address <= size - length;
}

static int through_qemu(struct zpci_qemu_binding *binding, uint64_t address, void *buffer,
			size_t length, bool write)
{
	zpci_qemu_thread_enter(binding);
	if (binding->qemu.address_space_rw(binding->qemu.address_space_memory, address,
					   ZPCI_QEMU_ATTRS_UNSPECIFIED, buffer, length, write))
		return -EFAULT;
	return 0;
}

int zpci_qemu_read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	struct zpci_qemu_binding *binding = machine;

	if (in_ram(binding, address, length)) {
		zpci_access_read(binding->ram + address, buffer, length);
		return 0;
	}
	if (address + length < address)
		return -EFAULT;
	return through_qemu(binding, address, buffer, length, false);
}

/* Hot-plugged memory is in blocks, so a look at the start of each block is enough. */
bool zpci_qemu_all_there(struct zpci_qemu_binding *binding, uint64_t address, size_t length)
{
	const uint64_t block = 0x100000; /* smallest unit of s390x storage in QEMU */
	uint8_t byte;

	if (in_ram(binding, address, length))
		return true;
	if (!length || address + length < address)
		return false;
	for (uint64_t at = address; at < address + length; at = (at | (block - 1)) + 1)
		if (through_qemu(binding, at, &byte, 1, false))
			return false;
	return true;
}

/* Maps a few bytes of one page for a write of ours; NULL: they are not in storage. put() tells QEMU
 * that they have changed. */
static uint8_t *get(struct zpci_qemu_binding *binding, uint64_t address, size_t length)
{
	struct zpci_qemu_symbols *qemu = &binding->qemu;
	uint64_t mapped = length;

	/* Where there is no storage, QEMU would map a buffer of its own. */
	if (!zpci_qemu_all_there(binding, address, length))
		return NULL;
	zpci_qemu_thread_enter(binding);
	return qemu->address_space_map(qemu->address_space_memory, address, &mapped, true,
				       ZPCI_QEMU_ATTRS_UNSPECIFIED);
}

static void put(struct zpci_qemu_binding *binding, uint8_t *bytes, size_t length)
{
	struct zpci_qemu_symbols *qemu = &binding->qemu;

	qemu->address_space_unmap(qemu->address_space_memory, bytes, length, true, length);
}

int zpci_qemu_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	struct zpci_qemu_binding *binding = machine;
	uint8_t *bytes;

	/* What is moved in one piece: the guest writes translation entries and summary bits while
	 * we read them, and reads what a device reports while we write it. */
	if (zpci_access_is_single(address, length)) {
		bytes = get(binding, address, length);
		if (!bytes)
			return -EFAULT;
		zpci_access_write(bytes, buffer, length);
		put(binding, bytes, length);
		return 0;
	}
	if (!zpci_qemu_all_there(binding, address, length))
		return -EFAULT;
	return through_qemu(binding, address, (void *)buffer, length, true);
}

int zpci_qemu_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	struct zpci_qemu_binding *binding = machine;
	uint8_t *byte = get(binding, address, 1);

	if (!byte)
		return -EFAULT;
	*old = zpci_access_or(byte, bits);
	put(binding, byte, 1);
	return 0;
}

/* A memory backend of QEMU's can have a file. It is not named here, because nobody may write there
 * behind QEMU's back. */
void zpci_qemu_regions(void *machine,
		       void (*visit)(void *opaque, const struct zpci_storage_region *region),
		       void *opaque)
{
	struct zpci_qemu_binding *binding = machine;
	struct zpci_storage_region region = {
		.length = atomic_load_explicit(&binding->ram_size, memory_order_acquire),
		.host = (void *)binding->ram,
		.file = -1,
		.written_behind = false, /* code is translated from it */
	};

	if (region.length)
		visit(opaque, &region);
}

/* --- real ----------------------------------------------------------------------------------- */

uint64_t zpci_qemu_real_to_absolute(struct zpci_qemu_vcpu *vcpu, uint64_t address)
{
	uint64_t prefix = zpci_qemu_read_register(vcpu, vcpu->prefix);

	if (address < PREFIX_AREA)
		return address + prefix;
	if (address - prefix < PREFIX_AREA)
		return address - prefix;
	return address;
}

/* Length of the first piece that crosses no border of prefixing. */
static size_t piece(uint64_t address, size_t length)
{
	size_t left = PREFIX_AREA - (address & (PREFIX_AREA - 1));

	return length < left ? length : left;
}

int zpci_qemu_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length)
{
	uint8_t *to = buffer;

	while (length) {
		size_t part = piece(address, length);
		int rc = zpci_qemu_read_absolute(machine, zpci_qemu_real_to_absolute(cpu, address),
						 to, part);

		if (rc)
			return rc;
		address += part;
		to += part;
		length -= part;
	}
	return 0;
}

int zpci_qemu_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			 size_t length)
{
	const uint8_t *from = buffer;

	for (size_t done = 0; done < length; done += piece(address + done, length - done))
		if (!zpci_qemu_all_there(machine, zpci_qemu_real_to_absolute(cpu, address + done),
					 piece(address + done, length - done)))
			return -EFAULT;
	while (length) {
		size_t part = piece(address, length);

		zpci_qemu_write_absolute(machine, zpci_qemu_real_to_absolute(cpu, address), from,
					 part);
		address += part;
		from += part;
		length -= part;
	}
	return 0;
}
