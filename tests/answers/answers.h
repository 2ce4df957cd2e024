/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers.h - the whole contract with the guest as one table: what each operation answers, in each
 * state, under each condition.
 *
 * The rows are text, a file of them for each family of operations; README.md describes the
 * language. A row is at once text for a reader (doc/answers.md has them all) and a test: it says
 * from which state to start, what to execute, what the answer must be, and how QEMU's own zPCI
 * answers where that is not the same, with our reason. Rows run on two players, see player.h.
 *
 *	*.rows      the contract
 *	   |  rows.awk, at build time
 *	rows.c      tables and lists of steps
 *	   |
 *	steps.c     the verbs of the steps            values.c   the words in their operands
 *	   |
 *	guest.c     what a guest does, of several instructions
 *	   |
 *	instructions.c   one instruction, and a look at everything that it changed
 *	   |
 *	player.h    a machine
 *
 *	for each row and each of its states (run.c):
 *		begin          function configured and disabled, no events, storage zero
 *		.has           registrations that the guest has made
 *		state          reached by what a guest can do, where a guest can
 *		.prepare       steps before
 *		.act           the operation; the answer is that of its last step
 *		.check         steps after: what else must be so
 *
 * Every instruction that .act executes is watched: a general register that changed though the
 * instruction may not change it, or a byte of the operands' storage, is a failure as well.
 *
 * "Ref N.M" in a source is a section of the project's zPCI reference (see HACKING.md).
 */
#ifndef TESTS_ANSWERS_H
#define TESTS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>

#include "player.h"
#include "zpci/util/instruction.h"

/* --- answers ---------------------------------------------------------------------------------- */

/* What an operation answers is one number, never 0. */
#define CC(code) (0x1000 | (code))	  /* condition code, not 1 */
#define STATUS(code) (0x2000 | (code))	  /* condition code 1 and this status */
#define RESPONSE(code) (0x10000 | (code)) /* done, with this response code in its block */
#define PGM(code) (0x20000 | (code))	  /* program interruption */
#define MACHINE 0x40000			  /* left to the machine that we are the firmware of */
/* Of what is no instruction: */
#define DONE 0x400000
#define EVENT(pec) (0x800000 | (pec)) /* refused, with this error event; 0: without one */
#define COUNT(number) (0x1000000 | (number))
#define LEFT_IN(state) (0x2000000 | (state)) /* the state of the function afterwards */
/* Added to an answer: registers, storage or what else the row is about differ. */
#define OTHERWISE 0x100000
/* QEMU does not survive it, so it is not tried there. */
#define ENDS_QEMU 0x200000

#define OPERATION ZPCI_PGM_OPERATION
#define PRIVILEGED ZPCI_PGM_PRIVILEGED
#define PROTECTION ZPCI_PGM_PROTECTION
#define ADDRESSING ZPCI_PGM_ADDRESSING
#define SPECIFICATION ZPCI_PGM_SPECIFICATION
#define OPERAND ZPCI_PGM_OPERAND
/* Principles of Operation, chapter 6. */
#define SEGMENT_TRANSLATION 0x0010
#define PAGE_TRANSLATION 0x0011
#define ALET_SPECIFICATION 0x0028
#define ALEN_TRANSLATION 0x0029
#define ASCE_TYPE 0x0038

/* --- states, handles, functions --------------------------------------------------------------- */

/* States of a function (reference 4.2). */
enum state {
	ENABLED,
	RESERVED,
	STANDBY,
	DISABLED,
	BLOCKED,   /* error, load and store blocked */
	UNBLOCKED, /* error, load and store allowed */
	PERMANENT,
	STATES,
	ANY = STATES, /* the operation is about no function */
};

/* Which handle the operation is given. */
enum which_handle {
	CURRENT,      /* the one that List tells; of a reserved function the last one */
	EARLIER,      /* the enabled one from before a disable and an enable */
	OTHER_ENABLE, /* the current one with the enable bit the other way */
	NO_INDEX,     /* enabled, of an index that no function has */
	NO_KIND,      /* the current one with the hypervisor bits of nobody */
	ZERO,
	ONES,
};

/* Which function. Those but the first are of this firmware only. */
enum which_function {
	FUNCTION, /* a VF of `probe`; QEMU's: whatever it has */
	RELAXED,  /* one of a group with relaxed rules for store block */
	PLAIN,	  /* the PF of `probe`, emulated as QEMU does its functions */
	BARE,	  /* a VF of `null` */
	PLATFORM, /* a VF of `probe` of whose platform everything is set */
	FUNCTIONS,
};

/* How PLATFORM is known: no other function has a type. */
#define PLATFORM_TYPE 0x0b
#define PLATFORM_GROUP 0x33

/* What was found out about a function by List and Query. */
struct target {
	bool found;
	uint32_t fid;
	uint16_t vendor, device;
	bool probe;		/* its registers are those of <zpci/probe.h> */
	unsigned memory_bar;	/* a place in a BAR that just keeps what is stored there: */
	uint64_t memory;	/* offset */
	uint64_t memory_length; /* bytes */
	unsigned msix;		/* MSI-X capability in config space */
	struct zpci_clp_query_function_response query;
	struct zpci_clp_query_group_response group;
};

/* --- storage ---------------------------------------------------------------------------------- */

/* Offsets into the player's work area. */
#define BLOCK 0x0000u /* CLP, 8 KiB */
#define FIB 0x2000u
#define DATA 0x3000u /* 8 KiB */
#define SCCB 0x5000u
#define CHSC 0x6000u
#define AIBV 0x7000u
#define AISB 0x8000u
#define FMB 0x9000u
#define PAGES 0xa000u	 /* two pages that DMA goes to */
#define WATCHED 0xc000u	 /* bytes, from 0, that no instruction changes unless it should */
#define RT_TABLE 0xc000u /* I/O translation: 16 KiB, 16 KiB, 2 KiB */
#define ST_TABLE 0x10000u
#define PT_TABLE 0x14000u
#define WORK_SIZE 0x15000u

/* What the tables of `.has = IOAT` map, in pages from the first DMA address (sdma) on. */
#define MAPPED 0	     /* to PAGES */
#define MAPPED_READ 1	     /* to the page behind it, protected */
#define UNMAPPED 2	     /* page invalid, as are all further ones */
#define LARGE 0x100000u	     /* offset from sdma: a 1 MiB frame, the work area */
#define LARGE_READ 0x200000u /* the same, protected */
#define NO_SEGMENT 0x300000u /* segment invalid, as are all further ones */

/* --- a row ------------------------------------------------------------------------------------ */

struct trial;

/* Needs of a row. */
#define NEEDS_HOST CAN_HOST
#define NEEDS_DAT CAN_DAT
#define NEEDS_SIGNAL CAN_SIGNAL
#define NEEDS_RESET CAN_RESET
#define NEEDS_CPU CAN_CPU
#define NEEDS_CLOCK CAN_CLOCK
#define NEEDS_SPACES CAN_SPACES
#define NEEDS_OF_PLAYER 0xff
#define NEEDS_PROBE 0x100 /* the function's registers: not comparable with QEMU's devices */
#define NEEDS_ROOM 0x200  /* a memory of more than 4 KiB in its BAR: the same */
#define NEEDS_OURS 0x400  /* it is about our own functions in another way */

/* Registrations made before the state is reached. */
#define IOAT 1
#define INT 2
#define MEASURE 4

/* Address spaces: MEMORY is that of the target's memory. */
#define CONFIG ZPCI_SPACE_CONFIG
#define MEMORY 0x100u

/* Each file of rows says the same in words; README.md explains them. */
struct row {
	const char *condition;
	int answer;
	int in[STATES];	    /* or an answer for each state; 0: not a row */
	const char *effect; /* what changes; NULL: nothing but what the answer says */
	const char *source;

	/* QEMU's own, where it differs: the answer, and our reason. */
	int qemu;
	int qemu_in[STATES];
	const char *reason;
	bool on_little_endian_hosts; /* it differs on these alone */

	enum state state;
	enum which_handle handle;
	enum which_function of;
	unsigned has;
	unsigned needs;
	void (*prepare)(struct trial *trial);
	int (*act)(struct trial *trial);
	void (*check)(struct trial *trial);
};

struct family {
	const char *operation;
	const struct row *rows;
	unsigned count;
};

/* Made of the files of rows; ends with a family without a name. */
extern const struct family answers[];

/* How an instruction names its operands, where a row wants it otherwise than the helpers below. */
struct form {
	bool registers; /* r1 and r2 are given */
	unsigned r1, r2;
	bool no_base; /* the displacement is the address */
	uint64_t displacement;
	uint64_t base_bits; /* set in the base register as well */
	unsigned index;	    /* index register, 0: none; and what it has */
	uint64_t index_value;
	uint64_t request_bits; /* set in the request register as well */
	bool executed;	       /* it is the target of an EXECUTE */
};

/* --- a trial: one row at work ----------------------------------------------------------------- */

struct trial {
	struct player *player;
	const struct row *row;
	enum state state;
	int row_answer;
	struct target *target;
	uint32_t handle;	/* what the operation is to be given */
	struct cpu cpu;		/* mode and problem state of .act's instructions */
	struct form form;	/* of .act's instructions */
	uint64_t page;		/* the address of the access exception, with translation on, or 0 */
	bool translated;	/* translation is on without it */
	bool judged;		/* .act is under way: its instructions are watched */
	bool unwatched;		/* storage may change as it likes */
	struct zpci_ccdf event; /* the last one that was fetched */
	uint64_t result;	/* R1 of the last instruction that has a result there */
	uint32_t dma_status;	/* at the end of the last transfer */
	int answer;		/* of the last instruction or operation of the steps */
	/* The first thing that is not as it should be. */
	const char *complaint;
	uint64_t got, wanted;
	uint64_t note[4]; /* the row's own, from prepare to check */
};

/* The last answer says that the instruction or command was done; and that of the row is the
 * same. */
bool trial_is_done(const struct trial *trial);
bool trial_is_done_as_wanted(const struct trial *trial);
/* Ends what the form, the addressing mode, translation and their like were for .act. */
void trial_usual_cpu(struct trial *trial, int answer);

/* Complains unless @got is @wanted. */
void trial_want(struct trial *trial, const char *what, uint64_t got, uint64_t wanted);

/* Storage of the work area, big-endian. */
uint64_t trial_address(const struct trial *trial, uint64_t offset);
uint8_t *trial_bytes(const struct trial *trial, uint64_t offset);
void trial_put(struct trial *trial, uint64_t offset, unsigned length, uint64_t value);
uint64_t trial_get(struct trial *trial, uint64_t offset, unsigned length);

/* --- instructions (instructions.c); all return an answer -------------------------------------- */

/* What an instruction may change. A register of NO_REGISTER is none. */
#define NO_REGISTER 16
struct effects {
	unsigned status;      /* register that gets a status with cc 1 */
	unsigned result;      /* register that cc 0 changes */
	uint64_t result_mask; /* which of its bits; 0: all */
	uint64_t offset;      /* storage that may change, in the work area */
	unsigned length;
};

/* Register numbers as the helpers below use them, for rows that are about something else. */
#define R_REQUEST 8 /* pair, or first operand */
#define R_DATA 5
#define R_BASE 11

uint64_t request(uint32_t handle, unsigned space, unsigned low);
/* Fills all registers with values that are nobody's operands. */
void guest_registers(struct trial *trial);
int guest_execute(struct trial *trial, const uint8_t bytes[6], const struct effects *effects);

/* Virtual addresses without a segment, and above the address space, under player->protect(). */
#define NO_SEGMENT_ADDRESS 0x7ff00000u
#define NO_ADDRESS (1ull << 40)

int guest_load(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
	       unsigned length, uint64_t *value);
int guest_store(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		unsigned length, uint64_t value);
int guest_store_block(struct trial *trial, uint32_t handle, unsigned space, uint64_t offset,
		      uint64_t address, unsigned length);
int guest_refresh(struct trial *trial, uint32_t handle, uint64_t start, uint64_t length);
int guest_modify(struct trial *trial, uint32_t handle, unsigned space, unsigned control,
		 uint64_t address);
int guest_store_controls(struct trial *trial, uint32_t handle, unsigned space, uint64_t address);
int guest_clp(struct trial *trial, unsigned control, uint64_t address);
int guest_service(struct trial *trial, uint32_t command, uint64_t sccb);
int guest_subsystem(struct trial *trial, uint64_t address);

/* --- what a guest does (guest.c) -------------------------------------------------------------- */

/* Starts a CLP block: both headers, all else zero. */
void guest_clp_begin(struct trial *trial, unsigned command, unsigned request_length,
		     unsigned response_length);
/* One command with usual lengths on the block at BLOCK; the response is at BLOCK + 32. */
int guest_set_function(struct trial *trial, uint32_t handle, unsigned operation, unsigned spaces);
int guest_query_function(struct trial *trial, uint32_t handle);
int guest_query_group(struct trial *trial, unsigned group);
/* List's entry of @fid; false: it is not listed. */
bool guest_list_entry(struct trial *trial, uint32_t fid, struct zpci_clp_list_entry *entry);
uint32_t guest_handle(struct trial *trial);
int guest_configure(struct trial *trial, uint32_t command);
/* MPCIFC with the FIB as it was filled by trial_put(). */
int guest_register_ioat(struct trial *trial, uint32_t handle);
int guest_register_int(struct trial *trial, uint32_t handle);
/* The function controls, by STPCIFC; 0 if it does not tell. */
unsigned guest_controls(struct trial *trial);
/* The next event: PEC, or 0 if there is none. */
unsigned guest_event(struct trial *trial, struct zpci_ccdf *event);
/* Config space as a driver sees it: little-endian. Must succeed. */
uint32_t guest_config_get(struct trial *trial, unsigned offset, unsigned length);
void guest_config_put(struct trial *trial, unsigned offset, unsigned length, uint32_t value);

/* First DMA address. */
uint64_t guest_dma_start(const struct trial *trial);
/* Default tables at RT_TABLE, and a FIB at FIB that registers them. */
void guest_tables(struct trial *trial);
/* FIB at FIB: vectors 0 to 15 at AIBV, summary bit 0 of AISB, ISC 2. */
void guest_int_fib(struct trial *trial);
/* Registers of `probe`. */
uint64_t probe_get(struct trial *trial, unsigned offset, unsigned length);
int probe_put(struct trial *trial, unsigned offset, unsigned length, uint64_t value);
/* Waits until an operation of its DMA engine has ended; returns DMA_STATUS, or 0 if the function's
 * registers are blocked, as after an error. */
uint32_t probe_dma_end(struct trial *trial);
/* One operation, to its end; returns what probe_dma_end() does. */
uint32_t probe_dma(struct trial *trial, unsigned operation, uint64_t source, uint64_t destination,
		   uint64_t length);
/* Puts the function into error with a DMA to @address, which is in no aperture: of QEMU's own
 * functions an RPCIT. The event is there when it returns. */
void guest_fail(struct trial *trial, uint64_t address);
/* Bus Master on; MSI-X on with entry n sending n. */
void guest_bus_master(struct trial *trial);
void guest_msix(struct trial *trial);

/* --- running (run.c) -------------------------------------------------------------------------- */

/* Brings @trial's function to its state; complains if that fails. */
void reach_state(struct trial *trial);

/* Runs all rows that @player can, or number @only if that is not 0; prints TAP; returns how many
 * failed. */
unsigned answers_run(struct player *player, unsigned only);
/* Prints the table. */
void answers_list(void (*print)(const char *format, ...) __attribute__((format(printf, 1, 2))));

#endif
