/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * player.h - what plays the guest of the table of answers.
 *
 *	rows (clp.rows, load_store.rows, ...)   the contract; do not know where they run
 *	   |  steps.c, guest.c, instructions.c
 *	   v
 *	struct player                         executes one instruction, shows storage
 *	   |                 |                 |
 *	player_ram.c      player_kvm.c      player_bare.c
 *	a machine in      KVM of s390,      a program without an operating system under QEMU: with
 *	memory            which is a fake   the plugin, and once more against QEMU's own zPCI device
 *
 * A row uses these operations and nothing else of a player. An operation that not every player has
 * has a flag, and rows say what they need.
 */
#ifndef TESTS_ANSWERS_PLAYER_H
#define TESTS_ANSWERS_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#define CAN_HOST 0x01 /* reach behind the guest: fail, remove, add a function, break storage, ... */
#define CAN_DAT 0x02  /* switch dynamic address translation on and protect pages */
#define CAN_SIGNAL 0x04 /* execute what belongs to the machine: SERVC and CHSC of all kinds */
#define CAN_RESET 0x08	/* have an I/O subsystem reset, as DIAGNOSE 308 causes */
#define CAN_CPU 0x10	/* execute EXECUTE, SIC and STCRW */
#define CAN_CLOCK 0x20	/* let time pass, of the host */
#define CAN_SPACES 0x40 /* check storage keys, and have address spaces beside the primary one */

/* With CAN_SPACES and translation: bits 16 and 17 of the PSW, and how far a virtual address is from
 * the real one. In the primary space they are the same. */
#define IN_ACCESS_REGISTERS 1
#define IN_SECONDARY 2
#define IN_HOME 3
#define SECONDARY_OFFSET 0x1000u
#define HOME_OFFSET 0x2000u
#define LISTED_OFFSET 0x3000u
/* The one entry of the access list, for LISTED_OFFSET. */
#define LISTED_ALET 0x00010002u
/* A storage key: access-control bits 0 to 15, and this one. */
#define FETCH_PROTECTED 0x10u

enum addressing {
	MODE_64,
	MODE_31,
	MODE_24
};

/* One CPU, for one instruction. */
struct cpu {
	uint64_t gr[16];      /* general registers: before, then after */
	enum addressing mode; /* addressing mode of the PSW */
	bool problem;	      /* problem state */
	unsigned space;	      /* with CAN_SPACES: IN_*, 0 is the primary one */
	uint32_t ar[16];      /* access registers */
	unsigned key;	      /* access key of the PSW */
	uint64_t prefix;      /* absolute address of the prefix area, aligned to 8 KiB, or 0 */
	/* What became of it. */
	uint16_t interruption; /* program interruption code, or 0 */
	unsigned cc;	       /* condition code; counts without an interruption */
	bool left;	       /* left to the machine, which this player does not have */
	/* Of an interruption, where the player has a CPU, else 0: the instruction length code, how
	 * far the old PSW's address is behind the instruction's, the page of an access
	 * exception. */
	unsigned length;
	unsigned advance;
	uint64_t page;
};

struct player {
	const char *name;     /* for people */
	unsigned can;	      /* CAN_* */
	bool big_endian_host; /* of QEMU */
	/* The plugin stands before QEMU's own functions: it keeps from QEMU what would end it, and
	 * answers that as with a function of ours. Other rows are not played. */
	bool guarded;
	/* WORK_SIZE bytes of absolute storage, aligned to 1 MiB, below 2 GiB. */
	uint64_t work;
	uint64_t end; /* main storage ends here: the page below can be used, this one not */

	/* Where absolute storage at @address can be looked at and changed. */
	uint8_t *(*storage)(struct player *player, uint64_t address);
	/* Executes one instruction; translation is off. */
	void (*execute)(struct player *player, const uint8_t bytes[6], struct cpu *cpu);
	/* A new row begins. A player that can makes everything new; the functions and the
	 * events are put in order by the caller in any case. */
	void (*begin)(struct player *player);
	/* The row has ended. */
	void (*finish)(struct player *player);

	/* How many were presented since it was last asked, and takes them: adapter interruptions
	 * on @isc, channel reports (waits a while for @expected of them), service signals. */
	unsigned (*interruptions)(struct player *player, unsigned isc);
	unsigned (*reports)(struct player *player, unsigned expected);
	unsigned (*completions)(struct player *player);
	/* SIC for @isc: 0 ALL, 1 SINGLE. */
	void (*set_mode)(struct player *player, unsigned isc, unsigned mode);
	/* Lets devices' threads run for a moment; called while waiting for one. */
	void (*pause)(struct player *player);

	/* I/O subsystem reset, with CAN_RESET; of the whole system with CAN_HOST as well. */
	void (*reset)(struct player *player, bool whole_system);

	/* With CAN_HOST only. 0, or not. */
	int (*fail)(struct player *player, uint32_t fid, uint16_t pec);
	int (*remove)(struct player *player, uint32_t fid);
	int (*add)(struct player *player, uint32_t fid, bool standby); /* and announces it */
	void (*no_uid_checking)(struct player *player); /* everything new, without it */
	/* Ends the last one's range; then [@start, @start + @length) is not in storage. Players
	 * round to pages. */
	void (*poison)(struct player *player, uint64_t start, uint64_t length);
	/* With CAN_CLOCK. */
	void (*advance)(struct player *player, uint64_t milliseconds);

	/* With CAN_DAT only: translation on for the following instructions, virtual addresses
	 * are the real ones, with the page at @address invalid or protected; 0 and 0: off. */
	void (*protect)(struct player *player, uint64_t invalid, uint64_t protected);

	/* With CAN_SPACES only: the storage key of the block of 4 KiB at @address. */
	void (*storage_key)(struct player *player, uint64_t address, unsigned key);

	void (*print)(const char *format, ...) __attribute__((format(printf, 1, 2)));
};

#endif
