// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * null.c - a device that does nothing: the shortest complete model, to be copied for a new one.
 *
 * A PF and its VFs have one BAR of 4 KiB that reads as zero and ignores what is written, no
 * interrupts and no DMA. The library makes their config spaces from the description below.
 *
 * A model that does something keeps its registers in a device structure, and calls its services,
 * which this one ignores. The next models to read are examples/model/counter.c and probe.c.
 */
#include <string.h>

#include "zpci/device/models.h"

static const struct zpci_pci_description null_description = {
	.size = sizeof(null_description),
	.vendor_id = 0x1234, /* not assigned to anybody: see ZPCI_PROBE_VENDOR_ID */
	.device_id = 0x7a6e,
	.vf_device_id = 0x7a6f,
	.class_code = 0xff0000, /* unassigned class */
	.revision = 0x01,
	.bars = { [0] = { .size = 4096, .flags = ZPCI_BAR_64BIT } },
	.vf_bars = { [0] = { .size = 4096, .flags = ZPCI_BAR_64BIT } },
};

/* An adapter and a device have no state. */
static int null_create(const struct zpci_adapter_options *options, void **adapter)
{
	(void)options;
	*adapter = NULL;
	return 0;
}

static int null_open(void *adapter, unsigned vf, const struct zpci_services *services,
		     struct zpci_identity *identity, void **device)
{
	(void)adapter, (void)vf, (void)services, (void)identity;
	*device = NULL;
	return 0;
}

static const struct zpci_pci_description *null_describe(void *adapter)
{
	(void)adapter;
	return &null_description;
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

/* Nothing is there that had to be freed, reset or stopped. */
static void null_nothing(void *opaque)
{
	(void)opaque;
}

const struct zpci_model zpci_null_model = {
	.size = sizeof(struct zpci_model),
	.name = "null",
	.help = "A device that does nothing: one BAR that reads as zero.",
	.create = null_create,
	.destroy = null_nothing,
	.open = null_open,
	.close = null_nothing,
	.bar_read = null_bar_read,
	.bar_write = null_bar_write,
	.reset = null_nothing,
	.quiesce = null_nothing,
	.resume = null_nothing,
	.describe = null_describe,
};
