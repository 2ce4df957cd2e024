// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * errors.c - DMA that must be refused, and what follows
 *
 * Four pages are mapped for DMA. Then one of them is unmapped, or mapped for reading only; or the
 * test takes an address beyond or before the function's aperture, where nothing can be mapped.
 * The device is told to move data there. That must be refused at the first address that is not
 * allowed, and from there on nothing may change, neither in memory nor in the device. The
 * firmware then blocks the function and tells the kernel once, by an error event with a code for
 * the reason (PEC; Linux arch/s390/pci/pci_event.c):
 *
 *	0x0002  outside of the aperture          0x0004  not mapped, or protected
 *
 * The kernel tells the user of vfio by the error interrupt. Whether it also recovers the function
 * depends on its version. Linux 6.12 only does it for drivers that can initialise their function
 * again, and vfio-pci cannot: the function stays blocked, loads give ones, and the kernel takes
 * the error for a permanent failure. So the test tries three things, until one works:
 *
 *	nothing             the kernel has recovered the function
 *	VFIO_DEVICE_RESET   DMA works again; but 6.12 cannot switch MSI-X on, as it reads ones from
 *	                    the configuration space of a function in permanent failure
 *	`recover` in sysfs  the kernel makes a new device, and the function is opened again
 *
 * Afterwards the next DMA must work, and so must interrupts.
 *
 * The registers of a blocked function cannot be read. Then only the event says which address was
 * refused.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <zpci/event.h>
#include <zpci/probe.h>

#include "engine.h"
#include "tests.h"
#include "zpci/inspect/kernel/log.h"

#define PAGE 4096u
#define PAGES 4u
#define VICTIM 1u /* the page that cannot be reached */
#define LENGTH 256u
#define WAIT_MS 10000
#define SETTLE_MS 200 /* time for an interrupt that must not come */
#define PATTERN 0xdeadbeefcafef00dull
#define ONES 0xffffffffu

struct error_test {
	struct vfio_function *f;
	struct binding *binding;
	uint32_t fid;
	struct probe p;
	struct probe_results *results;
	enum probe_error_name name;
	struct probe_error *result;
	struct probe_memory memory;
	uint8_t expected[PAGES * PAGE];
	uint8_t device[LENGTH]; /* start of its memory, before */
	int log;		/* of the kernel */
	int event;		/* vfio's error interrupt */
};

/* --- memory ---------------------------------------------------------------------------------- */

static int map_page(struct error_test *t, unsigned page)
{
	uint8_t *data = t->memory.data + page * PAGE;
	uint64_t iova = t->memory.iova + page * PAGE;

	if (t->name == PROBE_ERROR_READ_ONLY && page == VICTIM)
		return vfio_map_read_only(t->f, data, iova, PAGE);
	return vfio_map(t->f, data, iova, PAGE);
}

static bool has_hole(const struct error_test *t)
{
	return t->name == PROBE_ERROR_UNMAPPED_WRITE || t->name == PROBE_ERROR_UNMAPPED_READ ||
	       t->name == PROBE_ERROR_CROSSING;
}

/* Page by page, as vfio cannot unmap a part of a mapping. */
static bool map_pages(struct error_test *t)
{
	for (unsigned i = 0; i < PAGES; i++) {
		int error = map_page(t, i);

		/* The page is mapped first, so that the translation tables for it exist. */
		if (!error && i == VICTIM && has_hole(t))
			error = vfio_unmap(t->f, t->memory.iova + i * PAGE, PAGE);
		if (!error)
			continue;
		probe_verdict(&t->result->verdict, PROBE_NOT_MADE,
			      "a page cannot be mapped for DMA: %s", strerror(error));
		return false;
	}
	return true;
}

static bool make_memory(struct error_test *t)
{
	void *data = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (data == MAP_FAILED || vfio_find_iova(t->f, PAGES * PAGE, &t->memory.iova)) {
		if (data != MAP_FAILED)
			munmap(data, PAGES * PAGE);
		probe_verdict(&t->result->verdict, PROBE_NOT_MADE, "no memory for DMA");
		return false;
	}
	t->memory.data = data;
	t->memory.size = PAGES * PAGE;
	for (size_t i = 0; i < sizeof(t->expected); i++)
		t->expected[i] = (uint8_t)probe_random(&t->p);
	memcpy(data, t->expected, sizeof(t->expected));
	return map_pages(t);
}

static void free_memory(struct error_test *t)
{
	for (unsigned i = 0; i < PAGES && t->f->container_fd >= 0; i++)
		vfio_unmap(t->f, t->memory.iova + i * PAGE, PAGE);
	if (t->memory.data)
		munmap(t->memory.data, t->memory.size);
	t->memory.data = NULL;
}

/* --- the error ------------------------------------------------------------------------------- */

static struct probe_operation operation(struct error_test *t)
{
	struct probe_operation op = {
		.operation = ZPCI_PROBE_DMA_FILL,
		.destination = t->memory.iova + VICTIM * PAGE,
		.length = LENGTH,
		.pattern = PATTERN,
	};

	t->result->pec = ZPCI_PEC_DMA_TRANSLATION;
	t->result->address = op.destination;
	switch (t->name) {
	case PROBE_ERROR_UNMAPPED_READ:
		op.operation = ZPCI_PROBE_DMA_READ;
		op.source = op.destination;
		op.destination = 0;
		return op;
	case PROBE_ERROR_CROSSING:
		op.destination -= LENGTH / 2;
		return op;
	case PROBE_ERROR_BEYOND:
		op.destination = t->f->zpci.end_dma + 1;
		break;
	case PROBE_ERROR_BEFORE:
		op.destination = t->f->zpci.start_dma - PAGE;
		break;
	default:
		return op;
	}
	t->result->pec = ZPCI_PEC_DMA_RANGE;
	t->result->address = op.destination;
	return op;
}

/* Wait for the error interrupt, and then a moment for a second one, which must not come. Take what
 * the kernel has logged. */
static void await_error(struct error_test *t)
{
	struct pollfd event = { .fd = t->event, .events = POLLIN };
	const struct timespec moment = { .tv_nsec = SETTLE_MS * 1000000l };
	uint64_t count;

	poll(&event, 1, WAIT_MS);
	nanosleep(&moment, NULL);
	if (read(t->event, &count, sizeof(count)) == sizeof(count))
		t->result->notified = (uint32_t)count;
	if (read(t->p.events[0], &count, sizeof(count)) == sizeof(count))
		t->result->interrupts = (uint32_t)count;
	t->result->events = event_count_new(t->log, t->fid, &t->result->logged_pec);
	t->result->event_read = event_read(t->fid, &t->result->event, NULL);
}

/* Read the device's registers, which does not work while it is blocked. */
static void ask_device(struct error_test *t)
{
	struct probe_error *r = t->result;

	errno = 0;
	r->load_error = probe_read(&t->p, ZPCI_PROBE_REG_ID, 4, &r->loaded) ? 0 : errno;
	r->status_read = !r->load_error && r->loaded == ZPCI_PROBE_ID &&
			 probe_read(&t->p, ZPCI_PROBE_REG_DMA_STATUS, 4, &r->status) &&
			 probe_read(&t->p, ZPCI_PROBE_REG_DMA_FAILED, 8, &r->failed);
}

/* Count bytes of memory that changed, except those that the device was allowed to write. */
static void compare(struct error_test *t)
{
	size_t allowed = t->name == PROBE_ERROR_CROSSING ? LENGTH / 2 : 0;

	for (size_t i = 0; i < sizeof(t->expected); i++) {
		if (i < VICTIM * PAGE && i >= VICTIM * PAGE - allowed)
			continue;
		t->result->changed += t->memory.data[i] != t->expected[i];
	}
}

static bool look_at_device(struct error_test *t, uint8_t bytes[LENGTH])
{
	int error = vfio_read_bytes(t->f, &t->f->bars[ZPCI_PROBE_BAR], ZPCI_PROBE_MEMORY, bytes,
				    LENGTH);

	if (error) {
		errno = error;
		probe_refused(&t->result->verdict);
	}
	return !error;
}

/* Count bytes of device memory that a refused read changed. After a reset they say nothing, as it
 * clears them. */
static void compare_device(struct error_test *t)
{
	uint8_t bytes[LENGTH];

	if (!t->result->status_read || !look_at_device(t, bytes))
		return;
	for (size_t i = 0; i < LENGTH; i++)
		t->result->changed += bytes[i] != t->device[i];
}

/* --- recovery --------------------------------------------------------------------------------- */

static bool answers(const struct error_test *t)
{
	uint64_t id;

	return probe_read(&t->p, ZPCI_PROBE_REG_ID, 4, &id) && id == ZPCI_PROBE_ID;
}

static int write_attribute(const struct error_test *t, const char *name, const char *text,
			   struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, t->binding->address, name);
	return sysfs_write(path, text, problem);
}

static bool open_again(struct error_test *t)
{
	struct problem *problem = &t->result->verdict.problem;

	vfio_close(t->f);
	if (write_attribute(t, "recover", "1", problem))
		return false;
	/* Linux looks for ways to reset a function when it finds the function. During `recover` the
	 * slot is locked, so that it misses the way by the slot (arch/s390/pci, reset_slot()). */
	write_attribute(t, "reset_method", "default", NULL);
	if (binding_renew(t->binding, problem) || vfio_open(t->f, t->binding->address, problem))
		return false;
	return map_pages(t);
}

/* Whether the function works again, with interrupts. */
static bool works(struct error_test *t, struct probe_verdict *verdict)
{
	probe_close(&t->p);
	return answers(t) && probe_open(&t->p, t->f, t->results, verdict);
}

static struct probe_operation copy_operation(const struct error_test *t)
{
	return (struct probe_operation){
		.operation = ZPCI_PROBE_DMA_COPY,
		.source = t->memory.iova + 2 * PAGE,
		.destination = t->memory.iova + 3 * PAGE,
		.length = PAGE,
	};
}

/* Whether the copy has arrived. Restores the destination for the next time. */
static bool copied(struct error_test *t)
{
	bool equal = memcmp(t->memory.data + 3 * PAGE, t->expected + 2 * PAGE, PAGE) == 0;

	memcpy(t->memory.data + 3 * PAGE, t->expected + 3 * PAGE, PAGE);
	return equal;
}

/* A DMA for which the test waits by reading the status, so that it needs no interrupt. */
static bool dma_by_asking(struct error_test *t)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct probe_operation copy = copy_operation(t);
	uint64_t status = ZPCI_PROBE_STATUS_BUSY;

	if (vfio_write(t->f, &t->f->config, PCI_COMMAND, 2,
		       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) ||
	    !probe_start_operation(&t->p, &copy, 0))
		return false;
	for (int i = 0; i < WAIT_MS && status & ZPCI_PROBE_STATUS_BUSY; i++) {
		nanosleep(&moment, NULL);
		if (!probe_read(&t->p, ZPCI_PROBE_REG_DMA_STATUS, 4, &status))
			return false;
	}
	return status == ZPCI_PROBE_STATUS_DONE && copied(t);
}

static bool reset(struct error_test *t)
{
	struct probe_error *r = t->result;
	struct probe_verdict verdict;

	r->reset_tried = true;
	r->reset_error = vfio_reset(t->f);
	if (r->reset_error)
		return false;
	r->dma_after_reset = answers(t) && dma_by_asking(t);
	return works(t, &verdict);
}

static enum probe_recovery recover(struct error_test *t)
{
	struct probe_verdict *verdict = &t->result->verdict;

	if (answers(t) && works(t, verdict))
		return PROBE_RECOVERED_BY_KERNEL;
	if (reset(t))
		return PROBE_RECOVERED_BY_RESET;
	probe_close(&t->p);
	return open_again(t) && works(t, verdict) ? PROBE_RECOVERED_BY_RECOVER
						  : PROBE_NOT_RECOVERED;
}

/* A copy between the other pages, with an interrupt. */
static bool next_dma(struct error_test *t)
{
	struct probe_verdict *verdict = &t->result->verdict;
	struct probe_operation copy = copy_operation(t);

	if (!probe_operate(&t->p, &copy, verdict))
		return false;
	if (copied(t))
		return true;
	probe_verdict(verdict, PROBE_FAILED, "DMA after the recovery: compare mismatch");
	return false;
}

/* --- the test --------------------------------------------------------------------------------- */

/* A kernel that recovers the function by itself may unblock it before the device raises its
 * interrupt, which then arrives. */
static bool came_while_blocked(const struct probe_error *r)
{
	return r->interrupts && r->recovery != PROBE_RECOVERED_BY_KERNEL;
}

static void judge(struct error_test *t)
{
	struct probe_error *r = t->result;

	if (r->changed)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "%" PRIu64 " bytes changed that the device could not reach",
			      r->changed);
	else if (r->notified != 1)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "vfio's error interrupt came %u times, not once", r->notified);
	else if (came_while_blocked(r))
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "the device's interrupt came, although the function is blocked");
	else if (t->log >= 0 && (r->events != 1 || r->logged_pec != r->pec))
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "the kernel logged %u error events, the last one with PEC 0x%04x, "
			      "not one with 0x%04x",
			      r->events, r->logged_pec, r->pec);
	else if (r->event_read && (r->event.pec != r->pec || r->event.address != r->address))
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "the event has PEC 0x%04x and DMA address 0x%" PRIx64
			      ", not 0x%04x and 0x%" PRIx64,
			      r->event.pec, r->event.address, r->pec, r->address);
	else if (r->status_read && r->failed != r->address)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "the device was refused at DMA address 0x%" PRIx64 ", not 0x%" PRIx64,
			      r->failed, r->address);
	else if (r->reset_tried && !r->dma_after_reset)
		probe_verdict(&r->verdict, PROBE_FAILED, "no DMA after VFIO_DEVICE_RESET: %s",
			      r->reset_error ? strerror(r->reset_error) : "compare mismatch");
	else if (!r->status_read && (r->load_error || r->loaded != ONES))
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "a load from the blocked function gave 0x%08" PRIx64 " (%s)",
			      r->loaded, strerror(r->load_error));
}

static void run(struct error_test *t)
{
	struct probe_error *r = t->result;
	struct probe_operation op = operation(t);

	r->verdict.outcome = PROBE_OK;
	if (!look_at_device(t, t->device))
		return;
	if (!probe_start_operation(&t->p, &op, 0)) {
		probe_refused(&r->verdict);
		return;
	}
	await_error(t);
	ask_device(t);
	compare(t);
	compare_device(t);
	r->recovery = recover(t);
	if (r->recovery == PROBE_NOT_RECOVERED) {
		r->verdict.outcome = PROBE_FAILED;
		if (!r->verdict.problem.text[0])
			problem_set(&r->verdict.problem, "the function was not recovered");
		return;
	}
	if (next_dma(t))
		judge(t);
}

static void run_one(struct error_test *t)
{
	struct probe_verdict *verdict = &t->result->verdict;
	int error;

	verdict->outcome = PROBE_OK;
	if (probe_stopped(verdict) || !probe_open(&t->p, t->f, t->results, verdict))
		return;
	error = vfio_set_error(t->f, t->event);
	if (error)
		probe_verdict(verdict, PROBE_NOT_MADE,
			      "vfio's error interrupt cannot be connected: %s", strerror(error));
	else if (make_memory(t))
		run(t);
	free_memory(t);
	probe_close(&t->p);
}

void probe_test_errors(struct vfio_function *f, struct binding *binding, uint32_t fid,
		       uint64_t random, struct probe_results *results)
{
	struct error_test t = {
		.f = f,
		.binding = binding,
		.fid = fid,
		.p = { .random = random },
		.results = results,
		.log = klog_open(NULL),
		.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};

	for (int i = 0; i < PROBE_ERRORS; i++) {
		t.name = i;
		t.result = &results->errors[i];
		run_one(&t);
	}
	if (t.log >= 0)
		close(t.log);
	close(t.event);
}
