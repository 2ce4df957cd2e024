/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/ram.h - a machine in memory: guest storage, CPUs as register files, and a record of all that
 * was presented. For tests, fuzzers, benchmarks and experiments. No guest runs in it: the caller
 * says which instruction is executed.
 *
 * Storage is flat; logical addresses are absolute ones (translation off), real ones are prefixed
 * by the CPU. Reads and writes of storage may come from any thread; a CPU belongs to one.
 */
#ifndef ZPCI_RAM_H
#define ZPCI_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/firmware.h>
#include <zpci/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* The machine; its inside is the library's. */
struct zpci_ram;

/* One CPU. The fields are the caller's to set up and to read between instructions. */
struct zpci_ram_cpu {
	struct zpci_ram *machine;      /* whose CPU it is */
	uint64_t gr[16];	       /* general registers, as numbers */
	uint32_t ar[16];	       /* access registers; not looked at */
	uint64_t psw_mask;	       /* ZPCI_PSW_*: addressing mode, and problem state if set */
	uint64_t prefix;	       /* absolute address of its prefix area, 8 KiB aligned */
	unsigned cc;		       /* condition code that the last instruction set */
	bool cc_set;		       /* it did set one */
	uint16_t program_interruption; /* it ended in this one; 0: none */
};

/* Machine with @size bytes of storage, zeroed. NULL: no memory, or @size is 0 or not a multiple of
 * 4096. */
struct zpci_ram *zpci_ram_create(size_t size);
/* The same, with its storage in a file in memory, which another process can map. The operation
 * regions() tells that file. The first access to a page takes longer than without. */
struct zpci_ram *zpci_ram_create_file(size_t size);
/* Frees it, after its firmware was destroyed. NULL is allowed. */
void zpci_ram_destroy(struct zpci_ram *ram);

/* Its operations, for zpci_firmware_create(); the machine argument is the struct zpci_ram. */
const struct zpci_machine_ops *zpci_ram_ops(void);

/* Makes @cpu one of @ram: all zero, in supervisor state and 64-bit addressing mode. There is
 * nothing to free. */
void zpci_ram_cpu_init(struct zpci_ram *ram, struct zpci_ram_cpu *cpu);

/* Executes one instruction on @cpu: resets cc_set and program_interruption, then calls the
 * firmware. */
enum zpci_disposition zpci_ram_execute(struct zpci_ram_cpu *cpu, struct zpci_firmware *firmware,
				       const uint8_t instruction[6]);

/* The storage itself; the caller keeps order with other threads. */
uint8_t *zpci_ram_storage(struct zpci_ram *ram);
/* Its size in bytes. */
size_t zpci_ram_size(const struct zpci_ram *ram);

/* Makes accesses to [@start, @start + @length) fail from now on: logical ones with a delivered
 * addressing exception, others with -EFAULT. One range; length 0 removes it. */
void zpci_ram_poison(struct zpci_ram *ram, uint64_t start, uint64_t length);

/* --- what was presented -------------------------------------------------------------------- */

/* @isc in what follows is an interruption subclass, 0 to 7. Any thread. */

/* SIC: sets the interruption mode of @isc (reference 6.5): 0 ALL, 1 SINGLE. */
void zpci_ram_set_mode(struct zpci_ram *ram, unsigned isc, unsigned mode);

/* Number of adapter interruptions presented on @isc so far (suppressed ones not counted). */
uint64_t zpci_ram_interruptions(struct zpci_ram *ram, unsigned isc);
/* Waits until that number exceeds @seen or @milliseconds passed; returns the number. */
uint64_t zpci_ram_wait_interruption(struct zpci_ram *ram, unsigned isc, uint64_t seen,
				    unsigned milliseconds);
/* Channel reports queued so far. */
uint64_t zpci_ram_channel_reports(struct zpci_ram *ram);
/* SCLP completions so far; *@sccb (NULL is allowed) is the address of the last one's, 0: none. */
uint64_t zpci_ram_completions(struct zpci_ram *ram, uint32_t *sccb);

/* --- time ------------------------------------------------------------------------------------ */

/* The clock stands until it is moved: moves it by @nanoseconds and runs the timers that are due,
 * in order, on the caller's thread. Not from within a timer. */
void zpci_ram_advance(struct zpci_ram *ram, uint64_t nanoseconds);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
