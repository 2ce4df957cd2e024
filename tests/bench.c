// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#include "bench.h"
#include "fixture.h"

static const struct zpci_bar bench_bars[ZPCI_BARS] = {
	[0] = { BENCH_BAR0_SIZE, ZPCI_BAR_64BIT },
	[2] = { BENCH_BAR2_SIZE, ZPCI_BAR_PREFETCHABLE },
	[3] = { BENCH_BAR3_SIZE, 0 },
	[4] = { BENCH_BAR4_SIZE, ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE },
};

struct bench *bench_last;
struct bench_hooks bench_hooks;

static int bench_create(const struct zpci_adapter_options *options, void **adapter)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		return -ENOMEM;
	bench->vfs = options->vfs;
	bench_last = bench;
	*adapter = bench;
	return 0;
}

static void bench_destroy(void *adapter)
{
	free(adapter);
}

/* --- config space --------------------------------------------------------------------- */

static void config_reset(struct bench_device *device)
{
	uint8_t *config = device->config;
	bool pf = !device->vf;

	memset(config, 0, sizeof(device->config));
	zpci_put_le(config + 0x00, 2, pf ? BENCH_VENDOR : 0xffff);
	zpci_put_le(config + 0x02, 2, pf ? BENCH_PF_DEVICE : 0xffff);
	zpci_put_le(config + 0x06, 2, 0x0010); /* capability list */
	config[0x08] = BENCH_REVISION;
	zpci_put_le(config + 0x09, 3, BENCH_CLASS);
	config[0x34] = BENCH_MSIX_CAPABILITY;
	if (pf) {
		config[0x3d] = 1; /* INTA; the function must hide it */
		for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
			zpci_put_le(config + 0x10 + 4 * bar, 4, bench_bars[bar].flags);
	}

	zpci_put_le(config + 0x40, 2, 0x11 | BENCH_EXPRESS_CAPABILITY << 8);
	zpci_put_le(config + 0x42, 2, BENCH_VECTORS - 1);
	zpci_put_le(config + 0x44, 4, BENCH_MSIX_TABLE | BENCH_MSIX_BAR);
	zpci_put_le(config + 0x48, 4, BENCH_MSIX_PBA | BENCH_MSIX_BAR);
	zpci_put_le(config + 0x50, 2, 0x10);
	zpci_put_le(config + 0x52, 2, 0x0002);
	zpci_put_le(config + 0x54, 4, 1u << 28);     /* function-level reset */
	zpci_put_le(config + 0x100, 4, 0x00010003u); /* extended: a serial number */
	zpci_put_le(config + 0x104, 4, 0x11223344u);
}

static void bench_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	const struct bench_device *device = opaque;

	memcpy(data, device->config + offset, length);
}

/* Which bits of the byte at @offset can be written. */
static uint8_t writable(const struct bench_device *device, unsigned offset)
{
	unsigned bar = (offset - 0x10) / 4;
	uint32_t mask;

	if (offset == 0x04)
		return device->vf ? 0x04 : 0x07; /* bus master; a PF also has Memory and I/O */
	if (offset == 0x3c)
		return 0xff;
	if (offset < 0x10 || bar >= ZPCI_BARS || device->vf)
		return 0;
	mask = ~((uint32_t)bench_bars[bar].size - 1);
	if (bar && bench_bars[bar - 1].flags & ZPCI_BAR_64BIT)
		mask = 0xffffffff;
	else if (!bench_bars[bar].size)
		mask = 0;
	return (uint8_t)(mask >> 8 * (offset % 4));
}

static void bench_reset(void *opaque)
{
	struct bench_device *device = opaque;

	if (bench_hooks.resetting)
		bench_hooks.resetting(device);
	config_reset(device);
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++) {
		if (device->bars[bar])
			memset(device->bars[bar], 0, bench_bars[bar].size);
	}
	device->resets++;
}

static void bench_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct bench_device *device = opaque;
	const uint8_t *bytes = data;
	bool resets = false;

	for (unsigned i = 0; i < length; i++) {
		uint8_t mask = writable(device, offset + i);
		uint8_t *byte = device->config + offset + i;

		*byte = (uint8_t)((*byte & ~mask) | (bytes[i] & mask));
		resets |= offset + i == BENCH_EXPRESS_CAPABILITY + 9 && bytes[i] & 0x80;
	}
	if (resets)
		bench_reset(device);
}

/* --- BARs ----------------------------------------------------------------------------- */

static int bench_bar_read(void *opaque, unsigned bar, uint64_t offset, void *data, size_t length)
{
	struct bench_device *device = opaque;

	if (bar == 3)
		return -EIO;
	memcpy(data, device->bars[bar] + offset, length);
	return 0;
}

static void ring(struct bench_device *device, unsigned vector)
{
	if (bench_hooks.rung)
		bench_hooks.rung(device, vector);
	else
		device->services->raise_vector(device->services->function, vector);
}

static int bench_bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data,
			   size_t length)
{
	struct bench_device *device = opaque;

	if (bar == 3)
		return -EIO;
	memcpy(device->bars[bar] + offset, data, length);
	device->bar_writes++;
	if (length > device->longest_write)
		device->longest_write = length;
	if (bar == 0 && offset == BENCH_DOORBELL)
		ring(device, *(const uint8_t *)data);
	return 0;
}

/* --- life ----------------------------------------------------------------------------- */

static void bench_close(void *opaque)
{
	struct bench_device *device = opaque;

	if (bench_hooks.closing)
		bench_hooks.closing(device);
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		free(device->bars[bar]);
	device->bench->devices[device->vf] = NULL;
	free(device);
}

static void fill_identity(const struct bench_device *device, struct zpci_identity *identity)
{
	identity->kind = device->vf ? ZPCI_DEVICE_RAW : ZPCI_DEVICE_VIRTUALISED;
	identity->vendor_id = BENCH_VENDOR;
	identity->device_id = device->vf ? BENCH_VF_DEVICE : BENCH_PF_DEVICE;
	identity->class_code = BENCH_CLASS;
	identity->revision = BENCH_REVISION;
	memcpy(identity->bars, bench_bars, sizeof(bench_bars));
	identity->vfn = (uint16_t)device->vf;
	identity->devfn = (uint8_t)device->vf;
	identity->platform = device->bench->platform;
}

static int bench_open(void *adapter, unsigned vf, const struct zpci_services *services,
		      struct zpci_identity *identity, void **result)
{
	struct bench *bench = adapter;
	struct bench_device *device = calloc(1, sizeof(*device));

	if (!device)
		return -ENOMEM;
	device->bench = bench;
	device->vf = vf;
	device->services = services;
	bench->devices[vf] = device;
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++) {
		if (!bench_bars[bar].size)
			continue;
		device->bars[bar] = calloc(1, bench_bars[bar].size);
		if (!device->bars[bar]) {
			bench_close(device);
			return -ENOMEM;
		}
	}
	config_reset(device);
	fill_identity(device, identity);
	*result = device;
	if (bench_hooks.opened)
		bench_hooks.opened(device);
	return 0;
}

static void bench_quiesce(void *opaque)
{
	struct bench_device *device = opaque;

	device->quiesces++;
	device->quiet = true;
}

static void bench_resume(void *opaque)
{
	struct bench_device *device = opaque;

	device->resumes++;
	device->quiet = false;
}

static int bench_drain(void *opaque, bool wait)
{
	struct bench_device *device = opaque;

	if (!wait)
		return device->busy ? -EBUSY : 0;
	device->waiting++;
	while (device->busy)
		sched_yield();
	device->waiting--;
	return 0;
}

const struct zpci_model bench_model = {
	.size = sizeof(struct zpci_model),
	.name = "bench",
	.help = "a unit test reads its bytes and calls its services",
	.create = bench_create,
	.destroy = bench_destroy,
	.open = bench_open,
	.close = bench_close,
	.config_read = bench_config_read,
	.config_write = bench_config_write,
	.bar_read = bench_bar_read,
	.bar_write = bench_bar_write,
	.reset = bench_reset,
	.quiesce = bench_quiesce,
	.resume = bench_resume,
	.drain = bench_drain,
};
