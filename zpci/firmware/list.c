// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The list of functions: plugging, finding, removing.
 *
 * A function has a slot, whose index is in its handle. When it is removed, its slot becomes free.
 * Of the free slots, the one that has been free for the longest time is used first. What a guest or
 * a device still holds of the removed function must not reach the next one:
 *
 *	handle          is unknown, because instance numbers go on (zpci/function/state.c)
 *	service         is not called, because close() returns before the slot is free
 *	event           is a copy of what was true
 *	resume token    names a place in the list and no function
 *
 * A handle is looked up without a lock. A FID is looked up in a hash table of chains, first without
 * a lock, and then under fids_lock if it was not found. Adding and removing hold list_lock.
 */
#include "zpci/firmware/internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>

#include "zpci/function/facts.h"
#include "zpci/function/life.h"
#include "zpci/function/view.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

/* Fibonacci hashing: FIDs are often in a row, or a row for each adapter. */
static unsigned fid_chain(uint32_t fid)
{
	return (uint32_t)(fid * 0x9e3779b1u) / (uint32_t)((1ull << 32) / ZPCI_FID_CHAINS);
}

static struct zpci_function *search(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function =
		atomic_load_explicit(&firmware->fids[fid_chain(fid)], memory_order_acquire);

	while (function && !zpci_facts_match(function, fid))
		function = atomic_load_explicit(&function->next_of_fid, memory_order_acquire);
	return function;
}

/* If a function is found without the lock, it is the right one. If not, it may still be there: a
 * slot on the way may have got another function, which led the search into another chain. So the
 * search is repeated with the lock. */
struct zpci_function *zpci_list_find_fid(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function = search(firmware, fid);

	if (function)
		return function;
	pthread_mutex_lock(&firmware->fids_lock);
	function = search(firmware, fid);
	pthread_mutex_unlock(&firmware->fids_lock);
	return function;
}

struct zpci_function *zpci_list_lock_fid(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);

	if (!function)
		return NULL;
	zpci_function_lock(function);
	if (zpci_facts_match(function, fid))
		return function;
	zpci_function_unlock(function);
	return NULL;
}

/* Index of @fid among those that were removed; if it is not there, their number. */
static unsigned find_removed(const struct zpci_firmware *firmware, uint32_t fid)
{
	unsigned i = 0;

	while (i < firmware->removed_count && firmware->removed[i] != fid)
		i++;
	return i;
}

/* Puts @fid at the end. If there is no room, the first one is forgotten. */
static void remember(struct zpci_firmware *firmware, uint32_t fid)
{
	unsigned i = find_removed(firmware, fid), last;

	if (i == firmware->removed_count) {
		if (i < ZPCI_FIDS_REMOVED)
			firmware->removed_count++;
		else
			i = 0;
	}
	last = firmware->removed_count - 1;
	memmove(&firmware->removed[i], &firmware->removed[i + 1],
		(last - i) * sizeof(firmware->removed[0]));
	firmware->removed[last] = fid;
}

bool zpci_list_had_fid(struct zpci_firmware *firmware, uint32_t fid)
{
	bool had;

	pthread_mutex_lock(&firmware->fids_lock);
	had = find_removed(firmware, fid) < firmware->removed_count || search(firmware, fid);
	pthread_mutex_unlock(&firmware->fids_lock);
	return had;
}

/* Needs no fids_lock. A search that has it began after the slot's last function had left, so it is
 * not at this slot, and cannot be led into this chain. */
static void enter_fid(struct zpci_firmware *firmware, struct zpci_function *function)
{
	_Atomic(struct zpci_function *) *chain = &firmware->fids[fid_chain(function->fid)];

	atomic_store_explicit(&function->next_of_fid, atomic_load(chain), memory_order_release);
	atomic_store_explicit(chain, function, memory_order_release);
}

static void leave_fid(struct zpci_firmware *firmware, struct zpci_function *function)
{
	_Atomic(struct zpci_function *) *link = &firmware->fids[fid_chain(function->fid)];

	pthread_mutex_lock(&firmware->fids_lock);
	while (atomic_load(link) != function)
		link = &atomic_load(link)->next_of_fid;
	atomic_store_explicit(link, atomic_load(&function->next_of_fid), memory_order_release);
	remember(firmware, function->fid);
	pthread_mutex_unlock(&firmware->fids_lock);
}

/* --- slots, all with list_lock held --------------------------------------------------------- */

static void free_slot(struct zpci_firmware *firmware, struct zpci_function *slot)
{
	slot->next_free = NULL;
	if (firmware->free_last)
		firmware->free_last->next_free = slot;
	else
		firmware->free_first = slot;
	firmware->free_last = slot;
}

/* Makes one more slot. */
static struct zpci_function *new_slot(struct zpci_firmware *firmware)
{
	unsigned index = atomic_load(&firmware->slots_used);
	struct zpci_function *slot = aligned_alloc(_Alignof(struct zpci_function), sizeof(*slot));

	if (!slot)
		return NULL;
	zpci_function_init(slot, &firmware->parent, index);
	atomic_store_explicit(&firmware->slots[index], slot, memory_order_release);
	atomic_store_explicit(&firmware->slots_used, index + 1, memory_order_release);
	return slot;
}

/* The slot to use next. It stays that until it is taken. */
static struct zpci_function *next_slot(struct zpci_firmware *firmware)
{
	struct zpci_function *slot = firmware->free_first;

	if (slot)
		return slot;
	slot = new_slot(firmware);
	if (slot)
		free_slot(firmware, slot);
	return slot;
}

static void take_slot(struct zpci_firmware *firmware)
{
	firmware->free_first = firmware->free_first->next_free;
	if (!firmware->free_first)
		firmware->free_last = NULL;
}

/* --- adding ---------------------------------------------------------------------------------- */

bool zpci_firmware_owns(const struct zpci_firmware *firmware, uint32_t handle)
{
	(void)firmware;
	return (handle & ZPCI_HANDLE_HYPERVISOR) == ZPCI_HANDLE_OURS;
}

__attribute__((format(printf, 4, 5))) static int refuse(struct zpci_firmware *firmware, int rc,
							uint32_t fid, const char *format, ...)
{
	char why[384];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	zpci_log(&firmware->logger, ZPCI_LOG_ERROR, "function 0x%08x: %s", fid, why);
	return rc;
}

static int check_adapter(struct zpci_firmware *firmware,
			 const struct zpci_function_options *options,
			 const struct zpci_function *other)
{
	uint16_t pchid = zpci_adapter_pchid(options->adapter);

	if (other->pchid != pchid)
		return 0;
	if (other->adapter != options->adapter)
		return refuse(firmware, -EEXIST, options->fid,
			      "PCHID 0x%04x is taken by the adapter of function 0x%08x; give each "
			      "adapter its own",
			      pchid, other->fid);
	if (other->vf == options->vf)
		return refuse(
			firmware, -EBUSY, options->fid,
			"VF %u (0 is the PF) of adapter 0x%04x is function 0x%08x; take another "
			"VF or remove that function",
			options->vf, pchid, other->fid);
	if (other->publish_rid != options->publish_rid)
		return refuse(
			firmware, -EINVAL, options->fid,
			"function 0x%08x of the same adapter 0x%04x %s its RID; publish it for "
			"all functions of an adapter or for none",
			other->fid, pchid, other->publish_rid ? "publishes" : "does not publish");
	return 0;
}

static int check_uids(struct zpci_firmware *firmware, const struct zpci_function_options *options,
		      const struct zpci_function *other)
{
	if (!firmware->uid_checking || (other->uid & 0xffff) != (options->uid & 0xffff))
		return 0;
	return refuse(firmware, -EEXIST, options->fid,
		      "the low 16 bits of UID 0x%08x name the PCI domain of function 0x%08x with "
		      "UID 0x%08x; give each function its own",
		      options->uid, other->fid, other->uid);
}

static int check_against(struct zpci_firmware *firmware,
			 const struct zpci_function_options *options,
			 const struct zpci_function *other)
{
	if (other->fid == options->fid)
		return refuse(
			firmware, -EEXIST, options->fid,
			"this FID is taken by VF %u (0 is the PF) of adapter 0x%04x; give each "
			"function its own",
			other->vf, other->pchid);
	if (check_uids(firmware, options, other))
		return -EEXIST;
	return check_adapter(firmware, options, other);
}

/* Checks that need nothing but the options. */
static int check_options(struct zpci_firmware *firmware,
			 const struct zpci_function_options *options)
{
	if (!options->adapter)
		return refuse(firmware, -EINVAL, options->fid,
			      "it has no adapter; make one by zpci_adapter_create()");
	if (firmware->uid_checking && !(options->uid & 0xffff))
		return refuse(firmware, -EINVAL, options->fid,
			      "the low 16 bits of UID 0x%08x are 0 and name no PCI domain; choose "
			      "others",
			      options->uid);
	if (options->vf == 0 && options->profile.publish_vfn)
		return refuse(
			firmware, -EINVAL, options->fid,
			"the PF of adapter 0x%04x has no VF number to publish; use profile plain",
			zpci_adapter_pchid(options->adapter));
	return 0;
}

static int check_list(struct zpci_firmware *firmware, const struct zpci_function_options *options)
{
	struct zpci_function *other;
	int rc = 0;

	if (firmware->functions == ZPCI_FUNCTIONS_MAX)
		return refuse(firmware, -ENOSPC, options->fid,
			      "there are %u functions already; remove one", ZPCI_FUNCTIONS_MAX);
	for (unsigned i = 0; !rc && (other = zpci_list_slot(firmware, i)); i++) {
		if (zpci_function_state(other) != ZPCI_STATE_RESERVED)
			rc = check_against(firmware, options, other);
	}
	return rc;
}

static void warn_unannounced(struct zpci_firmware *firmware, const struct zpci_function *function)
{
	const struct zpci_profile *profile = &function->view.profile;

	if (profile->command_memory != ZPCI_COMMAND_MEMORY_ABSENT || zpci_view_vfn(function))
		return;
	zpci_log(&firmware->logger, ZPCI_LOG_WARNING,
		 "function 0x%08x: its Command register has no Memory bit, and the guest is not "
		 "told, as vfn is 0; publish vfn or emulate the bit",
		 function->fid);
}

static int plug(struct zpci_firmware *firmware, const struct zpci_function_options *options)
{
	struct zpci_function *function = next_slot(firmware);
	int rc;

	if (!function)
		return -ENOMEM;
	zpci_function_lock(function);
	rc = zpci_function_plug(function, options, firmware->quiesced);
	zpci_function_unlock(function);
	if (rc) {
		zpci_function_end(function);
		return rc;
	}
	take_slot(firmware);
	/* In a quiesced machine, what the device began when it was opened must have ended. */
	if (firmware->quiesced && function->model->drain)
		function->model->drain(function->device, true);
	warn_unannounced(firmware, function);
	enter_fid(firmware, function);
	firmware->functions++;
	return 0;
}

static int take_options(struct zpci_firmware *firmware, struct zpci_function_options *options,
			const struct zpci_function_options *asked)
{
	char whose[32] = "function";

	if (asked->size >= zpci_size_upto(struct zpci_function_options, fid))
		snprintf(whose, sizeof(whose), "function 0x%08x", asked->fid);
	return zpci_options_take(options, sizeof(*options), asked,
				 zpci_size_upto(struct zpci_function_options, values),
				 &firmware->logger, whose);
}

/* Each failure has one message. The functions below leave that for -ENOMEM to this one. */
int zpci_firmware_add(struct zpci_firmware *firmware, const struct zpci_function_options *asked)
{
	struct zpci_function_options options;
	int rc = take_options(firmware, &options, asked);

	if (!rc)
		rc = check_options(firmware, &options);
	if (rc)
		return rc;
	pthread_mutex_lock(&firmware->list_lock);
	rc = check_list(firmware, &options);
	if (!rc)
		rc = plug(firmware, &options);
	pthread_mutex_unlock(&firmware->list_lock);
	if (rc == -ENOMEM)
		refuse(firmware, rc, options.fid, "no memory to add it; free some of the host's");
	return rc;
}

int zpci_firmware_announce(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function = zpci_list_lock_fid(firmware, fid);

	if (!function)
		return refuse(firmware, -ENOENT, fid,
			      "there is no such function to announce; add it first");
	/* Under its lock, so that state and handle are of one moment. */
	zpci_events_post(firmware, fid, atomic_load(&function->handle),
			 zpci_function_state(function) == ZPCI_STATE_STANDBY ? ZPCI_PEC_STANDBY
									     : ZPCI_PEC_CONFIGURED,
			 0);
	zpci_function_unlock(function);
	return 0;
}

/* With list_lock held. The guest is told before the device is closed, which may take long. */
static void unplug(struct zpci_firmware *firmware, struct zpci_function *function)
{
	bool standby;

	/* First, so that a search which does not find the FID any more finds it among the
	 * removed. */
	leave_fid(firmware, function);
	zpci_function_lock(function);
	standby = zpci_function_state(function) == ZPCI_STATE_STANDBY;
	zpci_function_unplug(function);
	zpci_events_post(firmware, function->fid, atomic_load(&function->handle),
			 standby ? ZPCI_PEC_RESERVED : ZPCI_PEC_DECONFIGURED, 0);
	zpci_function_unlock(function);
	zpci_function_release(function);
	firmware->functions--;
	free_slot(firmware, function);
}

int zpci_firmware_remove(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function;

	pthread_mutex_lock(&firmware->list_lock);
	function = zpci_list_find_fid(firmware, fid);
	if (function)
		unplug(firmware, function);
	pthread_mutex_unlock(&firmware->list_lock);
	return function ? 0
			: refuse(firmware, -ENOENT, fid,
				 "there is no such function to remove; add it first");
}

int zpci_firmware_inject_error(struct zpci_firmware *firmware, uint32_t fid, uint16_t pec)
{
	struct zpci_function *function;
	enum zpci_state state;
	bool failed;

	if (!zpci_pec_name(pec))
		return refuse(firmware, -EINVAL, fid,
			      "there is no error 0x%04x; take one of enum zpci_pec below 0x0300",
			      pec);
	/* Under its lock, so that the event is about the life that failed. */
	function = zpci_list_lock_fid(firmware, fid);
	if (!function)
		return refuse(firmware, -ENOENT, fid,
			      "there is no such function to put into error; add it first");
	failed = zpci_function_fail(function, pec, 0);
	state = zpci_function_state(function);
	zpci_function_unlock(function);
	return failed ? 0
		      : refuse(firmware, -EINVAL, fid,
			       "it is %s, where error 0x%04x cannot happen; enable it in the guest",
			       zpci_state_name(state), pec);
}

int zpci_firmware_info(struct zpci_firmware *firmware, uint32_t fid,
		       struct zpci_function_info *info)
{
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);
	struct zpci_facts facts;

	if (!function || !zpci_facts_read(function, &facts) || facts.info.fid != fid)
		return -ENOENT;
	facts.info.size = sizeof(facts.info);
	zpci_size_fill(info, &facts.info, sizeof(facts.info));
	return 0;
}

int zpci_firmware_platform(struct zpci_firmware *firmware, uint32_t fid,
			   struct zpci_platform *platform, uint32_t *delivered)
{
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);
	struct zpci_facts facts;

	if (!function || !zpci_facts_read(function, &facts) || facts.info.fid != fid)
		return -ENOENT;
	zpci_size_fill(platform, &facts.platform, sizeof(facts.platform));
	if (delivered)
		*delivered = facts.delivered;
	return 0;
}

int zpci_firmware_fid(struct zpci_firmware *firmware, unsigned index, uint32_t *fid)
{
	struct zpci_function *function;
	struct zpci_listed listed;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++) {
		if (!zpci_facts_list(function, &listed) || index--)
			continue;
		*fid = listed.fid;
		return 0;
	}
	return -ENOENT;
}
