/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bare.h - the interface of the runtime for bare-metal s390x programs.
 *
 * A program is one ELF file that `qemu-system-s390x -M s390-ccw-virtio -cpu max -nographic -kernel
 * FILE` starts. It defines main(); start.S calls bare_init(), main(), and bare_exit() with what
 * main() returned. It runs on the first CPU, in supervisor state, 64-bit addressing, DAT off, all
 * interruptions disabled, no floating point and no C library: memcpy(), memset(), memcmp(),
 * strcmp(), strlen() of <string.h> are there.
 *
 *	start.S		entry, interruption handlers, changes of PSW
 *	console.c	SCLP, bare_printf()
 *	interruption.c	bare_try(), bare_wait()
 *	instruction.c	bare_run(), the zPCI instructions
 *	storage.c	pages, translation
 *	functions.c	List, Query, Set by CLP
 *	cpus.c		other CPUs
 *
 * Build: a rule with $(bare_link) in Makefile.am. From a test: tests/guest/Bare.pm.
 */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <zpci/clp.h>
#include <zpci/fib.h>

#include "zpci/util/instruction.h"

int main(void);

/* --- start and end -------------------------------------------------------------------------- */

/* Called before main(): interruption handlers and the console. */
void bare_init(void);

/* Prints `# exit STATUS` and ends QEMU: with status 0 as a guest's shutdown, else as a guest's
 * panic, which `-action panic=exit-failure` makes QEMU's exit status 1. */
__attribute__((noreturn)) void bare_exit(int status);

/* Prints "Bail out! " and the message, and exits with 1. */
__attribute__((noreturn, format(printf, 1, 2))) void bare_die(const char *format, ...);

/* QEMU's -append: words of NAME or NAME=VALUE. The value of @name, up to the next blank, copied
 * to a buffer that the next call overwrites; "" for a NAME alone; NULL if it is not there. */
const char *bare_option(const char *name);
/* Its value as a number, decimal or 0x and hexadecimal; @otherwise without it. */
uint64_t bare_option_number(const char *name, uint64_t otherwise);

/* --- console -------------------------------------------------------------------------------- */

/* %d %u %x %s %c %%, with l or ll, a width, and 0 or - before it. A line is printed at its newline
 * or by bare_exit(). */
__attribute__((format(printf, 1, 2))) void bare_printf(const char *format, ...);

/* One line of TAP, numbered: "ok N - text" or "not ok N - text". Returns @passed. */
__attribute__((format(printf, 2, 3))) bool bare_ok(bool passed, const char *format, ...);
/* Prints "1..N"; returns the number of failures, for main() to return. */
int bare_done(void);

/* --- program interruptions ------------------------------------------------------------------ */

/* The last program interruption. */
struct bare_program_interruption {
	uint16_t code; /* with bit 0x0080 for a PER event */
	uint8_t ilc;   /* bytes of the instruction: 2, 4 or 6; 0: unknown */
	uint8_t cc;    /* of the old PSW */
	uint8_t access_id;
	uint64_t teid; /* translation-exception identification, for access exceptions */
	uint64_t psw_mask, psw_address;
	uint64_t gpr[16]; /* general registers after the instruction */
};

extern struct bare_program_interruption bare_pgm;

/* Runs @function(@argument). Returns 0, or the code of the program interruption that ended it, with
 * bare_pgm set. Calls can be nested; the innermost one returns. A program interruption outside of
 * all ends the program with a message. */
int bare_try(void (*function)(void *argument), void *argument);

/* --- the other interruptions ----------------------------------------------------------------- */

enum bare_class {
	BARE_IO = 1,		/* adapter interruptions of all subclasses, subchannels */
	BARE_SERVICE = 2,	/* external, service signal */
	BARE_MACHINE_CHECK = 4, /* channel report pending */
};

/* Counts since the start, or since a program set them to 0; and parameters of the last one. */
struct bare_interruptions {
	unsigned io;
	unsigned service;
	unsigned machine_check;
	unsigned other_external;
	uint32_t io_word;      /* 0x80000000: adapter interruption; 0x38000000: its subclass */
	uint32_t service_word; /* SCCB address; low bits: event pending */
	uint64_t machine_check_code;
};

extern struct bare_interruptions bare_interruptions;

/* Enables @classes and waits for one interruption; a pending one comes at once. Returns its class,
 * or 0 after @microseconds. Interruptions are disabled outside of this call. */
unsigned bare_wait(unsigned classes, uint64_t microseconds);
/* Takes all pending interruptions and returns their number. */
unsigned bare_drain(unsigned classes);

/* Selects the I/O interruption subclasses of bare_wait(): bits as in control register 6, 0x80000000
 * is subclass 0. At first all. */
extern uint32_t bare_io_subclasses;

/* --- time ------------------------------------------------------------------------------------ */

/* The TOD clock: 4,096 units are one microsecond. */
static inline uint64_t bare_clock(void)
{
	uint64_t clock;

	__asm__ volatile("stckf %0" : "=Q"(clock) : : "cc", "memory");
	return clock;
}

/* --- storage --------------------------------------------------------------------------------- */

/* Bytes of main storage, at most 2 GiB: more is not used. */
uint64_t bare_storage_size(void);

/* @n contiguous pages of 4 KiB, zero. They cannot be given back. Ends the program if there are no
 * more. */
void *bare_pages(unsigned n);

enum bare_access {
	BARE_VALID,
	BARE_PROTECTED, /* a store is PIC 0x04 */
	BARE_INVALID,	/* any access is PIC 0x11, page translation */
};

/* SET PREFIX. The two pages at @prefix must have a copy of the runtime's two pages at 0. */
static inline void bare_set_prefix(uint32_t prefix)
{
	__asm__ volatile("spx %0" : : "Q"(prefix) : "memory");
}

/* Switches DAT on or off. With DAT: logical = real below bare_storage_size(), segment translation
 * (0x10) up to 2 GiB, ASCE type (0x38) above. */
void bare_dat(bool on);
/* Sets the access to the page of @address, while DAT is on. Not for a page of the program. */
void bare_set_access(const void *address, enum bare_access access);

/* ASCE of a space that is the primary one, except that the pages of @start, @length bytes, are seen
 * @shift bytes higher. @start is below 2 GiB, and all of it in one segment of 1 MiB. */
uint64_t bare_space(const void *start, size_t length, size_t shift);
/* Makes these the secondary space, the home space, and that of @alet in the access list of eight
 * entries, until bare_dat(). While DAT is on. */
void bare_set_spaces(uint64_t secondary, uint64_t home, uint32_t alet, uint64_t listed);

/* SET STORAGE KEY EXTENDED: bits 0 to 3 access control, bit 4 fetch protection. */
void bare_set_key(const void *address, uint8_t key);

/* --- instructions ---------------------------------------------------------------------------- */

/* One instruction with all registers under control. */
struct bare_run {
	uint8_t code[6];   /* its bytes */
	uint64_t gpr[16];  /* in and out, also for a program interruption */
	uint64_t psw_mask; /* bits to set besides 64-bit and the current DAT */
	uint64_t psw_off;  /* bits to clear, such as the addressing mode */
	unsigned cc;	   /* out; for a program interruption that of the old PSW */
};

/* Executes it. Returns 0 or the program interruption's code. The instruction must not branch;
 * problem state is psw_mask = BARE_PROBLEM_STATE. */
int bare_run(struct bare_run *run);

#define BARE_PROBLEM_STATE 0x0001000000000000ul

/* Instructions by name. Each returns the condition code. A program interruption goes to the next
 * bare_try(). Pointers to numbers are in and out. */
unsigned bare_pcilg(uint64_t *data, uint64_t *request, uint64_t offset);
unsigned bare_pcistg(uint64_t data, uint64_t *request, uint64_t offset);
unsigned bare_pcistb(uint64_t *request, uint64_t offset, const void *block);
unsigned bare_rpcit(uint64_t *handle, uint64_t start, uint64_t length);
unsigned bare_mpcifc(uint64_t *request, const struct zpci_fib *fib);
unsigned bare_stpcifc(uint64_t *request, struct zpci_fib *fib);
/* @control: the control byte. With ZPCI_CLP_IMMEDIATE @block is a command, *@result is set. */
unsigned bare_clp(uint8_t control, uint64_t block, uint64_t *result);
unsigned bare_servc(uint32_t command, void *sccb); /* does not wait; bare_sclp() does */
unsigned bare_chsc(void *block);
unsigned bare_stcrw(uint32_t *report);
void bare_sic(unsigned operation, unsigned isc, const void *block);

/* A request register. */
static inline uint64_t bare_request(uint32_t handle, unsigned space, unsigned low)
{
	return (uint64_t)handle << 32 | (uint64_t)space << 16 | low;
}

/* Its status. */
static inline unsigned bare_status(uint64_t request)
{
	return request >> 24 & 0xff;
}

/* Fast loads and stores for loops. Each returns the condition code. */
static inline unsigned bare_load(uint64_t request, uint64_t offset, uint64_t *data)
{
	register uint64_t r2 __asm__("2") = request;
	register uint64_t r3 __asm__("3") = offset;
	unsigned cc;

	__asm__ volatile(".insn rre,0xb9d20000,%1,%2\n"
			 "ipm %0\n"
			 "srl %0,28"
			 : "=d"(cc), "=d"(*data), "+d"(r2)
			 : "d"(r3)
			 : "cc", "memory");
	return cc;
}

static inline unsigned bare_store(uint64_t request, uint64_t offset, uint64_t data)
{
	register uint64_t r2 __asm__("2") = request;
	register uint64_t r3 __asm__("3") = offset;
	unsigned cc;

	__asm__ volatile(".insn rre,0xb9d00000,%2,%1\n"
			 "ipm %0\n"
			 "srl %0,28"
			 : "=&d"(cc), "+d"(r2)
			 : "d"(data), "d"(r3)
			 : "cc", "memory");
	return cc;
}

/* SERVC, and waits for its service signal. Returns the response code; 0xffff after a second
 * without. Takes other service signals as well. */
unsigned bare_sclp(uint32_t command, void *sccb);

/* DIAGNOSE 308 subcode 0 (modified clear) or 1 (load normal): returns after the reset with
 * unchanged storage, DAT off and nothing pending. */
void bare_reset(unsigned subcode);
/* Any subcode that returns. Returns the second register of the pair of @address. */
uint64_t bare_diag308(uint64_t *address, unsigned subcode);

/* --- other CPUs ------------------------------------------------------------------------------ */

/* Whether there is a CPU with this address. QEMU's -smp numbers them from 0. */
bool bare_cpu_there(unsigned address);
/* The CPU runs @function(@argument), with DAT off and its own stack. False: it does not exist, or
 * still runs another one. Only one CPU at a time may take interruptions, or use bare_try(),
 * bare_run() and its callers, or the console. Other CPUs use bare_load() and bare_store(). */
bool bare_cpu_start(unsigned address, void (*function)(void *argument), void *argument);
/* Waits until it has ended. */
void bare_cpu_wait(unsigned address);

/* --- functions ------------------------------------------------------------------------------- */

/* Runs the CLP command at @block for PCI (the response follows the request). Returns its response
 * code; for a condition code other than 0, 0xcc00 + the condition code. */
unsigned bare_clp_command(void *block);

/* Up to @max functions from all parts of List. Returns their number; ends the program if List
 * fails. */
unsigned bare_list(struct zpci_clp_list_entry *entry, unsigned max);
/* The current handle of the function @fid; 0: no such function. */
uint32_t bare_handle(uint32_t fid);
/* Response codes of Query; *@response is set. */
unsigned bare_query_function(uint32_t handle, struct zpci_clp_query_function_response *response);
unsigned bare_query_group(uint8_t pfgid, struct zpci_clp_query_group_response *response);
/* Response codes of Set; *@handle is the new one after ZPCI_CLP_OK. */
unsigned bare_enable(uint32_t *handle);
unsigned bare_disable(uint32_t *handle);

/* Configuration space of an enabled function, @length 1, 2 or 4, as a number. Ends the program if
 * it cannot be accessed. */
uint32_t bare_config_read(uint32_t handle, unsigned offset, unsigned length);
void bare_config_write(uint32_t handle, unsigned offset, unsigned length, uint32_t value);
/* A BAR's memory, @length 1 to 8, little-endian registers as numbers. */
uint64_t bare_bar_read(uint32_t handle, unsigned bar, uint64_t offset, unsigned length);
void bare_bar_write(uint32_t handle, unsigned bar, uint64_t offset, unsigned length,
		    uint64_t value);

#endif
