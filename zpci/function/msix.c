// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The MSI-X table and the pending bits, which the function keeps for its device.
 *
 * The capability in the device's config space says where they lie in its BARs. Accesses to those
 * bytes end here, all others at the device. The device raises vectors, which have these effects:
 *
 *	gate closed, not enabled, no such vector    none
 *	function masked or vector masked            its pending bit is set
 *	no Bus Master                               the same: a message is a write to memory
 *	else                                        its message is sent
 *
 * A message to the MSI address of the group signals the vector *in its data*: Linux may use other
 * numbers than the table's index (reference 6.1).
 *
 * A vector that is pending is sent when its entry, the function mask or Bus Master no longer masks
 * it. Nothing else is remembered: the guest may write the table before or after REG_INT (reference
 * 10.3).
 *
 * All state is under interruption.lock, since devices raise vectors from threads of their own.
 * While the gate is closed a vector has no effect, so the calls that begin, reset and end the state
 * need no lock: their callers have closed the gate.
 */
#include "zpci/function/msix.h"

#include <assert.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/function/interruption.h"
#include "zpci/util/log.h"

#define CONTROL_ENABLE (PCI_MSIX_FLAGS_ENABLE >> 8)
#define CONTROL_MASKALL (PCI_MSIX_FLAGS_MASKALL >> 8)

static_assert(ZPCI_MSIX_CONTROL_OWN == (CONTROL_ENABLE | CONTROL_MASKALL), "bits of the function");

static size_t table_size(const struct zpci_msix *msix)
{
	return (size_t)msix->vectors * PCI_MSIX_ENTRY_SIZE;
}

/* Pending bits come in quadwords (PCI Local Bus 3.0, 6.8.2.8). */
static size_t pending_size(const struct zpci_msix *msix)
{
	return (msix->vectors + 63) / 64 * 8;
}

static bool fits(const struct zpci_function *function, unsigned bar, uint64_t offset, size_t size)
{
	return bar < ZPCI_BARS && offset <= function->identity.bars[bar].size &&
	       size <= function->identity.bars[bar].size - offset;
}

static int read_capability(struct zpci_function *function)
{
	struct zpci_msix *msix = &function->msix;
	uint8_t field[4];
	uint32_t value;

	function->model->config_read(function->device, msix->capability + PCI_MSIX_FLAGS, field, 2);
	msix->vectors = (zpci_get_le(field, 2) & PCI_MSIX_FLAGS_QSIZE) + 1;
	function->model->config_read(function->device, msix->capability + PCI_MSIX_TABLE, field, 4);
	value = (uint32_t)zpci_get_le(field, 4);
	msix->bar = value & PCI_MSIX_TABLE_BIR;
	msix->table_offset = value & PCI_MSIX_TABLE_OFFSET;
	function->model->config_read(function->device, msix->capability + PCI_MSIX_PBA, field, 4);
	value = (uint32_t)zpci_get_le(field, 4);
	msix->pba_bar = value & PCI_MSIX_PBA_BIR;
	msix->pba_offset = value & PCI_MSIX_PBA_OFFSET;
	if (fits(function, msix->bar, msix->table_offset, table_size(msix)) &&
	    fits(function, msix->pba_bar, msix->pba_offset, pending_size(msix)))
		return 0;
	zpci_log(&function->parent->logger, ZPCI_LOG_ERROR,
		 "function 0x%08x: MSI-X table or pending bits lie outside of its BARs; correct "
		 "the model %s",
		 function->fid, function->model->name);
	return -EINVAL;
}

int zpci_msix_init(struct zpci_function *function, unsigned capability)
{
	struct zpci_msix *msix = &function->msix;
	int rc;

	zpci_function_assert_closed(function);
	memset(msix, 0, sizeof(*msix));
	msix->capability = capability;
	if (!msix->capability)
		return 0;
	rc = read_capability(function);
	if (rc)
		return rc;
	msix->table = malloc(table_size(msix));
	msix->pending = malloc(pending_size(msix));
	if (!msix->table || !msix->pending) {
		zpci_msix_fini(function);
		return -ENOMEM;
	}
	zpci_msix_reset(function);
	return 0;
}

void zpci_msix_fini(struct zpci_function *function)
{
	struct zpci_msix *msix = &function->msix;

	zpci_function_assert_closed(function);
	free(msix->table);
	free(msix->pending);
	memset(msix, 0, sizeof(*msix));
}

/* As PCI has it after reset: everything masked, nothing pending. */
void zpci_msix_reset(struct zpci_function *function)
{
	struct zpci_msix *msix = &function->msix;

	zpci_function_assert_closed(function);
	msix->enabled = false;
	msix->masked = false;
	if (msix->capability) {
		memset(msix->table, 0, table_size(msix));
		memset(msix->pending, 0, pending_size(msix));
		for (unsigned i = 0; i < msix->vectors; i++)
			msix->table[i * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL] =
				PCI_MSIX_ENTRY_CTRL_MASKBIT;
	}
}

static bool vector_masked(const struct zpci_msix *msix, unsigned vector)
{
	const uint8_t *entry = msix->table + (size_t)vector * PCI_MSIX_ENTRY_SIZE;

	return msix->masked || !msix->bus_master ||
	       (entry[PCI_MSIX_ENTRY_VECTOR_CTRL] & PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

/* Sends the message of @vector. To another address it would be a DMA write to memory. No driver of
 * this platform asks for that, and the message is dropped. */
static uint8_t send(struct zpci_function *function, unsigned vector)
{
	const uint8_t *entry = function->msix.table + (size_t)vector * PCI_MSIX_ENTRY_SIZE;

	if (zpci_get_le(entry + PCI_MSIX_ENTRY_LOWER_ADDR, 8) != function->group->msi_address)
		return 0;
	return zpci_interruption_signal(function,
					(uint32_t)zpci_get_le(entry + PCI_MSIX_ENTRY_DATA, 4));
}

/* Sends what is pending and not masked. With interruption.lock held. */
static uint8_t send_pending(struct zpci_function *function)
{
	struct zpci_msix *msix = &function->msix;
	uint8_t iscs = 0;

	if (!msix->enabled || msix->masked || !msix->bus_master)
		return 0;
	for (unsigned i = 0; i < msix->vectors; i++) {
		if (!(msix->pending[i / 8] & 1u << i % 8) || vector_masked(msix, i))
			continue;
		msix->pending[i / 8] &= (uint8_t) ~(1u << i % 8);
		iscs |= send(function, i);
	}
	return iscs;
}

void zpci_msix_raise(struct zpci_function *function, unsigned vector)
{
	struct zpci_msix *msix = &function->msix;
	uint8_t iscs = 0;

	pthread_mutex_lock(&function->interruption.lock);
	if (zpci_function_is_closed(function) || vector >= msix->vectors || !msix->enabled)
		;
	else if (vector_masked(msix, vector))
		msix->pending[vector / 8] |= (uint8_t)(1u << vector % 8);
	else
		iscs = send(function, vector);
	pthread_mutex_unlock(&function->interruption.lock);
	zpci_function_present(function, iscs);
}

uint8_t zpci_msix_control(const struct zpci_function *function)
{
	uint8_t control = 0;

	if (function->msix.enabled)
		control |= CONTROL_ENABLE;
	if (function->msix.masked)
		control |= CONTROL_MASKALL;
	return control;
}

void zpci_msix_set_control(struct zpci_function *function, uint8_t value)
{
	uint8_t iscs;

	pthread_mutex_lock(&function->interruption.lock);
	function->msix.enabled = value & CONTROL_ENABLE;
	function->msix.masked = value & CONTROL_MASKALL;
	iscs = send_pending(function);
	pthread_mutex_unlock(&function->interruption.lock);
	zpci_function_present(function, iscs);
}

void zpci_msix_set_bus_master(struct zpci_function *function, bool bus_master)
{
	uint8_t iscs;

	atomic_store(&function->bus_master, bus_master);
	pthread_mutex_lock(&function->interruption.lock);
	function->msix.bus_master = bus_master;
	iscs = send_pending(function);
	pthread_mutex_unlock(&function->interruption.lock);
	zpci_function_present(function, iscs);
}

/* As zpci_msix_run(), where the function's own are @size bytes from @start of the BAR. */
static size_t run_against(uint64_t start, size_t size, uint64_t offset, size_t length, bool *own)
{
	if (offset < start) {
		*own = false;
		return start - offset < length ? (size_t)(start - offset) : length;
	}
	*own = offset - start < size;
	if (*own && size - (offset - start) < length)
		return (size_t)(size - (offset - start));
	return length;
}

size_t zpci_msix_run(const struct zpci_function *function, unsigned bar, uint64_t offset,
		     size_t length, bool *own)
{
	const struct zpci_msix *msix = &function->msix;

	*own = false;
	if (bar == msix->bar)
		length = run_against(msix->table_offset, table_size(msix), offset, length, own);
	if (bar == msix->pba_bar && !*own)
		length = run_against(msix->pba_offset, pending_size(msix), offset, length, own);
	return length;
}

static bool in_table(const struct zpci_msix *msix, unsigned bar, uint64_t offset)
{
	return bar == msix->bar && offset >= msix->table_offset &&
	       offset - msix->table_offset < table_size(msix);
}

void zpci_msix_read(struct zpci_function *function, unsigned bar, uint64_t offset, uint8_t *data,
		    size_t length)
{
	struct zpci_msix *msix = &function->msix;

	pthread_mutex_lock(&function->interruption.lock);
	if (in_table(msix, bar, offset))
		memcpy(data, msix->table + (offset - msix->table_offset), length);
	else
		memcpy(data, msix->pending + (offset - msix->pba_offset), length);
	pthread_mutex_unlock(&function->interruption.lock);
}

void zpci_msix_write(struct zpci_function *function, unsigned bar, uint64_t offset,
		     const uint8_t *data, size_t length)
{
	struct zpci_msix *msix = &function->msix;
	uint8_t iscs = 0;

	pthread_mutex_lock(&function->interruption.lock);
	/* The pending bits are read-only. */
	if (in_table(msix, bar, offset)) {
		memcpy(msix->table + (offset - msix->table_offset), data, length);
		iscs = send_pending(function);
	}
	pthread_mutex_unlock(&function->interruption.lock);
	zpci_function_present(function, iscs);
}
