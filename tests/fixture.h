/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixture.h - common ground of the unit tests: a machine in memory, a firmware, an adapter of the
 * model `bench`, and a guest that the test plays.
 *
 *	fixture_setup()    machine, firmware, adapter "bench"; no function yet
 *	fixture_add()      plugs one
 *	guest_*()          executes instructions on the fixture's CPU as a guest would
 *
 * An instruction's answer is one number, so that a test checks it in one line:
 *
 * CC(n) condition code n, not 1
 *	STATUS(code)  condition code 1 and that status, found where the instruction puts it
 *	PGM(code)     ended in that program interruption
 *	NOT_OURS      left to the machine
 *	NO_CC         executed, but no condition code was set (SERVC may not be so)
 *
 * The tests state the contract: the zPCI reference, whose sections are given as "ref", and the
 * comments of the public headers.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>
#include <zpci/ram.h>

#include "bench.h"
#include "zpci/machine/record.h"
#include "zpci/util/instruction.h"

#define CC(code) (code)
#define STATUS(code) (0x100 | (code))
#define PGM(code) (0x10000 | (code))
#define NOT_OURS 0x100000
#define NO_CC 0x200000

/* Guest storage: 16 MiB, used like this. */
#define STORAGE_SIZE 0x1000000ull
#define BLOCK 0x10000ull /* CLP, 8 KiB */
#define FIB 0x13000ull
#define DATA 0x14000ull
#define SCCB 0x15000ull
#define CHSC 0x16000ull
#define AIBV 0x17000ull
#define AISB 0x17800ull
#define FMB 0x18000ull
#define TABLES 0x100000ull /* I/O translation tables grow from here */
#define PAGES 0x400000ull  /* pages for DMA */

#define FID 0x1021u
#define UID 0x111u
#define PCHID 0x1c0u

struct fixture {
	struct zpci_ram *ram;
	struct zpci_ram_cpu cpu;
	struct zpci_firmware *firmware;
	struct zpci_record *record; /* records instructions; NULL: no record */
	struct zpci_adapter *adapter;
	struct bench *bench; /* the adapter's structure */
	uint64_t tables;     /* next free byte for tables */
	uint64_t iota;	     /* root of the tables, 0: none yet */
	_Atomic unsigned messages[ZPCI_LOG_DEBUG + 1];
};

/* For cmocka_unit_test_setup_teardown(): *@state is the fixture. */
int fixture_setup(void **state);
/* The same on a machine with operations @ops, which are copied. */
int fixture_setup_on(void **state, const struct zpci_machine_ops *ops);
int fixture_setup_shared(void **state); /* on a machine with its own zPCI */
int fixture_teardown(void **state);

#define FIXTURE_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

struct zpci_logger fixture_logger(struct fixture *fixture);

/* Plugs VF @vf (0: the PF) of the bench adapter, with the given options or the usual ones. */
void fixture_options(struct fixture *fixture, unsigned vf, const char *profile,
		     struct zpci_function_options *options);
int fixture_add_options(struct fixture *fixture, const struct zpci_function_options *options);
/* FID + vf, UID + vf; must succeed. Returns the bench device. */
struct bench_device *fixture_add(struct fixture *fixture, unsigned vf, const char *profile);
/* The same, then enables it: returns the enabled handle. */
uint32_t fixture_enabled(struct fixture *fixture, unsigned vf, const char *profile);
/* Current handle and state of a function. */
uint32_t fixture_handle(struct fixture *fixture, uint32_t fid);
enum zpci_state fixture_state(struct fixture *fixture, uint32_t fid);

/* --- storage -------------------------------------------------------------------------- */

void guest_write(struct fixture *fixture, uint64_t address, const void *data, size_t length);
void guest_read(struct fixture *fixture, uint64_t address, void *data, size_t length);
void guest_put(struct fixture *fixture, uint64_t address, size_t length, uint64_t value);
uint64_t guest_get(struct fixture *fixture, uint64_t address, size_t length);
void guest_fill(struct fixture *fixture, uint64_t address, uint8_t byte, size_t length);

/* --- execution ------------------------------------------------------------------------ */

/* Executes @instruction; @status is the register that gets the status byte. */
int guest_execute(struct fixture *fixture, const uint8_t instruction[6], unsigned status);

/* --- instructions, with registers that the test chooses ------------------------------- */

int guest_load(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
	       unsigned length, uint64_t *value);
int guest_store(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
		unsigned length, uint64_t value);
int guest_store_block(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
		      uint64_t address, size_t length);
int guest_refresh(struct fixture *fixture, uint32_t handle, uint64_t start, uint64_t length);
int guest_modify(struct fixture *fixture, uint32_t handle, unsigned dma_space, unsigned control,
		 const struct zpci_fib *fib);
int guest_store_controls(struct fixture *fixture, uint32_t handle, struct zpci_fib *fib);
int guest_servc(struct fixture *fixture, uint32_t command, uint32_t fid, uint16_t *response);
int guest_sei(struct fixture *fixture, struct zpci_chsc_sei_response *response);

/* Config space as a driver sees it: little-endian numbers. Must succeed. */
uint32_t guest_config_read(struct fixture *fixture, uint32_t handle, unsigned offset,
			   unsigned length);
void guest_config_write(struct fixture *fixture, uint32_t handle, unsigned offset, unsigned length,
			uint32_t value);
/* The same for a BAR. */
uint64_t guest_bar_read(struct fixture *fixture, uint32_t handle, unsigned bar, uint64_t offset,
			unsigned length);
void guest_bar_write(struct fixture *fixture, uint32_t handle, unsigned bar, uint64_t offset,
		     unsigned length, uint64_t value);

/* --- CLP ------------------------------------------------------------------------------ */

/* Executes the block at BLOCK on logical processor @lps. */
int guest_clp(struct fixture *fixture, unsigned lps);
/* Clears the block and fills both headers in. */
void guest_clp_begin(struct fixture *fixture, unsigned command, unsigned request_length,
		     unsigned response_length);
/* Response code of a block whose request has 32 bytes. */
unsigned guest_clp_code(struct fixture *fixture);
unsigned guest_set_function(struct fixture *fixture, uint32_t handle, unsigned operation,
			    unsigned dma_spaces, uint32_t *after);
unsigned guest_query_function(struct fixture *fixture, uint32_t handle,
			      struct zpci_clp_query_function_response *response);
unsigned guest_query_group(struct fixture *fixture, unsigned group,
			   struct zpci_clp_query_group_response *response);
/* One call with room for @room entries; returns the response code; *@entries is how many came. */
unsigned guest_list(struct fixture *fixture, uint64_t *token, unsigned room,
		    struct zpci_clp_list_entry *list, unsigned *entries);
/* Enables and returns the new handle; must succeed. */
uint32_t guest_enable(struct fixture *fixture, uint32_t handle);

/* --- DMA and interruptions ------------------------------------------------------------ */

/* First DMA address of a function. */
uint64_t guest_dma_start(struct fixture *fixture, uint32_t handle);
/* Maps DMA address @address to @absolute; the page entry gets @flags (ZPCI_IOTE_*). */
void guest_map(struct fixture *fixture, uint64_t address, uint64_t absolute, uint64_t flags);
/* Absolute address of the entry for @address; level 3 region-third, 2 segment, 1 page. */
uint64_t guest_entry(struct fixture *fixture, uint64_t address, unsigned level);
/* REG_IOAT for [@start, @last]. */
int guest_register_ioat(struct fixture *fixture, uint32_t handle, uint64_t start, uint64_t last);

/* REG_INT with vector @offset at AIBV and summary bit @summary (negative: none) at AISB. */
int guest_register_int(struct fixture *fixture, uint32_t handle, unsigned isc, unsigned noi,
		       unsigned offset, int summary);
/* Programs MSI-X entry @index (data @data, not masked); and switches MSI-X on. */
void guest_msix_entry(struct fixture *fixture, uint32_t handle, unsigned index, uint32_t data);
/* Sets Bus Master: without it there are no interruptions and no DMA. */
void guest_set_master(struct fixture *fixture, uint32_t handle);
void guest_msix_enable(struct fixture *fixture, uint32_t handle);
/* Enabled VF 1, MSI-X entries n -> data n, REG_INT on ISC 2 at bit 0 with summary bit 0. */
uint32_t fixture_interrupting(struct fixture *fixture, struct bench_device **device);

#endif
