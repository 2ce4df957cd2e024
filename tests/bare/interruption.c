// SPDX-License-Identifier: GPL-2.0-or-later
/* interruption.c - returns program interruptions, and waits for others. */
#include "internal.h"

struct bare_program_interruption bare_pgm;
struct bare_interruptions bare_interruptions;
uint32_t bare_io_subclasses = 0xff000000;

static struct bare_context *innermost;

/* Control register bits (Principles of Operation, chapter 4). */
#define CR0_CLOCK_COMPARATOR 0x0800
#define CR0_SERVICE_SIGNAL 0x0200
#define CR14_CHANNEL_REPORT 0x10000000

#define EXTERNAL_CLOCK_COMPARATOR 0x1004
#define EXTERNAL_SERVICE_SIGNAL 0x2401

void bare_set_new_psws(bool dat)
{
	uint64_t mask = PSW_64BIT | (dat ? PSW_DAT : 0);

	set_psw(LC_EXTERNAL_NEW, mask, (uintptr_t)bare_external_handler);
	set_psw(LC_SVC_NEW, mask, (uintptr_t)bare_svc_handler);
	set_psw(LC_PROGRAM_NEW, mask, (uintptr_t)bare_program_handler);
	set_psw(LC_MACHINE_CHECK_NEW, mask, (uintptr_t)bare_machine_check_handler);
	set_psw(LC_IO_NEW, mask, (uintptr_t)bare_io_handler);
}

/* --- program -------------------------------------------------------------------------------- */

static void note_program(void)
{
	bare_pgm.code = (uint16_t)lowcore_get(LC_PROGRAM_CODE, 2);
	bare_pgm.ilc = lowcore_get(LC_PROGRAM_ILC, 1) & 6;
	bare_pgm.access_id = (uint8_t)lowcore_get(LC_ACCESS_ID, 1);
	bare_pgm.teid = lowcore_get(LC_TEID, 8);
	bare_pgm.psw_mask = lowcore_get(LC_PROGRAM_OLD, 8);
	bare_pgm.psw_address = lowcore_get(LC_PROGRAM_OLD + 8, 8);
	bare_pgm.cc = bare_pgm.psw_mask >> PSW_CC_SHIFT & 3;
	memcpy(bare_pgm.gpr, lowcore(LC_PROGRAM_GPR), sizeof(bare_pgm.gpr));
}

void bare_program(void)
{
	struct bare_context *context = innermost;

	note_program();
	if (!context)
		bare_die("program interruption 0x%04x at 0x%lx, TEID 0x%lx, r14 0x%lx",
			 bare_pgm.code, bare_pgm.psw_address, bare_pgm.teid, bare_pgm.gpr[14]);
	innermost = context->outer;
	bare_leave(context);
}

int bare_try(void (*function)(void *argument), void *argument)
{
	struct bare_context context = { .outer = innermost };

	innermost = &context;
	if (bare_enter(&context, function, argument))
		return bare_pgm.code;
	innermost = context.outer;
	return 0;
}

/* --- the others ----------------------------------------------------------------------------- */

static volatile unsigned taken; /* the class of the last one */
static volatile bool timed_out;

void bare_external(void)
{
	unsigned code = (unsigned)lowcore_get(LC_EXTERNAL_CODE, 2);

	if (code == EXTERNAL_SERVICE_SIGNAL) {
		bare_interruptions.service++;
		bare_interruptions.service_word = (uint32_t)lowcore_get(LC_EXTERNAL_PARAMETER, 4);
		taken = BARE_SERVICE;
	} else if (code == EXTERNAL_CLOCK_COMPARATOR) {
		timed_out = true;
	} else {
		bare_interruptions.other_external++;
	}
}

void bare_machine_check(void)
{
	bare_interruptions.machine_check++;
	bare_interruptions.machine_check_code = lowcore_get(LC_MACHINE_CHECK_CODE, 8);
	taken = BARE_MACHINE_CHECK;
}

void bare_io(void)
{
	bare_interruptions.io++;
	bare_interruptions.io_word = (uint32_t)lowcore_get(LC_IO_WORD, 4);
	taken = BARE_IO;
}

/* Replaces @bits of control register @number. */
#define SET_CONTROL(number, bits, on)                                                              \
	do {                                                                                       \
		uint64_t value_;                                                                   \
		__asm__ volatile("stctg " #number "," #number ",%0" : "=Q"(value_));               \
		value_ = (on) ? value_ | (bits) : value_ & ~(uint64_t)(bits);                      \
		__asm__ volatile("lctlg " #number "," #number ",%0" : : "Q"(value_) : "memory");   \
	} while (0)

/* Returns the PSW mask for them. */
static uint64_t enable(unsigned classes)
{
	SET_CONTROL(0, CR0_CLOCK_COMPARATOR, true);
	SET_CONTROL(0, CR0_SERVICE_SIGNAL, classes & BARE_SERVICE);
	SET_CONTROL(6, 0xff000000, false);
	SET_CONTROL(6, bare_io_subclasses, classes & BARE_IO);
	SET_CONTROL(14, CR14_CHANNEL_REPORT, classes & BARE_MACHINE_CHECK);
	return PSW_64BIT | PSW_WAIT | PSW_EXTERNAL | (bare_dat_is_on ? PSW_DAT : 0) |
	       (classes & BARE_IO ? PSW_IO : 0) |
	       (classes & BARE_MACHINE_CHECK ? PSW_MACHINE_CHECK : 0);
}

unsigned bare_wait(unsigned classes, uint64_t microseconds)
{
	uint64_t mask = enable(classes), until = bare_clock() + microseconds * 4096;

	__asm__ volatile("sckc %0" : : "Q"(until) : "memory");
	taken = 0;
	timed_out = false;
	while (!taken && !timed_out)
		bare_wait_enabled(mask);
	SET_CONTROL(0, CR0_CLOCK_COMPARATOR, false);
	return taken;
}

/* Enables for one instruction, again and again. A wait for the clock comparator would take
 * milliseconds. */
unsigned bare_drain(unsigned classes)
{
	uint64_t enabled = enable(classes) & ~(uint64_t)PSW_WAIT;
	uint64_t disabled = PSW_64BIT | (bare_dat_is_on ? PSW_DAT : 0);
	unsigned count = 0;

	SET_CONTROL(0, CR0_CLOCK_COMPARATOR, false);
	do {
		taken = 0;
		bare_wait_enabled(enabled);
		bare_wait_enabled(disabled);
		count += taken != 0;
	} while (taken);
	return count;
}
