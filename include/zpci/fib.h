/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/fib.h - layout of the function information block (FIB), operand of MPCIFC and STPCIFC.
 *
 * Constants and one structure alone; everything big-endian.
 * Source: zPCI reference section 5.1; Linux arch/s390/include/asm/pci_insn.h (struct zpci_fib).
 */
#ifndef ZPCI_FIB_H
#define ZPCI_FIB_H

#include <assert.h>

#include <zpci/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

struct zpci_fib {
	uint8_t format; /* 0: floating interruptions; others are not offered */
	uint8_t reserved1[7];
	uint8_t controls; /* output of STPCIFC: ZPCI_FIB_FC_* */
	uint8_t reserved2[7];
	zpci_be64 pba;		/* first DMA address of the aperture */
	zpci_be64 pal;		/* last DMA address, inclusive */
	zpci_be64 iota;		/* I/O translation anchor */
	zpci_be32 interruption; /* ZPCI_FIB_INT_* */
	uint8_t reserved3[4];
	zpci_be64 aibv; /* adapter interruption bit vector, absolute */
	zpci_be64 aisb; /* doubleword with the summary bit, absolute */
	zpci_be64 fmb;	/* function measurement block; low 4 bits: storage key */
	uint8_t reserved4[4];
	zpci_be32 gisa; /* GISA designation; 0 in guests */
};

#define ZPCI_FIB_FC_ENABLED 0x80
#define ZPCI_FIB_FC_ERROR 0x40
#define ZPCI_FIB_FC_BLOCKED 0x20 /* load/store blocked */
#define ZPCI_FIB_FC_DMA 0x10	 /* a DMA address space is registered */

#define ZPCI_FIB_INT_ISC_SHIFT 28
#define ZPCI_FIB_INT_ISC_MASK 0x70000000u
#define ZPCI_FIB_INT_NOI_SHIFT 16
#define ZPCI_FIB_INT_NOI_MASK 0x0fff0000u
#define ZPCI_FIB_INT_AIBVO_SHIFT 8
#define ZPCI_FIB_INT_AIBVO_MASK 0x00003f00u
#define ZPCI_FIB_INT_SUM 0x00000080u
#define ZPCI_FIB_INT_AISBO_MASK 0x0000003fu

/* Operation controls of MPCIFC (reference 5.2). */
enum zpci_mpcifc {
	ZPCI_MPCIFC_REG_INT = 2,
	ZPCI_MPCIFC_DEREG_INT = 3,
	ZPCI_MPCIFC_REG_IOAT = 4,
	ZPCI_MPCIFC_DEREG_IOAT = 5,
	ZPCI_MPCIFC_REREG_IOAT = 6,
	ZPCI_MPCIFC_RESET_ERROR = 7,
	ZPCI_MPCIFC_RESET_BLOCK = 9,
	ZPCI_MPCIFC_SET_MEASURE = 10,
};

/* I/O translation anchor (reference 5.4). */
#define ZPCI_IOTA_ORIGIN 0xffffffffffffc000ull
#define ZPCI_IOTA_TRANSLATE 0x800ull
#define ZPCI_IOTA_PROTECT 0x200ull
#define ZPCI_IOTA_DT_MASK 0x1cull
#define ZPCI_IOTA_DT_ST 0x00ull
#define ZPCI_IOTA_DT_RT 0x04ull
#define ZPCI_IOTA_DT_RS 0x08ull
#define ZPCI_IOTA_DT_RF 0x0cull

/* Entries of the I/O translation tables (reference 5.7): 64 bits, big-endian. */
#define ZPCI_IOTE_TABLE_ORIGIN 0xffffffffffffc000ull /* region entries */
#define ZPCI_IOTE_PAGE_TABLE_ORIGIN 0xfffffffffffff800ull
#define ZPCI_IOTE_FRAME 0xfffffffffffff000ull
#define ZPCI_IOTE_LARGE_FRAME 0xfffffffffff00000ull
#define ZPCI_IOTE_OFFSET 0xc0ull
#define ZPCI_IOTE_LENGTH 0x03ull
#define ZPCI_IOTE_TYPE 0x0cull
#define ZPCI_IOTE_INVALID 0x20ull /* region and segment entries */
#define ZPCI_IOTE_PAGE_INVALID 0x400ull
#define ZPCI_IOTE_FORMAT_CONTROL 0x400ull /* segment entries: 1 MiB frame */
#define ZPCI_IOTE_PROTECT 0x200ull

static_assert(sizeof(struct zpci_fib) == 80, "FIB is 80 bytes");
static_assert(offsetof(struct zpci_fib, interruption) == 40, "FIB layout");
static_assert(offsetof(struct zpci_fib, gisa) == 76, "FIB layout");

#ifdef __cplusplus
}
#endif

#endif
