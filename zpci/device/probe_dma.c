// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * probe_dma.c - the DMA engine of a probe device.
 *
 * Theory of operation. One operation at a time, with operands latched by the command:
 *
 *	           command             last chunk, error
 *	  idle  ------------>  BUSY  ---------------------> DONE or ERROR (-> interrupt)
 *	                        |
 *	                        +-- reset ----------------> ERROR, code RESET, no interrupt
 *
 * In each turn the thread moves one chunk through a bounce buffer: the services alone access guest
 * memory, and device memory is accessed under the lock, which the guest's CPUs take as well. After
 * each chunk the thread looks whether the operation is still wanted. A reset meanwhile has cleared
 * BUSY. It cannot be BUSY by a new command, because the guest reaches the registers again only
 * after probe_drain() has seen the thread leave its service. If a service answers -ECANCELED, a
 * reset has begun, and the operation ends as that reset will end it.
 *
 * The thread also ends a command that makes no sense, so that a driver always sees the same: BUSY,
 * then the end, then the interrupt.
 *
 * All operands are the guest's and may be hostile. The latched copy is checked once.
 */
#include <errno.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/device/probe_device.h"

#define COMMAND_BITS                                                                               \
	(ZPCI_PROBE_DMA_OP_MASK | ZPCI_PROBE_DMA_INTERRUPT | ZPCI_PROBE_DMA_VECTOR_MASK)

static uint64_t operand(const struct probe_device *device, unsigned offset)
{
	return zpci_get_le(device->registers + offset, 8);
}

void probe_dma_command(struct probe_device *device, uint32_t command)
{
	struct probe_dma *dma = &device->dma;

	if (dma->status & ZPCI_PROBE_STATUS_BUSY) {
		dma->status |= ZPCI_PROBE_STATUS_OVERRUN;
		return;
	}
	dma->job = (struct probe_job){
		.command = command,
		.source = operand(device, ZPCI_PROBE_REG_DMA_SOURCE),
		.destination = operand(device, ZPCI_PROBE_REG_DMA_DESTINATION),
		.length = operand(device, ZPCI_PROBE_REG_DMA_LENGTH),
		.pattern = operand(device, ZPCI_PROBE_REG_DMA_PATTERN),
	};
	dma->status = ZPCI_PROBE_STATUS_BUSY;
	dma->done = 0;
	dma->failed = 0;
	probe_wake(device);
}

static uint32_t vector_of(const struct probe_job *job)
{
	return (job->command & ZPCI_PROBE_DMA_VECTOR_MASK) >> ZPCI_PROBE_DMA_VECTOR_SHIFT;
}

static bool wants_interrupt(const struct probe_job *job)
{
	return job->command & ZPCI_PROBE_DMA_INTERRUPT;
}

/* Whether @length bytes from @start fit into device memory. */
static bool fits_memory(uint64_t start, uint64_t length)
{
	return length <= ZPCI_PROBE_MEMORY_SIZE && start <= ZPCI_PROBE_MEMORY_SIZE - length;
}

/* Whether @length bytes from DMA address @start end within 64 bits. */
static bool fits_address(uint64_t start, uint64_t length)
{
	return length == 0 || start <= UINT64_MAX - (length - 1);
}

static bool fits(const struct probe_job *job, bool source_inside, bool destination_inside)
{
	return (source_inside ? fits_memory(job->source, job->length)
			      : fits_address(job->source, job->length)) &&
	       (destination_inside ? fits_memory(job->destination, job->length)
				   : fits_address(job->destination, job->length));
}

/* Returns 0 or the ZPCI_PROBE_CODE_* of what is wrong with a command. */
static unsigned check(const struct probe_job *job)
{
	bool fine;

	if (job->command & ~COMMAND_BITS)
		return ZPCI_PROBE_CODE_COMMAND;
	if (wants_interrupt(job) && vector_of(job) >= ZPCI_PROBE_VECTORS)
		return ZPCI_PROBE_CODE_COMMAND;
	switch (job->command & ZPCI_PROBE_DMA_OP_MASK) {
	case ZPCI_PROBE_DMA_READ:
		fine = fits(job, false, true);
		break;
	case ZPCI_PROBE_DMA_WRITE:
		fine = fits(job, true, false);
		break;
	case ZPCI_PROBE_DMA_COPY:
		fine = fits(job, false, false);
		break;
	case ZPCI_PROBE_DMA_FILL:
		fine = fits_address(job->destination, job->length);
		break;
	default:
		return ZPCI_PROBE_CODE_COMMAND;
	}
	return fine && job->length <= ZPCI_PROBE_DMA_MAX ? 0 : ZPCI_PROBE_CODE_LENGTH;
}

/* Guest memory to bounce buffer and back; no lock held. */
static int fetch(struct probe_device *device, uint64_t address, size_t length, uint64_t *failed)
{
	const struct zpci_services *services = device->services;

	*failed = address;
	return services->dma_read(services->function, address, device->bounce, length, failed);
}

static int deliver(struct probe_device *device, uint64_t address, size_t length, uint64_t *failed)
{
	const struct zpci_services *services = device->services;

	*failed = address;
	return services->dma_write(services->function, address, device->bounce, length, failed);
}

/* Puts what goes to the guest into the bounce buffer, with the lock held. A chunk is a multiple of
 * the pattern, so each chunk begins with the pattern's first byte. */
static void prepare(struct probe_device *device, const struct probe_job *job, uint64_t done,
		    size_t length)
{
	switch (job->command & ZPCI_PROBE_DMA_OP_MASK) {
	case ZPCI_PROBE_DMA_WRITE:
		memcpy(device->bounce, device->memory + job->source + done, length);
		break;
	case ZPCI_PROBE_DMA_FILL:
		for (size_t i = 0; i < sizeof(device->bounce); i += 8)
			zpci_put_le(device->bounce + i, 8, job->pattern);
		break;
	}
}

/* Moves @length bytes at @done; no lock held. */
static int transfer(struct probe_device *device, const struct probe_job *job, uint64_t done,
		    size_t length, uint64_t *failed)
{
	unsigned operation = job->command & ZPCI_PROBE_DMA_OP_MASK;
	int rc = 0;

	if (operation == ZPCI_PROBE_DMA_READ || operation == ZPCI_PROBE_DMA_COPY)
		rc = fetch(device, job->source + done, length, failed);
	if (!rc && operation != ZPCI_PROBE_DMA_READ)
		rc = deliver(device, job->destination + done, length, failed);
	return rc;
}

/* What the status shows after a reset has ended an operation. */
#define RESET_TRACE                                                                                \
	(ZPCI_PROBE_STATUS_ERROR | ZPCI_PROBE_CODE_RESET << ZPCI_PROBE_STATUS_CODE_SHIFT)

/* Ends an operation. The status comes first, so that the handler of the interrupt finds it. */
static void end_operation(struct probe_device *device, const struct probe_job *job, unsigned code)
{
	struct probe_dma *dma = &device->dma;

	if (code == ZPCI_PROBE_CODE_RESET) {
		dma->status = RESET_TRACE;
		return;
	}
	dma->status &= ZPCI_PROBE_STATUS_OVERRUN;
	if (code)
		dma->status |= ZPCI_PROBE_STATUS_ERROR | code << ZPCI_PROBE_STATUS_CODE_SHIFT;
	else
		dma->status |= ZPCI_PROBE_STATUS_DONE;
	if (wants_interrupt(job) && vector_of(job) < ZPCI_PROBE_VECTORS)
		probe_raise(device, vector_of(job));
}

/* Moves one chunk. False: a reset has ended the operation meanwhile. */
static bool move_chunk(struct probe_device *device, const struct probe_job *job, unsigned *code)
{
	struct probe_dma *dma = &device->dma;
	uint64_t done = dma->done;
	uint64_t left = job->length - done;
	size_t length = left < ZPCI_PROBE_DMA_CHUNK ? (size_t)left : ZPCI_PROBE_DMA_CHUNK;
	uint64_t failed = 0;
	int rc;

	prepare(device, job, done, length);
	probe_service_enter(device);
	rc = transfer(device, job, done, length, &failed);
	probe_service_leave(device);
	if (!(dma->status & ZPCI_PROBE_STATUS_BUSY))
		return false;
	if (rc) {
		dma->failed = failed;
		*code = rc == -ECANCELED ? ZPCI_PROBE_CODE_RESET : ZPCI_PROBE_CODE_DMA;
		return true;
	}
	if ((job->command & ZPCI_PROBE_DMA_OP_MASK) == ZPCI_PROBE_DMA_READ)
		memcpy(device->memory + job->destination + done, device->bounce, length);
	dma->done = done + length;
	return true;
}

bool probe_dma_step(struct probe_device *device)
{
	struct probe_dma *dma = &device->dma;
	struct probe_job job = dma->job;
	unsigned code;

	if (!(dma->status & ZPCI_PROBE_STATUS_BUSY))
		return false;
	code = check(&job);
	if (!code && dma->done < job.length && !move_chunk(device, &job, &code))
		return true;
	if (code || dma->done == job.length)
		end_operation(device, &job, code);
	return true;
}

void probe_dma_reset(struct probe_device *device)
{
	struct probe_dma *dma = &device->dma;
	bool ended = dma->status & ZPCI_PROBE_STATUS_BUSY || dma->status == RESET_TRACE;

	memset(dma, 0, sizeof(*dma));
	/* Nothing else is left after a reset: it tells a driver that its data did not arrive. Later
	 * resets keep it, because resets come in groups: Linux's kexec makes three. */
	if (ended)
		dma->status = RESET_TRACE;
}
