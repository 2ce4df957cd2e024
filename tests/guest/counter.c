// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * counter.c - in the guest: what a driver does with the device of examples/model/counter.c.
 *
 *	counter ADDRESS
 *
 * Through vfio: reads the register, lets the device send it by DMA, waits for the interrupt, and
 * reads again; then sets the register, and resets the function. Prints what it saw as `KEY: VALUE'.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "zpci/inspect/vfio/bind.h"
#include "zpci/inspect/vfio/function.h"

#define COUNTER 0
#define SEND 8

static struct vfio_function vfio;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "counter: %s: %s\n", what, why);
	exit(1);
}

static void must(const char *what, int error)
{
	if (error)
		die(what, problem_errno(error));
}

static uint64_t counter(void)
{
	uint64_t value = 0;

	must("the register", vfio_read(&vfio, &vfio.bars[0], COUNTER, 8, &value));
	return value;
}

/* What the device wrote, which is little-endian. */
static uint64_t sent(const uint8_t *page)
{
	uint64_t value = 0;

	for (unsigned i = 8; i-- > 0;)
		value = value << 8 | page[i];
	return value;
}

static void send_it(uint64_t address, int event)
{
	struct pollfd polled = { .fd = event, .events = POLLIN };
	uint32_t vectors = 1;
	uint64_t count;

	must("MSI-X", vfio_set_msix(&vfio, &event, &vectors));
	must("Bus Master", vfio_write(&vfio, &vfio.config, PCI_COMMAND, 2,
				      PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY));
	must("the address", vfio_write(&vfio, &vfio.bars[0], SEND, 8, address));
	if (poll(&polled, 1, 60000) != 1 || eventfd_read(event, &count))
		die("the interrupt", "it does not come");
	printf("interrupts: %" PRIu64 "\n", count);
}

int main(int count, char **arguments)
{
	struct problem problem = { "" };
	struct binding binding;
	uint64_t address;
	uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (count != 2 || page == MAP_FAILED)
		return 2;
	if (binding_take(&binding, arguments[1], &problem) ||
	    vfio_open(&vfio, arguments[1], &problem))
		die(arguments[1], problem.text);
	must("a DMA address", vfio_find_iova(&vfio, 4096, &address));
	must("DMA", vfio_map(&vfio, page, address, 4096));
	printf("at first: 0x%" PRIx64 "\n", counter());
	send_it(address, eventfd(0, 0));
	printf("sent: 0x%" PRIx64 "\n", sent(page));
	printf("afterwards: 0x%" PRIx64 "\n", counter());
	must("the register", vfio_write(&vfio, &vfio.bars[0], COUNTER, 8, 0x123456789abcdef0));
	printf("set: 0x%" PRIx64 "\n", counter());
	/* The model refuses this one. Linux does not tell who stored. */
	vfio_write(&vfio, &vfio.bars[0], COUNTER, 4, 1);
	printf("after a refused store: 0x%" PRIx64 "\n", counter());
	must("reset", vfio_reset(&vfio));
	printf("after a reset: 0x%" PRIx64 "\n", counter());
	vfio_close(&vfio);
	if (binding_restore(&binding, &problem))
		die(arguments[1], problem.text);
	return 0;
}
