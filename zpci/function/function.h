/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * function.h - map of the function layer (one PCI function as the guest sees it), and the structure
 * that its parts share.
 *
 *	firmware (instructions)                  ^ events: struct zpci_function_parent
 *	    |                                    |
 *	    v
 *	life.c          plug, unplug, disable, reset
 *	bar.c           loads and stores of BARs
 *	facts.c         what List and Query tell, for readers without the lock
 *	view.c          config space: IDs, Command register, BARs, as the profile says
 *	gate.c          keeps a device that was reset from the guest
 *	msix.c          MSI-X table, pending bits          dma.c   accesses to guest storage
 *	interruption.c  AIBV, AISB                         push.c  guest storage mapped for a device
 *	platform.c      type, group, DMA addresses         ioat.c  the guest's translation tables
 *	fmb.c           measurement block
 *	    |
 *	    v
 *	state.c         state, handle, errors              pec.c   what each error does
 *	function.h      the structure and its lock         -> device (zpci/device.h)
 *
 * Calls go down in this picture. Each part has a header of its own. profile.c is no part: it names
 * the profiles for programs.
 *
 * Locks, in the order in which a thread may take them:
 *
 *	lock               for one operation on the function; held while the device is called
 *	dma.lock           read: by a piece of DMA; written: to take translations away
 *	interruption.lock  leaf
 *	fmb.lock           leaf
 *
 * A thread calls the machine's presenting operations while it holds none of these locks, of any
 * function. An interruption that it raises while it holds the lock of a function is collected in
 * @deferred of the function that it locked last, and presented when it gives its last lock back. If
 * that function is of another machine, a timer of the interruption's machine presents it. A thread
 * that holds no such lock, such as a device's own, presents at once.
 *
 * The gate of <zpci/device.h>, which keeps a device from the guest, is the flag @closed. Services
 * look at it inside of dma.lock or interruption.lock. So a thread that closes the gate, and then
 * takes each of these locks once, knows that no service which saw the gate open is still at work.
 *
 * All changes of the state are made under @lock, except errors. A device's thread must not wait for
 * @lock to report an error, because the operation that holds it may be waiting for that thread. So
 * the state changes by compare-and-swap wherever an error can come in between.
 */
#ifndef ZPCI_FUNCTION_FUNCTION_H
#define ZPCI_FUNCTION_FUNCTION_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/device.h>
#include <zpci/firmware.h>
#include <zpci/machine.h>
#include <zpci/platform.h>
#include <zpci/profile.h>

#include "zpci/util/log.h"

struct zpci_function;
struct zpci_facts;

/* What the layer above gives to each function. */
struct zpci_function_parent {
	struct zpci_machine_ops machine_ops;
	void *machine;
	struct zpci_logger logger;
	/* Function @fid had an error when its handle was @handle. Its state has changed already.
	 * Called with locks held: it may only queue the event. */
	void (*error)(void *opaque, uint32_t fid, uint32_t handle, uint16_t pec, uint64_t address);
	/* A function is new: makes what Query PCI function answers from its @facts, and puts it
	 * into their @told, which is 0 before. */
	void (*tell)(struct zpci_facts *facts);
	/* Presents adapter interruptions (bit n: ISC n) soon, from a thread without locks. The
	 * caller may hold any locks. */
	void (*present_later)(void *opaque, uint8_t iscs);
	/* Puts a function into its group. The gate is still closed, so that a function which is
	 * refused has raised nothing. 0, or a negative errno after a message; for -ENOMEM without
	 * one. */
	int (*join)(void *opaque, const struct zpci_function *function);
	void *opaque;
};

/* --- the parts ------------------------------------------------------------------------------- */

/* Bytes of config space that a profile can change: the header. MSI-X's control is the exception. */
#define ZPCI_VIEW_HEADER 64

/* Under the function's lock. */
struct zpci_view {
	struct zpci_profile profile;
	uint8_t bars[ZPCI_BARS * 4]; /* BAR registers where they are emulated, as in config space */
	bool memory;		     /* the emulated Memory bit */
	unsigned flr_control;	     /* offset of PCIe Device Control if FLR is there, or 0 */
	/* What the guest reads of the header: the device's bits in @passed, and the bits @own. */
	uint8_t passed[ZPCI_VIEW_HEADER + 7]; /* a doubleword can be read at each */
	uint8_t own[ZPCI_VIEW_HEADER + 7];
};

/* Under interruption.lock, or with the gate closed: no device looks at it then. */
struct zpci_msix {
	unsigned capability; /* offset in config space; 0: none */
	unsigned vectors;
	unsigned bar;
	uint64_t table_offset;
	unsigned pba_bar;
	uint64_t pba_offset;
	bool enabled;
	bool masked; /* Function Mask */
	bool bus_master;
	uint8_t *table;
	uint8_t *pending;
};

/* What REG_INT registers. */
struct zpci_indicators {
	unsigned isc;
	unsigned vectors; /* noi */
	uint64_t aibv;
	unsigned aibv_offset;
	bool summary;
	uint64_t aisb;
	unsigned aisb_offset;
};

struct zpci_interruption {
	pthread_mutex_t lock;
	bool registered;
	struct zpci_indicators indicators;
};

/* Cache of valid translations: direct-mapped by page number. Readers hold dma.lock for reading, and
 * no other lock; a sequence count guards each entry and is odd while the entry changes. */
#define ZPCI_IOAT_CACHE 1024

struct zpci_ioat_entry {
	_Atomic uint64_t page;	/* DMA address with bit 0 set: valid */
	_Atomic uint64_t frame; /* absolute address, and ZPCI_IOAT_WRITABLE */
	_Atomic uint32_t sequence;
} __attribute__((aligned(32)));

/* Under dma.lock. */
struct zpci_ioat {
	bool registered;
	uint64_t pba;
	uint64_t pal;
	uint64_t iota;
	struct zpci_ioat_entry *cache; /* aligned, in @memory */
	void *memory;
};

struct zpci_dma {
	pthread_rwlock_t lock;
	struct zpci_ioat ioat;
};

/* What is mapped for the device; under the function's lock. */
struct zpci_push {
	struct zpci_run *runs;
	unsigned count;
	uint32_t random;
};

enum zpci_counter {
	ZPCI_COUNT_LOADS,
	ZPCI_COUNT_STORES,
	ZPCI_COUNT_STORE_BLOCKS,
	ZPCI_COUNT_REFRESHES,
	ZPCI_COUNT_DMA_READ,	/* bytes */
	ZPCI_COUNT_DMA_WRITTEN, /* bytes */
	ZPCI_COUNTERS
};

struct zpci_measurement {
	pthread_mutex_t lock;
	_Atomic uint64_t address; /* absolute; 0: off. Changed under @lock */
	bool paused;		  /* the machine is quiesced */
	uint32_t samples;
	struct zpci_timer *timer;
	_Atomic uint64_t counters[ZPCI_COUNTERS];
};

/* --- what is published ----------------------------------------------------------------------- */

/* Bytes that the layer above keeps with the facts, a multiple of 8. */
#define ZPCI_FACTS_TOLD 192

struct zpci_facts {
	uint8_t told[ZPCI_FACTS_TOLD]; /* by zpci_function_parent.tell() */
	bool physical;		       /* it is a PF with SR-IOV */
	uint32_t delivered;	       /* facts of @platform that the device gave */
	struct zpci_function_info info;
	struct zpci_platform platform;
};

#define ZPCI_FACTS_WORDS ((sizeof(struct zpci_facts) + 7) / 8)

/* What makes an entry of List PCI. @life goes up by 1 when a function comes and when it goes, so it
 * is odd while one is there. A reader that finds it changed has read a mixture of two lives. */
struct zpci_published {
	_Atomic uint32_t life;
	_Atomic uint32_t fid;
	_Atomic uint32_t ids; /* device ID and vendor ID, as List tells them */
};

/* --- all together ---------------------------------------------------------------------------- */

struct zpci_function {
	/* Published: read without lock. They lie together, as List reads nothing else. */
	_Atomic uint32_t handle;
	_Atomic(enum zpci_state) state; /* state.c alone changes it */
	struct zpci_published published;

	atomic_bool bus_master;	     /* Command: DMA and messages are allowed */
	atomic_bool closed;	     /* the gate; changed with lock held */
	uint8_t deferred;	     /* ISCs to present at unlock; owner only */
	struct zpci_function *outer; /* locked by the same thread before; owner only */
	const struct zpci_function_parent *parent;
	pthread_mutex_t lock;

	_Atomic uint32_t bar_images[ZPCI_BARS];	  /* BAR registers as numbers, for Query */
	_Atomic unsigned vfs_enabled;		  /* of a PF, as its device says */
	_Atomic uint64_t facts[ZPCI_FACTS_WORDS]; /* guarded as @published */

	/* These belong to zpci/firmware/list.c, whose locks guard them. */
	_Atomic(struct zpci_function *) next_of_fid;
	struct zpci_function *next_free;

	/* Constant from plug to unplug. */
	uint32_t fid;
	uint32_t uid;
	uint16_t pchid;
	unsigned vf;
	bool publish_rid;
	struct zpci_identity identity;
	struct zpci_platform platform; /* @given: by configuration */
	uint32_t delivered;	       /* facts of it that the device gave */
	const struct zpci_model *model;
	const struct zpci_group *group; /* in @platform */

	struct zpci_adapter *adapter;
	void *device;
	struct zpci_services services;
	struct zpci_named_logger logger; /* the device's, behind @services */
	_Atomic uint64_t complained;	 /* TOD clock of the last warning about an error, or 0 */
	uint32_t last_enabled; /* handle that the firmware took away itself (reset), or 0 */
	unsigned instances;    /* instance numbers that this life had; 0: no life yet */
	bool instance_fresh;   /* the present one was in no enabled handle yet */
	struct zpci_view view;
	struct zpci_msix msix;
	struct zpci_interruption interruption;
	struct zpci_dma dma;
	struct zpci_push push;
	struct zpci_measurement fmb;
} __attribute__((aligned(64))); /* no cache line is shared with another function */

static inline enum zpci_state zpci_function_state(struct zpci_function *function)
{
	return atomic_load_explicit(&function->state, memory_order_acquire);
}

static inline bool zpci_function_is_closed(struct zpci_function *function)
{
	return atomic_load_explicit(&function->closed, memory_order_acquire);
}

/* --- the lock -------------------------------------------------------------------------------- */

/* The function that this thread locked last, or NULL. A library that is loaded late has little room
 * for thread-local variables of the fast kind, and one pointer needs little of it. */
extern _Thread_local struct zpci_function *zpci_function_innermost
	__attribute__((tls_model("initial-exec")));

/* Presents @iscs now, or when this thread has given back the last lock of a function. */
void zpci_function_present(struct zpci_function *function, uint8_t iscs);

/* The slot may have another handle or function when the caller gets the lock: it looks again. */
static inline void zpci_function_lock(struct zpci_function *function)
{
	pthread_mutex_lock(&function->lock);
	function->outer = zpci_function_innermost;
	zpci_function_innermost = function;
}

/* Gives the lock back, then presents what was raised meanwhile. Locks are given back in the
 * opposite order of taking. */
static inline void zpci_function_unlock(struct zpci_function *function)
{
	uint8_t iscs = function->deferred;

	function->deferred = 0;
	zpci_function_innermost = function->outer;
	pthread_mutex_unlock(&function->lock);
	if (iscs)
		zpci_function_present(function, iscs);
}

/* That this thread holds the lock; checked in builds with assertions alone. */
static inline void zpci_function_assert_locked(const struct zpci_function *function)
{
#ifdef ZPCI_ASSERTIONS
	const struct zpci_function *held = zpci_function_innermost;

	while (held && held != function)
		held = held->outer;
	assert(held);
#else
	(void)function;
#endif
}

/* That the gate is closed; likewise. */
static inline void zpci_function_assert_closed(struct zpci_function *function)
{
#ifdef ZPCI_ASSERTIONS
	assert(zpci_function_is_closed(function));
#else
	(void)function;
#endif
}

#endif
