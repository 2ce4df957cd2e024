/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.S - entry, interruption handlers, and whatever changes the PSW.
 *
 * QEMU treats an ELF file that is entered at 0x10000 as a Linux kernel: it copies the command line
 * to 0x10480, as much as the doubleword at 0x10430 allows (QEMU hw/s390x/ipl.c; Linux
 * Documentation/arch/s390, "kernel parameter area").
 */
#include "lowcore.h"

#define PARAMETERS 0x1000
#define FRAME 160 /* the ABI's register save area */

	.section .entry,"ax"
	.globl _start
_start:
	j	start
	.org	0x430
	.quad	PARAMETERS
	.org	0x480
	.globl	bare_command_line
bare_command_line:
	.space	PARAMETERS

	.text
start:
	larl	%r15,stack_end - FRAME
	larl	%r2,bare_zero_start
	larl	%r3,bare_zero_end
0:	clgr	%r2,%r3
	jhe	1f
	xc	0(8,%r2),0(%r2)
	aghi	%r2,8
	j	0b
1:	brasl	%r14,bare_init
	brasl	%r14,main
	lgfr	%r2,%r2
	brasl	%r14,bare_exit

/* int bare_enter(context, function, argument) */
	.globl	bare_enter
bare_enter:
	stmg	%r6,%r15,0(%r2)
	aghi	%r15,-FRAME
	lgr	%r6,%r2
	lgr	%r2,%r4
	basr	%r14,%r3
	lmg	%r6,%r15,0(%r6)
	lghi	%r2,0
	br	%r14

/* void bare_leave(context): bare_enter() returns 1. */
	.globl	bare_leave
bare_leave:
	lmg	%r6,%r15,0(%r2)
	lghi	%r2,1
	br	%r14

/* void bare_load_psw(mask, address) */
	.globl	bare_load_psw
bare_load_psw:
	stmg	%r2,%r3,LC_WAIT_PSW
	lpswe	LC_WAIT_PSW

/* void bare_wait_enabled(mask): returns when an interruption's handler has. */
	.globl	bare_wait_enabled
bare_wait_enabled:
	larl	%r3,0f
	stmg	%r2,%r3,LC_WAIT_PSW
	lpswe	LC_WAIT_PSW
0:	br	%r14

/* void bare_run_slot(void): PSW and registers are in the prefix area, and so are they afterwards.
 * The instruction is followed by SVC; a program interruption leaves by bare_leave(). */
	.globl	bare_run_slot
bare_run_slot:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,LC_RUN_STACK
	lmg	%r0,%r15,LC_RUN_GPR
	lpswe	LC_RUN_PSW

	.globl	bare_svc_handler
bare_svc_handler:
	stmg	%r0,%r15,LC_RUN_GPR_OUT
	lg	%r15,LC_RUN_STACK
	lmg	%r6,%r15,48(%r15)
	br	%r14

	.globl	bare_program_handler
bare_program_handler:
	stmg	%r0,%r15,LC_PROGRAM_GPR
	larl	%r15,program_stack_end - FRAME
	brasl	%r14,bare_program

/* The other three: noted; the program goes on where it was interrupted, disabled, not waiting. */
	.macro	handler name, function, old
	.globl	\name
\name:
	stmg	%r0,%r15,LC_ASYNC_GPR
	larl	%r15,async_stack_end - FRAME
	brasl	%r14,\function
	ni	\old,0xfc
	ni	\old + 1,0xf9
	lmg	%r0,%r15,LC_ASYNC_GPR
	lpswe	\old
	.endm

	handler	bare_external_handler, bare_external, LC_EXTERNAL_OLD
	handler	bare_machine_check_handler, bare_machine_check, LC_MACHINE_CHECK_OLD
	handler	bare_io_handler, bare_io, LC_IO_OLD

/* void bare_diagnose_reset(subcode): the CPU restarts with the short PSW at absolute 0. Of its
 * registers no value is assumed. */
	.globl	bare_diagnose_reset
bare_diagnose_reset:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,LC_RESET_STACK
	larl	%r3,0f
	llihf	%r4,0x00080001
	oilf	%r4,0x80000000
	ogr	%r4,%r3
	stg	%r4,0
	lghi	%r4,0
	diag	%r4,%r2,0x308
0:	lg	%r15,LC_RESET_STACK
	lmg	%r6,%r15,48(%r15)
	br	%r14

/* Another CPU, by SIGP restart: runs its function, and stops. */
	.globl	bare_cpu_entry
bare_cpu_entry:
	lg	%r15,LC_CPU_STACK
	lg	%r2,LC_CPU_ARGUMENT
	lg	%r3,LC_CPU_FUNCTION
	basr	%r14,%r3
	bcr	15,%r0 /* its stores are visible before its end is */
	mvghi	LC_CPU_FUNCTION,0
	stap	LC_CPU_ADDRESS
	llgh	%r3,LC_CPU_ADDRESS
0:	sigp	%r1,%r3,SIGP_STOP
	j	0b

	.section .slot,"awx",@progbits
	.balign	4096
	.globl	bare_slot
bare_slot:
	.space	4096

	.bss
	.balign	16
	.space	65536
stack_end:
	.space	16384
program_stack_end:
	.space	16384
async_stack_end:

	.section .note.GNU-stack,"",@progbits
