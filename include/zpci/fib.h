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

/* The block: 80 bytes, 8-aligned (reference 5.1). An operation looks at its own fields alone. */
struct zpci_fib {
	uint8_t format;	      /* 0: floating interruptions; others are not offered */
	uint8_t reserved1[7]; /* 0, as are all fields of this name */
	uint8_t controls;     /* output of STPCIFC: ZPCI_FIB_FC_* */
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

/* Function controls (reference 5.1). */
#define ZPCI_FIB_FC_ENABLED 0x80 /* in all states with an enabled handle */
#define ZPCI_FIB_FC_ERROR 0x40	 /* error state */
#define ZPCI_FIB_FC_BLOCKED 0x20 /* load/store blocked */
#define ZPCI_FIB_FC_DMA 0x10	 /* a DMA address space is registered */

/* The interruption word of format 0 (reference 5.1; pci_insn.h struct zpci_fib_fmt0). */
#define ZPCI_FIB_INT_ISC_SHIFT 28 /* interruption subclass, 0 to 7 */
#define ZPCI_FIB_INT_ISC_MASK 0x70000000u
#define ZPCI_FIB_INT_NOI_SHIFT 16 /* number of interruptions */
#define ZPCI_FIB_INT_NOI_MASK 0x0fff0000u
#define ZPCI_FIB_INT_AIBVO_SHIFT 8 /* bit of vector 0 in the doubleword at aibv */
#define ZPCI_FIB_INT_AIBVO_MASK 0x00003f00u
#define ZPCI_FIB_INT_SUM 0x00000080u	    /* the summary bit is to be set */
#define ZPCI_FIB_INT_AISBO_MASK 0x0000003fu /* which bit of the doubleword at aisb it is */

/* Operation controls of MPCIFC (reference 5.2; pci_insn.h ZPCI_MOD_FC_*). */
enum zpci_mpcifc {
	ZPCI_MPCIFC_REG_INT = 2,      /* register interruptions: word, aibv, aisb */
	ZPCI_MPCIFC_DEREG_INT = 3,    /* end that registration */
	ZPCI_MPCIFC_REG_IOAT = 4,     /* register translation: pba, pal, iota */
	ZPCI_MPCIFC_DEREG_IOAT = 5,   /* end that registration */
	ZPCI_MPCIFC_REREG_IOAT = 6,   /* replace it */
	ZPCI_MPCIFC_RESET_ERROR = 7,  /* leave the error state */
	ZPCI_MPCIFC_RESET_BLOCK = 9,  /* allow load and store in the error state */
	ZPCI_MPCIFC_SET_MEASURE = 10, /* measure into fmb; 0: stop */
};

/* I/O translation anchor (reference 5.4; pci_dma.h). */
#define ZPCI_IOTA_ORIGIN 0xffffffffffffc000ull /* absolute address of the highest table */
#define ZPCI_IOTA_TRANSLATE 0x800ull	       /* 0: direct mapping, not offered here */
#define ZPCI_IOTA_PROTECT 0x200ull	       /* the device may read only */
#define ZPCI_IOTA_DT_MASK 0x1cull	       /* designation type: what the highest table is */
#define ZPCI_IOTA_DT_ST 0x00ull		       /* segment table: spans 2^31 bytes */
#define ZPCI_IOTA_DT_RT 0x04ull		       /* region-third: 2^42 */
#define ZPCI_IOTA_DT_RS 0x08ull		       /* region-second: 2^53 */
#define ZPCI_IOTA_DT_RF 0x0cull		       /* region-first: 2^64 */

/* Entries of the I/O translation tables (reference 5.7; pci_dma.h): 64 bits, big-endian. */
#define ZPCI_IOTE_TABLE_ORIGIN 0xffffffffffffc000ull	  /* region: next table */
#define ZPCI_IOTE_PAGE_TABLE_ORIGIN 0xfffffffffffff800ull /* segment: page table */
#define ZPCI_IOTE_FRAME 0xfffffffffffff000ull		  /* page: frame of 4 KiB */
#define ZPCI_IOTE_LARGE_FRAME 0xfffffffffff00000ull	  /* segment: frame of 1 MiB */
#define ZPCI_IOTE_OFFSET 0xc0ull			  /* region: must be 0 */
#define ZPCI_IOTE_LENGTH 0x03ull			  /* region: must be 3 */
#define ZPCI_IOTE_TYPE 0x0cull				  /* its table's type, as in the IOTA */
#define ZPCI_IOTE_INVALID 0x20ull			  /* region, segment: nothing here */
#define ZPCI_IOTE_PAGE_INVALID 0x400ull			  /* page: nothing here */
#define ZPCI_IOTE_FORMAT_CONTROL 0x400ull		  /* segment: it is a large frame */
#define ZPCI_IOTE_PROTECT 0x200ull			  /* the device may read only */

static_assert(sizeof(struct zpci_fib) == 80, "FIB is 80 bytes");
static_assert(offsetof(struct zpci_fib, interruption) == 40, "FIB layout");
static_assert(offsetof(struct zpci_fib, gisa) == 76, "FIB layout");

#ifdef __cplusplus
}
#endif

#endif
