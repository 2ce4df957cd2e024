// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ram_storage.c - guest storage of the machine in memory.
 *
 * Theory of operation. CPUs, device threads and the test itself access the same bytes without a
 * lock, as on a real machine: zpci/util/access.h says how. An access that would fail half way must
 * not transfer anything. So each one is cut into pieces (addresses wrap, prefixing swaps two blocks
 * of 8 KiB), and all pieces are checked before the first one is moved.
 */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ram_internal.h"
#include "zpci/util/access.h"

#define PREFIX_AREA 8192u

int zpci_ram_storage_init(struct zpci_ram_storage *storage, size_t size, bool in_file)
{
	int flags = in_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;

	if (!size || size % 4096)
		return -EINVAL;
	storage->size = size;
	storage->file = in_file ? memfd_create("zpci-ram", MFD_CLOEXEC) : -1;
	if (in_file && (storage->file < 0 || ftruncate(storage->file, (off_t)size)))
		goto close_file;
	storage->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, storage->file, 0);
	if (storage->bytes != MAP_FAILED)
		return 0;

close_file:
	if (storage->file >= 0)
		close(storage->file);
	return -ENOMEM;
}

void zpci_ram_storage_fini(struct zpci_ram_storage *storage)
{
	munmap(storage->bytes, storage->size);
	if (storage->file >= 0)
		close(storage->file);
}

uint8_t *zpci_ram_storage(struct zpci_ram *ram)
{
	return ram->storage.bytes;
}

size_t zpci_ram_size(const struct zpci_ram *ram)
{
	return ram->storage.size;
}

void zpci_ram_poison(struct zpci_ram *ram, uint64_t start, uint64_t length)
{
	/* In this order another thread sees the old range, the new one, or none. */
	__atomic_store_n(&ram->storage.poison_length, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&ram->storage.poison_start, start, __ATOMIC_RELEASE);
	__atomic_store_n(&ram->storage.poison_length, length, __ATOMIC_RELEASE);
}

static bool accessible(const struct zpci_ram_storage *storage, uint64_t address, size_t length)
{
	uint64_t bad_length = __atomic_load_n(&storage->poison_length, __ATOMIC_ACQUIRE);
	uint64_t bad_start = __atomic_load_n(&storage->poison_start, __ATOMIC_ACQUIRE);

	if (address > storage->size || length > storage->size - address)
		return false;
	if (!length || !bad_length)
		return true;
	/* Whether they overlap, computed without their ends, which could overflow. */
	return address < bad_start ? bad_start - address >= length
				   : address - bad_start >= bad_length;
}

/* --- addresses ------------------------------------------------------------------------ */

/* Cuts off the first piece of an access: returns its absolute address and reduces *@length to
 * what is contiguous from there. */
typedef uint64_t piece_fn(const struct zpci_ram_cpu *cpu, uint64_t address, size_t *length);

static void limit(size_t *length, uint64_t most)
{
	if (*length > most)
		*length = (size_t)most;
}

/* Real: blocks at 0 and at the prefix are exchanged (Principles of Operation, chapter 3). */
static uint64_t piece_real(const struct zpci_ram_cpu *cpu, uint64_t address, size_t *length)
{
	uint64_t within = address % PREFIX_AREA;
	uint64_t block = address - within;

	limit(length, PREFIX_AREA - within);
	if (block == 0)
		return cpu->prefix + within;
	if (block == cpu->prefix)
		return within;
	return address;
}

/* Logical: wraps at the end of what the addressing mode can express. */
static uint64_t piece_logical(const struct zpci_ram_cpu *cpu, uint64_t address, size_t *length)
{
	uint64_t last = UINT64_MAX;

	if (!(cpu->psw_mask & ZPCI_PSW_EXTENDED_ADDRESSING))
		last = cpu->psw_mask & ZPCI_PSW_BASIC_ADDRESSING ? 0x7fffffff : 0xffffff;
	address &= last;
	if (*length && *length - 1 > last - address)
		*length = (size_t)(last - address + 1);
	return address;
}

static int check(const struct zpci_ram *ram, piece_fn *piece, const struct zpci_ram_cpu *cpu,
		 uint64_t address, size_t length)
{
	for (size_t size; length; address += size, length -= size) {
		size = length;
		uint64_t absolute = piece(cpu, address, &size);

		if (!accessible(&ram->storage, absolute, size))
			return -EFAULT;
	}
	return 0;
}

static int read_pieces(struct zpci_ram *ram, piece_fn *piece, const struct zpci_ram_cpu *cpu,
		       uint64_t address, void *buffer, size_t length)
{
	uint8_t *to = buffer;
	int rc = check(ram, piece, cpu, address, length);

	if (rc)
		return rc;
	for (size_t size; length; address += size, to += size, length -= size) {
		size = length;
		uint64_t absolute = piece(cpu, address, &size);

		zpci_access_read(ram->storage.bytes + absolute, to, size);
	}
	return 0;
}

static int write_pieces(struct zpci_ram *ram, piece_fn *piece, const struct zpci_ram_cpu *cpu,
			uint64_t address, const void *buffer, size_t length)
{
	const uint8_t *from = buffer;
	int rc = check(ram, piece, cpu, address, length);

	if (rc)
		return rc;
	for (size_t size; length; address += size, from += size, length -= size) {
		size = length;
		uint64_t absolute = piece(cpu, address, &size);

		zpci_access_write(ram->storage.bytes + absolute, from, size);
	}
	return 0;
}

/* --- the operations ------------------------------------------------------------------- */

/* A logical access that fails is the guest's mistake, and the guest gets its exception at once. */
static int delivered(struct zpci_ram_cpu *cpu, int rc)
{
	if (!rc)
		return 0;
	cpu->program_interruption = ZPCI_PGM_ADDRESSING;
	return ZPCI_EXCEPTION_DELIVERED;
}

int zpci_ram_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			  size_t length)
{
	(void)ar;
	return delivered(cpu, read_pieces(machine, piece_logical, cpu, address, buffer, length));
}

int zpci_ram_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			   const void *buffer, size_t length)
{
	(void)ar;
	return delivered(cpu, write_pieces(machine, piece_logical, cpu, address, buffer, length));
}

/* Storage that can be read can also be written. */
int zpci_ram_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			   bool write)
{
	(void)ar;
	(void)write;
	return delivered(cpu, check(machine, piece_logical, cpu, address, length));
}

int zpci_ram_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length)
{
	return read_pieces(machine, piece_real, cpu, address, buffer, length);
}

int zpci_ram_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			size_t length)
{
	return write_pieces(machine, piece_real, cpu, address, buffer, length);
}

/* Absolute: one piece. */
int zpci_ram_read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	struct zpci_ram *ram = machine;

	if (!accessible(&ram->storage, address, length))
		return -EFAULT;
	zpci_access_read(ram->storage.bytes + address, buffer, length);
	return 0;
}

int zpci_ram_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	struct zpci_ram *ram = machine;

	if (!accessible(&ram->storage, address, length))
		return -EFAULT;
	zpci_access_write(ram->storage.bytes + address, buffer, length);
	return 0;
}

int zpci_ram_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	struct zpci_ram *ram = machine;

	if (!accessible(&ram->storage, address, 1))
		return -EFAULT;
	*old = zpci_access_or(ram->storage.bytes + address, bits);
	return 0;
}

/* One region. The poisoned range is in it, as that is storage which fails, and not a hole. */
void zpci_ram_regions(void *machine,
		      void (*visit)(void *opaque, const struct zpci_storage_region *region),
		      void *opaque)
{
	struct zpci_ram *ram = machine;
	const struct zpci_storage_region region = {
		.length = ram->storage.size,
		.host = ram->storage.bytes,
		.file = ram->storage.file,
		.written_behind = true,
	};

	visit(opaque, &region);
}
