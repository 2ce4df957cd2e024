/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/machine.h - what the firmware needs from its virtual machine.
 *
 * A hypervisor implements struct zpci_machine_ops once; examples are the machine in memory
 * (<zpci/ram.h>) and, written to be read first, examples/vmm.c.
 *
 *	  guest CPU executes a PCI instruction, CLP, SERVC or CHSC
 *	       |
 *	  hypervisor  -- zpci_firmware_execute() -->  firmware
 *	       ^                                        |
 *	       +------------- these operations ---------+
 *
 * Threads. The library calls every operation from any thread that is inside a library call, and
 * those without a @cpu argument from device threads as well. It calls storage and time operations
 * with locks of the library held; these must not call back into the library. It calls the
 * presenting operations (adapter_interruption, channel_report, sclp_completion) with no lock held.
 * All operations may take the hypervisor's big lock, if it has one. So a thread must not hold that
 * lock when it calls into the library: many calls wait for device threads, and these may wait for
 * that lock.
 *
 * @cpu is the hypervisor's own name for a guest CPU. The library does not look at what it points
 * to; it passes it back during the call that brought it.
 */
#ifndef ZPCI_MACHINE_H
#define ZPCI_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Result of a storage access that ended in an access exception, which the machine has delivered to
 * the CPU already: the instruction is over, its operands are untouched, and nothing more may be
 * done to the CPU. After an error, a negative errno, nothing was delivered. */
#define ZPCI_EXCEPTION_DELIVERED 1

/* Program interruption codes (source: z/Architecture Principles of Operation, chapter 6). */
#define ZPCI_PGM_OPERATION 0x0001     /* not an instruction here */
#define ZPCI_PGM_PRIVILEGED 0x0002    /* in the problem state */
#define ZPCI_PGM_PROTECTION 0x0004    /* storage that may not be accessed so */
#define ZPCI_PGM_ADDRESSING 0x0005    /* storage that is not there */
#define ZPCI_PGM_SPECIFICATION 0x0006 /* odd register, alignment, length */
#define ZPCI_PGM_OPERAND 0x0015	      /* an operand's contents */

/* PSW mask bits that the firmware looks at (same source, chapter 4). */
#define ZPCI_PSW_PROBLEM_STATE 0x0001000000000000ull	   /* 0: supervisor state */
#define ZPCI_PSW_EXTENDED_ADDRESSING 0x0000000100000000ull /* with the next one: 64 bit */
#define ZPCI_PSW_BASIC_ADDRESSING 0x0000000080000000ull	   /* alone: 31 bit; neither: 24 bit */

struct zpci_timer; /* defined by the machine */

/* A part of guest storage as the host has it, for devices that access storage by themselves:
 * hardware of the host, another process. */
struct zpci_storage_region {
	uint64_t absolute; /* guest absolute address of its first byte; a multiple of 4096 */
	uint64_t length;   /* bytes, a multiple of 4096 */
	void *host;	   /* address of its first byte in this process */
	int file;	   /* descriptor of what is mapped there, shared; -1: there is none */
	uint64_t offset;   /* of its first byte in that */
	/* Whether devices may write here without the machine's operations. A machine that keeps
	 * what it made from storage, such as translated code, says no, because it would not notice
	 * the change. */
	bool written_behind;
};

/* All are needed, except regions. Copied by zpci_firmware_create(). */
struct zpci_machine_ops {
	/* sizeof(struct zpci_machine_ops) as the caller was compiled; operations behind it
	 * count as absent. */
	size_t size;

	/* Short name for messages, and one sentence of help. Neither is NULL. */
	const char *name;
	const char *help;

	/* --- registers of one CPU; only during zpci_firmware_execute() ------------------- */

	/* General register @number (0 to 15), all 64 bits, as a number. */
	uint64_t (*get_register)(void *machine, void *cpu, unsigned number);
	/* Sets all 64 bits of it. */
	void (*set_register)(void *machine, void *cpu, unsigned number, uint64_t value);

	/* Absolute address of the CPU's prefix area. */
	uint64_t (*get_prefix)(void *machine, void *cpu);

	/* The mask half of the current PSW. The condition code in it is ignored. */
	uint64_t (*get_psw_mask)(void *machine, void *cpu);

	/* Sets the condition code, 0 to 3. Called at most once per instruction, last. */
	void (*set_condition_code)(void *machine, void *cpu, unsigned cc);

	/* Makes the current instruction end in a program interruption with @code. Called at
	 * most once per instruction; nothing else is done to the CPU afterwards. */
	void (*program_interruption)(void *machine, void *cpu, uint16_t code);

	/* --- guest storage ----------------------------------------------------------------
	 * All return 0, or a negative errno (-EFAULT: not in main storage) with nothing
	 * transferred. Naturally aligned reads and writes of 1, 2, 4 or 8 bytes are single-copy
	 * atomic; such a write comes after all earlier accesses of its thread, and all later
	 * accesses come after such a read. Other accesses have no order and can be plain copies.
	 *
	 * Logical: a virtual address under the CPU's current translation. @ar is the number of
	 * the access register that counts in access-register mode; other modes ignore it.
	 * These may also return ZPCI_EXCEPTION_DELIVERED; after another error the firmware ends
	 * the instruction in an addressing exception. Addresses wrap by the CPU's addressing
	 * mode. */
	int (*read_logical)(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			    size_t length);
	int (*write_logical)(void *machine, void *cpu, uint64_t address, unsigned ar,
			     const void *buffer, size_t length);

	/* Whether read_logical() of that range would work, or write_logical() if @write. Moves
	 * nothing. Returns what that operation would return, and delivers the same exception. */
	int (*check_logical)(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			     bool write);

	/* Real: absolute after the CPU's prefixing. */
	int (*read_real)(void *machine, void *cpu, uint64_t address, void *buffer, size_t length);
	int (*write_real)(void *machine, void *cpu, uint64_t address, const void *buffer,
			  size_t length);

	/* Absolute: from any thread. If bytes are written that a CPU executes, it executes the new
	 * ones. */
	int (*read_absolute)(void *machine, uint64_t address, void *buffer, size_t length);
	int (*write_absolute)(void *machine, uint64_t address, const void *buffer, size_t length);

	/* Atomically ORs @bits into the byte at @address and gives its old value in @old; full
	 * memory barrier. Atomic against the guest's own interlocked updates. */
	int (*or_absolute)(void *machine, uint64_t address, uint8_t bits, uint8_t *old);

	/* Optional; NULL: there are none. Calls @visit for each region of storage, in any order;
	 * regions do not overlap. To take a region away, the machine stops naming it and calls
	 * zpci_firmware_storage_changed(); it keeps the region until that returns. */
	void (*regions)(void *machine,
			void (*visit)(void *opaque, const struct zpci_storage_region *region),
			void *opaque);

	/* --- presenting things to the guest ---------------------------------------------- */

	/* Presents a floating adapter interruption on @isc (0 to 7), obeying the suppression
	 * state that the guest set by SIC. Any thread. */
	void (*adapter_interruption)(void *machine, unsigned isc);

	/* Queues a channel report "event information pending" (CRW 0x0B000000) and its machine
	 * check, each time that it is called. The firmware knows when a report is needed: it does
	 * not ask for one while the guest still has to fetch events for the last. Any thread. */
	void (*channel_report)(void *machine);

	/* Presents the service-signal external interruption for the SCCB at real address @sccb.
	 * Called from the CPU's thread. */
	void (*sclp_completion)(void *machine, uint32_t sccb);

	/* --- time -------------------------------------------------------------------------- */

	/* The guest's TOD clock: bit 51 (MSB-0) counts microseconds. Any thread. */
	uint64_t (*clock)(void *machine);

	/* Timers run out once after each setting. @expired is called from any thread, which holds
	 * no lock of the machine that a library call could take. timer_create() gives a stopped
	 * timer, or NULL when it cannot. */
	struct zpci_timer *(*timer_create)(void *machine, void (*expired)(void *opaque),
					   void *opaque);
	/* Lets it run out @nanoseconds from now, in place of an earlier setting; 0: as soon as
	 * possible, but never from within this call. Also called from within @expired. */
	void (*timer_set)(struct zpci_timer *timer, uint64_t nanoseconds);
	/* Stops it: when it returns, @expired neither runs nor will run. Not called from within
	 * @expired, nor with a lock held that @expired takes. */
	void (*timer_cancel)(struct zpci_timer *timer);
	/* Stops it as well, and frees it. */
	void (*timer_destroy)(struct zpci_timer *timer);
};

#ifdef __cplusplus
}
#endif

#endif
