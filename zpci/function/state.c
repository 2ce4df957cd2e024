// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * State and handle of a function, and its errors.
 *
 *	                plug                 enable
 *	  RESERVED ------------> DISABLED <------------> ENABLED <-----------+
 *	      ^        or STANDBY    ^      disable         | fail           | RESET_ERROR
 *	      |                      |                      v                |
 *	      +--- unplug (any)      +----- disable ----- ERROR ------> UNBLOCKED
 *	                                                     RESET_BLOCK
 *
 * PERMANENT, a permanent error, is reached from every state below STANDBY, and left by disable.
 *
 * The handle names the function *in its present life*. Each enable takes a new instance number, so
 * that an old handle is unknown and cannot reach the wrong owner. SCLP configure does not change
 * the handle, since the guest goes on with the one it knows (reference 4.1). When the slot is used
 * for another function, the numbers go on. There are 128 of them. The first life takes two, a
 * later one takes one. So a handle comes again after 126 lives of the slot, or earlier if these
 * were enabled more than once.
 */
#include "zpci/function/state.h"

#include "zpci/function/pec.h"

static void set_state(struct zpci_function *function, enum zpci_state state)
{
	atomic_store_explicit(&function->state, state, memory_order_release);
}

static uint32_t next_instance(uint32_t handle)
{
	return (handle & ~ZPCI_HANDLE_INSTANCE) |
	       ((handle + ZPCI_HANDLE_INSTANCE_STEP) & ZPCI_HANDLE_INSTANCE);
}

void zpci_function_begin(struct zpci_function *function, bool standby)
{
	bool first = !function->instances;

	zpci_function_assert_locked(function);
	/* A handle of the life before becomes unknown. */
	if (!first)
		atomic_store(&function->handle, next_instance(atomic_load(&function->handle)));
	function->instance_fresh = !first;
	function->instances = 1;
	function->last_enabled = 0;
	atomic_store(&function->complained, 0);
	set_state(function, standby ? ZPCI_STATE_STANDBY : ZPCI_STATE_DISABLED);
}

bool zpci_function_enable(struct zpci_function *function)
{
	uint32_t before = atomic_load(&function->handle);
	uint32_t handle = function->instance_fresh ? before : next_instance(before);
	enum zpci_state state = ZPCI_STATE_DISABLED;

	zpci_function_assert_locked(function);
	/* The handle first: from the state on the function can fail, with an event that names
	 * it. */
	atomic_store(&function->handle, ZPCI_HANDLE_ENABLED | handle);
	if (!atomic_compare_exchange_strong(&function->state, &state, ZPCI_STATE_ENABLED)) {
		atomic_store(&function->handle, before);
		return false;
	}
	if (!function->instance_fresh)
		function->instances += function->instances < ZPCI_HANDLE_INSTANCES;
	function->instance_fresh = false;
	function->last_enabled = 0;
	zpci_log(&function->parent->logger, ZPCI_LOG_DEBUG,
		 "function 0x%08x: enabled, handle 0x%08x", function->fid,
		 atomic_load(&function->handle));
	return true;
}

void zpci_function_become_reserved(struct zpci_function *function)
{
	zpci_function_assert_locked(function);
	set_state(function, ZPCI_STATE_RESERVED);
}

void zpci_function_become_disabled(struct zpci_function *function)
{
	zpci_function_assert_locked(function);
	set_state(function, ZPCI_STATE_DISABLED);
	atomic_fetch_and(&function->handle, ~ZPCI_HANDLE_ENABLED);
}

void zpci_function_configure(struct zpci_function *function, bool configured)
{
	zpci_function_assert_locked(function);
	set_state(function, configured ? ZPCI_STATE_DISABLED : ZPCI_STATE_STANDBY);
}

bool zpci_function_recover(struct zpci_function *function, bool block_only)
{
	enum zpci_state state = ZPCI_STATE_ERROR;

	zpci_function_assert_locked(function);
	/* By compare and exchange: a device may fail the function at any time. */
	if (atomic_compare_exchange_strong(&function->state, &state,
					   block_only ? ZPCI_STATE_UNBLOCKED : ZPCI_STATE_ENABLED))
		return true;
	state = ZPCI_STATE_UNBLOCKED;
	return !block_only &&
	       atomic_compare_exchange_strong(&function->state, &state, ZPCI_STATE_ENABLED);
}

bool zpci_function_had_handle(const struct zpci_function *function, uint32_t handle)
{
	uint32_t back = (atomic_load(&function->handle) - handle) & ZPCI_HANDLE_INSTANCE;

	zpci_function_assert_locked(function);
	return back / ZPCI_HANDLE_INSTANCE_STEP < function->instances;
}

/* A guest can make a function fail as often as it likes: one warning a minute. */
static enum zpci_log_level complaint_level(struct zpci_function *function)
{
	const struct zpci_function_parent *parent = function->parent;
	const uint64_t minute = 60000000ull << 12; /* TOD clock: bit 51 counts microseconds */
	uint64_t now = parent->machine_ops.clock(parent->machine) | 1;
	uint64_t last = atomic_load(&function->complained);

	if ((last && now - last < minute) ||
	    !atomic_compare_exchange_strong(&function->complained, &last, now))
		return ZPCI_LOG_DEBUG;
	return ZPCI_LOG_WARNING;
}

static bool is_in_use(enum zpci_state state)
{
	return state == ZPCI_STATE_ENABLED || state == ZPCI_STATE_ERROR ||
	       state == ZPCI_STATE_UNBLOCKED;
}

/* Whether an error can happen in @state, and what it leads to. A permanent error hits whatever is
 * configured (reference 4.3), all others what is in use. Those of the measurement block come also
 * after a permanent error: until the guest disables the function, the block is stored. */
static bool can_fail(enum zpci_state state, enum zpci_effect effect, enum zpci_state *failed)
{
	switch (effect) {
	case ZPCI_EFFECT_NONE:
		*failed = state;
		return is_in_use(state) || state == ZPCI_STATE_PERMANENT;
	case ZPCI_EFFECT_ERROR:
		*failed = ZPCI_STATE_ERROR;
		return is_in_use(state);
	case ZPCI_EFFECT_PERMANENT:
		*failed = ZPCI_STATE_PERMANENT;
		return state == ZPCI_STATE_DISABLED || is_in_use(state);
	default:
		return false;
	}
}

static void complain(struct zpci_function *function, uint16_t pec, uint64_t address)
{
	static const char *const consequences[] = {
		[ZPCI_EFFECT_NONE] = "the guest is told",
		[ZPCI_EFFECT_ERROR] = "blocked until the guest resets it",
		[ZPCI_EFFECT_PERMANENT] = "blocked until the guest disables it",
	};

	zpci_log(&function->parent->logger, complaint_level(function),
		 "function 0x%08x: error 0x%04x (%s) at DMA address 0x%llx; %s (further errors "
		 "within a minute are not told)",
		 function->fid, pec, zpci_pec_name(pec), (unsigned long long)address,
		 consequences[zpci_pec_effect(pec)]);
}

bool zpci_function_fail(struct zpci_function *function, uint16_t pec, uint64_t address)
{
	const struct zpci_function_parent *parent = function->parent;
	enum zpci_effect effect = zpci_pec_effect(pec);
	enum zpci_state state = zpci_function_state(function), failed;
	uint32_t handle;

	do {
		if (!can_fail(state, effect, &failed))
			return false;
	} while (!atomic_compare_exchange_weak(&function->state, &state, failed));
	complain(function, pec, address);
	/* A disable that began meanwhile has cleared the bit, but waits for us before it ends. */
	handle = atomic_load(&function->handle);
	if (is_in_use(state))
		handle |= ZPCI_HANDLE_ENABLED;
	parent->error(parent->opaque, function->fid, handle, pec, address);
	return true;
}

const char *zpci_state_name(enum zpci_state state)
{
	static const char *const names[] = {
		[ZPCI_STATE_RESERVED] = "reserved",
		[ZPCI_STATE_STANDBY] = "standby",
		[ZPCI_STATE_DISABLED] = "disabled",
		[ZPCI_STATE_ENABLED] = "enabled",
		[ZPCI_STATE_ERROR] = "error",
		[ZPCI_STATE_UNBLOCKED] = "unblocked",
		[ZPCI_STATE_PERMANENT] = "permanent error",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}
