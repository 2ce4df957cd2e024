// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpus.c - other CPUs, each with its own prefix area and stack.
 *
 * A CPU that is not in use is stopped. SIGP restart has it load the restart-new PSW (Principles of
 * Operation, chapter 4, "Signal Processor").
 */
#include "internal.h"

#define CPUS 64u
#define PAGE 4096u
#define STACK_PAGES 4u
#define STATUS_STOPPED 0x40

/* Prefix areas; NULL: not used yet. The first CPU has absolute 0. */
static uint8_t *area[CPUS];

/* Returns the condition code: 0 done, 1 status in *@parameter, 2 busy, 3 no such CPU. */
static unsigned sigp(unsigned address, unsigned order, uint64_t *parameter)
{
	register uint64_t r1 __asm__("1") = *parameter;
	register uint64_t r3 __asm__("3") = address;
	unsigned cc;

	__asm__ volatile("sigp %1,%2,0(%3)\n"
			 "ipm %0\n"
			 "srl %0,28"
			 : "=d"(cc), "+d"(r1)
			 : "d"(r3), "a"((uint64_t)order)
			 : "cc", "memory");
	*parameter = r1;
	return cc;
}

static bool is_stopped(unsigned address)
{
	uint64_t status = 0;

	return sigp(address, SIGP_SENSE, &status) == 1 && status & STATUS_STOPPED;
}

bool bare_cpu_there(unsigned address)
{
	uint64_t status = 0;

	return sigp(address, SIGP_SENSE, &status) != 3;
}

/* New PSWs as of the first CPU, but without DAT, because control registers are reset. */
static uint8_t *make_area(void)
{
	uintptr_t start = (uintptr_t)bare_pages(3 + STACK_PAGES);
	uint8_t *new = (uint8_t *)((start + LC_SIZE - 1) & ~(uintptr_t)(LC_SIZE - 1));

	memcpy(new + LC_RESTART_NEW, lowcore(LC_RESTART_NEW), LC_IO_NEW + 16 - LC_RESTART_NEW);
	for (unsigned at = LC_EXTERNAL_NEW; at <= LC_IO_NEW; at += 16)
		zpci_put_be(new + at, 8, PSW_64BIT);
	zpci_put_be(new + LC_RESTART_NEW, 8, PSW_64BIT);
	zpci_put_be(new + LC_RESTART_NEW + 8, 8, (uintptr_t)bare_cpu_entry);
	/* Two of the three pages are the area, aligned; the stack follows. */
	zpci_put_be(new + LC_CPU_STACK, 8, (uintptr_t) new + LC_SIZE + STACK_PAGES *PAGE - 160);
	return new;
}

bool bare_cpu_start(unsigned address, void (*function)(void *argument), void *argument)
{
	uint64_t parameter;

	if (!address || address >= CPUS || !is_stopped(address))
		return false;
	if (!area[address])
		area[address] = make_area();
	zpci_put_be(area[address] + LC_CPU_FUNCTION, 8, (uintptr_t)function);
	zpci_put_be(area[address] + LC_CPU_ARGUMENT, 8, (uintptr_t)argument);
	parameter = (uintptr_t)area[address];
	if (sigp(address, SIGP_SET_PREFIX, &parameter))
		return false;
	return !sigp(address, SIGP_RESTART, &parameter);
}

void bare_cpu_wait(unsigned address)
{
	const volatile uint8_t *word = area[address] + LC_CPU_FUNCTION;

	/* Its address is below 2 GiB, so these four bytes are enough. */
	while (word[4] | word[5] | word[6] | word[7])
		;
	while (!is_stopped(address))
		;
}

void bare_stop_others(void)
{
	uint16_t own;

	__asm__ volatile("stap %0" : "=Q"(own));
	for (unsigned i = 0; i < CPUS; i++) {
		uint64_t parameter = 0;

		if (i != own && (!i || area[i]))
			sigp(i, SIGP_STOP, &parameter);
	}
}
