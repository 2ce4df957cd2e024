// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device.c - a `probe` device whose services the target checks.
 *
 * All calls of services go through here, from the device's thread or from the target. Before DMA an
 * own walk of the guest's tables finds the frames. During DMA each write must go there. Afterwards
 * the result must agree. The library may remember translations that the guest changed without
 * RPCIT. So does this file, and then both answers are right.
 */
#include "fuzz.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/clp.h>
#include <zpci/fib.h>

#include "zpci/device/probe_device.h"

#define PAGE 4096u
#define PAGE_OF(address) ((address) & ~(uint64_t)(PAGE - 1))
/* A device must not run for ever in one input. */
#define BUDGET 64

static struct fuzz *owner;
static const struct zpci_model *probe;

void fuzz_device_owner(struct fuzz *fuzz)
{
	owner = fuzz;
	probe = zpci_model_find("probe");
}

/* --- the guest's tables ---------------------------------------------------------------------- */

static const struct fuzz_registration *registered(const struct fuzz_device *device)
{
	const struct fuzz *fuzz = device->fuzz;

	for (unsigned i = 0; i < fuzz->registration_count; i++)
		if (fuzz->registrations[i].fid == device->fid)
			return &fuzz->registrations[i];
	return NULL;
}

static bool entry_at(struct fuzz *fuzz, uint64_t address, uint64_t *entry)
{
	uint8_t bytes[8];

	/* By the machine's operation, because a part of storage may be poisoned. */
	if (zpci_ram_ops()->read_absolute(fuzz->ram, address, bytes, 8))
		return false;
	*entry = zpci_get_be(bytes, 8);
	return true;
}

/* From a segment's entry to the frame. */
static bool walk_segment(struct fuzz *fuzz, uint64_t segment, uint64_t address,
			 struct fuzz_translation *found)
{
	uint64_t page;

	if (segment & 0x400) { /* a frame of 1 MiB */
		found->frame = (segment >> 20 << 20) + PAGE_OF(address & 0xfffff);
		return true;
	}
	if (!entry_at(fuzz, (segment & ~0x7ffull) + (address >> 12 & 0xff) * 8, &page) ||
	    page & 0x400)
		return false;
	found->writable &= !(page & 0x200);
	found->frame = PAGE_OF(page);
	return true;
}

/* False: the current tables have no translation of @address. */
static bool walk(const struct fuzz_device *device, uint64_t address, struct fuzz_translation *found)
{
	const struct fuzz_registration *registration = registered(device);
	const struct zpci_fib *fib = &registration->fib;
	uint64_t iota = zpci_be64_get(fib->iota), table = iota & ~0x3fffull, entry;

	if (!(fib->controls & ZPCI_FIB_FC_DMA) || address < zpci_be64_get(fib->pba) ||
	    address > zpci_be64_get(fib->pal))
		return false;
	found->page = PAGE_OF(address);
	found->writable = !(iota & 0x200);
	for (int level = iota >> 2 & 3; level >= 0; level--) {
		if (!entry_at(device->fuzz, table + (address >> (20 + 11 * level) & 0x7ff) * 8,
			      &entry))
			return false;
		if (entry & 0x20 || (entry >> 2 & 3) != (unsigned)level ||
		    (level && (entry & 0xc3) != 3))
			return false;
		found->writable &= !(entry & 0x200);
		table = entry & ~0x3fffull;
	}
	return walk_segment(device->fuzz, entry, address, found);
}

void fuzz_forget(struct fuzz_device *device, uint64_t start, uint64_t last)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < device->used_count; i++)
		if (device->used[i].page + PAGE - 1 < start || device->used[i].page > last)
			device->used[kept++] = device->used[i];
	device->used_count = kept;
}

static bool same(const struct fuzz_translation *a, const struct fuzz_translation *b)
{
	return a->page == b->page && a->frame == b->frame && a->writable == b->writable;
}

/* Translations of @address: first the current one, then former ones. @index counts from 0. */
static bool candidate(const struct fuzz_device *device, uint64_t address, unsigned index,
		      struct fuzz_translation *found, bool *valid)
{
	*valid = true;
	if (index == 0) {
		*valid = walk(device, address, found);
		return true;
	}
	if (index > device->used_count)
		return false;
	*found = device->used[index - 1];
	*valid = found->page == PAGE_OF(address);
	return true;
}

static void remember(struct fuzz_device *device, uint64_t address)
{
	struct fuzz_translation now;

	if (!walk(device, address, &now))
		return;
	for (unsigned i = 0; i < device->used_count; i++)
		if (same(&device->used[i], &now))
			return;
	fuzz_must(device->used_count < FUZZ_TRANSLATIONS); /* see make_room() */
	device->used[device->used_count++] = now;
}

/* --- DMA ------------------------------------------------------------------------------------- */

static bool reachable(struct fuzz *fuzz, uint64_t absolute, size_t length)
{
	uint8_t bytes[PAGE];

	for (size_t part; length; absolute += part, length -= part) {
		part = length < PAGE ? length : PAGE;
		if (zpci_ram_ops()->read_absolute(fuzz->ram, absolute, bytes, part))
			return false;
	}
	return true;
}

static size_t piece(const struct fuzz_dma *dma)
{
	size_t room = PAGE - dma->address % PAGE;

	return dma->length < room ? dma->length : room;
}

static void advance(struct fuzz_dma *dma, size_t length)
{
	dma->address += length;
	dma->length -= length;
}

/* A write is a run of pages. Each page must be in a frame of its translations. */
void fuzz_dma_wrote(struct fuzz *fuzz, uint64_t absolute, size_t length)
{
	struct fuzz_dma run = fuzz->dma;
	bool refused = !reachable(fuzz, absolute, length);

	fuzz_must(run.write && length && length <= run.length);
	run.length = length;
	while (run.length) {
		struct fuzz_translation found;
		bool valid, fine = false;

		for (unsigned i = 0; candidate(run.device, run.address, i, &found, &valid) && !fine;
		     i++)
			fine = valid && found.writable &&
			       absolute == found.frame + run.address % PAGE;
		fuzz_must(fine);
		remember(run.device, run.address);
		absolute += piece(&run);
		advance(&run, piece(&run));
	}
	if (length < fuzz->dma.length)
		remember(run.device, run.address);
	if (!refused)
		advance(&fuzz->dma, length);
}

/* The bytes that were read are those in storage. */
static void check_read(struct fuzz_dma *dma, const uint8_t *buffer)
{
	struct fuzz *fuzz = dma->device->fuzz;
	struct fuzz_translation found;
	uint8_t there[PAGE];
	size_t length = piece(dma);
	bool valid, fine = false;

	for (unsigned i = 0; candidate(dma->device, dma->address, i, &found, &valid) && !fine; i++)
		fine = valid &&
		       !zpci_ram_ops()->read_absolute(fuzz->ram, found.frame + dma->address % PAGE,
						      there, length) &&
		       !memcmp(there, buffer, length);
	fuzz_must(fine);
	remember(dma->device, dma->address);
	advance(dma, length);
}

/* A refused access must have a reason. If only its frame was missing, its translation may be used
 * again. The same holds for further pages, which were translated before this access. */
static void check_refused(struct fuzz_dma *dma)
{
	struct fuzz_translation found;
	struct fuzz_dma behind = *dma;
	bool valid, fine = false;

	for (unsigned i = 0; candidate(dma->device, dma->address, i, &found, &valid) && !fine; i++)
		fine = (i == 0 && !valid) || (valid && dma->write && !found.writable) ||
		       (valid && !reachable(dma->device->fuzz, found.frame + dma->address % PAGE,
					    piece(dma)));
	fuzz_must(fine);
	for (; behind.length; advance(&behind, piece(&behind)))
		remember(behind.device, behind.address);
}

static bool may_dma(const struct fuzz_device *device)
{
	const struct fuzz_registration *registration = registered(device);
	uint8_t command = 0;

	if (!registration || registration->state != ZPCI_STATE_ENABLED)
		return false;
	probe->config_read(device->inner, 4, &command, 1);
	return command & 4;
}

static enum zpci_state state_of(const struct fuzz_device *device)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	return zpci_firmware_info(device->fuzz->firmware, device->fid, &info) ? ZPCI_STATE_RESERVED
									      : info.state;
}

static void judge(struct fuzz_dma *dma, bool allowed, int rc, uint64_t failed,
		  const uint8_t *buffer)
{
	uint64_t end = rc ? failed : dma->address + dma->length;

	fuzz_must(rc == 0 || rc == -EFAULT || rc == -ENODEV);
	fuzz_must(allowed == (rc != -ENODEV));
	while (!dma->write && dma->length && dma->address != end) {
		size_t length = piece(dma);

		check_read(dma, buffer);
		buffer += length;
	}
	fuzz_must(dma->length == 0 ? !rc : rc && dma->address == failed);
	if (rc != -EFAULT)
		return;
	check_refused(dma);
	fuzz_must(state_of(dma->device) == ZPCI_STATE_ERROR);
}

/* The memory for translations is limited: when it is full the guest refreshes everything. */
static void make_room(struct fuzz_device *device, size_t length)
{
	const struct fuzz_registration *registration = registered(device);
	struct zpci_outcome outcome;

	if (device->used_count + length / PAGE + 2 < FUZZ_TRANSLATIONS)
		return;
	fuzz_must(registration);
	outcome = zpci_refresh(device->fuzz->firmware, registration->handle, 0, UINT64_MAX);
	fuzz_must(outcome.cc == 0);
	fuzz_forget(device, 0, UINT64_MAX);
}

int fuzz_dma(struct fuzz_device *device, bool write, uint64_t address, void *buffer, size_t length)
{
	struct fuzz *fuzz = device->fuzz;
	const struct zpci_services *services = device->services;
	uint64_t failed = address;
	bool allowed;
	int rc;

	fuzz_enter(fuzz);
	fuzz_must(!fuzz->dma.device && !device->quiesced);
	fuzz_watch(fuzz);
	allowed = may_dma(device);
	if (allowed)
		make_room(device, length);
	fuzz->dma = (struct fuzz_dma){ device, write, address, length };
	if (write)
		rc = services->dma_write(services->function, address, buffer, length, &failed);
	else
		rc = services->dma_read(services->function, address, buffer, length, &failed);
	if (length)
		judge(&fuzz->dma, allowed, rc, failed, buffer);
	fuzz->dma.device = NULL;
	fuzz_check_presented(fuzz);
	fuzz_leave(fuzz);
	return rc;
}

static int engine(void *opaque, bool write, uint64_t address, void *buffer, size_t length,
		  uint64_t *failed)
{
	struct fuzz_device *device = opaque;
	size_t done = 0;

	if (!device->budget) {
		*failed = address;
		return -EFAULT;
	}
	device->budget--;
	/* Page by page, to know which one is refused. */
	while (done < length) {
		size_t part = PAGE - (address + done) % PAGE;
		int rc;

		if (part > length - done)
			part = length - done;
		rc = fuzz_dma(device, write, address + done, (uint8_t *)buffer + done, part);
		if (rc) {
			*failed = address + done;
			return rc;
		}
		done += part;
	}
	return 0;
}

static int engine_read(void *opaque, uint64_t address, void *buffer, size_t length,
		       uint64_t *failed)
{
	return engine(opaque, false, address, buffer, length, failed);
}

static int engine_write(void *opaque, uint64_t address, const void *buffer, size_t length,
			uint64_t *failed)
{
	return engine(opaque, true, address, (void *)buffer, length, failed);
}

/* --- messages -------------------------------------------------------------------------------- */

/* If it is called within a step of the guest, that step checks. */
static void engine_raise(void *opaque, unsigned vector)
{
	struct fuzz_device *device = opaque;

	fuzz_must(!device->quiesced);
	if (pthread_equal(device->fuzz->main, pthread_self()))
		device->services->raise_vector(device->services->function, vector);
	else
		fuzz_raise(device, vector);
}

void fuzz_raise(struct fuzz_device *device, unsigned vector)
{
	struct fuzz *fuzz = device->fuzz;

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	device->services->raise_vector(device->services->function, vector);
	fuzz_check_presented(fuzz);
	fuzz_must(fuzz->write_count <= 2);
	fuzz_leave(fuzz);
}

/* --- the model ------------------------------------------------------------------------------- */

static int fuzz_create(const struct zpci_adapter_options *options, void **adapter)
{
	return probe->create(options, adapter);
}

static void fuzz_destroy(void *adapter)
{
	probe->destroy(adapter);
}

static int fuzz_open(void *adapter, unsigned vf, const struct zpci_services *services,
		     struct zpci_identity *identity, void **opaque)
{
	struct fuzz_device *device = &owner->devices[vf];

	memset(device, 0, sizeof(*device));
	device->fuzz = owner;
	device->vf = vf;
	device->fid = FUZZ_FID + vf;
	device->services = services;
	device->budget = BUDGET;
	device->between = (struct zpci_services){ .size = sizeof(device->between),
						  .dma_read = engine_read,
						  .dma_write = engine_write,
						  .raise_vector = engine_raise,
						  .logger = services->logger,
						  .function = device };
	*opaque = device;
	return probe->open(adapter, vf, &device->between, identity, &device->inner);
}

static void fuzz_close(void *opaque)
{
	struct fuzz_device *device = opaque;

	probe->close(device->inner);
	device->inner = NULL;
}

static void fuzz_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	struct fuzz_device *device = opaque;

	fuzz_must(length >= 1 && length <= 4 && offset < ZPCI_CONFIG_SIZE &&
		  offset / 4 == (offset + length - 1) / 4);
	probe->config_read(device->inner, offset, data, length);
}

static void fuzz_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct fuzz_device *device = opaque;

	fuzz_must(length >= 1 && length <= 4 && offset < ZPCI_CONFIG_SIZE &&
		  offset / 4 == (offset + length - 1) / 4);
	probe->config_write(device->inner, offset, data, length);
}

/* The contract of a model: accesses are within the BAR and outside of the function's structures. */
static void check_bar(unsigned bar, uint64_t offset, size_t length)
{
	uint64_t size = bar == ZPCI_PROBE_BAR	     ? ZPCI_PROBE_BAR_SIZE
			: bar == ZPCI_PROBE_MSIX_BAR ? ZPCI_PROBE_MSIX_BAR_SIZE
						     : 0;

	fuzz_must(length && length <= size && offset <= size - length);
	if (bar != ZPCI_PROBE_MSIX_BAR)
		return;
	fuzz_must(offset >= ZPCI_PROBE_MSIX_TABLE + 16 * ZPCI_PROBE_VECTORS);
	fuzz_must(offset + length <= ZPCI_PROBE_MSIX_PBA ||
		  offset >= ZPCI_PROBE_MSIX_PBA + ZPCI_PROBE_VECTORS / 8);
}

static int fuzz_bar_read(void *opaque, unsigned bar, uint64_t offset, void *data, size_t length)
{
	struct fuzz_device *device = opaque;

	check_bar(bar, offset, length);
	fuzz_must(length <= 8);
	return probe->bar_read(device->inner, bar, offset, data, length);
}

static int fuzz_bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data,
			  size_t length)
{
	struct fuzz_device *device = opaque;

	check_bar(bar, offset, length);
	fuzz_must(length <= 4096);
	return probe->bar_write(device->inner, bar, offset, data, length);
}

static void fuzz_reset(void *opaque)
{
	struct fuzz_device *device = opaque;

	probe->reset(device->inner);
}

static void fuzz_quiesce(void *opaque)
{
	struct fuzz_device *device = opaque;

	probe->quiesce(device->inner);
	device->quiesced = true;
}

static void fuzz_resume(void *opaque)
{
	struct fuzz_device *device = opaque;

	device->quiesced = false;
	probe->resume(device->inner);
}

static int fuzz_device_drain(void *opaque, bool wait)
{
	struct fuzz_device *device = opaque;

	return probe->drain(device->inner, wait);
}

const struct zpci_model fuzz_model = {
	.size = sizeof(struct zpci_model),
	.name = "fuzz",
	.help = "a probe device whose services are checked",
	.create = fuzz_create,
	.destroy = fuzz_destroy,
	.open = fuzz_open,
	.close = fuzz_close,
	.config_read = fuzz_config_read,
	.config_write = fuzz_config_write,
	.bar_read = fuzz_bar_read,
	.bar_write = fuzz_bar_write,
	.reset = fuzz_reset,
	.quiesce = fuzz_quiesce,
	.resume = fuzz_resume,
	.drain = fuzz_device_drain,
};

/* --- waiting --------------------------------------------------------------------------------- */

/* Whether the device's thread has work; doorbells that wait expire now. The device's lock is
 * held. */
static bool busy(struct probe_device *device)
{
	bool due = device->queue.count > 0;

	for (unsigned i = 0; i < device->queue.count; i++)
		device->queue.entry[i].deadline = 0;
	if (due)
		probe_wake(device);
	return due || device->in_service || device->dma.status & ZPCI_PROBE_STATUS_BUSY;
}

static void drain_device(struct fuzz_device *device)
{
	struct probe_device *inner = device->inner;
	bool more;

	if (!inner || device->quiesced || !inner->started)
		return;
	do {
		pthread_mutex_lock(&inner->lock);
		more = busy(inner);
		pthread_mutex_unlock(&inner->lock);
		if (more)
			sched_yield();
	} while (more);
	device->budget = BUDGET;
}

void fuzz_drain(struct fuzz *fuzz)
{
	for (unsigned vf = 0; vf <= FUZZ_VFS; vf++)
		drain_device(&fuzz->devices[vf]);
}
