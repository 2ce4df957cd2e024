// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * probe.c - a device to look at a PCI platform with: registers.
 *
 * Theory of operation. The registers of <zpci/probe.h> are bytes, the register file. A store of any
 * size and alignment writes each byte for which there is a writable register. Then the trigger
 * registers whose last byte the store covered act, in ascending order, and are 0 again. A load sees
 * the register file with the read-only registers laid over it. So a guest may access a register in
 * any pieces, and what it writes in pieces triggers once.
 *
 * Behind the registers (up to device memory) and in the BAR of the MSI-X table (outside of what the
 * function owns) everything reads as 0.
 *
 * probe_device.h draws the parts. Operations of the model come one at a time; the device's thread
 * runs beside them, under probe_device.lock.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/device/models.h"
#include "zpci/device/probe_device.h"
#include "zpci/device/software.h"
#include "zpci/util/copy.h"

#define PROBE_BARS                                                                                 \
	{                                                                                          \
		[ZPCI_PROBE_BAR] = { .size = ZPCI_PROBE_BAR_SIZE, .flags = ZPCI_BAR_64BIT },       \
		[ZPCI_PROBE_MSIX_BAR] = { .size = ZPCI_PROBE_MSIX_BAR_SIZE,                        \
					  .flags = ZPCI_BAR_64BIT },                               \
	}

static const struct zpci_pci_description probe_description = {
	.size = sizeof(probe_description),
	.vendor_id = ZPCI_PROBE_VENDOR_ID,
	.device_id = ZPCI_PROBE_PF_DEVICE_ID,
	.vf_device_id = ZPCI_PROBE_VF_DEVICE_ID,
	.class_code = ZPCI_PROBE_CLASS,
	.revision = ZPCI_PROBE_REVISION,
	.bars = PROBE_BARS,
	.vf_bars = PROBE_BARS,
	.msix = {
		.vectors = ZPCI_PROBE_VECTORS,
		.table_bar = ZPCI_PROBE_MSIX_BAR,
		.table = ZPCI_PROBE_MSIX_TABLE,
		.pba_bar = ZPCI_PROBE_MSIX_BAR,
		.pba = ZPCI_PROBE_MSIX_PBA,
	},
};

/* Registers that take what is written; the others ignore it. */
static const struct {
	unsigned offset;
	unsigned length;
	bool trigger;
} writable[] = {
	{ ZPCI_PROBE_REG_SCRATCH32, 4, false },	      { ZPCI_PROBE_REG_SCRATCH64, 8, false },
	{ ZPCI_PROBE_REG_DOORBELL_NOW, 4, true },     { ZPCI_PROBE_REG_DOORBELL_LATER, 4, true },
	{ ZPCI_PROBE_REG_DELAY, 4, false },	      { ZPCI_PROBE_REG_DMA_SOURCE, 8, false },
	{ ZPCI_PROBE_REG_DMA_DESTINATION, 8, false }, { ZPCI_PROBE_REG_DMA_LENGTH, 8, false },
	{ ZPCI_PROBE_REG_DMA_PATTERN, 8, false },     { ZPCI_PROBE_REG_DMA_COMMAND, 4, true },
};

#define WRITABLE (sizeof(writable) / sizeof(writable[0]))

/* What a load of the register file sees. */
static void show_registers(const struct probe_device *device, uint8_t *shown)
{
	memcpy(shown, device->registers, PROBE_REGISTERS);
	for (unsigned i = 0; i < WRITABLE; i++) {
		if (writable[i].trigger)
			memset(shown + writable[i].offset, 0, writable[i].length);
	}
	zpci_put_le(shown + ZPCI_PROBE_REG_ID, 4, ZPCI_PROBE_ID);
	zpci_put_le(shown + ZPCI_PROBE_REG_VERSION, 4, ZPCI_PROBE_VERSION);
	zpci_put_le(shown + ZPCI_PROBE_REG_VF, 4, device->vf);
	zpci_put_le(shown + ZPCI_PROBE_REG_VECTORS, 4, ZPCI_PROBE_VECTORS);
	zpci_put_le(shown + ZPCI_PROBE_REG_LOADS, 8, device->loads);
	zpci_put_le(shown + ZPCI_PROBE_REG_STORES, 8, device->stores);
	zpci_put_le(shown + ZPCI_PROBE_REG_INTERRUPTS, 8, device->interrupts);
	zpci_put_le(shown + ZPCI_PROBE_REG_DROPPED, 4, device->queue.dropped);
	zpci_put_le(shown + ZPCI_PROBE_REG_DMA_STATUS, 4, device->dma.status);
	zpci_put_le(shown + ZPCI_PROBE_REG_DMA_DONE, 8, device->dma.done);
	zpci_put_le(shown + ZPCI_PROBE_REG_DMA_FAILED, 8, device->dma.failed);
}

static void load(const struct probe_device *device, uint64_t offset, uint8_t *data, size_t length)
{
	uint8_t shown[PROBE_REGISTERS];

	if (offset < PROBE_REGISTERS)
		show_registers(device, shown);
	for (size_t i = 0; i < length; i++, offset++) {
		if (offset < PROBE_REGISTERS)
			data[i] = shown[offset];
		else if (offset >= ZPCI_PROBE_MEMORY)
			data[i] = device->memory[offset - ZPCI_PROBE_MEMORY];
		else
			data[i] = 0;
	}
}

static bool is_writable(uint64_t offset)
{
	for (unsigned i = 0; i < WRITABLE; i++) {
		if (offset >= writable[i].offset &&
		    offset - writable[i].offset < writable[i].length)
			return true;
	}
	return false;
}

static void store(struct probe_device *device, uint64_t offset, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i++, offset++) {
		if (offset >= ZPCI_PROBE_MEMORY)
			device->memory[offset - ZPCI_PROBE_MEMORY] = data[i];
		else if (is_writable(offset))
			device->registers[offset] = data[i];
	}
}

/* Whether a store triggers the 32-bit register @trigger: it covers the last byte. */
static bool triggers(uint64_t offset, size_t length, unsigned trigger)
{
	unsigned last = trigger + 3;

	return offset <= last && last - offset < length;
}

/* The value of a trigger register, which is 0 from now on. */
static uint32_t take(struct probe_device *device, unsigned trigger)
{
	uint32_t value = (uint32_t)zpci_get_le(device->registers + trigger, 4);

	memset(device->registers + trigger, 0, 4);
	return value;
}

/* Does what a store asked for, except raising a vector at once. True: the caller raises @vector
 * after it has given the lock back. */
static bool act(struct probe_device *device, uint64_t offset, size_t length, uint32_t *vector)
{
	bool now = false;
	uint32_t later;

	if (triggers(offset, length, ZPCI_PROBE_REG_DOORBELL_NOW)) {
		*vector = take(device, ZPCI_PROBE_REG_DOORBELL_NOW);
		now = *vector < ZPCI_PROBE_VECTORS;
	}
	if (now && device->quiesced) {
		/* Nothing may be raised now. The thread raises it after resume(). */
		probe_doorbell_queue(device, *vector, 0);
		now = false;
	}
	if (triggers(offset, length, ZPCI_PROBE_REG_DOORBELL_LATER)) {
		later = take(device, ZPCI_PROBE_REG_DOORBELL_LATER);
		if (later < ZPCI_PROBE_VECTORS)
			probe_doorbell_queue(
				device, later,
				(uint32_t)zpci_get_le(device->registers + ZPCI_PROBE_REG_DELAY, 4));
	}
	if (triggers(offset, length, ZPCI_PROBE_REG_DMA_COMMAND))
		probe_dma_command(device, take(device, ZPCI_PROBE_REG_DMA_COMMAND));
	device->interrupts += now;
	return now;
}

static bool needs_thread(const struct probe_device *device, uint64_t offset, size_t length)
{
	return triggers(offset, length, ZPCI_PROBE_REG_DOORBELL_LATER) ||
	       triggers(offset, length, ZPCI_PROBE_REG_DMA_COMMAND) ||
	       (device->quiesced && triggers(offset, length, ZPCI_PROBE_REG_DOORBELL_NOW));
}

/* Doublewords of the register file that read as they were written, and those of them that can be
 * written as a whole. The device's thread does not use them, so they need no lock. */
#define DOUBLEWORD(offset) (1u << (offset) / 8)
#define ALL_WRITABLE                                                                               \
	(DOUBLEWORD(ZPCI_PROBE_REG_SCRATCH64) | DOUBLEWORD(ZPCI_PROBE_REG_DMA_SOURCE) |            \
	 DOUBLEWORD(ZPCI_PROBE_REG_DMA_DESTINATION) | DOUBLEWORD(ZPCI_PROBE_REG_DMA_LENGTH) |      \
	 DOUBLEWORD(ZPCI_PROBE_REG_DMA_PATTERN))
#define AS_WRITTEN (ALL_WRITABLE | DOUBLEWORD(ZPCI_PROBE_REG_SCRATCH32))

static_assert(PROBE_REGISTERS <= 8 * 32, "a bit for each doubleword");

static bool is_among(uint32_t doublewords, unsigned bar, uint64_t offset, size_t length)
{
	return bar == ZPCI_PROBE_BAR && offset < PROBE_REGISTERS && length <= 8 - offset % 8 &&
	       doublewords >> offset / 8 & 1;
}

static bool inside(unsigned bar, uint64_t offset, size_t length)
{
	uint64_t size = bar < ZPCI_BARS ? probe_description.bars[bar].size : 0;

	return length && length <= size && offset <= size - length;
}

static int probe_bar_read(void *opaque, unsigned bar, uint64_t offset, void *data, size_t length)
{
	struct probe_device *device = opaque;

	if (!inside(bar, offset, length))
		return -EIO;
	if (is_among(AS_WRITTEN, bar, offset, length)) {
		zpci_copy(data, device->registers + offset, length);
		device->loads++;
		return 0;
	}
	if (bar != ZPCI_PROBE_BAR) {
		memset(data, 0, length);
		return 0;
	}
	pthread_mutex_lock(&device->lock);
	load(device, offset, data, length);
	device->loads++;
	pthread_mutex_unlock(&device->lock);
	return 0;
}

static int probe_bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data,
			   size_t length)
{
	struct probe_device *device = opaque;
	uint32_t vector;
	bool now;

	if (!inside(bar, offset, length))
		return -EIO;
	if (is_among(ALL_WRITABLE, bar, offset, length)) {
		zpci_copy(device->registers + offset, data, length);
		device->stores++;
		return 0;
	}
	if (bar != ZPCI_PROBE_BAR)
		return 0;
	pthread_mutex_lock(&device->lock);
	/* First, so that a refused store has changed nothing. */
	if (needs_thread(device, offset, length) && probe_worker_start(device)) {
		pthread_mutex_unlock(&device->lock);
		return -EIO;
	}
	store(device, offset, data, length);
	device->stores++;
	now = act(device, offset, length, &vector);
	pthread_mutex_unlock(&device->lock);
	if (now)
		device->services->raise_vector(device->services->function, vector);
	return 0;
}

static void probe_reset(void *opaque)
{
	struct probe_device *device = opaque;

	zpci_config_space_reset(&device->config);
	pthread_mutex_lock(&device->lock);
	probe_doorbell_reset(device);
	probe_dma_reset(device);
	memset(device->registers, 0, sizeof(device->registers));
	memset(device->memory, 0, sizeof(device->memory));
	device->loads = 0;
	device->stores = 0;
	device->interrupts = 0;
	/* The thread finds no more work to begin. What it began before has no effect any more, and
	 * probe_drain() waits for it. */
	pthread_mutex_unlock(&device->lock);
}

/* The thread waits for services alone, and these return soon: after a reset their gate is closed,
 * and after quiesce() they move one chunk at most. So this need not answer -EBUSY. */
static int probe_drain(void *opaque, bool wait)
{
	struct probe_device *device = opaque;

	(void)wait;
	pthread_mutex_lock(&device->lock);
	probe_wait_idle(device);
	pthread_mutex_unlock(&device->lock);
	return 0;
}

static void probe_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	struct probe_device *device = opaque;

	zpci_config_space_read(&device->config, offset, data, length);
}

static void probe_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct probe_device *device = opaque;

	if (zpci_config_space_write(&device->config, offset, data, length))
		probe_reset(device);
}

static void probe_quiesce(void *opaque)
{
	struct probe_device *device = opaque;

	pthread_mutex_lock(&device->lock);
	device->quiesced = true;
	pthread_mutex_unlock(&device->lock);
}

static void probe_resume(void *opaque)
{
	struct probe_device *device = opaque;

	pthread_mutex_lock(&device->lock);
	device->quiesced = false;
	probe_wake(device);
	pthread_mutex_unlock(&device->lock);
}

static int probe_create(const struct zpci_adapter_options *options, void **adapter)
{
	return zpci_software_create(&probe_description, options, adapter);
}

static int probe_open(void *adapter, unsigned vf, const struct zpci_services *services,
		      struct zpci_identity *identity, void **opaque)
{
	struct probe_device *device = calloc(1, sizeof(*device));
	int rc;

	if (!device)
		return -ENOMEM;
	rc = probe_worker_init(device);
	if (rc) {
		free(device);
		return rc;
	}
	device->services = services;
	device->vf = vf;
	zpci_software_open(adapter, vf, &device->config, identity);
	*opaque = device;
	return 0;
}

static void probe_close(void *opaque)
{
	struct probe_device *device = opaque;

	probe_worker_destroy(device);
	free(device);
}

const struct zpci_model zpci_probe_model = {
	.size = sizeof(struct zpci_model),
	.name = "probe",
	.help = "A device to try a platform with: registers, doorbells and a DMA engine.",
	.create = probe_create,
	.destroy = zpci_software_destroy,
	.open = probe_open,
	.close = probe_close,
	.config_read = probe_config_read,
	.config_write = probe_config_write,
	.bar_read = probe_bar_read,
	.bar_write = probe_bar_write,
	.reset = probe_reset,
	.quiesce = probe_quiesce,
	.resume = probe_resume,
	.drain = probe_drain,
};
