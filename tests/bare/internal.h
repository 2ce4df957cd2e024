/* SPDX-License-Identifier: GPL-2.0-or-later */
/* internal.h - shared by the runtime's parts. */
#ifndef BARE_INTERNAL_H
#define BARE_INTERNAL_H

#include <stdarg.h>

#include "bare.h"
#include "lowcore.h"

/* Absolute 0 as a linker symbol, whose value the compiler does not know. */
extern uint8_t bare_lowcore[];

static inline void *lowcore(unsigned offset)
{
	return bare_lowcore + offset;
}

static inline uint64_t lowcore_get(unsigned offset, size_t length)
{
	__asm__ volatile("" : : : "memory");
	return zpci_get_be(lowcore(offset), length);
}

static inline void lowcore_put(unsigned offset, uint64_t value)
{
	zpci_put_be(lowcore(offset), 8, value);
	__asm__ volatile("" : : : "memory");
}

static inline void set_psw(unsigned offset, uint64_t mask, uint64_t address)
{
	lowcore_put(offset, mask);
	lowcore_put(offset + 8, address);
}

/* --- start.S -------------------------------------------------------------------------------- */

extern char bare_command_line[];
extern uint8_t bare_free_storage[]; /* behind the program */
extern uint8_t bare_slot[];	    /* a page for the instruction of bare_run() */

/* Registers 6 to 15, those that a function preserves. */
struct bare_context {
	uint64_t gpr[10];
	struct bare_context *outer;
};

int bare_enter(struct bare_context *context, void (*function)(void *), void *argument);
__attribute__((noreturn)) void bare_leave(struct bare_context *context);
void bare_run_slot(void);
void bare_wait_enabled(uint64_t mask);
__attribute__((noreturn)) void bare_load_psw(uint64_t mask, uint64_t address);
void bare_diagnose_reset(unsigned subcode);
void bare_cpu_entry(void);

/* Entered by the new PSWs. */
void bare_external_handler(void);
void bare_svc_handler(void);
void bare_program_handler(void);
void bare_machine_check_handler(void);
void bare_io_handler(void);

/* --- interruption.c ------------------------------------------------------------------------- */

/* New PSWs, with DAT on or off. */
void bare_set_new_psws(bool dat);

/* Called by the handlers. */
void bare_external(void);
__attribute__((noreturn)) void bare_program(void);
void bare_machine_check(void);
void bare_io(void);

/* --- storage.c ------------------------------------------------------------------------------ */

extern bool bare_dat_is_on;

/* --- cpus.c --------------------------------------------------------------------------------- */

void bare_stop_others(void);

/* --- text.c --------------------------------------------------------------------------------- */

void bare_format(void (*put)(char c), const char *format, va_list arguments);

/* --- console.c ------------------------------------------------------------------------------ */

void bare_vprintf(const char *format, va_list arguments);
void bare_flush(void);

#endif
