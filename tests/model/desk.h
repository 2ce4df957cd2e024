/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.h - layout of the differential test's device. It is built twice: desk_device.c behind the
 * library, device.c in the model. Only constants are shared, no code.
 *
 *	BAR 0  64 bit            16 KiB  bytes, and at the end the registers below
 *	BAR 2  32 bit, prefetch   8 KiB  bytes; MSI-X table and pending bits in the middle,
 *	                               across 4 KiB
 *	BAR 3  32 bit             4 KiB  refuses each access
 *	BAR 4  64 bit, prefetch   8 GiB  reads as a pattern of the offset, ignores writes
 *
 * A write to BAR 0 that starts at a register acts from within the operation:
 *
 *	DESK_DOORBELL  raises the vector that the first byte says
 *	DESK_ENGINE    one DMA as the descriptor says, between guest storage and BAR 0
 */
#ifndef TESTS_MODEL_DESK_H
#define TESTS_MODEL_DESK_H

#define DESK_VENDOR 0x1af5
#define DESK_PF_DEVICE 0x0d00
#define DESK_VF_DEVICE 0x0d01
#define DESK_CLASS 0x088000
#define DESK_REVISION 0x03
#define DESK_VFS 6 /* VFs of an adapter */

#define DESK_BAR0_SIZE 0x4000u
#define DESK_BAR2_SIZE 0x2000u
#define DESK_BAR3_SIZE 0x1000u
#define DESK_BAR4_SIZE 0x200000000ull

#define DESK_DOORBELL 0x3000u
#define DESK_ENGINE 0x3008u
#define DESK_DESCRIPTOR 0x3010u /* little-endian: address (8), length (2), place in BAR 0 (2) */
#define DESK_DIRECTION 0x301cu	/* 1: to guest storage */
#define DESK_RESULT 0x3020u	/* 0, 1: refused, 2: not allowed; the refused address at +8 */
#define DESK_MEMORY 0x3000u	/* the engine's part of BAR 0 */

#define DESK_MSIX 0x40
#define DESK_EXPRESS 0x60
#define DESK_VECTORS 5u
#define DESK_TABLE 0xfc0u
#define DESK_PENDING 0x1010u

#endif
