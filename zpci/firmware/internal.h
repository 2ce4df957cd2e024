/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - map of the firmware layer: instructions, and the list of functions.
 *
 *	machine -- zpci_firmware_execute() --> instruction.c   operands, program interruptions
 *	                                          |
 *	             +--------------+-------------+------------+-------------+
 *	             v              v             v            v             v
 *	          clp.c       operations.c     sclp.c       events.c       list.c
 *	          groups.c                                              (finds functions)
 *
 * refusal.c is told by instruction.c of each instruction that is refused, if that is wanted.
 * origin.c is for programs that describe functions to people. RPCIT is answered in operations.c.
 *
 * Slots are allocated once and never freed while the firmware lives, so finding one takes no lock.
 * They are used again for other functions. So code that locks a slot then compares the handle or
 * the FID once more, and code that reads without the lock uses zpci/function/facts.h.
 */
#ifndef ZPCI_FIRMWARE_INTERNAL_H
#define ZPCI_FIRMWARE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <zpci/firmware.h>

#include "zpci/function/function.h"
#include "zpci/function/state.h"

/* Chains of functions by FID; twice as many as functions, a power of two. */
#define ZPCI_FID_CHAINS 8192

/* FIDs of removed functions that are remembered. */
#define ZPCI_FIDS_REMOVED 4096

/* --- events.c -------------------------------------------------------------------------------- */

/* What was true when the event was recorded. It does not change when its function does. */
struct zpci_event {
	struct zpci_event *next;
	uint32_t fid;
	uint32_t handle;
	uint16_t pec;
	uint64_t address;
};

/* So many events of one function are pending at most. */
#define ZPCI_EVENTS_MAX 16

struct zpci_events {
	pthread_mutex_t lock;
	struct zpci_event *first; /* pending, in the order of recording */
	bool quiesced;
	bool reported;		   /* a channel report is outstanding */
	atomic_bool resetting;	   /* from a reset until the guest's next CLP */
	struct zpci_timer *report; /* presents the channel report without locks */
};

int zpci_events_init(struct zpci_firmware *firmware);
void zpci_events_fini(struct zpci_firmware *firmware);
/* Queues an event, of which a channel report tells the guest. The caller may hold any locks. */
void zpci_events_post(struct zpci_firmware *firmware, uint32_t fid, uint32_t handle, uint16_t pec,
		      uint64_t address);
/* Drops all events: the guest was reset. */
void zpci_events_reset(struct zpci_firmware *firmware);
/* The guest executes a CLP: if there was a reset, it is over. */
static inline void zpci_events_guest_runs(struct zpci_firmware *firmware);
/* Presents no channel report; and does again. */
void zpci_events_quiesce(struct zpci_firmware *firmware);
void zpci_events_resume(struct zpci_firmware *firmware);
bool zpci_events_pending(struct zpci_firmware *firmware);
/* Fills @response with the first event and removes it, or with "no event". */
void zpci_events_fetch(struct zpci_firmware *firmware, void *response, size_t size);

/* --- list.c ---------------------------------------------------------------------------------- */

struct zpci_group_entry;

#define ZPCI_REFUSALS 64

struct zpci_firmware {
	struct zpci_machine_ops ops;
	void *machine;
	struct zpci_logger logger;
	bool shared;
	bool uid_checking;
	bool explain; /* each refusal goes to the log */
	struct zpci_function_parent parent;

	pthread_mutex_t list_lock; /* held while functions are added or removed, or all stopped */
	bool quiesced;
	_Atomic unsigned slots_used;
	unsigned functions;
	_Atomic(struct zpci_function *) slots[ZPCI_FUNCTIONS_MAX];
	/* Free slots, in the order in which they became free: the old handles of the first are the
	 * least likely to be still in use. */
	struct zpci_function *free_first, *free_last;

	/* Leaf: to take a function out of its chain, or to see that a FID is missing. */
	pthread_mutex_t fids_lock;
	_Atomic(struct zpci_function *) fids[ZPCI_FID_CHAINS];
	uint32_t removed[ZPCI_FIDS_REMOVED]; /* the last ones, in the order of their removal */
	unsigned removed_count;

	struct zpci_events events;

	/* Adapter interruptions (bit n: ISC n) that the timer @late presents without locks. */
	_Atomic uint8_t late_iscs;
	struct zpci_timer *late;
	/* The last refusals that were explained, each at a place by its hash: the hash, and in the
	 * low half how often it came. */
	_Atomic uint64_t refusals[ZPCI_REFUSALS];
	/* By PFGID; NULL: no function was in it yet. Changed under list_lock. */
	_Atomic(struct zpci_group_entry *) groups[256];
};

/* The part of zpci_events_guest_runs() that is rare. */
void zpci_events_reset_is_over(struct zpci_firmware *firmware);

static inline void zpci_events_guest_runs(struct zpci_firmware *firmware)
{
	if (atomic_load_explicit(&firmware->events.resetting, memory_order_relaxed))
		zpci_events_reset_is_over(firmware);
}

/* Slot @index, or NULL behind the last one used. There may be no function in it. */
static inline struct zpci_function *zpci_list_slot(struct zpci_firmware *firmware, unsigned index)
{
	if (index >= atomic_load_explicit(&firmware->slots_used, memory_order_acquire))
		return NULL;
	return atomic_load_explicit(&firmware->slots[index], memory_order_acquire);
}

/* The function that @handle names or named (same slot), not locked; NULL if there is none. A
 * function that is being plugged is not there yet: a CPU that locked it would wait until its device
 * is open. */
static inline struct zpci_function *zpci_list_find_handle(struct zpci_firmware *firmware,
							  uint32_t handle)
{
	struct zpci_function *function;

	if ((handle & ZPCI_HANDLE_HYPERVISOR) != ZPCI_HANDLE_OURS)
		return NULL;
	function = zpci_list_slot(firmware, handle & ZPCI_HANDLE_INDEX);
	if (function && zpci_function_state(function) == ZPCI_STATE_RESERVED)
		return NULL;
	return function;
}

/* The function whose current handle is @handle, locked; NULL if there is none. */
static inline struct zpci_function *zpci_list_lock_handle(struct zpci_firmware *firmware,
							  uint32_t handle)
{
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);

	if (!function || atomic_load(&function->handle) != handle)
		return NULL;
	zpci_function_lock(function);
	if (atomic_load(&function->handle) == handle &&
	    zpci_function_state(function) != ZPCI_STATE_RESERVED)
		return function;
	zpci_function_unlock(function);
	return NULL;
}

/* The function @fid, not locked; NULL if there is none. */
struct zpci_function *zpci_list_find_fid(struct zpci_firmware *firmware, uint32_t fid);
/* The same, locked, so that it stays the function @fid. */
struct zpci_function *zpci_list_lock_fid(struct zpci_firmware *firmware, uint32_t fid);
/* Whether there is a function @fid or was one, which is then in reserved state. Only the last
 * ZPCI_FIDS_REMOVED that were removed are remembered. */
bool zpci_list_had_fid(struct zpci_firmware *firmware, uint32_t fid);

/* --- operations.c: the checks that an instruction makes before it fetches its operand -------- */

/* @address: where the block lies in the CPU's logical storage. */
struct zpci_outcome zpci_store_block_check(struct zpci_firmware *firmware, uint32_t handle,
					   unsigned space, uint64_t offset, size_t length,
					   uint64_t address);
struct zpci_outcome zpci_controls_check(struct zpci_firmware *firmware, uint32_t handle);

/* --- groups.c -------------------------------------------------------------------------------- */

/* The group @id (PFGID) that the guest is told of, or NULL. It stays at its address. Takes no
 * lock. */
const struct zpci_group *zpci_groups_find(struct zpci_firmware *firmware, uint8_t id);
/* Puts a function that is being plugged into its group, which the first function makes. With
 * list_lock held. 0; -EEXIST, the group differs from that of an earlier function, or -EINVAL, it is
 * one of the machine's, each after a message; -ENOMEM. */
int zpci_groups_join(struct zpci_firmware *firmware, const struct zpci_function *function);
void zpci_groups_fini(struct zpci_firmware *firmware);

/* --- clp.c ----------------------------------------------------------------------------------- */

/* Makes what Query PCI function answers of a new function, to be kept with its facts. */
void zpci_clp_tell(struct zpci_facts *facts);

/* Whether logical processor @lps is there; else no response is stored. */
bool zpci_clp_is_installed(unsigned lps);
/* In a shared machine: whether this request is for the machine itself. *@restart: it is a List that
 * goes on with the machine's own functions, and its token must become 0. */
bool zpci_clp_is_foreign(struct zpci_firmware *firmware, unsigned lps, const void *request,
			 size_t length, bool *restart);

/* --- refusal.c ------------------------------------------------------------------------------- */

/* These log why the guest was refused, without a lock held, before registers or the guest's storage
 * are changed by the refusal. Call them only if @explain is set. */

/* An instruction that ends in an interruption or with another condition code than 0. */
void zpci_refusal_tell(struct zpci_firmware *firmware, void *cpu, const uint8_t instruction[6],
		       struct zpci_outcome outcome);
/* A CLP @request whose response has @code. */
void zpci_refusal_tell_clp(struct zpci_firmware *firmware, const void *request, uint16_t code);
/* Configure or deconfigure, whose response has @code. */
void zpci_refusal_tell_sclp(struct zpci_firmware *firmware, uint32_t fid, bool configure,
			    uint16_t code);

/* --- sclp.c ---------------------------------------------------------------------------------- */

/* Response code for configure (@configure) or deconfigure of @fid. */
uint16_t zpci_sclp_configure(struct zpci_firmware *firmware, uint32_t fid, bool configure);

#endif
