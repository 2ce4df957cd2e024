/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/event.h - layout of PCI events: CHSC store-event-information blocks, their CCDF, and the
 * SCLP block that configures an adapter.
 *
 * Constants and structures alone; everything big-endian.
 * Source: zPCI reference sections 2.9, 2.10 and 8; Linux arch/s390/pci/pci_event.c,
 * drivers/s390/cio/chsc.c, drivers/s390/char/sclp_pci.c.
 */
#ifndef ZPCI_EVENT_H
#define ZPCI_EVENT_H

#include <assert.h>

#include <zpci/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- CHSC: store event information ------------------------------------------------------- */

#define ZPCI_CHSC_BLOCK 4096
#define ZPCI_CHSC_SEI 0x000e
#define ZPCI_CHSC_SEI_REQUEST 0x0010
#define ZPCI_CHSC_SEI_RESPONSE 0x0ff0
#define ZPCI_CHSC_NT2 0x2000000000000000ull /* bit 2 of the notification-type mask */
#define ZPCI_CHSC_OK 0x0001
#define ZPCI_CHSC_NO_EVENT 0x0005

struct zpci_chsc_sei_request {
	zpci_be16 length;
	zpci_be16 command;
	zpci_be32 reserved;
	zpci_be64 types;
};

/* Content code dependent field: 32 bytes at offset 80 of the block. */
struct zpci_ccdf {
	zpci_be32 reserved1;
	zpci_be32 handle;
	zpci_be32 fid;
	zpci_be32 error;   /* error events; 0 in availability events */
	zpci_be64 address; /* failing DMA address, likewise */
	uint8_t reserved2[6];
	zpci_be16 pec;
};

struct zpci_chsc_sei_response {
	zpci_be16 length;
	zpci_be16 code;
	uint8_t reserved1[3];
	uint8_t type;  /* 2 */
	uint8_t flags; /* ZPCI_CHSC_SEI_MORE */
	uint8_t reserved2[2];
	uint8_t content; /* ZPCI_CHSC_CC_* */
	uint8_t reserved3[52];
	struct zpci_ccdf ccdf;
};

#define ZPCI_CHSC_SEI_MORE 0x80
#define ZPCI_CHSC_CC_ERROR 1
#define ZPCI_CHSC_CC_AVAILABILITY 2

enum zpci_pec {
	ZPCI_PEC_DMA_NOT_REGISTERED = 0x0001,
	ZPCI_PEC_DMA_RANGE = 0x0002,
	ZPCI_PEC_DMA_TRANSLATION = 0x0004,
	ZPCI_PEC_DMA_TABLE_LENGTH = 0x0008,
	ZPCI_PEC_DMA_TABLE_TYPE = 0x0009,
	ZPCI_PEC_DMA_STORAGE = 0x000a,
	ZPCI_PEC_INTERRUPTION_STORAGE = 0x0013,
	ZPCI_PEC_FMB_STORAGE = 0x002a,
	ZPCI_PEC_FMB_KEY = 0x002c,
	ZPCI_PEC_SERVICE_ACTION = 0x003a,
	ZPCI_PEC_PERMANENT_ERROR = 0x003b,
	ZPCI_PEC_CONFIGURED = 0x0301,
	ZPCI_PEC_STANDBY = 0x0302,
	ZPCI_PEC_DECONFIGURE_REQUEST = 0x0303,
	ZPCI_PEC_DECONFIGURED = 0x0304,
	ZPCI_PEC_RESERVED = 0x0308,
};

/* --- SCLP: configure and deconfigure I/O adapter ----------------------------------------- */

#define ZPCI_SCLP_CONFIGURE 0x001a0001u
#define ZPCI_SCLP_DECONFIGURE 0x001b0001u
#define ZPCI_SCLP_ADAPTER_PCI 2

struct zpci_sclp_configure {
	zpci_be16 length;
	uint8_t function_code;
	uint8_t control_mask[3];
	zpci_be16 response;
	uint8_t adapter_type;
	uint8_t reserved[3];
	zpci_be32 fid;
};

enum zpci_sclp_response {
	ZPCI_SCLP_OK = 0x0020,
	ZPCI_SCLP_PAGE_CROSSING = 0x0100,
	ZPCI_SCLP_NO_ACTION = 0x0120,
	ZPCI_SCLP_TOO_SHORT = 0x0300,
	ZPCI_SCLP_RESERVED_STATE = 0x05f0,
	ZPCI_SCLP_ADAPTER_TYPE = 0x06f0,
	ZPCI_SCLP_UNKNOWN_ADAPTER = 0x09f0,
};

static_assert(sizeof(struct zpci_chsc_sei_request) == 16, "SEI request");
static_assert(sizeof(struct zpci_ccdf) == 32, "CCDF");
static_assert(offsetof(struct zpci_chsc_sei_response, ccdf) == 64, "SEI response");
static_assert(sizeof(struct zpci_sclp_configure) == 16, "SCLP configure");

#ifdef __cplusplus
}
#endif

#endif
