/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake.h - a fake /dev/kvm of s390, for programs that use KVM: what a test scripts, and what it can
 * look at afterwards.
 *
 *	program under test --- open, ioctl, mmap, close of libc ---> fake ---> libc, for other files
 *	test --------------- fake_exit(), fake_program(), ... -------^
 *
 * The fake checks what Linux checks, and answers as Linux answers (tests/kvm/internal.h says where
 * that is written). It reads arguments by their offsets in bytes and includes no header of KVM's.
 * So it finds a wrong header, a wrong member of a union and a swapped field.
 *
 * The fake has no CPU. A test says what each KVM_RUN returns, and the test is the guest as well: it
 * takes the interruptions that were injected. KVM_RUN itself delivers program interruptions, as
 * these belong to the instruction that exited.
 *
 * Not there: registers by KVM_SET_ONE_REG, the state of interruptions for migration, storage keys
 * by ioctl, protected guests, interpretation; eventfds of KVM_IRQFD ring nothing; a descriptor that
 * was made by dup() is none of the fake's. An ioctl that is not there is ENOTTY.
 *
 * What Linux lets pass though it is a mistake is a finding: it is printed, and the process ends
 * with the exit status 99 (fake_keep_findings()).
 *
 * Two ways to use it:
 *
 *	libfakekvm.la	is linked into the test program. Its open(), ioctl(), mmap() and close()
 *			are those of the program. This is the way with sanitizers: a preloaded
 *			library would have to come before the sanitizer's, which refuses that.
 *	fake.so		is preloaded (LD_PRELOAD) before a program that knows nothing of it, or
 *			before a test of another preloaded library, which then comes first in
 *			LD_PRELOAD. A test program that calls the functions below defines
 *			FAKE_PRELOADED; they are NULL if the fake is not there.
 *
 * @vm, @vcpu: the descriptors that the program under test got. All calls from any thread.
 */
#ifndef TESTS_KVM_FAKE_H
#define TESTS_KVM_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef FAKE_PRELOADED
#pragma weak fake_capability
#pragma weak fake_refuse
#pragma weak fake_newest
#pragma weak fake_keep_findings
#pragma weak fake_findings
#pragma weak fake_finding
#pragma weak fake_patience
#pragma weak fake_exit
#pragma weak fake_running
#pragma weak fake_guest
#pragma weak fake_program
#pragma weak fake_adapter_interruptions
#pragma weak fake_io_interruptions
#pragma weak fake_machine_check
#pragma weak fake_service_signal
#pragma weak fake_dropped_signals
#pragma weak fake_clears
#pragma weak fake_suppression
#pragma weak fake_translate
#pragma weak fake_access_list
#pragma weak fake_storage_key
#pragma weak fake_vcpus
#pragma weak fake_vcpu
#pragma weak fake_vm
#endif

#pragma GCC visibility push(default)

/* --- the host: before the program asks -------------------------------------------------------- */

/* CHECK_EXTENSION answers @value for @number, also to VMs that are there. */
void fake_capability(unsigned number, int value);
/* The next @times calls of @request (an ioctl's number; 0: opening /dev/kvm) fail with @error. */
void fake_refuse(unsigned long request, int error, unsigned times);

/* True, or FAKE_KVM_NEWEST in the environment: memory slots as in Linux 7.2, which wants multiples
 * of pages. Linux 6.1 wants multiples of 1 MiB. Everywhere else the fake has the stricter rule of
 * the two. */
void fake_newest(bool newest);

/* --- findings --------------------------------------------------------------------------------- */

/* True: findings do not end the process, but are kept for the two functions below. */
void fake_keep_findings(bool keep);
/* Takes the findings: how many there were since the last call. */
unsigned fake_findings(void);
/* The text of the last one, or "". */
const char *fake_finding(void);
/* After so many milliseconds an ioctl that waits for another thread's KVM_RUN is a finding. 5000
 * unless a test wants less. The ioctl goes on waiting, as in Linux. */
void fake_patience(unsigned milliseconds);

/* --- what KVM_RUN returns --------------------------------------------------------------------- */

/* The state of a guest's CPU. */
struct fake_cpu {
	uint64_t psw_mask, psw_address;
	uint64_t gr[16];
	uint32_t ar[16];
	uint64_t cr[16];
	uint32_t prefix;
};

/* Exit reasons. */
#define FAKE_INTR 10
#define FAKE_SIEIC 13
#define FAKE_RESET 14
#define FAKE_TSCH 22

#define FAKE_INSTRUCTION 0x04 /* icptcode */
#define FAKE_WAIT 0x1c
#define FAKE_STOP 0x28

struct fake_exit {
	unsigned reason;
	uint8_t icptcode;	/* SIEIC */
	uint8_t instruction[6]; /* SIEIC of an instruction; what is behind it is made random */
	bool executed;		/* by EXECUTE, so its instruction length code is 4 */
	uint64_t flags;		/* RESET; TSCH: subchannel ID and number, dequeued in bit 0 */
	int error;		/* KVM_RUN returns -1 with this errno: EINTR, EAGAIN, EFAULT, ... */
	/* The guest's state at this exit; without it, what KVM_RUN took. The PSW is behind the
	 * instruction. */
	const struct fake_cpu *cpu;
	unsigned times; /* so often; 0: once */
};

/* The next KVM_RUN of @vcpu that has nothing before it returns this. A KVM_RUN without a scripted
 * exit waits for one, or for a signal. */
void fake_exit(int vcpu, const struct fake_exit *exit);
/* Whether a thread is inside of KVM_RUN and waits for an exit: "the guest runs". */
bool fake_running(int vcpu);

/* What the guest has since the last KVM_RUN was entered: KVM took it from kvm_run. The PSW is that
 * before the delivery of a program interruption. */
void fake_guest(int vcpu, struct fake_cpu *cpu);

/* --- what was injected ------------------------------------------------------------------------ */

struct fake_program {
	uint16_t code;
	unsigned length;      /* instruction length code in bytes */
	uint64_t psw_address; /* of the old PSW */
	uint64_t teid;	      /* translation-exception identification */
	unsigned access_id;   /* access register */
};

/* Takes the program interruption that a KVM_RUN delivered since the last call; false: none. */
bool fake_program(int vcpu, struct fake_program *program);

/* Takes the pending adapter interruptions on @isc, and returns their number. */
unsigned fake_adapter_interruptions(int vm, unsigned isc);
/* The same for interruptions of subchannels. */
unsigned fake_io_interruptions(int vm, unsigned isc);
/* Takes the pending floating machine check: how many were injected since then, ORed, and 0 if
 * none. */
unsigned fake_machine_check(int vm, uint64_t *cr14, uint64_t *mcic);
/* Takes the pending service signal; false: none. */
bool fake_service_signal(int vm, uint32_t *parameter);
/* How many signals found one pending, so that their SCCB was dropped. */
unsigned fake_dropped_signals(int vm);
/* How often the FLIC was cleared since the last call. */
unsigned fake_clears(int vm);
/* Of the FLIC: 0 all interruptions, 1 single, 2 none. */
unsigned fake_suppression(int vm, unsigned isc);

/* --- storage ---------------------------------------------------------------------------------- */

/* Makes [@start, @start + @length) of the address space @space translate to @real on; or, with
 * @code, to that exception. A later call counts where ranges overlap. @space is the whole control
 * register that designates the space. What no range has is ASCE type (0038). */
#define FAKE_PROTECTED 0x10000u /* in @code: a store is a protection exception by translation */
void fake_translate(int vm, uint64_t space, uint64_t start, uint64_t length, uint64_t real,
		    unsigned code);
/* The access-list entry token @alet designates @space; or, with @code, that exception. */
void fake_access_list(int vm, uint32_t alet, uint64_t space, unsigned code);
/* The storage key of a block of 4 KiB: bits 0-3 of @key are the access-control bits, FAKE_FETCH is
 * fetch protection. */
#define FAKE_FETCH 0x10
void fake_storage_key(int vm, uint64_t absolute, unsigned key);

/* --- who is there ----------------------------------------------------------------------------- */

/* For a test that does not see the program's descriptors: those of the newest VM. -1: none. */
int fake_vm(void);
unsigned fake_vcpus(int vm);
int fake_vcpu(int vm, unsigned id);

#pragma GCC visibility pop

#endif
