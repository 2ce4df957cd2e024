/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - common ground of the fuzz targets.
 *
 *	LLVMFuzzerTestOneInput(), one per target
 *	    |
 *	    +-- input.c     the bytes of an input as numbers, addresses, handles
 *	    +-- machine.c   a machine in memory, a firmware, an adapter; every access is watched
 *	    +-- execute.c   executes an instruction and judges what it did to CPU and storage
 *	    +-- device.c    the adapter: `probe`, between whose services and us everything is judged
 *	    +-- check.c     what must be true between two steps, whatever the guest did
 *
 * A target turns its input into a sequence of steps. A violated oracle ends in abort(). libFuzzer
 * reports it with the input; without libFuzzer the replay of the corpus (replay.c) fails.
 *
 * Runs are deterministic. The services of a probe device's thread wait until the step that caused
 * them has ended (fuzz.gate). A step begins when the thread has no work (fuzz_drain()). Doorbells
 * expire there at once.
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

/* The rest of an input. Behind its end all bytes read as 0. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

bool fuzz_more(const struct fuzz_input *input);
/* The next @length bytes (0 to 8) as a big-endian number. */
uint64_t fuzz_take(struct fuzz_input *input, size_t length);
/* One byte: a number below @count. */
unsigned fuzz_choose(struct fuzz_input *input, unsigned count);
/* The next bytes, at most @length; *@got is their number. */
const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t length, size_t *got);
/* The compiler chooses the order of two of these in one expression, or in the arguments of a call.
 * So there is one in a statement, or each in a declaration of its own. */
/*
 * Any number; important numbers take few bytes. The first byte chooses:
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
/* An absolute address, mostly in storage. Two bytes: page and place in the page. */
uint64_t fuzz_address(struct fuzz_input *input);

/* --- machine.c ------------------------------------------------------------------------------ */

#define FUZZ_STORAGE 0x100000ull
#define FUZZ_VFS 7
/* Functions in the life of one input. */
#define FUZZ_FUNCTIONS 16
#define FUZZ_FID 0x1020u
#define FUZZ_UID 0x110u
#define FUZZ_PCHID 0x1c0u

/* The writer of bytes in storage. */
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
	bool changed; /* it changed a byte */
};

#define FUZZ_WRITES 64

/* The answer of STPCIFC before each step, and since when it is the same. */
struct fuzz_registration {
	uint32_t fid;
	uint32_t handle;
	enum zpci_state state;
	struct zpci_fib fib;
};

/* A translation that was used and not refreshed since. */
struct fuzz_translation {
	uint64_t page;
	uint64_t frame;
	bool writable;
};

/* More than one transfer uses. */
#define FUZZ_TRANSLATIONS 256

struct fuzz_dma {
	struct fuzz_device *device; /* device with DMA; NULL: none */
	bool write;
	uint64_t address; /* of the next access */
	size_t length;	  /* bytes from there */
};

struct fuzz;

struct fuzz_device {
	struct fuzz *fuzz;
	unsigned vf;
	uint32_t fid;
	void *inner;			      /* the probe device; NULL: closed */
	const struct zpci_services *services; /* the function's */
	struct zpci_services between;	      /* the services that the probe device gets */
	bool quiesced;
	unsigned budget; /* pieces that the engine may still move in this step */
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

	/* Held while a step is in the library; recursive. Services of device threads wait for
	 * it. */
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
	FUZZ_SHARED,	      /* the machine has its own functions */
	FUZZ_NO_UID_CHECKING, /* not shared, and UIDs may be equal */
	FUZZ_KINDS
};
struct fuzz *fuzz_setup(enum fuzz_kind kind);
/* Checks again and frees everything. */
void fuzz_teardown(struct fuzz *fuzz);
/* Begins a step's checks: forgets former writes, notes registrations. Gate held. */
void fuzz_watch(struct fuzz *fuzz);
/* Only indicator bits and measurement blocks were written. */
void fuzz_check_presented(const struct fuzz *fuzz);
/* Around each call into the library. */
void fuzz_enter(struct fuzz *fuzz);
void fuzz_leave(struct fuzz *fuzz);

/* Plugs VF @vf (0: the PF) with the profile of that index; returns the firmware's result. Those of
 * FUZZ_RELAXED have relaxed store blocks; each third function has a utility string. */
#define FUZZ_RELAXED(vf) ((vf) == 2 || (vf) == 5)
int fuzz_add(struct fuzz *fuzz, unsigned vf, unsigned profile, bool standby);
/* A handle: mostly of an existing function, sometimes a wrong one. One byte or 5. */
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

/* An action of the host: hot plug, removal, reset, error, time. */
void fuzz_host(struct fuzz *fuzz, struct fuzz_input *input);

/* --- execute.c ------------------------------------------------------------------------------ */

/* Executes and checks. The caller has set the registers. */
enum zpci_disposition fuzz_execute(struct fuzz *fuzz, const uint8_t instruction[6]);

/* --- device.c ------------------------------------------------------------------------------- */

extern const struct zpci_model fuzz_model;
/* The next adapter belongs to @fuzz. */
void fuzz_device_owner(struct fuzz *fuzz);
/* Ends all delays, and returns when no device has work. */
void fuzz_drain(struct fuzz *fuzz);
/* The device's DMA and vectors, caused by the target on its thread. */
int fuzz_dma(struct fuzz_device *device, bool write, uint64_t address, void *buffer, size_t length);
void fuzz_raise(struct fuzz_device *device, unsigned vector);
/* After RPCIT, or the end of all translations. */
void fuzz_forget(struct fuzz_device *device, uint64_t start, uint64_t last);
/* Called by machine.c for each write to absolute storage during DMA. */
void fuzz_dma_wrote(struct fuzz *fuzz, uint64_t absolute, size_t length);

/* --- check.c -------------------------------------------------------------------------------- */

/* State, handle, List, Query, group and controls agree; no lock is held. */
void fuzz_check(struct fuzz *fuzz);
/* All functions are disabled and have no registrations, as after a reset. */
void fuzz_check_reset(struct fuzz *fuzz);
/* Fetches all events: their functions exist or existed, their number is bounded. */
void fuzz_check_events(struct fuzz *fuzz);

#endif
