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

/* The block and its commands (reference 2.10 and 8.2; chsc.c struct chsc_sei). */
#define ZPCI_CHSC_BLOCK 4096		    /* bytes, so aligned: request, then response */
#define ZPCI_CHSC_SEI 0x000e		    /* command: store event information */
#define ZPCI_CHSC_SEI_REQUEST 0x0010	    /* bytes of its request */
#define ZPCI_CHSC_SEI_RESPONSE 0x0ff0	    /* bytes of a response with an event */
#define ZPCI_CHSC_NT2 0x2000000000000000ull /* bit 2 of the notification-type mask */
#define ZPCI_CHSC_OK 0x0001		    /* response code: here is an event */
#define ZPCI_CHSC_NO_EVENT 0x0005	    /* response code: there is none */

/* Store event information (reference 8.2). */
struct zpci_chsc_sei_request {
	zpci_be16 length;   /* ZPCI_CHSC_SEI_REQUEST */
	zpci_be16 command;  /* ZPCI_CHSC_SEI */
	zpci_be32 reserved; /* 0, as are all fields of this name */
	zpci_be64 types;    /* notification types asked for: ZPCI_CHSC_NT2 is PCI */
};

/* Content code dependent field: 32 bytes at offset 80 of the block (reference 8.3; pci_event.c
 * struct zpci_ccdf_err, zpci_ccdf_avail). */
struct zpci_ccdf {
	zpci_be32 reserved1;
	zpci_be32 handle;  /* as of the event; List PCI tells the current one */
	zpci_be32 fid;	   /* function ID */
	zpci_be32 error;   /* table type, vector, DMA space; 0 here and in availability events */
	zpci_be64 address; /* failing DMA address; 0 in availability events */
	uint8_t reserved2[6];
	zpci_be16 pec; /* PCI event code: enum zpci_pec */
};

/* The answer (reference 8.2). */
struct zpci_chsc_sei_response {
	zpci_be16 length; /* ZPCI_CHSC_SEI_RESPONSE; without an event 8 */
	zpci_be16 code;	  /* ZPCI_CHSC_OK or ZPCI_CHSC_NO_EVENT */
	uint8_t reserved1[3];
	uint8_t type;  /* notification type: 2 */
	uint8_t flags; /* ZPCI_CHSC_SEI_MORE */
	uint8_t reserved2[2];
	uint8_t content; /* ZPCI_CHSC_CC_* */
	uint8_t reserved3[52];
	struct zpci_ccdf ccdf; /* the event */
};

#define ZPCI_CHSC_SEI_MORE 0x80	    /* more events are pending */
#define ZPCI_CHSC_CC_ERROR 1	    /* the PEC is below 0x0300 */
#define ZPCI_CHSC_CC_AVAILABILITY 2 /* the PEC is 0x0300 or above */

/* PCI event codes (reference 8.4 and 8.5; the error ones also QEMU hw/s390x ERR_EVENT_*). Errors
 * put the function into the error state, two of them for good; those of the measurement block are
 * only reported. */
enum zpci_pec {
	ZPCI_PEC_DMA_NOT_REGISTERED = 0x0001,	/* DMA without a registered address space */
	ZPCI_PEC_DMA_RANGE = 0x0002,		/* DMA address outside of PBA to PAL */
	ZPCI_PEC_DMA_FORMAT = 0x0003,		/* translation of an unknown format */
	ZPCI_PEC_DMA_TRANSLATION = 0x0004,	/* DMA address unmapped or protected */
	ZPCI_PEC_DMA_PROTECTION = 0x0005,	/* storage is protected against the access */
	ZPCI_PEC_DMA_KEY = 0x0006,		/* storage has another key */
	ZPCI_PEC_DMA_TABLE_ENTRY = 0x0007,	/* table entry is invalid */
	ZPCI_PEC_DMA_TABLE_LENGTH = 0x0008,	/* table entry with a wrong length or offset */
	ZPCI_PEC_DMA_TABLE_TYPE = 0x0009,	/* table entry of another level */
	ZPCI_PEC_DMA_STORAGE = 0x000a,		/* table or page is not in main storage */
	ZPCI_PEC_SYSTEM_ERROR = 0x000b,		/* error of the system */
	ZPCI_PEC_MESSAGE_UNEXPECTED = 0x0010,	/* a message that was not expected */
	ZPCI_PEC_INTERRUPTION_OFFSET = 0x0011,	/* beyond the bit vector */
	ZPCI_PEC_INTERRUPTION_VECTOR = 0x0012,	/* AIBV cannot be written */
	ZPCI_PEC_INTERRUPTION_STORAGE = 0x0013, /* AIBV or AISB cannot be written */
	ZPCI_PEC_FMB_STORAGE = 0x002a,		/* measurement block cannot be written */
	ZPCI_PEC_FMB_UPDATE = 0x002b,		/* measurement block was not updated */
	ZPCI_PEC_FMB_KEY = 0x002c,		/* measurement block is protected by its key */
	ZPCI_PEC_CONFIGURATION = 0x0030,	/* error of the configuration */
	ZPCI_PEC_SERVICE_ACTION = 0x003a,	/* the platform recovered the function */
	ZPCI_PEC_PERMANENT_ERROR = 0x003b,	/* permanent error; not to be recovered */
	ZPCI_PEC_RECOVERY_FAILED = 0x0040,	/* the recovery failed; permanent */
	ZPCI_PEC_CONFIGURED = 0x0301,		/* from reserved or standby to configured */
	ZPCI_PEC_STANDBY = 0x0302,		/* from reserved to standby */
	ZPCI_PEC_DECONFIGURE_REQUEST = 0x0303,	/* the guest is asked to give it back */
	ZPCI_PEC_DECONFIGURED = 0x0304,		/* from configured to standby or reserved */
	ZPCI_PEC_RESERVED = 0x0308,		/* from standby to reserved */
};

/* --- SCLP: configure and deconfigure I/O adapter ----------------------------------------- */

/* Command words of SERVC (reference 2.9; sclp_pci.c). */
#define ZPCI_SCLP_CONFIGURE 0x001a0001u	  /* from standby to configured */
#define ZPCI_SCLP_DECONFIGURE 0x001b0001u /* and back */
#define ZPCI_SCLP_ADAPTER_PCI 2		  /* adapter type of PCI functions */

/* Their SCCB (reference 2.9; sclp_pci.c struct pci_cfg_sccb). */
struct zpci_sclp_configure {
	zpci_be16 length;	 /* of the SCCB in bytes; Linux: 4096 */
	uint8_t function_code;	 /* not looked at */
	uint8_t control_mask[3]; /* not looked at */
	zpci_be16 response;	 /* out: enum zpci_sclp_response */
	uint8_t adapter_type;	 /* ZPCI_SCLP_ADAPTER_PCI */
	uint8_t reserved[3];	 /* 0 */
	zpci_be32 fid;		 /* which function */
};

/* Response codes (reference 2.9; QEMU include/hw/s390x/sclp.h). */
enum zpci_sclp_response {
	ZPCI_SCLP_OK = 0x0020,		    /* done */
	ZPCI_SCLP_PAGE_CROSSING = 0x0100,   /* the SCCB crosses a page */
	ZPCI_SCLP_NO_ACTION = 0x0120,	    /* it is configured, or deconfigured, already */
	ZPCI_SCLP_TOO_SHORT = 0x0300,	    /* the SCCB is shorter than this structure */
	ZPCI_SCLP_RESERVED_STATE = 0x05f0,  /* the function is in reserved state */
	ZPCI_SCLP_ADAPTER_TYPE = 0x06f0,    /* the adapter type is unknown */
	ZPCI_SCLP_UNKNOWN_ADAPTER = 0x09f0, /* no such FID */
};

static_assert(sizeof(struct zpci_chsc_sei_request) == 16, "SEI request");
static_assert(sizeof(struct zpci_ccdf) == 32, "CCDF");
static_assert(offsetof(struct zpci_chsc_sei_response, ccdf) == 64, "SEI response");
static_assert(sizeof(struct zpci_sclp_configure) == 16, "SCLP configure");

#ifdef __cplusplus
}
#endif

#endif
