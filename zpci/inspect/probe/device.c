// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device.c - see device.h
 *
 * The registers are in <zpci/probe.h> and zpci-probe(7). We reach them by reads and writes of the
 * vfio device, as vfio-pci has no mmap of a BAR on s390 without mapped-I/O instructions. The end
 * of each operation is an MSI-X interrupt, for which vfio signals an event descriptor; no test of
 * a working device polls a register.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zpci/probe.h>

#include "device.h"
#include "zpci/inspect/base/stop.h"

#define WAIT_MS 10000
#define PAGE 4096u

bool probe_read(const struct probe *p, uint32_t reg, size_t size, uint64_t *value)
{
	errno = vfio_read(p->f, &p->f->bars[ZPCI_PROBE_BAR], reg, size, value);
	return errno == 0;
}

bool probe_write(const struct probe *p, uint32_t reg, size_t size, uint64_t value)
{
	errno = vfio_write(p->f, &p->f->bars[ZPCI_PROBE_BAR], reg, size, value);
	return errno == 0;
}

void probe_refused(struct probe_verdict *verdict)
{
	probe_verdict(verdict, PROBE_NOT_MADE, "a register in BAR %d cannot be accessed: %s",
		      ZPCI_PROBE_BAR, strerror(errno));
}

/* xorshift64*: good enough for lengths and alignments, and the same on every machine. */
uint64_t probe_random(struct probe *p)
{
	p->random ^= p->random >> 12;
	p->random ^= p->random << 25;
	p->random ^= p->random >> 27;
	return p->random * 0x2545f4914f6cdd1dull;
}

uint64_t probe_wait_vector(const struct probe *p, uint32_t vector)
{
	struct pollfd event = { .fd = p->events[vector], .events = POLLIN };
	uint64_t count;

	if (poll(&event, 1, WAIT_MS) <= 0)
		return 0;
	return read(event.fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

bool probe_stopped(struct probe_verdict *verdict)
{
	if (!stop_requested())
		return false;
	probe_verdict(verdict, PROBE_STOPPED, "ended by a signal");
	return true;
}

bool probe_map(const struct probe *p, uint64_t size, bool executable, struct probe_memory *memory,
	       struct probe_verdict *verdict)
{
	int protection = PROT_READ | PROT_WRITE | (executable ? PROT_EXEC : 0), error;
	void *data;

	memset(memory, 0, sizeof(*memory));
	size = (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	data = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (data == MAP_FAILED) {
		probe_verdict(verdict, PROBE_NOT_MADE, "no %llu bytes of memory: %s",
			      (unsigned long long)size, strerror(errno));
		return false;
	}
	error = vfio_find_iova(p->f, size, &memory->iova);
	if (!error)
		error = vfio_map(p->f, data, memory->iova, size);
	if (error) {
		munmap(data, size);
		probe_verdict(verdict, PROBE_NOT_MADE, "%llu bytes cannot be mapped for DMA: %s",
			      (unsigned long long)size, strerror(error));
		return false;
	}
	memory->data = data;
	memory->size = size;
	return true;
}

void probe_unmap(const struct probe *p, struct probe_memory *memory)
{
	vfio_unmap(p->f, memory->iova, memory->size);
	munmap(memory->data, memory->size);
	memory->data = NULL;
}

bool probe_is_one(const struct vfio_function *f)
{
	uint64_t vendor, device;

	return vfio_read(f, &f->config, PCI_VENDOR_ID, 2, &vendor) == 0 &&
	       vfio_read(f, &f->config, PCI_DEVICE_ID, 2, &device) == 0 &&
	       vendor == ZPCI_PROBE_VENDOR_ID &&
	       (device == ZPCI_PROBE_PF_DEVICE_ID || device == ZPCI_PROBE_VF_DEVICE_ID);
}

/* Switch on memory access and bus mastership, and check what answers. */
static bool start(struct probe *p, struct probe_results *results, struct probe_verdict *verdict)
{
	uint64_t id, version, vf, vectors;

	if (vfio_write(p->f, &p->f->config, PCI_COMMAND, 2,
		       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) ||
	    !probe_read(p, ZPCI_PROBE_REG_ID, 4, &id) ||
	    !probe_read(p, ZPCI_PROBE_REG_VERSION, 4, &version) ||
	    !probe_read(p, ZPCI_PROBE_REG_VF, 4, &vf) ||
	    !probe_read(p, ZPCI_PROBE_REG_VECTORS, 4, &vectors)) {
		probe_refused(verdict);
		return false;
	}
	if (id != ZPCI_PROBE_ID || version != ZPCI_PROBE_VERSION) {
		probe_verdict(verdict, PROBE_FAILED,
			      "a probe's PCI ID, but its registers say ID "
			      "0x%08llx version %llu",
			      (unsigned long long)id, (unsigned long long)version);
		return false;
	}
	results->vf = (uint32_t)vf;
	results->vectors = (uint32_t)vectors;
	return true;
}

void probe_close(struct probe *p)
{
	uint32_t none = 0;

	vfio_set_msix(p->f, NULL, &none);
	for (uint32_t i = 0; i < PROBE_MAX_VECTORS; i++) {
		if (p->events[i] >= 0)
			close(p->events[i]);
		p->events[i] = -1;
	}
}

/* Connect as many vectors as the function has, or as the kernel has. */
static bool open_vectors(struct probe *p, struct probe_verdict *verdict)
{
	int error;

	p->vectors =
		p->f->msix_vectors < PROBE_MAX_VECTORS ? p->f->msix_vectors : PROBE_MAX_VECTORS;
	if (!p->vectors) {
		probe_verdict(verdict, PROBE_NOT_MADE, "vfio shows no MSI-X vectors");
		return false;
	}
	for (uint32_t i = 0; i < p->vectors; i++) {
		p->events[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (p->events[i] < 0) {
			probe_verdict(verdict, PROBE_NOT_MADE, "eventfd: %s", strerror(errno));
			return false;
		}
	}
	error = vfio_set_msix(p->f, p->events, &p->vectors);
	if (error == ENOSPC)
		error = vfio_set_msix(p->f, p->events, &p->vectors);
	if (error)
		probe_verdict(verdict, PROBE_NOT_MADE, "MSI-X cannot be switched on: %s",
			      strerror(error));
	return !error;
}

bool probe_open(struct probe *p, const struct vfio_function *f, struct probe_results *results,
		struct probe_verdict *verdict)
{
	p->f = f;
	for (int i = 0; i < PROBE_MAX_VECTORS; i++)
		p->events[i] = -1;
	return start(p, results, verdict) && open_vectors(p, verdict);
}
