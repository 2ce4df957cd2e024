/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * function.h - map of the function layer: one PCI function as the guest sees it.
 *
 *	firmware (instructions)
 *	    |  load, store, controls ...          ^ events: zpci_function_parent
 *	    v                                     |
 *	+-- struct zpci_function -----------------+------+
 *	|  identity, state, handle        function.c     |   published atomics; changed under lock
 *	|  facts   what List tells        facts.c        |   published copy, for readers without lock
 *	|  view    config space, profile  view.c         |   under lock
 *	|  msix    table, pending bits    msix.c         |   under interruption.lock
 *	|  interruption  AIBV, AISB       interruption.c |   under interruption.lock
 *	|  dma     gate, IOAT, cache      dma.c, ioat.c  |   under the gate
 *	|  push    what a device mapped   push.c         |   under lock
 *	|  fmb     counters, timer        fmb.c          |   under fmb.lock
 *	|  platform  type, group, ...     platform.c     |   constant
 *	|  what each error does           pec.c          |   a table
 *	+-- device (zpci/device.h) ----------------------+
 *
 * Locks, in the order in which they may be taken:
 *
 *	lock               one operation on the function at a time; held across calls of the device
 *	dma.gate           readers: a piece of DMA; writer: who takes translations away
 *	interruption.lock  leaf
 *	fmb.lock           leaf
 *
 * The machine's presenting operations are called while the thread holds none of these locks, of any
 * function. When a thread raises an interruption while it holds the lock of a function, it is
 * collected in @deferred of the function that the thread locked last, and presented when the thread
 * gives its last lock back. If the interruption is for another machine, a timer of that machine
 * presents it. A thread that holds no such lock, as a device's own, presents at once.
 *
 * There are two gates. dma.gate is a lock, through which DMA goes. The gate of <zpci/device.h>,
 * which keeps a device from the guest, is the flag @closed. It is looked at inside of the locks
 * that services take: whoever sets it and then goes once through these locks finds nobody inside
 * any more.
 *
 * Only errors change the state without @lock, by compare-and-swap, since device threads must not
 * wait for it: an operation that waits for the device would wait for itself.
 */
#ifndef ZPCI_FUNCTION_FUNCTION_H
#define ZPCI_FUNCTION_FUNCTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/device.h>
#include <zpci/fib.h>
#include <zpci/firmware.h>
#include <zpci/machine.h>
#include <zpci/platform.h>
#include <zpci/profile.h>

#include "zpci/util/log.h"

struct zpci_function;
struct zpci_facts;

/* Handle bits (reference 4.1). The hypervisor bits keep ours apart from QEMU's, whose are 0, 1
 * and 2, and make a host that interprets loads and stores intercept them. */
#define ZPCI_HANDLE_ENABLED 0x80000000u
#define ZPCI_HANDLE_INSTANCE 0x7f000000u
#define ZPCI_HANDLE_INSTANCE_STEP 0x01000000u
#define ZPCI_HANDLE_INSTANCES 128u
#define ZPCI_HANDLE_HYPERVISOR 0x00ff0000u
#define ZPCI_HANDLE_OURS 0x00100000u
#define ZPCI_HANDLE_INDEX 0x0000ffffu

/* What the layer above gives to each function. */
struct zpci_function_parent {
	struct zpci_machine_ops machine_ops;
	void *machine;
	struct zpci_logger logger;
	/* Function @fid had an error when its handle was @handle; its state has changed already.
	 * Called with locks held: only queues. */
	void (*error)(void *opaque, uint32_t fid, uint32_t handle, uint16_t pec, uint64_t address);
	/* Makes of @facts, which are those of a new function, what is kept in their @told, all of
	 * which is 0 before. */
	void (*tell)(struct zpci_facts *facts);
	/* Presents adapter interruptions (bit n: ISC n) soon, from a thread without locks. Any
	 * locks may be held. */
	void (*present_later)(void *opaque, uint8_t iscs);
	/* Puts a function into its group. The gate is still closed, so that a function which is
	 * refused has raised nothing. 0, or a negative errno after a message; -ENOMEM needs
	 * none. */
	int (*join)(void *opaque, const struct zpci_function *function);
	void *opaque;
};

/* --- view.c: config space as the profile shows it ------------------------------------------ */

/* Bytes of config space that a profile can change: the header. MSI-X's control is the exception. */
#define ZPCI_VIEW_HEADER 64

struct zpci_view {
	struct zpci_profile profile;
	uint8_t bars[ZPCI_BARS * 4]; /* BAR registers where they are emulated, as in config space */
	bool memory;		     /* the emulated Memory bit */
	/* What the guest reads of the header: the device's bits in @passed, and the bits @own. */
	uint8_t passed[ZPCI_VIEW_HEADER + 7]; /* a doubleword can be read at each */
	uint8_t own[ZPCI_VIEW_HEADER + 7];
};

/* Learns of a device just opened where its config space has what the view must know. */
void zpci_view_init(struct zpci_function *function);
void zpci_view_reset(struct zpci_function *function);
/* Offset of the device's capability @id (PCI_CAP_ID_*), or 0. */
unsigned zpci_view_capability(struct zpci_function *function, uint8_t id);
/* Whose the bits of one byte of config space are. Constant while the function is plugged. */
struct zpci_config_origin zpci_view_origin(const struct zpci_function *function, unsigned offset);
void zpci_view_read(struct zpci_function *function, unsigned offset, void *data, unsigned length);
void zpci_view_write(struct zpci_function *function, unsigned offset, const void *data,
		     unsigned length);
/* True when the BAR exists for the guest. */
bool zpci_view_has_bar(const struct zpci_function *function, unsigned bar);

/* --- msix.c: the MSI-X table and pending bits ----------------------------------------------- */

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

/* Finds the capability of a device just opened. 0, -EINVAL (a capability that does not fit its
 * BAR) or -ENOMEM. */
int zpci_msix_init(struct zpci_function *function);
void zpci_msix_fini(struct zpci_function *function);
void zpci_msix_reset(struct zpci_function *function);
/* Bits of the upper byte of Message Control that live here: Enable and Function Mask. */
#define ZPCI_MSIX_CONTROL_OWN 0xc0
/* Their values; the other bits are 0. */
uint8_t zpci_msix_control(const struct zpci_function *function);
void zpci_msix_set_control(struct zpci_function *function, uint8_t value);
/* The guest set or cleared Bus Master: of messages, and of DMA. */
void zpci_msix_set_bus_master(struct zpci_function *function, bool bus_master);
/* Whether the function owns a part of @bar. */
bool zpci_msix_has_bar(const struct zpci_function *function, unsigned bar);
/* Length of the run of bytes from @offset of @bar (at most @length) that are all the function's
 * own (then *@own) or all the device's. */
size_t zpci_msix_run(const struct zpci_function *function, unsigned bar, uint64_t offset,
		     size_t length, bool *own);
void zpci_msix_read(struct zpci_function *function, unsigned bar, uint64_t offset, uint8_t *data,
		    size_t length);
void zpci_msix_write(struct zpci_function *function, unsigned bar, uint64_t offset,
		     const uint8_t *data, size_t length);
void zpci_msix_raise(struct zpci_function *function, unsigned vector);

/* --- interruption.c: from a message to AIBV, AISB and adapter interruption ------------------ */

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

/* MPCIFC 2 and 3: cc 1 status, or 0. */
uint8_t zpci_interruption_register(struct zpci_function *function, const struct zpci_fib *fib);
uint8_t zpci_interruption_deregister(struct zpci_function *function);
/* An MSI message of our group's address: sets the bits for @number, with interruption.lock held.
 * Returns the mask of ISCs (bit n: ISC n) to present afterwards. */
uint8_t zpci_interruption_signal(struct zpci_function *function, uint32_t number);
/* Returns when no indicator bit is being set by whoever saw the gate open. */
void zpci_interruption_drain(struct zpci_function *function);
/* Presents @iscs now, or when this thread has given back the last lock of a function. */
void zpci_interruption_present(struct zpci_function *function, uint8_t iscs);

/* --- ioat.c: I/O address translation -------------------------------------------------------- */

/* Cache of valid translations: direct-mapped by page number. Readers take no lock (they are
 * inside the gate); each entry is guarded by a sequence count that is odd while it changes. */
#define ZPCI_IOAT_CACHE 1024

struct zpci_ioat_entry {
	_Atomic uint64_t page;	/* DMA address with bit 0 set: valid */
	_Atomic uint64_t frame; /* absolute address, and bit 0: may be written */
	_Atomic uint32_t sequence;
} __attribute__((aligned(32)));

struct zpci_ioat {
	bool registered;
	uint64_t pba;
	uint64_t pal;
	uint64_t iota;
	struct zpci_ioat_entry *cache; /* aligned, in @memory */
	void *memory;
};

/* Result of a translation: 0 or the PEC (enum zpci_pec) that an access to it deserves. */
uint16_t zpci_ioat_translate(struct zpci_function *function, uint64_t address, bool write,
			     uint64_t *absolute);
/* Bit 0 of a frame: it may be written. */
#define ZPCI_IOAT_WRITABLE 1ull
/* Last DMA address that the tables at @iota have an entry for. */
uint64_t zpci_ioat_reach(uint64_t iota);
/* What the tables say of the page of @address, which they reach, without the cache, and also outside
 * of the registered range: 0 and its @frame, or the PEC of an access. *@span: length of the block
 * around @address, a multiple of its length, that has one entry: a frame of that size, or an invalid
 * entry. */
uint16_t zpci_ioat_walk(struct zpci_function *function, uint64_t address, uint64_t *frame,
			uint64_t *span);
void zpci_ioat_invalidate(struct zpci_ioat *ioat, uint64_t start, uint64_t last);

/* --- dma.c: a device's accesses to guest storage --------------------------------------------- */

struct zpci_dma {
	pthread_rwlock_t gate;
	struct zpci_ioat ioat;
};

void zpci_dma_init(struct zpci_dma *dma);
void zpci_dma_fini(struct zpci_dma *dma);
/* What a function needs while it is plugged: 0 or -ENOMEM; and gives back when it is not. */
int zpci_dma_provide(struct zpci_dma *dma);
void zpci_dma_release(struct zpci_dma *dma);
/* The services of the same names (zpci/device.h). */
int zpci_dma_read(void *function, uint64_t address, void *buffer, size_t length, uint64_t *failed);
int zpci_dma_write(void *function, uint64_t address, const void *buffer, size_t length,
		   uint64_t *failed);
int zpci_dma_readv(void *function, const struct zpci_dma_segment *segments, size_t count,
		   uint64_t *failed);
int zpci_dma_writev(void *function, const struct zpci_dma_segment *segments, size_t count,
		    uint64_t *failed);
/* MPCIFC 4 to 6: cc 1 status, or 0. Each returns when no access under the old tables runs. */
uint8_t zpci_dma_register(struct zpci_function *function, uint64_t pba, uint64_t pal,
			  uint64_t iota);
uint8_t zpci_dma_reregister(struct zpci_function *function, uint64_t pba, uint64_t pal,
			    uint64_t iota);
uint8_t zpci_dma_deregister(struct zpci_function *function);
/* Returns when no access that was under way is. */
void zpci_dma_drain(struct zpci_function *function);
/* RPCIT: cc 1 status, or 0. */
uint8_t zpci_dma_refresh(struct zpci_function *function, uint64_t start, uint64_t length);
/* The same of a function in error, without an answer. */
void zpci_dma_forget(struct zpci_function *function, uint64_t start, uint64_t length);

/* --- push.c: a device that accesses guest storage itself -------------------------------------- */

/* What is mapped for the device; under the function's lock. */
struct zpci_push {
	struct zpci_run *runs;
	unsigned count;
	uint32_t random;
};

/* Each of these may be called for any function, with its lock held. They do nothing if its device
 * has no dma_map(). */

/* RPCIT, in any state: makes what the device has mapped of @length bytes from @start what the
 * tables say. Returns 0, or the status of cc 1: ZPCI_STATUS_RESOURCES if there is no room;
 * ZPCI_STATUS_IN_ERROR if the tables are wrong, and then the function is in error. */
uint8_t zpci_push_refresh(struct zpci_function *function, uint64_t start, uint64_t length);
/* For when the tables are not registered any more: nothing is mapped when it returns. */
void zpci_push_drop(struct zpci_function *function);

/* --- fmb.c: the function measurement block --------------------------------------------------- */

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

/* Length of the block in bytes: format 0. */
#define ZPCI_FMB_LENGTH 64

void zpci_fmb_init(struct zpci_measurement *fmb);
void zpci_fmb_fini(struct zpci_measurement *fmb);
/* As those of DMA. @paused: the machine is quiesced. */
int zpci_fmb_provide(struct zpci_function *function, bool paused);
void zpci_fmb_release(struct zpci_function *function);
/* MPCIFC 10 with a FIB's address, 0: off. False: the address carries a key. */
bool zpci_fmb_set(struct zpci_function *function, uint64_t address);
/* Stores nothing until resumed. */
void zpci_fmb_quiesce(struct zpci_function *function);
void zpci_fmb_resume(struct zpci_function *function);
/* The address as given, 0: off. */
uint64_t zpci_fmb_address(struct zpci_function *function);

/* Counts, while a block is registered. */
static inline void zpci_fmb_count(struct zpci_measurement *fmb, enum zpci_counter counter,
				  uint64_t amount)
{
	if (atomic_load_explicit(&fmb->address, memory_order_relaxed))
		atomic_fetch_add_explicit(&fmb->counters[counter], amount, memory_order_relaxed);
}

/* --- pec.c: what an error event does --------------------------------------------------------- */

enum zpci_effect {
	ZPCI_EFFECT_UNKNOWN,   /* no error that there is */
	ZPCI_EFFECT_NONE,      /* it is only reported */
	ZPCI_EFFECT_ERROR,     /* the function is blocked until the guest recovers it */
	ZPCI_EFFECT_PERMANENT, /* a permanent error */
};

enum zpci_effect zpci_pec_effect(uint16_t pec);

/* --- platform.c ------------------------------------------------------------------------------ */

/* Settles the facts of a function whose device was opened: what @configured gives (NULL: nothing),
 * else what the device says, else defaults. 0, or -EINVAL after a message. */
int zpci_platform_init(struct zpci_function *function, const struct zpci_platform *configured);
/* The default group @id (PFGID), or NULL. */
const struct zpci_group *zpci_group_default(uint8_t id);

/* Last DMA address that may be registered: Linux registers a page more for ISM (reference 5.3). */
static inline uint64_t zpci_platform_dma_limit(const struct zpci_platform *platform)
{
	uint64_t more = platform->pft == ZPCI_FUNCTION_TYPE_ISM ? 4096 : 0;

	return platform->dma_end > UINT64_MAX - more ? UINT64_MAX : platform->dma_end + more;
}

/* --- facts.c: what is told of a function without its lock ------------------------------------ */

/* Bytes that the layer above has kept with the facts, a multiple of 8. */
#define ZPCI_FACTS_TOLD 192

struct zpci_facts {
	uint8_t told[ZPCI_FACTS_TOLD];	/* by zpci_function_parent.tell() */
	bool physical;			/* it is a PF */
	uint32_t delivered;		/* facts of @platform that the device gave */
	uint32_t bar_images[ZPCI_BARS]; /* BAR registers as numbers, as they are now */
	struct zpci_function_info info;
	struct zpci_platform platform; /* ends with the utility string, which few have */
};

#define ZPCI_FACTS_WORDS ((sizeof(struct zpci_facts) + 7) / 8)

/* What is told of a function most often, ready made. */
struct zpci_told {
	uint8_t bytes[ZPCI_FACTS_TOLD];
	uint32_t handle;
	uint32_t bar_images[ZPCI_BARS];
} __attribute__((aligned(8)));

struct zpci_listed {
	uint32_t fid;
	uint32_t ids;
	uint32_t handle;
	enum zpci_state state;
};

/* What makes an entry of List PCI. @life counts on when a function comes and when it goes, and is
 * odd while one is there. A reader who finds it changed has read a mixture of two lives. */
struct zpci_published {
	_Atomic uint32_t life;
	_Atomic uint32_t fid;
	_Atomic uint32_t ids; /* device and vendor, as List tells them */
};

/* With lock held. After the first, readers find the function; after the second they do not. */
void zpci_facts_publish(struct zpci_function *function);
void zpci_facts_withdraw(struct zpci_function *function);
/* Fills @facts but @told, or @listed, or @told, with what is true of one life. False: there is no
 * function. */
bool zpci_facts_read(const struct zpci_function *function, struct zpci_facts *facts);
bool zpci_facts_list(const struct zpci_function *function, struct zpci_listed *listed);
bool zpci_facts_tell(const struct zpci_function *function, struct zpci_told *told);

/* --- function.c ------------------------------------------------------------------------------ */

struct zpci_function {
	/* Published: read without lock. They lie together, as List reads nothing else. */
	_Atomic uint32_t handle;
	_Atomic(enum zpci_state) state;
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
	unsigned flr_control;  /* offset of PCIe Device Control if FLR is there, or 0 */
	struct zpci_view view;
	struct zpci_msix msix;
	struct zpci_interruption interruption;
	struct zpci_dma dma;
	struct zpci_push push;
	struct zpci_measurement fmb;
} __attribute__((aligned(64))); /* no cache line is shared with another function */

/* Prepares memory for a slot: once, at @index. */
void zpci_function_init(struct zpci_function *function, const struct zpci_function_parent *parent,
			unsigned index);
void zpci_function_fini(struct zpci_function *function);

/* Brings an empty slot to life with an adapter's function. @quiesced: the machine stands still.
 * After an error the caller calls zpci_function_end(). With lock held. */
int zpci_function_plug(struct zpci_function *function, const struct zpci_function_options *options,
		       bool quiesced);
/* Takes it from the guest: afterwards nothing of it touches the guest. With lock held. */
void zpci_function_unplug(struct zpci_function *function);
/* Closes its device after that, which may take as long as the host takes; then the slot is empty.
 * Without lock. */
void zpci_function_release(struct zpci_function *function);
/* Both, if there is a device. Without lock. */
void zpci_function_end(struct zpci_function *function);
/* Whether the function's present life had @handle, enabled or not. With lock held. */
bool zpci_function_had_handle(const struct zpci_function *function, uint32_t handle);

/* The function that this thread locked last, or NULL. A library that is loaded late has little room
 * for thread-local variables of the quick kind; one pointer is no burden. */
extern _Thread_local struct zpci_function *zpci_function_innermost
	__attribute__((tls_model("initial-exec")));

/* Takes the lock; whoever finds another handle than it came for gives it back at once. */
static inline void zpci_function_lock(struct zpci_function *function)
{
	pthread_mutex_lock(&function->lock);
	function->outer = zpci_function_innermost;
	zpci_function_innermost = function;
}

/* Gives the lock back, then presents what was raised meanwhile. Locks are given back in the opposite
 * order of taking. */
static inline void zpci_function_unlock(struct zpci_function *function)
{
	uint8_t iscs = function->deferred;

	function->deferred = 0;
	zpci_function_innermost = function->outer;
	pthread_mutex_unlock(&function->lock);
	if (iscs)
		zpci_interruption_present(function, iscs);
}

/* The gate of <zpci/device.h>; with lock held. When the first returns, no service that found it
 * open still touches the guest. */
void zpci_function_close_gate(struct zpci_function *function);
/* Opens it if the device has drained, without waiting for the host. True: it is open. */
bool zpci_function_open_gate(struct zpci_function *function);

static inline bool zpci_function_is_closed(struct zpci_function *function)
{
	return atomic_load_explicit(&function->closed, memory_order_acquire);
}

/* Whether the guest reaches the device: not while it drains after a function-level reset. Then it
 * reads ones, as of a PCI function that does not answer yet, and its writes are lost. Linux polls
 * for that (drivers/pci/pci.c pci_dev_wait()). With lock held. */
static inline bool zpci_function_answers(struct zpci_function *function)
{
	return !zpci_function_is_closed(function) || zpci_function_open_gate(function);
}

/* State changes; all with lock held but for zpci_function_fail(). */
/* One that is disabled, and whose gate is open. False: it had a permanent error meanwhile. */
bool zpci_function_enable(struct zpci_function *function);
/* Also from error states: drops all registrations, resets the device and the view. */
void zpci_function_disable(struct zpci_function *function);
/* An error of the function, from any thread: one event, and what zpci_pec_effect() says. A function
 * that is blocked already can have further errors. False: not in a state for it. A device's thread
 * calls it with a lock held that a disable goes through, so that the event has the handle of the
 * life in which the error happened. */
bool zpci_function_fail(struct zpci_function *function, uint16_t pec, uint64_t address);
/* A function-level reset that the guest wrote to config space has reached the device, whose gate
 * was closed before. */
void zpci_function_level_reset(struct zpci_function *function);

static inline enum zpci_state zpci_function_state(struct zpci_function *function)
{
	return atomic_load_explicit(&function->state, memory_order_acquire);
}

/* Whether the function is there and is @fid. */
static inline bool zpci_facts_match(const struct zpci_function *function, uint32_t fid)
{
	const struct zpci_published *published = &function->published;

	return atomic_load_explicit(&published->fid, memory_order_acquire) == fid &&
	       (atomic_load_explicit(&published->life, memory_order_acquire) & 1);
}

/* BAR accesses: 0, or -EIO when there is nothing at that place or the device refuses. */
int zpci_function_bar_read(struct zpci_function *function, unsigned bar, uint64_t offset,
			   void *data, size_t length);
int zpci_function_bar_write(struct zpci_function *function, unsigned bar, uint64_t offset,
			    const void *data, size_t length);

/* What the guest is told (under no lock). */
uint16_t zpci_function_vfn(const struct zpci_function *function);
uint16_t zpci_function_vendor(const struct zpci_function *function);
uint16_t zpci_function_device(const struct zpci_function *function);

#endif
