// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The firmware of one virtual machine: making it, stopping it, resetting it.
 */
#include <zpci/firmware.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>

#include "zpci/firmware/internal.h"
#include "zpci/function/fmb.h"
#include "zpci/function/life.h"
#include "zpci/function/push.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

/* Name of the first operation that is needed and missing; NULL: none. */
static const char *missing_operation(const struct zpci_machine_ops *ops)
{
#define UNLESS_THERE(operation) (ops->operation ? NULL : #operation)
	const char *const missing[] = {
		UNLESS_THERE(get_register),	    UNLESS_THERE(set_register),
		UNLESS_THERE(get_prefix),	    UNLESS_THERE(get_psw_mask),
		UNLESS_THERE(set_condition_code),   UNLESS_THERE(program_interruption),
		UNLESS_THERE(read_logical),	    UNLESS_THERE(write_logical),
		UNLESS_THERE(check_logical),	    UNLESS_THERE(read_real),
		UNLESS_THERE(write_real),	    UNLESS_THERE(read_absolute),
		UNLESS_THERE(write_absolute),	    UNLESS_THERE(or_absolute),
		UNLESS_THERE(adapter_interruption), UNLESS_THERE(channel_report),
		UNLESS_THERE(sclp_completion),	    UNLESS_THERE(clock),
		UNLESS_THERE(timer_create),	    UNLESS_THERE(timer_set),
		UNLESS_THERE(timer_cancel),	    UNLESS_THERE(timer_destroy),
	};
#undef UNLESS_THERE

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (missing[i])
			return missing[i];
	return NULL;
}

static void function_error(void *opaque, uint32_t fid, uint32_t handle, uint16_t pec,
			   uint64_t address)
{
	zpci_events_post(opaque, fid, handle, pec, address);
}

/* --- presenting later ------------------------------------------------------------------------ */

/* Presents what a thread raised for this machine while it held the lock of another machine's
 * function. */
static void present_late(void *opaque)
{
	struct zpci_firmware *firmware = opaque;
	uint8_t iscs = atomic_exchange(&firmware->late_iscs, 0);

	for (unsigned isc = 0; isc < 8; isc++)
		if (iscs & 1u << isc)
			firmware->ops.adapter_interruption(firmware->machine, isc);
}

static void present_later(void *opaque, uint8_t iscs)
{
	struct zpci_firmware *firmware = opaque;

	atomic_fetch_or(&firmware->late_iscs, iscs);
	firmware->ops.timer_set(firmware->late, 0);
}

static int join(void *opaque, const struct zpci_function *function)
{
	return zpci_groups_join(opaque, function);
}

/* --- life ------------------------------------------------------------------------------------ */

/* Takes the machine and the options; -EINVAL after a message. */
static int connect(struct zpci_firmware *firmware, const struct zpci_machine_ops *ops,
		   void *machine, const struct zpci_firmware_options *asked)
{
	const struct zpci_firmware_options none = { .size = sizeof(none) };
	struct zpci_firmware_options options;
	char whose[64];
	const char *missing;

	if (!asked)
		asked = &none;
	memcpy(&firmware->ops, ops, ops->size < sizeof(*ops) ? ops->size : sizeof(*ops));
	firmware->machine = machine;
	if (asked->size >= zpci_size_upto(struct zpci_firmware_options, logger))
		firmware->logger = asked->logger;
	snprintf(whose, sizeof(whose), "machine %s",
		 firmware->ops.name ? firmware->ops.name : "without a name");
	if (zpci_options_take(&options, sizeof(options), asked,
			      zpci_size_upto(struct zpci_firmware_options, explain),
			      &firmware->logger, whose))
		return -EINVAL;
	if (options.shared && options.no_uid_checking) {
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "%s: UID checking cannot be off in a machine with functions of its own, "
			 "whose list says that it is on; leave no_uid_checking out",
			 whose);
		return -EINVAL;
	}
	firmware->shared = options.shared;
	firmware->uid_checking = !options.no_uid_checking;
	firmware->explain = options.explain;
	missing = missing_operation(&firmware->ops);
	if (missing)
		zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
			 "%s: it lacks the operation %s; regions alone may be absent", whose,
			 missing);
	return missing ? -EINVAL : 0;
}

int zpci_firmware_create(const struct zpci_machine_ops *ops, void *machine,
			 const struct zpci_firmware_options *options,
			 struct zpci_firmware **firmware)
{
	struct zpci_firmware *created = calloc(1, sizeof(*created));
	int rc;

	if (!created)
		return -ENOMEM;
	rc = connect(created, ops, machine, options);
	if (!rc) {
		created->late = created->ops.timer_create(machine, present_late, created);
		rc = created->late ? zpci_events_init(created) : -ENOMEM;
	}
	if (rc) {
		if (created->late)
			created->ops.timer_destroy(created->late);
		free(created);
		return rc;
	}
	created->parent = (struct zpci_function_parent){
		.machine_ops = created->ops,
		.machine = machine,
		.logger = created->logger,
		.error = function_error,
		.join = join,
		.tell = zpci_clp_tell,
		.present_later = present_later,
		.opaque = created,
	};
	pthread_mutex_init(&created->list_lock, NULL);
	pthread_mutex_init(&created->fids_lock, NULL);
	*firmware = created;
	return 0;
}

typedef void function_visitor(struct zpci_function *function);

/* Visits all functions that exist, locked, one at a time. It does not wait for one that is
 * reserved, whose lock may be held while its device opens. */
static void for_each(struct zpci_firmware *firmware, function_visitor *visit)
{
	struct zpci_function *function;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++) {
		if (zpci_function_state(function) == ZPCI_STATE_RESERVED)
			continue;
		zpci_function_lock(function);
		if (zpci_function_state(function) != ZPCI_STATE_RESERVED)
			visit(function);
		zpci_function_unlock(function);
	}
}

static void quiesce(struct zpci_function *function)
{
	function->model->quiesce(function->device);
	zpci_fmb_quiesce(function);
}

static void resume(struct zpci_function *function)
{
	function->model->resume(function->device);
	zpci_fmb_resume(function);
}

/* A disabled function is reset, too: the guest may have used its config space before. The guest
 * knows the handle that was enabled last, also after several resets. */
static void reset(struct zpci_function *function)
{
	enum zpci_state state = zpci_function_state(function);
	uint32_t handle = atomic_load(&function->handle);

	if (state == ZPCI_STATE_STANDBY)
		return;
	zpci_function_disable(function);
	if (handle & ZPCI_HANDLE_ENABLED)
		function->last_enabled = handle;
}

/* All devices were told to stop before the first one is waited for. Functions stay while the list
 * is locked, so their own locks are not needed. */
static void drain(struct zpci_firmware *firmware)
{
	struct zpci_function *function;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++)
		if (zpci_function_state(function) != ZPCI_STATE_RESERVED && function->model->drain)
			function->model->drain(function->device, true);
}

/* With list_lock, so that a function which is plugged meanwhile is visited or finds @quiesced, and
 * so that a resume comes before all of this or after it. */
void zpci_firmware_quiesce(struct zpci_firmware *firmware)
{
	pthread_mutex_lock(&firmware->list_lock);
	if (!firmware->quiesced) {
		for_each(firmware, quiesce);
		drain(firmware);
	}
	firmware->quiesced = true;
	firmware->ops.timer_cancel(firmware->late);
	zpci_events_quiesce(firmware);
	pthread_mutex_unlock(&firmware->list_lock);
}

void zpci_firmware_resume(struct zpci_firmware *firmware)
{
	pthread_mutex_lock(&firmware->list_lock);
	if (firmware->quiesced)
		for_each(firmware, resume);
	firmware->quiesced = false;
	firmware->ops.timer_set(firmware->late, 0);
	zpci_events_resume(firmware);
	pthread_mutex_unlock(&firmware->list_lock);
}

void zpci_firmware_reset(struct zpci_firmware *firmware, enum zpci_reset kind)
{
	for_each(firmware, reset);
	atomic_store(&firmware->late_iscs, 0);
	/* The guest's next List tells it what is there now. */
	zpci_events_reset(firmware);
	zpci_log(&firmware->logger, ZPCI_LOG_DEBUG, "%s reset: all functions are disabled",
		 kind == ZPCI_RESET_SYSTEM ? "system" : "subsystem");
}

static void storage_changed(struct zpci_function *function)
{
	/* No instruction is under way that could tell the guest by its status that there is no
	 * room. */
	if (zpci_push_refresh(function, 0, UINT64_MAX) == ZPCI_STATUS_RESOURCES)
		zpci_function_fail(function, ZPCI_PEC_DMA_STORAGE, 0);
}

void zpci_firmware_storage_changed(struct zpci_firmware *firmware)
{
	for_each(firmware, storage_changed);
}

void zpci_firmware_destroy(struct zpci_firmware *firmware)
{
	unsigned used;

	if (!firmware)
		return;
	used = atomic_load(&firmware->slots_used);
	for (unsigned i = 0; i < used; i++) {
		struct zpci_function *function = atomic_load(&firmware->slots[i]);

		zpci_function_fini(function);
		free(function);
	}
	firmware->ops.timer_destroy(firmware->late);
	zpci_groups_fini(firmware);
	zpci_events_fini(firmware);
	pthread_mutex_destroy(&firmware->fids_lock);
	pthread_mutex_destroy(&firmware->list_lock);
	free(firmware);
}
