/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what the fuzz targets stand on.
 *
 *	LLVMFuzzerTestOneInput(), one per target
 *	    |
 *	    +-- input.c     the bytes of an input as numbers, addresses, handles
 *	    +-- machine.c   a machine in memory, a firmware, an adapter; every access is watched
 *	    +-- execute.c   executes an instruction and judges what it did to CPU and storage
 *	    +-- device.c    the adapter: `probe`, between whose services and us everything is judged
 *	    +-- check.c     what must be true between two steps, whatever the guest did
 *
 * A target turns its input into a sequence of steps. An oracle that is not satisfied ends in
 * abort(), which libFuzzer reports with the input, and which fails the replay of the corpus
 * (replay.c) where there is no libFuzzer.
 *
 * Runs are deterministic. A probe device has a thread of its own; its services wait until the
 * step that caused them is over (fuzz.gate), and no step begins before the thread has nothing to
 * do (fuzz_drain()). There, time passes in no time: a doorbell's delay ends at once.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/bytes.h>
#include <zpci/firmware.h>
#include <zpci/ram.h>

/* Name of the target: its corpus is tests/fuzz/corpus/NAME. Each target defines it. */
extern const char fuzz_name[];
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An oracle. It is not assert(), because it must also work with NDEBUG. */
#define fuzz_must(condition)                                                                       \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition);                                 \
	} while (0)
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* --- input.c ------------------------------------------------------------------------------- */

/* What is left of an input. Behind its end everything reads as 0. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

bool fuzz_more(const struct fuzz_input *input);
/* The next @length bytes (0 to 8) as a big-endian number. */
uint64_t fuzz_take(struct fuzz_input *input, size_t length);
/* One byte: a number below @count. */
unsigned fuzz_choose(struct fuzz_input *input, unsigned count);
/* The next bytes themselves, at most @length; *@got is how many there are. */
const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t length, size_t *got);
/* The compiler chooses the order of two of these in one expression, or in the arguments of a call.
 * So there is one in a statement, or each in a declaration of its own. */
/*
 * Any number, in few bytes one that matters. The first byte says which:
 *	00-3f       that number
 *	40-5f       one of FUZZ_NUMBERS by index
 *	60-7f       the same, plus the next byte, which is signed
 *	80-bf       2 to the power of its low 6 bits
 *	c0-df       the same, minus 1
 *	e0-ff       the bytes behind it, (low 3 bits) + 1 of them
 */
uint64_t fuzz_number(struct fuzz_input *input);
extern const uint64_t fuzz_numbers[];
extern const unsigned fuzz_numbers_count;
/* An absolute address, mostly in storage. Two bytes: page, and a place in it. */
uint64_t fuzz_address(struct fuzz_input *input);

/* --- machine.c ------------------------------------------------------------------------------ */

#define FUZZ_STORAGE 0x100000ull
#define FUZZ_VFS 7
/* Functions in the life of one input. */
#define FUZZ_FUNCTIONS 16
#define FUZZ_FID 0x1020u
#define FUZZ_UID 0x110u
#define FUZZ_PCHID 0x1c0u

/* Who wrote to storage. */
enum fuzz_way {
	FUZZ_LOGICAL,
	FUZZ_REAL,
	FUZZ_ABSOLUTE,
	FUZZ_OR,
};

struct fuzz_write {
	enum fuzz_way way;
	uint64_t address;
	size_t length;
	bool changed; /* some byte is another one now */
};

#define FUZZ_WRITES 64

/* What STPCIFC tells of a function, and since when: taken before each step. */
struct fuzz_registration {
	uint32_t fid;
	uint32_t handle;
	enum zpci_state state;
	struct zpci_fib fib;
};

/* A translation that was used, and that the guest has not told us to forget. */
struct fuzz_translation {
	uint64_t page;
	uint64_t frame;
	bool writable;
};

/* More than one transfer of a target can use. */
#define FUZZ_TRANSLATIONS 256

struct fuzz_dma {
	struct fuzz_device *device; /* whose DMA is under way; NULL: none */
	bool write;
	uint64_t address; /* what comes next */
	size_t length;	  /* and how much of it */
};

struct fuzz;

struct fuzz_device {
	struct fuzz *fuzz;
	unsigned vf;
	uint32_t fid;
	void *inner;			      /* the probe device; NULL: closed */
	const struct zpci_services *services; /* the function's */
	struct zpci_services between;	      /* what the probe device gets instead */
	bool quiesced;
	unsigned budget; /* pieces of DMA that the engine may move in this step */
	struct fuzz_translation used[FUZZ_TRANSLATIONS];
	unsigned used_count;
};

struct fuzz {
	struct zpci_ram *ram;
	struct zpci_ram_cpu cpu;
	struct zpci_machine_ops ops;
	struct zpci_firmware *firmware;
	bool shared;
	bool uid_checking;
	bool quiesced;
	struct zpci_adapter *adapter;
	struct fuzz_device devices[1 + FUZZ_VFS];

	/* Held while a step is inside the library; recursive. Services of device threads wait
	 * for it. */
	pthread_mutex_t gate;
	pthread_t main;

	/* All since fuzz_watch(). */
	struct fuzz_write writes[FUZZ_WRITES];
	unsigned write_count;
	unsigned condition_codes;
	unsigned program_interruptions;
	unsigned registers_set;
	struct fuzz_registration registrations[FUZZ_FUNCTIONS];
	unsigned registration_count;
	struct fuzz_dma dma;
};

/* A machine, a firmware and an adapter of `probe` with FUZZ_VFS VFs; no function yet. */
enum fuzz_kind {
	FUZZ_ALONE,
	FUZZ_SHARED,	      /* the machine has functions of its own */
	FUZZ_NO_UID_CHECKING, /* alone, and UIDs may be the same */
	FUZZ_KINDS
};
struct fuzz *fuzz_setup(enum fuzz_kind kind);
/* Checks once more and frees all. */
void fuzz_teardown(struct fuzz *fuzz);
/* Begins to watch: forgets what was seen, and notes what is registered now. Gate held. */
void fuzz_watch(struct fuzz *fuzz);
/* Storage was written only where indicator bits, or the block of measurements, may be. */
void fuzz_check_presented(const struct fuzz *fuzz);
/* Around each call into the library. */
void fuzz_enter(struct fuzz *fuzz);
void fuzz_leave(struct fuzz *fuzz);

/* Plugs VF @vf (0: the PF) with the profile of that index; 0 or what the firmware said. Those of
 * FUZZ_RELAXED have relaxed rules for store blocks; each third function has a utility string. */
#define FUZZ_RELAXED(vf) ((vf) == 2 || (vf) == 5)
int fuzz_add(struct fuzz *fuzz, unsigned vf, unsigned profile, bool standby);
/* Some handle: mostly of a function there is, now and then one that is wrong. One byte or 5. */
uint32_t fuzz_handle(struct fuzz *fuzz, struct fuzz_input *input);
/* Info of the function that exists at @index; false: there is none. */
bool fuzz_info(struct fuzz *fuzz, unsigned index, struct zpci_function_info *info);
/* The handle of the function of VF @vf, 0: not plugged. */
uint32_t fuzz_handle_of(struct fuzz *fuzz, unsigned vf);
/* Enables it and sets Bus Master; returns the new handle. */
uint32_t fuzz_enable(struct fuzz *fuzz, unsigned vf);
uint8_t *fuzz_storage(struct fuzz *fuzz, uint64_t address);
/* Makes some range of storage inaccessible, of up to 64 KiB. */
void fuzz_poison(struct fuzz *fuzz, struct fuzz_input *input);

/* What a host does, chosen by the input: hot plug, removal, resets, errors, time. */
void fuzz_host(struct fuzz *fuzz, struct fuzz_input *input);

/* --- execute.c ------------------------------------------------------------------------------ */

/* Executes and judges; the registers are the caller's to set before. */
enum zpci_disposition fuzz_execute(struct fuzz *fuzz, const uint8_t instruction[6]);

/* --- device.c ------------------------------------------------------------------------------- */

extern const struct zpci_model fuzz_model;
/* The adapter made next is of this one. */
void fuzz_device_owner(struct fuzz *fuzz);
/* Returns when no device has anything to do, for which all delays have passed. */
void fuzz_drain(struct fuzz *fuzz);
/* The device's own DMA and messages, played by the target on its thread. */
int fuzz_dma(struct fuzz_device *device, bool write, uint64_t address, void *buffer, size_t length);
void fuzz_raise(struct fuzz_device *device, unsigned vector);
/* The guest executed RPCIT, or something that ends all translations. */
void fuzz_forget(struct fuzz_device *device, uint64_t start, uint64_t last);
/* Called by machine.c for each write to absolute storage during DMA. */
void fuzz_dma_wrote(struct fuzz *fuzz, uint64_t absolute, size_t length);

/* --- check.c -------------------------------------------------------------------------------- */

/* State, handle, List, Query, group and controls agree; no lock is held. */
void fuzz_check(struct fuzz *fuzz);
/* Everything is disabled and nothing registered, as after a reset. */
void fuzz_check_reset(struct fuzz *fuzz);
/* Fetches all events: they are of functions that exist or existed, and bounded in number. */
void fuzz_check_events(struct fuzz *fuzz);

#endif
