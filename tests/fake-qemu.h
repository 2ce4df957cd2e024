/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake-qemu.h - a QEMU for the plugin, in a test's process: the functions that QEMU exports to a
 * plugin and those that symbols.h names, and what calls the plugin back.
 *
 *	test -- fake_execute(), fake_reset(), ... --> plugin --> firmware, device models
 *	                                                |
 *	      fake storage, big lock, interruptions  <--+
 *
 * It is as strict as QEMU about the big lock: a thread must not take it twice or release another
 * one's, and each function that needs it asserts that the caller holds it. One virtual machine for
 * each process, as in QEMU.
 */
#ifndef TESTS_FAKE_QEMU_H
#define TESTS_FAKE_QEMU_H

#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_STORAGE 0x1000000u
#define FAKE_CPUS 2u

struct fake_cpu {
	unsigned index;
	bool there; /* the plugin was told of it */
	uint64_t gr[16], cr[16], psw_mask, psw_address, prefix;
	jmp_buf out; /* of the plugin's callback */
	bool direct; /* inside of a callback that may set the PC */
};

extern uint8_t fake_storage[FAKE_STORAGE];
extern struct fake_cpu fake_cpus[FAKE_CPUS];

/* Loads the plugin with its @count @arguments. Returns what it does. */
int fake_install(char **arguments, int count);

/* Executes the instruction @bytes at @address on the CPU @index, which is this thread's from now
 * on. Returns whether the plugin executed it; then psw_address says where the CPU goes on. False:
 * it is left to QEMU. Problem state, interruptions and the condition code are in the CPU's PSW. */
bool fake_execute(unsigned index, const uint8_t bytes[6], uint64_t address);

/* The main thread's: with the big lock held. */
void fake_reset(void);
void fake_change_state(bool running);
void fake_end(void);

/* --- the big lock ----------------------------------------------------------------------------- */

void fake_lock(void);
void fake_unlock(void);
/* Threads that wait for it. */
extern atomic_uint fake_waiting;

/* --- what QEMU was told ----------------------------------------------------------------------- */

extern atomic_uint fake_interruptions[8], fake_reports, fake_service_signals;
/* Threads that were registered with RCU, and that were unregistered. */
extern atomic_uint fake_rcu_in, fake_rcu_out;
/* Facility bits, 8 a byte; and -only-migratable. */
extern uint8_t fake_facilities[32];

/* Called before each write to storage, on the thread that writes; may be NULL. */
extern void (*fake_on_write)(uint64_t address, uint64_t length);

#endif
