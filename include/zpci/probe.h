/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/probe.h - register layout of the `probe` device model.
 *
 * Constants alone, so that the model, the guest program and a guest driver share one
 * statement of the layout. The manual is zpci-probe(7).
 *
 * All registers are little-endian, as PCI memory is. A register may be read and written
 * with accesses of 1 to 8 bytes at any alignment; a store that covers a *trigger* register
 * (doorbells, DMA command) acts once, after all bytes of that store are in place, and only
 * if it covers the register's last byte. Then the trigger register is 0 again; it always reads
 * as 0. A store that covers several of them acts on each, in ascending order.
 *
 * Source of the facts: this project; there is no hardware of this kind.
 */
#ifndef ZPCI_PROBE_H
#define ZPCI_PROBE_H

/* --- PCI identity ------------------------------------------------------------------------
 * No vendor ID was assigned to this project. 0x1234 is the unassigned one that QEMU's own
 * teaching devices use as well; the device IDs are not used by any of them. */
#define ZPCI_PROBE_VENDOR_ID 0x1234
#define ZPCI_PROBE_PF_DEVICE_ID 0x7a70
#define ZPCI_PROBE_VF_DEVICE_ID 0x7a71
#define ZPCI_PROBE_CLASS 0xff0000 /* unassigned class, no programming interface */
#define ZPCI_PROBE_REVISION 0x01

/* --- BARs --------------------------------------------------------------------------------
 * BAR 0: 64-bit, not prefetchable: registers, then device memory.
 * BAR 2: 64-bit, not prefetchable: MSI-X table and pending bits. */
#define ZPCI_PROBE_BAR 0
#define ZPCI_PROBE_BAR_SIZE 0x10000u
#define ZPCI_PROBE_MSIX_BAR 2
#define ZPCI_PROBE_MSIX_BAR_SIZE 0x4000u
#define ZPCI_PROBE_MSIX_TABLE 0x0000u
#define ZPCI_PROBE_MSIX_PBA 0x2000u
#define ZPCI_PROBE_VECTORS 64

/* --- identification (read only) -------------------------------------------------------- */
#define ZPCI_PROBE_REG_ID 0x000	     /* 32 bit: ZPCI_PROBE_ID */
#define ZPCI_PROBE_ID 0x62707a70u    /* the bytes "pzpb" */
#define ZPCI_PROBE_REG_VERSION 0x004 /* 32 bit: ZPCI_PROBE_VERSION */
#define ZPCI_PROBE_VERSION 1u
#define ZPCI_PROBE_REG_VF 0x008	     /* 32 bit: 0 = PF, else number of the VF from 1 */
#define ZPCI_PROBE_REG_VECTORS 0x00c /* 32 bit: number of MSI-X vectors */

/* --- scratch (read and write, without effect; 0 after reset) --------------------------- */
#define ZPCI_PROBE_REG_SCRATCH32 0x010
#define ZPCI_PROBE_REG_SCRATCH64 0x018

/* --- counters (64 bit, read only; 0 after reset) ---------------------------------------
 * An access counts itself only after its own value was taken. A store block is one access. */
#define ZPCI_PROBE_REG_LOADS 0x020	/* accesses that read BAR 0 */
#define ZPCI_PROBE_REG_STORES 0x028	/* accesses that wrote BAR 0 */
#define ZPCI_PROBE_REG_INTERRUPTS 0x030 /* vectors raised, whether or not they reached the guest */

/* --- doorbells (32 bit, trigger) -------------------------------------------------------
 * The value is the MSI-X vector to raise; one that does not exist is ignored.
 * NOW raises it before the store completes, in the context of the storing CPU.
 * LATER hands it to the device's thread, which raises it after DELAY microseconds; doorbells
 * that are already queued keep the delay they were rung with. At most ZPCI_PROBE_QUEUE may
 * wait; further ones are dropped and counted in DROPPED. */
#define ZPCI_PROBE_REG_DOORBELL_NOW 0x040
#define ZPCI_PROBE_REG_DOORBELL_LATER 0x044
#define ZPCI_PROBE_REG_DELAY 0x048 /* 32 bit: microseconds; more than the maximum acts as it */
#define ZPCI_PROBE_DELAY_MAX 10000000u
#define ZPCI_PROBE_REG_DROPPED 0x04c /* 32 bit, read only */
#define ZPCI_PROBE_QUEUE 256

/* --- DMA engine -------------------------------------------------------------------------
 * Addresses are PCI (DMA) addresses; offsets into device memory count from its start.
 *
 *  READ   guest SOURCE            -> device memory at DESTINATION
 *  WRITE  device memory at SOURCE -> guest DESTINATION
 *  COPY   guest SOURCE            -> guest DESTINATION (as if by way of a buffer of
 *                                    ZPCI_PROBE_DMA_CHUNK bytes, ascending)
 *  FILL   PATTERN, its bytes in little-endian order, repeated -> guest DESTINATION
 *
 * Writing COMMAND starts an operation in the device's thread with the operands as they are
 * then. STATUS is BUSY until it ended; a COMMAND written while BUSY is ignored and sets
 * STATUS_OVERRUN. The interrupt, if asked for, follows the end with or without error, unless
 * its vector does not exist or a reset ended the operation. */
#define ZPCI_PROBE_REG_DMA_SOURCE 0x080	     /* 64 bit */
#define ZPCI_PROBE_REG_DMA_DESTINATION 0x088 /* 64 bit */
#define ZPCI_PROBE_REG_DMA_LENGTH 0x090	     /* 64 bit: bytes, at most ZPCI_PROBE_DMA_MAX */
#define ZPCI_PROBE_REG_DMA_PATTERN 0x098     /* 64 bit */
#define ZPCI_PROBE_REG_DMA_COMMAND 0x0a0     /* 32 bit, trigger; other bits 0 */
#define ZPCI_PROBE_REG_DMA_STATUS 0x0a4	     /* 32 bit, read only */
#define ZPCI_PROBE_REG_DMA_DONE 0x0a8	     /* 64 bit, read only: bytes moved, in whole chunks */
#define ZPCI_PROBE_REG_DMA_FAILED 0x0b0	     /* 64 bit, read only: DMA address that was refused */

#define ZPCI_PROBE_DMA_MAX (1ull << 30)
#define ZPCI_PROBE_DMA_CHUNK 4096u

#define ZPCI_PROBE_DMA_OP_MASK 0x0000000fu
#define ZPCI_PROBE_DMA_READ 1u
#define ZPCI_PROBE_DMA_WRITE 2u
#define ZPCI_PROBE_DMA_COPY 3u
#define ZPCI_PROBE_DMA_FILL 4u
#define ZPCI_PROBE_DMA_INTERRUPT 0x00000100u /* raise the vector below when it ends */
#define ZPCI_PROBE_DMA_VECTOR_MASK 0x0fff0000u
#define ZPCI_PROBE_DMA_VECTOR_SHIFT 16

#define ZPCI_PROBE_STATUS_BUSY 0x00000001u
#define ZPCI_PROBE_STATUS_DONE 0x00000002u  /* ended without error */
#define ZPCI_PROBE_STATUS_ERROR 0x00000004u /* ended with an error: see the code */
/* A command came while busy; cleared by the next accepted one. */
#define ZPCI_PROBE_STATUS_OVERRUN 0x00000008u
#define ZPCI_PROBE_STATUS_CODE_MASK 0x0000ff00u
#define ZPCI_PROBE_STATUS_CODE_SHIFT 8
#define ZPCI_PROBE_CODE_COMMAND 1u /* unknown operation, vector or bit */
#define ZPCI_PROBE_CODE_LENGTH 2u  /* length, range in device memory, or beyond 64 bits */
#define ZPCI_PROBE_CODE_DMA 3u	   /* the DMA address was refused: see DMA_FAILED */
#define ZPCI_PROBE_CODE_RESET 4u   /* a reset ended it: all that STATUS keeps over a reset */

/* --- device memory ---------------------------------------------------------------------- */
#define ZPCI_PROBE_MEMORY 0x8000u
#define ZPCI_PROBE_MEMORY_SIZE 0x8000u

#endif
