/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One PCI function: its life, its state and its handle.
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
 * The handle names the function *in its present life*: each enable takes a new instance number, so
 * that what still holds an old handle is told so instead of reaching the wrong owner. It does not
 * change on SCLP configure, since the guest goes on with the one it knows (reference 4.1). The
 * numbers go on when the slot is used for another function. As there are 128 of them, a handle
 * comes again after 126 lives of the slot, or earlier if these were enabled more than once.
 *
 * Disabling is the guest's device reset: afterwards nothing that was registered survives and
 * nothing of the device reaches the guest. A device that still waits for its host then keeps the
 * gate closed, and until it has drained the guest cannot enable the function again.
 */
#include "zpci/function/function.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>

#include "zpci/util/log.h"

void zpci_function_init(struct zpci_function *function, const struct zpci_function_parent *parent,
			unsigned index)
{
	memset(function, 0, sizeof(*function));
	function->parent = parent;
	function->group = &function->platform.group;
	atomic_init(&function->handle, ZPCI_HANDLE_OURS | index);
	atomic_init(&function->state, ZPCI_STATE_RESERVED);
	atomic_init(&function->closed, true);
	zpci_dma_init(&function->dma);
	zpci_fmb_init(&function->fmb);
	pthread_mutex_init(&function->lock, NULL);
	pthread_mutex_init(&function->interruption.lock, NULL);
}

void zpci_function_end(struct zpci_function *function)
{
	if (!function->device)
		return;
	zpci_function_lock(function);
	zpci_function_unplug(function);
	zpci_function_unlock(function);
	zpci_function_release(function);
}

void zpci_function_fini(struct zpci_function *function)
{
	zpci_function_end(function);
	zpci_fmb_fini(&function->fmb);
	zpci_dma_fini(&function->dma);
	pthread_mutex_destroy(&function->interruption.lock);
	pthread_mutex_destroy(&function->lock);
}

_Thread_local struct zpci_function *zpci_function_innermost;

static void set_state(struct zpci_function *function, enum zpci_state state)
{
	atomic_store_explicit(&function->state, state, memory_order_release);
}

/* --- the gate ----------------------------------------------------------------------------- */

void zpci_function_close_gate(struct zpci_function *function)
{
	atomic_store(&function->closed, true);
	zpci_dma_drain(function);
	zpci_interruption_drain(function);
}

bool zpci_function_open_gate(struct zpci_function *function)
{
	const struct zpci_model *model = function->model;

	if (!zpci_function_is_closed(function))
		return true;
	if (model->drain && model->drain(function->device, false))
		return false;
	atomic_store(&function->closed, false);
	return true;
}

/* --- services ----------------------------------------------------------------------------- */

static void raise_vector(void *function, unsigned vector)
{
	zpci_msix_raise(function, vector);
}

/* Inside of the DMA's gate, so that whoever closes the device's gate waits for this as well. */
static void device_error(void *opaque, uint16_t pec)
{
	struct zpci_function *function = opaque;

	pthread_rwlock_rdlock(&function->dma.gate);
	if (!zpci_function_is_closed(function))
		zpci_function_fail(function, pec, 0);
	pthread_rwlock_unlock(&function->dma.gate);
}

static void vfs_changed(void *opaque, unsigned vfs)
{
	struct zpci_function *function = opaque;

	if (!function->vf && vfs <= ZPCI_VFS_MAX)
		atomic_store(&function->vfs_enabled, vfs);
}

static void services_init(struct zpci_function *function)
{
	function->services = (struct zpci_services){
		.size = sizeof(function->services),
		.dma_read = zpci_dma_read,
		.dma_write = zpci_dma_write,
		.raise_vector = raise_vector,
		.logger = zpci_named_logger(&function->logger),
		.function = function,
		.error = device_error,
		.vfs_changed = vfs_changed,
		.dma_readv = zpci_dma_readv,
		.dma_writev = zpci_dma_writev,
	};
}

/* --- plugging ----------------------------------------------------------------------------- */

/* Gets what a life needs, last of all the device. */
static int provide(struct zpci_function *function, const struct zpci_function_options *options,
		   bool quiesced)
{
	int rc = zpci_dma_provide(&function->dma);

	if (!rc)
		rc = zpci_fmb_provide(function, quiesced);
	/* Its threads may call services from now on. They find the gate closed until all is
	 * there. */
	if (!rc)
		rc = zpci_adapter_borrow(options->adapter, options->vf, &function->services,
					 &function->identity, &function->device);
	if (rc) {
		zpci_fmb_release(function);
		zpci_dma_release(&function->dma);
		return rc;
	}
	function->adapter = zpci_adapter_ref(options->adapter);
	function->model = zpci_adapter_model(options->adapter);
	return 0;
}

static uint32_t next_instance(uint32_t handle)
{
	return (handle & ~ZPCI_HANDLE_INSTANCE) |
	       ((handle + ZPCI_HANDLE_INSTANCE_STEP) & ZPCI_HANDLE_INSTANCE);
}

/* Each life of a slot after the first begins with an instance number of its own, so that a handle
 * of the life before is unknown. */
static void begin_life(struct zpci_function *function, bool standby)
{
	bool first = !function->instances;

	if (!first)
		atomic_store(&function->handle, next_instance(atomic_load(&function->handle)));
	function->instance_fresh = !first;
	function->instances = 1;
	function->last_enabled = 0;
	atomic_store(&function->complained, 0);
	set_state(function, standby ? ZPCI_STATE_STANDBY : ZPCI_STATE_DISABLED);
	zpci_facts_publish(function);
}

int zpci_function_plug(struct zpci_function *function, const struct zpci_function_options *options,
		       bool quiesced)
{
	int rc;

	function->logger.logger = function->parent->logger;
	snprintf(function->logger.name, sizeof(function->logger.name), "function 0x%08x",
		 options->fid);
	services_init(function);
	function->vf = options->vf;
	memset(&function->identity, 0, sizeof(function->identity));
	function->identity.size = sizeof(function->identity);
	atomic_store(&function->vfs_enabled, 0);
	rc = provide(function, options, quiesced);
	if (rc)
		return rc;
	function->pchid = zpci_adapter_pchid(options->adapter);
	function->fid = options->fid;
	function->uid = options->uid;
	function->publish_rid = options->publish_rid;
	function->view.profile = options->profile;
	rc = zpci_platform_init(function, options->platform);
	/* The device's first operation: until now it has said what its platform says. */
	if (!rc && quiesced)
		function->model->quiesce(function->device);
	if (!rc)
		rc = zpci_msix_init(function);
	if (!rc)
		rc = function->parent->join(function->parent->opaque, function);
	if (rc)
		return rc;
	zpci_view_init(function);
	zpci_view_reset(function);
	zpci_function_open_gate(function);
	begin_life(function, options->standby);
	return 0;
}

/* Takes away all that the guest registered; what is in flight has ended when it returns. */
static void drop_registrations(struct zpci_function *function)
{
	zpci_interruption_deregister(function);
	zpci_dma_deregister(function);
	zpci_fmb_set(function, 0);
}

void zpci_function_unplug(struct zpci_function *function)
{
	zpci_facts_withdraw(function);
	zpci_function_close_gate(function);
	atomic_fetch_and(&function->handle, ~ZPCI_HANDLE_ENABLED);
	drop_registrations(function);
	/* Last: nobody waits for the lock of a function in this state. */
	set_state(function, ZPCI_STATE_RESERVED);
}

void zpci_function_release(struct zpci_function *function)
{
	zpci_adapter_give_back(function->adapter, function->vf, function->device);
	function->device = NULL;
	zpci_msix_fini(function);
	/* The slot stays as long as the firmware, and there can be many. */
	zpci_dma_release(&function->dma);
	zpci_fmb_release(function);
	zpci_adapter_unref(function->adapter);
	function->adapter = NULL;
}

bool zpci_function_enable(struct zpci_function *function)
{
	uint32_t before = atomic_load(&function->handle);
	uint32_t handle = function->instance_fresh ? before : next_instance(before);
	enum zpci_state state = ZPCI_STATE_DISABLED;

	/* The handle first: from the state on the function can fail, with an event that names it. */
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

bool zpci_function_had_handle(const struct zpci_function *function, uint32_t handle)
{
	uint32_t back = (atomic_load(&function->handle) - handle) & ZPCI_HANDLE_INSTANCE;

	return back / ZPCI_HANDLE_INSTANCE_STEP < function->instances;
}

void zpci_function_disable(struct zpci_function *function)
{
	/* The gate first: an access that it refuses tells the device that a reset ended its work,
	 * and any other refusal would be taken for an error of that work. */
	zpci_function_close_gate(function);
	function->model->reset(function->device);
	set_state(function, ZPCI_STATE_DISABLED);
	atomic_fetch_and(&function->handle, ~ZPCI_HANDLE_ENABLED);
	drop_registrations(function);
	/* What the guest sees of it, as after power on. */
	zpci_msix_reset(function);
	zpci_view_reset(function);
	zpci_log(&function->parent->logger, ZPCI_LOG_DEBUG, "function 0x%08x: disabled and reset%s",
		 function->fid,
		 zpci_function_open_gate(function) ? "" : ", its device waits for the host");
}

void zpci_function_level_reset(struct zpci_function *function)
{
	zpci_msix_reset(function);
	zpci_view_reset(function);
	zpci_function_open_gate(function);
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

static inline int device_access(struct zpci_function *function, unsigned bar, uint64_t offset,
				uint8_t *data, size_t length, bool write)
{
	const struct zpci_model *model = function->model;

	return write ? model->bar_write(function->device, bar, offset, data, length)
		     : model->bar_read(function->device, bar, offset, data, length);
}

/* A BAR access that may touch both the function's own MSI-X structures and the device, run by
 * run. @write tells the direction of @data. */
static int mixed_access(struct zpci_function *function, unsigned bar, uint64_t offset,
			uint8_t *data, size_t length, bool write)
{
	while (length) {
		bool own;
		size_t run = zpci_msix_run(function, bar, offset, length, &own);

		if (!own && device_access(function, bar, offset, data, run, write))
			return -EIO;
		if (own && write)
			zpci_msix_write(function, bar, offset, data, run);
		else if (own)
			zpci_msix_read(function, bar, offset, data, run);
		offset += run;
		data += run;
		length -= run;
	}
	return 0;
}

static inline int bar_access(struct zpci_function *function, unsigned bar, uint64_t offset,
			     uint8_t *data, size_t length, bool write)
{
	uint64_t size = zpci_view_has_bar(function, bar) ? function->identity.bars[bar].size : 0;
	int rc;

	if (offset >= size || length > size - offset)
		return -EIO;
	if (!zpci_function_answers(function)) {
		if (!write)
			memset(data, 0xff, length);
		return 0;
	}
	rc = zpci_msix_has_bar(function, bar)
		     ? mixed_access(function, bar, offset, data, length, write)
		     : device_access(function, bar, offset, data, length, write);
	return rc ? -EIO : 0;
}

int zpci_function_bar_read(struct zpci_function *function, unsigned bar, uint64_t offset,
			   void *data, size_t length)
{
	return bar_access(function, bar, offset, data, length, false);
}

int zpci_function_bar_write(struct zpci_function *function, unsigned bar, uint64_t offset,
			    const void *data, size_t length)
{
	return bar_access(function, bar, offset, (uint8_t *)data, length, true);
}

uint16_t zpci_function_vfn(const struct zpci_function *function)
{
	return function->view.profile.publish_vfn ? function->identity.vfn : 0;
}

uint16_t zpci_function_vendor(const struct zpci_function *function)
{
	return function->view.profile.ids ? function->identity.vendor_id : 0xffff;
}

uint16_t zpci_function_device(const struct zpci_function *function)
{
	return function->view.profile.ids ? function->identity.device_id : 0xffff;
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
