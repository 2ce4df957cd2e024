// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flic.c - the descriptor of the floating interrupt controller: adapters, suppression, a queue.
 */
#include "internal.h"

#define ISC_BIT(isc) (0x80u >> (isc))
#define IO_ADAPTER_MASK 1
#define IO_ADAPTER_MAP 2
#define IO_ADAPTER_UNMAP 3

static struct adapter *registered(struct vm *vm, uint64_t id)
{
	return id < ADAPTERS && vm->adapters[id].registered ? &vm->adapters[id] : NULL;
}

/* Linux: register_io_adapter(). */
static int register_adapter(struct vm *vm, uint64_t address)
{
	uint8_t block[ADAPTER_BYTES];
	uint32_t id;

	if (!from_user(block, address, sizeof(block)))
		return -EFAULT;
	id = get32(block, ADAPTER_ID);
	if (id >= ADAPTERS || vm->adapters[id].registered)
		return -EINVAL;
	if (block[ADAPTER_ISC] > 7 || block[ADAPTER_MASKABLE] > 1 || block[ADAPTER_SWAP] > 1 ||
	    block[ADAPTER_FLAGS] & ~ADAPTER_SUPPRESSIBLE)
		finding("ADAPTER_REGISTER 0x%x: isc %u, maskable %u, swap %u, flags 0x%02x", id,
			block[ADAPTER_ISC], block[ADAPTER_MASKABLE], block[ADAPTER_SWAP],
			block[ADAPTER_FLAGS]);
	vm->adapters[id] = (struct adapter){
		.registered = true,
		.isc = block[ADAPTER_ISC] & 7,
		.maskable = block[ADAPTER_MASKABLE],
		.swap = block[ADAPTER_SWAP],
		.suppressible = block[ADAPTER_FLAGS] & ADAPTER_SUPPRESSIBLE,
	};
	return 0;
}

/* Linux: modify_io_adapter(). Mapping does nothing in 6.1, and pins a page in 7.2. */
static int modify_adapter(struct vm *vm, uint64_t address)
{
	uint8_t block[MODIFY_BYTES];
	struct adapter *adapter;
	uint64_t one = 1;

	if (!from_user(block, address, sizeof(block)))
		return -EFAULT;
	adapter = registered(vm, get32(block, MODIFY_ID));
	if (!adapter)
		return -EINVAL;
	switch (block[MODIFY_TYPE]) {
	case IO_ADAPTER_MASK:
		if (!adapter->maskable)
			return -EINVAL;
		adapter->masked = block[MODIFY_MASK];
		return 0;
	case IO_ADAPTER_MAP:
		return memory_host(vm, get64(block, MODIFY_ADDR), &one) ? 0 : -EFAULT;
	case IO_ADAPTER_UNMAP:
		return 0;
	default:
		return -EINVAL;
	}
}

int flic_inject_adapter(struct vm *vm, struct adapter *adapter)
{
	const struct interruption interruption = {
		.type = INT_IO_ADAPTER,
		.word = 0x80000000u | (uint32_t)adapter->isc << 27,
	};
	bool suppressible = adapter->suppressible && model_has_facility(vm, 72);
	int rc;

	if (suppressible && vm->none & ISC_BIT(adapter->isc))
		return 0;
	rc = floating_inject(vm, &interruption);
	if (!rc && suppressible && vm->single & ISC_BIT(adapter->isc))
		vm->none |= ISC_BIT(adapter->isc);
	return rc;
}

/* Linux: modify_ais_mode(). */
static int set_mode(struct vm *vm, uint64_t address)
{
	uint8_t block[AIS_BYTES];
	uint16_t mode;
	uint8_t bit;

	if (!model_has_facility(vm, 72))
		return -EOPNOTSUPP;
	if (!from_user(block, address, sizeof(block)))
		return -EFAULT;
	mode = get16(block, AIS_MODE);
	if (block[AIS_ISC] > 7 || mode > 1)
		return -EINVAL;
	bit = ISC_BIT(block[AIS_ISC]);
	vm->none &= (uint8_t)~bit;
	vm->single = (uint8_t)((vm->single & ~bit) | (mode ? bit : 0));
	return 0;
}

static int all_modes(struct vm *vm, unsigned request, const uint8_t *attribute)
{
	uint64_t address = get64(attribute, ATTR_ADDR);
	uint8_t block[AIS_ALL_BYTES] = { vm->single, vm->none };

	if (request == GET_DEVICE_ATTR && get64(attribute, ATTR_ATTR) < AIS_ALL_BYTES)
		return -EINVAL;
	if (!model_has_facility(vm, 72))
		return -EOPNOTSUPP;
	if (request == GET_DEVICE_ATTR)
		return to_user(address, block, sizeof(block)) ? 0 : -EFAULT;
	if (!from_user(block, address, sizeof(block)))
		return -EFAULT;
	vm->single = block[0];
	vm->none = block[1];
	return 0;
}

/* --- the queue -------------------------------------------------------------------------------- */

/* What counts of each type, and what is behind it in the union. */
static void read_irq(const uint8_t *irq, struct interruption *interruption)
{
	interruption->type = get64(irq, IRQ_TYPE);
	switch (interruption->type) {
	case INT_PFAULT_DONE:
	case INT_VIRTIO:
		break;
	case INT_SERVICE:
		interruption->external = get32(irq, IRQ_EXT_PARAMS);
		reserved(irq + IRQ_EXT_PARAMS + 4, IRQ_BYTES - IRQ_EXT_PARAMS - 4,
			 "ENQUEUE of a service signal");
		break;
	case INT_MCHK:
		interruption->cr14 = get64(irq, IRQ_MCHK_CR14);
		interruption->mcic = get64(irq, IRQ_MCHK_MCIC);
		reserved(irq + IRQ_MCHK_MCIC + 8, IRQ_BYTES - IRQ_MCHK_MCIC - 8,
			 "ENQUEUE of a machine check");
		break;
	default:
		interruption->word = get32(irq, IRQ_IO_WORD);
		reserved(irq + IRQ_IO_WORD + 4, IRQ_BYTES - IRQ_IO_WORD - 4, "ENQUEUE of I/O");
		break;
	}
}

/* Linux: enqueue_floating_irq(). Those before a bad one are injected. */
static int enqueue(struct vm *vm, uint64_t length, uint64_t address)
{
	int rc = 0;

	if ((int)length % IRQ_BYTES || (int)length > FLIC_MAX_BUFFER)
		return -EINVAL;
	if (!length)
		finding("ENQUEUE of 0 bytes");
	for (; !rc && length >= IRQ_BYTES; length -= IRQ_BYTES, address += IRQ_BYTES) {
		struct interruption interruption = { .type = 0 };
		uint8_t irq[IRQ_BYTES];

		if (!from_user(irq, address, sizeof(irq)))
			return -EFAULT;
		read_irq(irq, &interruption);
		rc = floating_inject(vm, &interruption);
	}
	return rc;
}

/* --- attributes ------------------------------------------------------------------------------- */

static int set_attribute(struct vm *vm, const uint8_t *attribute)
{
	uint64_t attr = get64(attribute, ATTR_ATTR), address = get64(attribute, ATTR_ADDR);
	struct adapter *adapter;

	switch (get32(attribute, ATTR_GROUP)) {
	case FLIC_ENQUEUE:
		return enqueue(vm, attr, address);
	case FLIC_CLEAR_IRQS:
		vm->clears++;
		floating_clear(vm);
		return 0;
	case FLIC_APF_ENABLE:
	case FLIC_APF_DISABLE_WAIT:
		return 0;
	case FLIC_ADAPTER_REGISTER:
		return register_adapter(vm, address);
	case FLIC_ADAPTER_MODIFY:
		return modify_adapter(vm, address);
	case FLIC_AISM:
		return set_mode(vm, address);
	case FLIC_AIRQ_INJECT:
		adapter = registered(vm, (uint32_t)attr);
		return adapter ? flic_inject_adapter(vm, adapter) : -EINVAL;
	case FLIC_AISM_ALL:
		return all_modes(vm, SET_DEVICE_ATTR, attribute);
	default:
		return -EINVAL;
	}
}

/* Linux: get_all_floating_irqs(). Only of an empty queue: the test takes interruptions. */
static int get_all(const struct vm *vm, uint64_t length)
{
	(void)vm;
	return length && length <= FLIC_MAX_BUFFER ? 0 : -EINVAL;
}

static int get_attribute(struct vm *vm, const uint8_t *attribute)
{
	switch (get32(attribute, ATTR_GROUP)) {
	case FLIC_GET_ALL_IRQS:
		return get_all(vm, get64(attribute, ATTR_ATTR));
	case FLIC_AISM_ALL:
		return all_modes(vm, GET_DEVICE_ATTR, attribute);
	default:
		return -EINVAL;
	}
}

static int locked_ioctl(struct vm *vm, unsigned request, const uint8_t *attribute)
{
	uint32_t group = get32(attribute, ATTR_GROUP);

	switch (request) {
	case SET_DEVICE_ATTR:
		return set_attribute(vm, attribute);
	case GET_DEVICE_ATTR:
		return get_attribute(vm, attribute);
	default:
		return group >= FLIC_GET_ALL_IRQS && group <= FLIC_AISM_ALL ? 0 : -ENXIO;
	}
}

int flic_ioctl(struct vm *vm, unsigned request, uint64_t argument)
{
	uint8_t attribute[ATTR_BYTES];
	int rc;

	if (request != SET_DEVICE_ATTR && request != GET_DEVICE_ATTR && request != HAS_DEVICE_ATTR)
		return -ENOTTY;
	if (!from_user(attribute, argument, sizeof(attribute)))
		return -EFAULT;
	reserved(attribute + ATTR_FLAGS, 4, "flags of a FLIC's attribute");
	pthread_mutex_lock(&vm->lock);
	rc = locked_ioctl(vm, request, attribute);
	pthread_mutex_unlock(&vm->lock);
	return rc;
}
