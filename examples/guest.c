// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * guest.c - an operating system on the machine of vmm.c, as far as PCI goes.
 *
 * Everything goes through registers, storage and instructions, in the order in which Linux does
 * it: List, Query, Set; config space; the vector; then the device is used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/fib.h>
#include <zpci/probe.h>

#include "vmm.h"

#define BLOCK 0x2000u /* where the guest keeps its CLP block, ... */
#define FIB 0x4000u
#define AIBV 0x5000u /* interruption bit vector */
#define AISB 0x5100u /* summary bits */
#define ISC 2u	     /* Linux takes PCI interruptions on this subclass */

struct guest {
	struct vm *vm;
	struct zpci_firmware *firmware;
	uint32_t handle;
};

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "example: %s\n", what);
	exit(1);
}

/* What an instruction interception does. */
static void execute(struct guest *guest, const uint8_t instruction[6])
{
	guest->vm->program = 0;
	require(zpci_firmware_execute(guest->firmware, NULL, instruction) == ZPCI_EXECUTED,
		"not an instruction of the firmware: a hypervisor would go on with its own");
	require(!guest->vm->program, "the instruction ended in a program interruption");
	require(guest->vm->cc == 0, "the instruction set another condition code than 0");
}

/* CLP: a request block, and at once behind it the place for the response. */
static uint8_t *clp_begin(struct guest *guest, unsigned command, unsigned response_length)
{
	uint8_t *block = guest->vm->storage + BLOCK;

	memset(block, 0, 4096);
	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, command);
	zpci_put_be(block + 32, 2, response_length);
	return block;
}

static void clp(struct guest *guest)
{
	static const uint8_t clp_r2_r3[6] = { 0xb9, 0xa0, ZPCI_CLP_LPS_PCI, 0x23 };
	const uint8_t *response = guest->vm->storage + BLOCK + 32;

	guest->vm->gr[3] = BLOCK;
	execute(guest, clp_r2_r3);
	require(zpci_get_be(response + 2, 2) == ZPCI_CLP_OK, "CLP refused the request");
}

/* PCILG and PCISTG: handle, space and length in one register, the offset in the next. The bytes
 * are not swapped, and PCI is little-endian: what Linux does in zpci_load(), zpci_store(). */
static uint64_t pci_load(struct guest *guest, unsigned space, uint64_t offset, unsigned length)
{
	static const uint8_t pcilg_r1_r2[6] = { 0xb9, 0xd2, 0, 0x12 };
	uint8_t bytes[8];

	guest->vm->gr[2] = (uint64_t)guest->handle << 32 | space << 16 | length;
	guest->vm->gr[3] = offset;
	execute(guest, pcilg_r1_r2);
	zpci_put_be(bytes, length, guest->vm->gr[1]);
	return zpci_get_le(bytes, length);
}

static void pci_store(struct guest *guest, unsigned space, uint64_t offset, unsigned length,
		      uint64_t value)
{
	static const uint8_t pcistg_r1_r2[6] = { 0xb9, 0xd0, 0, 0x12 };
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	guest->vm->gr[1] = zpci_get_be(bytes, length);
	guest->vm->gr[2] = (uint64_t)guest->handle << 32 | space << 16 | length;
	guest->vm->gr[3] = offset;
	execute(guest, pcistg_r1_r2);
}

static void find_function(struct guest *guest)
{
	struct zpci_clp_list_entry entry;
	const uint8_t *response = clp_begin(guest, ZPCI_CLP_LIST, 32 + 16 * 10) + 32;

	clp(guest);
	require(zpci_get_be(response, 2) == 32 + 16, "the list does not have one entry");
	memcpy(&entry, response + 32, sizeof(entry));
	guest->handle = zpci_be32_get(entry.handle);
	printf("List: function %08x, handle %08x, PCI ID %04x:%04x\n", zpci_be32_get(entry.fid),
	       guest->handle, zpci_be16_get(entry.vendor_id), zpci_be16_get(entry.device_id));
}

/* Returns the function's group. */
static unsigned query_function(struct guest *guest)
{
	struct zpci_clp_query_function_response function;
	uint8_t *block = clp_begin(guest, ZPCI_CLP_QUERY_FUNCTION, sizeof(function));

	zpci_put_be(block + 16, 4, guest->handle);
	clp(guest);
	memcpy(&function, block + 32, sizeof(function));
	printf("Query: VF %u of PCHID %04x, BAR 0 has 2^%u bytes; as vfn is not 0, a kernel "
	       "concludes that there is no Memory bit\n",
	       zpci_be16_get(function.vfn), zpci_be16_get(function.pchid), function.bar_size[0]);
	return function.pfgid;
}

/* Returns the address that a device writes to when it means an interruption. */
static uint64_t query_group(struct guest *guest, unsigned group)
{
	uint8_t *block = clp_begin(guest, ZPCI_CLP_QUERY_GROUP,
				   sizeof(struct zpci_clp_query_group_response));

	block[19] = (uint8_t)group;
	clp(guest);
	return zpci_get_be(block + 32 + 40, 8);
}

/* Enabling gives a new handle; the old one is dead from then on. */
static void enable(struct guest *guest)
{
	uint8_t *block = clp_begin(guest, ZPCI_CLP_SET_FUNCTION,
				   sizeof(struct zpci_clp_set_function_response));

	zpci_put_be(block + 16, 4, guest->handle);
	block[22] = ZPCI_CLP_SET_ENABLE;
	block[23] = 1; /* DMA address spaces */
	clp(guest);
	guest->handle = (uint32_t)zpci_get_be(block + 32 + 16, 4);
	printf("Set: enabled, handle %08x\n", guest->handle);
}

/* MPCIFC: vector n is bit n of AIBV; bit 0 at AISB sums them up. */
static void register_interruptions(struct guest *guest)
{
	static const uint8_t mpcifc_r1_fib[6] = { 0xe3, 0x10, 0x20, 0x00, 0x00, 0xd0 };
	struct zpci_fib fib = { 0 };

	zpci_be32_put(&fib.interruption, ISC << ZPCI_FIB_INT_ISC_SHIFT |
						 ZPCI_PROBE_VECTORS << ZPCI_FIB_INT_NOI_SHIFT |
						 ZPCI_FIB_INT_SUM);
	zpci_be64_put(&fib.aibv, AIBV);
	zpci_be64_put(&fib.aisb, AISB);
	memcpy(guest->vm->storage + FIB, &fib, sizeof(fib));
	guest->vm->gr[1] = (uint64_t)guest->handle << 32 | ZPCI_MPCIFC_REG_INT;
	guest->vm->gr[2] = FIB;
	execute(guest, mpcifc_r1_fib);
}

/* Offset of capability @id in config space, as any PCI driver walks the list. */
static unsigned find_capability(struct guest *guest, unsigned id)
{
	unsigned offset = (unsigned)pci_load(guest, ZPCI_SPACE_CONFIG, 0x34, 1);

	while (offset && pci_load(guest, ZPCI_SPACE_CONFIG, offset, 1) != id)
		offset = (unsigned)pci_load(guest, ZPCI_SPACE_CONFIG, offset + 1, 1);
	require(offset, "the function has no such capability");
	return offset;
}

/* MSI-X: the message of @vector is its own number, written to the group's address. */
static void program_vector(struct guest *guest, unsigned vector, uint64_t msi_address)
{
	uint64_t entry = ZPCI_PROBE_MSIX_TABLE + 16 * vector;

	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry, 8, msi_address);
	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry + 8, 4, vector);
	pci_store(guest, ZPCI_PROBE_MSIX_BAR, entry + 12, 4, 0); /* not masked */
	pci_store(guest, ZPCI_SPACE_CONFIG, find_capability(guest, 0x11) + 2, 2, 0x8000);
}

void example_guest(struct vm *vm, struct zpci_firmware *firmware)
{
	struct guest guest = { .vm = vm, .firmware = firmware };
	const unsigned vector = 5;
	uint64_t msi_address;

	find_function(&guest);
	msi_address = query_group(&guest, query_function(&guest));

	enable(&guest);
	printf("Load: config space says %04x:%04x, BAR 0 says ID %08x, VF %u\n",
	       (unsigned)pci_load(&guest, ZPCI_SPACE_CONFIG, 0, 2),
	       (unsigned)pci_load(&guest, ZPCI_SPACE_CONFIG, 2, 2),
	       (unsigned)pci_load(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_ID, 4),
	       (unsigned)pci_load(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_VF, 4));

	/* Bus Master: without it a device neither reads storage nor interrupts. */
	pci_store(&guest, ZPCI_SPACE_CONFIG, 4, 2, 0x0004);
	register_interruptions(&guest);
	program_vector(&guest, vector, msi_address);
	pci_store(&guest, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, vector);
	printf("Doorbell: vector %u rung; AIBV %02x, AISB %02x, %u interruption on ISC %u\n",
	       vector, vm->storage[AIBV], vm->storage[AISB], vm->interruptions[ISC], ISC);
	require(vm->storage[AIBV] == 0x80 >> vector && vm->storage[AISB] == 0x80 &&
			vm->interruptions[ISC] == 1,
		"the interruption did not arrive");
}
