// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * null.c - a device that does nothing: the shortest complete model, to be copied for a new one.
 *
 * A PF and its VFs have one BAR of 4 KiB that reads as zero and ignores what is written, no
 * interrupts and no DMA. Their config spaces are made from the description below.
 *
 * A model that does something keeps its registers in its device structure, and calls its services,
 * which this one ignores. The next model to read is probe.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/device/models.h"
#include "zpci/device/software.h"

static const struct zpci_pci_description null_description = {
	.vendor_id = 0x1234, /* not assigned to anybody: see ZPCI_PROBE_VENDOR_ID */
	.device_id = 0x7a6e,
	.vf_device_id = 0x7a6f,
	.class_code = 0xff0000, /* unassigned class */
	.revision = 0x01,
	.bars = { [0] = { .size = 4096, .flags = ZPCI_BAR_64BIT } },
	.vf_bars = { [0] = { .size = 4096, .flags = ZPCI_BAR_64BIT } },
};

struct null_device {
	struct zpci_config_space config;
};

static int null_create(const struct zpci_adapter_options *options, void **adapter)
{
	return zpci_software_create(&null_description, options, adapter);
}

static int null_open(void *adapter, unsigned vf, const struct zpci_services *services,
		     struct zpci_identity *identity, void **device)
{
	struct null_device *null = malloc(sizeof(*null));

	(void)services;
	if (!null)
		return -ENOMEM;
	zpci_software_open(adapter, vf, &null->config, identity);
	*device = null;
	return 0;
}

static void null_close(void *device)
{
	free(device);
}

static void null_reset(void *device)
{
	struct null_device *null = device;

	zpci_config_space_reset(&null->config);
}

static void null_config_read(void *device, unsigned offset, void *data, unsigned length)
{
	struct null_device *null = device;

	zpci_config_space_read(&null->config, offset, data, length);
}

static void null_config_write(void *device, unsigned offset, const void *data, unsigned length)
{
	struct null_device *null = device;

	if (zpci_config_space_write(&null->config, offset, data, length))
		null_reset(null);
}

static int null_bar_read(void *device, unsigned bar, uint64_t offset, void *data, size_t length)
{
	(void)device, (void)bar, (void)offset;
	memset(data, 0, length);
	return 0;
}

static int null_bar_write(void *device, unsigned bar, uint64_t offset, const void *data,
			  size_t length)
{
	(void)device, (void)bar, (void)offset, (void)data, (void)length;
	return 0;
}

/* Nothing runs here that had to stop. */
static void null_pause(void *device)
{
	(void)device;
}

const struct zpci_model zpci_null_model = {
	.size = sizeof(struct zpci_model),
	.name = "null",
	.help = "A device that does nothing: one BAR that reads as zero.",
	.create = null_create,
	.destroy = zpci_software_destroy,
	.open = null_open,
	.close = null_close,
	.config_read = null_config_read,
	.config_write = null_config_write,
	.bar_read = null_bar_read,
	.bar_write = null_bar_write,
	.reset = null_reset,
	.quiesce = null_pause,
	.resume = null_pause,
};
