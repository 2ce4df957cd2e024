/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/platform.h - what the platform says of a function: its group, its type, where DMA may go.
 *
 * On the real machine these facts belong to the adapter and to the firmware in front of it. Here
 * each of them comes from the first of these that gives it:
 *
 *	configuration   @platform of struct zpci_function_options
 *	device          @platform of struct zpci_identity, if the function is a host's
 *	default         zpci_platform_default()
 *
 * They do not change while the function is plugged. Numbers are in host byte order; those that CLP
 * tells to the guest have their field of <zpci/clp.h> in parentheses.
 * Source: zPCI reference sections 3.5 and 3.6; Linux arch/s390/include/asm/pci_clp.h
 * (clp_rsp_query_pci, clp_rsp_query_pci_grp), include/uapi/linux/vfio_zdev.h.
 */
#ifndef ZPCI_PLATFORM_H
#define ZPCI_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* Translation tables that the guest may register, as bits of @designations (dtsm; reference 3.6).
 * Region-third tables must be among them: older Linux knows no others. */
#define ZPCI_DESIGNATION_RT 0x40 /* region-third: DMA addresses below 2^42 */
#define ZPCI_DESIGNATION_RS 0x20 /* region-second: below 2^53 */
#define ZPCI_DESIGNATION_RF 0x10 /* region-first: all */
/* Linux (drivers/iommu/s390-iommu.c) reads these bits as region-second and -first tables; in QEMU
 * they mean other types. If all three types are offered, the bits are right either way, and only
 * then may they be on. */
#define ZPCI_DESIGNATION_LINUX 0x0c

/*
 * What functions have in common (Query PCI function group). All functions of one firmware that are
 * in the group @id have the same of all this. The first function decides it until the firmware is
 * destroyed.
 */
struct zpci_group {
	uint8_t id;		  /* PFGID. In a shared machine 0xf0 to 0xff are the machine's */
	uint8_t version;	  /* 1: the guest says that links have 5 GT/s (version) */
	uint8_t designations;	  /* ZPCI_DESIGNATION_*, at least RT (dtsm) */
	bool relaxed_store_block; /* store blocks of 1 to @store_block bytes and any alignment, not
				     across 4 KiB; else a multiple of 8 from 16 on (flags, 0x08) */
	bool refresh;		  /* the guest executes RPCIT for new translations too, because
				     the device has them mapped (flags, 0x01) */
	uint16_t vectors;	  /* interruptions of a function, 1 to 2048 (noi) */
	uint16_t store_block;	  /* longest store block in bytes, a multiple of 8 up to
				     ZPCI_STORE_BLOCK_LIMIT. Linux needs ZPCI_STORE_BLOCK_LINUX
				     (maxstbl) */
	uint16_t fmb_interval;	  /* milliseconds between updates of the measurement block,
				     not 0 (mui) */
	uint64_t msi_address; /* DMA address that message-signalled interruptions are written to:
				     a multiple of 4, outside of where DMA may go (msia) */
	uint64_t dma_spaces;  /* mask of DMA address spaces. Its meaning is not public: 0, or what
				     a host says (dasm) */
	uint64_t reserved[4]; /* 0 */
};

/* Bytes of a store block: the longest that can be, and what Linux uses without asking. */
#define ZPCI_STORE_BLOCK_LIMIT 4096
#define ZPCI_STORE_BLOCK_LINUX 128

/* Characters of a utility string, at most (reference 3.5). */
#define ZPCI_UTILITY_STRING_MAX 64

/* Function type of ISM: Linux registers one page more, behind @dma_end (reference 5.3). */
#define ZPCI_FUNCTION_TYPE_ISM 0x05

/* Facts, as bits of @given. */
enum zpci_platform_fact {
	ZPCI_PLATFORM_TYPE = 0x001,	      /* pft */
	ZPCI_PLATFORM_PORT = 0x002,	      /* port */
	ZPCI_PLATFORM_PATH = 0x004,	      /* pfip */
	ZPCI_PLATFORM_TOPOLOGY = 0x008,	      /* has_tid, tid */
	ZPCI_PLATFORM_FMB = 0x010,	      /* fmb_length */
	ZPCI_PLATFORM_REPORT_ERROR = 0x020,   /* report_error */
	ZPCI_PLATFORM_DMA = 0x040,	      /* dma_start, dma_end */
	ZPCI_PLATFORM_GROUP = 0x080,	      /* group, as a whole */
	ZPCI_PLATFORM_UTILITY_STRING = 0x100, /* utility_string, or utility_ebcdic */
	ZPCI_PLATFORM_PCHID = 0x200,	      /* pchid */
	ZPCI_PLATFORM_FIDPARM = 0x400,	      /* fidparm */
	ZPCI_PLATFORM_ALL = 0x7ff,
};

/* All facts about one function. Facts that are not in @given are ignored. */
struct zpci_platform {
	size_t size;	 /* sizeof(struct zpci_platform); it follows the rule of
			    struct zpci_adapter_options */
	uint32_t given;	 /* bits of enum zpci_platform_fact */
	uint8_t pft;	 /* function type (pft; reference 3.7); 0: unclassified */
	uint8_t port;	 /* port number, 1 to 15; 0: not applicable (port) */
	uint8_t pfip[4]; /* internal path of the adapter, segment by segment (pfip) */
	bool has_tid;	 /* there is a topology ID (flags, 0x20) */
	uint16_t tid;	 /* functions with the same topology ID share a bus; without one, functions
			    of one PCHID do (tid; reference 9.3) */
	uint8_t fmb_length; /* bytes of the measurement block: 64, or 0 for none (fmb_length, where
			       the unit is 4 bytes) */
	bool report_error;  /* the guest's reports of the function's errors are wanted (SCLP event
			       type 24, reference 8.6). CLP does not tell this to the guest. It is
			       for a machine that takes such reports */
	uint64_t dma_start; /* first DMA address that may be used, a multiple of 4096 (sdma) */
	uint64_t dma_end;   /* the last one, inclusive: a multiple of 4096 less 1 (edma). DMA to an
			       address that the registered tables do not reach is refused */
	struct zpci_group group;
	char utility_string[ZPCI_UTILITY_STRING_MAX + 1]; /* letters, digits, blanks and
				.<(+&*)-/%_>?'= (utility_string, there in EBCDIC); empty: none */
	bool has_utility_ebcdic; /* the utility string is @utility_ebcdic, and @utility_string is
				    empty */
	uint8_t utility_ebcdic[ZPCI_UTILITY_STRING_MAX]; /* all of it as it is told */
	uint16_t pchid;	 /* what the guest is told as physical channel ID (pchid). Unlike adapters,
			    any number of functions can have the same, also 0. Not given: that of
			    the adapter */
	uint8_t fidparm; /* depends on the type of function; the meaning is not public (fidparm) */
};

/*
 * zpci_platform_default - the facts if neither the configuration nor the device gives any.
 * @platform: the caller has set its size, and as much is filled
 * Nothing is given. DMA goes to 4 GiB up to 4 TiB, and there is a measurement block. The group is
 * 0x01: 2048 vectors, store blocks of ZPCI_STORE_BLOCK_LINUX, measurement each 4 s, region-third
 * tables, MSI address fe00000000000000. A device that maps guest storage (zpci_model.dma_map) has
 * another default, group 0x03, which is the same with refresh.
 */
void zpci_platform_default(struct zpci_platform *platform);
/* The same with another group, which is given: 0x02, whose store blocks have any alignment and up
 * to ZPCI_STORE_BLOCK_LIMIT bytes. */
void zpci_platform_relaxed(struct zpci_platform *platform);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
