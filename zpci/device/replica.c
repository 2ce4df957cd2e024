// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * replica.c - a device that looks like a function of another machine, and does nothing.
 *
 * Theory of operation. replica_description.c has made a config space for each function as it is
 * after a reset, with masks of what a guest can write and of what it clears by writing 1. A device
 * has a copy of the bytes. Four registers do something:
 *
 *	Device Control  Initiate Function Level Reset resets the device, and reads as 0
 *	VPD address     a read request is completed at once, with zeros: a driver that waits for the
 *	                flag does not wait for ever
 *	power state     a state that the function does not have is not taken
 *	Status and others  bits that a write of 1 clears
 *
 * BARs read as zero and ignore writes. The function in front of the device has the MSI-X table and
 * the pending bits, but no vector is ever raised.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "zpci/device/models.h"
#include "zpci/device/replica_description.h"
#include "zpci/util/copy.h"
#include "zpci/util/log.h"

struct replica_device {
	const struct zpci_replica_own *own;
	uint8_t byte[ZPCI_CONFIG_SIZE]; /* what is read now */
};

static int replica_create(const struct zpci_adapter_options *options, void **adapter)
{
	struct zpci_replica_adapter *new;
	int rc = zpci_replica_take(options, &new);

	if (!rc)
		*adapter = new;
	return rc;
}

static void replica_destroy(void *adapter)
{
	free(adapter);
}

static void replica_reset(void *opaque)
{
	struct replica_device *device = opaque;

	memcpy(device->byte, device->own->initial, sizeof(device->byte));
}

static void identify(const struct zpci_replica_own *own, struct zpci_identity *identity)
{
	identity->kind = ZPCI_DEVICE_VIRTUALISED;
	identity->vendor_id = (uint16_t)zpci_get_le(own->initial + PCI_VENDOR_ID, 2);
	identity->device_id = (uint16_t)zpci_get_le(own->initial + PCI_DEVICE_ID, 2);
	identity->class_code = (uint32_t)zpci_get_le(own->initial + PCI_CLASS_PROG, 3);
	identity->revision = own->initial[PCI_REVISION_ID];
	memcpy(identity->bars, own->bars, sizeof(identity->bars));
	identity->vfn = (uint16_t)own->vf;
	identity->devfn = own->devfn;
	identity->sriov = own->physical;
	identity->interrupt_pin = true;
}

static int replica_open(void *adapter, unsigned vf, const struct zpci_services *services,
			struct zpci_identity *identity, void **device)
{
	const struct zpci_replica_own *own = zpci_replica_find(adapter, vf);
	struct replica_device *new;

	if (!own) {
		zpci_log(&services->logger, ZPCI_LOG_ERROR,
			 "its adapter has no description of VF %u (0 is the PF); describe it", vf);
		return -EINVAL;
	}
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->own = own;
	replica_reset(new);
	identify(own, identity);
	*device = new;
	return 0;
}

static void replica_close(void *device)
{
	free(device);
}

/* --- config space ----------------------------------------------------------------------------- */

/* The caller has checked the range. If it made a mistake, this prevents an overrun. */
static bool outside(unsigned offset, unsigned length)
{
	return offset > ZPCI_CONFIG_SIZE || length > ZPCI_CONFIG_SIZE - offset;
}

static void replica_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	const struct replica_device *device = opaque;

	if (outside(offset, length))
		memset(data, 0xff, length);
	else
		zpci_copy(data, device->byte + offset, length);
}

static bool covers(unsigned offset, unsigned length, unsigned at)
{
	return at >= offset && at - offset < length;
}

/* Whether Device Control is told to reset a function that has this. */
static bool asks_for_reset(const struct replica_device *device, unsigned offset,
			   const uint8_t *data, unsigned length)
{
	unsigned express = device->own->registers.express;
	unsigned at = express + PCI_EXP_DEVCTL + 1;

	return express && covers(offset, length, at) &&
	       data[at - offset] & (PCI_EXP_DEVCTL_BCR_FLR >> 8) &&
	       zpci_get_le(device->byte + express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR;
}

/* A request to read has flag 0, and gets flag 1 with the data; a request to write is the other way
 * round (PCI Local Bus 3.0, appendix I). */
static void complete_vpd(struct replica_device *device, unsigned offset, unsigned length)
{
	unsigned vpd = device->own->registers.vpd, at = vpd + PCI_VPD_ADDR + 1;

	if (vpd && covers(offset, length, at))
		device->byte[at] ^= PCI_VPD_ADDR_F >> 8;
}

/* D1 and D2 are optional. */
static void keep_power_state(struct replica_device *device, uint8_t before)
{
	unsigned power = device->own->registers.power;
	uint64_t has = power ? zpci_get_le(device->byte + power + PCI_PM_PMC, 2) : 0;
	uint8_t *control = device->byte + power + PCI_PM_CTRL;
	uint8_t state = *control & PCI_PM_CTRL_STATE_MASK;

	if (power &&
	    ((state == 1 && !(has & PCI_PM_CAP_D1)) || (state == 2 && !(has & PCI_PM_CAP_D2))))
		*control = (uint8_t)((*control & ~PCI_PM_CTRL_STATE_MASK) |
				     (before & PCI_PM_CTRL_STATE_MASK));
}

static void replica_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct replica_device *device = opaque;
	const struct zpci_registers *registers = &device->own->registers;
	const uint8_t *from = data;
	uint8_t power_before = device->byte[registers->power + PCI_PM_CTRL];

	if (outside(offset, length))
		return;
	if (asks_for_reset(device, offset, from, length)) {
		replica_reset(device);
		return;
	}
	for (unsigned i = 0; i < length; i++) {
		uint8_t mask = registers->writable[offset + i];
		uint8_t *byte = &device->byte[offset + i];

		*byte = (uint8_t)((*byte & ~mask) | (from[i] & mask));
		*byte &= (uint8_t) ~(from[i] & registers->clearing[offset + i]);
	}
	complete_vpd(device, offset, length);
	keep_power_state(device, power_before);
}

/* --- the rest --------------------------------------------------------------------------------- */

static int replica_bar_read(void *device, unsigned bar, uint64_t offset, void *data, size_t length)
{
	(void)device, (void)bar, (void)offset;
	memset(data, 0, length);
	return 0;
}

static int replica_bar_write(void *device, unsigned bar, uint64_t offset, const void *data,
			     size_t length)
{
	(void)device, (void)bar, (void)offset, (void)data, (void)length;
	return 0;
}

/* Nothing runs here that had to stop. */
static void replica_pause(void *device)
{
	(void)device;
}

const struct zpci_model zpci_replica_model = {
	.size = sizeof(struct zpci_model),
	.name = "replica",
	.help = "A function of another machine, as it was captured: it can be looked at, and does "
		"nothing.",
	.create = replica_create,
	.destroy = replica_destroy,
	.open = replica_open,
	.close = replica_close,
	.config_read = replica_config_read,
	.config_write = replica_config_write,
	.bar_read = replica_bar_read,
	.bar_write = replica_bar_write,
	.reset = replica_reset,
	.quiesce = replica_pause,
	.resume = replica_pause,
};
