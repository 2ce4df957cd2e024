/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.h - the words of the rows: values, v_WORD(), and verbs, do_VERB(). README.md explains those
 * whose names do not.
 *
 * Addresses are absolute ones of storage. An instruction gets the row's handle where it is what the
 * row is about, and the function's current one in steps before and after it.
 */
#ifndef TESTS_ANSWERS_STEPS_H
#define TESTS_ANSWERS_STEPS_H

#include "answers.h"

#include <zpci/probe.h>

/* --- names of offsets ------------------------------------------------------------------------- */

/* In the FIB. */
#define FIB_FORMAT 0
#define FIB_CONTROLS 8
#define FIB_PBA 16
#define FIB_PAL 24
#define FIB_IOTA 32
#define FIB_WORD 40
#define FIB_AIBV 48
#define FIB_AISB 56
#define FIB_FMB 64

/* In the block of a CLP command with a request of 32 bytes: where the answer is, and the fields of
 * those of Query function and Query group. */
#define ANSWER 32
#define QUERY(what, field) (ANSWER + offsetof(struct zpci_clp_query_##what##_response, field))
#define F_VFN QUERY(function, vfn)
#define F_FLAGS QUERY(function, flags)
#define F_GROUP QUERY(function, pfgid)
#define F_FID QUERY(function, fid)
#define F_PATH QUERY(function, pfip)
#define F_PORT QUERY(function, port)
#define F_FMB_LENGTH QUERY(function, fmb_length)
#define F_TYPE QUERY(function, pft)
#define F_SDMA QUERY(function, sdma)
#define F_EDMA QUERY(function, edma)
#define F_RID QUERY(function, rid)
#define F_TID QUERY(function, tid)
#define F_UID QUERY(function, uid)
#define F_STRING QUERY(function, utility_string)
#define F_MIO QUERY(function, mio)
#define G_NOI QUERY(group, noi)
#define G_VERSION QUERY(group, version)
#define G_FLAGS QUERY(group, flags)
#define G_MAXSTBL QUERY(group, maxstbl)
#define G_MUI QUERY(group, mui)
#define G_DTSM QUERY(group, dtsm)
#define G_DASM QUERY(group, dasm)
#define G_MSIA QUERY(group, msia)

/* In the block of CHSC: the answer, and the event in it. */
#define CHSC_ANSWER 16
#define EVENT_FIELD(field) (CHSC_ANSWER + offsetof(struct zpci_chsc_sei_response, field))
#define E_LENGTH EVENT_FIELD(length)
#define E_TYPE EVENT_FIELD(type)
#define E_MORE EVENT_FIELD(flags)
#define E_CONTENT EVENT_FIELD(content)
#define E_HANDLE EVENT_FIELD(ccdf.handle)
#define E_FID EVENT_FIELD(ccdf.fid)
#define E_ERROR EVENT_FIELD(ccdf.error)
#define E_ADDRESS EVENT_FIELD(ccdf.address)
#define E_PEC EVENT_FIELD(ccdf.pec)

/* In the measurement block. */
#define M_SAMPLES 4
#define M_UPDATED 8
#define M_LOADS 16
#define M_STORES 24
#define M_STORE_BLOCKS 32
#define M_REFRESHES 40
#define M_DMA_READ 48
#define M_DMA_WRITTEN 56

/* --- values (values.c) ------------------------------------------------------------------------ */

/* Places in storage; those of the work area as in answers.h. */
uint64_t v_block(const struct trial *trial);
uint64_t v_fib(const struct trial *trial);
uint64_t v_data(const struct trial *trial);
uint64_t v_sccb(const struct trial *trial);
uint64_t v_chsc(const struct trial *trial);
uint64_t v_aibv(const struct trial *trial);
uint64_t v_aisb(const struct trial *trial);
uint64_t v_fmb(const struct trial *trial);
uint64_t v_pages(const struct trial *trial);
uint64_t v_region_table(const struct trial *trial);
/* The entries that the first DMA address is translated by. */
uint64_t v_region_entry(const struct trial *trial);
uint64_t v_segment_entry(const struct trial *trial);
uint64_t v_page_entry(const struct trial *trial);
/* Storage ends here: the page below can be used, this one not. */
uint64_t v_end(const struct trial *trial);
/* Absolute storage that neither the CPU nor a player uses. */
uint64_t v_low(const struct trial *trial);
/* Virtual addresses without a segment, and above the address space, with translation on. */
uint64_t v_no_segment(const struct trial *trial);
uint64_t v_no_address(const struct trial *trial);

/* What is there, big-endian. */
uint64_t v_byte(const struct trial *trial, uint64_t address);
uint64_t v_halfword(const struct trial *trial, uint64_t address);
uint64_t v_word(const struct trial *trial, uint64_t address);
uint64_t v_doubleword(const struct trial *trial, uint64_t address);
/* How many of @length bytes from @address on are not @byte. */
uint64_t v_other(const struct trial *trial, uint64_t address, uint64_t length, uint64_t byte);

/* R1 of the last instruction. */
uint64_t v_r1(const struct trial *trial);

/* The function's: facts that List and Query told before the row. */
uint64_t v_fid(const struct trial *trial);
uint64_t v_uid(const struct trial *trial);
uint64_t v_group(const struct trial *trial);
uint64_t v_dma(const struct trial *trial);
uint64_t v_dma_end(const struct trial *trial);
uint64_t v_msi_address(const struct trial *trial);
uint64_t v_bar_size(const struct trial *trial); /* of the BAR with its memory, bytes */
/* Address spaces: of the memory, offsets count from it on; config space. */
uint64_t v_memory(const struct trial *trial);
uint64_t v_config(const struct trial *trial);
uint64_t v_memory_bar(const struct trial *trial); /* the same BAR, from its start on */
/* Offsets in config space. */
uint64_t v_bar(const struct trial *trial); /* of the memory's */
uint64_t v_msix_control(const struct trial *trial);
uint64_t v_device_control(struct trial *trial);
/* The IDs as a register has those 4 bytes. */
uint64_t v_ids(const struct trial *trial);

/* Asked now: List's entry of the function; STPCIFC. */
uint64_t v_handle(const struct trial *trial); /* of the row; not asked */
uint64_t v_current(struct trial *trial);
uint64_t v_listed(struct trial *trial, uint64_t fid);
uint64_t v_configuration(struct trial *trial, uint64_t fid);
uint64_t v_handle_of(struct trial *trial, uint64_t fid);
uint64_t v_controls(struct trial *trial);
/* Config space, registers of `probe`, as a driver sees them; any BAR as R1 of PCILG has it. */
uint64_t v_in_config(struct trial *trial, uint64_t offset, uint64_t length);
uint64_t v_in_probe(struct trial *trial, uint64_t offset, uint64_t length);
uint64_t v_in_memory(struct trial *trial, uint64_t offset, uint64_t length);
uint64_t v_in_bar(struct trial *trial, uint64_t bar, uint64_t offset, uint64_t length);
/* PEC of the next event, which is taken; 0: there is none. Its fields afterwards. */
uint64_t v_event(struct trial *trial);
/* The same after a DMA of `probe`, which may have been refused. */
uint64_t v_event_of_dma(struct trial *trial);
uint64_t v_event_handle(const struct trial *trial);
uint64_t v_event_fid(const struct trial *trial);
uint64_t v_event_address(const struct trial *trial);

/* What was presented since it was last asked. */
uint64_t v_signals(struct trial *trial);
uint64_t v_reports(struct trial *trial, uint64_t expected);
uint64_t v_interruptions(struct trial *trial, uint64_t isc);

/* A field of the FIB as STPCIFC tells it. */
uint64_t v_told(struct trial *trial, uint64_t field);
/* The FIB's: ISC, number of vectors, offset of the first, summary bit; 64: none. */
uint64_t v_interrupt_word(const struct trial *trial, uint64_t isc, uint64_t vectors,
			  uint64_t offset, uint64_t summary);
/* How Query of a function is answered. */
uint64_t v_query(struct trial *trial, uint64_t handle);
/* Makes the error event @pec; 1: done. */
uint64_t v_inject(struct trial *trial, uint64_t pec);
/* The pending bit of a vector. */
uint64_t v_pending(struct trial *trial, uint64_t vector);
/* DMA_STATUS when the engine is idle. */
uint64_t v_idle_status(struct trial *trial);
/* The bytes of a doubleword the other way round. */
uint64_t v_swapped(const struct trial *trial, uint64_t value);
uint64_t v_min(const struct trial *trial, uint64_t one, uint64_t other);
/* Bit 0 of R1 of the last STPCIFC. */
uint64_t v_bit_0_of_r1(const struct trial *trial);

uint64_t v_answer(const struct trial *trial);
uint64_t v_remembered(const struct trial *trial);
/* 1 if the row's state is this one. */
uint64_t v_in_state(const struct trial *trial, uint64_t state);
/* The function controls of a function in the row's state without a registration. */
uint64_t v_state_controls(const struct trial *trial);
/* What a registration of the row's .has adds to them. */
uint64_t v_registered(const struct trial *trial);
/* A register of so many bytes of ones. */
uint64_t v_ones(const struct trial *trial, uint64_t length);

/* --- verbs (steps.c) -------------------------------------------------------------------------- */

/* What the rows of PCISTG store. */
#define STORED 0x8877665544332211ull

/* How the row's instruction is executed. */
void do_registers(struct trial *trial, uint64_t r1, uint64_t r2);
void do_executed(struct trial *trial);
void do_displacement(struct trial *trial, uint64_t displacement);
void do_no_base(struct trial *trial);
void do_base_bits(struct trial *trial, uint64_t bits);
void do_index(struct trial *trial, uint64_t number, uint64_t value);
void do_request_bits(struct trial *trial, uint64_t bits);
void do_problem_state(struct trial *trial);
void do_31_bits(struct trial *trial);
void do_prefix(struct trial *trial, uint64_t address);
/* With translation on, and this page invalid or protected; or with an address that is invalid. */
void do_invalid_page(struct trial *trial, uint64_t address);
void do_protected_page(struct trial *trial, uint64_t address);
void do_translated(struct trial *trial, uint64_t address);
void do_key(struct trial *trial, uint64_t key);
void do_storage_key(struct trial *trial, uint64_t address, uint64_t key);
void do_in_space(struct trial *trial, uint64_t space);
void do_access_register(struct trial *trial, uint64_t number, uint64_t token);
/* Storage may change. */
void do_unwatched(struct trial *trial);

/* Instructions. */
void do_load(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length);
void do_load_by(struct trial *trial, uint64_t handle, uint64_t space, uint64_t offset,
		uint64_t length);
void do_store(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length,
	      uint64_t value);
void do_store_block(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length,
		    uint64_t address);
void do_refresh(struct trial *trial, uint64_t start, uint64_t length);
void do_modify(struct trial *trial, uint64_t control, uint64_t space, uint64_t address);
void do_store_controls(struct trial *trial, uint64_t space, uint64_t address);
void do_clp(struct trial *trial, uint64_t control, uint64_t address);
void do_service(struct trial *trial, uint64_t command, uint64_t address);
void do_chsc(struct trial *trial, uint64_t address);
/* Without operands that could be looked at. */
void do_mapped(struct trial *trial, uint64_t opcode);
void do_sic(struct trial *trial, uint64_t operation);
void do_store_report(struct trial *trial);
void do_store_report_soon(struct trial *trial);

/* CLP: headers of a command with these lengths, all else zero; whole commands; and what is the rest
 * of a Query of the function's group, as far as there is storage. */
void do_command(struct trial *trial, uint64_t code, uint64_t request, uint64_t response);
void do_query_function(struct trial *trial);
void do_query_group(struct trial *trial, uint64_t group);
void do_set_function(struct trial *trial, uint64_t operation, uint64_t spaces);
void do_group_query_at(struct trial *trial, uint64_t address);
/* With cc 0 the answer is the response code there, which is outside of the work area. */
void do_answer_from(struct trial *trial, uint64_t address);
void do_compare_bars(struct trial *trial);
void do_expect_entry(struct trial *trial);
void do_list_one_by_one(struct trial *trial);
void do_list_twice(struct trial *trial);
void do_list_over_removal(struct trial *trial);
/* Counts of what was presented begin anew. */
void do_drain_signals(struct trial *trial);
void do_drain_reports(struct trial *trial);

/* What STPCIFC tells is what the FIB has, or nothing. */
void do_expect_int(struct trial *trial);
void do_expect_no_int(struct trial *trial);
void do_expect_ioat(struct trial *trial);
void do_expect_no_ioat(struct trial *trial);

/* Storage. */
void do_put(struct trial *trial, uint64_t length, uint64_t address, uint64_t value);
void do_fill(struct trial *trial, uint64_t address, uint64_t length, uint64_t byte);
void do_count_up(struct trial *trial, uint64_t address, uint64_t length, uint64_t first);
void do_fill_table(struct trial *trial, uint64_t address, uint64_t entries, uint64_t entry);
void do_remember(struct trial *trial, uint64_t value);

/* The device's memory. */
void do_fill_memory(struct trial *trial, uint64_t offset);
void do_expect_loaded(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length);
void do_expect_stored(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length);
void do_expect_block(struct trial *trial, uint64_t space, uint64_t offset, uint64_t length,
		     uint64_t address);

/* What a guest does. */
void do_enable(struct trial *trial);
void do_disable(struct trial *trial);
void do_configure(struct trial *trial);
void do_deconfigure(struct trial *trial);
void do_clear_fib(struct trial *trial);
void do_tables(struct trial *trial);
void do_int_fib(struct trial *trial);
void do_register_ioat(struct trial *trial);
void do_register_int(struct trial *trial);
void do_bus_master(struct trial *trial);
void do_msix(struct trial *trial);
void do_config(struct trial *trial, uint64_t offset, uint64_t length, uint64_t value);
void do_probe(struct trial *trial, uint64_t offset, uint64_t length, uint64_t value);
/* A transfer by `probe`, PROBE_DMA_...; and what DMA_STATUS is at its end. */
void do_dma(struct trial *trial, uint64_t operation, uint64_t address, uint64_t length);
uint64_t v_dma_status(const struct trial *trial);
/* The same as the row's operation; if it fails, it is refused at @failing. */
void do_transfer(struct trial *trial, uint64_t operation, uint64_t address, uint64_t length,
		 uint64_t failing);
/* Raises a vector; the answer is how many interruptions come on @isc. */
void do_ring(struct trial *trial, uint64_t vector, uint64_t isc);
/* The same once more; the answer counts both. */
void do_ring_again(struct trial *trial, uint64_t vector, uint64_t isc);
/* Registers for, rings and counts on each ISC. */
void do_ring_on_each_isc(struct trial *trial, uint64_t vector);
/* The device's thread raises a vector some microseconds later. */
void do_ring_later(struct trial *trial, uint64_t vector, uint64_t delay);
/* Waits for an interruption, so many pauses at most; the answer is how many came. */
void do_wait(struct trial *trial, uint64_t isc, uint64_t pauses);
void do_pause(struct trial *trial, uint64_t pauses);
/* Vector @vector of the MSI-X table: the word at @offset. */
void do_entry(struct trial *trial, uint64_t vector, uint64_t offset, uint64_t value);
/* Bit @bit, MSB-0, is the one that is set of the page at @address. */
void do_expect_bit(struct trial *trial, uint64_t address, uint64_t bit);
/* The answer is a number; or the state that List has of the function. */
void do_count(struct trial *trial, uint64_t number);
void do_state_left(struct trial *trial);
/* Registers and memory of `probe`, Command and MSI-X: other than after power on, and as then. */
void do_use_device(struct trial *trial);
void do_expect_new_device(struct trial *trial);
/* Into the error state, by a DMA to @address without a registration. */
void do_fail(struct trial *trial, uint64_t address);
/* So many errors, each at another address, so that none repeats the one before; and their events
 * from one on, which the guest fetches, the first of them already. */
void do_fail_often(struct trial *trial, uint64_t number);
void do_expect_latest(struct trial *trial, uint64_t first, uint64_t number);
void do_configure_if_standby(struct trial *trial);
/* The last instruction or command was done. */
void do_succeed(struct trial *trial);

/* What the host does. */
void do_remove(struct trial *trial, uint64_t fid);
void do_add(struct trial *trial, uint64_t fid, uint64_t standby);
void do_poison(struct trial *trial, uint64_t address, uint64_t length);
void do_pass(struct trial *trial, uint64_t milliseconds);
void do_reset_system(struct trial *trial);
void do_reset_subsystem(struct trial *trial);
void do_no_uid_checking(struct trial *trial);
void do_isc_mode(struct trial *trial, uint64_t isc, uint64_t mode);

#endif
