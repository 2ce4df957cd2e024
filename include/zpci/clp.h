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

/* Control byte of the instruction (its third byte). */
#define ZPCI_CLP_IMMEDIATE 0x80
#define ZPCI_CLP_RESERVED 0x40
#define ZPCI_CLP_LPS_MASK 0x3f
#define ZPCI_CLP_LPS_BASE 0
#define ZPCI_CLP_LPS_PCI 2

/* Result of the immediate command 1: bit n (MSB-0) = logical processor n is installed. */
#define ZPCI_CLP_IMMEDIATE_LIST_LPS 1
#define ZPCI_CLP_INSTALLED_LPS 0xa000000000000000ull

enum zpci_clp_command {
	ZPCI_CLP_SLPC = 0x0001,
	ZPCI_CLP_LIST = 0x0002,
	ZPCI_CLP_QUERY_FUNCTION = 0x0003,
	ZPCI_CLP_QUERY_GROUP = 0x0004,
	ZPCI_CLP_SET_FUNCTION = 0x0005,
};

enum zpci_clp_response {
	ZPCI_CLP_OK = 0x0010,
	ZPCI_CLP_UNKNOWN_COMMAND = 0x0020,
	ZPCI_CLP_FORMAT = 0x0040,
	ZPCI_CLP_LENGTH = 0x0050,
	ZPCI_CLP_NEEDS_8K = 0x0060,
	ZPCI_CLP_RESERVED_NOT_ZERO = 0x0070,
	ZPCI_CLP_INVALID_HANDLE = 0x0101,
	ZPCI_CLP_INVALID_FOR_HANDLE = 0x0102,
	ZPCI_CLP_DMA_SPACES = 0x0103,
	ZPCI_CLP_RESOURCES = 0x0104,
	ZPCI_CLP_ALREADY = 0x0105,
	ZPCI_CLP_PERMANENT_ERROR = 0x0106,
	ZPCI_CLP_RECOVERY_PENDING = 0x0107,
	ZPCI_CLP_BUSY = 0x0108,
	ZPCI_CLP_RESUME_TOKEN = 0x010a,
	ZPCI_CLP_UNKNOWN_GROUP = 0x010b,
};

/* Limits of a block (reference 2.1). */
#define ZPCI_CLP_BLOCK_MAX 8192
#define ZPCI_CLP_REQUEST_MIN 16
#define ZPCI_CLP_REQUEST_MAX 8184
#define ZPCI_CLP_RESPONSE_MIN 8
#define ZPCI_CLP_RESPONSE_MAX 8176

/* Starts both halves. In a request, @code is the command; in a response, the response code,
 * and @length goes in as the space offered and comes out as the bytes used. */
struct zpci_clp_header {
	zpci_be16 length;
	zpci_be16 code;
	zpci_be32 format;
	zpci_be64 reserved;
};

struct zpci_clp_slpc_response {
	struct zpci_clp_header header;
	uint8_t reserved1[16];
	uint8_t facilities[32];
	uint8_t reserved2[16];
	uint8_t write_back; /* 0: no write-back mapped I/O */
	uint8_t reserved3[15];
	uint8_t characteristics[32];
};

struct zpci_clp_list_request {
	struct zpci_clp_header header;
	zpci_be64 token;
	zpci_be64 reserved;
};

struct zpci_clp_list_response {
	struct zpci_clp_header header;
	zpci_be64 token;
	zpci_be32 handle_mask; /* handle bits that tell hypervisor functions apart */
	zpci_be16 max_functions;
	uint8_t flags; /* ZPCI_CLP_LIST_UID_CHECKING */
	uint8_t entry_size;
	/* entries follow */
};

#define ZPCI_CLP_LIST_UID_CHECKING 0x01

struct zpci_clp_list_entry {
	zpci_be16 device;
	zpci_be16 vendor;
	zpci_be32 configuration; /* ZPCI_CLP_CONFIGURED or 0: standby */
	zpci_be32 fid;
	zpci_be32 handle;
};

#define ZPCI_CLP_CONFIGURED 0x80000000u

struct zpci_clp_query_function_request {
	struct zpci_clp_header header;
	zpci_be32 handle;
	zpci_be32 reserved1;
	zpci_be64 reserved2;
};

struct zpci_clp_query_function_response {
	struct zpci_clp_header header;
	zpci_be16 vfn;
	uint8_t flags; /* ZPCI_CLP_QF_* */
	uint8_t pfgid;
	zpci_be32 fid;
	uint8_t bar_size[6]; /* log2; 0: absent */
	zpci_be16 pchid;
	zpci_le32 bar[6];
	uint8_t pfip[4];
	uint8_t fidparm;
	uint8_t port;
	uint8_t fmb_length; /* in units of 4 bytes */
	uint8_t pft;
	zpci_be64 sdma;
	zpci_be64 edma;
	zpci_be16 rid;
	uint8_t reserved1[4];
	zpci_be16 tid;
	uint8_t reserved2[36];
	zpci_be32 uid;
	uint8_t utility_string[64]; /* EBCDIC */
	uint8_t reserved3[64];
	uint8_t mio[128];
};

#define ZPCI_CLP_QF_TID 0x20
#define ZPCI_CLP_QF_RID 0x10
#define ZPCI_CLP_QF_PHYSICAL 0x08
#define ZPCI_CLP_QF_MIO 0x02
#define ZPCI_CLP_QF_UTILITY_STRING 0x01

struct zpci_clp_query_group_request {
	struct zpci_clp_header header;
	uint8_t reserved1[3];
	uint8_t pfgid;
	uint8_t reserved2[12];
};

struct zpci_clp_query_group_response {
	struct zpci_clp_header header;
	zpci_be16 noi; /* low 12 bits */
	uint8_t version;
	uint8_t flags;	   /* ZPCI_CLP_QG_* */
	zpci_be16 maxstbl; /* low 13 bits */
	zpci_be16 mui;	   /* milliseconds */
	uint8_t dtsm;	   /* 0x80 ST, 0x40 RT, 0x20 RS, 0x10 RF */
	uint8_t reserved1;
	zpci_be16 maxfaal;
	zpci_be16 dnoi;
	zpci_be16 maxcpu;
	zpci_be64 dasm;
	zpci_be64 msia;
	uint8_t reserved2[16];
};

#define ZPCI_CLP_QG_RELAXED_TRANSLATION 0x20
#define ZPCI_CLP_QG_RELAXED_ALIGNMENT 0x08
#define ZPCI_CLP_QG_FRAME 0x02
#define ZPCI_CLP_QG_REFRESH 0x01

struct zpci_clp_set_function_request {
	struct zpci_clp_header header;
	zpci_be32 handle;
	zpci_be16 reserved1;
	uint8_t operation; /* enum zpci_clp_set_operation */
	uint8_t dma_spaces;
	zpci_be32 reserved2;
	zpci_be32 gisa;
};

enum zpci_clp_set_operation {
	ZPCI_CLP_SET_ENABLE = 0,
	ZPCI_CLP_SET_DISABLE = 1,
	ZPCI_CLP_SET_ENABLE_MIO = 2,
	ZPCI_CLP_SET_DISABLE_MIO = 3,
};

struct zpci_clp_set_function_response {
	struct zpci_clp_header header;
	zpci_be32 handle;
	uint8_t reserved[12];
	uint8_t mio[128];
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
