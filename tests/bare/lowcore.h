/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lowcore.h - the prefix area, for C and for the assembler.
 *
 * Assigned storage locations are those of the Principles of Operation, chapter 3. Software uses the
 * unassigned rest of the first page. The prefix of the first CPU stays 0.
 */
#ifndef BARE_LOWCORE_H
#define BARE_LOWCORE_H

/* --- assigned: interruption parameters, then old and new PSWs ------------------------------- */
#define LC_EXTERNAL_PARAMETER 0x080
#define LC_EXTERNAL_CODE 0x086
#define LC_PROGRAM_ILC 0x08d
#define LC_PROGRAM_CODE 0x08e
#define LC_ACCESS_ID 0x0a0 /* number of the access register, or of the one that held the page */
#define LC_TEID 0x0a8
#define LC_SUBCHANNEL 0x0b8
#define LC_IO_PARAMETER 0x0bc
#define LC_IO_WORD 0x0c0
#define LC_MACHINE_CHECK_CODE 0x0e8

#define LC_EXTERNAL_OLD 0x130
#define LC_SVC_OLD 0x140
#define LC_PROGRAM_OLD 0x150
#define LC_MACHINE_CHECK_OLD 0x160
#define LC_IO_OLD 0x170
#define LC_RESTART_NEW 0x1a0
#define LC_EXTERNAL_NEW 0x1b0
#define LC_SVC_NEW 0x1c0
#define LC_PROGRAM_NEW 0x1d0
#define LC_MACHINE_CHECK_NEW 0x1e0
#define LC_IO_NEW 0x1f0

/* --- ours ----------------------------------------------------------------------------------- */
#define LC_PROGRAM_GPR 0x200 /* general registers at a program interruption */
#define LC_ASYNC_GPR 0x280   /* at the other three, which do not nest */
#define LC_RUN_GPR 0x300     /* bare_run: general registers before the instruction */
#define LC_RUN_GPR_OUT 0x380 /* and after it */
#define LC_RUN_STACK 0x400   /* the runtime's stack pointer meanwhile */
#define LC_RUN_PSW 0x410     /* the PSW that starts it */
#define LC_WAIT_PSW 0x420    /* the PSW that waits */
#define LC_RESET_STACK 0x430 /* stack pointer across a reset */

#define LC_CPU_STACK 0x440    /* of another CPU, at its start */
#define LC_CPU_FUNCTION 0x448 /* 0 when it is done */
#define LC_CPU_ARGUMENT 0x450
#define LC_CPU_ADDRESS 0x458 /* a halfword for STAP */

#define LC_SIZE 0x2000

/* Orders of SIGP. */
#define SIGP_SENSE 1
#define SIGP_STOP 5
#define SIGP_RESTART 6
#define SIGP_SET_PREFIX 13

/* PSW mask bits. */
#define PSW_DAT 0x0400000000000000
#define PSW_IO 0x0200000000000000
#define PSW_EXTERNAL 0x0100000000000000
#define PSW_MACHINE_CHECK 0x0004000000000000
#define PSW_WAIT 0x0002000000000000
#define PSW_PROBLEM_STATE 0x0001000000000000
#define PSW_64BIT 0x0000000180000000
#define PSW_CC_SHIFT 44

#endif
