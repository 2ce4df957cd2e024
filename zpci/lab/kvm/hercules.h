/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hercules.h - what the module (hercules.c) knows of Hercules 3.13 as Debian builds it for amd64,
 * and what Hercules knows of the module.
 *
 * Debian's package has no header files. The numbers are those of hstructs.h and esa390.h of
 * Hercules' source. Hercules compares the version and the size of the structure when it loads the
 * module.
 */
#ifndef ZPCI_LAB_KVM_HERCULES_H
#define ZPCI_LAB_KVM_HERCULES_H

#include <stdint.h>

/* A CPU, or a guest's view of one: struct REGS of Hercules, in bytes. */
typedef uint8_t regs_t;

enum {
	REGS_SIZE = 53648,
	REGS_PX = 8,	     /* u64: prefix */
	REGS_STATES = 18,    /* u8: REGS_PROBLEM, of the PSW */
	REGS_CC = 20,	     /* u8: condition code */
	REGS_ILC = 50,	     /* u8: length of the instruction, in the PSW */
	REGS_IP = 56,	     /* pointer: where the next instruction is */
	REGS_GR = 112,	     /* 16 u64, in the host's byte order */
	REGS_MAINSTOR = 944, /* pointer: absolute storage */
	REGS_MAINLIM = 960,  /* u64: its last byte */
	REGS_HOSTREGS = 976, /* pointer: the CPU of this guest; a CPU's is its own */
	REGS_SIEBK = 1008,   /* pointer: the state description */
	REGS_SIE = 1072,     /* u8: SIE_MODE if this is a guest's */
	REGS_PROGJMP = 1192, /* jmp_buf: how an instruction is left early */
};

#define REGS_PROBLEM 0x01
#define SIE_MODE 0x02

/* The value for longjmp() that means an instruction interception. */
#define SIE_INTERCEPT_INST (-4)

/* --- functions of Hercules ------------------------------------------------------------------- */

/* Executes the instruction @bytes. */
typedef void instruction(uint8_t *bytes, regs_t *regs);

instruction z900_operation_exception;
instruction z900_perform_topology_function;
instruction z900_service_call;
instruction z900_store_facility_list_extended;
instruction z900_store_long;
void logmsg(char *format, ...);

/* --- functions of the module ----------------------------------------------------------------- */

#define EXPORTED __attribute__((visibility("default")))

/* Does the module fit? @check compares, and prints what differs. Not 0: it does not. */
EXPORTED int hdl_depc(int (*check)(char *name, char *version, int size));

/* Gives the module's functions to @add, under the names that Hercules' dyninst looks for. */
EXPORTED void hdl_init(int (*add)(char *name, void *function));

#endif
