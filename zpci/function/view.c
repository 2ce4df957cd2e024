// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Config space as the guest sees it: the device's own, with the emulation profile laid over it.
 *
 * A bare VF shows neither IDs nor BARs, and its Command register has no Memory bit. This file
 * answers what the profile emulates. What the device shows by itself is passed, or hidden if the
 * profile is one of a layer that does not show it:
 *
 *	the profile        device shows it (PF, host VF)    device does not (raw VF)
 *	emulates it        passed                           emulated here
 *	does not           hidden: ffff, read-only 0        passed: ffff, read-only 0
 *
 * In the Command register the Memory bit is emulated or hard-wired 0; the device's own is never
 * passed. The I/O bit is 0, as there is no I/O space. The interrupt pin is 0 as well, unless the
 * device says that the guest sees it (reference 9.7). All of this is done for each byte by itself,
 * so that the width and the alignment of an access do not matter.
 *
 * zpci_view_origin() alone decides which bits are whose. Writes ask it, reads use masks that were
 * made from its answers, and zpci_firmware_config_origin() tells them to people.
 *
 * Writes go to the device as well, because a device may follow its Command register or its BARs.
 * The value of a BAR is kept and has no further meaning: loads and stores name the BAR by its
 * number.
 */
#include "zpci/function/view.h"

#include <linux/pci_regs.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/function/dma.h"
#include "zpci/function/gate.h"
#include "zpci/function/msix.h"
#include "zpci/util/copy.h"

#define BARS_START PCI_BASE_ADDRESS_0
#define BARS_END (PCI_BASE_ADDRESS_0 + ZPCI_BARS * 4)

static bool is_bar(unsigned offset)
{
	return offset >= BARS_START && offset < BARS_END;
}

static bool is_msix_control(const struct zpci_function *function, unsigned offset)
{
	return function->msix.capability &&
	       offset == function->msix.capability + PCI_MSIX_FLAGS + 1;
}

/* Of IDs and BARs: the table at the top of this file. */
static struct zpci_config_origin by_table(const struct zpci_function *function, bool emulate)
{
	bool shown = function->identity.kind != ZPCI_DEVICE_RAW;

	return (struct zpci_config_origin){
		.emulated = !shown && emulate ? 0xff : 0,
		.hidden = shown && !emulate ? 0xff : 0,
	};
}

static struct zpci_config_origin command_origin(const struct zpci_profile *profile)
{
	bool absent = profile->command_memory == ZPCI_COMMAND_MEMORY_ABSENT;

	return (struct zpci_config_origin){
		.emulated = absent ? 0 : PCI_COMMAND_MEMORY,
		.hard_wired = PCI_COMMAND_IO | (absent ? PCI_COMMAND_MEMORY : 0),
	};
}

struct zpci_config_origin zpci_view_origin(const struct zpci_function *function, unsigned offset)
{
	const struct zpci_profile *profile = &function->view.profile;

	if (offset < PCI_COMMAND)
		return by_table(function, profile->ids);
	if (offset == PCI_COMMAND)
		return command_origin(profile);
	if (is_bar(offset))
		return by_table(function, profile->bars);
	if (offset == PCI_INTERRUPT_PIN && !function->identity.interrupt_pin)
		return (struct zpci_config_origin){ .hard_wired = 0xff };
	if (is_msix_control(function, offset))
		return (struct zpci_config_origin){ .emulated = ZPCI_MSIX_CONTROL_OWN };
	return (struct zpci_config_origin){ .emulated = 0 };
}

/* Bits of a BAR register that the guest can write: those above the size. For the upper half of a
 * 64-bit BAR they come from the entry before. */
static uint32_t bar_mask(const struct zpci_function *function, unsigned bar)
{
	const struct zpci_bar *bars = function->identity.bars;

	if (bars[bar].size)
		return (uint32_t) ~(bars[bar].size - 1);
	if (bar > 0 && bars[bar - 1].size && (bars[bar - 1].flags & ZPCI_BAR_64BIT))
		return (uint32_t)(~(bars[bar - 1].size - 1) >> 32);
	return 0;
}

static void write_bar_byte(struct zpci_function *function, unsigned offset, uint8_t value)
{
	unsigned byte = offset - BARS_START;
	uint8_t mask = (uint8_t)(bar_mask(function, byte / 4) >> (byte % 4 * 8));
	uint8_t *bars = function->view.bars;

	bars[byte] = (uint8_t)((bars[byte] & ~mask) | (value & mask));
}

uint16_t zpci_view_vfn(const struct zpci_function *function)
{
	return function->view.profile.publish_vfn ? function->identity.vfn : 0;
}

uint16_t zpci_view_vendor_id(const struct zpci_function *function)
{
	return function->view.profile.ids ? function->identity.vendor_id : 0xffff;
}

uint16_t zpci_view_device_id(const struct zpci_function *function)
{
	return function->view.profile.ids ? function->identity.device_id : 0xffff;
}

static uint8_t id_byte(const struct zpci_function *function, unsigned offset)
{
	uint8_t ids[4];

	zpci_put_le(ids, 2, zpci_view_vendor_id(function));
	zpci_put_le(ids + 2, 2, zpci_view_device_id(function));
	return ids[offset];
}

/* What emulated and hidden bits of the header read as. */
static uint8_t own_byte(const struct zpci_function *function, unsigned offset)
{
	if (offset < PCI_COMMAND)
		return id_byte(function, offset);
	if (offset == PCI_COMMAND)
		return function->view.memory ? PCI_COMMAND_MEMORY : 0;
	return function->view.profile.bars ? function->view.bars[offset - BARS_START] : 0;
}

/* Makes the masks of bytes of the header, after something of ours changed there. */
static void keep(struct zpci_function *function, unsigned offset, unsigned length)
{
	struct zpci_view *view = &function->view;

	for (unsigned i = offset; i < offset + length && i < ZPCI_VIEW_HEADER; i++) {
		struct zpci_config_origin origin = zpci_view_origin(function, i);
		unsigned own = origin.emulated | origin.hidden;

		view->passed[i] = (uint8_t) ~(own | origin.hard_wired);
		view->own[i] = (uint8_t)(own ? own & own_byte(function, i) : 0);
	}
}

/* MSI-X's control is behind the header, and changes without this file. */
static void lay_msix_control_over(struct zpci_function *function, unsigned offset, uint8_t *byte,
				  unsigned length)
{
	unsigned control = function->msix.capability + PCI_MSIX_FLAGS + 1;

	if (!function->msix.capability || control < offset || control - offset >= length)
		return;
	byte += control - offset;
	*byte = (uint8_t)((*byte & ~ZPCI_MSIX_CONTROL_OWN) | zpci_msix_control(function));
}

void zpci_view_read(struct zpci_function *function, unsigned offset, void *data, unsigned length)
{
	const struct zpci_view *view = &function->view;
	uint64_t raw = 0, passed, own;
	uint8_t *byte = data;

	function->model->config_read(function->device, offset, data, length);
	if (offset >= ZPCI_VIEW_HEADER) {
		lay_msix_control_over(function, offset, byte, length);
		return;
	}
	/* An access is within a word, and so within the header. All eight bytes are worked out at
	 * once, and the first @length of them are used. */
	zpci_copy(&raw, byte, length);
	memcpy(&passed, view->passed + offset, sizeof(passed));
	memcpy(&own, view->own + offset, sizeof(own));
	raw = (raw & passed) | own;
	zpci_copy(byte, &raw, length);
}

/* Query PCI function reads these without a lock. */
static void publish_bars(struct zpci_function *function)
{
	uint8_t register_bytes[4];

	for (unsigned bar = 0; bar < ZPCI_BARS; bar++) {
		zpci_view_read(function, BARS_START + bar * 4, register_bytes, 4);
		atomic_store_explicit(&function->bar_images[bar],
				      (uint32_t)zpci_get_le(register_bytes, 4),
				      memory_order_relaxed);
	}
}

/* Emulated IDs are read-only. */
static void write_byte(struct zpci_function *function, unsigned offset, uint8_t value)
{
	uint8_t emulated = zpci_view_origin(function, offset).emulated;

	if (!emulated)
		return;
	if (offset == PCI_COMMAND)
		function->view.memory = value & emulated;
	else if (is_bar(offset))
		write_bar_byte(function, offset, value);
	else if (is_msix_control(function, offset))
		zpci_msix_set_control(function, value);
	keep(function, offset, 1);
}

/* Whether this write sets Initiate Function Level Reset of a function that has it. */
static bool starts_flr(struct zpci_function *function, unsigned offset, const uint8_t *data,
		       unsigned length)
{
	unsigned control = function->view.flr_control + 1;

	return function->view.flr_control && control >= offset && control < offset + length &&
	       (data[control - offset] & (PCI_EXP_DEVCTL_BCR_FLR >> 8));
}

/* The Bus Master bit says whether the device may access storage and send messages. It is the
 * device's own: a bare VF has it as well (PCIe 5.0, 9.3.4.1.3). */
static void follow_bus_master(struct zpci_function *function)
{
	uint8_t command;

	function->model->config_read(function->device, PCI_COMMAND, &command, 1);
	zpci_msix_set_bus_master(function, command & PCI_COMMAND_MASTER);
	if (!(command & PCI_COMMAND_MASTER))
		zpci_dma_drain(function);
}

void zpci_view_reset(struct zpci_function *function)
{
	struct zpci_view *view = &function->view;

	zpci_function_assert_locked(function);
	memset(view->bars, 0, sizeof(view->bars));
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		if (function->identity.bars[bar].size)
			view->bars[bar * 4] = (uint8_t)function->identity.bars[bar].flags;
	view->memory = view->profile.command_memory == ZPCI_COMMAND_MEMORY_ON;
	keep(function, 0, ZPCI_VIEW_HEADER);
	follow_bus_master(function);
	publish_bars(function);
}

/* A function-level reset has reached the device, whose gate was closed before. */
static void level_reset(struct zpci_function *function)
{
	zpci_msix_reset(function);
	zpci_view_reset(function);
	zpci_gate_open(function);
}

void zpci_view_write(struct zpci_function *function, unsigned offset, const void *data,
		     unsigned length)
{
	const uint8_t *byte = data;
	bool resets = starts_flr(function, offset, byte, length);

	zpci_function_assert_locked(function);
	if (resets)
		zpci_gate_close(function);
	function->model->config_write(function->device, offset, data, length);
	for (unsigned i = 0; i < length; i++)
		write_byte(function, offset + i, byte[i]);
	if (offset <= PCI_COMMAND && offset + length > PCI_COMMAND)
		follow_bus_master(function);
	if (resets)
		level_reset(function);
	else if (offset < BARS_END && offset + length > BARS_START)
		publish_bars(function);
}

/* Offset of capability @id, or 0. The list is the device's and may be a loop: hops are counted. */
static unsigned find_capability(struct zpci_function *function, uint8_t id)
{
	uint8_t next, header[2];

	function->model->config_read(function->device, PCI_CAPABILITY_LIST, &next, 1);
	for (unsigned hops = 0; next >= PCI_STD_HEADER_SIZEOF && hops < 48; hops++) {
		next &= 0xfc;
		function->model->config_read(function->device, next, header, 2);
		if (header[0] == id)
			return next;
		next = header[1];
	}
	return 0;
}

unsigned zpci_view_capability(struct zpci_function *function, uint8_t id)
{
	uint8_t status;

	function->model->config_read(function->device, PCI_STATUS, &status, 1);
	return status & PCI_STATUS_CAP_LIST ? find_capability(function, id) : 0;
}

void zpci_view_init(struct zpci_function *function)
{
	unsigned express = zpci_view_capability(function, PCI_CAP_ID_EXP);
	uint8_t capabilities[4];

	function->view.flr_control = 0;
	if (!express)
		return;
	function->model->config_read(function->device, express + PCI_EXP_DEVCAP, capabilities, 4);
	if (zpci_get_le(capabilities, 4) & PCI_EXP_DEVCAP_FLR)
		function->view.flr_control = express + PCI_EXP_DEVCTL;
}
