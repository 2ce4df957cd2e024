// SPDX-License-Identifier: GPL-2.0-or-later
#include "desk_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

static const struct zpci_bar desk_bars[ZPCI_BARS] = {
	[0] = { DESK_BAR0_SIZE, ZPCI_BAR_64BIT },
	[2] = { DESK_BAR2_SIZE, ZPCI_BAR_PREFETCHABLE },
	[3] = { DESK_BAR3_SIZE, 0 },
	[4] = { DESK_BAR4_SIZE, ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE },
};

struct desk *desk_last;

/* --- config space ---------------------------------------------------------------------------- */

static void fill_header(struct desk_device *device)
{
	uint8_t *config = device->config;
	bool pf = !device->vf;

	zpci_put_le(config, 2, pf ? DESK_VENDOR : 0xffff);
	zpci_put_le(config + 2, 2, pf ? DESK_PF_DEVICE : 0xffff);
	zpci_put_le(config + 6, 2, 0x0010);
	config[8] = DESK_REVISION;
	zpci_put_le(config + 9, 3, DESK_CLASS);
	config[0x34] = DESK_MSIX;
	if (!pf)
		return;
	config[0x3d] = 1;
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		zpci_put_le(config + 0x10 + 4 * bar, 4, desk_bars[bar].flags);
}

static void fill_capabilities(uint8_t *config)
{
	zpci_put_le(config + DESK_MSIX, 2, 0x11 | DESK_EXPRESS << 8);
	zpci_put_le(config + DESK_MSIX + 2, 2, DESK_VECTORS - 1);
	zpci_put_le(config + DESK_MSIX + 4, 4, DESK_TABLE | 2);
	zpci_put_le(config + DESK_MSIX + 8, 4, DESK_PENDING | 2);
	zpci_put_le(config + DESK_EXPRESS, 4, 0x00020010);
	zpci_put_le(config + DESK_EXPRESS + 4, 4, 1u << 28); /* function-level reset */
	zpci_put_le(config + 0x100, 8, 0x5566778800010003ull);
}

static void desk_reset(void *opaque)
{
	struct desk_device *device = opaque;

	memset(device->config, 0, sizeof(device->config));
	memset(device->bar0, 0, sizeof(device->bar0));
	memset(device->bar2, 0, sizeof(device->bar2));
	fill_header(device);
	fill_capabilities(device->config);
}

static void desk_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	const struct desk_device *device = opaque;

	memcpy(data, device->config + offset, length);
}

/* A PF's BAR registers; a VF's are read-only 0. */
static uint8_t bar_writable(const struct desk_device *device, unsigned offset)
{
	unsigned bar = (offset - 0x10) / 4;
	uint64_t mask = 0;

	if (device->vf)
		return 0;
	if (desk_bars[bar].size)
		mask = ~(desk_bars[bar].size - 1);
	else if (bar && desk_bars[bar - 1].flags & ZPCI_BAR_64BIT)
		mask = ~(desk_bars[bar - 1].size - 1) >> 32;
	return (uint8_t)(mask >> 8 * (offset % 4));
}

static uint8_t writable(const struct desk_device *device, unsigned offset)
{
	if (offset == 4)
		return device->vf ? 0x04 : 0x07;
	if (offset >= 0x10 && offset < 0x28)
		return bar_writable(device, offset);
	if (offset == 0x3c)
		return 0xff;
	return offset == DESK_EXPRESS + 8 ? 0x0f : 0;
}

static void desk_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct desk_device *device = opaque;
	const uint8_t *bytes = data;
	bool flr = false;

	for (unsigned i = 0; i < length; i++) {
		uint8_t mask = writable(device, offset + i);
		uint8_t *byte = device->config + offset + i;

		*byte = (uint8_t)((*byte & ~mask) | (bytes[i] & mask));
		flr = flr || (offset + i == DESK_EXPRESS + 9 && bytes[i] & 0x80);
	}
	if (flr)
		desk_reset(device);
}

/* --- BARs ------------------------------------------------------------------------------------ */

static int desk_bar_read(void *opaque, unsigned bar, uint64_t offset, void *data, size_t length)
{
	const struct desk_device *device = opaque;
	uint8_t *bytes = data;

	switch (bar) {
	case 0:
		memcpy(data, device->bar0 + offset, length);
		return 0;
	case 2:
		memcpy(data, device->bar2 + offset, length);
		return 0;
	case 4:
		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)((offset + i) * 7 + ((offset + i) >> 24));
		return 0;
	default:
		return -EIO;
	}
}

/* Tells a driver the result and the refused address. */
static void note_result(struct desk_device *device, int rc, uint64_t failed)
{
	device->bar0[DESK_RESULT] = rc == 0 ? 0 : rc == -EFAULT ? 1 : 2;
	zpci_put_le(device->bar0 + DESK_RESULT + 8, 8, failed);
}

void desk_engine(struct desk_device *device)
{
	const struct zpci_services *services = device->services;
	uint64_t address = zpci_get_le(device->bar0 + DESK_DESCRIPTOR, 8), failed = 0;
	size_t length = (size_t)zpci_get_le(device->bar0 + DESK_DESCRIPTOR + 8, 2);
	size_t place = (size_t)zpci_get_le(device->bar0 + DESK_DESCRIPTOR + 10, 2) % DESK_MEMORY;
	uint8_t *memory = device->bar0 + place;
	int rc;

	length %= DESK_MEMORY + 1;
	if (length > DESK_MEMORY - place)
		length = DESK_MEMORY - place;
	if (device->bar0[DESK_DIRECTION] & 1)
		rc = services->dma_write(services->function, address, memory, length, &failed);
	else
		rc = services->dma_read(services->function, address, memory, length, &failed);
	note_result(device, rc, failed);
}

static int desk_bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data,
			  size_t length)
{
	struct desk_device *device = opaque;
	const struct zpci_services *services = device->services;

	if (bar == 3)
		return -EIO;
	if (bar == 2)
		memcpy(device->bar2 + offset, data, length);
	if (bar)
		return 0;
	memcpy(device->bar0 + offset, data, length);
	if (offset == DESK_DOORBELL)
		services->raise_vector(services->function, *(const uint8_t *)data);
	if (offset == DESK_ENGINE)
		desk_engine(device);
	return 0;
}

/* --- life ------------------------------------------------------------------------------------ */

static int desk_create(const struct zpci_adapter_options *options, void **adapter)
{
	(void)options;
	desk_last = calloc(1, sizeof(*desk_last));
	*adapter = desk_last;
	return desk_last ? 0 : -ENOMEM;
}

static void desk_destroy(void *adapter)
{
	free(adapter);
}

static int desk_open(void *adapter, unsigned vf, const struct zpci_services *services,
		     struct zpci_identity *identity, void **result)
{
	struct desk_device *device = calloc(1, sizeof(*device));

	if (!device)
		return -ENOMEM;
	device->desk = adapter;
	device->vf = vf;
	device->services = services;
	device->desk->devices[vf] = device;
	desk_reset(device);
	*identity = (struct zpci_identity){
		.kind = vf ? ZPCI_DEVICE_RAW : ZPCI_DEVICE_VIRTUALISED,
		.vendor_id = DESK_VENDOR,
		.device_id = vf ? DESK_VF_DEVICE : DESK_PF_DEVICE,
		.class_code = DESK_CLASS,
		.revision = DESK_REVISION,
		.vfn = (uint16_t)vf,
		.devfn = (uint8_t)vf,
		.sriov = !vf,
	};
	memcpy(identity->bars, desk_bars, sizeof(desk_bars));
	*result = device;
	return 0;
}

static void desk_close(void *opaque)
{
	struct desk_device *device = opaque;

	device->desk->devices[device->vf] = NULL;
	free(device);
}

/* It works only within operations, so there is nothing to stop. */
static void desk_nothing(void *opaque)
{
	(void)opaque;
}

const struct zpci_model desk_model = {
	.size = sizeof(struct zpci_model),
	.name = "desk",
	.help = "the device of the differential test",
	.create = desk_create,
	.destroy = desk_destroy,
	.open = desk_open,
	.close = desk_close,
	.config_read = desk_config_read,
	.config_write = desk_config_write,
	.bar_read = desk_bar_read,
	.bar_write = desk_bar_write,
	.reset = desk_reset,
	.quiesce = desk_nothing,
	.resume = desk_nothing,
};
