// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * counter.c - a device model in a shared object: a counter.
 *
 * Each of its functions, the PF and any number of VFs, has one BAR with two registers of 64 bits,
 * little-endian as PCI is:
 *
 *	0x00  the counter. A driver reads it, and can set it
 *	0x08  a store here is a DMA address: the device writes the counter there, adds the step to
 *	      it, and raises vector 0
 *
 * A person chooses the first value of each function (start=) and the step of the adapter (step=).
 * Your model begins here: take what it does not need out, and give it a name and IDs of its own.
 */
#include <errno.h>
#include <stdlib.h>

#include <zpci/bytes.h>
#include <zpci/model.h>

#define COUNTER 0x00
#define SEND 0x08
#define REGISTERS 0x10

/* --- what it is ------------------------------------------------------------------------------- */

static const struct zpci_pci_description description = {
	.size = sizeof(description),
	.vendor_id = 0x1234, /* not assigned to anybody */
	.device_id = 0x7a63,
	.vf_device_id = 0x7a64,
	.class_code = 0xff0000, /* unassigned class */
	.bars = { { .size = 4096, .flags = ZPCI_BAR_64BIT } },
	.vf_bars = { { .size = 4096, .flags = ZPCI_BAR_64BIT } },
	.msix = { .vectors = 1, .table = 0x800, .pba = 0xc00 }, /* in BAR 0 */
};

static const struct zpci_pci_description *describe(void *adapter)
{
	(void)adapter;
	return &description;
}

static const struct zpci_option start = {
	.size = sizeof(start),
	.name = "start",
	.help = "what the counter begins with; default 0",
	.kind = ZPCI_OPTION_NUMBER,
	.function = true,
	.high = UINT64_MAX,
};

static const struct zpci_option step = {
	.size = sizeof(step),
	.name = "step",
	.help = "what is added each time; default 1",
	.kind = ZPCI_OPTION_NUMBER,
	.low = 1,
	.high = 1000,
};

static const struct zpci_option *const options[] = { &start, &step, NULL };

/* --- adapters and devices --------------------------------------------------------------------- */

struct adapter {
	uint64_t step;
};

struct device {
	const struct adapter *adapter;
	const struct zpci_services *services;
	uint64_t start;
	uint64_t counter;
	uint64_t address; /* where the counter is to be sent */
	bool waiting;	  /* it is to be sent after resume() */
	bool quiesced;
};

static int create(const struct zpci_adapter_options *asked, void **adapter)
{
	struct adapter *new = malloc(sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->step = zpci_option_number(asked->values, "step", 1);
	*adapter = new;
	return 0;
}

/* The library fills @identity in, because there is describe(). */
static int open_function(void *adapter, unsigned vf, const struct zpci_services *services,
			 struct zpci_identity *identity, void **opaque)
{
	struct device *device = calloc(1, sizeof(*device));

	(void)vf, (void)identity;
	if (!device)
		return -ENOMEM;
	device->adapter = adapter;
	device->services = services;
	device->start = zpci_option_number(services->values, "start", 0);
	device->counter = device->start;
	*opaque = device;
	return 0;
}

static void reset(void *opaque)
{
	struct device *device = opaque;

	device->counter = device->start;
	device->waiting = false;
}

/* --- registers -------------------------------------------------------------------------------- */

/* The library calls operations of one device one at a time, so there is no lock. */
static void send(struct device *device)
{
	const struct zpci_services *services = device->services;
	uint8_t bytes[8];

	device->waiting = device->quiesced;
	if (device->quiesced)
		return;
	zpci_put_le(bytes, sizeof(bytes), device->counter);
	/* If the guest gave no such address, the library tells it. */
	if (services->dma_write(services->function, device->address, bytes, sizeof(bytes), NULL))
		return;
	device->counter += device->adapter->step;
	services->raise_vector(services->function, 0);
}

static int bar_read(void *opaque, unsigned bar, uint64_t offset, void *data, size_t length)
{
	const struct device *device = opaque;
	uint8_t registers[REGISTERS] = { 0 };

	(void)bar; /* there is only one */
	zpci_put_le(registers + COUNTER, 8, device->counter);
	for (size_t i = 0; i < length; i++, offset++)
		((uint8_t *)data)[i] = offset < REGISTERS ? registers[offset] : 0;
	return 0;
}

static int bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data, size_t length)
{
	struct device *device = opaque;

	(void)bar;
	if (length != 8 || offset % 8)
		return -EIO; /* the guest gets an operand exception */
	if (offset == COUNTER)
		device->counter = zpci_get_le(data, 8);
	if (offset == SEND) {
		device->address = zpci_get_le(data, 8);
		send(device);
	}
	return 0;
}

/* --- when the machine stops ------------------------------------------------------------------- */

static void quiesce(void *opaque)
{
	struct device *device = opaque;

	device->quiesced = true;
}

static void resume(void *opaque)
{
	struct device *device = opaque;

	device->quiesced = false;
	if (device->waiting)
		send(device);
}

static const struct zpci_model model = {
	.size = sizeof(model),
	.name = "counter",
	.help = "A counter that is read, set, and sent by DMA with an interrupt.",
	.create = create,
	.destroy = free,
	.open = open_function,
	.close = free,
	.bar_read = bar_read,
	.bar_write = bar_write,
	.reset = reset,
	.quiesce = quiesce,
	.resume = resume,
	.options = options,
	.describe = describe,
};

ZPCI_MODEL_EXPORT(model)
