// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arguments.c - KVM's ioctls with their arguments.
 */
#include "arguments.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "layout.h"

void put(void *block, size_t offset, size_t length, uint64_t value)
{
	uint8_t byte = (uint8_t)value;
	uint16_t half = (uint16_t)value;
	uint32_t word = (uint32_t)value;
	const void *from = length == 1	 ? (const void *)&byte
			   : length == 2 ? (const void *)&half
			   : length == 4 ? (const void *)&word
					 : (const void *)&value;

	memcpy((uint8_t *)block + offset, from, length);
}

uint64_t get(const void *block, size_t offset, size_t length)
{
	const uint8_t *at = (const uint8_t *)block + offset;
	uint16_t half;
	uint32_t word;
	uint64_t value;

	switch (length) {
	case 1:
		return *at;
	case 2:
		memcpy(&half, at, 2);
		return half;
	case 4:
		memcpy(&word, at, 4);
		return word;
	default:
		memcpy(&value, at, 8);
		return value;
	}
}

int call(int fd, unsigned long request, void *argument)
{
	int rc = ioctl(fd, request, argument);

	return rc < 0 ? -errno : rc;
}

int call_number(int fd, unsigned long request, uintptr_t argument)
{
	return call(fd, request, (void *)argument);
}

/* --- a VM ------------------------------------------------------------------------------------- */

int set_region(int vm, unsigned slot, unsigned flags, uint64_t guest, uint64_t size,
	       const void *host)
{
	uint8_t block[REGION_BYTES] = { 0 };

	put(block, REGION_SLOT, 4, slot);
	put(block, REGION_FLAGS, 4, flags);
	put(block, REGION_GUEST, 8, guest);
	put(block, REGION_SIZE, 8, size);
	put(block, REGION_HOST, 8, (uintptr_t)host);
	return call(vm, SET_USER_MEMORY_REGION, block);
}

int enable_capability(int fd, unsigned capability, unsigned flags)
{
	uint8_t block[CAP_BYTES] = { 0 };

	put(block, CAP_NUMBER, 4, capability);
	put(block, CAP_FLAGS, 4, flags);
	return call(fd, ENABLE_CAP, block);
}

int create_device(int vm, unsigned type, unsigned flags)
{
	uint8_t block[DEVICE_BYTES] = { 0 };
	int rc;

	put(block, DEVICE_TYPE, 4, type);
	put(block, DEVICE_FLAGS, 4, flags);
	rc = call(vm, CREATE_DEVICE, block);
	return rc ? rc : (int)get(block, DEVICE_FD, 4);
}

static int attribute_call(int fd, unsigned long request, unsigned group, uint64_t attribute,
			  uintptr_t address)
{
	uint8_t block[ATTR_BYTES] = { 0 };

	put(block, ATTR_GROUP, 4, group);
	put(block, ATTR_ATTR, 8, attribute);
	put(block, ATTR_ADDR, 8, address);
	return call(fd, request, block);
}

int set_attribute(int fd, unsigned group, uint64_t attribute, const void *address)
{
	return attribute_call(fd, SET_DEVICE_ATTR, group, attribute, (uintptr_t)address);
}

int get_attribute(int fd, unsigned group, uint64_t attribute, void *address)
{
	return attribute_call(fd, GET_DEVICE_ATTR, group, attribute, (uintptr_t)address);
}

int has_attribute(int fd, unsigned group, uint64_t attribute)
{
	return attribute_call(fd, HAS_DEVICE_ATTR, group, attribute, 0);
}

/* --- a FLIC ----------------------------------------------------------------------------------- */

int register_adapter(int flic, unsigned id, unsigned isc, unsigned flags)
{
	uint8_t block[ADAPTER_BYTES] = { 0 };

	put(block, ADAPTER_ID, 4, id);
	block[ADAPTER_ISC] = (uint8_t)isc;
	block[ADAPTER_SWAP] = 1;
	block[ADAPTER_FLAGS] = (uint8_t)flags;
	return set_attribute(flic, FLIC_ADAPTER_REGISTER, 0, block);
}

int set_suppression(int flic, unsigned isc, unsigned mode)
{
	uint8_t block[AIS_BYTES] = { 0 };

	block[AIS_ISC] = (uint8_t)isc;
	put(block, AIS_MODE, 2, mode);
	return set_attribute(flic, FLIC_AISM, 0, block);
}

int enqueue(int flic, uint64_t type, unsigned length)
{
	uint8_t irq[IRQ_BYTES] = { 0 };

	put(irq, IRQ_TYPE, 8, type);
	if (type == INT_MCHK) {
		put(irq, IRQ_MCHK_CR14, 8, 0x11000000);
		put(irq, IRQ_MCHK_MCIC, 8, 0x00400f1d40330000);
	} else if (type == INT_SERVICE) {
		put(irq, IRQ_EXT_PARAMS, 4, 0x5000);
	} else if (type <= INT_IO_MAX) {
		put(irq, IRQ_IO_WORD, 4, 0x80000000u | 5u << 27);
	}
	return set_attribute(flic, FLIC_ENQUEUE, length, irq);
}

int set_route(int vm, struct route route)
{
	uint8_t block[ROUTING_BYTES + ROUTE_BYTES] = { 0 };
	uint8_t *entry = block + ROUTING_BYTES;

	put(block, ROUTING_NR, 4, 1);
	put(entry, ROUTE_GSI, 4, route.gsi);
	put(entry, ROUTE_TYPE, 4, route.type);
	put(entry, ROUTE_FLAGS, 4, route.flags);
	put(entry, ROUTE_IND_ADDR, 8, route.indicator);
	put(entry, ROUTE_IND_OFFSET, 8, route.bit);
	put(entry, ROUTE_SUMMARY_ADDR, 8, route.summary);
	put(entry, ROUTE_SUMMARY_OFFSET, 4, route.summary_bit);
	return call(vm, SET_GSI_ROUTING, block);
}

/* --- a vCPU ----------------------------------------------------------------------------------- */

int memop(int fd, struct memop memop)
{
	uint8_t block[MEMOP_BYTES] = { 0 };

	put(block, MEMOP_GADDR, 8, memop.address);
	put(block, MEMOP_FLAGS, 8, memop.flags);
	put(block, MEMOP_SIZE, 4, memop.size);
	put(block, MEMOP_OP, 4, memop.op);
	put(block, MEMOP_BUF, 8, (uintptr_t)memop.buffer);
	block[MEMOP_AR] = (uint8_t)memop.ar;
	block[MEMOP_KEY] = (uint8_t)memop.key;
	return call(fd, S390_MEM_OP, block);
}

int set_state(int vcpu, uint32_t state)
{
	return call(vcpu, SET_MP_STATE, &state);
}

int inject(int vcpu, uint64_t type, uint32_t parameter)
{
	uint8_t block[IRQ_BYTES] = { 0 };

	put(block, IRQ_TYPE, 8, type);
	if (type == INT_PROGRAM)
		put(block, IRQ_PGM_CODE, 2, parameter);
	else if (type == INT_EMERGENCY)
		put(block, IRQ_EMERGENCY_CODE, 2, parameter);
	else
		put(block, IRQ_UNION, 4, parameter);
	return call(vcpu, S390_IRQ, block);
}

int inject_old(int fd, uint32_t type, uint32_t parameter, uint64_t parameter64)
{
	uint8_t block[INTERRUPT_BYTES] = { 0 };

	put(block, INTERRUPT_TYPE, 4, type);
	put(block, INTERRUPT_PARM, 4, parameter);
	put(block, INTERRUPT_PARM64, 8, parameter64);
	return call(fd, S390_INTERRUPT, block);
}
