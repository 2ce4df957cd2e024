/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/clp.h - layout of the request and response blocks of CALL LOGICAL PROCESSOR (CLP).
 *
 * Constants and structures alone; big-endian but for the BAR images, which are little-endian
 * as PCI is. A block is a request followed at once by its response.
 * Source: zPCI reference sections 2.1 and 3; Linux arch/s390/include/asm/clp.h, pci_clp.h.
 */
#ifndef ZPCI_CLP_H
#define ZPCI_CLP_H

#include <assert.h>

#include <zpci/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Control byte of the instruction, its third byte (reference 2.1; pci_clp.c clp_req). */
#define ZPCI_CLP_IMMEDIATE 0x80 /* R2 is a command and not the address of a block */
#define ZPCI_CLP_RESERVED 0x40	/* must be 0 */
#define ZPCI_CLP_LPS_MASK 0x3f	/* selects the logical processor */
#define ZPCI_CLP_LPS_BASE 0	/* the base one: knows SLPC */
#define ZPCI_CLP_LPS_PCI 2	/* the one for PCI: knows all commands below */

/* Result of the immediate command 1: bit n (MSB-0) = logical processor n is installed. */
#define ZPCI_CLP_IMMEDIATE_LIST_LPS 1
#define ZPCI_CLP_INSTALLED_LPS 0xa000000000000000ull

/* Commands (reference 3.1; pci_clp.h CLP_*). */
enum zpci_clp_command {
	ZPCI_CLP_SLPC = 0x0001,		  /* store logical-processor characteristics */
	ZPCI_CLP_LIST = 0x0002,		  /* list PCI functions */
	ZPCI_CLP_QUERY_FUNCTION = 0x0003, /* query PCI function */
	ZPCI_CLP_QUERY_GROUP = 0x0004,	  /* query PCI function group */
	ZPCI_CLP_SET_FUNCTION = 0x0005,	  /* set PCI function: enable, disable */
};

/* Response codes (reference 3.2; clp.h and pci_clp.h CLP_RC_*). */
enum zpci_clp_response {
	ZPCI_CLP_OK = 0x0010,		      /* done */
	ZPCI_CLP_UNKNOWN_COMMAND = 0x0020,    /* no such command */
	ZPCI_CLP_FORMAT = 0x0040,	      /* the request's format is not 0 */
	ZPCI_CLP_LENGTH = 0x0050,	      /* a length does not fit the command */
	ZPCI_CLP_NEEDS_8K = 0x0060,	      /* the response has no room for an entry */
	ZPCI_CLP_RESERVED_NOT_ZERO = 0x0070,  /* a reserved field is not 0; List alone looks */
	ZPCI_CLP_INVALID_HANDLE = 0x0101,     /* the handle is not current */
	ZPCI_CLP_INVALID_FOR_HANDLE = 0x0102, /* not in the function's state, or unknown */
	ZPCI_CLP_DMA_SPACES = 0x0103,	      /* enable with 0 DMA address spaces */
	ZPCI_CLP_RESOURCES = 0x0104,	      /* enable with more of them than there are */
	ZPCI_CLP_ALREADY = 0x0105,	      /* disable: the firmware has disabled it already */
	ZPCI_CLP_PERMANENT_ERROR = 0x0106,    /* the function is in permanent error */
	ZPCI_CLP_RECOVERY_PENDING = 0x0107,   /* the platform recovers it; not used here */
	ZPCI_CLP_BUSY = 0x0108,		      /* enable: the device drains; try again */
	ZPCI_CLP_RESUME_TOKEN = 0x010a,	      /* List: a token that was never given out */
	ZPCI_CLP_UNKNOWN_GROUP = 0x010b,      /* no such function group */
};

/* Limits of a block in bytes; each length is a multiple of 8 (reference 2.1). */
#define ZPCI_CLP_BLOCK_MAX 8192	   /* request and response together */
#define ZPCI_CLP_REQUEST_MIN 16	   /* a header */
#define ZPCI_CLP_REQUEST_MAX 8184  /* leaves the least response */
#define ZPCI_CLP_RESPONSE_MIN 8	   /* length, code and format */
#define ZPCI_CLP_RESPONSE_MAX 8176 /* leaves the least request */

/* Starts both halves (reference 3.1; clp.h struct clp_req_hdr, clp_rsp_hdr). */
struct zpci_clp_header {
	zpci_be16 length;   /* of its half in bytes; response: in, space offered; out, used */
	zpci_be16 code;	    /* enum zpci_clp_command, or zpci_clp_response */
	zpci_be32 format;   /* 0, see ZPCI_CLP_FORMAT_MASK */
	zpci_be64 reserved; /* 0, as are all fields of this name */
};

/* Bits of the format that number it; the others are reserved (reference 3.1; clp.h clp_req_hdr). */
#define ZPCI_CLP_FORMAT_MASK 0xf0000000u

/* SLPC, of both processors (reference 3.3; struct clp_rsp_slpc_pci). Its request is a header. */
struct zpci_clp_slpc_response {
	struct zpci_clp_header header;
	uint8_t reserved1[16];
	uint8_t facilities[32]; /* installed facilities; no bit is known to be looked at */
	uint8_t reserved2[16];
	uint8_t write_back; /* 0: no write-back mapped I/O */
	uint8_t reserved3[15];
	uint8_t characteristics[32]; /* as unknown as facilities */
};

/* List PCI functions (reference 3.4; struct clp_req_list_pci). */
struct zpci_clp_list_request {
	struct zpci_clp_header header;
	zpci_be64 token;    /* 0: from the start; else that of the response before */
	zpci_be64 reserved; /* 0 */
};

/* Its answer (struct clp_rsp_list_pci), with entries behind it. */
struct zpci_clp_list_response {
	struct zpci_clp_header header;
	zpci_be64 token;	 /* to go on with; 0: that was all */
	zpci_be32 handle_mask;	 /* handle bits that tell hypervisor functions apart (QEMU) */
	zpci_be16 max_functions; /* how many there can be (QEMU) */
	uint8_t flags;		 /* ZPCI_CLP_LIST_UID_CHECKING */
	uint8_t entry_size;	 /* sizeof(struct zpci_clp_list_entry) */
};

#define ZPCI_CLP_LIST_UID_CHECKING 0x01 /* UIDs are unique: Linux makes domains of them */

/* One function (struct clp_fh_list_entry). */
struct zpci_clp_list_entry {
	zpci_be16 device_id;	 /* device ID; for VFs the effective one */
	zpci_be16 vendor_id;	 /* vendor ID; Linux skips an entry with 0 */
	zpci_be32 configuration; /* ZPCI_CLP_CONFIGURED or 0: standby */
	zpci_be32 fid;		 /* function ID, stable */
	zpci_be32 handle;	 /* the current one */
};

#define ZPCI_CLP_CONFIGURED 0x80000000u /* other bits 0 */

/* Query PCI function (reference 3.5; struct clp_req_query_pci). */
struct zpci_clp_query_function_request {
	struct zpci_clp_header header;
	zpci_be32 handle; /* current, enabled or not */
	zpci_be32 reserved1;
	zpci_be64 reserved2;
};

/* Its answer (struct clp_rsp_query_pci); *mio* is reference 3.8. */
struct zpci_clp_query_function_response {
	struct zpci_clp_header header;
	zpci_be16 vfn;	     /* number of the VF, from 1; 0: none is told */
	uint8_t flags;	     /* ZPCI_CLP_QF_* */
	uint8_t pfgid;	     /* function group, for Query group */
	zpci_be32 fid;	     /* function ID */
	uint8_t bar_size[6]; /* log2 of bytes; 0: absent */
	zpci_be16 pchid;     /* physical channel ID of the adapter */
	zpci_le32 bar[6];    /* BAR registers with their flag bits, as in config space */
	uint8_t pfip[4];     /* internal path of the adapter, segment by segment */
	uint8_t fidparm;     /* depends on the function type */
	uint8_t port;	     /* low 4 bits: port number; 0: not applicable */
	uint8_t fmb_length;  /* function measurement block, in units of 4 bytes */
	uint8_t pft;	     /* function type (reference 3.7); 0: unclassified */
	zpci_be64 sdma;	     /* first DMA address that may be used */
	zpci_be64 edma;	     /* last one, inclusive */
	zpci_be16 rid;	     /* routing ID; its low byte is the devfn */
	uint8_t reserved1[4];
	zpci_be16 tid; /* topology ID */
	uint8_t reserved2[36];
	zpci_be32 uid;		    /* user-defined ID; low 16 bits: PCI domain */
	uint8_t utility_string[64]; /* EBCDIC */
	uint8_t reserved3[64];
	uint8_t mio[128]; /* addresses of mapped I/O; 0 without it */
};

/* What of the answer is valid, and what the function is (reference 3.5). */
#define ZPCI_CLP_QF_TID 0x20		/* tid is valid */
#define ZPCI_CLP_QF_RID 0x10		/* rid is valid */
#define ZPCI_CLP_QF_PHYSICAL 0x08	/* a PF with SR-IOV */
#define ZPCI_CLP_QF_MIO 0x02		/* mio is valid */
#define ZPCI_CLP_QF_UTILITY_STRING 0x01 /* utility_string is valid */

/* Query PCI function group (reference 3.6; struct clp_req_query_pci_grp). */
struct zpci_clp_query_group_request {
	struct zpci_clp_header header;
	uint8_t reserved1[3];
	uint8_t pfgid; /* from Query function */
	uint8_t reserved2[12];
};

/* Its answer (struct clp_rsp_query_pci_grp). */
struct zpci_clp_query_group_response {
	struct zpci_clp_header header;
	zpci_be16 noi;	   /* low 12 bits: interruptions of a function, at most */
	uint8_t version;   /* 1: Linux assumes 5 GT/s */
	uint8_t flags;	   /* ZPCI_CLP_QG_* */
	zpci_be16 maxstbl; /* low 13 bits: longest store block, bytes */
	zpci_be16 mui;	   /* interval of measurement updates, milliseconds */
	uint8_t dtsm;	   /* translation tables: 0x80 ST, 0x40 RT, 0x20 RS, 0x10 RF */
	uint8_t reserved1;
	zpci_be16 maxfaal; /* the next three: directed interruptions, host only; 0 */
	zpci_be16 dnoi;	   /* low 12 bits */
	zpci_be16 maxcpu;  /* CPUs */
	zpci_be64 dasm;	   /* mask of DMA address spaces */
	zpci_be64 msia;	   /* address that a message-signalled interrupt is written to */
	uint8_t reserved2[16];
};

/* Flags of a group (reference 3.6). */
#define ZPCI_CLP_QG_RELAXED_TRANSLATION 0x20 /* IOTA 0, direct mapping, is allowed */
#define ZPCI_CLP_QG_RELAXED_ALIGNMENT 0x08   /* store block of any alignment and length */
#define ZPCI_CLP_QG_FRAME 0x02		     /* larger frames; Linux does not look at it */
#define ZPCI_CLP_QG_REFRESH 0x01	     /* RPCIT is needed for new translations as well */

/* Set PCI function (reference 3.9; struct clp_req_set_pci). */
struct zpci_clp_set_function_request {
	struct zpci_clp_header header;
	zpci_be32 handle; /* the current one */
	zpci_be16 reserved1;
	uint8_t operation;  /* enum zpci_clp_set_operation */
	uint8_t dma_spaces; /* enable: 1; else not looked at */
	zpci_be32 reserved2;
	zpci_be32 gisa; /* GISA designation; 0 in guests */
};

/* What to set (pci_clp.h CLP_SET_*). */
enum zpci_clp_set_operation {
	ZPCI_CLP_SET_ENABLE = 0,      /* the handle gets its enable bit */
	ZPCI_CLP_SET_DISABLE = 1,     /* loses it; all registrations end, the device is reset */
	ZPCI_CLP_SET_ENABLE_MIO = 2,  /* mapped I/O on; not offered here */
	ZPCI_CLP_SET_DISABLE_MIO = 3, /* and off */
};

/* Its answer (struct clp_rsp_set_pci). */
struct zpci_clp_set_function_response {
	struct zpci_clp_header header;
	zpci_be32 handle; /* from now on the current one */
	uint8_t reserved[12];
	uint8_t mio[128]; /* as in Query function */
};

static_assert(sizeof(struct zpci_clp_header) == 16, "CLP header");
static_assert(sizeof(struct zpci_clp_slpc_response) == 128, "SLPC response");
static_assert(sizeof(struct zpci_clp_list_request) == 32, "List request");
static_assert(sizeof(struct zpci_clp_list_response) == 32, "List response");
static_assert(sizeof(struct zpci_clp_list_entry) == 16, "List entry");
static_assert(sizeof(struct zpci_clp_query_function_request) == 32, "Query function request");
static_assert(sizeof(struct zpci_clp_query_function_response) == 384, "Query function response");
static_assert(offsetof(struct zpci_clp_query_function_response, sdma) == 64, "Query function");
static_assert(offsetof(struct zpci_clp_query_function_response, tid) == 86, "Query function");
static_assert(offsetof(struct zpci_clp_query_function_response, uid) == 124, "Query function");
static_assert(offsetof(struct zpci_clp_query_function_response, mio) == 256, "Query function");
static_assert(sizeof(struct zpci_clp_query_group_request) == 32, "Query group request");
static_assert(sizeof(struct zpci_clp_query_group_response) == 64, "Query group response");
static_assert(offsetof(struct zpci_clp_query_group_response, msia) == 40, "Query group");
static_assert(sizeof(struct zpci_clp_set_function_request) == 32, "Set function request");
static_assert(sizeof(struct zpci_clp_set_function_response) == 160, "Set function response");

#ifdef __cplusplus
}
#endif

#endif
