/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - the contract written a second time: what a guest must see of the zPCI firmware.
 *
 * It is simple on purpose: one thread, no cache, no lock, one byte at a time, open structures. It
 * is written from the zPCI reference and the manual, and shares nothing with the library: it has
 * its own constants and byte order, and uses libc only. Where the two differ, one is wrong.
 *
 *	instruction.c  registers and operands     machine.c  storage, time, interruptions, reports
 *	clp.c          List, Query, Set           life.c     plug, enable, disable, reset, errors
 *	access.c       load, store, store block   event.c    event queue, CHSC, SERVC
 *	controls.c     MPCIFC, STPCIFC, RPCIT     dma.c      translation, a device's accesses
 *	device.c       the device of desk.h       vector.c   MSI-X, AIBV, AISB
 *	measure.c      measurement blocks         platform.c type, group, DMA addresses, ...
 *
 * Numbers in comments are sections of the reference.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desk.h"

#define MODEL_STORAGE 0x40000u
#define MODEL_SLOTS 16 /* functions at a time */
#define MODEL_FIDS 64  /* removed functions */
#define MODEL_EVENTS ((MODEL_SLOTS + MODEL_FIDS) * 16)
#define MODEL_KNOWN 512 /* translations of one function that may be cached */

struct model_cpu {
	uint64_t gr[16];
	uint64_t psw_mask;
	uint64_t prefix;
	unsigned cc;
	bool cc_set;
	uint16_t program_interruption;
};

enum model_state { /* in the order of 4.2 */
	MODEL_RESERVED,
	MODEL_STANDBY,
	MODEL_DISABLED,
	MODEL_ENABLED,
	MODEL_ERROR,
	MODEL_UNBLOCKED,
	MODEL_PERMANENT,
};

enum model_memory_bit {
	MODEL_BIT_ABSENT,
	MODEL_BIT_OFF,
	MODEL_BIT_ON
};

/* The platform, with the names of 3.5 and 3.6. */
struct model_platform {
	unsigned group;
	unsigned noi, version, flags, maxstbl, mui, dtsm;
	uint64_t dasm, msia, sdma, edma;
	unsigned pft, port;
	uint32_t pfip;
	bool has_tid;
	unsigned tid;
	bool measured;	  /* it has a measurement block */
	bool tells_pchid; /* @pchid instead of the adapter's */
	unsigned pchid, fidparm;
};

#define MODEL_PLATFORMS 4
extern const struct model_platform model_platforms[MODEL_PLATFORMS];

/* Options of a function. */
struct model_plug {
	uint32_t fid;
	uint32_t uid;
	uint16_t pchid;
	unsigned vf; /* 0: the PF */
	bool ids;    /* the profile's columns */
	bool bars;
	bool publish_vfn;
	enum model_memory_bit memory;
	bool standby;
	bool publish_rid;
	const struct model_platform *platform;
	const char *utility; /* NULL: none */
};

struct model_known {
	uint64_t page;
	uint64_t frame;
	bool writable;
};

struct model_function {
	struct model_plug plug;
	enum model_state state;
	uint32_t handle;
	uint32_t last_enabled; /* ended by a reset; 0: none */
	unsigned lives;	       /* number of lives of its place */
	bool instances[128];   /* instance numbers that its handles had in this life */
	bool unused;	       /* not enabled in this life yet */
	uint64_t removed;      /* number of the removal that emptied its place */

	/* config space and BARs */
	uint8_t config[4096]; /* the device's bytes that the function does not answer itself */
	uint32_t bar_registers[6];
	bool memory_bit;
	bool bus_master;
	uint8_t bar0[DESK_BAR0_SIZE];
	uint8_t bar2[DESK_BAR2_SIZE];

	/* MSI-X */
	bool msix_enabled;
	bool msix_masked;
	uint8_t table[DESK_VECTORS * 16];
	bool pending[DESK_VECTORS];

	/* registrations */
	bool int_registered;
	unsigned isc, noi, aibvo, aisbo;
	bool sum;
	uint64_t aibv, aisb;
	bool dma_registered;
	uint64_t pba, pal, iota;
	struct model_known known[MODEL_KNOWN];
	unsigned known_count;

	/* measurement */
	uint64_t fmb; /* 0: off */
	uint64_t fmb_due, fmb_order;
	uint32_t samples;
	uint64_t counters[6];
};

enum {
	MODEL_LOADS,
	MODEL_STORES,
	MODEL_BLOCKS,
	MODEL_REFRESHES,
	MODEL_READ,
	MODEL_WRITTEN
};

/* With the values at the time of the event. */
struct model_event {
	uint32_t fid;
	uint32_t handle;
	uint16_t pec;
	uint64_t address;
};

struct model {
	uint8_t storage[MODEL_STORAGE];
	uint64_t bad_start, bad_length; /* missing storage */

	struct model_function functions[MODEL_SLOTS];
	unsigned slots;
	bool begun[MODEL_PLATFORMS]; /* a function has or had it */
	uint32_t removed_fids[MODEL_FIDS];
	unsigned removed_count;
	uint64_t removals;
	bool no_uid_checking;
	bool shared; /* the machine has its own functions and gets what is not ours */

	struct model_event events[MODEL_EVENTS];
	unsigned event_count;
	bool report_wanted, report_outstanding, quiesced;
	bool reset; /* no CLP since then */
	uint64_t reports;

	bool single[8], none[8]; /* 6.6 */
	uint64_t interruptions[8];
	uint8_t deferred; /* interruption subclasses of the current instruction */
	bool in_instruction;

	uint64_t completions;
	uint32_t sccb;

	uint64_t now;	/* nanoseconds */
	uint64_t epoch; /* TOD clock at 0 */
	uint64_t orders;

	bool open; /* the contract allows several answers to an access: the test ends */
};

/* --- machine.c ------------------------------------------------------------------------------- */

/* Numbers in storage and registers. */
uint64_t model_get_be(const uint8_t *bytes, size_t length);
void model_put_be(uint8_t *bytes, size_t length, uint64_t value);
uint64_t model_get_le(const uint8_t *bytes, size_t length);
void model_put_le(uint8_t *bytes, size_t length, uint64_t value);

/* False: nothing was transferred. */
bool model_read(struct model *model, uint64_t address, void *bytes, size_t length);
bool model_write(struct model *model, uint64_t address, const void *bytes, size_t length);
bool model_read_real(struct model *model, const struct model_cpu *cpu, uint64_t address,
		     void *bytes, size_t length);
bool model_write_real(struct model *model, const struct model_cpu *cpu, uint64_t address,
		      const void *bytes, size_t length);
/* False: the CPU has its addressing exception. */
bool model_read_logical(struct model *model, struct model_cpu *cpu, uint64_t address, void *bytes,
			size_t length);
bool model_write_logical(struct model *model, struct model_cpu *cpu, uint64_t address,
			 const void *bytes, size_t length);

void model_set_mode(struct model *model, unsigned isc, bool single);
void model_interrupt(struct model *model, unsigned isc);
/* Presents interruptions and reports after an instruction or a host's call. */
void model_settle(struct model *model);
void model_advance(struct model *model, uint64_t nanoseconds);
uint64_t model_clock(const struct model *model);

/* --- instruction.c --------------------------------------------------------------------------- */

/* False: not ours, nothing done. */
bool model_execute(struct model *model, struct model_cpu *cpu, const uint8_t instruction[6]);

/* How an operation ends. */
struct model_end {
	uint16_t program_interruption;
	uint8_t cc;
	uint8_t status;
};

#define MODEL_DONE ((struct model_end){ 0, 0, 0 })
#define MODEL_CC3 ((struct model_end){ 0, 3, 0 })
#define MODEL_STATUS(code) ((struct model_end){ 0, 1, (code) })
#define MODEL_PGM(code) ((struct model_end){ (code), 0, 0 })

/* --- life.c ---------------------------------------------------------------------------------- */

void model_init(struct model *model);
void model_plug(struct model *model, const struct model_plug *plug);
bool model_unplug(struct model *model, uint32_t fid);
struct model_function *model_by_fid(struct model *model, uint32_t fid);
/* The function whose handle this is, bit for bit; or NULL. */
struct model_function *model_by_handle(struct model *model, uint32_t handle);
/* The function in the handle's place, if it has or had this handle; or NULL. */
struct model_function *model_by_place(struct model *model, uint32_t handle);
unsigned model_slot(const struct model *model, const struct model_function *function);
void model_enable(struct model_function *function);
void model_disable(struct model_function *function);
void model_reset(struct model *model);
void model_fail(struct model *model, struct model_function *function, uint16_t pec,
		uint64_t address);
bool model_inject(struct model *model, uint32_t fid, uint16_t pec);

/* --- event.c --------------------------------------------------------------------------------- */

void model_post(struct model *model, const struct model_function *function, uint16_t pec,
		uint64_t address);
/* A CLP: it ends the time after a reset. */
void model_runs(struct model *model);
bool model_announce(struct model *model, uint32_t fid);
void model_quiesce(struct model *model);
void model_resume(struct model *model);
bool model_chsc(struct model *model, struct model_cpu *cpu, unsigned r1);
bool model_servc(struct model *model, struct model_cpu *cpu, unsigned r1, unsigned r2);

/* --- the others ------------------------------------------------------------------------------ */

/* The group for Query, or NULL. */
const struct model_platform *model_group(const struct model *model, unsigned group);

/* In a shared machine: the block is the machine's. *@restart: its list starts there. */
bool model_clp_is_foreign(const struct model *model, unsigned lps, const uint8_t *request,
			  size_t length, bool *restart);
/* CLP with a block: false, cc 3 (no such logical processor). @request is followed by the
 * response. */
bool model_clp(struct model *model, unsigned lps, uint8_t *request, size_t request_length,
	       size_t response_length);

struct model_end model_load(struct model *model, uint32_t handle, unsigned space, uint64_t offset,
			    unsigned length, uint64_t *value);
struct model_end model_store(struct model *model, uint32_t handle, unsigned space, uint64_t offset,
			     unsigned length, uint64_t value);
struct model_end model_check_block(struct model *model, uint32_t handle, unsigned space,
				   uint64_t offset, size_t length);
struct model_end model_store_block(struct model *model, uint32_t handle, unsigned space,
				   uint64_t offset, const uint8_t *data, size_t length);
/* Registers of config space after power on. */
void model_config_reset(struct model_function *function);
uint8_t model_config_byte(const struct model_function *function, unsigned offset);

struct model_end model_modify(struct model *model, struct model_function *function, unsigned space,
			      unsigned control, const uint8_t fib[80]);
bool model_controllable(const struct model_function *function);
struct model_end model_store_fib(struct model *model, uint32_t handle, unsigned space,
				 uint8_t fib[80], bool *handle_bit);
struct model_end model_refresh(struct model *model, uint32_t handle, uint64_t start,
			       uint64_t length);

/* A device's access. Returns 0, 1 refused at *@failed, 2 not allowed to access. */
int model_dma(struct model *model, struct model_function *function, uint64_t address,
	      uint8_t *bytes, size_t length, bool write, uint64_t *failed);
/* Before RPCIT an access there may use the old or the new translation: both are right. */
bool model_dma_open(struct model *model, struct model_function *function, uint64_t address,
		    size_t length);
void model_forget(struct model_function *function, uint64_t start, uint64_t last);

void model_device_reset(struct model_function *function);
bool model_device_read(struct model *model, struct model_function *function, unsigned bar,
		       uint64_t offset, uint8_t *data, size_t length);
bool model_device_write(struct model *model, struct model_function *function, unsigned bar,
			uint64_t offset, const uint8_t *data, size_t length);
/* The engine, as by DESK_ENGINE. */
void model_device_engine(struct model *model, struct model_function *function);
uint64_t model_bar_size(unsigned bar);
uint32_t model_bar_flags(unsigned bar);

void model_vector(struct model *model, struct model_function *function, unsigned vector);
void model_send_pending(struct model *model, struct model_function *function);
void model_msix_reset(struct model_function *function);

/* False: the address has a key. */
bool model_measure(struct model *model, struct model_function *function, uint64_t address);
void model_count(struct model_function *function, unsigned counter, uint64_t amount);
/* The next block that is due until @target, or NULL. */
struct model_function *model_measure_due(struct model *model, uint64_t target);
void model_measure_update(struct model *model, struct model_function *function);
void model_measure_resume(struct model *model);

#endif
