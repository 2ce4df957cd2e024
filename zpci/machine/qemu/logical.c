// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logical.c - guest storage by logical addresses.
 *
 * dat.c translates a range page by page, all of it before a byte is moved. An access exception is
 * noted in the CPU, which takes it when the instruction ends (execute.c).
 */
#include <errno.h>

#include "binding.h"

/* A range of logical storage as its pages in absolute storage. */
#define PAGE 0x1000u
#define PAGES_MAX 17 /* 64 KiB at any alignment; no instruction has a longer operand */

struct range {
	size_t length;
	unsigned first; /* offset in the first page */
	unsigned pages;
	uint64_t page[PAGES_MAX]; /* absolute addresses */
};

/* Bytes of the range in its page @i, of which @done were before. */
static size_t in_page(const struct range *range, unsigned i, size_t done)
{
	size_t room = PAGE - (i ? 0 : range->first), left = range->length - done;

	return left < room ? left : room;
}

/* All pages are looked at before any is touched: an exception leaves the operand as it was. */
static int find_range(struct zpci_qemu_vcpu *vcpu, uint64_t address, size_t length, bool write,
		      struct range *range)
{
	uint64_t start = address & ~UINT64_C(0xfff);

	range->first = address & 0xfff;
	range->length = length;
	if (length > (PAGES_MAX - 1) * PAGE)
		return -EINVAL;
	range->pages = (unsigned)((range->first + length + PAGE - 1) / PAGE);
	for (unsigned i = 0; i < range->pages; i++) {
		/* The exception names the first byte that could not be had. */
		uint64_t at = i ? start + i * PAGE : address;
		int rc = zpci_qemu_translate_address(vcpu, zpci_qemu_wrap(vcpu->mask, at), write,
						     &range->page[i]);

		if (rc)
			return rc;
		range->page[i] &= ~UINT64_C(0xfff);
		if (!zpci_qemu_all_there(vcpu->binding, range->page[i], PAGE)) {
			vcpu->program_interruption = ZPCI_PGM_ADDRESSING;
			return ZPCI_EXCEPTION_DELIVERED;
		}
	}
	return 0;
}

int zpci_qemu_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			   size_t length)
{
	struct range range;
	size_t done = 0;
	int rc = find_range(cpu, address, length, false, &range);

	(void)ar; /* QEMU's CPUs have no access-register mode */
	for (unsigned i = 0; !rc && i < range.pages; i++) {
		size_t part = in_page(&range, i, done);

		rc = zpci_qemu_read_absolute(machine, range.page[i] + (i ? 0 : range.first),
					     (uint8_t *)buffer + done, part);
		done += part;
	}
	return rc;
}

int zpci_qemu_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			    const void *buffer, size_t length)
{
	struct range range;
	size_t done = 0;
	int rc = find_range(cpu, address, length, true, &range);

	(void)ar;
	for (unsigned i = 0; !rc && i < range.pages; i++) {
		size_t part = in_page(&range, i, done);

		rc = zpci_qemu_write_absolute(machine, range.page[i] + (i ? 0 : range.first),
					      (const uint8_t *)buffer + done, part);
		done += part;
	}
	return rc;
}

int zpci_qemu_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			    bool write)
{
	struct range range;

	(void)machine;
	(void)ar;
	return find_range(cpu, address, length, write, &range);
}
